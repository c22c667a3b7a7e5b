"""Quality indicators by site, summed to village, township and county; a ranking that shows its components only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from anyi_geo.county.registers import PASSED, PHASES, QUALITY, TOPICS
from anyi_geo.result import RunResult
from anyi_geo.show.figures import text_of
from anyi_geo.show.report import safety
from anyi_geo.show.report.generations import both_served, served_shown
from anyi_geo.show.report.model import UNKNOWN, Column, Kind, Table, table
from anyi_geo.show.report.plan_tables import counted_groups

if TYPE_CHECKING:
    from anyi_geo.county import County

_LEVELS = (("village", "村（居）"), ("township", "乡镇（处）"), ("county", "全县"))
SATISFACTION = "群众满意度"


def quality_rows(county: County, result: RunResult) -> pd.DataFrame:
    """Return the surveyed indicators and the inspections on file, one row per site and indicator.

    Returns
    -------
    DataFrame
        site_id, village, township, indicator, achieved, out_of.
    """
    sites = result.sites.set_index("site_id")
    found = county.registers.get(QUALITY, pd.DataFrame(columns=["site_id"]))
    keys = ["site_id", "indicator", "achieved", "out_of"]
    found = found[found["site_id"].isin(sites.index) & _backed(found)]
    rows: list[dict[Any, Any]] = found.reindex(columns=keys).to_dict("records")
    inspected = safety.inspections(county, result)
    done = inspected[inspected["inspected_on"] != UNKNOWN].groupby("site_id").size()
    rows += [
        {"site_id": site, "indicator": "有日期的安全检查", "achieved": int(done.get(site, 0)), "out_of": len(TOPICS)}
        for site in sites.index
    ]
    out = pd.DataFrame(rows, columns=keys)
    names = county.villages["name"].reindex(sites["village_id"]).to_numpy() if len(sites) else []
    place = pd.DataFrame({"village": names, "township": sites["township"].to_numpy()}, index=sites.index)
    return out.join(place, on="site_id").assign(county=county.name)


def _backed(rows: pd.DataFrame) -> pd.Series:
    """Return which surveyed indicators may be told: one of passing only with day and department."""
    claims = rows.reindex(columns=["indicator"])["indicator"].astype(str).str.contains(PASSED)
    return ~claims | rows.reindex(columns=["surveyed_on", "department"]).notna().all(axis=1)


def quality_table(county: County, result: RunResult) -> Table:
    """Return the indicators rolled up: sums of what was reached over sums of what there is, at each level."""
    found = quality_rows(county, result)
    parts = []
    for level, name in _LEVELS:
        keys = ["township", "village"] if level == "village" else [level]
        sums = found.groupby([*keys, "indicator"], as_index=False, sort=True)[["achieved", "out_of"]].sum()
        sums["level"], sums["place"] = name, sums[keys].agg(" ".join, axis=1) if len(sums) else ""
        sites = found.groupby([*keys, "indicator"], sort=True)["site_id"].nunique().to_numpy()
        parts.append(sums.assign(sites=sites))
    rows = pd.concat(parts, ignore_index=True)
    total = rows["out_of"].astype(float)
    rows["share"] = (rows["achieved"].astype(float) / total.where(total > 0)).astype(float)
    return table(
        "质量指标",
        rows,
        Column("level", "层级"),
        Column("place", "范围", width=24),
        Column("indicator", "指标", width=20),
        Column("sites", "有数据点位", "count", "个"),
        Column("achieved", "达到数", "number"),
        Column("out_of", "总数", "number"),
        Column("share", "比例", "share"),
        note="逐级汇总为“达到数之和 ÷ 总数之和”，不另设权重。调查结果填在 registers/quality.csv；"
        "合格率一类的指标没有调查日期和部门的不列。",
    )


def ranking_table(county: County, result: RunResult) -> Table:
    """Return the opened sites with progress, effect and satisfaction, a place for each and no total."""
    groups = counted_groups(result)
    phases = county.registers.get(PHASES, pd.DataFrame(columns=["place_id", "done_on"]))
    found = county.registers.get(QUALITY, pd.DataFrame(columns=["site_id", "indicator"]))
    asked = found[found["indicator"] == SATISFACTION].set_index("site_id")
    rows = []
    for site in result.sites.to_dict("records"):
        own = phases[phases["place_id"] == site["site_id"]]
        survey = asked.loc[site["site_id"]] if site["site_id"] in asked.index else None
        alone = site.get("only_here") or {}
        rows.append(
            {
                "site_id": site["site_id"],
                "name": text_of(site["name"]),
                "township": text_of(site["township"]),
                "progress": own["done_on"].notna().mean() if len(own) else None,
                **{f"effect.{group}": alone.get(group) for group in groups},
                "satisfaction": None
                if survey is None or not survey["out_of"]
                else survey["achieved"] / survey["out_of"],
            }
        )
    served, both = served_shown(result), both_served(result)
    for row in rows:
        row |= {f"near.{group}": served.at[row["site_id"], group] for group in groups}
        row["both"] = "是" if both[row["site_id"]] else "否"
    effects = [f"effect.{group}" for group in groups]
    nears = [f"near.{group}" for group in groups]
    measures = ["progress", *effects, "satisfaction"]
    ranked = pd.DataFrame(rows, columns=["site_id", "name", "township", *measures, *nears, "both"])
    for name in measures:
        ranked[f"{name}_place"] = _places(ranked[name])
        ranked[name] = [UNKNOWN if pd.isna(value) else value for value in ranked[name]]
    return table(
        "点位排序",
        ranked,
        Column("site_id", "点位编号"),
        Column("name", "名称", width=34),
        Column("township", "乡镇（处）"),
        *_measure("progress", "进度：已完成阶段", "share"),
        *(
            column
            for group in groups
            for column in _measure(
                f"effect.{group}", f"效果：仅此点覆盖{text_of(result.groups[group]['short'])}", "count"
            )
        ),
        *_measure("satisfaction", SATISFACTION, "share"),
        *(
            Column(f"near.{group}", f"就近服务{text_of(result.groups[group]['short'])}", "count", "人")
            for group in groups
        ),
        Column("both", "老少都服务"),
        note="各项分别排名，同数同名次；不合成总分，轻重由县里定。未填的不排名。就近服务：以此点为最近且在时限内的人。",
    )


def _measure(key: str, zh: str, kind: Kind) -> tuple[Column, Column]:
    unit = "人" if kind == "count" else ""
    return Column(key, zh, kind, unit, width=14), Column(f"{key}_place", f"{zh}名次", "count")


def _places(values: pd.Series) -> Sequence[object]:
    numbers = pd.to_numeric(values)
    places = numbers.rank(method="min", ascending=False)
    return [None if pd.isna(place) else int(place) for place in places]
