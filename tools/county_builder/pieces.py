"""From grid steps to bent road pieces: smoothing, chains between junctions, junctions at new crossings."""

from __future__ import annotations

import numpy as np
import shapely
from scipy import ndimage, sparse
from scipy.sparse.csgraph import connected_components

from county_builder.bridges import Piece, banked, split
from county_builder.grid import CELL_M, Grid, stream
from county_builder.roads import COUNTY, LINK
from county_builder.terrain import Land

Steps = dict[tuple[int, int], int]
#: Pull of each stage on its nodes while they relax: a big road is smoothed, a small one gives way.
_STIFFNESS = np.array([60, 30, 15, 5, 1, 1.0])
_TURNS = 14
_WARP_M = 60.0
_STUB_M = 1.0


def road_pieces(land: Land, steps: Steps, seed: int) -> tuple[list[Piece], np.ndarray]:
    """Return the pieces of the road network and the position of every node, metres."""
    ends, stage, xy = _smoothed(land.grid, steps, seed)
    xy = banked(xy, ends, land)
    pieces = []
    for way, own in _chains(ends, stage, len(xy)):
        pieces.append(Piece(way[0], way[-1], own, shapely.simplify(shapely.LineString(xy[way]), 5.0)))
    pieces, xy = _join_crossings(pieces, xy)
    return _without_stubs(pieces, xy), xy


def _smoothed(grid: Grid, steps: Steps, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Relax every grid node towards its neighbours, big roads more, dead ends fixed; then warp the whole gently."""
    pairs = np.array(sorted(steps))
    stage = np.array([steps[a, b] for a, b in pairs.tolist()])
    cells, flat = np.unique(pairs, return_inverse=True)
    ends, count = flat.reshape(-1, 2), len(cells)
    xy = grid.centres(cells) + stream(seed, 9).normal(0, 14, (count, 2))
    biggest = np.full(count, 9)
    np.minimum.at(biggest, ends[:, 0], stage)
    np.minimum.at(biggest, ends[:, 1], stage)
    degree = np.bincount(ends.ravel(), minlength=count)
    pull = _STIFFNESS[stage]
    a, b = ends.T
    weights = sparse.coo_matrix((np.r_[pull, pull], (np.r_[a, b], np.r_[b, a])), shape=(count, count)).tocsr()
    weights = sparse.diags(1 / np.maximum(np.asarray(weights.sum(1)).ravel(), 1e-9)) @ weights
    for turn in range(_TURNS):
        moves = (degree > 1) & ((turn < 3) | (biggest <= COUNTY) | ((biggest == LINK) & (turn < 6)))
        xy = np.where(moves[:, None], 0.45 * xy + 0.55 * (weights @ xy), xy)
    return ends, stage, xy + _warp(grid, xy, seed)


def _warp(grid: Grid, xy: np.ndarray, seed: int) -> np.ndarray:
    """Return a smooth shift of the plane: it hides the grid and, being smooth, makes no new crossings."""
    at = [(grid.north - xy[:, 1]) / CELL_M - 0.5, (xy[:, 0] - grid.west) / CELL_M - 0.5]
    shift = []
    for stage in (14, 15):
        noise = ndimage.gaussian_filter(stream(seed, stage).normal(size=grid.shape), 4)
        shift.append(ndimage.map_coordinates(noise / noise.std(), at, order=1))
    return _WARP_M * np.clip(np.column_stack(shift), -2, 2)


def _chains(ends: np.ndarray, stage: np.ndarray, count: int) -> list[tuple[list[int], int]]:
    """Cut the graph of steps at junctions and where the stage changes; a step belongs to exactly one chain."""
    touching: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for k, (a, b) in enumerate(ends.tolist()):
        touching[a].append((b, k))
        touching[b].append((a, k))
    stops = [len(t) != 2 or stage[t[0][1]] != stage[t[1][1]] for t in touching]
    used, chains = np.zeros(len(ends), bool), []
    starts = [n for n in range(count) if touching[n] and stops[n]]
    for start in starts + [n for n in range(count) if touching[n]]:  # rings without a junction come last
        for node, step in touching[start]:
            if used[step]:
                continue
            way, used[step] = [start, node], True
            while not stops[way[-1]] and way[-1] != start:
                onward = [(n, k) for n, k in touching[way[-1]] if not used[k]]
                if not onward:
                    break
                way.append(onward[0][0])
                used[onward[0][1]] = True
            chains.append((way, int(stage[step])))
    return chains


def _join_crossings(pieces: list[Piece], xy: np.ndarray) -> tuple[list[Piece], np.ndarray]:
    """Make a junction wherever two pieces cross without one; each piece is cut once a turn."""
    for _ in range(12):
        lines = [piece.line for piece in pieces]
        a, b = shapely.STRtree(lines).query(lines, predicate="crosses")
        busy: set[int] = set()
        cut: list[Piece] = []
        for i, j in sorted({(min(pair), max(pair)) for pair in zip(a.tolist(), b.tolist(), strict=True)}):
            if i in busy or j in busy:
                continue
            busy |= {i, j}
            place = shapely.get_coordinates(shapely.intersection(lines[i], lines[j]))[0]
            xy = np.vstack([xy, place])
            for k in (i, j):
                # A crossing at the very end would leave a line of one point.
                share = np.clip(lines[k].project(shapely.Point(place), normalized=True), 0.02, 0.98)
                cut += split(pieces[k], [share * lines[k].length], [len(xy) - 1], xy)
        pieces = [p for k, p in enumerate(pieces) if k not in busy] + cut
        if not busy:
            break
    return pieces, xy


def _without_stubs(pieces: list[Piece], xy: np.ndarray) -> list[Piece]:
    """Contract pieces shorter than a metre to a point; dropping them could cut the network in two."""
    stubs = [(p.start, p.end) for p in pieces if p.line.length < _STUB_M]
    if not stubs:
        return pieces
    links = sparse.coo_matrix((np.ones(len(stubs)), np.transpose(stubs)), shape=(len(xy), len(xy)))
    _, part = connected_components(links, directed=False)
    first = np.unique(part, return_index=True)[1][part]
    kept = []
    for piece in pieces:
        if piece.line.length >= _STUB_M:
            start, end = int(first[piece.start]), int(first[piece.end])
            coords = shapely.get_coordinates(piece.line)
            coords[0], coords[-1] = xy[start], xy[end]
            kept.append(Piece(start, end, piece.stage, shapely.LineString(coords)))
    return kept
