"""Whole persons: shares and tables rounded so that every margin holds exactly."""

from __future__ import annotations

import numpy as np
from scipy import optimize, sparse

_TINY = 1e-300
_SWEEPS = 2000


def largest_remainder(weights: np.ndarray, total: int) -> np.ndarray:
    """Split `total` into whole parts in proportion to `weights` (Hamilton's method; ties by order)."""
    shares = np.asarray(weights, float)
    shares = shares / shares.sum() * total
    parts = np.floor(shares).astype(int)
    parts[np.argsort(-(shares - parts), kind="stable")[: int(total - parts.sum())]] += 1
    return parts


def round_table(seed: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Fit a table to both margins and round it so that both hold to the person.

    Iterative proportional fitting (Deming and Stephan 1940), then controlled rounding (Cox 1987): every cell goes
    down or up by less than one. The rounding is a transport problem, so its linear programme has a whole solution.

    Parameters
    ----------
    seed : ndarray of float, shape (m, n)
        Relative sizes, positive where persons may be.
    rows, columns : ndarray of int
        Margins; their sums are equal.
    """
    table, rows, columns = np.asarray(seed, float).copy(), np.asarray(rows), np.asarray(columns)
    for _ in range(_SWEEPS):
        table *= (rows / np.maximum(table.sum(1), _TINY))[:, None]
        table *= columns / np.maximum(table.sum(0), _TINY)
        if np.abs(table.sum(1) - rows).max() < 1e-10:
            break
    whole = np.floor(table + 1e-9).astype(int)
    m, n = table.shape
    rest = table - whole
    margins = sparse.vstack(
        [sparse.kron(sparse.eye(m), np.ones((1, n))), sparse.kron(np.ones((1, m)), sparse.eye(n))]
    ).tocsr()
    missing = np.r_[rows - whole.sum(1), columns - whole.sum(0)]
    # A small fixed number per cell decides between equally good roundings, whatever the solver's version.
    gain = -rest.ravel() + ((np.arange(m * n) * 7919) % 10007) / 1e7
    answer = optimize.linprog(gain, A_eq=margins, b_eq=missing, bounds=(0, 1), method="highs-ds")
    if answer.status != 0:  # a zero cell may leave no room: let a cell go up by two
        answer = optimize.linprog(gain, A_eq=margins, b_eq=missing, bounds=(0, 2), method="highs-ds")
    rounded = whole + np.rint(answer.x).astype(int).reshape(m, n)
    if (rounded.sum(1) != rows).any() or (rounded.sum(0) != columns).any() or rounded.min() < 0:
        raise ValueError("the margins of a table of persons cannot both be met")
    return rounded
