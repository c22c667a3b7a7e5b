"""The words of the report: what each section says of the tables and figures that stand in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import (
    MODE_NAMES,
    batch_label,
    batch_numbers,
    mean_minutes,
    minutes_text,
    one_off_yuan,
    share_of,
    text_of,
    wan_text,
    yearly_yuan,
)
from anyi_geo.show.home_messages import told_reason
from anyi_geo.show.home_persons import county_persons
from anyi_geo.show.plans import kinds, regret_text, title_of
from anyi_geo.show.privacy import persons_text
from anyi_geo.show.report import plan_tables
from anyi_geo.show.report.care_sections import homes_blocks, meals_blocks, money_blocks, picture
from anyi_geo.show.report.closing_sections import Sheets, ground_blocks, safety_parts, tier_parts
from anyi_geo.show.report.covered import printable
from anyi_geo.show.report.model import Block, Column, Figure, Items, Section, Table, table
from anyi_geo.show.report.names import DECISIONS, FILES, RESOURCES, named, short_site
from anyi_geo.show.report.plan_tables import counted_groups, headline_modes
from anyi_geo.show.report.setting_names import setting_text

if TYPE_CHECKING:
    from anyi_geo.county import County

_FULL_NAMES = "名称省去“一老一小”幸福院几字；层数、室外面积、年运行费等见 Excel“分批点位”。"


def run_sections(
    county: County, result: RunResult, sheets: Sheets, pictures: Mapping[str, Figure], no_font: str
) -> tuple[Section, ...]:
    """Return the sections in the order of a Chinese working report; one line adds a section."""
    return (
        Section("摘要", _abstract(county, result, no_font)),
        Section("一、现状", _present(county)),
        Section("二、方案", _plan(result, sheets, pictures)),
        Section("三、两批对比", _batches(result, sheets, pictures)),
        Section("四、敬老院整合", homes_blocks(result, sheets)),
        Section("五、助餐", meals_blocks(result, sheets)),
        Section("六、经费", money_blocks(result, pictures)),
        Section("七、安全与问题清单", parts=safety_parts(sheets)),
        Section("八、服务层级、分工与进度", parts=tier_parts(county, result, sheets)),
        Section("九、依据与假设", ground_blocks(result, sheets)),
    )


def _abstract(county: County, result: RunResult, no_font: str) -> tuple[Block, ...]:
    modelled = modelled_files(result)
    lines = [*_abstract_coverage(result), *_abstract_homes(result), *_abstract_meals(result)]
    for decision, name in DECISIONS.items():
        once, yearly = one_off_yuan(result, decision), yearly_yuan(result, decision)
        if once or yearly:
            lines.append(f"{name}：一次性投入 {wan_text(once)} 万元，每年 {wan_text(yearly)} 万元。")
    reasons = [f"做不到：{told_reason(reason)}" for reason in result.run.get("reasons", ())]
    blocks: list[Block] = [
        f"本报告回答：{text_of(result.run['question'])}",
        Items((*reasons, *lines)),
    ]
    if modelled:
        blocks.append(
            f"数据提示：{'、'.join(modelled)} 含模拟数据，覆盖率等数字只用于演示和检验方法，"
            f"不能当作{county.name}的事实引用。"
        )
    if no_font:
        blocks.append(no_font)
    return tuple(blocks)


def modelled_files(result: RunResult) -> list[str]:
    """Return what is modelled in the data, in a planner's words."""
    files = dict.fromkeys(str(row["file"]) for row in result.warnings if row.get("code") == "W_MODELLED")
    return [named(FILES, file) for file in files]


def _abstract_coverage(result: RunResult) -> list[str]:
    lines, mode, told_of = [], result.headline_mode, printable(result)
    for group in counted_groups(result):
        told = result.groups[group]
        limit = told["limit_minutes"][mode]
        shares = "，".join(
            f"{batch_label(batch)} {share_of(told_of, batch, group, mode).text()}" for batch in batch_numbers(result)
        )
        lines.append(f"{text_of(told['name'])}{MODE_NAMES[mode].zh} {limit:g} 分钟内覆盖：{shares}。")
    return [*lines, "方括号内为村的位置在误差内变动时的 5%–95% 区间；带 * 的名义值高于区间，不宜单独引用。"]


