"""p-center: open p sites so that the client worst off is as near as can be."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pulp
from scipy.sparse import csr_matrix

from anyi_geo.errors import ProblemError
from anyi_geo.locate._conditions import Conditions, conditions, refuse_unreached
from anyi_geo.locate._cover import CLEARLY, Cover, solve_cover
from anyi_geo.locate._watch import Watch, watching
from anyi_geo.locate._why_not import Question, conflict_error
from anyi_geo.locate.problem import Floats, LocationProblem, Mask
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solution import LocationSolution, make_solution, nearest_minutes, nearest_sites
from anyi_geo.locate.solver import NoIncumbentError

MODEL = "p_center"


def p_center(
    problem: LocationProblem,
    count: int,
    *,
    required: Sequence[Hashable] = (),
    forbidden: Sequence[Hashable] = (),
    capacitated: bool = False,
    settings: SolverSettings | None = None,
) -> LocationSolution:
    """Open exactly `count` sites so that the longest way of any client to its nearest open site is shortest.

    The vertex p-center is solved by bisection over the distinct listed minutes (Minieka 1970; Daskin 1995): within
    r minutes everybody can be covered by `count` sites, or not; each answer is an exact set cover after dominance.
    `p_center_model` is the same in textbook form. Persons do not matter, clients with zero persons bind too. Among the
    sites that the radius leaves free, those are added that shorten the sum of persons times minutes most.

    Parameters
    ----------
    problem : LocationProblem
    count : int
        Exactly so many sites.
    required, forbidden : labels of sites
    capacitated : bool
        Not supported; True raises.
    settings : SolverSettings, optional

    Raises
    ------
    ProblemError
        Malformed demands; `capacitated`.
    InfeasibleError
        Clients without a usable site; conditions that cannot be met together.
    """
    if capacitated:
        raise ProblemError("p_center 不支持容量。", "p_center does not support capacities.")
    with watching(settings or SolverSettings()) as watch:
        demands = conditions(problem, count, required, forbidden, exact=True)
        refuse_unreached(problem, np.ones(len(problem.clients), dtype=np.bool_), ~demands.forbidden)
        usable = problem.without_sites(demands.forbidden)
        is_open, bound = _bisect(usable, demands, watch)
        if is_open is None:
            everybody = np.ones(len(problem.clients), dtype=np.bool_)
            raise conflict_error(Question(problem, everybody, demands, exact=True), watch)
        is_open = _filled(usable, is_open, demands)
        return make_solution(
            problem,
            MODEL,
            is_open,
            nearest_sites(problem, is_open),
            float(nearest_minutes(problem, is_open).max()),
            bound,
            watch.seconds,
            trivial=_floor(usable),
            bound_source="bisection over set covers",
            interrupted=watch.interrupted,
            asked={"count": count, "required": required, "forbidden": forbidden},
        )


def p_center_model(problem: LocationProblem, demands: Conditions) -> pulp.LpProblem:
    """Write the textbook vertex p-center (Daskin 1995) over listed pairs.

    Sets: clients i, sites j, listed pairs. Parameters: d_ij minutes, p count.
    Variables: longest >= 0; open_j binary; serve_ij in [0, 1].

    (1) minimise longest
    (2) sum_j serve_ij = 1                    for every i
    (3) serve_ij <= open_j                    for every listed pair
    (4) sum_j d_ij serve_ij <= longest        for every i
    (5) sum_j open_j = p
    (6) open_j = 1 if required, 0 if forbidden

    Slow beyond toy sizes: it is here to be read and to check the bisection against.
    """
    model = pulp.LpProblem(MODEL, pulp.LpMinimize)
    longest = model.add_variable("longest", 0)
    opened = [
        model.add_variable(f"open_{j}", int(demands.required[j]), 1 - int(demands.forbidden[j]), "Integer")  # (6)
        for j in range(len(problem.sites))
    ]
    model += longest  # (1)
    for i in range(len(problem.clients)):
        pairs = range(problem.start[i], problem.start[i + 1])
        serve = {k: model.add_variable(f"serve_{i}_{problem.site[k]}", 0, 1, "Integer") for k in pairs}
        model += pulp.lpSum(serve.values()) == 1, f"served_{i}"  # (2)
        for k, x in serve.items():
            model += x <= opened[problem.site[k]], f"only_open_{i}_{problem.site[k]}"  # (3)
        model += pulp.lpSum(problem.minutes[k] * x for k, x in serve.items()) <= longest, f"longest_{i}"  # (4)
    model += pulp.lpSum(opened) == demands.count, "count"  # (5)
    return model


def _floor(problem: LocationProblem) -> float:
    """Return the longest way when every allowed site were open."""
    everywhere = np.ones(len(problem.sites), dtype=np.bool_)
    return float(np.minimum(nearest_minutes(problem, everywhere), problem.beyond).max())


def _bisect(problem: LocationProblem, demands: Conditions, watch: Watch) -> tuple[Mask | None, float]:
    """Return a plan, None when there is proven to be none, and a proven lower bound on the radius.

    Invariant: no plan over the listed pairs reaches below ``bound``; the plan in hand reaches ``radii[high]``.
    """
    best = _greedy(problem, demands)
    reach = float(nearest_minutes(problem, best).max())
    radii = np.unique(np.append(problem.minutes, problem.beyond[np.isfinite(problem.beyond)]))
    floor = _floor(problem)
    radii = radii[(radii >= floor) & (radii < reach)]
    low, high, bound = 0, len(radii), floor  # radii[high:] are reached, radii[:low] are not
    watch.tell(reach if np.isfinite(reach) else None, bound)
    while low < high and not watch.over:
        middle = (low + high) // 2
        cover, covered = _reach(problem, demands, radii[middle], watch)
        if cover is not None:
            best = cover
            reach = float(nearest_minutes(problem, best).max())
            high = int(np.searchsorted(radii, reach))
        elif covered is False:
            low = middle + 1
            bound = float(radii[low]) if low < len(radii) else reach
        else:
            break
        watch.tell(reach if np.isfinite(reach) else None, bound)
        if np.isfinite(reach) and reach - bound <= watch.settings.gap * reach:
            break
    if low >= high:
        bound = _closed(problem, demands, reach, radii, low, watch)
    else:  # stopped early: from the smallest `beyond` on, what is not listed might do better
        bound = max(floor, min(bound, float(problem.beyond.min())))
    if not np.isfinite(reach):
        if low < high:
            raise NoIncumbentError(
                "时限内没有找到让每个需求点都可到达的方案；请加长求解时间。",
                "No plan that reaches every client was found in time: allow more seconds.",
            )
        return None, bound
    return best, bound


def _closed(
    problem: LocationProblem, demands: Conditions, reach: float, radii: Floats, low: int, watch: Watch
) -> float:
    """Return the bound when no listed radius is left: the reach itself, unless unlisted ways might beat it."""
    if problem.complete or problem.beyond.min() >= reach:
        return reach
    # below the smallest `beyond` the lists are complete; from there on a client may be covered by what is not listed
    below, above = 0, low
    while below < above and not watch.over:
        middle = (below + above) // 2
        _, covered = _reach(problem, demands, radii[middle], watch, unlisted=True)
        if covered is False:
            below = middle + 1
        else:
            above = middle
    return float(radii[below]) if below < len(radii) else reach


def _reach(
    problem: LocationProblem, demands: Conditions, radius: float, watch: Watch, *, unlisted: bool = False
) -> tuple[Mask | None, bool | None]:
    """Return a plan within the radius, and whether there is one: True, False (proven) or None (not known)."""
    near = problem.within(radius)
    held = np.bincount(near.client[demands.required[near.site]], minlength=len(near.clients)) > 0
    free = held | (problem.beyond <= radius) if unlisted else held
    matrix = csr_matrix((np.ones(len(near.site)), near.site, near.start), shape=(len(held), len(problem.sites)))
    spare = float((demands.count or 0) - demands.required.sum())
    if ((near.listed == 0) & ~free).any():
        return None, False
    cover = Cover(matrix, np.ones(len(problem.sites)), (~free).astype(np.int64))
    answer = solve_cover(cover, watch, most=spare)
    if answer.values is not None and answer.objective <= spare + 1e-9:
        return (answer.values > 0.5) | demands.required, True
    return None, (False if answer.infeasible or answer.bound > spare + CLEARLY else None)


def _greedy(problem: LocationProblem, demands: Conditions) -> Mask:
    """Open the site nearest to the client worst off, again and again (Gonzalez 1985)."""
    is_open = demands.required.copy()
    order = np.argsort(problem.site, kind="stable")
    first = np.searchsorted(problem.site[order], np.arange(len(is_open) + 1))
    client, minutes = problem.client[order], problem.minutes[order]
    now, left = nearest_minutes(problem, is_open), (demands.count or 0) - int(is_open.sum())
    while left > 0:
        worst = int(np.argmax(now))
        if now[worst] == -np.inf:
            break
        own = problem.site[problem.start[worst] : problem.start[worst + 1]]
        own = own[~is_open[own]]
        if len(own) == 0:
            now[worst] = -np.inf  # nothing more can be done for this client
            continue
        is_open[own[0]] = True
        left -= 1
        reached = slice(first[own[0]], first[own[0] + 1])
        np.minimum.at(now, client[reached], minutes[reached])
    return is_open


def _filled(problem: LocationProblem, is_open: Mask, demands: Conditions) -> Mask:
    """Open further sites up to the count, each the one that saves most persons times minutes (ties: first label)."""
    is_open = is_open.copy()
    client, weight = problem.client, problem.persons
    while is_open.sum() < (demands.count or 0):
        saved = np.maximum(nearest_minutes(problem, is_open)[client] - problem.minutes, 0.0)
        gain = np.bincount(problem.site, np.minimum(saved, 1e15) * weight[client], minlength=len(is_open))
        gain[is_open | demands.forbidden] = -1.0
        is_open[int(np.argmax(gain))] = True
    return is_open
