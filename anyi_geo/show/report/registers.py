"""Registers and roll-ups: service tiers, services per place, food-safety managers, phases, quality."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from anyi_geo.county.registers import FOOD_SAFETY, PHASES, WHOLE_COUNTY
from anyi_geo.result import HomesResult, RunResult
from anyi_geo.show.figures import COUNTY, MODE_NAMES, batch_label, batch_numbers, run_day, text_of
from anyi_geo.show.home_persons import home_persons
from anyi_geo.show.privacy import small_hidden, villages_hidden
from anyi_geo.show.report.care_tables import kitchens_table
from anyi_geo.show.report.covered import metrics_shown
from anyi_geo.show.report.model import UNKNOWN, Column, Table, Timeline, table
from anyi_geo.show.report.names import short_site
from anyi_geo.show.report.plan_tables import counted_groups
from anyi_geo.show.report.proof import building_of, by_building, outcome

if TYPE_CHECKING:
    from anyi_geo.county import County

_NO_PHASE = {"phase": UNKNOWN, "start": UNKNOWN, "end": UNKNOWN}
_EMPTIED = ("civil_affairs_station", "public_built_private_run", "xingfuyuan", "reserve")


def tiers_table(county: County, result: RunResult) -> Table:
    """Return the four tiers of service with who is served in each and who is in none of them."""
    rows = pd.DataFrame(
        [*_county_tier(result), *_township_tier(result), *_village_tier(result), *_home_tier(county, result)],
        columns=["tier", "place", "places", "who", "persons", "of", "basis"],
    )
    return table(
        "服务层级",
        rows,
        Column("tier", "层级", width=16),
        Column("place", "依托", width=24),
        Column("places", "处数", "count", "处"),
        Column("who", "服务谁", width=30),
        Column("persons", "服务人数", "count", "人"),
        Column("of", "该人群总数", "count", "人"),
        Column("basis", "口径", width=46),
        note="各层人群有重叠，不能相加。村（居）级按时限内可到达计，不等于实际使用人数。",
    )


def _row(tier: str, place: str, places: object, who: str, persons: object, of: object, basis: str) -> dict[str, Any]:
    return {
        "tier": tier, "place": place, "places": places, "who": who, "persons": persons, "of": of, "basis": basis,
    }  # fmt: skip


def _county_tier(result: RunResult) -> Iterator[dict[str, Any]]:
    tier = "县级集中照护"
    if result.homes is None:
        yield _row(
            tier, "县级中心养老院", None, "集中供养的特困老人", UNKNOWN, UNKNOWN, "本情景没有可行的敬老院整合方案"
        )
        return
    states = result.homes.states
    centres = states[states["state"] == "centre"]
    yield _row(
        tier, "县级中心养老院", len(centres), "集中供养的特困老人",
        _residents(result.homes, centres), int(states["residents_before"].sum()), "整合后入住",
    )  # fmt: skip


def _township_tier(result: RunResult) -> Iterator[dict[str, Any]]:
    tier = "乡镇长期照护"
    if result.homes is None:
        return
    states = result.homes.states
    kept = states[states["state"] == "kept"]
    yield _row(
        tier, "保留的敬老院", len(kept), "留院的特困老人",
        _residents(result.homes, kept), int(states["residents_before"].sum()), "整合后入住",
    )  # fmt: skip
    emptied = states[states["state"].isin(_EMPTIED)]
    yield _row(
        tier, "腾出的敬老院", len(emptied), "社会老年人、留守儿童", UNKNOWN, None,
        "民政综合服务站、公建民营等；服务人数须由运营单位填报",
    )  # fmt: skip


def _residents(homes: HomesResult, states: pd.DataFrame) -> object:
    """Return who lives afterwards in some of the homes, as it may be printed."""
    told = home_persons(homes)
    return told.sum([key for home in states["site_id"] for key in ((home, "staying"), ("to", home))])


def _village_tier(result: RunResult) -> Iterator[dict[str, Any]]:
    tier, mode = "村（居）公共服务", result.headline_mode
    for batch in batch_numbers(result):
        shown = _county_metrics(result, batch)
        opened = int((result.sites["batch"] <= batch).sum()) if len(result.sites) else 0
        for group in counted_groups(result):
            found, told = shown[group], result.groups[group]
            limit = told["limit_minutes"][mode]
            place, basis = f"幸福院（{batch_label(batch)}）", f"{MODE_NAMES[mode].zh} {limit:g} 分钟内"
            yield _row(tier, place, opened, text_of(told["name"]), found["covered"], found["total"], basis)
    if result.meals is not None:
        stops = result.meals.stops
        served = stops[stops["mode"].isin(["own_kitchen", "delivered"])]
        yield _row(
            tier,
            "助餐点",
            len(served),
            "用餐老人",
            float(served["meals"].sum()),
            float(stops["meals"].sum()),
            "每餐份数",
        )


def _home_tier(county: County, result: RunResult) -> Iterator[dict[str, Any]]:
    tier = "居家上门服务"
    levels = [("tekun_self", "自理"), ("tekun_partial", "半失能"), ("tekun_full", "失能")]
    for column, name in levels:
        if column in county.villages:
            number = int(county.villages[column].sum())
            yield _row(
                tier, "居家", None, f"在家特困人员：{name}", small_hidden(number), small_hidden(number), "村庄数据合计"
            )
    for group, found in _county_metrics(result, batch_numbers(result)[-1]).items():
        who = f"{text_of(result.groups[group]['short'])}：不在任何幸福院时限内"
        yield _row(tier, "居家", None, who, found["left"], found["total"], "须以上门或其他方式服务")


def _county_metrics(result: RunResult, batch: int) -> dict[str, dict[Any, Any]]:
    """Return the county's covered persons of each counted group after a batch, as they may be printed."""
    shown = metrics_shown(result)
    own = (shown["batch"] == batch) & (shown["mode"] == result.headline_mode) & (shown["scope"] == COUNTY)
    rows = {str(row["group"]): row for row in shown[own].to_dict("records")}
    return {group: rows[group] for group in counted_groups(result) if group in rows}


