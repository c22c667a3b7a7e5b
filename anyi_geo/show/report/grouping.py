"""Rows that say the same of several places, in one row with their names."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from anyi_geo.show.report.model import Table, table
from anyi_geo.show.report.names import short_site

#: Names told of a longer list.
_NAMES = 6


def grouped(found: Table, keys: Sequence[str], names: str) -> Table:
    """Return a table with one row for all rows that agree in `keys`, and their `names` in one cell.

    Parameters
    ----------
    found : Table
    keys : sequence of str
        Columns that are kept.
    names : str
        Column of the places.
    """
    rows = found.rows.groupby(list(keys), sort=False, as_index=False)[names].agg(few_names)
    return table(found.title, rows, *(c for c in found.columns if c.key in (*keys, names)), note=found.note)


def few_names(names: pd.Series) -> str:
    """Return the first names of a list without the words that all sites share, and how many there are."""
    short = list(dict.fromkeys(short_site(name) for name in names))
    return "、".join(short[:_NAMES]) + (f"等 {len(short)} 个" if len(short) > _NAMES else "")
