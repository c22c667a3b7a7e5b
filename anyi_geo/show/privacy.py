"""Small numbers of a sensitive group are not told: one or two persons could be named by their neighbours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from anyi_geo.show.figures import text_of
from anyi_geo.show.maps.persons import FEW, SENSITIVE, SMALLEST_SHOWN

FEWEST, SMALL = SMALLEST_SHOWN, FEW
#: Shown where the number itself is large enough, but would give away a small one by subtraction.
HELD_BACK = "不列"

#: A number of one or two persons inside a sentence; the make-up of a total, in brackets, from which it would follow.
_FEW_IN_TEXT = re.compile(r"(?<![\d.,<])[12](?= ?人)")
_PERSONS = re.compile(r"\d+ ?人")
_MAKE_UP = re.compile(r"（[^（）]*人[^（）]*）")
#: Words in a group's key or name that mark it as sensitive.
_SENSITIVE = (*SENSITIVE, "disab", "特困", "留守", "困境", "失能", "残疾", "孤")


def is_sensitive(key: str, name: str = "") -> bool:
    """Return whether a group of persons is one whose small numbers are held back."""
    return any(word in f"{key} {name}" for word in _SENSITIVE)


def small_hidden(persons: object) -> object:
    """Return ``<3`` for one or two persons, anything else unchanged; nobody is 0."""
    if persons is None or isinstance(persons, str) or pd.isna(persons):
        return persons
    return SMALL if 0 < float(persons) < FEWEST else persons  # type: ignore[arg-type]


def parts_hidden(parts: Sequence[int]) -> list[int | str]:
    """Return the parts of a printed total such that no small part follows from the others by subtraction.

    Small parts are ``<3``; further parts, the smallest first, are held back until each small one could be 1 as well
    as 2. Where even that does not do, no part is told.
    """
    small = [k for k, part in enumerate(parts) if 0 < part < FEWEST]
    if sum(parts) < FEWEST:
        return [SMALL if k in small else int(part) for k, part in enumerate(parts)]
    others = sorted((k for k, part in enumerate(parts) if part >= FEWEST), key=lambda k: (parts[k], k))
    for number in range(len(others) + 1):
        held = others[:number]
        if not small or _either_way(parts, small, held):
            shown = {**dict.fromkeys(small, SMALL), **dict.fromkeys(held, HELD_BACK)}
            return [shown.get(k, int(part)) for k, part in enumerate(parts)]
    return [HELD_BACK] * len(parts)


def _either_way(parts: Sequence[int], small: list[int], held: list[int]) -> bool:
    """Return whether a reader who adds up finds every small part able to be 1 and able to be 2."""
    hidden = sum(parts[k] for k in (*small, *held))
    if held:
        return hidden - len(small) - 1 >= FEWEST * len(held)
    return len(small) < hidden < 2 * len(small)


def column_hidden(values: pd.Series) -> pd.Series:
    """Return a column of persons with small numbers hidden."""
    return values.astype(object).map(small_hidden)


def summed_hidden(values: pd.Series) -> pd.Series:
    """Return a column whose sum is printed elsewhere, hidden as the parts of a total are."""
    shown = parts_hidden([int(value) for value in values])
    return pd.Series(shown, index=values.index, dtype=object)


def villages_hidden(counts: pd.Series, townships: pd.Series) -> pd.Series:
    """Return counts by village such that neither the township's nor the county's sum gives a small one away.

    Parameters
    ----------
    counts : Series
        Persons by village.
    townships : Series
        Township of each village, same index. Where the township's own sum is held back, a village is held back too,
        so that the villages do not add up to it.
    """
    counts = counts.astype(int)
    shown = counts.astype(object)
    sums = summed_hidden(counts.groupby(townships, sort=False).sum())
    for township, rows in counts.groupby(townships, sort=False):
        parts = parts_hidden(rows.tolist())
        if sums[township] == HELD_BACK and all(isinstance(part, int) for part in parts):
            parts[min((k for k, part in enumerate(rows) if part >= FEWEST), key=lambda k: (rows.iloc[k], k))] = (
                HELD_BACK
            )
        shown.loc[rows.index] = parts
    return shown


def grid_hidden(counts: pd.DataFrame) -> pd.DataFrame:
    """Return counts whose sums by row and by column are printed: no row and no column has a single hidden cell.

    Small cells are ``<3``; where one stands alone in its row or column, the smallest other one there is held back,
    until none stands alone. Two hidden cells of a row leave more than one reading.
    """
    shown = counts.astype(object)
    for row in counts.index:
        shown.loc[row] = parts_hidden([int(cell) for cell in counts.loc[row]])
    while True:
        place = _lonely(shown, counts)
        if place is None:
            return shown
        shown.at[place] = HELD_BACK


def _lonely(shown: pd.DataFrame, counts: pd.DataFrame) -> tuple[Any, Any] | None:
    """Return the cell to hold back next to one that is hidden alone in its row or column, or None."""
    hidden = shown.map(lambda cell: isinstance(cell, str))
    lines = [*(((row, name) for name in counts.columns) for row in counts.index),
             *(((row, name) for row in counts.index) for name in counts.columns)]  # fmt: skip
    for line in lines:
        cells = list(line)
        others = [cell for cell in cells if not hidden.at[cell] and counts.at[cell] > 0]
        if sum(bool(hidden.at[cell]) for cell in cells) == 1 and others:
            return min(others, key=lambda cell: (counts.at[cell], str(cell)))
    return None


def homes_of_few(flows: pd.DataFrame) -> frozenset[str]:
    """Return the homes of which one or two residents stay or go somewhere: their streams are told nowhere.

    A home's residents are printed; its other streams would give the small one away. A home whose residents themselves
    are not printed is one of them.
    """
    streams = flows.groupby(["from_site", "to_site"])["persons"].sum()
    small = streams[(streams > 0) & (streams < FEWEST)]
    residents = summed_hidden(flows.groupby("from_site")["persons"].sum())
    unprinted = residents[residents.map(lambda cell: isinstance(cell, str))]
    return frozenset(map(str, (*small.index.get_level_values("from_site"), *unprinted.index)))


def held_back(persons: object, *, held: bool) -> object:
    """Return ``<3`` for one or two persons and, where `held`, 不列 for any larger number."""
    shown = small_hidden(persons)
    return HELD_BACK if held and shown == persons and persons not in (0, None) else shown


def words(cell: object, *, held: bool = False) -> str | None:
    """Return text without numbers of one or two persons, or of any where `held`; a list is joined, a blank None."""
    if isinstance(cell, list | tuple):
        return words("、".join(str(part) for part in cell), held=held)
    told = text_of(cell)
    if held:
        return _PERSONS.sub("人数不列", _MAKE_UP.sub("", told)) or None
    if not _FEW_IN_TEXT.search(told):
        return told or None
    return _FEW_IN_TEXT.sub(SMALL, _MAKE_UP.sub("（构成不列）", told))
