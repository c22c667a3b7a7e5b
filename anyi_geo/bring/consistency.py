"""Rows held against each other and against themselves: doubles, parts above wholes, sums, blanks beside numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from anyi_geo.bring.entries import Entry
from anyi_geo.bring.layout import PERSONS
from anyi_geo.bring.numbers import half_width, is_empty
from anyi_geo.bring.rows import Row
from anyi_geo.county.rules import PARTS
from anyi_geo.errors import Fault, Message
from anyi_geo.schema import AGE_SEX_COLUMNS

#: Beside the rules of a county folder: parts whose next whole a planner may have left out.
_OWN_PARTS = (
    ("persons_80plus", "persons_60plus", "80岁及以上人口", "60岁及以上人口"),
    ("children_school", "persons_total", "6至15岁学龄儿童", "总人口"),
    ("left_behind", "persons_total", "留守儿童", "总人口"),
    ("persons_town", "persons_total", "城镇人口", "总人口"),
    ("persons_rural", "persons_total", "乡村人口", "总人口"),
    ("tekun_self", "persons_total", "在家特困人员（自理）", "总人口"),
    ("tekun_partial", "persons_total", "在家特困人员（半失能）", "总人口"),
    ("tekun_full", "persons_total", "在家特困人员（失能）", "总人口"),
)


def duplicates(key: str, rows: list[Row]) -> Iterator[Fault]:
    """Yield one fault per row whose identity stands in another row too."""
    if key in {"roads", "county"}:
        return
    same: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        identity = _identity(key, row)
        if identity:
            same[identity].append(row)
    for group in same.values():
        if len(group) < 2:
            continue
        rows_zh, rows_en = _rows_of(group)
        for row in group:
            anchors = [c for c in ("village_id", "hamlet_id", "site_id", "resident_id", "key") if c in row.entry.parsed]
            column = anchors[0] if anchors and (key != "hamlets" or anchors[0] != "village_id") else "name"
            value = row.entry.parsed.get(column, row.id)
            yield row.entry.fault(
                "E_DUP_CODE", column, value, f"{rows_zh}是同一个（{value}），请核对哪一行是对的，只留一行。",
                f"{rows_en} are the same ({value}): keep the right one.",
            )  # fmt: skip


def _rows_of(group: list[Row]) -> Message:
    """Return which rows a group is; with their tables, where they stand in several."""
    if len({(row.entry.file, row.entry.title) for row in group}) == 1:
        numbers = [str(row.entry.number) for row in group]
        return Message(f"第 {'、'.join(numbers)} 行", f"rows {', '.join(numbers)}")
    places = [row.entry.where() for row in group]
    several = len({row.entry.file for row in group}) > 1
    files = [f"{row.entry.file} " if several and row.entry.title else "" for row in group]
    return Message(
        "、".join(file + place.zh for file, place in zip(files, places, strict=True)),
        ", ".join(file + place.en for file, place in zip(files, places, strict=True)),
    )


def without_consequences(faults: list[Fault], doubles: list[Fault]) -> list[Fault]:
    """Leave out that a repeated code does not fit its row's name: one wrong code is one fault."""
    rows = {(fault.file, fault.sheet, fault.row) for fault in doubles if fault.column == "village_id"}
    told = {("E_UNKNOWN_REF", "village_id"), ("W_NAME_DIFFERS", "name"), ("W_NEW_VILLAGE", "village_id")}
    return [f for f in faults if (f.file, f.sheet, f.row) not in rows or (f.code, f.column) not in told]


def _identity(key: str, row: Row) -> Hashable | None:
    name = half_width(str(row.entry.parsed.get("name", "")))
    if key == "villages":
        if row.new and "village_id" not in row.entry.parsed:
            return row.township, name
        return row.id or row.entry.parsed.get("village_id")
    if key == "hamlets":
        return row.id or (row.village_id, name) if row.village_id or row.id else None
    if key in {"sites", "homes"}:
        return row.id or (row.entry.parsed.get("kind"), row.village_id, name)
    return row.id or None


def blank_persons(row: Row) -> Iterator[Fault]:
    """Yield persons left blank beside others: unknown is not zero, and a part is of no use without its whole."""
    entry = row.entry
    needed = [name for name in ("persons_total", "persons_60plus") if name in entry.cells]
    blank = [name for name in needed if name not in entry.parsed and is_empty(entry.raw.get(name))]
    counted = any(not is_empty(entry.raw.get(name)) for name in PERSONS if name in entry.cells)
    if not blank or not (counted or row.new):
        return
    for name in blank:
        yield entry.fault(
            "E_BAD_TYPE", name, None, "是空的：填了人口就要有总人口和60岁及以上人口，请补填（不知道不能填 0）。",
            "is blank: persons need their total and those aged 60 and over.",
        )  # fmt: skip


def crowd_fault(entry: Entry, base_total: int) -> Iterator[Fault]:
    """Yield a village, natural village or part of it with more persons than the county has had altogether."""
    found = entry.parsed.get("persons_total", 0)
    if 0 < base_total < found:
        yield entry.fault(
            "E_BAD_TYPE", "persons_total", found, f"{found:,} 人，比全县原有的 {base_total:,} 人还多，请核对。",
            f"{found:,} persons are more than the whole county had, {base_total:,}.",
        )  # fmt: skip


def part_faults(entry: Entry, values: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the first part that exceeds its whole, and sums that do not add up, of a row's persons."""
    for part, whole, part_zh, whole_zh in (*PARTS, *_OWN_PARTS):
        if part in values and whole in values and values[part] > values[whole]:
            yield entry.fault(
                "E_ELDER_GT_TOTAL", part, values[part], f"{part_zh} {values[part]:,} 大于{whole_zh} "
                                                        f"{values[whole]:,}，请核对。",
                f"{part} {values[part]:,} exceeds {whole} {values[whole]:,}.",
            )  # fmt: skip
            return
    total = values.get("persons_total")
    if total is None:
        return
    if values.get("persons_60plus", 0) + values.get("persons_0_14", 0) > total:
        yield entry.fault(
            "E_SUM_DIFFERS", "persons_0_14", values["persons_0_14"],
            f"60岁及以上 {values['persons_60plus']:,} 与0至14岁 {values['persons_0_14']:,} "
            f"合计超过总人口 {total:,}，请核对。",
            f"those of 60 and over and those of 0 to 14 exceed persons_total {total:,}.",
        )  # fmt: skip
    for names, zh in ((("persons_town", "persons_rural"), "城镇与乡村人口"), (AGE_SEX_COLUMNS, "分年龄性别人口")):
        if set(names) <= set(values) and sum(values[name] for name in names) != total:
            found = sum(values[name] for name in names)
            yield entry.fault(
                "E_SUM_DIFFERS", names[0], found, f"{zh}合计 {found:,}，总人口 {total:,}，请核对。",
                f"{names[0]} and the like sum to {found:,}, persons_total is {total:,}.",
            )  # fmt: skip
