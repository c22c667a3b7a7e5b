"""Budget heads of a quarter: what was planned and what was spent, for building and for running, with the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from anyi_geo.show.report.model import UNKNOWN, Column, Table, table
from anyi_geo.show.report.names import SUBSIDY_HEAD

if TYPE_CHECKING:
    from anyi_geo.county import County

#: Whose spending stands under which head of the county document (五、职责分工，县财政局).
_HEADS = {
    "jinglaoyuan": ("敬老院整合建设", "敬老院正常运行经费"),
    "county_centre_candidate": ("中心养老院建设", "中心养老院正常运行经费"),
}
_PARTS = (
    ("建设（累计）", "spend_yuan", "opening_yuan"),
    ("运行（本年）", "running_yuan", "running_yuan_per_year"),
)
_QUARTERS = 4


def budget_table(county: County, progress: pd.DataFrame, quarter: int) -> Table:
    """Return what was spent by budget head beside what is registered for the same sites.

    Parameters
    ----------
    county : County
    progress : DataFrame
        Index site_id.
    quarter : int
        1 to 4; of a year's running costs so many quarters are due.
    """
    heads = pd.DataFrame(
        [_HEADS.get(kind, (SUBSIDY_HEAD, SUBSIDY_HEAD)) for kind in county.sites["kind"].reindex(progress.index)],
        index=progress.index,
        columns=["spend_yuan", "running_yuan"],
    )
    rows = [
        _row(part, str(head), progress.loc[sites, spent], _planned(county, sites, planned, quarter))
        for part, spent, planned in _PARTS
        for head, sites in progress.groupby(heads[spent], sort=True).groups.items()
    ]
    return table(
        "预算执行",
        pd.DataFrame(rows),
        Column("part", "类别", width=16),
        Column("head", "预算口径", width=30),
        Column("sites", "上报点位", "count", "个"),
        Column("filled", "已填点位", "count", "个"),
        Column("spent", "已支出", "yuan", "元"),
        Column("both", "其中有计划的点位", "count", "个"),
        Column("planned", "这些点位的计划", "yuan", "元"),
        Column("difference", "支出减计划", "yuan", "元"),
        Column("share", "执行率", "share"),
        note="差额和执行率只比既填了支出又登记了计划的点位。建设的计划取 sites.geojson 的 opening_yuan；"
        "运行的计划取 running_yuan_per_year，按季度折算。",
    )


def _planned(county: County, sites: pd.Index, column: str, quarter: int) -> pd.Series:
    found = county.sites[column] if column in county.sites else pd.Series(dtype=float)
    planned = pd.to_numeric(found.reindex(sites))
    return planned * quarter / _QUARTERS if column == "running_yuan_per_year" else planned


def _row(part: str, head: str, spent: pd.Series, planned: pd.Series) -> dict[str, Any]:
    spent = pd.to_numeric(spent)
    both = spent.notna() & planned.notna()
    plan, done = float(planned[both].sum()), float(spent[both].sum())
    return {
        "part": part,
        "head": head,
        "sites": len(spent),
        "filled": int(spent.notna().sum()),
        "spent": float(spent.sum()) if spent.notna().any() else UNKNOWN,
        "both": int(both.sum()),
        "planned": plan if both.any() else UNKNOWN,
        "difference": done - plan if both.any() else UNKNOWN,
        "share": done / plan if both.any() and plan > 0 else None,
    }
