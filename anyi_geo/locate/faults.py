"""An independent reader of plans: recounts every promise of a solution from the problem alone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from anyi_geo.errors import Message
from anyi_geo.locate.problem import LocationProblem
from anyi_geo.locate.settings import Status
from anyi_geo.locate.solution import LocationSolution

#: Two sums that should be equal may differ by so much, relative.
ROUNDING = 1e-6

Ways = Mapping[Hashable, Mapping[Hashable, float]]


def faults(problem: LocationProblem, solution: LocationSolution, **asked: Any) -> list[Message]:
    """Return what is wrong with a solution; an empty list when nothing is.

    It walks pair by pair over plain dictionaries and shares no code with the models.

    Parameters
    ----------
    asked
        Demands to hold the plan to instead of those that the solution says it was asked for, by the names of the
        model's parameters.
    """
    demands: dict[str, Any] = {**solution.asked, **asked}
    count, budget, times = demands.get("count"), demands.get("budget_yuan"), demands.get("times", 1)
    limit = np.inf if demands.get("max_minutes") is None else float(demands["max_minutes"])
    capacitated = bool(demands.get("capacitated", False))
    way, persons = _ways(problem), dict(zip(problem.clients, problem.persons.tolist(), strict=True))
    found = _opened_faults(problem, solution, count, demands.get("required", ()), demands.get("forbidden", ()))
    found += _serving_faults(solution, way, persons, limit, capacitated=capacitated)
    if capacitated:
        found += _load_faults(problem, solution, persons)
    if times > 1:
        found += _backup_faults(solution, way, limit, times)
    cost = dict(zip(problem.sites.index, problem.sites.get("cost_yuan", pd.Series(dtype=float)), strict=False))
    spent = sum(cost.get(site, 0.0) for site in solution.opened)
    if budget is not None and spent > budget * (1 + ROUNDING):
        found.append(Message(f"花费 {spent:g} 元，超出预算。", f"It spends {spent:g} yuan, more than the budget."))
    minutes = {
        client: way[client][site]
        for client, site in solution.served_by.items()
        if not pd.isna(site) and site in way[client]
    }
    walked = sum(persons[client] * minutes[client] for client in minutes if persons[client] > 0)
    told = {
        "p_median": walked,
        "p_center": max(minutes.values(), default=0.0),
        "facility_location": spent + demands.get("yuan_per_person_minute", 0.0) * walked,
        "set_cover": spent if demands.get("minimise") == "cost" else float(len(solution.opened)),
        "max_cover": _worth(solution, way, persons, minutes, limit, demands),
    }[solution.model]
    if abs(told - solution.objective) > ROUNDING * max(abs(told), 1e-9):
        found.append(Message(f"目标值应为 {told:g}。", f"The objective is {told:g}, not {solution.objective:g}."))
    return found + _proof_faults(solution)


def _ways(problem: LocationProblem) -> Ways:
    labels = list(problem.sites.index)
    return {
        client: {
            labels[problem.site[k]]: float(problem.minutes[k]) for k in range(problem.start[i], problem.start[i + 1])
        }
        for i, client in enumerate(problem.clients)
    }


def _opened_faults(
    problem: LocationProblem,
    solution: LocationSolution,
    count: int | None,
    required: Sequence[Hashable],
    forbidden: Sequence[Hashable],
) -> list[Message]:
    found = []
    opened = solution.opened
    if len(set(opened)) != len(opened) or not set(opened) <= set(problem.sites.index):
        found.append(Message("开放点位重复或不存在。", "An opened site is named twice or unknown."))
    exact = solution.model in ("p_median", "p_center")
    if count is not None and (len(opened) > count or (exact and len(opened) != count)):
        found.append(
            Message(f"开放了 {len(opened)} 个，应为 {count} 个。", f"{len(opened)} sites are open, not {count}.")
        )
    shut, wrong = [site for site in required if site not in opened], [site for site in forbidden if site in opened]
    if shut or wrong:
        found.append(
            Message(
                f"必选未开：{shut}；禁选却开：{wrong}。", f"Required but shut: {shut}; forbidden but open: {wrong}."
            )
        )
    return found


def _serving_faults(
    solution: LocationSolution, way: Ways, persons: Mapping[Hashable, float], limit: float, *, capacitated: bool
) -> list[Message]:
    found, opened = [], set(solution.opened)
    for client in way:
        site = solution.served_by.loc[client]
        reachable = {place: minutes for place, minutes in way[client].items() if place in opened}
        nearest = min(reachable.values(), default=np.inf)
        if pd.isna(site):
            if np.isfinite(nearest) and nearest <= limit and not capacitated:
                found.append(
                    Message(f"{client} 有开放的点位却无人服务。", f"{client} is left out beside an open site.")
                )
            elif _must_be_served(solution.model, persons[client]):
                found.append(Message(f"{client} 无人服务。", f"{client} is served by none."))
        elif site not in reachable:
            found.append(
                Message(f"{client} 由未开放或无路的 {site} 服务。", f"{client} is served by {site}: shut or no road.")
            )
        elif not capacitated and reachable[site] > nearest:
            found.append(Message(f"{client} 不由最近的点位服务。", f"{client} is not served by its nearest open site."))
        elif reachable[site] > limit:
            found.append(Message(f"{client} 超过时限。", f"{client} is beyond the limit."))
    return found


def _must_be_served(model: str, persons: float) -> bool:
    if model in ("p_median", "facility_location"):
        return persons > 0
    return model != "max_cover"


def _load_faults(
    problem: LocationProblem, solution: LocationSolution, persons: Mapping[Hashable, float]
) -> list[Message]:
    load = dict.fromkeys(solution.opened, 0.0)
    for client, site in solution.served_by.items():
        if not pd.isna(site):
            load[site] = load.get(site, 0.0) + persons[client]
    room = problem.sites["capacity_persons"].to_dict()
    return [
        Message(f"{site} 超员：{there:g} > {room[site]:g}。", f"{site} holds {there:g}, room {room[site]:g}.")
        for site, there in load.items()
        if there > room[site] * (1 + ROUNDING)
    ]


def _backup_faults(solution: LocationSolution, way: Ways, limit: float, times: int) -> list[Message]:
    return [
        Message(f"{client} 时限内的点位不足 {times} 个。", f"{client} has fewer than {times} open sites in reach.")
        for client, own in way.items()
        if sum(own.get(site, np.inf) <= limit for site in solution.opened) < times
    ]


def _worth(
    solution: LocationSolution,
    way: Ways,
    persons: Mapping[Hashable, float],
    minutes: Mapping[Hashable, float],
    limit: float,
    demands: Mapping[str, Any],
) -> float:
    total, decay, backup_weight = 0.0, demands.get("decay"), demands.get("backup_weight", 0.0)
    for client in way:
        if client in minutes:
            share = 1.0 if decay is None else float(np.interp(minutes[client], *np.transpose(decay)))
            total += persons[client] * share
        if sum(way[client].get(site, np.inf) <= limit for site in solution.opened) >= 2:
            total += backup_weight * persons[client]
    return total


def _proof_faults(solution: LocationSolution) -> list[Message]:
    found = []
    sign = 1.0 if solution.sense == "min" else -1.0
    slack = ROUNDING * max(abs(solution.objective), 1e-9)
    if not np.isfinite(solution.bound) or sign * (solution.bound - solution.objective) > slack:
        found.append(Message("界与目标值矛盾。", "The bound contradicts the objective."))
    gap = abs(solution.objective - solution.bound) / max(abs(solution.objective), 1e-9)
    if (solution.status == Status.OPTIMAL) != (gap <= ROUNDING):
        found.append(Message("状态与间隙不符。", "The status does not agree with the gap."))
    return found
