"""Swaps, fronts and frequencies against trying everything, on small counties."""

import itertools
import math
from dataclasses import replace

import pandas as pd
import pytest
from care_site_examples import cover_of, every_plan, random_county, road_county
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.plan.care_sites import (
    BatchRule,
    at_once,
    best_plan,
    conditions_not_met,
    cost_front,
    displaced_cover,
    group_front,
    plan_care_sites,
    selection_frequency,
    shaken_persons,
    swap_plans,
    worst_township_front,
)

EXACT = SolverSettings(seconds=30, gap=0.0)
FEW = {"max_examples": 6, "deadline": None}


def solvable(seed, **changes):
    """Return a random county under whose conditions some plan opens a site."""
    problem = random_county(seed, **changes)
    return problem if any(every_plan(problem)) else replace(problem, budget_yuan=math.inf, township_max={})


def of_group(problem, plan, group):
    return cover_of(replace(problem, group_weights={group: 1.0}), plan)


def differing(given_plan, plan):
    return sum(plan.get(site) != batch for site, batch in given_plan.items())


@settings(**FEW)
@given(seed=st.integers(0, 500))
def test_the_best_k_swaps_agree_with_enumeration(seed):
    problem = solvable(seed, sites=5)
    start = min(every_plan(problem), key=lambda plan: (cover_of(problem, plan), sorted(plan.items())))
    found = dict(swap_plans(problem, pd.Series(start, dtype=int), 3, EXACT))
    for most in (1, 2, 3):
        best = max(cover_of(problem, plan) for plan in every_plan(problem) if differing(start, plan) <= most)
        assert found[most].objective == pytest.approx(best)
        assert found[most].bound == pytest.approx(best)
        assert differing(start, found[most].batch.to_dict()) <= most


def test_one_swap_on_the_road():
    """km 6 in batch 2 reaches 70 new elders, km 2 would reach 80: 150 + 230 instead of 150 + 220."""
    found = dict(swap_plans(road_county(), pd.Series({"s0": 1, "s6": 2}), 1, EXACT))
    assert found[1].batch.to_dict() == {"s0": 1, "s2": 2}
    assert found[1].objective == 380


def test_swaps_that_cannot_meet_the_conditions_are_left_out():
    problem = road_county(must_open={"s2": 1, "s6": 2})
    found = dict(swap_plans(problem, pd.Series({"s0": 1}), 2, EXACT))
    assert sorted(found) == [1, 2], "one site is given up, the two that must open are no swaps of it"
    with pytest.raises(InfeasibleError):
        plan_care_sites(replace(problem, must_not=frozenset({"s2"})), EXACT)
    assert dict(swap_plans(replace(problem, must_not=frozenset({"s2"})), pd.Series({"s0": 1}), 2, EXACT)) == {}


@settings(**FEW)
@given(seed=st.integers(0, 500))
def test_a_group_front_is_on_the_edge_of_everything_possible(seed):
    problem = solvable(seed, sites=5)
    front = group_front(problem, "elders", "children", EXACT, 12)
    points = [(of_group(problem, plan, "elders"), of_group(problem, plan, "children")) for plan in every_plan(problem)]
    assert front[0].first == pytest.approx(max(one for one, _ in points))
    assert front[-1].second == pytest.approx(max(two for _, two in points))
    for plan in front:
        assert plan.first == pytest.approx(of_group(problem, plan.batch.to_dict(), "elders"))
        assert not any(
            (one > plan.first + 1e-6 and two >= plan.second - 1e-6)
            or (one >= plan.first - 1e-6 and two > plan.second + 1e-6)
            for one, two in points
        )
    for left, right in itertools.pairwise(front):
        slope = (right.second - left.second, left.first - right.first)
        line = slope[0] * left.first + slope[1] * left.second
        assert all(slope[0] * one + slope[1] * two <= line * (1 + 1e-6) + 1e-6 for one, two in points)


@settings(**FEW)
@given(seed=st.integers(0, 500))
def test_a_cost_front_is_best_for_each_of_its_costs(seed):
    problem = solvable(seed, sites=5)
    cost = problem.sites["opening_yuan"]
    points = [(cover_of(problem, plan), -cost[list(plan)].sum()) for plan in every_plan(problem) if plan]
    front = cost_front(problem, EXACT, 6)
    for plan in front:
        assert not any(one > plan.first + 1e-6 and two >= plan.second - 1e-6 for one, two in points)
    assert front[0].first == pytest.approx(max(one for one, _ in points))
    assert front[-1].second == pytest.approx(max(two for _, two in points))
    assert len(front) <= 6


