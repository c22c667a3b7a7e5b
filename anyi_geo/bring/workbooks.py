"""Workbooks old and new as raw tables; one that is cut off, locked or damaged is a sentence."""

from __future__ import annotations

import contextlib
import io
import os
import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, PasswordError, load_workbook

from anyi_geo.bring.raw import LONGEST, RawTable, UnreadableError, reason_of

_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>\s*<f[ >/](?:(?!</c>).)*?</c>', re.DOTALL)

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")

_FREE_SECTORS = 0xFFFFFFFA


def workbook(path: Path) -> list[RawTable]:
    """Read every visible worksheet."""
    content = path.read_bytes()
    if content.lstrip()[:200].lower().startswith((b"<html", b"<!doctype html", b"<table")):
        raise UnreadableError("它其实是网页，请用 Excel 或 WPS 打开后另存为 xlsx", "it is a web page: save it as xlsx")
    if content[:8] == _COMPOUND:
        _whole_compound(content)
    formulas = _uncomputed(content) if content[:2] == b"PK" else {}
    try:
        with _unheard():
            book = load_workbook(io.BytesIO(content))
        tables = []
        for sheet in book.sheets_metadata:
            if "Visible" not in str(sheet.visible) or "WorkSheet" not in str(sheet.typ):
                continue
            found = book.get_sheet_by_name(sheet.name)
            if found.total_height > LONGEST:
                raise UnreadableError(f"工作表“{sheet.name}”有 {found.total_height:,} 行，超过 {LONGEST:,} 行",
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
        raise UnreadableError(
            f"不是完整的工作簿（{reason_of(error)}）", f"no whole workbook: {reason_of(error)}"
        ) from None
    except BaseException as error:
        # The reader is compiled: on torn files it may panic, and a panic is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableError("工作簿内容已损坏", "the workbook is damaged") from None
    return tables


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Keep what the compiled reader writes about its own panic off the planner's screen."""
    try:
        heard = os.dup(2)
    except OSError:  # no standard error at all, as under pythonw
        yield
        return
    silence = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silence, 2)
        yield
    finally:
        os.dup2(heard, 2)
        os.close(heard)
        os.close(silence)


def _fill_merged(rows: list[list[Any]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Write the value of a merged block into all its cells: a township written once beside its villages."""
    for (top, left), (bottom, right) in ranges:
        if left != right or top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            row[left] = rows[top][left]


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
        raise UnreadableError(
            f"不是完整的工作簿（{reason_of(error)}）", f"no whole workbook: {reason_of(error)}"
        ) from None
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
