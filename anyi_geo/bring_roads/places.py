"""Settlements of an OpenStreetMap extract offered as positions for villages of the same name in the same township.

Nothing is decided here: every village gets its candidates, with what speaks for and against them, for the planner to
confirm. Townships' areas may be approximate, so a candidate just outside is still offered.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from anyi_geo.bring_roads import read_osm
from anyi_geo.bring_roads.area import Area, extent_en, extent_zh, planning_area
from anyi_geo.bring_roads.read import refuse_absent
from anyi_geo.county.positions import point_of
from anyi_geo.county.reading import RawFile, read_features
from anyi_geo.county.rules import township_names
from anyi_geo.errors import Fault, InputError, Message, SettingError
from anyi_geo.schema import TOWNSHIPS, VILLAGES

KINDS = ("town", "village", "hamlet", "suburb", "quarter", "neighbourhood")
#: What a candidate is to its village.
STATES = {
    "one": Message("唯一同名", "the only one of its name"),
    "far": Message("唯一同名，但超出现位置误差", "the only one, but beyond the stated error of the present position"),
    "several": Message("多个同名，请选一个", "several of the name: choose one"),
    "shared": Message("几个村同名，请指明归谁", "several villages of the name: say whose it is"),
    "elsewhere": Message("只在其他乡镇有同名", "only in other townships"),
    "none": Message("没有同名地名", "no settlement of the name"),
}
COLUMNS = (
    "village_id",
    "village",
    "township",
    "state",
    "place_id",
    "place",
    "kind",
    "lon",
    "lat",
    "moved_km",
    "township_km",
    "position_status",
    "position_error_m",
    "confirm",
)
_SUFFIXES = re.compile(r"(社区居民委员会|村民委员会|居民委员会|村委会|居委会|行政村|自然村|社区|村)$")
_BRACKETS = re.compile(r"\([^)]*\)")
_SHORTEST = 2
_M_PER_KM = 1000.0


def offer_places(path: Path, folder: Path, *, township_margin_km: float) -> pd.DataFrame:
    """Return the settlements that bear a village's name, one row per village and candidate.

    Parameters
    ----------
    path : Path
        .osm, .osm.gz, .osm.bz2 or .osm.pbf.
    folder : Path
        The county folder with outline, townships and villages.
    township_margin_km : float
        How far outside its township's area a candidate may lie, because that area may be approximate.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; a village without candidate has one row without a place. `confirm` is blank.

    Raises
    ------
    InputError, SettingError
        When the file holds no settlement in the county, or the folder lacks a file.
    """
    refuse_absent(path)
    if not path.name.lower().endswith(read_osm.SUFFIXES):
        raise SettingError(
            f"{path.name} 里没有居民点：请用 {'、'.join(read_osm.SUFFIXES)} 文件（与道路同一份下载即可）。",
            f"{path.name} holds no settlements: use {', '.join(read_osm.SUFFIXES)}, the same download as the roads.",
        )
    area = planning_area(folder, 0.0)
    places = _places_within(path, area)
    villages = _villages(read_features(folder, VILLAGES))
    townships = _township_areas(read_features(folder, TOWNSHIPS), area)
    pairs = _pairs(villages, places)
    pairs["township_km"] = _km_outside(pairs, townships, area)
    pairs["moved_km"] = _km_moved(pairs, area)
    return _judged(pairs, villages, townships, township_margin_km)


def stem(name: str) -> str:
    """Return what two spellings of a village's name share.

    Examples
    --------
    >>> stem("方岗村"), stem("方岗社区"), stem("东村"), stem("板溪（上）村委会")
    ('方岗', '方岗', '东村', '板溪')
    """
    plain = _BRACKETS.sub("", full(name)).strip()
    short = _SUFFIXES.sub("", plain)
    return short if len(short) >= _SHORTEST else plain


def full(name: str) -> str:
    """Return a name without differences of width, case and blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _places_within(path: Path, area: Area) -> pd.DataFrame:
    places = read_osm.read_places(path, KINDS)
    if places.empty:
        why = Message("里面没有居民点（place=village、hamlet 等）", "it holds no settlements (place=village, hamlet)")
        raise InputError([_fault("E_NO_PLACES", path.name, why)])
    there = (places["lon"].min(), places["lat"].min(), places["lon"].max(), places["lat"].max())
    inside = places[shapely.contains_xy(area.cut, places["lon"].to_numpy(), places["lat"].to_numpy())]
    if inside.empty:
        here = area.cut.bounds
        why = Message(
            f"居民点在 {extent_zh(there)}，本县在 {extent_zh(here)}，两者不重叠",
            f"its settlements are at {extent_en(there)}, the county at {extent_en(here)}",
        )
        raise InputError([_fault("E_NO_OVERLAP", path.name, why)])
    return inside


