"""A raw table understood: which sheet it is, what each cell holds, and every cell that holds no such thing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from anyi_geo.bring.columns import column_zh, find_headings, first_words, missing_columns, settled
from anyi_geo.bring.headings import Heading
from anyi_geo.bring.labels import choice_of, flag_of, label_of
from anyi_geo.bring.layout import AREAS, LAT, LON, PAIR, Sheet
from anyi_geo.bring.numbers import NotANumberError, clean_text, degrees_of, half_width, is_empty, number_of
from anyi_geo.bring.passed_over import passed_over
from anyi_geo.bring.raw import RawTable
from anyi_geo.errors import Fault, Message
from anyi_geo.schema import PARAMETERS, RESIDENTS, Column

_LONGEST_TEXT = 500
#: Files that a planner may open in Excel, where such a text would be a formula.
_IN_CSV = (PARAMETERS, RESIDENTS)
_FORMULA_SIGNS = ("=", "+", "-", "@")
#: What spreadsheets show for a formula that failed.
_ERRORS = frozenset({"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
#: More than any county has; beyond it a number is a slip of the keyboard or a telephone number.
_MOST_PERSONS = 10_000_000
_MANGLED = re.compile(r"\d(\.\d+)?e\+?\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One row of a planner's table.

    Attributes
    ----------
    sheet : Sheet
    file, title : str
        File and worksheet.
    number : int
        Row as the spreadsheet counts it.
    parsed : dict
        Parsed cells by column; blank cells are absent.
    raw : dict
        Cells as read.
    cells : dict
        Address by column.
    shape : geometry or None
        Of a layer.
    """

    sheet: Sheet
    file: str
    title: str
    number: int
    parsed: dict[str, Any]
    raw: dict[str, Any]
    cells: Mapping[str, str]
    shape: Any = None

    @property
    def name(self) -> str:
        """What the row calls itself; a resident is never repeated in a message, the row is enough."""
        if self.sheet.key == "residents":
            return ""
        for column in ("name", "road", "key", *self.sheet.anchors):
            if column in self.parsed:
                return str(self.parsed[column])
        return ""

    @property
    def address(self) -> str:
        """Where the row stands, as a key."""
        return f"{self.file}:{self.title}:{self.number}"

    def where(self, column: str = "") -> Message:
        """Return where in the file a cell or the row is."""
        address = self.cells.get(column, "")
        sheet = f"“{self.title}”" if self.title else f"{self.file} "
        cell_zh = f" {address}" if address else ""
        heading = self.sheet.column(column)
        what_zh = f"（{heading.zh}）" if heading is not None else ""
        zh = f"{sheet}第 {self.number} 行{cell_zh}{what_zh}"
        return Message(zh, f"{self.title or self.file} row {self.number}{cell_zh}")

    def fault(self, code: str, column: str, value: Any, zh: str, en: str) -> Fault:
        """Return a fault of this row; the sentences go on from its place."""
        where = self.where(column)
        title = self.name if len(self.name) <= 40 else f"{self.name[:40]}…"
        named_zh = f"“{title}”：" if title else "："
        return Fault(
            code, self.file, self.number, str(self.parsed.get("village_id") or self.parsed.get("site_id") or title),
            column, _jsonable(value),
            Message(f"{where.zh}{named_zh}{zh}", f"{where.en} ({title}): {en}"),
            sheet=self.title, cell=self.cells.get(column, ""),
        )  # fmt: skip


@dataclass(frozen=True)
class Understood:
    """What one raw table says."""

    sheet: Sheet | None
    file: str
    title: str
    columns: frozenset[str] = frozenset()
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    bases: frozenset[str] = frozenset()
    crs: str = ""
    is_layer: bool = False


def understand(
    raw: RawTable, key: str | None, mapping: Mapping[str, str], basis: str | None, declared: str | None
) -> Understood:
    """Return the entries of a raw table.

    Parameters
    ----------
    raw : RawTable
    key : str or None
        Sheet that the planner named; None: by title and headings.
    mapping : mapping
        Column of the schema (or its Chinese meaning) by heading in the file, in the planner's words.
    basis : {"resident", "hukou"} or None
        Which persons count where a table has both.
    declared : str or None
        ``--crs``: which coordinates count where a table has several.
    """
    found = find_headings(raw, key, mapping)
    if found is None:
        return Understood(None, raw.file, raw.sheet, ignored=tuple(first_words(raw)))
    sheet, at, headings = found
    headings, faults = settled(raw, sheet, at, headings, basis, declared)
    columns = {heading.column for heading in headings} - {""}
    faults += missing_columns(raw, sheet, columns)
    entries, skipped = [], []
    for position in range(at + 1, len(raw.rows)):
        reason = passed_over(raw, sheet, position, headings)
        if reason is None:
            entry, wrong = _entry(raw, sheet, position, headings)
            entries.append(entry)
            faults += wrong
        elif reason:
            skipped.append(f"{raw.sheet or raw.file} 第 {raw.numbers[position]} 行（{reason}）")
    used = [heading for heading in headings if heading.column in columns]
    return Understood(
        sheet, raw.file, raw.sheet, frozenset(columns), entries, faults,
        tuple(h.text for h in headings if h.text and not h.column), tuple(skipped),
        frozenset(h.basis for h in used if h.basis), raw.crs, raw.geometries is not None,
    )  # fmt: skip


