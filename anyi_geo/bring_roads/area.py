"""The county's outline with a margin, and what of the roads lies in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS, Transformer

from anyi_geo.bring_roads.ways import Extent
from anyi_geo.county.positions import outline_of
from anyi_geo.county.reading import read_features
from anyi_geo.errors import Fault, InputError, Message, SettingError
from anyi_geo.schema import COUNTY

_M_PER_KM = 1000.0
_WIDEST_MARGIN_KM = 100.0


@dataclass(frozen=True)
class Area:
    """Where roads are wanted.

    Attributes
    ----------
    outline : Geometry
        The county, degrees.
    cut : Geometry
        The county and the margin around it, degrees.
    margin_km : float
    east_north : Transformer
        From degrees to metres around the county's middle (azimuthal equidistant: true anywhere on earth).
    """

    outline: shapely.Geometry
    cut: shapely.Geometry
    margin_km: float
    east_north: Transformer

    def metres(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Return points x 2 metres, east and north."""
        return np.column_stack(self.east_north.transform(np.asarray(lon, float), np.asarray(lat, float)))


def planning_area(folder: Path, margin_km: float) -> Area:
    """Read the outline of a county folder and put a margin around it.

    Raises
    ------
    SettingError
        When the margin is no distance from 0 to 100 km.
    InputError
        When the folder has no readable outline.
    """
    if not (math.isfinite(margin_km) and 0.0 <= margin_km <= _WIDEST_MARGIN_KM):
        raise SettingError(
            f"--margin-km 是县界外多保留几公里道路，应在 0 到 {_WIDEST_MARGIN_KM:g} 之间，现为 {margin_km:g}。",
            f"--margin-km must be 0 to {_WIDEST_MARGIN_KM:g}, got {margin_km:g}.",
        )
    raw = read_features(folder, COUNTY)
    outline = outline_of(raw)
    if outline is None:
        raise InputError(
            [
                Fault(
                    "E_BAD_TYPE", COUNTY, 1, "", "geometry", None,
                    Message(f"{COUNTY} 不是面：请放入县界多边形。", f"{COUNTY} holds no polygon: put one there."),
                )
            ]
        )  # fmt: skip
    middle = shapely.centroid(outline)
    local = CRS.from_proj4(f"+proj=aeqd +lat_0={middle.y} +lon_0={middle.x} +datum=WGS84 +units=m")
    there = Transformer.from_crs(4326, local, always_xy=True)
    back = Transformer.from_crs(local, 4326, always_xy=True)
    metric = shapely.transform(outline, lambda c: np.column_stack(there.transform(c[:, 0], c[:, 1])))
    wide = shapely.buffer(metric, margin_km * _M_PER_KM)
    cut = shapely.transform(wide, lambda c: np.column_stack(back.transform(c[:, 0], c[:, 1])))
    shapely.prepare([outline, cut])
    return Area(outline, cut, float(margin_km), there)


def touching(shape: shapely.Geometry, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return which straight pieces touch a polygon.

    Parameters
    ----------
    shape : Geometry
        Prepared, degrees.
    start, end : ndarray, pieces x 2
        Degrees.
    """
    kept = shapely.contains_xy(shape, start[:, 0], start[:, 1])
    kept |= shapely.contains_xy(shape, end[:, 0], end[:, 1])
    west, south, east, north = shape.bounds
    low, high = np.minimum(start, end), np.maximum(start, end)
    near = (low[:, 0] <= east) & (high[:, 0] >= west) & (low[:, 1] <= north) & (high[:, 1] >= south)
    open_question = np.flatnonzero(near & ~kept)
    if len(open_question):
        pieces = shapely.linestrings(np.stack([start[open_question], end[open_question]], axis=1))
        kept[open_question] = shapely.intersects(shape, pieces)
    return kept


def no_overlap(file: str, extent: Extent, area: Area) -> InputError:
    """Return the error of roads of another region, with both extents."""
    wanted: Extent = area.cut.bounds
    county = f"本县（含外扩 {area.margin_km:g} 公里）"
    return InputError(
        [
            Fault(
                "E_NO_OVERLAP", file, None, "", "geometry", [round(value, 4) for value in extent],
                Message(
                    f"{file} 的道路在 {extent_zh(extent)}，{county}在 {extent_zh(wanted)}，"
                    "两者不重叠。请下载包含本县的范围，或用 --data 指定对应的县数据文件夹。",
                    f"{file} covers {extent_en(extent)}; the county with its margin of {area.margin_km:g} km is at "
                    f"{extent_en(wanted)}: they do not overlap. Download the right region or name another --data.",
                ),
            )
        ]
    )  # fmt: skip


def covered_share(extent: Extent, area: Area) -> float:
    """Return how much of the county's area an extent covers."""
    return float(shapely.area(area.outline.intersection(shapely.box(*extent))) / shapely.area(area.outline))


def extent_zh(extent: Extent) -> str:
    """Return an extent in words."""
    return f"经度 {extent[0]:.3f} 至 {extent[2]:.3f}、纬度 {extent[1]:.3f} 至 {extent[3]:.3f}"


def extent_en(extent: Extent) -> str:
    """Return an extent in English words."""
    return f"longitude {extent[0]:.3f} to {extent[2]:.3f}, latitude {extent[1]:.3f} to {extent[3]:.3f}"
