"""Where points stand: missing, exchanged, or outside the county."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

from anyi_geo.county.cells import is_number, row_id
from anyi_geo.county.reading import RawFile
from anyi_geo.errors import Fault, Message
from anyi_geo.schema import COUNTY

#: Points this near outside the outline are on it: the outline itself is no more exact (degrees, about 50 m).
_RIM = 0.0005
_GEOD = Geod(ellps="WGS84")


def outline_of(raw: RawFile) -> shapely.Geometry | None:
    """Return the county's area, or None when it is no polygon."""
    try:
        shapes = [shapely.geometry.shape(geometry) for geometry in raw.geometries if geometry]
    except (ValueError, TypeError, AttributeError, KeyError, shapely.errors.GEOSException):
        return None
    area = shapely.union_all([shapely.make_valid(shape) for shape in shapes if shape.area > 0])
    return area if not area.is_empty else None


def outline_faults(raw: RawFile) -> Iterator[Fault]:
    """Yield the fault of an outline that is no area."""
    if outline_of(raw) is None:
        yield Fault(
            "E_BAD_TYPE", COUNTY, 1, row_id(COUNTY, raw.rows[0]), "geometry", None,
            Message(f"{COUNTY} 不是面：请放入县界多边形。", f"{COUNTY} holds no polygon: put the outline there."),
        )  # fmt: skip


def position_faults(file: str, raw: RawFile, outline: shapely.Geometry, seat: tuple[float, float]) -> Iterator[Fault]:
    """Yield points without a place, with exchanged coordinates, or outside the county."""
    area = outline.buffer(_RIM)
    shapely.prepare(area)
    for number, (row, geometry) in enumerate(zip(raw.rows, raw.geometries, strict=True), 1):
        place = point_of(geometry)
        if place is None:
            yield _no_place(file, number, row, geometry)
        elif not shapely.contains_xy(area, *place):
            yield _outside(file, number, row, place, area, seat)


def point_of(geometry: Any) -> tuple[float, float] | None:
    """Return longitude and latitude of a GeoJSON point, or None."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    numbers = geometry.get("coordinates")
    if not isinstance(numbers, list) or len(numbers) < 2 or not all(is_number(value) for value in numbers[:2]):
        return None
    return float(numbers[0]), float(numbers[1])


def seat_of(raw: RawFile | None, outline: shapely.Geometry) -> tuple[float, float]:
    """Return the place of the village with most town residents, else the middle of the county."""
    best: tuple[float, tuple[float, float]] | None = None
    for row, geometry in zip(raw.rows, raw.geometries, strict=True) if raw is not None else ():
        place, town = point_of(geometry), row.get("persons_town")
        if place is None or not is_number(town) or not shapely.contains_xy(outline, *place):
            continue
        if float(town or 0) > (best[0] if best else 0.0):
            best = (float(town or 0), place)
    centre = shapely.centroid(outline)
    return best[1] if best is not None else (centre.x, centre.y)


def _no_place(file: str, number: int, row: dict[str, Any], geometry: Any) -> Fault:
    name = row.get("name") or row_id(file, row)
    blank = geometry is None or not (isinstance(geometry, dict) and geometry.get("coordinates"))
    is_point = isinstance(geometry, dict) and geometry.get("type") == "Point"
    code = "E_NO_COORD" if blank or is_point else "E_BAD_TYPE"
    found = None if blank else geometry.get("coordinates") if is_point else geometry.get("type")
    return Fault(
        code, file, number, row_id(file, row), "geometry", found,
        Message(
            f"{file} 第 {number} 行“{name}”没有可用的坐标：请填写经度、纬度。",
            f"{file} row {number} ({name}) has no usable coordinates: fill in longitude and latitude.",
        ),
    )  # fmt: skip


def _outside(
    file: str,
    number: int,
    row: dict[str, Any],
    place: tuple[float, float],
    area: shapely.Geometry,
    seat: tuple[float, float],
) -> Fault:
    name = row.get("name") or row_id(file, row)
    lon, lat = place
    if shapely.contains_xy(area, lat, lon):
        return Fault(
            "E_SWAPPED_LATLON", file, number, row_id(file, row), "geometry", [lon, lat],
            Message(
                f"{file} 第 {number} 行“{name}”的经纬度可能颠倒：{lon:g}, {lat:g}。请交换后再试。",
                f"{file} row {number} ({name}): longitude and latitude seem exchanged: {lon:g}, {lat:g}.",
            ),
        )  # fmt: skip
    km = _distance_km(place, seat)
    far_zh = f"离县城约 {km:.0f} 公里" if km is not None else "坐标超出经纬度范围"
    far_en = f"about {km:.0f} km from the county seat" if km is not None else "beyond any longitude and latitude"
    return Fault(
        "E_OUT_OF_COUNTY", file, number, row_id(file, row), "geometry", [lon, lat],
        Message(
            f"{file} 第 {number} 行“{name}”在县界之外，{far_zh}（{lon:g}, {lat:g}）：请核对坐标。",
            f"{file} row {number} ({name}) lies outside the county, {far_en} ({lon:g}, {lat:g}): check it.",
        ),
    )  # fmt: skip


def _distance_km(place: tuple[float, float], seat: tuple[float, float]) -> float | None:
    if abs(place[0]) > 180 or abs(place[1]) > 90:
        return None
    metres = float(np.abs(_GEOD.inv(*place, *seat)[2]))
    return metres / 1000 if math.isfinite(metres) else None
