"""The files of a county folder as raw rows: what cannot be read is a fault, nothing is guessed."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from pydantic import ValidationError

from anyi_geo.errors import Fault, InputError, Message
from anyi_geo.schema import (
    BASE_SCENARIO,
    COUNTY,
    HAMLETS,
    PARAMETERS,
    REQUIRED_FILES,
    RESIDENTS,
    ROADS,
    SITES,
    TOWNSHIPS,
    VILLAGES,
    columns_of,
)
from anyi_geo.settings import Settings

#: Names under which a file may declare longitude and latitude on WGS84 or CGCS2000 (equal for our purpose).
_DEGREES = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")
#: Half characters (lone surrogates): no file can be written with them.
_HALF = re.compile(r"[\ud800-\udfff]")
#: No longitude is larger; a file whose coordinates are holds metres.
_LARGEST_DEGREE = 360.0
NODES, EDGES = "nodes", "edges"
#: What only the map shows; a county does without.
RIVERS = "background/rivers.geojson"
TERRAIN = "background/terrain.png"
TERRAIN_BOUNDS = "background/terrain.json"


@dataclass(frozen=True)
class RawFile:
    """One file as read.

    Attributes
    ----------
    rows : list of dict
        Cells by column, in file order; the first row is row 1.
    geometries : list
        GeoJSON geometry objects or None, one per row.
    """

    rows: list[dict[str, Any]]
    geometries: list[dict[str, Any] | None]


@dataclass(frozen=True)
class RawCounty:
    """A folder as read: what could be read, and the faults of what could not."""

    files: dict[str, RawFile]
    nodes: gpd.GeoDataFrame | None
    edges: gpd.GeoDataFrame | None
    faults: list[Fault]


def read_county(folder: Path) -> RawCounty:
    """Read every file of a county folder; never raises on bad data."""
    faults: list[Fault] = []
    files: dict[str, RawFile] = {}
    nodes = edges = None
    for name in (*REQUIRED_FILES, HAMLETS, RESIDENTS):
        path = folder / name
        if not path.is_file():
            if name in REQUIRED_FILES:
                faults.append(_missing(name))
            continue
        try:
            if name in (COUNTY, TOWNSHIPS, VILLAGES, HAMLETS, SITES):
                files[name] = _geojson(name, path, faults)
            elif name in (PARAMETERS, RESIDENTS):
                files[name] = _csv(name, path)
            elif name == ROADS:
                nodes, edges = _roads(path, faults)
            elif name == BASE_SCENARIO:
                faults.extend(_base_faults(path))
        except _UnreadableError as error:
            faults.append(unreadable(name, error.message, error.row))
        except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
            faults.append(unreadable(name, Message(f"内容不完整或格式不对（{error}）", f"{error}")))
    faults.extend(_background_faults(folder))
    return RawCounty(files, nodes, edges, faults)


def _background_faults(folder: Path) -> Iterator[Fault]:
    for name in (RIVERS, TERRAIN_BOUNDS):
        if (folder / name).is_file():
            try:
                json.loads((folder / name).read_text(encoding="utf-8-sig"))
            except (OSError, ValueError) as error:
                yield unreadable(name, Message(f"内容不完整或格式不对（{error}）", f"{error}"))


def read_features(folder: Path, name: str) -> RawFile:
    """Read one GeoJSON file of a county folder.

    Raises
    ------
    InputError
        When it is missing, cut off, no feature collection, or not in degrees.
    """
    if not (folder / name).is_file():
        raise InputError([_missing(name)])
    faults: list[Fault] = []
    try:
        found = _geojson(name, folder / name, faults)
    except _UnreadableError as error:
        raise InputError([unreadable(name, error.message, error.row)]) from None
    except (OSError, ValueError) as error:
        why = Message(f"内容不完整或格式不对（{error}）", f"{error}")
        raise InputError([unreadable(name, why)]) from None
    if faults:
        raise InputError(faults)
    return found


class _UnreadableError(Exception):
    def __init__(self, zh: str, en: str, row: int | None = None) -> None:
        super().__init__(en)
        self.message = Message(zh, en)
        self.row = row


def unreadable(file: str, why: Message, row: int | None = None) -> Fault:
    """Return the fault of a file that is cut off or no file of its kind."""
    return Fault(
        "E_UNREADABLE",
        file,
        row,
        "",
        "",
        None,
        Message(
            f"{file} 读不出来：{why.zh}。文件可能只复制了一半，请重新复制或导出。",
            f"{file} cannot be read: {why.en}. It may be cut off: copy or export it again.",
        ),
    )


def _missing(file: str) -> Fault:
    return Fault(
        "E_MISSING_FILE",
        file,
        None,
        "",
        "",
        None,
        Message(
            f"缺少文件 {file}：请放入县数据文件夹（可用 anyi-geo new 得到样例）。",
            f"{file} is missing: put it into the county folder (`anyi-geo new` makes a sample).",
        ),
    )


def _bad_crs(file: str, found: object) -> Fault:
    return Fault(
        "E_BAD_CRS",
        file,
        None,
        "",
        "crs",
        str(found),
        Message(
            f"{file} 的坐标系是 {found}：请转换为经纬度（WGS84 或 CGCS2000）后再放入。",
            f"{file} is in {found}: convert it to longitude and latitude (WGS84 or CGCS2000).",
        ),
    )


def _base_faults(path: Path) -> Iterator[Fault]:
    """Yield the settings of the base scenario that are missing or wrong."""
    try:
        Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        for wrong in error.errors():
            key = ".".join(str(step) for step in wrong["loc"])
            missing = wrong["type"] == "missing"
            yield Fault(
                "E_BAD_TYPE", BASE_SCENARIO, None, "", key, None if missing else str(wrong["input"]),
                Message(
                    f"{BASE_SCENARIO} {'缺少设置项' if missing else '的设置项不对：'} {key}。",
                    f"{BASE_SCENARIO}: {key}: {wrong['msg']}.",
                ),
            )  # fmt: skip


def _geojson(name: str, path: Path, faults: list[Fault]) -> RawFile:
    found = _parsed(path.read_text(encoding="utf-8-sig"))
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        raise _UnreadableError("不是 GeoJSON 要素集合", "it is no GeoJSON feature collection")
    if not found["features"]:
        raise _UnreadableError("没有任何要素", "it holds no features")
    crs = found.get("crs")
    declared = str(crs.get("properties", {}).get("name", crs)) if isinstance(crs, dict) else None
    if declared is not None and not declared.upper().endswith(_DEGREES):
        faults.append(_bad_crs(name, declared))
    rows, geometries = [], []
    for number, feature in enumerate(found["features"], 1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            raise _UnreadableError(f"第 {number} 个要素没有属性", f"feature {number} has no properties", number)
        rows.append(feature["properties"])
        geometries.append(feature.get("geometry"))
    if declared is None and _in_metres(geometries):
        faults.append(_bad_crs(name, "米制投影坐标（未声明）"))
    return RawFile(rows, geometries)


def _parsed(text: str) -> Any:
    """Return what JSON holds, with ``?`` for half characters."""
    found = json.loads(text)
    if "\\ud" not in text.lower():
        return found
    return json.loads(_HALF.sub("?", json.dumps(found, ensure_ascii=False)))


def _in_metres(geometries: list[dict[str, Any] | None]) -> bool:
    first = [_first_number(geometry.get("coordinates")) for geometry in geometries if isinstance(geometry, dict)]
    numbers = [value for value in first if value is not None]
    return bool(numbers) and all(abs(value) > _LARGEST_DEGREE for value in numbers)


def _first_number(value: Any) -> float | None:
    while isinstance(value, list) and value:
        value = value[0]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _csv(name: str, path: Path) -> RawFile:
    numeric = {column.name for column in columns_of(name) if column.kind == "number"}
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, strict=True))
    if not lines:
        raise _UnreadableError("文件是空的", "it is empty")
    header = lines[0]
    rows = []
    for number, cells in enumerate(lines[1:], 1):
        if len(cells) != len(header):
            zh = f"第 {number} 行有 {len(cells)} 列，表头有 {len(header)} 列"
            raise _UnreadableError(zh, f"row {number} has {len(cells)} cells, the header {len(header)}", number)
        rows.append(
            {name: _number(cell) if name in numeric else cell for name, cell in zip(header, cells, strict=True)}
        )
    return RawFile(rows, [None] * len(rows))


def _number(cell: str) -> Any:
    try:
        return float(cell)
    except ValueError:
        return cell or None


def _roads(path: Path, faults: list[Fault]) -> tuple[gpd.GeoDataFrame | None, gpd.GeoDataFrame | None]:
    try:
        with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as database:
            answer = database.execute("PRAGMA integrity_check").fetchone()
            found = {row[0] for row in database.execute("SELECT table_name FROM gpkg_contents")}
    except sqlite3.Error as error:
        raise _UnreadableError(f"不是完整的 GeoPackage（{error}）", f"it is no whole GeoPackage ({error})") from None
    finally:
        if "database" in locals():
            database.close()
    if answer is None or answer[0] != "ok":
        raise _UnreadableError("数据库完整性检查未通过", "SQLite's integrity check fails")
    if not {NODES, EDGES} <= found:
        lacking = "、".join(sorted({NODES, EDGES} - found))
        raise _UnreadableError(f"缺少图层 {lacking}", f"layers are missing: {lacking}")
    layers = [gpd.read_file(path, layer=layer) for layer in (NODES, EDGES)]
    for layer in layers:
        if layer.crs is None or not layer.crs.is_geographic or layer.crs.to_epsg() not in (4326, 4490, None):
            faults.append(_bad_crs(ROADS, layer.crs))
            return None, None
        if not len(layer):
            raise _UnreadableError("道路图层是空的", "a road layer is empty")
    return layers[0].to_crs(4326), layers[1].to_crs(4326)


def frame(raw: RawFile) -> pd.DataFrame:
    """Return the cells as a table, rows numbered from 1."""
    return pd.DataFrame(raw.rows, index=pd.RangeIndex(1, len(raw.rows) + 1))
