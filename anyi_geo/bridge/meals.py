"""From the county, a plan of care sites and the homes that stay to the meals problem, and back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from anyi_geo.bridge.lines import no_lines, route_rows
from anyi_geo.bridge.meal_money import check_shares
from anyi_geo.bridge.meal_problem import NETWORKS, dining_points, meal_problem, supper_problem, uptakes
from anyi_geo.bridge.meal_progress import told_to
from anyi_geo.bridge.meal_services import LUNCH, Service, cooked_services_per_month, services
from anyi_geo.bridge.meals_result import Cooked, day_result, round_id
from anyi_geo.bridge.travel import Travel
from anyi_geo.county import County
from anyi_geo.errors import Message
from anyi_geo.plan.meals import MealPlan, MealProblem, MealSettings, plan_meals, replan_meals
from anyi_geo.plan.meals.keep import KnownRounds
from anyi_geo.plan.meals.shift import minutes_later, shifted
from anyi_geo.result import HomesResult, MealsResult
from anyi_geo.settings import Settings


@dataclass(frozen=True, eq=False)
class DayOfMeals:
    """The plans of a day's services.

    Attributes
    ----------
    plans : tuple of (Service, MealPlan)
        Lunch first.
    result : MealsResult
    lines : GeoDataFrame
        Every round along the roads.
    """

    plans: tuple[tuple[Service, MealPlan], ...]
    result: MealsResult
    lines: gpd.GeoDataFrame


def decide_meals(
    county: County,
    settings: Settings,
    travel: Travel,
    batch: pd.Series,
    states: pd.Series,
    *,
    eating: pd.Series | None = None,
    before: Sequence[KnownRounds] | None = None,
    say: Callable[[Message], None] = lambda _message: None,
) -> DayOfMeals | None:
    """Plan the meals of a day, or nothing without dining points: lunch, and supper with its own times and diners.

    Central kitchens may stand at the plan's care sites. Every dining point whose canteen holds its diners may cook
    for itself or be served; so may every home, which has cooked for its residents, but sends nothing out: its area is
    not known. In the evening only places that cook at noon may cook again. Supper with as many diners at the same
    times of the afternoon is the same problem, and the same plan later.

    Parameters
    ----------
    county, settings, travel
        The county and the scenario.
    batch : Series
        Opened care sites.
    states : Series
        Index: homes; their state after the homes plan, empty without one.
    eating : Series, optional
        Index: some dining points; meals counted there at noon, in place of the uptake's.
    before : sequence of rounds, optional
        Rounds (kitchen, stops) in use at noon, then in the evening, to be kept wherever they can still be driven.
    say : callable, optional
        Receives a line a second while it takes long.
    """
    if dining_points(county, batch, states).empty:
        return None
    check_shares(county.parameters)
    spots, lunch = meal_problem(county, settings, travel, batch, states, eating)
    limits = MealSettings(
        seconds=settings.solver.seconds,
        seed=settings.solver.seed,
        iterations=settings.meals.iterations,
        chain_rounds=settings.meals.chain_rounds,
    )
    price = settings.meals.kitchen_price_yuan_month / cooked_services_per_month(county.parameters)
    cooked: list[Cooked] = []
    for service in services(county.parameters):
        problem = lunch if service.name is LUNCH else supper_problem(lunch, cooked[0].plan, service)
        own = replace(limits, progress=told_to(say, service.name))
        later = minutes_later(lunch, problem) if cooked else None
        if later is not None:
            plan = shifted(cooked[0].plan, _with_price(problem, price), later, chain_rounds=limits.chain_rounds)
        elif before is None:
            plan = plan_meals(_with_price(problem, price), own)
        else:
            plan = replan_meals(_with_price(problem, price), before[min(len(cooked), len(before) - 1)], own)
        cooked.append(Cooked(service, problem, plan, later))
    result = day_result(county, spots, cooked, uptakes(county, settings, travel, spots), price)
    lines = _lines(travel, spots, cooked)
    return DayOfMeals(tuple((one.service, one.plan) for one in cooked), result, lines)


def _lines(travel: Travel, spots: gpd.GeoDataFrame, cooked: Sequence[Cooked]) -> gpd.GeoDataFrame:
    """Return every round along the roads that its vehicle travels by."""
    parts = []
    for vehicle, network in NETWORKS.items():
        legs = [leg for one in cooked for leg in _legs(one, vehicle)]
        parts += [route_rows("round", travel.networks[network], spots.geometry, legs)] if legs else []
    return pd.concat(parts, ignore_index=True) if parts else no_lines()


def _legs(cooked: Cooked, vehicle: str) -> list[tuple[str, int, str, str]]:
    return [
        (round_id(cooked.service, number), order, str(a), str(b))
        for number, rnd in enumerate(cooked.plan.rounds, 1)
        if rnd.vehicle == vehicle
        for order, (a, b) in enumerate(itertools.pairwise((rnd.kitchen, *rnd.stops, rnd.kitchen)))
        if a != b
    ]


def home_states(homes: HomesResult | None) -> pd.Series:
    """Return home -> state after the plan; empty without one."""
    if homes is None:
        return pd.Series(dtype=str)
    return homes.states.set_index("site_id")["state"]


def _with_price(problem: MealProblem, price: float) -> MealProblem:
    """Return the problem with a price on every place that cooks: fewer kitchens, no cost."""
    if price <= 0:
        return problem
    stops, kitchens = problem.stops, problem.kitchens
    return replace(
        problem,
        stops=stops.assign(own_kitchen_yuan=stops["own_kitchen_yuan"] + price),
        kitchens=kitchens.assign(opening_yuan=kitchens["opening_yuan"] + price),
    )
