"""Shortest ways over other places, arcs that cost nothing included."""

from __future__ import annotations

import numpy as np

from anyi_geo.plan.meals.arrays import Floats


def shortest_ways(arcs: Floats) -> Floats:
    """Return the least sum of arcs from every place to every other, n x n; nothing to itself, inf where no way leads.

    Parameters
    ----------
    arcs : n x n
        From row to column, >= 0; inf = no arc. ``scipy.sparse.csgraph`` would read an arc of 0 as none.
    """
    ways = arcs.astype(float).copy()
    np.fill_diagonal(ways, 0.0)
    for over in range(len(ways)):
        np.minimum(ways, ways[:, over, None] + ways[None, over], out=ways)
    return ways
