"""A covering problem split into clusters of sites, township by township."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack

from anyi_geo.plan.care_sites.conditions import Condition
from anyi_geo.plan.care_sites.rows import CoverRows
from anyi_geo.plan.care_sites.subsets import Lattice, alternating_holders, lattice, sums_below

#: Sites of one cluster at most; its subsets are enumerated in every evaluation.
CLUSTER_SITES = 16


@dataclass(frozen=True)
class Table:
    """The subsets of a cluster that one batch may end with.

    Attributes
    ----------
    subsets : Lattice
    alone : ndarray
        Persons covered by each subset, counting only covering sets that no other cluster can cover.
    holders : csr_array
        Subsets x distinct masks of the shared covering sets, see :func:`alternating_holders`.
    onward : ndarray
        Where these subsets stand in the next batch's table (in their own, for the last).
    """

    subsets: Lattice
    alone: np.ndarray
    holders: csr_array
    onward: np.ndarray


@dataclass(frozen=True)
class Cluster:
    """Sites that are decided together, with the persons that only they can cover.

    Attributes
    ----------
    sites : ndarray
        Positions of the sites; bit k of a subset number is ``sites[k]``.
    masks : ndarray
        Distinct subset numbers that shared covering sets have in this cluster.
    columns : slice
        Columns of `masks` in :attr:`Relaxation.incidence`.
    tables : tuple of Table
        One per batch.
    """

    sites: np.ndarray
    masks: np.ndarray
    columns: slice
    tables: tuple[Table, ...]


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
class Relaxation:
    """A covering problem split into clusters.

    Attributes
    ----------
    clusters : tuple of Cluster
    persons : ndarray
        Persons of each shared covering set.
    incidence : csr_array
        Shared covering sets x masks of all clusters, 1 where the covering set has that mask.
    batch_weights : ndarray
    coupling : ndarray
        Rows x sites x batches of conditions ``coupling x opens <= right`` that tie clusters together.
    right : ndarray
    root : Limits
        What the planner's conditions on single sites and whole clusters allow.
    """

    clusters: tuple[Cluster, ...]
    persons: np.ndarray
    incidence: csr_array
    batch_weights: np.ndarray
    coupling: np.ndarray
    right: np.ndarray
    root: Limits


def relax(rows: CoverRows, conditions: Sequence[Condition], townships: pd.Series, sites_most: int) -> Relaxation:
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
    sites_most : int
        Sites that all batches together may open.

    References
    ----------
    Geoffrion 1974, Lagrangean relaxation for integer programming.
    """
    groups = _groups(townships)
    touched = np.column_stack([rows.covers[:, sites].sum(axis=1) > 0 for sites in groups])
    is_shared = touched.sum(axis=1) > 1
    shared_rows = np.flatnonzero(is_shared)
    root, coupling = _split_conditions(conditions, groups, len(rows.batch_weights))
    spare = sites_most - int(root.least[:, -1].sum())
    np.minimum(root.most, np.maximum(root.least[:, -1:] + spare, 0), out=root.most)
    clusters: list[Cluster] = []
    incidence = []
    for number, sites in enumerate(groups):
        inside = np.flatnonzero(touched[:, number] & ~is_shared)
        tied = np.flatnonzero(touched[shared_rows, number])
        own, persons = _merged(_masks(rows, inside, sites), rows.persons[inside])
        masks, kinds = np.unique(_masks(rows, shared_rows[tied], sites), return_inverse=True)
        incidence.append(csr_array((np.ones(len(tied)), (tied, kinds)), shape=(len(shared_rows), len(masks))))
        start = clusters[-1].columns.stop if clusters else 0
        subsets = lattice(len(sites), int(root.most[number].max()))
        alone = sums_below(subsets, alternating_holders(subsets, own) @ persons)
        table = Table(subsets, alone, alternating_holders(subsets, masks), np.arange(len(alone)))
        columns = slice(start, start + len(masks))
        clusters.append(Cluster(sites, masks, columns, (table,) * len(rows.batch_weights)))
    shape = (len(coupling), len(rows.sites), len(rows.batch_weights))
    return Relaxation(
        clusters=tuple(clusters),
        persons=rows.persons[shared_rows],
        incidence=csr_array(hstack(incidence, format="csr")),
        batch_weights=rows.batch_weights,
        coupling=np.array([left for left, _ in coupling]).reshape(shape),
        right=np.array([right for _, right in coupling]),
        root=root,
    )


def restricted(relaxation: Relaxation, limits: Limits) -> Relaxation:
    """Return the relaxation without subsets that `limits` rule out by count or site, so that it is quicker."""
    clusters = []
    for number, cluster in enumerate(relaxation.clusters):
        tables: list[Table] = []
        whole = cluster.tables[-1]
        for batch in reversed(range(len(cluster.tables))):
            # what is open now is open later, so the later limits hold now
            most = max(0, int(limits.most[number, batch:].min()))
            barred = int(np.bitwise_or.reduce(limits.closed_by[number, batch:]))
            subsets = lattice(len(cluster.sites), most, barred)
            kept = whole.subsets.positions(subsets.numbers)
            onward = tables[0].subsets.positions(subsets.numbers) if tables else np.arange(len(kept))
            tables.insert(0, Table(subsets, whole.alone[kept], whole.holders[kept], onward))
        clusters.append(replace(cluster, tables=tuple(tables)))
    return replace(relaxation, clusters=tuple(clusters), root=limits)


def _merged(masks: np.ndarray, persons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    distinct, kinds = np.unique(masks, return_inverse=True)
    return distinct, np.bincount(kinds, persons, len(distinct)).astype(float)


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
