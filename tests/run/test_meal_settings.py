"""Settings of the meals on the embedded county: who is a dining point, a price on kitchens, fleets, chained rounds."""

import pandas as pd
import pytest

from anyi_geo.bridge.care_sites import official_plan
from anyi_geo.bridge.meals import decide_meals, dining_points
from anyi_geo.bridge.travel import prepare_travel
from anyi_geo.county import load_county, packaged_data
from anyi_geo.scenario import load_scenario

NO_STATES = pd.Series(dtype=str)


@pytest.fixture(scope="module")
def base():
    county = load_county(packaged_data())
    settings = load_scenario("meals-mid", county.folder / "scenarios").settings
    return county, settings, prepare_travel(county, 1, 0), official_plan(county, settings)


def decided(base, states=NO_STATES, **meals):
    county, settings, travel, batch = base
    changed = settings.model_copy(update={"meals": settings.meals.model_copy(update={"iterations": 30, **meals})})
    day = decide_meals(county, changed, travel, batch, states)
    plan, result = day.plans[0][1], day.result
    return plan, result.summary, result


def test_care_sites_dining_homes_and_homes_are_dining_points_and_reserves_are_none(base):
    county, _, _, batch = base
    points = dining_points(county, batch, NO_STATES)
    assert set(batch.index) <= set(points.index)
    homes = points.index[points["kind"].isin(["jinglaoyuan", "county_centre_candidate"])]
    assert "J01" in homes
    assert points["building_id"].is_unique
    states = pd.Series({"J01": "reserve", "J02": "civil_affairs_station"})
    assert set(points.index) - set(dining_points(county, batch, states).index) == {"J01"}


def test_a_price_on_kitchens_opens_fewer_and_is_in_no_cost(base):
    _, free, _ = decided(base)
    plan, priced, result = decided(base, kitchen_price_yuan_month=3000.0)
    assert priced["kitchens"] < free["kitchens"]
    assert priced["cost_yuan_per_service"] > free["cost_yuan_per_service"]
    assert result.costs["yuan_per_service"].sum() == pytest.approx(priced["cost_yuan_per_service"])
    price = 3000.0 / 60
    assert plan.cost_yuan == pytest.approx(priced["cost_yuan_per_service"] + price * priced["kitchens"])


def test_a_fleet_is_a_limit_and_vans_and_chaining_stretch_it(base):
    few, _, _ = decided(base, etricycles=4)
    assert len(few.rounds) <= 4
    mixed, _, _ = decided(base, etricycles=4, vans=2)
    assert {one.vehicle for one in mixed.rounds} <= {"etricycle", "van"}
    assert sum(one.vehicle == "van" for one in mixed.rounds) <= 2
    chained, _, _ = decided(base, etricycles=4, chain_rounds=True)
    assert len({(one.vehicle, one.vehicle_number) for one in chained.rounds}) <= 4
