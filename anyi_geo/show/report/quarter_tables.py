"""Tables of the quarterly report: totals, sites, changes, what is open; the empty progress table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from anyi_geo.county.progress import PROGRESS_COLUMNS, PROGRESS_COUNTS, STAGES, asked_of
from anyi_geo.county.progress_rules import progress_doubts
from anyi_geo.show.figures import text_of
from anyi_geo.show.report.model import UNKNOWN, Column, Kind, Table, table
from anyi_geo.show.report.quarter_persons import PERSONS, Persons, change_shown, progress_persons, total_change

if TYPE_CHECKING:
    from anyi_geo.county import County

FIRST = "首次上报"
_TOWNSHIP = "所在乡镇（处）"
_RESPONSIBLE = {"安全": f"{_TOWNSHIP}、检查部门"}
_UNITS = {"yuan": "元", "persons": "人", "": ""}


def progress_template(county: County) -> Table:
    """Return an empty progress table with one row per site of the county's plan and per home."""
    rows = _expected(county)[["name"]].reset_index()
    for column in PROGRESS_COLUMNS[1:]:
        rows[column.name] = None
    columns = (Column(column.name, column.zh, "text", _UNITS.get(column.unit, ""), 16) for column in PROGRESS_COLUMNS)
    note = f"每个点位一行；没有的数留空，不要填 0。阶段从下列选一个：{'、'.join(STAGES)}。点位名称见“点位”表。"
    return table("进展", rows, *columns, note=note)


def site_names(county: County) -> Table:
    """Return which site each id of the template means."""
    return table(
        "点位", _expected(county).reset_index(), Column("site_id", "点位编号"), Column("name", "名称", width=36),
        Column("township", "乡镇（处）"),
    )  # fmt: skip


def _expected(county: County) -> pd.DataFrame:
    rows = county.sites
    kept = rows["official_batch"].notna() | rows["kind"].isin(["jinglaoyuan", "county_centre_candidate"])
    return pd.DataFrame(rows.loc[kept, ["name", "township"]])


def _shown(value: Any) -> object:
    return UNKNOWN if value is None else value


def _kind(name: str) -> Kind:
    return "yuan" if name == "spend_yuan" else "count"


def quarter_persons(county: County, progress: pd.DataFrame) -> Persons:
    """Return the persons of a progress table as every table of the quarter shows them."""
    return progress_persons(progress, county.sites, {column.name: column.zh for column in PROGRESS_COLUMNS})


def sites_table(county: County, progress: pd.DataFrame) -> Table:
    """Return the progress of every site, unknown and small numbers told as such."""
    rows = progress.copy()
    for name in PROGRESS_COUNTS:
        rows[name] = pd.Series([_shown(value) for value in rows[name]], index=rows.index, dtype=object)
    rows[list(PERSONS)] = quarter_persons(county, progress).cells
    planned = county.sites["opening_yuan"] if "opening_yuan" in county.sites else pd.Series(dtype=float)
    rows["planned"] = planned.reindex(rows.index)
    rows["running_yuan"] = [_shown(value) for value in rows["running_yuan"]]
    spent = pd.to_numeric(progress["spend_yuan"])
    rows["spent_share"] = (spent / rows["planned"].where(rows["planned"] > 0)).astype(float)
    places = county.sites.loc[rows.index, ["name", "township"]]
    rows = pd.DataFrame(places).join(rows).rename_axis("site_id").reset_index()
    return table(
        "各点位进展",
        rows,
        Column("site_id", "点位编号"),
        Column("name", "名称", width=34),
        Column("township", "乡镇（处）"),
        Column("stage", "阶段", width=14),
        *(
            Column(column.name, column.zh, _kind(column.name), _UNITS.get(column.unit, ""), 12)
            for column in PROGRESS_COLUMNS
            if column.name in PROGRESS_COUNTS
        ),
        Column("planned", "登记的计划投入", "yuan", "元", 12),
        Column("spent_share", "已投入占计划", "share", width=12),
        Column("running_yuan", "本年运行支出", "yuan", "元", 12),
        Column("note", "备注", width=30),
        note="累计搬迁人数：敬老院为迁出，中心为迁入。不足 3 人写作“<3”，能由合计推出的写“不列”；"
        "没有填的写“未填/待核”，不按零计；没有住院老人的点位，搬迁和意愿写“不适用”。"
        "计划投入取 sites.geojson 的 opening_yuan，空白为未登记。",
    )


