"""Homes before and after, and who moves where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from anyi_geo.result import HomesResult, RunResult
from anyi_geo.show.figures import plain, text_of, wan_text
from anyi_geo.show.home_persons import HOME_SUPPORT, HomePersons, county_persons, home_persons
from anyi_geo.show.home_wishes import FAMILIES, STAFF, HomeWishes, home_wishes, persons_zh
from anyi_geo.show.maps.ground import pack
from anyi_geo.show.maps.words import BEFORE, STATES, place_name, short_place
from anyi_geo.show.privacy import persons_text, words
from anyi_geo.show.rough import rough_count

_AGAINST, _UNASKED = "未同意仍迁移（人）", "未征询即迁移（人）"
#: Residents of the circles in the legend.
_KEY = (20, 100)
_CONSENTS = {"yes": "同意", "no": "不同意", "not_asked": "未征询"}


def home_signs(result: RunResult) -> dict[str, Any]:
    """Return the homes, the moves along the roads and the legend of states."""
    if result.homes is None:
        return {"homes": [], "moves": [], "homeLegend": [], "beforeColor": BEFORE, "homeSizes": _KEY}
    states, told, wishes = result.homes.states, home_persons(result.homes), home_wishes(result.homes)
    used, reuse = set(states["state"]), _reuse(result.homes)
    return {
        "homes": [
            _home(row, told, wishes, [*_leaving(result.homes, told, row["site_id"]), *reuse.get(row["site_id"], [])])
            for row in states.to_dict("records")
        ],
        "moves": _moves(result, told),
        "homeLegend": [{"color": color, "text": text} for state, (text, color) in STATES.items() if state in used],
        "beforeColor": BEFORE,
        "homeSizes": _KEY,
    }


def home_figures(result: RunResult) -> dict[str, Any]:
    """Return the county's figures before and after for the heading."""
    if result.homes is None:
        return {"head": ["敬老院", "结果"], "rows": [["整合", "未能求出方案，见说明"]]}
    summary, states = {**result.homes.summary, **county_persons(result.homes)}, result.homes.states
    in_care = states["residents_after"] > 0
    rows = [
        ["有老人居住的院", int((states["residents_before"] > 0).sum()), int(in_care.sum())],
        ["入住老人（人）", int(states["residents_before"].sum()), int(states["residents_after"].sum())],
        ["床位（张）", summary["beds_before"], summary["beds_after"]],
        ["护理员（测算，人）", summary["staff_before"], summary["staff_after"]],
        ["每年费用（万元）", wan_text(summary["yearly_yuan_before"]), wan_text(summary["yearly_yuan_after"])],
        ["一次性投入（万元）", "–", wan_text(summary["one_off_yuan"])],
        *([["回家供养（人）", "–", summary["home_support"]]] if summary.get("home_support") else []),
        ["搬迁（人）", "–", summary["moved"]],
        [_AGAINST, "–", summary["moved_without_consent"]],
        [_UNASKED, "–", summary["moved_not_asked"]],
    ]
    # Who is moved without a yes stands in red, as in the terminal.
    alarm = [number for number, row in enumerate(rows) if row[0] in (_AGAINST, _UNASKED) and row[2] != 0]
    return {
        "head": ["全县", "整合前", "整合后"],
        "rows": [[str(cell) for cell in row] for row in rows],
        "alarm": alarm,
    }


def _home(row: dict[str, Any], told: HomePersons, wishes: HomeWishes, leaving: list[list[str]]) -> dict[str, Any]:
    state, color = STATES[row["state"]]
    name = place_name(row["name"])
    short = short_place(name, text_of(row["township"]))
    site = text_of(row["site_id"])
    before, after = told.cell(site), told.after(site)
    return {
        "id": site,
        "lat": row["lat"],
        "lon": row["lon"],
        "name": name,
        "short": short,
        "hub": row["state"] == "centre",
        "line": f"{short}：{before} → {persons_text(after)}",
        "state": state,
        "before": before,
        "after": after,
        "size": [_size(before), _size(after)],
        "color": color,
        "rows": [
            ["整合后", state],
            ["床位", f"{row['beds_before']} → {row['beds_after']} 张"],
            ["入住", f"{before} → {persons_text(after)}"],
            ["每床面积", _before_after(row, "m2_per_bed", "平方米")],
            ["护理员（测算）", f"{row['staff_before']} → {row['staff_after']} 人"],
            *leaving,
            *_heard(wishes, site),
            ["说明", words(row["reason_zh"], held=told.held(site), bare=told.bare(site)) or ""],
        ],
    }


