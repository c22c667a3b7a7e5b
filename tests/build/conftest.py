"""The builder is a tool, not part of the package: tests find it in the checkout."""

import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from anyi_geo import schema

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))


@pytest.fixture(scope="session")
def data():
    """Return the committed county folder."""
    return ROOT / "data"


def _read(name):
    return gpd.read_file(ROOT / "data" / name).to_crs(4548)


@pytest.fixture(scope="session")
def outline():
    """Return the outline in metres."""
    return _read(schema.COUNTY).geometry.iloc[0]


@pytest.fixture(scope="session")
def villages():
    """Return the villages in metres."""
    return _read(schema.VILLAGES)


@pytest.fixture(scope="session")
def hamlets():
    """Return the demand points in metres."""
    return _read(schema.HAMLETS)


@pytest.fixture(scope="session")
def sites():
    """Return the sites in metres."""
    return _read(schema.SITES)


@pytest.fixture(scope="session")
def rivers():
    """Return the rivers (not the brooks) in metres."""
    waters = _read("background/rivers.geojson")
    return waters[waters["name"].fillna("") != ""]


@pytest.fixture(scope="session")
def edges():
    """Return the roads in metres."""
    return gpd.read_file(ROOT / "data" / schema.ROADS, layer="edges").to_crs(4548)


@pytest.fixture(scope="session")
def nodes():
    """Return the ends of roads in metres."""
    return gpd.read_file(ROOT / "data" / schema.ROADS, layer="nodes").to_crs(4548)


@pytest.fixture(scope="session")
def rates():
    """Return the planning value of every parameter."""
    return pd.read_csv(ROOT / "data" / schema.PARAMETERS).set_index("key")["value"]
