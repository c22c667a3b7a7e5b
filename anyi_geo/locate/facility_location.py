"""Facility location with fixed costs: how many sites pay, and where, when both ways and sites cost money."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pulp

from anyi_geo.errors import ProblemError
from anyi_geo.locate._conditions import Conditions, conditions, site_numbers
from anyi_geo.locate._lists import Number
from anyi_geo.locate._median import Median, solve_median
from anyi_geo.locate._watch import watching
from anyi_geo.locate.problem import LocationProblem
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solution import LocationSolution

MODEL = "facility_location"


def facility_location(
    problem: LocationProblem,
    yuan_per_person_minute: float,
    *,
    count: int | None = None,
    required: Sequence[Hashable] = (),
    forbidden: Sequence[Hashable] = (),
    capacitated: bool = False,
    settings: SolverSettings | None = None,
) -> LocationSolution:
    """Open as many sites as pay, so that the yuan of sites and of ways are least in sum.

    The model is `facility_location_model`. The objective is in yuan. Clients with zero persons cost nothing and do not
    bind. Each client is served whole by one site: the nearest open one (equal minutes: the first label), or, with
    capacities, the one assigned.

    Parameters
    ----------
    problem : LocationProblem
        Its sites have ``cost_yuan``, over the same time as the ways (a year, a day).
    yuan_per_person_minute : float
        What a minute of one person's way is worth over that time, > 0.
    count : int, optional
        At most so many sites; any number when absent.
    required, forbidden : labels of sites
    capacitated : bool
        Hold ``capacity_persons`` of the sites.
    settings : SolverSettings, optional

    Raises
    ------
    ProblemError
        Malformed demands, no column ``cost_yuan`` (or ``capacity_persons``), a price that is not > 0.
    InfeasibleError
        Clients without a usable site; too little capacity, in numbers.
    """
    asked = {
        "yuan_per_person_minute": yuan_per_person_minute,
        "count": count,
        "required": required,
        "forbidden": forbidden,
        "capacitated": capacitated,
    }
    with watching(settings or SolverSettings()) as watch:
        demands = conditions(problem, count, required, forbidden, exact=False)
        usable = int((~demands.forbidden).sum())
        median = Median(
            MODEL,
            problem,
            demands,
            Number(max(1, int(demands.required.sum())), min(demands.count or usable, usable)),
            price=_checked_price(yuan_per_person_minute),
            opening=site_numbers(problem, "cost_yuan", MODEL),
            asked=asked,
        )
        return solve_median(median, watch, capacitated=capacitated)


def facility_location_model(
    problem: LocationProblem, yuan_per_person_minute: float, demands: Conditions, *, capacitated: bool = False
) -> pulp.LpProblem:
    """Write the facility location problem with fixed costs (Balinski 1965; Erlenkotter 1978) over listed pairs.

    Sets: clients i with persons, sites j, listed pairs L.
    Parameters: w_i persons, d_ij minutes, v yuan per person and minute, f_j cost of a site, p most sites, q_j capacity.
    Variables: open_j binary; serve_ij in [0, 1] (binary with capacities).

    (1) minimise sum of f_j open_j + v sum of w_i d_ij serve_ij
    (2) sum_j serve_ij = 1                    for every i
    (3) serve_ij <= open_j                    for every listed pair
    (4) sum_j open_j <= p                     where a number is given
    (5) sum_i w_i serve_ij <= q_j open_j      for every j, with capacities
    (6) open_j = 1 if required, 0 if forbidden

    What is not listed is left out: where `beyond` is finite, the engine bounds it and this text does not.
    """
    model = pulp.LpProblem(MODEL, pulp.LpMinimize)
    cost = site_numbers(problem, "cost_yuan", MODEL)
    opened = [
        model.add_variable(f"open_{j}", int(demands.required[j]), 1 - int(demands.forbidden[j]), "Integer")  # (6)
        for j in range(len(problem.sites))
    ]
    kind = "Integer" if capacitated else "Continuous"
    ways, load = [], [[] for _ in opened]  # type: ignore[var-annotated]
    for i in np.flatnonzero(problem.persons > 0).tolist():
        own, weight = [], float(problem.persons[i])
        for k in range(problem.start[i], problem.start[i + 1]):
            j = int(problem.site[k])
            serve = model.add_variable(f"serve_{i}_{j}", 0, 1, kind)
            model += serve <= opened[j], f"only_open_{i}_{j}"  # (3)
            ways.append(yuan_per_person_minute * weight * float(problem.minutes[k]) * serve)
            load[j].append(weight * serve)
            own.append(serve)
        model += pulp.lpSum(own) == 1, f"served_{i}"  # (2)
    model.setObjective(pulp.lpSum(float(c) * x for c, x in zip(cost, opened, strict=True)) + pulp.lpSum(ways))  # (1)
    if demands.count is not None:
        model += pulp.lpSum(opened) <= demands.count, "count"  # (4)
    if capacitated:
        capacity = site_numbers(problem, "capacity_persons", "capacitated")
        for j, terms in enumerate(load):
            if terms and np.isfinite(capacity[j]):
                model += pulp.lpSum(terms) <= capacity[j] * opened[j], f"capacity_{j}"  # (5)
    return model


def _checked_price(price: Any) -> float:
    plain = isinstance(price, (int, float, np.integer, np.floating)) and not isinstance(price, bool)
    if not plain or not np.isfinite(price) or not price > 0:
        raise ProblemError(
            f"每人每分钟的价值应为大于 0 的有限数（元），现为 {price!r}。",
            f"yuan_per_person_minute must be a finite number > 0, got {price!r}.",
        )
    return float(price)
