"""Odd covers: cuts over an odd number of covering rows, which half-open sites satisfy one by one but not together.

Three rows that ask for one site each, added and halved, ask for one and a half, so for two of whole ones; k rows for
(k + 1) / 2: ``sum_j ceil(k_j / 2) open_j >= (k + 1) / 2``, with k_j the number of the rows that site j stands in. They
are zero-half cuts (Caprara and Fischetti 1996); with three rows often facets (Balas and Ng 1989).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from anyi_geo.locate._rows import Rows, lp_of, scale_of
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Floats, Longs, Mask
from anyi_geo.locate.solver import quiet_stdout

#: Rounds of cuts; larger sets are sought where a round has not so many cuts; one row joins at most so many, of so many
#: sets looked at.
ROUNDS, ENOUGH, A_ROW, LOOKED = 40, 30, 10, 4_000
#: Part of the time left that the rounds may take; they end when the latest raised the bound by so small a part of all.
TIME, LATEST, LITTLE = 0.15, 3, 0.02
#: Rows with at most so much to spare are looked at, the tightest so many; a cut must be violated by so much.
TIGHT, CONSIDERED, VIOLATED = 0.35, 1_200, 0.02
#: Sets grow, so many times, by pairs of rows that share as much as this, the best so many pairs.
GROWTHS, SHARED, PAIRS = 3, 0.1, 8_000
#: So many sets grow on, of about so many that come to least, as a sample of so many tells, and to less than this.
GROWING, HITS, SAMPLE, NEAR = 600, 30_000, 50_000, 1.35
#: Values nearer to 0 than this are 0; cuts with no more to spare stay in the model.
BINDING = 1e-6


@dataclass(frozen=True, eq=False)
class Strengthened:
    """A model with cuts.

    Attributes
    ----------
    rows : Rows
    bound : float
        What its relaxation proves; -inf where the clock stopped it.
    infeasible : bool
        Proven already by the relaxation.
    """

    rows: Rows
    bound: float
    infeasible: bool = False


def strengthened(rows: Rows, watch: Watch) -> Strengthened:
    """Add the odd covers that the relaxation violates, round by round.

    Parameters
    ----------
    rows : Rows
        Its rows that ask for at least 1, with coefficients of 1, are the covering rows. Columns that are not integer
        must be able to rest, in a best solution, on the least value that the integer ones leave them, and that is
        whole.
    """
    scale, until = scale_of(rows.costs), watch.seconds + TIME * watch.left
    covering, total = rows.matrix[_covering(rows)].tocsr(), rows.matrix.shape[0]
    cuts, asked = csr_matrix((0, rows.matrix.shape[1])), np.zeros(0)
    binding = np.zeros(0, dtype=np.bool_)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    bounds: list[float] = []
    with quiet_stdout():
        highs.passModel(lp_of(rows, scale, relaxed=True))
        while True:
            highs.setOptionValue("time_limit", highs.getRunTime() + max(until - watch.seconds, 0.05))
            highs.run()
            if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
                return Strengthened(rows, max(bounds, default=-np.inf), infeasible=True)
            if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break
            solution = highs.getSolution()
            bounds.append(highs.getInfo().objective_function_value / scale + rows.constant)
            binding = np.asarray(solution.row_value)[total:] <= asked + BINDING
            if len(bounds) > ROUNDS or _stalled(bounds) or watch.interrupted or watch.seconds > until:
                break
            more, ask = _odd_covers(covering, np.asarray(solution.col_value))
            if not len(ask):
                break
            _add(highs, more, ask)
            cuts, asked = vstack([cuts, more]).tocsr(), np.concatenate([asked, ask])
    kept = np.flatnonzero(binding)
    return Strengthened(_with(rows, cuts[kept], asked[kept]), max(bounds, default=-np.inf))


def _stalled(bounds: list[float]) -> bool:
    """Tell whether the latest rounds were not worth their time."""
    return len(bounds) > LATEST and bounds[-1] - bounds[-1 - LATEST] < LITTLE * (bounds[-1] - bounds[0])


def _covering(rows: Rows) -> Longs:
    """Return the rows that ask for one of their columns."""
    ones = (rows.row_lower == 1.0) & np.isinf(rows.row_upper)
    row = np.repeat(np.arange(len(ones)), np.diff(rows.matrix.indptr))
    ones[row[rows.matrix.data != 1.0]] = False
    return np.flatnonzero(ones)


def _add(highs: highspy.Highs, cuts: csr_matrix, asked: Floats) -> None:
    highs.addRows(
        len(asked),
        asked,
        np.full(len(asked), highspy.kHighsInf),
        cuts.nnz,
        cuts.indptr[:-1].astype(np.int32),
        cuts.indices.astype(np.int32),
        cuts.data,
    )


def _with(rows: Rows, cuts: csr_matrix, asked: Floats) -> Rows:
    return replace(
        rows,
        matrix=vstack([rows.matrix, cuts]).tocsr(),
        row_lower=np.concatenate([rows.row_lower, asked]),
        row_upper=np.concatenate([rows.row_upper, np.full(len(asked), np.inf)]),
    )


def _odd_covers(covering: csr_matrix, values: Floats) -> tuple[csr_matrix, Floats]:
    """Return the left sides of cuts that `values` violate and what they ask for; no row joins too many of them."""
    spare = covering @ values - 1.0
    tight = np.flatnonzero(spare < TIGHT)
    tight = tight[np.argsort(spare[tight], kind="stable")[:CONSIDERED]]
    open_ = np.flatnonzero(values > BINDING)
    holds, joined = covering[tight][:, open_].toarray() > 0, np.zeros(len(tight), dtype=np.int64)
    chosen: list[Longs] = []
    for sets in _violated(holds, values[open_], np.maximum(spare[tight], 0.0)):
        for own in sets[:LOOKED]:
            if joined[own].max() < A_ROW:
                joined[own] += 1
                chosen.append(tight[own])
        if len(chosen) >= ENOUGH:
            break
    size = np.array([len(own) for own in chosen], dtype=np.int64)
    member = csr_matrix(
        (np.ones(size.sum()), np.concatenate([*chosen, size[:0]]), np.concatenate(([0], np.cumsum(size)))),
        shape=(len(chosen), covering.shape[0]),
    )
    cuts = (member @ covering).tocsr()
    cuts.data = np.ceil(cuts.data / 2.0)
    return cuts, (size + 1) / 2.0


def _violated(holds: Mask, values: Floats, spare: Floats) -> Iterator[NDArray[np.int64]]:
    """Yield sets of three rows, of five and so on whose cut is violated, each time an array (sets, rows), worst first.

    A set lacks nothing when what its rows spare and the values of the columns that stand in an odd number of them come
    to 1 or more; what is missing to 1 is twice the violation. Sets grow by pairs of rows that share columns.

    Parameters
    ----------
    holds : bool array (rows, columns)
        Whether a column stands in a row.
    values, spare : float arrays (columns,), (rows,)
    """
    pairs = np.argwhere(np.triu((holds * values) @ holds.T, 1) > SHARED)
    odd_in_pair = holds[pairs[:, 0]] ^ holds[pairs[:, 1]]
    of_pair = spare[pairs].sum(axis=1) + odd_in_pair @ values
    best = np.argsort(of_pair, kind="stable")[:PAIRS]
    pairs, odd_in_pair, of_pair = pairs[best], odd_in_pair[best], of_pair[best]
    columns = np.ascontiguousarray(odd_in_pair.T, dtype=np.float32)
    sets, odd = np.arange(len(holds))[:, None], holds
    for _ in range(GROWTHS):
        if not len(sets) or not len(pairs):
            return
        # a column odd in set and in pair is even in the two together
        total = (odd * (-2.0 * values)).astype(np.float32) @ columns
        total += of_pair.astype(np.float32)
        total += (spare[sets].sum(axis=1) + odd @ values).astype(np.float32)[:, None]
        old, pair = np.nonzero(total < _threshold(total))
        amount = total[old, pair]
        grown = np.concatenate([sets[old], pairs[pair]], axis=1)
        grown.sort(axis=1)
        order = np.argsort(amount, kind="stable")
        order = order[(np.diff(grown[order], axis=1) > 0).all(axis=1)]
        order = order[np.sort(np.unique(grown[order], axis=0, return_index=True)[1])]
        yield grown[order[amount[order] < 1.0 - 2.0 * VIOLATED]]
        order = order[:GROWING]
        sets, odd = grown[order], odd[old[order]] ^ odd_in_pair[pair[order]]


def _threshold(total: NDArray[np.float32]) -> float:
    """Return below what a set's total must lie: about `HITS` of them do."""
    sample = np.sort(total.ravel()[:: max(1, total.size // SAMPLE)])
    place = HITS * len(sample) // total.size
    return min(NEAR, float(sample[min(place, len(sample) - 1)]))
