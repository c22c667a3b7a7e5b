"""Least-cost roads on the grid: a new road prefers cells that carry one already, so junctions are shared."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import Delaunay, cKDTree

from county_builder.grid import Grid, move_graph, passed, way_back

_BESIDE_A_ROAD = 1.5  # a road beside a road is dearer than on it: few parallels
_ATTACH_REUSE = 0.3


@dataclass(eq=False)
class RoadCanvas:
    """Steps between neighbouring cells on which roads have been drawn.

    Attributes
    ----------
    grid : Grid
    cost, trunk_cost : ndarray
        Cost of a cell to village roads, and to trunk roads (which dislike slopes and heights); inf is closed.
    road : ndarray of bool
        Cells that carry a road.
    steps : dict
        (cell, cell), smaller first, to the stage that drew it.
    """

    grid: Grid
    cost: np.ndarray
    trunk_cost: np.ndarray
    road: np.ndarray
    steps: dict[tuple[int, int], int] = field(default_factory=dict)

    def connect(self, start: int, end: int, stage: int, reuse: float, *, trunk: bool = False) -> None:
        """Draw the cheapest way between two cells, within a window about both."""
        width = self.grid.shape[1]
        (r1, c1), (r2, c2) = divmod(int(start), width), divmod(int(end), width)
        pad = int(10 + 0.4 * np.hypot(r1 - r2, c1 - c2))
        top, left = max(0, min(r1, r2) - pad), max(0, min(c1, c2) - pad)
        window = (slice(top, max(r1, r2) + pad), slice(left, max(c1, c2) + pad))
        cost = self._price((self.trunk_cost if trunk else self.cost)[window], self.road[window], reuse)
        wide = cost.shape[1]
        first, last = (r1 - top) * wide + c1 - left, (r2 - top) * wide + c2 - left
        _, back = dijkstra(move_graph(cost), indices=first, return_predecessors=True)
        way = way_back(back, last)
        if way[-1] == first:
            self.lay([(k // wide + top) * width + k % wide + left for k in way], stage)

    def attach(self, targets: np.ndarray, stage: int) -> None:
        """Draw all targets at once as one shortest-path forest that grows out of the existing roads."""
        cost = self._price(self.cost, self.road, _ATTACH_REUSE)
        roots = np.flatnonzero(self.road)
        _, back, _ = dijkstra(move_graph(cost), indices=roots, return_predecessors=True, min_only=True)
        for target in targets:
            self.lay(way_back(back, target), stage)

    def join(self, stage: int) -> None:
        """Draw the cheapest ways that make all roads one network, from the part that was drawn first."""
        while True:
            cells, part = self._parts()
            apart = cells[part != part[np.searchsorted(cells, next(iter(self.steps))[0])]]
            if not len(apart):
                return
            home = np.setdiff1d(cells, apart)
            cost = self._price(self.cost, self.road, _ATTACH_REUSE)
            away, back, _ = dijkstra(move_graph(cost), indices=home, return_predecessors=True, min_only=True)
            self.lay(way_back(back, apart[np.argmin(away[apart])]), stage)

    def _parts(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the cells with roads and the number of the connected part that each belongs to."""
        pairs = np.array(list(self.steps))
        cells, ends = np.unique(pairs, return_inverse=True)
        ends = ends.reshape(-1, 2)
        links = sparse.coo_matrix((np.ones(len(ends)), ends.T), shape=(len(cells), len(cells)))
        return cells, connected_components(links, directed=False)[1]

    def lay(self, way: list[int], stage: int) -> None:
        """Draw a way of cells; a diagonal never crosses an older diagonal without a junction."""
        width = self.grid.shape[1]
        cells = self._whole_steps(way)
        steps = []
        for a, b in pairwise(cells):
            (ra, ca), (rb, cb) = divmod(a, width), divmod(b, width)
            corner, other = ra * width + cb, rb * width + ca
            diagonal = ra != rb and ca != cb
            crossed = diagonal and (min(corner, other), max(corner, other)) in self.steps
            steps += [(a, corner), (corner, b)] if crossed else [(a, b)]
        for a, b in steps:
            self.steps.setdefault((min(a, b), max(a, b)), stage)
            self.road.ravel()[[a, b]] = True

    def _whole_steps(self, way: list[int]) -> list[int]:
        """Turn each knight move into two steps, over the cheaper cell between."""
        width, cells = self.grid.shape[1], [int(way[0])]
        for a, b in pairwise(way):
            (ra, ca), (rb, cb) = divmod(int(a), width), divmod(int(b), width)
            sign = -1 if rb < ra else 1
            between = [(ra + sign * r, ca + sign * c) for r, c in passed(abs(rb - ra), sign * (cb - ca))]
            if between:
                r, c = min(between, key=lambda cell: self.cost[cell] * (0.1 if self.road[cell] else 1))
                cells.append(r * width + c)
            cells.append(int(b))
        return cells

    @staticmethod
    def _price(cost: np.ndarray, road: np.ndarray, reuse: float) -> np.ndarray:
        beside = ndimage.binary_dilation(road, iterations=2)
        return cost * np.where(road, reuse, np.where(beside, _BESIDE_A_ROAD, 1.0))


def gabriel(xy: np.ndarray) -> list[tuple[int, int, float]]:
    """Return the pairs of the Gabriel graph (no third point in the circle over the pair), shortest first."""
    triangles = Delaunay(xy).simplices
    pairs = {tuple(sorted((int(t[i]), int(t[j])))) for t in triangles for i, j in ((0, 1), (1, 2), (0, 2))}
    tree, kept = cKDTree(xy), []
    for a, b in sorted(pairs):
        middle, radius = (xy[a] + xy[b]) / 2, np.hypot(*(xy[a] - xy[b])) / 2
        if set(tree.query_ball_point(middle, radius * (1 - 1e-9))) <= {a, b}:
            kept.append((a, b, 2 * radius))
    return sorted(kept, key=lambda pair: pair[2])
