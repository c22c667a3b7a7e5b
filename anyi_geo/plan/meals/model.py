"""The set partitioning model as arrays: columns for kitchens, own kitchens, unserved stops and rounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array

from anyi_geo.plan.meals.arrays import Arrays, Floats, Ints
from anyi_geo.plan.meals.pool import Trip


@dataclass(frozen=True, eq=False)
class Model:
    """Columns in order: kitchens, own kitchens, unserved stops, places that cook twice, rounds with their type."""

    cost: Floats
    matrix: csc_array
    lower: Floats
    upper: Floats
    trips: tuple[tuple[Trip, int], ...]


def unserved_weight(arrays: Arrays) -> float:
    """Return yuan per unserved meal: more than any plan may cost, so that unserved meals come first."""
    parts = (arrays.cost_out, arrays.cost, arrays.cost_back, arrays.handing, arrays.fixed, arrays.opening, arrays.own)
    dear = sum(float(np.max(part[np.isfinite(part)], initial=0.0)) for part in parts)
    return 1.0 + 2.0 * dear * max(1, arrays.n)


def _columns(arrays: Arrays, trips: Sequence[Trip], *, per_vehicle: bool) -> list[tuple[Trip, int]]:
    """Return (trip, type): the cheapest type without a number, and every cheaper one that has a number."""
    order = np.lexsort((arrays.holds, arrays.fixed))
    columns = []
    for trip in trips:
        load = arrays.meals[list(trip.stops)].sum()
        for kind in order.tolist():
            if load <= arrays.holds[kind] and arrays.number[kind] >= 1 and arrays.way_of[kind] == trip.way:
                columns.append((trip, kind))
                if per_vehicle or math.isinf(arrays.number[kind]) or arrays.number[kind] >= arrays.n:
                    break
    return columns


def cooking_twice(arrays: Arrays) -> Ints:
    """Return the stops whose own kitchen at a kitchen's place matters to the ceiling or to what they pay, in order."""
    counted = (arrays.kitchen_of >= 0) & np.isfinite(arrays.own) & math.isfinite(arrays.kitchens_max)
    return np.flatnonzero(counted | arrays.dines)


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


