"""One road network per way of travel: which roads it may use, how fast, in which direction."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from anyi_geo.county.coordinates import METRES
from anyi_geo.parameters import Parameters
from anyi_geo.settings import Mode

#: Classes closed to walkers and e-tricycles.
EXPRESSWAYS = frozenset({"motorway", "motorway_link"})
#: Classes on which only walkers go.
FOOT_ONLY = frozenset({"footway", "path", "pedestrian", "steps"})
#: The class whose speed an unlisted one takes: the slowest built road, so that nothing is flattered.
UNLISTED = "service"
#: Links drive as their road does.
_LINKS = {f"{name}_link": name for name in ("trunk", "primary", "secondary", "tertiary")}
_CLASSES = (
    "motorway",
    "motorway_link",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "service",
    "track",
)
_M_PER_KM, _SECONDS, _MINUTES = 1000.0, 60.0, 60.0


@dataclass(frozen=True)
class RoadNetwork:
    """Roads that one way of travel may use, ready for shortest paths.

    Attributes
    ----------
    mode : str
        walk, ride or car.
    nodes : int
        Number of nodes; arcs refer to nodes by position.
    start, end : ndarray of int
        Node positions of every edge.
    forward, backward : ndarray of float
        Minutes along and against the edge; inf where it is closed.
    length_m : ndarray of float
    lines : ndarray of LineString
        Geometry in EPSG:4548, from start to end.
    tree : shapely.STRtree
        Over `lines`.
    arcs : csr_array
        node x node, the position + 1 of the fastest of parallel arcs, negative when it runs against its edge.
    minutes : csr_array
        node x node, minutes of that arc.
    walk_m_per_minute : float
        Speed of the legs between a place and the road.
    component : ndarray of int
        Connected part of every node; 0 is the largest.
    """

    mode: Mode
    nodes: int
    start: np.ndarray
    end: np.ndarray
    forward: np.ndarray
    backward: np.ndarray
    length_m: np.ndarray
    lines: np.ndarray
    tree: shapely.STRtree
    arcs: sparse.csr_array
    minutes: sparse.csr_array
    walk_m_per_minute: float
    component: np.ndarray


def road_network(nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, parameters: Parameters, mode: Mode) -> RoadNetwork:
    """Build the network of one way of travel.

    Parameters
    ----------
    nodes : GeoDataFrame
        Column osmid.
    edges : GeoDataFrame
        Columns u, v, length_m, highway, oneway, maxspeed; lines run from u to v. One row is a road in both directions
        unless `oneway`. A column named as the mode says who may use the road; where it is absent or blank the class
        says it.
    parameters : Parameters
        Speeds by class (km/h), the e-tricycle's ceiling, walking speed (m/s).
    mode : {"walk", "ride", "car"}
        Walkers use every road but expressways, both ways; e-tricycles every road but expressways and footpaths, at
        most at their ceiling; cars every road but footpaths.
    """
    highway = edges["highway"].astype(str).replace(_LINKS)
    closed = ~open_to(edges, mode)
    kept = edges[~closed]
    position = pd.Index(nodes["osmid"])
    start, end = position.get_indexer(kept["u"]), position.get_indexer(kept["v"])
    length = kept["length_m"].to_numpy(float)
    forward = length / _m_per_minute(kept, highway[~closed], parameters, mode)
    oneway = kept["oneway"].fillna(False).astype(bool).to_numpy() & (mode != "walk")
    backward = np.where(oneway, np.inf, forward)
    lines = _from_start(kept.geometry.to_crs(METRES).to_numpy(), nodes.geometry.to_crs(METRES).to_numpy()[start])
    arcs, minutes = _fastest_arcs(start, end, forward, backward, len(nodes))
    return RoadNetwork(
        mode=mode,
        nodes=len(nodes),
        start=start,
        end=end,
        forward=forward,
        backward=backward,
        length_m=length,
        lines=lines,
        tree=shapely.STRtree(lines),
        arcs=arcs,
        minutes=minutes,
        walk_m_per_minute=parameters.value("walk_speed_mps") * _SECONDS,
        component=_components(start, end, len(nodes)),
    )


def open_to(edges: pd.DataFrame, mode: Mode) -> np.ndarray:
    """Return which roads a way of travel may use: a column of its name says so, a blank cell goes by class."""
    closed = {"walk": EXPRESSWAYS, "ride": EXPRESSWAYS | FOOT_ONLY, "car": FOOT_ONLY}[mode]
    by_class = ~edges["highway"].astype(str).isin(closed)
    if mode not in edges:
        return by_class.to_numpy(bool)
    return edges[mode].astype("boolean").fillna(by_class.astype("boolean")).to_numpy(bool)


def _m_per_minute(edges: pd.DataFrame, highway: pd.Series, parameters: Parameters, mode: Mode) -> np.ndarray:
    if mode == "walk":
        return np.full(len(edges), parameters.value("walk_speed_mps") * _SECONDS)
    speeds = {name: parameters.value(f"speed_kmh_{name}") for name in _CLASSES}
    kmh = highway.map(speeds).fillna(speeds[UNLISTED]).to_numpy(float)
    posted = pd.to_numeric(edges["maxspeed"], errors="coerce").to_numpy(float)
    kmh = np.fmin(kmh, np.where(posted > 0, posted, np.nan))
    if mode == "ride":
        kmh = np.minimum(kmh, parameters.value("etricycle_max_kmh"))
    return kmh * _M_PER_KM / _MINUTES


def _from_start(lines: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Turn round lines that are stored against their edge."""
    first, last = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    against = shapely.distance(first, starts) > shapely.distance(last, starts)
    return np.where(against, shapely.reverse(lines), lines)


def _fastest_arcs(
    start: np.ndarray, end: np.ndarray, forward: np.ndarray, backward: np.ndarray, nodes: int
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return, per ordered pair of nodes, the fastest of parallel arcs; a sparse matrix would sum them."""
    number = np.arange(1, len(start) + 1)
    tail, head = np.r_[start, end], np.r_[end, start]
    cost, arc = np.r_[forward, backward], np.r_[number, -number]
    open_ = np.isfinite(cost) & (tail != head)
    tail, head, cost, arc = tail[open_], head[open_], cost[open_], arc[open_]
    order = np.lexsort((np.abs(arc), cost, head, tail))
    tail, head, cost, arc = tail[order], head[order], cost[order], arc[order]
    first = np.r_[True, (np.diff(tail) != 0) | (np.diff(head) != 0)] if len(tail) else np.zeros(0, bool)
    place = (tail[first], head[first])
    shape = (nodes, nodes)
    return sparse.csr_array((arc[first], place), shape=shape), sparse.csr_array((cost[first], place), shape=shape)


def _components(start: np.ndarray, end: np.ndarray, nodes: int) -> np.ndarray:
    graph = sparse.coo_array((np.ones(len(start)), (start, end)), shape=(nodes, nodes))
    _, label = connected_components(graph, directed=False)
    by_size = np.argsort(-np.bincount(label, minlength=1), kind="stable")
    rank = np.empty(len(by_size), int)
    rank[by_size] = np.arange(len(by_size))
    return rank[label]
