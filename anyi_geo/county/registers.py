"""Registers that departments fill in: safety, services, food-safety managers, phases, quality. All are optional."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from anyi_geo.county.table_file import TableFile, duplicate, read_table_file, unknown_reference
from anyi_geo.errors import Fault, Message
from anyi_geo.schema import Column, Kind

SAFETY = "registers/safety.csv"
SERVICES = "registers/services.csv"
FOOD_SAFETY = "registers/food_safety.csv"
PHASES = "registers/phases.csv"
QUALITY = "registers/quality.csv"
AGREEMENTS = "registers/agreements.csv"
KITCHEN_CAPACITY = "registers/kitchen_capacity.csv"
#: In place of a site: the row holds for all of them.
WHOLE_COUNTY = "county"

TOPICS = ("结构", "燃气", "食品", "消防", "卫生")
PASSED, FAILED, MENDING = "合格", "不合格", "整改中"
SERVED = ("老人", "儿童", "老人和儿童")


def _column(
    file: str,
    name: str,
    kind: Kind,
    zh: str,
    en: str,
    *,
    unit: str = "",
    required: bool = False,
    choices: tuple[str, ...] = (),
) -> Column:
    minimum = 0.0 if kind in ("integer", "number") else None
    return Column(file, name, kind, unit, required, zh, en, choices, minimum)


REGISTER_COLUMNS: tuple[Column, ...] = (
    _column(SAFETY, "site_id", "code", "点位编号", "site", required=True),
    _column(SAFETY, "topic", "choice", "检查内容", "what was inspected", required=True, choices=TOPICS),
    _column(SAFETY, "department", "text", "检查部门", "inspecting department"),
    _column(SAFETY, "inspected_on", "date", "检查日期", "date of the inspection"),
    _column(SAFETY, "result", "choice", "检查结果", "result", choices=(PASSED, FAILED, MENDING)),
    _column(SAFETY, "next_due", "date", "下次检查日期", "next inspection due"),
    _column(SAFETY, "note", "text", "备注", "note"),
    _column(SERVICES, "place_id", "code", "点位或村编号", "site or village", required=True),
    _column(SERVICES, "service", "text", "服务或设施", "service or facility", required=True),
    _column(SERVICES, "serves", "choice", "服务对象", "whom it serves", choices=SERVED),
    _column(SERVICES, "persons", "integer", "服务人数", "persons served", unit="persons"),
    _column(SERVICES, "department", "text", "牵头部门", "department in charge"),
    _column(SERVICES, "note", "text", "备注", "note"),
    _column(FOOD_SAFETY, "site_id", "code", "点位编号", "site", required=True),
    _column(FOOD_SAFETY, "manager", "text", "食品安全管理员", "food-safety manager"),
    _column(FOOD_SAFETY, "exam_on", "date", "考核日期", "date of the exam"),
    _column(FOOD_SAFETY, "department", "text", "考核部门", "examining department"),
    _column(FOOD_SAFETY, "exam_result", "choice", "考核结果", "result of the exam", choices=(PASSED, FAILED)),
    _column(FOOD_SAFETY, "note", "text", "备注", "note"),
    _column(PHASES, "place_id", "code", "点位编号（county 为全县）", "site, or county for all", required=True),
    _column(PHASES, "phase", "text", "阶段", "phase", required=True),
    _column(PHASES, "start", "date", "开始日期", "planned start", required=True),
    _column(PHASES, "end", "date", "结束日期", "planned end", required=True),
    _column(PHASES, "done_on", "date", "完成日期", "done on"),
    _column(PHASES, "responsible", "text", "责任人", "responsible person"),
    _column(PHASES, "department", "text", "责任部门", "responsible department"),
    _column(PHASES, "source", "text", "出处", "source"),
    _column(PHASES, "material", "text", "材料（文件名或存放处）", "material on file"),
    _column(QUALITY, "site_id", "code", "点位编号", "site", required=True),
    _column(QUALITY, "indicator", "text", "指标", "indicator", required=True),
    _column(QUALITY, "achieved", "number", "达到数", "how many reached it", required=True),
    _column(QUALITY, "out_of", "number", "总数", "out of how many", required=True),
    _column(QUALITY, "surveyed_on", "date", "调查日期", "date of the survey"),
    _column(QUALITY, "department", "text", "调查部门", "surveying department"),
    _column(AGREEMENTS, "site_id", "code", "点位编号", "site", required=True),
    _column(AGREEMENTS, "clinic", "text", "签约医疗机构", "clinic that signed"),
    _column(AGREEMENTS, "signed_on", "date", "签订日期", "signed on"),
    _column(AGREEMENTS, "valid_until", "date", "有效期至", "valid until"),
    _column(AGREEMENTS, "note", "text", "备注", "note"),
    _column(KITCHEN_CAPACITY, "kitchen_m2", "number", "厨房面积", "kitchen area", unit="m2", required=True),
    _column(KITCHEN_CAPACITY, "meals", "number", "每餐份数", "meals per service", unit="meals", required=True),
    _column(KITCHEN_CAPACITY, "source", "text", "出处", "source"),
)
REGISTERS = (SAFETY, SERVICES, FOOD_SAFETY, PHASES, QUALITY, AGREEMENTS, KITCHEN_CAPACITY)
#: What may not repeat within a register.
_KEYS = {
    SAFETY: ["site_id", "topic"],
    SERVICES: ["place_id", "service"],
    FOOD_SAFETY: ["site_id"],
    PHASES: ["place_id", "phase"],
    QUALITY: ["site_id", "indicator"],
    AGREEMENTS: ["site_id"],
    KITCHEN_CAPACITY: ["kitchen_m2"],
}


def register_columns(file: str) -> tuple[Column, ...]:
    """Return the columns of one register, in order."""
    return tuple(column for column in REGISTER_COLUMNS if column.file == file)


def read_registers(
    folder: Path, sites: Collection[str], villages: Collection[str]
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Read the registers of a county folder.

    Parameters
    ----------
    folder : Path
        County folder; a register that is not there has no rows.
    sites, villages : collection of str
        Known identifiers.

    Returns
    -------
    registers : dict of str to DataFrame
        File name -> rows with the register's columns; blank cells are None.
    faults : list of Fault
        Every fault of every register.
    """
    registers, faults = {}, []
    for file in REGISTERS:
        columns = register_columns(file)
        if not (folder / file).is_file():
            registers[file] = pd.DataFrame(columns=[column.name for column in columns], dtype=object)
            continue
        found = read_table_file(folder / file, columns)
        registers[file] = found.rows.reset_index(drop=True)
        faults.extend(found.faults)
        faults.extend(_reference_faults(file, found, set(sites), set(villages)))
        faults.extend(_row_faults(file, found))
    return registers, faults


