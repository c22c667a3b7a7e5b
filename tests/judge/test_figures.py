"""Minutes, equity, contributions and cost, by hand and by definition."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge_examples import BATCH, EMPTY, LIMITS, MINUTES, PERSONS, TOWNSHIPS, VILLAGES

from anyi_geo.errors import ProblemError
from anyi_geo.judge.contributions import only_here
from anyi_geo.judge.cost import annuity_yuan, care_site_costs
from anyi_geo.judge.coverage import nearest
from anyi_geo.judge.equity import equity, gini
from anyi_geo.judge.minutes import minutes_summary, weighted_quantile, worst_villages

NEAR = nearest(MINUTES, BATCH, 2)


def test_minutes_count_those_out_of_reach_last():
    table = minutes_summary(NEAR, PERSONS).set_index(["batch", "group", "mode"])
    assert list(table.columns) == ["mean", "median", "p90", "unreachable_persons"]
    walk = table.loc[(2, "elders", "walk")]  # 10 persons at 5, 50 at 15, 40 out of reach
    assert walk["mean"] == pytest.approx((10 * 5 + 50 * 15) / 60)
    assert walk["median"] == 15
    assert math.isinf(walk["p90"])
    assert walk["unreachable_persons"] == 40
    assert table.at[(2, "elders", "ride"), "p90"] == 20
    assert table.at[(1, "children", "walk"), "unreachable_persons"] == 4


def test_minutes_of_nobody_are_none():
    row = minutes_summary(NEAR, PERSONS * 0).iloc[0]
    assert row[["mean", "median", "p90"]].isna().all()
    assert row["unreachable_persons"] == 0


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=8).filter(
        lambda pairs: any(weight for _, weight in pairs)
    ),
    st.sampled_from([0.5, 0.9]),
)
def test_quantiles_are_those_of_persons_in_a_row(pairs, share):
    values, weights = (np.array(part, float) for part in zip(*pairs, strict=True))
    row = np.sort(np.repeat(values, weights.astype(int)))
    assert weighted_quantile(values, weights, share) == row[math.ceil(share * len(row) - 1e-9) - 1]


def test_the_worst_villages_by_name():
    table = worst_villages(NEAR, PERSONS, VILLAGES, count=2)
    assert list(table.columns) == [
        "batch",
        "group",
        "mode",
        "rank",
        "village_id",
        "village",
        "township",
        "persons",
        "minutes",
    ]
    rows = table[(table["batch"] == 2) & (table["group"] == "elders") & (table["mode"] == "ride")]
    assert rows[["rank", "village", "persons", "minutes"]].to_numpy().tolist() == [
        [1, "三村", 40, 20.0],
        [2, "二村", 30, 3.0],
    ]
    first = table[(table["batch"] == 1) & (table["group"] == "elders") & (table["mode"] == "walk")].iloc[0]
    assert (first["village"], first["minutes"]) == ("三村", math.inf)
    children = table[table["group"] == "children"]
    assert "二村" not in set(children["village"])  # nobody of the group lives there


def test_villages_of_equal_minutes_are_ranked_by_persons_then_id():
    points = pd.Index(["p1", "p2", "p3"])
    villages = pd.DataFrame({"village_id": ["v3", "v2", "v1"], "village": ["丙", "乙", "甲"], "township": "乡"}, points)
    minutes = {"walk": pd.DataFrame({"a": [9.0, 9.0, 9.0]}, index=points)}
    near = nearest(minutes, pd.Series({"a": 1}), 1)
    table = worst_villages(near, pd.DataFrame({"g": [1, 5, 1]}, index=points), villages)
    assert list(table["village_id"]) == ["v2", "v1", "v3"]


def test_equity_names_the_worst_township():
    table = equity(NEAR, PERSONS, TOWNSHIPS, LIMITS).set_index(["batch", "group", "mode"])
    assert list(table.columns) == ["gini", "worst_township", "worst_share"]
    assert table.loc[(2, "elders", "walk"), ["worst_township", "worst_share"]].tolist() == ["乙乡", 30 / 70]
    tie = equity(nearest({"walk": MINUTES["walk"][[]]}, EMPTY, 1), PERSONS, TOWNSHIPS, {"elders": {"walk": 15.0}})
    assert tie["worst_township"].tolist() == ["乙乡"]  # both at nothing: the name that sorts first
    assert tie["gini"].isna().all()
    nobody = equity(NEAR, PERSONS * 0, TOWNSHIPS, LIMITS)
    assert nobody["worst_township"].isna().all()
    assert nobody["worst_share"].isna().all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 9)), min_size=1, max_size=9))
def test_gini_is_half_the_relative_mean_difference(pairs):
    values, weights = (np.array(part, float) for part in zip(*pairs, strict=True))
    total, whole = weights.sum(), values @ weights
    if total == 0:
        assert math.isnan(gini(values, weights))
    elif whole < 1e-6:
        assert gini(np.zeros(2), np.ones(2)) == 0
    else:
        difference = (np.abs(values[:, None] - values[None, :]) * np.outer(weights, weights)).sum()
        assert gini(values, weights) == pytest.approx(difference / (2 * total * whole), abs=1e-9)


def test_gini_leaves_out_those_out_of_reach():
    assert gini(np.array([1.0, 3.0, math.inf]), np.array([1.0, 1.0, 5.0])) == pytest.approx(0.25)


def test_persons_that_only_one_site_reaches():
    table = only_here(MINUTES["ride"], BATCH, PERSONS, {"elders": 9.0, "children": 5.0})
    assert list(table.index) == ["a", "c", "b"]
    assert table["elders"].to_dict() == {"a": 0, "c": 0, "b": 0}  # p1 and p2 have two, p3 has two
    assert table["children"].to_dict() == {"a": 1, "c": 0, "b": 0}
    closer = only_here(MINUTES["ride"], BATCH.drop("b"), PERSONS, {"elders": 9.0})
    assert closer["elders"].to_dict() == {"a": 30, "c": 30}
    with pytest.raises(ProblemError, match="z 没有分钟数"):
        only_here(MINUTES["ride"], pd.Series({"z": 1}), PERSONS, {"elders": 9.0})


def test_what_only_a_site_reaches_is_lost_without_it():
    minutes, limits = MINUTES["ride"], {"elders": 9.0}
    plan = BATCH.drop("b")

    def covered(batch):
        return PERSONS["elders"][(minutes[list(batch.index)] <= 9.0).any(axis=1)].sum()

    table = only_here(minutes, plan, PERSONS, limits)
    for site in plan.index:
        assert table.at[site, "elders"] == covered(plan) - covered(plan.drop(site))


def test_costs_by_batch():
    costs = pd.DataFrame(
        {"opening_yuan": [1.0, 10.0, 100.0, math.nan], "running_yuan_per_year": [2.0, 20.0, 200.0, 1.0]},
        index=["a", "b", "c", "d"],
    )
    table = care_site_costs(costs, BATCH, 3)
    assert list(table.columns) == ["decision", "head", "one_off_yuan", "yearly_yuan"]
    assert table["one_off_yuan"].tolist() == [1, 110, 0]
    assert table["yearly_yuan"].tolist() == [2, 220, 0]
    assert care_site_costs(costs, EMPTY, 2)["one_off_yuan"].tolist() == [0, 0]
    with pytest.raises(ProblemError, match="d 没有费用"):
        care_site_costs(costs, pd.Series({"d": 1}), 1)


def test_annuity():
    assert annuity_yuan(1000.0, 0.0, 20) == 50
    payment = annuity_yuan(1000.0, 0.035, 20)
    assert sum(payment / 1.035**year for year in range(1, 21)) == pytest.approx(1000)
    for rate, years in ((-0.01, 20), (0.03, 0)):
        with pytest.raises(ProblemError, match="年金"):
            annuity_yuan(1000.0, rate, years)
