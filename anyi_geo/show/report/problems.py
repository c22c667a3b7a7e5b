"""What is open: requests not met, warnings of the data, questions of the appendix, what nobody filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from anyi_geo.county.registers import AGREEMENTS, FOOD_SAFETY, PASSED, PHASES, QUALITY, SAFETY, SERVICES
from anyi_geo.result import RunResult
from anyi_geo.show.figures import text_of
from anyi_geo.show.home_messages import told_message, told_reason
from anyi_geo.show.report import safety
from anyi_geo.show.report.model import UNKNOWN, Column, Table, table
from anyi_geo.show.report.names import DECISIONS, FILES, named

if TYPE_CHECKING:
    from anyi_geo.county import County

_REGISTERS = {
    SAFETY: ("安全检查记录", "各检查部门"),
    SERVICES: ("服务与儿童设施登记", "各乡镇（处）"),
    FOOD_SAFETY: ("食品安全管理员登记", "县市场监管局"),
    PHASES: ("各点位时间表和责任人", "各乡镇（处）"),
    QUALITY: ("质量指标调查", "县民政局"),
    AGREEMENTS: ("医疗服务协议", "县卫生健康委"),
}
#: Facts of a site that a decision uses, and who knows them.
_SITE_FACTS = {
    "book_value_yuan": ("账面价值", "县财政局"),
    "owner": ("产权单位", "各乡镇（处）"),
}


def problems_table(county: County, result: RunResult) -> Table:
    """Return everything that is open, by kind, with who is asked."""
    rows = [
        *_unmet(result),
        *_warnings(result),
        *_notes(result),
        *_unsafe(county, result),
        *_appendix(county, result),
        *_unknown(county, result),
    ]
    columns = ["kind", "code", "object", "message", "department"]
    return table(
        "问题与提示",
        pd.DataFrame(rows, columns=columns),
        Column("kind", "类别", width=12),
        Column("code", "代码", width=28),
        Column("object", "对象", width=34),
        Column("message", "内容", width=80),
        Column("department", "请谁核实", width=18),
    )


def _row(kind: str, code: str, name: str, message: str, department: str) -> dict[str, str]:
    return {"kind": kind, "code": code, "object": name, "message": message, "department": department}


def _unmet(result: RunResult) -> list[dict[str, str]]:
    return [
        _row("做不到", "", named(DECISIONS, reason["decision"]), told_reason(reason), "县民政局")
        for reason in result.run.get("reasons", ())
    ]


def _warnings(result: RunResult) -> list[dict[str, str]]:
    return [
        _row(
            "数据提示" if row.get("file") else "方案提示",
            text_of(row.get("code")),
            text_of(row.get("id")) or named(FILES, text_of(row.get("file"))),
            told_message(row, result.homes),
            "数据填报单位" if row.get("file") else "县民政局",
        )
        for row in result.warnings
    ]


def _notes(result: RunResult) -> list[dict[str, str]]:
    """Return what a reader of the homes' figures should know."""
    notes = [] if result.homes is None else result.homes.summary.get("notes", [])
    return [
        _row("测算说明", note["code"], "敬老院整合", told_message(note, result.homes), "县民政局") for note in notes
    ]


def _unsafe(county: County, result: RunResult) -> list[dict[str, str]]:
    found = safety.inspections(county, result)
    out = []
    for row in found.to_dict("records"):
        told = []
        if row["result"] not in (PASSED, UNKNOWN):
            told.append(f"{row['topic']}：{row['result']}，检查日期 {row['inspected_on']}")
        if row["overdue"]:
            told.append(f"{row['topic']}：下次检查日期 {row['next_due']} 已过，请复查")
        out += [_row("安全", row["site_id"], row["name"], message, row["duty"]) for message in told]
    return out


def _appendix(county: County, result: RunResult) -> list[dict[str, str]]:
    return [
        _row("待核问题", row["id"], row["object"], row["message"], row["department"])
        for row in safety.questions(county, result)
    ]


def _unknown(county: County, result: RunResult) -> list[dict[str, str]]:
    rows = []
    for file, (name, department) in _REGISTERS.items():
        filled = county.registers.get(file)
        own = filled is not None and len(filled) and (file != PHASES or (filled["place_id"] != "county").any())
        if not own:
            rows.append(_row("未填", file, name, "登记表还没有内容，请填报。", department))
    opened = county.sites.loc[county.sites.index.intersection(result.sites["site_id"])] if len(result.sites) else None
    for column, (name, department) in _SITE_FACTS.items():
        if opened is None or column not in opened:
            continue
        blank = opened[column].isna() | (opened[column].astype(str) == "")
        if blank.any():
            object_ = f"{name}（{int(blank.sum())} / {len(opened)} 个点位）"
            rows.append(_row("未填", column, object_, "开放点位没有填，请补充。", department))
    return [*rows, *_unknown_homes(result)]


def _unknown_homes(result: RunResult) -> list[dict[str, str]]:
    found = None if result.homes is None else result.homes.tables.get("unknown")
    if found is None or found.empty:
        return []
    counts = found.groupby("meaning_zh", sort=False)["site_id"].nunique()
    message = "敬老院没有填，各院见 Excel“敬老院未填项”。"
    return [
        _row("未填", "", f"{meaning}（{number} 个院）", message, "各乡镇（处）") for meaning, number in counts.items()
    ]
