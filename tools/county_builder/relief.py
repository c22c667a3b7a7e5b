"""A light picture of the ground to lie under a map: shaded, tinted by height, clear outside the county."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import shapely
from PIL import Image
from scipy import ndimage

from anyi_geo.county.coordinates import to_metres
from county_builder.grid import CELL_M
from county_builder.terrain import Land

_WIDTH = 420
_COLOURS = 200
_TINT_AT_M = (23.0, 30.0, 50.0, 90.0, 200.0, 400.0, 712.0)
_TINT = ("#eef2e6", "#eff2e3", "#f3f0df", "#eee5cf", "#e0d3b6", "#d2c09d", "#c8b28c")
_LIGHT_FROM = (315.0, 45.0)  # north-west, half way up: the custom of maps
_EXAGGERATION = 2.5


def write_relief(land: Land, outline_degrees: shapely.Geometry, folder: Path) -> None:
    """Write ``terrain.png`` and ``terrain.json`` (bounds in degrees).

    Rows are equally spaced in Mercator's y, as a web map stretches a picture between its two corners.
    """
    west, south, east, north = (round(edge, 6) for edge in outline_degrees.bounds)
    top, bottom = _mercator(north), _mercator(south)
    height = round(_WIDTH * (top - bottom) / np.radians(east - west))
    rows = top - (np.arange(height) + 0.5) * (top - bottom) / height
    latitude = np.degrees(2 * np.arctan(np.exp(rows)) - np.pi / 2)
    longitude = west + (np.arange(_WIDTH) + 0.5) * (east - west) / _WIDTH
    lon, lat = np.meshgrid(longitude, latitude)
    xy = shapely.get_coordinates(to_metres(shapely.points(lon.ravel(), lat.ravel())))
    at = [(land.grid.north - xy[:, 1]) / CELL_M - 0.5, (xy[:, 0] - land.grid.west) / CELL_M - 0.5]
    elevation, shade = (
        ndimage.map_coordinates(field, at, order=1, mode="nearest").reshape(lon.shape)
        for field in (land.elevation, _hillshade(land.elevation))
    )
    stops = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in _TINT])
    tint = np.stack([np.interp(elevation, _TINT_AT_M, stops[:, k]) for k in range(3)], axis=-1)
    lit = np.clip(tint * (0.84 + 0.23 * shade)[..., None], 0, 255).astype(np.uint8)
    inside = shapely.contains_xy(outline_degrees, lon, lat)
    palette = Image.fromarray(lit).quantize(_COLOURS, dither=Image.Dither.NONE)
    index = np.where(inside, np.asarray(palette), _COLOURS).astype(np.uint8)
    picture = Image.new("P", (_WIDTH, height))
    picture.frombytes(index.tobytes())
    picture.putpalette([*(palette.getpalette() or [])[: 3 * _COLOURS], 255, 255, 255])
    folder.mkdir(parents=True, exist_ok=True)
    picture.save(folder / "terrain.png", optimize=True, transparency=_COLOURS)
    place = {"bounds": [[south, west], [north, east]], "status": "modelled"}
    (folder / "terrain.json").write_text(json.dumps(place) + "\n", encoding="utf-8")


def _mercator(latitude: float) -> float:
    return float(np.log(np.tan(np.pi / 4 + np.radians(latitude) / 2)))


def _hillshade(elevation: np.ndarray) -> np.ndarray:
    """Return the light on each cell, 0 to 1 (Lambert)."""
    azimuth, altitude = np.radians(_LIGHT_FROM)
    south, east = np.gradient(elevation * _EXAGGERATION, CELL_M)
    normal = np.stack([-east, south, np.ones_like(elevation)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    light = [np.sin(azimuth) * np.cos(altitude), np.cos(azimuth) * np.cos(altitude), np.sin(altitude)]
    return np.clip(normal @ np.array(light), 0, 1)
