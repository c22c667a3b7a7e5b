"""Roads of a GeoPackage or Shapefile that has a column for the road class."""

from __future__ import annotations

import sqlite3
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from anyi_geo.bring_roads.area import Area, no_overlap
from anyi_geo.bring_roads.layer_joints import join_ends
from anyi_geo.bring_roads.layer_tags import class_column_of, layer_tags
from anyi_geo.bring_roads.ways import Extent, Ways, tag_table
from anyi_geo.county.coordinates import bd09_to_gcj02, gcj02_to_wgs84
from anyi_geo.county.reading import unreadable
from anyi_geo.errors import Fault, InputError, Message, SettingError

_DEGREES = 4326
#: First bytes of a .shp.
_SHAPEFILE = bytes.fromhex("0000270a")
_SHIFTED = ("gcj02", "bd09")
#: Degrees by which a layer in GCJ-02 or BD-09 may lie beside the county (about 2 km).
_SHIFT = 0.02
#: Decimals of a degree to which two ends are one place (about a centimetre).
_DECIMALS = 7


def read_ways(
    path: Path, area: Area, *, layer: str | None, class_column: str | None, class_map: dict[str, str], crs: str | None
) -> Ways:
    """Return the lines of a layer that come near the area; lines meet where they share a point or one ends on another.

    Raises
    ------
    InputError
        When the file is cut off, has no such layer or column, declares no coordinates, or lies elsewhere.
    """
    _refuse_cut_off(path)
    layer = _layer(path, layer)
    encoding = _encoding(path)
    info = _attempt(path, pyogrio.read_info, layer=layer, encoding=encoding, force_total_bounds=True)
    columns = [str(name) for name in info["fields"]]
    column = class_column_of(path.name, columns, class_column)
    declared = _crs(path.name, info["crs"], crs)
    found = _extent(info["total_bounds"], declared)
    if found is None:
        return _none()
    bounds = _bounds_in(area, declared)
    table = _attempt(path, gpd.read_file, layer=layer, encoding=encoding, bbox=bounds, engine="pyogrio")
    table = table[table.geometry.notna() & ~table.geometry.is_empty]
    table = table[shapely.get_dimensions(table.geometry.to_numpy()) == 1]
    if table.empty:
        raise no_overlap(path.name, found, area)
    return _ways(table, declared, column, class_map, found, is_osm="osm_id" in columns or "osmid" in columns)


def _ways(
    table: gpd.GeoDataFrame,
    declared: CRS | str,
    column: str,
    class_map: dict[str, str],
    extent: Extent,
    *,
    is_osm: bool,
) -> Ways:
    rows = pd.DataFrame(table.drop(columns=table.geometry.name)).reset_index(drop=True)
    tags, notes = layer_tags(rows, column, class_map)
    lines, owner = shapely.get_parts(shapely.force_2d(table.geometry.to_numpy()), return_index=True)
    lines = shapely.transform(lines, lambda c: np.round(np.column_stack(_to_degrees(c, declared)), _DECIMALS))
    lines, joints = join_ends(lines)
    place, line = shapely.get_coordinates(lines, return_index=True)
    _, node = np.unique(place, axis=0, return_inverse=True)
    count = np.bincount(line, minlength=len(lines))
    identifiers = [tags.index[k] for k in owner]
    return Ways(
        tags=tag_table(tags.iloc[owner].to_dict("records"), identifiers),
        first=np.r_[0, np.cumsum(count)].astype(np.int64),
        node=node.reshape(-1).astype(np.int64) + 1,
        lon=place[:, 0],
        lat=place[:, 1],
        extent=extent,
        source="osm" if is_osm else "county",
        notes=(*notes, *_joint_note(joints)),
    )


def _joint_note(joints: int) -> list[Message]:
    if not joints:
        return []
    return [
        Message(
            f"有 {joints} 处线头搭在别的道路上（相差不到 1 米）却没有公共折点，已按相通处理；只是交叉的线不相通。",
            f"{joints} ends of lines lie on another road, within a metre but without a common point: they were joined; "
            "lines that merely cross were not.",
        )
    ]


def _none() -> Ways:
    empty = np.empty(0)
    return Ways(tag_table([], []), np.zeros(1, np.int64), empty.astype(np.int64), empty, empty, None, "county")


def _refuse_cut_off(path: Path) -> None:
    """Test a GeoPackage with SQLite's own check: GDAL reads half of one without a word."""
    with path.open("rb") as file:
        parts = (".dbf", ".shx") if file.read(4) == _SHAPEFILE else ()
    for ending in parts:
        if not path.with_suffix(ending).is_file() and not path.with_suffix(ending.upper()).is_file():
            sentence = Message(
                f"缺少 {path.stem}{ending}：Shapefile 的 .shp、.shx、.dbf、.prj 要放在同一个文件夹里。",
                f"{path.stem}{ending} is missing: .shp, .shx, .dbf and .prj belong in one folder.",
            )
            raise InputError([Fault("E_MISSING_FILE", f"{path.stem}{ending}", None, "", "", None, sentence)])
    if path.suffix.lower() != ".gpkg":
        return
    try:
        database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            answer = database.execute("PRAGMA quick_check").fetchone()
        finally:
            database.close()
    except sqlite3.Error as error:
        why = Message(f"不是完整的 GeoPackage（{error}）", f"it is no whole GeoPackage ({error})")
        raise InputError([unreadable(path.name, why)]) from None
    if answer is None or answer[0] != "ok":
        why = Message("数据库完整性检查未通过", "SQLite's integrity check fails")
        raise InputError([unreadable(path.name, why)])


