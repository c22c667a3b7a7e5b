"""Many-to-many travel: minutes, kilometres and lines along the roads."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from anyi_geo.county.coordinates import DEGREES, to_degrees
from anyi_geo.county.roads import RoadNetwork
from anyi_geo.county.snap import Snapped, snap

_M_PER_KM = 1000.0
_NONE = -9999


def travel_minutes(network: RoadNetwork, origins: gpd.GeoSeries, destinations: gpd.GeoSeries) -> pd.DataFrame:
    """Return minutes from every origin to every destination by the fastest way.

    The legs between a place and its road are walked. One shortest-path tree is grown per place of the smaller side.

    Parameters
    ----------
    network : RoadNetwork
    origins, destinations : GeoSeries of Point
        In any one CRS each; their index labels the table.

    Returns
    -------
    DataFrame
        origins x destinations, minutes; inf where no road leads.
    """
    starts, ends = snap(network, origins), snap(network, destinations)
    if len(destinations) <= len(origins):
        on_road = _to_nodes(network, ends)
        table = _join(network, starts, on_road)
    else:
        on_road = _from_nodes(network, starts)
        table = _join_reverse(network, ends, on_road).T
    table = np.minimum(table, _same_edge(network, starts, ends))
    legs = starts.walk_m[:, None] + ends.walk_m[None, :]
    same_place = shapely.equals_exact(starts.places[:, None], ends.places[None, :])
    minutes = np.where(same_place, 0.0, table + legs / network.walk_m_per_minute)
    return pd.DataFrame(minutes, index=origins.index, columns=destinations.index)


def travel_km(network: RoadNetwork, origins: gpd.GeoSeries, destinations: gpd.GeoSeries) -> pd.DataFrame:
    """Return kilometres along the fastest way, walked legs included; inf where no road leads.

    Meant for some hundred places; minutes for thousands come from :func:`travel_minutes`.
    """
    starts, ends = snap(network, origins), snap(network, destinations)
    reverse = network.minutes.T.tocsr()
    to_start, to_end = _leaving(network, starts)
    node_a, node_b = network.start[starts.edge], network.end[starts.edge]
    length = network.length_m[starts.edge]
    table = np.empty((len(origins), len(destinations)))
    for place in range(len(destinations)):
        one = _only(ends, place)
        minutes, metres = _tree_metres(network, reverse, one)
        direct = _same_edge(network, starts, one)[:, 0]
        options = np.stack([to_start + minutes[node_a], to_end + minutes[node_b], direct])
        on_road = np.stack(
            [
                starts.share * length + metres[node_a],
                (1.0 - starts.share) * length + metres[node_b],
                np.abs(starts.share - one.share[0]) * length,
            ]
        )
        choice = np.argmin(options, axis=0)
        row = np.arange(len(origins))
        walked = starts.walk_m + one.walk_m[0]
        table[:, place] = np.where(np.isfinite(options[choice, row]), on_road[choice, row] + walked, np.inf)
        table[shapely.equals_exact(starts.places, one.places[0]), place] = 0.0
    return pd.DataFrame(table / _M_PER_KM, index=origins.index, columns=destinations.index)


def _only(places: Snapped, number: int) -> Snapped:
    own = (places.places, places.edge, places.share, places.walk_m)
    return Snapped(*(values[[number]] for values in own))


def _tree_metres(network: RoadNetwork, reverse: sparse.csr_array, one: Snapped) -> tuple[np.ndarray, np.ndarray]:
    """Return minutes and metres from every node to one place, summed along its tree by pointer doubling."""
    by_start, by_end = _entering(network, one)
    edge = one.edge
    minutes, next_node = _tree(reverse, network.start[edge], network.end[edge], by_start, by_end)
    nodes = network.nodes
    here = np.flatnonzero(next_node >= 0)
    inner = here[next_node[here] < nodes]
    metres = np.zeros(nodes + 1)
    if len(inner):  # an empty choice would come back as a sparse array
        arcs = np.abs(np.asarray(network.arcs[inner, next_node[inner]])).astype(int) - 1
        metres[inner] = network.length_m[arcs]
    last = here[next_node[here] == nodes]
    from_end = (last == network.end[edge[0]]) & ((last != network.start[edge[0]]) | (by_end[0] < by_start[0]))
    metres[last] = np.where(from_end, 1.0 - one.share[0], one.share[0]) * network.length_m[edge[0]]
    step = np.full(nodes + 1, nodes)
    step[here] = next_node[here]
    while (step != nodes).any():
        metres = metres + metres[step]
        step = step[step]
    return minutes, metres[:nodes]


def _entering(network: RoadNetwork, ends: Snapped) -> tuple[np.ndarray, np.ndarray]:
    """Return minutes from the edge's start, and from its end, to the places on it."""
    forward, backward = network.forward[ends.edge], network.backward[ends.edge]
    return _part(ends.share, forward), _part(1.0 - ends.share, backward)


