"""The meals plan as tables: stops, rounds, visits, loading, costs and the summary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from anyi_geo.bridge.meal_money import MONTHS, money_tables
from anyi_geo.bridge.meal_services import LUNCH, Service, meals_per_diner_month
from anyi_geo.county import County
from anyi_geo.plan.meals import MealPlan, MealProblem, Round
from anyi_geo.plan.meals.demand import break_even_diners
from anyi_geo.result import MealsResult

REASONS = {
    "own_kitchen": "本点开伙",
    "delivered": "中心厨房配送",
    "none": "无助餐需求，重点发展其他互助服务",
}
Named = Sequence[tuple[str, Round]]
VEHICLES_ZH = {"etricycle": "电动三轮", "van": "面包车"}
NO_DELIVERY = "本情景不配送；本点没有食堂面积，不能自己开伙"


@dataclass(frozen=True, eq=False)
class Cooked:
    """One service planned.

    Attributes
    ----------
    service : Service
    problem : MealProblem
        Without the price on kitchens.
    plan : MealPlan
    later : float or None
        Minutes after lunch, where its plan is lunch's; None for a plan of its own.
    """

    service: Service
    problem: MealProblem
    plan: MealPlan
    later: float | None = None


def day_result(
    county: County, spots: gpd.GeoDataFrame, cooked: Sequence[Cooked], uptakes: pd.DataFrame, kitchen_price: float = 0.0
) -> MealsResult:
    """Return the day's plans as the tables of ``result.json``: lunch's, supper's below, costs and money of both.

    Parameters
    ----------
    county, spots
        Where it was planned.
    cooked : sequence of Cooked
        Lunch first.
    uptakes : DataFrame
        Index: dining points; meals at low, middle and high uptake.
    kitchen_price : float
        Yuan per service that the plans' objectives add for every place that cooks; in no cost that is told.
    """
    lunch, *more = [_service_result(county, spots, one, kitchen_price) for one in cooked]
    supper = more[0] if more else None
    costs, summary = lunch.costs, lunch.summary
    if supper is not None:
        for name in ("yuan_per_day", "yuan_per_year"):
            costs = costs.assign(**{name: costs[name] + supper.costs[name]})
        meals = sum(
            one.service.a_day * int(two.summary["meals_served"])
            for one, two in zip(cooked, (lunch, *more), strict=True)
        )
        a_day = float(costs["yuan_per_day"].sum())
        summary = summary | {
            "cost_yuan_per_day": a_day,
            "cost_yuan_per_meal": a_day / meals if meals else None,
            **{f"supper_{name}": supper.summary[name] for name in ("meals", "meals_served", "unserved", "rounds")},
        }
    tables = {
        "uptakes": _named(spots, uptakes.loc[spots.index].reset_index()),
        **lunch.tables,
        **money_tables(county, spots, [(one.service, one.problem, one.plan) for one in cooked]),
    }
    return MealsResult(lunch.stops, lunch.rounds, costs, summary, tables, supper)


def _service_result(county: County, spots: gpd.GeoDataFrame, cooked: Cooked, kitchen_price: float) -> MealsResult:
    """Return one service's plan as tables; its costs by day and year are its own alone."""
    problem, plan = cooked.problem, cooked.plan
    named = [(round_id(cooked.service, number), rnd) for number, rnd in enumerate(plan.rounds, 1)]
    rounds = pd.DataFrame(
        [
            {
                "round_id": label,
                "kitchen": rnd.kitchen,
                "vehicle": rnd.vehicle,
                "order": rnd.stops,
                "departure_minute": rnd.departure_minute,
                "meals": rnd.meals,
                "cost_yuan": rnd.cost_yuan,
                "elapsed_minutes": max(rnd.elapsed_minutes, default=0.0),
            }
            for label, rnd in named
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
        stop: (label, rnd.kitchen, arrival, elapsed)
        for label, rnd in named
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
        _spoken(_reason(plan, problem, str(site), str(mode)), str(site), spots["name"])
        for site, mode in zip(spots.index, stops["mode"], strict=True)
    ]
    costs = _costs(county, cooked)
    tables = {"visits": _visits(spots, problem, named), "kitchens": _loading(spots, problem, named)}
    return MealsResult(stops, rounds, costs, _summary(county, cooked, stops, costs, kitchen_price), tables)


def _named(spots: gpd.GeoDataFrame, table: pd.DataFrame) -> pd.DataFrame:
    table.insert(1, "name", spots.loc[table["site_id"], "name"].to_numpy())
    table.insert(2, "township", spots.loc[table["site_id"], "township"].to_numpy())
    return table


def _visits(spots: gpd.GeoDataFrame, problem: MealProblem, named: Named) -> pd.DataFrame:
    """Return every stop of every round: what the courier needs to know."""
    rows = [
        {
            "round_id": label, "order": order, "site_id": stop, "meals": int(problem.stops["meals"][stop]),
            "arrival_minute": arrival, "elapsed_minutes": elapsed,
        }
        for label, one in named
        for order, (stop, arrival, elapsed) in enumerate(
            zip(one.stops, one.arrival_minutes, one.elapsed_minutes, strict=True), 1
        )
    ]  # fmt: skip
    columns = ["round_id", "order", "site_id", "name", "township", "meals", "arrival_minute", "elapsed_minutes"]
    if not rows:
        return pd.DataFrame(columns=columns)
    table = pd.DataFrame(rows)
    place = spots.loc[table["site_id"]]
    return table.assign(name=place["name"].to_numpy(), township=place["township"].to_numpy())[columns]


def _loading(spots: gpd.GeoDataFrame, problem: MealProblem, named: Named) -> pd.DataFrame:
    """Return what every kitchen loads, round by round, in the order of loading."""
    rows = []
    for label, one in named:
        loading = float(problem.kitchens["loading_minutes"][one.kitchen])
        rows.append(
            {
                "kitchen": one.kitchen, "name": spots.loc[one.kitchen, "name"], "round_id": label,
                "vehicle": one.vehicle, "loading_minute": one.departure_minute - loading,
                "departure_minute": one.departure_minute, "stops": len(one.stops), "meals": one.meals,
            }
        )  # fmt: skip
    columns = ["kitchen", "name", "round_id", "vehicle", "loading_minute", "departure_minute", "stops", "meals"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["kitchen", "loading_minute", "round_id"], ignore_index=True)


def _reason(plan: MealPlan, problem: MealProblem, site: str, mode: str) -> str:
    """Return why, and for a point that goes without also why it does not cook for itself."""
    told = _plan_reason(plan, problem, site, mode)
    if mode != "unserved" or "own_capacity_meals" not in problem.stops.columns:
        return told
    holds, meals = problem.stops.loc[site, ["own_capacity_meals", "meals"]]
    if holds >= meals:
        return told
    alone = f"本点食堂只够做 {holds:g} 份，要 {meals:g} 份" if holds > 0 else "本点没有食堂面积，不能自己开伙"
    return alone if told == NO_DELIVERY else f"{told}；{alone}"


def _spoken(reason: str, site: str, names: pd.Series) -> str:
    """Return a reason in the words of its row: the point itself is not named again, others and vehicles by name."""
    told = reason.removeprefix(f"{site}：")
    words = {**names.to_dict(), **VEHICLES_ZH}
    found = re.compile(
        r"(?<![0-9A-Za-z_])(" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + r")(?![0-9A-Za-z_])"
    )
    return found.sub(lambda match: str(words[match[0]]), told)


def _plan_reason(plan: MealPlan, problem: MealProblem, site: str, mode: str) -> str:
    if problem.kitchens.empty and mode == "unserved":
        return NO_DELIVERY
    if problem.kitchens.empty:
        return REASONS.get(mode, "")
    if site in plan.reasons:
        return plan.reasons[site].zh
    if site in plan.opened and mode == "own_kitchen":
        return "中心厨房，本点就餐"
    return REASONS.get(mode, "")


def round_id(service: Service, number: int) -> str:
    """Return the label of a round: R at noon, S in the evening."""
    return f"{'R' if service.name is LUNCH else 'S'}{number:02d}"


def _costs(county: County, cooked: Cooked) -> pd.DataFrame:
    problem, plan = cooked.problem, cooked.plan
    own = plan.mode.index[plan.mode == "own_kitchen"]
    at_home = [stop for stop in own if stop not in plan.opened]
    heads = {
        "central_kitchens": float(problem.kitchens.loc[list(plan.opened), "opening_yuan"].sum()),
        "own_kitchens": float(problem.stops.loc[at_home, "own_kitchen_yuan"].sum()),
        "delivery": float(sum(rnd.cost_yuan for rnd in plan.rounds)),
    }
    costs = pd.Series(heads, name="yuan_per_service").rename_axis("head").reset_index()
    costs["yuan_per_day"] = costs["yuan_per_service"] * cooked.service.a_day
    days = county.parameters.value("meal_days_per_month") * MONTHS
    return costs.assign(yuan_per_year=costs["yuan_per_day"] * days)


def _summary(
    county: County, cooked: Cooked, stops: pd.DataFrame, costs: pd.DataFrame, kitchen_price: float
) -> dict[str, object]:
    problem, plan, parameters = cooked.problem, cooked.plan, county.parameters
    counts = stops["mode"].value_counts()
    served = int(stops.loc[stops["mode"].isin(["own_kitchen", "delivered"]), "meals"].sum())
    fixed = parameters.value("cook_wage_yuan_month") + parameters.value("kitchen_utilities_yuan_month")
    gap = parameters.value("delivered_gap_yuan_per_meal")
    cost = float(costs["yuan_per_service"].sum()) if kitchen_price > 0 else plan.cost_yuan
    return {
        "service": cooked.service.name.zh,
        "service_en": cooked.service.name.en,
        "minutes_after_lunch": cooked.later,
        "repeats_lunch": cooked.service.a_day - 1,
        "points": len(stops),
        "kitchens": len({*plan.opened, *stops.loc[stops["mode"] == "own_kitchen", "site_id"]}),
        "central_kitchens": list(plan.opened),
        **{mode: int(counts.get(mode, 0)) for mode in ("own_kitchen", "delivered", "none", "unserved")},
        "meals": int(stops["meals"].sum()),
        "meals_served": served,
        "cost_yuan_per_service": cost,
        "cost_yuan_per_day": float(costs["yuan_per_day"].sum()),
        "cost_yuan_per_meal": cost / served if served else None,
        "break_even_diners": break_even_diners(fixed, meals_per_diner_month(parameters), 0.0, gap),
        "hot_limit_minutes": problem.hot_limit_minutes,
        "elapsed_minutes_max": max((max(one.elapsed_minutes) for one in plan.rounds), default=0.0),
        "rounds": len(plan.rounds),
        "status": plan.status,
        "objective_yuan_per_service": plan.cost_yuan,
        "kitchen_price_yuan_per_service": kitchen_price,
        "bound_yuan_per_service": plan.bound_yuan,
        "bound_source": plan.bound_source,
        "gap": plan.gap,
        "eating_minutes": parameters.value("eating_minutes"),
    }
