"""Known optima of public instances, where the environment variable ANYI_GEO_BENCH names their folder."""

import csv
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from anyi_geo.locate import LocationProblem, faults, p_center, p_median

FOLDER = Path(os.environ.get("ANYI_GEO_BENCH", ""))
pytestmark = pytest.mark.skipif(
    not os.environ.get("ANYI_GEO_BENCH"), reason="ANYI_GEO_BENCH does not name a folder of instances"
)


def _pmed(name):
    lines = [line.split() for line in (FOLDER / "pmed" / f"{name}.txt").read_text().splitlines() if line.strip()]
    n, _, count = map(int, lines[0])
    edges = {tuple(sorted((int(a) - 1, int(b) - 1))): float(c) for a, b, c in lines[1:]}  # the last line wins
    graph = csr_matrix((list(edges.values()), tuple(zip(*edges, strict=True))), shape=(n, n))
    labels = [f"v{i:04d}" for i in range(n)]
    return LocationProblem.from_matrix(pd.DataFrame(dijkstra(graph, directed=False), labels, labels)), count


@pytest.mark.parametrize("model", ["p_median", "p_center"])
@pytest.mark.parametrize("name", [f"pmed{k}" for k in (1, 2, 3, 5, 8, 11, 13, 15, 20, 25)])
def test_pmed(name, model):
    with (FOLDER / "pmed" / "optima.csv").open(encoding="utf-8") as file:
        optima = {row["instance"]: row for row in csv.DictReader(file)}
    problem, count = _pmed(name)
    solution = {"p_median": p_median, "p_center": p_center}[model](problem, count)
    assert solution.objective == float(optima[name][f"{model}_optimum"])
    assert solution.status == "optimal"
    assert faults(problem, solution, count=count) == []


@pytest.mark.parametrize("name", ["pmedcap01", "pmedcap05"])
def test_pmedcap(name):
    lines = [line.split() for line in (FOLDER / "pmedcap" / f"{name}.txt").read_text().splitlines() if line.strip()]
    best, (n, count, capacity) = float(lines[0][1]), map(int, lines[1])
    points = np.array(lines[2 : 2 + n], dtype=float)
    x, y, need = points[:, 1], points[:, 2], points[:, 3]
    cost = np.floor(np.hypot(x[:, None] - x, y[:, None] - y)) / need[:, None]  # persons times minutes is the distance
    labels = [f"v{i:03d}" for i in range(n)]
    problem = LocationProblem.from_matrix(
        pd.DataFrame(cost, labels, labels),
        pd.Series(need, labels),
        pd.DataFrame({"capacity_persons": float(capacity)}, labels),
    )
    solution = p_median(problem, count, capacitated=True)
    assert (solution.objective, solution.status) == (pytest.approx(best), "optimal")
    assert faults(problem, solution, count=count, capacitated=True) == []
