"""The search: a baseline, the bound, kitchen sets, the race, set partitioning, and back to routing."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.assign import assign
from anyi_geo.plan.meals.choice import Choice, better, choose, settle
from anyi_geo.plan.meals.facility import FacilityModel, KitchenSet, Shares, best_sets, neighbours, shares
from anyi_geo.plan.meals.partition import partition
from anyi_geo.plan.meals.pool import Pool, Trip
from anyi_geo.plan.meals.prove import (
    ALL_ROUNDS,
    LISTED,
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
from anyi_geo.plan.meals.race import Clock, delivered_from, fleet_for, race, warm_start
from anyi_geo.plan.meals.reach import Reach
from anyi_geo.plan.meals.routing import open_fleet, run
from anyi_geo.plan.meals.settings import MealSettings

FACILITY_RELAXATION = "facility relaxation"

#: The relaxation's tours are weighted by these in turn to find different kitchen sets: weight -> sets.
SETS_PER_WEIGHT = {0.5: 6, 1.0: 6, 0.0: 6}
#: The same when no clock is read.
FEW_SETS_PER_WEIGHT = {0.5: 4, 1.0: 2}
#: Sets one kitchen away from the race's winner that race in their turn; fewer when no clock is read.
NEIGHBOURS, FEW_NEIGHBOURS = 16, 4
#: How much dearer (relative) than the best a kitchen set may look.
SETS_SLACK = 0.12
#: Kitchens per stop in the model that proposes sets: the cheapest ones.
NEAREST = 6
#: Interrupt checks and relative gap of a set partitioning when no clock is read.
CHECKS = 60
COARSE_GAP = 1e-3
#: Relative gap of a set partitioning under a clock.
FINE_GAP = 1e-5
#: Beginnings of rounds up to which the model over all rounds is solved to the end.
FEW_ROUNDS = 10_000
#: How long that model may be solved before the search goes on: share of the budget, or interrupt checks.
EXACT_SHARE, EXACT_CHECKS = 0.5, 400
#: Relative gap at which an optimum is proven.
CLOSED = 1e-7
#: Beginnings of rounds up to which all rounds are listed, and how many a second of the budget allows.
MOST_ROUNDS = 250_000
ROUNDS_PER_SECOND = 40_000
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
    """

    choice: Choice
    bound: float | None
    bound_source: str
    unserved_proven: bool


@dataclass(frozen=True, eq=False)
class _Task:
    """What every step of one search shares."""

    arrays: Arrays
    reached: Reach
    estimates: Shares
    pool: Pool
    clock: Clock
    settings: MealSettings

    @property
    def timed(self) -> bool:
        return self.settings.iterations is None

    def solver(self, share: float, gap: float) -> SolverSettings:
        """Return limits for a facility model: a share of the budget, or the gap alone when no clock is read."""
        seconds = max(0.1, share * self.settings.seconds) if self.timed else 1e6
        return SolverSettings(seconds=seconds, gap=gap, seed=self.settings.seed)

    def report(self, step: str, best: Choice) -> None:
        if self.settings.progress is not None:
            self.settings.progress(step, best.yuan, self.clock.passed)


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
    task = _Task(arrays, reached, shares(arrays, reached), pool, part, settings)
    hopeless = int(arrays.meals[~reached.possible.any(axis=0) & ~np.isfinite(arrays.own)].sum())
    best = _baseline(task, hopeless)
    trips = every_round(arrays, reached.possible, limit=FEW_ROUNDS) if arrays.n else []
    exact = None
    if trips is not None:
        exact = _exact(task, trips, best, hopeless)
        if exact.fewest_proven and exact.bound >= exact.choice.yuan * (1 - CLOSED):
            return Found(_settled(task, exact.choice), exact.bound, ALL_ROUNDS, unserved_proven=True)
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
    return Found(_settled(task, best), bound, name, unserved_proven=best.unserved_meals == hopeless)


