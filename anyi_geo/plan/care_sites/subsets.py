"""Tables over the subsets of a few sites; bit k of a subset number is the k-th site."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array


@dataclass(frozen=True)
class Lattice:
    """The subsets of `size` sites with at most `most` members and none of `barred`: closed under taking away.

    Attributes
    ----------
    size, most, barred : int
        `barred` is a subset number.
    numbers : ndarray
        Subset numbers, ascending; the empty set comes first.
    count : ndarray
        Members of each subset.
    steps : tuple of (ndarray, ndarray)
        Per site, positions of the subsets that hold it, and of the same subsets without it.
    """

    size: int
    most: int
    barred: int
    numbers: np.ndarray
    count: np.ndarray
    steps: tuple[tuple[np.ndarray, np.ndarray], ...]

    def positions(self, numbers: np.ndarray) -> np.ndarray:
        """Return where these subset numbers stand; they must be members."""
        return np.searchsorted(self.numbers, numbers)


@lru_cache(maxsize=128)
def lattice(size: int, most: int, barred: int = 0) -> Lattice:
    """Return the subsets of `size` sites with at most `most` members and none of `barred`."""
    numbers = np.arange(1 << size)
    numbers = numbers[(np.bitwise_count(numbers) <= most) & ((numbers & barred) == 0)]
    steps = []
    for bit in range(size):
        holding = np.flatnonzero((numbers >> bit) & 1)
        steps.append((holding, np.searchsorted(numbers, numbers[holding] ^ (1 << bit))))
    return Lattice(size, most, barred, numbers, np.bitwise_count(numbers).astype(np.int64), tuple(steps))


def alternating_holders(subsets: Lattice, masks: np.ndarray) -> csr_array:
    """Return, subsets x covering sets, ``(-1)^(|T|+1)`` where the covering set holds all of the subset T.

    With :func:`sums_below` this is inclusion and exclusion: ``[r covered by S] = sum of these over all T within S``.
    """
    rows, columns = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    width = np.bitwise_count(masks)
    for number in np.unique(width[width > 0]):
        which = np.flatnonzero(width == number)
        bits = np.argsort(~((masks[which, None] >> np.arange(subsets.size)) & 1).astype(bool), axis=1, kind="stable")
        parts = lattice(int(number), min(int(number), subsets.most)).numbers
        picked = (parts[:, None] >> np.arange(number)) & 1
        within = (picked @ (1 << bits[:, :number]).T).T  # covering sets x their subsets, the empty one first
        rows.append(subsets.positions(within[:, 1:]).ravel())
        columns.append(np.repeat(which, within.shape[1] - 1))
    row, column = np.concatenate(rows), np.concatenate(columns)
    sign = np.where(subsets.count[row] % 2 == 1, 1.0, -1.0)
    return csr_array((sign, (row, column)), shape=(len(subsets.numbers), len(masks)))


def sums_below(subsets: Lattice, values: np.ndarray) -> np.ndarray:
    """Return, for each subset, the sum over the subsets within it (Yates 1937); tables stand in columns."""
    sums = values.copy()
    for holding, without in subsets.steps:
        sums[holding] += sums[without]
    return sums


def sums_of(subsets: Lattice, values: np.ndarray) -> np.ndarray:
    """Return the sum of the sites' values over each subset."""
    sums = np.zeros(len(subsets.numbers))
    for value, (holding, _) in zip(values, subsets.steps, strict=True):
        sums[holding] += value
    return sums


def best_above(subsets: Lattice, values: np.ndarray) -> np.ndarray:
    """Return, for each subset, the largest value among the subsets that hold it."""
    best = values.copy()
    for holding, without in subsets.steps:
        best[without] = np.maximum(best[without], best[holding])
    return best


def best_below(subsets: Lattice, values: np.ndarray) -> np.ndarray:
    """Return, for each subset, the largest value among the subsets within it."""
    best = values.copy()
    for holding, without in subsets.steps:
        best[holding] = np.maximum(best[holding], best[without])
    return best
