"""Covered persons of a sensitive group, told roughly.

A share of such a group stands beside others: of another batch, way of travel, township or run. Two exact ones differ by
the persons whom one plan reaches and the other does not, and that may be one child in one hamlet. So a share is told in
steps of several persons, and sums that an exact number would follow from are told in steps too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from anyi_geo.show.figures import RANGE_TOLERANCE, Share
from anyi_geo.show.privacy import HELD_BACK
from anyi_geo.show.suppression import FEWEST

#: Steps of a share, the finest first; one is fine enough to use and coarse enough to tell of nobody alone.
_STEPS = (0.01, 0.05)
_FEWEST_IN_A_STEP = 2 * FEWEST
_COUNT_STEP = 10


def share_step(total: float) -> float | None:
    """Return the step in which a share of `total` persons is told; None where every step would tell of a few."""
    return next((step for step in _STEPS if step * total >= _FEWEST_IN_A_STEP), None)


def rough_number(share: float, total: float) -> float | None:
    """Return a share rounded to its step; None where it is not known or not told."""
    step = share_step(total) if math.isfinite(total) else None
    return None if step is None or math.isnan(share) else round(round(share / step) * step, 2)


def rough_share(share: Share) -> str:
    """Return ``约 23% [11–22]``, the range in the same steps; ``–`` when nobody counts, 不列 in a small group."""
    if math.isnan(share.share):
        return "–"
    told = rough_number(share.share, share.total)
    if told is None:
        return HELD_BACK
    low, high = (rough_number(value, share.total) for value in (share.low, share.high))
    if low is None or high is None:
        return f"约 {told:.0%}"
    mark = "*" if share.share > share.high + RANGE_TOLERANCE else ""
    return f"约 {told:.0%}{mark} [{low * 100:.0f}–{high * 100:.0f}]"


def rough_count(persons: float) -> str:
    """Return ``约 40`` persons, ``不足 10`` for fewer whatever their sign.

    Nobody too: two hamlets that make up for each other in a difference would be known to be alike.
    """
    tens = round(abs(persons) / _COUNT_STEP) * _COUNT_STEP
    return f"{'-' if persons < 0 else ''}约 {tens:,}" if tens and abs(persons) >= _COUNT_STEP else f"不足 {_COUNT_STEP}"


def without_counts(words: str, groups: Iterable[str]) -> str:
    """Return a sentence of differences in which what changes for some groups, by their short names, is not told."""
    for group in groups:
        change = rf"{re.escape(group)}( [+\-−]?[\d,]+ 人(（[^）]*）)?|不变)"
        words = re.sub(change, f"{group}（{HELD_BACK}）", words)
    return words
