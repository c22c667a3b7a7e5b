"""Warnings of a sound folder: places no road leads to, far from any road, shifted like Gaode's, modelled data."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from anyi_geo.county.coordinates import DEGREES, gcj02_to_wgs84
from anyi_geo.county.roads import RoadNetwork
from anyi_geo.county.snap import snap
from anyi_geo.errors import Fault, Message
from anyi_geo.schema import HAMLETS, ROADS, SITES, TOWNSHIPS, VILLAGES

#: A datum shift is suspected when it would halve the distance to the roads.
_SUSPICIOUS = 0.5
#: Fewer points than this prove nothing about a datum.
_ENOUGH = 5
_MEASURED = ("observed", "county")
_STATUS_COLUMNS = {
    TOWNSHIPS: ("status",),
    VILLAGES: ("position_status", "persons_status"),
    HAMLETS: ("position_status",),
    SITES: ("position_status", "attributes_status"),
    ROADS: ("source",),
}


def reach_faults(file: str, places: gpd.GeoDataFrame, network: RoadNetwork, far_m: float) -> Iterator[Fault]:
    """Yield places whose nearest road is cut off from the main network, and places far from any road.

    Parameters
    ----------
    file : str
        File the places come from, in file order.
    places : GeoDataFrame
        Index their ids; persons_60plus when they are demand points.
    network : RoadNetwork
        Of e-tricycles.
    far_m : float
        Metres beyond which a place is far.
    """
    snapped = snap(network, places.geometry)
    part = network.component[network.start[snapped.edge]]
    elders = places["persons_60plus"] if "persons_60plus" in places else pd.Series(0, index=places.index)
    for number, (name, label) in enumerate(zip(places.index, places["name"], strict=True), 1):
        title, persons = f"“{label}”（{name}）", int(elders.iloc[number - 1])
        if part[number - 1] != 0:
            served = f"，{persons} 位老人" if persons else ""
            yield Fault(
                "W_UNREACHABLE", file, number, str(name), "geometry", persons or None,
                Message(
                    f"{title}{served}：最近的道路与主路网不相连，无路可达；人数保留在总数中。请核对道路。",
                    f"{label} ({name}), {persons} elders: its nearest road is cut off; they stay in every total.",
                ),
            )  # fmt: skip
        distance = float(snapped.walk_m[number - 1])
        if distance > far_m:
            yield Fault(
                "W_FAR_FROM_ROAD", file, number, str(name), "geometry", round(distance),
                Message(
                    f"{title}离最近的道路 {distance:,.0f} 米，超过 {far_m:g} 米：请核对坐标或补充道路。",
                    f"{label} ({name}) is {distance:,.0f} m from the nearest road (limit {far_m:g} m).",
                ),
            )  # fmt: skip


def datum_faults(file: str, places: gpd.GeoDataFrame, network: RoadNetwork) -> Iterator[Fault]:
    """Yield a warning when measured points fit the roads much better after a GCJ-02 to WGS84 shift."""
    measured = places[places["position_status"].isin(_MEASURED)]
    if len(measured) < _ENOUGH:
        return
    lon, lat = gcj02_to_wgs84(measured.geometry.x.to_numpy(), measured.geometry.y.to_numpy())
    shifted = gpd.GeoSeries(gpd.points_from_xy(lon, lat, crs=DEGREES), index=measured.index)
    before = float(np.median(snap(network, measured.geometry).walk_m))
    after = float(np.median(snap(network, shifted).walk_m))
    if after < _SUSPICIOUS * before:
        yield Fault(
            "W_MAYBE_GCJ02", file, None, "", "geometry", round(before),
            Message(
                f"{file} 的实测点可能是高德坐标（GCJ-02）：离道路中位数 {before:.0f} 米，"
                f"按高德换算后为 {after:.0f} 米。请确认坐标来源。",
                f"{file}: points may be GCJ-02: median {before:.0f} m to a road, {after:.0f} m once shifted.",
            ),
        )  # fmt: skip


def modelled_faults(file: str, table: pd.DataFrame) -> Iterator[Fault]:
    """Yield one warning per file that holds modelled values."""
    columns = [column for column in _STATUS_COLUMNS[file] if column in table]
    modelled = np.zeros(len(table), bool)
    for column in columns:
        modelled |= (table[column] == "modelled").to_numpy()
    count = int(modelled.sum())
    if count:
        share = count / len(table)
        yield Fault(
            "W_MODELLED", file, None, "", columns[0], round(share, 4),
            Message(
                f"{file} 有 {count} / {len(table)} 行为模拟数据（{share:.0%}），只用于演示和检验方法。",
                f"{file}: {count} of {len(table)} rows are modelled ({share:.0%}).",
            ),
        )  # fmt: skip
