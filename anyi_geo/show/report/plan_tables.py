"""Tables of coverage, sites, villages, money and sources, as a result holds them."""

from __future__ import annotations

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import COUNTY, MODE_NAMES, batch_label, claims_hidden, text_of
from anyi_geo.show.privacy import small_hidden
from anyi_geo.show.report.covered import group_is_sensitive, metrics_shown, part_hidden, village_persons
from anyi_geo.show.report.model import Chart, Column, Table, table
from anyi_geo.show.report.names import FIRE, RESOURCES, STATUSES, named


def counted_groups(result: RunResult) -> list[str]:
    """Return the groups that count in the objective, in order."""
    return [name for name, group in result.groups.items() if group["weight"] > 0]


def headline_modes(result: RunResult) -> list[str]:
    """Return the headline way of travel and walking, which always stands beside it."""
    found = set(result.nearest["mode"])
    return [mode for mode in dict.fromkeys((result.headline_mode, "walk")) if mode in found]


def coverage_table(result: RunResult) -> Table:
    """Return the covered shares with their ranges: every plan, batch, group, way of travel and scope."""
    rows = metrics_shown(result).assign(
        plan=[text_of(result.run["title"])] * len(result.metrics),
        group_zh=[text_of(result.groups[group]["name"]) for group in result.metrics["group"]],
        mode_zh=[MODE_NAMES[mode].zh for mode in result.metrics["mode"]],
        batch_zh=[batch_label(batch) for batch in result.metrics["batch"]],
        scope_zh=["全县" if scope == COUNTY else scope for scope in result.metrics["scope"]],
    )
    order = {COUNTY: 0}
    rows = rows.sort_values("scope", key=lambda names: names.map(lambda name: order.get(name, 1)), kind="stable")
    return table(
        "覆盖",
        rows.reset_index(drop=True),
        Column("plan", "方案"),
        Column("scope_zh", "范围"),
        Column("group_zh", "人群", width=24),
        Column("mode_zh", "出行方式"),
        Column("batch_zh", "批次"),
        Column("limit_minutes", "时限", "number", "分钟"),
        Column("covered", "时限内人数", "count", "人"),
        Column("added", "其中本批新增", "count", "人"),
        Column("left", "仍未覆盖", "count", "人"),
        Column("total", "总人数", "count", "人"),
        Column("share", "覆盖率", "share"),
        Column("share_low", "区间低端", "share"),
        Column("share_high", "区间高端", "share"),
        note="区间为村的位置在误差内变动时的 5%–95% 范围，只对全县计算。无路可达和未知的人都留在总人数里。",
    )


def county_coverage(result: RunResult) -> Table:
    """Return the county-wide shares of the counted groups, riding and walking."""
    whole = coverage_table(result)
    rows = whole.rows
    kept = rows[
        (rows["scope"] == COUNTY)
        & rows["group"].isin(counted_groups(result))
        & rows["mode"].isin(headline_modes(result))
    ].assign(label=lambda found: found["group_zh"] + " " + found["mode_zh"] + " " + found["batch_zh"])
    columns = [column for column in whole.columns if column.key not in ("plan", "scope_zh", "added", "left")]
    return table("主要覆盖指标", kept.reset_index(drop=True), *columns, note=whole.note)


_OWN = ("official_batch", "floors", "area_m2", "canteen_m2", "outdoor_m2", "running_yuan_per_year")
_NEEDED = ("site_id", "name", "township", "batch", "opening_yuan", "only_here")
#: What a site's own sheet adds.
_SHEET = ("seats", "diners", "clinic", "clinic_minutes", "clinic_walk_minutes", "responsible_zh")


