"""Datums: the county seat's printed figures, round trips, distances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from anyi_geo.county.coordinates import bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02

GEOD = Geod(ellps="WGS84")


def test_the_county_seat_from_gaode():
    lon, lat = gcj02_to_wgs84(115.552763, 28.840383)
    assert (lon, lat) == (pytest.approx(115.54773, abs=1e-5), pytest.approx(28.84359, abs=1e-5))
    assert GEOD.inv(lon, lat, 115.552763, 28.840383)[2] == pytest.approx(606, abs=1)


def test_the_county_seat_to_baidu():
    gaode = wgs84_to_gcj02(115.54773, 28.84359)
    assert GEOD.inv(115.54773, 28.84359, *gcj02_to_bd09(*gaode))[2] == pytest.approx(1171.4, abs=0.5)


@settings(max_examples=60, deadline=None)
@given(st.floats(74, 134), st.floats(19, 53))
def test_round_trips_are_below_a_micrometre(lon, lat):
    for back, there in ((gcj02_to_wgs84, wgs84_to_gcj02), (bd09_to_gcj02, gcj02_to_bd09)):
        x, y = back(*there(lon, lat))
        assert GEOD.inv(float(x), float(y), lon, lat)[2] < 1e-6


def test_arrays_are_shifted_point_by_point():
    lon, lat = np.array([115.4, 115.7]), np.array([28.7, 28.9])
    x, y = wgs84_to_gcj02(lon, lat)
    assert [(x[k], y[k]) for k in (0, 1)] == [wgs84_to_gcj02(lon[k], lat[k]) for k in (0, 1)]
