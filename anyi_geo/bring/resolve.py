"""Rows of a planner's tables tied to the county: which village, which site, where; what cannot be tied is named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import shapely

from anyi_geo.bring.base import Base
from anyi_geo.bring.entries import Entry, Understood
from anyi_geo.bring.layout import AREAS, LAT, LON, PAIR, PERSONS
from anyi_geo.bring.names import Gazetteer, Place
from anyi_geo.bring.numbers import half_width, is_empty
from anyi_geo.bring.positions import has_positions, lacks_position, locate
from anyi_geo.county.rules import PARTS
from anyi_geo.errors import Fault, Message
from anyi_geo.schema import AGE_SEX_COLUMNS

_NATIONAL_ID = re.compile(r"\d{17}[\dXx]")
_PERSON_NAME = re.compile(r"[\u4e00-\u9fff·]{2,5}")
_SENSITIVE = re.compile(r"姓名|身份证|证件号|手机|电话")


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
    gazetteer = Gazetteer(base.places(), base.townships)
    for key in ("villages", "hamlets", "homes", "sites"):
        for table in (table for table in known if _key(table) == key):
            placed = locate(table, declared, base.ground)
            result.faults += placed.faults
            result.notes += placed.notes
            if placed.shift_m is not None:
                result.shifts_m[table.title or table.file] = placed.shift_m
            stray = {(f.file, f.sheet, f.row) for f in placed.faults}
            tie = _TIES[key]
            listed = frozenset(str(entry.values.get("name", "")) for entry in table.entries)
            for entry, place in zip(table.entries, placed.places, strict=True):
                row, faults = tie(entry, place, base, gazetteer, listed)
                result.faults += faults
                if (entry.file, entry.title, entry.number) not in stray:
                    result.faults += _place_faults(table, row, keep_positions=keep_positions)
                result.rows[key].append(row)
        if key == "villages":
            new = [
                Place(row.id, str(row.entry.values["name"]), row.township)
                for row in result.rows["villages"]
                if row.new and row.id and "name" in row.entry.values
            ]
            gazetteer = Gazetteer([*base.places(), *new], base.townships)
    _tie_others(known, base, result, gazetteer)
    for key, rows in result.rows.items():
        doubles = list(_duplicates(key, rows))
        result.faults = _without_consequences(result.faults, doubles) + doubles
        result.faults += [fault for row in rows for fault in _part_faults(row.entry)]
        if key in {"villages", "hamlets"}:
            result.faults += [fault for row in rows for fault in _blank_persons(row)]
    return result


def _key(table: Understood) -> str:
    return table.sheet.key if table.sheet is not None else ""


def _place_faults(table: Understood, row: Row, *, keep_positions: bool) -> Iterator[Fault]:
    halved = (LON in table.columns) != (LAT in table.columns)  # a missing column, told as that
    if halved or not lacks_position(row.entry):
        return
    if not row.new and (keep_positions or not has_positions(table)):
        return
    how = "" if row.new else "；确实没有坐标、要沿用县里原有位置的，加 --keep-positions"
    column = next((name for name in (LON, LAT) if is_empty(row.entry.raw.get(name))), PAIR)
    yield row.entry.fault(
        "E_NO_COORD", column if PAIR not in row.entry.raw else PAIR, None, f"没有可用的坐标，请填写经度、纬度{how}。",
        "has no usable coordinates: fill in longitude and latitude (--keep-positions keeps the county's).",
    )  # fmt: skip


def _tie_village(
    entry: Entry, place: tuple[float, float] | None, base: Base, gazetteer: Gazetteer, listed: frozenset[str]
) -> tuple[Row, list[Fault]]:
    faults: list[Fault] = []
    values = entry.values
    code, name = values.get("village_id"), values.get("name")
    township, wrong = _township_of(entry, gazetteer, base)
    faults += wrong
    if code in base.villages:
        known = gazetteer.by_code[code]
        faults += _disagreements(entry, known, township, gazetteer)
        return Row(entry, known.code, known.code, known.township, place), faults
    if code is None:
        if name is None or wrong or (entry.raw.get("village_id") not in (None, "") and "village_id" in entry.raw):
            return Row(entry, "", "", township or "", place), faults
        if not base.villages:
            return Row(entry, "", "", township or "", place, new=True), faults + _needs_township(entry, township)
        answer = gazetteer.find(str(name), township, listed)
        if answer.place is not None:
            return Row(entry, answer.place.code, answer.place.code, answer.place.township, place), faults
        faults.append(entry.fault(answer.code, answer.column, name, answer.message.zh, answer.message.en))
        return Row(entry, "", "", township or "", place), faults
    return _tie_new_village(entry, place, base, gazetteer, township, faults)


def _tie_new_village(
    entry: Entry,
    place: tuple[float, float] | None,
    base: Base,
    gazetteer: Gazetteer,
    township: str | None,
    faults: list[Fault],
) -> tuple[Row, list[Fault]]:
    """Tie a village whose code the county does not have: a new one, unless its name says that the code is wrong."""
    code, name = entry.values["village_id"], entry.values.get("name")
    twins = gazetteer.known(str(name)) if name is not None else []
    twins = [twin for twin in twins if township in (None, twin.township)]
    if twins:
        others = "、".join(twin.title() for twin in twins)
        faults.append(
            entry.fault("E_UNKNOWN_REF", "village_id", code, f"县里没有代码 {code}，而同名的有{others}，请核对代码。",
                        f"the county has no code {code}, but {others}: check the code.")
        )  # fmt: skip
        return Row(entry, "", "", township or "", place), faults
    how = ""
    if township is None and not any(fault.column == "township" for fault in faults):
        township = base.township_codes.get(code[:9])
        if township is None and place is not None:
            township = next((n for n, area in base.areas.items() if shapely.contains_xy(area, *place)), None)
            how = f"，乡镇按坐标归入{township}" if township else ""
    if name is None and is_empty(entry.raw.get("name")):
        faults.append(
            entry.fault("E_BAD_TYPE", "name", None, "是县里没有的村，请填村名。", "is a new village: name it.")
        )
    faults += _needs_township(entry, township) if not faults else []
    if base.villages and not faults:
        faults.append(
            entry.fault("W_NEW_VILLAGE", "village_id", code, f"代码 {code} 不在县里的名单上，按新增的村载入{how}，请核对。",
                        f"code {code} is not in the county's list; loaded as a new village.")
        )  # fmt: skip
    if not set(entry.values) & set(PERSONS) and not any(entry.raw.get(name) for name in PERSONS):
        faults.append(
            entry.fault(
                "E_BAD_TYPE", "persons_total", None, "是县里没有的村，请填人口。", "is a new village: give its persons."
            )
        )
    return Row(entry, code, code, township or "", place, new=True), faults


def _township_of(entry: Entry, gazetteer: Gazetteer, base: Base) -> tuple[str | None, list[Fault]]:
    text = entry.values.get("township")
    if text is None:
        return None, []
    township = gazetteer.township(str(text))
    if township is not None:
        return township, []
    if not base.townships:
        return str(text), []
    names = "、".join(dict.fromkeys(base.townships.values()))
    return None, [
        entry.fault("E_UNKNOWN_REF", "township", text, f"没有“{text}”这个乡镇（处），县里有：{names}。",
                    f"there is no township {text!r}.")
    ]  # fmt: skip


def _needs_township(entry: Entry, township: str | None) -> list[Fault]:
    if township:
        return []
    return [
        entry.fault(
            "E_UNKNOWN_REF",
            "township",
            None,
            "是县里没有的村，请填所属乡镇（处）。",
            "is a new village: name its township.",
        )
    ]


def _disagreements(entry: Entry, known: Place, township: str | None, gazetteer: Gazetteer) -> Iterator[Fault]:
    """Yield what contradicts a known code: a name that is another village's, another township."""
    name = entry.values.get("name", entry.values.get("village"))
    if name is not None and not gazetteer.agrees(str(name), known):
        others = gazetteer.known(str(name))
        if others:
            titles = "、".join(place.title() for place in others)
            yield entry.fault(
                "E_UNKNOWN_REF", "village_id", known.code,
                f"代码是{known.title()}，名称写的是“{name}”，即{titles}，请核对哪一个是对的。",
                f"the code is {known.title()}, the name is that of {titles}.",
            )  # fmt: skip
            return
        if "name" in entry.sheet.anchors and entry.sheet.key == "villages":
            yield entry.fault(
                "W_NAME_DIFFERS", "name", name, f"代码 {known.code} 在县里叫“{known.name}”，按新名称“{name}”载入，请核对。",
                f"the county calls {known.code} {known.name!r}; loaded as {name!r}.",
            )  # fmt: skip
    if township is not None and township != known.township:
        yield entry.fault(
            "E_UNKNOWN_REF", "township", township, f"代码 {known.code} 属于{known.township}，乡镇写的是{township}，请核对。",
            f"code {known.code} belongs to {known.township}, not {township}.",
        )  # fmt: skip


