"""Set partitioning over the pooled rounds: the best plan that can be put together from everything seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csc_array

from anyi_geo.locate.solver import quiet_stdout
from anyi_geo.plan.meals.arrays import Arrays, Floats
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
    nodes: int | None,
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
    values, bound = _solve(kept, seconds=seconds, nodes=nodes, seed=seed, gap=gap)
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


def _build(arrays: Arrays, trips: Sequence[Trip], *, with_unserved: bool, per_vehicle: bool) -> _Model:
    n, k, kinds = arrays.n, arrays.k, len(arrays.fixed)
    columns = _columns(arrays, trips, per_vehicle=per_vehicle)
    first = k + 2 * n
    capacity_row, link_row, kind_row = n, n + k, n + k + k * n
    cap_row = kind_row + kinds
    share_row = cap_row + 1
    rows, cols, values = [], [], []

    def put(row: int, column: int, value: float) -> None:
        rows.append(row)
        cols.append(column)
        values.append(value)

    roomy = np.minimum(arrays.capacity, float(arrays.meals.sum()))
    for kitchen in range(k):
        put(capacity_row + kitchen, kitchen, -float(roomy[kitchen]))
        put(cap_row, kitchen, 1.0)
        for stop in range(n):
            put(link_row + kitchen * n + stop, kitchen, -1.0)
    for stop in range(n):
        put(stop, k + stop, 1.0)
        put(stop, k + n + stop, 1.0)
        put(cap_row, k + stop, 1.0)
    fixed = np.zeros(kinds) if per_vehicle else arrays.fixed
    for offset, (trip, kind) in enumerate(columns):
        column = first + offset
        put(capacity_row + trip.kitchen, column, float(arrays.meals[list(trip.stops)].sum()))
        put(kind_row + kind, column, 1.0)
        for stop in trip.stops:
            put(stop, column, 1.0)
            put(link_row + trip.kitchen * n + stop, column, 1.0)
    # A stop at the place of an opened kitchen counts once in (6): one own kitchen there is given back by a pair row.
    pairs = [(stop, int(kitchen)) for stop, kitchen in enumerate(arrays.kitchen_of) if kitchen >= 0]
    total = first + len(columns)
    shared = []
    if math.isfinite(arrays.kitchens_max):
        for offset, (stop, kitchen) in enumerate(pairs):
            put(cap_row, total + offset, -1.0)
            put(share_row + 2 * offset, total + offset, 1.0)
            put(share_row + 2 * offset, kitchen, -1.0)
            put(share_row + 2 * offset + 1, total + offset, 1.0)
            put(share_row + 2 * offset + 1, k + stop, -1.0)
            shared.append(total + offset)
    unserved = _weight(arrays) * arrays.meals
    cost = np.concatenate(
        [
            arrays.opening,
            np.where(np.isfinite(arrays.own), arrays.own, 0.0),
            unserved,
            [trip.yuan + fixed[kind] for trip, kind in columns],
        ]
    )
    height = share_row + 2 * len(shared)
    matrix = csc_array((values, (rows, cols)), shape=(height, total + len(shared)))
    # Shared columns move in front of the trips, so that the trips stay last.
    order = np.concatenate([np.arange(first), total + np.arange(len(shared)), first + np.arange(len(columns))]).astype(
        int
    )
    lower, upper = np.full(height, -math.inf), np.zeros(height)
    lower[:n] = upper[:n] = 1.0
    upper[kind_row:cap_row] = math.inf if per_vehicle else arrays.number
    upper[cap_row] = arrays.kitchens_max
    matrix = matrix[:, order]
    cost = np.concatenate([cost[:first], np.zeros(len(shared)), cost[first:]])
    barred = np.zeros(len(cost), dtype=bool)
    barred[k : k + n] = ~np.isfinite(arrays.own)
    if not with_unserved:
        barred[k + n : first] = True
    keep = ~barred
    return _Model(cost, _barred(matrix, keep), lower, upper, tuple(columns))


def _barred(matrix: csc_array, keep: np.ndarray) -> csc_array:
    """Return the matrix with barred columns emptied: they then help no row and cost nothing."""
    diagonal = csc_array((keep.astype(float), (np.arange(len(keep)), np.arange(len(keep)))), shape=(len(keep),) * 2)
    return csc_array(matrix @ diagonal)


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


def _solve(
    model: _Model, *, seconds: float | None, nodes: int | None, seed: int, gap: float
) -> tuple[Floats | None, float]:
    with quiet_stdout():
        solver = _pass(model, integer=True)
        if seconds is not None and math.isfinite(seconds):
            solver.setOptionValue("time_limit", max(0.2, seconds))
        if nodes is not None:
            solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("random_seed", seed % (2**31 - 1))
        solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, -math.inf
    return np.array(solver.getSolution().col_value), float(info.mip_dual_bound)
