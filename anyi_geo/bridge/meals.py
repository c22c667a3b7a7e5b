"""From the county, a plan of care sites and the homes that stay to the meals problem, and back."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from anyi_geo.bridge.lines import no_lines, route_rows
from anyi_geo.bridge.travel import DECIMALS, Travel, care_site_rows
from anyi_geo.county import County, travel_km, travel_minutes
from anyi_geo.parameters import Parameters
from anyi_geo.plan.meals import MealPlan, MealProblem, MealSettings, plan_meals
from anyi_geo.plan.meals.demand import break_even_diners, diners, kitchen_capacity
from anyi_geo.result import MealsResult
from anyi_geo.scenario import Settings

MINUTES_PER_HOUR = 60.0
MONTHS = 12
REASONS = {
    "own_kitchen": "本点开伙",
    "delivered": "中心厨房配送",
    "none": "无助餐需求，重点发展其他互助服务",
}


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
            own_kitchen_yuan=monthly / _services_per_month(parameters),
            extra_yuan_per_meal=parameters.value("delivered_extra_yuan_per_meal"),
            courier_yuan_per_minute=parameters.value("courier_yuan_per_hour") / MINUTES_PER_HOUR,
            yuan_per_km=parameters.value("etricycle_yuan_per_km"),
        )


def dining_points(county: County, batch: pd.Series) -> gpd.GeoDataFrame:
    """Return the dining points of a plan: its care sites and the 颐养之家, one per building, index site_id."""
    opened = care_site_rows(county).loc[batch.index]
    yiyang = county.sites[county.sites["kind"] == "yiyang_home"]
    both = pd.concat([opened, yiyang])
    return gpd.GeoDataFrame(both[~both["building_id"].duplicated()].sort_index(), crs=county.sites.crs)


def decide_meals(
    county: County, settings: Settings, travel: Travel, batch: pd.Series
) -> tuple[MealPlan | None, MealsResult | None, pd.DataFrame]:
    """Plan the meals of one service; supper drives the same rounds as lunch.

    Central kitchens may stand at the plan's care sites; every dining point may cook for itself or be served.
    """
    spots = dining_points(county, batch)
    if spots.empty:
        return None, None, no_lines()
    meals = _demand(county, settings, travel, spots)
    problem = _problem(county, settings, travel, spots, meals, batch)
    plan = plan_meals(
        problem,
        MealSettings(seconds=settings.solver.seconds, seed=settings.solver.seed, iterations=settings.meals.iterations),
    )
    result = _result(county, spots, problem, plan)
    pairs = [
        (round_id(number), order, str(a), str(b))
        for number, rnd in enumerate(plan.rounds, 1)
        for order, (a, b) in enumerate(zip((rnd.kitchen, *rnd.stops), (*rnd.stops, rnd.kitchen), strict=True))
        if a != b
    ]
    return plan, result, route_rows("round", travel.networks["ride"], spots.geometry, pairs)


def _demand(county: County, settings: Settings, travel: Travel, spots: gpd.GeoDataFrame) -> pd.Series:
    walk = travel_minutes(travel.networks["walk"], county.points.geometry, spots.geometry).round(DECIMALS)
    return diners(
        county.points["persons_60plus"],
        county.points["village_id"],
        walk,
        spots["village_id"],
        uptake=county.parameters.value("meal_uptake", settings.meals.uptake),
        catchment_minutes=settings.meals.catchment_minutes,
    )


def _problem(
    county: County, settings: Settings, travel: Travel, spots: gpd.GeoDataFrame, meals: pd.Series, batch: pd.Series
) -> MealProblem:
    parameters, prices = county.parameters, _Prices.of(county.parameters)
    ride = travel.networks["ride"]
    minutes = travel_minutes(ride, spots.geometry, spots.geometry).round(DECIMALS)
    km = travel_km(ride, spots.geometry, spots.geometry).round(DECIMALS)
    unloading = parameters.value("unloading_minutes_per_stop")
    stops = pd.DataFrame(
        {
            "meals": meals,
            "service_minutes": unloading,
            "window_start": parameters.value("lunch_window_start_minute"),
            "window_end": parameters.value("lunch_window_end_minute"),
            "own_kitchen_yuan": np.where(
                spots["canteen_m2"].astype(float).fillna(0) > 0, prices.own_kitchen_yuan, np.nan
            ),
            "delivered_yuan": unloading * prices.courier_yuan_per_minute + prices.extra_yuan_per_meal * meals,
        },
        index=spots.index,
    )
    capacity = kitchen_capacity(
        spots["canteen_m2"].astype(float).fillna(0.0),
        kitchen_share=parameters.value("kitchen_share_of_canteen"),
        m2_per_meal=parameters.value("kitchen_m2_per_meal"),
    )
    central = [site for site in batch.index if capacity.get(site, 0) > 0]
    kitchens = pd.DataFrame(
        {
            "capacity_meals": capacity.loc[central],
            "opening_yuan": prices.own_kitchen_yuan,
            "loading_minutes": parameters.value("loading_minutes"),
            "ready_minute": parameters.value("kitchen_ready_minute"),
        },
        index=pd.Index(central, name="site_id"),
    )
    vehicles = pd.DataFrame(
        {
            "capacity_meals": [int(parameters.value("etricycle_capacity_meals"))],
            "fixed_yuan": [parameters.value("etricycle_fixed_yuan_round")],
            "number": [np.nan],
        },
        index=pd.Index(["etricycle"], name="vehicle"),
    )
    cost = minutes * prices.courier_yuan_per_minute + km * prices.yuan_per_km
    hot_limit = parameters.value("hot_limit_minutes")
    most = settings.meals.kitchens_max
    return MealProblem(stops, kitchens, vehicles, minutes, cost, hot_limit, kitchens_max=most, dine_in=True)


def _result(county: County, spots: gpd.GeoDataFrame, problem: MealProblem, plan: MealPlan) -> MealsResult:
    rounds = pd.DataFrame(
        [
            {
                "round_id": round_id(number),
                "kitchen": rnd.kitchen,
                "vehicle": rnd.vehicle,
                "order": rnd.stops,
                "departure_minute": rnd.departure_minute,
                "meals": rnd.meals,
                "cost_yuan": rnd.cost_yuan,
                "elapsed_minutes": max(rnd.elapsed_minutes, default=0.0),
            }
            for number, rnd in enumerate(plan.rounds, 1)
        ],
        columns=[
            "round_id",
            "kitchen",
            "vehicle",
            "order",
            "departure_minute",
            "meals",
            "cost_yuan",
            "elapsed_minutes",
        ],
    )
    served = {
        stop: (round_id(number), rnd.kitchen, arrival, elapsed)
        for number, rnd in enumerate(plan.rounds, 1)
        for stop, arrival, elapsed in zip(rnd.stops, rnd.arrival_minutes, rnd.elapsed_minutes, strict=True)
    }
    stops = pd.DataFrame(
        {
            "site_id": spots.index,
            "name": spots["name"].to_numpy(),
            "township": spots["township"].to_numpy(),
            "village_id": spots["village_id"].to_numpy(),
            "lon": spots.geometry.x.round(6).to_numpy(),
            "lat": spots.geometry.y.round(6).to_numpy(),
            "mode": plan.mode.loc[spots.index].to_numpy(),
            "meals": problem.stops.loc[spots.index, "meals"].astype(int).to_numpy(),
        }
    )
    blank = (None, None, np.nan, np.nan)
    found = [served.get(site, blank) for site in spots.index]
    stops["kitchen"] = [row[1] if row[1] is not None else site if mode == "own_kitchen" else None
                        for row, site, mode in zip(found, spots.index, stops["mode"], strict=True)]  # fmt: skip
    stops["round_id"] = [row[0] for row in found]
    stops["arrival_minute"] = [row[2] for row in found]
    stops["elapsed_minutes"] = [row[3] for row in found]
    stops["reason_zh"] = [
        _reason(plan, str(site), str(mode)) for site, mode in zip(spots.index, stops["mode"], strict=True)
    ]
    costs = _costs(county, problem, plan)
    return MealsResult(stops, rounds, costs, _summary(county, stops, plan, costs))


def _reason(plan: MealPlan, site: str, mode: str) -> str:
    if site in plan.reasons:
        return plan.reasons[site].zh
    if site in plan.opened and mode == "own_kitchen":
        return "中心厨房，本点就餐"
    return REASONS.get(mode, "")


def round_id(number: int) -> str:
    """Return the label of a round."""
    return f"R{number:02d}"


def _services_per_month(parameters: Parameters) -> float:
    return parameters.value("meal_days_per_month") * parameters.value("meals_per_day")


def _costs(county: County, problem: MealProblem, plan: MealPlan) -> pd.DataFrame:
    services = _services_per_month(county.parameters)
    own = plan.mode.index[plan.mode == "own_kitchen"]
    at_home = [stop for stop in own if stop not in plan.opened]
    heads = {
        "central_kitchens": float(problem.kitchens.loc[list(plan.opened), "opening_yuan"].sum()),
        "own_kitchens": float(problem.stops.loc[at_home, "own_kitchen_yuan"].sum()),
        "delivery": float(sum(rnd.cost_yuan for rnd in plan.rounds)),
    }
    costs = pd.Series(heads, name="yuan_per_service").rename_axis("head").reset_index()
    costs["yuan_per_day"] = costs["yuan_per_service"] * county.parameters.value("meals_per_day")
    return costs.assign(yuan_per_year=costs["yuan_per_service"] * services * MONTHS)


def _summary(county: County, stops: pd.DataFrame, plan: MealPlan, costs: pd.DataFrame) -> dict[str, object]:
    parameters = county.parameters
    counts = stops["mode"].value_counts()
    served = int(stops.loc[stops["mode"].isin(["own_kitchen", "delivered"]), "meals"].sum())
    fixed = parameters.value("cook_wage_yuan_month") + parameters.value("kitchen_utilities_yuan_month")
    services = _services_per_month(parameters)
    gap = parameters.value("delivered_gap_yuan_per_meal")
    return {
        "points": len(stops),
        "kitchens": len({*plan.opened, *stops.loc[stops["mode"] == "own_kitchen", "site_id"]}),
        "central_kitchens": list(plan.opened),
        **{mode: int(counts.get(mode, 0)) for mode in ("own_kitchen", "delivered", "none", "unserved")},
        "meals": int(stops["meals"].sum()),
        "meals_served": served,
        "cost_yuan_per_service": plan.cost_yuan,
        "cost_yuan_per_day": float(costs["yuan_per_day"].sum()),
        "cost_yuan_per_meal": plan.cost_yuan / served if served else None,
        "break_even_diners": break_even_diners(fixed, services, 0.0, gap),
        "hot_limit_minutes": parameters.value("hot_limit_minutes"),
    }
