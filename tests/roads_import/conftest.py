"""What the tests of road imports share."""

import sys
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from anyi_geo.bring_roads import import_roads

#: Hundreds of small GeoPackages need not survive a power cut.
pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})


def silent(_message):
    """Take no notice."""


@pytest.fixture
def bring(tiny):
    """Return a function that imports a file into the tiny county and reads back (report, nodes, edges)."""

    def run(path, margin_km=3.0, **settings):
        report = import_roads(path, tiny, margin_km=margin_km, say=silent, **settings)
        layers = [gpd.read_file(tiny / "roads.gpkg", layer=name) for name in ("nodes", "edges")]
        return report, *layers

    return run