def _listed(task: _Task, best: Choice) -> tuple[ListedRounds, Listing] | None:
    """List all rounds if they are not too many for the budget, and pool those worth combining."""
    most = MOST_ROUNDS if not task.timed else int(min(MOST_ROUNDS, ROUNDS_PER_SECOND * task.settings.seconds))
    trips = every_round(
        task.arrays, task.reached.possible, limit=most, time_left=functools.partial(task.clock.left, 0.3)
    )
    if trips is None:
        return None
    source = ListedRounds(task.arrays, trips, per_vehicle=task.settings.chain_rounds)
    listing = relax(task.arrays, source, unserved_meals=best.unserved_meals, per_vehicle=task.settings.chain_rounds)
    for trip in (*listing.good, *listing.dived):
        task.pool.add(trip.kitchen, trip.stops)
    return source, listing


def _proven(task: _Task, clock: Clock, source: ListedRounds | None, best: Choice) -> Proof:
    per_vehicle, left = task.settings.chain_rounds, functools.partial(clock.left, 0.97)
    return prove(
        task.arrays,
        source or NgRoutes(task.arrays, task.reached.possible, left, per_vehicle=per_vehicle),
        best,
        list(task.pool)[:MOST_STARTING],
        left=left,
        seed=task.settings.seed,
        per_vehicle=per_vehicle,
    )


def _settled(task: _Task, best: Choice) -> Choice:
    return settle(task.arrays, best, per_vehicle=task.settings.chain_rounds)


def _exact(task: _Task, trips: list[Trip], best: Choice, hopeless: int) -> Exact:
    """Return the proven optimum where all rounds are so few that the model over them can be solved to the end."""
    task.report(ALL_ROUNDS, best)
    return solve_all(
        task.arrays,
        trips,
        best,
        hopeless=hopeless,
        seconds=task.clock.left(EXACT_SHARE) if task.timed else None,
        checks=None if task.timed else EXACT_CHECKS,
        seed=task.settings.seed,
        per_vehicle=task.settings.chain_rounds,
    )


def _baseline(task: _Task, hopeless: int) -> Choice:
    """Return a plan of single-stop rounds and own kitchens: never good, always there."""
    arrays, per_vehicle = task.arrays, task.settings.chain_rounds
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
        best = better(best, _partition(task, None, share=0.15)) or best
    return best


def _partition(
    task: _Task, incumbent: Choice | None, trips: Sequence[Trip] | None = None, *, share: float
) -> Choice | None:
    return partition(
        task.arrays,
        list(task.pool) if trips is None else trips,
        incumbent=incumbent,
        seconds=task.clock.left(share) if task.timed else None,
        checks=None if task.timed else CHECKS,
        seed=task.settings.seed,
        per_vehicle=task.settings.chain_rounds,
        gap=FINE_GAP if task.timed else COARSE_GAP,
    ).choice


def _improve(task: _Task, best: Choice) -> tuple[Choice, ListedRounds | None, float | None]:
    """Return the best choice of the whole ladder; with all rounds, if they could be listed, and their bound."""
    listed = _listed(task, best)
    if listed is not None:
        source, listing = listed
        # A small model first: a few hundred rounds of the right kitchens combine quickly.
        best = better(best, _partition(task, best, [*listing.dived, *best.trips], share=0.5)) or best
        task.report(LISTED, best)
        if best.yuan > listing.bound * (1 + FINE_GAP):
            best = _recombine(task, best, share=0.8)
        return _polish(task, best, []), source, listing.bound
    sets = _kitchen_sets(task, best)
    for one in sets[:3]:
        best = better(best, _assigned(task, one)) or best
    task.report("start", best)
    raced = race(task, sets, until=0.3, heats=3, keep=4)
    if raced:
        near = neighbours(task.arrays, task.estimates, raced[0][0], {one.kitchens for one in sets})
        raced += race(task, near[: NEIGHBOURS if task.timed else FEW_NEIGHBOURS], until=0.5, heats=2, keep=4)
        raced.sort(key=lambda pair: pair[1].rank)
    for _, choice in raced:
        best = better(best, choice) or best
    task.report("race", best)
    if task.timed:
        best = _recombine(task, best, share=0.6)
    return _polish(task, best, [one for one, _ in raced[:3]]), None, None


def _recombine(task: _Task, best: Choice, *, share: float) -> Choice:
    """Offer the incumbent's rounds to its other kitchens and choose anew from all rounds seen."""
    task.pool.add_elsewhere(best.trips, sorted({trip.kitchen for trip in best.trips}))
    best = better(best, _partition(task, best, share=share)) or best
    task.report("set partitioning", best)
    return best


