"""The persons of a progress table as they may be printed: residents of homes are 特困, one or two are never told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from anyi_geo.county.progress import asked_of
from anyi_geo.county.progress_rules import residents
from anyi_geo.show.privacy import HELD_BACK, SMALL, sum_shown, summed_hidden, table_hidden
from anyi_geo.show.report.model import NOT_ASKED, UNKNOWN
from anyi_geo.show.suppression import FEWEST

CONSENT = ("consent_yes", "consent_no", "consent_not_asked")
MOVED = "residents_moved"
PERSONS = (MOVED, *CONSENT)
#: Who moves out of a home moves into a centre: the two are never added up.
_MOVED_BY_KIND = {"jinglaoyuan": "敬老院累计迁出人数", "county_centre_candidate": "中心累计迁入人数"}


@dataclass(frozen=True)
class Total:
    """One sum over the sites that filled it in.

    Attributes
    ----------
    item : str
        What is summed.
    column : str
    sites : Index
        Those that filled it in.
    shown : int or str
    """

    item: str
    column: str
    sites: pd.Index
    shown: object


@dataclass(frozen=True)
class Persons:
    """The persons of one quarter as they may be printed.

    Attributes
    ----------
    cells : DataFrame
        Index site_id, columns PERSONS; numbers, words, 未填/待核, 不适用.
    totals : tuple of Total
    """

    cells: pd.DataFrame
    totals: tuple[Total, ...]


def progress_persons(progress: pd.DataFrame, sites: pd.DataFrame, names: dict[str, str]) -> Persons:
    """Return the persons of a progress table as they may be printed.

    Parameters
    ----------
    progress : DataFrame
        Index site_id, as ``read_progress`` gives it.
    sites : DataFrame
        The county's sites; a home's residents are printed elsewhere.
    names : dict of str to str
        Column -> what it is called.
    """
    cells = pd.DataFrame(UNKNOWN, index=progress.index, columns=list(PERSONS), dtype=object)
    asked = progress[list(CONSENT)].apply(pd.to_numeric)
    shown, sums = table_hidden(asked.fillna(0))
    cells[list(CONSENT)] = shown.where(asked.notna(), UNKNOWN)
    totals = [_consent_total(name, names[name], asked[name], sums[name]) for name in CONSENT]
    cells[MOVED] = _moved(progress, sites)
    kinds = sites["kind"].reindex(progress.index)
    for name in PERSONS:
        asked_here = pd.Series([asked_of(kind, name) for kind in kinds], index=progress.index)
        cells[name] = cells[name].where(asked_here | progress[name].notna(), NOT_ASKED)
    return Persons(cells, (*_moved_totals(progress, sites, names), *totals))


def _consent_total(name: str, item: str, asked: pd.Series, shown: object) -> Total:
    filled = asked.dropna().index
    return Total(item, name, filled, shown if len(filled) else UNKNOWN)


def _moved(progress: pd.DataFrame, sites: pd.DataFrame) -> pd.Series:
    """Return who moved; of a home neither those nor the ones who are left may be few."""
    moved = pd.to_numeric(progress[MOVED]).dropna()
    out = pd.Series(UNKNOWN, index=progress.index, dtype=object)
    for kind, rows in moved.groupby(sites["kind"].reindex(moved.index), sort=False):
        housed = residents(sites).reindex(rows.index)
        if kind == "jinglaoyuan" and housed.notna().all():
            out[rows.index] = table_hidden(pd.DataFrame({"moved": rows, "left": housed - rows}))[0]["moved"]
        else:
            out[rows.index] = summed_hidden(rows)
    return out


def _moved_totals(progress: pd.DataFrame, sites: pd.DataFrame, names: dict[str, str]) -> Iterator[Total]:
    moved = pd.to_numeric(progress[MOVED]).dropna()
    if moved.empty:
        yield Total(names[MOVED], MOVED, moved.index, UNKNOWN)
    for kind, rows in moved.groupby(sites["kind"].reindex(moved.index), sort=False):
        housed = residents(sites).reindex(rows.index)
        count: object = int(rows.sum())
        if kind == "jinglaoyuan" and housed.notna().all():
            count = table_hidden(pd.DataFrame({"moved": rows, "left": housed - rows}))[1]["moved"]
        elif 0 < rows.sum() < FEWEST:
            count = SMALL
        yield Total(_MOVED_BY_KIND.get(str(kind), names[MOVED]), MOVED, rows.index, count)


def change_shown(now: object, then: object) -> object:
    """Return a change between two numbers as printed: it tells no more than they do, and not of one or two persons."""
    for word in (NOT_ASKED, UNKNOWN):
        if word in (now, then):
            return word
    if isinstance(now, str) or isinstance(then, str):
        return HELD_BACK
    change = float(now) - float(then)  # type: ignore[arg-type]
    return f"±{SMALL}" if 0 < abs(change) < FEWEST else change


def total_change(total: Total, now: Persons, then: Persons) -> object:
    """Return the change of a sum over the sites that filled it in both times, where what is printed tells it."""
    last = next((other for other in then.totals if other.item == total.item), None)
    both = total.sites.intersection(last.sites) if last is not None else total.sites[:0]
    if last is None or both.empty:
        return UNKNOWN
    if len(both) == len(total.sites) == len(last.sites):
        return change_shown(total.shown, last.shown)
    sums = [_told_sum(found.cells.loc[both, total.column]) for found in (now, then)]
    return change_shown(*sums)


def _told_sum(cells: pd.Series) -> object:
    return sum_shown(cells.tolist(), sum(int(cell) for cell in cells if not isinstance(cell, str)))
