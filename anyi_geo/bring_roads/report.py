"""What an import of roads did: kept, cut off and left out, in kilometres and by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from anyi_geo.bring_roads.area import Area
from anyi_geo.bring_roads.classes import MODES
from anyi_geo.bring_roads.segments import Segments, part_labels
from anyi_geo.errors import Language, Message

MODE_NAMES = {
    "walk": Message("步行", "walking"),
    "ride": Message("电动三轮车", "e-tricycle"),
    "car": Message("汽车", "car"),
}
_M_PER_KM = 1000.0
#: Names told of one part, longest first.
_NAMES = 3
_TRAPPED = 8


@dataclass(frozen=True)
class RoadReport:
    """The account of one import.

    Attributes
    ----------
    file, out, source : str
    margin_km : float
    nodes, edges : int
    km : DataFrame
        Index walk, ride, car: kept_km, one_way_km (leads only in or only out), cut_off_km, share (of what is open to
        it, how much hangs together).
    parts : DataFrame
        Roads left out, longest first: reason (cut_off, one_way), modes, km, names, lon, lat, villages.
    no_roads : DataFrame
        Ways that are no roads or closed to all, by class: ways, km.
    unread_speeds : tuple of str
        Speed limits that are no figures; the class decides there.
    notes : tuple of Message
    """

    file: str
    out: str
    source: str
    margin_km: float
    nodes: int
    edges: int
    km: pd.DataFrame
    parts: pd.DataFrame
    no_roads: pd.DataFrame
    unread_speeds: tuple[str, ...]
    notes: tuple[Message, ...]

    def record(self, language: Language) -> dict[str, Any]:
        """Return the account as one JSON object."""
        return {
            "file": self.file,
            "out": self.out,
            "source": self.source,
            "margin_km": self.margin_km,
            "nodes": self.nodes,
            "edges": self.edges,
            "km": self.km.reset_index(names="mode").to_dict("records"),
            "parts": self.parts.to_dict("records"),
            "no_roads": self.no_roads.reset_index(names="highway").to_dict("records"),
            "unread_speeds": list(self.unread_speeds),
            "notes": [note.text(language) for note in self.notes],
        }


def kilometres(segments: Segments, connected: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """Return, per way of travel, the kilometres kept and left out, and the share that hangs together."""
    rows = {}
    for mode in MODES:
        total, whole, there = (
            float(segments.length_m[chosen[mode].to_numpy(bool)].sum()) / _M_PER_KM
            for chosen in (segments.open_to, connected, kept)
        )
        rows[mode] = {
            "kept_km": round(there, 2),
            "one_way_km": round(whole - there, 2),
            "cut_off_km": round(total - whole, 2),
            "share": round(whole / total, 4) if total else 0.0,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def cut_off_parts(
    segments: Segments, connected: pd.DataFrame, kept: pd.DataFrame, villages: pd.DataFrame, area: Area
) -> pd.DataFrame:
    """Return the roads that are left out, one row per connected part.

    Parameters
    ----------
    segments : Segments
    connected, kept : DataFrame
        Pieces x ways of travel: in the largest part, and of use there.
    villages : DataFrame
        name, lon, lat: those whose nearest road for e-tricycles is cut off are named.
    area : Area
    """
    lost = segments.open_to & ~kept
    trapped = (lost & connected).to_numpy().any(axis=1) & ~(lost & ~connected).to_numpy().any(axis=1)
    combination = (lost.to_numpy(int) * [1, 2, 4]).sum(axis=1) + _TRAPPED * trapped
    rows = []
    nearest = _nearest_piece(segments, villages, area)
    for number in np.unique(combination[combination > 0]):
        chosen = combination == number
        pieces = np.flatnonzero(chosen)
        label = part_labels(segments, chosen)
        modes = [mode for mode, bit in zip(MODES, (1, 2, 4), strict=True) if number & bit]
        table = pd.DataFrame({"part": label, "piece": pieces, "m": segments.length_m[pieces]})
        table["name"] = _titles(segments, pieces)
        reason = "one_way" if number & _TRAPPED else "cut_off"
        found = [_part_row(segments, part, modes, nearest) for _, part in table.groupby("part", sort=True)]
        rows += [{"reason": reason, **row} for row in found]
    columns = ["reason", "modes", "km", "names", "lon", "lat", "villages"]
    return pd.DataFrame(rows, columns=columns).sort_values(["km", "lon", "lat"], ascending=False, ignore_index=True)


def _part_row(segments: Segments, part: pd.DataFrame, modes: list[str], nearest: dict[int, list[str]]) -> dict:
    by_name = part.groupby("name")["m"].sum().sort_values(ascending=False, kind="stable")
    pieces = part["piece"].to_numpy()
    longest = segments.tail[pieces[int(part["m"].to_numpy().argmax())]]
    here = [name for piece in pieces if piece in nearest for name in nearest[piece]] if "ride" in modes else []
    return {
        "modes": modes,
        "km": round(float(part["m"].sum()) / _M_PER_KM, 3),
        "names": list(by_name.index[:_NAMES]),
        "lon": round(float(segments.lon[longest]), 6),
        "lat": round(float(segments.lat[longest]), 6),
        "villages": here,
    }


def _titles(segments: Segments, pieces: np.ndarray) -> np.ndarray:
    roads = segments.roads.iloc[segments.way[pieces]]
    name, highway = roads["name"].to_numpy(object), roads["highway"].to_numpy(object)
    return np.where(name != "", name, "（无名，" + highway + "）")


def _nearest_piece(segments: Segments, villages: pd.DataFrame, area: Area) -> dict[int, list[str]]:
    """Return, per piece of e-tricycle road, the villages that are nearer to it than to any other."""
    open_ = np.flatnonzero(segments.open_to["ride"].to_numpy(bool))
    if not len(open_) or villages.empty:
        return {}
    place = area.metres(segments.lon, segments.lat)
    lines = shapely.linestrings(np.stack([place[segments.tail[open_]], place[segments.head[open_]]], axis=1))
    spots = shapely.points(area.metres(villages["lon"].to_numpy(), villages["lat"].to_numpy()))
    which, piece = shapely.STRtree(lines).query_nearest(spots, all_matches=False)
    found: dict[int, list[str]] = {}
    for village, number in zip(which, open_[piece], strict=True):
        found.setdefault(int(number), []).append(str(villages["name"].iloc[village]))
    return found
