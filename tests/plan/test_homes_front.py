"""The front: no plan beats another, its ends are the cheapest and the nearest plan, enumeration finds none better."""

from itertools import pairwise

import pytest
from home_examples import QUICK, best_by_enumeration, for_so_many_calls, scattered, with_rules

from anyi_geo.plan.homes import TooFewBedsError, model, pareto_front, plan_homes
from anyi_geo.plan.homes.cost import visiting_minutes


@pytest.mark.parametrize("seed", range(4))
def test_the_front_is_undominated_and_its_ends_are_optimal(seed):
    problem = scattered(seed, homes=5, largest=4, centres=3, reserve_share=0.1)
    plans = pareto_front(problem, QUICK, 6)
    minutes = [visiting_minutes(problem, plan.flows) for plan in plans]
    costs = [plan.objective for plan in plans]
    assert 1 <= len(plans) <= 6
    assert costs == sorted(costs)
    assert all(later < sooner for sooner, later in pairwise(minutes))
    cheapest = plan_homes(with_rules(problem, at_most=True, visit_weight=0.0), QUICK)
    assert costs[0] == pytest.approx(cheapest.objective, rel=1e-6)
    nearest = plan_homes(with_rules(problem, at_most=True, visit_weight=1e6), QUICK)
    assert minutes[-1] == pytest.approx(visiting_minutes(problem, nearest.flows), abs=1e-3)


def test_the_cheap_end_agrees_with_enumeration():
    problem = scattered(1, homes=4, largest=3, centres=2, at_most=True, visit_weight=0.0)
    assert pareto_front(problem, QUICK, 4)[0].objective == pytest.approx(best_by_enumeration(problem)[1], rel=1e-6)


def test_when_the_time_ends_the_plans_found_so_far_are_returned(monkeypatch):
    """Three solutions for the first plan and two for each further one; the clock ends in the third plan."""
    problem = scattered(1, homes=5, largest=4, centres=3, reserve_share=0.1)
    whole = pareto_front(problem, QUICK, 6)
    monkeypatch.setattr(model, "solve", for_so_many_calls(model.solve, 6))
    some = pareto_front(problem, QUICK, 6)
    assert 1 <= len(some) < len(whole)
    assert some[0].objective == pytest.approx(whole[0].objective)


def test_never_more_than_twelve_plans():
    assert len(pareto_front(scattered(2, homes=4, largest=3, centres=2), QUICK, 40)) <= 12


def test_a_front_without_beds_is_refused():
    problem = scattered(0, homes=4, largest=5, centres=1)
    poor = problem.homes.assign(expansion_beds=0)
    with pytest.raises(TooFewBedsError):
        pareto_front(type(problem)(poor, problem.groups, problem.minutes, problem.rules, problem.costs), QUICK, 3)
