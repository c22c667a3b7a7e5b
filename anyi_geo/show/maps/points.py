"""Demand points: who lives there, how far the nearest open site is, how the village eats."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import batch_numbers, clock_text, text_of
from anyi_geo.show.maps.persons import is_sensitive, shown_persons
from anyi_geo.show.maps.words import MODES, short_place, status_name


def counted_groups(result: RunResult) -> list[str]:
    """Return the groups that the objective counts; all of them when none has a weight."""
    return [name for name, group in result.groups.items() if group["weight"] > 0] or list(result.groups)


def limit_of(result: RunResult, mode: str) -> float:
    """Return the largest limit of the counted groups, minutes."""
    return float(max(result.groups[name]["limit_minutes"][mode] for name in counted_groups(result)))


def modes_of(result: RunResult) -> tuple[list[str], str]:
    """Return the ways of travel that were measured and the headline one of them."""
    modes = list(result.nearest["mode"].drop_duplicates())
    return modes, result.headline_mode if result.headline_mode in modes else modes[0]


def point_columns(result: RunResult) -> dict[str, Any]:
    """Return the demand points column by column, and the villages for the search."""
    points = result.points.set_index("point_id")
    served = sum((points[f"persons.{group}"] for group in counted_groups(result)), start=pd.Series(0, points.index))
    everyone = sum((points[f"persons.{group}"] for group in result.groups), start=pd.Series(0, points.index))
    villages = points.reset_index().drop_duplicates("village_id").reset_index(drop=True)
    place_of = {village: place for place, village in enumerate(villages["village_id"])}
    position = {name: k for k, name in enumerate(points.index)}
    return {
        "points": {
            "lat": points["lat"].round(5).tolist(),
            "lon": points["lon"].round(5).tolist(),
            "name": [text_of(cell) for cell in points["name"]],
            "village": [text_of(cell) for cell in points["village"]],
            "villageOf": [place_of[village] for village in points["village_id"]],
            "township": [text_of(cell) for cell in points["township"]],
            "status": [status_name(text_of(cell)) for cell in points["position_status"]],
            "persons": [
                shown_persons(points[f"persons.{group}"], sensitive=is_sensitive(group)) for group in result.groups
            ],
            "counted": (served > 0).astype(int).tolist(),
            "radius": [round(1.5 + math.sqrt(value) / 4.0, 1) for value in everyone],
        },
        "villages": [
            {
                "label": f"{text_of(row.village)}（{text_of(row.township)}）",
                "name": text_of(row.village),
                "lat": row.lat,
                "lon": row.lon,
                "k": position[row.point_id],
            }
            for row in villages.itertuples()
        ],
    }


def nearest_columns(result: RunResult, modes: list[str]) -> dict[str, Any]:
    """Return, per batch and way of travel, every point's nearest open site (-1: none) and minutes (null: no road)."""
    order = result.points["point_id"]
    ids = list(dict.fromkeys(site for site in result.nearest["site_id"] if isinstance(site, str)))
    number = {site: position for position, site in enumerate(ids)}
    tables = {key: rows.set_index("point_id") for key, rows in result.nearest.groupby(["batch", "mode"])}
    site, minutes = [], []
    for batch in batch_numbers(result):
        rows = [tables[batch, mode].reindex(order) for mode in modes]
        site.append([[number.get(cell, -1) for cell in row["site_id"]] for row in rows])
        minutes.append([[round(v, 1) if math.isfinite(v) else None for v in row["minutes"]] for row in rows])
    where = result.sites.set_index("site_id") if len(result.sites) else pd.DataFrame(columns=["lat", "lon"])
    return {
        "siteNames": [
            short_place(text_of(where.at[name, "name"]), text_of(where.at[name, "township"])) for name in ids
        ],
        "siteLat": [float(where.at[name, "lat"]) for name in ids],
        "siteLon": [float(where.at[name, "lon"]) for name in ids],
        "site": site,
        "minutes": minutes,
    }


def covered_columns(result: RunResult, mode: str) -> list[list[int]]:
    """Return, per batch, the counted persons of every point within their group's own limit."""
    order = result.points["point_id"]
    points = result.points.set_index("point_id")
    columns = []
    for batch in batch_numbers(result):
        rows = result.nearest[(result.nearest["batch"] == batch) & (result.nearest["mode"] == mode)]
        minutes = rows.set_index("point_id")["minutes"].reindex(order).fillna(math.inf)
        total = pd.Series(0.0, index=order)
        for group in counted_groups(result):
            within = minutes <= result.groups[group]["limit_minutes"][mode] + 1e-9
            total += points[f"persons.{group}"].reindex(order) * within
        columns.append(total.round().astype(int).tolist())
    return columns


def meal_of_village(result: RunResult) -> list[str | None]:
    """Return how the first dining point of every point's village is served; villages without one have none."""
    if result.meals is None or "village_id" not in result.meals.stops:
        return [None] * len(result.points)
    stops = result.meals.stops
    names = dict(zip(stops["site_id"], stops["name"], strict=True))
    told: dict[str, str] = {}
    for row in stops.itertuples():
        text = MODES[row.mode][0]
        if row.mode == "delivered":
            text = f"{names.get(row.kitchen, row.kitchen)} 配送，{clock_text(row.arrival_minute)} 到"
        told.setdefault(row.village_id, f"{text_of(row.name)}：{text}")
    return [told.get(village) for village in result.points["village_id"]]
