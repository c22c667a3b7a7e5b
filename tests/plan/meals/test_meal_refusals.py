"""Bad input is one clear error; what cannot be served is named with the kitchen or the limit that would."""

import numpy as np
import pandas as pd
import pytest
from meal_road import QUICK, road

from anyi_geo.errors import ProblemError
from anyi_geo.plan.meals import plan_meals

TABLES = road()


def stops(**columns):
    return {"stops": TABLES.stops.assign(**columns)}


def kitchens(**columns):
    return {"kitchens": TABLES.kitchens.assign(**columns)}


def vehicles(**columns):
    return {"vehicles": TABLES.vehicles.assign(**columns)}


def matrix(name, value):
    table = getattr(TABLES, name).copy()
    table.loc["a", "b"] = value
    return {name: table}


@pytest.mark.parametrize(
    ("wrong", "said", "allowed"),
    [
        (stops(meals=-1), "meals must be whole", stops(meals=0)),
        (stops(meals=1.5), "meals must be whole", stops(meals=1.0)),
        (stops(meals=np.nan), "meals must be whole", stops(meals=2)),
        (stops(meals="many"), "is no number", stops(meals="3")),
        (stops(service_minutes=-0.1), "service_minutes", stops(service_minutes=0.0)),
        (stops(window_end=659.9), "closes at 659.9 before it opens at 660", stops(window_end=660.0)),
        (stops(window_start=np.nan), "lacks a number", stops(window_start=-np.inf)),
        (stops(own_kitchen_yuan=-0.01), "own_kitchen_yuan", stops(own_kitchen_yuan=0.0)),
        (stops(delivered_yuan=-0.01), "delivered_yuan", stops(delivered_yuan=0.0)),
        (kitchens(capacity_meals=np.nan), "canteen's area", kitchens(capacity_meals=0.0)),
        (kitchens(capacity_meals=-1.0), "canteen's area", kitchens(capacity_meals=np.inf)),
        (kitchens(opening_yuan=-0.01), "opening_yuan", kitchens(opening_yuan=0.0)),
        (kitchens(opening_yuan=np.inf), "opening_yuan", kitchens(opening_yuan=1e6)),
        (kitchens(loading_minutes=-1.0), "loading_minutes", kitchens(loading_minutes=0.0)),
        (kitchens(ready_minute=np.nan), "ready_minute", kitchens(ready_minute=-60.0)),
        (vehicles(capacity_meals=0), "capacity_meals must be > 0", vehicles(capacity_meals=1)),
        (vehicles(fixed_yuan=-1.0), "fixed_yuan", vehicles(fixed_yuan=0.0)),
        (vehicles(number=1.5), "number must be whole", vehicles(number=0)),
        (matrix("minutes", -0.1), "minutes from a to b is -0.1", matrix("minutes", 0.0)),
        (matrix("minutes", np.nan), "minutes from a to b is nan", matrix("minutes", np.inf)),
        (matrix("cost_yuan", -0.1), "cost_yuan from a to b", matrix("cost_yuan", np.inf)),
        ({"hot_limit_minutes": 0.0}, "hot_limit_minutes must be > 0", {"hot_limit_minutes": 0.1}),
        ({"kitchens_max": 1.5}, "kitchens_max must be whole", {"kitchens_max": 0.0}),
        ({"stops": TABLES.stops.drop(columns="meals")}, "lacks columns: meals", {}),
        ({"minutes": TABLES.minutes.drop("a")}, "missing a", {"minutes": TABLES.minutes.iloc[::-1]}),
        ({"minutes": TABLES.minutes.rename(columns={"a": "A"})}, "missing a", {}),
        ({"stops": pd.concat([TABLES.stops, TABLES.stops])}, "repeated labels", {}),
    ],
)
def test_a_fault_in_the_tables_beside_what_is_still_allowed(wrong, said, allowed):
    with pytest.raises(ProblemError) as caught:
        road(**wrong)
    assert isinstance(caught.value, ValueError)
    assert said in caught.value.message.en
    assert any("一" <= letter <= "鿿" for letter in caught.value.message.zh)
    road(**allowed)


