"""The progress table of a quarter: one row per site, filled in by the townships."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pandas as pd

from anyi_geo.county.table_file import duplicate, read_table_file, unknown_reference
from anyi_geo.errors import Fault, InputError, Message
from anyi_geo.schema import Column, Kind

_FILE = "progress"


def _column(name: str, kind: Kind, zh: str, en: str, *, unit: str = "", required: bool = False) -> Column:
    minimum = 0.0 if kind in ("integer", "number") else None
    return Column(_FILE, name, kind, unit, required, zh, en, minimum=minimum)


PROGRESS_COLUMNS: tuple[Column, ...] = (
    _column("site_id", "code", "点位编号", "site", required=True),
    _column("stage", "text", "阶段", "stage", required=True),
    _column("spend_yuan", "number", "累计投入", "spent so far", unit="yuan"),
    _column("residents_moved", "integer", "累计迁入人数", "residents moved so far", unit="persons"),
    _column("consent_yes", "integer", "同意人数", "consented", unit="persons"),
    _column("consent_no", "integer", "不同意人数", "did not consent", unit="persons"),
    _column("consent_not_asked", "integer", "未征询人数", "not asked", unit="persons"),
    _column("open_safety_items", "integer", "未销号安全问题", "open safety items"),
    _column("note", "text", "备注", "note"),
)
#: Counted over the sites and compared with the last report.
PROGRESS_COUNTS = (
    "spend_yuan",
    "residents_moved",
    "consent_yes",
    "consent_no",
    "consent_not_asked",
    "open_safety_items",
)
#: What never falls from one quarter to the next.
CUMULATIVE = ("spend_yuan", "residents_moved")
_ALIASES = {
    "site": "site_id",
    "点位": "site_id",
    "spend": "spend_yuan",
    "投入": "spend_yuan",
    "迁入人数": "residents_moved",
    "搬迁人数": "residents_moved",
    "consent": "consent_yes",
    "safety_items": "open_safety_items",
    "安全问题": "open_safety_items",
}


def read_progress(path: Path, sites: Collection[str]) -> pd.DataFrame:
    """Read a progress table.

    Parameters
    ----------
    path : Path
        csv or xlsx with Chinese or English headings.
    sites : collection of str
        Known site ids.

    Returns
    -------
    DataFrame
        Index site_id; the columns of ``PROGRESS_COLUMNS``, None where nothing was filled in.

    Raises
    ------
    InputError
        With every fault of the table.
    """
    columns = tuple(replace(column, file=path.name) for column in PROGRESS_COLUMNS)
    found = read_table_file(path, columns, _ALIASES)
    faults = [*found.faults]
    seen: dict[str, int] = {}
    for number, site in found.rows["site_id"].items():
        line = int(str(number))
        if site is None:
            continue
        if site not in sites:
            faults.append(unknown_reference(columns[0], line, site, "sites.geojson"))
        if site in seen:
            faults.append(duplicate(columns[0], line, site, seen[site]))
        seen.setdefault(site, line)
    if not faults and found.rows.empty:
        faults.append(_no_rows(path.name))
    if faults:
        raise InputError(sorted(faults, key=lambda fault: (fault.row or 0, fault.column)))
    return found.rows.set_index("site_id")


def _no_rows(file: str) -> Fault:
    return Fault(
        "E_UNREADABLE", file, None, "", "", None,
        Message(f"{file} 只有表头，没有任何点位：请每个点位填一行。", f"{file} holds no rows: fill in one per site."),
    )  # fmt: skip
