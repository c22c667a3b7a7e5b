"""The list of diners that a township corrects: one row per dining point."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pandas as pd

from anyi_geo.county.table_file import duplicate, read_table_file, unknown_reference
from anyi_geo.errors import Fault, InputError, Message
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
    columns = tuple(replace(column, file=path.name) for column in DINER_COLUMNS)
    found = read_table_file(path, columns, _ALIASES)
    faults = [*found.faults]
    seen: dict[str, int] = {}
    for number, site in found.rows["site_id"].items():
        line = int(str(number))
        if site is None:
            continue
        if site not in points:
            faults.append(unknown_reference(columns[0], line, site, "result.json"))
        if site in seen:
            faults.append(duplicate(columns[0], line, site, seen[site]))
        seen.setdefault(site, line)
    if not faults and found.rows.empty:
        text = Message(
            f"{path.name} 没有任何助餐点：请写点位编号和每餐份数。", f"{path.name} holds no rows: site_id and meals."
        )
        faults.append(Fault("E_UNREADABLE", path.name, None, "", "", None, text))
    if faults:
        raise InputError(sorted(faults, key=lambda fault: (fault.row or 0, fault.column)))
    return found.rows.set_index("site_id")["meals"].astype(int)
