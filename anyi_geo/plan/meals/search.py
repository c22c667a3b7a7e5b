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
from anyi_geo.plan.meals.facility import FacilityModel, KitchenSet, Shares, best_sets, shares
from anyi_geo.plan.meals.partition import partition
from anyi_geo.plan.meals.pool import Pool, Trip
from anyi_geo.plan.meals.prove import ALL_ROUNDS, Exact, every_round, solve_all
from anyi_geo.plan.meals.race import Clock, delivered_from, fleet_for, race, warm_start
from anyi_geo.plan.meals.reach import Reach
from anyi_geo.plan.meals.routing import open_fleet, run
from anyi_geo.plan.meals.settings import MealSettings

FACILITY_RELAXATION = "facility relaxation"

#: The relaxation's tours are weighted by these in turn to find different kitchen sets: weight -> sets.
SETS_PER_WEIGHT = {0.5: 6, 1.0: 6, 0.0: 6}
#: The same when no clock is read.
FEW_SETS_PER_WEIGHT = {0.5: 4, 1.0: 2}
#: How much dearer (relative) than the best a kitchen set may look.
SETS_SLACK = 0.12
#: Kitchens per stop in the model that proposes sets: the cheapest ones.
NEAREST = 6
#: Interrupt checks and relative gap of a set partitioning when no clock is read.
CHECKS = 60
COARSE_GAP = 1e-3
#: Relative gap of a set partitioning under a clock.
FINE_GAP = 1e-5
#: Beginnings of rounds up to which all rounds are listed and the model over them is solved to the end.
FEW_ROUNDS = 3_000


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
    """Return the best choice found within the budget, with the bound of the facility relaxation."""
    pool = Pool(arrays)
    for kitchen, stop in np.argwhere(reached.direct).tolist():
        pool.add(kitchen, [stop])
    task = _Task(arrays, reached, shares(arrays, reached), pool, clock, settings)
    hopeless = int(arrays.meals[~reached.possible.any(axis=0) & ~np.isfinite(arrays.own)].sum())
    best = _baseline(task, hopeless)
    exact = _exact(task, best, hopeless)
    if exact is not None:
        return Found(_settled(task, exact.choice), exact.bound, ALL_ROUNDS, unserved_proven=exact.fewest_proven)
    if len(pool):
        best = _improve(task, best)
    bound, best = _bound(task, best), _settled(task, best)
    return Found(best, bound, FACILITY_RELAXATION, unserved_proven=best.unserved_meals == hopeless)


def _settled(task: _Task, best: Choice) -> Choice:
    return settle(task.arrays, best, per_vehicle=task.settings.chain_rounds)


def _exact(task: _Task, best: Choice, hopeless: int) -> Exact | None:
    """Return the proven optimum where all rounds are so few that they can simply be listed."""
    arrays = task.arrays
    trips = every_round(arrays, task.reached.possible, limit=FEW_ROUNDS) if arrays.n else None
    if trips is None:
        return None
    task.report("all rounds", best)
    return solve_all(
        arrays,
        trips,
        best,
        hopeless=hopeless,
        seconds=task.clock.left() if task.timed else None,
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


def _partition(task: _Task, incumbent: Choice | None, *, share: float) -> Choice | None:
    return partition(
        task.arrays,
        list(task.pool),
        incumbent=incumbent,
        seconds=task.clock.left(share) if task.timed else None,
        checks=None if task.timed else CHECKS,
        seed=task.settings.seed,
        per_vehicle=task.settings.chain_rounds,
        gap=FINE_GAP if task.timed else COARSE_GAP,
    ).choice


def _improve(task: _Task, best: Choice) -> Choice:
    sets = _kitchen_sets(task, best)
    for one in sets[:3]:
        best = better(best, _assigned(task, one)) or best
    task.report("start", best)
    raced = race(task, sets, until=0.45, heats=3, keep=4)
    for _, choice in raced:
        best = better(best, choice) or best
    task.report("race", best)
    if task.timed:
        best = _recombine(task, best, share=0.6)
    front = [one for one, _ in raced[:3]]
    return _polish(task, best, front)


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
    fleet = fleet_for(masked, kitchens, stops) if turn % 2 else open_fleet(masked, kitchens, stops)
    effort = task.clock.effort(seconds, factor=2)
    start = warm_start(masked, fleet, stops, best)
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
