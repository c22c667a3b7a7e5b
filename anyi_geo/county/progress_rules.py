"""What a progress table cannot say: more persons than live there, and less than the last quarter said."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from anyi_geo.county.cells import is_count, is_number
from anyi_geo.county.home_rules import HOME_KINDS
from anyi_geo.errors import Fault, Message
from anyi_geo.schema import RESIDENT_COLUMNS

_FILE = "progress"
_CONSENT = ("consent_yes", "consent_no", "consent_not_asked")
#: What never falls from one quarter to the next.
CUMULATIVE = {"spend_yuan": ("累计投入", "spend so far"), "residents_moved": ("累计搬迁人数", "residents moved so far")}


def residents(sites: pd.DataFrame) -> pd.Series:
    """Return whom a report can be about: a home's residents; at a centre those of every home, who may all move there.

    Returns
    -------
    Series
        Index site_id, persons; homes without registered residents and other places are left out.
    """
    homes = sites[sites["kind"].isin(HOME_KINDS)]
    columns = [column for column in RESIDENT_COLUMNS if column in homes]
    own = homes[columns].apply(pd.to_numeric, errors="coerce").sum(axis=1, min_count=1).dropna()
    centres = homes["kind"].reindex(own.index) == "county_centre_candidate"
    return own.mask(centres, own.sum()).astype(int)


def progress_faults(rows: pd.DataFrame, sites: pd.DataFrame) -> Iterator[Fault]:
    """Yield the rows with more persons asked, or moved, than live in the home.

    Parameters
    ----------
    rows : DataFrame
        Index the row's number in the file; cells of any type.
    sites : DataFrame
        Index site_id; the county's sites.
    """
    known = residents(sites)
    for number, row in rows.to_dict("index").items():
        if row["site_id"] not in known.index:
            continue
        housed = int(known[row["site_id"]])
        asked = [int(row[name]) for name in _CONSENT if is_count(row[name])]
        if sum(asked) > housed:
            yield _fault(
                "E_CONSENT_SUM", int(str(number)), row, "consent_yes",
                f"同意、不同意、未征询合计 {sum(asked)} 人，多于登记的在院 {housed} 人，多 {sum(asked) - housed} 人；"
                "请核对这几格；在院人数变了的，先改 sites.geojson",
                f"consent adds up to {sum(asked)} persons, {housed} residents are registered; check either",
            )  # fmt: skip
        if is_count(row["residents_moved"]) and row["residents_moved"] > housed:
            moved = int(row["residents_moved"])
            yield _fault(
                "E_OVER_CAPACITY", int(str(number)), row, "residents_moved",
                f"累计搬迁 {moved} 人，多于登记的在院 {housed} 人，多 {moved - housed} 人；请核对",
                f"{moved} residents moved, {housed} are registered; check either",
            )  # fmt: skip


def _fault(code: str, number: int, row: Mapping[Hashable, Any], column: str, zh: str, en: str) -> Fault:
    site = str(row["site_id"])
    return Fault(
        code, _FILE, number, site, column, row[column],
        Message(f"第 {number} 行 {site}：{zh}。", f"Row {number} {site}: {en}."),
    )  # fmt: skip


def progress_doubts(now: pd.DataFrame, before: pd.DataFrame | None, stages: Sequence[str]) -> list[Fault]:
    """Return warnings: cumulative figures that fell, stages that went back, more persons moved than agreed.

    Parameters
    ----------
    now, before : DataFrame
        Index site_id, as ``read_progress`` gives them; `before` is the last quarter's, None for a first report.
    stages : sequence of str
        From first to last.
    """
    doubts = []
    earlier = {} if before is None else before.to_dict("index")
    for site, row in now.to_dict("index").items():
        then = earlier.get(site)
        found = [*_fallen(row, then, stages), *_without_consent(row)]
        doubts += [Fault(code, _FILE, None, str(site), name, row[name], told) for code, name, told in found]
    return doubts


def _fallen(
    row: Mapping[Hashable, Any], then: Mapping[Hashable, Any] | None, stages: Sequence[str]
) -> Iterator[tuple[str, str, Message]]:
    if then is None:
        return
    for name, (zh, en) in CUMULATIVE.items():
        if is_number(row[name]) and is_number(then[name]) and row[name] < then[name]:
            yield (
                "W_LESS_THAN_BEFORE",
                name,
                Message(f"{zh}比上期减少，累计数不应减少，请核对", f"{en} fell since the last report: check it"),
            )
    if {row["stage"], then["stage"]} <= set(stages) and stages.index(row["stage"]) < stages.index(then["stage"]):
        yield (
            "W_STAGE_BACK",
            "stage",
            Message(
                f"阶段由“{then['stage']}”退回“{row['stage']}”，请核对",
                f"the stage went back from {then['stage']} to {row['stage']}: check it",
            ),
        )


def _without_consent(row: Mapping[Hashable, Any]) -> Iterator[tuple[str, str, Message]]:
    if (
        is_count(row["residents_moved"])
        and is_count(row["consent_yes"])
        and row["residents_moved"] > row["consent_yes"]
    ):
        yield (
            "W_MOVED_WITHOUT_CONSENT",
            "residents_moved",
            Message(
                "搬迁人数多于同意人数：未征询、不同意的不算同意，请逐人核对",
                "more residents moved than consented: not asked is not a yes",
            ),
        )
