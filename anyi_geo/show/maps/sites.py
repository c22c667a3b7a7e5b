"""Care sites: where, in which batch, what the appendix says, whom only they reach."""

from __future__ import annotations

from typing import Any

from anyi_geo.result import RunResult
from anyi_geo.show.figures import text_of
from anyi_geo.show.maps.words import resource_name, short_place, status_name


def site_signs(result: RunResult) -> list[dict[str, Any]]:
    """Return the open sites with the rows of their popups."""
    return [_sign(row) | {"rows": _rows(result, row)} for row in result.sites.to_dict("records")]


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
        "name": text_of(row["name"]),
        "township": text_of(row["township"]),
        "short": short_place(text_of(row["name"]), text_of(row["township"])),
    }


def _rows(result: RunResult, row: dict[str, Any]) -> list[list[str]]:
    only = "，".join(
        f"{text_of(result.groups[name]['short'])} {count} 人"
        for name, count in (row.get("only_here") or {}).items()
        if name in result.groups and result.groups[name]["weight"] > 0
    )
    return [
        ["批次", text_of(result.batches[int(row["batch"]) - 1]["name"])],
        ["编号", text_of(row["site_id"])],
        ["乡镇", text_of(row["township"])],
        ["资源类型", resource_name(text_of(row["resource_type"]))],
        ["层数", text_of(row.get("floors"))],
        ["总面积", with_unit(row.get("area_m2"), "m²")],
        ["食堂", with_unit(row.get("canteen_m2"), "m²")],
        ["室外", with_unit(row.get("outdoor_m2"), "m²")],
        ["消防", text_of(row.get("fire_raw"))],
        ["改造投入", with_unit(row.get("opening_yuan"), "元")],
        ["只有它够得着", only],
        ["入选频率", _frequency(row.get("chosen_share"))],
        ["位置", status_name(text_of(row.get("position_status")))],
    ]


def _frequency(share: Any) -> str:
    """Return how often a site is chosen when what is uncertain moves, "" when that was not asked."""
    text = text_of(share)
    return f"{float(text):.0%}（位置、人口、参与率在误差内变动）" if text else ""
