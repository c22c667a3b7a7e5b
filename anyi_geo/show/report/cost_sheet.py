"""Costs and shares on one sheet: what is spent once and every year, on what, and who pays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.report.model import UNKNOWN, Chart, Column, Table, table
from anyi_geo.show.report.names import DECISIONS, STATUSES, SUBSIDY_HEAD, cost_head, named
from anyi_geo.show.report.setting_names import parameter_name

TITLE = "费用与分担"
SPENT, MEALS, PAID, EXTRA = "一、投入与运行", "二、助餐全成本", "三、助餐谁出钱", "四、另列"
INCOME = "可能的收入（未计入）"
TOTAL = "合计"
_PAYERS = {"self": "个人", "county": "县财政", "township": "乡镇（处）", "village": "村集体", "donation": "社会捐赠"}
_UNCOVERED = "uncovered"
#: Bought from others; a county that buys enters it under this key of parameters.csv.
_PURCHASED = "purchased_services_yuan_year"
_RENT = "private_run_rent_yuan_per_bed_year"
_LEVELS = {"low": "低值", "value": "取值", "high": "高值"}
#: Beginnings of the parameters on which a head rests, where a place does not have a price of its own.
_BASIS = {
    "batch_": ("opening_yuan_", "running_yuan_per_site_year"),
    "running": ("home_running_",),
    "carers": ("carer_wage_yuan_month", "carer_ratio_"),
    "support": ("tekun_basic_yuan_month", "tekun_care_"),
    "reuse": ("reuse_running_yuan_year",),
    "refitting": ("refit_yuan_per_m2_",),
    "expansion": ("expansion_yuan_per_bed",),
    "nursing_beds": ("nursing_fitting_yuan_per_bed",),
    "moving": ("moving_yuan_per_resident",),
    "central_kitchens": ("cook_wage_yuan_month", "kitchen_utilities_yuan_month"),
    "own_kitchens": ("cook_wage_yuan_month", "kitchen_utilities_yuan_month"),
    "delivery": ("courier_yuan_per_hour", "etricycle_yuan_per_km", "etricycle_fixed_", "delivered_extra_"),
    "food": ("food_yuan_per_meal",),
    "cooks": ("cook_wage_yuan_month",),
    "utilities": ("kitchen_utilities_yuan_month",),
    "upkeep": ("kitchen_upkeep_yuan_month",),
    "depreciation": ("kitchen_equipment_",),
    "packing": ("delivered_extra_",),
    "courier": ("courier_yuan_per_hour",),
    "fuel": ("etricycle_yuan_per_km",),
    "vehicle": ("etricycle_fixed_", "van_fixed_"),
    "volunteers_value": ("volunteer_",),
    **{f"{payer}_{band}": (f"meal_{payer}_yuan_{band}",) for payer in _PAYERS for band in ("60_79", "80_89", "90plus")},
}


def cost_sheet(result: RunResult) -> Table:
    """Return every amount by head and payer; the totals of each part are those of the result."""
    rows = [*_spent(result), *_meal_heads(result), *_paid(result), *_rent(result), *_purchased(result)]
    found = pd.DataFrame(rows, columns=["part", "decision", "head", "payer", "before", "once", "yearly", "monthly",
                                        "status", "basis"])  # fmt: skip
    return table(
        TITLE,
        found,
        Column("part", "部分", width=20),
        Column("decision", "事项", width=12),
        Column("head", "费用项目", width=22),
        Column("payer", "预算口径或付费方", width=26),
        Column("before", "整合前每年（运行）", "yuan", "元/年", 14),
        Column("once", "一次性投入（建设）", "yuan", "元", 14),
        Column("yearly", "每年（运行）", "yuan", "元/年", 14),
        Column("monthly", "每月（运行）", "yuan", "元/月", 14),
        Column("status", "单价来源类别", width=16),
        Column("basis", "依据的参数（见“参数”表）", width=50),
        note="建设与运行分列；各部分口径不同，不能跨部分相加：第一部分助餐不含食材，第二部分含。合计行在每部分末尾，筛选求和时请去掉。"
        "单价为“假定”的须由县里核定；点位自有登记价的以登记价为准。",
        chart=Chart("bar", "每年运行费用（元）", "head", ("yearly",), rows=len(result.costs)),
    )


def _row(part: str, decision: str, head: str, payer: str, basis: tuple[str, str], **amounts: object) -> dict[str, Any]:
    blank = dict.fromkeys(("before", "once", "yearly", "monthly"))
    told = {"part": part, "decision": decision, "head": head, "payer": payer, "status": basis[0], "basis": basis[1]}
    return {**told, **blank, **amounts}


def _basis(result: RunResult, head: str) -> tuple[str, str]:
    """Return the kinds of source of a head's prices and what these are."""
    starts = next((own for key, own in _BASIS.items() if head == key or (key == "batch_" and head.startswith(key))), ())
    rows = [row for row in result.parameters if any(str(row["key"]).startswith(start) for start in starts)]
    kinds = dict.fromkeys(named(STATUSES, row["status"]) for row in rows)
    return "、".join(kinds), "、".join(parameter_name(str(row["key"])) for row in rows)


