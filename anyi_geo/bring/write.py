"""A merged county as files."""

from __future__ import annotations

import csv
import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anyi_geo.bring.base import Base, Feature
from anyi_geo.bring.merged import Merged
from anyi_geo.county.reading import EDGES, NODES, RawFile
from anyi_geo.schema import COUNTY, HAMLETS, PARAMETERS, RESIDENTS, ROADS, SITES, TOWNSHIPS, VILLAGES, columns_of

#: A centimetre; what the datum transforms promise is finer.
_DECIMALS = 7
_SOURCES = "SOURCES.md"


def write_county(work: Path, start: Path, base: Base, merged: Merged, note: str, *, fresh: bool) -> None:
    """Write the county after an import into an empty folder.

    Parameters
    ----------
    work : Path
        Empty.
    start : Path
        The county folder that the import started from; all its other files come along.
    base, merged : Base, Merged
    note : str
        Paragraph for ``SOURCES.md``: where the new values come from.
    fresh : bool
        Take only parameters and scenarios from `start`.
    """
    if fresh:
        shutil.copytree(start / "scenarios", work / "scenarios")
    else:
        shutil.copytree(start, work, dirs_exist_ok=True)
    for name in (COUNTY, TOWNSHIPS):
        if name in base.files:
            _write_raw(work / name, base.files[name])
    for name, table in ((VILLAGES, merged.villages), (HAMLETS, merged.hamlets), (SITES, merged.sites)):
        if table:
            _write_features(work / name, table)
    _write_rows(work / PARAMETERS, [column.name for column in columns_of(PARAMETERS)], merged.parameters)
    if merged.residents:
        _write_rows(work / RESIDENTS, [column.name for column in columns_of(RESIDENTS)], merged.residents)
    if not fresh and base.nodes is not None and base.edges is not None and merged.counts.get("roads"):
        (work / ROADS).unlink(missing_ok=True)
        base.nodes.to_file(work / ROADS, layer=NODES, driver="GPKG")
        base.edges.to_file(work / ROADS, layer=EDGES, driver="GPKG")
    sources = work / _SOURCES
    text = sources.read_text(encoding="utf-8") if sources.is_file() else "# 数据来源\n"
    sources.write_text(f"{text.rstrip()}\n\n{note}\n", encoding="utf-8")


def _write_features(path: Path, table: Mapping[str, Feature]) -> None:
    columns = list(dict.fromkeys(name for feature in table.values() for name in feature.cells))
    lines = []
    for feature in table.values():
        cells = {name: _plain(feature.cells.get(name)) for name in columns}
        shape = None
        if feature.place is not None:
            shape = {"type": "Point", "coordinates": [round(value, _DECIMALS) for value in feature.place]}
        lines.append(_line(cells, shape))
    _write_lines(path, lines)


def _write_raw(path: Path, raw: RawFile) -> None:
    _write_lines(path, [_line(cells, shape) for cells, shape in zip(raw.rows, raw.geometries, strict=True)])


def _line(cells: Mapping[str, Any], shape: Any) -> str:
    return json.dumps({"type": "Feature", "properties": cells, "geometry": shape}, ensure_ascii=False)


def _write_lines(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    body = ",\n".join(lines)
    path.write_text(f'{{\n"type": "FeatureCollection",\n"features": [\n{body}\n]\n}}\n', encoding="utf-8")


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _write_rows(path: Path, columns: list[str], rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        columns = [*columns, *(name for name in rows[0] if name not in columns)]
        table.writerow(columns)
        table.writerows([_number(row.get(name)) for name in columns] for row in rows)


def _number(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else value
