"""A county folder, checked whole: either everything is loaded or nothing, and every fault is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from anyi_geo.county.cells import cell_faults
from anyi_geo.county.coordinates import DEGREES
from anyi_geo.county.home_rules import home_faults, home_warnings
from anyi_geo.county.positions import outline_faults, outline_of, position_faults, seat_of
from anyi_geo.county.reach import datum_faults, modelled_faults, reach_faults
from anyi_geo.county.reading import RIVERS, TERRAIN, TERRAIN_BOUNDS, RawCounty, RawFile, frame, read_county
from anyi_geo.county.registers import REGISTERS, read_registers
from anyi_geo.county.roads import road_network
from anyi_geo.county.rules import (
    duplicate_faults,
    parameter_faults,
    part_faults,
    reference_faults,
    road_reference_faults,
    township_names,
)
from anyi_geo.errors import Fault, InputError, SettingError
from anyi_geo.parameters import Parameters
from anyi_geo.schema import (
    COLUMNS,
    COUNTY,
    HAMLETS,
    PARAMETERS,
    REQUIRED_FILES,
    RESIDENTS,
    ROADS,
    SITES,
    TOWNSHIPS,
    VILLAGES,
    columns_of,
)

_ORDER = {name: number for number, name in enumerate((*REQUIRED_FILES, HAMLETS, RESIDENTS))}


@dataclass(frozen=True)
class Terrain:
    """A shaded picture under the map.

    Attributes
    ----------
    picture : Path
        PNG whose rows are equally spaced in Web Mercator.
    bounds : tuple
        (south, west, north, east), degrees.
    """

    picture: Path
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class County:
    """A county as planned over; every table is checked and indexed by its ids, geometry in EPSG:4326.

    Attributes
    ----------
    folder : Path
    code, name : str
    outline : GeoDataFrame
        One row.
    townships : GeoDataFrame
        code, name, aliases, status.
    villages : GeoDataFrame
        Index village_id, columns of the schema.
    points : GeoDataFrame
        Demand points, index point_id: natural villages where the folder has them, else the villages; village_id,
        village (its name), township, name, rural, persons, position_status, position_error_m.
    sites : GeoDataFrame
        Index site_id, every column of the schema (missing optional ones are empty).
    nodes, edges : GeoDataFrame
        Roads, OSMnx-shaped.
    parameters : Parameters
    rivers : GeoDataFrame or None
    terrain : Terrain or None
    inputs_sha256 : str
        Hash of the names and contents of all data files and of the parameters; scenarios are recorded apart.
    warnings : tuple of Fault
        What does not stop a run.
    registers : dict of str to DataFrame
        What departments filled in, by file name; see ``registers``.
    residents : DataFrame or None
        Residents of the homes one by one, without names; columns of the schema.
    """

    folder: Path
    code: str
    name: str
    outline: gpd.GeoDataFrame
    townships: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    points: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    nodes: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    parameters: Parameters
    rivers: gpd.GeoDataFrame | None
    terrain: Terrain | None
    inputs_sha256: str
    warnings: tuple[Fault, ...]
    registers: dict[str, pd.DataFrame] = field(default_factory=dict)
    residents: pd.DataFrame | None = None


def packaged_data() -> Path:
    """Return the folder of the embedded county: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_data", package.parent / "data"):
        if (folder / VILLAGES).is_file():
            return folder
    raise SettingError(
        "找不到自带的县数据：请重新安装，或用 --data 指定县数据文件夹。",
        "The embedded county is missing: install again, or name a folder with --data.",
    )


def load_county(folder: Path | None = None) -> County:
    """Load a county folder.

    Raises
    ------
    InputError
        With every fault of the folder, when any of them is an error; nothing is half loaded.
    """
    folder = Path(folder) if folder is not None else packaged_data()
    raw = read_county(folder)
    errors = _sorted(_folder_errors(folder, raw))
    if errors:
        raise InputError(errors)
    county = _county(folder, raw)
    warnings = _sorted(_warnings(county))
    return County(**{**vars(county), "warnings": tuple(warnings)})


def check_county(folder: Path) -> tuple[Fault, ...]:
    """Return every fault of a county folder, errors and warnings, by file, row, column and code."""
    raw = read_county(Path(folder))
    errors = _sorted(_folder_errors(Path(folder), raw))
    if errors:
        return tuple(errors)
    return tuple(_sorted(_warnings(_county(Path(folder), raw))))


def _folder_errors(folder: Path, raw: RawCounty) -> Iterator[Fault]:
    yield from _errors(raw)
    yield from _registers(folder, raw)[1]


def _registers(folder: Path, raw: RawCounty) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    ids = {
        name: {str(row.get(column)) for row in raw.files[name].rows} if name in raw.files else set()
        for name, column in ((SITES, "site_id"), (VILLAGES, "village_id"))
    }
    return read_registers(folder, ids[SITES], ids[VILLAGES])


def _errors(raw: RawCounty) -> Iterator[Fault]:
    yield from raw.faults
    broken = {fault.file for fault in raw.faults}
    files = {name: file for name, file in raw.files.items() if name not in broken}
    for name, file in files.items():
        yield from cell_faults(name, file)
    for name in (TOWNSHIPS, VILLAGES, HAMLETS, SITES, PARAMETERS, RESIDENTS):
        if name in files:
            yield from duplicate_faults(name, files[name])
    for name in (VILLAGES, HAMLETS):
        if name in files:
            yield from part_faults(name, files[name])
    yield from reference_faults(files)
    yield from home_faults(files)
    if PARAMETERS in files:
        yield from parameter_faults(files[PARAMETERS])
    yield from _road_errors(raw)
    yield from _place_errors(files)


