"""What may be called 合格: a result on file with the date of an inspection and the department that made it.

The software passes nothing; a word of passing in somebody's remarks is not repeated either (`figures.claims_hidden`).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from anyi_geo.county.registers import PASSED
from anyi_geo.show.figures import text_of
from anyi_geo.show.report.model import UNKNOWN

if TYPE_CHECKING:
    from anyi_geo.county import County

_NOT_A_DEPARTMENT = re.compile(r"[\W_]*|无|没有|未知|不详|不清楚|待定|待填|未填|未定")


def outcome(result: object, day: object, department: object, today: dt.date | None, topic: str = "检查") -> str:
    """Return a result as it may be printed; 合格 without a date up to today and a department is not one.

    Parameters
    ----------
    result, day, department : object
        As filed.
    today : date or None
        None when it is not known.
    topic : str
        What the date and the department are called after.
    """
    told = text_of(result)
    if told != PASSED:
        return told or UNKNOWN
    lacking = []
    if not isinstance(day, dt.date):
        lacking.append(f"缺{topic}日期")
    elif today is not None and day > today:
        lacking.append(f"{topic}日期在今天之后")
    if not is_department(department):
        lacking.append(f"缺{topic}部门")
    return f"{UNKNOWN}（{'，'.join(lacking)}）" if lacking else PASSED


def is_department(cell: object) -> bool:
    """Return whether a cell names somebody: neither blank nor a word for not known."""
    return not _NOT_A_DEPARTMENT.fullmatch(text_of(cell).strip())


def building_of(county: County, site_id: object) -> object:
    """Return the building in which a site is; the site itself where it is not known."""
    return county.sites["building_id"].get(site_id, site_id)


def by_building(county: County, rows: pd.DataFrame | None, dated: str, *keys: str) -> dict[Any, dict[str, Any]]:
    """Return the rows of a register by building, and by further columns: what holds for a building holds for its uses.

    Parameters
    ----------
    county : County
    rows : DataFrame or None
        With site_id.
    dated : str
        Column of the date; of several rows the latest holds, one without a date the least.
    *keys : str
        Further columns.

    Returns
    -------
    dict
        (building, further cells ...) -> row.
    """
    found = [] if rows is None else rows.to_dict("records")
    found.sort(key=lambda row: row[dated] or dt.date.min)
    return {(building_of(county, row["site_id"]), *(row[key] for key in keys)): row for row in found}
