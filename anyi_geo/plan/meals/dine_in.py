"""Diners of a kitchen's own place eat there: one cook serves them and the rounds, and nobody drives them a meal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from anyi_geo.plan.meals.answer import FEASIBLE, OPTIMAL, MealPlan
from anyi_geo.plan.meals.problem import MealProblem
from anyi_geo.plan.meals.settings import MealSettings
from anyi_geo.plan.meals.solve import plan_meals

_CLOSED = 1e-6


def plan_with_dine_in(problem: MealProblem, settings: MealSettings) -> MealPlan:
    """Plan meals where a kitchen's own diners cost nothing beyond the kitchen.

    First the kitchens are chosen with a relaxed price: a place that cooks for its own diners may cook for rounds at no
    further opening cost. Whatever is paid in the true plan is paid there too, so the relaxation's bound holds. Then the
    chosen kitchens' own diners are taken off the stops and off the capacity, the others' rounds are planned again, and
    every chosen kitchen is paid once.

    Parameters
    ----------
    problem : MealProblem
        Kitchens and stops that are one place share a label; at such a place `opening_yuan` and `own_kitchen_yuan` are
        one and the same cook.
    settings : MealSettings

    Returns
    -------
    MealPlan
        The chosen kitchens' own stops are in mode own_kitchen; `cost_yuan` counts every chosen kitchen once.
    """
    shared = problem.kitchens.index.intersection(problem.stops.index[problem.stops["own_kitchen_yuan"].notna()])
    shared = shared[problem.stops.loc[shared, "meals"] <= problem.kitchens.loc[shared, "capacity_meals"]]
    first = plan_meals(_priced(problem, shared), settings)
    own = [kitchen for kitchen in first.opened if kitchen in shared]
    if not own:
        return first
    second = plan_meals(_others(problem, first, own), settings)
    cost = second.cost_yuan + float(problem.kitchens.loc[own, "opening_yuan"].sum())
    bound = first.bound_yuan
    gap = None if bound is None else (cost - bound) / max(cost, 1e-9)
    eating = pd.Series(
        {place: "own_kitchen" if problem.stops.at[place, "meals"] > 0 else "none" for place in own}, dtype=object
    )
    return replace(
        second,
        status=OPTIMAL if gap is not None and gap <= _CLOSED else FEASIBLE,
        cost_yuan=cost,
        bound_yuan=bound,
        bound_source=first.bound_source,
        gap=gap,
        opened=tuple(kitchen for kitchen in problem.kitchens.index if kitchen in {*own, *second.opened}),
        mode=pd.concat([second.mode.astype(object), eating]).loc[problem.stops.index],
        seconds=first.seconds + second.seconds,
        reasons={**first.reasons, **second.reasons},
    )


def _priced(problem: MealProblem, shared: pd.Index) -> MealProblem:
    kitchens = problem.kitchens.copy()
    kitchens.loc[shared, "opening_yuan"] = 0.0
    return replace(problem, kitchens=kitchens)


def _others(problem: MealProblem, first: MealPlan, own: Sequence[object]) -> MealProblem:
    """Return the problem of the other stops: the chosen kitchens, paid, with what their own diners leave of them."""
    stops = problem.stops.drop(index=own)
    if np.isfinite(problem.kitchens_max):
        # The ceiling was met by these places; no further one may begin to cook.
        cooking = first.mode.index[first.mode == "own_kitchen"]
        stops.loc[~stops.index.isin(cooking), "own_kitchen_yuan"] = np.nan
    kitchens = problem.kitchens.loc[list(first.opened)].copy()
    kitchens.loc[own, "capacity_meals"] -= problem.stops.loc[own, "meals"]
    kitchens.loc[own, "opening_yuan"] = 0.0
    places = kitchens.index.append(stops.index.difference(kitchens.index, sort=False))
    return replace(
        problem,
        stops=stops,
        kitchens=kitchens,
        minutes=problem.minutes.loc[places, places],
        cost_yuan=problem.cost_yuan.loc[places, places],
    )
