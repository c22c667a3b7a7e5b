"""Where the rows of a table stand: the declared datum applied, and every place that cannot be right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from anyi_geo.bring.datum import (
    ASK,
    Datum,
    is_northing_first,
    looks_metric,
    metres_between,
    parse_datum,
    to_wgs84,
    zone_in,
)
from anyi_geo.bring.entries import Entry, Understood
from anyi_geo.bring.layout import LAT, LON, PAIR
from anyi_geo.bring.numbers import is_empty
from anyi_geo.errors import Fault, Message

#: Points this near outside the outline are on it (degrees, about 50 m), as for a county folder.
_RIM = 0.0005
#: A fault that most rows share is a fault of the declaration, not of the rows.
_MOST = 0.8
_ENOUGH = 3
#: ``--crs`` for a layer that declares its own system.
AS_IN_FILE = "file"


@dataclass(frozen=True)
class Ground:
    """What points are held against.

    Attributes
    ----------
    outline : geometry or None
        The county in degrees; None when it is not known yet.
    seat : tuple
        Longitude and latitude of the county seat.
    """

    outline: shapely.Geometry | None
    seat: tuple[float, float]


@dataclass(frozen=True)
class Positions:
    """Places of a table's rows.

    Attributes
    ----------
    places : list
        (longitude, latitude) on WGS84 or None, one per entry.
    faults : list of Fault
    shift_m : float or None
        Median distance between the numbers read as degrees and the place stored; None for a projection.
    notes : list of Message
    """

    places: list[tuple[float, float] | None]
    faults: list[Fault]
    shift_m: float | None = None
    notes: tuple[Message, ...] = ()


def has_positions(table: Understood) -> bool:
    """Return whether any row of a table holds a coordinate."""
    return any(entry.shape is not None or LON in entry.parsed or LAT in entry.parsed for entry in table.entries)


def locate(table: Understood, declared: str | None, ground: Ground) -> Positions:
    """Return where the rows of a table stand.

    Parameters
    ----------
    table : Understood
        Of points.
    declared : str or None
        ``--crs``; None: the planner did not say, which is a fault.
    ground : Ground
    """
    entries = table.entries
    nothing: list[tuple[float, float] | None] = [None] * len(entries)
    if not has_positions(table):
        return Positions(nothing, [])
    datum, wrong = declared_datum(table, declared)
    if datum is None:
        return Positions(nothing, wrong)
    pairs, faults = _pairs(entries)
    rows = [k for k, pair in enumerate(pairs) if pair is not None]
    values = np.array([pairs[k] for k in rows], float).reshape(-1, 2)
    units = list(_unit_faults(table, datum, [entries[k] for k in rows], values))
    if units:
        return Positions(nothing, faults + units)
    east, north, odd, notes = ordered(datum, values)
    faults += [_swapped(entries[rows[k]], values[k]) for k in odd]
    zones = list(_zone_faults(table, datum, [entries[k] for k in rows], east))
    if zones:
        return Positions(nothing, faults + zones)
    lon, lat = to_wgs84(datum, east, north)
    apart = frozenset(odd)
    faults += _outside(table, datum, rows, (east, north), (lon, lat), ground, apart)
    places = list(nothing)
    for k, row in enumerate(rows):
        if np.isfinite(lon[k]) and np.isfinite(lat[k]):
            places[row] = (float(lon[k]), float(lat[k]))
    shift = None
    if datum.shift != "none" and rows:
        inside = (np.abs(north) <= 90) & (np.abs(east) <= 180)
        if inside.any():
            shift = float(np.median(metres_between(east[inside], north[inside], lon[inside], lat[inside])))
    return Positions(places, faults, shift, tuple(notes))


def declared_datum(table: Understood, declared: str | None) -> tuple[Datum | None, list[Fault]]:
    """Return the datum that the planner declared for a table, or the fault that there is none or two."""
    if declared is None:
        hint_zh = f"（文件自己写的是 {table.crs}，同意就用 --crs file）" if table.crs else ""
        hint_en = f" (the file itself says {table.crs}: --crs file accepts it)" if table.crs else ""
        return None, [_file_fault(table, None, f"没有说明坐标系：{ASK.zh}{hint_zh}。",
                                  f"has coordinates but no datum: {ASK.en}{hint_en}.")]  # fmt: skip
    if declared == AS_IN_FILE:
        if not table.crs:
            return None, [
                _file_fault(table, declared, f"文件里没有写坐标系：{ASK.zh}。", f"declares no system: {ASK.en}.")
            ]
        return parse_datum(table.crs), []
    datum = parse_datum(declared)
    if table.crs:
        own = parse_datum(table.crs)
        same = own.epsg == datum.epsg or (not own.projected and not datum.projected)
        same = same or (own.zone, own.zone_degrees) == (datum.zone, datum.zone_degrees) != (0, 0)
        if not same:
            return None, [_file_fault(table, table.crs,
                                      f"文件自己写的坐标系是 {table.crs}，--crs 写的是 {declared}，两者不符："
                                      "请核对后改用其中一个"
                                      "（--crs file 表示以文件为准）。",
                                      f"is in {table.crs} by itself, --crs says {declared}: use one of "
                                      "them.")]  # fmt: skip
    return datum, []


def _file_fault(table: Understood, value: object, zh: str, en: str) -> Fault:
    kind = "图层" if table.is_layer else "工作表"
    where = f"{table.file} {kind}“{table.title}”" if table.title else table.file
    return Fault("E_BAD_CRS", table.file, None, "", "crs", value, Message(f"{where}{'：' if value else ''}{zh}",
                 f"{table.title or table.file} {en}"), sheet=table.title)  # fmt: skip


def _pairs(entries: Sequence[Entry]) -> tuple[list[tuple[float, float] | None], list[Fault]]:
    """Return the two numbers of every row as read, and faults of shapes that are no points."""
    pairs: list[tuple[float, float] | None] = []
    faults = []
    for entry in entries:
        pair = None
        if entry.shape is not None:
            shape = entry.shape.geoms[0] if len(getattr(entry.shape, "geoms", ())) == 1 else entry.shape
            if shape.geom_type == "Point":
                pair = (shape.x, shape.y)
            else:
                faults.append(
                    entry.fault("E_BAD_TYPE", "geometry", shape.geom_type, f"图形是 {shape.geom_type}，这里要点，"
                        "请换成点图层。",
                                f"is a {shape.geom_type}, a point is needed.")
                )  # fmt: skip
        elif LON in entry.parsed and LAT in entry.parsed:
            pair = (float(entry.parsed[LON]), float(entry.parsed[LAT]))
        pairs.append(pair)
    return pairs, faults


def lacks_position(entry: Entry) -> bool:
    """Return whether a row's coordinates are blank (a cell that holds something else is a fault of its own)."""
    if entry.shape is not None:
        return False
    if PAIR in entry.raw:
        return is_empty(entry.raw[PAIR])
    return any(is_empty(entry.raw.get(name)) for name in (LON, LAT))


