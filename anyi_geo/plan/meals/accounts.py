"""What every dining point's meals cost: a kitchen's bills over the meals it cooks, a round's over its load."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pandas as pd

from anyi_geo.errors import ProblemError
from anyi_geo.plan.meals.answer import MealPlan, Round
from anyi_geo.plan.meals.problem import MealProblem

HEADS = ("food", "cooks", "utilities", "upkeep", "depreciation", "packing", "courier", "fuel", "vehicle")


@dataclass(frozen=True)
class UnitPrices:
    """Prices, all >= 0, yuan.

    Attributes
    ----------
    food_per_meal, packing_per_meal : float
        Ingredients of every meal; containers and packing of a delivered one.
    cooks_per_month, utilities_per_month, upkeep_per_month, depreciation_per_month : float
        Of every place that cooks.
    courier_per_minute : float
        Driving, waiting for nobody, and handing over.
    volunteers_per_month : float
        Value of the volunteers' hours at a place that cooks; told beside the total, never in it.
    services_per_month : float
        Services (lunch, supper) in a month, > 0.
    """

    food_per_meal: float
    packing_per_meal: float
    cooks_per_month: float
    utilities_per_month: float
    upkeep_per_month: float
    depreciation_per_month: float
    courier_per_minute: float
    volunteers_per_month: float
    services_per_month: float

    def __post_init__(self) -> None:
        if min(vars(self).values()) < 0 or self.services_per_month <= 0:
            raise ProblemError(
                "助餐各项单价不能为负，每月供餐次数应大于 0。", "Prices must be >= 0 and services per month > 0."
            )


def accounts(problem: MealProblem, plan: MealPlan, prices: UnitPrices) -> pd.DataFrame:
    """Return what the meals of every served stop cost in a month.

    A place that cooks pays its cook, utilities, upkeep and depreciation once; they are shared over all meals cooked
    there. A round's courier, fuel and vehicle are shared over the meals it carries. The arcs' yuan beyond the courier's
    minutes are fuel.

    Returns
    -------
    DataFrame
        Index: served stops in the problem's order. cooked_at, meals_per_month, one column per head of `HEADS`, total,
        per_meal, volunteers_value (apart).
    """
    stops = problem.stops
    served = plan.mode.index[plan.mode.isin(["own_kitchen", "delivered"])]
    cooked_at = pd.Series(served, served, dtype=object)
    for one in plan.rounds:
        cooked_at[list(one.stops)] = one.kitchen
    meals = stops.loc[served, "meals"] * prices.services_per_month
    part = meals / meals.groupby(cooked_at).transform("sum")
    table = pd.DataFrame({"cooked_at": cooked_at, "meals_per_month": meals}, index=served)
    table["food"] = meals * prices.food_per_meal
    for head in ("cooks", "utilities", "upkeep", "depreciation"):
        table[head] = part * getattr(prices, f"{head}_per_month")
    delivered = plan.mode.loc[served] == "delivered"
    table["packing"] = (meals * prices.packing_per_meal).where(delivered, 0.0)
    for head in ("courier", "fuel", "vehicle"):
        table[head] = 0.0
    for one in plan.rounds:
        share = stops.loc[list(one.stops), "meals"] / one.meals * prices.services_per_month
        courier, fuel, vehicle = _round_heads(problem, one, prices)
        table.loc[list(one.stops), "courier"] = share * courier
        table.loc[list(one.stops), "fuel"] = share * fuel
        table.loc[list(one.stops), "vehicle"] = share * vehicle
    table["total"] = table[list(HEADS)].sum(axis=1)
    table["per_meal"] = table["total"] / table["meals_per_month"]
    table["volunteers_value"] = part * prices.volunteers_per_month
    return table


def _round_heads(problem: MealProblem, one: Round, prices: UnitPrices) -> tuple[float, float, float]:
    """Return the courier's, the fuel's and the vehicle's yuan of one round."""
    way = list(itertools.pairwise((one.kitchen, *one.stops, one.kitchen)))
    minutes = sum(float(problem.minutes_of(one.vehicle).at[a, b]) for a, b in way)
    arcs = sum(float(problem.cost_of(one.vehicle).at[a, b]) for a, b in way)
    handing = float(problem.stops.loc[list(one.stops), "delivered_yuan"].sum())
    service = float(problem.stops.loc[list(one.stops), "service_minutes"].sum())
    driving = min(minutes * prices.courier_per_minute, arcs)
    return driving + service * prices.courier_per_minute, arcs - driving, one.cost_yuan - arcs - handing
