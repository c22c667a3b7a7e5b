"""Villages with 35, 9 and 0 diners, and who pays for nine delivered meals: checked by hand."""

import numpy as np
import pandas as pd
import pytest
from meal_road import QUICK

from anyi_geo.errors import ProblemError
from anyi_geo.plan.meals import MealProblem, plan_meals
from anyi_geo.plan.meals.demand import break_even_diners
from anyi_geo.plan.meals.sharing import share_costs

PER_MONTH = 60
PLACES = ["town", "thirty-five", "nine", "nobody"]


def villages(diners=(35, 9, 0), *, hot=60.0, far=20.0):
    """Return one month's service: an own kitchen costs 2,100 and 5 a meal, a delivered meal 8; `far` is to "nine"."""
    stops = pd.DataFrame(
        {
            "meals": diners,
            "service_minutes": 0.0,
            "window_start": 0.0,
            "window_end": 1440.0,
            "own_kitchen_yuan": [2100.0 if count else np.nan for count in diners],
            "delivered_yuan": [(8 - 5) * PER_MONTH * count for count in diners],
        },
        index=PLACES[1:],
    )
    kitchens = pd.DataFrame(
        {"capacity_meals": [100.0], "opening_yuan": 0.0, "loading_minutes": 0.0, "ready_minute": 0.0}, index=["town"]
    )
    vehicles = pd.DataFrame({"capacity_meals": [60], "fixed_yuan": [0.0], "number": [np.nan]}, index=["tricycle"])
    minutes = pd.DataFrame(10.0, PLACES, PLACES)
    minutes.loc["town", "nine"] = minutes.loc["thirty-five", "nine"] = far
    free = minutes * 0.0
    return MealProblem(stops, kitchens, vehicles, minutes, free, hot)


def total(plan, diners=(35, 9, 0)):
    """Return yuan per month: what differs, and 5 yuan of ingredients for every meal."""
    return plan.cost_yuan + 5 * PER_MONTH * sum(diners)


def test_thirty_five_cook_nine_are_served_nobody_goes_without():
    plan = plan_meals(villages(), QUICK)
    assert plan.mode.to_dict() == {"thirty-five": "own_kitchen", "nine": "delivered", "nobody": "none"}
    assert total(plan) == 12_600 + 4_320
    assert break_even_diners(2100, PER_MONTH, 5, 8) == pytest.approx(11.67, abs=0.005)


@pytest.mark.parametrize(("count", "mode"), [(11, "delivered"), (12, "own_kitchen")])
def test_the_break_even_decides(count, mode):
    assert plan_meals(villages((35, count, 0)), QUICK).mode["nine"] == mode


def test_seventy_five_minutes_away_it_cooks_itself_for_480_more_and_never_late():
    plan = plan_meals(villages(far=75.0), QUICK)
    assert plan.mode["nine"] == "own_kitchen"
    assert total(plan) - (12_600 + 4_320) == 480
    assert "超过配送时限 60 分钟" in plan.reasons["nine"].zh
    assert "75.0" in plan.reasons["nine"].zh


DINERS = pd.Series({"60-79": 5, "80-89": 3, "90+": 1})
SHARES = pd.DataFrame({"self": [6, 2, 1], "county": [2, 2, 2], "village": [0, 4, 5]}, DINERS.index)


def test_nine_delivered_diners_are_shared_to_the_fen():
    shared = share_costs(DINERS, SHARES, price=8, meals_per_month=PER_MONTH, income=pd.Series({"village": 600.0}))
    assert shared.by_payer.to_dict() == {"self": 2220.0, "county": 1080.0, "village": 1020.0}
    assert shared.total_yuan == shared.by_payer.sum() == 4320.0
    assert shared.gap_yuan["village"] == 420.0
    assert shared.closing_price_yuan["village"] == pytest.approx(8 - 420 / 540)
    assert shared.closing_uptake["village"] == pytest.approx(600 / 1020)


def test_an_income_that_just_covers_it_leaves_no_gap():
    shared = share_costs(DINERS, SHARES, price=8, meals_per_month=PER_MONTH, income=pd.Series({"village": 1020.0}))
    assert (shared.gap_yuan["village"], shared.closing_uptake["village"]) == (0.0, 1.0)


def test_shares_that_miss_the_price_name_the_band():
    wrong = SHARES.copy()
    wrong.loc["80-89", "village"] = 3
    with pytest.raises(ProblemError) as caught:
        share_costs(DINERS, wrong, price=8, meals_per_month=PER_MONTH)
    assert "80-89 的分担 2 + 2 + 3 = 7 元，单价 8 元" in caught.value.message.zh
    assert "60-79" not in caught.value.message.zh
