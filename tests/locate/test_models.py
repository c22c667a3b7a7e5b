"""The four models against enumeration."""

import numpy as np
import pytest

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate import LocationProblem, Status, faults, max_cover, p_center, p_median, set_cover
from tests.locate.small import best, median_value, problem_of, subsets, tables

SEEDS = range(14)
LIMIT = 8.0


def _agrees(solve, expected):
    if not np.isfinite(expected):
        with pytest.raises(InfeasibleError):
            solve()
        return None
    solution = solve()
    assert solution.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(expected)
    assert solution.bound == pytest.approx(expected)
    return solution


@pytest.mark.parametrize("seed", SEEDS)
def test_p_median(seed):
    minutes, persons, _ = tables(seed)
    count = 1 + seed % minutes.shape[1]
    expected = best(median_value(minutes, persons, s) for s in subsets(minutes.shape[1], [count]))
    solution = _agrees(lambda: p_median(problem_of(seed), count), expected)
    assert solution is None or faults(problem_of(seed), solution, count=count) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_p_median_with_capacities(seed):
    minutes, persons, sites = tables(seed, lost=0.0)
    count = 1 + seed % 3 if minutes.shape[1] > 2 else 1
    people = np.flatnonzero(persons)
    value = np.inf
    for chosen in subsets(minutes.shape[1], [count]):
        for code in range(count ** len(people)):
            to = [chosen[code // count**k % count] for k in range(len(people))]
            load = np.bincount(to, persons.to_numpy()[people], minlength=minutes.shape[1])
            if (load <= sites["capacity_persons"].to_numpy()).all():
                value = min(value, float((persons.to_numpy()[people] * minutes.to_numpy()[people, to]).sum()))
    problem = problem_of(seed, lost=0.0)
    solution = _agrees(lambda: p_median(problem, count, capacitated=True), value)
    assert solution is None or faults(problem, solution, count=count, capacitated=True) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_p_center(seed):
    minutes, _, _ = tables(seed)
    count = 1 + seed % minutes.shape[1]
    expected = best(minutes.to_numpy()[:, s].min(axis=1).max() for s in subsets(minutes.shape[1], [count]))
    solution = _agrees(lambda: p_center(problem_of(seed), count), expected)
    assert solution is None or faults(problem_of(seed), solution, count=count) == []


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("minimise", ["sites", "cost"])
@pytest.mark.parametrize("seed", SEEDS)
def test_set_cover(seed, minimise, times):
    minutes, _, sites = tables(seed, lost=0.0)
    near, m = minutes.to_numpy() <= LIMIT, minutes.shape[1]
    cost = sites["cost_yuan"].to_numpy() if minimise == "cost" else np.ones(m)
    chosen = [s for s in subsets(m, range(1, m + 1)) if (near[:, s].sum(axis=1) >= times).all()]
    expected = best(cost[s].sum() for s in chosen)
    problem = problem_of(seed, lost=0.0)
    solution = _agrees(lambda: set_cover(problem, LIMIT, times=times, minimise=minimise), expected)
    assert solution is None or faults(problem, solution, max_minutes=LIMIT) == []


@pytest.mark.parametrize("budget", [None, 9.0])
@pytest.mark.parametrize("backup", [0.0, 0.5])
@pytest.mark.parametrize("seed", SEEDS)
def test_max_cover(seed, backup, budget):
    minutes, persons, sites = tables(seed)
    near, m = minutes.to_numpy() <= LIMIT, minutes.shape[1]
    count, value = 1 + seed % 3, 0.0
    count = min(count, m)
    for chosen in subsets(m, range(1, count + 1)):
        if budget is None or sites["cost_yuan"].to_numpy()[chosen].sum() <= budget:
            times = near[:, chosen].sum(axis=1)
            value = max(value, float(persons.to_numpy() @ ((times >= 1) + backup * (times >= 2))))
    problem = problem_of(seed)
    solution = max_cover(problem, count, LIMIT, budget_yuan=budget, backup_weight=backup)
    assert (solution.objective, solution.bound) == pytest.approx((value, value))
    assert faults(problem, solution, count=count, max_minutes=LIMIT) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_gradual_cover(seed):
    minutes, persons, _ = tables(seed)
    m, count = minutes.shape[1], 1 + seed % 2
    share = np.clip((10.0 - minutes.to_numpy()) / 6.0, 0.0, 1.0)
    value = max(float(persons.to_numpy() @ share[:, s].max(axis=1)) for s in subsets(m, [count]))
    solution = max_cover(problem_of(seed), count, 12, decay=[(4, 1.0), (10, 0.0)])
    assert (solution.objective, solution.bound) == pytest.approx((value, value))


def test_infeasible_is_told_in_numbers():
    minutes, persons, sites = tables(3, lost=0.0)
    problem = problem_of(3, lost=0.0)
    need = persons.sum()
    scarce = LocationProblem.from_matrix(minutes, persons, sites.assign(capacity_persons=1.0))
    with pytest.raises(InfeasibleError, match="容量不足") as caught:
        p_median(scarce, 1, capacitated=True)
    assert f"needed {need:g}: {need - 1:g} short" in caught.value.message.en
    far = minutes.to_numpy().min(axis=1).max()
    with pytest.raises(InfeasibleError) as caught:
        set_cover(problem, far - 1)
    assert f"{far:.1f}" in caught.value.message.zh
    assert set_cover(problem, far).status is Status.OPTIMAL
    with pytest.raises(InfeasibleError, match="缺"):
        max_cover(problem, 1, LIMIT, budget_yuan=sites["cost_yuan"].min() - 0.5)
    assert max_cover(problem, 1, LIMIT, budget_yuan=float(sites["cost_yuan"].min())).status is Status.OPTIMAL
