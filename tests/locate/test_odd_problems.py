"""Every model against enumeration on problems with odd numbers: no false optimum, no false bound, no false refusal."""

import numpy as np
import pandas as pd
import pytest

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate import LocationProblem, SolverSettings, _lists, _median_engine, faults, max_cover, p_center
from tests.locate.odd_problems import odd, questions

#: Seeds that found a fault once: sites forbidden to all clients, nothing payable, costs of very different size.
FOUND = (3, 49, 69, 81, 94, 145, 278, 313, 447)


@pytest.mark.parametrize("seed", [*range(24), *FOUND])
def test_small(seed):
    problem = odd(seed).problem()
    for question in questions(odd(seed)):
        if not np.isfinite(question.truth):
            with pytest.raises(InfeasibleError):
                question.ask(problem)
            continue
        solution = question.ask(problem)
        assert solution.status == "optimal", question
        assert solution.objective == pytest.approx(question.truth, rel=1e-6, abs=1e-15), question
        assert faults(problem, solution) == []


@pytest.mark.parametrize("seconds", [20.0, 0.02])
@pytest.mark.parametrize("seed", range(16))
def test_larger_and_cut_short(seed, seconds, monkeypatch):
    """With few rounds, cut lists, little time: whatever is told is true."""
    rng = np.random.default_rng(seed)
    if seed % 2:
        monkeypatch.setattr(_lists, "WHOLE", 10)
    monkeypatch.setattr(_median_engine, "FIRST_ROUNDS", int(rng.choice([3, 20, 600])))
    made = odd(1000 + seed, clients=(12, 40), sites=(7, 11))
    listed = int(rng.integers(2, 8)) if seed % 3 == 0 else None
    problem = made.problem() if listed is None else made.shortened(listed)
    for question in questions(made, seconds=seconds, gap=0.01 if seed % 4 == 1 else 0.0, small=False):
        try:
            solution = question.ask(problem)
        except InfeasibleError:
            assert listed is not None or seconds < 1 or not np.isfinite(question.truth)
            continue
        sign, slack = (1 if question.sense == "min" else -1), 1e-6 * abs(question.truth) + 1e-15
        assert sign * (solution.bound - question.truth) <= slack, question
        assert sign * (question.truth - solution.objective) <= slack, question
        assert seconds < 1 or listed is not None or solution.gap <= (0.01 if seed % 4 == 1 else 1e-6), question
        assert faults(problem, solution) == []


def test_an_early_end_of_the_bisection_promises_nothing_of_unlisted_sites():
    points = np.random.default_rng(1).random((150, 2))
    labels = [f"v{i:03d}" for i in range(150)]
    minutes = pd.DataFrame(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)), labels, labels)
    best = p_center(LocationProblem.from_matrix(minutes), 10).objective
    pairs = minutes.rename_axis(index="client").reset_index().melt("client", var_name="site", value_name="minutes")
    pairs = pairs.sort_values("minutes").groupby("client").head(40)
    short = LocationProblem.from_pairs(pairs, beyond=pairs.groupby("client")["minutes"].max())
    for seconds in (1e-6, 0.05, 30.0):
        try:
            answer = p_center(short, 10, settings=SolverSettings(seconds=seconds))
        except InfeasibleError:
            continue
        assert answer.bound <= best + 1e-9 <= answer.objective + 2e-9


def test_sums_of_decimals_are_not_refused_for_their_last_digit():
    minutes = pd.DataFrame([[1.0, 9.0, 9.0], [9.0, 1.0, 9.0], [9.0, 9.0, 1.0]], list("abc"), list("xyz"))
    sites = pd.DataFrame({"cost_yuan": [0.1, 0.1, 0.1], "capacity_persons": [0.3, 0.0, 0.0]}, minutes.columns)
    problem = LocationProblem.from_matrix(minutes, pd.Series([1.0, 1.0, 1.0], minutes.index), sites)
    assert sum(sites["cost_yuan"]) > 0.3
    assert max_cover(problem, None, 5, budget_yuan=0.3, required=list("xyz")).objective == 3.0
    with pytest.raises(InfeasibleError, match="缺 0.0001 元"):
        max_cover(problem, None, 5, budget_yuan=0.2999, required=list("xyz"))
