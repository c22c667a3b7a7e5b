"""Rent that let homes may bring: beside the costs, never among them, and the pay-back that it would make."""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd

from anyi_geo.judge.homes.money import pay_back_years

#: From the least rent to the most.
LEVELS: tuple[Literal["low", "value", "high"], ...] = ("low", "value", "high")


def rent_figures(table: pd.DataFrame, before: float, after: float, once: float) -> dict[str, float | None]:
    """Return the county's possible rent, low to high, and the pay-back with it.

    Parameters
    ----------
    table : DataFrame
        Emptied homes; rent_low_yuan, rent_value_yuan, rent_high_yuan (a year; NaN for those that are not let), let.
    before, after : float
        Yuan per year without any rent.
    once : float
        Yuan.

    Returns
    -------
    dict
        rent_<level>_yuan, None where the beds of one let home are not registered; pay_back_years_rent_<level>, None
        where nothing is saved or the rent is not known.
    """
    let = table[table["let"].astype(bool)]
    out: dict[str, float | None] = {}
    for level in LEVELS:
        rent = float(let[f"rent_{level}_yuan"].sum(skipna=False))
        known = not math.isnan(rent)
        out[f"rent_{level}_yuan"] = rent if known else None
        out[f"pay_back_years_rent_{level}"] = pay_back_years(before, after - rent, once) if known else None
    return out
