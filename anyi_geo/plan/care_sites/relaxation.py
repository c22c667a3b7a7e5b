"""An upper bound on the cover of any plan: townships solved exactly, tied together by prices."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from anyi_geo.plan.care_sites.clusters import Cluster, Limits, Relaxation
from anyi_geo.plan.care_sites.subsets import Lattice, best_above, best_below, sums_below

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
    discounted = relaxation.persons[:, None] * (1.0 - prices.shared)
    hits = np.zeros((len(relaxation.persons), batches))
    chosen = np.zeros((len(relaxation.clusters), batches), dtype=np.int64)
    opened = np.zeros(step.shape)
    for number, cluster in enumerate(relaxation.clusters):
        worth = _worth(cluster, discounted, weights, step, limits.most[number] > 0)
        value, chain = _best_chain(cluster.subsets, worth, limits, number)
        if value <= IMPOSSIBLE / 2:
            return Evaluation(-math.inf, hits, np.zeros(len(relaxation.right)), chosen)
        bound += value
        chosen[number] = chain
        hits[cluster.shared] += (cluster.masks[:, None] & chain[None, :]) > 0
        bits = (chain[None, :] >> np.arange(len(cluster.sites))[:, None]) & 1
        opened[cluster.sites] = np.diff(bits, axis=1, prepend=0)
    excess = np.tensordot(relaxation.coupling, opened, axes=2) - relaxation.right
    return Evaluation(bound, hits, excess, chosen)


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
    discounted = relaxation.persons[:, None] * (1.0 - prices.shared)
    out = Limits(limits.least.copy(), limits.most.copy(), limits.open_by.copy(), limits.closed_by.copy())
    for number, cluster in enumerate(relaxation.clusters):
        worth = _worth(cluster, discounted, relaxation.batch_weights, step, limits.most[number] > 0)
        through = _best_through(cluster.subsets, worth, limits, number)
        subsets = cluster.subsets
        for batch, best in enumerate(through):
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


def _worth(
    cluster: Cluster, discounted: np.ndarray, weights: np.ndarray, step: np.ndarray, active: np.ndarray
) -> np.ndarray:
    """Return the value of every subset in every batch, batches x subsets; 0 where no site may be open yet."""
    worth = np.zeros((len(weights), len(cluster.alone)))
    for batch in np.flatnonzero(active):
        persons = np.bincount(cluster.kinds, discounted[cluster.shared, batch], cluster.holders.shape[1])
        covered = cluster.alone + sums_below(cluster.subsets, cluster.holders @ persons)
        worth[batch] = weights[batch] * covered - cluster.subsets.members @ step[cluster.sites, batch]
    return worth


def allowed_subsets(subsets: Lattice, limits: Limits, cluster: int, batch: int) -> np.ndarray:
    """Return which subsets a batch may end with."""
    must, never = limits.open_by[cluster, batch], limits.closed_by[cluster, batch]
    counted = (subsets.count >= limits.least[cluster, batch]) & (subsets.count <= limits.most[cluster, batch])
    return np.asarray(counted & ((subsets.numbers & must) == must) & ((subsets.numbers & never) == 0))


def _best_chain(subsets: Lattice, worth: np.ndarray, limits: Limits, cluster: int) -> tuple[float, np.ndarray]:
    """Return the value of the best chain of growing subsets, and its subset numbers."""
    batches = len(worth)
    chain = np.zeros(batches, dtype=np.int64)
    started = int(np.argmax(limits.most[cluster] > 0))
    if limits.most[cluster, started] <= 0:
        possible = (limits.least[cluster] <= 0).all() and not limits.open_by[cluster].any()
        return 0.0 if possible else IMPOSSIBLE, chain
    onward = [np.zeros(0)] * batches
    for batch in reversed(range(started, batches)):
        here = np.where(allowed_subsets(subsets, limits, cluster, batch), worth[batch], IMPOSSIBLE)
        if batch + 1 < batches:
            here = np.maximum(here + best_above(subsets, onward[batch + 1]), IMPOSSIBLE)
        onward[batch] = here
    place = int(onward[started].argmax())
    value = float(onward[started][place])
    chain[started] = subsets.numbers[place]
    for batch in range(started + 1, batches):
        larger = np.flatnonzero((subsets.numbers & chain[batch - 1]) == chain[batch - 1])
        chain[batch] = subsets.numbers[larger[onward[batch][larger].argmax()]]
    return value, chain


def _best_through(subsets: Lattice, worth: np.ndarray, limits: Limits, cluster: int) -> list[np.ndarray]:
    """Return, per batch, the value of the best chain through each subset."""
    batches = len(worth)
    inside = [
        np.where(allowed_subsets(subsets, limits, cluster, batch), worth[batch], IMPOSSIBLE) for batch in range(batches)
    ]
    before, after = [inside[0]], [np.zeros(len(subsets.numbers))]
    for batch in range(1, batches):
        before.append(np.maximum(inside[batch] + best_below(subsets, before[-1]), IMPOSSIBLE))
    for batch in reversed(range(1, batches)):
        after.insert(0, best_above(subsets, np.maximum(inside[batch] + after[0], IMPOSSIBLE)))
    return [np.maximum(first + second, IMPOSSIBLE) for first, second in zip(before, after, strict=True)]
