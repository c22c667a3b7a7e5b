"""Tables of the other two decisions: homes and moves, kitchens, dining points and rounds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from anyi_geo.result import HomesResult, MealsResult, RunResult
from anyi_geo.show.figures import text_of
from anyi_geo.show.home_persons import HOME_SUPPORT, home_persons
from anyi_geo.show.privacy import HELD_BACK, small_hidden, words
from anyi_geo.show.report.model import Chart, Column, Table, table
from anyi_geo.show.report.names import CARE_LEVELS, CONSENTS, MEAL_MODES, STATES, VEHICLES, named


def homes_table(result: RunResult) -> Table:
    """Return the homes before and after: state, beds, residents, staff."""
    rows = pd.DataFrame() if result.homes is None else result.homes.states
    told = home_persons(result.homes)
    if len(rows):
        rows = rows.assign(
            state_zh=[named(STATES, state) for state in rows["state"]],
            residents_before=[told.cell(home) for home in rows["site_id"]],
            reason_zh=[
                words(reason, held=told.held(home), bare=told.bare(home))
                for home, reason in zip(rows["site_id"], rows["reason_zh"], strict=True)
            ],
            residents_after=[told.after(home) for home in rows["site_id"]],
            # A nursing bed that is needed is a dependent resident.
            nursing_beds_needed=[small_hidden(count) for count in rows["nursing_beds_needed"]],
        )
        for when in ("before", "after"):
            rows[f"nursing_share_{when}"] = _ratio(rows[f"nursing_beds_{when}"], rows[f"beds_{when}"])
            rows[f"per_carer_{when}"] = _ratio(rows[f"residents_{when}"], rows[f"staff_{when}"])
    return table(
        "敬老院",
        rows,
        Column("site_id", "编号"),
        Column("name", "名称", width=28),
        Column("township", "乡镇（处）"),
        Column("state_zh", "整合后用途", width=16),
        Column("beds_before", "现有床位", "count", "张"),
        Column("beds_added", "扩建床位", "count", "张"),
        Column("beds_after", "整合后床位", "count", "张"),
        Column("residents_before", "现有入住", "count", "人"),
        Column("residents_after", "整合后入住", "count", "人"),
        Column("nursing_beds_before", "现有护理型床位", "count", "张"),
        Column("nursing_beds_after", "整合后护理型床位", "count", "张"),
        Column("nursing_beds_needed", "需要护理型床位", "count", "张"),
        Column("m2_per_bed_before", "现每床面积", "number", "m²"),
        Column("m2_per_bed_after", "整合后每床面积", "number", "m²"),
        Column("staff_before", "现需护理员", "count", "人"),
        Column("staff_after", "整合后需护理员", "count", "人"),
        Column("nursing_share_before", "现护理型床位占比", "share"),
        Column("nursing_share_after", "整合后护理型床位占比", "share"),
        Column("per_carer_before", "现每名护理员照料", "number", "人"),
        Column("per_carer_after", "整合后每名护理员照料", "number", "人"),
        Column("reason_zh", "说明", width=40),
        note="各处腾出设施仍用于养老服务；不足 3 人写作“<3”。空白为未登记。",
        chart=Chart("column", "入住人数：现有与整合后", "name", ("residents_before", "residents_after")),
    )


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Return a share or a ratio; held back where the persons are, blank without a known whole."""
    rows = zip(part, whole, strict=True)
    return pd.Series([_quotient(one, other) for one, other in rows], index=part.index, dtype=object)


def _quotient(part: Any, whole: Any) -> object:
    if isinstance(part, str):
        return HELD_BACK
    return None if pd.isna(part) or pd.isna(whole) or not whole else float(part) / float(whole)


def moves_table(result: RunResult) -> Table:
    """Return who goes from which home to which, by consent and care level, small numbers hidden."""
    rows = pd.DataFrame() if result.homes is None else _moves(result.homes)
    return table(
        "搬迁",
        rows,
        Column("from_name", "现住机构", width=28),
        Column("to_name", "迁往机构", width=28),
        Column("persons", "人数", "count", "人"),
        Column("minutes", "车程", "minutes", "分钟"),
        *(Column(f"consent.{key}", name, "count", "人") for key, name in CONSENTS.items()),
        *(Column(f"level.{key}", name, "count", "人") for key, name in CARE_LEVELS.items()),
        note="不足 3 人写作“<3”，能由合计推出的另写“不列”。未征询不作为同意。",
    )


