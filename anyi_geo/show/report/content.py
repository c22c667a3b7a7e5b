"""One structure for all writers: what the report of a run says, as sections, tables and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import MODE_NAMES, batch_numbers, mean_minutes, one_off_yuan, text_of, yearly_yuan
from anyi_geo.show.home_persons import county_persons
from anyi_geo.show.home_visits import averages_told
from anyi_geo.show.report import care_tables, plan_tables, quality, registers, safety, source_tables
from anyi_geo.show.report.agreements import agreements_table
from anyi_geo.show.report.child_table import children_table
from anyi_geo.show.report.cost_sheet import cost_sheet
from anyi_geo.show.report.extra_tables import extra_tables
from anyi_geo.show.report.figures import run_figures
from anyi_geo.show.report.generations import both_served
from anyi_geo.show.report.index import index_table
from anyi_geo.show.report.model import Column, Kind, Report, Table, table
from anyi_geo.show.report.names import DECISIONS
from anyi_geo.show.report.problems import problems_table
from anyi_geo.show.report.reason_tables import reason_tables
from anyi_geo.show.report.sections import modelled_files, run_sections
from anyi_geo.show.report.services import services_table
from anyi_geo.show.report.village_tables import villages_table

if TYPE_CHECKING:
    from anyi_geo.county import County


def run_report(county: County, result: RunResult) -> Report:
    """Return the report of one run.

    Parameters
    ----------
    county : County
        Outline, register of buildings, registers of departments.
    result : RunResult
    """
    sheets = run_sheets(county, result)
    pictures, no_font = run_figures(county, result)
    return Report(
        title=f"{county.name}农村“一老一小”关爱服务资源优化配置规划报告",
        subtitle=f"情景：{text_of(result.run['title'])}",
        facts=_facts(county, result),
        sections=run_sections(county, result, {sheet.title: sheet for sheet in sheets}, pictures, no_font),
        sheets=sheets,
    )


def run_sheets(county: County, result: RunResult) -> tuple[Table, ...]:
    """Return the tables of a run in the order of the workbook; one line adds a sheet."""
    sheets = (
        summary_table(result),
        plan_tables.sites_table(result),
        plan_tables.coverage_table(result),
        villages_table(result),
        plan_tables.minutes_table(result),
        plan_tables.worst_table(result),
        *reason_tables(result),
        care_tables.homes_table(result),
        care_tables.moves_table(result),
        care_tables.kitchens_table(result, county.sites),
        care_tables.stops_table(result),
        care_tables.rounds_table(result),
        *care_tables.supper_tables(result),
        cost_sheet(result),
        safety.matrix_table(county, result),
        safety.inspections_table(county, result),
        registers.tiers_table(county, result),
        services_table(county),
        children_table(county, result),
        registers.food_safety_table(county, result),
        agreements_table(county, result),
        registers.phases_table(county, result),
        quality.quality_table(county, result),
        quality.ranking_table(county, result),
        registers.sensitive_villages_table(county),
        *extra_tables(result),
        source_tables.parameters_table(result),
        source_tables.solves_table(result),
        problems_table(county, result),
    )
    first, *others = sheets
    return (first, index_table(sheets), *others)


def summary_table(result: RunResult) -> Table:
    """Return the figures that a meeting asks for first, one a row."""
    rows = [*_about(result), *_coverage(result), *_homes(result), *_meals(result), *_money(result)]
    return table(
        "摘要",
        pd.DataFrame(rows, columns=["topic", "item", "value", "unit", "kind"]),
        Column("topic", "事项", width=14),
        Column("item", "项目", width=56),
        Column("value", "数值", "number", width=24, kind_from="kind"),
        Column("unit", "单位", width=10),
        note="覆盖率的位置误差区间见“覆盖”表。",
    )


#: How a value of a unit is written.
_KINDS: dict[str, Kind] = {
    "分钟": "minutes",
    "占比": "share",
    "元": "yuan",
    "元/年": "yuan",
    "人": "count",
    "元/份": "number",
}


def _row(topic: str, item: str, value: Any, unit: str = "") -> dict[str, Any]:
    return {"topic": topic, "item": item, "value": value, "unit": unit, "kind": _KINDS.get(unit, "number")}


def _about(result: RunResult) -> list[dict[str, Any]]:
    run = result.run
    return [
        _row("情景", "名称", text_of(run["title"])),
        _row("情景", "要回答的问题", text_of(run["question"])),
        _row("情景", "状态", "完成" if run["status"] == "done" else "有要求做不到，见“问题与提示”"),
        _row("情景", "程序版本", text_of(run.get("version"))),
        _row("情景", "随机种子", run.get("seed")),
        _row("情景", "输入数据指纹", text_of(run.get("inputs_sha256"))[:16]),
    ]


def _coverage(result: RunResult) -> list[dict[str, Any]]:
    rows = plan_tables.county_coverage(result).rows
    out = [
        _row("覆盖", f"{row['label']}：时限内人数（共 {row['total']:,} 人）", row["covered"], "人")
        for row in rows.to_dict("records")
    ]
    for group in plan_tables.counted_groups(result):
        for batch in batch_numbers(result):
            mean = mean_minutes(result, batch, group, result.headline_mode)
            mode = MODE_NAMES[result.headline_mode].zh
            short = text_of(result.groups[group]["short"])
            out.append(_row("覆盖", f"{short}到最近点位平均{mode}时间，第 {batch} 批后（能到达者）", mean, "分钟"))
    both = both_served(result)
    return [*out, _row("覆盖", f"老少都服务的点位（共 {len(both)} 个）", int(both.sum()), "个")]


def _homes(result: RunResult) -> list[dict[str, Any]]:
    if result.homes is None:
        return [_row("敬老院", "本情景没有可行的整合方案", "见“问题与提示”")]
    items = (
        ("residents", "集中供养人数", "人"),
        ("moved", "搬迁人数", "人"),
        ("moved_without_consent", "不同意仍迁移", "人"),
        ("moved_not_asked", "未征询即迁移", "人"),
        ("home_support", "回居家供养", "人"),
        ("homes_emptied", "腾出敬老院", "个"),
        ("beds_added", "扩建床位", "张"),
        ("beds_after", "整合后床位", "张"),
        ("visit_minutes_added_mean", "家属探视平均增加", "分钟"),
        ("visit_share_over_limit", "探视时间超过提示线的住院老人", "占比"),
    )
    summary = averages_told(result.homes.summary, result.homes)
    return _known("敬老院", {**summary, **county_persons(result.homes)}, items)


def _meals(result: RunResult) -> list[dict[str, Any]]:
    if result.meals is None:
        return [_row("助餐", "本情景没有可行的助餐方案", "见“问题与提示”")]
    items = (
        ("points", "助餐点", "个"),
        ("kitchens", "开伙厨房", "个"),
        ("delivered", "配送点", "个"),
        ("none", "不供餐点", "个"),
        ("unserved", "未能供餐点", "个"),
        ("meals", "每餐份数", "份"),
        ("cost_yuan_per_day", "每天费用（食材以外）", "元"),
        ("cost_yuan_per_meal", "每份费用（食材以外）", "元/份"),
        ("break_even_diners", "开伙与配送的平衡人数", "人/餐"),
    )
    return _known("助餐", result.meals.summary, items)


def _known(topic: str, summary: dict[str, Any], items: tuple[tuple[str, str, str], ...]) -> list[dict[str, Any]]:
    return [_row(topic, name, summary[key], unit) for key, name, unit in items if key in summary]


def _money(result: RunResult) -> list[dict[str, Any]]:
    return [
        row
        for decision, name in DECISIONS.items()
        for row in (
            _row("经费", f"{name}一次性投入", one_off_yuan(result, decision), "元"),
            _row("经费", f"{name}每年费用", yearly_yuan(result, decision), "元/年"),
        )
    ]


def _facts(county: County, result: RunResult) -> dict[str, str]:
    modelled = modelled_files(result)
    return {
        "编制": f"{county.name}（由规划软件生成，供讨论）",
        "情景": f"{text_of(result.run['title'])}（{text_of(result.run['scenario'])}）",
        "数据状况": f"含模拟数据：{'、'.join(modelled)}，只用于演示和检验方法"
        if modelled
        else "由县里提供或有公开来源",
        "程序版本": text_of(result.run.get("version")),
        "输入数据指纹": text_of(result.run.get("inputs_sha256"))[:16],
        "坐标": "经纬度 WGS84（与 CGCS2000 在本用途下一致）",
        "审图号": "待填",
    }
