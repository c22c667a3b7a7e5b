"""Swap search from a feasible plan: better cover first, then the stated second keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from anyi_geo.plan.care_sites.conditions import Condition
from anyi_geo.plan.care_sites.feasibility import holds
from anyi_geo.plan.care_sites.rows import CoverRows

#: Covers that differ by less than this share of the whole count as equal.
EQUAL = 1e-9


@dataclass(frozen=True)
class TieKeys:
    """Second keys among plans of equal cover, all over sites sorted by id.

    Attributes
    ----------
    rank : ndarray
        Reuse tier of each site; the sum over opened sites is kept small first.
    cost_yuan : ndarray
        Opening cost; the sum is kept small second.
    minutes : ndarray or None
        Points x sites, inf = no way; person-minutes over batches are kept small third.
    persons : ndarray
        Weighted persons per point.
    batch_weights : ndarray
        Weight of each batch in the person-minutes.
    """

    rank: np.ndarray
    cost_yuan: np.ndarray
    minutes: np.ndarray | None
    persons: np.ndarray
    batch_weights: np.ndarray

    def of(self, batch: np.ndarray) -> tuple[float, ...]:
        """Return the key of a plan; the smaller tuple is preferred, the earlier site ids last."""
        opened = batch > 0
        far, person_minutes = self._minutes(batch)
        ids = tuple(np.where(opened, batch, len(self.batch_weights) + 1))
        return (float(self.rank[opened].sum()), float(self.cost_yuan[opened].sum()), far, person_minutes, *ids)

    def _minutes(self, batch: np.ndarray) -> tuple[float, float]:
        if self.minutes is None:
            return 0.0, 0.0
        far = total = 0.0
        for number, weight in enumerate(self.batch_weights, start=1):
            opened = (batch > 0) & (batch <= number)
            if not opened.any():
                continue
            nearest = self.minutes[:, opened].min(axis=1)
            reached = np.isfinite(nearest)
            far += weight * float(self.persons[~reached].sum())
            total += weight * float(self.persons[reached] @ nearest[reached])
        return round(far, 6), round(total, 6)


def improve(
    rows: CoverRows, conditions: Sequence[Condition], batch: np.ndarray, ties: TieKeys | None = None
) -> np.ndarray:
    """Climb from a feasible plan to one that no single move betters.

    Moves: close one site and open another (or the same in another batch), open one more, let two opened sites trade
    batches, close a site that adds nothing. Each step takes the best move; equal covers fall to `ties`, when given.

    Parameters
    ----------
    rows : CoverRows
    conditions : sequence of Condition
    batch : ndarray
        Batch per site, 0 = closed; feasible.
    ties : TieKeys, optional
        Without it only better cover counts.

    Returns
    -------
    ndarray
        Batch per site, feasible, cover not below the start's.

    References
    ----------
    Resende & Werneck 2007, A fast swap-based local search procedure for location problems, Annals of OR 150.
    """
    columns = csc_array(rows.covers)
    threshold = EQUAL * max(1.0, float(rows.persons.sum() * rows.values.max(initial=0.0)))
    current = batch.copy()
    while True:
        step = _best_move(rows, columns, conditions, current, threshold, ties)
        if step is None:
            return current
        current = step


def _best_move(
    rows: CoverRows,
    columns: csc_array,
    conditions: Sequence[Condition],
    batch: np.ndarray,
    threshold: float,
    ties: TieKeys | None,
) -> np.ndarray | None:
    changes = _swap_changes(rows, columns, batch)
    changes += _trade_changes(rows, columns, batch)
    changes.sort(key=lambda change: (-change[0], change[1]))
    key = ties.of(batch) if ties else None
    best: np.ndarray | None = None
    for delta, change in changes:
        if delta < -threshold or (best is not None and delta <= threshold) or (delta <= threshold and ties is None):
            break
        candidate = batch.copy()
        for site, number in change:
            candidate[site] = number
        if not holds(conditions, candidate, len(rows.batch_weights)):
            continue
        if delta > threshold:
            return candidate
        if ties and key and ties.of(candidate) < key:
            return candidate
    return best


_Change = tuple[float, tuple[tuple[int, int], ...]]


def _two_best(rows: CoverRows, columns: csc_array, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per covering set its best value, its second best, and the site that gives the best."""
    best, second = np.zeros(len(rows.persons)), np.zeros(len(rows.persons))
    giver = np.full(len(rows.persons), -1)
    values = rows.values
    for site in np.flatnonzero(batch):
        here = columns.indices[columns.indptr[site] : columns.indptr[site + 1]]
        value = values[batch[site]]
        better = value > best[here]
        up, side = here[better], here[~better]
        second[up], best[up], giver[up] = best[up], value, site
        second[side] = np.maximum(second[side], value)
    return best, second, giver


def _swap_changes(rows: CoverRows, columns: csc_array, batch: np.ndarray) -> list[_Change]:
    """Return every closing, opening and swap that does not lose cover, with its exact gain."""
    best, second, giver = _two_best(rows, columns, batch)
    values, weight = rows.values, rows.persons
    numbers = range(1, len(values))
    gains = {t: columns.T @ (weight * np.maximum(0.0, values[t] - best)) for t in numbers}
    closed = np.flatnonzero(batch == 0)
    scale = 1e-9 * max(1.0, float(weight.sum()))
    changes: list[_Change] = [(float(gains[t][k]), ((int(k), t),)) for t in numbers for k in closed]
    for site in np.flatnonzero(batch):
        alone = np.flatnonzero(giver == site)
        loss = float(weight[alone] @ (best[alone] - second[alone]))
        if loss <= scale:
            changes.append((-loss, ((int(site), 0),)))
        part = rows.covers[alone].T
        for t in numbers:
            after = np.maximum(0.0, values[t] - second[alone]) - np.maximum(0.0, values[t] - best[alone])
            delta = gains[t] - loss + part @ (weight[alone] * after)
            kept = closed[delta[closed] > -scale]
            changes += [(float(delta[other]), ((int(site), 0), (int(other), t))) for other in kept]
            if t != batch[site] and delta[site] > -scale:
                changes.append((float(delta[site]), ((int(site), t),)))
    return changes


def _trade_changes(rows: CoverRows, columns: csc_array, batch: np.ndarray) -> list[_Change]:
    """Return the trades of batches between two opened sites that do not lose cover."""
    opened = np.flatnonzero(batch)
    scale = 1e-9 * max(1.0, float(rows.persons.sum()))
    now = float(_two_best(rows, columns, batch)[0] @ rows.persons)
    changes: list[_Change] = []
    for place, first in enumerate(opened):
        for other in opened[place + 1 :]:
            if batch[first] == batch[other]:
                continue
            traded = batch.copy()
            traded[first], traded[other] = batch[other], batch[first]
            delta = float(_two_best(rows, columns, traded)[0] @ rows.persons) - now
            if delta > -scale:
                changes.append((delta, ((int(first), int(batch[other])), (int(other), int(batch[first])))))
    return changes