def changes_table(county: County, progress: pd.DataFrame, before: pd.DataFrame | None) -> Table:
    """Return what changed at every site since the last report."""
    rows = []
    persons = quarter_persons(county, progress).cells
    last = None if before is None else quarter_persons(county, before).cells
    earlier = {} if before is None else before.to_dict("index")
    for site, now in progress.to_dict("index").items():
        row: dict[str, Any] = {"site_id": site, "name": county.sites["name"].at[site]}
        then = earlier.get(site)
        row["state"] = FIRST if then is None else "有上期"
        row["stage"] = now["stage"] if then is None else _stage(then["stage"], now["stage"])
        if then is not None and last is not None:
            row |= {name: _difference(now[name], then[name]) for name in PROGRESS_COUNTS}
            row |= {name: change_shown(persons.at[site, name], last.at[site, name]) for name in PERSONS}
        rows.append(row)
    missing = () if before is None else [site for site in before.index if site not in progress.index]
    for site in missing:
        names = county.sites["name"]
        rows.append(
            {"site_id": site, "name": names.get(site, site), "state": "本期未报", "stage": _stage_of(before, site)}
        )
    columns = ["site_id", "name", "state", "stage", *PROGRESS_COUNTS]
    return table(
        "与上期相比",
        pd.DataFrame(rows, columns=columns),
        Column("site_id", "点位编号"),
        Column("name", "名称", width=34),
        Column("state", "情况", width=12),
        Column("stage", "阶段变化", width=24),
        *(
            Column(column.name, f"{column.zh}变化", _kind(column.name), _UNITS.get(column.unit, ""), 12)
            for column in PROGRESS_COLUMNS
            if column.name in PROGRESS_COUNTS
        ),
        note=FIRST if before is None else "变化为本期减上期；不足 3 人的变化写作“±<3”，任一期不列的写“不列”。",
    )


def _difference(now: Any, then: Any) -> object:
    return UNKNOWN if now is None or then is None else float(now) - float(then)


def _stage_of(before: pd.DataFrame | None, site: str) -> str:
    return "" if before is None else text_of(before["stage"].get(site))


def _stage(then: object, now: object) -> str:
    return f"{now}（未变）" if then == now else f"{then} → {now}"


def totals_table(county: County, progress: pd.DataFrame, before: pd.DataFrame | None) -> Table:
    """Return the sums over the sites with their change over the sites of both reports."""
    persons = quarter_persons(county, progress)
    last = None if before is None else quarter_persons(county, before)
    rows = []
    for column in PROGRESS_COLUMNS:
        unit = _UNITS.get(column.unit, "")
        if column.name in PERSONS:
            for total in (found for found in persons.totals if found.column == column.name):
                change = FIRST if last is None else total_change(total, persons, last)
                rows.append(_total(total.item, unit, total.shown, len(total.sites), len(progress), change))
        elif column.name in PROGRESS_COUNTS:
            now = pd.to_numeric(progress[column.name])
            filled = int(now.notna().sum())
            change = FIRST if before is None else _total_change(now, pd.to_numeric(before[column.name]))
            rows.append(_total(column.zh, unit, float(now.sum()) if filled else UNKNOWN, filled, len(progress), change))
    return table(
        "合计",
        pd.DataFrame(rows),
        Column("item", "项目", width=22),
        Column("total", "本期合计", "number", width=16),
        Column("unit", "单位"),
        Column("filled", "已填点位", "count", "个"),
        Column("sites", "上报点位", "count", "个"),
        Column("change", "比上期", "number", width=16),
        note="合计只加已填的点位；“比上期”只比两期都填了的点位，不因漏报而减少。迁出和迁入是同一批人，不相加。",
    )


def _total(item: str, unit: str, total: object, filled: int, sites: int, change: object) -> dict[str, object]:
    return {"item": item, "unit": unit, "total": total, "filled": filled, "sites": sites, "change": change}


def _total_change(now: pd.Series, then: pd.Series) -> object:
    """Return the change over the sites that filled in both reports."""
    both = now.dropna().index.intersection(then.dropna().index)
    return float(now[both].sum() - then[both].sum()) if len(both) else UNKNOWN


def _over_plan(county: County, progress: pd.DataFrame) -> pd.Index:
    shares = sites_table(county, progress).rows.set_index("site_id")["spent_share"]
    return shares.index[shares > 1]


def open_table(county: County, progress: pd.DataFrame, before: pd.DataFrame | None) -> Table:
    """Return what was not reported, not filled in, unsafe or doubtful."""
    names = county.sites["name"]
    unreported = _expected(county).index.difference(progress.index, sort=False)
    rows = [(site, "未报", "本期没有这个点位的进展") for site in unreported]
    for site, row in progress.to_dict("index").items():
        blank = [
            column.zh
            for column in PROGRESS_COLUMNS
            if column.name in PROGRESS_COUNTS
            and row[column.name] is None
            and asked_of(county.sites["kind"].at[site], column.name)
        ]
        if blank:
            rows.append((site, "未填", "、".join(blank)))
        if row["open_safety_items"]:
            rows.append((site, "安全", f"未销号安全问题 {row['open_safety_items']:g} 项"))
    rows += [(str(site), "核对", "累计投入超过登记的计划投入，请核对") for site in _over_plan(county, progress)]
    rows += [(doubt.id, "核对", doubt.message.zh) for doubt in progress_doubts(progress, before, STAGES)]
    found = pd.DataFrame(rows, columns=["site_id", "kind", "message"])
    found["name"] = [names.get(site, site) for site in found["site_id"]]
    found["township"] = county.sites["township"].reindex(found["site_id"]).to_numpy()
    found["responsible"] = [_RESPONSIBLE.get(kind, _TOWNSHIP) for kind in found["kind"]]
    return table(
        "未填与待核",
        found,
        Column("site_id", "点位编号"),
        Column("name", "名称", width=40),
        Column("township", "乡镇（处）"),
        Column("kind", "类别"),
        Column("message", "内容", width=60),
        Column("responsible", "请谁办", width=30),
    )
