"""Clock, Ctrl-C and progress: an early end gives the plan in hand with its gap."""

import os
import signal

import numpy as np
import pandas as pd
import pulp
import pytest

from anyi_geo.locate import LocationProblem, SolverSettings, faults, p_center, p_median, set_cover
from anyi_geo.locate.solver import solve


def _planar(n):
    points = np.random.default_rng(1).random((n, 2))
    labels = [f"v{i:03d}" for i in range(n)]
    minutes = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return LocationProblem.from_matrix(pd.DataFrame(minutes, labels, labels))


PROBLEM = _planar(150)


@pytest.mark.parametrize("model", [lambda **k: p_median(PROBLEM, 9, **k), lambda **k: p_center(PROBLEM, 9, **k)])
def test_no_time_gives_a_plan_with_its_gap(model):
    solution = model(settings=SolverSettings(seconds=1e-6))
    assert solution.status == "feasible"
    assert solution.bound < solution.objective
    assert faults(PROBLEM, solution, count=9) == []


def test_a_wide_gap_is_never_called_optimal():
    solution = p_median(PROBLEM, 9, settings=SolverSettings(gap=0.5))
    assert solution.gap <= 0.5
    assert (solution.status == "optimal") == (solution.gap <= 1e-6)
    assert set_cover(PROBLEM, 0.2, settings=SolverSettings(gap=0.5)).bound <= set_cover(PROBLEM, 0.2).objective


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one's own process alone")
def test_ctrl_c_gives_the_incumbent():
    def interrupt(objective, bound, seconds):
        if objective is not None:
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    solution = p_center(PROBLEM, 9, settings=SolverSettings(progress=interrupt))
    assert solution.interrupted
    assert faults(PROBLEM, solution, count=9) == []
    assert signal.getsignal(signal.SIGINT) is before


def test_progress_is_told_and_bounds_never_cross():
    told = []
    solution = p_median(PROBLEM, 9, settings=SolverSettings(progress=lambda *values: told.append(values)))
    assert told
    assert all(bound <= objective + 1e-9 for objective, bound, _ in told if objective is not None and bound is not None)
    assert solution.status == "optimal"


def test_the_door_refuses_a_maximisation():
    with pytest.raises(ValueError, match="最小化"):
        solve(pulp.LpProblem("x", pulp.LpMaximize), SolverSettings())