def sites_table(result: RunResult) -> Table:
    """Return the opened sites by batch with their facts, costs and what each alone adds."""
    groups = counted_groups(result)
    # A plan without sites, or one read back, lacks the columns.
    rows = result.sites.reindex(columns=list(dict.fromkeys([*result.sites.columns, *_NEEDED])))
    rows["batch_zh"] = [_batch_name(result, batch) for batch in rows["batch"]]
    rows["resource_zh"] = [named(RESOURCES, kind) for kind in _column(rows, "resource_type")]
    rows["fire_zh"] = [
        claims_hidden(raw) or named(FIRE, text_of(status) or "unknown")
        for raw, status in zip(_column(rows, "fire_raw"), _column(rows, "fire_status"), strict=True)
    ]
    rows["position_zh"] = [named(STATUSES, status) for status in _column(rows, "position_status")]
    for group in groups:
        alone = [found.get(group) if isinstance(found, dict) else None for found in rows["only_here"]]
        hidden = group_is_sensitive(result, group)
        rows[f"only.{group}"] = [small_hidden(value) if hidden else value for value in alone]
    sheets = result.care.get("sheets")
    if sheets is not None and len(sheets) and len(rows):
        rows = rows.merge(sheets[["site_id", *(name for name in _SHEET if name in sheets)]], on="site_id", how="left")
    for name in (*_OWN, *_SHEET):
        rows[name] = _column(rows, name)
    return table(
        "分批点位",
        rows,
        Column("site_id", "点位编号"),
        Column("batch_zh", "批次"),
        Column("name", "名称", width=34),
        Column("township", "乡镇（处）"),
        Column("official_batch", "县方案批次", "count"),
        Column("resource_zh", "整合资源类别"),
        Column("floors", "层数", "count", "层"),
        Column("area_m2", "总面积", "number", "m²"),
        Column("canteen_m2", "食堂面积", "number", "m²"),
        Column("outdoor_m2", "室外面积", "number", "m²"),
        Column("fire_zh", "消防设施", width=18),
        Column("opening_yuan", "改造投入", "yuan", "元"),
        Column("running_yuan_per_year", "年运行费", "yuan", "元/年"),
        *(
            Column(f"only.{group}", f"仅此点覆盖：{text_of(result.groups[group]['short'])}", "count", "人")
            for group in groups
        ),
        *((Column("chosen_share", "入选频率", "share"),) if "chosen_share" in rows else ()),
        Column("seats", "餐厅座位（推算）", "count", "个"),
        Column("diners", "预计同时就餐", "count", "人"),
        Column("clinic", "最近医疗机构", width=20),
        Column("clinic_minutes", "到医疗机构骑行", "minutes", "分钟"),
        Column("clinic_walk_minutes", "到医疗机构步行", "minutes", "分钟"),
        Column("responsible_zh", "责任单位", width=30),
        Column("position_zh", "位置来源"),
        note="“仅此点覆盖”指关掉该点后时限内减少的人数。餐厅座位由食堂面积和参数推算。",
        chart=Chart("column", "各点位单独覆盖人数", "site_id", tuple(f"only.{group}" for group in groups)),
    )


def worst_table(result: RunResult, *, batch: int | None = None, mode: str | None = None) -> Table:
    """Return the villages farthest from a site, per batch, group and way of travel."""
    rows = result.worst
    if batch is not None and len(rows):
        rows = rows[(rows["batch"] == batch) & (rows["mode"] == mode)]
    if "group" not in rows:
        rows = pd.DataFrame(
            columns=["batch", "group", "mode", "rank", "village_id", "village", "township", "persons", "minutes"]
        )
    shown = {group: village_persons(result, group) for group in dict.fromkeys(rows["group"])}
    rows = rows.assign(
        batch_zh=[batch_label(number) for number in rows["batch"]],
        group_zh=[text_of(result.groups[group]["name"]) for group in rows["group"]],
        mode_zh=[MODE_NAMES[name].zh for name in rows["mode"]],
        persons=[
            shown[group].get(village, small_hidden(persons))
            for group, village, persons in zip(rows["group"], rows["village_id"], rows["persons"], strict=True)
        ],
    )
    return table(
        "最远的村",
        rows,
        Column("batch_zh", "批次"),
        Column("group_zh", "人群", width=24),
        Column("mode_zh", "出行方式"),
        Column("rank", "名次", "count"),
        Column("village", "村（社区）", width=12),
        Column("township", "乡镇（处）"),
        Column("persons", "人数", "count", "人"),
        Column("minutes", "平均时间", "minutes", "分钟"),
    )


