"""Roads as straight pieces between two nodes: cut to the area, measured, and split into connected parts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pyproj import Geod
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from anyi_geo.bring_roads.area import Area, touching
from anyi_geo.bring_roads.classes import MODES
from anyi_geo.bring_roads.ways import Ways

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Segments:
    """Straight pieces of road and the nodes they join.

    Attributes
    ----------
    roads : DataFrame
        One row per way: highway, name, maxspeed, oneway.
    way : ndarray of int
        Row of `roads` of every piece.
    tail, head : ndarray of int
        Positions among the nodes; a one-way piece runs from tail to head.
    length_m : ndarray of float
        Geodesic length on WGS84.
    open_to : DataFrame of bool
        One row per piece, columns walk, ride, car.
    at_home : ndarray of bool
        Which pieces touch the county itself, not only its margin.
    node : ndarray of int
        Identifier of every node.
    lon, lat : ndarray of float
        Degrees.
    """

    roads: pd.DataFrame
    way: np.ndarray
    tail: np.ndarray
    head: np.ndarray
    length_m: np.ndarray
    open_to: pd.DataFrame
    at_home: np.ndarray
    node: np.ndarray
    lon: np.ndarray
    lat: np.ndarray

    def take(self, kept: np.ndarray) -> Segments:
        """Return only some pieces; nodes stay as they are."""
        return replace(
            self,
            way=self.way[kept],
            tail=self.tail[kept],
            head=self.head[kept],
            length_m=self.length_m[kept],
            open_to=self.open_to[kept].reset_index(drop=True),
            at_home=self.at_home[kept],
        )

    @property
    def oneway(self) -> np.ndarray:
        """Which pieces are one-way."""
        return self.roads["oneway"].to_numpy(bool)[self.way]


def segments_of(ways: Ways, roads: pd.DataFrame, backward: np.ndarray, area: Area) -> Segments:
    """Return the pieces of all ways that touch the area and are open to anybody.

    Parameters
    ----------
    ways : Ways
    roads : DataFrame
        Rules per way, see :func:`anyi_geo.bring_roads.classes.road_rules`.
    backward : ndarray of bool
        Ways that are one-way against their nodes' order.
    area : Area
    """
    node, first_seen, vertex = np.unique(ways.node, return_index=True, return_inverse=True)
    sizes = np.diff(ways.first)
    way = np.repeat(np.arange(len(sizes)), np.maximum(sizes - 1, 0))
    is_last = np.zeros(len(ways.node), bool)
    is_last[ways.first[1:][sizes > 0] - 1] = True
    tail = np.flatnonzero(~is_last)
    place = np.column_stack([ways.lon, ways.lat])
    wanted = roads[list(MODES)].to_numpy(bool).any(axis=1)[way] & (vertex[tail] != vertex[tail + 1])
    way, tail = way[wanted], tail[wanted]
    near = touching(area.cut, place[tail], place[tail + 1])
    way, tail = way[near], tail[near]
    length = _GEOD.inv(ways.lon[tail], ways.lat[tail], ways.lon[tail + 1], ways.lat[tail + 1])[2]
    start, end = vertex[tail], vertex[tail + 1]
    turned = backward[way]
    return Segments(
        roads=roads,
        way=way,
        tail=np.where(turned, end, start),
        head=np.where(turned, start, end),
        length_m=np.asarray(length, float),
        open_to=roads[list(MODES)].iloc[way].reset_index(drop=True),
        at_home=touching(area.outline, place[tail], place[tail + 1]),
        node=node,
        lon=ways.lon[first_seen],
        lat=ways.lat[first_seen],
    )


def main_parts(segments: Segments) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return, per piece and way of travel, whether it is in the largest connected part, and whether it is of use there.

    The largest part is the one with most kilometres in the county: a neighbour's may be longer. Of use on wheels is
    what can be both reached from it and left towards it (strongly connected): no way between two places of the part
    runs over anything else, and a village on a one-way road that only leads in, or out, would seem unreachable.
    Walkers go both ways.

    Returns
    -------
    connected, kept : DataFrame of bool
        Pieces x walk, ride, car; `kept` is within `connected`.
    """
    connected, kept = {}, {}
    for mode in MODES:
        open_ = segments.open_to[mode].to_numpy(bool)
        connected[mode] = _largest(segments, open_, directed=False)
        kept[mode] = connected[mode] if mode == "walk" else _largest(segments, connected[mode], directed=True)
    return pd.DataFrame(connected), pd.DataFrame(kept)


def part_labels(segments: Segments, chosen: np.ndarray) -> np.ndarray:
    """Return the connected part of every chosen piece, directions apart."""
    return _labels(segments, chosen, directed=False)[segments.tail[chosen]]


def _largest(segments: Segments, open_: np.ndarray, *, directed: bool) -> np.ndarray:
    label = _labels(segments, open_, directed=directed)
    within = open_ & (label[segments.tail] == label[segments.head])
    metres = np.where(segments.at_home, segments.length_m, 0.0)
    km = np.bincount(label[segments.tail[within]], metres[within], minlength=1)
    return within & (label[segments.tail] == int(np.argmax(km)))


def _labels(segments: Segments, chosen: np.ndarray, *, directed: bool) -> np.ndarray:
    tail, head = segments.tail[chosen], segments.head[chosen]
    both = ~segments.oneway[chosen]
    rows, columns = np.r_[tail, head[both]], np.r_[head, tail[both]]
    nodes = len(segments.node)
    graph = sparse.coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(nodes, nodes)).tocsr()
    return connected_components(graph, directed=True, connection="strong" if directed else "weak")[1]