@settings(**FEW)
@given(seed=st.integers(0, 500))
@example(seed=256)  # the two best sites are both ready late, and the last batch takes one
def test_a_front_of_the_worst_township_keeps_every_floor(seed):
    problem = solvable(seed, sites=5)
    townships = pd.Series(["甲乡", "乙乡"] * 5, index=problem.persons.index)
    problem = replace(problem, point_townships=townships)
    weights = pd.Series(problem.group_weights)
    end = at_once(problem)

    def last(plan):
        return cover_of(end, dict.fromkeys(plan, 1))

    def worst(plan):
        shares = []
        for name in ("甲乡", "乙乡"):
            inside = problem.persons.mul((townships == name).astype(int), axis=0)
            total = float((inside.sum() * weights).sum())
            if total:
                shares.append(cover_of(replace(end, persons=inside), dict.fromkeys(plan, 1)) / total)
        return min(shares)

    points = [(last(plan), worst(plan)) for plan in every_plan(problem)]
    front = worst_township_front(problem, EXACT, 5)
    assert front[0].first == pytest.approx(max(one for one, _ in points))
    assert front[-1].second == pytest.approx(max(two for _, two in points))
    for plan in front:
        sites = plan.batch.to_dict()
        assert (plan.first, plan.second) == (pytest.approx(last(sites)), pytest.approx(worst(sites)))
        assert not any(one > plan.first + 1e-6 and two >= plan.second - 1e-6 for one, two in points)


@pytest.mark.parametrize("plans", [2, 4])
def test_a_front_holds_no_more_plans_than_asked_for(plans):
    problem = random_county(7, sites=6, budget_yuan=math.inf)
    assert len(cost_front(problem, EXACT, plans)) <= plans
    assert len(group_front(problem, "elders", "children", EXACT, plans)) <= plans


def test_a_site_that_is_best_in_every_world_is_chosen_in_every_world():
    problem = road_county(batches=(BatchRule("第一批", 1),))
    worlds = [(problem.cover[0], problem.persons), (problem.cover[0], problem.persons * 2.0)]
    assert selection_frequency(problem, worlds, EXACT).to_dict() == {"s0": 1.0, "s2": 0.0, "s6": 0.0}


def test_shares_follow_the_worlds():
    """In the second world the people of the east are nine times as many, and km 6 is chosen."""
    problem = road_county(batches=(BatchRule("第一批", 1),))
    moved = problem.persons.mul([1, 1, 1, 9, 9], axis=0)
    worlds = [(problem.cover[0], problem.persons), (problem.cover[0], moved)]
    assert selection_frequency(problem, worlds, EXACT).to_dict() == {"s0": 0.5, "s2": 0.0, "s6": 0.5}


def test_counting_needs_no_second_keys_but_the_same_cover():
    for seed in range(5):
        problem = solvable(seed)
        assert cover_of(problem, best_plan(problem, EXACT).to_dict()) == pytest.approx(
            plan_care_sites(problem, EXACT).objective
        )


def test_persons_of_one_village_move_together_and_no_error_moves_nobody():
    persons = pd.DataFrame({"elders": [10.0, 20.0, 30.0]}, index=["a", "b", "c"])
    places = pd.Series(["v", "v", "w"], index=persons.index)
    shaken = shaken_persons(persons, places, 0.2, {}, 3)
    assert shaken.at["b", "elders"] == pytest.approx(2 * shaken.at["a", "elders"])
    assert shaken.at["a", "elders"] != pytest.approx(10.0)
    pd.testing.assert_frame_equal(shaken, shaken_persons(persons, places, 0.2, {}, 3))
    pd.testing.assert_frame_equal(shaken_persons(persons, places, 0.0, {}, 3), persons)
    assert 5.0 <= shaken_persons(persons, places, 0.0, {"elders": (0.5, 2.0)}, 4).at["a", "elders"] <= 20.0


def test_conditions_that_a_given_plan_breaks_are_named():
    problem = road_county(must_not=frozenset({"s0"}), township_max={"甲乡": 1})
    told = [words.zh for words in conditions_not_met(problem, {"s0": 1, "s2": 2})]
    assert told == ["东头（s0）不得开放", "甲乡至多 1 个点"]
    assert conditions_not_met(problem, {"s2": 1}) == ()


def test_at_once_opens_what_all_batches_hold():
    whole = at_once(road_county(batches=(BatchRule("一", 1), BatchRule("二", 2))))
    assert [rule.sites for rule in whole.batches] == [3]
    assert plan_care_sites(whole, EXACT).objective == 300


def test_what_is_ready_only_later_than_the_last_batch_stays_closed_at_once():
    sites = road_county().sites.assign(ready_from=[1.0, 2.0, 3.0])
    assert set(plan_care_sites(at_once(road_county(sites=sites)), EXACT).batch.index) == {"s0", "s2"}


def test_displaced_worlds_choose_where_the_village_stands():
    problem = road_county(batches=(BatchRule("第一批", 1),))
    draws = pd.DataFrame({0: ["s0", "s2", "s6"], 1: ["s6", "s2", "s0"]}, index=problem.sites.index)
    worlds = [
        (
            displaced_cover(problem.minutes, draws[[k]], {"elders": 1.0}, problem.persons.index, problem.sites.index)[
                0
            ],
            problem.persons,
        )
        for k in (0, 1)
    ]
    assert selection_frequency(problem, worlds, EXACT).to_dict() == {"s0": 0.5, "s2": 0.0, "s6": 0.5}
