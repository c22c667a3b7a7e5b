"""Set partitioning over the pooled rounds: the best plan that can be put together from everything seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array

from anyi_geo.locate.solver import quiet_stdout
from anyi_geo.plan.meals.arrays import Arrays, Floats, Ints
from anyi_geo.plan.meals.choice import Choice, choose
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


@dataclass(frozen=True, eq=False)
class _Model:
    cost: Floats
    matrix: csc_array
    lower: Floats
    upper: Floats
    trips: tuple[tuple[Trip, int], ...]


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

    Where an own kitchen stands at a kitchen's place, b = o y is one more column per place: it counts the place once in
    (6) and, where diners there eat at the opened kitchen, adds their meals to (3) and takes their cost out of (1).

    W exceeds any cost difference, so unserved meals come first. u is left out once the incumbent serves everything that
    can be served. The linear relaxation is solved first; trips whose reduced cost exceeds the gap to the incumbent are
    in no better plan and go (valid by weak duality).
    """
    least = incumbent.unserved_meals if incumbent is not None else int(arrays.meals.sum())
    model = _build(arrays, trips, with_unserved=least > 0, per_vehicle=per_vehicle)
    relaxed, duals, value = _relax(model, seconds)
    if not relaxed:
        return Partition(None, -math.inf)
    first = model.matrix.shape[1] - len(model.trips)
    allowed = math.inf
    if incumbent is not None:
        allowed = incumbent.yuan + _weight(arrays) * incumbent.unserved_meals - value
    reduced = duals[first:]
    keep = reduced <= allowed + 1e-6 * max(1.0, abs(value))
    thinned = False
    if keep.sum() > MOST_COLUMNS and (seconds is None or seconds < math.inf):
        keep &= reduced <= np.partition(reduced, MOST_COLUMNS)[MOST_COLUMNS]
        thinned = True
    columns = np.concatenate([np.arange(first), first + np.flatnonzero(keep)])
    kept = _Model(
        model.cost[columns],
        model.matrix[:, columns],
        model.lower,
        model.upper,
        tuple(model.trips[index] for index in np.flatnonzero(keep)),
    )
    values, bound = _solve(kept, seconds=seconds, checks=checks, seed=seed, gap=gap)
    bound = value if thinned else max(bound, value)
    if incumbent is not None:
        bound = min(bound, incumbent.yuan + _weight(arrays) * incumbent.unserved_meals)
    if values is None:
        return Partition(None, bound)
    taken = [trip for (trip, _), one in zip(kept.trips, values[first:] > 0.5, strict=True) if one]
    own = np.flatnonzero(values[arrays.k : arrays.k + arrays.n] > 0.5).tolist()
    return Partition(choose(arrays, taken, own, per_vehicle=per_vehicle), bound)


def _weight(arrays: Arrays) -> float:
    """Return yuan per unserved meal: more than any plan may cost, so that unserved meals come first."""
    finite = [part[np.isfinite(part)] for part in (arrays.cost_out, arrays.cost_back)]
    dear = sum(float(np.max(part, initial=0.0)) for part in finite) + float(np.max(arrays.fixed, initial=0.0))
    dear += float(np.max(arrays.opening, initial=0.0)) + float(np.max(arrays.own[np.isfinite(arrays.own)], initial=0.0))
    return 1.0 + 2.0 * dear * max(1, arrays.n)


def _columns(arrays: Arrays, trips: Sequence[Trip], *, per_vehicle: bool) -> list[tuple[Trip, int]]:
    """Return (trip, type): the cheapest type without a number, and every cheaper one that has a number."""
    order = np.lexsort((arrays.holds, arrays.fixed))
    columns = []
    for trip in trips:
        load = arrays.meals[list(trip.stops)].sum()
        for kind in order.tolist():
            if load <= arrays.holds[kind] and arrays.number[kind] >= 1:
                columns.append((trip, kind))
                if per_vehicle or math.isinf(arrays.number[kind]) or arrays.number[kind] >= arrays.n:
                    break
    return columns


class _Rows:
    """Row, column, value triplets of a sparse matrix."""

    def __init__(self) -> None:
        self._parts: list[tuple[Ints, Ints, Floats]] = []

    def put(self, rows: Any, columns: Any, values: Any) -> None:
        """Add entries; scalars stretch."""
        shaped = np.broadcast_arrays(np.asarray(rows), np.asarray(columns), np.asarray(values, dtype=float))
        self._parts.append((shaped[0].ravel(), shaped[1].ravel(), shaped[2].ravel()))

    def matrix(self, height: int, width: int) -> csc_array:
        """Return the matrix."""
        rows, columns, values = (np.concatenate([part[place] for part in self._parts]) for place in range(3))
        return csc_array((values, (rows.astype(int), columns.astype(int))), shape=(height, width))


