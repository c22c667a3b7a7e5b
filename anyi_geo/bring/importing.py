"""A planner's tables from file to county: everything is checked before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from anyi_geo.bring.areas import drawn_around, put_areas
from anyi_geo.bring.base import BROUGHT_LATER, Base, read_base
from anyi_geo.bring.datum import ASK, parse_datum
from anyi_geo.bring.entries import Entry, Understood, understand
from anyi_geo.bring.headings import titled
from anyi_geo.bring.layout import PERSONS, SHEETS
from anyi_geo.bring.merge import MODELLED, Merged, merge, parameter_changes
from anyi_geo.bring.positions import AS_IN_FILE
from anyi_geo.bring.resolve import Resolved, resolve
from anyi_geo.bring.road_rows import put_roads
from anyi_geo.bring.tables import RawTable, read_tables
from anyi_geo.bring.write import write_county
from anyi_geo.county.coordinates import DEGREES
from anyi_geo.county.load import check_county
from anyi_geo.county.reach import datum_faults
from anyi_geo.county.roads import RoadNetwork, road_network
from anyi_geo.errors import Fault, Message, SettingError
from anyi_geo.parameters import Parameters
from anyi_geo.schema import HAMLETS, ROADS, SITES, TOWNSHIPS, VILLAGES, columns_of

_BASES = {"常住": "resident", "resident": "resident", "户籍": "hukou", "hukou": "hukou"}
BASIS_NAMES = {"resident": "常住", "hukou": "户籍", "unknown": "未说明"}
#: Sheets that only guide the planner.
_GUIDES = ("填表说明", "选项")
_Where = tuple[str, str, int | None]


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
    if request.crs not in (None, AS_IN_FILE):
        parse_datum(str(request.crs))
    asked = _basis(request.persons)
    _known_sheet(request.sheet)
    faults: list[Fault] = []
    tables: list[Understood] = []
    for path in request.files:
        raws, wrong = read_tables(path)
        faults += wrong
        tables += _understood(raws, request, asked)
    faults += [fault for table in tables for fault in table.faults]
    faults += _nothing_found(tables, faults)
    basis, wrong = _basis_of(tables, asked)
    faults += wrong
    base = read_base(start, fresh=request.fresh)
    base, wrong = put_areas(base, tables, request.crs)
    faults += wrong
    return _settle(request, base, tables, faults, basis)


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
    rows_bad = {_of(fault) for fault in _errors(told)} & keys
    if request.drop_bad:
        rows_bad = {_where(entry) for entry in dropped} or rows_bad
    nothing_left = bool(everything) and not any(table.entries for table in left)
    if merged is not None and not refused and not nothing_left:
        told += _suspicions(resolved, with_roads)
        if request.fresh:
            with_roads = drawn_around(with_roads, merged.villages, request.name)
    return Outcome(
        faults=tuple(_in_order(told, tables)),
        usable=len(keys - rows_bad - _unchanged(resolved, base)),
        bad=len(rows_bad),
        dropped=tuple((entry, _called(entry, base)) for entry in dropped),
        refused=refused or nothing_left,
        base=None if refused else with_roads,
        merged=None if refused else merged,
        skipped=tuple(line for table in tables for line in table.skipped),
        ignored=tuple(_ignored(tables)),
        notes=(*resolved.notes, *_unknown_persons(resolved)),
        shifts_m=resolved.shifts_m,
        basis=basis,
    )


def _understood(raws: list[RawTable], request: Request, asked: str | None) -> list[Understood]:
    """Return the tables of one file; among several, one that neither its name nor its headings explain is left out."""
    filled = [
        raw
        for raw in raws
        if raw.sheet not in _GUIDES and any(any(cell not in (None, "") for cell in row) for row in raw.rows)
    ]
    tables = [understand(raw, request.sheet, request.mapping, asked, request.crs) for raw in filled]
    if len(tables) < 2 or request.sheet:
        return tables
    stray = [
        titled(table.title) is None and any(fault.code == "E_MISSING_COLUMN" for fault in table.faults)
        for table in tables
    ]
    if all(stray):
        return tables
    return [
        Understood(None, table.file, table.title, ignored=("整张工作表",)) if astray else table
        for table, astray in zip(tables, stray, strict=True)
    ]


def _basis(text: str | None) -> str | None:
    if text is None:
        return None
    if text.strip().lower() not in _BASES:
        raise SettingError(
            f"--persons 只能是 常住 或 户籍，现为 {text}。", f"--persons is resident or hukou, got {text}."
        )
    return _BASES[text.strip().lower()]


def _known_sheet(key: str | None) -> None:
    if key is not None and key not in {sheet.key for sheet in SHEETS}:
        names = "、".join(f"{sheet.title}" for sheet in SHEETS)
        raise SettingError(f"--as 只能是：{names}。", f"--as is one of {', '.join(sheet.key for sheet in SHEETS)}.")


def _basis_of(tables: list[Understood], asked: str | None) -> tuple[str, list[Fault]]:
    """Return whether the persons are residents or registered, and the question when nobody said."""
    counted = [t for t in tables if any(set(e.parsed) & set(PERSONS) for e in t.entries)]
    if not counted:
        return "", []
    said = frozenset().union(*(table.bases for table in counted))
    first = counted[0]
    if asked is not None:
        if said and said != {asked}:
            other = BASIS_NAMES[next(iter(said - {asked}))]
            return asked, [
                Fault(
                    "E_BAD_TYPE", first.file, None, "", "persons_total", other,
                    Message(f"列名写的是{other}人口，--persons 写的是{BASIS_NAMES[asked]}：请核对后改一处。",
                            f"the heading says {other}, --persons says {asked}."),
                    sheet=first.title,
                )
            ]  # fmt: skip
        return asked, []
    if len(said) == 1:
        return next(iter(said)), []
    return "unknown", [
        Fault(
            "W_PERSONS_BASIS", first.file, None, "", "persons_total", None,
            Message("表里没有说明人口是常住还是户籍，两者在外出多的村相差很大：请用 --persons 常住 或 --persons "
                    "户籍 写明；"
                    "现记为“未说明”。",
                    "The table does not say whether persons are residents or registered: name it with --persons; "
                    "recorded as unknown."),
            sheet=first.title,
        )
    ]  # fmt: skip


def _nothing_found(tables: list[Understood], faults: list[Fault]) -> list[Fault]:
    """Return the fault of files in which no table is understood."""
    if faults or any(table.sheet is not None for table in tables):
        return [] if faults or any(t.entries for t in tables if t.sheet) else [_no_rows(tables)]
    words = "、".join(dict.fromkeys(word for table in tables for word in table.ignored)) or "（没有内容）"
    file = tables[0].file if tables else ""
    return [
        Fault(
            "E_MISSING_COLUMN", file, None, "", "name", None,
            Message(f"没有认出表头。表里有：{words[:200]}。请至少有“村名”或“村代码”一列，或用 --map "
                    "文件里的列名=模板列名 指明。",
                    f"no headings were understood; the table has {words[:200]}. Name a column with --map."),
        )
    ]  # fmt: skip


def _no_rows(tables: list[Understood]) -> Fault:
    file = tables[0].file if tables else ""
    return Fault(
        "E_UNREADABLE", file, None, "", "", None,
        Message(f"{file} 里没有填写任何一行（示例行不算）："
                "请填写后再导入。", f"{file} holds no rows (examples do not count)."),
    )  # fmt: skip


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


def _unknown_persons(resolved: Resolved) -> list[Message]:
    """Tell which persons of new villages nobody entered: they count 0, and their ages are spread evenly."""
    new = [row for row in resolved.rows["villages"] if row.new and set(row.entry.parsed) & set(PERSONS)]
    blank = [name for name in PERSONS if any(name not in row.entry.parsed for row in new)]
    names = [c.zh for c in columns_of(VILLAGES) if c.name in blank and c.name not in {"persons_town", "persons_rural"}]
    if not names:
        return []
    return [
        Message(
            f"{len(new)} 个新村没有填：{'、'.join(names)}。这些人数暂按 0 计，分年龄人口在所填的两段里平均分摊，"
            "相应人群的结果不可用，请补填后再导入。",
            f"{len(new)} new villages lack {', '.join(blank)}: counted as 0, ages spread evenly; fill them in.",
        )
    ]


def _unchanged(resolved: Resolved, base: Base) -> set[_Where]:
    """Return the parameters that stand as the template printed them: nothing to load."""
    known = {str(row.get("key")): row for row in base.parameters}
    rows = [row for row in resolved.rows["parameters"] if row.id in known]
    return {_where(row.entry) for row in rows if not parameter_changes(row.entry.parsed, known[row.id])}


def _suspicions(resolved: Resolved, base: Base) -> list[Fault]:
    """Return W_MAYBE_GCJ02 for tables whose points fit the roads much better once shifted from GCJ-02."""
    if base.nodes is None or base.edges is None or resolved.shifts_m:
        return []
    network: RoadNetwork | None = None
    faults = []
    for key in ("villages", "hamlets", "sites", "homes"):
        placed = [row for row in resolved.rows[key] if row.place is not None]
        if not placed:
            continue
        if network is None:
            parameters = Parameters(pd.DataFrame(base.parameters).set_index("key"))
            network = road_network(base.nodes, base.edges, parameters, "ride")
        entry = placed[0].entry
        points = gpd.GeoDataFrame(
            {"position_status": ["county"] * len(placed)},
            geometry=gpd.points_from_xy(*zip(*(row.place for row in placed if row.place), strict=True)),
            crs=DEGREES,
        )
        title = f"{entry.file} 工作表“{entry.title}”" if entry.title else entry.file
        faults += [replace(fault, file=entry.file, sheet=entry.title) for fault in datum_faults(title, points, network)]
    return faults


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
        lines.append(f"- `{path.name.replace('`', '')}`（sha256 {digest}…），坐标系 {request.crs or '无坐标'}，"
                     f"人口口径{BASIS_NAMES.get(outcome.basis, '无')}；可用 {outcome.usable} 行，丢弃 "
                     f"{len(outcome.dropped)} 行。")  # fmt: skip
    return "\n".join(lines)


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
