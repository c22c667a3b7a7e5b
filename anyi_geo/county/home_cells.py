"""What the rules of homes share: a home's number in a cell, and a fault of a home's row."""

from __future__ import annotations

from typing import Any

from anyi_geo.county.cells import is_count, row_id
from anyi_geo.errors import Fault, Message
from anyi_geo.schema import SITES


def number_of(row: dict[str, Any], column: str) -> int:
    """Return the count in a cell; a blank one, or what is no count, is 0."""
    value = row.get(column)
    return int(value) if is_count(value) and value is not None else 0


def home_fault(code: str, number: int, row: dict[str, Any], column: str, value: Any, zh: str, en: str) -> Fault:
    """Return a fault of a home; the sentences go on from its row and name and need no full stop."""
    name = row.get("name") or row_id(SITES, row)
    return Fault(
        code, SITES, number, row_id(SITES, row), column, value,
        Message(f"{SITES} 第 {number} 行 {name}：{zh}。", f"{SITES} row {number} {row_id(SITES, row)}: {en}."),
    )  # fmt: skip