def _abstract_homes(result: RunResult) -> list[str]:
    if result.homes is None:
        return ["敬老院整合：本情景没有可行方案。"]
    found = {**result.homes.summary, **county_persons(result.homes)}
    return [
        (
            f"敬老院：{found['residents']} 名集中供养老人中迁移 {persons_text(found['moved'])}，"
            f"腾出 {found['homes_emptied']} 个院，扩建 {found['beds_added']} 张床；"
            f"不同意仍迁移 {persons_text(found['moved_without_consent'])}，"
            f"未征询 {persons_text(found['moved_not_asked'])}，须先征得本人或监护人同意。"
        )
    ]


def _abstract_meals(result: RunResult) -> list[str]:
    if result.meals is None:
        return ["助餐：本情景没有可行方案。"]
    found = result.meals.summary
    return [
        (
            f"助餐：{found['points']} 个点中开伙 {found['kitchens']} 个，配送 {found['delivered']} 个，"
            f"不供餐 {found['none']} 个，未能供餐 {found['unserved']} 个；每餐 {found['meals']} 份。"
        )
    ]


def _present(county: County) -> tuple[Block, ...]:
    villages, sites = county.villages, county.sites
    people = {
        "persons_total": "常住人口",
        "persons_60plus": "60 岁及以上",
        "children_school": "6 至 15 岁学龄儿童",
    }
    sums = villages.groupby("township", sort=False)[list(people)].sum()
    sums["units"] = villages.groupby("township").size()
    sums["share"] = sums["persons_60plus"] / sums["persons_total"]
    townships = table(
        "各乡镇（处）人口",
        sums.reset_index(),
        Column("township", "乡镇（处）"),
        Column("units", "村（社区）", "count", "个"),
        *(Column(key, name, "count", "人") for key, name in people.items()),
        Column("share", "60 岁及以上占比", "share"),
    )
    townships = replace(townships, vital=True)
    kinds = {"xingfuyuan_candidate": "幸福院候选", "jinglaoyuan": "敬老院", "county_centre_candidate": "中心养老院候选",
             "yiyang_home": "颐养之家", "clinic": "卫生院"}  # fmt: skip
    counts = sites.groupby(["kind", "resource_type"]).agg(
        places=("name", "size"),
        beds=("beds", _known_sum),
        area=("area_m2", _known_sum),
        blank=("area_m2", lambda a: a.isna().sum()),
    )
    counts = counts.reset_index()
    counts["kind_zh"] = [named(kinds, kind) for kind in counts["kind"]]
    counts["resource_zh"] = [named(RESOURCES, kind) for kind in counts["resource_type"]]
    facilities = table(
        "现有设施",
        counts,
        Column("kind_zh", "用途", width=16),
        Column("resource_zh", "资源类别", width=16),
        Column("places", "处数", "count", "处"),
        Column("beds", "床位合计", "count", "张"),
        Column("area", "面积合计（已填）", "number", "m²"),
        Column("blank", "面积未填", "count", "处"),
        note="未填的不按零计，列入问题清单。",
    )
    total, old = int(villages["persons_total"].sum()), int(villages["persons_60plus"].sum())
    return (
        (
            f"{county.name}数据共 {len(villages)} 个村（社区）、{len(county.points)} 个需求点，常住人口 {total:,} 人，"
            f"其中 60 岁及以上 {old:,} 人，占 {old / total:.1%}。"
        ),
        townships,
        facilities,
    )


def _known_sum(values: pd.Series) -> object:
    """Return the sum of what was filled in; nothing when nothing was."""
    return values.sum(min_count=1)


