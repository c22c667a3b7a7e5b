"""A row of a planner's table tied to the county."""

from __future__ import annotations

from dataclasses import dataclass

from anyi_geo.bring.entries import Entry


@dataclass(frozen=True)
class Row:
    """One entry tied to the county.

    Attributes
    ----------
    entry : Entry
    id : str
        Of the village, hamlet or site; "" where the program numbers it.
    village_id, township : str
    place : tuple or None
        Longitude and latitude; None keeps the place that the county has.
    new : bool
        The county does not have it yet.
    """

    entry: Entry
    id: str
    village_id: str = ""
    township: str = ""
    place: tuple[float, float] | None = None
    new: bool = False
