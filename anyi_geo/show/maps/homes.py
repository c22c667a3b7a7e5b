"""Homes before and after, and who moves where."""

from __future__ import annotations

from typing import Any

import pandas as pd

from anyi_geo.result import HomesResult, RunResult
from anyi_geo.show.figures import text_of, wan_text
from anyi_geo.show.maps.ground import pack
from anyi_geo.show.maps.words import BEFORE, STATES, place_name, short_place
from anyi_geo.show.privacy import grid_hidden, held_back, homes_of_few, small_hidden, summed_hidden, words

_CONSENTS = {"yes": "同意", "no": "不同意", "not_asked": "未征询"}


def home_signs(result: RunResult) -> dict[str, Any]:
    """Return the homes, the moves along the roads and the legend of states."""
    if result.homes is None:
        return {"homes": [], "moves": [], "homeLegend": [], "beforeColor": BEFORE}
    states, few = result.homes.states, homes_of_few(result.homes.flows)
    used = set(states["state"])
    # Residents are persons in need: a home of one or two is told as every sheet of the report tells it.
    told = states.assign(
        residents_before=summed_hidden(states["residents_before"]),
        residents_after=summed_hidden(states["residents_after"]),
    )
    return {
        "homes": [
            _home(row, _leaving(result.homes, row["site_id"], held=row["site_id"] in few), held=row["site_id"] in few)
            for row in told.to_dict("records")
        ],
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
        *([["回家供养（人）", "–", small_hidden(summary["home_support"])]] if summary.get("home_support") else []),
        ["搬迁（人）", "–", small_hidden(summary["moved"])],
        ["其中不同意（人）", "–", small_hidden(summary["moved_without_consent"])],
        ["其中未征询（人）", "–", small_hidden(summary["moved_not_asked"])],
    ]
    return {"head": ["全县", "整合前", "整合后"], "rows": [[str(cell) for cell in row] for row in rows]}


def _home(row: dict[str, Any], leaving: list[list[str]], *, held: bool) -> dict[str, Any]:
    state, color = STATES[row["state"]]
    name = place_name(row["name"])
    short = short_place(name, text_of(row["township"]))
    before, after = row["residents_before"], row["residents_after"]
    return {
        "id": text_of(row["site_id"]),
        "lat": row["lat"],
        "lon": row["lon"],
        "name": name,
        "short": short,
        "hub": row["state"] == "centre",
        "line": f"{short}：{before} → {after} 人",
        "state": state,
        "before": before,
        "after": after,
        "size": [_size(before), _size(after)],
        "color": color,
        "rows": [
            ["整合后", state],
            ["床位", f"{row['beds_before']} → {row['beds_after']} 张"],
            ["入住", f"{before} → {after} 人"],
            ["护理员（测算）", f"{row['staff_before']} → {row['staff_after']} 人"],
            *leaving,
            ["说明", words(row["reason_zh"], held=held) or ""],
        ],
    }


def _leaving(homes: HomesResult, site: str, *, held: bool) -> list[list[str]]:
    """Return when the residents of a home move, and how many go back to support at home."""
    waves, flows = homes.tables.get("waves"), homes.flows
    dates = [] if waves is None else sorted({text_of(day) for day in waves.loc[waves["from_site"] == site, "date"]})
    back = int(flows.loc[(flows["from_site"] == site) & (flows["to_site"] == "home_support"), "persons"].sum())
    return [
        ["搬迁时间", "" if not dates else dates[0] if len(dates) == 1 else f"{dates[0]} 至 {dates[-1]}"],
        ["回家供养", f"{held_back(back, held=held)} 人" if back else ""],
    ]


def _size(persons: object) -> int:
    """Return how large persons are drawn; what is not told is drawn as nobody, or its size would tell it."""
    return 0 if isinstance(persons, str) else int(float(persons))  # type: ignore[arg-type]


def _moves(result: RunResult) -> list[dict[str, Any]]:
    if result.homes is None:
        return []
    names = {site: place_name(name) for site, name in result.homes.states.set_index("site_id")["name"].items()}
    streams, moves = _streams(result.homes), []
    for line in line_rows(result, "move"):
        row = streams.loc[(line["from_id"], line["to_id"])]
        moves.append(
            {
                "from": text_of(line["from_id"]),
                "to": text_of(line["to_id"]),
                "line": pack(line["geometry"]),
                "persons": _size(row["persons"]),
                "title": f"{names[line['from_id']]} → {names[line['to_id']]}",
                "rows": [
                    ["搬迁", f"{row['persons']} 人"],
                    *([name, f"{row[key]} 人"] for key, name in _CONSENTS.items()),
                    ["家属车程", f"{float(row['minutes']):.0f} 分钟"],
                ],
            }
        )
    return moves


def _streams(homes: HomesResult) -> pd.DataFrame:
    """Return from_site, to_site -> persons, minutes and persons by consent, small numbers held back."""
    flows = homes.flows[homes.flows["from_site"] != homes.flows["to_site"]]
    keys, few = ["from_site", "to_site"], homes_of_few(homes.flows)
    by = flows.pivot_table(index=keys, columns="consent", values="persons", aggfunc="sum", fill_value=0)
    told = grid_hidden(by.reindex(columns=list(_CONSENTS), fill_value=0).astype(int))
    held = [start in few for start, _ in told.index]
    for key in _CONSENTS:
        told[key] = [held_back(cell, held=flag) for cell, flag in zip(told[key], held, strict=True)]
    persons = flows.groupby(keys)["persons"].sum().astype(int)
    told["persons"] = [held_back(cell, held=flag) for cell, flag in zip(persons, held, strict=True)]
    return told.assign(minutes=flows.groupby(keys)["minutes"].max())


def line_rows(result: RunResult, kind: str) -> list[dict[str, Any]]:
    """Return the lines of one kind along the roads, in order; none in a result that was read back."""
    if result.lines is None or not len(result.lines):
        return []
    rows = result.lines[result.lines["kind"] == kind]
    return rows.sort_values(["id", "order"]).to_dict("records")