def _spent(result: RunResult) -> Iterator[dict[str, Any]]:
    heads = pd.DataFrame() if result.homes is None else result.homes.tables.get("cost_heads", pd.DataFrame())
    homes = {str(row["head"]): row for row in heads.to_dict("records")}
    for row in result.costs.to_dict("records"):
        head = str(row["head"])
        home = homes.get(head, {}) if row["decision"] == "homes" else {}
        yield _row(
            SPENT, named(DECISIONS, row["decision"]), cost_head(head), str(home.get("budget_zh", SUBSIDY_HEAD)),
            _basis(result, head), before=home.get("yearly_yuan_before"), once=row["one_off_yuan"],
            yearly=row["yearly_yuan"],
        )  # fmt: skip
    yield _row(
        SPENT, TOTAL, TOTAL, "", ("", ""), once=float(result.costs["one_off_yuan"].sum()),
        yearly=float(result.costs["yearly_yuan"].sum()),
    )  # fmt: skip


def _meal_heads(result: RunResult) -> Iterator[dict[str, Any]]:
    heads = pd.DataFrame() if result.meals is None else result.meals.tables.get("heads", pd.DataFrame())
    for row in heads.to_dict("records"):
        head = str(row["head"])
        told = TOTAL if head == "total" else str(row["head_zh"])
        yield _row(MEALS, DECISIONS["meals"], told, "", _basis(result, head), monthly=row["yuan_per_month"])


def _paid(result: RunResult) -> Iterator[dict[str, Any]]:
    tables = {} if result.meals is None else result.meals.tables
    shares, payers = tables.get("shares", pd.DataFrame()), tables.get("payers", pd.DataFrame())
    for payer, name in _PAYERS.items():
        for row in shares.to_dict("records"):
            yield _row(
                PAID, DECISIONS["meals"], str(row["band_zh"]), name, _basis(result, f"{payer}_{row['band']}"),
                monthly=row[f"{payer}_yuan"],
            )  # fmt: skip
    if payers.empty:
        return
    own = payers.set_index("payer")
    for payer, item in (("village", "可用收入"), ("village", "缺口")):
        column = "income_yuan_per_month" if item == "可用收入" else "gap_yuan_per_month"
        yield _row(
            PAID, DECISIONS["meals"], item, f"{_PAYERS[payer]}（不计入合计）", ("", ""), monthly=own.at[payer, column]
        )
    left = own.at[_UNCOVERED, "yuan_per_month"] if _UNCOVERED in own.index else 0.0
    yield _row(PAID, DECISIONS["meals"], "分担额未覆盖的实际成本（负数为结余）", "待定", ("", ""), monthly=left)
    yield _row(PAID, TOTAL, TOTAL, "", ("", ""), monthly=float(own["yuan_per_month"].sum()))


def _purchased(result: RunResult) -> Iterator[dict[str, Any]]:
    found = {str(row["key"]): row for row in result.parameters}.get(_PURCHASED)
    yearly: object = UNKNOWN if found is None else found["value"]
    status = "" if found is None else named(STATUSES, found["status"])
    basis = f"由县里填：parameters.csv 加一行 {_PURCHASED}（取值、上下限都填）" if found is None else ""
    yield _row(
        EXTRA, "政府购买服务", "政府购买养老服务", "县财政（不计入合计）",
        (status, basis), yearly=yearly,
    )  # fmt: skip


def _rent(result: RunResult) -> Iterator[dict[str, Any]]:
    """Yield what the let homes may bring, low to high; none of it is among the costs."""
    found = {} if result.homes is None else result.homes.summary
    # No bed is let: nothing to tell; beds that nobody registered: a rent that is not known.
    if found.get("beds_for_paying", 0.0) == 0.0:
        return
    prices = {str(row["key"]): row for row in result.parameters}
    basis = (named(STATUSES, prices[_RENT]["status"]), parameter_name(_RENT)) if _RENT in prices else ("", "")
    for level, name in _LEVELS.items():
        rent = found[f"rent_{level}_yuan"]
        yield _row(
            INCOME, DECISIONS["homes"], f"可能的租金收入（测算，未计入费用）：{name}",
            "运营方（待招标，不计入合计）", basis, yearly=UNKNOWN if rent is None else rent,
        )  # fmt: skip
