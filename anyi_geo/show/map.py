"""The map of one run: everything on one offline page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyi_geo.result import RunResult
from anyi_geo.show.map_data import map_data
from anyi_geo.show.page import add_script, blank_map, offline_html

if TYPE_CHECKING:
    from anyi_geo.county import County

SCRIPTS = ("leaflet/leaflet.js", "county_map.js")
STYLES = ("leaflet/leaflet.css", "county_map.css")


def county_map(county: County, result: RunResult) -> str:
    """Return the map of a run as one self-contained HTML page.

    Parameters
    ----------
    county : County
        The ground: outline, townships, rivers, relief, roads.
    result : RunResult
        What is drawn on it.
    """
    west, south, east, north = county.outline.total_bounds
    page = blank_map(f"{county.name} {result.run['title']}", (south + north) / 2, (west + east) / 2)
    add_script(page, "anyiMap", map_data(county, result))
    return offline_html(page, SCRIPTS, STYLES)
