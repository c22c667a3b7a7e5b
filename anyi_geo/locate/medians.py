"""p-median: where to open p sites so that persons travel least in sum; with capacities when asked."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pulp

from anyi_geo.locate._conditions import Conditions, conditions, site_numbers
from anyi_geo.locate._lists import Number
from anyi_geo.locate._median import Median, solve_median, weighted_sum
from anyi_geo.locate._watch import watching
from anyi_geo.locate.problem import LocationProblem, Mask
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solution import LocationSolution, nearest_minutes

MODEL = "p_median"


def p_median(
    problem: LocationProblem,
    count: int,
    *,
    required: Sequence[Hashable] = (),
    forbidden: Sequence[Hashable] = (),
    capacitated: bool = False,
    settings: SolverSettings | None = None,
) -> LocationSolution:
    """Open exactly `count` sites so that the sum of persons times minutes is least.

    The model is `p_median_model`. Clients with zero persons cost nothing and do not bind. Each client is served whole
    by one site: the nearest open one (equal minutes: the first label), or, with capacities, the one assigned.

    Parameters
    ----------
    problem : LocationProblem
    count : int
        Exactly so many sites, 1 to m.
    required, forbidden : labels of sites
    capacitated : bool
        Hold ``capacity_persons`` of the sites.
    settings : SolverSettings, optional

    Raises
    ------
    ProblemError
        Malformed demands, or no column ``capacity_persons``.
    InfeasibleError
        Clients without a usable site; too little capacity, in numbers.
    """
    asked = {"count": count, "required": required, "forbidden": forbidden, "capacitated": capacitated}
    with watching(settings or SolverSettings()) as watch:
        demands = conditions(problem, count, required, forbidden, exact=True)
        number = Number(demands.count or 0, demands.count or 0)
        median = Median(MODEL, problem, demands, number, price=1.0, opening=np.zeros(len(problem.sites)), asked=asked)
        return solve_median(median, watch, capacitated=capacitated)


def p_median_model(problem: LocationProblem, demands: Conditions, *, capacitated: bool = False) -> pulp.LpProblem:
    r"""Write the textbook p-median (ReVelle and Swain 1970; Hakimi 1964), assignments over listed pairs only.

    Sets: clients i with persons, sites j, listed pairs L.
    Parameters: w_i persons, d_ij minutes, p count, q_j capacity.
    Variables: open_j binary; serve_ij in [0, 1] (binary with capacities); far_i in [0, 1]: served by a site that is
    not listed, at no less than beyond_i.

    (1) minimise sum of w_i d_ij serve_ij + w_i beyond_i far_i
    (2) sum_j serve_ij + far_i = 1            for every i
    (3) serve_ij <= open_j                    for every listed pair
    (4) sum_j open_j = p
    (5) sum_i w_i serve_ij <= q_j open_j      for every j, with capacities
    (6) open_j = 1 if required, 0 if forbidden
    """
    model = pulp.LpProblem(MODEL, pulp.LpMinimize)
    weight, m = problem.persons, len(problem.sites)
    opened = [
        model.add_variable(f"open_{j}", int(demands.required[j]), 1 - int(demands.forbidden[j]), "Integer")  # (6)
        for j in range(m)
    ]
    kind = "Integer" if capacitated else "Continuous"
    serve = {
        int(k): model.add_variable(f"serve_{i}_{problem.site[k]}", 0, 1, kind)
        for i in np.flatnonzero(weight > 0)
        for k in range(problem.start[i], problem.start[i + 1])
    }
    client = problem.client
    far = {i: model.add_variable(f"far_{i}", 0, 1) for i in np.flatnonzero((weight > 0) & np.isfinite(problem.beyond))}
    model += pulp.lpSum(  # (1)
        [weight[client[k]] * problem.minutes[k] * x for k, x in serve.items()]
        + [weight[i] * problem.beyond[i] * x for i, x in far.items()]
    )
    for i in np.flatnonzero(weight > 0):
        own = [serve[k] for k in range(problem.start[i], problem.start[i + 1])]
        model += pulp.lpSum(own + ([far[i]] if i in far else [])) == 1, f"served_{i}"  # (2)
    for k, x in serve.items():
        model += x <= opened[problem.site[k]], f"only_open_{client[k]}_{problem.site[k]}"  # (3)
    model += pulp.lpSum(opened) == demands.count, "count"  # (4)
    if capacitated:
        capacity = site_numbers(problem, "capacity_persons", "capacitated")
        for j in range(m):
            load = [weight[client[k]] * serve[int(k)] for k in np.flatnonzero(problem.site == j) if int(k) in serve]
            if load and np.isfinite(capacity[j]):
                model += pulp.lpSum(load) <= capacity[j] * opened[j], f"capacity_{j}"  # (5)
    return model


def value(problem: LocationProblem, is_open: Mask) -> float:
    """Return the sum of persons times minutes to the nearest of the opened sites."""
    return weighted_sum(problem.persons, nearest_minutes(problem, is_open))
