"""Files as tables of raw cells: workbooks old and new, csv in any usual encoding, layers of points and areas."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import shapely
from python_calamine import CalamineError, PasswordError, load_workbook

from anyi_geo.errors import Fault, Message

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".xlsb", ".ods")
_LAYERS = (".gpkg", ".geojson", ".json", ".shp", ".zip", ".kml")
#: Longer tables are no survey of a county; reading them would only exhaust the machine.
_LONGEST = 200_000


@dataclass(frozen=True)
class RawTable:
    """One worksheet, csv file or layer, nothing understood yet.

    Attributes
    ----------
    file, sheet : str
        Name of the file; name of the worksheet or layer ("" for csv).
    rows : list of list
        Cells; of a layer the first row holds the field names.
    numbers : list of int
        What the spreadsheet calls each row; of a layer, headings are 0 and features count from 1.
    geometries : list or None
        Shapely geometries or None, one per row after the first, of a layer.
    crs : str
        What a layer says about its coordinates, as ``EPSG:4326``, or "".
    uncomputed : frozenset of str
        Cells that hold a formula without a value.
    """

    file: str
    sheet: str
    rows: list[list[Any]]
    numbers: list[int]
    geometries: list[Any] | None = None
    crs: str = ""
    uncomputed: frozenset[str] = frozenset()

    def cell(self, position: int, column: int) -> str:
        """Return the address of a cell, ``E5``, or the field name of a layer."""
        if self.geometries is not None:
            return str(self.rows[0][column]) if column < len(self.rows[0]) else ""
        return f"{letters(column)}{self.numbers[position]}"


class UnreadableError(Exception):
    """A file that is cut off, locked or of another kind than its name says."""

    def __init__(self, zh: str, en: str, code: str = "E_UNREADABLE", row: int | None = None) -> None:
        super().__init__(en)
        self.message = Message(zh, en)
        self.code = code
        self.row = row


def letters(column: int) -> str:
    """Return the letters of a spreadsheet column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_tables(path: Path) -> tuple[list[RawTable], list[Fault]]:
    """Read every table of a file; never raises on bad content.

    Returns
    -------
    tuple
        The tables, and the faults of what could not be read.
    """
    kind = path.suffix.lower()
    reader: Callable[[Path], list[RawTable]]
    if kind in _WORKBOOKS:
        reader = _workbook
    elif kind in {".csv", ".txt", ".tsv"}:
        reader = _csv
    elif kind in _LAYERS:
        reader = _layers
    else:
        usual = "xlsx、xls、csv、gpkg、geojson、shp"
        return [], [_fault(path, UnreadableError(f"不认识 {kind or '没有扩展名'} 的文件，请另存为 {usual} 之一",
                                                 f"files of kind {kind!r} are not known"))]  # fmt: skip
    if not path.is_file():
        error = UnreadableError("没有这个文件，请核对路径", "there is no such file: check the path", "E_MISSING_FILE")
        return [], [_fault(path, error)]
    try:
        return reader(path), []
    except UnreadableError as error:
        return [], [_fault(path, error)]
    except (OSError, ValueError, csv.Error, zipfile.BadZipFile, zlib.error, sqlite3.Error, struct.error) as error:
        reason = _reason(error)
        return [], [_fault(path, UnreadableError(f"内容不完整或格式不对（{reason}）", reason))]


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__


def _fault(path: Path, error: UnreadableError) -> Fault:
    mend = "" if error.code == "E_MISSING_FILE" else "。文件可能只复制了一半或不是这种格式，请重新复制或另存后再导入"
    return Fault(
        error.code, path.name, error.row, "", "", None,
        Message(f"{path.name} 读不出来："
                f"{error.message.zh}{mend}。", f"{path.name} cannot be read: {error.message.en}."),
    )  # fmt: skip


def _workbook(path: Path) -> list[RawTable]:
    content = path.read_bytes()
    if content.lstrip()[:200].lower().startswith((b"<html", b"<!doctype html", b"<table")):
        raise UnreadableError("它其实是网页，请用 Excel 或 WPS 打开后另存为 xlsx", "it is a web page: save it as xlsx")
    if content[:8] == _COMPOUND:
        _whole_compound(content)
    formulas = _uncomputed(content) if content[:2] == b"PK" else {}
    try:
        book = load_workbook(io.BytesIO(content))
        tables = []
        for sheet in book.sheets_metadata:
            if "Visible" not in str(sheet.visible) or "WorkSheet" not in str(sheet.typ):
                continue
            found = book.get_sheet_by_name(sheet.name)
            if found.total_height > _LONGEST:
                raise UnreadableError(f"工作表“{sheet.name}”有 {found.total_height:,} 行，超过 {_LONGEST:,} 行",
                                      f"sheet {sheet.name!r} has {found.total_height:,} rows")  # fmt: skip
            rows = found.to_python(skip_empty_area=False)
            _fill_merged(rows, found.merged_cell_ranges or [])
            tables.append(
                RawTable(
                    path.name, sheet.name, rows, list(range(1, len(rows) + 1)),
                    uncomputed=formulas.get(sheet.name, frozenset()),
                )
            )  # fmt: skip
    except UnreadableError:
        raise
    except PasswordError:
        raise UnreadableError("有打开密码，请先去掉密码", "it is protected by a password: remove it") from None
    except CalamineError as error:
        raise UnreadableError(f"不是完整的工作簿（{_reason(error)}）", f"no whole workbook: {_reason(error)}") from None
    except BaseException as error:
        # The reader is compiled: on torn files it may panic, and a panic is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableError("工作簿内容已损坏", "the workbook is damaged") from None
    return tables


