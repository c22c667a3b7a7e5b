"""The table of offered positions as a file that a planner confirms in Excel or WPS, and reads back."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from anyi_geo.bring_roads.places import COLUMNS, STATES
from anyi_geo.bring_roads.write import whole_file
from anyi_geo.county.reading import unreadable
from anyi_geo.errors import Fault, InputError, Message, SettingError, why_not

HEADINGS = {
    "village_id": "村代码",
    "village": "村名",
    "township": "乡镇",
    "state": "匹配情况",
    "place_id": "地名编号",
    "place": "候选地名",
    "kind": "地名类型",
    "lon": "经度",
    "lat": "纬度",
    "moved_km": "距现位置（公里）",
    "township_km": "距乡镇范围（公里）",
    "position_status": "现位置来源",
    "position_error_m": "现位置误差（米）",
    "confirm": "确认（填 是）",
}
_NEEDED = ("village_id", "village", "township", "place_id", "place", "lon", "lat", "confirm")
_YES = {"是", "对", "√", "✓", "y", "yes", "true", "1", "1.0"}
_NO = {"", "否", "不", "n", "no", "false", "0", "0.0"}
#: A spreadsheet takes cells that begin so for formulas.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: A 12-digit code that a spreadsheet has turned into a number and rounded.
_ROUNDED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)


def write_matches(table: pd.DataFrame, out: Path) -> None:
    """Write the table as .csv (Chinese headings, opens in Excel and WPS) or .json.

    Raises
    ------
    SettingError
        When the name ends otherwise or the place cannot be written.
    """
    if out.suffix.lower() not in (".csv", ".json"):
        raise SettingError(f"--out 应以 .csv 或 .json 结尾，现为 {out}。", f"--out ends in .csv or .json, got {out}.")
    if not out.parent.is_dir():
        raise SettingError(f"没有文件夹 {out.parent}：请先建好。", f"There is no folder {out.parent}: make it first.")
    records = match_records(table)
    if out.suffix.lower() == ".json":
        text = json.dumps({"matches": records}, ensure_ascii=False, indent=1) + "\n"
        encoded = text.encode()
    else:
        lines = io.StringIO(newline="")
        writer = csv.writer(lines)
        writer.writerow([HEADINGS[name] for name in COLUMNS])
        writer.writerows([_cell(name, row[name]) for name in COLUMNS] for row in records)
        encoded = lines.getvalue().encode("utf-8-sig")
    with whole_file(out) as path:
        path.write_bytes(encoded)


def match_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as JSON objects; what is missing is null."""
    plain = table.astype(object).where(table.notna(), None)
    return plain.to_dict("records")


def read_matches(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table as text by `COLUMNS`, from .csv (UTF-8 or GBK) or .json.

    Raises
    ------
    InputError
        When it is cut off or lacks a column.
    """
    try:
        content = path.read_bytes()
        rows = _json_rows(content) if path.suffix.lower() == ".json" else _csv_rows(content)
    except OSError as error:
        raise InputError([unreadable(path.name, why_not(error))]) from None
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        why = Message(f"内容不完整或格式不对（{error}）", f"it is cut off or malformed ({error})")
        raise InputError([unreadable(path.name, why)]) from None
    lacking = [name for name in _NEEDED if not rows or name not in rows[0]]
    if lacking:
        raise InputError([_missing(path.name, name) for name in lacking])
    return rows


def is_confirmed(cell: str) -> bool | None:
    """Return whether a cell says yes; None when it says neither yes nor no."""
    said = cell.strip().lower()
    return True if said in _YES else False if said in _NO else None


def is_rounded(code: str) -> bool:
    """Return whether a spreadsheet has spoilt a code ("3.60123E+11")."""
    return _ROUNDED.fullmatch(code.strip()) is not None


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "state":
        return STATES[value].zh
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _csv_rows(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if any(line)]
    if not lines:
        raise ValueError("empty")
    names = {heading: name for name, heading in HEADINGS.items()}
    header = [names.get(cell.strip(), cell.strip()) for cell in lines[0]]
    short = next((number for number, line in enumerate(lines[1:], 1) if len(line) < len(header)), None)
    if short is not None:
        raise ValueError(f"row {short}: {len(lines[short])} cells, header {len(header)}")
    return [
        {name: cell.strip().removeprefix("'") for name, cell in zip(header, line, strict=False)} for line in lines[1:]
    ]


def _json_rows(content: bytes) -> list[dict[str, str]]:
    found = json.loads(content.decode("utf-8-sig"))
    return [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in found["matches"]]


def _missing(file: str, name: str) -> Fault:
    sentence = Message(
        f"{file} 缺少列“{HEADINGS[name]}”：请不要删改表头，可重新运行 anyi-geo roads places 得到。",
        f"{file} has no column {name} ({HEADINGS[name]}): keep the headings; `anyi-geo roads places` makes it anew.",
    )
    return Fault("E_MISSING_COLUMN", file, None, "", name, None, sentence)