def _leaving(network: RoadNetwork, starts: Snapped) -> tuple[np.ndarray, np.ndarray]:
    """Return minutes from the places to the edge's start, and to its end."""
    forward, backward = network.forward[starts.edge], network.backward[starts.edge]
    return _part(starts.share, backward), _part(1.0 - starts.share, forward)


def _part(share: np.ndarray, minutes: np.ndarray) -> np.ndarray:
    """Return share x minutes; at the very end of a closed direction one already stands there."""
    open_ = np.isfinite(minutes)
    return np.where(share <= 0.0, 0.0, np.where(open_, share * np.where(open_, minutes, 0.0), np.inf))


def _to_nodes(network: RoadNetwork, ends: Snapped) -> np.ndarray:
    """Return minutes from every node to every place (places x nodes): trees grown backwards."""
    by_start, by_end = _entering(network, ends)
    return _grow(network.minutes.T.tocsr(), network.start[ends.edge], network.end[ends.edge], by_start, by_end)


def _from_nodes(network: RoadNetwork, starts: Snapped) -> np.ndarray:
    """Return minutes from every place to every node (places x nodes)."""
    to_start, to_end = _leaving(network, starts)
    return _grow(network.minutes, network.start[starts.edge], network.end[starts.edge], to_start, to_end)


def _grow(
    graph: sparse.csr_array, node_a: np.ndarray, node_b: np.ndarray, cost_a: np.ndarray, cost_b: np.ndarray
) -> np.ndarray:
    """Grow one tree per place, the place being a node of its own with an arc to each end of its edge."""
    nodes, places = graph.shape[0], len(node_a)
    own = nodes + np.arange(places)
    rows, columns, costs = np.r_[own, own], np.r_[node_a, node_b], np.r_[cost_a, cost_b]
    open_ = np.isfinite(costs)
    coo = graph.tocoo()
    size = nodes + places
    joined = sparse.csr_array(
        (np.r_[coo.data, costs[open_]], (np.r_[coo.row, rows[open_]], np.r_[coo.col, columns[open_]])),
        shape=(size, size),
    )
    return dijkstra(joined, indices=own)[:, :nodes]


def _join(network: RoadNetwork, starts: Snapped, to_places: np.ndarray) -> np.ndarray:
    to_start, to_end = _leaving(network, starts)
    via_start = to_start[:, None] + to_places[:, network.start[starts.edge]].T
    via_end = to_end[:, None] + to_places[:, network.end[starts.edge]].T
    return np.minimum(via_start, via_end)


def _join_reverse(network: RoadNetwork, ends: Snapped, from_places: np.ndarray) -> np.ndarray:
    from_start, from_end = _entering(network, ends)
    via_start = from_start[:, None] + from_places[:, network.start[ends.edge]].T
    via_end = from_end[:, None] + from_places[:, network.end[ends.edge]].T
    return np.minimum(via_start, via_end)


def _same_edge(network: RoadNetwork, starts: Snapped, ends: Snapped) -> np.ndarray:
    """Return minutes along a shared edge; inf elsewhere."""
    table = np.full((len(starts.edge), len(ends.edge)), np.inf)
    row, column = np.nonzero(starts.edge[:, None] == ends.edge[None, :])
    ahead = ends.share[column] - starts.share[row]
    edge = starts.edge[row]
    minutes = np.where(ahead >= 0, _part(ahead, network.forward[edge]), _part(-ahead, network.backward[edge]))
    table[row, column] = minutes
    return table


