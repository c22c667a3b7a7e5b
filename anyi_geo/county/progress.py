"""The progress table of a quarter: one row per site, filled in by the townships."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd

from anyi_geo.county.progress_rules import progress_faults
from anyi_geo.county.table_file import read_by_place
from anyi_geo.schema import Column, Kind

_FILE = "progress"
#: From first to last. Four are the county document's (四、实施步骤); the others say where a building stands meanwhile.
STAGES = (
    "未启动",
    "调查摸底",
    "充分论证",
    "组织实施",
    "改造施工",
    "竣工验收",
    "投入使用",
    "总结推广",
)
#: What else people write for them.
_STAGE_WORDS = {
    "未启动": ("未开始", "未动工", "not started"),
    "调查摸底": ("调查", "摸底", "调查摸底阶段", "survey"),
    "充分论证": ("论证", "征求意见", "充分论证阶段", "consultation"),
    "组织实施": ("实施", "实施中", "组织实施阶段", "implementation"),
    "改造施工": ("改造", "改造中", "施工", "施工中", "在建", "建设", "建设中", "construction"),
    "竣工验收": ("竣工", "验收", "完工", "acceptance"),
    "投入使用": ("运营", "已运营", "投入运营", "已投入使用", "建成", "已建成", "完成", "已完成", "open", "done"),
    "总结推广": ("总结", "推广", "总结推广阶段", "summary"),
}


def _column(
    name: str, kind: Kind, zh: str, en: str, *, unit: str = "", required: bool = False, choices: tuple[str, ...] = ()
) -> Column:
    minimum = 0.0 if kind in ("integer", "number") else None
    return Column(_FILE, name, kind, unit, required, zh, en, choices, minimum)


PROGRESS_COLUMNS: tuple[Column, ...] = (
    _column("site_id", "code", "点位编号", "site", required=True),
    _column("stage", "choice", "阶段", "stage", required=True, choices=STAGES),
    _column("spend_yuan", "number", "累计投入", "spent so far", unit="yuan"),
    _column("residents_moved", "integer", "累计搬迁人数", "residents moved so far", unit="persons"),
    _column("consent_yes", "integer", "同意人数", "consented", unit="persons"),
    _column("consent_no", "integer", "不同意人数", "did not consent", unit="persons"),
    _column("consent_not_asked", "integer", "未征询人数", "not asked", unit="persons"),
    _column("open_safety_items", "integer", "未销号安全问题", "open safety items"),
    _column("running_yuan", "number", "本年运行支出", "running costs this year so far", unit="yuan"),
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
#: Whose residents are asked and move: of a home all, into a centre those who come; a care site has none.
_MOVES = {
    "jinglaoyuan": ("residents_moved", "consent_yes", "consent_no", "consent_not_asked"),
    "county_centre_candidate": ("residents_moved",),
}
_ALIASES = {
    "运行支出": "running_yuan",
    "site": "site_id",
    "点位": "site_id",
    "spend": "spend_yuan",
    "投入": "spend_yuan",
    "累计迁入人数": "residents_moved",
    "迁入人数": "residents_moved",
    "搬迁人数": "residents_moved",
    "consent": "consent_yes",
    "safety_items": "open_safety_items",
    "安全问题": "open_safety_items",
}


def asked_of(kind: object, column: str) -> bool:
    """Return whether a place of a kind is asked for a column: persons who move or consent live in homes only."""
    persons = {name for names in _MOVES.values() for name in names}
    return column not in persons or column in _MOVES.get(str(kind), ())


def read_progress(path: Path, sites: pd.DataFrame) -> pd.DataFrame:
    """Read a progress table.

    Parameters
    ----------
    path : Path
        csv or xlsx with Chinese or English headings.
    sites : DataFrame
        Index site_id; the county's sites with their kinds and residents.

    Returns
    -------
    DataFrame
        Index site_id; the columns of ``PROGRESS_COLUMNS``, None where nothing was filled in.

    Raises
    ------
    InputError
        With every fault of the table.
    """
    return read_by_place(
        path,
        PROGRESS_COLUMNS,
        _ALIASES,
        sites.index,
        "sites.geojson",
        spellings={"stage": {word: stage for stage, words in _STAGE_WORDS.items() for word in words}},
        rules=partial(progress_faults, sites=sites),
    )
