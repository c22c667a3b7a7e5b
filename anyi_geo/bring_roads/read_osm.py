"""Roads and places of an OpenStreetMap extract (.osm, .osm.gz, .osm.bz2, .osm.pbf), read as a stream by libosmium."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd

from anyi_geo.bring_roads.ways import TAGS, Extent, Say, Ways, tag_table
from anyi_geo.bring_roads.write import whole_file
from anyi_geo.county.reading import unreadable
from anyi_geo.errors import InputError, Message

SUFFIXES = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")
#: Tags of a place node that name it; Chinese names come first.
_NAMES = ("name:zh", "name", "alt_name", "old_name", "name:en")
_UNITS = 10_000_000  # libosmium holds a degree as ten million whole units
_UNKNOWN = 2_147_483_647
_MB = 1_000_000
#: From this size on the positions of nodes wait on disk, so that memory stays small; XML is some 15 times as long.
_LARGE = {".pbf": 300 * _MB, ".gz": 450 * _MB, ".bz2": 400 * _MB, ".osm": 5000 * _MB}


def read_ways(path: Path, bounds: Extent, say: Say) -> Ways:
    """Return the ways with a `highway` tag that come near `bounds`.

    A way that lacks nodes, as at the rim of a clipped extract, is split where they are missing.

    Raises
    ------
    InputError
        When the file is cut off or no OpenStreetMap file.
    """
    large = path.stat().st_size > _LARGE.get(path.suffix, _LARGE[".osm"])
    if large:
        say(
            Message(
                f"{path.name} 有 {path.stat().st_size / _MB:,.0f} MB，读取要几分钟，并需要较多磁盘空间。"
                "下次可先裁到本市范围，会快得多。",
                f"{path.name} is {path.stat().st_size / _MB:,.0f} MB: reading takes minutes and disk space.",
            )
        )
    with tempfile.TemporaryDirectory(prefix="anyi-geo-") as folder:
        index = f"sparse_file_array,{folder}/nodes" if large else "flex_mem"
        try:
            return _collect(_highways(path, index), _unsent(path), bounds)
        except (RuntimeError, OSError, ValueError) as error:
            raise InputError([unreadable(path.name, _why(error))]) from None


def _highways(path: Path, index: str) -> Iterator[Any]:
    kinds = osmium.osm.NODE | osmium.osm.WAY
    return iter(
        osmium.FileProcessor(str(path), kinds)
        .with_locations(index)
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    )


def _unsent(path: Path) -> dict[int, tuple[int, int]]:
    """Return the nodes numbered below zero, which an editor has not sent yet; libosmium's index takes none."""
    if path.suffix != ".osm":
        return {}
    with path.open("rb") as file:
        if not any(mark in line for line in file for mark in (b" id='-", b' id="-')):
            return {}
    nodes = cast("Iterator[osmium.osm.Node]", osmium.FileProcessor(str(path), osmium.osm.NODE))
    return {node.id: (node.location.x, node.location.y) for node in nodes if node.id < 0}


def _collect(highways: Iterator[Any], unsent: dict[int, tuple[int, int]], bounds: Extent) -> Ways:
    west, south, east, north = (round(value * _UNITS) for value in bounds)
    rows: list[dict[str, str]] = []
    ids: list[str] = []
    first, node, xs, ys = array("q", [0]), array("q"), array("i"), array("i")
    low_x, low_y, high_x, high_y = _UNKNOWN, _UNKNOWN, -_UNKNOWN, -_UNKNOWN
    for way in highways:
        line = [(spot.ref, spot.x, spot.y) for spot in way.nodes]
        if unsent:
            line = [(ref, *unsent.get(ref, (x, y))) for ref, x, y in line]
        known = [(x, y) for _, x, y in line if x != _UNKNOWN]
        if len(known) < 2:
            continue
        left, right = min(x for x, _ in known), max(x for x, _ in known)
        bottom, top = min(y for _, y in known), max(y for _, y in known)
        low_x, low_y = min(low_x, left), min(low_y, bottom)
        high_x, high_y = max(high_x, right), max(high_y, top)
        if right < west or left > east or top < south or bottom > north:
            continue
        tags = {key: way.tags[key] for key in TAGS if key in way.tags}
        for run in _runs(line):
            rows.append(tags)
            ids.append(str(way.id))
            node.extend(ref for ref, _, _ in run)
            xs.extend(x for _, x, _ in run)
            ys.extend(y for _, _, y in run)
            first.append(len(node))
    extent = (low_x / _UNITS, low_y / _UNITS, high_x / _UNITS, high_y / _UNITS)
    return Ways(
        tags=tag_table(rows, ids),
        first=np.array(first, np.int64),
        node=np.array(node, np.int64),
        lon=np.array(xs, float) / _UNITS,
        lat=np.array(ys, float) / _UNITS,
        extent=extent if low_x != _UNKNOWN else None,
        source="osm",
    )


def _runs(line: list[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    """Split a way where nodes are missing; runs of one node are nothing."""
    runs: list[list[tuple[int, int, int]]] = [[]]
    for spot in line:
        if spot[1] == _UNKNOWN:
            runs.append([])
        else:
            runs[-1].append(spot)
    return [run for run in runs if len(run) > 1]


def read_places(path: Path, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Return the settlements of an extract.

    Parameters
    ----------
    path : Path
    kinds : tuple of str
        Values of the tag `place` that are wanted.

    Returns
    -------
    DataFrame
        Index place_id ("node/1"); kind, names (all of them, separated by semicolons), lon, lat; in file order.
    """
    rows = []
    try:
        found = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(osmium.filter.KeyFilter("place"))
        for node in cast("Iterator[osmium.osm.Node]", found):
            names = [node.tags[key] for key in _NAMES if key in node.tags]
            if node.tags["place"] in kinds and names and node.location.valid():
                text = ";".join(dict.fromkeys(names))
                rows.append((f"node/{node.id}", node.tags["place"], text, node.location.lon, node.location.lat))
    except (RuntimeError, OSError, ValueError) as error:
        raise InputError([unreadable(path.name, _why(error))]) from None
    table = pd.DataFrame(rows, columns=["place_id", "kind", "names", "lon", "lat"])
    return table.set_index("place_id")


def write_places(settlements: gpd.GeoDataFrame, path: Path) -> None:
    """Write settlements as OSMnx returns them (index element, id) as an .osm file that `read_places` reads."""
    keys = [key for key in (*_NAMES, "place") if key in settlements]
    with whole_file(path) as work, osmium.SimpleWriter(str(work)) as writer:
        for (_, number), row in settlements.iterrows():
            tags = {key: str(row[key]) for key in keys if isinstance(row[key], str)}
            spot = (row.geometry.x, row.geometry.y)
            writer.add_node(osmium.osm.mutable.Node(id=int(number), location=spot, tags=tags, version=1))


def _why(error: Exception) -> Message:
    return Message(f"不是完整的 OpenStreetMap 文件（{error}）", f"it is no whole OpenStreetMap file ({error})")