def _unit_faults(table: Understood, datum: Datum, entries: list[Entry], values: np.ndarray) -> Iterator[Fault]:
    """Yield metres declared as degrees and the other way round, when most rows are so."""
    metric = np.array([looks_metric(a) and looks_metric(b) for a, b in values], bool)
    wrong = metric if not datum.projected else ~metric
    if not len(wrong) or wrong.mean() < _MOST or (len(wrong) < _ENOUGH and not wrong.all()):
        return
    k = int(np.flatnonzero(wrong)[0])
    first, second = values[k]
    units = ("度", "米") if not datum.projected else ("米", "度")
    yield _file_fault(
        table, f"{first:g}, {second:g}",
        f"声明的坐标系 {datum.title} 以{units[0]}为单位，表里的数像是{units[1]}（第 {entries[k].number} 行 "
        f"{first:g}，{second:g}）：{ASK.zh}。",
        f"is declared as {datum.title}, but its numbers ({first:g}, {second:g}) are in another unit: {ASK.en}.",
    )  # fmt: skip


def ordered(datum: Datum, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[int], list[Message]]:
    """Return eastings and northings whichever stood first, the rows that go against the rest, and what was found."""
    first, second = values[:, 0], values[:, 1]
    if not datum.projected:
        return first, second, [], []
    orders = [is_northing_first(a, b) for a, b in values]
    northing_first = orders.count(True) > orders.count(False)
    odd = [k for k, order in enumerate(orders) if order is (not northing_first)]
    if not northing_first:
        return first, second, odd, []
    note = Message(
        "坐标的第一列是北坐标（X 向北），已按此读取。", "The first coordinate is the northing; read accordingly."
    )
    return second, first, odd, [note]


def _swapped(entry: Entry, pair: np.ndarray) -> Fault:
    return entry.fault(
        "E_SWAPPED_LATLON", LON, [float(pair[0]), float(pair[1])],
        f"经纬度（或横纵坐标）可能颠倒：{pair[0]:.10g}，{pair[1]:.10g}，请交换后再试。",
        f"longitude and latitude seem exchanged: {pair[0]:.10g}, {pair[1]:.10g}.",
    )  # fmt: skip


