"""Outlines: the county's and the townships', brought as layers, or drawn around points and said to be modelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from anyi_geo.bring.base import Base, Feature
from anyi_geo.bring.datum import to_wgs84
from anyi_geo.bring.entries import Understood
from anyi_geo.bring.merged import ENTERED, MODELLED
from anyi_geo.bring.positions import Ground, declared_datum
from anyi_geo.county.coordinates import to_degrees, to_metres
from anyi_geo.county.reading import RawFile
from anyi_geo.errors import Fault
from anyi_geo.schema import COUNTY, TOWNSHIPS

#: Land around the outermost village when nobody brought an outline, metres.
_MARGIN_M = 2_000.0


def put_areas(base: Base, tables: Iterable[Understood], declared: str | None) -> tuple[Base, list[Fault]]:
    """Return the county with the outlines that the planner brings.

    Parameters
    ----------
    base : Base
    tables : iterable of Understood
        Those of the sheets 县界 and 乡镇界 are used.
    declared : str or None
        ``--crs``.
    """
    faults: list[Fault] = []
    for table in tables:
        key = table.sheet.key if table.sheet is not None else ""
        if key not in {"county", "townships"}:
            continue
        datum, wrong = declared_datum(table, declared)
        faults += wrong
        if datum is None:
            continue
        shapes = []
        for entry in table.entries:
            if entry.shape is None or entry.shape.area == 0:
                faults.append(entry.fault("E_BAD_TYPE", "geometry", None, "不是面，请换成面图层。", "is no polygon."))
                continue
            moved = shapely.transform(entry.shape, lambda c: np.column_stack(to_wgs84(datum, c[:, 0], c[:, 1])))  # noqa: B023
            shapes.append((entry.parsed, shapely.make_valid(moved)))
        base = _with_outline(base, shapes) if key == "county" else _with_townships(base, shapes)
    return base, faults


def _with_outline(base: Base, shapes: list[tuple[dict[str, Any], Any]]) -> Base:
    if not shapes:
        return base
    outline = shapely.union_all([shape for _, shape in shapes])
    cells = {"code": str(shapes[0][0].get("code", base.code)), "name": str(shapes[0][0].get("name", ""))}
    middle = shapely.centroid(outline)
    files = {**base.files, COUNTY: RawFile([cells], [shapely.geometry.mapping(outline)])}
    seat = base.ground.seat if base.villages else (middle.x, middle.y)
    return replace(base, code=cells["code"], ground=Ground(outline, seat), files=files)


def _with_townships(base: Base, shapes: list[tuple[dict[str, Any], Any]]) -> Base:
    rows = [
        {
            "code": str(cells.get("code") or f"T{number:02d}"),
            "name": str(cells.get("name", "")),
            "aliases": str(cells.get("aliases", "")),
            "status": ENTERED,
        }
        for number, (cells, _) in enumerate(shapes, 1)
    ]
    names = {alias: row["name"] for row in rows for alias in row["aliases"].split(";") if alias}
    names |= {row["name"]: row["name"] for row in rows}
    return replace(
        base,
        townships=names,
        township_codes={row["code"]: row["name"] for row in rows},
        areas={row["name"]: shape for row, (_, shape) in zip(rows, shapes, strict=True)},
        files={**base.files, TOWNSHIPS: RawFile(rows, [shapely.geometry.mapping(shape) for _, shape in shapes])},
    )


def drawn_around(base: Base, villages: dict[str, Feature], name: str) -> Base:
    """Return a new county with the outlines it lacks drawn around its villages, as modelled ones.

    The county is the hull of its villages with a margin; a township is what lies nearest to its own villages.
    """
    placed = {code: feature for code, feature in villages.items() if feature.place is not None}
    if not placed:
        return base
    points = to_metres(shapely.points([feature.place for feature in placed.values()]))
    if base.ground.outline is None:
        hull = shapely.buffer(shapely.convex_hull(shapely.union_all(points)), _MARGIN_M)
        outline = to_degrees(np.array([hull]))[0]
        code = next(iter(placed))[:6]
        base = _with_outline(base, [({"code": code if code.isdigit() else "000000", "name": name}, outline)])
    if not base.areas:
        area = to_metres(np.array([base.ground.outline]))[0]
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=area))
        members = defaultdict(list)
        tree = shapely.STRtree(cells)
        for point, (code, feature) in zip(points, placed.items(), strict=True):
            found = tree.query(point, predicate="intersects")
            cell = cells[found[0]] if len(found) else point.buffer(1.0)
            members[str(feature.cells.get("township") or name)].append((code, cell))
        shapes = []
        for number, (township, own) in enumerate(members.items(), 1):
            code = own[0][0][:9]
            piece = shapely.intersection(shapely.union_all([cell for _, cell in own]), area)
            shape = to_degrees(np.array([piece]))[0]
            shapes.append(({"code": code if code.isdigit() else f"T{number:02d}", "name": township}, shape))
        base = _with_townships(base, shapes)
        for row in base.files[TOWNSHIPS].rows:
            row["status"] = MODELLED
    return base
