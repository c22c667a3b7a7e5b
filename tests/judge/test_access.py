"""Seats per elder, envy, fading cover, what batches and candidates add: by hand on the road of five villages."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyi_geo.errors import ProblemError
from anyi_geo.judge.access import access_table, envy, gradual, two_step_access
from anyi_geo.judge.coverage import coverage, nearest
from anyi_geo.judge.reach import batch_gains, out_of_reach, would_add

KM = pd.Series({"v0": 0.0, "v1": 1.0, "v2": 2.0, "v6": 6.0, "v7": 7.0})
ELDERS = pd.DataFrame({"elders": [100, 50, 80, 40, 30]}, index=KM.index)
VILLAGES = pd.DataFrame(
    {"village_id": KM.index, "village": KM.index, "township": ["西", "西", "西", "东", "东"]}, index=KM.index
)
MINUTES = pd.DataFrame({f"s{at}": 3.0 * (KM - at).abs() for at in (0, 2, 6)}, index=KM.index)
PLAN = pd.Series({"s0": 1, "s2": 2}, name="batch")
LIMITS = {"elders": {"ride": 3.0}}


@pytest.fixture
def near():
    return nearest({"ride": MINUTES[["s0", "s2"]]}, PLAN, 2)


def test_seats_per_elder_by_hand():
    """s0 (30 seats) is shared by v0 fully and v1 by half: 30 / (100 + 25) = 0.24."""
    access = two_step_access(MINUTES[["s0"]], ELDERS["elders"], pd.Series({"s0": 30.0}), [(1.0, 1.0), (3.0, 0.5)])
    assert access.round(6).to_dict() == {"v0": 0.24, "v1": 0.12, "v2": 0.0, "v6": 0.0, "v7": 0.0}
    table = access_table({1: access}, ELDERS["elders"], VILLAGES["township"], {1: 30.0}).set_index("scope")
    assert table.loc["county", "seats_per_1000"] == pytest.approx(1000 * 30 / 300)
    assert table.loc["county", "persons_without"] == 150
    assert table.loc["东", "seats_per_1000"] == 0.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_access_times_elders_is_the_seats_of_sites_with_anybody_near(seed):
    rng = np.random.default_rng(seed)
    points, sites = pd.Index([f"p{k}" for k in range(8)]), [f"s{k}" for k in range(4)]
    minutes = pd.DataFrame(rng.uniform(0, 40, (8, 4)), index=points, columns=sites).mask(
        rng.random((8, 4)) < 0.2, np.inf
    )
    persons = pd.Series(rng.integers(0, 30, 8), index=points)
    seats = pd.Series(rng.integers(0, 50, 4).astype(float), index=sites)
    access = two_step_access(minutes, persons, seats, [(5.0, 1.0), (10.0, 0.68), (15.0, 0.22)])
    near = ((minutes <= 15) & (persons.to_numpy() > 0)[:, None]).any()
    assert float(access @ persons) == pytest.approx(float(seats[near].sum()))


@pytest.mark.parametrize("zones", [[], [(5.0, 1.0), (5.0, 0.5)], [(0.0, 1.0)], [(5.0, 1.2)], [(5.0, 0.0)]])
def test_zones_that_are_none(zones):
    with pytest.raises(ProblemError, match="递增"):
        two_step_access(MINUTES[["s0"]], ELDERS["elders"], pd.Series({"s0": 1.0}), zones)


def test_unknown_seats_are_not_guessed():
    with pytest.raises(ProblemError, match="s0 没有座位数"):
        two_step_access(MINUTES[["s0"]], ELDERS["elders"], pd.Series({"s0": math.nan}), [(5.0, 1.0)])


def test_envy_is_what_lies_beyond_the_threshold(near):
    """After batch 2 v6 and v7 ride 12 and 15 minutes: 40 x 9 + 30 x 12 person-minutes beyond 3, over 300."""
    row = envy(near, ELDERS, 3.0).set_index("batch").loc[2]
    assert (row["persons_beyond"], row["unreachable_persons"]) == (70, 0)
    assert row["envy_minutes"] == pytest.approx((40 * 9 + 30 * 12) / 300)
    cut = near.assign(minutes=near["minutes"].mask(near["point_id"] == "v7", np.inf))
    row = envy(cut, ELDERS, 3.0).set_index("batch").loc[2]
    assert (row["persons_beyond"], row["unreachable_persons"]) == (40, 30)


def test_fading_cover(near):
    """Full to 3 minutes, nothing at 15: v6 at 12 minutes counts a quarter, v7 at 15 nothing."""
    table = gradual(near, ELDERS, LIMITS, {"elders": {"ride": 15.0}}).set_index("batch")
    assert table.loc[2, "covered"] == pytest.approx(230 + 10)
    assert gradual(near, ELDERS, LIMITS, {}).empty


def test_what_batch_two_adds(near):
    metrics = coverage(near, ELDERS, VILLAGES["township"], LIMITS, "p")
    gains = batch_gains(metrics)
    county = gains[gains["scope"] == "county"].set_index("batch")["added"]
    assert county.to_dict() == {1: 150, 2: 80}
    for scope, rows in gains.groupby("scope"):
        last = metrics[(metrics["scope"] == scope) & (metrics["batch"] == 2)]["covered"].iloc[0]
        assert rows["added"].sum() == last


def test_what_a_candidate_left_out_would_add():
    assert would_add(MINUTES, PLAN, ELDERS, {"elders": 3.0})["elders"].to_dict() == {"s6": 70}
    assert would_add(MINUTES, PLAN[[]], ELDERS, {"elders": 3.0})["elders"].to_dict() == {"s0": 150, "s2": 130, "s6": 70}


def test_villages_out_of_reach_of_every_candidate():
    table = out_of_reach(MINUTES[["s0", "s2"]], ELDERS, {"elders": 3.0}, VILLAGES)
    assert table[["village", "persons", "site_id", "first_minutes"]].to_numpy().tolist() == [
        ["v6", 40, "s2", 12.0],
        ["v7", 30, "s2", 15.0],
    ]
    cut = MINUTES[["s0"]].mask(MINUTES[["s0"]] > 15, np.inf)
    last = out_of_reach(cut, ELDERS, {"elders": 3.0}, VILLAGES).set_index("village")
    assert last.loc["v7", "all_minutes"] == np.inf
    assert pd.isna(last.loc["v7", "site_id"])
    assert out_of_reach(MINUTES, ELDERS, {"elders": 3.0}, VILLAGES).empty
