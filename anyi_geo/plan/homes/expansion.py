"""How a home grows: steps of whole beds, taken in their order, each at its own price and floor area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd


class Step(NamedTuple):
    """One step of an expansion: so many beds at most, yuan and square metres of each."""

    beds: int
    yuan_per_bed: float
    m2_per_bed: float


def steps_of(homes: pd.DataFrame) -> dict[str, tuple[Step, ...]]:
    """Return the steps of every home: its own, or one step of its expansion beds at its one price."""
    own = homes["expansion_steps"].to_dict() if "expansion_steps" in homes else {}
    return {
        str(home): tuple(own[home])
        if own.get(home)
        else (Step(int(row["expansion_beds"]), float(row["expansion_yuan_per_bed"]), float(row["m2_per_bed"])),)
        for home, row in homes.iterrows()
    }


def expansion(steps: Sequence[Step], beds: int) -> tuple[float, float]:
    """Return yuan and square metres of the first `beds` beds; beyond the last step at the last step's figures."""
    yuan = m2 = 0.0
    left = beds
    for number, step in enumerate(steps, 1):
        take = left if number == len(steps) else min(left, step.beds)
        yuan, m2, left = yuan + take * step.yuan_per_bed, m2 + take * step.m2_per_bed, left - take
    return yuan, m2
