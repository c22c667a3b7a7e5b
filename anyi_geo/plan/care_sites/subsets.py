"""Tables over all subsets of a few sites; bit k of a subset number is the k-th site."""

from __future__ import annotations

import numpy as np


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


def best_superset(values: np.ndarray, size: int) -> np.ndarray:
    """Return, for each subset, the largest value among the subsets that hold it."""
    best = values.copy()
    for bit in range(size):
        pairs = best.reshape(-1, 2, 1 << bit)
        np.maximum(pairs[:, 0], pairs[:, 1], out=pairs[:, 0])
    return best
