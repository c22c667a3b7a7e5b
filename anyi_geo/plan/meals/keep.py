"""Plan again with other diners and keep the rounds that couriers and villages know."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from anyi_geo.plan.meals.answer import MealPlan
from anyi_geo.plan.meals.arrays import Arrays, Floats, arrays_of
from anyi_geo.plan.meals.choice import choose
from anyi_geo.plan.meals.clock import round_cost
from anyi_geo.plan.meals.partition import partition
from anyi_geo.plan.meals.pool import Pool, Trip
from anyi_geo.plan.meals.problem import MealProblem
from anyi_geo.plan.meals.reach import reach_any
from anyi_geo.plan.meals.search import Found
from anyi_geo.plan.meals.settings import MealSettings
from anyi_geo.plan.meals.solve import finished
from anyi_geo.plan.meals.task import Clock

#: Newcomers that one known round may take on.
MOST_MORE = 2
#: Newcomers on one round of their own.
MOST_TOGETHER = 3

KnownRounds = Sequence[tuple[Hashable, Sequence[Hashable]]]


def replan_meals(problem: MealProblem, before: KnownRounds, settings: MealSettings | None = None) -> MealPlan:
    """Plan again with other meals and keep the rounds of the plan in use wherever they can still be driven.

    Every stop keeps its kitchen, its round and its order; who no longer eats is left out, and a round that has become
    too heavy or too long, for its vehicle or beside those who eat at its kitchen, gives up stops from its end. These
    and the newcomers join known rounds, drive on rounds of their own or cook: whatever is cheapest of it, by set
    partitioning. Only a plan of this kind is looked for, so it has no bound; `plan_meals` tells what a plan from
    scratch would cost.

    Parameters
    ----------
    problem : MealProblem
        With the new meals.
    before : sequence of (kitchen, stops)
        Rounds of the plan in use; what the problem no longer knows is left out.
    settings : MealSettings, optional
        Seconds, seed and chaining.
    """
    settings = settings or MealSettings()
    clock = Clock(settings.seconds, settings.iterations, time.perf_counter())
    arrays = arrays_of(problem)
    trips: list[Trip] = []
    placed: set[int] = set()
    for way in arrays.ways or (arrays,):
        pool, there = _near(problem, way, before)
        trips += pool
        placed |= there
    own = np.where(np.isin(np.arange(arrays.n), list(placed)), math.inf, arrays.own)
    best = partition(
        replace(arrays, own=own, dines=arrays.dines & np.isfinite(own)),
        trips,
        incumbent=None,
        seconds=None if settings.iterations is not None else settings.seconds,
        checks=None,
        seed=settings.seed,
        per_vehicle=settings.chain_rounds,
    ).choice or choose(arrays, (), (), per_vehicle=settings.chain_rounds)
    if best is None:
        raise AssertionError("no rounds and no kitchens break no limit")
    found = Found(best, None, "", unserved_proven=False)
    return finished(problem, arrays, reach_any(arrays), found, clock, settings)


def _near(problem: MealProblem, arrays: Arrays, before: KnownRounds) -> tuple[Pool, set[int]]:
    """Return every feasible round that keeps to the known ones, and the stops that stay on theirs."""
    names = list(problem.stops.index[arrays.stops])
    place = {name: index for index, name in enumerate(names)}
    at = {name: index for index, name in enumerate(problem.kitchens.index)}
    pool, placed = Pool(arrays), set[int]()
    old = [
        (at[kitchen], [place[stop] for stop in stops if stop in place]) for kitchen, stops in before if kitchen in at
    ]
    room = _room(arrays, old)
    for kitchen, stops in old:
        while stops and (arrays.meals[stops].sum() > room[kitchen] or pool.add(kitchen, stops) is None):
            stops.pop()
        room[kitchen] -= arrays.meals[stops].sum()
        placed.update(stops)
    loose = [stop for stop in range(arrays.n) if stop not in placed]
    for kitchen, stops in old:
        for size in range(1, MOST_MORE + 1):
            for more in itertools.combinations(loose, size) if stops else ():
                _enter(arrays, pool, kitchen, stops, more)
    for group in (group for size in range(1, MOST_TOGETHER + 1) for group in itertools.combinations(loose, size)):
        for kitchen in range(arrays.k):
            for order in itertools.permutations(group):
                pool.add(kitchen, order)
    return pool, placed


def _room(arrays: Arrays, old: Sequence[tuple[int, list[int]]]) -> Floats:
    """Return what every kitchen can send out once those who eat at its own place are fed."""
    room, driven = arrays.capacity.astype(float).copy(), {stop for _, stops in old for stop in stops}
    for stop in np.flatnonzero(arrays.dines).tolist():
        kitchen = int(arrays.kitchen_of[stop])
        if stop not in driven and arrays.meals[stop] <= room[kitchen]:
            room[kitchen] -= arrays.meals[stop]
    return room


def _enter(arrays: Arrays, pool: Pool, kitchen: int, stops: Sequence[int], more: Sequence[int]) -> None:
    """Enter newcomers one by one where they cost least; the known stops keep their order."""
    order = list(stops)
    for stop in more:
        ways = [[*order[:spot], stop, *order[spot:]] for spot in range(len(order) + 1)]
        order = min(ways, key=lambda way: round_cost(arrays, kitchen, way))
    pool.add(kitchen, order)
