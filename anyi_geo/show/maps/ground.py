"""What lies under every map: outline, townships, roads, rivers, relief; and the words of its frame."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from anyi_geo.county.coordinates import wgs84_to_gcj02
from anyi_geo.show.figures import text_of
from anyi_geo.show.maps.words import MODELLED_FILES, ROADS, place_name

if TYPE_CHECKING:
    import geopandas as gpd

    from anyi_geo.county import County

#: What a page of 1.5 MB has room for beside its points; a county's own roads may have ten times as many.
_MOST_COORDINATES = 40_000
_COARSEST = 1e-3
_SOURCE = "县数据文件夹所列各项资料（SOURCES.md）"
_NO_BORDER = "界线为示意，不作划界依据。"
#: What the licence of OpenStreetMap asks of every map drawn from it.
_OSM_CREDIT = "　道路、地名 © OpenStreetMap 贡献者（ODbL）。"


def frame(county: County, title: str, subtitle: str) -> dict[str, Any]:
    """Return the ground and the frame of a page.

    Parameters
    ----------
    county : County
    title, subtitle : str
        Heading; a line below it: scenario, date, question.
    """
    middle = county.outline.geometry.iloc[0].centroid
    shifted = wgs84_to_gcj02(middle.x, middle.y)
    return {
        "title": title,
        "subtitle": subtitle,
        "banner": banner(county),
        "review": "",
        "source": _SOURCE,
        "caption": _NO_BORDER + (_OSM_CREDIT if _uses_osm(county) else ""),
        "gcj": [float(shifted[0] - middle.x), float(shifted[1] - middle.y)],
        **_ground(county),
    }


def _uses_osm(county: County) -> bool:
    """Return whether roads or positions of the county come from OpenStreetMap."""
    placed = county.villages.get("position_source", ())
    return bool((county.edges["source"] == "osm").any() or any("OpenStreetMap" in text_of(name) for name in placed))


def bare_frame(title: str, status: str, lat: list[float], lon: list[float]) -> dict[str, Any]:
    """Return a frame without ground, around some points: for runs whose county folder is not at hand.

    `status` says which data are modelled.
    """
    south, west, north, east = min(lat), min(lon), max(lat), max(lon)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "title": title,
        "subtitle": "",
        "banner": f"{status}底图未画：运行时所用的县数据文件夹不在手边或已改动，比较时请用 --data 指明。",
        "review": "",
        "source": _SOURCE,
        "caption": _NO_BORDER,
        "gcj": [0.0, 0.0],
        "outline": {"type": "MultiLineString", "coordinates": [ring]},
        "townships": {"type": "MultiLineString", "coordinates": []},
        "townNames": [],
        "roads": [],
        "roadLegend": [],
        "rivers": [],
        "terrain": None,
    }


def banner(county: County) -> str:
    """Return the line that says which data are modelled."""
    return data_status(fault.file for fault in county.warnings if fault.code == "W_MODELLED")


def data_status(files: Iterable[str]) -> str:
    """Return the line that says which of the files are modelled; all of the data is the county's where none is."""
    modelled = sorted(set(files))
    told = "、".join(MODELLED_FILES.get(name, name) for name in modelled)
    if not told:
        return "数据状态：全部由县里提供或有公开来源。"
    return f"数据状态：含模拟数据（{told}）。只用于演示和检验方法，不能当作事实引用。"


def pack(line: shapely.Geometry) -> list[int]:
    """Return a line as differences of whole 1e-5 degrees, latitude before longitude."""
    if line.is_empty:
        return []
    grid = np.rint(shapely.get_coordinates(line)[:, ::-1] * 1e5).astype(int)
    keep = np.r_[True, np.any(np.diff(grid, axis=0) != 0, axis=1)]
    return np.diff(grid[keep], axis=0, prepend=np.zeros((1, 2), int)).ravel().tolist()


def areas(shapes: gpd.GeoSeries, digits: int = 4) -> list[dict[str, Any]]:
    """Return polygons as GeoJSON features, simplified to about ten metres, in the order given."""
    features = []
    for shape in shapes:
        grid = shapely.set_precision(shapely.simplify(shape, 10.0**-digits), 10.0**-digits)
        rings = [
            [np.round(shapely.get_coordinates(ring), digits).tolist() for ring in (part.exterior, *part.interiors)]
            for part in shapely.get_parts(grid)
        ]
        features.append({"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": rings}})
    return features


def _ground(county: County) -> dict[str, Any]:
    roads = _roads(county)
    middles = county.townships.geometry.representative_point()
    return {
        "outline": _rounded(county.outline.geometry),
        "townships": _rounded(county.townships.geometry),
        "townNames": [
            {"name": place_name(name), "lat": round(point.y, 5), "lon": round(point.x, 5)}
            for name, point in zip(county.townships["name"], middles, strict=True)
        ],
        "roads": roads,
        "roadLegend": [
            {"color": road["color"], "weight": road["weight"], "text": road["text"]} for road in roads[::-1]
        ],
        "rivers": _rivers(county),
        "terrain": _terrain(county),
    }


def _rounded(shapes: gpd.GeoSeries, digits: int = 4) -> dict[str, Any]:
    geometry = shapely.union_all([shape.boundary for shape in shapes])
    grid = shapely.set_precision(shapely.simplify(geometry, 10.0**-digits), 10.0**-digits)
    lines = [
        np.round(shapely.get_coordinates(part), digits).tolist() for part in shapely.get_parts(shapely.line_merge(grid))
    ]
    return {"type": "MultiLineString", "coordinates": lines}


def _roads(county: County) -> list[dict[str, Any]]:
    known = {name for _, classes, _, _ in ROADS for name in classes}
    shapes = thinned(county.edges.geometry)
    roads = []
    for text, classes, color, weight in reversed(ROADS):
        mine = county.edges["highway"].isin(classes) if classes else ~county.edges["highway"].isin(known)
        lines = [pack(line) for line in shapes[mine]]
        roads.append({"color": color, "weight": weight, "lines": lines, "text": text})
    return roads


def thinned(lines: gpd.GeoSeries, most: int = _MOST_COORDINATES) -> gpd.GeoSeries:
    """Return lines in degrees with no more than `most` coordinates, or as few as 100 m leave; ends stay in place."""
    tolerance = 1e-5
    while lines.count_coordinates().sum() > most and tolerance <= _COARSEST:
        lines = lines.simplify(tolerance, preserve_topology=False)
        tolerance *= 2
    return lines


def _rivers(county: County) -> list[dict[str, Any]]:
    if county.rivers is None:
        return []
    return [
        {"weight": max(0.7, min(5.0, float(width) / 40)), "lines": [pack(part) for part in shapely.get_parts(line)]}
        for width, line in zip(county.rivers["width_m"], county.rivers.geometry, strict=True)
    ]


def _terrain(county: County) -> dict[str, Any] | None:
    if county.terrain is None:
        return None
    south, west, north, east = county.terrain.bounds
    picture = base64.b64encode(county.terrain.picture.read_bytes()).decode("ascii")
    return {"url": f"data:image/png;base64,{picture}", "bounds": [[south, west], [north, east]]}
