"""Kitchens, dining points and delivery rounds with their times."""

from __future__ import annotations

import math
from typing import Any

from anyi_geo.result import RunResult
from anyi_geo.show.figures import clock_text, text_of
from anyi_geo.show.maps.colouring import apart
from anyi_geo.show.maps.ground import pack
from anyi_geo.show.maps.homes import line_rows
from anyi_geo.show.maps.sites import with_unit
from anyi_geo.show.maps.words import KITCHEN, MODES, ROUNDS, place_name, short_place


def meal_signs(result: RunResult) -> dict[str, Any]:
    """Return the dining points, the rounds along the roads and the legend of modes."""
    if result.meals is None:
        return {"stops": [], "rounds": [], "mealLegend": []}
    frame = result.meals.stops
    names = {
        row["site_id"]: short_place(place_name(row["name"]), text_of(row["township"]))
        for row in frame.to_dict("records")
    }
    central = set(result.meals.summary.get("central_kitchens", ()))
    used = set(frame["mode"])
    kitchens = [{"text": KITCHEN[0], "color": KITCHEN[1], "central": True}] if central else []
    return {
        "stops": [_stop(row, names, central) for row in frame.to_dict("records")],
        "rounds": _rounds(result, names),
        "mealLegend": [
            *kitchens,
            *({"text": MODES[mode][0], "color": MODES[mode][1]} for mode in MODES if mode in used),
        ],
    }


def meal_figures(result: RunResult) -> dict[str, Any]:
    """Return the county's meal figures for the heading."""
    if result.meals is None:
        return {"head": ["助餐", "结果"], "rows": [["配送", "没有助餐点或未能求出方案"]]}
    summary = result.meals.summary
    per_meal = summary["cost_yuan_per_meal"]
    rows = [
        ["开伙", f"{summary['kitchens']} / {summary['points']} 点"],
        ["中心厨房", f"{len(summary['central_kitchens'])} 个"],
        ["本点开伙（含中心厨房）", f"{summary['own_kitchen']} 个"],
        ["中心配送", f"{summary['delivered']} 个，{len(result.meals.rounds)} 趟"],
        ["无助餐需求", f"{summary['none']} 个"],
        ["未能供餐", f"{summary['unserved']} 个"],
        ["每餐份数", f"{summary['meals_served']} / {summary['meals']} 份"],
        ["食材以外费用", "" if per_meal is None else f"{per_meal:.2f} 元/份"],
        ["开伙更省", f"约 {summary['break_even_diners']:.1f} 人以上" if _finite(summary) else ""],
    ]
    later = None if result.meals.supper is None else result.meals.supper.summary["minutes_after_lunch"]
    if later is not None:
        rows.append(["晚餐", f"线路相同，各推迟 {later:g} 分钟"])
    elif result.meals.supper is not None:
        rows.append(["晚餐", f"{result.meals.supper.summary['meals_served']} 份，另见晚餐图"])
    return {
        "head": [f"助餐（{text_of(summary.get('service', '一餐'))}）", "结果"],
        "rows": [row for row in rows if row[1]],
    }


def _finite(summary: dict[str, Any]) -> bool:
    even = summary.get("break_even_diners")
    return even is not None and math.isfinite(even)


def _stop(row: dict[str, Any], names: dict[str, str], central: set[str]) -> dict[str, Any]:
    cooks = row["site_id"] in central
    delivered = row["mode"] == "delivered"
    return {
        "id": text_of(row["site_id"]),
        "lat": row["lat"],
        "lon": row["lon"],
        "name": place_name(row["name"]),
        "short": names[row["site_id"]],
        "central": cooks,
        "color": KITCHEN[1] if cooks else MODES[row["mode"]][1],
        "rows": [
            ["供餐方式", MODES[row["mode"]][0]],
            ["每餐份数", with_unit(row["meals"], "份")],
            ["厨房", names.get(row["kitchen"], "")],
            ["送达", clock_text(float(row["arrival_minute"])) if delivered else ""],
            ["出锅到交接", with_unit(_whole(row["elapsed_minutes"]), "分钟")],
            ["说明", text_of(row["reason_zh"])],
        ],
    }


def _rounds(result: RunResult, names: dict[str, str]) -> list[dict[str, Any]]:
    if result.meals is None:
        return []
    legs: dict[str, list[Any]] = {}
    for line in line_rows(result, "round"):
        legs.setdefault(line["id"], []).append(pack(line["geometry"]))
    at = {row["site_id"]: row for row in result.meals.stops.to_dict("records")}
    rounds = result.meals.rounds.to_dict("records")
    visited = [[(at[site]["lat"], at[site]["lon"]) for site in (row["kitchen"], *row["order"])] for row in rounds]
    colours = apart(visited, len(ROUNDS))
    return [
        {
            "color": ROUNDS[colour],
            "number": text_of(row["round_id"]),
            "title": f"{row['round_id']} · {names.get(row['kitchen'], row['kitchen'])}",
            "line": f"{row['round_id']} {names.get(row['kitchen'], row['kitchen'])}："
            f"{clock_text(float(row['departure_minute']))} 出发，{len(row['order'])} 点 {row['meals']} 份",
            "legs": legs.get(row["round_id"], []),
            "stops": [_visit(at[stop]) for stop in row["order"]],
            "rows": [
                ["出发", clock_text(float(row["departure_minute"]))],
                ["份数", with_unit(row["meals"], "份")],
                ["顺序", " → ".join(names.get(stop, stop) for stop in row["order"])],
                ["最长出锅到交接", f"{float(row['elapsed_minutes']):.0f} 分钟"],
                ["每趟费用", f"{float(row['cost_yuan']):.1f} 元"],
            ],
        }
        for row, colour in zip(rounds, colours, strict=True)
    ]


def _visit(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": text_of(row["site_id"]),
        "name": short_place(place_name(row["name"]), text_of(row["township"])),
        "lat": row["lat"],
        "lon": row["lon"],
        "meals": int(row["meals"]),
        "arrival": clock_text(float(row["arrival_minute"])),
        "elapsed": _whole(row["elapsed_minutes"]),
    }


def _whole(value: Any) -> int | None:
    return round(float(value)) if value is not None and math.isfinite(float(value)) else None
