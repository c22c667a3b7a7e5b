"""From kitchen sets to a plan: race the best sets, combine all rounds seen, improve part by part until time is up."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from anyi_geo.plan.meals.apart import routed_apart
from anyi_geo.plan.meals.choice import Choice, better, choose
from anyi_geo.plan.meals.columns import Columns, columns_of, restricted_master
from anyi_geo.plan.meals.facility import KitchenSet, neighbours
from anyi_geo.plan.meals.partition import partition
from anyi_geo.plan.meals.pool import Trip
from anyi_geo.plan.meals.popmusic import Progress, improve
from anyi_geo.plan.meals.race import delivered_from, fleet_for, race, warm_start
from anyi_geo.plan.meals.routing import open_fleet, run
from anyi_geo.plan.meals.sets import FEW_NEIGHBOURS, NEIGHBOURS, Ranked, dive, propose, rank
from anyi_geo.plan.meals.task import Task

#: Interrupt checks and relative gap of a set partitioning when no clock is read.
CHECKS = 60
COARSE_GAP = 1e-3
#: Relative gap of a set partitioning under a clock.
FINE_GAP = 1e-5
#: Sets whose estimate exceeds the best one's by more than this (relative) do not race.
WORTH_RACING = 0.02
#: Parts of the time left: dive, combining the rounds priced, proposing sets, pricing them, race, its combination.
DIVED, MASTERED, PROPOSED, PRICED, RACED, COMBINED = 0.4, 0.1, 0.08, 0.15, 0.15, 0.08
#: Part of the time for a plan worth driving, and the weight and number of kitchen sets tried for it.
SOON, FIRST_SETS = 0.06, {0.5: 2}
#: Rounds of a set combined, turn by turn.
WIDTHS = (600, 3000)
#: Sets whose rounds are combined one set at a time.
FRONT = 3
#: Shares of the budget for one routing run and one round of parts.
ROUTING_SLOT, PARTS_SLOT = 0.04, 0.1
#: Share of the budget at which the ladder ends; the bound and the check need the rest.
ENDED = 0.93
#: Parts improved when no clock is read.
FEW_PARTS = 12


def climb(task: Task, best: Choice) -> Choice:
    """Return the best choice of the whole ladder."""
    stage = functools.partial(task.clock.stage, end=ENDED)
    if task.timed:
        # Without a clock every step runs anyway; under one there must be a plan worth driving soon.
        best = _soon(task, best, stage(SOON))
    known = columns_of(
        task.arrays,
        task.reached.possible,
        task.pool,
        unserved_meals=best.unserved_meals,
        per_vehicle=task.per_vehicle,
    )
    dived = dive(task, known, functools.partial(task.clock.left, stage(DIVED)))
    best = _from_columns(task, known, dived, best, stage(DIVED), widths=WIDTHS[:1])
    best = recombine(task, best, share=stage(MASTERED))
    ranked = rank(task, known, [*dived, *propose(task, best, until=stage(PROPOSED))], until=stage(PRICED))
    front = [one for one in ranked.within(WORTH_RACING)[:FRONT] if one not in dived]
    best = _from_columns(task, known, front, best, stage(MASTERED))
    raced = _race(task, ranked, stage(RACED))
    for _, choice in raced:
        best = better(best, choice) or best
    task.report("race", best)
    if raced and task.timed:
        best = recombine(task, best, share=stage(COMBINED))
    return polish(task, best, [one for one, _ in raced[:3]])


def _soon(task: Task, best: Choice, until: float) -> Choice:
    """Route each kitchen apart: all of them, then only those of the facility relaxation's first sets."""
    cooks = np.flatnonzero(np.isfinite(task.arrays.own)).tolist()
    best = better(best, routed_apart(task, range(task.arrays.k), cooks)) or best
    task.report("apart", best)
    for one in propose(task, best, until=until, weights=FIRST_SETS):
        own = one.own if math.isfinite(task.arrays.kitchens_max) else cooks
        best = better(best, routed_apart(task, one.kitchens, own)) or best
    task.report("apart", best)
    return best


def _from_columns(
    task: Task, known: Columns, sets: Sequence[KitchenSet], best: Choice, end: float, *, widths: Sequence[int] = WIDTHS
) -> Choice:
    """Combine the rounds of some sets one by one."""
    for at, one in enumerate(sets):
        until = task.clock.stage(1 / (len(sets) - at), end)
        found = restricted_master(
            known,
            one.kitchens,
            best,
            left=functools.partial(task.clock.left, until),
            seconds=math.inf,
            checks=None if task.timed else CHECKS,
            seed=task.settings.seed,
            widths=widths,
        )
        best = better(best, found) or best
    task.report("columns", best)
    return best


