"""Lines along the roads for the map: moves of residents and delivery rounds."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd

from anyi_geo.county import RoadNetwork, route_lines

_COLUMNS = ("kind", "id", "order", "from_id", "to_id")


def route_rows(
    kind: str, network: RoadNetwork, places: gpd.GeoSeries, legs: Sequence[tuple[str, int, str, str]]
) -> gpd.GeoDataFrame:
    """Return one row per leg (id, order, from, to) with its geometry along the roads, EPSG:4326."""
    if not legs:
        return no_lines()
    lines = route_lines(network, [(places.loc[start], places.loc[end]) for _, _, start, end in legs])
    rows = {
        "kind": [kind] * len(legs),
        "id": [leg[0] for leg in legs],
        "order": [leg[1] for leg in legs],
        "from_id": [leg[2] for leg in legs],
        "to_id": [leg[3] for leg in legs],
    }
    return gpd.GeoDataFrame(rows, geometry=list(lines), crs=4326)


def no_lines() -> gpd.GeoDataFrame:
    """Return the empty table of lines."""
    return gpd.GeoDataFrame({name: [] for name in _COLUMNS}, geometry=[], crs=4326)
