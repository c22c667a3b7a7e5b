"""Confirmed positions written into the county folder: every fault named at once, or every village placed."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from pyproj import Geod

from anyi_geo.bring_roads.area import planning_area
from anyi_geo.bring_roads.matches import is_confirmed, is_rounded, read_matches
from anyi_geo.bring_roads.read import refuse_absent
from anyi_geo.bring_roads.write import whole_file
from anyi_geo.county.positions import point_of
from anyi_geo.county.reading import read_features
from anyi_geo.errors import Fault, InputError, Message, SettingError
from anyi_geo.parameters import Parameters
from anyi_geo.schema import HAMLETS, PARAMETERS, VILLAGES

_GEOD = Geod(ellps="WGS84")
_M_PER_KM = 1000.0
_STATUS = "found"
_ERROR = "place_node_error_m"
#: Degrees, about 50 m: the outline is no more exact.
_RIM = 0.0005


@dataclass(frozen=True)
class PlacesApplied:
    """What was placed.

    Attributes
    ----------
    villages : DataFrame
        village_id, village, place_id, lon, lat, moved_km of every village placed, in file order.
    remaining : dict
        Villages that were not placed, by the status of their position.
    hamlets : int
        Natural villages of those villages, whose positions stay as they are.
    """

    villages: pd.DataFrame
    remaining: dict[str, int]
    hamlets: int


def apply_places(matches: Path, folder: Path, *, error_m: float | None) -> PlacesApplied:
    """Write the confirmed rows of a table into ``villages.geojson`` with `position_status` found.

    Parameters
    ----------
    matches : Path
        .csv or .json as :func:`anyi_geo.bring_roads.matches.write_matches` makes it, with confirmations.
    folder : Path
        The county folder.
    error_m : float, optional
        Error of such a position; parameter ``place_node_error_m`` when not given.

    Raises
    ------
    InputError
        With every fault of the table; nothing is written then.
    SettingError
        When nothing is confirmed, or the file cannot be written.
    """
    refuse_absent(matches)
    error_m = _error_m(folder, error_m)
    rows = read_matches(matches)
    outline = planning_area(folder, 0.0).outline.buffer(_RIM)
    raw = read_features(folder, VILLAGES)
    ids = [str(row.get("village_id")) for row in raw.rows]
    names = defaultdict(list)
    for row, name in zip(raw.rows, ids, strict=True):
        names[str(row.get("name")), str(row.get("township"))].append(name)
    chosen = [(number, row) for number, row in enumerate(rows, 1) if is_confirmed(row["confirm"])]
    placed = {number: _village_of(row, set(ids), names) for number, row in chosen}
    faults = list(_faults(matches.name, rows, chosen, placed, outline))
    if faults:
        raise InputError(faults)
    if not chosen:
        raise SettingError(
            f"{matches.name} 里没有一行填了“是”：请在“确认”列对看过的行填 是，再运行一次。",
            f"No row of {matches.name} is confirmed: write 是 (yes) in its last column where you agree.",
        )
    found = {str(placed[number]): row for number, row in chosen}
    moved = _write(folder / VILLAGES, found, error_m)
    left = Counter(
        str(row.get("position_status")) for row, name in zip(raw.rows, ids, strict=True) if name not in found
    )
    return PlacesApplied(moved, dict(sorted(left.items())), _hamlets(folder, set(found)))


def _error_m(folder: Path, error_m: float | None) -> float:
    if error_m is None:
        try:
            table = pd.read_csv(folder / PARAMETERS, encoding="utf-8-sig").set_index("key")
            error_m = Parameters(table).value(_ERROR)
        except (OSError, ValueError, KeyError) as error:
            why = error.message if isinstance(error, SettingError) else Message(f"{error}", f"{error}")
            raise SettingError(
                f"不知道位置误差取多少：{why.zh} 也可以用 --error-m 直接写出米数，例如 --error-m 300。",
                f"The error of positions is unknown: {why.en} Or give it with --error-m, in metres.",
            ) from None
    if not (math.isfinite(error_m) and error_m >= 0):
        raise SettingError(
            f"位置误差应为不小于 0 的米数，现为 {error_m:g}。", f"--error-m must be >= 0, got {error_m:g}."
        )
    return float(error_m)


def _village_of(row: dict[str, str], ids: set[str], names: dict[tuple[str, str], list[str]]) -> str | None:
    """Return the code of a row's village; where a spreadsheet rounded it, the one village of that name there."""
    code = row["village_id"].removesuffix(".0")
    if code in ids:
        return code
    same = names.get((row["village"], row["township"]), []) if is_rounded(code) else []
    return same[0] if len(same) == 1 else None