def test_all_faults_at_once():
    with pytest.raises(ProblemError) as caught:
        road(**stops(meals=-1), **kitchens(opening_yuan=-1.0), **vehicles(capacity_meals=0))
    assert caught.value.message.zh.count("；") == 2


def test_a_stop_that_nobody_reaches_hot_names_the_kitchen_and_the_limit_that_would():
    """b is 15 minutes from K1: 5 + 15 + 2 = 22; 20 refuses it, 22 or a kitchen within 13 minutes would do."""
    plan = plan_meals(road(hot_limit_minutes=20.0), QUICK)
    reason = dict(plan.unserved)["b"]
    for part in ("K1", "22.0 分钟", "放宽到 22 分钟", "13.0 分钟车程内"):
        assert part in reason
    assert plan_meals(road(hot_limit_minutes=22.0), QUICK).mode["b"] == "delivered"


def test_an_own_kitchen_is_the_way_out_and_the_refusal_is_still_told():
    alone = road(**kitchens(capacity_meals=[40.0, 0.0]), hot_limit_minutes=40.0)
    plan = plan_meals(alone, QUICK)
    assert plan.mode["c"] == "own_kitchen"
    assert not plan.unserved
    assert "52.0" in plan.reasons["c"].zh
    assert plan.cost_yuan == 20 + 6 + 30 + 50


def test_demand_over_all_capacities_is_told_with_the_numbers():
    """24 meals are wanted and both kitchens cook 10 each: 10 and 8 are served, the 6 of c are left and told."""
    plan = plan_meals(road(**kitchens(capacity_meals=10.0), **stops(own_kitchen_yuan=np.nan)), QUICK)
    assert [one.id for one in plan.unserved] == ["c"]
    assert "全部需求 24 份" in plan.unserved[0].reason
    assert "全部厨房 20 份" in plan.unserved[0].reason
    assert not plan_meals(road(**kitchens(capacity_meals=[18.0, 6.0])), QUICK).unserved


def test_a_vehicle_smaller_than_a_stop_refuses_and_says_that_stops_are_not_split():
    plan = plan_meals(road(**vehicles(capacity_meals=9)), QUICK)
    assert [one.id for one in plan.unserved] == ["a"]
    assert "10 份超过最大车辆的 9 份，一个点不拆成两趟" in plan.unserved[0].reason
    assert not plan_meals(road(**vehicles(capacity_meals=10)), QUICK).unserved


def test_no_vehicles_and_no_kitchens():
    plan = plan_meals(road(**vehicles(number=0)), QUICK)
    assert plan.mode.to_dict() == {"a": "unserved", "b": "unserved", "c": "own_kitchen"}
    none = road(
        kitchens=TABLES.kitchens.iloc[:0], minutes=TABLES.minutes.iloc[2:, 2:], cost_yuan=TABLES.cost_yuan.iloc[2:, 2:]
    )
    assert plan_meals(none, QUICK).cost_yuan == 50.0


def test_a_window_that_is_over_before_anything_can_arrive():
    plan = plan_meals(road(**stops(window_start=[600.0, 660.0, 660.0], window_end=[610.0, 750.0, 750.0])), QUICK)
    assert "10:15 送到" in dict(plan.unserved)["a"]
    assert "提前 5.0 分钟" in dict(plan.unserved)["a"]


def test_a_ceiling_of_one_kitchen_tells_who_is_left():
    """K2 alone reaches everyone in 62 minutes; hot to 50 minutes K1 serves a and b, and c may not cook beside it."""
    assert plan_meals(road(kitchens_max=1.0), QUICK).opened == ("K2",)
    plan = plan_meals(road(kitchens_max=1.0, hot_limit_minutes=45.0), QUICK)
    assert [one.id for one in plan.unserved] == ["c"]
    assert "开伙点上限 1 个" in plan.unserved[0].reason


def test_zero_meals_are_no_meals_and_stay_in_the_answer():
    plan = plan_meals(road(**stops(meals=0)), QUICK)
    assert plan.mode.to_dict() == {"a": "none", "b": "none", "c": "none"}
    assert (plan.cost_yuan, plan.rounds, plan.opened) == (0.0, (), ())
