"""A start that keeps every kitchen's capacity by construction: whole stops to kitchens, then rounds per kitchen."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pulp

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import is_one, solve
from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.facility import Shares
from anyi_geo.plan.meals.reach import Reach


def assign(
    arrays: Arrays,
    reached: Reach,
    estimates: Shares,
    kitchens: Sequence[int],
    own: Sequence[int],
    settings: SolverSettings,
) -> dict[int, list[int]]:
    """Assign every stop to one of `kitchens`, to its own kitchen or to nothing; return kitchen -> stops.

    Single-source: x binary, ``sum_j x_ij + o_i + u_i = 1``, ``sum_i meals_i x_ij <= capacity_j``; the cost of a stop is
    the larger of its two radial shares plus its part of a vehicle; unserved meals cost more than any plan.
    """
    n = arrays.n
    cheapest = float(np.min(arrays.fixed / arrays.holds)) if len(arrays.fixed) else 0.0
    price = np.maximum(estimates.load, estimates.clock) + cheapest * arrays.meals[None]
    large = 10.0 * (
        1.0 + float(price.max(initial=0.0)) + float(np.max(arrays.own[np.isfinite(arrays.own)], initial=0.0))
    )
    problem = pulp.LpProblem("assignment", pulp.LpMinimize)
    x = {
        (j, i): pulp.LpVariable(f"x_{j}_{i}", cat="Binary") for j in kitchens for i in range(n) if reached.direct[j, i]
    }
    cook = {i: pulp.LpVariable(f"o_{i}", cat="Binary") for i in own if math.isfinite(arrays.own[i])}
    left = [pulp.LpVariable(f"u_{i}", cat="Binary") for i in range(n)]
    problem += (
        pulp.lpSum(float(price[j, i]) * variable for (j, i), variable in x.items())
        + pulp.lpSum(float(arrays.own[i]) * variable for i, variable in cook.items())
        + pulp.lpSum(large * int(arrays.meals[i]) * variable for i, variable in enumerate(left))
    )
    for i in range(n):
        sources = [x[j, i] for j in kitchens if (j, i) in x]
        problem += pulp.lpSum([*sources, *([cook[i]] if i in cook else []), left[i]]) == 1
    for j in kitchens:
        if math.isfinite(arrays.capacity[j]):
            loads = [int(arrays.meals[i]) * x[j, i] for i in range(n) if (j, i) in x]
            problem += pulp.lpSum(loads) <= float(arrays.capacity[j])
    try:
        solve(problem, settings)
    except InfeasibleError:
        return {}
    return {j: [i for i in range(n) if (j, i) in x and is_one(x[j, i])] for j in kitchens}
