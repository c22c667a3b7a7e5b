"""The words of the homes decision: kinds of resident, states of a home, columns of the tables."""

from __future__ import annotations

from typing import Literal

CARE_LEVELS = ("self", "partial", "full")
CONSENTS = ("yes", "no", "not_asked")
KINDS = tuple((level, consent) for level in CARE_LEVELS for consent in CONSENTS)
#: Levels that need a nursing bed (护理型床位).
NURSED = ("partial", "full")
#: Where a resident goes who asked to be supported at home (分散供养); it is no home and has no beds.
HOME_SUPPORT = "home_support"

State = Literal["centre", "kept", "civil_affairs_station", "public_built_private_run", "xingfuyuan", "reserve"]
#: What an emptied home may become; every use is care for the old (use lock of the county document).
REUSES: tuple[State, ...] = ("civil_affairs_station", "public_built_private_run", "xingfuyuan", "reserve")
STATES: tuple[State, ...] = ("centre", "kept", *REUSES)

HOME_COLUMNS = (
    "name",
    "township",
    "candidate",
    "county_seat",
    "beds",
    "nursing_beds",
    "expansion_beds",
    "expansion_yuan_per_bed",
    "fixed_yuan_year",
    "resident_yuan_year",
    "m2_per_bed",
    "reuse",
)
GROUP_COLUMNS = ("home", "care_level", "consent", "origin", "home_support", "persons")
