"""One sheet per care site: what fits its area by the stated norms, and what the departments have to answer.

The nine functions are those of the county's document (part 3, item 4). The software never passes a building: every flag
is a question to the department that the document names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

STRUCTURE, GAS, FOOD, FIRE, HEALTH = "县住建局", "县城管执法局", "县市场监管局", "县消防救援大队", "县卫生健康委"
EDUCATION, BUREAU = "县教体局", "县民政局"
#: Storeys from which the lift and the storey of the rooms are asked about, and those above which no activity room is.
LIFT_FLOORS, TOP_FLOOR = 2, 3


@dataclass(frozen=True)
class Function:
    """One of the nine functions.

    Attributes
    ----------
    key, name_zh : str
    parameter : str
        Row of the parameters with the area that it takes.
    space : {"indoor", "outdoor", "kitchen", "dining"}
        From which area of the site.
    """

    key: str
    name_zh: str
    parameter: str
    space: str


FUNCTIONS = (
    Function("sports", "体育设施", "function_m2_sports", "outdoor"),
    Function("canteen", "食堂（厨房）", "kitchen_min_m2", "kitchen"),
    Function("dining", "餐厅", "dining_m2_per_seat", "dining"),
    Function("after_school", "四点半课堂", "function_m2_after_school", "indoor"),
    Function("children_play", "儿童娱乐设施", "function_m2_children_play", "indoor"),
    Function("tv_room", "电视室", "function_m2_tv_room", "indoor"),
    Function("reading", "阅览室", "function_m2_reading", "indoor"),
    Function("chess_cards", "棋牌室", "function_m2_chess_cards", "indoor"),
    Function("medical", "医疗服务", "function_m2_medical", "indoor"),
)


def seats(canteen_m2: pd.Series, parameters: Mapping[str, float]) -> pd.Series:
    """Return the dining seats of each site: what of the canteen is no kitchen, over the area of a seat; NaN unknown."""
    dining = canteen_m2.astype(float) * (1 - parameters["kitchen_share_of_canteen"])
    return dining / parameters["dining_m2_per_seat"]


def function_rows(sites: pd.DataFrame, diners: pd.Series, parameters: pd.DataFrame) -> pd.DataFrame:
    """Return which functions fit the area of each site.

    Indoor functions are laid out one after the other, in the order of :data:`FUNCTIONS`, into the usable part of the
    floor area that the canteen leaves. The document asks for them "according to need": none is compulsory.

    Parameters
    ----------
    sites : DataFrame
        Index site_id; area_m2, canteen_m2, outdoor_m2 (NaN = not registered).
    diners : Series
        Index site_id, elders expected at one meal.
    parameters : DataFrame
        Index key; value, status.

    Returns
    -------
    DataFrame
        site_id, function, name_zh, needs_m2, has_m2, fit ("fits", "short", "unknown"), norm_status, note_zh.
    """
    value = parameters["value"].astype(float)
    rows = []
    for site_id, site in sites.iterrows():
        canteen = float(site["canteen_m2"])
        kitchen = canteen * value["kitchen_share_of_canteen"]
        room = {
            "outdoor": float(site["outdoor_m2"]),
            "kitchen": kitchen,
            "dining": canteen - kitchen,
            "indoor": float(site["area_m2"]) * value["usable_area_share"] - canteen,
        }
        for function in FUNCTIONS:
            needs, has = float(value[function.parameter]), room[function.space]
            if function.space == "dining":
                needs *= max(1.0, float(diners.get(site_id, 0.0)))
            fit = "unknown" if pd.isna(has) else "fits" if has >= needs - 1e-9 else "short"
            if function.space == "indoor" and fit == "fits":
                room["indoor"] -= needs
            rows.append(
                {
                    "site_id": site_id,
                    "function": function.key,
                    "name_zh": function.name_zh,
                    "needs_m2": round(needs, 1),
                    "has_m2": None if pd.isna(has) else round(max(has, 0.0), 1),
                    "fit": fit,
                    "norm_status": str(parameters["status"].loc[function.parameter]),
                    "note_zh": _note(fit, needs, has),
                }
            )
    return pd.DataFrame(rows)


def _note(fit: str, needs: float, has: float) -> str:
    if fit == "unknown":
        return "面积未登记，请补充。"
    if fit == "fits":
        return f"需 {needs:.0f} 平方米，尚有 {has:.0f} 平方米，按需设置。"
    return f"需 {needs:.0f} 平方米，只有 {max(has, 0.0):.0f} 平方米，缺 {needs - max(has, 0.0):.0f} 平方米。"


def question_rows(sites: pd.DataFrame, diners: pd.Series, parameters: Mapping[str, float]) -> pd.DataFrame:
    """Return the questions that the facts of each site raise, each to a department; a question is never a pass.

    Parameters
    ----------
    sites : DataFrame
        Index site_id; floors, area_m2, canteen_m2, resource_type, fire_raw, fire_status, clinic, clinic_minutes.
    diners : Series
        Index site_id, elders expected at one meal.
    parameters : mapping
        dining_m2_per_seat, kitchen_share_of_canteen, sprinkler_area_m2.

    Returns
    -------
    DataFrame
        site_id, topic, department_zh, question_zh, basis_zh.
    """
    rows = []
    for site_id, site in sites.iterrows():
        asked = (
            *_building(site, parameters),
            *_fire(site, parameters),
            *_canteen(site, float(diners.get(site_id, 0.0)), parameters),
            *_health(site),
        )
        rows += [
            {"site_id": site_id, "topic": topic, "department_zh": unit, "question_zh": question, "basis_zh": basis}
            for topic, unit, question, basis in asked
        ]
    return pd.DataFrame(rows, columns=["site_id", "topic", "department_zh", "question_zh", "basis_zh"])


_Question = tuple[str, str, str, str]


def _building(site: pd.Series, _parameters: Mapping[str, float]) -> Iterator[_Question]:
    floors = site["floors"]
    if pd.isna(floors):
        yield "结构", STRUCTURE, "层数未登记，请补充。", ""
    elif int(floors) >= LIFT_FLOORS:
        question = f"共 {int(floors)} 层：老年人用房设在几层？二层及以上有无能进担架的无障碍电梯？只用一层吗？"
        yield "结构", STRUCTURE, question, "JGJ 450-2018 第 5.6.4 条"
    if site["resource_type"] == "school":
        yield "结构", STRUCTURE, "由校舍改造：有无房屋结构安全鉴定？", ""
        yield "移交", EDUCATION, "校舍是否已腾退，产权和移交手续是否办结？", "文件三、4"


def _fire(site: pd.Series, parameters: Mapping[str, float]) -> Iterator[_Question]:
    status, floors, area = site["fire_status"], site["floors"], site["area_m2"]
    if pd.isna(status) or status == "unknown":
        yield "消防", FIRE, "消防设施未登记，请补充。", ""
    elif status == "not_installed_under_construction":
        yield "消防", FIRE, f"消防设施“{site['fire_raw']}”：何时配齐，由谁验收？", ""
    if pd.notna(floors) and int(floors) > TOP_FLOOR:
        question = f"共 {int(floors)} 层：三层以上是否不设老年人活动用房？安全出口有几个？"
        yield "消防", FIRE, question, "GB 50016-2014"
    limit = parameters["sprinkler_area_m2"]
    if pd.notna(area) and float(area) > limit:
        question = f"总面积 {float(area):g} 平方米，大于 {limit:g} 平方米：是否须设自动喷水灭火系统和火灾自动报警？"
        yield "消防", FIRE, question, "GB 50016-2014（2018 年版有修改，请核对）"


def _canteen(site: pd.Series, diners: float, parameters: Mapping[str, float]) -> Iterator[_Question]:
    canteen = site["canteen_m2"]
    if pd.isna(canteen):
        yield "食品", FOOD, "食堂面积未登记，请补充。", ""
        return
    places = float(seats(pd.Series([canteen]), parameters).iloc[0])
    if diners > places:
        question = f"食堂 {float(canteen):g} 平方米约 {places:.0f} 座，预计同时就餐 {diners:.0f} 人：分批就餐还是扩大？"
        yield "食品", FOOD, question, "JGJ 450-2018 第 5.2.6 条"
    yield "食品", FOOD, "有无食品经营许可？如向外配送，许可是否包括集体用餐配送？", ""
    yield "燃气", GAS, "食堂用什么燃料，燃气最近一次检查是什么时候？", "文件五、8"


def _health(site: pd.Series) -> Iterator[_Question]:
    clinic, minutes = site["clinic"], site["clinic_minutes"]
    if pd.isna(minutes):
        yield "卫生", HEALTH, "没有路能到的医疗机构：由谁签订医疗服务协议？", "文件五、11"
    else:
        question = f"最近的{clinic}，骑行约 {float(minutes):.0f} 分钟：是否已签订医疗服务协议？"
        yield "卫生", HEALTH, question, "文件五、11"


def sheet_rows(sites: pd.DataFrame) -> pd.DataFrame:
    """Return one row per site: its facts, the nearest clinic, who answers for it.

    Parameters
    ----------
    sites : DataFrame
        Index site_id; name, township, batch, resource_type, floors, area_m2, canteen_m2, outdoor_m2, fire_raw, owner,
        seats, diners, clinic, clinic_minutes, clinic_walk_minutes.

    Returns
    -------
    DataFrame
        The same columns and responsible_zh.
    """
    out = sites.rename_axis("site_id").reset_index()
    units = [_responsible(row) for row in out[["township", "resource_type"]].to_dict("records")]
    return out.assign(responsible_zh=units)


def _responsible(row: Mapping[Any, Any]) -> str:
    units = [str(row["township"]), BUREAU]
    if row["resource_type"] == "school":
        units.append(EDUCATION)
    return "、".join(units)
