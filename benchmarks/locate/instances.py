"""Instances of the location benchmarks: made here from a seed, or public ones read where ANYI_GEO_BENCH names them."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Instance:
    """One problem.

    Attributes
    ----------
    minutes : float array (n, m) or None
        None where the whole matrix would not fit: then `pairs`.
    pairs : DataFrame or None
        client, site, minutes of the nearest sites.
    beyond : Series or None
        What is known of the pairs that are not listed.
    persons, capacity : float arrays
    count : int
    limit : float
        Minutes of the covering models.
    best : float or None
        Known optimum.
    """

    minutes: Floats | None
    persons: Floats
    count: int
    limit: float = 0.0
    pairs: pd.DataFrame | None = None
    beyond: pd.Series | None = None
    capacity: Floats | None = None
    best: float | None = None


def folder() -> Path | None:
    """Return the folder of public instances, None where there is none."""
    name = os.environ.get("ANYI_GEO_BENCH", "")
    return Path(name) if name and Path(name).is_dir() else None


def planar(n: int, count: int, seed: int = 1) -> Instance:
    """Return uniform points in a square, all clients and candidates, unit weights, straight distances, whole matrix."""
    points = _points(n, seed)
    gaps = points[:, None, :] - points[None, :, :]
    minutes = np.sqrt((gaps**2).sum(axis=2))
    return Instance(minutes, np.ones(n), count, limit=_limit(n, count))


def planar_pairs(n: int, count: int, listed: int, seed: int = 1) -> Instance:
    """Return the same points with only the nearest `listed` pairs of each, and the bound on the rest."""
    points = _points(n, seed)
    minutes, near = cKDTree(points).query(points, k=listed)
    labels = _labels(n)
    pairs = pd.DataFrame(
        {"client": np.repeat(labels, listed), "site": labels[near.ravel()], "minutes": minutes.ravel()}
    )
    return Instance(None, np.ones(n), count, pairs=pairs, beyond=pd.Series(minutes[:, -1], labels))


def weighted(n: int, count: int, seed: int = 1, reach: int = 60) -> Instance:
    """Return planar points with whole weights from 1 to 100, for the covering models; `reach` as for the limit."""
    rng = np.random.default_rng(seed + 1)
    made = planar(n, count, seed)
    return Instance(made.minutes, rng.integers(1, 101, n).astype(float), count, limit=_limit(n, count, reach))


def pmed(name: str, model: str = "p_median") -> Instance:
    """Return an OR-Library p-median (Beasley 1990); of a repeated edge the last line holds."""
    home = _required() / "pmed"
    lines = [line.split() for line in (home / f"{name}.txt").read_text(encoding="ascii").splitlines() if line.strip()]
    n, _, count = map(int, lines[0])
    edges = {tuple(sorted((int(a) - 1, int(b) - 1))): float(c) for a, b, c in lines[1:]}
    graph = csr_matrix((list(edges.values()), tuple(zip(*edges, strict=True))), shape=(n, n))
    with (home / "optima.csv").open(encoding="utf-8") as file:
        best = {row["instance"]: float(row[f"{model}_optimum"]) for row in csv.DictReader(file)}
    return Instance(dijkstra(graph, directed=False), np.ones(n), count, best=best.get(name))


def pmedcap(name: str) -> Instance:
    """Return a capacitated p-median (Osman and Christofides 1994): persons times minutes is the floored distance."""
    text = (_required() / "pmedcap" / f"{name}.txt").read_text(encoding="ascii")
    lines = [line.split() for line in text.splitlines() if line.strip()]
    n, count, capacity = map(int, lines[1])
    points = np.array(lines[2 : 2 + n], dtype=np.float64)
    x, y, need = points[:, 1], points[:, 2], points[:, 3]
    minutes = np.floor(np.hypot(x[:, None] - x, y[:, None] - y)) / need[:, None]
    return Instance(minutes, need, count, capacity=np.full(n, float(capacity)), best=float(lines[0][1]))


def public(kind: str) -> list[str]:
    """Return the names of the public instances at hand, in order."""
    home = folder()
    files = [] if home is None else (home / kind).glob(f"{kind}*.txt")
    return sorted((path.stem for path in files), key=lambda name: (len(name), name))


def labels(n: int) -> pd.Index:
    """Return labels whose order is their number's."""
    return pd.Index(_labels(n))


def _labels(n: int) -> NDArray[np.object_]:
    return np.array([f"v{i:05d}" for i in range(n)], dtype=object)


def _points(n: int, seed: int) -> Floats:
    return np.random.default_rng(seed).random((n, 2)) * 100.0


def _limit(n: int, count: int, reach: int = 60) -> float:
    """Return `reach` percent of the side of the square that one site of `count` has to itself."""
    return float(np.round(reach / np.sqrt(min(count, n)), 3))


def _required() -> Path:
    home = folder()
    if home is None:
        message = "ANYI_GEO_BENCH names no folder of public instances"
        raise SystemExit(message)
    return home
