"""Sheets that explain the care sites: what more would add, seats, site sheets, other years, other plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import COUNTY, MODE_NAMES, batch_label, text_of
from anyi_geo.show.plans import counted, kinds, plan_name, plans_of, title_of
from anyi_geo.show.privacy import HELD_BACK, small_hidden
from anyi_geo.show.report.covered import group_is_sensitive, part_hidden, village_persons
from anyi_geo.show.report.model import Column, Table, table
from anyi_geo.show.report.names import FIRE, RESOURCES, SOLVE_STATUSES, named

_FITS = {"fits": "放得下", "short": "面积不够", "unknown": "未填/待核"}
_GROUP, _MODE, _BATCH = Column("group_zh", "人群", width=24), Column("mode_zh", "出行方式"), Column("batch_zh", "批次")
_SITE, _TOWNSHIP = Column("name", "点位", width=34), Column("township", "乡镇（处）")


@dataclass(frozen=True)
class _Reason:
    """One table of ``RunResult.care`` as a sheet.

    Attributes
    ----------
    key, title : str
    columns : tuple of Column
        Those that the table does not have are left out.
    note : str
    persons : tuple of str
        Columns of persons, hidden where few of a sensitive group.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    note: str = ""
    persons: tuple[str, ...] = ()


_REASONS: tuple[_Reason, ...] = (
    _Reason("regret", "与最优的差距", (
        Column("covered", "本方案", "count", "人"), Column("best_found", "同条件最好方案", "count", "人"),
        Column("bound", "不会超过", "count", "人"), Column("regret_at_most", "至多还差", "count", "人"),
        Column("at_once", "本方案最终覆盖", "count", "人"), Column("at_once_best", "一次建成最好", "count", "人"),
        Column("price_of_phasing", "分批的代价", "count", "人"), Column("status_zh", "求解状态", width=24),
    ), "前四列为各批覆盖人数按权重合计（同一人在两批各计一次），后三列为全部建成后的人数；"
       "位置按数据所列，不计位置误差。分批的代价：分批最优比一次建成最优最终少覆盖的人数。"),
    _Reason("access", "每千名老人座位", (
        Column("scope_zh", "范围"), _BATCH, Column("persons", "老人", "count", "人"),
        Column("seats", "餐厅座位", "number", "个"), Column("seats_per_1000", "每千名老人座位", "number", "个"),
        Column("gini", "基尼系数", "number"), Column("persons_without", "附近没有座位", "count", "人"),
    ), "两步移动搜索法（E2SFCA，Luo 与 Qi 2009）：老人按车程远近分享食堂座位。"),
    _Reason("years", "各年份覆盖", (
        Column("year", "年份", "year"), _GROUP, _MODE, _BATCH, Column("covered", "时限内人数", "count", "人"),
        Column("total", "总人数", "count", "人"), Column("share", "覆盖率", "share"),
        Column("total_low", "总人数下限", "count", "人"), Column("total_high", "总人数上限", "count", "人"),
        Column("share_low", "覆盖率下限", "share"), Column("share_high", "覆盖率上限", "share"),
    ), "按两次普查的队列变化率（Hamilton–Perry）推算，不是预测；上下限来自变化率上限取 1.0、1.1 和不设上限。",
        ("covered", "total", "total_low", "total_high")),
    _Reason("left_out", "未选点位", (
        _SITE, _TOWNSHIP, Column("resource_zh", "资源类别"), Column("opening_yuan", "一次性投入", "yuan", "元"),
        Column("adds", "再加它多覆盖", "count", "人"),
    ), "在本方案之外单独再加一个点位，能多覆盖的人数（计入目标的人群合计），取最多的十个。"),
    _Reason("out_of_reach", "都够不着的村", (
        Column("village", "村（社区）", width=18), _TOWNSHIP, _GROUP, Column("persons", "够不着", "count", "人"),
        Column("limit_minutes", "现时限", "number", "分钟"),
        Column("first_minutes", "放宽到可及第一人", "minutes", "分钟"),
        Column("all_minutes", "放宽到全部可及", "minutes", "分钟"),
    ), "全部候选点位都开放也到不了的人；要么放宽时限，要么在附近另找点位或送服务上门。", ("persons",)),
    _Reason("frequency", "入选频率", (
        _SITE, _TOWNSHIP, Column("chosen_share", "入选频率", "share"), Column("in_plan_zh", "本方案"),
    ), "村的位置、人口和参与率在误差内变动，各重新选一次点，统计入选的比例；越高越稳妥。"),
    _Reason("robust", "各年份选点", (
        _SITE, _TOWNSHIP, Column("batch", "本方案批次", "count"), Column("years_zh", "入选年份", width=30),
        Column("robust_zh", "稳妥"),
    ), "按各年份的推算人口各求一个方案；都入选的标为“稳妥”。"),
    _Reason("functions", "九项功能", (
        _SITE, Column("name_zh", "功能", width=16), Column("needs_m2", "需要", "number", "m²"),
        Column("has_m2", "现有", "number", "m²"), Column("fit_zh", "能否放下"), Column("note_zh", "说明", width=44),
    ), "文件要求按需设置，不是每项必设；面积参数多为假定，见“参数与来源”。"),
    _Reason("questions", "需部门答复", (
        _SITE, Column("topic", "事项"), Column("department_zh", "部门", width=18),
        Column("question_zh", "问题", width=60), Column("basis_zh", "依据", width=24),
    ), "由点位数据提出的问题，须由部门核实答复；软件不作是否通过的结论。"),
)  # fmt: skip


