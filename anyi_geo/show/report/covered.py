"""Covered persons as they may be printed: of a sensitive group neither the covered nor the others may be few."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import COUNTY, text_of
from anyi_geo.show.privacy import (
    HELD_BACK,
    is_sensitive,
    parts_hidden,
    small_hidden,
    sum_shown,
    table_hidden,
    tree_hidden,
)
from anyi_geo.show.suppression import FEWEST

#: Key of those whom no batch covers, beside the batches' numbers.
LEFT = 0
_FIGURES = ["covered", "total", "share", "share_low", "share_high"]


def group_is_sensitive(result: RunResult, group: str) -> bool:
    """Return whether small numbers of a group of this run are held back."""
    return is_sensitive(group, text_of(result.groups[group]["name"]))


def village_persons(result: RunResult, group: str) -> pd.Series:
    """Return the persons of a group by village as every sheet shows them; small numbers of a sensitive one hidden."""
    counts, townships = _by_village(result, group)
    return tree_hidden(counts, townships)[0] if group_is_sensitive(result, group) else counts


def _by_village(result: RunResult, group: str) -> tuple[pd.Series, pd.Series]:
    points = result.points
    counts = points.groupby("village_id", sort=False)[f"persons.{group}"].sum()
    return counts, points.drop_duplicates("village_id").set_index("village_id")["township"]


def metrics_shown(result: RunResult) -> pd.DataFrame:
    """Return the metrics with two more columns, everything as it may be printed.

    Returns
    -------
    DataFrame
        Index and columns of the metrics; `covered`, `total`, `share` and its range may hold words; `added`: whom no
        earlier batch covers; `left`: whom this batch and the earlier ones leave out.
    """
    metrics = result.metrics
    ordered = metrics.sort_values("batch", kind="stable")
    gained = ordered.groupby(["group", "mode", "scope"], sort=False)["covered"].diff().fillna(ordered["covered"])
    out = metrics.assign(added=gained, left=metrics["total"] - metrics["covered"])
    out = out.astype(dict.fromkeys([*_FIGURES, "added", "left"], object))
    few = metrics["group"].isin([group for group in result.groups if group_is_sensitive(result, group)])
    for (group, _), rows in metrics[few].groupby(["group", "mode"], sort=False):
        pieces, totals = _hidden(result, str(group), *_pieces(rows))
        for label, row in rows.iterrows():
            told = _row(row, pieces.loc[row["scope"]], totals[row["scope"]])
            if isinstance(told["covered"], str) or isinstance(told["total"], str):
                told |= {name: HELD_BACK for name in _FIGURES[2:] if pd.notna(row[name])}
            for name, cell in told.items():
                out.at[label, name] = cell
    for group in metrics.loc[few, "group"].unique():
        near = _near_modes(metrics[metrics["group"] == group], result.headline_mode)
        own = (metrics["group"] == group) & metrics["mode"].isin(near) & (metrics["covered"] > 0)
        if own.any():
            for name in ("covered", "added", "left", *_FIGURES[2:]):
                out.loc[own, name] = out.loc[own, name].where(out.loc[own, name].isna(), HELD_BACK)
    return out


def _near_modes(rows: pd.DataFrame, first: str) -> list[str]:
    """Return the ways of travel that are not told, as one or two persons are covered on them and not on another."""
    covered = rows.pivot_table(index=["scope", "batch"], columns="mode", values="covered", aggfunc="first")
    told: list[str] = []
    near: list[str] = []
    for mode in sorted(covered.columns, key=lambda name: name != first):
        gaps = pd.DataFrame({other: (covered[mode] - covered[other]).abs() for other in told})
        few = gaps.gt(0) & gaps.lt(FEWEST)
        (near if few.to_numpy().any() else told).append(str(mode))
    return near


def _pieces(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return each scope's persons by the batch that first covers them, and their sum."""
    covered = rows.pivot_table(index="scope", columns="batch", values="covered", aggfunc="first", sort=False)
    covered = covered[sorted(covered.columns)]
    pieces = covered.diff(axis=1).fillna(covered)
    totals = rows.drop_duplicates("scope").set_index("scope")["total"].reindex(pieces.index)
    pieces[LEFT] = totals - covered.iloc[:, -1]
    return pieces.astype(int), totals.astype(int)


def _hidden(result: RunResult, group: str, pieces: pd.DataFrame, totals: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Return pieces and totals of a sensitive group as they may be printed: townships by batches, and the county."""
    townships = pieces.index.drop(COUNTY)
    shown, sums = pieces.astype(object), totals.astype(object)
    shown.loc[townships], county = table_hidden(pieces.loc[townships])
    whole = int(pieces.loc[COUNTY].sum())
    # Persons whose township is not known stand in the county's figures alone.
    alike = len(townships) > 0 and int(pieces.loc[townships].to_numpy().sum()) == whole
    shown.loc[COUNTY] = county if alike else parts_hidden(pieces.loc[COUNTY].tolist())
    known = tree_hidden(*_by_village(result, group))[1]
    sums[townships] = [known.get(name, HELD_BACK) for name in townships]
    for name in townships[[isinstance(cell, str) for cell in sums[townships]]]:
        shown.loc[name] = [HELD_BACK if cell else 0 for cell in pieces.loc[name]]
    sums[COUNTY] = small_hidden(whole)
    return shown, sums


def _row(row: pd.Series, pieces: pd.Series, whole: Any) -> dict[str, object]:
    batch = row["batch"]
    done = [part for part in pieces.index if part != LEFT and part <= batch]
    rest = [part for part in pieces.index if part not in done]
    left = row["total"] - row["covered"]
    return {
        "covered": _follows(pieces, done, rest, row["covered"], whole),
        "total": whole,
        "added": pieces[batch],
        "left": _follows(pieces, rest, done, left, whole),
    }


def _follows(pieces: pd.Series, own: list[int], others: list[int], count: Any, whole: Any) -> object:
    """Return a sum of pieces, told where its own are all told, or its total and all the others."""
    if not isinstance(whole, str) and not any(isinstance(pieces[part], str) for part in others):
        return count
    return sum_shown([pieces[part] for part in own], count)


def part_hidden(part: float, whole: float) -> int | str:
    """Return a part of a printed total, held back where the rest is few as well."""
    return parts_hidden([int(part), int(whole) - int(part)])[0]


def printable(result: RunResult) -> RunResult:
    """Return the result with unknown in place of covered persons and shares that may not be printed."""
    if not any(told["weight"] > 0 and group_is_sensitive(result, name) for name, told in result.groups.items()):
        return result
    shown = metrics_shown(result)[_FIGURES]
    return replace(result, metrics=result.metrics.assign(**shown.apply(pd.to_numeric, errors="coerce")))
