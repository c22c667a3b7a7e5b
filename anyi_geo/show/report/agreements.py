"""Medical service agreements: which clinic is nearest to every place, how far, and whether anybody signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from anyi_geo.county.registers import AGREEMENTS
from anyi_geo.result import RunResult
from anyi_geo.show.figures import MODE_NAMES, plain, text_of
from anyi_geo.show.report.model import UNKNOWN, Column, Table, table
from anyi_geo.show.report.plan_tables import counted_groups
from anyi_geo.show.report.proof import by_building
from anyi_geo.show.report.safety import places

if TYPE_CHECKING:
    from anyi_geo.county import County


def agreements_table(county: County, result: RunResult) -> Table:
    """Return one row per place under inspection: the nearest clinic, minutes, the agreement on file."""
    found = county.registers.get(AGREEMENTS, pd.DataFrame())
    filed = by_building(county, found, "signed_on")
    sheets = result.care.get("sheets", pd.DataFrame(columns=["site_id"]))
    near = {row["site_id"]: row for row in sheets.to_dict("records")}
    limit = _limit(result)
    rows = [
        _row(str(site), place, near.get(site, {}), filed.get((place["building_id"],), {}), limit)
        for site, place in places(county, result).iterrows()
    ]
    way = MODE_NAMES["ride"].zh
    return table(
        "医疗服务协议",
        pd.DataFrame(rows),
        Column("site_id", "编号"),
        Column("name", "场所", width=34),
        Column("township", "乡镇（处）"),
        Column("use_zh", "用途", width=22),
        Column("clinic", "最近医疗机构", width=20),
        Column("clinic_minutes", way, "minutes", "分钟"),
        Column("far", "提示", width=16),
        Column("signed_with", "签约机构", width=20),
        Column("signed_on", "签订日期", "date", width=14),
        Column("valid_until", "有效期至", "date", width=14),
        note="按就近就便原则由县卫生健康委组织签订；协议填在 registers/agreements.csv。"
        f"最近医疗机构只对开放的幸福院计算；{way}超过 {limit:g} 分钟的提示。",
    )


def _limit(result: RunResult) -> float:
    """Return the limit that the counted groups have by e-tricycle: what the plan calls near."""
    limits = [float(result.groups[group]["limit_minutes"]["ride"]) for group in counted_groups(result)]
    return min(limits, default=float("inf"))


def _row(site: str, place: pd.Series, near: dict[Any, Any], filed: dict[Any, Any], limit: float) -> dict[str, Any]:
    minutes = plain(near.get("clinic_minutes"))
    far = isinstance(minutes, int | float) and minutes > limit
    return {
        "site_id": site,
        "name": place["name"],
        "township": place["township"],
        "use_zh": place["use_zh"],
        "clinic": text_of(near.get("clinic")),
        "clinic_minutes": minutes,
        "far": f"超过 {limit:g} 分钟" if far else "",
        "signed_with": text_of(filed.get("clinic")) or UNKNOWN,
        "signed_on": filed.get("signed_on") or UNKNOWN,
        "valid_until": filed.get("valid_until") or UNKNOWN,
    }
