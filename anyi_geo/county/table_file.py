"""One table that an office fills in, csv or xlsx: headings in Chinese or as codes, every fault at once."""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from anyi_geo.county.cells import cell_fault, is_blank, missing_column
from anyi_geo.county.reading import unreadable
from anyi_geo.errors import Fault, InputError, Message, why_not
from anyi_geo.schema import Column

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_SUFFIXES = (".xlsx", ".xlsm", ".csv", ".txt")
#: Rows that a title and notes may take above the headings.
_TITLE_ROWS = 5
_UNIT = re.compile(r"\(.*?\)\s*$")


@dataclass(frozen=True)
class TableFile:
    """A table as read.

    Attributes
    ----------
    rows : DataFrame
        Index the row's number in the file (1 = the first under the headings); one column per schema column.
    faults : list of Fault
        What is wrong; rows are not to be used when any is an error.
    """

    rows: pd.DataFrame
    faults: list[Fault]


def read_table_file(
    path: Path,
    columns: Sequence[Column],
    aliases: Mapping[str, str] | None = None,
    spellings: Mapping[str, Mapping[str, str]] | None = None,
) -> TableFile:
    """Read a csv (UTF-8 or GB18030) or the first sheet of an xlsx; never raises on bad data.

    Headings stand in the first row that holds two of them, or in the very first; rows are counted below it. A row with
    nothing beside its first column was not filled in and is left out.

    Parameters
    ----------
    path : Path
    columns : sequence of Column
        What the table holds; ``file`` names it in messages. A heading may be a column's name or its Chinese name, with
        or without a unit in brackets.
    aliases : mapping, optional
        Further headings -> column name.
    spellings : mapping, optional
        Column -> what else people write -> the choice it means.
    """
    file = columns[0].file
    if path.suffix.lower() not in _SUFFIXES:
        return TableFile(_typed([], columns), [_other_format(file, path.suffix)])
    try:
        lines = _xlsx_lines(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _csv_lines(path)
    except FileNotFoundError:
        return TableFile(_typed([], columns), [_not_found(file)])
    except OSError as error:
        return TableFile(_typed([], columns), [unreadable(file, why_not(error))])
    except (UnicodeDecodeError, ValueError, KeyError, csv.Error, zipfile.BadZipFile) as error:
        return TableFile(
            _typed([], columns), [unreadable(file, Message(f"内容不完整或格式不对（{error}）", f"{error}"))]
        )
    if not lines:
        return TableFile(_typed([], columns), [unreadable(file, Message("文件是空的", "it is empty"))])
    known = {_name_of(word): column.name for column in columns for word in (column.zh, column.name)}
    known |= {_name_of(word): name for word, name in (aliases or {}).items()}
    top = next(
        (k for k, cells in enumerate(lines[:_TITLE_ROWS]) if sum(_name_of(cell) in known for cell in cells) > 1), 0
    )
    names, faults = _headings(lines[top], columns, known)
    rows = []
    for number, cells in enumerate(lines[top + 1 :], 1):
        padded = [*cells, *[None] * (len(names) - len(cells))]
        found = {name: cell for name, cell in zip(names, padded, strict=False) if name}
        row = {column.name: _value(found.get(column.name), column) for column in columns}
        row |= {name: words.get(row[name], row[name]) for name, words in (spellings or {}).items() if name in row}
        # A form is handed out with its first column written; a row with nothing beside it was not filled in.
        if any(row[column.name] is not None for column in columns[1:]):
            rows.append((number, row))
    for column in columns:
        if column.name in names:
            wrong = (cell_fault(column, number, row) for number, row in rows)
            faults.extend(fault for fault in wrong if fault is not None)
            if column.required and column.kind == "text":
                faults.extend(_blank(column, number) for number, row in rows if is_blank(row[column.name]))
        elif column.required:
            faults.append(missing_column(column))
    return TableFile(_typed(rows, columns), faults)


def read_by_place(
    path: Path,
    columns: Sequence[Column],
    aliases: Mapping[str, str],
    places: Collection[str],
    listed_in: str,
    *,
    spellings: Mapping[str, Mapping[str, str]] | None = None,
    rules: Callable[[pd.DataFrame], Iterable[Fault]] | None = None,
) -> pd.DataFrame:
    """Read a table with one row per known place, its id in the first column.

    Parameters
    ----------
    path : Path
    columns, aliases
        As :func:`read_table_file` takes them; messages name the file as `path` does.
    places : collection of str
        Known ids.
    listed_in : str
        File that lists them, for messages.
    spellings : mapping, optional
        As :func:`read_table_file` takes them.
    rules : callable, optional
        Gives the faults of cells that disagree, from the rows as read: index the row's number, cells of any type.

    Returns
    -------
    DataFrame
        Index the first column; the other columns, None where nothing was filled in.

    Raises
    ------
    InputError
        With every fault of the table; one without rows is a fault.
    """
    columns = tuple(replace(column, file=path.name) for column in columns)
    key = columns[0]
    found = read_table_file(path, columns, aliases, spellings)
    faults, seen = [*found.faults], dict[str, int]()
    for number, place in found.rows[key.name].items():
        line = int(str(number))
        if place is None:
            continue
        if place not in places:
            faults.append(unknown_reference(key, line, place, listed_in))
        if place in seen:
            faults.append(duplicate(key, line, place, seen[place]))
        seen.setdefault(place, line)
    if rules is not None:
        faults.extend(replace(fault, file=path.name) for fault in rules(found.rows))
    if not faults and found.rows.empty:
        faults.append(_no_rows(columns))
    if faults:
        raise InputError(sorted(faults, key=lambda fault: (fault.row or 0, fault.column)))
    return found.rows.set_index(key.name)


def _no_rows(columns: Sequence[Column]) -> Fault:
    file = columns[0].file
    zh = "、".join(column.zh for column in columns if column.required)
    en = ", ".join(column.name for column in columns if column.required)
    return Fault(
        "E_UNREADABLE", file, None, "", "", None,
        Message(f"{file} 没有填任何一行：每处填一行，至少要有{zh}。", f"{file} holds no rows: one a place, with {en}."),
    )  # fmt: skip


def unknown_reference(column: Column, number: int, value: object, known: str) -> Fault:
    """Return the fault of an identifier that leads nowhere."""
    return Fault(
        "E_UNKNOWN_REF", column.file, number, str(value), column.name, value,
        Message(
            f"{column.file} 第 {number} 行 {column.zh}“{value}”不存在：请填 {known} 里已有的编号。",
            f"{column.file} row {number}: {column.name} {value!r} does not exist: use an id of {known}.",
        ),
    )  # fmt: skip


def duplicate(column: Column, number: int, value: object, other: int) -> Fault:
    """Return the fault of a row that repeats another."""
    return Fault(
        "E_DUP_CODE", column.file, number, str(value), column.name, value,
        Message(
            f"{column.file} 第 {number} 行与第 {other} 行重复（{value}）：请只留一行。",
            f"{column.file} rows {other} and {number} repeat {value}: keep one.",
        ),
    )  # fmt: skip


def _other_format(file: str, suffix: str) -> Fault:
    return Fault(
        "E_UNREADABLE", file, None, "", "", suffix,
        Message(
            f"{file} 的格式（{suffix or '没有后缀'}）读不了：请另存为 xlsx 或 csv 再试。",
            f"{file}: save it as xlsx or csv, {suffix or 'a file without suffix'} cannot be read.",
        ),
    )  # fmt: skip


def _not_found(file: str) -> Fault:
    return Fault(
        "E_MISSING_FILE", file, None, "", "", None,
        Message(f"找不到文件 {file}：请核对路径。", f"There is no file {file}: check the path."),
    )  # fmt: skip


def _blank(column: Column, number: int) -> Fault:
    return Fault(
        "E_BAD_TYPE", column.file, number, "", column.name, None,
        Message(
            f"{column.file} 第 {number} 行 {column.name}（{column.zh}）是空的，请填写。",
            f"{column.file} row {number}: {column.name} is blank: fill it in.",
        ),
    )  # fmt: skip


def _csv_lines(path: Path) -> list[list[Any]]:
    data = path.read_bytes()
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = data.decode("gb18030")
    if "\0" in content:
        raise ValueError("不是文本文件")
    return [list(cells) for cells in csv.reader(content.splitlines(keepends=True), strict=True)]


def _xlsx_lines(path: Path) -> list[list[Any]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        return [list(cells) for cells in book.worksheets[0].iter_rows(values_only=True)]
    finally:
        book.close()


def _headings(
    cells: Sequence[Any], columns: Sequence[Column], known: Mapping[str, str]
) -> tuple[list[str], list[Fault]]:
    """Return the column name under each heading ("" for a blank one) and the faults of headings."""
    names, faults = [], []
    for cell in cells:
        heading = _plain_text(cell)
        name = known.get(_name_of(heading))
        if heading and name is None:
            zh = "、".join(column.zh for column in columns)
            faults.append(_heading_fault(columns[0].file, heading, f"不认识，可用的列：{zh}", "is unknown"))
        elif name and name in names:
            faults.append(_heading_fault(columns[0].file, heading, "出现了两次，请只留一列", "stands twice"))
        names.append(name or "")
    return names, faults


def _heading_fault(file: str, heading: str, zh: str, en: str) -> Fault:
    return Fault(
        "E_BAD_TYPE", file, None, "", heading, heading,
        Message(f"{file} 的列名“{heading}”{zh}。", f"{file}: heading {heading!r} {en}."),
    )  # fmt: skip


def _name_of(heading: Any) -> str:
    """Return a heading in half-width characters and without its unit in brackets."""
    return _UNIT.sub("", _plain_text(heading)).strip()


def _plain_text(cell: Any) -> str:
    return "" if is_blank(cell) else unicodedata.normalize("NFKC", str(cell)).strip()


def _value(cell: Any, column: Column) -> Any:
    """Return a cell in its column's kind, or as it stands when it does not fit."""
    if is_blank(cell) or (isinstance(cell, str) and not cell.strip()):
        return None
    if column.kind == "date":
        return _date(cell)
    if column.kind in ("text", "code", "choice"):
        return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()
    return _number(cell)


def _number(cell: Any) -> Any:
    if isinstance(cell, int | float):
        return cell
    try:
        return float(_plain_text(cell).replace(",", ""))
    except ValueError:
        return str(cell)


def _date(cell: Any) -> Any:
    if isinstance(cell, dt.datetime):
        return cell.date()
    found = _DATE.fullmatch(_plain_text(cell))
    if found is None:
        return cell
    try:
        return dt.date(*(int(part) for part in found.groups()))
    except ValueError:
        return cell


def _typed(rows: Sequence[tuple[int, dict[str, Any]]], columns: Sequence[Column]) -> pd.DataFrame:
    index = pd.Index([number for number, _ in rows], name="row", dtype=int)
    return pd.DataFrame(
        {column.name: pd.Series([row[column.name] for _, row in rows], index=index, dtype=object) for column in columns}
    )
