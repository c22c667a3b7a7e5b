"""From OSM tags to who may use a road, in which direction, and at what posted speed.

References: OSM wiki, Key:access (the more specific key wins: motorcar > motor_vehicle > vehicle > access, foot >
access), Key:oneway, Key:junction and Key:maxspeed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

MODES = ("walk", "ride", "car")
#: Roads from fastest to slowest; what is no road (proposed, construction, platform, raceway ...) is not listed.
BUILT = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "road",
    "service",
    "track",
)
EXPRESSWAYS = frozenset({"motorway", "motorway_link"})
FOOT_ONLY = frozenset({"pedestrian", "footway", "path", "bridleway", "steps"})
#: In China the non-motor lane, where e-tricycles go.
CYCLEWAYS = frozenset({"cycleway"})
CLASSES = (*BUILT, "cycleway", "pedestrian", "bridleway", "footway", "path", "steps")

_WHEELS = ("motorcar", "motor_vehicle", "vehicle", "access")
_FEET = ("foot", "access")
#: Keys specific enough to open a road that its class closes.
_OPENING = {"walk": ("foot",), "ride": ("motorcar", "motor_vehicle"), "car": ("motorcar", "motor_vehicle")}
_SHUT = frozenset(
    {"no", "private", "agricultural", "forestry", "emergency", "military", "psv", "bus", "hov", "restricted"}
)
_GRANTED = frozenset({"yes", "permissive", "designated", "official", "destination"})
_FORWARD, _BACKWARD = frozenset({"yes", "true", "1"}), frozenset({"-1", "reverse"})
_BOTH = frozenset({"no", "false", "0"})
_CIRCLES = frozenset({"roundabout", "circular"})
_KM_PER_MILE = 1.609344
_SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?")
#: Spellings that say "no limit posted in figures"; the road drives as its class does.
_NO_FIGURE = frozenset({"", "none", "signals", "variable", "walk"})


class Rules(NamedTuple):
    """What the tags of ways say, one row per way.

    Attributes
    ----------
    table : DataFrame
        highway, name, maxspeed (km/h as text, "" where none is posted), oneway (bool), walk, ride, car (bool).
    backward : ndarray of bool
        One-way against the order of the nodes.
    unread_speeds : tuple of str
        Speed limits that are no figures ("CN:urban"): the class decides there.
    """

    table: pd.DataFrame
    backward: np.ndarray
    unread_speeds: tuple[str, ...]


def road_rules(tags: pd.DataFrame) -> Rules:
    """Return use, direction and speed of every way; a way that is no road is open to nobody.

    Parameters
    ----------
    tags : DataFrame
        As of :class:`anyi_geo.bring_roads.ways.Ways`.
    """
    highway = tags["highway"]
    is_road = highway.isin(CLASSES).to_numpy() & (tags["area"] != "yes").to_numpy()
    table = pd.DataFrame({"highway": highway, "name": tags["name"].where(tags["name"] != "", tags["ref"])})
    posted = tags["maxspeed"].to_numpy(object)
    for key in ("maxspeed:forward", "maxspeed:backward"):
        posted = np.where(posted == "", tags[key].to_numpy(object), posted)
    figures = {text: speed_kmh(text) for text in pd.unique(posted)}
    table["maxspeed"] = pd.Series(posted, index=tags.index, dtype="str").map(figures).astype("str")
    forward, backward = _directions(tags)
    table["oneway"] = forward | backward
    for mode in MODES:
        table[mode] = is_road & _open(tags, mode)
    unread = sorted(text for text, figure in figures.items() if not figure and text.lower() not in _NO_FIGURE)
    return Rules(table, backward, tuple(unread))


def speed_kmh(text: str) -> str:
    """Return a posted limit in km/h as text, of several the lowest, "" when it is no figure.

    Examples
    --------
    >>> speed_kmh("50"), speed_kmh("30 mph"), speed_kmh("60;40"), speed_kmh("CN:urban")
    ('50', '48.3', '40', '')
    """
    figures = []
    for part in re.split(r"[;|,]", text):
        found = _SPEED.fullmatch(part.strip())
        if found is None:
            return ""
        factor = _KM_PER_MILE if found[2] == "mph" else 1.0
        figures.append(float(found[1]) * factor)
    lowest = min(figures)
    return f"{lowest:.1f}".removesuffix(".0") if lowest > 0 else ""


def _directions(tags: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return which ways are one-way along, and against, the order of their nodes."""
    said = tags["oneway"].str.lower()
    backward = said.isin(_BACKWARD).to_numpy()
    implied = tags["junction"].isin(_CIRCLES) | (tags["highway"] == "motorway")
    forward = said.isin(_FORWARD) | (implied & ~said.isin(_BOTH | _BACKWARD))
    return forward.to_numpy(), backward


def _open(tags: pd.DataFrame, mode: str) -> np.ndarray:
    """Return which ways a way of travel may use: the most specific key that a way carries decides."""
    highway = tags["highway"]
    closed = {"walk": EXPRESSWAYS, "ride": EXPRESSWAYS | FOOT_ONLY, "car": FOOT_ONLY | CYCLEWAYS}[mode]
    by_class = ~highway.isin(closed).to_numpy()
    if mode in ("walk", "ride"):
        by_class &= (tags["motorroad"] != "yes").to_numpy()
    granted = np.zeros(len(tags), bool)
    shut = np.zeros(len(tags), bool)
    for key in reversed(_FEET if mode == "walk" else _WHEELS):
        said = tags[key].to_numpy(object) != ""
        values = tags[key].map({value: _kind(value) for value in pd.unique(tags[key])}).to_numpy(object)
        shut = np.where(said, values == "shut", shut)
        granted = np.where(said, (values == "granted") & (key in _OPENING[mode]), granted)
    if mode == "ride":
        granted &= ~highway.isin(EXPRESSWAYS).to_numpy()
    return (by_class | granted) & ~shut


def _kind(value: str) -> str:
    """Return whether one access value shuts a way, grants it or says neither; of several the most generous counts."""
    parts = {part.strip().lower() for part in value.split(";")}
    if parts & _GRANTED:
        return "granted"
    return "shut" if parts <= _SHUT else "neither"
