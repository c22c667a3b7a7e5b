"""Sites: the eighteen of the official table as printed, and modelled further buildings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from anyi_geo.parameters import Parameters
from anyi_geo.schema import SITES, columns_of
from county_builder.facts import read_official_sites
from county_builder.grid import stream
from county_builder.people import People
from county_builder.terrain import Land

Row = dict[str, Any]
#: Words of the official table; what is not there stays unknown.
RESOURCE_OF = {
    "校舍": "school",
    "居家养老服务站": "home_care_station",
    "颐养之家": "yiyang_home",
    "农村颐养之家": "yiyang_home",
    "敬老院": "jinglaoyuan",
}
UNDER_CONSTRUCTION = "not_installed_under_construction"
FIRE_OF = {
    "灭火器": "extinguisher",
    "消防栓": "hydrant",
    "微型消防站": "micro_fire_station",
    "灭火器等（建有微型消防站）": "extinguisher_and_micro_fire_station",
    "正在建设中还未配置": UNDER_CONSTRUCTION,
}
_NAMED_HAMLET = "雷家"
_WALK_MINUTES = 15.0


@dataclass(frozen=True, eq=False)
class Ground:
    """What every group of sites needs: land, seats, units with their persons and demand points."""

    land: Land
    townships: pd.DataFrame
    units: pd.DataFrame
    people: People
    rates: Parameters

    def unit_of(self, township: str, short: str) -> int:
        """Return the row of a unit by its names."""
        return int(self.units.index[(self.units["township"] == township) & (self.units["short"] == short)][0])

    def unit_xy(self, unit: int) -> np.ndarray:
        """Return the point of a unit."""
        return self.units.loc[unit, ["x", "y"]].to_numpy(float)

    def hamlet_xy(self, unit: int, rank: int) -> np.ndarray:
        """Return a demand point of a unit, 0 being the largest."""
        return self.people.xy[self.people.unit == unit][rank]

    def spot(self, xy: np.ndarray, spread_m: float, random: np.random.Generator) -> np.ndarray:
        """Return buildable ground near a point."""
        grid = self.land.grid
        tries = np.asarray(xy) + random.normal(0, spread_m, (50, 2))
        dry = (grid.usable & ~self.land.wet)[grid.cells(tries)]
        return tries[np.argmax(dry)] if dry.any() else np.asarray(xy)

    def canteen(self, unit: int, xy: np.ndarray, drawn_m2: float) -> float:
        """Return the area of a modelled canteen: as drawn, or what the diners of its own village near it need.

        A kitchen is fitted out for the old people around it: the planning share of those within the walk, as the crow
        flies, which is more than walk it on roads.
        """
        near = np.hypot(*(self.people.xy - xy).T) <= _WALK_MINUTES * 60 * self.rates.value("walk_speed_mps")
        elders = self.people.needs["persons_60plus"].to_numpy()[near & (self.people.unit == unit)].sum()
        meals = elders * self.rates.value("meal_uptake")
        per_meal = self.rates.value("kitchen_m2_per_meal") / self.rates.value("kitchen_share_of_canteen")
        return float(max(round(drawn_m2), np.ceil(meals * per_meal)))

    def row(self, kind: str, unit: int, xy: np.ndarray, **cells: Any) -> Row:
        """Return a row of the table of sites; a position is modelled and as uncertain as its village's."""
        village = self.units.loc[unit]
        common = {
            "kind": kind,
            "village_id": village["village_id"],
            "township": village["township"],
            "unit": unit,
            "x": xy[0],
            "y": xy[1],
            "fire_status": "unknown",
            "village_consent": "not_asked",
            "food_licence": "unknown",
            "attributes_status": "modelled",
            "position_status": "modelled",
            "position_error_m": village["position_error_m"],
        }
        return common | cells


def official_sites(ground: Ground, seed: int) -> list[Row]:
    """Return the eighteen sites; those in a 颐养之家 have a second row for that use, in the same building."""
    random, rows = stream(seed, 10), []
    for site in read_official_sites().itertuples(index=False):
        unit = ground.unit_of(site.township_listed, site.short)
        near, spread = (
            (ground.hamlet_xy(unit, 1), 60.0) if _NAMED_HAMLET in site.place else (ground.unit_xy(unit), 120.0)
        )
        xy, building = ground.spot(near, spread, random), f"B{site.no:02d}"
        resource, fire = RESOURCE_OF[site.resource_raw], FIRE_OF[site.fire_raw]
        cells = {
            "name": site.name,
            "official_batch": site.batch,
            "resource_raw": site.resource_raw,
            "resource_type": resource,
            "floors": site.floors,
            "area_m2": site.area_m2,
            "canteen_m2": site.canteen_m2,
            "outdoor_m2": site.outdoor_m2,
            "fire_raw": site.fire_raw,
            "fire_status": fire,
            "ready_from": 2 if fire == UNDER_CONSTRUCTION else 1,
            "attributes_status": "official",
        }
        rows.append(
            ground.row("xingfuyuan_candidate", unit, xy, site_id=f"O{site.no:02d}", building_id=building, **cells)
        )
        if resource == "yiyang_home":
            cells = {"resource_type": resource, "name": f"{site.short}颐养之家", "canteen_m2": site.canteen_m2}
            rows.append(ground.row("yiyang_home", unit, xy, site_id=f"Y{site.no:02d}", building_id=building, **cells))
    return rows


