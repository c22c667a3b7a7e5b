"""The map pages of a run: everything, homes, meals; each one self-contained HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anyi_geo.result import RunResult
from anyi_geo.show.figures import MODE_NAMES, batch_label, batch_numbers, share_of, text_of
from anyi_geo.show.home_messages import told_reason
from anyi_geo.show.maps.ground import areas, frame
from anyi_geo.show.maps.homes import home_figures, home_signs
from anyi_geo.show.maps.meals import meal_figures, meal_signs
from anyi_geo.show.maps.page import add_script, blank_map, offline_html
from anyi_geo.show.maps.points import (
    counted_groups,
    limit_of,
    meals_of_villages,
    modes_of,
    nearest_columns,
    out_of_reach,
    person_columns,
    point_columns,
    told_share,
    township_shares,
)
from anyi_geo.show.maps.services import service_signs
from anyi_geo.show.maps.sites import site_signs
from anyi_geo.show.maps.words import NONE, SHARES, scale

if TYPE_CHECKING:
    from anyi_geo.county import County

SHARED_SCRIPTS = (
    "leaflet/leaflet.js",
    *(f"maps/{name}.js" for name in ("names", "signs", "tiles", "panels", "frame", "base")),
)
STYLES = ("leaflet/leaflet.css", "maps/maps.css")


def county_map(county: County, result: RunResult) -> str:
    """Return ``map.html``: all three decisions in groups of layers, batch 1 beside all batches by a swipe.

    Parameters
    ----------
    county : County
        The ground: outline, townships, rivers, relief, roads.
    result : RunResult
        What is drawn on it.
    """
    modes, headline = modes_of(result)
    columns = point_columns(result)
    near = nearest_columns(result, modes)
    columns["points"] |= {"site": near.pop("site"), "minutes": near.pop("minutes")}
    counted = counted_groups(result)
    data = {
        **_frame(county, result, ""),
        "figures": _figures(result),
        "batches": [batch_label(batch) for batch in batch_numbers(result)],
        "siteBatches": [text_of(batch["name"]) for batch in result.batches],
        "modes": [MODE_NAMES[mode].zh for mode in modes],
        "headline": modes.index(headline),
        "limits": [
            {
                "name": text_of(result.groups[name]["short"]),
                "of": list(result.groups).index(name),
                "minutes": [result.groups[name]["limit_minutes"][mode] for mode in modes],
            }
            for name in counted
        ],
        "groups": [{"name": text_of(group["name"])} for group in result.groups.values()],
        **person_columns(result),
        "meals": meals_of_villages(result),
        "outOfReach": out_of_reach(result),
        "scales": [scale(limit_of(result, mode)) for mode in modes],
        "none": NONE,
        "townAreas": areas(county.townships.geometry),
        "shares": _shares(county, result, modes),
        "shareScale": SHARES,
        **columns,
        **near,
        "sites": site_signs(result),
        **service_signs(county, result),
        **home_signs(result),
        **meal_signs(result),
    }
    return page(county, data, "anyiCounty", ("maps/places.js", "maps/swipe.js", "maps/village.js", "maps/county.js"))


def homes_map(county: County, result: RunResult) -> str:
    """Return ``homes.html``: the homes before and after, who moves where."""
    data = {**_frame(county, result, "敬老院整合"), "figures": home_figures(result), **home_signs(result)}
    return page(county, data, "anyiHomes", ("maps/homes.js",))


def meals_map(county: County, result: RunResult) -> str:
    """Return ``meals.html``: kitchens, dining points and rounds; a click on a round shows it alone with its times."""
    evening = result.meals is not None and result.meals.summary.get("service_en") == "supper"
    data = {
        **_frame(county, result, "晚餐配送" if evening else "助餐配送"),
        "figures": meal_figures(result),
        **meal_signs(result),
    }
    return page(county, data, "anyiMeals", ("maps/meals.js",))


def page(county: County, data: dict[str, Any], function: str, scripts: tuple[str, ...]) -> str:
    """Return a page that draws `data` by a function of its own script."""
    west, south, east, north = county.outline.total_bounds
    blank = blank_map(data["title"], (south + north) / 2, (west + east) / 2)
    add_script(blank, function, data)
    return offline_html(blank, (*SHARED_SCRIPTS, *scripts), STYLES)


def _frame(county: County, result: RunResult, subject: str) -> dict[str, Any]:
    title = " · ".join(part for part in (county.name, subject, text_of(result.run["title"])) if part)
    question = "" if subject else text_of(result.run["question"])
    return frame(county, title, question) | run_words(result)


def run_words(*results: RunResult) -> dict[str, Any]:
    """Return which runs a page shows, when they were made, and what its caption has to say by law."""
    first = results[0].run
    told = first.get("maps") or {}
    names = "、".join(dict.fromkeys(text_of(result.run["scenario"]) for result in results))
    days = "、".join(dict.fromkeys(text_of(result.run.get("date")) for result in results))
    words: dict[str, Any] = {"made": [["情景", names], ["测算日期", days]]}
    words["unmet"] = [f"未能求出方案：{told_reason(reason)}" for reason in first.get("reasons") or ()]
    if text_of(told.get("review_number")):
        words["review"] = text_of(told["review_number"])
    if text_of(told.get("source")):
        words["source"] = text_of(told["source"])
    return words


def _figures(result: RunResult) -> dict[str, Any]:
    modes = [mode for mode in (result.headline_mode, "walk") if mode in set(result.nearest["mode"])]
    batches = batch_numbers(result)
    groups = [name for name, group in result.groups.items() if group["weight"] > 0]
    rows = [
        [f"{text_of(result.groups[group]['short'])} · {MODE_NAMES[mode].zh}"]
        + [told_share(result, share_of(result, batch, group, mode), group) for batch in batches]
        for mode in dict.fromkeys(modes)
        for group in groups
    ]
    note = "[ ] 为位置误差区间；带 * 的高于区间，不宜单独引用。"
    return {"head": ["时限内覆盖", *(batch_label(batch) for batch in batches)], "rows": rows, "note": note}


def _shares(county: County, result: RunResult, modes: list[str]) -> list[dict[str, Any]]:
    """Return, per counted group, batch and way of travel, the share covered in every township."""
    townships = [text_of(name) for name in county.townships["name"]]
    return [
        {
            "name": f"{text_of(result.groups[group]['short'])}，{batch_label(batch)}",
            "by": [township_shares(result, group, batch, mode, townships) for mode in modes],
        }
        for group in counted_groups(result)
        for batch in batch_numbers(result)
    ]
