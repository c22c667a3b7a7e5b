"""Places on the roads: the nearest point along the nearest edge, and the walk to it."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from anyi_geo.county.coordinates import METRES
from anyi_geo.county.roads import RoadNetwork


@dataclass(frozen=True)
class Snapped:
    """Places snapped to a network, in the order given.

    Attributes
    ----------
    places : ndarray of Point
        EPSG:4548.
    edge : ndarray of int
        Position of the edge.
    share : ndarray of float
        How far along the edge, 0 to 1.
    walk_m : ndarray of float
        Straight distance to the road.
    """

    places: np.ndarray
    edge: np.ndarray
    share: np.ndarray
    walk_m: np.ndarray


def snap(network: RoadNetwork, places: gpd.GeoSeries) -> Snapped:
    """Snap places to the nearest edge; of equally near ones the first.

    The nearest node would be wrong by kilometres on long edges.
    """
    points = places.to_crs(METRES).to_numpy()
    (which, edge), distance = network.tree.query_nearest(points, return_distance=True, all_matches=True)
    order = np.lexsort((edge, which))
    which, edge, distance = which[order], edge[order], distance[order]
    first = np.r_[True, np.diff(which) != 0] if len(which) else np.zeros(0, bool)
    edge, distance = edge[first], distance[first]
    share = shapely.line_locate_point(network.lines[edge], points, normalized=True)
    return Snapped(points, edge, np.nan_to_num(share), distance)
