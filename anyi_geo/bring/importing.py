"""A planner's tables from file to county: everything is checked before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from anyi_geo.bring.areas import drawn_around, put_areas
from anyi_geo.bring.base import BROUGHT_LATER, Base, read_base
from anyi_geo.bring.columns import headings_seen, refuse_useless
from anyi_geo.bring.datum import ASK, parse_datum
from anyi_geo.bring.entries import Entry, Understood, understand
from anyi_geo.bring.headings import titled
from anyi_geo.bring.layout import SHEETS
from anyi_geo.bring.merge import merge, parameter_changes
from anyi_geo.bring.numbers import clean_text
from anyi_geo.bring.outcome import BASIS_NAMES, Outcome, Request
from anyi_geo.bring.positions import AS_IN_FILE
from anyi_geo.bring.questions import (
    asked_basis,
    basis_of,
    no_outline,
    nothing_found,
    nothing_new,
    suspicions,
    unknown_persons,
)
from anyi_geo.bring.raw import RawTable
from anyi_geo.bring.resolve import Resolved, resolve
from anyi_geo.bring.road_rows import put_roads
from anyi_geo.bring.tables import read_tables
from anyi_geo.bring.write import write_county
from anyi_geo.county.load import check_county
from anyi_geo.errors import Fault, Message, SettingError

#: Sheets that only guide the planner.
_GUIDES = ("填表说明", "选项")

_Where = tuple[str, str, int | None]


def prepare(request: Request, start: Path) -> Outcome:
    """Read, check and merge; write nothing.

    Parameters
    ----------
    request : Request
    start : Path
        County folder that the import starts from.

    Raises
    ------
    SettingError
        When an option is wrong by itself.
    InputError
        When the starting folder cannot be read.
    """
    _refuse_same_names(request.files)
    if request.crs not in (None, AS_IN_FILE):
        parse_datum(str(request.crs))
    asked = asked_basis(request.persons)
    _known_sheet(request.sheet)
    faults: list[Fault] = []
    tables: list[Understood] = []
    seen: set[str] = set()
    for path in request.files:
        raws, wrong = read_tables(path)
        faults += wrong
        seen |= headings_seen(raws)
        tables += _understood(raws, request, asked)
    if not faults:
        refuse_useless(request.mapping, seen)
    faults += [fault for table in tables for fault in table.faults]
    faults += nothing_found(tables, faults)
    basis, wrong = basis_of(tables, asked)
    faults += wrong
    base = read_base(start, fresh=request.fresh)
    base, wrong = put_areas(base, tables, request.crs)
    faults += wrong
    return _settle(request, base, tables, faults, basis)


def _refuse_same_names(files: tuple[Path, ...]) -> None:
    """Refuse two files of one name: every fault and every source is told by the file's name."""
    names = [path.name for path in files]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingError(
            f"{'、'.join(twice)} 写了不止一次：同一个文件只写一次；不同文件夹里的同名文件请先改名。",
            f"{', '.join(twice)} is named twice: name a file once, and give different files different names.",
        )


