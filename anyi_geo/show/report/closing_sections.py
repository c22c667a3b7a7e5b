"""The later sections of the report: safety and open points, tiers and phases, grounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import text_of
from anyi_geo.show.report import registers
from anyi_geo.show.report.figures import gantt_figure
from anyi_geo.show.report.grouping import grouped
from anyi_geo.show.report.model import Block, Items, Section, Table, table
from anyi_geo.show.report.names import short_site
from anyi_geo.show.report.services import overlaps_text

if TYPE_CHECKING:
    from anyi_geo.county import County

Sheets = Mapping[str, Table]
_TIERS = ("tier", "place", "places", "who", "persons", "of")
_MODELLED = "含模拟数据，只用于演示和检验方法；各文件的行数见 Excel。"


def safety_parts(sheets: Sheets) -> tuple[Section, ...]:
    """Return the safety matrix and the list of open points."""
    matrix, problems = sheets["安全矩阵"], sheets["问题与提示"]
    opened = _short_names(matrix).rows[matrix.rows["use_zh"].str.startswith("幸福院")]
    keep = [column for column in matrix.columns if column.key not in ("township", "use_zh", "pilot")]
    rows = problems.rows
    return (
        Section(
            "安全检查",
            (
                (
                    "结构、燃气、食品、消防、卫生五项由各部门检查。没有检查日期和检查部门的，不作“合格”。"
                    f"共 {len(matrix.rows)} 处场所，下表列开放的幸福院，其余见 Excel。"
                ),
                replace(table("安全检查矩阵", opened, *keep, note=matrix.note), vital=True),
            ),
        ),
        Section(
            "问题清单",
            (
                f"共 {len(rows)} 条；按类别：{_counts(rows['kind'])}。",
                replace(_grouped(problems).first(26), vital=True),
            ),
        ),
    )


def _grouped(problems: Table) -> Table:
    """Return the open points with the places of one and the same question in one row."""
    modelled = problems.rows["code"] == "W_MODELLED"
    rows = problems.rows.assign(message=problems.rows["message"].mask(modelled, _MODELLED))
    found = grouped(replace(problems, rows=rows), ("kind", "message", "department"), "object")
    return replace(found, title="问题清单")


def _short_names(found: Table) -> Table:
    """Return a table in which the sites' names fit on one line."""
    return found.told("name", short_site)


def _counts(kinds: pd.Series) -> str:
    counts = kinds.value_counts(sort=False)
    return "，".join(f"{kind} {number} 条" for kind, number in counts.items()) or "无"


def tier_parts(county: County, result: RunResult, sheets: Sheets) -> tuple[Section, ...]:
    """Return the tiers of service, the phases with who answers for them, and the ranking by components."""
    gantt = gantt_figure(registers.phase_bars(county, result), "各点位时间表和责任人")
    ranking = _short_names(sheets["点位排序"])
    return (
        Section(
            "四级服务",
            (replace(sheets["服务层级"].first(30, _TIERS), vital=True), overlaps_text(sheets["服务与儿童设施"])),
        ),
        Section(
            "时间表与责任人",
            (
                *((gantt,) if gantt else ()),
                "没有自己时间表的点位按全县阶段画；各点位的阶段、责任人见 Excel“时间表”，填在 registers/phases.csv。",
            ),
        ),
        Section(
            "点位排序（分项，不合成总分）",
            (replace(ranking.first(20, _filled_columns(ranking)), vital=True),),
        ),
    )


def _filled_columns(ranking: Table) -> tuple[str, ...]:
    """Return the columns that say something: no places of a measure that nobody filled in."""
    left = {"site_id", "township", *(column.key for column in ranking.columns if column.key.startswith("near."))}
    return tuple(
        column.key for column in ranking.columns if column.key not in left and ranking.rows[column.key].notna().any()
    )


def ground_blocks(result: RunResult, sheets: Sheets) -> tuple[Block, ...]:
    """Return parameters, solves and conventions on which the figures rest."""
    rows = sheets["参数"].rows
    counts = _counts(rows["status_zh"]) if len(rows) else "无"
    assumed = rows[rows["status"] == "assumed"]
    prices = assumed[assumed["unit"].astype(str).str.startswith("yuan")]
    keep = ("name_zh", "value", "low", "high", "unit_zh")
    return (
        f"参数 {len(rows)} 项，按来源类别：{counts}。“假定”的参数应由县里核定后再引用结果。",
        table("假定的价格和费率", prices, *sheets["参数"].columns).first(14, keep),
        "求解情况：有界的写明界的来源；没有界的方案不称为最优。",
        sheets["求解"],
        Items(
            (
                "坐标：经纬度 WGS84，与 CGCS2000 在本用途下一致；量算用 EPSG:4548。",
                "界线为示意，不作划界依据；公开使用的地图须取得审图号。",
                "无路可达、未知的人都留在分母里。",
                (
                    f"程序版本 {text_of(result.run.get('version'))}，随机种子 {result.run.get('seed')}，"
                    f"输入数据指纹 {text_of(result.run.get('inputs_sha256'))[:16]}。"
                ),
            )
        ),
    )
