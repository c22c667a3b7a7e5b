"""Datums and projections: GCJ-02 and BD-09 both ways, degrees to metres and back."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import Transformer

#: CGCS2000 3-degree zone, central meridian 117 E; at most 0.036 % off in this county. Axes are used as east, north.
METRES = 4548
DEGREES = 4326

_TO_METRES = Transformer.from_crs(DEGREES, METRES, always_xy=True)
_TO_DEGREES = Transformer.from_crs(METRES, DEGREES, always_xy=True)

_SEMI_MAJOR = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_FACTOR = np.pi * 3000.0 / 180.0
#: Fixed-point steps of the inverse; six leave less than a micrometre, one leaves metres.
_STEPS = 8


def to_metres(geometries: np.ndarray) -> np.ndarray:
    """Return geometries in EPSG:4548 (x east, y north, metres) from longitude and latitude."""
    return shapely.transform(geometries, lambda c: np.column_stack(_TO_METRES.transform(c[:, 0], c[:, 1])))


def to_degrees(geometries: np.ndarray) -> np.ndarray:
    """Return geometries in longitude and latitude (EPSG:4326) from EPSG:4548."""
    return shapely.transform(geometries, lambda c: np.column_stack(_TO_DEGREES.transform(c[:, 0], c[:, 1])))


def wgs84_to_gcj02(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift WGS84 degrees to GCJ-02 (Gaode, Tencent), vectorised.

    The published approximation of the Chinese survey offset; exact with respect to itself.
    """
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    x, y = lon - 105.0, lat - 35.0
    wave = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (wave + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (wave + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    w2 = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian = _SEMI_MAJOR * (1.0 - _ECCENTRICITY_SQUARED) / (w2 * np.sqrt(w2))
    parallel = _SEMI_MAJOR / np.sqrt(w2) * np.cos(phi)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def gcj02_to_wgs84(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift GCJ-02 degrees to WGS84 by fixed-point iteration; the round trip is below a micrometre."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    x, y = lon.copy(), lat.copy()
    for _ in range(_STEPS):
        shifted_lon, shifted_lat = wgs84_to_gcj02(x, y)
        x, y = x + (lon - shifted_lon), y + (lat - shifted_lat)
    return x, y


def gcj02_to_bd09(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift GCJ-02 degrees to BD-09 (Baidu)."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_FACTOR)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_FACTOR)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift BD-09 degrees to GCJ-02 by fixed-point iteration; the round trip is below a micrometre."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    x, y = lon - 0.0065, lat - 0.006
    for _ in range(_STEPS):
        shifted_lon, shifted_lat = gcj02_to_bd09(x, y)
        x, y = x + (lon - shifted_lon), y + (lat - shifted_lat)
    return x, y
