"""The county that an import starts from: rows by identifier, names, outline."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from anyi_geo.bring.names import Place
from anyi_geo.bring.positions import Ground
from anyi_geo.county.positions import outline_of, point_of, seat_of
from anyi_geo.county.reading import RawFile, read_county
from anyi_geo.county.rules import township_names
from anyi_geo.errors import InputError
from anyi_geo.schema import COUNTY, HAMLETS, PARAMETERS, RESIDENTS, ROADS, SITES, TOWNSHIPS, VILLAGES

#: A county of the planner's own grows: villages first, then sites, then roads.
BROUGHT_LATER = frozenset({SITES, ROADS})


@dataclass(frozen=True)
class Feature:
    """One row of the county folder.

    Attributes
    ----------
    cells : dict
        By column.
    place : tuple or None
        Longitude and latitude.
    """

    cells: dict[str, Any]
    place: tuple[float, float] | None


@dataclass(frozen=True)
class Base:
    """What the county knows before the import.

    Attributes
    ----------
    code : str
        Six digits of the county, or "".
    villages, hamlets, sites : dict
        Features by identifier, in file order.
    townships : dict
        Every name and alias with the name it stands for.
    township_codes : dict
        Name by code.
    areas : dict
        Geometry by township.
    parameters, residents : list of dict
    ground : Ground
    nodes, edges : GeoDataFrame or None
    files : dict
        GeoJSON rows of outline and townships as read.
    """

    code: str
    villages: dict[str, Feature]
    hamlets: dict[str, Feature]
    sites: dict[str, Feature]
    townships: dict[str, str]
    township_codes: dict[str, str]
    areas: dict[str, Any]
    parameters: list[dict[str, Any]]
    residents: list[dict[str, Any]]
    ground: Ground
    nodes: gpd.GeoDataFrame | None
    edges: gpd.GeoDataFrame | None
    files: dict[str, RawFile] = field(default_factory=dict)

    def places(self) -> list[Place]:
        """Return the villages as the gazetteer takes them."""
        return [
            Place(code, str(f.cells.get("name")), self.townships.get(str(f.cells.get("township")), ""))
            for code, f in self.villages.items()
        ]


def read_base(folder: Path, *, fresh: bool) -> Base:
    """Read the county that an import starts from.

    Parameters
    ----------
    folder : Path
        A whole county folder.
    fresh : bool
        Keep nothing of it but the parameters: the planner brings another county.

    Raises
    ------
    InputError
        When the folder itself cannot be read.
    """
    raw = read_county(folder)
    wrong = [fault for fault in raw.faults if not (fault.file in BROUGHT_LATER and fault.code == "E_MISSING_FILE")]
    if wrong and not fresh:
        raise InputError(wrong)
    parameters = raw.files[PARAMETERS].rows if PARAMETERS in raw.files else []
    if fresh:
        return Base("", {}, {}, {}, {}, {}, {}, parameters, [], Ground(None, (0.0, 0.0)), None, None)
    outline = outline_of(raw.files[COUNTY])
    if outline is None:
        raise InputError(raw.faults)
    townships = raw.files[TOWNSHIPS]
    return Base(
        code=str(raw.files[COUNTY].rows[0].get("code") or ""),
        villages=_features(raw.files[VILLAGES], "village_id"),
        hamlets=_features(raw.files[HAMLETS], "hamlet_id") if HAMLETS in raw.files else {},
        sites=_features(raw.files[SITES], "site_id") if SITES in raw.files else {},
        townships=township_names(townships),
        township_codes={str(row.get("code")): str(row.get("name")) for row in townships.rows},
        areas={
            str(row.get("name")): shapely.geometry.shape(shape)
            for row, shape in zip(townships.rows, townships.geometries, strict=True)
            if shape
        },
        parameters=parameters,
        residents=raw.files[RESIDENTS].rows if RESIDENTS in raw.files else [],
        ground=Ground(outline, seat_of(raw.files[VILLAGES], outline)),
        nodes=raw.nodes,
        edges=raw.edges,
        files={name: raw.files[name] for name in (COUNTY, TOWNSHIPS)},
    )


def _features(raw: RawFile, key: str) -> dict[str, Feature]:
    return {
        str(row[key]): Feature(dict(row), point_of(shape))
        for row, shape in zip(raw.rows, raw.geometries, strict=True)
        if row.get(key) is not None
    }
