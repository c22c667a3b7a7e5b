"""What an import is asked to do, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anyi_geo.bring.base import Base
from anyi_geo.bring.entries import Entry
from anyi_geo.bring.merged import MODELLED, Merged
from anyi_geo.errors import Fault, Message
from anyi_geo.schema import HAMLETS, ROADS, SITES, TOWNSHIPS, VILLAGES

BASIS_NAMES = {"resident": "常住", "hukou": "户籍", "unknown": "未说明"}


@dataclass(frozen=True)
class Request:
    """What a planner asks to import.

    Attributes
    ----------
    files : tuple of Path
    crs : str or None
        Declared datum of all coordinates; ``file`` takes what a layer says of itself.
    persons : str or None
        常住 or 户籍.
    sheet : str or None
        Which sheet the tables are, where names and headings do not say.
    mapping : mapping
        Column by heading in the file.
    drop_bad : bool
        Leave out rows with faults instead of refusing.
    keep_positions : bool
        Rows without coordinates keep the county's.
    replace_sites : bool
        Remove modelled sites of the uses that are brought.
    fresh : bool
        Another county: keep only parameters and scenarios of the start.
    name : str
        Name of a fresh county without an outline of its own.
    """

    files: tuple[Path, ...]
    crs: str | None = None
    persons: str | None = None
    sheet: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    drop_bad: bool = False
    keep_positions: bool = False
    replace_sites: bool = False
    fresh: bool = False
    name: str = ""


@dataclass(frozen=True)
class Outcome:
    """What an import found and what it would write.

    Attributes
    ----------
    faults : tuple of Fault
        Of the rows as brought, errors and warnings, in the order of the file.
    usable, bad : int
        Rows without and with errors.
    dropped : tuple
        Rows left out (``drop_bad``): the entry and what it is called.
    refused : bool
        Nothing may be written.
    base, merged : Base, Merged or None
        The county to write; None when refused.
    skipped, ignored : tuple of str
        Rows that are no entries, headings that are not understood.
    notes : tuple of Message
    shifts_m : dict
        Median shift by table, metres.
    basis : str
        resident, hukou, unknown, or "" when no persons were brought.
    """

    faults: tuple[Fault, ...]
    usable: int
    bad: int
    dropped: tuple[tuple[Entry, str], ...]
    refused: bool
    base: Base | None
    merged: Merged | None
    skipped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()
    shifts_m: Mapping[str, float] = field(default_factory=dict)
    basis: str = ""


def modelled_shares(outcome: Outcome) -> list[dict[str, Any]]:
    """Return, per file and aspect, how many rows are modelled still.

    Returns
    -------
    list of dict
        file, column, zh, modelled, rows, share.
    """
    if outcome.base is None or outcome.merged is None:
        return []
    merged = outcome.merged
    parts: list[tuple[str, str, str, list[Any]]] = [
        (VILLAGES, "position_status", "村庄位置", _statuses(merged.villages, "position_status")),
        (VILLAGES, "persons_status", "村庄人口", _statuses(merged.villages, "persons_status")),
        (HAMLETS, "position_status", "自然村位置", _statuses(merged.hamlets, "position_status")),
        (SITES, "position_status", "点位位置", _statuses(merged.sites, "position_status")),
        (SITES, "attributes_status", "点位属性", _statuses(merged.sites, "attributes_status")),
    ]
    if TOWNSHIPS in outcome.base.files:
        parts.append(
            (TOWNSHIPS, "status", "乡镇范围", [row.get("status") for row in outcome.base.files[TOWNSHIPS].rows])
        )
    if outcome.base.edges is not None:
        parts.append((ROADS, "source", "道路", list(outcome.base.edges["source"])))
    return [
        {
            "file": file,
            "column": column,
            "zh": zh,
            "modelled": statuses.count(MODELLED),
            "rows": len(statuses),
            "share": round(statuses.count(MODELLED) / len(statuses), 4),
        }
        for file, column, zh, statuses in parts
        if statuses
    ]


def _statuses(table: Mapping[str, Any], column: str) -> list[Any]:
    return [feature.cells.get(column) for feature in table.values()]