def reason_tables(result: RunResult) -> Iterator[Table]:
    """Yield the sheets that explain the care sites of this run, those with rows only."""
    for kind in kinds(result):
        yield _plans(result, kind)
    for reason in _REASONS:
        rows = result.care.get(reason.key)
        if rows is not None and len(rows):
            shown = _told(result, reason, rows.reset_index(drop=True))
            yield table(
                reason.title, shown, *(column for column in reason.columns if column.key in shown), note=reason.note
            )


def _plans(result: RunResult, kind: str) -> Table:
    """Return swaps or a front: figures as numbers, what changes in words."""
    groups = counted(result)
    found = plans_of(result, kind)
    rows = pd.DataFrame(found).assign(title=[plan_name(kind, row) for row in found])
    shares = [
        column
        for name, short in groups.items()
        for column in (
            Column(f"covered.{name}", f"{short}覆盖", "count", "人"),
            Column(f"share.{name}", f"{short}覆盖率", "share"),
            Column(f"share_low.{name}", f"{short}下限", "share"),
            Column(f"share_high.{name}", f"{short}上限", "share"),
        )
    ]
    return table(
        title_of(kind),
        rows,
        Column("title", "方案", width=12),
        Column("sites", "点位", "count", "个"),
        Column("one_off_yuan", "一次性投入", "yuan", "元"),
        *shares,
        Column("worst_township", "覆盖率最低的乡镇"),
        Column("worst_share", "其覆盖率", "share"),
        Column("gap", "差距", "share"),
        Column("price_zh", "相对既定方案" if kind == "swaps" else "相对上一方案", width=80),
        note="覆盖为全部建成后、主要出行方式时限内；上下限为位置误差区间，高于上限的名义值不宜单独引用。"
        "差距为不能排除的改进余地。",
    )


def _told(result: RunResult, reason: _Reason, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its codes in words and small numbers of sensitive groups hidden."""
    sites = {str(row["site_id"]): text_of(row["name"]) for row in result.sites.to_dict("records")}
    forms: dict[str, tuple[str, Callable[[object], object]]] = {
        "group_zh": ("group", lambda cell: text_of(result.groups[str(cell)]["name"])),
        "mode_zh": ("mode", lambda cell: MODE_NAMES[str(cell)].zh),
        "batch_zh": ("batch", lambda cell: batch_label(int(str(cell)))),
        "scope_zh": ("scope", lambda cell: "全县" if cell == COUNTY else cell),
        "resource_zh": ("resource_type", lambda cell: named(RESOURCES, cell)),
        "fire_zh": ("fire_status", lambda cell: named(FIRE, cell)),
        "fit_zh": ("fit", lambda cell: _FITS[str(cell)]),
        "in_plan_zh": ("in_plan", lambda cell: "入选" if cell else ""),
        "robust_zh": ("robust", lambda cell: "稳妥" if cell else ""),
        "status_zh": ("status", lambda cell: named(SOLVE_STATUSES, cell)),
    }
    own = {column.key for column in reason.columns}
    out = rows.copy()
    for name, (key, form) in forms.items():
        if name in own and key in out:
            out[name] = [form(cell) for cell in rows[key]]
    if "name" in own and "name" not in out:
        out["name"] = [sites.get(str(site), str(site)) for site in rows["site_id"]]
    if "years_zh" in own:
        years = [str(name) for name in rows if str(name).startswith("batch_")]
        out["years_zh"] = [
            "、".join(year.removeprefix("batch_") for year in years if pd.notna(row[year]))
            for row in rows.to_dict("records")
        ]
    if reason.persons and "group" in rows:
        shares = [name for name in rows if str(name).startswith("share")]
        out = out.astype(dict.fromkeys([*reason.persons, *shares], object))
    for label, row in rows.iterrows() if reason.persons and "group" in rows else ():
        if group_is_sensitive(result, str(row["group"])):
            for name, cell in _persons_hidden(result, reason, row).items():
                out.at[label, name] = cell
    return out


def _persons_hidden(result: RunResult, reason: _Reason, row: pd.Series) -> dict[str, object]:
    """Return the cells of a row about a sensitive group as they may be printed beside the group's own total."""
    group = str(row["group"])
    whole = float(result.points[f"persons.{group}"].sum())
    if reason.key == "out_of_reach":
        own = village_persons(result, group).get(row["village_id"], HELD_BACK)
        return {"persons": own if isinstance(own, str) else part_hidden(row["persons"], own)}
    if reason.key == "years":
        whole = row["total"]
    cells: dict[str, object] = {
        name: part_hidden(row[name], whole) for name in reason.persons if pd.notna(row[name]) and name != "total"
    }
    cells |= {"total": small_hidden(row["total"])} if "total" in reason.persons else {}
    hidden = any(isinstance(cell, str) for cell in cells.values())
    return cells | {name: HELD_BACK for name in ("share", "share_low", "share_high") if hidden and name in row}
