"""Swap search from a feasible plan: better cover first, then the stated second keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

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
    willing : ndarray
        How far the village of each site is from consenting; the sum over opened sites is kept small first.
    rank : ndarray
        Reuse tier of each site; kept small second.
    cost_yuan : ndarray
        Opening cost; kept small third.
    minutes : ndarray or None
        Points x sites, inf = no way; person-minutes over batches are kept small fourth.
    persons : ndarray
        Weighted persons per point.
    batch_weights : ndarray
        Weight of each batch in the person-minutes.
    """

    willing: np.ndarray
    rank: np.ndarray
    cost_yuan: np.ndarray
    minutes: np.ndarray | None
    persons: np.ndarray
    batch_weights: np.ndarray

    def of(self, batch: np.ndarray) -> tuple[float, ...]:
        """Return the key of a plan: the smaller is preferred; last, earlier batches for earlier site ids."""
        opened = batch > 0
        far, person_minutes = self._minutes(batch)
        ids = tuple(np.where(opened, batch, len(self.batch_weights) + 1))
        sums = (float(key[opened].sum()) for key in (self.willing, self.rank, self.cost_yuan))
        return (*sums, far, person_minutes, *ids)

    def _minutes(self, batch: np.ndarray) -> tuple[float, float]:
        """Return the persons out of reach and the person-minutes of the others, rounded so that ties are ties."""
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


@dataclass(frozen=True)
class _Moves:
    """Moves with their exact gain in cover; columns first_site, first_batch, second_site (-1 = none), second_batch."""

    gain: np.ndarray
    change: np.ndarray

    def better(self, threshold: float) -> np.ndarray:
        """Return the changes that gain cover, the best first."""
        return self._ordered(self.gain > threshold)

    def equal(self, threshold: float) -> np.ndarray:
        """Return the changes that neither gain nor lose."""
        return self._ordered(np.abs(self.gain) <= threshold)

    def _ordered(self, kept: np.ndarray) -> np.ndarray:
        change = self.change[kept]
        return np.asarray(change[np.lexsort((*change.T[::-1], -self.gain[kept]))])


def improve(
    rows: CoverRows, conditions: Sequence[Condition], batch: np.ndarray, ties: TieKeys | None = None
) -> np.ndarray:
    """Climb from a feasible plan to one that no single move betters.

    Moves: close one site and open another, move a site to another batch, open one more, let two opened sites trade
    batches, close a site that adds nothing. The best feasible move is taken; equal covers fall to `ties`, when given.

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
    threshold = EQUAL * max(1.0, float(np.abs(rows.persons).sum() * rows.worth.max(initial=0.0)))
    current = batch.copy()
    while True:
        step = _next_plan(rows, columns, conditions, current, threshold, ties)
        if step is None:
            return current
        current = step


def _next_plan(
    rows: CoverRows,
    columns: csc_array,
    conditions: Sequence[Condition],
    batch: np.ndarray,
    threshold: float,
    ties: TieKeys | None,
) -> np.ndarray | None:
    families = [_swaps(rows, columns, batch)]
    if (plan := _first_feasible(families[0].better(threshold), conditions, batch, rows)) is not None:
        return plan
    families.append(_trades(rows, columns, batch))
    if (plan := _first_feasible(families[1].better(threshold), conditions, batch, rows)) is not None:
        return plan
    if ties is None:
        return None
    key, best = ties.of(batch), None
    for change in np.concatenate([moves.equal(threshold) for moves in families]):
        plan = _changed(batch, change)
        if holds(conditions, plan, len(rows.batch_weights)) and (found := ties.of(plan)) < key:
            key, best = found, plan
    return best


def _first_feasible(
    changes: np.ndarray, conditions: Sequence[Condition], batch: np.ndarray, rows: CoverRows
) -> np.ndarray | None:
    for change in changes:
        plan = _changed(batch, change)
        if holds(conditions, plan, len(rows.batch_weights)):
            return plan
    return None


def _changed(batch: np.ndarray, change: np.ndarray) -> np.ndarray:
    plan = batch.copy()
    plan[change[0]] = change[1]
    if change[2] >= 0:
        plan[change[2]] = change[3]
    return plan


def _swaps(rows: CoverRows, columns: csc_array, batch: np.ndarray) -> _Moves:
    """Return every opening, closing, swap and change of batch."""
    best, second, giver = _two_best(rows, columns, batch)
    values, weight = rows.worth, rows.persons
    opened, closed = np.flatnonzero(batch), np.flatnonzero(batch == 0)
    given = np.flatnonzero(giver >= 0)
    loss = np.bincount(giver[given], weight[given] * (best - second)[given], len(batch))[opened]
    gains, changes = [-loss], [_columns(opened, 0, -1, 0)]
    for number in range(1, len(values)):
        gain = columns.T @ (weight * np.maximum(0.0, values[number] - best))
        gains.append(gain[closed])
        changes.append(_columns(closed, number, -1, 0))
        # what a newcomer takes over of the covering sets that the leaving site served alone
        over = np.maximum(0.0, values[number] - second) - np.maximum(0.0, values[number] - best)
        served = csr_array((weight[given] * over[given], (giver[given], given)), shape=(len(batch), len(weight)))
        swap = gain[None, :] - loss[:, None] + (served[opened] @ rows.covers).toarray()
        out, into = np.meshgrid(opened, closed, indexing="ij")
        gains.append(swap[:, closed].ravel())
        changes.append(_columns(out.ravel(), 0, into.ravel(), number))
        moved = np.flatnonzero(batch[opened] != number)
        gains.append(swap[moved, opened[moved]])
        changes.append(_columns(opened[moved], number, -1, 0))
    return _Moves(np.concatenate(gains), np.concatenate(changes))


def _trades(rows: CoverRows, columns: csc_array, batch: np.ndarray) -> _Moves:
    """Return every trade of batches between two opened sites; it changes the batches between the two and no other."""
    opened = np.flatnonzero(batch)
    early, late = np.nonzero(batch[opened][:, None] < batch[opened][None, :])
    gain = np.zeros(len(early))
    members = csr_array(columns[:, opened])
    for number, weight in enumerate(rows.batch_weights, start=1):
        open_now = batch[opened] <= number
        hits = members @ open_now.astype(float)
        lost = members.T @ (rows.persons * (hits == 1.0))  # if an open site left
        won = members.T @ (rows.persons * (hits == 0.0))  # if a closed one came
        both = (members.T @ (members * (rows.persons * (hits == 1.0))[:, None])).toarray()
        between = (batch[opened][early] <= number) & (batch[opened][late] > number)
        gain += weight * between * (won[late] - lost[early] + both[early, late])
    first, other = opened[early], opened[late]
    return _Moves(gain, _columns(first, batch[other], other, batch[first]))


def _columns(*parts: np.ndarray | int) -> np.ndarray:
    return np.column_stack(np.broadcast_arrays(*parts)).astype(np.int64)


def _two_best(rows: CoverRows, columns: csc_array, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per covering set its best value, its second best, and the site that gives the best (-1 = none)."""
    best, second = np.zeros(len(rows.persons)), np.zeros(len(rows.persons))
    giver = np.full(len(rows.persons), -1)
    values = rows.worth
    for site in np.flatnonzero(batch):
        here = columns.indices[columns.indptr[site] : columns.indptr[site + 1]]
        value = values[batch[site]]
        better = value > best[here]
        up, side = here[better], here[~better]
        second[up], best[up], giver[up] = best[up], value, site
        second[side] = np.maximum(second[side], value)
    return best, second, giver
