"""Small numbers of a sensitive group are not told: one or two persons could be named by their neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from anyi_geo.show.figures import text_of
from anyi_geo.show.suppression import FEWEST, Cell, Told, suppressed

SMALL = f"<{FEWEST}"
#: Shown where the number itself is large enough, but would give away a small one by subtraction.
HELD_BACK = "不列"

#: A number of one or two persons inside a sentence; the make-up of a total, in brackets, from which it would follow.
_FEW_IN_TEXT = re.compile(r"(?<![\d.,<])[12](?= ?人)")
_PERSONS = re.compile(r"(?<![\d.,])\d+ ?人")
_MAKE_UP = re.compile(r"（[^（）]*人[^（）]*）")
_KIND = re.compile(r"(不同意|未征询|自理|半失能|失能) ?\d+ ?人")
#: Words in a group's key or name that mark it as sensitive.
_SENSITIVE = (
    "left_behind",
    "tekun",
    "alone",
    "独居",
    "difficulty",
    "空巢",
    "disab",
    "特困",
    "留守",
    "困境",
    "失能",
    "残疾",
    "孤",
)


def is_sensitive(key: str, name: str = "") -> bool:
    """Return whether a group of persons is one whose small numbers are held back."""
    return any(word in f"{key} {name}" for word in _SENSITIVE)


def small_hidden(persons: object) -> object:
    """Return ``<3`` for one or two persons, anything else unchanged; nobody is 0."""
    if persons is None or isinstance(persons, str) or pd.isna(persons):
        return persons
    return SMALL if 0 < float(persons) < FEWEST else persons  # type: ignore[arg-type]


def persons_text(cell: object) -> str:
    """Return ``12 人``, ``<3 人`` or 不列: what is not told has no unit."""
    if cell == HELD_BACK:
        return HELD_BACK
    return f"{cell} 人" if isinstance(cell, str) else f"{float(cell):.0f} 人"  # type: ignore[arg-type]


def cells_hidden(cells: Sequence[Cell]) -> list[int | str]:
    """Return the numbers of a network of sums as they may be printed."""
    shown = {Told.SMALL: SMALL, Told.HELD: HELD_BACK, Told.NOTHING: HELD_BACK}
    return [shown.get(told, cell.count) for cell, told in zip(cells, suppressed(cells), strict=True)]


def parts_hidden(parts: Sequence[int]) -> list[int | str]:
    """Return the parts of a printed total such that no small part follows from the others by subtraction.

    Small parts are ``<3``; further parts, the smallest first, are held back until each small one could be 1 as well
    as 2. Where even that does not do, no part of them is told.
    """
    cells = [
        *(Cell("total", "parts", int(part)) for part in parts),
        Cell("parts", "total", int(sum(parts)), fixed=True),
    ]
    return cells_hidden(cells)[:-1]


def sum_shown(parts: Iterable[object], count: float) -> object:
    """Return a sum as it may stand beside its parts: told where all of them are, a single one's form, else held back.

    Parameters
    ----------
    parts : iterable of int or str
        As they are shown elsewhere.
    count : float
        The sum.
    """
    given = [part for part in parts if part != 0]
    if not any(isinstance(part, str) for part in given):
        return count
    return given[0] if len(given) == 1 else HELD_BACK


def summed_hidden(values: pd.Series) -> pd.Series:
    """Return a column whose sum is printed elsewhere, hidden as the parts of a total are."""
    shown = parts_hidden([int(value) for value in values])
    return pd.Series(shown, index=values.index, dtype=object)


def tree_hidden(counts: pd.Series, townships: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return counts by village and their sums by township, the county's sum being printed.

    Parameters
    ----------
    counts : Series
        Persons by village.
    townships : Series
        Township of each village, same index.

    Returns
    -------
    villages, townships : Series
        As they may be printed, together and in as many tables as one likes.
    """
    counts = counts.astype(int)
    sums = counts.groupby(townships, sort=False).sum()
    cells = [
        Cell("villages", "county", int(counts.sum()), fixed=True),
        *(Cell("county", f"t {name}", int(count)) for name, count in sums.items()),
        *(Cell(f"t {townships[village]}", "villages", int(count)) for village, count in counts.items()),
    ]
    shown = cells_hidden(cells)[1:]
    return (
        pd.Series(shown[len(sums) :], index=counts.index, dtype=object),
        pd.Series(shown[: len(sums)], index=sums.index, dtype=object),
    )


def villages_hidden(counts: pd.Series, townships: pd.Series) -> pd.Series:
    """Return counts by village such that neither the township's nor the county's sum gives a small one away."""
    return tree_hidden(counts, townships)[0]


def table_hidden(counts: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return counts whose sums by row are printed, and their sums by column as they may be printed beside them."""
    whole = counts.astype(int)
    cells = [
        *(Cell(("row", row), ("column", name), int(whole.at[row, name])) for row in whole.index for name in whole),
        *(Cell(("column", name), "columns", int(count)) for name, count in whole.sum().items()),
        *(Cell("rows", ("row", row), int(count), fixed=True) for row, count in whole.sum(axis=1).items()),
        Cell("columns", "rows", int(whole.to_numpy().sum()), fixed=True),
    ]
    shown = cells_hidden(cells)
    inner = np.array(shown[: whole.size], dtype=object).reshape(whole.shape)
    return (
        pd.DataFrame(inner, index=counts.index, columns=counts.columns, dtype=object),
        pd.Series(shown[whole.size : whole.size + len(whole.columns)], index=counts.columns, dtype=object),
    )


def words(cell: object, *, held: bool = False, bare: bool = False) -> str | None:
    """Return text as it may be printed; a list is joined, a blank None.

    Numbers of one or two persons are ``<3``; those of consents and care levels are held back where `bare`, all where
    `held`.
    """
    if isinstance(cell, list | tuple):
        return words("、".join(str(part) for part in cell), held=held, bare=bare)
    told = text_of(cell)
    if held:
        told = _KIND.sub(r"\1（人数不列）", _MAKE_UP.sub("", told))
        return _PERSONS.sub("人数不列", told) or None
    if bare:
        told = _KIND.sub(r"\1（人数不列）", _MAKE_UP.sub("（构成不列）", told))
    if not _FEW_IN_TEXT.search(told):
        return told or None
    return _FEW_IN_TEXT.sub(SMALL, _MAKE_UP.sub("（构成不列）", told))
