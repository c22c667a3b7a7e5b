"""Requests that cannot be met: both numbers, before any solver; else an irreducible set of the planner's conditions."""

import math

import pytest
from care_site_examples import allowed, every_plan, random_county, road_county

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.plan.care_sites import BatchRule, plan_care_sites
from anyi_geo.plan.care_sites import feasibility as feasibility_module
from anyi_geo.plan.care_sites.conditions import conditions
from anyi_geo.plan.care_sites.feasibility import irreducible_conditions

EXACT = SolverSettings(seconds=30, gap=0.0)


def _refused(monkeypatch, problem):
    """Plan with the solver out of reach and return the sentence."""

    def nobody(*_args):
        pytest.fail("a solver was asked")

    monkeypatch.setattr(feasibility_module, "solve", nobody)
    with pytest.raises(InfeasibleError) as caught:
        plan_care_sites(problem, EXACT)
    return caught.value.message


def test_a_budget_below_the_cheapest_site(monkeypatch):
    message = _refused(monkeypatch, road_county(budget_yuan=250_000.0))
    assert message.zh == "预算 250 000 元低于最便宜点位 300 000 元（西头），至少还需 50 000 元"
    assert "at least 50 000 yuan more" in message.en


def test_a_budget_of_nothing(monkeypatch):
    message = _refused(monkeypatch, road_county(budget_yuan=0.0))
    assert message.zh == "预算 0 元低于最便宜点位 300 000 元（西头），至少还需 300 000 元"


def test_a_budget_of_exactly_the_cheapest_site_buys_it():
    assert list(plan_care_sites(road_county(budget_yuan=300_000.0), EXACT).batch.index) == ["s6"]


def test_the_cheapest_site_is_one_that_may_open(monkeypatch):
    problem = road_county(budget_yuan=300_000.0, must_not=frozenset({"s6"}))
    assert "低于最便宜点位 350 000 元（中间）" in _refused(monkeypatch, problem).zh


def test_a_batch_budget_below_the_cheapest_site(monkeypatch):
    rules = (BatchRule("第一批", 1), BatchRule("第二批", 1, budget_yuan=299_999.5))
    assert _refused(monkeypatch, road_county(batches=rules)).zh == (
        "第二批预算 299 999.50 元低于最便宜点位 300 000 元（西头），至少还需 0.50 元"
    )


def test_every_reason_is_named_at_once(monkeypatch):
    problem = road_county(budget_yuan=1.0, township_min={"乙乡": 2}, must_open={"s0": 1, "s2": 1})
    lines = _refused(monkeypatch, problem).zh.splitlines()
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"must_open": {"s0": 1, "s2": 1}}, "第一批至多 1 个点，必须开放的有 2 个，超出 1 个"),
        ({"batches": (BatchRule("第一批", 0),)}, "各批点位数都是 0"),
        ({"township_min": {"乙乡": 2}}, "乙乡至少要 2 个点，可选点位只有 1 个，缺 1 个"),
        ({"township_min": {"丙乡": 1}}, "丙乡至少要 1 个点，可选点位只有 0 个，缺 1 个"),
        ({"township_min": {"甲乡": 2, "乙乡": 1}}, "合计需 3 个点，各批合计至多 2 个，缺 1 个"),
        ({"township_min": {"甲乡": 2}, "township_max": {"甲乡": 1}}, "甲乡至少 2 个点多于至多 1 个点"),
        (
            {"township_max": {"甲乡": 1}, "must_open": {"s0": 1, "s2": 2}},
            "甲乡至多 1 个点，必须开放的有 2 个，超出 1 个",
        ),
        (
            {"must_open": {"s0": 1, "s2": 2}, "budget_yuan": 700_000.0},
            "必须开放的 2 个点共需 750 000 元，总预算 700 000 元，缺 50 000 元",
        ),
        (
            {
                "must_open": {"s0": 1},
                "batches": (BatchRule("第一批", 1, budget_yuan=350_000.0), BatchRule("第二批", 1)),
            },
            "必须开放的 1 个点共需 400 000 元，第一批预算 350 000 元，缺 50 000 元",
        ),
        (
            {"township_min": {"甲乡": 1, "乙乡": 1}, "budget_yuan": 600_000.0},
            "最少需 650 000 元，总预算 600 000 元，缺 50 000 元",
        ),
        ({"must_open": {"s0": 1}, "must_not": frozenset({"s0"})}, "东头（s0） 同时列为必须开放（第 1 批）和不得开放"),
        ({"must_not": frozenset({"s0", "s2", "s6"})}, "没有可选点位"),
    ],
)
def test_both_numbers_are_said(monkeypatch, changes, words):
    assert words in _refused(monkeypatch, road_county(**changes)).zh