def build(
    arrays: Arrays,
    trips: Sequence[Trip],
    *,
    with_unserved: bool,
    per_vehicle: bool,
    unserved_yuan: float | None = None,
    unserved_meals: float = math.inf,
    grows: bool = False,
) -> Model:
    """Return the model of `partition` over some rounds; rows (2) to (6) in order, the unserved meals, then (7).

    Parameters
    ----------
    arrays, trips
        The problem and its rounds.
    with_unserved : bool
        Whether stops may stay unserved at all.
    per_vehicle : bool
        Chained rounds: fixed costs and numbers count vehicles, which the model leaves out.
    unserved_yuan : float, optional
        Price of an unserved meal; without, so high that unserved meals come first.
    unserved_meals : float
        Meals that may stay unserved.
    grows : bool
        Rounds are added later: the model is without (7), which holds only once all are there.
    """
    n, k, kinds = arrays.n, arrays.k, len(arrays.fixed)
    columns = _columns(arrays, trips, per_vehicle=per_vehicle)
    twice = cooking_twice(arrays)
    first = k + 2 * n + len(twice)
    capacity_row, link_row, kind_row = n, n + k, n + k + k * n
    ceiling_row = kind_row + kinds
    unserved_row = ceiling_row + 1 + 3 * len(twice)
    hosts = np.zeros(0, np.int64) if grows else np.unique(arrays.kitchen_of[arrays.dines])
    height = unserved_row + 1 + len(hosts)
    stops, cooks = np.arange(n), np.isfinite(arrays.own)
    rows = _Rows()
    rows.put(stops, k + stops, cooks)
    rows.put(stops, k + n + stops, float(with_unserved))
    rows.put(capacity_row + np.arange(k), np.arange(k), -np.minimum(arrays.capacity, float(arrays.meals.sum())))
    rows.put(link_row + np.arange(k * n), np.repeat(np.arange(k), n), -1.0)
    rows.put(ceiling_row, np.arange(k), 1.0)
    rows.put(ceiling_row, k + stops, cooks)
    _put_twice(arrays, rows, twice, ceiling_row)
    rows.put(unserved_row, k + n + stops, arrays.meals)
    visits = np.array([len(trip.stops) for trip, _ in columns], dtype=np.int64)
    visited = np.array([stop for trip, _ in columns for stop in trip.stops], dtype=np.int64)
    kitchen = np.array([trip.kitchen for trip, _ in columns], dtype=np.int64)
    kind = np.array([kind for _, kind in columns], dtype=np.int64)
    at = first + np.arange(len(columns))
    rows.put(np.repeat(capacity_row + kitchen, visits), np.repeat(at, visits), arrays.meals[visited])
    rows.put(kind_row + kind, at, 1.0)
    rows.put(visited, np.repeat(at, visits), 1.0)
    rows.put(link_row + np.repeat(kitchen, visits) * n + visited, np.repeat(at, visits), 1.0)
    rows.put(unserved_row + 1 + np.arange(len(hosts)), hosts, 1.0)
    sends = np.flatnonzero(np.isin(kitchen, hosts))
    rows.put(unserved_row + 1 + np.searchsorted(hosts, kitchen[sends]), at[sends], -1.0)
    price = unserved_weight(arrays) if unserved_yuan is None else unserved_yuan
    fixed = np.zeros(kinds) if per_vehicle else arrays.fixed
    cost = [
        arrays.opening,
        np.where(cooks, arrays.own, 0.0),
        price * arrays.meals * with_unserved,
        -np.where(arrays.dines[twice], arrays.own[twice], 0.0),
        np.array([trip.yuan for trip, _ in columns]) + fixed[kind],
    ]
    lower, upper = np.full(height, -math.inf), np.zeros(height)
    lower[:n] = upper[:n] = 1.0
    upper[kind_row:ceiling_row] = math.inf if per_vehicle else arrays.number
    upper[ceiling_row] = arrays.kitchens_max
    upper[ceiling_row + 3 :: 3][: len(twice)] = 1.0
    upper[unserved_row] = unserved_meals
    return Model(np.concatenate(cost), rows.matrix(height, first + len(columns)), lower, upper, tuple(columns))


def _put_twice(arrays: Arrays, rows: _Rows, twice: Ints, ceiling_row: int) -> None:
    """Add b = o y for own kitchens at a kitchen's place: b <= y, b <= o, b >= o + y - 1, and where b counts."""
    k, kitchen = arrays.k, arrays.kitchen_of[twice]
    pair, row = k + 2 * arrays.n + np.arange(len(twice)), ceiling_row + 1 + 3 * np.arange(len(twice))
    rows.put(ceiling_row, pair, -1.0)
    rows.put(row, pair, 1.0)
    rows.put(row, kitchen, -1.0)
    rows.put(row + 1, pair, 1.0)
    rows.put(row + 1, k + twice, -1.0)
    rows.put(row + 2, pair, -1.0)
    rows.put(row + 2, kitchen, 1.0)
    rows.put(row + 2, k + twice, 1.0)
    rows.put(arrays.n + kitchen, pair, np.where(arrays.dines[twice], arrays.meals[twice], 0.0))


def solver_of(model: Model, *, integer: bool) -> highspy.Highs:
    """Return HiGHS with the model loaded, silent, on one thread."""
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


def stop_after(solver: highspy.Highs, checks: int) -> None:
    """Stop after so many of the solver's own interrupt checks: a measure of work that no clock changes."""
    seen = [0]

    def count(event: Any) -> None:
        seen[0] += 1
        if seen[0] > checks:
            event.interrupt()

    solver.cbMipInterrupt += count