def _tie_to_village(entry: Entry, base: Base, gazetteer: Gazetteer, *, needed: bool) -> tuple[str, str, list[Fault]]:
    """Return code and township of the village in which a hamlet or site stands."""
    township, faults = _township_of(entry, gazetteer, base)
    code, name = entry.values.get("village_id"), entry.values.get("village")
    if code is not None:
        known = gazetteer.by_code.get(str(code))
        if known is None:
            faults.append(
                entry.fault("E_UNKNOWN_REF", "village_id", code, f"县里没有代码为 {code} 的村，请核对，或先在“村庄”表补上。",
                            f"there is no village {code}.")
            )  # fmt: skip
            return "", "", faults
        faults += _disagreements(entry, known, township, gazetteer) if name is not None or township else []
        return known.code, known.township, faults
    if entry.raw.get("village_id") not in (None, "") or faults:
        return "", "", faults
    if name is not None:
        answer = gazetteer.find(str(name), township)
        if answer.place is not None:
            return answer.place.code, answer.place.township, faults
        column = "village" if answer.column == "name" else answer.column
        faults.append(entry.fault(answer.code, column, name, answer.message.zh, answer.message.en))
    elif needed:
        faults.append(
            entry.fault("E_UNKNOWN_REF", "village", None, "没有写所在的村，请填村名和乡镇，或 12 位村代码。",
                        "names no village: give its name and township, or its code.")
        )  # fmt: skip
    return "", "", faults