def food_safety_table(county: County, result: RunResult) -> Table:
    """Return each kitchen with its food-safety manager and exam."""
    kitchens = kitchens_table(result, county.sites).rows
    found = county.registers.get(FOOD_SAFETY, pd.DataFrame())
    filled = by_building(county, found, "exam_on")
    rows = [
        _manager(kitchen, filled.get((building_of(county, kitchen["site_id"]),), {}), run_day(result))
        for kitchen in kitchens.to_dict("records")
    ]
    return table(
        "食品安全管理员",
        pd.DataFrame(rows),
        Column("site_id", "编号"),
        Column("name", "厨房", width=34),
        Column("township", "乡镇（处）"),
        Column("kind_zh", "厨房类型"),
        Column("manager", "食品安全管理员", width=16),
        Column("exam_on", "考核日期", "date", width=14),
        Column("department", "考核部门", width=16),
        Column("exam_result", "考核结果", width=28),
        note="填在 registers/food_safety.csv；由县市场监管局抽查考核。没有考核日期和考核部门的，不列“合格”。",
    )


def _manager(kitchen: dict[str, Any], row: dict[str, Any], day: dt.date | None) -> dict[str, Any]:
    return {
        **{key: kitchen[key] for key in ("site_id", "name", "township", "kind_zh")},
        "manager": text_of(row.get("manager")) or UNKNOWN,
        "exam_on": row.get("exam_on") or UNKNOWN,
        "department": text_of(row.get("department")) or UNKNOWN,
        "exam_result": outcome(row.get("exam_result"), row.get("exam_on"), row.get("department"), day, "考核"),
    }


