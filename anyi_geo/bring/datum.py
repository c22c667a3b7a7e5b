"""From the datum that the planner declared to WGS84 degrees; nothing about a datum is ever guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError

from anyi_geo.county.coordinates import bd09_to_gcj02, gcj02_to_wgs84
from anyi_geo.errors import Message, SettingError

Shift = Literal["none", "gcj02", "bd09"]

#: What planners call them. CGCS2000 and WGS84 differ by centimetres: equal for our purpose.
_NAMES: dict[str, tuple[Shift, int]] = {
    "wgs84": ("none", 4326),
    "gps": ("none", 4326),
    "天地图": ("none", 4490),
    "cgcs2000": ("none", 4490),
    "国家2000": ("none", 4490),
    "gcj02": ("gcj02", 4326),
    "高德": ("gcj02", 4326),
    "腾讯": ("gcj02", 4326),
    "bd09": ("bd09", 4326),
    "百度": ("bd09", 4326),
}
#: EPSG blocks of CGCS2000 Gauss-Kruger: first, last, degrees of a zone, number of the first zone, zone in the easting.
_BLOCKS = (
    (4491, 4501, 6, 13, True),
    (4502, 4512, 6, 13, False),
    (4513, 4533, 3, 25, True),
    (4534, 4554, 3, 25, False),
)
_DATUMS = ("World Geodetic System 1984", "China 2000", "China Geodetic Coordinate System 2000")
#: Eastings, 500,000 at the central meridian, stay below it even one zone off; the zone number counts such steps.
_ZONE_STEP = 1_000_000.0
#: Northings in China lie between these; no easting does, with or without its zone number.
_NORTHINGS = (1_900_000.0, 6_000_000.0)
_GEOD = Geod(ellps="WGS84")
ASK = Message(
    "请用 --crs 写明坐标系，程序不猜：高德、腾讯地图取的点写 gcj02，百度写 bd09，GPS、奥维、谷歌地球写 wgs84，"
    "天地图、国家2000 经纬度写 cgcs2000，国家2000 平面坐标写投影的 EPSG 代码（如中央经线 117° 写 4548，114° 写 4547）。"
    "写错会差 600 到 1,200 米",
    "name the datum with --crs, it is never guessed: gcj02 (Gaode, Tencent), bd09 (Baidu), wgs84 (GPS), cgcs2000, "
    "or the "
    "EPSG code of a projection (4548, 4547); a wrong one is 600 to 1,200 m off",
)


@dataclass(frozen=True)
class Datum:
    """A declared datum.

    Attributes
    ----------
    name : str
        As declared.
    shift : str
        The Chinese shift on top of degrees: none, gcj02, bd09.
    epsg : int
    projected : bool
        Metres instead of degrees.
    zone, zone_degrees : int
        Number and width of the Gauss-Kruger zone, 0 for others.
    """

    name: str
    shift: Shift
    epsg: int
    projected: bool = False
    zone: int = 0
    zone_degrees: int = 0

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        shifted = {"gcj02": "GCJ-02（高德）", "bd09": "BD-09（百度）"}.get(self.shift)
        return shifted or {4326: "WGS84", 4490: "CGCS2000"}.get(self.epsg, f"EPSG:{self.epsg}")


def parse_datum(text: str) -> Datum:
    """Return the datum that ``--crs`` names.

    Raises
    ------
    SettingError
        When the name is unknown or the system cannot be turned into WGS84 without local survey parameters.
    """
    word = re.sub(r"[\s_\-]|坐标系?$|经纬度$", "", text.strip().lower())
    if word in _NAMES:
        shift, epsg = _NAMES[word]
        return Datum(text, shift, epsg)
    match = re.fullmatch(r"(?:epsg:?:?)?(\d{4,6})", word)
    if match is None:
        raise SettingError(f"不认识坐标系“{text}”：{ASK.zh}。", f"Datum {text!r} is not known: {ASK.en}.")
    code = int(match[1])
    try:
        crs = CRS.from_epsg(code)
    except CRSError:
        raise SettingError(f"没有 EPSG:{code} 这个坐标系：{ASK.zh}。", f"There is no EPSG:{code}: {ASK.en}.") from None
    base = crs.geodetic_crs
    if base is None or base.datum is None or not base.datum.name.startswith(_DATUMS) or len(crs.axis_info) != 2:
        raise SettingError(
            f"EPSG:{code}（{crs.name}）换算到 WGS84 需要当地的转换参数：请先由测绘部门转成国家2000 再导入。",
            f"EPSG:{code} ({crs.name}) needs local survey parameters: have it converted to CGCS2000 first.",
        )
    for first, last, degrees, zone, _ in _BLOCKS:
        if first <= code <= last:
            return Datum(text, "none", code, projected=True, zone=zone + code - first, zone_degrees=degrees)
    return Datum(text, "none", code, projected=crs.is_projected)


def same_datum(one: str, other: str) -> bool:
    """Return whether two names stand for the same degrees; a projection agrees with its own degrees."""
    if "file" in (one, other) or not one or not other:
        return not one or not other
    return parse_datum(one).shift == parse_datum(other).shift


def to_wgs84(datum: Datum, east: np.ndarray, north: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude on WGS84.

    Parameters
    ----------
    datum : Datum
    east, north : ndarray
        Longitude and latitude in degrees, or easting and northing in metres (zone number in front or not).
    """
    east, north = np.asarray(east, float), np.asarray(north, float)
    if not datum.projected:
        if datum.shift == "bd09":
            east, north = bd09_to_gcj02(east, north)
        if datum.shift != "none":
            east, north = gcj02_to_wgs84(east, north)
        return east, north
    if datum.zone:
        plain = np.where(east >= _ZONE_STEP, east % _ZONE_STEP, east)
        lon, lat = Transformer.from_crs(_central(datum), 4326, always_xy=True).transform(plain, north)
    else:
        lon, lat = Transformer.from_crs(datum.epsg, 4326, always_xy=True).transform(east, north)
    return np.asarray(lon, float), np.asarray(lat, float)


def _central(datum: Datum) -> int:
    """Return the EPSG code of the same zone without its number in the easting."""
    first, zone = next((b[0], b[3]) for b in _BLOCKS if b[2] == datum.zone_degrees and not b[4])
    return first + datum.zone - zone


def zone_in(easting: float) -> int:
    """Return the zone number that stands before an easting of eight digits, or 0."""
    return int(easting // _ZONE_STEP) if easting >= 13 * _ZONE_STEP else 0


def looks_metric(value: float) -> bool:
    """Return whether a coordinate is metres of a projection and cannot be degrees."""
    return abs(value) > 1_000.0


def is_northing_first(first: float, second: float) -> bool | None:
    """Return whether a pair of metres is (north, east); None when its magnitudes do not say.

    Chinese survey tables call the northing X; spreadsheets from GIS call the easting X.
    """
    if _is_north(first) and _is_east(second):
        return True
    return False if _is_north(second) and _is_east(first) else None


def _is_north(value: float) -> bool:
    return _NORTHINGS[0] <= value <= _NORTHINGS[1]


def _is_east(value: float) -> bool:
    plain = value % _ZONE_STEP if zone_in(value) else value
    return 0.0 < plain < _ZONE_STEP


def metres_between(lon: np.ndarray, lat: np.ndarray, other_lon: np.ndarray, other_lat: np.ndarray) -> np.ndarray:
    """Return geodesic metres between pairs of points."""
    return np.asarray(_GEOD.inv(lon, lat, other_lon, other_lat)[2], float)
