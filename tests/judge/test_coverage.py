"""Coverage: by hand, by its invariants, and its ranges draw by draw."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge_examples import BATCH, EMPTY, LIMITS, MINUTES, PERSONS, POINTS, TOWNSHIPS

from anyi_geo.errors import ProblemError
from anyi_geo.judge.coverage import coverage, coverage_ranges, nearest


def _of(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def test_nearest_counts_earlier_batches_and_breaks_ties_by_id():
    table = nearest(MINUTES, BATCH, 2)
    assert list(table.columns) == ["point_id", "batch", "mode", "site_id", "minutes"]
    assert len(table) == 4 * 2 * 2
    first = _of(table, batch=1, mode="walk")
    assert list(first["site_id"]) == ["a", "a", "a", None]
    assert list(first["minutes"]) == [5, 25, 50, math.inf]
    last = _of(table, batch=2, mode="walk")
    assert list(last["site_id"]) == ["a", "b", "b", None]  # p3: b and c at 15 minutes
    assert list(_of(table, batch=2, mode="ride")["site_id"]) == ["a", "b", "b", "c"]


def test_nearest_without_any_site_is_out_of_reach():
    table = nearest({mode: minutes[[]] for mode, minutes in MINUTES.items()}, EMPTY, 2)
    assert len(table) == 16
    assert table["site_id"].isna().all()
    assert np.isinf(table["minutes"]).all()


def test_coverage_by_hand():
    table = coverage(nearest(MINUTES, BATCH, 2), PERSONS, TOWNSHIPS, LIMITS, "official")
    assert list(table.columns) == [
        "plan",
        "batch",
        "group",
        "mode",
        "limit_minutes",
        "scope",
        "covered",
        "total",
        "share",
    ]
    county = _of(table, scope="county", group="elders").set_index(["batch", "mode"])
    assert county["covered"].to_dict() == {(1, "walk"): 10, (1, "ride"): 60, (2, "walk"): 60, (2, "ride"): 60}
    assert set(county["total"]) == {100}  # p4 is out of reach and stays in the denominator
    assert county.at[(2, "walk"), "share"] == 0.6
    other = _of(table, scope="乙乡", group="elders", mode="walk").set_index("batch")
    assert other[["covered", "total"]].to_numpy().tolist() == [[0, 70], [30, 70]]
    assert set(_of(table, group="children")["mode"]) == {"walk"}  # no limit for riding, no row
    assert table[["covered", "total"]].dtypes.map(lambda dtype: dtype.kind).tolist() == ["i", "i"]


def test_nobody_has_no_share():
    table = coverage(nearest(MINUTES, BATCH, 2), PERSONS.assign(elders=0), TOWNSHIPS, LIMITS, "x")
    assert _of(table, group="elders")["share"].isna().all()
    assert _of(table, group="children", scope="county")["share"].tolist() == [0.2, 0.2]


@pytest.mark.parametrize(("minutes", "covered"), [(15.0, 10), (15.0 + 1e-10, 10), (15.0 + 1e-6, 0)])
def test_the_limit_itself_counts(minutes, covered):
    near = nearest({"walk": pd.DataFrame([[minutes]], index=["p"], columns=["a"])}, pd.Series({"a": 1}), 1)
    table = coverage(near, pd.DataFrame({"g": [10]}, index=["p"]), pd.Series({"p": "甲乡"}), {"g": {"walk": 15.0}}, "x")
    assert set(table["covered"]) == {covered}


def _random(seed, sites=5):
    rng = np.random.default_rng(seed)
    points = pd.Index([f"p{k}" for k in range(8)])
    minutes = pd.DataFrame(rng.uniform(0, 30, (8, sites)), index=points, columns=[f"s{k}" for k in range(sites)])
    minutes = minutes.mask(rng.random(minutes.shape) < 0.2, math.inf)
    persons = pd.DataFrame({"elders": rng.integers(0, 50, 8)}, index=points)
    batch = pd.Series(rng.integers(1, 4, sites), index=minutes.columns)
    return minutes, persons, pd.Series(rng.choice(["甲乡", "乙乡"], 8), index=points), batch


def _judged(minutes, persons, townships, batch):
    return coverage(nearest({"walk": minutes}, batch, 3), persons, townships, {"elders": {"walk": 15.0}}, "x")


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), number=st.integers(0, 4))
def test_one_more_site_never_lowers_coverage(seed, number):
    minutes, persons, townships, batch = _random(seed)
    fewer = _judged(minutes, persons, townships, batch.drop(f"s{number}"))
    more = _judged(minutes, persons, townships, batch)
    assert (more["covered"] >= fewer["covered"]).all()
    pd.testing.assert_series_equal(more["total"], fewer["total"])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_later_batch_covers_no_fewer_of_the_same_people(seed):
    table = _judged(*_random(seed)).pivot_table(index="scope", columns="batch", values=["covered", "total"])
    assert (table["covered"].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert (table["total"].diff(axis=1).iloc[:, 1:] == 0).all(axis=None)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False))
def test_row_order_does_not_matter(seed, order):
    minutes, persons, townships, batch = _random(seed)
    points, sites = list(minutes.index), list(minutes.columns)
    order.shuffle(points)
    order.shuffle(sites)
    other = _judged(minutes.loc[points, sites], persons.iloc[::-1], townships.loc[points], batch.loc[sites])
    pd.testing.assert_frame_equal(other, _judged(minutes, persons, townships, batch))


def test_ranges_are_those_of_the_draws_judged_one_by_one():
    rng = np.random.default_rng(3)
    minutes, persons, townships, batch = _random(3)
    draws = pd.DataFrame(rng.choice(minutes.columns, (5, 40)), index=minutes.columns)
    ranges = coverage_ranges({"walk": minutes}, draws, batch, persons, {"elders": {"walk": 15.0}}, 3)
    assert list(ranges.columns) == ["batch", "group", "mode", "share_mean", "share_sd", "share_low", "share_high"]
    for number in (1, 2, 3):
        shares = []
        for draw in draws.columns:
            moved = minutes[draws[draw]].set_axis(draws.index, axis=1)
            table = _judged(moved, persons, townships, batch)
            shares.append(_of(table, scope="county", batch=number)["share"].item())
        found = _of(ranges, batch=number).iloc[0]
        assert found["share_mean"] == pytest.approx(np.mean(shares))
        assert found["share_sd"] == pytest.approx(np.std(shares))
        assert [found["share_low"], found["share_high"]] == pytest.approx(list(np.percentile(shares, [5, 95])))


def test_ranges_without_sites_or_without_people():
    draws = pd.DataFrame({0: ["a"]}, index=["a"])
    none = coverage_ranges(MINUTES, draws, EMPTY, PERSONS, LIMITS, 2)
    assert len(none) == 2 * 3
    assert (none["share_high"] == 0).all()
    nobody = coverage_ranges(MINUTES, draws, pd.Series({"a": 1}), PERSONS * 0, LIMITS, 2)
    assert nobody["share_mean"].isna().all()


def test_labels_that_disagree_raise():
    with pytest.raises(ProblemError, match="z 没有 walk 分钟数"):
        nearest(MINUTES, pd.Series({"z": 1}), 2)
    with pytest.raises(ProblemError, match="批次 3"):
        nearest(MINUTES, pd.Series({"a": 3}), 2)
    with pytest.raises(ProblemError, match="ride 的需求点"):
        nearest({"walk": MINUTES["walk"], "ride": MINUTES["ride"].iloc[1:]}, BATCH, 2)
    near = nearest(MINUTES, BATCH, 2)
    with pytest.raises(ProblemError, match="p4 没有 township"):
        coverage(near, PERSONS, TOWNSHIPS.drop("p4"), LIMITS, "x")
    with pytest.raises(ProblemError, match="p1 没有 nearest"):
        coverage(near[near["point_id"] != "p1"], PERSONS, TOWNSHIPS, LIMITS, "x")
    with pytest.raises(ProblemError, match="没有位移抽样"):
        coverage_ranges(MINUTES, pd.DataFrame({0: ["a"]}, index=["a"]), BATCH, PERSONS, LIMITS, 2)
    with pytest.raises(ProblemError, match="未知的地点"):
        coverage_ranges(MINUTES, pd.DataFrame({0: ["z"]}, index=["a"]), pd.Series({"a": 1}), PERSONS, LIMITS, 2)
    assert len(POINTS) == len(near["point_id"].unique())
