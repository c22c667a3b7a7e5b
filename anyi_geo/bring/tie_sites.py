"""Natural villages, sites, homes, residents and parameters tied to what the county has."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from anyi_geo.bring.base import Base
from anyi_geo.bring.entries import Entry, Understood
from anyi_geo.bring.names import Gazetteer
from anyi_geo.bring.numbers import half_width, is_empty
from anyi_geo.bring.rows import Row
from anyi_geo.bring.tie_villages import disagreements, township_of
from anyi_geo.errors import Fault, Message

_NATIONAL_ID = re.compile(r"\d{17}[\dXx]")
_PERSON_NAME = re.compile(r"[\u4e00-\u9fff·]{2,5}")
_HOMES = frozenset({"jinglaoyuan", "county_centre_candidate"})
#: A mobile telephone, and the identity numbers of before 1999.
_TELEPHONE = re.compile(r"1[3-9]\d{9}|\d{15}")
#: Units of parameters that something is divided by.
_NEVER_ZERO = frozenset({"m/s", "km/h", "m2/bed", "m2/meal", "m2/seat", "residents/carer", "years"})
_SENSITIVE = re.compile(r"姓名|身份证|证件号|手机|电话")


def _tie_to_village(entry: Entry, base: Base, gazetteer: Gazetteer, *, needed: bool) -> tuple[str, str, list[Fault]]:
    """Return code and township of the village in which a hamlet or site stands."""
    township, faults = township_of(entry, gazetteer, base)
    code, name = entry.parsed.get("village_id"), entry.parsed.get("village")
    if code is not None:
        known = gazetteer.by_code.get(str(code))
        if known is None:
            faults.append(
                entry.fault("E_UNKNOWN_REF", "village_id", code, f"县里没有代码为 {code} 的村，请核对，"
                    "或先在“村庄”表补上。",
                            f"there is no village {code}.")
            )  # fmt: skip
            return "", "", faults
        faults += disagreements(entry, known, township, gazetteer) if name is not None or township else []
        return known.code, known.township, faults
    if entry.raw.get("village_id") not in (None, "") or faults:
        return "", "", faults
    if name is not None:
        answer = gazetteer.find(str(name), township)
        if answer.place is not None:
            return answer.place.code, answer.place.township, faults
        column = "village" if answer.column == "name" else answer.column
        faults.append(entry.fault(answer.code, column, name, answer.zh, answer.en))
    elif needed:
        faults.append(
            entry.fault("E_UNKNOWN_REF", "village", None, "没有写所在的村，请填村名和乡镇，或 12 位村代码。",
                        "names no village: give its name and township, or its code.")
        )  # fmt: skip
    return "", "", faults


def tie_hamlet(
    entry: Entry, place: tuple[float, float] | None, base: Base, gazetteer: Gazetteer
) -> tuple[Row, list[Fault]]:
    """Tie a natural village to its village."""
    own = entry.parsed.get("hamlet_id")
    known = base.hamlets.get(str(own)) if own is not None else None
    village, township, faults = _tie_to_village(entry, base, gazetteer, needed=known is None)
    if known is not None and not village:
        village = str(known.cells["village_id"])
        township = gazetteer.by_code[village].township if village in gazetteer.by_code else ""
    return Row(entry, str(own or ""), village, township, place, new=known is None), faults


def tie_site(
    entry: Entry, place: tuple[float, float] | None, names: SiteNames, gazetteer: Gazetteer
) -> tuple[Row, list[Fault]]:
    """Tie a site or home to the county's of the same id or name, else to its village as a new one."""
    base = names.base
    own = entry.parsed.get("site_id")
    match = str(own) if own in base.sites else None
    if own is None and "name" in entry.parsed:
        match = names.same_site(entry, gazetteer)
    village, township, faults = _tie_to_village(entry, base, gazetteer, needed=match is None)
    if match is not None:
        cells = base.sites[match].cells
        village = village or str(cells.get("village_id"))
        known = gazetteer.by_code.get(village)
        return Row(entry, match, village, known.township if known else "", place), faults
    needed = (("kind", "用途"), ("resource_type", "资源类型")) if entry.sheet.key == "sites" else (("beds", "床位"),)
    for name, zh in needed:
        implied = name == "resource_type" and entry.parsed.get("kind") in {"yiyang_home", "clinic"}
        if name not in entry.parsed and is_empty(entry.raw.get(name)) and not implied:
            faults.append(
                entry.fault("E_BAD_TYPE", name, None, f"是新的{'点位' if name != 'beds' else '敬老院'}，请填{zh}。",
                            f"is a new site: fill in {name}.")
            )  # fmt: skip
    return Row(entry, str(own or ""), village, township, place, new=True), faults