def _tie_hamlet(
    entry: Entry, place: tuple[float, float] | None, base: Base, gazetteer: Gazetteer, _: frozenset[str]
) -> tuple[Row, list[Fault]]:
    own = entry.values.get("hamlet_id")
    known = base.hamlets.get(str(own)) if own is not None else None
    village, township, faults = _tie_to_village(entry, base, gazetteer, needed=known is None)
    if known is not None and not village:
        village = str(known.cells["village_id"])
        township = gazetteer.by_code[village].township if village in gazetteer.by_code else ""
    return Row(entry, str(own or ""), village, township, place, new=known is None), faults


def _tie_site(
    entry: Entry, place: tuple[float, float] | None, base: Base, gazetteer: Gazetteer, _: frozenset[str]
) -> tuple[Row, list[Fault]]:
    own = entry.values.get("site_id")
    match = str(own) if own in base.sites else None
    if own is None and "name" in entry.values:
        match = _same_site(entry, base, gazetteer)
    village, township, faults = _tie_to_village(entry, base, gazetteer, needed=match is None)
    if match is not None:
        cells = base.sites[match].cells
        village = village or str(cells.get("village_id"))
        known = gazetteer.by_code.get(village)
        return Row(entry, match, village, known.township if known else "", place), faults
    if entry.sheet.key == "sites":
        for name, zh in (("kind", "用途"), ("resource_type", "资源类型")):
            implied = name == "resource_type" and entry.values.get("kind") in {"yiyang_home", "clinic"}
            if name not in entry.values and not entry.raw.get(name) and not implied:
                faults.append(
                    entry.fault("E_BAD_TYPE", name, None, f"是新的点位，请填{zh}。", f"is a new site: fill in {name}.")
                )
    return Row(entry, str(own or ""), village, township, place, new=True), faults


def _same_site(entry: Entry, base: Base, gazetteer: Gazetteer) -> str | None:
    """Return the county's site of the same name and use, when there is exactly one."""
    word = _site_word(str(entry.values["name"]), base)
    kind = entry.values.get("kind")
    kinds = {kind} if kind else {column for c in entry.sheet.columns if c.name == "kind" for column in c.choices}
    township = gazetteer.township(str(entry.values.get("township", "")))
    found = [
        key
        for key, feature in base.sites.items()
        if feature.cells.get("kind") in kinds
        and _site_word(str(feature.cells.get("name")), base) == word
        and township in (None, base.townships.get(str(feature.cells.get("township"))))
    ]
    return found[0] if len(found) == 1 else None


