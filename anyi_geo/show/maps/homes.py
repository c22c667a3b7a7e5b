"""Homes before and after, and who moves where."""

from __future__ import annotations

from typing import Any

from anyi_geo.result import RunResult
from anyi_geo.show.figures import text_of, wan_text
from anyi_geo.show.maps.ground import pack
from anyi_geo.show.maps.persons import few_text
from anyi_geo.show.maps.words import BEFORE, STATES, short_place
from anyi_geo.show.privacy import words


def home_signs(result: RunResult) -> dict[str, Any]:
    """Return the homes, the moves along the roads and the legend of states."""
    if result.homes is None:
        return {"homes": [], "moves": [], "homeLegend": [], "beforeColor": BEFORE}
    states = result.homes.states
    used = set(states["state"])
    return {
        "homes": [_home(row) for row in states.to_dict("records")],
        "moves": _moves(result),
        "homeLegend": [{"color": color, "text": text} for state, (text, color) in STATES.items() if state in used],
        "beforeColor": BEFORE,
    }


def home_figures(result: RunResult) -> dict[str, Any]:
    """Return the county's figures before and after for the heading."""
    if result.homes is None:
        return {"head": ["敬老院", "结果"], "rows": [["整合", "未能求出方案，见说明"]]}
    summary, states = result.homes.summary, result.homes.states
    in_care = states["residents_after"] > 0
    rows = [
        ["有老人居住的院", int((states["residents_before"] > 0).sum()), int(in_care.sum())],
        ["入住老人（人）", int(states["residents_before"].sum()), int(states["residents_after"].sum())],
        ["床位（张）", summary["beds_before"], summary["beds_after"]],
        ["护理员（测算，人）", summary["staff_before"], summary["staff_after"]],
        ["每年费用（万元）", wan_text(summary["yearly_yuan_before"]), wan_text(summary["yearly_yuan_after"])],
        ["一次性投入（万元）", "–", wan_text(summary["one_off_yuan"])],
        ["搬迁（人）", "–", summary["moved"]],
        ["其中不同意（人）", "–", summary["moved_without_consent"]],
        ["其中未征询（人）", "–", summary["moved_not_asked"]],
    ]
    return {"head": ["全县", "整合前", "整合后"], "rows": [[str(cell) for cell in row] for row in rows]}


def _home(row: dict[str, Any]) -> dict[str, Any]:
    state, color = STATES[row["state"]]
    short = short_place(text_of(row["name"]), text_of(row["township"]))
    return {
        "id": text_of(row["site_id"]),
        "lat": row["lat"],
        "lon": row["lon"],
        "name": text_of(row["name"]),
        "short": short,
        "hub": row["state"] == "centre",
        "line": f"{short}：{row['residents_before']} → {row['residents_after']} 人，{state}",
        "before": int(row["residents_before"]),
        "after": int(row["residents_after"]),
        "color": color,
        "rows": [
            ["整合后", state],
            ["床位", f"{row['beds_before']} → {row['beds_after']}"],
            ["入住", f"{row['residents_before']} → {row['residents_after']} 人"],
            ["护理员（测算）", f"{row['staff_before']} → {row['staff_after']} 人"],
            ["说明", words(row["reason_zh"]) or ""],
        ],
    }


def _moves(result: RunResult) -> list[dict[str, Any]]:
    if result.homes is None:
        return []
    names = dict(zip(result.homes.states["site_id"], result.homes.states["name"], strict=True))
    flows, moves = result.homes.flows, []
    for line in line_rows(result, "move"):
        own = flows[(flows["from_site"] == line["from_id"]) & (flows["to_site"] == line["to_id"])]
        by = own.groupby("consent")["persons"].sum()
        moves.append(
            {
                "from": text_of(line["from_id"]),
                "to": text_of(line["to_id"]),
                "line": pack(line["geometry"]),
                "persons": int(own["persons"].sum()),
                "title": f"{text_of(names[line['from_id']])} → {text_of(names[line['to_id']])}",
                "rows": [
                    ["搬迁", f"{int(own['persons'].sum())} 人"],
                    ["同意", few_text(by.get("yes", 0))],
                    ["不同意", few_text(by.get("no", 0))],
                    ["未征询", few_text(by.get("not_asked", 0))],
                    ["家属车程", f"{float(own['minutes'].max()):.0f} 分钟"],
                ],
            }
        )
    return moves


def line_rows(result: RunResult, kind: str) -> list[dict[str, Any]]:
    """Return the lines of one kind along the roads, in order; none in a result that was read back."""
    if result.lines is None or not len(result.lines):
        return []
    rows = result.lines[result.lines["kind"] == kind]
    return rows.sort_values(["id", "order"]).to_dict("records")
