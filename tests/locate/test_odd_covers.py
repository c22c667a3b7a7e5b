"""Cuts, greedy choice and ascent of covering problems, against every whole choice of sites."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix, hstack, identity, vstack

from anyi_geo.locate import LocationProblem, SolverSettings, max_cover, set_cover
from anyi_geo.locate._cover_first import ascent, greedy_cover
from anyi_geo.locate._odd_covers import strengthened
from anyi_geo.locate._rows import Rows, minimise
from anyi_geo.locate._watch import Watch


def watch():
    return Watch(SolverSettings(seconds=20))


def made(seed):
    """Return which sites cover which rows, and numbers of persons and costs."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(3, 12)), int(rng.integers(3, 9))
    near = rng.random((n, m)) < rng.uniform(0.2, 0.5)
    near[np.arange(n), rng.integers(0, m, n)] = True
    return near, rng.integers(1, 20, n).astype(float), rng.integers(1, 9, m).astype(float)


def covering(near, costs):
    n, m = near.shape
    return Rows(costs, np.ones(m), np.ones(m, bool), csr_matrix(near * 1.0), np.ones(n), np.full(n, np.inf))


def maximal(near, persons, count):
    """Return the model of what stays uncovered: open_j, missed_i."""
    n, m = near.shape
    matrix = vstack([hstack([csr_matrix(near * 1.0), identity(n)]), csr_matrix(np.arange(m + n)[None] < m) * 1.0])
    costs = np.concatenate([np.zeros(m), persons])
    low, high = np.append(np.ones(n), -np.inf), np.append(np.full(n, np.inf), float(count))
    return Rows(costs, np.ones(m + n), np.arange(m + n) < m, matrix.tocsr(), low, high)


def choices(near, count=None):
    for opened in product((0.0, 1.0), repeat=near.shape[1]):
        plan = np.array(opened)
        missed = (near @ plan < 1) * 1.0
        if count is None and not missed.any():
            yield plan
        if count is not None and plan.sum() <= count:
            yield np.concatenate([plan, missed])


@pytest.mark.parametrize("seed", range(40))
def test_no_cut_takes_a_choice_of_whole_sites_away(seed):
    near, persons, costs = made(seed)
    count = None if seed % 2 else 1 + seed % near.shape[1]
    rows = covering(near, costs) if count is None else maximal(near, persons, count)
    found, plans = strengthened(rows, watch()), list(choices(near, count))
    cuts, asked = (part[len(rows.row_lower) :] for part in (found.rows.matrix.toarray(), found.rows.row_lower))
    for plan in plans:
        assert (cuts @ plan >= asked - 1e-9).all()
    best = min(float(rows.costs @ plan) for plan in plans)
    assert minimise(rows, watch(), relaxed=True).bound - 1e-6 <= found.bound <= best + 1e-6


def test_cuts_close_what_three_half_open_sites_leave():
    """Villages a, b, c; each of three sites covers two of them: one and a half sites would do, two are needed."""
    near = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=bool)
    rows = covering(near, np.ones(3))
    assert minimise(rows, watch(), relaxed=True).bound == pytest.approx(1.5)
    found = strengthened(rows, watch())
    assert found.bound == pytest.approx(2.0)
    assert found.rows.matrix.toarray()[3:].tolist() == [[1.0, 1.0, 1.0]]


def test_a_wheel_of_five_needs_three():
    near = np.array([[i in (k, (k + 1) % 5) for i in range(5)] for k in range(5)])
    assert minimise(covering(near, np.ones(5)), watch(), relaxed=True).bound == pytest.approx(2.5)
    assert strengthened(covering(near, np.ones(5)), watch()).bound == pytest.approx(3.0)


def test_rows_that_nobody_can_meet_are_told():
    rows = covering(np.array([[True], [False]]), np.ones(1))
    assert strengthened(rows, watch()).infeasible
    assert not strengthened(covering(np.array([[True], [True]]), np.ones(1)), watch()).infeasible


@pytest.mark.parametrize("seed", range(30))
def test_greedy_covers_and_ascent_never_passes_the_optimum(seed):
    near, _, costs = made(seed)
    matrix, need = csr_matrix(near * 1.0), np.ones(near.shape[0], dtype=np.int64)
    chosen = greedy_cover(matrix, costs, need)
    best = min(float(costs @ plan) for plan in choices(near))
    assert (near @ chosen >= 1).all()
    assert ascent(matrix, costs, need) - 1e-9 <= best <= costs @ chosen + 1e-9
    assert greedy_cover(matrix, costs, need * 99) is None


def test_a_cover_with_cuts_agrees_with_the_plain_model():
    """Planar points where the relaxation leaves sites half open."""
    rng = np.random.default_rng(4)
    points = rng.random((70, 2))
    minutes = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    names = [f"v{i:02d}" for i in range(70)]
    problem = LocationProblem.from_matrix(pd.DataFrame(minutes, names, names))
    near = minutes <= 0.17
    plain = minimise(covering(near, np.ones(70)), watch())
    assert set_cover(problem, 0.17).objective == pytest.approx(plain.objective)
    count = int(plain.objective) - 2
    missed = minimise(maximal(near, np.ones(70), count), watch())
    answer = max_cover(problem, count, 0.17)
    assert (answer.status, answer.objective) == ("optimal", pytest.approx(70 - missed.objective))