class SiteNames:
    """The county's sites by name, the township in front with or without its 镇.

    Parameters
    ----------
    base : Base
    """

    def __init__(self, base: Base) -> None:
        self.base = base
        self._townships = [(alias, re.sub(r"(镇|乡)$", "", alias)) for alias in base.townships]
        self._by_word: dict[str, list[str]] = defaultdict(list)
        for key, feature in base.sites.items():
            self._by_word[self.word(str(feature.cells.get("name")))].append(key)

    def word(self, name: str) -> str:
        """Return what two spellings of a site's name have in common."""
        word = re.sub(r"[\s“”\"'‘’]", "", half_width(name))
        for alias, bare in self._townships:
            if word.startswith(alias) and len(bare) < len(alias):
                return bare + word[len(alias) :]
        return word

    def find(self, name: str, kinds: frozenset[str], township: str | None = None) -> list[str]:
        """Return the sites of that name among the uses, in a township if one is named."""
        return [
            key
            for key in self._by_word.get(self.word(name), ())
            if self.base.sites[key].cells.get("kind") in kinds
            and township in (None, self.base.townships.get(str(self.base.sites[key].cells.get("township"))))
        ]

    def same_site(self, entry: Entry, gazetteer: Gazetteer) -> str | None:
        """Return the county's site of the same name and use, when there is exactly one."""
        kind = entry.sheet.column("kind")
        kinds = frozenset([entry.parsed["kind"]] if "kind" in entry.parsed else kind.choices if kind else ())
        found = self.find(str(entry.parsed["name"]), kinds, gazetteer.township(str(entry.parsed.get("township", ""))))
        return found[0] if len(found) == 1 else None


def sensitive_columns(table: Understood) -> Iterator[Fault]:
    """Yield columns of names, identity numbers and telephones: residents go by anonymous ids."""
    for heading in table.ignored:
        if _SENSITIVE.search(heading):
            yield Fault(
                "E_PERSONAL_DATA", table.file, None, "", heading, None,
                Message(f"工作表“{table.title}”有“{heading}”列：入住老人只用匿名编号，请删去这一列再导入。",
                        f"sheet {table.title!r} has a column {heading!r}: residents go by anonymous ids only."),
                sheet=table.title,
            )  # fmt: skip


def tie_resident(
    entry: Entry, names: SiteNames, homes: dict[str, Row], gazetteer: Gazetteer
) -> tuple[Row, list[Fault]]:
    """Tie a resident to a home of the county or of the same import (`village_id`), and to a village (`township`)."""
    origin, _, faults = _tie_to_village(entry, names.base, gazetteer, needed=False)
    if entry.parsed.get("home_support") == "yes" and entry.parsed.get("consent") == "yes":
        faults.append(
            entry.fault("E_CONSENT_SUM", "home_support", "yes", "既同意搬迁又愿意分散供养，请与本人核实，只填一种。",
                        "agrees to the move and asks for support at home: enter one.")
        )  # fmt: skip
    name = str(entry.parsed.get("resident_id", ""))
    if any(pattern.fullmatch(name) for pattern in (_NATIONAL_ID, _TELEPHONE, _PERSON_NAME)):
        shown = f"{name[:1]}…"
        faults.append(
            entry.fault("E_PERSONAL_DATA", "resident_id", shown, "编号像是身份证号、手机号或姓名，请换成匿名编号（如 "
                        "R001）。", "the id looks like a national id, a telephone or a name: use an anonymous one.")
        )  # fmt: skip
    home = entry.parsed.get("home")
    if home is None:
        return Row(entry, name), faults
    word = names.word(str(home))
    if word in homes:
        return Row(entry, name, homes[word].id or homes[word].entry.address, origin), faults
    found = [str(home)] if str(home) in names.base.sites else names.find(str(home), _HOMES)
    if len(found) != 1:
        known = "、".join(
            str(f.cells.get("name")) for f in names.base.sites.values() if f.cells.get("kind") == "jinglaoyuan"
        )
        faults.append(
            entry.fault("E_UNKNOWN_REF", "home", home, f"没有“{home}”这家敬老院，请核对，或先在“敬老院”表补上。"
                                                       f"县里现有：{known}。",
                        f"there is no home {home!r}.")
        )  # fmt: skip
        return Row(entry, name), faults
    return Row(entry, name, found[0], origin), faults


def tie_parameter(entry: Entry, base: Base) -> tuple[Row, list[Fault]]:
    """Tie a parameter to its row."""
    key = str(entry.parsed.get("key", ""))
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
    beyond = _beyond_sense(entry, str(known[key].get("unit") or ""))
    if beyond is not None:
        return Row(entry, key), [beyond]
    value, low, high = (float(entry.parsed.get(name, known[key].get(name)) or 0.0) for name in ("value", "low", "high"))
    given = {"low", "high"} & set(entry.parsed)
    if "value" in entry.parsed and given and not low <= value <= high:
        return Row(entry, key), [
            entry.fault("E_BAD_TYPE", "value", value, f"取值 {value:g} 不在下限 {low:g} 和上限 {high:g} 之间，请核对。",
                        f"{value:g} is not between {low:g} and {high:g}.")
        ]  # fmt: skip
    return Row(entry, key), []


def _beyond_sense(entry: Entry, unit: str) -> Fault | None:
    """Return the fault of a number that its unit rules out: below zero, a speed of zero, a share above one."""
    for name in ("value", "low", "high"):
        number = entry.parsed.get(name)
        if number is not None and (number < 0 or (name == "value" and number == 0 and unit in _NEVER_ZERO)):
            zh, en = f"{number:g} 应大于 0，请改正。", f"{number:g} must be positive."
            return entry.fault("E_BAD_TYPE", name, number, zh, en)
    value = entry.parsed.get("value", 0)
    if unit.startswith("share") and value > 1:
        zh, en = f"{value:g} 是占比，应在 0 到 1 之间，如 13% 写 0.13。", f"{value:g} is a share and must be 0 to 1."
        return entry.fault("E_BAD_TYPE", "value", value, zh, en)
    return None
