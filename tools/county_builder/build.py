"""The build from top to bottom: outline, land, townships, villages, persons, roads, sites, files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from anyi_geo.county.coordinates import METRES, to_metres
from anyi_geo.parameters import Parameters
from anyi_geo.schema import AGE_SEX_COLUMNS, BASE_SCENARIO, COUNTY, HAMLETS, PARAMETERS, SITES, TOWNSHIPS, VILLAGES
from county_builder import homes, sites
from county_builder.facts import read_census, read_rates, read_townships, read_villages
from county_builder.grid import metres
from county_builder.network import road_tables
from county_builder.outline import read_outline
from county_builder.people import People, make_people
from county_builder.relief import write_relief
from county_builder.settle import settle
from county_builder.terrain import Land, brooks, make_land
from county_builder.townships import township_areas
from county_builder.write import write_geojson, write_points, write_roads

#: The seed of the committed county; `data/SOURCES.md` says how it was chosen.
DEFAULT_SEED = 5
_BROOK_WIDTH_M = 12.0
_NAMED_HAMLET = ("车田", "雷家")


@dataclass(frozen=True, eq=False)
class Model:
    """Everything that was modelled, before it is written; x and y are metres, road tables are in degrees."""

    outline: shapely.Polygon
    land: Land
    townships: gpd.GeoDataFrame
    villages: pd.DataFrame
    hamlets: pd.DataFrame
    sites: pd.DataFrame
    nodes: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame


def build(data: Path, out: Path, seed: int) -> None:
    """Build the county from the committed outline and parameters in `data` and write it to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    if out.resolve() != data.resolve():
        (out / COUNTY).parent.mkdir(exist_ok=True)
        for file in (COUNTY, PARAMETERS):
            shutil.copyfile(data / file, out / file)
        shutil.copytree((data / BASE_SCENARIO).parent, (out / BASE_SCENARIO).parent, dirs_exist_ok=True)
    write(model(read_outline(data), read_rates(data / PARAMETERS), seed), out, seed)


def model(outline: shapely.Polygon, rates: Parameters, seed: int) -> Model:
    """Model a county inside an outline (degrees)."""
    land = make_land(to_metres(np.array([outline]))[0], seed)
    townships = read_townships()
    townships[["x", "y"]] = metres(townships[["lon", "lat"]].to_numpy())
    label, areas = township_areas(land, townships, seed)
    settlement = settle(land, townships, label, read_villages(), rates, seed)
    weights = dict(zip(townships["name"], townships["community_weight"], strict=True))
    people = make_people(land, settlement, weights, rates, seed)
    villages = _villages(settlement.units, people)
    nodes, edges = road_tables(land, townships, villages, people, rates, seed)
    ground = sites.Ground(land, townships, villages, people, rates)
    area_table = {
        "code": townships["township_code"],
        "name": townships["name"],
        "aliases": townships["aliases"],
        "status": "modelled",
    }
    return Model(
        outline,
        land,
        gpd.GeoDataFrame(area_table, geometry=areas, crs=METRES),
        villages,
        _hamlets(villages, people),
        _sites(ground, seed),
        nodes,
        edges,
    )


def write(county: Model, out: Path, seed: int) -> None:
    """Write every modelled file, and the census it rests on."""
    write_geojson(county.townships, out / TOWNSHIPS)
    write_points(county.villages, out / VILLAGES, VILLAGES)
    write_points(county.hamlets, out / HAMLETS, HAMLETS)
    write_points(county.sites, out / SITES, SITES)
    write_roads(county.nodes, county.edges, out)
    read_census().to_csv(out / "census.csv", index=False, lineterminator="\n")
    write_geojson(_waters(county.land, seed), out / "background/rivers.geojson")
    write_relief(county.land, county.outline, out / "background")


def _villages(units: pd.DataFrame, people: People) -> pd.DataFrame:
    needs = people.needs.groupby(people.unit).sum()
    ages = pd.DataFrame(people.units, columns=list(AGE_SEX_COLUMNS))
    return pd.concat([units, needs, ages], axis=1).assign(position_status="modelled", persons_status="modelled")


def _hamlets(villages: pd.DataFrame, people: People) -> pd.DataFrame:
    """Return demand points; one natural village is known by name, the others carry their village's and a number."""
    own = villages.loc[people.unit].reset_index(drop=True)
    number = (pd.Series(people.unit).groupby(people.unit).cumcount() + 1).astype(str).str.zfill(2)
    table = people.needs.assign(
        hamlet_id=own["village_id"] + "-" + number,
        village_id=own["village_id"],
        name=own["short"] + own["rural"].map({True: "·", False: "小区"}) + number,
        position_status="modelled",
        position_error_m=own["position_error_m"],
        x=people.xy[:, 0],
        y=people.xy[:, 1],
    )
    village, hamlet = _NAMED_HAMLET
    table.loc[(own["short"] == village) & (number == "02"), "name"] = hamlet
    return table


def _sites(ground: sites.Ground, seed: int) -> pd.DataFrame:
    official = sites.official_sites(ground, seed)
    taken = {row["unit"] for row in official}
    schools = sites.idle_schools(ground, taken, seed)
    offices = sites.village_offices(ground, taken | {row["unit"] for row in schools}, seed)
    rows = [
        *official,
        *homes.township_homes(ground, official, seed),
        *homes.county_centre(ground, seed),
        *schools,
        *offices,
        *sites.yiyang_homes(ground, official, seed),
        *sites.clinics(ground, seed),
    ]
    return sites.as_table(rows)


def _waters(land: Land, seed: int) -> gpd.GeoDataFrame:
    streams = brooks(land, seed)
    table = {
        "name": [river.name for river in land.rivers] + [""] * len(streams),
        "width_m": [river.width_m for river in land.rivers] + [_BROOK_WIDTH_M] * len(streams),
        "status": "modelled",
    }
    lines = [shapely.intersection(river.line, land.outline) for river in land.rivers] + streams
    return gpd.GeoDataFrame(table, geometry=lines, crs=METRES)
