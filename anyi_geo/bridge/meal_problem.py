"""From the county, a plan of care sites and the homes that stay to the meals problem of one service."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from anyi_geo.bridge.meal_services import Service, cooked_services_per_month, services
from anyi_geo.bridge.travel import DECIMALS, Travel, care_site_rows
from anyi_geo.county import County, travel_km, travel_minutes
from anyi_geo.county.registers import KITCHEN_CAPACITY
from anyi_geo.parameters import Level, Parameters
from anyi_geo.plan.meals import MealPlan, MealProblem
from anyi_geo.plan.meals.capacity import capacity_by_table
from anyi_geo.plan.meals.demand import diners, kitchen_capacity
from anyi_geo.settings import Settings

MINUTES_PER_HOUR = 60.0
#: Roads that a type of vehicle travels by.
NETWORKS = {"etricycle": "ride", "van": "car"}
HOME_KINDS = ("jinglaoyuan", "county_centre_candidate")


@dataclass(frozen=True)
class _Prices:
    """Prices of one service (one lunch), from the parameters."""

    own_kitchen_yuan: float
    extra_yuan_per_meal: float
    courier_yuan_per_minute: float
    yuan_per_km: float

    @classmethod
    def of(cls, parameters: Parameters) -> _Prices:
        monthly = parameters.value("cook_wage_yuan_month") + parameters.value("kitchen_utilities_yuan_month")
        return cls(
            own_kitchen_yuan=monthly / cooked_services_per_month(parameters),
            extra_yuan_per_meal=parameters.value("delivered_extra_yuan_per_meal"),
            courier_yuan_per_minute=parameters.value("courier_yuan_per_hour") / MINUTES_PER_HOUR,
            yuan_per_km=parameters.value("etricycle_yuan_per_km"),
        )


def dining_points(county: County, batch: pd.Series, states: pd.Series) -> gpd.GeoDataFrame:
    """Return the dining points of a plan, one per building, index site_id: care sites, 颐养之家, homes.

    Parameters
    ----------
    county : County
    batch : Series
        Opened care sites.
    states : Series
        Index: homes; what becomes of them. One that is kept in reserve is empty and feeds nobody; without a homes plan
        all run as today.
    """
    opened = care_site_rows(county).loc[batch.index]
    yiyang = county.sites[county.sites["kind"] == "yiyang_home"]
    homes = county.sites[county.sites["kind"].isin(HOME_KINDS) & ~county.sites.index.isin(_set_aside(states))]
    both = pd.concat([opened, yiyang, homes])
    return gpd.GeoDataFrame(both[~both["building_id"].duplicated()].sort_index(), crs=county.sites.crs)


def meal_problem(
    county: County,
    settings: Settings,
    travel: Travel,
    batch: pd.Series,
    states: pd.Series,
    eating: pd.Series | None = None,
) -> tuple[gpd.GeoDataFrame, MealProblem]:
    """Return the dining points and the problem of lunch; the parameters of `decide_meals`."""
    spots = dining_points(county, batch, states)
    meals = _demand(county, settings, travel, spots, settings.meals.uptake)
    if eating is not None:
        meals = eating.astype(int).reindex(spots.index).fillna(meals).astype(int).rename("meals")
    lunch = services(county.parameters)[0]
    return spots, _problem(county, settings, travel, spots, meals, batch, lunch)


def supper_problem(lunch: MealProblem, plan: MealPlan, service: Service) -> MealProblem:
    """Return the problem of another service of the same day: only places that cook at noon cook again.

    Parameters
    ----------
    lunch : MealProblem
    plan : MealPlan
        Lunch's.
    service : Service
        Its times and its share of lunch's meals.
    """
    cooking = {*plan.opened, *plan.mode.index[plan.mode == "own_kitchen"]}
    again, stops, meals = lunch.stops.index.isin(cooking), lunch.stops, service.meals(lunch.stops["meals"])
    # What is paid per stop for handing over stays, what is paid per meal goes with the meals.
    per_meal = lunch.stops["extra_yuan_per_meal"] * (stops["meals"] - meals)
    return replace(
        lunch,
        stops=stops.assign(
            meals=meals,
            window_start=service.window_start,
            window_end=service.window_end,
            own_kitchen_yuan=stops["own_kitchen_yuan"].where(again),
            delivered_yuan=stops["delivered_yuan"] - per_meal,
        ),
        kitchens=lunch.kitchens[lunch.kitchens.index.isin(cooking)].assign(ready_minute=service.ready_minute),
    )


def _set_aside(states: pd.Series) -> pd.Index:
    return states.index[states == "reserve"]


def _vehicles(settings: Settings, parameters: Parameters) -> pd.DataFrame:
    """Return e-tricycles, and vans where the scenario has some."""
    limit = settings.meals.etricycles
    rows = {
        "etricycle": (
            int(parameters.value("etricycle_capacity_meals")),
            parameters.value("etricycle_fixed_yuan_round"),
            np.nan if limit is None else limit,
        )
    }
    if settings.meals.vans > 0:
        rows["van"] = (
            int(parameters.value("van_capacity_meals")), parameters.value("van_fixed_yuan_round"), settings.meals.vans
        )  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["capacity_meals", "fixed_yuan", "number"])
    return table.rename_axis("vehicle").astype(float)


def _demand(county: County, settings: Settings, travel: Travel, spots: gpd.GeoDataFrame, uptake: Level) -> pd.Series:
    walk = travel_minutes(travel.networks["walk"], county.points.geometry, spots.geometry).round(DECIMALS)
    return diners(
        county.points["persons_60plus"],
        county.points["village_id"],
        walk,
        spots["village_id"],
        uptake=county.parameters.value("meal_uptake", uptake),
        catchment_minutes=settings.meals.catchment_minutes,
    )


def uptakes(county: County, settings: Settings, travel: Travel, spots: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the meals of one service at low, middle and high uptake: a range, never one number alone."""
    levels: dict[str, Level] = {"meals_low": "low", "meals_mid": "value", "meals_high": "high"}
    return pd.DataFrame({name: _demand(county, settings, travel, spots, level) for name, level in levels.items()})