def _fill_merged(rows: list[list[Any]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Write the value of a merged block into all its cells: a township written once beside its villages."""
    for (top, left), (bottom, right) in ranges:
        if left != right or top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            row[left] = rows[top][left]


_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>\s*<f[ >/](?:(?!</c>).)*?</c>', re.DOTALL)


def _uncomputed(content: bytes) -> dict[str, frozenset[str]]:
    """Return, by sheet, the cells of an xlsx file whose formula was never computed."""
    found: dict[str, frozenset[str]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            torn = archive.testzip()
            if torn is not None:
                raise UnreadableError(f"压缩包里的 {torn} 已损坏", f"{torn} in it is damaged")
            sheets = _sheet_parts(archive)
            for name, part in sheets.items():
                xml = archive.read(part)
                cells = {m[1].decode() for m in _FORMULA.finditer(xml) if _is_uncomputed(m)} if b"<f" in xml else set()
                found[name] = frozenset(cells)
    except (KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnreadableError(f"不是完整的工作簿（{_reason(error)}）", f"no whole workbook: {_reason(error)}") from None
    return found


def _is_uncomputed(cell: re.Match[bytes]) -> bool:
    """Return whether a formula's cell has no value; an empty text is one (``=IF(A1="", "", A1)``)."""
    return b't="str"' not in cell[2] and not re.search(rb"<v>[^<]", cell[0])


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    names = archive.namelist()
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    rels = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in re.findall(r"<Relationship\b[^>]*>", rels):
        key, target = re.search(r'\bId="([^"]*)"', tag), re.search(r'\bTarget="([^"]*)"', tag)
        if key and target:
            path = target[1].lstrip("/")
            targets[key[1]] = path if path.startswith("xl/") else f"xl/{path}"
    parts = {}
    for tag in re.findall(r"<sheet\b[^>]*>", archive.read("xl/workbook.xml").decode("utf-8", "replace")):
        name, key = re.search(r'\bname="([^"]*)"', tag), re.search(r'\br:id="([^"]*)"', tag)
        if name and key and targets.get(key[1]) in names:
            parts[name[1]] = targets[key[1]]
    return parts


_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_FREE_SECTORS = 0xFFFFFFFA


def _whole_compound(content: bytes) -> None:
    """Refuse an old workbook that is shorter than its own table of sectors says.

    The reader would hand over the rows before the cut without a word. Layout: [MS-CFB] 2.2 and 2.3.
    """
    if len(content) < 512:
        raise UnreadableError("文件被截断", "it is cut off")
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    last = -1
    heads = [sector for sector in struct.unpack_from("<109I", content, 76) if sector < _FREE_SECTORS]
    for number, sector in enumerate(heads):
        start = (sector + 1) * size
        if start + size > len(content):
            raise UnreadableError("文件被截断", "it is cut off")
        entries = struct.unpack_from(f"<{size // 4}I", content, start)
        used = [k for k, value in enumerate(entries) if value != 0xFFFFFFFF]
        last = max(last, number * (size // 4) + used[-1] if used else last)
    # Writers may leave out the unused rest of the very last sector.
    if (last + 1) * size >= len(content):
        raise UnreadableError("文件被截断", "it is cut off")


def _csv(path: Path) -> list[RawTable]:
    text = _decoded(path.read_bytes())
    head = "\n".join(text.splitlines()[:5])
    delimiter = max(",\t;，", key=head.count) if head.strip() else ","
    read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[list[Any]] = [[cell if cell != "" else None for cell in line] for line in read]
    if not any(any(cell is not None for cell in line) for line in lines):
        raise UnreadableError("文件是空的", "it is empty")
    if len(lines) > _LONGEST:
        raise UnreadableError(f"有 {len(lines):,} 行，超过 {_LONGEST:,} 行", f"it has {len(lines):,} rows")
    width = max(len(line) for line in lines[:1])
    if len(lines) > 2 and 0 < len(lines[-1]) < width and not text.endswith(("\n", "\r")):
        row = len(lines)
        raise UnreadableError(f"最后一行（第 {row} 行）只有 {len(lines[-1])} 格，表头有 {width} 格，像是被截断",
                              f"the last row ({row}) has {len(lines[-1])} cells, the header "
                              f"{width}", row=row)  # fmt: skip
    for number, line in enumerate(lines, 1):
        if number > 1 and len(lines[0]) > 1 and any(cell is not None for cell in line[width:]):
            raise UnreadableError(
                f"第 {number} 行有 {len(line)} 格，表头只有 {width} 格；带千分位逗号的数字要加引号",
                f"row {number} has {len(line)} cells, the header {width}; quote numbers with thousands separators",
                row=number,
            )
        line.extend([None] * (width - len(line)))
    return [RawTable(path.name, "", list(lines), list(range(1, len(lines) + 1)))]


def _decoded(content: bytes) -> str:
    if not content.strip():
        raise UnreadableError("文件是空的", "it is empty")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    if b"\0" in content:
        raise UnreadableError("不是文本表格", "it is no text table")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Cut inside a character: GB 18030 would read the rest as other characters without complaint.
        if error.start >= len(content) - 3 and error.start > 0:
            raise UnreadableError("文件在一个汉字中间被截断", "it is cut off inside a character") from None
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        raise UnreadableError("文字编码既不是 UTF-8 也不是 GBK", "it is neither UTF-8 nor GBK") from None


def _layers(path: Path) -> list[RawTable]:
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
        raise UnreadableError(f"打不开图层（{_reason(error)}）", _reason(error)) from None


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
