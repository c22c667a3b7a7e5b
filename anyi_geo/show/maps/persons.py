"""Persons as a page may show them: one or two of a sensitive group are never told apart."""

from __future__ import annotations

from collections.abc import Iterable

SMALLEST_SHOWN = 3
FEW = f"<{SMALLEST_SHOWN}"
#: Groups whose keys begin so may point to single households.
SENSITIVE = ("left_behind", "tekun", "living_alone")


def shown_persons(counts: Iterable[float], *, sensitive: bool) -> list[int | str]:
    """Return counts, with 1 and 2 of a sensitive group written ``<3``."""
    return [FEW if sensitive and 0 < count < SMALLEST_SHOWN else round(count) for count in counts]


def few_text(count: float) -> str:
    """Return a count of a sensitive group with its unit, ``<3 人`` for one or two."""
    return f"{shown_persons([count], sensitive=True)[0]} 人"


def is_sensitive(group: str) -> bool:
    """Return whether a group of the scenario is sensitive by its key."""
    return group.startswith(SENSITIVE)
