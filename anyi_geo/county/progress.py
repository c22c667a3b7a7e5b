"""The progress table of a quarter: one row per site, filled in by the townships."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from anyi_geo.county.table_file import read_by_place
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
    return read_by_place(path, PROGRESS_COLUMNS, _ALIASES, sites, "sites.geojson")
