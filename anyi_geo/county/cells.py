"""Cell by cell: columns, types, ranges and choices, all from the one schema table."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

from anyi_geo.county.reading import RawFile
from anyi_geo.errors import Fault, Message
from anyi_geo.schema import Column, columns_of

#: The column that names a row in a message.
IDENTIFIERS = {
    "villages.geojson": "village_id",
    "hamlets.geojson": "hamlet_id",
    "sites.geojson": "site_id",
    "boundaries/townships.geojson": "code",
    "boundaries/county.geojson": "code",
    "parameters.csv": "key",
    "residents.csv": "resident_id",
}
_EXPECTED = {
    "text": ("文字", "text"),
    "code": ("编号（文字）", "an identifier (text)"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "flag": ("true 或 false", "true or false"),
    "date": ("日期，例如 2023-09-30", "a date such as 2023-09-30"),
}


def cell_faults(file: str, raw: RawFile) -> Iterator[Fault]:
    """Yield missing columns and cells that do not fit their column."""
    for column in columns_of(file):
        if not any(column.name in row for row in raw.rows):
            if column.required:
                yield missing_column(column)
            continue
        for number, row in enumerate(raw.rows, 1):
            fault = cell_fault(column, number, row)
            if fault is not None:
                yield fault


def row_id(file: str, row: dict[str, Any]) -> str:
    """Return what names the row, or ""."""
    value = row.get(IDENTIFIERS.get(file, ""))
    return "" if value is None else str(value)


def is_blank(value: Any) -> bool:
    """Return whether a cell holds nothing."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def is_number(value: Any) -> bool:
    """Return whether a cell holds a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_count(value: Any) -> bool:
    """Return whether a cell holds a whole number of at least 0."""
    return is_number(value) and value >= 0 and float(value).is_integer()


def missing_column(column: Column) -> Fault:
    """Return the fault of a file that lacks a required column."""
    return Fault(
        "E_MISSING_COLUMN",
        column.file,
        None,
        "",
        column.name,
        None,
        Message(
            f"{column.file} 缺少列 {column.name}（{column.zh}）：请补上。",
            f"{column.file} has no column {column.name} ({column.en}): add it.",
        ),
    )


def cell_fault(column: Column, number: int, row: dict[str, Any]) -> Fault | None:
    """Return what is wrong with one cell of row `number` (from 1), or None."""
    value: Any = row.get(column.name)
    where_zh = f"{column.file} 第 {number} 行 {column.name}（{column.zh}）"
    where_en = f"{column.file} row {number} {column.name} ({column.en})"
    code, zh, en = "E_BAD_TYPE", "", ""
    if is_blank(value):
        if not column.required or column.kind == "text":
            return None
        zh, en = "是空的，请填写", "is blank: fill it in"
    elif column.kind == "choice":
        if value in column.choices:
            return None
        zh, en = (
            f"“{value}”不在可选值里：{'、'.join(column.choices)}",
            f"{value!r} is none of {', '.join(column.choices)}",
        )
    elif not _fits(column, value):
        expected = _EXPECTED[column.kind]
        zh, en = f"“{value}”应为{expected[0]}", f"{value!r} should be {expected[1]}"
    elif column.minimum is not None and float(value) < column.minimum:
        code = "E_NEG_POP" if column.unit == "persons" else "E_BAD_TYPE"
        zh, en = f"为 {value}，不能小于 {column.minimum:g}", f"is {value}, below {column.minimum:g}"
    else:
        return None
    return Fault(
        code, column.file, number, row_id(column.file, row), column.name, value,
        Message(f"{where_zh}{zh}。请改正这一格。", f"{where_en}: {en}. Correct this cell."),
    )  # fmt: skip


def _fits(column: Column, value: Any) -> bool:
    if column.kind == "flag":
        return isinstance(value, bool) or value in (0, 1)
    if column.kind == "integer":
        return is_number(value) and float(value).is_integer()
    if column.kind == "number":
        return is_number(value)
    if column.kind == "code":
        return isinstance(value, str | int) and not isinstance(value, bool)
    if column.kind == "date":
        return isinstance(value, dt.date)
    return isinstance(value, str)