def _faults(
    file: str,
    rows: list[dict[str, str]],
    chosen: list[tuple[int, dict[str, str]]],
    placed: dict[int, str | None],
    outline: shapely.Geometry,
) -> Iterator[Fault]:
    for number, row in enumerate(rows, 1):
        if is_confirmed(row["confirm"]) is None:
            zh, en = f"确认一列是“{row['confirm']}”：只填 是 或留空", f"{row['confirm']!r} is neither 是 nor blank"
            yield _fault("E_BAD_TYPE", file, number, row, "confirm", zh, en)
    villages, places = Counter(placed.values()), Counter(row["place_id"] for _, row in chosen)
    for number, row in chosen:
        village = placed[number]
        if village is None:
            zh, en = (
                f"村代码 {row['village_id']} 不在 {VILLAGES} 中，请核对",
                f"{row['village_id']} is not in {VILLAGES}",
            )
            yield _fault("E_UNKNOWN_REF", file, number, row, "village_id", zh, en)
        elif villages[village] > 1:
            zh = f"{row['village']} 确认了 {villages[village]} 个位置，只能留一个"
            yield _fault("E_DUP_CODE", file, number, row, "confirm", zh, f"{villages[village]} positions are confirmed")
        if row["place_id"] and places[row["place_id"]] > 1:
            zh = f"地名 {row['place']}（{row['place_id']}）确认给了 {places[row['place_id']]} 个村，只能归一个村"
            en = f"{row['place_id']} is confirmed for {places[row['place_id']]} villages"
            yield _fault("E_DUP_CODE", file, number, row, "place_id", zh, en)
        spot = _spot(row)
        if spot is None:
            zh, en = f"经度“{row['lon']}”、纬度“{row['lat']}”不是数字", f"{row['lon']!r}, {row['lat']!r} are no figures"
            yield _fault("E_NO_COORD", file, number, row, "lon", zh, en)
        elif not shapely.contains_xy(outline, *spot):
            zh, en = f"位置 {spot[0]:g}, {spot[1]:g} 在县界之外", f"{spot[0]:g}, {spot[1]:g} is outside the county"
            yield _fault("E_OUT_OF_COUNTY", file, number, row, "lon", zh, en)


def _fault(code: str, file: str, number: int, row: dict[str, str], column: str, zh: str, en: str) -> Fault:
    name = row["village"]
    sentence = Message(f"{file} 第 {number} 行（{name}）：{zh}。", f"{file} row {number} ({name}): {en}.")
    return Fault(code, file, number, row["village_id"], column, row.get(column), sentence)


def _spot(row: dict[str, str]) -> tuple[float, float] | None:
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except ValueError:
        return None
    return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None


def _write(path: Path, found: dict[str, dict[str, str]], error_m: float) -> pd.DataFrame:
    """Rewrite the villages, one feature a line, and return what moved."""
    whole = json.loads(path.read_text(encoding="utf-8-sig"))
    moved = []
    for feature in whole["features"]:
        cells = feature["properties"]
        row = found.get(str(cells.get("village_id")))
        if row is None:
            continue
        before, lon, lat = point_of(feature.get("geometry")), float(row["lon"]), float(row["lat"])
        feature["geometry"] = {"type": "Point", "coordinates": [lon, lat]}
        source = {"position_source": f"OpenStreetMap {row['place_id']}"} if row["place_id"] else {}
        cells.update({"position_status": _STATUS, "position_error_m": error_m, **source})
        km = None if before is None else round(float(_GEOD.inv(*before, lon, lat)[2]) / _M_PER_KM, 2)
        moved.append((str(cells["village_id"]), str(cells.get("name")), row["place_id"], lon, lat, km))
    with whole_file(path, keep=True) as work:
        work.write_text(_geojson(whole), encoding="utf-8")
    return pd.DataFrame(moved, columns=["village_id", "village", "place_id", "lon", "lat", "moved_km"])


def _geojson(whole: dict[str, Any]) -> str:
    head = [
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in whole.items()
        if key != "features"
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in whole["features"])
    return "{\n" + ",\n".join([*head, f'"features": [\n{lines}\n]']) + "\n}\n"


def _hamlets(folder: Path, villages: set[str]) -> int:
    if not (folder / HAMLETS).is_file():
        return 0
    return sum(str(row.get("village_id")) in villages for row in read_features(folder, HAMLETS).rows)