def phases_table(county: County, result: RunResult) -> Table:
    """Return the phases per opened site; a site without phases of its own follows the county's."""
    found = county.registers.get(PHASES, pd.DataFrame(columns=["place_id"]))
    whole = found[found["place_id"] == WHOLE_COUNTY]
    rows = [_phase("全县", WHOLE_COUNTY, row, "") for row in whole.to_dict("records")]
    for site in result.sites.to_dict("records"):
        own = found[found["place_id"] == site["site_id"]]
        follows = "" if len(own) or whole.empty else "按全县时间表"
        rows += [
            _phase(text_of(site["name"]), site["site_id"], row, follows)
            for row in (own if len(own) else whole).to_dict("records") or [_NO_PHASE]
        ]
    day = run_day(result)
    shown = table(
        "时间表",
        pd.DataFrame([{**row, "state": _against_plan(row, day)} for row in rows]),
        Column("place_id", "编号"),
        Column("name", "点位", width=34),
        Column("phase", "阶段", width=14),
        Column("start", "开始", "date", width=12),
        Column("end", "结束", "date", width=12),
        Column("done_on", "完成", "date", width=12),
        Column("state", "与计划比", width=18),
        Column("responsible", "责任人", width=14),
        Column("department", "责任部门", width=16),
        Column("follows", "说明", width=16),
        Column("material", "材料", width=20),
        Column("source", "出处", width=40),
        note="全县四个阶段出自试点工作方案；各点位的时间和责任人填在 registers/phases.csv。",
    )
    return replace(shown, timeline=Timeline("start", "end", "phase"))


def _against_plan(row: dict[str, Any], day: dt.date | None) -> str:
    """Return where a phase stands against its planned end."""
    end, done = row["end"], row["done_on"]
    if not isinstance(end, dt.date):
        return UNKNOWN
    if isinstance(done, dt.date):
        return "按期完成" if done <= end else f"逾期 {(done - end).days} 天完成"
    return "已过期，未填完成" if day is not None and day > end else "未到期"


def _phase(name: str, place_id: str, row: dict[str, Any], follows: str) -> dict[str, Any]:
    # The county's own dates of completion and responsible persons say nothing about one site.
    own = {} if follows else row
    return {
        "place_id": place_id,
        "name": name,
        "phase": row["phase"],
        "start": row["start"],
        "end": row["end"],
        "done_on": own.get("done_on") or UNKNOWN,
        "responsible": text_of(own.get("responsible")) or UNKNOWN,
        "department": text_of(own.get("department")) or UNKNOWN,
        "follows": follows,
        "material": text_of(own.get("material")),
        "source": text_of(row.get("source")),
    }


def phase_bars(county: County, result: RunResult) -> list[tuple[str, str, dt.date, dt.date]]:
    """Return the bars of the Gantt chart: place with its responsible persons, phase, start and end."""
    rows = phases_table(county, result).rows
    if rows.empty:
        return []
    named = {
        place: "、".join(dict.fromkeys(name for name in found if name != UNKNOWN)) or "责任人未填"
        for place, found in rows.groupby("place_id")["responsible"]
    }
    return [
        (f"{short_site(row['name'])}（{named[row['place_id']]}）", row["phase"], row["start"], row["end"])
        for row in rows.to_dict("records")
        if row["start"] != UNKNOWN
    ]


def sensitive_villages_table(county: County) -> Table:
    """Return the persons of sensitive groups by village, one or two of them hidden."""
    columns = {
        "tekun_self": "在家特困：自理",
        "tekun_partial": "在家特困：半失能",
        "tekun_full": "在家特困：失能",
        "left_behind": "留守儿童",
    }
    rows = pd.DataFrame(county.villages[["name", "township", *columns]]).reset_index()
    for name in columns:
        rows[name] = _known_hidden(rows[name], rows["township"])
    return table(
        "特困与留守",
        rows,
        Column("village_id", "村代码", width=14),
        Column("name", "村（社区）", width=12),
        Column("township", "乡镇（处）"),
        *(Column(key, name, "count", "人") for key, name in columns.items()),
        note="不足 3 人写作“<3”，能由乡镇或全县合计推出的写“不列”。",
    )


def _known_hidden(counts: pd.Series, townships: pd.Series) -> pd.Series:
    """Return counts by village with small ones hidden; an unknown count stays unknown."""
    known = counts.dropna()
    return villages_hidden(known, townships[known.index]).reindex(counts.index)
