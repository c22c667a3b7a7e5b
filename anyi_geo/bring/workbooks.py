"""Workbooks old and new as raw tables; one that is cut off, locked or damaged is a sentence."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

from anyi_geo.bring import compound
from anyi_geo.bring.raw import LONGEST, RawTable, UnreadableError, letters, reason_of
from anyi_geo.bring.xlsx_parts import Unread, unread_cells


def workbook(path: Path) -> list[RawTable]:
    """Read every worksheet; a hidden one is handed over without its cells, so that it can be told."""
    content = path.read_bytes()
    if content.lstrip()[:200].lower().startswith((b"<html", b"<!doctype html", b"<table")):
        raise UnreadableError("它其实是网页，请用 Excel 或 WPS 打开后另存为 xlsx", "it is a web page: save it as xlsx")
    unread = unread_cells(content) if content[:2] == b"PK" else {}
    if content[:8] == compound.MARK:
        compound.refuse_compound(content)
        unread = {name: Unread(errors=errors) for name, errors in compound.errors_in(content).items()}
    try:
        with _unheard():
            book = load_workbook(io.BytesIO(content))
        tables = []
        for sheet in book.sheets_metadata:
            if sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            found = book.get_sheet_by_name(sheet.name)
            if sheet.visible != SheetVisibleEnum.Visible:
                tables.append(RawTable(path.name, sheet.name, [], [], hidden=found.total_height > 1))
                continue
            if found.total_height > LONGEST:
                raise UnreadableError(f"工作表“{sheet.name}”有 {found.total_height:,} 行，超过 {LONGEST:,} 行",
                                      f"sheet {sheet.name!r} has {found.total_height:,} rows")  # fmt: skip
            rows = found.to_python(skip_empty_area=False)
            cells = unread.get(sheet.name, Unread())
            _put_errors(rows, cells.errors)
            merged = _fill_merged(rows, found.merged_cell_ranges or [])
            numbers = list(range(1, len(rows) + 1))
            tables.append(RawTable(path.name, sheet.name, rows, numbers, uncomputed=cells.uncomputed, merged=merged))
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


def _put_errors(rows: list[list[Any]], errors: dict[str, str]) -> None:
    """Write #N/A and the like where the reader left a blank: a broken formula is no cell left empty."""
    if not errors:
        return
    for number, row in enumerate(rows, 1):
        for column in range(len(row)):
            error = errors.get(f"{letters(column)}{number}")
            if error is not None:
                row[column] = error


def _fill_merged(rows: list[list[Any]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> frozenset[str]:
    """Write the value of a block merged downwards into all its cells: a township written once beside its villages.

    Returns
    -------
    frozenset of str
        The cells of all blocks with a value, but the first of each: one number is not two villages'.
    """
    merged = set()
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]) or rows[top][left] in (None, ""):
            continue
        for number in range(top, min(bottom + 1, len(rows))):
            for column in range(left, min(right + 1, len(rows[number]))):
                if (number, column) != (top, left):
                    merged.add(f"{letters(column)}{number + 1}")
        if left == right:
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
    return frozenset(merged)