def _settle(request: Request, base: Base, tables: list[Understood], faults: list[Fault], basis: str) -> Outcome:
    """Tie and merge the tables; with ``drop_bad`` without the bad rows, again until none is left."""
    everything = [entry for table in tables for entry in table.entries]
    keys = {_where(entry) for entry in everything}
    told: list[Fault] = []
    dropped: list[Entry] = []
    left, found = tables, faults
    while True:
        resolved = resolve(left, base, request.crs, keep_positions=request.keep_positions)
        found = [*found, *resolved.faults]
        with_roads, wrong = _with_roads(base, resolved, request.crs) if not _errors(found) else (base, [])
        found += wrong
        merged = None
        if not _errors(found):
            merged = merge(with_roads, resolved, basis or "unknown", replace_sites=request.replace_sites)
            merged.counts["roads"] = len(resolved.rows["roads"])
            found += merged.faults
        told += [fault for fault in found if fault not in told]
        bad = {_of(fault) for fault in _errors(found)}
        if not bad or not request.drop_bad or not bad <= keys:
            break
        bad -= _kept_twins(left, found)
        dropped += [entry for table in left for entry in table.entries if _where(entry) in bad]
        left = [replace(t, entries=[e for e in t.entries if _where(e) not in bad]) for t in left]
        found = []
    refused = bool(_errors(found))
    if refused and merged is None and bad <= keys:
        told += _faults_of_the_rest(request, base, left, bad, basis)
    rows_bad = {_of(fault) for fault in _errors(told)} & keys
    if request.drop_bad:
        rows_bad = {_where(entry) for entry in dropped} or rows_bad
    nothing_left = bool(everything) and not any(table.entries for table in left)
    unchanged = _unchanged(resolved, base)
    if merged is not None and not refused and not nothing_left:
        told += suspicions(resolved, with_roads)
        if request.fresh:
            resolved.notes += no_outline(with_roads.ground.outline is None)
            with_roads = drawn_around(with_roads, merged.villages, request.name)
    return Outcome(
        faults=tuple(_in_order(told, tables)),
        usable=len(keys - rows_bad - unchanged),
        bad=len(rows_bad),
        dropped=tuple((entry, _called(entry, base)) for entry in dropped),
        refused=refused or nothing_left,
        base=None if refused else with_roads,
        merged=None if refused else merged,
        skipped=tuple(line for table in tables for line in table.skipped),
        ignored=tuple(_ignored(tables)),
        notes=(*resolved.notes, *unknown_persons(resolved), *nothing_new(keys == unchanged)),
        shifts_m=resolved.shifts_m,
        basis=basis,
    )


def _faults_of_the_rest(
    request: Request, base: Base, tables: list[Understood], bad: set[_Where], basis: str
) -> list[Fault]:
    """Return what the merge says of the rows that can be read, so that it is told at once with those that cannot.

    A home whose list of residents is not all there cannot be held against it: then nothing is said. A row that only
    the loss of others spoils is left out too.
    """
    left = tables
    while True:
        if any(entry.sheet.key == "residents" for table in left for entry in table.entries if _where(entry) in bad):
            return []
        left = [replace(t, entries=[e for e in t.entries if _where(e) not in bad]) for t in left]
        resolved = resolve(left, base, request.crs, keep_positions=request.keep_positions)
        bad = {_of(fault) for fault in _errors(resolved.faults)}
        if not bad:
            return _errors(merge(base, resolved, basis or "unknown", replace_sites=request.replace_sites).faults)
        if not bad <= {_where(entry) for table in left for entry in table.entries}:
            return []


def _understood(raws: list[RawTable], request: Request, asked: str | None) -> list[Understood]:
    """Return the tables of one file; among several, one that neither its name nor its headings explain is left out."""
    filled = [
        raw
        for raw in raws
        if raw.sheet not in _GUIDES and any(any(cell not in (None, "") for cell in row) for row in raw.rows)
    ]
    tables = [understand(raw, request.sheet, request.mapping, asked, request.crs) for raw in filled]
    hidden = [
        Understood(None, raw.file, raw.sheet, ignored=("隐藏的工作表，要导入请先取消隐藏",))
        for raw in raws
        if raw.hidden and raw.sheet not in _GUIDES
    ]
    if len(tables) < 2 or request.sheet:
        return tables + hidden
    stray = [
        titled(table.title) is None and any(fault.code == "E_MISSING_COLUMN" for fault in table.faults)
        for table in tables
    ]
    if all(stray):
        return tables + hidden
    return [
        Understood(None, table.file, table.title, ignored=("整张工作表",)) if astray else table
        for table, astray in zip(tables, stray, strict=True)
    ] + hidden


def _known_sheet(key: str | None) -> None:
    if key is not None and key not in {sheet.key for sheet in SHEETS}:
        names = "、".join(f"{sheet.title}" for sheet in SHEETS)
        raise SettingError(f"--as 只能是：{names}。", f"--as is one of {', '.join(sheet.key for sheet in SHEETS)}.")


