"""Demand points: who lives there, how far the nearest open site is, how the village eats."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import Share, batch_numbers, clock_text, share_of, text_of
from anyi_geo.show.maps.words import MODES, place_name, short_place, status_name
from anyi_geo.show.privacy import is_sensitive, villages_hidden
from anyi_geo.show.rough import rough_number, rough_share

#: Persons of the circles in the legend.
_KEY = (20, 100, 400)


def counted_groups(result: RunResult) -> list[str]:
    """Return the groups that the objective counts; all of them when none has a weight."""
    return [name for name, group in result.groups.items() if group["weight"] > 0] or list(result.groups)


def sensitive_groups(result: RunResult) -> set[str]:
    """Return the groups whose small numbers are held back."""
    return {name for name, group in result.groups.items() if is_sensitive(name, text_of(group["name"]))}


def told_share(result: RunResult, found: Share, group: str) -> str:
    """Return a share as text, roughly of a sensitive group."""
    return rough_share(found) if group in sensitive_groups(result) else found.text()


def township_shares(result: RunResult, group: str, batch: int, mode: str, townships: list[str]) -> list[float | None]:
    """Return the share of a group covered in every township; None without such persons or where it is held back."""
    found = [share_of(result, batch, group, mode, name) for name in townships]
    if group in sensitive_groups(result):
        return [rough_number(share.share, share.total) for share in found]
    return [None if math.isnan(share.share) else round(share.share, 4) for share in found]


def limit_of(result: RunResult, mode: str) -> float:
    """Return the largest limit of the counted groups, minutes."""
    return float(max(result.groups[name]["limit_minutes"][mode] for name in counted_groups(result)))


def modes_of(result: RunResult) -> tuple[list[str], str]:
    """Return the ways of travel that were measured and the headline one of them."""
    modes = list(result.nearest["mode"].drop_duplicates())
    return modes, result.headline_mode if result.headline_mode in modes else modes[0]


def point_columns(result: RunResult) -> dict[str, Any]:
    """Return the demand points column by column, and the villages for the search.

    Persons of a sensitive group are told by village only, and small numbers not at all; neither a point's size nor
    whether it counts depends on them.
    """
    points = result.points.set_index("point_id")
    held = sensitive_groups(result)
    open_groups = [name for name in result.groups if name not in held]
    counted = [name for name in counted_groups(result) if name in open_groups]
    # The largest group where nobody counts: groups may hold one another, so they have no sum.
    largest = points[[f"persons.{name}" for name in open_groups]].max(axis=1)
    served = points[[f"persons.{name}" for name in counted]].sum(axis=1) if counted else largest + 1
    size = served.where(served > 0, largest)
    villages = points.reset_index().drop_duplicates("village_id").reset_index(drop=True)
    place_of = {village: place for place, village in enumerate(villages["village_id"])}
    position = {name: k for k, name in enumerate(points.index)}
    names = [place_name(cell) for cell in villages["village"]]
    return {
        "points": {
            "lat": points["lat"].round(5).tolist(),
            "lon": points["lon"].round(5).tolist(),
            "name": [place_name(cell) for cell in points["name"]],
            "villageOf": [place_of[village] for village in points["village_id"]],
            "status": [status_name(text_of(cell)) for cell in points["position_status"]],
            "counted": (served > 0).astype(int).tolist(),
            "radius": [_radius(value) for value in size],
        },
        "sizes": [[persons, _radius(persons)] for persons in _KEY],
        "villages": [
            {
                "label": f"{name}（{text_of(row.township)}）",
                "name": name,
                "township": text_of(row.township),
                "lat": row.lat,
                "lon": row.lon,
                "k": position[row.point_id],
            }
            for name, row in zip(names, villages.itertuples(), strict=True)
        ],
    }


def _radius(persons: float) -> float:
    """Return the radius of a point in pixels."""
    return round(1.5 + math.sqrt(persons) / 4.0, 1)


def person_columns(result: RunResult) -> dict[str, list[Any]]:
    """Return, group by group, the persons of every point (None: told by village only) and of every village."""
    points = result.points.set_index("point_id")
    held = sensitive_groups(result)
    villages = points.drop_duplicates("village_id").set_index("village_id")["township"]
    by_point: list[Any] = []
    by_village: list[Any] = []
    for name in result.groups:
        counts = points[f"persons.{name}"].round().astype(int)
        sums = counts.groupby(points["village_id"]).sum().reindex(villages.index)
        by_point.append(None if name in held else counts.tolist())
        by_village.append((villages_hidden(sums, villages) if name in held else sums).tolist())
    return {"persons": by_point, "villagePersons": by_village}


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
    """Return, per batch, the counted persons of every point within their group's own limit.

    Sensitive groups are left out; where no other group counts, a point within the limit counts as one.
    """
    order = result.points["point_id"]
    points = result.points.set_index("point_id")
    groups = told_groups(result)
    columns = []
    for batch in batch_numbers(result):
        rows = result.nearest[(result.nearest["batch"] == batch) & (result.nearest["mode"] == mode)]
        minutes = rows.set_index("point_id")["minutes"].reindex(order).fillna(math.inf)
        total = pd.Series(0.0, index=order)
        for group in groups:
            within = minutes <= result.groups[group]["limit_minutes"][mode] + 1e-9
            total += points[f"persons.{group}"].reindex(order) * within
        if not groups:
            total += minutes <= limit_of(result, mode) + 1e-9
        columns.append(total.round().astype(int).tolist())
    return columns


def told_groups(result: RunResult) -> list[str]:
    """Return the counted groups whose numbers are told point by point."""
    held = sensitive_groups(result)
    return [name for name in counted_groups(result) if name not in held]


def meals_of_villages(result: RunResult) -> list[list[list[str]] | None]:
    """Return, for every village, its dining points: name, who cooks, arrival, meals; None without a plan of meals."""
    order = list(dict.fromkeys(result.points["village_id"]))
    if result.meals is None or "village_id" not in result.meals.stops:
        return [None] * len(order)
    rows = result.meals.stops.to_dict("records")
    names = {row["site_id"]: short_place(place_name(row["name"]), text_of(row["township"])) for row in rows}
    told: dict[str, list[list[str]]] = {}
    for row in rows:
        delivered = row["mode"] == "delivered"
        cook = f"{names.get(row['kitchen'], row['kitchen'])}配送" if delivered else MODES[row["mode"]][0]
        arrival = clock_text(float(row["arrival_minute"])) if delivered else ""
        told.setdefault(row["village_id"], []).append([names[row["site_id"]], cook, arrival, text_of(row["meals"])])
    return [told.get(village, []) for village in order]


def out_of_reach(result: RunResult) -> list[str] | None:
    """Return, for every village, whom no candidate at all reaches and what the nearest would take; "" where none.

    Persons of a sensitive group are left out; None where that was not judged.
    """
    found = result.care.get("out_of_reach")
    if found is None:
        return None
    told: dict[str, list[str]] = {}
    for row in found[found["group"].isin(told_groups(result))].to_dict("records"):
        first, last = float(row["first_minutes"]), float(row["all_minutes"])
        most = "" if last == first else " 以上" if math.isinf(last) else f" 至 {last:.1f}"
        nearest = f"（最近的要 {first:.1f}{most} 分钟）" if math.isfinite(first) else "（没有路）"
        persons = f"{text_of(result.groups[row['group']]['short'])} {int(row['persons']):,} 人"
        told.setdefault(row["village_id"], []).append(persons + nearest)
    return [
        f"本村{'、'.join(told[village])}任何候选点都够不着" if village in told else ""
        for village in dict.fromkeys(result.points["village_id"])
    ]
