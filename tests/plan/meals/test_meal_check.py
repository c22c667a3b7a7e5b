"""The checker finds every planted fault, and lets the value that is still allowed pass."""

from dataclasses import replace

import pandas as pd
import pytest
from meal_road import QUICK, road

from anyi_geo.errors import SettingError
from anyi_geo.plan.meals import MealSettings, Unserved, check_plan, plan_meals
from anyi_geo.plan.meals.check import MINUTE_SLACK, YUAN_SLACK

PROBLEM = road()
PLAN = plan_meals(PROBLEM, QUICK)


def faults(plan=PLAN, problem=PROBLEM, **options):
    return [fault.en for fault in check_plan(problem, plan, **options)]


def with_round(**change):
    return replace(PLAN, rounds=(replace(PLAN.rounds[0], **change), *PLAN.rounds[1:]))


def test_the_plan_itself_has_no_fault():
    """K1 serves a and b in one round: 20 + 6 + 30 yuan; K2 serves c for 46, less than c's own 50."""
    assert PLAN.cost_yuan == 102.0
    assert not faults()


def test_minutes_and_yuan_within_rounding_pass_and_beyond_do_not():
    first = PLAN.rounds[0]
    late = tuple(minute + 0.9 * MINUTE_SLACK for minute in first.arrival_minutes)
    assert not faults(with_round(arrival_minutes=late))
    late = tuple(minute + 2 * MINUTE_SLACK for minute in first.arrival_minutes)
    assert any("arrival should be" in text for text in faults(with_round(arrival_minutes=late)))
    near = PLAN.cost_yuan + 0.9 * YUAN_SLACK
    assert not faults(replace(PLAN, cost_yuan=near, bound_yuan=near))
    assert faults(replace(PLAN, cost_yuan=PLAN.cost_yuan + 0.01))
    assert any("a round should cost" in text for text in faults(with_round(cost_yuan=first.cost_yuan - 0.01)))


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (with_round(meals=17), "says 17 meals"),
        (with_round(stops=("b", "a")), "arrival should be"),
        (with_round(departure_minute=604.0), "loads before it is ready"),
        (with_round(elapsed_minutes=(17.0, 23.0)), "elapsed should be"),
        (with_round(arrival_minutes=(670.0,)), "lacks times"),
        (replace(PLAN, rounds=PLAN.rounds[:1]), "on 0 rounds"),
        (replace(PLAN, rounds=(*PLAN.rounds, PLAN.rounds[0])), "on 2 rounds"),
        (replace(PLAN, opened=("K1",)), "opened kitchens and kitchens with load"),
        (replace(PLAN, bound_yuan=PLAN.cost_yuan + 0.01), "bound exceeds"),
        (replace(PLAN, unserved=(Unserved("a", "x"),)), "unserved list"),
        (replace(PLAN, mode=PLAN.mode.replace("delivered", "none")), "but mode none"),
        (replace(PLAN, mode=PLAN.mode.replace("delivered", "flown")), "no such mode"),
        (replace(PLAN, mode=pd.Series("own_kitchen", PLAN.mode.index)), "may not cook but does"),
        (replace(PLAN, mode=PLAN.mode.iloc[::-1]), "disagree"),
    ],
)
def test_a_planted_fault_is_found(plan, said):
    assert any(said in text for text in faults(plan))


def test_limits_hold_at_the_limit_and_break_just_below():
    """The round K1-a-b: 18 meals, 24 minutes from cooked to b's last spoon; opened kitchens 2, tricycles 2."""
    vehicles, kitchens, stops = PROBLEM.vehicles, PROBLEM.kitchens, PROBLEM.stops
    assert PLAN.rounds[0].elapsed_minutes == (17.0, 24.0)
    exact = replace(
        PROBLEM, vehicles=vehicles.assign(capacity_meals=18, number=2), hot_limit_minutes=24.0, kitchens_max=2.0
    )
    assert not faults(problem=exact)
    said = {
        "holds 17": replace(PROBLEM, vehicles=vehicles.assign(capacity_meals=17)),
        "cooks 17": replace(PROBLEM, kitchens=kitchens.assign(capacity_meals=17.0)),
        "beyond the hot limit": replace(PROBLEM, hot_limit_minutes=23.9),
        "2 of tricycle, there are 1": replace(PROBLEM, vehicles=vehicles.assign(number=1)),
        "2 places cook, at most 1": replace(PROBLEM, kitchens_max=1.0),
        "later than its window": replace(PROBLEM, stops=stops.assign(window_start=0.0, window_end=659.0)),
    }
    for text, problem in said.items():
        assert any(text in fault for fault in faults(problem=problem)), text


def test_one_vehicle_is_at_one_place_at_a_time():
    tight = replace(PROBLEM, vehicles=PROBLEM.vehicles.assign(capacity_meals=10, number=2))
    plan = plan_meals(tight, replace(QUICK, chain_rounds=True))
    assert not faults(plan, tight, chain_rounds=True)
    assert {one.vehicle_number for one in plan.rounds} == {1, 2}
    together = replace(plan, rounds=tuple(replace(one, vehicle_number=1) for one in plan.rounds))
    assert any("overlap" in text for text in faults(together, tight, chain_rounds=True))
    assert any("drives several rounds" in text for text in faults(plan, tight))


def test_settings_that_are_wrong_by_themselves():
    MealSettings(seconds=0.1, seed=0, iterations=1)
    for wrong in ({"seconds": 0}, {"seed": -1}, {"iterations": 0}, {"seconds": float("inf")}):
        with pytest.raises(SettingError):
            MealSettings(**wrong)
