"""Faults of the homes: more residents than beds, consent that does not add up, centres without beds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pandas as pd

from anyi_geo.county.cells import is_blank, is_count, row_id
from anyi_geo.county.home_cells import home_fault, number_of
from anyi_geo.county.reading import RawFile
from anyi_geo.county.wish_rules import wish_faults
from anyi_geo.errors import Fault, Message
from anyi_geo.schema import (
    CARE_LEVELS,
    CONSENTS,
    RESIDENT_COLUMNS,
    RESIDENTS,
    SITES,
    STAFF_COLUMNS,
    VILLAGES,
    columns_of,
)

HOME_KINDS = ("jinglaoyuan", "county_centre_candidate")
_STEPS = re.compile(r"\s*\d+:\d+(\.\d+)?:\d+(\.\d+)?\s*(;\s*\d+:\d+(\.\d+)?:\d+(\.\d+)?\s*)*;?\s*")
_LEVELS = {"self": "自理", "partial": "半失能", "full": "失能"}


def home_faults(files: dict[str, RawFile]) -> Iterator[Fault]:
    """Yield the faults of homes and of the list of residents."""
    if SITES not in files:
        return
    sites, listed = files[SITES], _listed(files)
    for number, row in enumerate(sites.rows, 1):
        yield from _unknown_levels(number, row)
        if row.get("kind") in HOME_KINDS:
            yield from _bed_faults(number, row)
            yield from _expansion_faults(number, row)
            yield from _sum_faults(number, row)
            yield from _staff_faults(number, row)
            yield from wish_faults(number, row, listed.get(row_id(SITES, row), []))
    yield from _shared_buildings(sites)
    if RESIDENTS in files:
        yield from _resident_faults(files)


def _listed(files: dict[str, RawFile]) -> dict[str, list[dict[str, Any]]]:
    """Return the residents of the list by the home that they name."""
    listed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in files[RESIDENTS].rows if RESIDENTS in files else ():
        listed[str(row.get("site_id"))].append(row)
    return listed


def _unknown_levels(number: int, row: dict[str, Any]) -> Iterator[Fault]:
    known = {column.name for column in columns_of(SITES)}
    for column, value in row.items():
        if column.startswith("residents_") and column not in known and not is_blank(value):
            yield home_fault(
                "E_BAD_TYPE", number, row, column, value,
                f"列 {column} 的护理等级或意愿不认识；等级写 {'、'.join(CARE_LEVELS)}，意愿写 {'、'.join(CONSENTS)}",
                f"{column} names no care level ({', '.join(CARE_LEVELS)}) or no consent ({', '.join(CONSENTS)})",
            )  # fmt: skip


def _bed_faults(number: int, row: dict[str, Any]) -> Iterator[Fault]:
    beds, housed = row.get("beds"), sum(number_of(row, column) for column in RESIDENT_COLUMNS)
    if is_count(beds) and housed > number_of(row, "beds"):
        yield home_fault(
            "E_OVER_CAPACITY", number, row, "beds", beds,
            f"入住 {housed} 人，床位只有 {number_of(row, 'beds')} 张，多 {housed - number_of(row, 'beds')} 人；请核对",
            f"{housed} residents on {beds} beds; check either",
        )  # fmt: skip
    if is_count(beds) and number_of(row, "nursing_beds") > number_of(row, "beds"):
        yield home_fault(
            "E_OVER_CAPACITY", number, row, "nursing_beds", row["nursing_beds"],
            f"护理型床位 {row['nursing_beds']} 张，多于床位 {beds} 张；请核对",
            f"{row['nursing_beds']} nursing beds exceed {beds} beds",
        )  # fmt: skip


def _expansion_faults(number: int, row: dict[str, Any]) -> Iterator[Fault]:
    """Yield steps that cannot be read or do not sum to the beds that can be added, and centres with no bed at all."""
    beds, given, steps = row.get("beds"), row.get("expansion_beds"), row.get("expansion_steps")
    text = "" if is_blank(steps) else str(steps)
    if text and not _STEPS.fullmatch(text):
        yield home_fault(
            "E_BAD_TYPE", number, row, "expansion_steps", steps,
            f"分步扩建“{steps}”读不懂；请写 床数:每床元:每床平方米，分号隔开，如 60:80000:35;100:95000:40",
            f"expansion_steps {steps!r} should read beds:yuan per bed:m2 per bed; ...",
        )  # fmt: skip
        return
    more = sum(int(step.split(":")[0]) for step in text.split(";") if step.strip()) if text else None
    if more is not None and not is_blank(given) and is_count(given) and number_of(row, "expansion_beds") != more:
        yield home_fault(
            "E_BAD_TYPE", number, row, "expansion_steps", steps,
            f"分步扩建合计 {more} 床，可扩建床位上限填了 {given} 床，两数不符；请核对，或只填一处",
            f"the steps sum to {more} beds, expansion_beds is {given}; check either, or leave one blank",
        )  # fmt: skip
    room = number_of(row, "expansion_beds") if more is None else more
    if row.get("kind") == "county_centre_candidate" and not number_of(row, "beds") and not room:
        yield home_fault(
            "E_NO_BEDS", number, row, "beds", beds,
            "是中心候选，但床位为 0 且没有可扩建床位；请填写 beds 或 expansion_beds",
            "a centre candidate with no beds and no expansion: fill in beds or expansion_beds",
        )  # fmt: skip


def _shared_buildings(sites: RawFile) -> Iterator[Fault]:
    """Yield homes and centres that share a building: it could not be emptied and full at once."""
    places: dict[str, dict[str, tuple[int, dict[str, Any]]]] = {}
    for number, row in enumerate(sites.rows, 1):
        if row.get("kind") in HOME_KINDS and not is_blank(row.get("building_id")):
            # Of rows that repeat one label the label is the fault.
            places.setdefault(str(row["building_id"]), {}).setdefault(row_id(SITES, row), (number, row))
    for building, homes in places.items():
        told = "、".join(str(number) for number, _ in homes.values())
        for number, row in homes.values() if len(homes) > 1 else ():
            yield home_fault(
                "E_DUP_CODE", number, row, "building_id", building,
                f"第 {told} 行的敬老院或中心候选登记在同一栋建筑 {building}，一栋建筑不能既腾空又住人；"
                "请合成一行，或改正建筑编号",
                f"rows {told}: homes or centres in one building {building}; make them one row",
            )  # fmt: skip


def _sum_faults(number: int, row: dict[str, Any]) -> Iterator[Fault]:
    housed = sum(number_of(row, column) for column in RESIDENT_COLUMNS)
    total = row.get("residents_total")
    if is_count(total) and number_of(row, "residents_total") != housed:
        yield home_fault(
            "E_CONSENT_SUM", number, row, "residents_total", total,
            f"在院人数 {total} 人，按护理等级和意愿合计 {housed} 人，两数不符；没有征询的请填入“未征询”列",
            f"{total} residents, but {housed} by care level and consent; enter those not asked under not_asked",
        )  # fmt: skip
    for level in CARE_LEVELS:
        wish, refuse = f"residents_{level}_home_support", f"residents_{level}_no"
        if number_of(row, wish) > number_of(row, refuse):
            yield home_fault(
                "E_CONSENT_SUM", number, row, wish, row[wish],
                f"{_LEVELS[level]}老人愿意分散供养 {row[wish]} 人，多于不同意迁往中心的 {number_of(row, refuse)} 人；"
                "愿意分散供养的应计入不同意",
                f"{wish} {row[wish]} exceeds {refuse} {number_of(row, refuse)}",
            )  # fmt: skip
    agreed = sum(number_of(row, f"residents_{level}_yes") for level in CARE_LEVELS)
    if number_of(row, "residents_yes_by_guardian") > agreed:
        yield home_fault(
            "E_CONSENT_SUM", number, row, "residents_yes_by_guardian", row["residents_yes_by_guardian"],
            f"监护人代为同意 {row['residents_yes_by_guardian']} 人，多于同意的 {agreed} 人；请核对",
            f"{row['residents_yes_by_guardian']} yes by a guardian exceed {agreed} yes",
        )  # fmt: skip


def _staff_faults(number: int, row: dict[str, Any]) -> Iterator[Fault]:
    """Yield more on the establishment than work there, where everybody in post is registered."""
    established, present = number_of(row, "staff_established"), sum(number_of(row, post) for post in STAFF_COLUMNS)
    if established > present and all(_registered(row, post) for post in STAFF_COLUMNS):
        yield home_fault(
            "E_STAFF_SUM", number, row, "staff_established", established,
            f"在编 {established} 人，在岗护理、炊事、管理和其他人员合计 {present} 人；在编的应计入在岗，请核对",
            f"{established} on the establishment, {present} in post; check either",
        )  # fmt: skip


def home_warnings(sites: pd.DataFrame) -> Iterator[Fault]:
    """Yield the homes with more people on the establishment than posts were approved: found in practice, so no error.

    Parameters
    ----------
    sites : DataFrame
        The checked table, index site_id, in the order of the file.
    """
    for number, (site_id, cells) in enumerate(sites.iterrows(), 1):
        row = {"site_id": site_id, **cells.to_dict()}
        if row["kind"] not in HOME_KINDS or not all(map(pd.notna, (row["staff_posts"], row["staff_established"]))):
            continue
        posts, established = int(row["staff_posts"]), int(row["staff_established"])
        if established > posts:
            yield home_fault(
                "W_OVER_ESTABLISHED", number, row, "staff_established", established,
                f"在编 {established} 人，编制 {posts} 个，超编 {established - posts} 人；请与县委编办核对",
                f"{established} on the establishment, {posts} approved posts; check with the establishment office",
            )  # fmt: skip


def _registered(row: dict[str, Any], column: str) -> bool:
    return not is_blank(row.get(column)) and is_count(row[column])


def _resident_faults(files: dict[str, RawFile]) -> Iterator[Fault]:
    """Yield rows whose home or village does not exist, and homes whose rows and columns disagree."""
    rows = files[RESIDENTS].rows
    sites = {row_id(SITES, row): (number, row) for number, row in enumerate(files[SITES].rows, 1)}
    homes = {name for name, (_, row) in sites.items() if row.get("kind") in HOME_KINDS}
    known = {"site_id": (homes, "敬老院", "home")}
    if VILLAGES in files:
        villages = {row_id(VILLAGES, row) for row in files[VILLAGES].rows}
        known["origin_village_id"] = (villages, "村", "village")
    for number, row in enumerate(rows, 1):
        for column, (names, zh, en) in known.items():
            value = row.get(column)
            if not is_blank(value) and str(value) not in names:
                yield Fault(
                    "E_UNKNOWN_REF", RESIDENTS, number, row_id(RESIDENTS, row), column, value,
                    Message(
                        f"{RESIDENTS} 第 {number} 行的{zh}“{value}”不存在：请核对 {column}。",
                        f"{RESIDENTS} row {number}: there is no {en} {value!r}; check {column}.",
                    ),
                )  # fmt: skip
        if row.get("home_support") == "yes" and row.get("consent") == "yes":
            yield Fault(
                "E_CONSENT_SUM", RESIDENTS, number, row_id(RESIDENTS, row), "home_support", "yes",
                Message(
                    f"{RESIDENTS} 第 {number} 行既同意迁往中心又愿意分散供养：请与本人核实，只填一种。",
                    f"{RESIDENTS} row {number} agrees to the move and asks for support at home: enter one.",
                ),
            )  # fmt: skip
    # Who did not answer was not asked.
    answers = ["not_asked" if is_blank(row.get("consent")) else str(row.get("consent")) for row in rows]
    counted = Counter(
        (str(row.get("site_id")), str(row.get("care_level")), answer) for row, answer in zip(rows, answers, strict=True)
    )
    listed = {home for home, _, _ in counted}
    persons = Counter(str(row.get("site_id")) for row in rows)
    for home in sorted(homes & listed):
        number, site = sites[home]
        beds, told = site.get("beds"), sum(number_of(site, column) for column in RESIDENT_COLUMNS)
        if is_count(beds) and persons[home] > number_of(site, "beds") >= told:
            yield home_fault(
                "E_OVER_CAPACITY", number, site, "beds", beds,
                f"{RESIDENTS} 里有 {persons[home]} 人，床位只有 {number_of(site, 'beds')} 张，"
                f"多 {persons[home] - number_of(site, 'beds')} 人；请核对",
                f"{RESIDENTS} lists {persons[home]} residents on {beds} beds; check either",
            )  # fmt: skip
        for level in CARE_LEVELS:
            for consent in CONSENTS:
                column, found = f"residents_{level}_{consent}", counted[home, level, consent]
                if not is_blank(site.get(column)) and number_of(site, column) != found:
                    yield home_fault(
                        "E_CONSENT_SUM", number, site, column, site[column],
                        f"{column} 为 {site[column]} 人，{RESIDENTS} 里有 {found} 人，两数不符；请核对",
                        f"{column} is {site[column]}, {RESIDENTS} lists {found}",
                    )  # fmt: skip