def _zone_faults(table: Understood, datum: Datum, entries: list[Entry], east: np.ndarray) -> Iterator[Fault]:
    """Yield eastings whose zone number is not that of the declared zone."""
    if not datum.zone:
        return
    wrong = [k for k, value in enumerate(east) if zone_in(value) not in (0, datum.zone)]
    if len(wrong) > len(east) / 2:
        found = zone_in(east[wrong[0]])
        yield _file_fault(
            table, found, f"东坐标前的带号是 {found}，--crs {datum.name} 是第 {datum.zone} 带：请核对带号，改写 "
                          "--crs。",
            f"has zone number {found} in its eastings, --crs {datum.name} is zone {datum.zone}.",
        )  # fmt: skip
        return
    for k in wrong:
        yield entries[k].fault(
            "E_BAD_CRS", LON, float(east[k]), f"东坐标 {east[k]:.10g} 的带号是 {zone_in(east[k])}，其余是第 "
                                              f"{datum.zone} 带，请核对。",
            f"easting {east[k]:.10g} is of zone {zone_in(east[k])}, not {datum.zone}.",
        )  # fmt: skip


def _outside(
    table: Understood,
    datum: Datum,
    rows: list[int],
    read: tuple[np.ndarray, np.ndarray],
    stored: tuple[np.ndarray, np.ndarray],
    ground: Ground,
    odd: frozenset[int],
) -> list[Fault]:
    """Return the faults of points outside the county: exchanged, another zone, or elsewhere."""
    if ground.outline is None:
        return [
            _far(table.entries[row], (float(stored[0][k]), float(stored[1][k])), None, ground)
            for k, row in enumerate(rows)
            if not (np.isfinite(stored[0][k]) and abs(stored[0][k]) <= 180 and abs(stored[1][k]) <= 90)
        ]
    area = ground.outline.buffer(_RIM)
    shapely.prepare(area)
    out = ~shapely.contains_xy(area, *stored)
    out[list(odd)] = False
    if not out.any():
        return []
    swapped = out & shapely.contains_xy(area, *to_wgs84(datum, read[1], read[0]))
    strayed = out & ~swapped
    if datum.projected and len(rows) >= _ENOUGH and strayed.mean() >= _MOST:
        other = _other_zone(datum, read, area)
        if other is not None:
            return [_file_fault(table, datum.name,
                                f"按 {datum.title} 有 {int(strayed.sum())} / {len(rows)} 个点落在县外，按 "
                                f"EPSG:{other} 大多在县内："
                                "中央经线可能写错，请核对后改写 --crs。",
                                f"puts {int(strayed.sum())} of {len(rows)} points outside the county as {datum.title}; "
                                f"as EPSG:{other} most lie inside.")]  # fmt: skip
    faults = [_swapped(table.entries[rows[k]], np.array([read[0][k], read[1][k]])) for k in np.flatnonzero(swapped)]
    far = [(rows[k], (float(stored[0][k]), float(stored[1][k]))) for k in np.flatnonzero(strayed)]
    return faults + [_far(table.entries[row], place, ground.seat, ground) for row, place in far]


def _other_zone(datum: Datum, read: tuple[np.ndarray, np.ndarray], area: shapely.Geometry) -> int | None:
    for code in (*range(4534, 4555), *range(4502, 4513)):
        lon, lat = to_wgs84(parse_datum(str(code)), *read)
        if code != datum.epsg and shapely.contains_xy(area, lon, lat).mean() >= _MOST:
            return code
    return None


def _far(entry: Entry, place: tuple[float, float], seat: tuple[float, float] | None, ground: Ground) -> Fault:
    lon, lat = place
    raw = [entry.raw.get(name) for name in (LON, LAT)]
    valid = np.isfinite(lon) and np.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90
    if valid and seat is not None:
        km = float(metres_between(np.array([lon]), np.array([lat]), np.array([seat[0]]), np.array([seat[1]]))[0]) / 1000
        far_zh, far_en = f"离县城约 {km:,.0f} 公里", f"about {km:,.0f} km from the county seat"
    else:
        far_zh, far_en = "坐标超出经纬度范围", "beyond any longitude and latitude"
    value = [round(lon, 6), round(lat, 6)] if valid else raw
    shown = f"（换算后 {lon:.5f}，{lat:.5f}）" if valid else f"（填的是 {raw[0]}，{raw[1]}）"
    column = LON
    if ground.outline is not None and LAT in entry.cells:
        west, _, east, _ = ground.outline.bounds
        column = LAT if west <= lon <= east else LON
    return entry.fault(
        "E_OUT_OF_COUNTY",
        column,
        value,
        f"在县界之外，{far_zh}{shown}，请核对坐标。",
        f"lies outside the county, {far_en}.",
    )
