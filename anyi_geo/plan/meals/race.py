"""The race: every kitchen set gets a short routing run, the better quarter a longer one, until one is left."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from anyi_geo.plan.meals.arrays import Arrays, Floats
from anyi_geo.plan.meals.choice import Choice, better, choose
from anyi_geo.plan.meals.facility import KitchenSet
from anyi_geo.plan.meals.pool import Pool
from anyi_geo.plan.meals.reach import Reach
from anyi_geo.plan.meals.routing import Effort, Fleet, open_fleet, rationed_fleet, run


@dataclass(frozen=True)
class Clock:
    """One budget for all steps: seconds from the start, or none at all when iterations are set.

    Attributes
    ----------
    seconds : float
    iterations : int or None
    started : float
        ``time.perf_counter()`` at the start.
    """

    seconds: float
    iterations: int | None
    started: float

    @property
    def passed(self) -> float:
        """Seconds since the start; only for reporting when iterations are set."""
        return time.perf_counter() - self.started

    def left(self, share: float = 1.0) -> float:
        """Return the seconds left until `share` of the budget has passed; inf when no clock is read."""
        if self.iterations is not None:
            return math.inf
        return max(0.0, share * self.seconds - self.passed)

    def effort(self, seconds: float, factor: int = 1) -> Effort:
        """Return the effort of one routing run."""
        return Effort(seconds, None if self.iterations is None else self.iterations * factor)


@dataclass
class _Runner:
    """A kitchen set in the race: its last fleet and solution, to be carried on."""

    kitchens: KitchenSet
    arrays: Arrays
    stops: tuple[int, ...]
    fleet: Fleet
    rationed: bool
    best: Choice | None = None
    solution: Any = None

    def rank(self) -> tuple[float, float]:
        return (math.inf, math.inf) if self.best is None else self.best.rank


def race(
    arrays: Arrays,
    reached: Reach,
    sets: Sequence[KitchenSet],
    pool: Pool,
    clock: Clock,
    *,
    until: float,
    rounds: int,
    keep: int,
    seed: int,
    per_vehicle: bool,
    report: Callable[[Choice | None], None],
) -> list[tuple[KitchenSet, Choice]]:
    """Race the kitchen sets by successive halving and return those that gave a plan, best first.

    Parameters
    ----------
    until : float
        Share of the budget at which the race ends.
    rounds : int
        Heats; every heat gets the same part of the time, so that the survivors run longer.
    keep : int
        One in `keep` of the runners survives a heat.
    """
    runners = [_runner(arrays, reached, one) for one in sets]
    live = [one for one in runners if one.stops]
    begun = clock.passed
    span = clock.left(until)
    for heat in range(rounds):
        per = 0.25 if math.isinf(span) else max(0.25, span / rounds / max(1, len(live)))
        for place, one in enumerate(live):
            if clock.left(until) <= 0 and (heat or place) and any(runner.best for runner in runners):
                break
            _heat(one, pool, clock.effort(per, factor=heat + 1), seed + heat, per_vehicle=per_vehicle)
            report(one.best)
        live = sorted((one for one in live if one.best), key=_Runner.rank)[: max(1, len(live) // keep)]
        if math.isfinite(span) and clock.passed - begun >= span:
            break
    ranked = sorted((one for one in runners if one.best), key=_Runner.rank)
    return [(one.kitchens, one.best) for one in ranked if one.best]


def _runner(arrays: Arrays, reached: Reach, chosen: KitchenSet) -> _Runner:
    kitchens = list(chosen.kitchens)
    stops = tuple(np.flatnonzero(reached.direct[kitchens].any(axis=0)).tolist()) if kitchens else ()
    masked = arrays
    if math.isfinite(arrays.kitchens_max):
        # The ceiling counts own kitchens too: only those of the relaxation may cook in this run.
        own = np.full(arrays.n, math.inf)
        own[list(chosen.own)] = arrays.own[list(chosen.own)]
        masked = replace(arrays, own=own)
    roomy = bool((arrays.capacity[kitchens] >= arrays.meals[list(stops)].sum()).all())
    rationed = not roomy and len(arrays.fixed) == 1 and arrays.timeless
    fleet = rationed_fleet(arrays, kitchens, stops) if rationed else open_fleet(arrays, kitchens, stops)
    return _Runner(chosen, masked, stops, fleet, rationed)


def _heat(one: _Runner, pool: Pool, effort: Effort, seed: int, *, per_vehicle: bool) -> None:
    if not one.fleet.rounds.any():
        return
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


def _overload(one: _Runner, trips: Sequence[Any]) -> Floats:
    load = np.zeros(one.arrays.k)
    for trip in trips:
        load[trip.kitchen] += one.arrays.meals[list(trip.stops)].sum()
    kitchens = list(one.fleet.kitchens)
    capacity = np.maximum(one.arrays.capacity[kitchens], 1.0)
    return np.maximum(load[kitchens] - capacity, 0.0) / capacity


def _meal_price(arrays: Arrays) -> float:
    """Return a first surcharge per meal: a tenth of what a mean direct round costs per meal of a full vehicle."""
    direct = arrays.cost_out + arrays.cost_back.T
    mean = float(np.mean(direct[np.isfinite(direct)])) if np.isfinite(direct).any() else 1.0
    return max(1e-3, (mean + float(arrays.fixed.min())) / max(1.0, arrays.largest_vehicle) / 2)
