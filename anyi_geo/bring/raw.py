"""A worksheet, csv file or layer as raw cells, and a file that is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from anyi_geo.errors import Message

#: Longer tables are no survey of a county; reading them would only exhaust the machine.
LONGEST = 200_000


@dataclass(frozen=True)
class RawTable:
    """One worksheet, csv file or layer, nothing understood yet.

    Attributes
    ----------
    file, sheet : str
        Name of the file; name of the worksheet or layer ("" for csv).
    rows : list of list
        Cells; of a layer the first row holds the field names.
    numbers : list of int
        What the spreadsheet calls each row; of a layer, headings are 0 and features count from 1.
    geometries : list or None
        Shapely geometries or None, one per row after the first, of a layer.
    crs : str
        What a layer says about its coordinates, as ``EPSG:4326``, or "".
    uncomputed : frozenset of str
        Cells that hold a formula without a value.
    merged : frozenset of str
        Cells that are merged with another one above or to the left, which holds the value.
    hidden : bool
        A worksheet that is hidden and holds something; its cells are not read.
    """

    file: str
    sheet: str
    rows: list[list[Any]]
    numbers: list[int]
    geometries: list[Any] | None = None
    crs: str = ""
    uncomputed: frozenset[str] = frozenset()
    merged: frozenset[str] = frozenset()
    hidden: bool = False

    def cell(self, position: int, column: int) -> str:
        """Return the address of a cell, ``E5``, or the field name of a layer."""
        if self.geometries is not None:
            return str(self.rows[0][column]) if column < len(self.rows[0]) else ""
        return f"{letters(column)}{self.numbers[position]}"


class UnreadableError(Exception):
    """A file that is cut off, locked or of another kind than its name says."""

    def __init__(self, zh: str, en: str, code: str = "E_UNREADABLE", row: int | None = None) -> None:
        super().__init__(en)
        self.message = Message(zh, en)
        self.code = code
        self.row = row


def letters(column: int) -> str:
    """Return the letters of a spreadsheet column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def reason_of(error: Exception) -> str:
    """Return what an error says, in one line."""
    return " ".join(str(error).split())[:160] or type(error).__name__
