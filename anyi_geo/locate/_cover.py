"""The set-covering kernel that set_cover and p_center share: dominance, then a small exact model on arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from anyi_geo.locate._cover_first import ascent, greedy_cover
from anyi_geo.locate._odd_covers import strengthened
from anyi_geo.locate._rows import Answer, Rows, minimise
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Floats, Longs, Mask
from anyi_geo.locate.solver import OPTIMAL_GAP

#: Pairwise comparison of sets is done by one dense product; beyond this many cells it costs more than it saves.
DENSE_CELLS = 9_000_000
#: Multiplications a slow machine does in a second.
PRODUCTS_PER_SECOND = 2e10
#: A bound on a whole number of sites must pass it by so much to count: more than the solver's tolerances.
CLEARLY = 1e-4
#: Part of the time left in which a problem may be solved before cuts are sought.
SOON = 0.02
#: The solver takes in so many entries of a matrix in a second, and does not look at the clock the while.
ENTRIES_PER_SECOND = 5e5


@dataclass(frozen=True, eq=False)
class Cover:
    """A covering problem: choose columns of least cost so that every row holds `need` of them.

    Attributes
    ----------
    matrix : csr_matrix of ones (rows x columns)
    costs : float array (columns,)
    need : int array (rows,)
    """

    matrix: csr_matrix
    costs: Floats
    need: Longs


@dataclass(frozen=True, eq=False)
class Reduced:
    """What dominance leaves.

    Attributes
    ----------
    rows, columns : int arrays
        What is left of the original rows and columns; dropping the rest changes no optimum.
    """

    rows: Longs
    columns: Longs


def dominance(cover: Cover, watch: Watch) -> Reduced:
    """Drop rows that another row implies and columns that another column replaces, until nothing changes.

    Row i goes when another row's columns all lie in row i's and it needs at least as many of them. Column j goes when
    another column covers all that j covers for no more cost; only while no row needs more than one, since a twice
    covered row may want both. Of equals the first stays.
    """
    rows, columns = np.arange(cover.matrix.shape[0]), np.arange(cover.matrix.shape[1])
    rows = rows[cover.need > 0]
    while len(rows) * len(columns) <= DENSE_CELLS and len(rows) and _affordable(len(rows), len(columns), watch):
        before = len(rows), len(columns)
        part = cover.matrix[rows][:, columns].toarray().astype(np.float32)
        rows = rows[~_implied(part, cover.need[rows])]
        if cover.need[rows].max(initial=0) <= 1:
            part = cover.matrix[rows][:, columns].toarray().astype(np.float32)
            columns = columns[~_replaced(part, cover.costs[columns])]
        if (len(rows), len(columns)) == before:
            break
    return Reduced(rows, columns)


def _affordable(rows: int, columns: int, watch: Watch) -> bool:
    """Tell whether both products take no more than a small part of the time left."""
    return float(rows) * columns * (rows + columns) / PRODUCTS_PER_SECOND < 0.2 * watch.left


def _implied(part: NDArray[np.float32], need: Longs) -> Mask:
    size = part.sum(axis=1)
    inside = (part @ part.T) >= size[None, :] - 0.5  # [i, k]: the columns of k all lie in those of i
    inside &= need[:, None] <= need[None, :]
    return _drop_but_first(inside)


def _replaced(part: NDArray[np.float32], costs: Floats) -> Mask:
    size = part.sum(axis=0)
    inside = (part.T @ part) >= size[:, None] - 0.5  # [j, k]: what j covers, k covers too
    inside &= costs[None, :] <= costs[:, None]
    return _drop_but_first(inside)


def replaced(matrix: csr_matrix, costs: Floats, usable: Mask) -> Mask:
    """Mark the usable columns that another usable one stands in for at no more cost; none where it would cost more.

    Only where no row asks for more than one, and no capacity holds.
    """
    marked = np.zeros(matrix.shape[1], dtype=np.bool_)
    columns = np.flatnonzero(usable)
    if matrix.shape[0] * len(columns) <= DENSE_CELLS and len(columns):
        part = matrix[:, columns].toarray().astype(np.float32)
        marked[columns] = _replaced(part, costs[columns])
    return marked


def _drop_but_first(inside: Mask) -> Mask:
    """Mark every element that another one stands in for; of a pair that stand in for each other, the later."""
    both = inside & inside.T
    later = np.tril(both, k=-1)
    return np.asarray(((inside & ~both) | later).any(axis=1), dtype=np.bool_)


def solve_cover(cover: Cover, watch: Watch, *, gap: float = 0.0, most: float | None = None) -> Answer:
    """Choose columns of least cost.

    Parameters
    ----------
    most : float, optional
        Only whether a choice of at most this many columns exists is asked: stop at the first, or at the proof.

    Returns
    -------
    Answer
        `values` over all columns.
    """
    left = dominance(cover, watch)
    width = cover.matrix.shape[1]
    if len(left.rows) == 0:
        return Answer(np.zeros(width), 0.0, 0.0, infeasible=False)
    part = csr_matrix(cover.matrix[left.rows][:, left.columns], dtype=np.float64)
    costs, need = cover.costs[left.columns], cover.need[left.rows]
    chosen, least = greedy_cover(part, costs, need), ascent(part, costs, need)
    if chosen is None:
        return Answer(None, np.inf, np.inf, infeasible=True)
    spent = float(costs @ chosen)
    known = spent - least <= gap * spent if most is None else spent <= most or least > most + CLEARLY
    if not known:
        answer = _solved(_rows(part, costs, need), watch, gap, most)
        least = max(least, answer.bound)
        if answer.values is not None and answer.objective <= spent:
            chosen = (answer.values > 0.5).astype(np.float64)
    values = np.zeros(width)
    values[left.columns] = chosen
    return Answer(values, float(cover.costs @ values), least, infeasible=False)


def _rows(matrix: csr_matrix, costs: Floats, need: Longs) -> Rows:
    return Rows(
        costs=costs,
        upper=np.ones(len(costs)),
        integer=np.ones(len(costs), dtype=np.bool_),
        matrix=matrix,
        row_lower=need.astype(np.float64),
        row_upper=np.full(len(need), np.inf),
    )


def _solved(rows: Rows, watch: Watch, gap: float, most: float | None) -> Answer:
    """Solve as it stands where that is soon done, else with cuts."""
    entries = rows.matrix.nnz / ENTRIES_PER_SECOND
    if entries > watch.left:
        return Answer(None, np.inf, -np.inf, infeasible=False)
    if entries > SOON * watch.left:
        return minimise(rows, watch, gap=gap, target=most)
    if most is not None:
        relaxed = minimise(rows, watch, relaxed=True)
        if relaxed.bound > most + CLEARLY:
            return Answer(None, np.inf, relaxed.bound, infeasible=False)  # its values are no plan
    first = minimise(rows, watch, gap=gap, target=most, seconds=SOON * watch.left)
    if _settled(first, gap, most) or watch.over:
        return first
    cut = strengthened(rows, watch)
    if most is not None and cut.bound > most + CLEARLY:
        return replace(first, bound=cut.bound)
    then = minimise(cut.rows, watch, gap=gap, target=most)
    return replace(min(first, then, key=lambda answer: answer.objective), bound=max(first.bound, cut.bound, then.bound))


def _settled(answer: Answer, gap: float, most: float | None) -> bool:
    """Tell whether nothing more is asked."""
    if most is not None:
        return answer.objective <= most + CLEARLY or answer.bound > most + CLEARLY
    return answer.objective - answer.bound <= max(gap, OPTIMAL_GAP) * abs(answer.objective)