def _race(task: Task, ranked: Ranked, end: float) -> list[tuple[KitchenSet, Choice]]:
    """Race the sets worth it; where nothing could be priced, also the neighbours of the winner."""
    if not ranked.sets:
        return []
    worth = ranked.within(WORTH_RACING)
    if worth:
        return race(task, worth, until=end, heats=3, keep=4)
    raced = race(task, ranked.sets, until=task.clock.stage(0.5, end), heats=3, keep=4)
    if raced:
        known = {one.kitchens for one in ranked.sets}
        near = neighbours(task.arrays, task.estimates, raced[0][0], known)
        raced += race(task, near[: NEIGHBOURS if task.timed else FEW_NEIGHBOURS], until=end, heats=2, keep=4)
    return sorted(raced, key=lambda pair: pair[1].rank)


def combine(
    task: Task, incumbent: Choice | None, trips: Sequence[Trip] | None = None, *, share: float
) -> Choice | None:
    """Return the best choice from some rounds, or from all that were seen, by set partitioning."""
    return partition(
        task.arrays,
        list(task.pool) if trips is None else trips,
        incumbent=incumbent,
        seconds=task.clock.left(share) if task.timed else None,
        checks=None if task.timed else CHECKS,
        seed=task.settings.seed,
        per_vehicle=task.per_vehicle,
        gap=FINE_GAP if task.timed else COARSE_GAP,
    ).choice


def recombine(task: Task, best: Choice, *, share: float) -> Choice:
    """Offer the incumbent's rounds to its other kitchens and choose anew from all rounds seen."""
    task.pool.add_elsewhere(best.trips, sorted({trip.kitchen for trip in best.trips}))
    best = better(best, combine(task, best, share=share)) or best
    task.report("set partitioning", best)
    return best


def polish(task: Task, best: Choice, front: Sequence[KitchenSet]) -> Choice:
    """Alternate parts by column generation, routing runs from the incumbent and set partitioning until time is up."""
    tried, rng = Progress(), np.random.default_rng(task.settings.seed)
    if not task.timed:
        best = _run_again(task, best, 0, 0.0)
        best = _parts(task, best, tried, rng, 0.0)
        return recombine(task, best, share=1.0)
    turn, slot = 0, max(0.5, ROUTING_SLOT * task.settings.seconds)
    while task.clock.left(0.9) > slot / 2 and best.trips:
        best = _parts(task, best, tried, rng, PARTS_SLOT * task.settings.seconds)
        best = _run_again(task, best, turn, min(slot, task.clock.left(0.9)))
        turn += 1
        if front and turn % 3 == 0 and task.clock.left(0.85) > slot:
            raced = race(task, [front[(turn // 3) % len(front)]], until=1.0, heats=1, keep=1, seconds=slot, turn=turn)
            for _, choice in raced:
                best = better(best, choice) or best
        if turn % 4 == 0:
            best = recombine(task, best, share=min(ENDED, (task.clock.passed + slot) / task.settings.seconds))
    return recombine(task, best, share=ENDED)


def _parts(task: Task, best: Choice, tried: Progress, rng: np.random.Generator, seconds: float) -> Choice:
    """Improve the incumbent part by part for so many seconds, or a few parts."""
    end = task.clock.passed + seconds
    best = improve(
        task.arrays,
        best,
        tried,
        rng,
        left=functools.partial(_until, task, end),
        parts=None if task.timed else FEW_PARTS,
        per_vehicle=task.per_vehicle,
    )
    for trip in best.trips:
        task.pool.add(trip.kitchen, trip.stops)
    task.report("parts", best)
    return best


def _until(task: Task, end: float) -> float:
    return min(end - task.clock.passed, task.clock.left(0.9)) if task.timed else math.inf


def _run_again(task: Task, best: Choice, turn: int, seconds: float) -> Choice:
    """Route the incumbent's kitchens again, from the incumbent where the fleet can drive it."""
    arrays = task.arrays
    kitchens = sorted({trip.kitchen for trip in best.trips})
    if not kitchens:
        return best
    stops = delivered_from(arrays, task.reached, kitchens)
    barred = set(range(arrays.n)) - set(best.own) if math.isfinite(arrays.kitchens_max) else set()
    masked = replace(arrays, own=np.where([stop in barred for stop in range(arrays.n)], math.inf, arrays.own))
    rationed = fleet_for(masked, kitchens, stops)
    tight = rationed.rounds.shape[1] > len(arrays.fixed)
    # An open fleet leaves tight kitchens at once, so every other turn begins afresh on the rationed one instead.
    fleet = rationed if tight or turn % 2 else open_fleet(masked, kitchens, stops)
    effort = task.clock.effort(seconds, factor=2)
    start = None if tight and turn and turn % 2 == 0 else warm_start(masked, fleet, stops, best)
    routed = run(masked, fleet, stops, effort, task.settings.seed + 101 + turn, task.pool, start=start)
    visited = {stop for trip in routed.trips for stop in trip.stops}
    own = [stop for stop in range(arrays.n) if stop not in visited and np.isfinite(masked.own[stop])]
    choice = choose(arrays, routed.trips, own, per_vehicle=task.per_vehicle)
    return better(best, choice) or best