def _entry(raw: RawTable, sheet: Sheet, position: int, headings: list[Heading]) -> tuple[Entry, list[Fault]]:
    cells = raw.rows[position]
    addresses = {h.column: raw.cell(position, k) for k, h in enumerate(headings) if h.column}
    found = {h.column: cells[k] if k < len(cells) else None for k, h in enumerate(headings) if h.column}
    shape = raw.geometries[position - 1] if raw.geometries is not None else None
    entry = Entry(sheet, raw.file, raw.sheet, raw.numbers[position], {}, found, addresses, shape)
    for name in ("name", "village_id", "site_id", "hamlet_id", "key", "code"):
        if not is_empty(found.get(name)):
            entry.parsed[name] = clean_text(found[name])
    faults = []
    for heading in headings:
        if not heading.column or heading.column == PAIR:
            continue
        value = found[heading.column]
        column = sheet.column(heading.column) or Column("", heading.column, "integer", "persons", False, "", "")
        alone = column.kind in {"integer", "number"} or column.name in sheet.anchors
        if alone and addresses[heading.column] in raw.merged:
            found[heading.column] = "="  # not blank: told once, as this
            entry.parsed.pop(column.name, None)
            faults.append(
                entry.fault("E_BAD_TYPE", column.name, clean_text(value or ""), "是合并单元格的一部分，不知道该算"
                            "哪一行、哪一列的，请取消合并，逐格填写。", "is part of a merged cell: split it.")
            )  # fmt: skip
        elif addresses[heading.column] in raw.uncomputed and raw.geometries is None:
            found[heading.column] = "="  # not blank: told once, as this
            faults.append(
                entry.fault("E_BAD_TYPE", column.name, None, "是没有算出结果的公式，请在 Excel 或 WPS 里打开保存一次，"
                            "或改为数值。", "is a formula without a value: open and save it, or type the value.")
            )  # fmt: skip
        elif not is_empty(value):
            parsed, wrong = _parsed(entry, column, value, heading.factor)
            entry.parsed.pop(column.name, None)
            if wrong is None:
                entry.parsed[column.name] = parsed
            else:
                faults.append(wrong)
        elif column.required and column.name not in sheet.anchors:
            faults.append(entry.fault("E_BAD_TYPE", column.name, None, "是空的，请填写。", "is blank: fill it in."))
    if PAIR in found and not is_empty(found[PAIR]):
        faults += _split_pair(entry)
    nameless = set(sheet.anchors) & set(found) and not set(sheet.anchors) & set(entry.parsed)
    if nameless and not faults and sheet.key not in AREAS:
        names = "或".join(column_zh(sheet, anchor) for anchor in sheet.anchors)
        faults.append(
            entry.fault("E_BAD_TYPE", sheet.anchors[0], None, f"没有填{names}，不知道是哪一行，请补上。",
                        f"neither of {', '.join(sheet.anchors)} is filled in.")
        )  # fmt: skip
    return entry, faults


def _split_pair(entry: Entry) -> list[Fault]:
    """Split ``115.552763,28.840383`` into longitude and latitude, the order in which map services copy it."""
    text = half_width(str(entry.raw[PAIR]))
    parts = [part for part in re.split(r"[,;、\s]+", text.strip("()[]")) if part]
    try:
        if len(parts) != 2:
            raise NotANumberError
        entry.parsed[LON], entry.parsed[LAT] = degrees_of(parts[0]), degrees_of(parts[1])
    except NotANumberError:
        return [
            entry.fault("E_BAD_TYPE", PAIR, entry.raw[PAIR], f"“{text[:60]}”应为“经度,纬度”两个数，请改正。",
                        f"{text[:60]!r} should be longitude,latitude.")
        ]  # fmt: skip
    return []


