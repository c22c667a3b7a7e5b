"""From straight pieces to edges between junctions and dead ends, with nothing averaged.

As OSMnx does it (Boeing 2017, doi:10.1016/j.compenvurbsys.2017.05.004), but pieces are joined only where class, posted
speed, direction, name and permitted users agree: the minutes along an edge are then exactly those of its pieces.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from anyi_geo.bring_roads.classes import MODES
from anyi_geo.bring_roads.segments import Segments

_NONE = -1
_CENTIMETRES = 2
#: Decimals of a degree: a centimetre.
_DECIMALS = 7


def road_layers(segments: Segments, source: str) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return nodes and edges as ``roads.gpkg`` holds them, OSMnx-shaped.

    Parameters
    ----------
    segments : Segments
        Connected pieces, `open_to` as it shall stand in the file.
    source : str
        Where the roads come from, a choice of the schema.
    """
    chains = _chains(segments)
    count = np.array([len(chain) for chain in chains])
    piece = np.array([number for chain in chains for number, _ in chain], int)
    turned = np.array([flip for chain in chains for _, flip in chain], bool)
    edge = np.repeat(np.arange(len(chains)), count)
    tail = np.where(turned, segments.head[piece], segments.tail[piece])
    head = np.where(turned, segments.tail[piece], segments.head[piece])
    first = np.r_[0, np.cumsum(count)[:-1]]
    start, end = tail[first], head[first + count - 1]
    edges = _edges(segments, piece[first], segments.node[start], segments.node[end])
    length = np.round(np.bincount(edge, segments.length_m[piece]), _CENTIMETRES)
    edges["length_m"] = edges["length"] = length
    edges["source"] = source
    vertices, owner = np.r_[tail[first], head], np.r_[np.arange(len(chains)), edge]
    order = np.argsort(owner, kind="stable")
    place = np.round(np.column_stack([segments.lon, segments.lat]), _DECIMALS)
    lines = shapely.linestrings(place[vertices[order]], indices=owner[order])
    used, ends = np.unique(np.r_[start, end], return_counts=True)
    nodes = pd.DataFrame({"osmid": segments.node[used], "x": place[used, 0], "y": place[used, 1], "street_count": ends})
    return (
        gpd.GeoDataFrame(nodes, geometry=gpd.points_from_xy(nodes["x"], nodes["y"]), crs=4326),
        gpd.GeoDataFrame(edges, geometry=lines, crs=4326),
    )


def _edges(segments: Segments, piece: np.ndarray, u: np.ndarray, v: np.ndarray) -> pd.DataFrame:
    roads = segments.roads.iloc[segments.way[piece]]
    edges = pd.DataFrame({"u": u, "v": v})
    edges["key"] = edges.groupby(["u", "v"]).cumcount()
    edges["osmid"] = roads.index.to_numpy()
    for name in ("highway", "oneway", "maxspeed", "name"):
        edges[name] = roads[name].to_numpy()
    for mode in MODES:
        edges[mode] = segments.open_to[mode].to_numpy(bool)[piece]
    return edges


def _chains(segments: Segments) -> list[list[tuple[int, bool]]]:
    """Return the pieces of every edge in order, each with whether it is passed from head to tail."""
    one, other = _through(segments)
    tail, head = segments.tail.tolist(), segments.head.tolist()
    is_through = (one != _NONE).tolist()
    pair = list(zip(one.tolist(), other.tolist(), strict=True))
    done = [False] * len(tail)
    chains = []

    def follow(piece: int, flip: bool) -> None:
        chain = []
        while not done[piece]:
            done[piece] = True
            chain.append((piece, flip))
            node = tail[piece] if flip else head[piece]
            if not is_through[node]:
                break
            first, second = pair[node]
            piece = second if first == piece else first
            flip = tail[piece] != node
        chains.append(chain)

    both = (~segments.oneway).tolist()
    for piece in range(len(tail)):
        if not done[piece] and not is_through[tail[piece]]:
            follow(piece, flip=False)
        elif not done[piece] and both[piece] and not is_through[head[piece]]:
            follow(piece, flip=True)
    for piece in range(len(tail)):  # what is left are circles without a junction
        if not done[piece]:
            follow(piece, flip=False)
    return chains


def _through(segments: Segments) -> tuple[np.ndarray, np.ndarray]:
    """Return, per node, the two pieces that pass through it, or -1 where an edge must end.

    An edge passes a node where exactly two pieces of one kind meet, lead on to different nodes, and, when one-way,
    one comes in and the other goes out.
    """
    number = np.arange(len(segments.tail))
    node, piece = np.r_[segments.tail, segments.head], np.r_[number, number]
    enters = np.r_[np.zeros(len(number), bool), np.ones(len(number), bool)]
    beyond = np.r_[segments.head, segments.tail]
    order = np.argsort(node, kind="stable")
    degree = np.bincount(node, minlength=len(segments.node))
    begin = np.r_[0, np.cumsum(degree)[:-1]]
    pairs = np.flatnonzero(degree == 2)
    a, b = order[begin[pairs]], order[begin[pairs] + 1]
    kind = _kinds(segments)
    fits = (kind[piece[a]] == kind[piece[b]]) & (beyond[a] != beyond[b])
    fits &= ~segments.oneway[piece[a]] | (enters[a] != enters[b])
    one, other = np.full(len(segments.node), _NONE), np.full(len(segments.node), _NONE)
    one[pairs[fits]], other[pairs[fits]] = piece[a[fits]], piece[b[fits]]
    return one, other


def _kinds(segments: Segments) -> np.ndarray:
    """Return a number per piece; pieces of one number may be joined."""
    roads = segments.roads[["highway", "oneway", "maxspeed", "name"]].iloc[segments.way].reset_index(drop=True)
    return pd.concat([roads, segments.open_to], axis=1).groupby(
        [*roads.columns, *MODES], sort=False, dropna=False
    ).ngroup().to_numpy()  # fmt: skip
