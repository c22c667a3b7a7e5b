"""An upper bound on the cover of any plan: townships solved exactly, tied together by prices."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from anyi_geo.plan.care_sites.clusters import Cluster, Limits, Relaxation
from anyi_geo.plan.care_sites.subsets import best_above, best_below, sums_below, sums_of

IMPOSSIBLE = -1e18


@dataclass(frozen=True)
class Prices:
    """Multipliers: `shared` (covering sets x batches) in [0, 1], `coupling` (rows) >= 0."""

    shared: np.ndarray
    coupling: np.ndarray


@dataclass(frozen=True)
class Evaluation:
    """The relaxed optimum at given prices.

    Attributes
    ----------
    bound : float
        No plan within the limits covers more; -inf when the limits leave no plan.
    hits : ndarray
        How many clusters cover each shared covering set, per batch.
    excess : ndarray
        Left side minus right side of each coupling row.
    chosen : ndarray
        Clusters x batches, the subset number open by the end of the batch.
    """

    bound: float
    hits: np.ndarray
    excess: np.ndarray
    chosen: np.ndarray


def evaluate(relaxation: Relaxation, limits: Limits, prices: Prices) -> Evaluation:
    """Return the relaxed optimum and what it chose."""
    weights = relaxation.batch_weights
    batches = len(weights)
    bound = float(weights @ (relaxation.persons @ prices.shared)) + float(prices.coupling @ relaxation.right)
    step = _opening_prices(relaxation, prices)
    offered = _offered(relaxation, prices)
    reached = np.zeros((relaxation.incidence.shape[1], batches))
    chosen = np.zeros((len(relaxation.clusters), batches), dtype=np.int64)
    opened = np.zeros(step.shape)
    for number, cluster in enumerate(relaxation.clusters):
        value, chain = _best_chain(cluster, _worth(cluster, offered, weights, step), limits, number)
        if value <= IMPOSSIBLE / 2:
            return Evaluation(-math.inf, relaxation.incidence @ reached, np.zeros(len(relaxation.right)), chosen)
        bound += value
        chosen[number] = chain
        reached[cluster.columns] = (cluster.masks[:, None] & chain[None, :]) > 0
        bits = (chain[None, :] >> np.arange(len(cluster.sites))[:, None]) & 1
        opened[cluster.sites] = np.diff(bits, axis=1, prepend=0)
    excess = np.tensordot(relaxation.coupling, opened, axes=2) - relaxation.right
    return Evaluation(bound, relaxation.incidence @ reached, excess, chosen)


def narrow(relaxation: Relaxation, limits: Limits, prices: Prices, bound: float, needed: float) -> Limits:
    """Return limits without the counts and sites that no plan of value above `needed` can have.

    At given prices the bound of a plan that uses a subset in a cluster is `bound` less what the cluster loses by it.

    Parameters
    ----------
    relaxation : Relaxation
    limits : Limits
    prices : Prices
    bound : float
        ``evaluate(relaxation, limits, prices).bound``.
    needed : float
        Cover that a plan must beat to matter.
    """
    step = _opening_prices(relaxation, prices)
    offered = _offered(relaxation, prices)
    out = Limits(limits.least.copy(), limits.most.copy(), limits.open_by.copy(), limits.closed_by.copy())
    for number, cluster in enumerate(relaxation.clusters):
        worth = _worth(cluster, offered, relaxation.batch_weights, step)
        for batch, best in enumerate(_best_through(cluster, worth, limits, number)):
            subsets = cluster.tables[batch].subsets
            possible = best > needed - bound + best.max()
            if not possible.any():
                continue
            out.least[number, batch] = subsets.count[possible].min()
            out.most[number, batch] = subsets.count[possible].max()
            kept = subsets.numbers[possible]
            out.open_by[number, batch] |= np.bitwise_and.reduce(kept)
            out.closed_by[number, batch] |= ~np.bitwise_or.reduce(kept) & ((1 << subsets.size) - 1)
    return out


def _opening_prices(relaxation: Relaxation, prices: Prices) -> np.ndarray:
    """Return what the coupling rows charge (sites x batches) for a site that is open by the end of each batch."""
    cost = np.tensordot(prices.coupling, relaxation.coupling, axes=1)  # of opening exactly in that batch
    return np.asarray(cost - np.concatenate([cost[:, 1:], np.zeros((len(cost), 1))], axis=1))


def _offered(relaxation: Relaxation, prices: Prices) -> np.ndarray:
    """Return the persons that the clusters are offered for covering shared sets, masks x batches."""
    return np.asarray(relaxation.incidence.T @ (relaxation.persons[:, None] * (1.0 - prices.shared)))


def _worth(cluster: Cluster, offered: np.ndarray, weights: np.ndarray, step: np.ndarray) -> list[np.ndarray]:
    """Return the value of every subset of every batch's table."""
    worth = []
    for batch, table in enumerate(cluster.tables):
        persons = offered[cluster.columns, batch]
        covered = table.alone + sums_below(table.subsets, table.holders @ persons)
        worth.append(weights[batch] * covered - sums_of(table.subsets, step[cluster.sites, batch]))
    return worth


