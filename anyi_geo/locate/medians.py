"""p-median: where to open p sites so that persons travel least in sum; with capacities when asked."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pulp

from anyi_geo.errors import InfeasibleError, ProblemError
from anyi_geo.locate._conditions import Conditions, conditions, refuse_unreached, site_numbers
from anyi_geo.locate._median_engine import search
from anyi_geo.locate._watch import Watch, watching
from anyi_geo.locate.problem import Floats, LocationProblem, Longs, Mask
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solution import (
    LocationSolution,
    first_open,
    make_solution,
    nearest_minutes,
    nearest_sites,
)
from anyi_geo.locate.solver import NoIncumbentError, Outcome, is_one, solve_watched

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
    with watching(settings or SolverSettings()) as watch:
        demands = conditions(problem, count, required, forbidden, exact=True)
        refuse_unreached(problem, problem.persons > 0, ~demands.forbidden)
        if capacitated:
            if not problem.complete:
                raise ProblemError(
                    "带容量的 p 中位要求列全所有可达的点位（不能用 beyond）。",
                    "Capacities need every reachable pair listed (no `beyond`).",
                )
            refuse_short_capacity(problem, demands)
            return _assigned(problem, demands, watch)
        return _nearest(problem, demands, watch)


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


def refuse_short_capacity(problem: LocationProblem, demands: Conditions) -> None:
    """Compare the largest capacities that `count` sites can have with the persons to serve.

    Raises
    ------
    InfeasibleError
        The capacity, the need and the difference.
    """
    capacity = site_numbers(problem, "capacity_persons", "capacitated")
    free = np.sort(capacity[~demands.required & ~demands.forbidden])[::-1]
    spare = (demands.count or len(capacity)) - int(demands.required.sum())
    most, need = float(capacity[demands.required].sum() + free[:spare].sum()), float(problem.persons.sum())
    if most < need * (1 - 1e-12):
        raise InfeasibleError(
            f"容量不足：{demands.count} 个点位最多容纳 {most:g} 人，需要 {need:g} 人，缺 {need - most:g}。",
            f"Capacity {most:g} at most in {demands.count} sites, needed {need:g}: {need - most:g} short.",
        )
    largest = float(capacity[~demands.forbidden].max())
    if problem.persons.max() > largest:
        i = int(problem.persons.argmax())
        raise InfeasibleError(
            f"{problem.clients[i]} 有 {problem.persons[i]:g} 人，最大的点位只容纳 {largest:g} 人（同一需求点不拆分）。",
            f"{problem.clients[i]} has {problem.persons[i]:g} persons, the largest site holds {largest:g} "
            "(a client is served whole).",
        )


def value(problem: LocationProblem, is_open: Mask) -> float:
    """Return the sum of persons times minutes to the nearest of the opened sites."""
    return weighted_sum(problem.persons, nearest_minutes(problem, is_open))


def weighted_sum(weight: Floats, minutes: Floats) -> float:
    """Return the sum of persons times minutes; nobody's way costs nothing, however long."""
    return float(weight[weight > 0] @ minutes[weight > 0])


def nearest_bound(problem: LocationProblem, demands: Conditions) -> float:
    """Return the sum of persons times minutes when every allowed site were open: a bound by arithmetic."""
    best = np.minimum(nearest_minutes(problem, ~demands.forbidden), problem.beyond)
    return weighted_sum(problem.persons, np.where(np.isfinite(best), best, 0.0))


def _chosen(problem: LocationProblem, model: pulp.LpProblem) -> Mask:
    named = model.variablesDict()
    return np.array([is_one(named[f"open_{j}"]) for j in range(len(problem.sites))])


def _nearest(problem: LocationProblem, demands: Conditions, watch: Watch) -> LocationSolution:
    is_open, bound, source = search(problem, demands.count or 0, demands.required, demands.forbidden, watch)
    return make_solution(
        problem,
        MODEL,
        is_open,
        nearest_sites(problem, is_open),
        weighted_sum(problem.persons, nearest_minutes(problem, is_open)),
        bound,
        watch.seconds,
        trivial=nearest_bound(problem, demands),
        bound_source=source,
        interrupted=watch.interrupted,
    )


def _assigned(problem: LocationProblem, demands: Conditions, watch: Watch) -> LocationSolution:
    model = p_median_model(problem, demands, capacitated=True)
    outcome = _solved(model, watch)
    is_open, named, client = _chosen(problem, model), model.variablesDict(), problem.client
    serving: Longs = nearest_sites(problem, is_open)
    pair = first_open(problem, is_open)
    for k in range(len(problem.site)):
        variable = named.get(f"serve_{client[k]}_{problem.site[k]}")
        if variable is not None and is_one(variable):
            serving[client[k]], pair[client[k]] = problem.site[k], k
    objective = weighted_sum(problem.persons, problem.minutes[pair])
    return make_solution(
        problem,
        MODEL,
        is_open,
        serving,
        objective,
        outcome.bound,
        watch.seconds,
        trivial=nearest_bound(problem, demands),
        bound_source="branch and bound",
        interrupted=watch.interrupted,
    )


def _solved(model: pulp.LpProblem, watch: Watch) -> Outcome:
    try:
        return solve_watched(model, watch)
    except NoIncumbentError:
        raise
    except InfeasibleError:
        raise InfeasibleError(
            "在点位数、必选、禁选（和容量）的条件下，没有方案能让每个需求点都有点位可去。",
            "Under the count, the required and forbidden sites (and capacities) no plan serves every client.",
        ) from None