def minutes_table(result: RunResult) -> Table:
    """Return mean, median and ninth decile of minutes, with those who cannot arrive."""
    found = result.minutes
    if "gini" not in found and {"batch", "group", "mode"} <= set(result.equity.columns):
        found = found.merge(result.equity, on=["batch", "group", "mode"], how="left")
    for key, names in _BESIDE.items():
        found = _beside(result, found, key, names)
    own = ("median", "p90", "unreachable_persons", "gini", "worst_township", "worst_share")
    for name in (*own, *(name for names in _BESIDE.values() for name in names.values())):
        if name not in found:
            found = found.assign(**{name: None})
    rows = found.assign(
        batch_zh=[batch_label(batch) for batch in found["batch"]],
        group_zh=[text_of(result.groups[group]["name"]) for group in found["group"]],
        mode_zh=[MODE_NAMES[mode].zh for mode in found["mode"]],
        unreachable_persons=[
            _few_hidden(result, group, value)
            for value, group in zip(found["unreachable_persons"], found["group"], strict=True)
        ],
        persons_beyond=[
            _few_hidden(result, group, value)
            for value, group in zip(found["persons_beyond"], found["group"], strict=True)
        ],
    )
    return table(
        "时间与公平",
        rows,
        Column("batch_zh", "批次"),
        Column("group_zh", "人群", width=24),
        Column("mode_zh", "出行方式"),
        Column("mean", "平均", "minutes", "分钟"),
        Column("median", "中位", "minutes", "分钟"),
        Column("p90", "九成人在此内", "minutes", "分钟"),
        Column("unreachable_persons", "无路可达", "count", "人"),
        Column("threshold_minutes", "落后门槛", "number", "分钟"),
        Column("persons_beyond", "超过门槛", "count", "人"),
        Column("envy_minutes", "人均超出", "minutes", "分钟"),
        Column("zero_minutes", "渐变覆盖降为零", "number", "分钟"),
        Column("faded_share", "渐变覆盖率", "share"),
        Column("gini", "时间基尼系数", "number"),
        Column("worst_township", "覆盖最低乡镇"),
        Column("worst_share", "其覆盖率", "share"),
        note="平均和中位只计能到达的人，不能到达的人另列。渐变覆盖：时限内按 1 计，到“降为零”的分钟数线性降为 0。",
    )


#: Tables of the judged care sites whose rows are the same, with the names that their columns have here.
_BESIDE = {
    "envy": {
        "threshold_minutes": "threshold_minutes", "persons_beyond": "persons_beyond", "envy_minutes": "envy_minutes",
    },
    "fading": {"zero_minutes": "zero_minutes", "share": "faded_share"},
}  # fmt: skip


def _beside(result: RunResult, found: pd.DataFrame, key: str, names: dict[str, str]) -> pd.DataFrame:
    rows, keys = result.care.get(key), ["batch", "group", "mode"]
    if rows is None or rows.empty:
        return found
    return found.merge(rows[[*keys, *names]].rename(columns=names), on=keys, how="left")


def _few_hidden(result: RunResult, group: str, persons: float) -> object:
    """Return persons of a group out of the county's, held back where they or the others are a sensitive few."""
    if not group_is_sensitive(result, group) or pd.isna(persons):
        return persons
    return part_hidden(persons, float(result.points[f"persons.{group}"].sum()))


def _batch_name(result: RunResult, batch: object) -> str:
    names = {row["batch"]: text_of(row["name"]) for row in result.batches}
    return names.get(int(str(batch)), f"第 {batch} 批")


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    return rows[name] if name in rows else pd.Series([None] * len(rows), index=rows.index, dtype=object)
