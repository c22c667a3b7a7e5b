"""Averages over all who live in homes afterwards, as they may be printed.

A mean of minutes that stand in the sheets beside the persons tells over how many it was taken. Where it is not told how
many go back to support at home, that would tell it: then such averages are told roughly, in a small county not at all.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from anyi_geo.result import HomesResult
from anyi_geo.show.home_persons import HOME_SUPPORT, home_persons
from anyi_geo.show.privacy import HELD_BACK
from anyi_geo.show.rough import rough_number, share_step

#: Averages by their names in a summary, in the table of other numbers of centres and in the county's table.
MEANS = ("visit_minutes_added_mean", "visit_minutes_after_mean", "visit_mean")
SHARES = ("visit_share_over_limit", "visit_share_over_limit_after", "visit_far")


def housed_told(homes: HomesResult) -> bool:
    """Return whether it is told how many live in homes afterwards."""
    return not isinstance(home_persons(homes).cell(HOME_SUPPORT), str)


def average_told(name: str, value: object, residents: float) -> object:
    """Return one average where it is not told over how many it was taken; any other figure unchanged.

    Parameters
    ----------
    name : str
    value : float or None
    residents : float
        All residents before.
    """
    if name not in MEANS + SHARES or value is None or isinstance(value, str) or pd.isna(value):
        return value
    number = float(value)  # type: ignore[arg-type]
    if share_step(residents) is None:
        return HELD_BACK
    return f"约 {number:.0f}" if name in MEANS else f"约 {rough_number(number, residents):.0%}"


def averages_told(figures: Mapping[str, object], homes: HomesResult) -> dict[str, object]:
    """Return the figures of a plan with its averages as they may be printed."""
    if housed_told(homes):
        return dict(figures)
    return {name: average_told(name, value, homes.summary["residents"]) for name, value in figures.items()}
