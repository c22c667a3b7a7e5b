"""Care sites: where, in which batch, what the appendix says, whom only they reach."""

from __future__ import annotations

from typing import Any

from anyi_geo.result import RunResult
from anyi_geo.show.figures import MODE_NAMES, claims_hidden, plain, text_of
from anyi_geo.show.maps.points import counted_groups, limit_of, sensitive_groups
from anyi_geo.show.maps.words import place_name, resource_name, short_place, status_name
from anyi_geo.show.rough import rough_count


def site_signs(result: RunResult) -> list[dict[str, Any]]:
    """Return the open sites with the rows of their popups."""
    sheets = {} if "sheets" not in result.care else result.care["sheets"].set_index("site_id").to_dict("index")
    return [
        _sign(row) | {"rows": _rows(result, row) + _sheet(result, sheets.get(row["site_id"], {}))}
        for row in result.sites.to_dict("records")
    ]


def plain_signs(result: RunResult) -> list[dict[str, Any]]:
    """Return the open sites by place, name and batch only."""
    return [_sign(row) for row in result.sites.to_dict("records")]


def with_unit(value: Any, unit: str) -> str:
    """Return a number with its unit, "" when it is missing."""
    text = text_of(value)
    return f"{float(text):,.10g} {unit}" if text else ""


def _sign(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "lat": row["lat"],
        "lon": row["lon"],
        "batch": int(row["batch"]),
        "name": place_name(row["name"]),
        "township": text_of(row["township"]),
        "short": short_place(text_of(row["name"]), text_of(row["township"])),
    }


def _rows(result: RunResult, row: dict[str, Any]) -> list[list[str]]:
    batch = int(row["batch"])
    return [
        ["批次", text_of(result.batches[batch - 1]["name"])],
        ["只有它够得着", _only_here(result, row.get("only_here"))],
        ["乡镇", text_of(row["township"])],
        ["编号", text_of(row["site_id"])],
        ["资源类型", resource_name(text_of(row["resource_type"]))],
        ["层数", with_unit(row.get("floors"), "层")],
        ["总面积", with_unit(row.get("area_m2"), "平方米")],
        ["食堂", with_unit(row.get("canteen_m2"), "平方米")],
        ["室外", with_unit(row.get("outdoor_m2"), "平方米")],
        ["消防", claims_hidden(row.get("fire_raw"))],
        ["改造投入", with_unit(row.get("opening_yuan"), "元")],
        ["入选频率", _frequency(row.get("chosen_share"))],
        ["位置", status_name(text_of(row.get("position_status")))],
    ]


def _sheet(result: RunResult, sheet: dict[Any, Any]) -> list[list[str]]:
    """Return the nearest clinic, warned of beyond the limit, and who answers for the site."""
    clinic = text_of(sheet.get("clinic"))
    times = [
        (mode, plain(sheet.get(key))) for mode, key in (("ride", "clinic_minutes"), ("walk", "clinic_walk_minutes"))
    ]
    told = [f"{MODE_NAMES[mode].zh} {minutes:.1f} 分钟" for mode, minutes in times if isinstance(minutes, int | float)]
    limit, riding = limit_of(result, "ride"), times[0][1]
    far = f"（超过 {limit:g} 分钟）" if isinstance(riding, int | float) and riding > limit else ""
    return [
        ["最近卫生院", f"{place_name(clinic)}，{'，'.join(told)}{far}" if clinic else ""],
        ["责任单位", text_of(sheet.get("responsible_zh"))],
    ]


def _only_here(result: RunResult, alone: Any) -> str:
    """Return what a site alone contributes: who would have no site within the limit if it closed."""
    if not isinstance(alone, dict):
        return ""
    held, mode = sensitive_groups(result), result.headline_mode
    parts, limits = [], set()
    for name in counted_groups(result):
        if alone.get(name):
            count = int(alone[name])
            told = rough_count(count) if name in held else f"{count:,}"
            parts.append(f"{text_of(result.groups[name]['short'])} {told} 人")
            limits.add(f"{result.groups[name]['limit_minutes'][mode]:g}")
    if not parts:
        return "没有：关掉它，原来够得着的人仍有别的点位够得着"
    return f"{'，'.join(parts)}（{MODE_NAMES[mode].zh} {'、'.join(sorted(limits))} 分钟内没有别的点位）"


def _frequency(share: Any) -> str:
    """Return how often a site is chosen when what is uncertain moves, "" when that was not asked."""
    text = text_of(share)
    return f"{float(text):.0%}（位置、人口、参与率在误差内变动）" if text else ""
