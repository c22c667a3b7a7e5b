"""The plan as a GeoPackage for any GIS: points, sites, homes, dining points, lines, outline."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from anyi_geo.result import HomesResult, RunResult
from anyi_geo.show.home_persons import home_persons
from anyi_geo.show.maps.points import sensitive_groups
from anyi_geo.show.privacy import HELD_BACK, parts_hidden, words

if TYPE_CHECKING:
    from anyi_geo.county import County

WGS84 = 4326


def write_geopackage(path: Path, county: County, result: RunResult) -> None:
    """Write the layers outline, points, sites, homes, meal_stops and lines; empty ones are left out.

    Column names are ASCII, unreachable minutes are empty, EPSG:4326 throughout. Sensitive groups have no numbers among
    the points and the sites, and a home's residents are empty where they are not told.

    Parameters
    ----------
    path : Path
        The file; an existing one is replaced.
    county : County
        Gives the outline.
    result : RunResult
    """
    path.unlink(missing_ok=True)
    for name, layer in plan_layers(county, result).items():
        layer.to_file(path, layer=name, driver="GPKG", engine="pyogrio")


def plan_layers(county: County, result: RunResult) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of the GeoPackage by name, those without rows left out."""
    layers = {
        "outline": county.outline,
        "points": _placed(_point_table(result)),
        "sites": _placed(_site_table(result)),
        "homes": None if result.homes is None else _placed(_told(result.homes)),
        "meal_stops": None if result.meals is None else _placed(result.meals.stops),
        "lines": _lines(result),
    }
    return {name: layer for name, layer in layers.items() if layer is not None and len(layer)}


def _point_table(result: RunResult) -> pd.DataFrame:
    """Return one row per point with its nearest site and minutes per batch and way of travel."""
    held = [f"persons.{group}" for group in sensitive_groups(result)]
    points = result.points.set_index("point_id").drop(columns=held)
    points.columns = [str(name).replace(".", "_") for name in points.columns]
    columns: dict[str, pd.Series] = {}
    for (batch, mode), rows in result.nearest.groupby(["batch", "mode"], sort=True):
        by_point = rows.set_index("point_id")
        columns[f"site_{mode}_batch{batch}"] = by_point["site_id"]
        columns[f"minutes_{mode}_batch{batch}"] = by_point["minutes"].replace(np.inf, np.nan)
    return points.join(pd.DataFrame(columns, index=points.index)).reset_index()


def _site_table(result: RunResult) -> pd.DataFrame:
    """Return the sites; of those whom only one site reaches, sensitive groups are left out."""
    if "only_here" not in result.sites:
        return result.sites
    held = sensitive_groups(result)
    alone = [
        {name: count for name, count in cell.items() if name not in held} if isinstance(cell, Mapping) else cell
        for cell in result.sites["only_here"]
    ]
    return result.sites.assign(only_here=alone)


def _told(homes: HomesResult) -> pd.DataFrame:
    """Return the homes with the residents that the reports tell, empty elsewhere, and reasons that tell no more."""
    told, names = home_persons(homes), homes.states["site_id"].astype(str)
    reasons = zip(homes.states["reason_zh"], names, strict=True)
    return homes.states.assign(
        residents_before=pd.to_numeric(names.map(told.cell), errors="coerce"),
        residents_after=pd.to_numeric(names.map(told.after), errors="coerce"),
        nursing_beds_needed=pd.to_numeric(_nursed(homes), errors="coerce"),
        reason_zh=[words(cell, held=told.held(home), bare=told.bare(home)) or "" for cell, home in reasons],
    )


def _nursed(homes: HomesResult) -> list[object]:
    """Return the nursing beds that a home needs: one for each resident who cannot do without, so told as residents."""
    needed = homes.states["nursing_beds_needed"].fillna(0).astype(int)
    others = homes.states["residents_after"].astype(int) - needed
    # Neither those in need nor the others: their sum is told too.
    pairs = zip(parts_hidden(needed.tolist()), parts_hidden(others.tolist()), strict=True)
    return [HELD_BACK if isinstance(other, str) else own for own, other in pairs]


def _placed(table: pd.DataFrame) -> gpd.GeoDataFrame | None:
    """Return the table as points from its columns lon and lat."""
    if table.empty:
        return None
    plain = table.drop(columns=["lon", "lat"]).apply(lambda column: column.map(_cell))
    geometry = gpd.points_from_xy(table["lon"], table["lat"], crs=WGS84)
    return gpd.GeoDataFrame(plain, geometry=geometry, crs=WGS84)


def _lines(result: RunResult) -> gpd.GeoDataFrame | None:
    if result.lines is None or result.lines.empty:
        return None
    return gpd.GeoDataFrame(result.lines, geometry="geometry", crs=WGS84)


def _cell(value: Any) -> Any:
    """Return a value that a GeoPackage column can hold: nested values as JSON text, inf as missing."""
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and math.isinf(value):
        return None
    return value
