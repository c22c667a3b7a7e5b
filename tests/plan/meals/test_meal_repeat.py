"""The same problem, seed and iterations give the same plan in every process, whatever else the machine does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
#: Rounds may not be listed, so every step of the ladder runs.
SCRIPT = """
import math
from meal_enumeration import a_problem
from anyi_geo.plan.meals import MealSettings, plan_meals, search
search.FEW_ROUNDS = search.MOST_ROUNDS = 50
problem = a_problem(11, stops=12, kitchens=3, hot={hot})
plan = plan_meals(problem, MealSettings(iterations=15, seed=3, chain_rounds={chain}))
print(plan.status, repr(plan.cost_yuan), repr(plan.bound_yuan), plan.bound_source, plan.opened)
print(plan.mode.to_dict())
for one in plan.rounds:
    print(one)
"""


def running(hash_seed, **settings):
    """Start a fresh process that prints its plan."""
    paths = os.pathsep.join([str(HERE), str(HERE.parents[2]), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(**settings)],
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("settings", [{"hot": "math.inf", "chain": False}, {"hot": "90.0", "chain": True}])
def test_two_processes_beside_each_other_print_the_same_plan(settings):
    """Run at once they take each other's time, and their sets and dictionaries are hashed differently."""
    processes = [running(seed, **settings) for seed in (1, 77)]
    printed = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], printed
    assert printed[0][0] == printed[1][0]
    assert "Round(" in printed[0][0]
