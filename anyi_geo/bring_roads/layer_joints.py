"""Ends of drawn lines that lie on another line without a common point: joined, for a road that ends on a road meets it.

OpenStreetMap needs none of this: its ways share nodes. Lines that merely cross stay apart, as a bridge does.
"""

from __future__ import annotations

import numpy as np
import shapely

#: Degrees, about a metre: what an unsteady hand misses; a gap that is wider is a gap.
_REACH = 1e-5
#: Degrees, a centimetre: the same point.
_SAME = 1e-7


def join_ends(lines: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the lines with a vertex wherever another line ends on them, and how many such ends there were.

    Parameters
    ----------
    lines : ndarray of LineString
        Degrees.
    """
    ends = np.r_[shapely.get_point(lines, 0), shapely.get_point(lines, -1)]
    owner = np.r_[np.arange(len(lines)), np.arange(len(lines))]
    end, line = shapely.STRtree(lines).query(ends, predicate="dwithin", distance=_REACH)
    other = owner[end] != line
    end, line = end[other], line[other]
    vertex, number = shapely.get_coordinates(lines, return_index=True)
    vertices = shapely.multipoints(vertex, indices=number)
    apart = shapely.distance(ends[end], vertices[line]) > _SAME
    end, line = end[apart], line[apart]
    joined = lines.copy()
    for one in np.unique(line):
        joined[one] = _with_points(lines[one], ends[end[line == one]])
    return joined, len(np.unique(end))


def _with_points(line: shapely.LineString, points: np.ndarray) -> shapely.LineString:
    """Return a line that runs through further points, each put where the line passes it."""
    own = shapely.get_coordinates(line)
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(own, axis=0).T))]
    where = np.r_[along, shapely.line_locate_point(line, points)]
    place = np.vstack([own, shapely.get_coordinates(points)])
    last = np.r_[np.zeros(len(own)), np.ones(len(points))]
    at_start = np.r_[np.zeros(len(own), bool), where[len(own) :] <= 0.0]
    order = np.lexsort((np.where(at_start, -1.0, last), where))
    return shapely.LineString(place[order])
