"""The villages with 35, 9 and 0 diners and the nine shared meals at other prices, limits and faults, by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from meal_road import QUICK
from test_meal_stories import DINERS, SHARES, villages

from anyi_geo.errors import ProblemError
from anyi_geo.plan.meals import MealProblem, MealSettings, check_plan, plan_meals
from anyi_geo.plan.meals.demand import break_even_diners
from anyi_geo.plan.meals.sharing import share_costs

OWN, SENT, NONE, OUT = "own_kitchen", "delivered", "none", "unserved"


def priced(diners=(35, 9, 0), *, fixed=2100.0, extra=3.0, months=60, **change):
    """Return the villages at other prices: F a month, g - f yuan more a delivered meal, m meals a month."""
    problem = villages(diners)
    stops = problem.stops.assign(
        own_kitchen_yuan=[fixed if count else np.nan for count in diners],
        delivered_yuan=[extra * months * count for count in diners],
    )
    return replace(problem, stops=stops, **change)


@pytest.mark.parametrize(
    ("problem", "modes", "yuan"),
    [
        (priced(fixed=2400.0), (OWN, SENT, NONE), 2400 + 1620),
        (priced(extra=4.0), (OWN, OWN, NONE), 2 * 2100),
        (priced(months=30), (OWN, SENT, NONE), 2100 + 810),
        (priced((35, 11, 0), fixed=2160.0), (OWN, SENT, NONE), 2160 + 1980),
        (priced((35, 13, 0), fixed=2160.0), (OWN, OWN, NONE), 2 * 2160),
        (priced(extra=0.0), (SENT, SENT, NONE), 0),
        (priced(fixed=0.0), (OWN, OWN, NONE), 0),
        (priced((0, 0, 0)), (NONE, NONE, NONE), 0),
        (priced((1, 1, 1)), (SENT, SENT, SENT), 3 * 180),
        (priced(kitchens_max=1), (SENT, SENT, NONE), 44 * 180),
        (priced(kitchens_max=0), (OUT, OUT, NONE), 0),
    ],
)
def test_prices_and_ceilings_decide_as_by_hand(problem, modes, yuan):
    plan = plan_meals(problem, QUICK)
    assert tuple(plan.mode) == modes
    assert plan.cost_yuan == pytest.approx(yuan)
    assert plan.status == "optimal"


def test_at_the_break_even_both_ways_cost_the_same():
    """2,160 yuan over 60 x 3 are exactly 12 diners: 2,160 either way, and either may be chosen."""
    assert break_even_diners(2160, 60, 5, 8) == 12.0
    assert plan_meals(priced((35, 12, 0), fixed=2160.0), QUICK).cost_yuan == 2 * 2160


@pytest.mark.parametrize(("hot", "mode"), [(75.0, SENT), (74.9999, OWN)])
def test_a_limit_just_met_serves_and_one_just_missed_never_does(hot, mode):
    plan = plan_meals(villages(hot=hot, far=75.0), QUICK)
    assert plan.mode["nine"] == mode
    if mode == OWN:
        assert "75.0000 分钟" in plan.reasons["nine"].zh


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kitchens": {"capacity_meals": 8.0}}, "9 份超过最大厨房的能力 8 份；能做 9 份的厨房即可"),
        ({"kitchens": {"capacity_meals": 0.0}}, "9 份超过最大厨房的能力 0 份"),
        ({"vehicles": {"capacity_meals": 8}}, "9 份超过最大车辆的 8 份，一个点不拆成两趟；装得下 9 份的车即可"),
        ({"vehicles": {"number": 0}}, "没有送餐车辆"),
        ({"kitchens": {"ready_minute": 1430.0}}, "时间窗 24:00 已关；提前 10.0 分钟出餐或推迟时间窗即可"),
    ],
)
def test_what_forbids_delivery_is_said_with_what_would_do(change, said):
    problem = villages()
    for name, columns in change.items():
        problem = replace(problem, **{name: getattr(problem, name).assign(**columns)})
    alone = plan_meals(problem, QUICK)
    assert said in alone.reasons["nine"].zh
    assert alone.mode["nine"] == OWN
    nobody = replace(problem, stops=problem.stops.assign(own_kitchen_yuan=np.nan))
    assert plan_meals(nobody, QUICK).mode["nine"] == OUT


def test_kitchens_that_are_short_and_a_ceiling_name_what_would_do():
    nobody_cooks = {"own_kitchen_yuan": np.nan}
    short = villages()
    short = replace(
        short, stops=short.stops.assign(**nobody_cooks), kitchens=short.kitchens.assign(capacity_meals=40.0)
    )
    plan = plan_meals(short, QUICK)
    assert plan.mode.to_dict() == {"thirty-five": SENT, "nine": OUT, "nobody": NONE}
    assert "厨房 town 再多 4 份能力即可" in plan.reasons["nine"].zh
    ceiling = plan_meals(replace(short, kitchens_max=0), QUICK)
    assert "上限放宽到 1 个、再开 town即可" in ceiling.reasons["nine"].zh


def test_a_large_kitchen_without_a_road_is_not_the_one_that_would_do():
    """A kitchen that is near is too small, one that is large has no road: said so, with the near one's capacity."""
    problem = villages()
    places = [*problem.places, "far"]
    kitchens = pd.concat([problem.kitchens.assign(capacity_meals=5.0), problem.kitchens.set_axis(["far"])])
    minutes = problem.minutes.reindex(index=places, columns=places, fill_value=np.inf)
    cost = problem.cost_yuan.reindex(index=places, columns=places, fill_value=np.inf)
    stops = problem.stops.assign(own_kitchen_yuan=np.nan)
    plan = plan_meals(MealProblem(stops, kitchens, problem.vehicles, minutes, cost, 60.0), QUICK)
    assert "有路可通的厨房的最大能力 5 份" in plan.reasons["nine"].zh


