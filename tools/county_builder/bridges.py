"""Pieces of road; bridges as pieces of their own, from bank to bank, so that a river can be closed at one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
import shapely.ops

from county_builder.terrain import Land

_ABUTMENT_M = 20.0
_SHORTEST_M = 15.0
#: A road's way over the water ends within this distance of the middle of the river.
_SPAN_M = 165.0


@dataclass(frozen=True, eq=False)
class Piece:
    """A road between two nodes, with the stage that drew it."""

    start: int
    end: int
    stage: int
    line: shapely.LineString


def split(piece: Piece, at: list[float], nodes: list[int], xy: np.ndarray) -> list[Piece]:
    """Cut a piece at distances along it (ascending) and join the cuts to the given nodes, exactly."""
    marks = [0.0, *at, piece.line.length]
    ids = [piece.start, *nodes, piece.end]
    parts = []
    for k in range(len(marks) - 1):
        coords = shapely.get_coordinates(shapely.ops.substring(piece.line, marks[k], marks[k + 1]))
        if k > 0:
            coords[0] = xy[ids[k]]
        if k < len(marks) - 2:
            coords[-1] = xy[ids[k + 1]]
        parts.append(Piece(ids[k], ids[k + 1], piece.stage, shapely.LineString(coords)))
    return parts


def banked(xy: np.ndarray, ends: np.ndarray, land: Land) -> np.ndarray:
    """Move nodes of roads that run along in the water to the nearest bank; ways across stay.

    Parameters
    ----------
    xy : ndarray, shape (nodes, 2)
    ends : ndarray of int, shape (steps, 2)
        The steps between nodes.
    land : Land
    """
    water, middle = land.water(_ABUTMENT_M), river_lines(land)
    shapely.prepare([water, middle])
    points = shapely.points(xy)
    steps = shapely.linestrings(xy[ends])
    crossing = steps[shapely.intersects(middle, steps)]
    spans = shapely.union_all(shapely.intersection(crossing, middle)).buffer(_SPAN_M)
    stray = np.flatnonzero(shapely.intersects(water, points) & ~shapely.intersects(spans, points))
    bank = shapely.get_coordinates(shapely.shortest_line(points[stray], shapely.boundary(water))).reshape(-1, 2, 2)
    moved = xy.copy()
    moved[stray] = bank[:, 1]
    return moved


def cut_bridges(pieces: list[Piece], xy: np.ndarray, land: Land) -> tuple[list[Piece], np.ndarray]:
    """Cut every piece that crosses a river's centre line at both banks."""
    middle = river_lines(land)
    water = land.water(_ABUTMENT_M)
    shapely.prepare([middle, water])
    done: list[Piece] = []
    for piece in pieces:
        if not middle.intersects(piece.line):
            done.append(piece)
            continue
        at = _banks(piece.line, water, middle)
        first = len(xy)
        if at:
            xy = np.vstack([xy, shapely.get_coordinates(shapely.line_interpolate_point(piece.line, at))])
        done += split(piece, at, list(range(first, first + len(at))), xy)
    return done, xy


def river_lines(land: Land) -> shapely.Geometry:
    """Return the centre lines of the rivers as one geometry."""
    return shapely.union_all([river.line for river in land.rivers])


def _banks(line: shapely.LineString, water: shapely.Geometry, middle: shapely.Geometry) -> list[float]:
    """Return the distances along a line at which its bridges begin and end, apart from the line's own ends."""
    marks: list[float] = []
    for part in shapely.get_parts(shapely.intersection(line, water)):
        if part.length > 0 and part.intersects(middle):
            ends = shapely.get_coordinates(part)[[0, -1]]
            marks += sorted(float(d) for d in shapely.line_locate_point(line, shapely.points(ends)))
    kept: list[float] = []
    for mark in sorted(marks):
        if min(mark, line.length - mark, mark - kept[-1] if kept else np.inf) > _SHORTEST_M:
            kept.append(mark)
    return kept
