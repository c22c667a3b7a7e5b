"""Files: the same content gives the same bytes (GeoJSON, CSV) or the same tables (GeoPackage)."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from anyi_geo.county.coordinates import DEGREES, METRES
from anyi_geo.schema import ROADS, columns_of

#: GDAL writes this date into a GeoPackage instead of today's.
_DATE = "2026-01-01T00:00:00.000Z"


def write_geojson(table: gpd.GeoDataFrame, path: Path) -> None:
    """Write a table in WGS84 degrees with six decimals (0.1 m)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    table.to_crs(DEGREES).to_file(path, driver="GeoJSON", COORDINATE_PRECISION=6, RFC7946="YES")


def write_points(table: pd.DataFrame, path: Path, file: str) -> None:
    """Write the columns that the schema knows for `file` as points; x and y are metres."""
    # What only a survey can fill is not written: an empty column would look like an answer.
    names = [column.name for column in columns_of(file) if column.required or column.name in table]
    points = shapely.points(table[["x", "y"]].to_numpy(float))
    write_geojson(gpd.GeoDataFrame(table[names], geometry=points, crs=METRES), path)


def write_roads(nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, out: Path) -> None:
    """Write nodes and edges as two layers of a GeoPackage."""
    path = out / ROADS
    path.unlink(missing_ok=True)
    before = os.environ.get("OGR_CURRENT_DATE")
    os.environ["OGR_CURRENT_DATE"] = _DATE
    try:
        nodes.to_file(path, layer="nodes", driver="GPKG")
        edges.to_file(path, layer="edges", driver="GPKG")
    finally:
        if before is None:
            del os.environ["OGR_CURRENT_DATE"]
        else:
            os.environ["OGR_CURRENT_DATE"] = before
