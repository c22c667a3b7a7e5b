"""Small numbers of a sensitive group are not told: one or two persons could be named by their neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

FEWEST = 3
SMALL = f"<{FEWEST}"
#: Shown where the number itself is large enough, but would give away a small one by subtraction.
HELD_BACK = "不列"

#: Words in a group's key or name that mark it as sensitive.
_SENSITIVE = ("tekun", "left_behind", "disab", "特困", "留守", "困境", "失能", "残疾", "孤")


def is_sensitive(key: str, name: str = "") -> bool:
    """Return whether a group of persons is one whose small numbers are held back."""
    return any(word in f"{key} {name}" for word in _SENSITIVE)


def small_hidden(persons: object) -> object:
    """Return ``<3`` for one or two persons, anything else unchanged; nobody is 0."""
    if isinstance(persons, str) or pd.isna(persons):  # type: ignore[call-overload]
        return persons
    return SMALL if 0 < float(persons) < FEWEST else persons  # type: ignore[arg-type]


def parts_hidden(parts: Sequence[int]) -> list[int | str]:
    """Return the parts of a printed total such that no small part follows by subtraction.

    When exactly one part is small, the smallest other part is held back with it.
    """
    shown: list[int | str] = [SMALL if 0 < part < FEWEST else int(part) for part in parts]
    others = [k for k, part in enumerate(parts) if part >= FEWEST]
    if shown.count(SMALL) == 1 and others:
        shown[min(others, key=lambda k: (parts[k], k))] = HELD_BACK
    return shown


def column_hidden(values: pd.Series) -> pd.Series:
    """Return a column of persons with small numbers hidden."""
    return values.astype(object).map(small_hidden)
