"""Diners at a kitchen eat there: counted by hand on three places."""

import math
from itertools import combinations, pairwise, permutations, product

import numpy as np
import pandas as pd
import pytest

from anyi_geo.plan.meals import MealProblem, MealSettings, plan_meals

NAMES = ["K", "a", "b"]
SETTINGS = MealSettings(iterations=50)


def a_problem(meals=(10, 4, 5), *, capacity=40.0, kitchens_max=math.inf, own=35.0):
    stops = pd.DataFrame(
        {"meals": meals, "service_minutes": 2.0, "window_start": 600.0, "window_end": 800.0, "own_kitchen_yuan": own},
        index=NAMES,
    )
    kitchens = pd.DataFrame(
        {"capacity_meals": [capacity], "opening_yuan": 35.0, "loading_minutes": 5.0, "ready_minute": 600.0}, index=["K"]
    )
    vehicles = pd.DataFrame({"capacity_meals": [60], "fixed_yuan": 6.0, "number": np.nan}, index=["v"])
    minutes = pd.DataFrame(5.0 * (1 - np.eye(3)), index=NAMES, columns=NAMES)
    return MealProblem(
        stops, kitchens, vehicles, minutes, minutes.copy(), 60.0, kitchens_max=kitchens_max, dine_in=True
    )


def test_the_kitchens_own_diners_leave_the_rounds():
    """K cooks (35) and one round K-a-b-K (15 + 6) serves the others: 56 yuan."""
    plan = plan_meals(a_problem(), SETTINGS)
    assert plan.mode.to_dict() == {"K": "own_kitchen", "a": "delivered", "b": "delivered"}
    assert [set(one.stops) for one in plan.rounds] == [{"a", "b"}]
    assert plan.rounds[0].meals == 9
    assert plan.cost_yuan == 56.0
    assert plan.opened == ("K",)
    assert plan.bound_yuan <= plan.cost_yuan


def test_what_the_own_diners_eat_is_off_the_capacity():
    """14 meals: 10 eat at K, 4 go to a (35 + 6 + 10 yuan), b cooks (35): 86 yuan."""
    assert plan_meals(a_problem(capacity=14.0), SETTINGS).cost_yuan == 86.0


def test_a_kitchen_too_small_for_its_own_diners_serves_none_of_them():
    plan = plan_meals(a_problem(capacity=9.0), SETTINGS)
    assert not plan.unserved
    assert sum(one.meals for one in plan.rounds) <= 9


def test_a_ceiling_on_kitchens_counts_them_all():
    plan = plan_meals(a_problem(kitchens_max=1.0), SETTINGS)
    assert {*plan.opened, *plan.mode.index[plan.mode == "own_kitchen"]} == {"K"}
    assert plan.cost_yuan == 56.0


@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_enumeration_of_who_cooks(seed):
    """Four places, all may cook and deliver: every set of cooks, every assignment, every order of every round.

    A kitchen holds 15 meals, its own diners' included.
    """
    rng = np.random.default_rng(seed)
    names = list("abcd")
    spot = rng.uniform(0, 12, (4, 2))
    away = np.round(np.hypot(*(spot[:, None] - spot[None]).transpose(2, 0, 1)), 3)
    minutes = pd.DataFrame(away, index=names, columns=names)
    meals = rng.integers(1, 9, 4)
    handing = np.round(rng.uniform(0, 4, 4), 2)
    stops = pd.DataFrame(
        {
            "meals": meals,
            "service_minutes": 2.0,
            "window_start": 0.0,
            "window_end": 900.0,
            "own_kitchen_yuan": 20.0,
            "delivered_yuan": handing,
        },
        index=names,
    )
    kitchens = pd.DataFrame(
        {"capacity_meals": 15.0, "opening_yuan": 20.0, "loading_minutes": 5.0, "ready_minute": 600.0}, index=names
    )
    vehicles = pd.DataFrame({"capacity_meals": [60], "fixed_yuan": 4.0, "number": np.nan}, index=["v"])
    plan = plan_meals(MealProblem(stops, kitchens, vehicles, minutes, minutes.copy(), dine_in=True), SETTINGS)

    def tour(kitchen, others):
        ways = permutations(others)
        return 4.0 + min(sum(minutes.at[a, b] for a, b in pairwise((kitchen, *way, kitchen))) for way in ways)

    best = np.inf
    for size in range(1, 5):
        for cooks in combinations(names, size):
            rest = [name for name in names if name not in cooks]
            for chosen in product(cooks, repeat=len(rest)):
                loads = {k: [s for s, c in zip(rest, chosen, strict=True) if c == k] for k in set(chosen)}
                eaten = stops["meals"]
                if any(eaten[k] + eaten[group].sum() > 15 for k, group in loads.items()):
                    continue
                drive = sum(tour(k, group) + stops.loc[group, "delivered_yuan"].sum() for k, group in loads.items())
                best = min(best, 20.0 * size + drive)
    assert plan.bound_yuan <= best + 1e-6
    assert best - 1e-6 <= plan.cost_yuan <= 1.005 * best


def test_places_without_diners_stay_without_meals():
    plan = plan_meals(a_problem(meals=(0, 4, 5)), SETTINGS)
    assert plan.mode["K"] == "none"
