"""Roads typed into the sheet 道路(可选): straight pieces hung into the network at its nodes."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from anyi_geo.bring.base import Base
from anyi_geo.bring.datum import Datum, metres_between, to_wgs84
from anyi_geo.bring.merged import ENTERED
from anyi_geo.bring.positions import ordered
from anyi_geo.bring.rows import Row
from anyi_geo.county.coordinates import DEGREES, METRES, to_metres
from anyi_geo.county.roads import open_to
from anyi_geo.errors import Fault
from anyi_geo.settings import Mode

#: An end this near to a node of the network is that node, metres.
_JOINS = 50.0
#: A length below the straight line by more than this is no slip of rounding.
_SHORTEST = 0.95
_MODES: tuple[Mode, ...] = ("walk", "ride", "car")


def put_roads(base: Base, rows: list[Row], datum: Datum) -> tuple[Base, list[Fault]]:
    """Return the county with the typed roads in its network.

    Parameters
    ----------
    base : Base
        With nodes and edges.
    rows : list of Row
        from_lon, from_lat, to_lon, to_lat in `datum`; length_m or blank (straight line).
    datum : Datum

    Returns
    -------
    tuple
        The county, and the faults of pieces with an end outside it or without length.
    """
    if base.nodes is None or base.edges is None or not rows:
        return base, []
    ends = np.array(
        [[row.entry.parsed[name] for name in ("from_lon", "from_lat", "to_lon", "to_lat")] for row in rows], float
    )
    count = len(rows)
    east, north, _, _ = ordered(datum, np.concatenate([ends[:, :2], ends[:, 2:]]))
    lon, lat = to_wgs84(datum, east, north)
    straight = metres_between(lon[:count], lat[:count], lon[count:], lat[count:])
    faults = _outside(base, rows, lon, lat) or _length_faults(rows, straight)
    if faults:
        return base, faults
    nodes, ids = _joined(base.nodes, lon, lat)
    loops = [row for row, u, v in zip(rows, ids[:count], ids[count:], strict=True) if u == v]
    if loops:
        return base, [_no_length(row) for row in loops]
    places = nodes.set_index("osmid").geometry
    added = gpd.GeoDataFrame(
        {
            "u": ids[:count],
            "v": ids[count:],
            "key": [10_000 + k for k in range(count)],
            "length_m": [
                max(float(row.entry.parsed.get("length_m") or 0.0), float(straight[k])) for k, row in enumerate(rows)
            ],
            "highway": [row.entry.parsed["highway"] for row in rows],
            "oneway": [bool(row.entry.parsed.get("oneway", False)) for row in rows],
            "maxspeed": "",
            "source": ENTERED,
        },
        geometry=[
            shapely.LineString([places.loc[u], places.loc[v]]) for u, v in zip(ids[:count], ids[count:], strict=True)
        ],
        crs=DEGREES,
    )
    # Imported roads say who may use them; a blank among true and false would turn them all into text.
    said = {mode: open_to(added, mode) for mode in _MODES if mode in base.edges}
    edges = pd.concat([base.edges, added.assign(**said)], ignore_index=True)
    return replace(base, nodes=nodes, edges=gpd.GeoDataFrame(edges, geometry="geometry", crs=DEGREES)), []


def _length_faults(rows: list[Row], straight: np.ndarray) -> list[Fault]:
    """Return pieces whose ends are one place, and lengths below the straight line between the ends."""
    faults = [_no_length(row) for row, metres in zip(rows, straight, strict=True) if metres < 1.0]
    for row, metres in zip(rows, straight, strict=True):
        given = row.entry.parsed.get("length_m")
        if given is not None and given < metres * _SHORTEST:
            faults.append(
                row.entry.fault("E_BAD_TYPE", "length_m", given, f"长度 {given:,.0f} 米，比两端的直线 {metres:,.0f} "
                                "米还短，请核对长度和坐标。",
                                f"{given:,.0f} m is less than the straight line, {metres:,.0f} m.")
            )  # fmt: skip
    return faults


def _no_length(row: Row) -> Fault:
    return row.entry.fault(
        "E_BAD_TYPE", "to_lon", row.entry.parsed["to_lon"], "起点和终点接在路网的同一处，不成一条路，请核对坐标。",
        "both ends meet the network at one node: it is no road.",
    )  # fmt: skip


def _outside(base: Base, rows: list[Row], lon: np.ndarray, lat: np.ndarray) -> list[Fault]:
    area = base.ground.outline.buffer(0.02) if base.ground.outline is not None else None
    turned = shapely.contains_xy(area, lat, lon) if area is not None else np.zeros(len(lon), bool)
    inside = shapely.contains_xy(area, lon, lat) if area is not None else np.ones(len(lon), bool)
    faults = []
    for k, row in enumerate(rows):
        for end, at, zh in (("from_lon", k, "起点"), ("to_lon", k + len(rows), "终点")):
            if turned[at]:
                faults.append(
                    row.entry.fault(
                        "E_SWAPPED_LATLON",
                        end,
                        row.entry.parsed[end],
                        f"{zh}的经纬度可能颠倒，请交换后再试。",
                        "an end has longitude and latitude exchanged.",
                    )
                )
            elif not inside[at]:
                faults.append(
                    row.entry.fault("E_OUT_OF_COUNTY", end, row.entry.parsed[end], f"{zh}在县界之外，请核对坐标。",
                                    "an end lies outside the county.")
                )  # fmt: skip
    return faults


def _joined(nodes: gpd.GeoDataFrame, lon: np.ndarray, lat: np.ndarray) -> tuple[gpd.GeoDataFrame, list[int]]:
    """Return the nodes with the ends that none of them is near to, and the node of every end."""
    ends = to_metres(shapely.points(lon, lat))
    known = list(nodes.geometry.to_crs(METRES))
    ids = list(nodes["osmid"])
    found: list[int] = []
    new: list[tuple[int, float, float]] = []
    for k, end in enumerate(ends):
        near = int(shapely.STRtree(known).nearest(end))  # typed roads are few
        if shapely.distance(known[near], end) > _JOINS:
            known.append(end)
            ids.append(max(ids) + 1)
            new.append((ids[-1], float(lon[k]), float(lat[k])))
            near = len(ids) - 1
        found.append(ids[near])
    if not new:
        return nodes, found
    added = gpd.GeoDataFrame(
        {"osmid": [n[0] for n in new], "x": [n[1] for n in new], "y": [n[2] for n in new]},
        geometry=shapely.points([n[1:] for n in new]),
        crs=DEGREES,
    )
    return gpd.GeoDataFrame(pd.concat([nodes, added], ignore_index=True), geometry="geometry", crs=DEGREES), found
