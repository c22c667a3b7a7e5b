"""The clock of a round: cooked at its own loading, hot for every stop of every round, chained without overlap."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from meal_road import QUICK, road

from anyi_geo.plan.meals import MealSettings, check_plan, plan_meals
from anyi_geo.plan.meals.arrays import arrays_of
from anyi_geo.plan.meals.clock import timetable


def test_food_is_cooked_for_its_round_not_for_the_opening_of_the_kitchen():
    """K1 is ready at 10:00, a opens at 11:00: cooked 10:45, on the road 10:50, handed over 11:00 to 11:02."""
    plan = plan_meals(road(hot_limit_minutes=24.0), QUICK)
    first = plan.rounds[0]
    assert (first.departure_minute, first.arrival_minutes, first.elapsed_minutes) == (650, (660, 667), (17, 24))


def test_a_late_window_does_not_make_cold_food_hot():
    """A stop at 10 minutes that opens 100 minutes after the kitchen: elapsed is 17, and a limit of 16 refuses it."""
    stops = road().stops.assign(window_start=700.0, window_end=700.0).loc[["a"]]
    labels = ["K1", "K2", "a"]
    near = road(stops=stops, minutes=road().minutes.loc[labels, labels], cost_yuan=road().cost_yuan.loc[labels, labels])
    assert plan_meals(replace(near, hot_limit_minutes=17.0), QUICK).rounds[0].departure_minute == 690.0
    assert plan_meals(replace(near, hot_limit_minutes=16.9), QUICK).mode["a"] == "unserved"


def test_waiting_between_two_windows_ages_the_food():
    """b opens half an hour after a closes: one round would be 55 minutes old at b, so with 54 two rounds are driven."""
    stops = road().stops.assign(window_start=[660.0, 700.0, 660.0], window_end=[665.0, 750.0, 750.0])
    one = plan_meals(road(stops=stops, hot_limit_minutes=52.0), QUICK)
    assert [r.stops for r in one.rounds if "a" in r.stops] == [("a", "b")]
    assert next(r for r in one.rounds if "a" in r.stops).elapsed_minutes == (17.0, 52.0)
    two = plan_meals(road(stops=stops, hot_limit_minutes=51.9), QUICK)
    assert sorted(r.stops for r in two.rounds if r.kitchen == "K1") == [("a",), ("b",)]


@pytest.mark.parametrize("seed", range(4))
def test_every_stop_of_every_round_is_within_the_limit(seed):
    """Forty stops around two kitchens; recomputed leg by leg."""
    problem = plain(seed, 40)
    plan = plan_meals(problem, MealSettings(iterations=40, seed=seed))
    for one in plan.rounds:
        clock, place = 0.0, one.kitchen
        leave = one.departure_minute
        for stop, arrival in zip(one.stops, one.arrival_minutes, strict=True):
            clock = max(leave + clock + problem.minutes.at[place, stop], problem.stops["window_start"][stop]) - leave
            assert arrival <= problem.stops["window_end"][stop] + 1e-6
            clock, place = clock + problem.stops["service_minutes"][stop], stop
        assert clock + problem.kitchens["loading_minutes"][one.kitchen] <= problem.hot_limit_minutes + 1e-6


def plain(seed, count, **change):
    rng = np.random.default_rng(seed)
    names = ["K1", "K2", *(f"s{i}" for i in range(count))]
    spots = rng.uniform(0, 30, (count + 2, 2))
    away = pd.DataFrame(np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)), names, names)
    stops = pd.DataFrame(
        {
            "meals": rng.integers(3, 15, count),
            "service_minutes": 2.0,
            "window_start": 660.0,
            "window_end": 750.0,
            "own_kitchen_yuan": 60.0,
        },
        names[2:],
    )
    return road(stops=stops, minutes=away, cost_yuan=away, **change)


def test_a_leg_of_less_than_a_minute_and_a_yuan_counts():
    """A hundredth of the road: K2 serves all from the other end, c, b, a: 20 + 2 x 6 + 0.9 + 0.2, to the fen."""
    small = road().minutes / 100
    plan = plan_meals(road(minutes=small, cost_yuan=small), QUICK)
    assert plan.cost_yuan == pytest.approx(33.1, abs=1e-9)
    assert sum(one.cost_yuan for one in plan.rounds) == pytest.approx(13.1, abs=1e-9)


def test_a_place_without_a_road_is_never_on_a_round():
    cut = road().minutes.copy()
    cut.loc["b"] = np.inf
    cut["b"] = np.inf
    plan = plan_meals(road(minutes=cut), QUICK)
    assert plan.mode.to_dict() == {"a": "delivered", "b": "unserved", "c": "delivered"}
    assert "没有道路" in dict(plan.unserved)["b"]
    assert np.isfinite(plan.cost_yuan)


def test_chained_rounds_pay_the_vehicle_once_and_count_food_anew():
    """One tricycle of 10 meals drives a, then b: it is back at 11:12 + ..., loads again, and b's clock starts there."""
    tight = road(vehicles=road().vehicles.assign(capacity_meals=10))
    plan = plan_meals(tight, replace(QUICK, chain_rounds=True))
    from_k1 = [one for one in plan.rounds if one.kitchen == "K1"]
    assert sorted(one.cost_yuan for one in from_k1) in ([20.0, 36.0], [26.0, 30.0])
    assert all(one.elapsed_minutes[0] <= 22 for one in from_k1)
    ordered = sorted(from_k1, key=lambda one: one.departure_minute)
    back = ordered[0].arrival_minutes[-1] + 2 + tight.minutes.at[ordered[0].stops[-1], "K1"]
    assert ordered[1].departure_minute >= back + 5 - 1e-6
    assert not check_plan(tight, plan, chain_rounds=True)


def test_the_earliest_of_the_best_departures_is_taken():
    arrays = arrays_of(road())
    times = timetable(arrays, 0, [0, 1])
    assert (times.departure, times.latest, times.back) == (650.0, 733.0, 684.0)
    assert timetable(arrays, 0, [0, 1], leave_from=733.0).arrivals == (743.0, 750.0)
    assert timetable(arrays, 0, [0, 1], leave_from=733.1) is None
