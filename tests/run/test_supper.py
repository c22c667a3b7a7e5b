"""Supper: its own times and diners, its own rounds and costs; the same plan later where nothing else differs."""

import json

import numpy as np
import openpyxl
import pandas as pd
import pytest

from anyi_geo.bridge.care_sites import official_plan
from anyi_geo.bridge.meals import decide_meals
from anyi_geo.bridge.travel import prepare_travel
from anyi_geo.county import load_county
from anyi_geo.errors import ProblemError
from anyi_geo.result_json import read_result, result_text
from anyi_geo.run import run_scenarios
from anyi_geo.scenario import load_scenario
from anyi_geo.show.write import write_run

NO_STATES = pd.Series(dtype=str)
PAYERS = ["self", "county", "township", "village", "donation"]


def set_parameters(folder, **values):
    """Change parameters of a county folder; None takes the row out."""
    path = folder / "parameters.csv"
    table = pd.read_csv(path, index_col="key")
    for key, value in values.items():
        if value is None:
            table = table.drop(index=key)
        else:
            low, high = table.loc[key, ["low", "high"]]
            table.loc[key, ["value", "low", "high"]] = value, min(low, value), max(high, value)
    table.to_csv(path)


def day_of(folder, **meals):
    county = load_county(folder)
    settings = load_scenario("official-2023", folder / "scenarios").settings
    chosen = settings.meals.model_copy(update={"uptake": "high", "iterations": 20, **meals})
    settings = settings.model_copy(update={"meals": chosen})
    batch = official_plan(county, settings)
    return decide_meals(county, settings, prepare_travel(county, 1, 0), batch, NO_STATES)


def test_supper_at_the_same_times_of_the_afternoon_is_lunch_later(tiny):
    day = day_of(tiny)
    lunch, supper = day.result, day.result.supper
    assert supper.summary["minutes_after_lunch"] == 360
    assert [row["order"] for row in supper.rounds.to_dict("records")] == list(lunch.rounds["order"])
    assert (supper.rounds["departure_minute"] - lunch.rounds["departure_minute"] == 360).all()
    assert lunch.summary["cost_yuan_per_day"] == pytest.approx(2 * lunch.summary["cost_yuan_per_service"])
    assert [plan.seconds == 0 for _, plan in day.plans] == [False, True]


def test_fewer_diners_in_the_evening_have_a_plan_and_costs_of_their_own(tiny):
    set_parameters(
        tiny, supper_share_of_lunch=0.3, supper_ready_minute=1000, supper_window_start_minute=1010,
        supper_window_end_minute=1060,
    )  # fmt: skip
    day = day_of(tiny)
    lunch, supper = day.result, day.result.supper
    noon, evening = (one.stops.set_index("site_id") for one in (lunch, supper))
    assert evening["meals"].to_dict() == np.floor(noon["meals"] * 0.3 + 0.5 + 1e-9).astype(int).to_dict()
    assert supper.summary["minutes_after_lunch"] is None
    cooking = set(lunch.summary["central_kitchens"]) | set(noon.index[noon["mode"] == "own_kitchen"])
    assert set(supper.summary["central_kitchens"]) | set(evening.index[evening["mode"] == "own_kitchen"]) <= cooking
    arrivals = evening["arrival_minute"].dropna()
    assert arrivals.between(1010, 1060).all()
    both = lunch.summary["cost_yuan_per_service"] + supper.summary["cost_yuan_per_service"]
    assert lunch.summary["cost_yuan_per_day"] == pytest.approx(both)
    assert lunch.costs["yuan_per_day"].sum() == pytest.approx(both)
    assert lunch.costs["yuan_per_year"].sum() == pytest.approx(both * 30 * 12)


def test_the_money_is_that_of_both_services(tiny):
    """Nine diners at noon, three in the evening: 30 days x 12 meals x 8 yuan, whoever pays."""
    set_parameters(tiny, supper_share_of_lunch=0.3)
    day = day_of(tiny)
    lunch, supper = day.result, day.result.supper
    meals = 30 * (lunch.summary["meals_served"] + supper.summary["meals_served"])
    accounts = lunch.tables["accounts"]
    assert accounts["meals_per_month"].sum() == pytest.approx(meals)
    assert accounts["paid_by_shares"].sum() == pytest.approx(8 * meals)
    payers = lunch.tables["payers"].set_index("payer")["yuan_per_month"]
    assert payers[PAYERS].sum() == pytest.approx(8 * meals)
    assert payers["uncovered"] == pytest.approx(accounts["total"].sum() - 8 * meals)
    # A cook's month is paid in halves: one for every place that cooks at noon, one for each that does in the evening.
    cooks = lunch.tables["heads"].set_index("head")["yuan_per_month"]["cooks"]
    assert cooks == pytest.approx(900 * (lunch.summary["kitchens"] + supper.summary["kitchens"]))
    # 2,100 yuan over 30 x (1 + 0.3) meals a diner, 3 yuan dearer delivered.
    assert lunch.summary["break_even_diners"] == pytest.approx(2100 / (39 * 3))


