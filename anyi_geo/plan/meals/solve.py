"""Plan meals: the ladder from reachability to a checked plan with its bound."""

from __future__ import annotations

import math
import time

import numpy as np
import pandas as pd

from anyi_geo.errors import Message
from anyi_geo.plan.meals.answer import FEASIBLE, NO_PROOF, OPTIMAL, MealPlan, Unserved
from anyi_geo.plan.meals.arrays import Arrays, arrays_of
from anyi_geo.plan.meals.chain import cheapest_drive, rounds_of
from anyi_geo.plan.meals.check import UncheckedPlanError, check_plan
from anyi_geo.plan.meals.choice import Choice
from anyi_geo.plan.meals.problem import MealProblem
from anyi_geo.plan.meals.reach import Reach, reach_any, reasons
from anyi_geo.plan.meals.search import Found, search, search_ways
from anyi_geo.plan.meals.settings import MealSettings
from anyi_geo.plan.meals.task import Clock

CLOSED = 1e-6


def plan_meals(problem: MealProblem, settings: MealSettings | None = None) -> MealPlan:
    """Decide which kitchens open, which dining points cook, are served by rounds or go without, at least cost.

    Unserved meals are minimised first, then yuan per service day. The ladder: reachability and capacity with a reason
    by name; facility relaxation and its K best kitchen sets; a race of routing runs (PyVRP) over the sets; set
    partitioning over every round seen; a bound; and a checker that knows none of it.

    Parameters
    ----------
    problem : MealProblem
    settings : MealSettings, optional

    Returns
    -------
    MealPlan
        Always one: a stop that nothing can serve is in `unserved` with its reason, never on a late round.

    Raises
    ------
    UncheckedPlanError
        The plan failed its own check; nothing is handed out.
    """
    settings = settings or MealSettings()
    clock = Clock(settings.seconds, settings.iterations, time.perf_counter())
    arrays = arrays_of(problem)
    reached = reach_any(arrays)
    found = search_ways(arrays, reached, clock, settings) if arrays.ways else search(arrays, reached, clock, settings)
    return finished(problem, arrays, reached, found, clock, settings)


def finished(
    problem: MealProblem, arrays: Arrays, reached: Reach, found: Found, clock: Clock, settings: MealSettings
) -> MealPlan:
    """Return a found choice as a plan with labels, clocks, reasons and bound, checked.

    Raises
    ------
    UncheckedPlanError
        The plan failed its own check.
    """
    names = problem.stops.index[arrays.stops]
    bound, source = found.bound, found.bound_source
    choices = (found.choice, *found.others)
    choice, rides, cost = cheapest_drive(arrays, choices, chain_rounds=settings.chain_rounds)
    rounds = rounds_of(problem, arrays, rides)
    as_many = choice.unserved_meals <= found.choice.unserved_meals
    if not as_many:
        # Rounds were given up for want of vehicles: the bound was one for plans that serve more.
        bound = None
    bound = None if bound is None else min(bound, cost)
    gap = None if bound is None else max(0.0, cost - bound) / max(abs(cost), 1e-9)
    mode = _modes(problem, arrays, choice)
    why = _reasons(problem, arrays, reached, choice, names)
    plan = MealPlan(
        status=_status(gap, settings, unserved_proven=found.unserved_proven and as_many),
        cost_yuan=cost,
        bound_yuan=bound,
        bound_source=source if bound is not None else "",
        gap=gap,
        opened=tuple(problem.kitchens.index[sorted({trip.kitchen for trip in choice.trips})]),
        mode=mode,
        rounds=rounds,
        unserved=tuple(Unserved(stop, why[stop].zh) for stop in problem.stops.index[mode == "unserved"]),
        seconds=clock.passed,
        reasons=why,
    )
    faults = check_plan(problem, plan, chain_rounds=settings.chain_rounds)
    if faults:
        raise UncheckedPlanError(
            "助餐方案未通过核对，不予输出：" + "；".join(fault.zh for fault in faults),
            "the meal plan failed its check: " + "; ".join(fault.en for fault in faults),
        )
    return plan


def _status(gap: float | None, settings: MealSettings, *, unserved_proven: bool) -> str:
    if gap is not None and gap <= CLOSED and unserved_proven:
        return OPTIMAL
    return NO_PROOF if settings.prove else FEASIBLE


