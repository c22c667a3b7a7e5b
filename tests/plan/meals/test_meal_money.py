"""Accounts, capacity by table, and planning again with known rounds: counted by hand on the road."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from meal_road import QUICK, road

from anyi_geo.errors import ProblemError
from anyi_geo.plan.meals import MealProblem, check_plan, plan_meals, replan_meals
from anyi_geo.plan.meals.accounts import HEADS, UnitPrices, accounts
from anyi_geo.plan.meals.capacity import capacity_by_table

PRICES = UnitPrices(
    food_per_meal=5, packing_per_meal=1, cooks_per_month=1800, utilities_per_month=300, upkeep_per_month=100,
    depreciation_per_month=200, courier_per_minute=0.5, volunteers_per_month=600, services_per_month=60,
)  # fmt: skip


def test_a_kitchen_is_paid_once_and_a_round_by_its_load():
    """K1 cooks 18 meals for a and b, K2 six for c; K1's round drives 30 minutes, hands over 4 and costs 36 yuan."""
    problem = road()
    table = accounts(problem, plan_meals(problem, QUICK), PRICES)
    assert table["cooked_at"].to_dict() == {"a": "K1", "b": "K1", "c": "K2"}
    assert table["food"].to_dict() == {"a": 3000.0, "b": 2400.0, "c": 1800.0}
    assert table["cooks"].to_dict() == {"a": 1000.0, "b": 800.0, "c": 1800.0}
    assert table["packing"].sum() == 24 * 60
    assert table["courier"]["a"] == pytest.approx(60 * (30 + 4) * 0.5 * 10 / 18)
    assert table["fuel"][["a", "b"]].sum() == pytest.approx(60 * (30 - 15))
    assert table["vehicle"].sum() == pytest.approx(60 * 12)
    assert table["volunteers_value"].tolist() == pytest.approx([600 * 10 / 18, 600 * 8 / 18, 600.0])
    assert table["total"].equals(table[list(HEADS)].sum(axis=1))
    assert table["per_meal"]["c"] == pytest.approx(table["total"]["c"] / 360)


def test_prices_below_zero_are_refused():
    replace(PRICES, food_per_meal=0)
    with pytest.raises(ProblemError, match="不能为负"):
        replace(PRICES, food_per_meal=-0.01)
    with pytest.raises(ProblemError, match="大于 0"):
        replace(PRICES, services_per_month=0)


KNOTS = pd.DataFrame({"kitchen_m2": [70.0, 120.0], "meals": [100, 250]})


def test_capacity_is_linear_between_the_rows_and_past_the_last():
    """40 % of 175 m2 is 70 m2: 100 meals; 95 m2 lie half way to 250; 240 m2 are twice the last row."""
    areas = pd.Series({"none": 0.0, "half": 87.5, "first": 175.0, "between": 237.5, "last": 300.0, "beyond": 600.0})
    found = capacity_by_table(areas, KNOTS, kitchen_share=0.4)
    assert found.to_dict() == {"none": 0, "half": 50, "first": 100, "between": 175, "last": 250, "beyond": 500}
    assert np.isnan(capacity_by_table(pd.Series({"unknown": np.nan}), KNOTS, kitchen_share=0.4)["unknown"])


@pytest.mark.parametrize(
    "wrong", [KNOTS.iloc[:0], KNOTS.assign(meals=[100, 100]), KNOTS.assign(kitchen_m2=[0.0, 120.0])]
)
def test_a_table_that_does_not_grow_is_refused(wrong):
    with pytest.raises(ProblemError, match="逐行增大"):
        capacity_by_table(pd.Series({"a": 100.0}), wrong, kitchen_share=0.4)


def rounds(plan):
    return sorted((one.kitchen, one.stops) for one in plan.rounds)


def changed(problem, **meals):
    eating = [meals.get(stop, problem.stops["meals"][stop]) for stop in problem.stops.index]
    return replace(problem, stops=problem.stops.assign(meals=eating))


def test_nothing_changed_keeps_every_round():
    problem = road()
    before = rounds(plan_meals(problem, QUICK))
    plan = replan_meals(problem, before, QUICK)
    assert rounds(plan) == before
    assert not check_plan(problem, plan)
    assert plan.bound_yuan is None


def test_who_no_longer_eats_is_left_out_and_the_others_keep_their_round():
    """From scratch c alone would be served by K1's 45 minutes or cook; kept, its round from K2 stays."""
    problem = changed(road(), a=0)
    plan = replan_meals(problem, [("K1", ("a", "b")), ("K2", ("c",))], QUICK)
    assert rounds(plan) == [("K1", ("b",)), ("K2", ("c",))]
    assert plan.mode["a"] == "none"


def test_a_round_that_grew_too_heavy_gives_up_its_last_stop():
    """a grows to 15: 15 + 8 are more than the 20 of the tricycle, so b drives on a round of its own."""
    plan = replan_meals(changed(road(), a=15), [("K1", ("a", "b")), ("K2", ("c",))], QUICK)
    assert ("K1", ("a",)) in rounds(plan)
    assert not plan.unserved
    assert sum("b" in one.stops for one in plan.rounds) == 1


def test_a_newcomer_joins_a_known_round_where_it_costs_least():
    plan = replan_meals(road(), [("K1", ("a",)), ("K2", ("c",))], QUICK)
    assert rounds(plan) in ([("K1", ("a", "b")), ("K2", ("c",))], [("K1", ("b", "a")), ("K2", ("c",))])


def test_a_kitchen_feeds_its_own_place_before_a_round_that_grew():
    """K cooks 10: 4 at its place, 3 for a; b grew from 3 to 4 and is given up: no meal is driven to K's own place."""
    names = ["K", "a", "b"]
    away = pd.DataFrame([[0, 5, 6], [5, 0, 2], [6, 2, 0]], names, names, dtype=float)
    stops = pd.DataFrame(
        {"meals": [4, 3, 4], "service_minutes": 1.0, "window_start": 0.0, "window_end": 999.0,
         "own_kitchen_yuan": [30.0, np.nan, 50.0]},
        index=names,
    )  # fmt: skip
    cooks = {"opening_yuan": 20.0, "loading_minutes": 1.0, "ready_minute": 0.0}
    kitchens = pd.DataFrame({"capacity_meals": [10.0], **cooks}, index=["K"])
    vehicles = pd.DataFrame({"capacity_meals": [20], "fixed_yuan": [1.0], "number": [np.nan]}, index=["v"])
    problem = MealProblem(stops, kitchens, vehicles, away, away, 60.0, dine_in=True)
    plan = replan_meals(problem, [("K", ("a", "b"))], QUICK)
    assert rounds(plan) == [("K", ("a",))]
    assert plan.mode.to_dict() == {"K": "own_kitchen", "a": "delivered", "b": "own_kitchen"}


def test_rounds_of_places_that_are_gone_are_forgotten():
    plan = replan_meals(road(), [("K9", ("a",)), ("K1", ("zz", "b"))], QUICK)
    assert not plan.unserved
    assert not check_plan(road(), plan)
