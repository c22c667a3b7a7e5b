"""The race: every kitchen set gets a short routing run, the better quarter a longer one, until one is left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from anyi_geo.plan.meals.arrays import Arrays, Floats
from anyi_geo.plan.meals.choice import Choice, better, choose
from anyi_geo.plan.meals.facility import KitchenSet
from anyi_geo.plan.meals.pool import Pool, Trip
from anyi_geo.plan.meals.reach import Reach
from anyi_geo.plan.meals.routing import Effort, Fleet, open_fleet, rationed_fleet, run, start_from
from anyi_geo.plan.meals.task import Task

#: Seconds of the shortest routing run under a clock.
MINIMUM_SLOT = 0.25


@dataclass
class _Runner:
    """A kitchen set in the race: its last fleet and solution, to be carried on."""

    kitchens: KitchenSet
    arrays: Arrays
    stops: tuple[int, ...]
    fleet: Fleet
    best: Choice | None = None
    solution: Any = None

    def rank(self) -> tuple[float, float]:
        return (math.inf, math.inf) if self.best is None else self.best.rank


def race(
    task: Task,
    sets: Sequence[KitchenSet],
    *,
    until: float,
    heats: int,
    keep: int,
    seconds: float = math.inf,
    turn: int = 0,
) -> list[tuple[KitchenSet, Choice]]:
    """Race the kitchen sets by successive halving and return those that gave a plan, best first.

    Parameters
    ----------
    task
        Problem, pool, clock and settings.
    sets : sequence of KitchenSet
        The runners.
    until : float
        Share of the budget at which the race ends.
    heats : int
        Every heat gets the same part of the time, so that the survivors run longer.
    keep : int
        One in `keep` of the runners survives a heat.
    seconds : float
        At most this long, under a clock.
    turn : int
        Moves the seeds of a later race.
    """
    arrays, clock = task.arrays, task.clock
    runners = [_runner(arrays, task.reached, one) for one in sets]
    live = [one for one in runners if one.stops and one.fleet.rounds.any()]
    end = clock.passed + min(seconds, clock.left(until))
    for heat in range(heats):
        per = max(MINIMUM_SLOT, (end - clock.passed) / (heats - heat) / max(1, len(live)))
        for place, one in enumerate(live):
            if task.timed and clock.passed >= end and (heat or place):
                break
            effort = clock.effort(min(per, 1e6), factor=heat + 1)
            _heat(one, task.pool, effort, task.settings.seed + 7 * turn + heat, per_vehicle=task.per_vehicle)
        live = sorted((one for one in live if one.best or one.fleet.surcharge.any()), key=_Runner.rank)
        live = live[: max(1, math.ceil(len(live) / keep))]
    ranked = sorted((one for one in runners if one.best), key=_Runner.rank)
    return [(one.kitchens, one.best) for one in ranked if one.best]


def fleet_for(arrays: Arrays, kitchens: Sequence[int], stops: Sequence[int]) -> Fleet:
    """Return the rationed fleet where full vehicles measure a kitchen's capacity, else the open one."""
    roomy = bool((arrays.room_after_diners(kitchens)[list(kitchens)] >= arrays.meals[list(stops)].sum()).all())
    if not roomy and len(arrays.fixed) == 1 and arrays.timeless:
        return rationed_fleet(arrays, kitchens, stops)
    return open_fleet(arrays, kitchens, stops)


def warm_start(arrays: Arrays, fleet: Fleet, stops: Sequence[int], best: Choice) -> Any:
    """Return the incumbent as PyVRP's start, or None where the fleet cannot drive it."""
    return start_from(arrays, fleet, stops, best.trips)


def _runner(arrays: Arrays, reached: Reach, chosen: KitchenSet) -> _Runner:
    kitchens = list(chosen.kitchens)
    stops = delivered_from(arrays, reached, kitchens)
    masked = arrays
    if math.isfinite(arrays.kitchens_max):
        # The ceiling counts own kitchens too: only those of the relaxation may cook in this run.
        own = np.full(arrays.n, math.inf)
        own[list(chosen.own)] = arrays.own[list(chosen.own)]
        masked = replace(arrays, own=own)
    return _Runner(chosen, masked, stops, fleet_for(masked, kitchens, stops))


def delivered_from(arrays: Arrays, reached: Reach, kitchens: Sequence[int]) -> tuple[int, ...]:
    """Return the stops that some of these kitchens may serve by a round, without those that eat at one of them."""
    stops = np.flatnonzero(reached.direct[list(kitchens)].any(axis=0))
    return tuple(np.setdiff1d(stops, arrays.diners_at(kitchens)).tolist())


def _heat(one: _Runner, pool: Pool, effort: Effort, seed: int, *, per_vehicle: bool) -> None:
    routed = run(one.arrays, one.fleet, one.stops, effort, seed, pool, start=one.solution)
    one.solution = routed.solution
    visited = {stop for trip in routed.trips for stop in trip.stops}
    own = [stop for stop in range(one.arrays.n) if stop not in visited and np.isfinite(one.arrays.own[stop])]
    choice = choose(one.arrays, routed.trips, own, per_vehicle=per_vehicle)
    one.best = better(one.best, choice)
    over = _overload(one, routed.trips)
    if over.any():
        # Dearer meals push stops out of an overloaded kitchen next time; the pool keeps what was seen.
        step = _meal_price(one.arrays)
        extra = np.where(over > 0, step * (1 + 3 * over), -0.3 * one.fleet.surcharge)
        one.fleet = replace(one.fleet, surcharge=np.maximum(one.fleet.surcharge + extra, 0.0))
        one.solution = None


def _overload(one: _Runner, trips: Sequence[Trip]) -> Floats:
    load = np.zeros(one.arrays.k)
    for trip in trips:
        load[trip.kitchen] += one.arrays.meals[list(trip.stops)].sum()
    kitchens = list(one.fleet.kitchens)
    room = np.maximum(one.arrays.room_after_diners(kitchens)[kitchens], 1.0)
    return np.maximum(load[kitchens] - room, 0.0) / room


def _meal_price(arrays: Arrays) -> float:
    """Return a first surcharge per meal: a tenth of what a mean direct round costs per meal of a full vehicle."""
    direct = arrays.cost_out + arrays.cost_back.T
    mean = float(np.mean(direct[np.isfinite(direct)])) if np.isfinite(direct).any() else 1.0
    return max(1e-3, (mean + float(arrays.fixed.min())) / max(1.0, arrays.largest_vehicle) / 2)