def _capacity(county: County, spots: gpd.GeoDataFrame) -> pd.Series:
    """Return what the canteens can cook: by the county's own table of kitchens when it has one."""
    canteen, parameters = spots["canteen_m2"].astype(float).fillna(0.0), county.parameters
    share = parameters.value("kitchen_share_of_canteen")
    table = county.registers.get(KITCHEN_CAPACITY)
    if table is not None and len(table):
        return capacity_by_table(canteen, table, kitchen_share=share)
    return kitchen_capacity(canteen, kitchen_share=share, m2_per_meal=parameters.value("kitchen_m2_per_meal"))


def _problem(
    county: County,
    settings: Settings,
    travel: Travel,
    spots: gpd.GeoDataFrame,
    meals: pd.Series,
    batch: pd.Series,
    lunch: Service,
) -> MealProblem:
    parameters, prices = county.parameters, _Prices.of(county.parameters)
    ride = travel.networks["ride"]
    minutes = travel_minutes(ride, spots.geometry, spots.geometry).round(DECIMALS)
    km = travel_km(ride, spots.geometry, spots.geometry).round(DECIMALS)
    unloading, capacity = parameters.value("unloading_minutes_per_stop"), _capacity(county, spots)
    # A canteen of known area cooks for its own diners only what it holds; a home's area is not known.
    holds = capacity.where(~spots["kind"].isin(HOME_KINDS), np.inf)
    stops = pd.DataFrame(
        {
            "meals": meals,
            "service_minutes": unloading,
            "window_start": lunch.window_start,
            "window_end": lunch.window_end,
            "own_kitchen_yuan": np.where(
                (holds > 0) & (holds >= meals.loc[spots.index]), prices.own_kitchen_yuan, np.nan
            ),
            "own_capacity_meals": holds,
            "extra_yuan_per_meal": prices.extra_yuan_per_meal,
            "delivered_yuan": unloading * prices.courier_yuan_per_minute + prices.extra_yuan_per_meal * meals,
        },
        index=spots.index,
    )
    central = [site for site in batch.index if settings.meals.delivery and capacity.get(site, 0) > 0]
    kitchens = pd.DataFrame(
        {
            "capacity_meals": capacity.loc[central],
            "opening_yuan": prices.own_kitchen_yuan,
            "loading_minutes": parameters.value("loading_minutes"),
            "ready_minute": lunch.ready_minute,
        },
        index=pd.Index(central, name="site_id"),
    )
    vehicles = _vehicles(settings, parameters)
    cost = minutes * prices.courier_yuan_per_minute + km * prices.yuan_per_km
    own_minutes: dict[Hashable, pd.DataFrame] = {}
    own_cost: dict[Hashable, pd.DataFrame] = {}
    if "van" in vehicles.index:
        own_minutes["van"], own_cost["van"] = _by_car(
            travel, spots, prices.courier_yuan_per_minute, parameters.value("van_yuan_per_km")
        )
    hot_limit = settings.meals.hot_limit_minutes or parameters.value("hot_limit_minutes")
    most = settings.meals.kitchens_max
    return MealProblem(
        stops,
        kitchens,
        vehicles,
        minutes,
        cost,
        hot_limit,
        kitchens_max=most,
        dine_in=True,
        minutes_by_vehicle=own_minutes,
        cost_by_vehicle=own_cost,
    )


def _by_car(
    travel: Travel, spots: gpd.GeoDataFrame, courier_yuan_per_minute: float, yuan_per_km: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the van's own minutes and yuan, on the roads that a car may use at a car's speed."""
    car = travel.networks[NETWORKS["van"]]
    minutes = travel_minutes(car, spots.geometry, spots.geometry).round(DECIMALS)
    km = travel_km(car, spots.geometry, spots.geometry).round(DECIMALS)
    return minutes, minutes * courier_yuan_per_minute + km * yuan_per_km