def _plan(result: RunResult, sheets: Sheets, pictures: Mapping[str, Figure]) -> tuple[Block, ...]:
    opened = sheets["分批点位"]
    counts = result.sites["batch"].value_counts() if len(result.sites) else pd.Series(dtype=int)
    told = "，".join(f"{text_of(row['name'])} {int(counts.get(row['batch'], 0))} 个" for row in result.batches)
    own = result.run.get("overrides", {})
    overrides = [
        setting_text(key, value, result.groups) for key, value in own.items() if "." in key and _said(key, result)
    ]
    lines: list[Block] = [f"本方案开放幸福院 {len(result.sites)} 个：{told}。先开的点位不再关闭。"]
    if overrides:
        lines.append(f"与基础设置不同之处：{'；'.join(overrides)}。")
    keep = (
        "site_id",
        "batch_zh",
        "name",
        "resource_zh",
        "area_m2",
        "canteen_m2",
        "fire_zh",
        "opening_yuan",
    )
    shown = replace(opened.first(40, keep).told("name", short_site), vital=True, note=_FULL_NAMES)
    chart = "batches" if "batches" in pictures else "map"
    return (*lines, shown, *picture(pictures, chart))


def _said(key: str, result: RunResult) -> bool:
    """Return whether a setting matters in this run: a group of which the county's data know nothing is not in it."""
    section, kind, group, *_ = [*key.split("."), "", ""]
    return (section, kind) != ("demand", "groups") or group in result.groups


def _batches(result: RunResult, sheets: Sheets, pictures: Mapping[str, Figure]) -> tuple[Block, ...]:
    batches, mode = batch_numbers(result), result.headline_mode
    last = batches[-1]
    worst = sheets["最远的村"]
    groups = counted_groups(result)
    rows = worst.rows[
        (worst.rows["batch"] == last) & (worst.rows["mode"] == mode) & worst.rows["group"].isin(groups[:1])
    ]
    far = table(
        f"{batch_label(last)}建成后最远的村", rows,
        *(column for column in worst.columns if column.key in ("rank", "village", "township", "persons", "minutes")),
    )  # fmt: skip
    return (
        _gain(result),
        replace(plan_tables.county_coverage(result).first(30), vital=True),
        *picture(pictures, "coverage"),
        *picture(pictures, "minutes"),
        replace(_townships(result), vital=True),
        far.first(10),
        "最远的村要与平均数一起看：覆盖率提高时，最远的村可能没有受益。",
        *_reasons(result, sheets),
    )


def _reasons(result: RunResult, sheets: Sheets) -> tuple[Block, ...]:
    """Return what the plan misses, and the best plans that change a few sites or weigh two aims."""
    told = regret_text(result)
    shown = [sheets[title_of(kind)].first(12, ("title", "sites", "one_off_yuan", "price_zh")) for kind in kinds(result)]
    return (*((told,) if told else ()), *shown)


def _gain(result: RunResult) -> str:
    batches, mode, told_of = batch_numbers(result), result.headline_mode, printable(result)
    if len(batches) < 2:
        return "本方案只有一批。"
    parts = []
    for group in counted_groups(result):
        first, last = (share_of(told_of, batch, group, mode) for batch in (batches[0], batches[-1]))
        before, after = (mean_minutes(result, batch, group, mode) for batch in (batches[0], batches[-1]))
        if math.isnan(first.share) or math.isnan(last.share):
            continue
        parts.append(
            f"{text_of(result.groups[group]['short'])}由 {int(first.covered):,} 人增加到 {int(last.covered):,} 人"
            f"（共 {int(last.total):,} 人），平均时间由 {minutes_text(before)} 分钟变为 {minutes_text(after)} 分钟"
        )
    ways = "、".join(MODE_NAMES[name].zh for name in headline_modes(result))
    return f"以{MODE_NAMES[mode].zh}为主要口径，后一批建成后时限内人数：{'；'.join(parts)}。下表并列{ways}口径。"


def _townships(result: RunResult) -> Table:
    mode, groups, batches = result.headline_mode, counted_groups(result), batch_numbers(result)
    told_of = printable(result)
    names = sorted(set(result.metrics["scope"]) - {"county"})
    rows = pd.DataFrame({"township": names})
    columns = [Column("township", "乡镇（处）")]
    for group in groups:
        for batch in batches:
            key = f"{group}.{batch}"
            rows[key] = [share_of(told_of, batch, group, mode, name).share for name in names]
            columns.append(Column(key, f"{text_of(result.groups[group]['short'])} {batch_label(batch)}", "share"))
    return table(
        f"各乡镇（处）{MODE_NAMES[mode].zh}覆盖率",
        rows,
        *columns,
        note="名义值；各乡镇没有区间，不宜细比。“–”表示没有该人群。",
    )
