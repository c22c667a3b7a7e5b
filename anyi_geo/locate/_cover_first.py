"""What is known of a covering problem before it is solved: a greedy choice, and prices that bound every choice."""

from __future__ import annotations

import heapq

import numpy as np
from scipy.sparse import csr_matrix

from anyi_geo.locate.problem import Floats, Longs


def greedy_cover(matrix: csr_matrix, costs: Floats, need: Longs) -> Floats | None:
    """Cover greedily, most rows per cost first (Chvatal 1979); None where the columns do not suffice.

    What a column covers only falls while others are chosen, so that a stale one is recounted only when it comes first.
    """
    values, left = np.zeros(matrix.shape[1]), need.astype(np.int64).copy()
    columns, price = matrix.tocsc(), np.maximum(costs, 1e-12)

    def covers(column: int) -> Longs:
        own = columns.indices[columns.indptr[column] : columns.indptr[column + 1]]
        return np.asarray(own[left[own] > 0])

    heap = [(-len(covers(j)) / price[j], j) for j in range(matrix.shape[1])]
    heapq.heapify(heap)
    missing = int((left > 0).sum())
    while missing:
        if not heap:
            return None
        _, best = heapq.heappop(heap)
        more = covers(best)
        if len(more) == 0:
            continue
        if heap and -len(more) / price[best] > heap[0][0]:
            heapq.heappush(heap, (-len(more) / price[best], best))
            continue
        values[best] = 1
        left[more] -= 1
        missing -= int((left[more] == 0).sum())
    return values


def ascent(matrix: csr_matrix, costs: Floats, need: Longs) -> float:
    """Return a lower bound on the cost of every cover: prices of the rows that no column's rows together exceed.

    Dual ascent: rows with few columns first, each takes what its cheapest column has left (Balas and Ho 1980).
    """
    slack, bound = costs.astype(np.float64).copy(), 0.0
    start, column = matrix.indptr, matrix.indices
    for row in np.argsort(np.diff(start), kind="stable").tolist():
        own = column[start[row] : start[row + 1]]
        if need[row] > 0 and len(own):
            price = slack[own].min()
            slack[own] -= price
            bound += need[row] * price
    return float(bound)
