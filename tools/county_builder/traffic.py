"""Which road is which: residents' trips are sent over the network, and whole routes are promoted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from anyi_geo.parameters import Parameters
from county_builder import sketch
from county_builder.bridges import Piece
from county_builder.people import People
from county_builder.roads import COUNTY, NATIONAL, PROVINCIAL

#: Speed by stage, only to choose routes (km/h).
_SPEED = np.array([55, 50, 40, 25, 15, 20.0])
#: Trips per resident to the own village, the own town and the county seat (assumed; only their order matters).
_TO_VILLAGE, _TO_TOWN, _TO_COUNTY = 0.8, 0.5, 0.3
_BETWEEN_TOWNS = 2500.0


def road_classes(
    pieces: list[Piece], xy: np.ndarray, townships: pd.DataFrame, units: pd.DataFrame, people: People, rates: Parameters
) -> np.ndarray:
    """Return the OSM class of each piece.

    Trunk roads keep the class they were drawn with. The whole fastest route from every village to its town becomes a
    township road (`unclassified`); of the rest, pieces with few trips are farm tracks, the others village roads.
    """
    trips, on_route = _assign(pieces, xy, townships, units, people)
    stage = np.array([piece.stage for piece in pieces])
    classes = np.full(len(pieces), "residential", dtype=object)
    classes[trips < rates.value("road_track_trips")] = "track"
    classes[on_route] = "unclassified"
    for own, name in ((NATIONAL, "primary"), (PROVINCIAL, "secondary"), (COUNTY, "tertiary")):
        classes[stage == own] = name
    return classes


def _assign(
    pieces: list[Piece], xy: np.ndarray, townships: pd.DataFrame, units: pd.DataFrame, people: People
) -> tuple[np.ndarray, np.ndarray]:
    """Load all trips on fastest ways; return trips per piece and whether a village's way to its town uses it."""
    start, end = np.array([p.start for p in pieces]), np.array([p.end for p in pieces])
    hours = np.array([p.line.length for p in pieces]) / _SPEED[[p.stage for p in pieces]]
    fastest: dict[tuple[int, int], int] = {}
    for k in np.argsort(hours, kind="stable")[::-1]:
        fastest[start[k], end[k]] = fastest[end[k], start[k]] = int(k)
    pairs, piece_of = np.array(list(fastest)), np.array(list(fastest.values()))
    graph = sparse.csr_matrix((hours[piece_of], pairs.T), shape=(len(xy), len(xy)))
    real = np.unique(pairs)
    tree = cKDTree(xy[real])
    point = real[tree.query(people.xy)[1]]
    unit = real[tree.query(units[["x", "y"]].to_numpy())[1]]
    seat = real[tree.query(townships[["x", "y"]].to_numpy())[1]]
    order = {name: k for k, name in enumerate(townships["name"])}
    town = units["township"].map(order).to_numpy()
    persons = people.needs["persons_total"].to_numpy(float)
    trips, on_route = np.zeros(len(pieces)), np.zeros(len(pieces), bool)

    def send(to: int, sources: np.ndarray, amount: np.ndarray) -> np.ndarray:
        return _tree_load(graph, fastest, len(pieces), to, sources, amount)

    for k, node in enumerate(unit):
        mine = people.unit == k
        trips += send(node, point[mine], persons[mine] * _TO_VILLAGE)
    for k, node in enumerate(seat):
        mine = town[people.unit] == k
        trips += send(node, point[mine], persons[mine] * _TO_TOWN)
        trips += send(node, seat, np.full(len(seat), _BETWEEN_TOWNS))
        on_route |= send(node, unit[town == k], np.ones((town == k).sum())) > 0
    trips += send(seat[order[sketch.COUNTY_SEAT]], point, persons * _TO_COUNTY)
    return trips, on_route


def _tree_load(
    graph: sparse.csr_matrix,
    fastest: dict[tuple[int, int], int],
    pieces: int,
    to: int,
    sources: np.ndarray,
    amount: np.ndarray,
) -> np.ndarray:
    """Return the load of each piece when all amounts travel to one node along its shortest-path tree."""
    hours, back = dijkstra(graph, indices=to, return_predecessors=True)
    load, carried = np.bincount(sources, amount, minlength=graph.shape[0]), np.zeros(pieces)
    # Along a shortest way a node is at least as far as the one before it; farthest first carries every load home.
    for node in np.argsort(-np.where(np.isfinite(hours), hours, -1), kind="stable"):
        if load[node] and back[node] >= 0:
            carried[fastest[back[node], node]] += load[node]
            load[back[node]] += load[node]
    return carried