def test_places_that_are_no_minutes_apart_reach_each_other():
    """From the kitchen a stop is reached only over its neighbour, which is 0 minutes and 0 yuan away."""
    names = ["K", "a", "b"]
    inf = np.inf
    minutes = pd.DataFrame([[0, 5, inf], [5, 0, 0], [5, 0, 0]], names, names, dtype=float)
    stops = pd.DataFrame(
        {"meals": [2, 3], "service_minutes": 1.0, "window_start": -inf, "window_end": inf, "own_kitchen_yuan": np.nan},
        index=["a", "b"],
    )
    kitchens = pd.DataFrame(
        {"capacity_meals": [9.0], "opening_yuan": 1.0, "loading_minutes": 0.0, "ready_minute": 600.0}, index=["K"]
    )
    vehicles = pd.DataFrame({"capacity_meals": [9.0], "fixed_yuan": [1.0], "number": [np.nan]}, index=["v"])
    plan = plan_meals(MealProblem(stops, kitchens, vehicles, minutes, minutes, 30.0), QUICK)
    assert [one.stops for one in plan.rounds] == [("a", "b")]
    assert plan.cost_yuan == 12.0


def test_a_place_that_only_feeds_its_own_is_no_opened_kitchen():
    """Opening is free there, but nothing is sent out: its own kitchen is paid for, or the round that opens it."""
    names = ["k"]
    zero = pd.DataFrame([[0.0]], names, names)
    stops = pd.DataFrame(
        {"meals": [3], "service_minutes": 5.0, "window_start": 690.0, "window_end": 750.0, "own_kitchen_yuan": [60.5]},
        index=names,
    )
    kitchens = pd.DataFrame(
        {"capacity_meals": [np.inf], "opening_yuan": 0.0, "loading_minutes": 10.0, "ready_minute": 680.0}, index=names
    )
    vehicles = pd.DataFrame({"capacity_meals": [30.0], "fixed_yuan": [70.0], "number": [1.0]}, index=["v"])
    plan = plan_meals(MealProblem(stops, kitchens, vehicles, zero, zero, dine_in=True), QUICK)
    assert (plan.status, plan.cost_yuan, plan.opened) == ("optimal", 60.5, ())


def test_a_ceiling_counts_a_kitchen_at_a_stop_that_may_not_cook():
    problem = villages()
    stops = problem.stops.assign(own_kitchen_yuan=np.nan)
    kitchens = problem.kitchens.set_axis(["nine"])
    places = [*stops.index]
    tables = [table.loc[places, places] for table in (problem.minutes, problem.cost_yuan)]
    plan = plan_meals(MealProblem(stops, kitchens, problem.vehicles, *tables, 60.0, kitchens_max=0), QUICK)
    assert (plan.status, plan.opened, set(plan.mode)) == ("optimal", (), {OUT, NONE})


def test_chained_rounds_cost_no_more_than_rounds_of_their_own():
    """One vehicle of 30 yuan: two rounds apart cost less than nothing chained could save, own kitchens still less."""
    problem = replace(
        priced((5, 4, 3), fixed=20.0),
        vehicles=villages().vehicles.assign(fixed_yuan=30.0, number=1.0, capacity_meals=5),
    )
    apart = plan_meals(problem, QUICK)
    chained = plan_meals(problem, replace(QUICK, chain_rounds=True))
    assert chained.cost_yuan <= apart.cost_yuan + 1e-9
    assert not check_plan(problem, chained, chain_rounds=True)


