"""Villages tied to the county's list by code, or by name and township; a new one is said to be new."""

from __future__ import annotations

from collections.abc import Iterator

import shapely

from anyi_geo.bring.base import Base
from anyi_geo.bring.entries import Entry
from anyi_geo.bring.layout import PERSONS
from anyi_geo.bring.names import Gazetteer, Place
from anyi_geo.bring.numbers import is_empty
from anyi_geo.bring.rows import Row
from anyi_geo.errors import Fault


def tie_village(
    entry: Entry, place: tuple[float, float] | None, base: Base, gazetteer: Gazetteer, listed: frozenset[str]
) -> tuple[Row, list[Fault]]:
    """Tie a village to the county's.

    Parameters
    ----------
    entry : Entry
    place : tuple or None
        Longitude and latitude.
    base : Base
    gazetteer : Gazetteer
    listed : frozenset of str
        All names of the same table.
    """
    faults: list[Fault] = []
    values = entry.parsed
    code, name = values.get("village_id"), values.get("name")
    township, wrong = township_of(entry, gazetteer, base)
    faults += wrong
    if code in base.villages:
        known = gazetteer.by_code[code]
        faults += disagreements(entry, known, township, gazetteer)
        return Row(entry, known.code, known.code, known.township, place), faults
    if code is None:
        if name is None or wrong or (entry.raw.get("village_id") not in (None, "") and "village_id" in entry.raw):
            return Row(entry, "", "", township or "", place), faults
        if not base.villages:
            return Row(entry, "", "", township or "", place, new=True), faults + _needs_township(entry, township)
        answer = gazetteer.find(str(name), township, listed)
        if answer.place is not None:
            return Row(entry, answer.place.code, answer.place.code, answer.place.township, place), faults
        faults.append(entry.fault(answer.code, answer.column, name, answer.zh, answer.en))
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
    code, name = entry.parsed["village_id"], entry.parsed.get("name")
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
    stray = place is None or (base.ground.outline is not None and not shapely.contains_xy(base.ground.outline, *place))
    if not faults and not (stray and "township" not in entry.cells):  # its place would have told; that is told
        faults += _needs_township(entry, township)
    if base.villages and not faults:
        faults.append(
            entry.fault("W_NEW_VILLAGE", "village_id", code, f"代码 {code} 不在县里的名单上，按新增的村载入{how}，"
                "请核对。",
                        f"code {code} is not in the county's list; loaded as a new village.")
        )  # fmt: skip
    if not set(entry.parsed) & set(PERSONS) and not any(entry.raw.get(name) for name in PERSONS):
        faults.append(
            entry.fault(
                "E_BAD_TYPE", "persons_total", None, "是县里没有的村，请填人口。", "is a new village: give its persons."
            )
        )
    return Row(entry, code, code, township or "", place, new=True), faults


def township_of(entry: Entry, gazetteer: Gazetteer, base: Base) -> tuple[str | None, list[Fault]]:
    """Return the township that a row names, or the fault that there is none of that name."""
    text = entry.parsed.get("township")
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


def disagreements(entry: Entry, known: Place, township: str | None, gazetteer: Gazetteer) -> Iterator[Fault]:
    """Yield what contradicts a known code: a name that is another village's, another township."""
    name = entry.parsed.get("name" if entry.sheet.key == "villages" else "village")
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
                "W_NAME_DIFFERS", "name", name, f"代码 {known.code} 在县里叫“{known.name}”，按新名称“{name}”载入，"
                                                "请核对。",
                f"the county calls {known.code} {known.name!r}; loaded as {name!r}.",
            )  # fmt: skip
    if township is not None and township != known.township:
        yield entry.fault(
            "E_UNKNOWN_REF", "township", township, f"代码 {known.code} 属于{known.township}，乡镇写的是{township}，"
                                                   "请核对。",
            f"code {known.code} belongs to {known.township}, not {township}.",
        )  # fmt: skip