def _layer(path: Path, wanted: str | None) -> str:
    """Return the layer to read: the named one, OSMnx' edges, or the only one of lines."""
    layers = _attempt(path, pyogrio.list_layers)
    names = [str(name) for name, _ in layers]
    if wanted is not None:
        if wanted not in names:
            raise SettingError(
                f"{path.name} 没有图层 {wanted}；有：{'、'.join(names)}。",
                f"{path.name} has no layer {wanted}; it has {', '.join(names)}.",
            )
        return wanted
    lines = [str(name) for name, kind in layers if kind is not None and "LineString" in str(kind)]
    lines = lines or [str(name) for name, kind in layers if kind is not None and str(kind).startswith("Unknown")]
    if "edges" in lines:
        return "edges"
    if len(lines) == 1:
        return lines[0]
    if not lines:
        why = Message(f"没有线图层（有：{'、'.join(names)}）", f"it has no layer of lines (it has {', '.join(names)})")
        raise InputError([unreadable(path.name, why)])
    raise SettingError(
        f"{path.name} 有多个线图层：{'、'.join(lines)}。请用 --layer 指定道路图层。",
        f"{path.name} has several layers of lines: {', '.join(lines)}. Name one with --layer.",
    )


def _encoding(path: Path) -> str | None:
    """Return how the text of a Shapefile without a .cpg is written: UTF-8 when it is that, else GB18030."""
    table = path.with_suffix(".dbf")
    if path.suffix.lower() != ".shp" or path.with_suffix(".cpg").is_file() or not table.is_file():
        return None
    try:
        table.read_bytes()[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "GB18030"
    return "UTF-8"


def _attempt(path: Path, read: Any, **settings: Any) -> Any:
    """Read, and turn what GDAL says of a broken file into a fault; its warnings of torn data count as such."""
    settings = {name: value for name, value in settings.items() if value is not None}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            return read(path, **settings)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        why = Message(f"打不开或内容不完整（{error}）", f"it cannot be opened or is cut off ({error})")
    except (RuntimeWarning, ValueError, OSError, shapely.errors.GEOSException) as error:
        why = Message(f"内容不完整或格式不对（{error}）", f"it is cut off or malformed ({error})")
    raise InputError([unreadable(path.name, why)])


def _crs(file: str, found: Any, wanted: str | None) -> CRS | str:
    """Return the CRS: what the planner says, else what the layer declares."""
    said = (wanted or "").lower().replace("-", "")
    if said in _SHIFTED:
        return said
    if wanted is None and found is None:
        sentence = Message(
            f"{file} 没有说明坐标系（Shapefile 可能缺 .prj 文件）：请用 --crs 说明，"
            "例如 --crs wgs84、--crs gcj02、--crs EPSG:4548。",
            f"{file} declares no coordinates (a Shapefile may lack its .prj): say which with --crs, "
            "wgs84, gcj02 or EPSG:4548.",
        )
        raise InputError([Fault("E_BAD_CRS", file, None, "", "crs", None, sentence)])
    code = {"wgs84": "EPSG:4326", "cgcs2000": "EPSG:4490"}.get(said, f"EPSG:{said}" if said.isdigit() else wanted)
    try:
        return CRS.from_user_input(code or found)
    except CRSError:
        raise SettingError(
            f"不认识坐标系 {wanted or found}：可写 wgs84、cgcs2000、gcj02、bd09 或 EPSG:4548 一类的编号。",
            f"Unknown coordinates {wanted or found}: write wgs84, cgcs2000, gcj02, bd09 or a code as EPSG:4548.",
        ) from None


def _extent(bounds: Any, declared: CRS | str) -> Extent | None:
    if bounds is None or not np.isfinite(np.asarray(bounds, float)).all():
        return None
    west, south, east, north = (float(value) for value in bounds)
    if isinstance(declared, str):
        return west, south, east, north
    turn = Transformer.from_crs(declared, _DEGREES, always_xy=True)
    return tuple(float(v) for v in turn.transform_bounds(west, south, east, north))  # type: ignore[return-value]


def _bounds_in(area: Area, declared: CRS | str) -> Extent:
    west, south, east, north = area.cut.bounds
    if isinstance(declared, str):
        return west - _SHIFT, south - _SHIFT, east + _SHIFT, north + _SHIFT
    turn = Transformer.from_crs(_DEGREES, declared, always_xy=True)
    return tuple(float(v) for v in turn.transform_bounds(west, south, east, north))  # type: ignore[return-value]


def _to_degrees(points: np.ndarray, declared: CRS | str) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(declared, str):
        lon, lat = points[:, 0], points[:, 1]
        return gcj02_to_wgs84(*(bd09_to_gcj02(lon, lat) if declared == "bd09" else (lon, lat)))
    if declared.to_epsg() == _DEGREES:
        return points[:, 0], points[:, 1]
    turn = Transformer.from_crs(declared, _DEGREES, always_xy=True)
    return turn.transform(points[:, 0], points[:, 1])
