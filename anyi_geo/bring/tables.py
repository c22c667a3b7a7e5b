"""Files as tables of raw cells: workbooks old and new, csv in any usual encoding, layers of points and areas."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anyi_geo.bring.layers import layers
from anyi_geo.bring.raw import LONGEST, RawTable, UnreadableError, reason_of
from anyi_geo.bring.workbooks import workbook
from anyi_geo.errors import Fault, Message, why_not

#: Of .ods and .xlsb the reader would hand over cells with errors as blanks.
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et")

#: A coordinate in degrees as map services give it.
_FINE = re.compile(r"(\d+)\.\d{4,}")
_LAYERS = (".gpkg", ".geojson", ".json", ".shp", ".zip", ".kml")


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
        reader = workbook
    elif kind in {".csv", ".txt", ".tsv"}:
        reader = _csv
    elif kind in _LAYERS:
        reader = layers
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
    except PermissionError as error:
        zh = f"{why_not(error).zh}，请换一个能读的位置，或关闭正在打开它的程序"
        return [], [_fault(path, UnreadableError(zh, why_not(error).en))]
    except (OSError, ValueError, csv.Error, zipfile.BadZipFile, zlib.error, sqlite3.Error, struct.error) as error:
        reason = reason_of(error)
        return [], [_fault(path, UnreadableError(f"内容不完整或格式不对（{reason}）", reason))]


def _fault(path: Path, error: UnreadableError) -> Fault:
    told = error.code == "E_MISSING_FILE" or "请" in error.message.zh  # it says itself what to do
    mend = "" if told else "。文件可能只复制了一半或不是这种格式，请重新复制或另存后再导入"
    return Fault(
        error.code, path.name, error.row, "", "", None,
        Message(f"{path.name} 读不出来："
                f"{error.message.zh}{mend}。", f"{path.name} cannot be read: {error.message.en}."),
    )  # fmt: skip


def _csv(path: Path) -> list[RawTable]:
    text = _decoded(path.read_bytes())
    head = "\n".join(text.splitlines()[:5])
    delimiter = max(",\t;，", key=head.count) if head.strip() else ","
    read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[list[Any]] = [[cell if cell != "" else None for cell in line] for line in read]
    if not any(any(cell is not None for cell in line) for line in lines):
        raise UnreadableError("文件是空的", "it is empty")
    if len(lines) > LONGEST:
        raise UnreadableError(f"有 {len(lines):,} 行，超过 {LONGEST:,} 行", f"it has {len(lines):,} rows")
    width = max(len(line) for line in lines[:1])
    if len(lines) > 1 and 0 < len(lines[-1]) < width and not text.endswith(("\n", "\r")):
        row = len(lines)
        raise UnreadableError(f"最后一行（第 {row} 行）只有 {len(lines[-1])} 格，表头有 {width} 格，像是被截断",
                              f"the last row ({row}) has {len(lines[-1])} cells, the header "
                              f"{width}", row=row)  # fmt: skip
    if len(lines) > 2 and not text.endswith(("\n", "\r")) and _is_torn([line[-1] for line in lines[1:]]):
        raise UnreadableError(
            f"最后一格（第 {len(lines)} 行“{lines[-1][-1]}”）比同列的坐标短，像是被截断；"
            "没有截断的，请在末尾加一个换行",
            f"the last cell ({lines[-1][-1]!r}) is shorter than the coordinates above it",
            row=len(lines),
        )
    for number, line in enumerate(lines, 1):
        if number > 1 and len(lines[0]) > 1 and any(cell is not None for cell in line[width:]):
            raise UnreadableError(
                f"第 {number} 行有 {len(line)} 格，表头只有 {width} 格；带千分位逗号的数字要加引号",
                f"row {number} has {len(line)} cells, the header {width}; quote numbers with thousands separators",
                row=number,
            )
        line.extend([None] * (width - len(line)))
    return [RawTable(path.name, "", list(lines), list(range(1, len(lines) + 1)))]


def _is_torn(cells: list[Any]) -> bool:
    """Return whether the last of a column of coordinates looks like the beginning of one (28.8 below 28.859158)."""
    *others, last = [str(cell or "") for cell in cells]
    whole = [_FINE.fullmatch(cell) for cell in others]
    fronts = [found[1] for found in whole if found]
    return len(fronts) == len(others) and any(
        f"{front}.".startswith(last) or re.fullmatch(rf"{front}\.\d{{0,2}}", last) for front in fronts if last
    )


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
