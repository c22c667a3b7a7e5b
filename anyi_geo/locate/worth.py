"""What any plan is worth under the question that a solution answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from anyi_geo.errors import ProblemError
from anyi_geo.locate._conditions import site_numbers
from anyi_geo.locate.maximal_covering import shares
from anyi_geo.locate.medians import value as walked
from anyi_geo.locate.problem import Floats, LocationProblem, Mask
from anyi_geo.locate.solution import LocationSolution, first_open, nearest_minutes


def worth(problem: LocationProblem, solution: LocationSolution, is_open: Mask) -> float:
    """Return the objective of a plan, judged as the solution's model judged its own.

    Count, budget, required and forbidden sites are not looked at: what breaks them is judged all the same.

    Parameters
    ----------
    problem : LocationProblem
    solution : LocationSolution
        Its model and what it was asked for are the question.
    is_open : mask (m,)

    Returns
    -------
    float
        inf where a plan that must serve or cover everybody does not.

    Raises
    ------
    ProblemError
        The question has capacities: then it is not enough to know which sites are open.
    """
    asked = solution.asked
    if asked.get("capacitated"):
        raise ProblemError(
            "有容量时，只知道开哪些点位不能定目标值：请用必选、禁选条件重新求解。",
            "With capacities open sites alone do not tell the objective: solve again with required and forbidden ones.",
        )
    if solution.model == "p_median":
        return walked(problem, is_open)
    if solution.model == "facility_location":
        return _cost(problem, is_open) + float(asked["yuan_per_person_minute"]) * walked(problem, is_open)
    if solution.model == "p_center":
        return float(nearest_minutes(problem, is_open).max())
    if solution.model == "set_cover":
        within = _within(problem, is_open, float(asked["max_minutes"])) >= int(asked["times"])
        spent = _cost(problem, is_open) if asked["minimise"] == "cost" else float(is_open.sum())
        return spent if within.all() else float("inf")
    return _covered(problem, is_open, asked)


def _covered(problem: LocationProblem, is_open: Mask, asked: Mapping[str, Any]) -> float:
    limit = float(asked["max_minutes"])
    near = problem.within(limit)
    pair = first_open(near, is_open)
    share = np.append(shares(near.minutes, asked["decay"]), 0.0)[pair]  # -1, by none, takes the last: nothing
    twice = _within(problem, is_open, limit) >= 2
    return float(problem.persons @ share) + float(asked["backup_weight"]) * float(problem.persons[twice].sum())


def _cost(problem: LocationProblem, is_open: Mask) -> float:
    return float(site_numbers(problem, "cost_yuan", "cost_yuan")[is_open].sum())


def _within(problem: LocationProblem, is_open: Mask, limit: float) -> Floats:
    """Return how many open listed sites every client has within the limit."""
    use = is_open[problem.site] & (problem.minutes <= limit)
    return np.bincount(problem.client[use], minlength=len(problem.clients)).astype(np.float64)