def _inside(cluster: Cluster, worth: list[np.ndarray], limits: Limits, number: int) -> list[np.ndarray]:
    """Return the values with those of subsets that the limits forbid made impossible."""
    out = []
    for batch, table in enumerate(cluster.tables):
        subsets = table.subsets
        must, never = limits.open_by[number, batch], limits.closed_by[number, batch]
        counted = (subsets.count >= limits.least[number, batch]) & (subsets.count <= limits.most[number, batch])
        allowed = counted & ((subsets.numbers & must) == must) & ((subsets.numbers & never) == 0)
        out.append(np.where(allowed, worth[batch], IMPOSSIBLE))
    return out


def _best_chain(cluster: Cluster, worth: list[np.ndarray], limits: Limits, number: int) -> tuple[float, np.ndarray]:
    """Return the value of the best chain of growing subsets, and its subset numbers."""
    onward = _inside(cluster, worth, limits, number)
    for batch in reversed(range(len(onward) - 1)):
        later = best_above(cluster.tables[batch + 1].subsets, onward[batch + 1])
        onward[batch] = np.maximum(onward[batch] + later[cluster.tables[batch].onward], IMPOSSIBLE)
    chain = np.zeros(len(onward), dtype=np.int64)
    for batch, table in enumerate(cluster.tables):
        numbers = table.subsets.numbers
        larger = np.flatnonzero((numbers & chain[batch - 1]) == chain[batch - 1]) if batch else np.arange(len(numbers))
        chain[batch] = numbers[larger[onward[batch][larger].argmax()]]
    return float(onward[0].max()), chain


def _best_through(cluster: Cluster, worth: list[np.ndarray], limits: Limits, number: int) -> list[np.ndarray]:
    """Return, per batch, the value of the best chain through each subset."""
    inside = _inside(cluster, worth, limits, number)
    before, after = [inside[0]], [np.zeros(len(inside[-1]))]
    for batch in range(1, len(inside)):
        spread = np.full(len(inside[batch]), IMPOSSIBLE)
        spread[cluster.tables[batch - 1].onward] = before[-1]
        earlier = best_below(cluster.tables[batch].subsets, spread)
        before.append(np.maximum(inside[batch] + earlier, IMPOSSIBLE))
    for batch in reversed(range(1, len(inside))):
        later = best_above(cluster.tables[batch].subsets, np.maximum(inside[batch] + after[0], IMPOSSIBLE))
        after.insert(0, later[cluster.tables[batch - 1].onward])
    return [np.maximum(first + second, IMPOSSIBLE) for first, second in zip(before, after, strict=True)]