@pytest.mark.parametrize(
    "changes",
    [
        {"must_open": {"s0": 1, "s2": 2}},
        {"batches": (BatchRule("第一批", 0), BatchRule("第二批", 1))},
        {"township_min": {"甲乡": 1, "乙乡": 1}, "budget_yuan": 650_000.0},
        {"township_max": {"甲乡": 1}, "must_open": {"s0": 1}},
        {"must_open": {"s0": 1, "s2": 2}, "budget_yuan": 750_000.0},
        {"must_open": {"s0": 1}, "must_not": frozenset({"s2"})},
    ],
)
def test_what_just_fits_is_planned(changes):
    problem = road_county(**changes)
    assert allowed(problem, plan_care_sites(problem, EXACT).batch.to_dict())


def test_a_site_must_open_before_it_is_ready(monkeypatch):
    sites = road_county().sites.assign(ready_from=[2, 1, 1])
    problem = road_county(sites=sites, must_open={"s0": 1})
    assert "东头（s0） 最早第 2 批就绪，却要求在第 1 批开放" in _refused(monkeypatch, problem).zh


def test_contradicting_conditions_are_reduced_to_those_that_matter():
    """Nothing is short by counting, but all sites are ready in batch 2 only, which holds one of the two wanted."""
    sites = road_county().sites.assign(ready_from=2)
    problem = road_county(sites=sites, township_min={"甲乡": 1, "乙乡": 1}, budget_yuan=2_000_000.0)
    with pytest.raises(InfeasibleError) as caught:
        plan_care_sites(problem, EXACT)
    words = caught.value.message.zh
    assert words.startswith("以下 6 项条件不能同时满足")
    for condition in ("第二批至多 1 个点", "甲乡至少 1 个点", "乙乡至少 1 个点", "东头（s0）最早第 2 批就绪"):
        assert condition in words
    assert "预算" not in words
    assert "第一批" not in words


def test_every_condition_of_an_irreducible_set_matters():
    sites = road_county().sites.assign(ready_from=2)
    problem = road_county(sites=sites, township_min={"甲乡": 1, "乙乡": 1})
    rows = conditions(problem)
    clash = irreducible_conditions(rows, 3, 2, EXACT)
    assert irreducible_conditions(clash, 3, 2, EXACT) == clash
    for condition in clash:
        assert irreducible_conditions([other for other in clash if other is not condition], 3, 2, EXACT) == ()


@pytest.mark.parametrize("seed", range(12))
def test_infeasible_exactly_when_no_plan_exists(seed):
    problem = random_county(seed, sites=5, township_min={"甲乡": 2, "乙乡": 1}, township_max={}, budget_yuan=850_000.0)
    if next(every_plan(problem), None) is None:
        with pytest.raises(InfeasibleError, match=r"\d"):
            plan_care_sites(problem, EXACT)
    else:
        assert allowed(problem, plan_care_sites(problem, EXACT).batch.to_dict())


def test_no_limit_is_no_condition():
    codes = [row.code for row in conditions(road_county(budget_yuan=math.inf, township_max={"甲乡": math.inf}))]
    assert codes == ["count_1", "count_2"]
