"""p-median: where to open p sites so that persons travel least in sum; with capacities when asked."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pulp

from anyi_geo.errors import InfeasibleError, ProblemError
from anyi_geo.locate._conditions import Conditions, conditions, refuse_unreached, site_numbers
from anyi_geo.locate._lists import cost_lists
from anyi_geo.locate._median_engine import search
from anyi_geo.locate._serving import Serving, solve_serving
from anyi_geo.locate._watch import Watch, watching
from anyi_geo.locate.problem import Floats, LocationProblem, Longs, Mask
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solution import (
    LocationSolution,
    make_solution,
    nearest_minutes,
    nearest_sites,
)

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


def _nearest(problem: LocationProblem, demands: Conditions, watch: Watch) -> LocationSolution:
    count = demands.count or 0
    lists = cost_lists(problem.without_sites(demands.forbidden), count)
    is_open, bound, source = search(lists, count, demands.required, demands.forbidden, watch)
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
    people = problem.keeping(problem.persons[problem.client] > 0)
    m, weight = len(problem.sites), problem.persons
    answer = solve_serving(
        Serving(
            client=people.client.astype(np.int64),
            site=people.site.astype(np.int64),
            cost=weight[people.client] * people.minutes,
            out=np.where(weight > 0, np.inf, 0.0),
            opening=np.zeros(m),
            required=demands.required,
            forbidden=demands.forbidden,
            load=weight,
            capacity=site_numbers(problem, "capacity_persons", "capacitated"),
            count=demands.count,
            exact=True,
        ),
        watch,
    )
    is_open = answer.is_open
    pair = np.where(answer.pair >= 0, answer.pair, len(people.site))
    serving: Longs = np.where(answer.pair >= 0, np.append(people.site, -1)[pair], nearest_sites(problem, is_open))
    return make_solution(
        problem,
        MODEL,
        is_open,
        serving,
        weighted_sum(weight, np.append(people.minutes, 0.0)[pair]),
        answer.bound,
        watch.seconds,
        trivial=nearest_bound(problem, demands),
        bound_source="branch and bound",
        interrupted=watch.interrupted,
    )
