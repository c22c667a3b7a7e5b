"""Faults of what families and staff said: more who agree than were asked, more asked than there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from anyi_geo.county.cells import is_blank, is_count
from anyi_geo.county.home_cells import home_fault, number_of
from anyi_geo.errors import Fault
from anyi_geo.schema import RESIDENT_COLUMNS, RESIDENTS, STAFF_COLUMNS


def wish_faults(number: int, row: dict[str, Any], listed: Sequence[dict[str, Any]]) -> Iterator[Fault]:
    """Yield the faults of one home.

    Parameters
    ----------
    number : int
        The home's row.
    row : dict
    listed : sequence of dict
        Its residents in the list of residents; empty where they are not listed.
    """
    yield from _family_faults(number, row, [resident.get("family_consulted") for resident in listed])
    yield from _staff_faults(number, row)


def _family_faults(number: int, row: dict[str, Any], answers: Sequence[object]) -> Iterator[Fault]:
    yes, no = answers.count("yes"), answers.count("no")
    most = len(answers) - no
    stated, asked = is_count(row.get("families_consulted")), number_of(row, "families_consulted")
    registered = any(not is_blank(row.get(column)) for column in RESIDENT_COLUMNS)
    housed = sum(number_of(row, column) for column in RESIDENT_COLUMNS) if registered else len(answers)
    if (registered or answers) and asked > housed:
        yield home_fault(
            "E_CONSENT_SUM", number, row, "families_consulted", row["families_consulted"],
            f"已征询家属 {asked} 人，多于在院老人 {housed} 人；请核对",
            f"the families of {asked} residents were consulted, but {housed} live there",
        )  # fmt: skip
    # A list that says of nobody whether the family was consulted cannot disagree.
    elif stated and yes + no and not yes <= asked <= most:
        told = f"{yes} 人" if yes == most else f"{yes} 至 {most} 人"
        yield home_fault(
            "E_CONSENT_SUM", number, row, "families_consulted", row["families_consulted"],
            f"已征询家属 {asked} 人，{RESIDENTS} 里有 {told}，两数不符；请核对，或只填一处",
            f"families_consulted is {asked}, {RESIDENTS} lists {yes} to {most}; check either, or enter one",
        )  # fmt: skip
    known = asked if stated else yes
    if _readable(row, "families_consulted") and number_of(row, "families_agree") > known:
        yield home_fault(
            "E_CONSENT_SUM", number, row, "families_agree", row["families_agree"],
            f"家属同意 {row['families_agree']} 人，多于已征询家属的 {known} 人；请核对，征询了几位也要填",
            f"families_agree {row['families_agree']} exceeds the {known} consulted",
        )  # fmt: skip


def _staff_faults(number: int, row: dict[str, Any]) -> Iterator[Fault]:
    asked = number_of(row, "staff_asked")
    if _readable(row, "staff_asked") and number_of(row, "staff_agree") > asked:
        yield home_fault(
            "E_CONSENT_SUM", number, row, "staff_agree", row["staff_agree"],
            f"工作人员同意 {row['staff_agree']} 人，多于已征询的 {asked} 人；请核对，征询了几位也要填",
            f"staff_agree {row['staff_agree']} exceeds staff_asked {asked}",
        )  # fmt: skip
    present = sum(number_of(row, column) for column in STAFF_COLUMNS)
    if all(is_count(row.get(column)) for column in STAFF_COLUMNS) and asked > present:
        yield home_fault(
            "E_CONSENT_SUM", number, row, "staff_asked", row["staff_asked"],
            f"已征询工作人员 {asked} 人，多于在岗的 {present} 人；请核对",
            f"staff_asked {asked} exceeds the {present} in post",
        )  # fmt: skip


def _readable(row: dict[str, Any], column: str) -> bool:
    """Return whether a cell is blank or a count; of anything else its kind is the fault."""
    return is_blank(row.get(column)) or is_count(row.get(column))
