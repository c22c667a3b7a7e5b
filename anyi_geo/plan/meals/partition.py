"""Set partitioning over the pooled rounds: the best plan that can be put together from everything seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from anyi_geo.locate.solver import quiet_stdout
from anyi_geo.plan.meals.arrays import Arrays, Floats
from anyi_geo.plan.meals.choice import Choice, choose
from anyi_geo.plan.meals.model import Model, build, cooking_twice, solver_of, stop_after, unserved_weight
from anyi_geo.plan.meals.pool import Trip

#: More rounds than this are thinned by reduced cost before the integer model is solved.
MOST_COLUMNS = 12_000


@dataclass(frozen=True)
class Partition:
    """What set partitioning found.

    Attributes
    ----------
    choice : Choice or None
    bound : float
        Proven lower bound on the yuan of every plan from these rounds with at most the given unserved meals; -inf when
        the rounds were thinned against no incumbent.
    """

    choice: Choice | None
    bound: float


def partition(
    arrays: Arrays,
    trips: Sequence[Trip],
    *,
    incumbent: Choice | None,
    seconds: float | None,
    checks: int | None,
    seed: int,
    per_vehicle: bool,
    gap: float = 1e-5,
) -> Partition:
    """Choose rounds, kitchens and own kitchens at least cost over the given trips.

    Model: x over (trip, vehicle type), y over kitchens, o over own kitchens, u over unserved stops, all binary.

        (1) minimise  opening y + (arcs + fixed) x + own o + W meals u
        (2) every stop: trips through it + o + u = 1
        (3) every kitchen: meals of its trips <= capacity y
        (4) every kitchen and stop: trips of the kitchen through the stop <= y
        (5) every limited type: its trips <= number
        (6) places that cook <= kitchens_max
        (7) a kitchen where diners eat at its own place opens only to send rounds out: y <= its trips

    Where an own kitchen stands at a kitchen's place, b = o y is one more column per place: it counts the place once in
    (6) and, where diners there eat at the opened kitchen, adds their meals to (3) and takes their cost out of (1).

    W exceeds any cost difference, so unserved meals come first. u is left out once the incumbent serves everything that
    can be served. The linear relaxation is solved first; trips whose reduced cost exceeds the gap to the incumbent are
    in no better plan and go (valid by weak duality).
    """
    least = incumbent.unserved_meals if incumbent is not None else int(arrays.meals.sum())
    model = build(arrays, trips, with_unserved=least > 0, per_vehicle=per_vehicle)
    relaxed, duals, value = _relax(model, seconds)
    if not relaxed:
        return Partition(None, -math.inf)
    first = model.matrix.shape[1] - len(model.trips)
    allowed = math.inf
    if incumbent is not None:
        allowed = incumbent.yuan + unserved_weight(arrays) * incumbent.unserved_meals - value
    reduced = duals[first:]
    keep = reduced <= allowed + 1e-6 * max(1.0, abs(value))
    thinned = False
    if keep.sum() > MOST_COLUMNS and (seconds is None or seconds < math.inf):
        keep &= reduced <= np.partition(reduced, MOST_COLUMNS)[MOST_COLUMNS]
        thinned = True
    columns = np.concatenate([np.arange(first), first + np.flatnonzero(keep)])
    kept = Model(
        model.cost[columns],
        model.matrix[:, columns],
        model.lower,
        model.upper,
        tuple(model.trips[index] for index in np.flatnonzero(keep)),
    )
    start = None if incumbent is None else _start(arrays, kept, incumbent)
    values, bound = _solve(kept, start, seconds=seconds, checks=checks, seed=seed, gap=gap)
    bound = value if thinned else max(bound, value)
    if incumbent is not None:
        bound = min(bound, incumbent.yuan + unserved_weight(arrays) * incumbent.unserved_meals)
    if values is None:
        return Partition(None, bound)
    taken = [trip for (trip, _), one in zip(kept.trips, values[first:] > 0.5, strict=True) if one]
    own = np.flatnonzero(values[arrays.k : arrays.k + arrays.n] > 0.5).tolist()
    return Partition(choose(arrays, taken, own, per_vehicle=per_vehicle), bound)


def _relax(model: Model, seconds: float | None) -> tuple[bool, Floats, float]:
    with quiet_stdout():
        solver = solver_of(model, integer=False)
        if seconds is not None and math.isfinite(seconds):
            solver.setOptionValue("time_limit", max(1.0, seconds))
        solver.run()
    done = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return done, np.array(solver.getSolution().col_dual), float(solver.getInfo().objective_function_value)


def _start(arrays: Arrays, model: Model, incumbent: Choice) -> Floats | None:
    """Return the incumbent as a point of the model, or None where one of its rounds was thinned out."""
    n, k = arrays.n, arrays.k
    first = model.matrix.shape[1] - len(model.trips)
    values = np.zeros(model.matrix.shape[1])
    place = {pair: first + at for at, pair in enumerate(model.trips)}
    at = [place.get(pair) for pair in zip(incumbent.trips, incumbent.vehicles, strict=True)]
    if any(one is None for one in at):
        return None
    values[[one for one in at if one is not None]] = 1.0
    opened = sorted({trip.kitchen for trip in incumbent.trips})
    values[opened] = 1.0
    own = list(incumbent.own)
    values[[k + stop for stop in own]] = 1.0
    visited = {stop for trip in incumbent.trips for stop in trip.stops}
    values[[k + n + stop for stop in range(n) if stop not in visited and stop not in set(own)]] = 1.0
    twice = cooking_twice(arrays).tolist()
    values[[k + 2 * n + at for at, stop in enumerate(twice) if stop in own and arrays.kitchen_of[stop] in opened]] = 1.0
    return values


def _solve(
    model: Model, start: Floats | None, *, seconds: float | None, checks: int | None, seed: int, gap: float
) -> tuple[Floats | None, float]:
    with quiet_stdout():
        solver = solver_of(model, integer=True)
        if seconds is not None and math.isfinite(seconds):
            solver.setOptionValue("time_limit", max(0.2, seconds))
        if checks is not None:
            stop_after(solver, checks)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("random_seed", seed % (2**31 - 1))
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start
            solver.setSolution(solution)
        solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, -math.inf
    return np.array(solver.getSolution().col_value), float(info.mip_dual_bound)
