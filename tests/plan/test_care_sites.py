"""Care sites in batches: against the road of five villages, enumeration, and one batch after the other."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from care_site_examples import allowed, cover_of, every_plan, random_county, road_county
from hypothesis import given, settings
from hypothesis import strategies as st

from anyi_geo.errors import ProblemError
from anyi_geo.locate.settings import SolverSettings, Status
from anyi_geo.plan.care_sites import (
    BatchRule,
    cover_within,
    displaced_cover,
    evaluate_given,
    gradual_cover,
    nominal_cover,
    plan_care_sites,
)
from anyi_geo.plan.care_sites.conditions import conditions
from anyi_geo.plan.care_sites.model import nominal_model
from anyi_geo.plan.care_sites.rows import cover_rows

EXACT = SolverSettings(seconds=30, gap=0.0)
STORED = Path(__file__).parent / "lp" / "care_sites.lp"


def test_the_road_of_five_villages():
    plan = plan_care_sites(road_county(), EXACT)
    assert plan.batch.to_dict() == {"s0": 1, "s2": 2}
    assert plan.objective == pytest.approx(150 + 230)
    assert plan.bound == pytest.approx(380)
    assert plan.status is Status.OPTIMAL
    assert (plan.batch.index.name, plan.batch.name) == ("site_id", "batch")


def test_a_given_plan_is_valued_without_conditions():
    problem = road_county(must_not=frozenset({"s6"}))
    assert evaluate_given(problem, {"s0": 1, "s6": 2}) == 150 + 220
    assert evaluate_given(problem, {}) == 0
    with pytest.raises(ProblemError, match="未知点位：s9"):
        evaluate_given(problem, {"s9": 1})
    with pytest.raises(ProblemError, match="批次 3"):
        evaluate_given(problem, {"s0": 3})


@pytest.mark.parametrize("seed", range(12))
def test_enumeration_agrees(seed):
    problem = random_county(seed)
    plan = plan_care_sites(problem, EXACT)
    chosen = plan.batch.to_dict()
    assert allowed(problem, chosen)
    values = [(cover_of(problem, other), other) for other in every_plan(problem)]
    best = max(value for value, _ in values)
    assert plan.objective == pytest.approx(best)
    assert plan.objective == pytest.approx(cover_of(problem, chosen))
    assert plan.status is Status.OPTIMAL

    def second(plan):
        rows = problem.sites.loc[list(plan)]
        return rows["tie_rank"].sum(), rows["opening_yuan"].sum()

    assert second(chosen) == min(second(other) for value, other in values if value > best - 1e-6)


@pytest.mark.parametrize("seed", range(2))
def test_three_batches_agree_with_enumeration(seed):
    problem = random_county(100 + seed, sites=5, batches=3)
    plan = plan_care_sites(problem, EXACT)
    assert allowed(problem, plan.batch.to_dict())
    assert plan.objective == pytest.approx(max(cover_of(problem, other) for other in every_plan(problem)))


def test_both_batches_together_beat_one_after_the_other():
    """The middle site reaches most alone (60), but left and right together reach all: 50 + 100 against 60 + 80."""
    points, sites = pd.Index(["far_left", "left", "right", "far_right"]), pd.Index(["l", "m", "r"])
    minutes = pd.DataFrame([[1, 9, 9], [1, 1, 9], [9, 1, 1], [9, 9, 1]], index=points, columns=sites, dtype=float)
    road = road_county()
    problem = road_county(
        persons=pd.DataFrame({"elders": [20, 30, 30, 20]}, index=points),
        cover=nominal_cover(minutes, {"elders": 1.0}, points, sites),
        sites=road.sites.set_axis(sites),
        minutes=minutes,
    )
    first = plan_care_sites(replace(problem, batches=(problem.batches[0], replace(problem.batches[1], sites=0))), EXACT)
    assert first.batch.to_dict() == {"m": 1}
    then = plan_care_sites(replace(problem, must_open={"m": 1}), EXACT)
    together = plan_care_sites(problem, EXACT)
    assert then.objective == pytest.approx(60 + 80)
    assert together.objective == pytest.approx(50 + 100)
    assert "m" not in together.batch.index


@pytest.mark.parametrize("seed", range(6))
def test_never_worse_than_one_after_the_other(seed):
    problem = random_county(200 + seed)
    later = (problem.batches[0], *(replace(rule, sites=0) for rule in problem.batches[1:]))
    first = plan_care_sites(replace(problem, batches=later), EXACT)
    then = plan_care_sites(replace(problem, must_open=first.batch.to_dict()), EXACT)
    assert plan_care_sites(problem, EXACT).objective >= then.objective - 1e-9


def test_a_must_open_site_opens_in_exactly_its_batch():
    plan = plan_care_sites(road_county(must_open={"s0": 2}), EXACT)
    assert plan.batch["s0"] == 2


def test_an_unready_site_waits():
    sites = road_county().sites.assign(ready_from=[2.0, math.nan, 1.0])
    assert plan_care_sites(road_county(sites=sites), EXACT).batch.to_dict() == {"s0": 2, "s2": 1}


@pytest.mark.parametrize(
    ("column", "values"),
    [("tie_rank", [1, 0]), ("opening_yuan", [2.0, 1.0])],
)
def test_equal_covers_fall_to_the_stated_key(column, values):
    twins = _twins().assign(**{column: values})
    assert list(_twin_plan(twins)) == ["b"]
    assert list(_twin_plan(twins.assign(**{column: values[::-1]}))) == ["a"]


def test_equal_covers_fall_to_person_minutes_then_to_the_id():
    assert list(_twin_plan(_twins(), minutes=[0.9, 0.5])) == ["b"]
    assert list(_twin_plan(_twins())) == ["a"]
    assert list(_twin_plan(_twins().iloc[::-1])) == ["a"]


def _twins():
    return pd.DataFrame(
        {"name": ["甲", "乙"], "township": "甲乡", "opening_yuan": 1.0, "ready_from": 1, "tie_rank": 0},
        index=["a", "b"],
    )


def _twin_plan(sites, minutes=(0.5, 0.5)):
    table = pd.DataFrame([dict(zip("ab", minutes, strict=True))], index=["p"])[list(sites.index)]
    problem = road_county(
        persons=pd.DataFrame({"elders": [7]}, index=["p"]),
        cover=nominal_cover(table, {"elders": 1.0}, table.index, sites.index),
        sites=sites,
        batches=(BatchRule("第一批", 1),),
        minutes=table,
    )
    return plan_care_sites(problem, EXACT).batch.index


def test_a_site_that_adds_nobody_stays_closed():
    plan = plan_care_sites(road_county(batches=(BatchRule("第一批", 3),), must_not=frozenset({"s0"})), EXACT)
    assert list(plan.batch.index) == ["s2", "s6"]
    assert plan.notes == ("第一批: 2 of 3 sites opened; more would not raise the cover.",)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000), order=st.randoms(use_true_random=False))
def test_row_order_does_not_matter(seed, order):
    problem = random_county(seed, draws=3)
    points, sites = list(range(len(problem.persons))), list(range(len(problem.sites)))
    order.shuffle(points)
    order.shuffle(sites)
    shuffled = replace(
        problem,
        persons=problem.persons.iloc[points],
        sites=problem.sites.iloc[sites],
        cover=tuple({group: table[points][:, sites] for group, table in draw.items()} for draw in problem.cover),
    )
    for count in (1, 3):
        one = plan_care_sites(replace(problem, cover=problem.cover[:count]), EXACT)
        other = plan_care_sites(replace(shuffled, cover=shuffled.cover[:count]), EXACT)
        pd.testing.assert_series_equal(one.batch, other.batch)


def test_gradual_cover_takes_the_best_open_site():
    points, sites = pd.Index(["p", "q"]), pd.Index(["s0", "s2", "s6"])
    minutes = pd.DataFrame([[5.0, 12.5, 20.0], [math.inf, 15.0, 10.0]], index=points, columns=sites)
    table = gradual_cover(minutes, 10.0, 15.0, points, sites)
    np.testing.assert_allclose(table.toarray(), [[1, 0.5, 0], [0, 0, 1]])
    problem = road_county(
        persons=pd.DataFrame({"elders": [100, 10]}, index=points), cover=({"elders": table},), minutes=minutes
    )
    assert evaluate_given(problem, {"s2": 1, "s0": 2}) == pytest.approx(50 + 100)
    plan = plan_care_sites(problem, EXACT)
    assert plan.objective == pytest.approx(max(cover_of(problem, other) for other in every_plan(problem)))


def test_nobody_to_cover_is_an_answer_too():
    plan = plan_care_sites(road_county(group_weights={"elders": 0.0}, township_min={"乙乡": 1}), EXACT)
    assert (plan.objective, plan.bound, list(plan.batch.index)) == (0.0, 0.0, ["s6"])
    twice = road_county(group_weights={}, cover=({}, {}), township_min={"乙乡": 1})
    assert plan_care_sites(twice, EXACT).objective == 0.0


def test_points_with_equal_covering_sets_become_one_row():
    rows = cover_rows(road_county())
    assert sorted(rows.persons) == [50, 70, 80, 100]  # km 6 and 7 share one set


def test_the_model_reads_as_stored(tmp_path):
    problem = road_county(
        must_open={"s0": 1}, must_not=frozenset({"s6"}), budget_yuan=800_000.0, township_max={"甲乡": 2}
    )
    model = nominal_model(cover_rows(problem), conditions(problem))
    written = tmp_path / "care_sites.lp"
    model.problem.writeLP(written)
    assert written.read_text(encoding="utf-8") == STORED.read_text(encoding="utf-8")


def test_a_limit_is_met_within_a_billionth_of_a_minute():
    table = pd.DataFrame([[0.1 + 0.2, 0.3001]], index=["p"], columns=["a", "b"])
    assert cover_within(table, 0.3, table.index, table.columns).toarray().tolist() == [[1, 0]]
    with pytest.raises(ProblemError, match="大于 0 分钟"):
        cover_within(table, 0.0, table.index, table.columns)


def test_labels_that_disagree_raise():
    table = pd.DataFrame([[1.0]], index=["p"], columns=["a"])
    with pytest.raises(ProblemError, match="缺少点位 b"):
        cover_within(table, 1.0, table.index, pd.Index(["b"]))
    with pytest.raises(ProblemError, match="缺少需求点 q"):
        cover_within(table, 1.0, pd.Index(["q"]), table.columns)
    with pytest.raises(ProblemError, match="空值"):
        cover_within(table.mask(table > 0), 1.0, table.index, table.columns)


def test_displaced_sites_cover_from_where_they_stand():
    places = pd.DataFrame([[1.0, 9.0], [9.0, 1.0]], index=["p", "q"], columns=["x", "y"])
    draws = pd.DataFrame({0: ["x", "x"], 1: ["y", "x"]}, index=["a", "b"])
    cover = displaced_cover(places, draws, {"elders": 5.0}, places.index, pd.Index(["b", "a"]))
    assert [draw["elders"].toarray().tolist() for draw in cover] == [[[1, 1], [0, 0]], [[1, 0], [0, 1]]]
    with pytest.raises(ProblemError, match="c 没有位移抽样"):
        displaced_cover(places, draws, {"elders": 5.0}, places.index, pd.Index(["c"]))
    with pytest.raises(ProblemError, match="未知的地点"):
        displaced_cover(places, draws.replace("y", "z"), {"elders": 5.0}, places.index, pd.Index(["a"]))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"group_weights": {"nobody": 1.0}}, "没有人群 nobody"),
        ({"group_weights": {"elders": -1.0}}, "权重 -1.0"),
        ({"batches": ()}, "批次数应为 1 至 5"),
        ({"batches": (BatchRule("第一批", -1),)}, "点位数 -1"),
        ({"budget_yuan": -1.0}, "总预算不能为负"),
        ({"batches": (BatchRule("第一批", 1, budget_yuan=math.nan),)}, "第一批预算不能为负或空"),
        ({"must_open": {"s9": 1}}, "must_open 中没有这些点位：s9"),
        ({"must_not": frozenset({"s9"})}, "must_not 中没有这些点位：s9"),
        ({"must_open": {"s0": 3}}, "第 3 批开放，但只有 2 批"),
        ({"township_min": {"甲乡": -1}}, "甲乡 的 -1"),
        ({"sites": road_county().sites.assign(township=["甲乡", None, "乙乡"])}, "s2 没有乡镇"),
        ({"cover": ()}, "没有覆盖表"),
        ({"cover": ({},)}, "缺少人群 elders"),
        ({"minutes": pd.DataFrame([[1.0]], index=["v0"], columns=["s0"])}, "minutes 的编号"),
    ],
)
def test_malformed_problems_are_refused(changes, words):
    with pytest.raises(ProblemError, match=words):
        road_county(**changes)
