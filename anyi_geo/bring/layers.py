"""Layers of points and areas as raw tables: GeoPackage, GeoJSON, Shapefile."""

from __future__ import annotations

import json
import sqlite3
import struct
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely

from anyi_geo.bring.raw import RawTable, UnreadableError, reason_of


def layers(path: Path) -> list[RawTable]:
    """Read every layer with geometry."""
    kind = path.suffix.lower()
    if kind in {".geojson", ".json"}:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(found, dict) or not found.get("features"):
            raise UnreadableError(
                "不是 GeoJSON 要素集合，或没有要素", "it is no GeoJSON feature collection with features"
            )
    elif kind == ".gpkg":
        with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as database:
            answer = database.execute("PRAGMA integrity_check").fetchone()
        database.close()
        if answer is None or answer[0] != "ok":
            raise UnreadableError("数据库完整性检查未通过", "SQLite's integrity check fails")
    elif kind == ".shp":
        _whole_shapefile(path)
    try:
        names = [str(name) for name, geometry in pyogrio.list_layers(path) if geometry is not None]
        return [_layer(path, name) for name in names]
    except pyogrio.errors.DataSourceError as error:
        raise UnreadableError(f"打不开图层（{reason_of(error)}）", reason_of(error)) from None


def _layer(path: Path, layer: str) -> RawTable:
    encodings: tuple[str | None, ...] = (None,)
    if path.suffix.lower() == ".shp" and not path.with_suffix(".cpg").exists():
        encodings = ("utf-8", "gb18030")  # without a .cpg file GDAL would read Latin-1
    for encoding in encodings:
        try:
            table = gpd.read_file(path, layer=layer, encoding=encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableError("属性表的文字编码不明", "the encoding of the attributes is unknown")
    if not isinstance(table, gpd.GeoDataFrame):
        raise UnreadableError(f"图层“{layer}”没有几何", f"layer {layer!r} has no geometry")
    cells = table.drop(columns=table.geometry.name).astype(object)
    rows = [list(cells.columns), *cells.where(cells.notna(), None).to_numpy(object).tolist()]
    authority = table.crs.to_authority() if table.crs is not None else None
    crs = ":".join(authority) if authority else ("" if table.crs is None else table.crs.name)
    shapes = [None if shape is None or shape.is_empty else shapely.force_2d(shape) for shape in table.geometry]
    return RawTable(path.name, layer, rows, list(range(len(rows))), shapes, crs)


def _whole_shapefile(path: Path) -> None:
    for suffix in (".shx", ".dbf"):
        if not path.with_suffix(suffix).is_file() and not path.with_suffix(suffix.upper()).is_file():
            raise UnreadableError(
                f"缺少同名的 {suffix} 文件：Shapefile 的 .shp、.shx、.dbf、.prj 要放在一起",
                f"the {suffix} file beside it is missing",
                "E_MISSING_FILE",
            )
    head = path.read_bytes()
    if len(head) < 100 or struct.unpack_from(">i", head, 24)[0] * 2 > len(head):
        raise UnreadableError("文件被截断", "it is cut off")
    table = next(p for p in (path.with_suffix(".dbf"), path.with_suffix(".DBF")) if p.is_file()).read_bytes()
    if len(table) < 12:
        raise UnreadableError(".dbf 被截断", "its .dbf is cut off")
    records, start, length = struct.unpack_from("<IHH", table, 4)
    if start + records * length > len(table):
        raise UnreadableError(".dbf 被截断", "its .dbf is cut off")