def _build(arrays: Arrays, trips: Sequence[Trip], *, with_unserved: bool, per_vehicle: bool) -> _Model:
    """Columns: kitchens, own kitchens, unserved, places that cook twice, trips; rows: (2) to (6) in order."""
    n, k, kinds = arrays.n, arrays.k, len(arrays.fixed)
    columns = _columns(arrays, trips, per_vehicle=per_vehicle)
    counted = (arrays.kitchen_of >= 0) & math.isfinite(arrays.kitchens_max)
    twice = np.flatnonzero(counted | arrays.dines)
    first = k + 2 * n + len(twice)
    capacity_row, link_row, kind_row = n, n + k, n + k + k * n
    ceiling_row = kind_row + kinds
    height = ceiling_row + 1 + 3 * len(twice)
    kitchens, stops = np.arange(k), np.arange(n)
    cooks = np.isfinite(arrays.own)
    rows = _Rows()
    rows.put(stops, k + stops, cooks)
    rows.put(stops, k + n + stops, float(with_unserved))
    rows.put(capacity_row + kitchens, kitchens, -np.minimum(arrays.capacity, float(arrays.meals.sum())))
    rows.put(link_row + np.arange(k * n), np.repeat(kitchens, n), -1.0)
    rows.put(ceiling_row, np.arange(k), 1.0)
    rows.put(ceiling_row, k + stops, cooks)
    pair, pair_row = k + 2 * n + np.arange(len(twice)), ceiling_row + 1 + 3 * np.arange(len(twice))
    rows.put(ceiling_row, pair, -1.0)
    rows.put(pair_row, pair, 1.0)
    rows.put(pair_row, arrays.kitchen_of[twice], -1.0)
    rows.put(pair_row + 1, pair, 1.0)
    rows.put(pair_row + 1, k + twice, -1.0)
    rows.put(pair_row + 2, pair, -1.0)
    rows.put(pair_row + 2, arrays.kitchen_of[twice], 1.0)
    rows.put(pair_row + 2, k + twice, 1.0)
    dines = arrays.dines[twice]
    rows.put(capacity_row + arrays.kitchen_of[twice], pair, np.where(dines, arrays.meals[twice], 0.0))
    for offset, (trip, kind) in enumerate(columns):
        visited = np.array(trip.stops)
        rows.put(capacity_row + trip.kitchen, first + offset, arrays.meals[visited].sum())
        rows.put(kind_row + kind, first + offset, 1.0)
        rows.put(visited, first + offset, 1.0)
        rows.put(link_row + trip.kitchen * n + visited, first + offset, 1.0)
    fixed = np.zeros(kinds) if per_vehicle else arrays.fixed
    cost = [
        arrays.opening,
        np.where(cooks, arrays.own, 0.0),
        _weight(arrays) * arrays.meals * with_unserved,
        -np.where(dines, arrays.own[twice], 0.0),
        np.array([trip.yuan + fixed[kind] for trip, kind in columns]),
    ]
    lower, upper = np.full(height, -math.inf), np.zeros(height)
    lower[:n] = upper[:n] = 1.0
    upper[kind_row:ceiling_row] = math.inf if per_vehicle else arrays.number
    upper[ceiling_row] = arrays.kitchens_max
    upper[pair_row + 2] = 1.0
    return _Model(np.concatenate(cost), rows.matrix(height, first + len(columns)), lower, upper, tuple(columns))


def _pass(model: _Model, *, integer: bool) -> highspy.Highs:
    lp = highspy.HighsLp()
    rows, columns = model.matrix.shape
    lp.num_col_, lp.num_row_ = columns, rows
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.cost, np.zeros(columns), np.ones(columns)
    lp.row_lower_, lp.row_upper_ = model.lower, model.upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    matrix = csc_array(model.matrix)
    matrix.sum_duplicates()
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = matrix.data.astype(float)
    if integer:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(lp)
    return solver


def _relax(model: _Model, seconds: float | None) -> tuple[bool, Floats, float]:
    with quiet_stdout():
        solver = _pass(model, integer=False)
        if seconds is not None and math.isfinite(seconds):
            solver.setOptionValue("time_limit", max(1.0, seconds))
        solver.run()
    done = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return done, np.array(solver.getSolution().col_dual), float(solver.getInfo().objective_function_value)


def _stop_after(solver: highspy.Highs, checks: int) -> None:
    """Stop after so many of the solver's own interrupt checks: a measure of work that no clock changes."""
    seen = [0]

    def count(event: Any) -> None:
        seen[0] += 1
        if seen[0] > checks:
            event.interrupt()

    solver.cbMipInterrupt += count


def _solve(
    model: _Model, *, seconds: float | None, checks: int | None, seed: int, gap: float
) -> tuple[Floats | None, float]:
    with quiet_stdout():
        solver = _pass(model, integer=True)
        if seconds is not None and math.isfinite(seconds):
            solver.setOptionValue("time_limit", max(0.2, seconds))
        if checks is not None:
            _stop_after(solver, checks)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("random_seed", seed % (2**31 - 1))
        solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, -math.inf
    return np.array(solver.getSolution().col_value), float(info.mip_dual_bound)
