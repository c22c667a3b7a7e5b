"""The search: baseline, bound, kitchen sets, race, set partitioning, and back to routing."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.assign import assign
from anyi_geo.plan.meals.choice import Choice, better, choose
from anyi_geo.plan.meals.facility import FacilityModel, KitchenSet, Shares, best_sets, shares
from anyi_geo.plan.meals.partition import partition
from anyi_geo.plan.meals.pool import Pool, Trip
from anyi_geo.plan.meals.race import Clock, race
from anyi_geo.plan.meals.reach import Reach
from anyi_geo.plan.meals.routing import open_fleet, run
from anyi_geo.plan.meals.settings import MealSettings

#: The relaxation's tours are weighted by these in turn to find different kitchen sets.
TOUR_WEIGHTS = (0.0, 0.5, 1.0)
#: Kitchen sets per weight, and how much dearer (relative) than the best one they may look.
SETS_PER_WEIGHT = 6
SETS_SLACK = 0.12
#: Nodes of the set partitioning when no clock is read.
NODES = 400


@dataclass(frozen=True)
class Found:
    """The best choice and what is known of its cost.

    Attributes
    ----------
    choice : Choice
    bound : float or None
        Yuan; for plans that leave as few meals unserved.
    bound_source : str
    unserved_proven : bool
        Whether no plan serves more meals.
    """

    choice: Choice
    bound: float | None
    bound_source: str
    unserved_proven: bool


def search(arrays: Arrays, reached: Reach, clock: Clock, settings: MealSettings) -> Found:
    """Return the best choice found within the budget, with the bound of the facility relaxation."""
    per_vehicle = settings.chain_rounds
    pool = Pool(arrays)
    for kitchen, stop in np.argwhere(reached.direct).tolist():
        pool.add(kitchen, [stop])
    best = _baseline(arrays, pool, clock, settings)
    if len(pool) and arrays.n:
        best = _improve(arrays, reached, pool, best, clock, settings)
    lost = int(arrays.meals[~reached.possible.any(axis=0) & ~np.isfinite(arrays.own)].sum())
    bound = _bound(arrays, reached, best, settings)
    return Found(
        best,
        bound,
        "facility relaxation" if bound is not None else "",
        best.unserved_meals == lost and (bound is not None or not per_vehicle),
    )


def _baseline(arrays: Arrays, pool: Pool, clock: Clock, settings: MealSettings) -> Choice:
    """Return a plan of single-stop rounds and own kitchens: never good, always there."""
    empty = choose(arrays, (), (), per_vehicle=settings.chain_rounds)
    if empty is None:
        raise AssertionError("no rounds and no kitchens break no limit")
    return better(empty, _partition(arrays, pool, None, clock, settings, share=0.15)) or empty


def _partition(
    arrays: Arrays, pool: Pool, incumbent: Choice | None, clock: Clock, settings: MealSettings, *, share: float
) -> Choice | None:
    timed = settings.iterations is None
    return partition(
        arrays,
        list(pool),
        incumbent=incumbent,
        seconds=clock.left(share) if timed else None,
        nodes=None if timed else NODES,
        seed=settings.seed,
        per_vehicle=settings.chain_rounds,
    ).choice


def _solver(settings: MealSettings, seconds: float, gap: float) -> SolverSettings:
    limit = 1e6 if settings.iterations is not None else max(0.1, seconds)
    return SolverSettings(seconds=limit, gap=gap, seed=settings.seed)


def _improve(arrays: Arrays, reached: Reach, pool: Pool, best: Choice, clock: Clock, settings: MealSettings) -> Choice:
    def report(choice: Choice | None) -> None:
        if settings.progress is not None:
            known = better(best, choice)
            settings.progress("race", known.yuan if known else None, clock.passed)

    estimates = shares(arrays, reached)
    sets = _kitchen_sets(arrays, reached, estimates, best, clock, settings)
    for one in sets[:3]:
        best = better(best, _assigned(arrays, reached, estimates, one, pool, clock, settings)) or best
    raced = race(
        arrays,
        reached,
        sets,
        pool,
        clock,
        until=0.6,
        rounds=3,
        keep=4,
        seed=settings.seed,
        per_vehicle=settings.chain_rounds,
        report=report,
    )
    for _, choice in raced:
        best = better(best, choice) or best
    opened = sorted({trip.kitchen for trip in best.trips})
    pool.add_elsewhere(best.trips, opened)
    best = better(best, _partition(arrays, pool, best, clock, settings, share=0.95)) or best
    report(best)
    return best


def _kitchen_sets(
    arrays: Arrays, reached: Reach, estimates: Shares, best: Choice, clock: Clock, settings: MealSettings
) -> list[KitchenSet]:
    found: dict[tuple[int, ...], KitchenSet] = {}
    for index, weight in enumerate(TOUR_WEIGHTS):
        model = FacilityModel(
            arrays,
            reached,
            estimates,
            unserved_meals=best.unserved_meals,
            tour_weight=weight,
            per_vehicle=settings.chain_rounds,
        )
        until = 0.05 + 0.05 * (index + 1)
        solver = _solver(settings, 0.04 * settings.seconds, 5e-3)
        time_left = functools.partial(_time_left, clock, until)
        for one in best_sets(model, SETS_PER_WEIGHT, solver, slack=SETS_SLACK, time_left=time_left):
            found.setdefault(one.kitchens, one)
    return list(found.values())


def _time_left(clock: Clock, share: float) -> bool:
    return clock.left(share) > 0


def _assigned(
    arrays: Arrays,
    reached: Reach,
    estimates: Shares,
    chosen: KitchenSet,
    pool: Pool,
    clock: Clock,
    settings: MealSettings,
) -> Choice | None:
    """Return a plan that keeps every kitchen's capacity by construction: whole stops assigned, then one run each."""
    own = chosen.own if math.isfinite(arrays.kitchens_max) else range(arrays.n)
    solver = _solver(settings, 0.02 * settings.seconds, 1e-2)
    parts = assign(arrays, reached, estimates, chosen.kitchens, list(own), solver)
    trips: list[Trip] = []
    visited: set[int] = set()
    for kitchen, stops in parts.items():
        if stops:
            effort = clock.effort(max(0.05, 0.02 * settings.seconds * len(stops) / arrays.n))
            routed = run(arrays, open_fleet(arrays, [kitchen], stops), stops, effort, settings.seed, pool)
            trips += routed.trips
            visited |= {stop for trip in routed.trips for stop in trip.stops}
    cooking = [stop for stop in own if stop not in visited and np.isfinite(arrays.own[stop])]
    return choose(arrays, trips, cooking, per_vehicle=settings.chain_rounds)


def _bound(arrays: Arrays, reached: Reach, best: Choice, settings: MealSettings) -> float | None:
    if arrays.n == 0:
        return 0.0
    model = FacilityModel(
        arrays,
        reached,
        shares(arrays, reached),
        unserved_meals=best.unserved_meals,
        per_vehicle=settings.chain_rounds,
    )
    try:
        _, bound = model.solve(_solver(settings, 0.05 * settings.seconds, 1e-4))
    except InfeasibleError:
        return None
    return max(0.0, bound) if math.isfinite(bound) else None
