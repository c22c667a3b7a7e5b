"""What every reader of roads hands over: ways with their OSM tags and the nodes they run through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from anyi_geo.errors import Message

#: Longitude and latitude of the south-west and of the north-east corner, degrees.
Extent = tuple[float, float, float, float]
Say = Callable[[Message], None]

#: Tags that decide who may use a way, in which direction and how fast.
TAGS = (
    "highway",
    "oneway",
    "junction",
    "maxspeed",
    "maxspeed:forward",
    "maxspeed:backward",
    "name",
    "ref",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "foot",
    "motorroad",
    "area",
)


@dataclass(frozen=True)
class Ways:
    """Roads as read, in file order.

    Attributes
    ----------
    tags : DataFrame
        One row per way, index its id (text), columns `TAGS`, "" where a way lacks the tag.
    first : ndarray of int
        Ways + 1 offsets: way k runs through vertices first[k] to first[k + 1] - 1.
    node : ndarray of int
        Node of every vertex; ways meet where they share a node, never where they merely cross.
    lon, lat : ndarray of float
        WGS84 degrees of every vertex.
    extent : tuple or None
        Extent of all roads of the file, also of those left out because they lie far away.
    source : {"osm", "county"}
        OpenStreetMap, or a layer of the county's own.
    notes : tuple of Message
        What the planner should know about the reading.
    """

    tags: pd.DataFrame
    first: np.ndarray
    node: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    extent: Extent | None
    source: str
    notes: tuple[Message, ...] = ()


def tag_table(rows: list[dict[str, str]], ids: list[str]) -> pd.DataFrame:
    """Return the tags of ways as text, every tag a column, blanks trimmed."""
    table = pd.DataFrame(rows, index=pd.Index(ids, name="way", dtype="str"), columns=list(TAGS), dtype="str")
    return table.fillna("").apply(lambda column: column.str.strip())
