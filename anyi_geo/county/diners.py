"""The list of diners that a township corrects: one row per dining point."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from anyi_geo.county.table_file import read_by_place
from anyi_geo.schema import Column

DINER_COLUMNS: tuple[Column, ...] = (
    Column("diners", "site_id", "code", "", True, "点位编号", "site"),
    Column("diners", "meals", "integer", "meals", True, "每餐份数", "meals per service", minimum=0.0),
    Column("diners", "note", "text", "", False, "备注", "note"),
)
_ALIASES = {"点位": "site_id", "份数": "meals", "用餐人数": "meals", "人数": "meals", "diners": "meals"}


def read_diners(path: Path, points: Collection[str]) -> pd.Series:
    """Read a changed list of diners.

    Parameters
    ----------
    path : Path
        csv or xlsx with Chinese or English headings.
    points : collection of str
        Dining points of the run.

    Returns
    -------
    Series
        Index site_id; meals of one service.

    Raises
    ------
    InputError
        With every fault of the table.
    """
    return read_by_place(path, DINER_COLUMNS, _ALIASES, points, "result.json")["meals"].astype(int)