def _road_errors(raw: RawCounty) -> Iterator[Fault]:
    if raw.nodes is None or raw.edges is None:
        return
    cells = raw.edges.drop(columns="geometry").astype(object).to_dict("records")
    faults = list(cell_faults(ROADS, RawFile(cells, [])))
    if "osmid" not in raw.nodes:
        raw.nodes["osmid"] = raw.nodes.index + 1
    yield from faults
    if not any(fault.code == "E_MISSING_COLUMN" for fault in faults):
        yield from road_reference_faults(raw.nodes, raw.edges)


def _place_errors(files: dict[str, RawFile]) -> Iterator[Fault]:
    if COUNTY not in files:
        return
    yield from outline_faults(files[COUNTY])
    outline = outline_of(files[COUNTY])
    if outline is None:
        return
    seat = seat_of(files.get(VILLAGES), outline)
    for name in (VILLAGES, HAMLETS, SITES):
        if name in files:
            yield from position_faults(name, files[name], outline, seat)


def _warnings(county: County) -> Iterator[Fault]:
    network = road_network(county.nodes, county.edges, county.parameters, "ride")
    far = county.parameters.value("far_from_road_m")
    by_hamlets = county.points.index.name == "hamlet_id"
    places = {VILLAGES: county.villages, SITES: county.sites}
    if by_hamlets:
        places[HAMLETS] = county.points
    for name, table in places.items():
        yield from reach_faults(name, table, network, far)
        yield from datum_faults(name, table, network)
        yield from modelled_faults(name, table)
    yield from home_warnings(county.sites)
    yield from modelled_faults(TOWNSHIPS, county.townships)
    yield from modelled_faults(ROADS, county.edges)


def _sorted(faults: Iterator[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda f: (_ORDER.get(f.file, len(_ORDER)), f.row or 0, f.column, f.code, f.id))


def _county(folder: Path, raw: RawCounty) -> County:
    aliases = township_names(raw.files[TOWNSHIPS])
    villages = _table(VILLAGES, raw.files[VILLAGES]).set_index("village_id")
    sites = _table(SITES, raw.files[SITES]).set_index("site_id")
    for table in (villages, sites):
        table["township"] = table["township"].map(aliases)
    names = raw.files[COUNTY].rows[0]
    return County(
        folder=folder,
        code=str(names["code"]),
        name=str(names["name"]),
        outline=gpd.GeoDataFrame({"name": [names["name"]]}, geometry=[outline_of(raw.files[COUNTY])], crs=DEGREES),
        townships=_table(TOWNSHIPS, raw.files[TOWNSHIPS]),
        villages=villages,
        points=_points(villages, raw.files.get(HAMLETS)),
        sites=sites,
        nodes=raw.nodes,
        edges=raw.edges,
        parameters=Parameters(frame(raw.files[PARAMETERS]).set_index("key")),
        rivers=_rivers(folder),
        terrain=_terrain(folder),
        inputs_sha256=_sha256(folder),
        warnings=(),
        registers=_registers(folder, raw)[0],
        residents=_residents(raw.files.get(RESIDENTS)),
    )


def _table(file: str, raw: RawFile) -> gpd.GeoDataFrame:
    """Return a file as a table with every column of the schema in its type."""
    table = frame(raw)
    for column in columns_of(file):
        if column.name not in table:
            table[column.name] = None
        cells = table[column.name]
        if column.kind == "integer":
            numbers = pd.to_numeric(cells)
            table[column.name] = numbers.astype(int) if column.required else numbers.astype("Float64").astype("Int64")
        elif column.kind == "number":
            table[column.name] = pd.to_numeric(cells).astype(float)
        elif column.kind == "flag":
            table[column.name] = cells.astype(bool)
        elif column.kind == "code":
            table[column.name] = cells.astype(str)
        else:
            table[column.name] = cells.fillna("").astype(str)
    shapes = [shapely.geometry.shape(geometry) for geometry in raw.geometries]
    return gpd.GeoDataFrame(table, geometry=shapes, crs=DEGREES)


def _residents(raw: RawFile | None) -> pd.DataFrame | None:
    """Return the rows with every column of the schema; a blank cell is ""."""
    if raw is None:
        return None
    names = [column.name for column in columns_of(RESIDENTS)]
    return frame(raw).reindex(columns=names).astype(object).fillna("").astype(str)


def _points(villages: gpd.GeoDataFrame, hamlets: RawFile | None) -> gpd.GeoDataFrame:
    if hamlets is None:
        points = villages.rename_axis("point_id")
        return points.assign(village_id=points.index, village=points["name"])
    points = _table(HAMLETS, hamlets).set_index("hamlet_id")
    own = villages.loc[points["village_id"]]
    return points.assign(
        village=own["name"].to_numpy(), township=own["township"].to_numpy(), rural=own["rural"].to_numpy(bool)
    )


def _rivers(folder: Path) -> gpd.GeoDataFrame | None:
    path = folder / RIVERS
    return gpd.read_file(path) if path.is_file() else None


def _terrain(folder: Path) -> Terrain | None:
    picture, place = folder / TERRAIN, folder / TERRAIN_BOUNDS
    if not (picture.is_file() and place.is_file()):
        return None
    (south, west), (north, east) = json.loads(place.read_text(encoding="utf-8"))["bounds"]
    return Terrain(picture, (float(south), float(west), float(north), float(east)))


def _sha256(folder: Path) -> str:
    names = sorted({*(column.file for column in COLUMNS), *REGISTERS})
    digest = hashlib.sha256()
    for name in names:
        path = folder / name
        if path.is_file():
            digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