def _fault(code: str, file: str, why: Message) -> Fault:
    zh, en = (
        f"{file} 不能用于找村庄位置：{why.zh}。请换一份包含本县的下载。",
        f"{file} cannot place villages: {why.en}.",
    )
    return Fault(code, file, None, "", "place", None, Message(zh, en))


def _villages(raw: RawFile) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for cells, geometry in zip(raw.rows, raw.geometries, strict=True):
        lon, lat = point_of(geometry) or (np.nan, np.nan)
        rows.append(
            {
                "village_id": str(cells.get("village_id") or ""),
                "village": str(cells.get("name") or ""),
                "township": str(cells.get("township") or ""),
                "position_status": str(cells.get("position_status") or ""),
                "position_error_m": pd.to_numeric(cells.get("position_error_m"), errors="coerce"),
                "old_lon": lon,
                "old_lat": lat,
            }
        )
    table = pd.DataFrame(rows)
    return table.assign(stem=table["village"].map(stem), full=table["village"].map(full))


def _township_areas(raw: RawFile, area: Area) -> dict[str, shapely.Geometry]:
    """Return the area of every township, metres, by each of its names."""
    own = {}
    for cells, geometry in zip(raw.rows, raw.geometries, strict=True):
        shape = shapely.make_valid(shapely.geometry.shape(geometry)) if geometry else shapely.Polygon()
        own[str(cells.get("name"))] = shapely.transform(shape, lambda c: area.metres(c[:, 0], c[:, 1]))
    return {alias: own[name] for alias, name in township_names(raw).items() if name in own}


def _pairs(villages: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return every village with every settlement that shares its name, each settlement at most once per village."""
    spelled = places.reset_index().assign(place=lambda table: table["names"].str.split(";")).explode("place")
    spelled = spelled.assign(stem=spelled["place"].map(stem), place_full=spelled["place"].map(full))
    pairs = villages.merge(spelled.drop(columns="names"), on="stem", how="inner")
    pairs["exact"] = pairs["full"] == pairs["place_full"]
    pairs = pairs.sort_values("exact", ascending=False, kind="stable")
    return pairs.drop_duplicates(["village_id", "place_id"]).reset_index(drop=True)


def _km_outside(pairs: pd.DataFrame, townships: dict[str, shapely.Geometry], area: Area) -> np.ndarray:
    """Return kilometres from each candidate to its village's township, 0 inside, NaN when its area is unknown."""
    spots = shapely.points(area.metres(pairs["lon"].to_numpy(), pairs["lat"].to_numpy()))
    shapes = np.array([townships.get(name) for name in pairs["township"]], object)
    return np.round(shapely.distance(spots, shapes) / _M_PER_KM, 2) if len(pairs) else np.empty(0)


def _km_moved(pairs: pd.DataFrame, area: Area) -> np.ndarray:
    new = area.metres(pairs["lon"].to_numpy(), pairs["lat"].to_numpy())
    old = area.metres(pairs["old_lon"].to_numpy(), pairs["old_lat"].to_numpy())
    return np.round(np.hypot(*(new - old).T) / _M_PER_KM, 2)


def _judged(
    pairs: pd.DataFrame, villages: pd.DataFrame, townships: dict[str, shapely.Geometry], margin_km: float
) -> pd.DataFrame:
    """Return all rows with their state, in the order of the villages, the likeliest candidate first."""
    unknown = ~pairs["township"].isin(townships)
    near = (pairs["township_km"] <= margin_km) | unknown
    close = pairs[near].copy()
    close["state"] = _states(close)
    apart = pairs[~near & ~pairs["village_id"].isin(close["village_id"])].assign(state="elsewhere")
    nothing = villages[~villages["village_id"].isin(pairs["village_id"])].assign(
        state="none", place_id="", place="", kind="", exact=False
    )
    order = {name: number for number, name in enumerate(villages["village_id"])}
    table = pd.concat([part for part in (close, apart, nothing) if len(part)], ignore_index=True)
    table = table.assign(confirm="", rank=table["village_id"].map(order), loose=~table["exact"].astype(bool))
    table = table.reindex(columns=[*COLUMNS, "rank", "loose"])
    order_by = ["rank", "loose", "township_km", "moved_km", "place_id"]
    return table.sort_values(order_by, kind="stable", ignore_index=True)[list(COLUMNS)]


def _states(close: pd.DataFrame) -> np.ndarray:
    """Return the state of candidates in or near the township."""
    count = close.groupby("village_id")["place_id"].transform("size")
    claims = close.groupby("place_id")["village_id"].transform("size")
    exact_claims = close.groupby("place_id")["exact"].transform("sum")
    owned = (claims == 1) | (close["exact"] & (exact_claims == 1))
    beyond = close["moved_km"] * _M_PER_KM > close["position_error_m"]
    return np.select([~owned, count > 1, beyond], ["shared", "several", "far"], "one")