def _moves(homes: HomesResult) -> pd.DataFrame:
    names = {**homes.states.set_index("site_id")["name"], HOME_SUPPORT: "分散供养（回家）"}
    told = home_persons(homes)
    rows: list[dict[str, Any]] = []
    away = homes.flows[homes.flows["from_site"] != homes.flows["to_site"]]
    ends = away.groupby("from_site")["to_site"].nunique()
    for (start, end), flows in away.groupby(["from_site", "to_site"], sort=True):
        fate = HOME_SUPPORT if end == HOME_SUPPORT else "moved"
        row = {
            "from_name": names.get(start, start),
            "to_name": names.get(end, end),
            "persons": told.cell(start, fate) if fate == HOME_SUPPORT else told.cell(start, "to", end),
            "minutes": float(flows["minutes"].max()),
        }
        for prefix, column, known in _MAKE_UP:
            for key in known:
                count = int(flows.loc[flows[column] == key, "persons"].sum())
                # Where a home's residents go to several places, only their sum is protected.
                cell = told.cell(start, fate, key) if ends[start] == 1 else HELD_BACK if count else 0
                row[f"{prefix}.{key}"] = cell
        rows.append(row)
    return pd.DataFrame(rows)


#: How the persons of a move are told apart: by consent and by care level.
_MAKE_UP = (("consent", "consent", CONSENTS), ("level", "care_level", CARE_LEVELS))


def kitchens_table(result: RunResult, sites: pd.DataFrame) -> Table:
    """Return the kitchens that work, with their meals and their food licence.

    Parameters
    ----------
    result : RunResult
    sites : DataFrame
        Index site_id; the county's register of buildings with `canteen_m2` and `food_licence`.
    """
    rows = pd.DataFrame() if result.meals is None else _kitchens(result.meals, sites)
    return table(
        "厨房",
        rows,
        Column("site_id", "编号"),
        Column("name", "名称", width=34),
        Column("township", "乡镇（处）"),
        Column("kind_zh", "厨房类型"),
        Column("canteen_m2", "食堂面积", "number", "m²"),
        Column("own_meals", "本点用餐", "count", "份/餐"),
        Column("sent_meals", "外送", "count", "份/餐"),
        Column("rounds", "配送趟数", "count", "趟/餐"),
        Column("licence_zh", "食品经营许可"),
        note="配送到本点以外的厨房，食品经营许可范围请向县市场监管局核实。",
    )


def _kitchens(meals: MealsResult, sites: pd.DataFrame) -> pd.DataFrame:
    stops = meals.stops
    senders = set(meals.rounds["kitchen"]) if len(meals.rounds) else set()
    central = set(meals.summary.get("central_kitchens", ())) | senders
    own = stops[(stops["mode"] == "own_kitchen") | stops["site_id"].isin(central)]
    away = stops[(stops["mode"] == "delivered") & (stops["kitchen"] != stops["site_id"])]
    sent = away.groupby("kitchen")["meals"].sum()
    licences = {"yes": "有", "no": "无", "unknown": "未填/待核"}
    # A place that cooks need not be a dining point itself: its own row in the county's register names it then.
    places = [*own["site_id"], *sorted(central - set(own["site_id"]))]
    stop_of = stops.set_index("site_id")
    rows = []
    for place in places:
        known = stop_of.loc[place] if place in stop_of.index else sites.loc[place]
        mine = stop_of.loc[place] if place in stop_of.index else None
        eats_here = mine is not None and (mine["mode"] == "own_kitchen" or mine["kitchen"] == place)
        rows.append(
            {
                "site_id": place,
                "name": known["name"],
                "township": known["township"],
                "kind_zh": "中心厨房" if place in central else "本点厨房",
                "canteen_m2": sites["canteen_m2"].get(place),
                "own_meals": mine["meals"] if mine is not None and eats_here else 0,
                "sent_meals": int(sent.get(place, 0)),
                "rounds": int((meals.rounds["kitchen"] == place).sum()) if len(meals.rounds) else 0,
                "licence_zh": licences.get(text_of(sites["food_licence"].get(place)), "未填/待核"),
            }
        )
    return pd.DataFrame(rows).sort_values(["kind_zh", "site_id"], ignore_index=True) if rows else pd.DataFrame()


