"""The search: a baseline, all rounds where they can be listed, else the ladder; then the bound and the proof."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from anyi_geo.errors import InfeasibleError
from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.assign import assign
from anyi_geo.plan.meals.choice import Choice, better, choose, settle
from anyi_geo.plan.meals.facility import FacilityModel, shares
from anyi_geo.plan.meals.ladder import ENDED, FINE_GAP, climb, combine, polish, recombine
from anyi_geo.plan.meals.partition import partition
from anyi_geo.plan.meals.pool import Pool, Trip
from anyi_geo.plan.meals.prove import (
    ALL_ROUNDS,
    LISTED,
    NG_ROUTES,
    Exact,
    ListedRounds,
    Listing,
    NgRoutes,
    Proof,
    every_round,
    prove,
    relax,
    solve_all,
)
from anyi_geo.plan.meals.reach import Reach, reach
from anyi_geo.plan.meals.settings import MealSettings
from anyi_geo.plan.meals.task import Clock, Task

FACILITY_RELAXATION = "facility relaxation"

#: Beginnings of rounds up to which the model over all rounds is solved to the end.
FEW_ROUNDS = 10_000
#: How long that model may be solved before the search goes on: share of the budget, or interrupt checks.
EXACT_SHARE, EXACT_CHECKS = 0.5, 400
#: Share of the budget for the facility relaxation's bound, if so much is left.
BOUND_SHARE = 0.06
#: Share of the budget for the single ways of travel, where there are several.
WAYS_SHARE = 0.6
#: Relative gap at which an optimum is proven.
CLOSED = 1e-7
#: Beginnings of rounds up to which all rounds are listed, and how many a second of the budget allows.
MOST_ROUNDS = 250_000
ROUNDS_PER_SECOND = 20_000
#: Share of the budget for listing them.
LISTING_SHARE = 0.06
#: Share of the budget for the search when a proof is asked for, and rounds the proof begins with.
SEARCH_SHARE = 0.3
MOST_STARTING = 2_000


@dataclass(frozen=True)
class Found:
    """The best choice and what is known of its cost.

    Attributes
    ----------
    choice : Choice
    bound : float or None
        Yuan; no plan that leaves as few meals unserved costs less.
    bound_source : str
    unserved_proven : bool
        Whether no plan serves more meals.
    others : tuple of Choice
        With chained rounds, choices that may be cheaper to drive: only then is it known how many vehicles pay.
    trips : tuple of Trip
        All rounds seen.
    complete : bool
        Whether these are all rounds there are, each in its cheapest order.
    """

    choice: Choice
    bound: float | None
    bound_source: str
    unserved_proven: bool
    others: tuple[Choice, ...] = ()
    trips: tuple[Trip, ...] = ()
    complete: bool = False


def search(arrays: Arrays, reached: Reach, clock: Clock, settings: MealSettings) -> Found:
    """Return the best choice found within the budget with the best bound known of it.

    Where all rounds can be listed, the model over them is solved to the end when they are few, and its linear programme
    gives the bound and the rounds to begin with when they are many; else the bound is the facility relaxation's. A
    proof, when it is asked for, takes the larger part of the budget.
    """
    pool = Pool(arrays)
    for kitchen, stop in np.argwhere(reached.direct).tolist():
        pool.add(kitchen, [stop])
    part = replace(clock, seconds=SEARCH_SHARE * clock.seconds) if settings.prove else clock
    task = Task(arrays, reached, shares(arrays, reached), pool, part, settings)
    hopeless = int(arrays.meals[~reached.possible.any(axis=0) & ~np.isfinite(arrays.own)].sum())
    best = _baseline(task, hopeless)
    trips = every_round(arrays, reached.possible, limit=FEW_ROUNDS) if arrays.n else []
    exact = None
    if trips is not None:
        exact = _exact(task, clock, trips, best, hopeless)
        if exact.fewest_proven and exact.bound >= exact.choice.yuan * (1 - CLOSED):
            others = _to_chain(task, trips)
            return Found(
                _settled(task, exact.choice),
                exact.bound,
                ALL_ROUNDS,
                unserved_proven=True,
                others=others,
                trips=tuple(trips),
                complete=True,
            )
        best = exact.choice
    best, source, listed = _improve(task, best)
    bound, name = (_bound(task, best), FACILITY_RELAXATION) if listed is None else (listed, LISTED)
    if exact is not None and math.isfinite(exact.bound) and (bound is None or exact.bound > bound):
        bound, name = exact.bound, ALL_ROUNDS
    if settings.prove:
        proof = _proven(task, clock, source, best)
        best = proof.choice
        if bound is None or proof.bound > bound:
            bound, name = proof.bound, proof.source
    return Found(
        _settled(task, best),
        bound,
        name,
        unserved_proven=best.unserved_meals == hopeless,
        others=_to_chain(task, list(task.pool)),
        trips=tuple(task.pool) if trips is None else (*trips, *task.pool),
        complete=trips is not None,
    )


def search_ways(arrays: Arrays, reached: Reach, clock: Clock, settings: MealSettings) -> Found:
    """Search where types of vehicle travel by minutes of their own: each way for itself, then all their rounds at once.

    A way is searched as if it had all the vehicles it wants; every round found is offered to the other ways too. Which
    rounds of which vehicles make the plan is decided by set partitioning over all of them, with the vehicles there are:
    to the end, with proof, where all rounds could be listed. Else the bound is the facility relaxation's with the least
    minutes and yuan of all ways, and `prove` proves nothing more.
    """
    parts = []
    for at, way in enumerate(arrays.ways):
        seconds = max(0.05, clock.left(WAYS_SHARE) / (len(arrays.ways) - at)) if settings.iterations is None else 1.0
        many = replace(way, number=np.where(way.number >= 1, math.inf, 0.0))
        own = replace(settings, seconds=seconds, prove=False, chain_rounds=False)
        parts.append(search(many, reach(many), Clock(seconds, settings.iterations, time.perf_counter()), own))
    pools = [Pool(way) for way in arrays.ways]
    for trip in (trip for part in parts for trip in part.trips):
        for pool in pools:
            pool.add(trip.kitchen, trip.stops)
    trips = [trip for pool in pools for trip in pool]
    task = Task(arrays, reached, shares(arrays, reached), pools[0], clock, settings)
    hopeless = int(arrays.meals[~reached.possible.any(axis=0) & ~np.isfinite(arrays.own)].sum())
    best = choose(arrays, (), (), per_vehicle=task.per_vehicle)
    if best is None:
        raise AssertionError("no rounds and no kitchens break no limit")
    best = better(best, combine(task, None, trips, share=ENDED)) or best
    bound, name, proven = None, "", best.unserved_meals == hopeless
    if all(part.complete for part in parts):
        exact = _exact(task, clock, trips, best, hopeless)
        best, bound, name, proven = exact.choice, exact.bound, ALL_ROUNDS, exact.fewest_proven
    if bound is None or not math.isfinite(bound):
        bound, name = _bound(task, best), FACILITY_RELAXATION
    return Found(_settled(task, best), bound, name, unserved_proven=proven, others=_to_chain(task, trips))


def _to_chain(task: Task, trips: Sequence[Trip]) -> tuple[Choice, ...]:
    """Return what is best from these rounds when every round pays all of a vehicle, or a half, or a quarter.

    How many rounds will share a vehicle is known only once they have their clocks. The first choice keeps to the
    numbers of vehicles without any chaining, so that chaining never serves fewer.
    """
    if not task.per_vehicle:
        return ()
    arrays, found = task.arrays, []
    many = np.full(len(arrays.number), math.inf)
    for part, number in ((1.0, arrays.number), (1.0, many), (0.5, many), (0.25, many)):
        priced = replace(arrays, fixed=part * arrays.fixed, number=np.where(arrays.number >= 1, number, 0.0))
        choice = partition(
            priced, trips, incumbent=None, seconds=max(0.1, task.clock.left(0.97) / 4) if task.timed else None,
            checks=None if task.timed else EXACT_CHECKS, seed=task.settings.seed, per_vehicle=False,
        ).choice  # fmt: skip
        known = None if choice is None else choose(arrays, choice.trips, choice.own, per_vehicle=True)
        found += [] if known is None else [_settled(task, known)]
    return tuple(found)


def _listed(task: Task, best: Choice) -> tuple[ListedRounds, Listing] | None:
    """List all rounds if they are not too many for the budget, and pool those worth combining."""
    most = MOST_ROUNDS if not task.timed else int(min(MOST_ROUNDS, ROUNDS_PER_SECOND * task.settings.seconds))
    trips = every_round(
        task.arrays, task.reached.possible, limit=most, time_left=functools.partial(task.clock.left, LISTING_SHARE)
    )
    if trips is None:
        return None
    source = ListedRounds(task.arrays, trips, per_vehicle=task.per_vehicle)
    listing = relax(task.arrays, source, unserved_meals=best.unserved_meals, per_vehicle=task.per_vehicle)
    for trip in (*listing.good, *listing.dived):
        task.pool.add(trip.kitchen, trip.stops)
    return source, listing


def _proven(task: Task, clock: Clock, source: ListedRounds | None, best: Choice) -> Proof:
    per_vehicle, left = task.per_vehicle, functools.partial(clock.left, 0.97)
    return prove(
        task.arrays,
        source or NgRoutes(task.arrays, task.reached.possible, left, per_vehicle=per_vehicle),
        best,
        list(task.pool)[:MOST_STARTING],
        left=left,
        seed=task.settings.seed,
        per_vehicle=per_vehicle,
        told=functools.partial(_tell_proof, task),
    )


def _tell_proof(task: Task, best: Choice, bound: float) -> None:
    task.bounds.append(bound)
    task.report(NG_ROUTES, best)


def _settled(task: Task, best: Choice) -> Choice:
    return settle(task.arrays, best, per_vehicle=task.per_vehicle)


def _exact(task: Task, clock: Clock, trips: list[Trip], best: Choice, hopeless: int) -> Exact:
    """Return the proven optimum where all rounds are so few that the model over them can be solved to the end."""
    exact = solve_all(
        task.arrays,
        trips,
        best,
        hopeless=hopeless,
        seconds=clock.left(EXACT_SHARE) if task.timed else None,
        checks=None if task.timed else EXACT_CHECKS,
        seed=task.settings.seed,
        per_vehicle=task.per_vehicle,
    )
    if math.isfinite(exact.bound):
        task.bounds.append(exact.bound)
    task.report(ALL_ROUNDS, exact.choice)
    return exact


def _baseline(task: Task, hopeless: int) -> Choice:
    """Return a plan of single-stop rounds and own kitchens: never good, always there."""
    arrays, per_vehicle = task.arrays, task.per_vehicle
    best = choose(arrays, (), (), per_vehicle=per_vehicle)
    if best is None:
        raise AssertionError("no rounds and no kitchens break no limit")
    cooks = np.flatnonzero(np.isfinite(arrays.own)).tolist()
    parts = assign(arrays, task.reached, task.estimates, range(arrays.k), cooks)
    trips = [task.pool.add(kitchen, [stop]) for kitchen, stops in parts.items() for stop in stops]
    placed = {stop for stops in parts.values() for stop in stops}
    own = [stop for stop in cooks if stop not in placed]
    known = [trip for trip in trips if trip is not None]
    best = better(best, choose(arrays, known, own, per_vehicle=per_vehicle)) or best
    if best.unserved_meals > hopeless:
        best = better(best, combine(task, None, share=0.15)) or best
    return best


def _improve(task: Task, best: Choice) -> tuple[Choice, ListedRounds | None, float | None]:
    """Return the best choice of the whole ladder; with all rounds, if they could be listed, and their bound."""
    listed = _listed(task, best)
    if listed is None:
        return climb(task, best), None, None
    source, listing = listed
    task.bounds.append(listing.bound)
    # A small model first: a few hundred rounds of the right kitchens combine quickly.
    best = better(best, combine(task, best, [*listing.dived, *best.trips], share=0.5)) or best
    task.report(LISTED, best)
    if best.yuan > listing.bound * (1 + FINE_GAP):
        best = recombine(task, best, share=0.8)
    return polish(task, best, []), source, listing.bound


def _bound(task: Task, best: Choice) -> float | None:
    if task.timed and task.clock.left() <= 0:
        return None
    model = FacilityModel(
        task.arrays,
        task.reached,
        task.estimates,
        unserved_meals=best.unserved_meals,
        per_vehicle=task.per_vehicle,
        whole_rounds=task.timed,
    )
    try:
        bound = model.bound(task.solver(BOUND_SHARE, 1e-4 if task.timed else 5e-3))
    except InfeasibleError:
        return None
    return max(0.0, bound) if math.isfinite(bound) else None
