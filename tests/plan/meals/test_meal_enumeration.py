"""Plans against everything that could be done, on instances small enough to try it all."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meal_enumeration import a_problem, optimum

from anyi_geo.plan.meals import MealSettings, check_plan, plan_meals

QUICK = MealSettings(iterations=60)


def compare(problem, within=1e-6):
    plan = plan_meals(problem, QUICK)
    unserved, yuan = optimum(problem)
    left = sum(problem.stops["meals"][one.id] for one in plan.unserved)
    assert not check_plan(problem, plan)
    assert left == unserved
    assert yuan - 1e-6 <= plan.cost_yuan <= yuan * (1 + within) + 1e-6
    assert plan.bound_yuan is None or plan.bound_yuan <= yuan + 1e-6
    return plan


@pytest.mark.parametrize("seed", range(6))
def test_fewest_unserved_then_least_yuan(seed):
    compare(a_problem(seed))


@pytest.mark.parametrize("seed", range(3))
def test_without_a_clock(seed):
    problem = a_problem(seed, hot=None)
    open_all_day = problem.stops.assign(window_start=-np.inf, window_end=np.inf)
    compare(replace(problem, stops=open_all_day))


@pytest.mark.parametrize("seed", range(3))
def test_a_ceiling_on_kitchens(seed):
    compare(a_problem(seed + 20, kitchens_max=1.0))


@pytest.mark.parametrize("seed", range(3))
def test_one_vehicle_for_one_round(seed):
    drives = pd.DataFrame({"capacity_meals": [20], "fixed_yuan": [4.0], "number": [1]}, ["van"])
    compare(a_problem(seed + 40, vehicles=drives, hot=70.0))


@pytest.mark.parametrize("seed", range(3))
def test_missing_roads(seed):
    problem = a_problem(seed + 60, hot=70.0)
    cost = problem.cost_yuan.copy()
    rng = np.random.default_rng(seed)
    cost = cost.mask(rng.random(cost.shape) < 0.35, np.inf)
    compare(replace(problem, cost_yuan=cost))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(100, 10_000), hot=st.sampled_from([20.0, 35.0, 60.0, None]))
def test_the_bound_is_below_every_plan(seed, hot):
    problem = a_problem(seed, stops=3, hot=hot)
    plan = plan_meals(problem, QUICK)
    unserved, yuan = optimum(problem)
    assert plan.bound_yuan <= plan.cost_yuan + 1e-9
    assert plan.bound_yuan <= yuan + 1e-6
    assert sum(problem.stops["meals"][one.id] for one in plan.unserved) == unserved


def test_the_same_seed_and_iterations_give_the_same_plan():
    problem = a_problem(7, stops=9, kitchens=3)
    first, second = plan_meals(problem, QUICK), plan_meals(problem, QUICK)
    assert first.rounds == second.rounds
    assert (first.cost_yuan, first.bound_yuan, first.opened) == (second.cost_yuan, second.bound_yuan, second.opened)
    assert first.mode.equals(second.mode)