@pytest.mark.parametrize(
    ("change", "paid", "gap"),
    [
        ({"meals_per_month": 30}, (1110, 540, 510), 0),
        ({"meals_per_month": 90}, (3330, 1620, 1530), 930),
        ({"diners": DINERS * 0}, (0, 0, 0), 0),
        ({"diners": DINERS[::-1]}, (2220, 1080, 1020), 420),
        ({"income": pd.Series({"village": 0.0})}, (2220, 1080, 1020), 1020),
        ({"income": pd.Series({"village": 1020.0})}, (2220, 1080, 1020), 0),
        ({"income": pd.Series({"village": 1019.99})}, (2220, 1080, 1020), 0.01),
        ({"diners": pd.Series({"60-79": 9, "80-89": 0, "90+": 0})}, (3240, 1080, 0), 0),
        ({"diners": pd.Series({"60-79": 0, "80-89": 0, "90+": 9})}, (540, 1080, 2700), 2100),
    ],
)
def test_nine_diners_are_shared_otherwise(change, paid, gap):
    given = {"price": 8, "meals_per_month": 60, "income": pd.Series({"village": 600.0})} | change
    diners = given.pop("diners", DINERS)
    shared = share_costs(diners, SHARES, **given)
    assert tuple(shared.by_payer) == paid
    assert shared.total_yuan == sum(paid)
    assert shared.gap_yuan["village"] == pytest.approx(gap)
    # At the closing price, or with the closing part of the diners, the village pays what it has.
    served = diners.sum() * given["meals_per_month"]
    assert (8 - shared.closing_price_yuan["village"]) * served == pytest.approx(gap)
    assert paid[2] * shared.closing_uptake["village"] == pytest.approx(min(paid[2], given["income"]["village"]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"shares": SHARES.assign(county=[2, 2, 3])}, "90\\+ 的分担 1 \\+ 3 \\+ 5 = 9 元，单价 8 元"),
        ({"shares": SHARES.assign(county=[1, 2, 3])}, "60-79 .* = 7 元.*90\\+ .* = 9 元"),
        ({"shares": SHARES.assign(county=[2, -2, 2], village=[0, 8, 5])}, "80-89 county（-2）"),
        ({"shares": SHARES.assign(county=[2, np.nan, 2])}, "80-89 county（nan）"),
        ({"diners": DINERS.drop("90+")}, "年龄段不一致：90\\+"),
        ({"diners": pd.concat([DINERS, pd.Series({"100+": 1})])}, "年龄段不一致：100\\+"),
        ({"diners": pd.Series({"60-79": -5, "80-89": 3, "90+": 1})}, "60-79（-5）"),
        ({"income": pd.Series({"village": -1.0})}, "village（-1）"),
        ({"income": pd.Series({"church": 5.0})}, "church"),
        ({"price": -8}, "单价"),
        ({"meals_per_month": float("nan")}, "每月餐数"),
    ],
)
def test_a_fault_is_named_by_band_or_payer(change, said):
    given = {"diners": DINERS, "shares": SHARES, "price": 8, "meals_per_month": 60} | change
    with pytest.raises(ProblemError, match=said):
        share_costs(**given)


def test_vans_reach_hot_what_tricycles_do_not():
    """Seventy-five minutes by tricycle are thirty by van: one van takes the nine, and its own yuan are paid."""
    problem = villages(far=75.0)
    fleet = pd.DataFrame(
        {"capacity_meals": [60, 60], "fixed_yuan": [0.0, 40.0], "number": [np.nan, 1.0]}, index=["tricycle", "van"]
    )
    van = problem.minutes.replace(75.0, 30.0)
    own = {"minutes_by_vehicle": {"van": van}, "cost_by_vehicle": {"van": van}}
    plan = plan_meals(replace(problem, vehicles=fleet, **own), QUICK)
    (ride,) = plan.rounds
    assert (ride.vehicle, ride.stops, ride.elapsed_minutes) == ("van", ("nine",), (30.0,))
    assert ride.cost_yuan == 40 + 30 + 10 + 9 * 180
    assert plan.status == "optimal"
    with pytest.raises(ProblemError, match="没有的车型：bus"):
        replace(problem, minutes_by_vehicle={"bus": van})
    slow = plan_meals(replace(problem, vehicles=fleet, minutes_by_vehicle={"van": problem.minutes * 1.1}), QUICK)
    assert slow.mode["nine"] == OWN
    assert slow.reasons["nine"].zh.startswith("tricycle：nine：超过配送时限 60 分钟")


def test_two_hundred_stops_in_half_a_second_are_a_checked_plan():
    """No time is measured here; what must hold is that a short budget hands out a plan that serves everyone."""
    rng = np.random.default_rng(5)
    names = [f"k{i}" for i in range(6)] + [f"s{i}" for i in range(200)]
    spots = rng.uniform(0, 100, (206, 2))
    away = pd.DataFrame(np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)), names, names)
    stops = pd.DataFrame(
        {"meals": rng.integers(5, 15, 200), "service_minutes": 0.0, "window_start": -np.inf, "window_end": np.inf,
         "own_kitchen_yuan": np.nan},
        index=names[6:],
    )  # fmt: skip
    kitchens = pd.DataFrame(
        {"capacity_meals": 500.0, "opening_yuan": 100.0, "loading_minutes": 0.0, "ready_minute": 0.0}, index=names[:6]
    )
    vehicles = pd.DataFrame({"capacity_meals": [60], "fixed_yuan": [50.0], "number": [np.nan]}, index=["v"])
    problem = MealProblem(stops, kitchens, vehicles, away, away)
    plan = plan_meals(problem, MealSettings(seconds=0.5))
    assert not plan.unserved
    assert not check_plan(problem, plan)
    # Every stop on a round of its own would drive out and back 200 times.
    alone = 2 * away.loc[names[:6], names[6:]].min().sum()
    assert sum(one.cost_yuan - 50 for one in plan.rounds) < 0.5 * alone