def idle_schools(ground: Ground, taken: set[int], seed: int) -> list[Row]:
    """Return idle schools in villages without an official site; the prior puts them in larger, central villages."""
    random, units = stream(seed, 20), ground.units
    free = [u for u in units.index[units["rural"]] if u not in taken]
    prior = ground.rates.value("site_prior")
    weight = (units.loc[free, "persons_60plus"].to_numpy(float) * np.exp(_centrality(units, free))) ** (1.2 * prior)
    chosen = sorted(
        random.choice(free, int(ground.rates.value("idle_schools")), replace=False, p=weight / weight.sum())
    )
    rows = []
    for k, unit in enumerate(chosen, start=1):
        xy = ground.spot(ground.unit_xy(unit), 160.0, random)
        cells = {
            "site_id": f"S{k:02d}",
            "building_id": f"S{k:02d}",
            "name": f"{units.at[unit, 'short']}原校舍",
            "resource_type": "school",
            "floors": random.choice([1, 2, 3], p=[0.2, 0.6, 0.2]),
            "area_m2": round(random.lognormal(7.2, 0.45), -1),
            "canteen_m2": ground.canteen(unit, xy, random.lognormal(4.2, 0.35)),
            "outdoor_m2": round(random.lognormal(7.1, 0.5), -1),
            "ready_from": 1,
        }
        rows.append(ground.row("xingfuyuan_candidate", unit, xy, **cells))
    return rows


def _centrality(units: pd.DataFrame, rows: list[int]) -> np.ndarray:
    """Return -1 to 1 per unit: how near it lies to the persons of its township, by rank."""
    xy, people = units[["x", "y"]].to_numpy(), units["persons_60plus"].to_numpy(float)
    town = units["township"].to_numpy()
    to_all = np.array(
        [np.average(np.hypot(*(xy[town == town[u]] - xy[u]).T), weights=people[town == town[u]]) for u in rows]
    )
    rank = pd.Series(-to_all).groupby(town[rows]).rank(pct=True).to_numpy()
    return 2 * rank - 1


def village_offices(ground: Ground, taken: set[int], seed: int) -> list[Row]:
    """Return the committee rooms of all rural units that have neither an official site nor an idle school."""
    random, units, rows = stream(seed, 21), ground.units, []
    free = [u for u in units.index[units["rural"]] if u not in taken]
    for k, unit in enumerate(free, start=1):
        xy = ground.spot(ground.unit_xy(unit), 60.0, random)
        cells = {
            "site_id": f"V{k:03d}",
            "building_id": f"V{k:03d}",
            "name": f"{units.at[unit, 'short']}村部",
            "resource_type": "village_office",
            "floors": 2,
            "area_m2": round(random.lognormal(6.0, 0.3), -1),
            "canteen_m2": ground.canteen(unit, xy, random.lognormal(3.6, 0.3)),
            "outdoor_m2": round(random.lognormal(5.8, 0.4), -1),
            "ready_from": 1,
        }
        rows.append(ground.row("xingfuyuan_candidate", unit, xy, **cells))
    return rows


def yiyang_homes(ground: Ground, official: list[Row], seed: int) -> list[Row]:
    """Return the 颐养之家 besides those of the official table, in villages with many old people."""
    random, units = stream(seed, 22), ground.units
    have = {row["unit"] for row in official if row["kind"] == "yiyang_home"}
    free = [u for u in units.index[units["rural"]] if u not in have]
    weight = units.loc[free, "persons_60plus"].to_numpy(float)
    count = int(ground.rates.value("yiyang_homes")) - len(have)
    rows = []
    for k, unit in enumerate(sorted(random.choice(free, count, replace=False, p=weight / weight.sum())), start=31):
        xy = ground.spot(ground.hamlet_xy(unit, 0), 60.0, random)
        cells = {
            "site_id": f"Y{k:02d}",
            "building_id": f"Y{k:02d}",
            "name": f"{units.at[unit, 'short']}颐养之家",
            "resource_type": "yiyang_home",
            "canteen_m2": ground.canteen(unit, xy, random.lognormal(3.9, 0.35)),
        }
        rows.append(ground.row("yiyang_home", unit, xy, **cells))
    return rows


def clinics(ground: Ground, seed: int) -> list[Row]:
    """Return one township clinic at every seat."""
    random, rows = stream(seed, 23), []
    for k, seat in enumerate(ground.townships.itertuples(index=False), start=1):
        here = ground.units[ground.units["township"] == seat.name]
        unit = here.index[np.argmin(np.hypot(here["x"] - seat.x, here["y"] - seat.y))]
        cells = {
            "site_id": f"K{k:02d}",
            "building_id": f"K{k:02d}",
            "name": f"{seat.name}卫生院",
            "resource_type": "clinic",
        }
        rows.append(ground.row("clinic", unit, ground.spot(np.array([seat.x, seat.y]), 300.0, random), **cells))
    return rows


def as_table(rows: list[Row]) -> pd.DataFrame:
    """Return rows as a table with every column of the schema in its type, and x, y in metres."""
    table = pd.DataFrame(rows)
    out = table[["x", "y"]].copy()
    for column in columns_of(SITES):
        cells = table[column.name] if column.name in table else pd.Series([None] * len(table), dtype=object)
        if column.kind == "integer":
            cells = cells.astype("Int64")
        elif column.kind == "number":
            cells = pd.to_numeric(cells).astype(float)
        out[column.name] = cells
    return out