def route_lines(network: RoadNetwork, pairs: Sequence[tuple[shapely.Point, shapely.Point]]) -> list[shapely.LineString]:
    """Return the fastest way of each pair of places as a line along the roads, walked legs included.

    Parameters
    ----------
    network : RoadNetwork
    pairs : sequence of (Point, Point)
        Longitude and latitude (EPSG:4326).

    Returns
    -------
    list of LineString
        EPSG:4326; empty where no road leads.
    """
    if not pairs:
        return []
    starts = snap(network, gpd.GeoSeries([a for a, _ in pairs], crs=DEGREES))
    ends = snap(network, gpd.GeoSeries([b for _, b in pairs], crs=DEGREES))
    coordinates = shapely.get_coordinates(ends.places)
    _, first, group = np.unique(coordinates, axis=0, return_index=True, return_inverse=True)
    group = group.ravel()
    reverse = network.minutes.T.tocsr()
    out: list[shapely.LineString] = [shapely.LineString()] * len(pairs)
    for target, place in enumerate(first):
        one = _only(ends, place)
        by_start, by_end = _entering(network, one)
        nodes = (network.start[one.edge], network.end[one.edge])
        minutes, next_node = _tree(reverse, *nodes, by_start, by_end)
        for pair in np.flatnonzero(group == target):
            out[pair] = _way(network, starts, ends, int(pair), minutes, next_node)
    return [_degrees(line) for line in out]


def _tree(
    reverse: sparse.csr_array, node_a: np.ndarray, node_b: np.ndarray, cost_a: np.ndarray, cost_b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    nodes = reverse.shape[0]
    coo = reverse.tocoo()
    costs, columns = np.r_[cost_a, cost_b], np.r_[node_a, node_b]
    open_ = np.isfinite(costs)
    joined = sparse.csr_array(
        (
            np.r_[coo.data, costs[open_]],
            (np.r_[coo.row, np.full(open_.sum(), nodes)], np.r_[coo.col, columns[open_]]),
        ),
        shape=(nodes + 1, nodes + 1),
    )
    minutes, before = dijkstra(joined, indices=[nodes], return_predecessors=True)
    return minutes[0, :nodes], before[0, :nodes]


def _way(
    network: RoadNetwork, starts: Snapped, ends: Snapped, pair: int, minutes: np.ndarray, next_node: np.ndarray
) -> shapely.LineString:
    one, last = _only(starts, pair), _only(ends, pair)
    to_start, to_end = (float(value[0]) for value in _leaving(network, one))
    node_a, node_b = int(network.start[one.edge[0]]), int(network.end[one.edge[0]])
    options = [to_start + minutes[node_a], to_end + minutes[node_b], float(_same_edge(network, one, last)[0, 0])]
    choice = int(np.argmin(options))
    if not np.isfinite(options[choice]):
        return shapely.LineString()
    line = network.lines[one.edge[0]]
    if choice == 2:
        parts = [_cut(line, one.share[0], last.share[0])]
    else:
        node = (node_a, node_b)[choice]
        parts = [_cut(line, one.share[0], float(choice))]
        while next_node[node] != _NONE and next_node[node] < network.nodes:
            step = int(next_node[node])
            arc = int(network.arcs[node, step])
            edge_line = network.lines[abs(arc) - 1]
            parts.append(edge_line if arc > 0 else shapely.reverse(edge_line))
            node = step
        entered_from_end = node == network.end[last.edge[0]] and (
            node != network.start[last.edge[0]] or _entering(network, last)[1][0] < _entering(network, last)[0][0]
        )
        parts.append(_cut(network.lines[last.edge[0]], float(entered_from_end), last.share[0]))
    coordinates = [shapely.get_coordinates(one.places), *map(shapely.get_coordinates, parts)]
    coordinates.append(shapely.get_coordinates(last.places))
    joined = np.vstack(coordinates)
    keep = np.r_[True, np.any(np.diff(joined, axis=0) != 0, axis=1)]
    joined = joined[keep]
    return shapely.LineString(joined if len(joined) > 1 else np.repeat(joined, 2, axis=0))


def _cut(line: shapely.LineString, start: float, end: float) -> shapely.LineString:
    """Return the part of a line between two shares of its length, in that direction."""
    low, high = sorted((start, end))
    coordinates = shapely.get_coordinates(line)
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(coordinates, axis=0).T))]
    inner = coordinates[(along > low * line.length) & (along < high * line.length)]
    ends = shapely.get_coordinates(shapely.line_interpolate_point(line, [low, high], normalized=True))
    part = np.vstack([ends[:1], inner, ends[1:]])
    return shapely.LineString(part if start <= end else part[::-1])


def _degrees(line: shapely.LineString) -> shapely.LineString:
    if line.is_empty:
        return line
    return to_degrees(np.array([line], object))[0]
