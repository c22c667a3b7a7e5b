"""Small numbers of a sensitive group are not told: one or two persons could be named by their neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from anyi_geo.show.maps.persons import FEW, SENSITIVE, SMALLEST_SHOWN

FEWEST, SMALL = SMALLEST_SHOWN, FEW
#: Shown where the number itself is large enough, but would give away a small one by subtraction.
HELD_BACK = "不列"

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


def homes_of_few(flows: pd.DataFrame) -> frozenset[str]:
    """Return the homes of which one or two residents stay or go somewhere: their streams are told nowhere.

    A home's residents are printed; its other streams would give the small one away.
    """
    streams = flows.groupby(["from_site", "to_site"])["persons"].sum()
    small = streams[(streams > 0) & (streams < FEWEST)]
    return frozenset(str(home) for home in small.index.get_level_values("from_site"))


def held_back(persons: object, *, held: bool) -> object:
    """Return ``<3`` for one or two persons and, where `held`, 不列 for any larger number."""
    shown = small_hidden(persons)
    return HELD_BACK if held and shown == persons and persons not in (0, None) else shown