@pytest.mark.parametrize(("a_day", "services", "repeats"), [(1, 1, 0), (2, 2, 0), (3, 2, 1)])
def test_one_meal_a_day_has_no_supper_and_three_repeat_lunch_once(tiny, a_day, services, repeats):
    set_parameters(tiny, meals_per_day=a_day)
    day = day_of(tiny)
    assert len(day.plans) == services
    assert day.result.summary["repeats_lunch"] == repeats
    per_service = day.result.summary["cost_yuan_per_service"]
    assert day.result.summary["cost_yuan_per_day"] == pytest.approx(a_day * per_service)


def test_a_county_without_times_for_supper_counts_lunch_twice_and_says_so(tiny):
    set_parameters(tiny, supper_ready_minute=None)
    day = day_of(tiny)
    assert day.result.supper is None
    assert day.result.summary["repeats_lunch"] == 1


@pytest.mark.parametrize("values", [{"meals_per_day": 1.5}, {"meals_per_day": 0}, {"supper_share_of_lunch": 1.2}])
def test_what_no_day_can_be_is_refused(tiny, values):
    set_parameters(tiny, **values)
    with pytest.raises(ProblemError):
        day_of(tiny)


def test_a_window_that_closes_before_supper_is_there_leaves_it_unserved_by_name(tiny):
    set_parameters(tiny, supper_ready_minute=1090)
    day = day_of(tiny)
    rows = day.result.supper.stops
    unserved = rows[rows["mode"] == "unserved"]
    delivered_at_noon = set(day.result.stops.loc[day.result.stops["mode"] == "delivered", "site_id"])
    assert set(unserved["site_id"]) == delivered_at_noon
    assert unserved["reason_zh"].str.contains("时间窗").all()


def test_it_is_written_and_read_back(tiny):
    set_parameters(tiny, supper_share_of_lunch=0.5)
    (result,) = run_scenarios(load_county(tiny), [load_scenario("meals-high", tiny / "scenarios")])
    written = json.loads(result_text(result))
    (tiny / "out").mkdir()
    (tiny / "out" / "result.json").write_text(result_text(result), encoding="utf-8")
    back = read_result(tiny / "out")
    assert json.loads(result_text(back))["meals"]["supper"] == written["meals"]["supper"]
    assert written["meals"]["supper"]["summary"]["service"] == "晚餐"


def test_a_supper_of_its_own_is_drawn_printed_and_listed(tiny):
    set_parameters(tiny, supper_share_of_lunch=0.5)
    county = load_county(tiny)
    (result,) = run_scenarios(county, [load_scenario("meals-high", tiny / "scenarios")])
    write_run(tiny / "out", county, result)
    page = (tiny / "out" / "courier.html").read_text(encoding="utf-8")
    assert "午餐送餐单 R01" in page
    assert "晚餐送餐单 S01" in page
    assert "晚餐配送" in (tiny / "out" / "supper.html").read_text(encoding="utf-8")
    sheets = openpyxl.load_workbook(tiny / "out" / "report.xlsx").sheetnames
    assert {"配送", "晚餐配送", "晚餐助餐点"} <= set(sheets)


def test_a_supper_like_lunch_is_told_beside_it_and_drawn_once(tiny):
    county = load_county(tiny)
    (result,) = run_scenarios(county, [load_scenario("meals-high", tiny / "scenarios")])
    write_run(tiny / "out", county, result)
    assert not (tiny / "out" / "supper.html").exists()
    assert "线路与午餐相同，各推迟 360 分钟" in (tiny / "out" / "courier.html").read_text(encoding="utf-8")
    sheets = openpyxl.load_workbook(tiny / "out" / "report.xlsx").sheetnames
    assert "晚餐配送" in sheets
    assert "晚餐助餐点" not in sheets
