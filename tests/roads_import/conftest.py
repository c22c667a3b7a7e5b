"""What the tests of road imports share."""

import geopandas as gpd
import pyogrio
import pytest
from osm_files import silent

from anyi_geo.bring_roads import import_roads

#: Hundreds of small GeoPackages need not survive a power cut.
pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})


@pytest.fixture
def bring(tiny):
    """Return a function that imports a file into the tiny county and reads back (report, nodes, edges)."""

    def run(path, margin_km=3.0, **settings):
        report = import_roads(path, tiny, margin_km=margin_km, say=silent, **settings)
        layers = [gpd.read_file(tiny / "roads.gpkg", layer=name) for name in ("nodes", "edges")]
        return report, *layers

    return run
