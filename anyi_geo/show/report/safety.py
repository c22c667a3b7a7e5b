"""The safety matrix: five topics by place, and the questions that the county's own facts raise.

The topics and departments are those of the county's document (五、职责分工, items 3 and 7 to 11). The software passes
nothing: 合格 is printed only with the date of an inspection and the department that made it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from anyi_geo.county.registers import PASSED, SAFETY, TOPICS
from anyi_geo.result import RunResult
from anyi_geo.show.figures import claims_hidden, plain, run_day, text_of
from anyi_geo.show.report.model import UNKNOWN, Column, Table, table
from anyi_geo.show.report.names import RESOURCES, named
from anyi_geo.show.report.proof import by_building, outcome

if TYPE_CHECKING:
    from anyi_geo.county import County

DEPARTMENTS = {
    "结构": "县住建局",
    "燃气": "县城管执法局",
    "食品": "县市场监管局",
    "消防": "县消防救援大队",
    "卫生": "县卫生健康委",
}
BUREAU = "县民政局"
#: Shares and floors beyond which a printed fact is asked about, not judged.
CANTEEN_SHARE, MANY_FLOORS = 0.10, 4


def places(county: County, result: RunResult) -> pd.DataFrame:
    """Return the places under inspection: opened sites, homes, the centre, dining homes; index site_id.

    A building with several uses stands once, under the use that this plan opens.
    """
    opened = result.sites.set_index("site_id")["batch"] if len(result.sites) else pd.Series(dtype=int)
    kinds = county.sites["kind"].isin(["jinglaoyuan", "county_centre_candidate", "yiyang_home"])
    kept = county.sites[kinds | county.sites.index.isin(opened.index)]
    rows = pd.DataFrame(kept.drop(columns="geometry")).assign(batch=opened.reindex(kept.index))
    rows = rows.assign(first=rows["batch"].isna()).sort_values(["first", "kind"], kind="stable")
    rows = rows[~rows["building_id"].duplicated()]
    uses = {"jinglaoyuan": "敬老院", "county_centre_candidate": "县级中心养老院候选", "yiyang_home": "颐养之家"}
    rows["use_zh"] = [
        f"幸福院 {int(batch)} 批" if pd.notna(batch) else named(uses, kind)
        for batch, kind in zip(rows["batch"], rows["kind"], strict=True)
    ]
    return rows.drop(columns="first")


def inspections(county: County, result: RunResult) -> pd.DataFrame:
    """Return one row per place and topic: department, date, result, next due."""
    filled, day = by_building(county, county.registers.get(SAFETY), "inspected_on", "topic"), run_day(result)
    rows = []
    for site_id, place in places(county, result).iterrows():
        for topic in TOPICS:
            row = filled.get((place["building_id"], topic), {})
            verdict = outcome(row.get("result"), row.get("inspected_on"), row.get("department"), day)
            note = text_of(row.get("note"))
            due = row.get("next_due")
            rows.append(
                {
                    "site_id": site_id,
                    "name": place["name"],
                    "township": place["township"],
                    "use_zh": place["use_zh"],
                    "topic": topic,
                    "duty": DEPARTMENTS[topic],
                    "department": text_of(row.get("department")) or UNKNOWN,
                    "inspected_on": row.get("inspected_on") or UNKNOWN,
                    "result": verdict,
                    "next_due": due or UNKNOWN,
                    "overdue": isinstance(due, dt.date) and day is not None and due < day,
                    "note": note if verdict == PASSED else claims_hidden(note),
                }
            )
    columns = ["site_id", "name", "township", "use_zh", "topic", "duty", "department", "inspected_on", "result",
               "next_due", "overdue", "note"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def inspections_table(county: County, result: RunResult) -> Table:
    """Return the inspections as a list that can be filtered and filled in."""
    return table(
        "安全检查",
        inspections(county, result),
        Column("site_id", "点位编号"),
        Column("name", "场所", width=34),
        Column("township", "乡镇（处）"),
        Column("use_zh", "用途", width=22),
        Column("topic", "检查内容"),
        Column("duty", "职责部门", width=16),
        Column("department", "检查部门", width=16),
        Column("inspected_on", "检查日期", "date", width=14),
        Column("result", "结果", width=20),
        Column("next_due", "下次检查", "date", width=14),
        Column("note", "备注", width=30),
        note="检查记录填在 registers/safety.csv。没有检查日期和检查部门的，不作“合格”。",
    )


def matrix_table(county: County, result: RunResult) -> Table:
    """Return the matrix of places by topics, each cell a result with its date."""
    found = inspections(county, result)
    shown = found.assign(
        cell=[
            "\n".join([PASSED + ("（已到期）" if row["overdue"] else ""), str(row["inspected_on"]), row["department"]])
            if row["result"] == PASSED
            else row["result"]
            for row in found.to_dict("records")
        ]
    )
    wide = shown.pivot_table(index="site_id", columns="topic", values="cell", aggfunc="first", sort=False)
    first = shown.drop_duplicates("site_id").set_index("site_id")
    rows = first[["name", "township", "use_zh"]].join(wide.reindex(columns=list(TOPICS))).reset_index()
    batches = places(county, result)["batch"].reindex(rows["site_id"])
    rows["pilot"] = [_duty_text(batch) for batch in batches]
    return table(
        "安全矩阵",
        rows,
        Column("name", "场所", width=34),
        Column("township", "乡镇（处）"),
        Column("use_zh", "用途", width=22),
        *(Column(topic, f"{topic}·{DEPARTMENTS[topic]}", width=16) for topic in TOPICS),
        Column("pilot", "方案口径", width=30),
        note="“合格”后为检查日期和检查部门，过了下次检查日期的写“已到期”。第二批是推广点位：方案的部门分工写“示范点”，联合检查写全部幸福院，请明确由谁检查。",
    )


def _duty_text(batch: object) -> str:
    number = plain(batch)
    if number is None:
        return "养老服务场所：各部门检查"
    return "示范点：各部门检查" if number == 1 else "推广点位：县民政局联合检查，部门口径待明确"


def questions(county: County, result: RunResult) -> list[dict[str, str]]:
    """Return the questions that the facts of the opened sites raise: object, what, department."""
    if not len(result.sites):
        return []
    rows = county.sites.loc[county.sites.index.intersection(result.sites["site_id"])]
    largest_school = rows.loc[rows["resource_type"] == "school", "area_m2"].max()
    out: list[dict[str, str]] = []
    for site_id, row in rows.iterrows():
        found = (*_fire(row), *_floors(row), *_areas(row, largest_school))
        out.extend(
            {"id": str(site_id), "object": text_of(row["name"]), "message": message, "department": department}
            for department, message in found
        )
    return out


def _fire(row: pd.Series) -> Iterator[tuple[str, str]]:
    department = DEPARTMENTS["消防"]
    if row["fire_status"] == "not_installed_under_construction":
        yield department, f"消防设施：“{claims_hidden(row['fire_raw'])}”，未配置；何时配齐、由谁验收？"
    elif text_of(row["fire_status"]) in ("", "unknown"):
        yield department, "消防设施未填，请补充。"


def _floors(row: pd.Series) -> Iterator[tuple[str, str]]:
    floors = plain(row["floors"])
    if floors is None:
        yield DEPARTMENTS["结构"], "层数未填，请补充。"
        return
    count = int(str(floors))
    if count >= 2:
        yield DEPARTMENTS["消防"], "二层及以上：核对电梯或只用一层，核对疏散。"
    if count >= MANY_FLOORS:
        yield DEPARTMENTS["消防"], f"{count} 层：核对三层以上不设老年活动用房。"
    if row["resource_type"] == "school":
        yield DEPARTMENTS["结构"], "由校舍改造：有无房屋结构安全鉴定，产权和腾退手续是否办结？"


def _areas(row: pd.Series, largest_school: float) -> Iterator[tuple[str, str]]:
    area, canteen, outdoor = (plain(row[name]) for name in ("area_m2", "canteen_m2", "outdoor_m2"))
    if not isinstance(area, float):
        yield BUREAU, "总面积未填，请补充。"
        return
    if isinstance(canteen, float) and area > 0 and canteen / area > CANTEEN_SHARE:
        yield BUREAU, f"食堂占总面积 {canteen / area:.1%}（{canteen:g}/{area:g} m²），请核对口径。"
    if outdoor == area:
        yield BUREAU, f"室外面积与总面积同为 {area:g} m²，请核对。"
    if row["resource_type"] != "school" and area > largest_school:
        kind = named(RESOURCES, row["resource_type"])
        yield BUREAU, f"{kind} {area:g} m² 大于所有校舍点位，请核对面积。"
