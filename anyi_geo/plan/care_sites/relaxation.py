"""An upper bound on the cover of any plan: townships solved exactly, tied together by prices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from anyi_geo.plan.care_sites.conditions import Condition
from anyi_geo.plan.care_sites.rows import CoverRows

#: Sites of one cluster at most; its 2^n subsets are enumerated in every evaluation.
CLUSTER_SITES = 16
IMPOSSIBLE = -1e18


@dataclass(frozen=True)
class Cluster:
    """Sites that are decided together, with the persons that only they can cover.

    Attributes
    ----------
    sites : ndarray
        Positions of the sites; bit k of a subset number is ``sites[k]``.
    alone : ndarray
        Persons covered by each of the 2^n subsets, counting only covering sets within the cluster.
    shared : ndarray
        Positions (among the shared covering sets) of those that this cluster and others can cover.
    masks : ndarray
        Subset number of the cluster's sites in each of `shared`.
    """

    sites: np.ndarray
    alone: np.ndarray
    shared: np.ndarray
    masks: np.ndarray


@dataclass(frozen=True)
class Limits:
    """What a subproblem allows each cluster in each batch (clusters x batches): counts and fixed sites.

    Attributes
    ----------
    least, most : ndarray
        Sites open by the end of the batch.
    open_by, closed_by : ndarray
        Subset numbers of sites that must be open, or must still be closed, at the end of the batch.
    """

    least: np.ndarray
    most: np.ndarray
    open_by: np.ndarray
    closed_by: np.ndarray


@dataclass(frozen=True)
class Prices:
    """Multipliers: `shared` (covering sets x batches) in [0, 1], `coupling` (rows) >= 0."""

    shared: np.ndarray
    coupling: np.ndarray


@dataclass(frozen=True)
class Relaxation:
    """A covering problem split into clusters.

    Attributes
    ----------
    clusters : tuple of Cluster
    persons : ndarray
        Persons of each shared covering set.
    batch_weights : ndarray
    coupling : ndarray
        Rows x sites x batches of conditions ``coupling x opens <= right`` that tie clusters together.
    right : ndarray
    root : Limits
        What the planner's conditions on single sites and whole clusters allow.
    """

    clusters: tuple[Cluster, ...]
    persons: np.ndarray
    batch_weights: np.ndarray
    coupling: np.ndarray
    right: np.ndarray
    root: Limits


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


def relax(rows: CoverRows, conditions: Sequence[Condition], townships: pd.Series) -> Relaxation:
    """Split a problem by township.

    Let ``S_u,t`` be the sites of cluster u open by batch t. A covering set r that only one cluster can cover counts in
    that cluster. One that several can cover is bounded, for any price ``p_rt`` in [0, 1], by

    ::

        [r covered by t] <= p_rt + (1 - p_rt) sum_u [r covered by S_u,t]                                    (1)

    and every coupling condition enters with a price ``q_c >= 0``. The bound is then a sum of maxima, one per cluster,
    over chains ``S_u,1 <= S_u,2 <= ...``, found exactly over all subsets; conditions on single sites and on the count
    of a whole cluster are kept inside.

    Parameters
    ----------
    rows : CoverRows
    conditions : sequence of Condition
    townships : Series
        Township of each site, in the order of ``rows.sites``; larger ones are split.

    References
    ----------
    Geoffrion 1974, Lagrangean relaxation for integer programming; the subset sums are Yates 1937's fast transform.
    """
    groups = _groups(townships)
    member = np.zeros((len(rows.sites), len(groups)))
    for number, sites in enumerate(groups):
        member[sites, number] = 1.0
    touched = (rows.covers @ member) > 0
    is_shared = touched.sum(axis=1) > 1
    shared_rows = np.flatnonzero(is_shared)
    clusters = []
    for number, sites in enumerate(groups):
        inside = np.flatnonzero(touched[:, number] & ~is_shared)
        alone = covered_by_subsets(_masks(rows, inside, sites), rows.persons[inside][None, :], len(sites))[0]
        tied = np.flatnonzero(touched[shared_rows, number])
        clusters.append(Cluster(sites, alone, tied, _masks(rows, shared_rows[tied], sites)))
    root, coupling = _split_conditions(conditions, groups, len(rows.batch_weights))
    shape = (len(coupling), len(rows.sites), len(rows.batch_weights))
    return Relaxation(
        clusters=tuple(clusters),
        persons=rows.persons[shared_rows],
        batch_weights=rows.batch_weights,
        coupling=np.array([left for left, _ in coupling]).reshape(shape),
        right=np.array([right for _, right in coupling]),
        root=root,
    )


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
        value, chain = _best_chain(worth, limits, number)
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
        through = _best_through(worth, limits, number)
        size = len(cluster.sites)
        count = np.bitwise_count(np.arange(1 << size))
        for batch, best in enumerate(through):
            possible = best > needed - bound + best.max()
            if not possible.any():
                continue
            out.least[number, batch] = count[possible].min()
            out.most[number, batch] = count[possible].max()
            kept = np.flatnonzero(possible)
            out.open_by[number, batch] |= np.bitwise_and.reduce(kept)
            out.closed_by[number, batch] |= ~np.bitwise_or.reduce(kept) & ((1 << size) - 1)
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
    which = np.flatnonzero(active)
    if len(which):
        covered = covered_by_subsets(cluster.masks, discounted[cluster.shared][:, which].T, len(cluster.sites))
        covered += cluster.alone
        covered *= weights[which, None]
        worth[which] = covered - subset_sums(step[cluster.sites][:, which].T)
    return worth


def _best_through(worth: np.ndarray, limits: Limits, cluster: int) -> list[np.ndarray]:
    """Return, per batch, the value of the best chain through each subset."""
    batches, subsets = worth.shape
    size = subsets.bit_length() - 1
    inside = [
        np.where(allowed_subsets(limits, cluster, batch, size), worth[batch], IMPOSSIBLE) for batch in range(batches)
    ]
    before, after = [inside[0]], [np.zeros(subsets)]
    for batch in range(1, batches):
        earlier = _best_superset(before[-1][::-1], size)[::-1]  # best subset: complements reverse the order
        before.append(np.maximum(inside[batch] + earlier, IMPOSSIBLE))
    for batch in reversed(range(1, batches)):
        after.insert(0, _best_superset(np.maximum(inside[batch] + after[0], IMPOSSIBLE), size))
    return [np.maximum(first + second, IMPOSSIBLE) for first, second in zip(before, after, strict=True)]


def covered_by_subsets(masks: np.ndarray, persons: np.ndarray, size: int) -> np.ndarray:
    """Return the persons that each subset covers.

    Parameters
    ----------
    masks : ndarray
        Subset number of each covering set.
    persons : ndarray
        Tables x covering sets.
    size : int
        Sites, so that there are ``2 ** size`` subsets.

    Returns
    -------
    ndarray
        Tables x subsets: all persons minus those whose covering set lies in the complement.
    """
    within = np.stack([np.bincount(masks, row, 1 << size) for row in persons]).astype(float)  # ints when empty
    for bit in range(size):
        pairs = within.reshape(len(persons), -1, 2, 1 << bit)
        pairs[:, :, 1] += pairs[:, :, 0]
    return np.asarray(within[:, -1:] - within[:, ::-1])


def subset_sums(values: np.ndarray) -> np.ndarray:
    """Return the sum over each subset, tables x subsets, from tables x sites."""
    sums = np.zeros((len(values), 1))
    for column in values.T:
        sums = np.concatenate([sums, sums + column[:, None]], axis=1)
    return sums


def allowed_subsets(limits: Limits, cluster: int, batch: int, size: int) -> np.ndarray:
    """Return which of the ``2 ** size`` subsets a batch may end with."""
    subsets = np.arange(1 << size)
    count = np.bitwise_count(subsets)
    must, never = limits.open_by[cluster, batch], limits.closed_by[cluster, batch]
    counted = (count >= limits.least[cluster, batch]) & (count <= limits.most[cluster, batch])
    return np.asarray(counted & ((subsets & must) == must) & ((subsets & never) == 0))


def _best_chain(worth: np.ndarray, limits: Limits, cluster: int) -> tuple[float, np.ndarray]:
    """Return the best chain of growing subsets and its value."""
    batches, subsets = worth.shape
    size = subsets.bit_length() - 1
    onward = [np.zeros(0)] * batches
    started = int(np.argmax(limits.most[cluster] > 0))
    if limits.most[cluster, started] <= 0:
        return 0.0, np.zeros(batches, dtype=np.int64)
    for batch in reversed(range(started, batches)):
        here = np.where(allowed_subsets(limits, cluster, batch, size), worth[batch], IMPOSSIBLE)
        if batch + 1 < batches:
            here = np.maximum(here + _best_superset(onward[batch + 1], size), IMPOSSIBLE)
        onward[batch] = here
    chain = np.zeros(batches, dtype=np.int64)
    first = int(onward[started].argmax())
    chain[started] = first
    numbers = np.arange(subsets)
    for batch in range(started + 1, batches):
        larger = numbers[(numbers & chain[batch - 1]) == chain[batch - 1]]
        chain[batch] = larger[onward[batch][larger].argmax()]
    return float(onward[started][first]), chain


def _best_superset(values: np.ndarray, size: int) -> np.ndarray:
    best = values.copy()
    for bit in range(size):
        pairs = best.reshape(-1, 2, 1 << bit)
        np.maximum(pairs[:, 0], pairs[:, 1], out=pairs[:, 0])
    return best


def _groups(townships: pd.Series) -> list[np.ndarray]:
    groups = []
    for _, places in sorted(townships.reset_index(drop=True).groupby(townships.to_numpy()).groups.items()):
        parts = -(-len(places) // CLUSTER_SITES)
        groups += [np.asarray(part) for part in np.array_split(np.asarray(places), parts)]
    return groups


def _masks(rows: CoverRows, which: np.ndarray, sites: np.ndarray) -> np.ndarray:
    members = rows.covers[which][:, sites].toarray() > 0
    return np.asarray(members @ (1 << np.arange(len(sites))), dtype=np.int64)


def _split_conditions(
    conditions: Sequence[Condition], groups: Sequence[np.ndarray], batches: int
) -> tuple[Limits, list[tuple[np.ndarray, float]]]:
    """Return what can be held inside clusters, and the rest as rows ``left x opens <= right``."""
    sizes = np.array([len(sites) for sites in groups])
    root = Limits(
        least=np.zeros((len(groups), batches), dtype=np.int64),
        most=np.repeat(sizes[:, None], batches, axis=1),
        open_by=np.zeros((len(groups), batches), dtype=np.int64),
        closed_by=np.zeros((len(groups), batches), dtype=np.int64),
    )
    place = {int(site): (u, k) for u, sites in enumerate(groups) for k, site in enumerate(sites)}
    coupling = []
    for condition in conditions:
        held = np.flatnonzero(condition.coefficients.any(axis=1))
        if len(held) == 1 and _hold_site(condition, int(held[0]), place, root):
            continue
        if len(held) and _hold_count(condition, held, place, groups, root):
            continue
        if math.isfinite(condition.upper):
            coupling.append((condition.coefficients, condition.upper))
        if math.isfinite(condition.lower):
            coupling.append((-condition.coefficients, -condition.lower))
    return root, coupling


def _hold_site(condition: Condition, site: int, place: dict[int, tuple[int, int]], root: Limits) -> bool:
    """Keep a condition on one site as "open by" and "closed by"; the states it allows must follow each other."""
    batches = condition.coefficients.shape[1]
    values = np.append(condition.coefficients[site], 0.0)  # the last state is "never opened"
    allowed = (values >= condition.lower - 1e-9) & (values <= condition.upper + 1e-9)
    if not allowed.any() or np.ptp(np.flatnonzero(allowed)) + 1 != allowed.sum():
        return False
    cluster, bit = place[site]
    for batch in range(batches):
        if not allowed[: batch + 1].any():
            root.closed_by[cluster, batch] |= 1 << bit
        if not allowed[batch + 1 :].any():
            root.open_by[cluster, batch] |= 1 << bit
    return True


def _hold_count(
    condition: Condition,
    held: np.ndarray,
    place: dict[int, tuple[int, int]],
    groups: Sequence[np.ndarray],
    root: Limits,
) -> bool:
    """Keep a condition on the number of open sites of one whole cluster after the last batch."""
    cluster = place[int(held[0])][0]
    if len(held) != len(groups[cluster]) or any(place[int(site)][0] != cluster for site in held):
        return False
    if not (condition.coefficients[held] == 1.0).all():
        return False
    root.least[cluster, -1] = max(
        root.least[cluster, -1], math.ceil(condition.lower - 1e-9 if condition.lower > 0 else 0)
    )
    most = condition.upper + 1e-9
    root.most[cluster] = np.minimum(root.most[cluster], len(groups[cluster]) if math.isinf(most) else math.floor(most))
    return True
