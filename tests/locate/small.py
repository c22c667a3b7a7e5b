"""Small seeded problems and their optima by enumeration."""

from itertools import combinations

import numpy as np
import pandas as pd

from anyi_geo.locate import LocationProblem


def tables(seed, lost=0.1):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 9)), int(rng.integers(2, 7))
    minutes = rng.integers(0, 15, (n, m)).astype(float)
    minutes[rng.random((n, m)) < lost] = np.inf
    minutes[0, 0] = 3.0
    clients, sites = [f"c{i}" for i in range(n)], [f"s{j}" for j in range(m)]
    persons = pd.Series(rng.integers(0, 9, n).astype(float), clients)
    persons.iloc[0] = 3.0
    table = pd.DataFrame({"capacity_persons": rng.integers(8, 30, m), "cost_yuan": rng.integers(1, 9, m)}, sites)
    return pd.DataFrame(minutes, clients, sites), persons, table


def problem_of(seed, lost=0.1):
    minutes, persons, sites = tables(seed, lost)
    return LocationProblem.from_matrix(minutes, persons, sites)


def subsets(m, sizes):
    return [list(chosen) for size in sizes for chosen in combinations(range(m), size)]


def median_value(minutes, persons, chosen):
    near = minutes.to_numpy()[:, chosen].min(axis=1)
    return sum(w * d for w, d in zip(persons, near, strict=True) if w > 0)


def best(values):
    """Return the least value, inf when there is none."""
    return min(values, default=np.inf)