def _with_roads(base: Base, resolved: Resolved, declared: str | None) -> tuple[Base, list[Fault]]:
    rows = resolved.rows["roads"]
    if not rows:
        return base, []
    if declared in (None, AS_IN_FILE):
        entry = rows[0].entry
        return base, [
            Fault("E_BAD_CRS", entry.file, None, "", "crs", None, Message("道路坐标没有说明坐标系："
                f"{ASK.zh}。", ASK.en),
                  sheet=entry.title)
        ]  # fmt: skip
    return put_roads(base, rows, parse_datum(str(declared)))


def _unchanged(resolved: Resolved, base: Base) -> set[_Where]:
    """Return the parameters that stand as the template printed them: nothing to load."""
    known = {str(row.get("key")): row for row in base.parameters}
    rows = [row for row in resolved.rows["parameters"] if row.id in known]
    return {_where(row.entry) for row in rows if not parameter_changes(row.entry.parsed, known[row.id])}


def _kept_twins(tables: list[Understood], faults: list[Fault]) -> set[_Where]:
    """Return rows that repeat another cell for cell and have no other fault: the first of them may stay."""
    others = {_of(fault) for fault in _errors(faults) if fault.code != "E_DUP_CODE"}
    double = {_of(fault) for fault in faults if fault.code == "E_DUP_CODE"} - others
    seen: dict[Any, _Where] = {}
    twins: dict[_Where, int] = {}
    for table in tables:
        for entry in table.entries:
            if _where(entry) in double:
                content = (table.title, tuple(sorted((name, str(value)) for name, value in entry.parsed.items())))
                first = seen.setdefault(content, _where(entry))
                twins[first] = twins.get(first, 0) + 1
    groups: dict[Any, list[_Where]] = {}
    for fault in faults:
        if fault.code == "E_DUP_CODE":
            groups.setdefault((fault.sheet, fault.message.zh.split("：", 1)[-1]), []).append(_of(fault))
    return {first for first, count in twins.items() if any(first in g and len(g) == count for g in groups.values())}


def _called(entry: Entry, base: Base) -> str:
    """Return a row's name, or the county's name for its code."""
    known = base.villages.get(str(entry.parsed.get("village_id")))
    if "name" in entry.parsed or known is None or entry.sheet.key != "villages":
        return entry.name
    return str(known.cells.get("name"))


def _errors(faults: Iterable[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.is_error]


def _where(entry: Entry) -> _Where:
    return entry.file, entry.title, entry.number


def _of(fault: Fault) -> _Where:
    return fault.file, fault.sheet, fault.row


def _in_order(faults: list[Fault], tables: list[Understood]) -> list[Fault]:
    order = {(table.file, table.title): number for number, table in enumerate(tables)}
    return sorted(faults, key=lambda f: (order.get((f.file, f.sheet), -1), f.row or 0, f.column, f.code))


def _ignored(tables: list[Understood]) -> list[str]:
    return [
        f"{table.title or table.file}：{'、'.join(table.ignored[:20])}"
        for table in tables
        if table.ignored and (table.sheet is not None or len(tables) > 1)
    ]


def finish(work: Path, start: Path, request: Request, outcome: Outcome) -> list[Fault]:
    """Write the merged county into an empty folder and check it whole; return what still stops a run.

    A county that began without roads or sites may lack them still: they are brought next.
    """
    if outcome.base is None or outcome.merged is None:
        raise ValueError("a refused import has nothing to write")
    write_county(work, start, outcome.base, outcome.merged, _source_note(request, outcome), fresh=request.fresh)
    faults = [fault for fault in check_county(work) if fault.is_error]
    lacking = {name for name in BROUGHT_LATER if not (work / name).is_file()}
    return [fault for fault in faults if fault.file not in lacking or not (request.fresh or _lacked(start, fault.file))]


def _lacked(start: Path, name: str) -> bool:
    return not (start / name).is_file()


def _source_note(request: Request, outcome: Outcome) -> str:
    lines = ["## 县里导入", ""]
    for path in request.files:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        name = clean_text(path.name).replace("`", "")
        lines.append(f"- `{name}`（sha256 {digest}…），坐标系 {request.crs or '无坐标'}，"
                     f"人口口径{BASIS_NAMES.get(outcome.basis, '无')}；可用 {outcome.usable} 行，丢弃 "
                     f"{len(outcome.dropped)} 行。")  # fmt: skip
    return "\n".join(lines)