def _reference_faults(file: str, found: TableFile, sites: set[str], villages: set[str]) -> Iterator[Fault]:
    if file == KITCHEN_CAPACITY:
        return
    column = register_columns(file)[0]
    known = sites | (villages if file == SERVICES else set()) | ({WHOLE_COUNTY} if file == PHASES else set())
    for number, value in found.rows[column.name].items():
        if value is not None and value not in known:
            yield unknown_reference(column, int(str(number)), value, "sites.geojson")


def _row_faults(file: str, found: TableFile) -> Iterator[Fault]:
    seen: dict[tuple[object, ...], int] = {}
    column = register_columns(file)[0]
    for number, row in found.rows.to_dict("index").items():
        line, key = int(str(number)), tuple(row[name] for name in _KEYS[file])
        if None in key:
            continue
        if key in seen:
            yield duplicate(column, line, "、".join(map(str, key)), seen[key])
        seen.setdefault(key, line)
        if file == PHASES and _both(row, "start", "end", dt.date) and row["end"] < row["start"]:
            yield _wrong(PHASES, "end", line, "结束日期早于开始日期", "ends before it starts")
        if file == QUALITY and _both(row, "achieved", "out_of", (int, float)) and row["achieved"] > row["out_of"]:
            yield _wrong(QUALITY, "achieved", line, "达到数大于总数", "more reached it than there are")


def _both(row: Mapping[Hashable, Any], one: str, other: str, kind: type | tuple[type, ...]) -> bool:
    return isinstance(row[one], kind) and isinstance(row[other], kind)


def _wrong(file: str, name: str, number: int, zh: str, en: str) -> Fault:
    return Fault(
        "E_BAD_TYPE", file, number, "", name, None,
        Message(f"{file} 第 {number} 行{zh}：请核对。", f"{file} row {number}: {en}."),
    )  # fmt: skip