_UPTAKES = {"meals_low": "低参与率时", "meals_mid": "中参与率时", "meals_high": "高参与率时"}


def supper_tables(result: RunResult) -> tuple[Table, ...]:
    """Return the evening's rounds, and its dining points where it has a plan of its own."""
    supper = None if result.meals is None else result.meals.supper
    if supper is None:
        return ()
    evening, later = replace(result, meals=supper), supper.summary["minutes_after_lunch"]
    same = "" if later is None else f"线路与午餐相同，各推迟 {later:g} 分钟。"
    rounds = replace(rounds_table(evening), title="晚餐配送", note=same)
    if later is not None:
        return (rounds,)
    told = "只有中午开伙的地方晚上才开伙；晚餐份数为午餐份数乘参数 supper_share_of_lunch。"
    points = stops_table(replace(evening, meals=replace(supper, tables={})))
    return replace(points, title="晚餐助餐点", note=told), rounds


def stops_table(result: RunResult) -> Table:
    """Return the dining points: how each is served, by which kitchen, when, and why."""
    rows = pd.DataFrame() if result.meals is None else result.meals.stops
    if len(rows) and result.meals is not None:
        names = rows.set_index("site_id")["name"]
        uptakes = result.meals.tables.get("uptakes", pd.DataFrame(columns=["site_id"])).set_index("site_id")
        rows = rows.assign(
            **{name: rows["site_id"].map(uptakes.get(name, pd.Series(dtype=object))) for name in _UPTAKES}
        )
        rows = rows.assign(
            mode_zh=[named(MEAL_MODES, mode) for mode in rows["mode"]],
            kitchen_zh=[text_of(names.get(kitchen, kitchen)) for kitchen in rows["kitchen"]],
        )
    return table(
        "助餐点",
        rows,
        Column("site_id", "编号"),
        Column("name", "名称", width=34),
        Column("township", "乡镇（处）"),
        Column("mode_zh", "供餐方式"),
        Column("meals", "每餐份数", "count", "份/餐"),
        *(Column(key, name, "count", "份/餐") for key, name in _UPTAKES.items()),
        Column("kitchen_zh", "厨房", width=34),
        Column("round_id", "趟次"),
        Column("arrival_minute", "送到时间", "clock"),
        Column("elapsed_minutes", "从出锅到送达", "minutes", "分钟"),
        Column("reason_zh", "原因", width=40),
        note="各参与率下的份数：本村步行范围内 60 岁以上老人乘参与率，是可能的实际用餐数，不是意愿调查数。",
    )


def rounds_table(result: RunResult) -> Table:
    """Return the delivery rounds in the order of their stops."""
    meals = result.meals
    rows = pd.DataFrame() if meals is None or meals.rounds.empty else _rounds(meals)
    return table(
        "配送",
        rows,
        Column("round_id", "趟次"),
        Column("kitchen_zh", "出发厨房", width=34),
        Column("vehicle_zh", "车辆"),
        Column("loading_minute", "装车时间", "clock"),
        Column("departure_minute", "出发时间", "clock"),
        Column("order_zh", "送餐顺序", width=70),
        Column("stops", "点数", "count", "个"),
        Column("meals", "份数", "count", "份"),
        Column("elapsed_minutes", "从出锅到最后送达", "minutes", "分钟"),
        Column("cost_yuan", "费用", "number", "元/趟"),
    )


def _rounds(meals: MealsResult) -> pd.DataFrame:
    names = meals.stops.set_index("site_id")["name"]
    loading = meals.tables.get("kitchens", pd.DataFrame(columns=["round_id", "loading_minute"])).set_index("round_id")
    rows = meals.rounds
    return rows.assign(
        kitchen_zh=[text_of(names.get(kitchen, kitchen)) for kitchen in rows["kitchen"]],
        vehicle_zh=[named(VEHICLES, vehicle) for vehicle in rows["vehicle"]],
        order_zh=[" → ".join(text_of(names.get(stop, stop)) for stop in order) for order in rows["order"]],
        stops=[len(order) for order in rows["order"]],
        loading_minute=rows["round_id"].map(loading["loading_minute"]),
    )