def _site_word(name: str, base: Base) -> str:
    word = re.sub(r"[\s“”\"'‘’]", "", half_width(name))
    for alias in base.townships:
        bare = re.sub(r"(镇|乡)$", "", alias)
        if word.startswith(alias) and len(bare) < len(alias):
            return bare + word[len(alias) :]
    return word


_TIES: dict[str, Callable[..., tuple[Row, list[Fault]]]] = {
    "villages": _tie_village,
    "hamlets": _tie_hamlet,
    "homes": _tie_site,
    "sites": _tie_site,
}


def _tie_others(tables: list[Understood], base: Base, result: Resolved, gazetteer: Gazetteer) -> None:
    """Tie residents, parameters, roads and areas."""
    homes = {_site_word(str(row.entry.values.get("name", "")), base): row for row in result.rows["homes"]}
    for table in tables:
        key = _key(table)
        if key == "residents":
            result.faults += _sensitive_columns(table)
        for entry in table.entries:
            if key == "residents":
                row, faults = _tie_resident(entry, base, homes)
                result.faults += faults
            elif key == "parameters":
                row, faults = _tie_parameter(entry, base)
                result.faults += faults
            elif key in {"roads", *AREAS}:
                row = Row(entry, str(entry.values.get("code", "")))
            else:
                continue
            result.rows[key].append(row)
    del gazetteer


def _sensitive_columns(table: Understood) -> Iterator[Fault]:
    for heading in table.ignored:
        if _SENSITIVE.search(heading):
            yield Fault(
                "E_PERSONAL_DATA", table.file, None, "", heading, None,
                Message(f"工作表“{table.title}”有“{heading}”列：入住老人只用匿名编号，请删去这一列再导入。",
                        f"sheet {table.title!r} has a column {heading!r}: residents go by anonymous ids only."),
                sheet=table.title,
            )  # fmt: skip


def _tie_resident(entry: Entry, base: Base, homes: dict[str, Row]) -> tuple[Row, list[Fault]]:
    faults = []
    name = str(entry.values.get("resident_id", ""))
    if _NATIONAL_ID.fullmatch(name) or _PERSON_NAME.fullmatch(name):
        shown = f"{name[:1]}…"
        faults.append(
            entry.fault("E_PERSONAL_DATA", "resident_id", shown, "编号像是身份证号或姓名，请换成匿名编号（如 R001）。",
                        "the id looks like a national id or a name: use an anonymous one.")
        )  # fmt: skip
    home = entry.values.get("home")
    if home is None:
        return Row(entry, name), faults
    word = _site_word(str(home), base)
    if word in homes:
        return Row(entry, name, village_id=homes[word].id), faults
    found = [
        key
        for key, feature in base.sites.items()
        if feature.cells.get("kind") in {"jinglaoyuan", "county_centre_candidate"}
        and (key == str(home) or _site_word(str(feature.cells.get("name")), base) == word)
    ]
    if len(found) != 1:
        names = "、".join(str(f.cells.get("name")) for f in base.sites.values() if f.cells.get("kind") == "jinglaoyuan")
        faults.append(
            entry.fault("E_UNKNOWN_REF", "home", home, f"没有“{home}”这家敬老院，请核对，或先在“敬老院”表补上。县里现有：{names}。",
                        f"there is no home {home!r}.")
        )  # fmt: skip
        return Row(entry, name), faults
    return Row(entry, name, village_id=found[0]), faults


def _tie_parameter(entry: Entry, base: Base) -> tuple[Row, list[Fault]]:
    key = str(entry.values.get("key", ""))
    known = {str(row.get("key")): row for row in base.parameters}
    if key not in known:
        return Row(entry, key), [
            entry.fault(
                "E_UNKNOWN_REF",
                "key",
                key,
                f"没有参数“{key}”，参数名不能改，请照模板。",
                f"there is no parameter {key!r}.",
            )
        ]
    value, low, high = (entry.values.get(name, known[key].get(name)) for name in ("value", "low", "high"))
    given = {"low", "high"} & set(entry.values)
    if value is not None and given and not float(low) <= float(value) <= float(high):
        return Row(entry, key), [
            entry.fault("E_BAD_TYPE", "value", value, f"取值 {value:g} 不在下限 {low:g} 和上限 {high:g} 之间，请核对。",
                        f"{value:g} is not between {low:g} and {high:g}.")
        ]  # fmt: skip
    return Row(entry, key), []


