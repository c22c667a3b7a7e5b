"""The same plan at another time of day, where the two problems differ by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from anyi_geo.plan.meals.answer import MealPlan, Unserved
from anyi_geo.plan.meals.arrays import MINUTE_TOLERANCE, arrays_of
from anyi_geo.plan.meals.check import UncheckedPlanError, check_plan
from anyi_geo.plan.meals.problem import MealProblem
from anyi_geo.plan.meals.reach import reach_any, reasons

_TIMES = ("window_start", "window_end")


def minutes_later(first: MealProblem, second: MealProblem) -> float | None:
    """Return by how many minutes the second problem is the first one later in the day; None where more differs.

    Both stand on the same matrices; kitchens of the first may be missing in the second.
    """
    stops, other = first.stops, second.stops
    kitchens = first.kitchens.loc[second.kitchens.index]
    gaps = [other[name] - stops[name] for name in _TIMES] + [second.kitchens["ready_minute"] - kitchens["ready_minute"]]
    every = pd.concat(gaps)
    later = float(every.iloc[0])
    same = bool(((every - later).abs() <= MINUTE_TOLERANCE).all()) and bool((stops["meals"] == other["meals"]).all())
    return later if same else None


def shifted(plan: MealPlan, problem: MealProblem, later: float, *, chain_rounds: bool) -> MealPlan:
    """Return a plan so many minutes later, checked against the later problem.

    Parameters
    ----------
    plan : MealPlan
        Of the earlier problem.
    problem : MealProblem
        The later one; see `minutes_later`.
    later : float
    chain_rounds : bool

    Raises
    ------
    UncheckedPlanError
        The later plan fails its check.
    """
    rounds = tuple(
        replace(
            one,
            departure_minute=one.departure_minute + later,
            arrival_minutes=tuple(minute + later for minute in one.arrival_minutes),
        )
        for one in plan.rounds
    )
    arrays = arrays_of(problem)
    names = problem.stops.index[arrays.stops]
    told = reasons(arrays, reach_any(arrays), names, problem.kitchens.index, problem.vehicles.index)
    # Reasons that name a time of day are told anew; all others hold at any time.
    why = {**plan.reasons, **{names[stop]: message for stop, message in told.items()}}
    unserved = tuple(Unserved(one.id, why[one.id].zh) for one in plan.unserved)
    moved = replace(plan, rounds=rounds, reasons=why, unserved=unserved, seconds=0.0)
    faults = check_plan(problem, moved, chain_rounds=chain_rounds)
    if faults:
        raise UncheckedPlanError(
            "晚餐方案未通过核对，不予输出：" + "；".join(fault.zh for fault in faults),
            "the later plan failed its check: " + "; ".join(fault.en for fault in faults),
        )
    return moved
