"""A county in the making: what an import changes, and the few words all parts of it share."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from anyi_geo.bring.base import Feature
from anyi_geo.bring.layout import LAT, LON, PAIR
from anyi_geo.bring.rows import Row
from anyi_geo.errors import Fault

ENTERED = "county"

MODELLED = "modelled"

#: A point picked on a map or by telephone stands at the house or at the next one.
ENTERED_ERROR_M = 20.0

NOT_CELLS = frozenset({LON, LAT, PAIR, "village", "township", "village_id"})


@dataclass
class Merged:
    """A county after the import, and what was done to it.

    Attributes
    ----------
    villages, hamlets, sites : dict
        Features by identifier.
    parameters, residents : list of dict
    stated : set of str
        Homes whose residents the planner counted himself; a list beside them must agree.
    families_stated : set of str
        Homes of which the planner said how many families were consulted; a list beside them must agree.
    counts : dict
        What was replaced, added, moved along and removed.
    faults : list of Fault
        What only shows once tables meet: sums that differ.
    """

    villages: dict[str, Feature]
    hamlets: dict[str, Feature]
    sites: dict[str, Feature]
    parameters: list[dict[str, Any]]
    residents: list[dict[str, Any]] = field(default_factory=list)
    stated: set[str] = field(default_factory=set)
    families_stated: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    faults: list[Fault] = field(default_factory=list)


def plain_values(row: Row, without: frozenset[str]) -> dict[str, Any]:
    """Return what a row holds, without the columns that are put elsewhere."""
    return {name: value for name, value in row.entry.parsed.items() if name not in without}


def next_id(taken: dict[str, Feature], letter: str, digits: int) -> str:
    """Return an identifier that nothing has yet."""
    number = len(taken) + 1
    while f"{letter}{number:0{digits}d}" in taken:
        number += 1
    return f"{letter}{number:0{digits}d}"
