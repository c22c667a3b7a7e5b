"""Set cover: the fewest (or cheapest) sites so that everybody is within a limit, once or several times."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np
import pulp
from scipy.sparse import csr_matrix

from anyi_geo.errors import ProblemError
from anyi_geo.locate._conditions import (
    Conditions,
    checked_count,
    checked_minutes,
    conditions,
    refuse_beyond_limit,
    site_numbers,
)
from anyi_geo.locate._cover import Cover, solve_cover
from anyi_geo.locate._serving import integral, whole
from anyi_geo.locate._watch import watching
from anyi_geo.locate.problem import Floats, LocationProblem, Longs
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solution import LocationSolution, make_solution, nearest_sites
from anyi_geo.locate.solver import NoIncumbentError

MODEL = "set_cover"


def set_cover(
    problem: LocationProblem,
    max_minutes: float,
    *,
    times: int = 1,
    required: Sequence[Hashable] = (),
    forbidden: Sequence[Hashable] = (),
    minimise: Literal["sites", "cost"] = "sites",
    settings: SolverSettings | None = None,
) -> LocationSolution:
    """Open the fewest sites so that every client has `times` of them within `max_minutes`.

    The model is `set_cover_model`. Clients with zero persons bind too. Where `beyond` is not above the limit, a site
    that is not listed might cover the client: the plan still covers by listed sites, the bound allows for it.

    Parameters
    ----------
    problem : LocationProblem
    max_minutes : float
    times : int
        So many open sites within the limit (backup cover).
    required, forbidden : labels of sites
    minimise : {"sites", "cost"}
        Count the sites or their ``cost_yuan``.
    settings : SolverSettings, optional

    Raises
    ------
    ProblemError
        Malformed demands.
    InfeasibleError
        Clients whose sites are too far, with their minutes.
    """
    with watching(settings or SolverSettings()) as watch:
        limit = checked_minutes(max_minutes)
        times = checked_times(times)
        demands = conditions(problem, None, required, forbidden, exact=False)
        usable = ~demands.forbidden
        costs = site_numbers(problem, "cost_yuan", "minimise='cost'") if minimise == "cost" else np.ones(len(usable))
        refuse_beyond_limit(problem, limit, usable, times)
        near = problem.within(limit).without_sites(demands.forbidden | demands.required)
        need = times - _held(problem.within(limit), demands)
        sure = problem.beyond > limit
        listed_enough = np.bincount(near.client, minlength=len(need)) >= need
        if not (sure | listed_enough).all():
            lost = list(problem.clients[~(sure | listed_enough)][:5])
            raise ProblemError(
                f"{lost} 在 {limit:g} 分钟内列出的点位不够，beyond 又不排除更多：请把 {limit:g} 分钟内的全部列出。",
                f"{lost} have too few listed sites within {limit:g} minutes while beyond allows more: list them all.",
            )
        matrix = csr_matrix((np.ones(len(near.site)), near.site, near.start), shape=(len(need), len(costs)))
        # column cost zero is allowed: such sites are simply opened where they help
        answer = solve_cover(Cover(matrix, costs, np.maximum(need, 0)), watch, gap=watch.settings.gap)
        fixed = float(costs[demands.required].sum())
        if answer.values is None:
            raise NoIncumbentError("时限内没有找到方案。", "No plan was found in time.")
        values, bound = answer.values, answer.bound
        if not sure.all():
            surely = Cover(matrix, costs, np.where(sure, np.maximum(need, 0), 0))
            bound = min(bound, 0.0 if watch.over else solve_cover(surely, watch).bound)
        if integral(costs) and np.isfinite(bound):
            bound = whole(bound)
        is_open = (values > 0.5) | demands.required
        return make_solution(
            problem,
            MODEL,
            is_open,
            nearest_sites(problem.within(limit), is_open),
            float(costs[is_open].sum()),
            bound + fixed,
            watch.seconds,
            trivial=fixed,
            bound_source="branch and bound",
            interrupted=watch.interrupted,
            asked={
                "max_minutes": max_minutes,
                "times": times,
                "required": required,
                "forbidden": forbidden,
                "minimise": minimise,
            },
        )


def set_cover_model(
    problem: LocationProblem, max_minutes: float, demands: Conditions, costs: Floats, times: int = 1
) -> pulp.LpProblem:
    """Write the location set-covering problem (Toregas et al. 1971), with backup (Hogan and ReVelle 1986).

    Sets: clients i, sites j, N_i = sites within the limit of i.
    Parameters: c_j cost (1 when sites are counted), times.
    Variables: open_j binary.

    (1) minimise sum_j c_j open_j
    (2) sum over N_i of open_j >= times       for every i
    (3) open_j = 1 if required, 0 if forbidden
    """
    model = pulp.LpProblem(MODEL, pulp.LpMinimize)
    opened = [
        model.add_variable(f"open_{j}", int(demands.required[j]), 1 - int(demands.forbidden[j]), "Integer")  # (3)
        for j in range(len(problem.sites))
    ]
    model += pulp.lpSum(cost * x for cost, x in zip(costs, opened, strict=True))  # (1)
    near = problem.within(max_minutes)
    for i in range(len(problem.clients)):
        own = [opened[j] for j in near.site[near.start[i] : near.start[i + 1]]]
        model += pulp.lpSum(own) >= times, f"covered_{i}"  # (2)
    return model


def checked_times(times: int) -> int:
    """Return `times` as a whole number >= 1."""
    try:
        return checked_count(times, 10**9)
    except ProblemError:
        raise ProblemError(
            f"覆盖次数应为不小于 1 的整数，现为 {times!r}。", f"times must be a whole number >= 1, got {times!r}."
        ) from None


def _held(near: LocationProblem, demands: Conditions) -> Longs:
    return np.bincount(near.client[demands.required[near.site]], minlength=len(near.clients))