def _polish(task: _Task, best: Choice, front: Sequence[KitchenSet]) -> Choice:
    """Alternate longer routing runs, started from the incumbent, with set partitioning until the budget is used."""
    if not task.timed:
        best = _run_again(task, best, 0, 0.0)
        return _recombine(task, best, share=1.0)
    turn, slot = 0, max(0.5, 0.08 * task.settings.seconds)
    while task.clock.left(0.9) > slot / 2 and best.trips:
        turn += 1
        best = _run_again(task, best, turn, min(slot, task.clock.left(0.9)))
        if front and turn % 3 == 0 and task.clock.left(0.85) > slot:
            raced = race(task, [front[(turn // 3) % len(front)]], until=1.0, heats=1, keep=1, seconds=slot, turn=turn)
            for _, choice in raced:
                best = better(best, choice) or best
        if turn % 2 == 0:
            best = _recombine(task, best, share=min(1.0, (task.clock.passed + slot) / task.settings.seconds))
    return _recombine(task, best, share=0.98)


def _run_again(task: _Task, best: Choice, turn: int, seconds: float) -> Choice:
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
    choice = choose(arrays, routed.trips, own, per_vehicle=task.settings.chain_rounds)
    return better(best, choice) or best


def _kitchen_sets(task: _Task, best: Choice) -> list[KitchenSet]:
    arrays, estimates = task.arrays, task.estimates
    price = np.where(task.reached.possible, np.maximum(estimates.load, estimates.clock), math.inf)
    near = np.argsort(np.argsort(price, axis=0, kind="stable"), axis=0, kind="stable") < NEAREST
    reached = replace(task.reached, possible=task.reached.possible & near)
    found: dict[tuple[int, ...], KitchenSet] = {}
    plan = SETS_PER_WEIGHT if task.timed else FEW_SETS_PER_WEIGHT
    for index, (weight, most) in enumerate(plan.items()):
        # The nearest kitchens may be too small for everyone; the wider model then still finds a set.
        for allowed in (reached, task.reached):
            model = FacilityModel(
                arrays,
                allowed,
                estimates,
                unserved_meals=best.unserved_meals,
                tour_weight=weight,
                per_vehicle=task.settings.chain_rounds,
                whole_rounds=False,
            )
            time_left = functools.partial(_time_left, task.clock, 0.02 + 0.04 * (index + 1))
            sets = best_sets(model, most, task.solver(0.04, 1e-2), slack=SETS_SLACK, time_left=time_left)
            for one in sets:
                found.setdefault(one.kitchens, one)
            if sets:
                break
    return [one for one in found.values() if one.kitchens]


def _time_left(clock: Clock, share: float) -> bool:
    return clock.left(share) > 0


def _assigned(task: _Task, chosen: KitchenSet) -> Choice | None:
    """Return a plan that keeps every kitchen's capacity by construction: whole stops assigned, then one run each."""
    arrays, settings = task.arrays, task.settings
    own = chosen.own if math.isfinite(arrays.kitchens_max) else tuple(range(arrays.n))
    own = tuple(stop for stop in own if np.isfinite(arrays.own[stop]))
    parts = assign(arrays, task.reached, task.estimates, chosen.kitchens, own)
    trips: list[Trip] = []
    for kitchen, stops in parts.items():
        if stops:
            effort = task.clock.effort(max(0.05, 0.02 * settings.seconds * len(stops) / arrays.n))
            trips += run(arrays, open_fleet(arrays, [kitchen], stops), stops, effort, settings.seed, task.pool).trips
    visited = {stop for trip in trips for stop in trip.stops}
    return choose(arrays, trips, [stop for stop in own if stop not in visited], per_vehicle=settings.chain_rounds)


def _bound(task: _Task, best: Choice) -> float | None:
    model = FacilityModel(
        task.arrays,
        task.reached,
        task.estimates,
        unserved_meals=best.unserved_meals,
        per_vehicle=task.settings.chain_rounds,
        whole_rounds=task.timed,
    )
    try:
        _, bound = model.solve(task.solver(0.06, 1e-4 if task.timed else 5e-3))
    except InfeasibleError:
        return None
    return max(0.0, bound) if math.isfinite(bound) else None