def _heard(wishes: HomeWishes, site: str) -> list[list[str]]:
    """Return how many families and staff were asked, where that is registered."""
    rows = []
    for name, people in (("家属意见", FAMILIES), ("工作人员意见", STAFF)):
        asked, agree, unheard = (wishes.cell(site, column) for column in (people.asked, people.agree, people.unheard))
        parts = [("已征询", asked), ("同意", agree), ("未征询或不清楚", unheard)] if asked is not None else []
        rows.append([name, "，".join(persons_zh(word, count) for word, count in parts if count is not None)])
    return rows


def _before_after(row: dict[str, Any], name: str, unit: str) -> str:
    """Return a figure before and after, "" where neither is known, ``–`` where one is not."""
    found = [plain(row.get(f"{name}_{when}")) for when in ("before", "after")]
    told = " → ".join("–" if value is None else f"{float(str(value)):,.4g}" for value in found)
    return f"{told} {unit}" if any(value is not None for value in found) else ""


def _leaving(homes: HomesResult, told: HomePersons, site: str) -> list[list[str]]:
    """Return when the residents of a home move, and how many go back to support at home."""
    waves, back = homes.tables.get("waves"), told.cell(site, HOME_SUPPORT)
    dates = [] if waves is None else sorted({text_of(day) for day in waves.loc[waves["from_site"] == site, "date"]})
    return [
        ["搬迁时间", "" if not dates else dates[0] if len(dates) == 1 else f"{dates[0]} 至 {dates[-1]}"],
        ["回家供养", persons_text(back) if back else ""],
    ]


def _reuse(homes: HomesResult) -> dict[str, list[list[str]]]:
    """Return what each emptied home offers in its new use, whom it has near, and what refitting it costs."""
    table = homes.tables.get("reuse")
    if table is None or "seats_elders" not in table:
        return {}
    return {text_of(row["site_id"]): list(_offer(row)) for row in table.to_dict("records")}


def _offer(row: dict[str, Any]) -> Iterator[list[str]]:
    elders, children = plain(row["seats_elders"]), plain(row["seats_children"])
    if elders is None or children is None:
        yield ["活动位", "面积未登记"]
    elif elders or children:
        yield ["活动位", f"老人 {elders:,.0f} 个、儿童 {children:,.0f} 个"]
    if row["use"] in ("civil_affairs_station", "xingfuyuan"):
        yield ["附近", f"老人 {row['elders_near']:,} 人、留守儿童{rough_count(row['left_behind_near'])} 人"]
    if row["let"]:
        beds = plain(row["beds_for_paying"])
        yield ["向社会开放", "床位未登记" if beds is None else f"{beds:,.0f} 张（不计入特困床位）"]
        yield ["运营方", text_of(row["operator_zh"])]
    yield ["整修投入", _refit(row)]


def _refit(row: dict[str, Any]) -> str:
    yuan = plain(row["refit_yuan"])
    if row["refit_basis"] == "care_sites":
        return "计入幸福院建设"
    return "未填，不知道" if yuan is None else f"约 {wan_text(float(str(yuan)))} 万元" if yuan else ""


def _size(persons: object) -> int:
    """Return how large persons are drawn; what is not told is drawn as nobody, or its size would tell it."""
    return 0 if isinstance(persons, str) else int(float(persons))  # type: ignore[arg-type]


def _moves(result: RunResult, told: HomePersons) -> list[dict[str, Any]]:
    if result.homes is None:
        return []
    names = {site: place_name(name) for site, name in result.homes.states.set_index("site_id")["name"].items()}
    flows = result.homes.flows
    minutes = flows.groupby(["from_site", "to_site"])["minutes"].max()
    ends = flows[flows["from_site"] != flows["to_site"]].groupby("from_site")["to_site"].agg(set)
    moves = []
    for line in line_rows(result, "move"):
        start, end = text_of(line["from_id"]), text_of(line["to_id"])
        persons = told.cell(start, "to", end)
        alone = ends[start] <= {end, HOME_SUPPORT}
        moves.append(
            {
                "from": start,
                "to": end,
                "line": pack(line["geometry"]),
                "persons": _size(persons),
                "title": f"{names[start]} → {names[end]}",
                "rows": [
                    ["搬迁", persons_text(persons)],
                    *([f"{'' if alone else '全院搬迁中'}{name}", persons_text(told.cell(start, "moved", key))]
                      for key, name in _CONSENTS.items()),
                    ["家属车程", f"{minutes.loc[(start, end)]:.0f} 分钟"],
                ],
            }
        )  # fmt: skip
    return moves


def line_rows(result: RunResult, kind: str) -> list[dict[str, Any]]:
    """Return the lines of one kind along the roads, in order; none in a result that was read back."""
    if result.lines is None or not len(result.lines):
        return []
    rows = result.lines[result.lines["kind"] == kind]
    return rows.sort_values(["id", "order"]).to_dict("records")
