"""The map pages of a run: everything, homes, meals; each one self-contained HTML file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from anyi_geo.result import RunResult
from anyi_geo.show.figures import MODE_NAMES, batch_label, batch_numbers, share_of, text_of
from anyi_geo.show.maps.ground import areas, frame
from anyi_geo.show.maps.homes import home_figures, home_signs
from anyi_geo.show.maps.meals import meal_figures, meal_signs
from anyi_geo.show.maps.page import add_script, blank_map, offline_html
from anyi_geo.show.maps.points import (
    counted_groups,
    limit_of,
    meal_of_village,
    modes_of,
    nearest_columns,
    point_columns,
)
from anyi_geo.show.maps.sites import site_signs
from anyi_geo.show.maps.words import SHARES, scale

if TYPE_CHECKING:
    from anyi_geo.county import County

SHARED_SCRIPTS = ("leaflet/leaflet.js", "maps/names.js", "maps/base.js")
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
    limit = limit_of(result, headline)
    columns = point_columns(result)
    near = nearest_columns(result, modes)
    columns["points"] |= {"site": near.pop("site"), "minutes": near.pop("minutes"), "meal": meal_of_village(result)}
    data = {
        **_frame(county, result, ""),
        "figures": _figures(result),
        "batches": [batch_label(batch) for batch in batch_numbers(result)],
        "modes": [MODE_NAMES[mode].zh for mode in modes],
        "headline": modes.index(headline),
        "limit": limit,
        "groups": [{"name": text_of(group["name"])} for group in result.groups.values()],
        "scale": scale(limit),
        "townAreas": areas(county.townships.geometry),
        "shares": _shares(county, result, modes),
        "shareScale": SHARES,
        **columns,
        **near,
        "sites": site_signs(result),
        **home_signs(result),
        **meal_signs(result),
    }
    return page(county, data, "anyiCounty", ("maps/places.js", "maps/swipe.js", "maps/county.js"))


def homes_map(county: County, result: RunResult) -> str:
    """Return ``homes.html``: the homes before and after, who moves where."""
    data = {**_frame(county, result, "敬老院整合"), "figures": home_figures(result), **home_signs(result)}
    return page(county, data, "anyiHomes", ("maps/homes.js",))


def meals_map(county: County, result: RunResult) -> str:
    """Return ``meals.html``: kitchens, dining points and rounds; a click on a round shows it alone with its times."""
    data = {**_frame(county, result, "助餐配送"), "figures": meal_figures(result), **meal_signs(result)}
    return page(county, data, "anyiMeals", ("maps/meals.js",))


def page(county: County, data: dict[str, Any], function: str, scripts: tuple[str, ...]) -> str:
    """Return a page that draws `data` by a function of its own script."""
    west, south, east, north = county.outline.total_bounds
    blank = blank_map(data["title"], (south + north) / 2, (west + east) / 2)
    add_script(blank, function, data)
    return offline_html(blank, (*SHARED_SCRIPTS, *scripts), STYLES)


def _frame(county: County, result: RunResult, subject: str) -> dict[str, Any]:
    title = " · ".join(part for part in (county.name, subject, text_of(result.run["title"])) if part)
    told = [
        "" if subject else text_of(result.run["question"]),
        f"情景 {result.run['scenario']}",
        text_of(result.run.get("date")),
    ]
    return frame(county, title, "　".join(part for part in told if part))


def _figures(result: RunResult) -> dict[str, Any]:
    modes = [mode for mode in (result.headline_mode, "walk") if mode in set(result.nearest["mode"])]
    batches = batch_numbers(result)
    groups = [name for name, group in result.groups.items() if group["weight"] > 0]
    rows = [
        [f"{text_of(result.groups[group]['short'])} · {MODE_NAMES[mode].zh}"]
        + [share_of(result, batch, group, mode).text() for batch in batches]
        for mode in dict.fromkeys(modes)
        for group in groups
    ]
    return {"head": ["时限内覆盖", *(batch_label(batch) for batch in batches)], "rows": rows}


def _shares(county: County, result: RunResult, modes: list[str]) -> list[dict[str, Any]]:
    """Return, per counted group and way of travel, the share covered in every township after the last batch."""
    last = batch_numbers(result)[-1]
    out = []
    for group in counted_groups(result):
        by = []
        for mode in modes:
            shares = [share_of(result, last, group, mode, text_of(name)).share for name in county.townships["name"]]
            by.append([None if math.isnan(share) else round(share, 4) for share in shares])
        out.append({"name": text_of(result.groups[group]["short"]), "by": by})
    return out
