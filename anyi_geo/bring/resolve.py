"""Rows of a planner's tables tied to the county: which village, which site, where; what cannot be tied is named."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from anyi_geo.bring.base import Base
from anyi_geo.bring.consistency import blank_persons, crowd_fault, duplicates, part_faults, without_consequences
from anyi_geo.bring.entries import Entry, Understood
from anyi_geo.bring.layout import AREAS, LAT, LON, PAIR
from anyi_geo.bring.names import Gazetteer, Place
from anyi_geo.bring.numbers import is_empty
from anyi_geo.bring.positions import has_positions, lacks_position, locate
from anyi_geo.bring.rows import Row
from anyi_geo.bring.tie_sites import SiteNames, sensitive_columns, tie_hamlet, tie_parameter, tie_resident, tie_site
from anyi_geo.bring.tie_villages import tie_village
from anyi_geo.errors import Fault, Message


@dataclass
class Resolved:
    """All tables of an import tied to the county, with every fault found on the way."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    faults: list[Fault] = field(default_factory=list)
    shifts_m: dict[str, float] = field(default_factory=dict)
    notes: list[Message] = field(default_factory=list)


def resolve(tables: Iterable[Understood], base: Base, declared: str | None, *, keep_positions: bool) -> Resolved:
    """Tie every row to the county.

    Parameters
    ----------
    tables : iterable of Understood
        In any order; villages are tied first, so that other sheets may name new ones.
    base : Base
    declared : str or None
        ``--crs``.
    keep_positions : bool
        Rows without coordinates keep the place the county has for them.
    """
    result = Resolved()
    known = [table for table in tables if table.sheet is not None]
    gazetteer, names = Gazetteer(base.places(), base.townships), SiteNames(base)
    _tie_points(known, "villages", result, declared, base, keep_positions, lambda entry, place, listed: tie_village(
        entry, place, base, gazetteer, listed))  # fmt: skip
    result.rows["villages"] = _numbered(result.rows["villages"])
    new = [
        Place(row.id, str(row.entry.parsed["name"]), row.township)
        for row in result.rows["villages"]
        if row.new and row.id and "name" in row.entry.parsed
    ]
    both = Gazetteer([*base.places(), *new], base.townships) if new else gazetteer
    _tie_points(known, "hamlets", result, declared, base, keep_positions, lambda entry, place, _: tie_hamlet(
        entry, place, base, both))  # fmt: skip
    for key in ("homes", "sites"):
        _tie_points(known, key, result, declared, base, keep_positions, lambda entry, place, _: tie_site(
            entry, place, names, both))  # fmt: skip
    _tie_others(known, base, result, names, both)
    county = sum(int(feature.cells.get("persons_total") or 0) for feature in base.villages.values())
    for key, rows in result.rows.items():
        doubles = list(duplicates(key, rows))
        result.faults = without_consequences(result.faults, doubles) + doubles
        result.faults += [fault for row in rows for fault in part_faults(row.entry, row.entry.parsed)]
        if key in {"villages", "hamlets"}:
            result.faults += [fault for row in rows for fault in crowd_fault(row.entry, county)]
            result.faults += [fault for row in rows for fault in blank_persons(row)]
    return result


def _numbered(rows: list[Row]) -> list[Row]:
    """Return the villages of a county without codes, numbered in the order of the table."""
    numbers = itertools.count(1)
    lacks = [row.new and not row.id and bool(row.township) for row in rows]
    return [replace(row, id=f"V{next(numbers):04d}") if lack else row for row, lack in zip(rows, lacks, strict=True)]


_Tie = Callable[[Entry, tuple[float, float] | None, frozenset[str]], tuple[Row, list[Fault]]]


def _tie_points(
    tables: list[Understood],
    key: str,
    result: Resolved,
    declared: str | None,
    base: Base,
    keep_positions: bool,
    tie: _Tie,
) -> None:
    """Place the rows of one kind of sheet and tie them."""
    for table in (table for table in tables if _key(table) == key):
        placed = locate(table, declared, base.ground)
        result.faults += placed.faults
        result.notes += placed.notes
        if placed.shift_m is not None:
            result.shifts_m[table.title or table.file] = placed.shift_m
        stray = {(fault.file, fault.sheet, fault.row) for fault in placed.faults}
        listed = frozenset(str(entry.parsed.get("name", "")) for entry in table.entries)
        for entry, place in zip(table.entries, placed.places, strict=True):
            row, faults = tie(entry, place, listed)
            result.faults += faults
            if (entry.file, entry.title, entry.number) not in stray:
                result.faults += _place_faults(table, row, keep_positions=keep_positions)
            result.rows[key].append(row)


def _key(table: Understood) -> str:
    return table.sheet.key if table.sheet is not None else ""


def _place_faults(table: Understood, row: Row, *, keep_positions: bool) -> Iterator[Fault]:
    halved = (LON in table.columns) != (LAT in table.columns)  # a missing column, told as that
    if halved or not lacks_position(row.entry):
        return
    if not row.new and (keep_positions or not (table.is_layer or has_positions(table))):
        return
    how = "" if row.new else "；确实没有坐标、要沿用县里原有位置的，加 --keep-positions"
    column = next((name for name in (LON, LAT) if is_empty(row.entry.raw.get(name))), PAIR)
    yield row.entry.fault(
        "E_NO_COORD", column if PAIR not in row.entry.raw else PAIR, None, f"没有可用的坐标，请填写经度、纬度{how}。",
        "has no usable coordinates: fill in longitude and latitude (--keep-positions keeps the county's).",
    )  # fmt: skip


def _tie_others(tables: list[Understood], base: Base, result: Resolved, names: SiteNames, gazetteer: Gazetteer) -> None:
    """Tie residents, parameters, roads and areas."""
    homes = {names.word(str(row.entry.parsed.get("name", ""))): row for row in result.rows["homes"]}
    for table in tables:
        key = _key(table)
        if key == "residents":
            result.faults += sensitive_columns(table)
        for entry in table.entries:
            if key == "residents":
                row, faults = tie_resident(entry, names, homes, gazetteer)
            elif key == "parameters":
                row, faults = tie_parameter(entry, base)
            elif key in {"roads", *AREAS}:
                row, faults = Row(entry, str(entry.parsed.get("code", ""))), []
            else:
                continue
            result.faults += faults
            result.rows[key].append(row)