def _without_consequences(faults: list[Fault], doubles: list[Fault]) -> list[Fault]:
    """Leave out that a repeated code does not fit its row's name: one wrong code is one fault."""
    rows = {(fault.file, fault.sheet, fault.row) for fault in doubles if fault.column == "village_id"}
    told = {("E_UNKNOWN_REF", "village_id"), ("W_NAME_DIFFERS", "name"), ("W_NEW_VILLAGE", "village_id")}
    return [f for f in faults if (f.file, f.sheet, f.row) not in rows or (f.code, f.column) not in told]


def _identity(key: str, row: Row) -> Hashable | None:
    name = half_width(str(row.entry.values.get("name", "")))
    if key == "villages":
        return row.id or row.entry.values.get("village_id")
    if key == "hamlets":
        return row.id or (row.village_id, name) if row.village_id or row.id else None
    if key in {"sites", "homes"}:
        return row.id or (row.entry.values.get("kind"), row.village_id, name)
    return row.id or None


def _duplicates(key: str, rows: list[Row]) -> Iterator[Fault]:
    """Yield one fault per row whose identity stands in another row too."""
    if key in {"roads", "county"}:
        return
    same: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        identity = _identity(key, row)
        if identity:
            same[identity].append(row)
    for group in same.values():
        if len(group) < 2:
            continue
        numbers = "、".join(str(row.entry.number) for row in group)
        for row in group:
            anchors = [c for c in ("village_id", "hamlet_id", "site_id", "resident_id", "key") if c in row.entry.values]
            column = anchors[0] if anchors and (key != "hamlets" or anchors[0] != "village_id") else "name"
            value = row.entry.values.get(column, row.id)
            yield row.entry.fault(
                "E_DUP_CODE", column, value, f"第 {numbers} 行是同一个（{value}），请核对哪一行是对的，只留一行。",
                f"rows {numbers.replace('、', ', ')} are the same ({value}): keep the right one.",
            )  # fmt: skip


def _blank_persons(row: Row) -> Iterator[Fault]:
    """Yield persons left blank beside others: unknown is not zero, and a part is of no use without its whole."""
    entry = row.entry
    needed = [name for name in ("persons_total", "persons_60plus") if name in entry.cells]
    blank = [name for name in needed if name not in entry.values and is_empty(entry.raw.get(name))]
    counted = any(not is_empty(entry.raw.get(name)) for name in PERSONS if name in entry.cells)
    if not blank or not (counted or row.new):
        return
    for name in blank:
        yield entry.fault(
            "E_BAD_TYPE", name, None, "是空的：填了人口就要有总人口和60岁及以上人口，请补填（不知道不能填 0）。",
            "is blank: persons need their total and those aged 60 and over.",
        )  # fmt: skip


def _part_faults(entry: Entry) -> Iterator[Fault]:
    """Yield the first part that exceeds its whole, and sums that do not add up."""
    values: dict[str, Any] = entry.values
    parts = (*PARTS, ("children_school", "persons_total", "6至15岁学龄儿童", "总人口"))
    for part, whole, part_zh, whole_zh in parts:
        if part in values and whole in values and values[part] > values[whole]:
            yield entry.fault(
                "E_ELDER_GT_TOTAL", part, values[part], f"{part_zh} {values[part]:,} 大于{whole_zh} {values[whole]:,}，请核对。",
                f"{part} {values[part]:,} exceeds {whole} {values[whole]:,}.",
            )  # fmt: skip
            return
    total = values.get("persons_total")
    if total is None:
        return
    for names, zh in ((("persons_town", "persons_rural"), "城镇与乡村人口"), (AGE_SEX_COLUMNS, "分年龄性别人口")):
        if set(names) <= set(values) and sum(values[name] for name in names) != total:
            found = sum(values[name] for name in names)
            yield entry.fault(
                "E_SUM_DIFFERS", names[0], found, f"{zh}合计 {found:,}，总人口 {total:,}，请核对。",
                f"{names[0]} and the like sum to {found:,}, persons_total is {total:,}.",
            )  # fmt: skip