def _modes(problem: MealProblem, arrays: Arrays, choice: Choice) -> pd.Series:
    mode = np.full(len(problem.stops), "none", dtype=object)
    mode[arrays.stops] = "unserved"
    mode[arrays.stops[list(choice.own)]] = "own_kitchen"
    for trip in choice.trips:
        mode[arrays.stops[list(trip.stops)]] = "delivered"
    return pd.Series(mode, index=problem.stops.index, name="mode", dtype=object)


def _reasons(
    problem: MealProblem, arrays: Arrays, reached: Reach, choice: Choice, names: pd.Index
) -> dict[object, Message]:
    refused = reasons(arrays, reached, names, problem.kitchens.index, problem.vehicles.index)
    why: dict[object, Message] = {names[stop]: message for stop, message in refused.items()}
    served = {stop for trip in choice.trips for stop in trip.stops} | set(choice.own)
    for stop in range(arrays.n):
        if stop in served or stop in refused:
            continue
        why[names[stop]] = _shortage(problem, arrays, reached, choice, stop, names)
    return why


def _shortage(
    problem: MealProblem, arrays: Arrays, reached: Reach, choice: Choice, stop: int, names: pd.Index
) -> Message:
    """Return why a stop that could be reached by itself is left out: kitchens, the ceiling on them, or vehicles."""
    name, meals = names[stop], int(arrays.meals[stop])
    load = np.zeros(arrays.k)
    for trip in choice.trips:
        load[trip.kitchen] += arrays.meals[list(trip.stops)].sum()
    for own in choice.own:
        if arrays.dines[own] and load[arrays.kitchen_of[own]] > 0:
            load[arrays.kitchen_of[own]] += arrays.meals[own]
    able = reached.possible[:, stop]
    room = np.where(able, arrays.capacity - load, -math.inf)
    if not (room >= meals).any():
        capacity, wanted = float(arrays.capacity[able].sum()), int(load[able].sum()) + meals
        most = int(np.argmax(room))
        kitchen, more = problem.kitchens.index[most], meals - float(room[most])
        total = float(arrays.capacity.sum())
        all_zh, all_en = (f"{total:g}",) * 2 if math.isfinite(total) else ("不限", "any")
        return Message(
            f"{name}：厨房能力不足：够得着它的厨房共 {capacity:g} 份，已排 {wanted - meals} 份，还要 {meals} 份；"
            f"全部需求 {int(arrays.meals.sum())} 份，全部厨房 {all_zh} 份；"
            f"厨房 {kitchen} 再多 {more:g} 份能力即可",
            f"{name}: kitchens in reach cook {capacity:g} meals, {wanted - meals} are taken, {meals} more are wanted "
            f"(all demand {int(arrays.meals.sum())}, all kitchens {all_en}); {more:g} more "
            f"meals of kitchen {kitchen} would do",
        )
    if math.isfinite(arrays.kitchens_max) and not ((load > 0) & (room >= meals)).any():
        nearest = int(np.argmin(np.where(room >= meals, reached.quickest[:, stop], math.inf)))
        kitchen, more = problem.kitchens.index[nearest], arrays.kitchens_max + 1
        own_zh, own_en = ("或让它自己开伙", " or its own kitchen") if math.isfinite(arrays.own[stop]) else ("", "")
        return Message(
            f"{name}：开伙点上限 {arrays.kitchens_max:g} 个已用完，开着的厨房都够不着或装不下；"
            f"上限放宽到 {more:g} 个、再开 {kitchen}{own_zh}即可",
            f"{name}: the ceiling of {arrays.kitchens_max:g} kitchens is used up, none that is open can serve it; a "
            f"ceiling of {more:g} with {kitchen}{own_en} would do",
        )
    there = "、".join(f"{kind} {number:g}" for kind, number in problem.vehicles["number"].dropna().items())
    return Message(
        f"{name}：车辆不够（{there or '不限'}），没有一趟还能带上它；再多一辆装得下 {meals} 份的车即可",
        f"{name}: not enough vehicles ({there or 'any'}), no round can take it; one more that holds {meals} would do",
    )