def _parsed(entry: Entry, column: Column, value: Any, factor: float) -> tuple[Any, Fault | None]:
    """Return what a cell holds, or the fault."""
    shown = clean_text(value)[:60]
    if shown in _ERRORS:
        zh, en = (
            "是公式出错的结果，请改正公式或填上数据。",
            "is the result of a broken formula: mend it.",
        )
        return None, entry.fault("E_BAD_TYPE", column.name, shown, f"“{shown}”{zh}", f"{shown!r} {en}")
    if column.kind in {"integer", "number"}:
        return _parsed_number(entry, column, value, factor)
    if column.kind == "choice":
        found: Any = choice_of(column, str(value)) if not isinstance(value, bool) else None
        allowed = "、".join(label_of(column, each) for each in column.choices)
        zh, en = f"不在可选值里，请从中选：{allowed}。", f"is none of {', '.join(column.choices)}."
    elif column.kind == "flag":
        found = value if isinstance(value, bool) else flag_of(shown)
        zh, en = "应填“是”或“否”。", "should be yes or no."
    else:
        return _parsed_text(entry, column, value)
    if found is None:
        return None, entry.fault("E_BAD_TYPE", column.name, value, f"“{shown}”{zh}", f"{shown!r} {en}")
    return found, None


def _parsed_text(entry: Entry, column: Column, value: Any) -> tuple[Any, Fault | None]:
    text = clean_text(value)
    shown, zh, en = text[:60], "", ""
    if column.kind == "code":
        text = half_width(text).replace(" ", "").lstrip("'")
        if _MANGLED.fullmatch(text):
            zh = f"“{shown}”被表格软件变成了科学计数，请把这一列设为文本后重填完整编号。"
            en = f"{shown!r} was turned into scientific notation: type the code as text."
        elif column.name == "village_id" and not re.fullmatch(r"\d{12}", text):
            zh, en = f"“{shown}”不是 12 位数字的村代码，请核对。", f"{shown!r} is no 12-digit code."
    if column.file in _IN_CSV and text.startswith(_FORMULA_SIGNS):
        zh = f"“{shown}”以 = + - @ 开头，表格软件会当成公式，请改写。"
        en = f"{shown!r} begins like a formula: write it otherwise."
    if not zh and len(text) > _LONGEST_TEXT:
        zh = f"文字有 {len(text)} 个字，最多 {_LONGEST_TEXT} 个。"
        en = f"the text has {len(text)} characters, at most {_LONGEST_TEXT}."
    return (None, entry.fault("E_BAD_TYPE", column.name, value, zh, en)) if zh else (text, None)


def _parsed_number(entry: Entry, column: Column, value: Any, factor: float) -> tuple[Any, Fault | None]:
    shown = clean_text(value)[:60]
    place = column.name in {LON, LAT} or column.name.endswith(("_lon", "_lat"))
    try:
        number = degrees_of(value) if place else number_of(value)
    except NotANumberError:
        expected = "整数" if column.kind == "integer" else "数字"
        how = f"请改为{expected}"
        if shown.endswith(("%", "％")):
            how = "请填人数，不填比例" if column.unit == "persons" else "请写成小数，如 13% 写 0.13"
        return None, entry.fault("E_BAD_TYPE", column.name, value, f"“{shown}”不是{expected}，{how}。",
                                 f"{shown!r} is no number.")  # fmt: skip
    # 1.2万 under a heading in 万元 says its unit itself.
    if factor != 1.0 and not (isinstance(value, str) and "万" in value):
        number = round(number * factor, 6)
    if column.minimum is not None and number < column.minimum:
        code = "E_NEG_POP" if column.unit == "persons" else "E_BAD_TYPE"
        return None, entry.fault(code, column.name, _plain(number), f"{number:g} 不能小于 {column.minimum:g}，请改正。",
                                 f"{number:g} is below {column.minimum:g}.")  # fmt: skip
    if column.unit == "persons" and number > _MOST_PERSONS:
        zh, en = (
            f"“{shown}”多得不像人数（超过 {_MOST_PERSONS:,}），请核对。",
            f"{number:g} exceeds any county.",
        )
        return None, entry.fault("E_BAD_TYPE", column.name, _plain(number), zh, en)
    if column.kind == "integer" and not number.is_integer():
        return None, entry.fault("E_BAD_TYPE", column.name, value, f"“{shown}”不是整数，请改正。",
                                 f"{shown!r} is no whole number.")  # fmt: skip
    return (int(number) if column.kind == "integer" else number), None


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _jsonable(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | list):
        return value[:200] if isinstance(value, str) else value
    return str(value)
