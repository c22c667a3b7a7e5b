"""The cover of a problem as one weighted list of site sets: the only thing that the models need to know of people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from anyi_geo.plan.care_sites.problem import CareSiteProblem


@dataclass(frozen=True)
class CoverRows:
    """Distinct sets of sites with the weighted persons that any site of the set covers.

    Points, groups and draws with the same covering set are one row, so a county of 1,400 points is a few hundred rows.
    Gradual cover of a point is the sum of its levels: strength is max over open sites, hence
    ``sum over levels v_l of (v_l - v_(l-1)) * [some open site has strength >= v_l]``.

    Attributes
    ----------
    sites : Index
        Sorted site ids; every array over sites is in this order, so no answer depends on the order of the input.
    covers : csr_array
        Rows x sites, 0/1.
    persons : ndarray
        Weighted persons of each row, mean over draws, > 0; a row of one site may be negative, see
        ``CareSiteProblem.site_penalty``.
    batch_weights : ndarray
        Weight of each batch.
    """

    sites: pd.Index
    covers: csr_array
    persons: np.ndarray
    batch_weights: np.ndarray

    @property
    def worth(self) -> np.ndarray:
        """Value of a person covered from batch b on: the weights of b and all later batches; 0 at position 0."""
        tail = np.cumsum(self.batch_weights[::-1])[::-1]
        return np.concatenate([[0.0], tail])

    def objective(self, batch: np.ndarray) -> float:
        """Return the weighted covered persons of a plan.

        Parameters
        ----------
        batch : ndarray
            Batch per site in the order of `sites`; 0 = closed.
        """
        if not len(self.persons):
            return 0.0
        value = self.worth[batch]
        best = (self.covers * value[None, :]).max(axis=1).toarray().ravel()
        return float(best @ self.persons)


def cover_rows(problem: CareSiteProblem) -> CoverRows:
    """Merge the points, groups and draws of a problem into :class:`CoverRows`."""
    site_order = problem.sites.index.argsort()
    point_order = problem.persons.index.argsort()
    persons = problem.persons.iloc[point_order]
    bits, weights = [], []
    for draw in problem.cover:
        for table, groups in _by_table(problem, draw):
            dense = table[point_order][:, site_order].toarray()
            weight = sum(problem.group_weights[group] * persons[group].to_numpy(float) for group in groups)
            for members, share in _levels(dense, np.asarray(weight)):
                bits.append(np.packbits(members, axis=1))
                weights.append(share)
    sites = problem.sites.index[site_order]
    width = -(-len(sites) // 8)
    if problem.site_penalty:
        bits.append(np.packbits(np.eye(len(sites), dtype=bool), axis=1))
        weights.append(-len(problem.cover) * np.array([problem.site_penalty.get(site, 0.0) for site in sites]))
    packed = np.concatenate(bits) if bits else np.zeros((0, width), np.uint8)
    merged, persons_of = _merge(packed, np.concatenate(weights) if weights else np.zeros(0))
    members = np.unpackbits(merged, axis=1)[:, : len(sites)]
    kept = (persons_of != 0) & members.any(axis=1)
    return CoverRows(
        sites=sites,
        covers=csr_array(members[kept].astype(float)),
        persons=persons_of[kept] / len(problem.cover),
        batch_weights=np.array([rule.weight for rule in problem.batches], float),
    )


def _by_table(problem: CareSiteProblem, draw: object) -> Iterator[tuple[csr_array, list[str]]]:
    """Yield each distinct table of a draw with the groups that share it."""
    tables: dict[int, tuple[csr_array, list[str]]] = {}
    for group, weight in problem.group_weights.items():
        if weight > 0:
            table = draw[group]  # type: ignore[index]
            tables.setdefault(id(table), (table, []))[1].append(group)
    yield from tables.values()


def _levels(strength: np.ndarray, weight: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield 0/1 memberships with the weight of each level; binary cover has one level."""
    if np.isin(strength, (0.0, 1.0)).all():
        yield strength > 0, weight
        return
    falling = -np.sort(-strength, axis=1)
    below = np.concatenate([falling[:, 1:], np.zeros((len(falling), 1))], axis=1)
    for column in range(falling.shape[1]):
        step = falling[:, column] - below[:, column]
        active = step > 0
        if active.any():
            yield strength[active] >= falling[active, column, None], weight[active] * step[active]


def _merge(packed: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Merge equal rows of packed bits, weights added; rows come out sorted by content."""
    if not len(packed):
        return packed, weights
    padded = np.ascontiguousarray(np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))))
    words = padded.view(np.uint64)
    order = np.lexsort(words.T)
    words = words[order]
    first = np.concatenate([[True], (words[1:] != words[:-1]).any(axis=1)])
    number = np.cumsum(first) - 1
    return packed[order][first], np.bincount(number, weights[order])
