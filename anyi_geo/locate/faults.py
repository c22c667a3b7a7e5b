"""An independent reader of plans: recounts every promise of a solution from the problem alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anyi_geo.errors import Message
from anyi_geo.locate.problem import LocationProblem
from anyi_geo.locate.settings import Status
from anyi_geo.locate.solution import LocationSolution

#: Two sums that should be equal may differ by so much, relative.
ROUNDING = 1e-6


def faults(
    problem: LocationProblem,
    solution: LocationSolution,
    *,
    count: int | None = None,
    max_minutes: float | None = None,
    capacitated: bool = False,
) -> list[Message]:
    """Return what is wrong with a solution; an empty list when nothing is.

    It walks pair by pair over plain dictionaries and shares no code with the models.

    Parameters
    ----------
    count : int, optional
        Exact for p_median and p_center, at most for max_cover.
    max_minutes : float, optional
        The limit of set_cover and max_cover.
    capacitated : bool
        Whether capacities were to be held.
    """
    found: list[Message] = []
    way = _ways(problem)
    opened = set(solution.opened)
    found += _opened_faults(problem, solution, count)
    persons = dict(zip(problem.clients, problem.persons.tolist(), strict=True))
    total, worst, load = 0.0, 0.0, dict.fromkeys(opened, 0.0)
    for client in problem.clients:
        site = solution.served_by.loc[client]
        reachable = {place: minutes for place, minutes in way[client].items() if place in opened}
        if pd.isna(site):
            if (
                reachable
                and min(reachable.values()) <= (np.inf if max_minutes is None else max_minutes)
                and not capacitated
            ):
                found.append(
                    Message(f"{client} 有开放的点位却无人服务。", f"{client} is left out beside an open site.")
                )
            elif solution.model != "max_cover" and (persons[client] > 0 or solution.model != "p_median"):
                found.append(Message(f"{client} 无人服务。", f"{client} is served by none."))
            continue
        if site not in reachable:
            found.append(
                Message(f"{client} 由未开放或无路的 {site} 服务。", f"{client} is served by {site}: shut or no road.")
            )
            continue
        minutes = reachable[site]
        if not capacitated and minutes > min(reachable.values()):
            found.append(Message(f"{client} 不由最近的点位服务。", f"{client} is not served by its nearest open site."))
        if max_minutes is not None and minutes > max_minutes:
            found.append(Message(f"{client} 超过时限。", f"{client} is beyond the limit."))
        load[site] += persons[client]
        total += persons[client] * minutes if persons[client] > 0 else 0.0
        worst = max(worst, minutes)
    if capacitated:
        for site, persons_there in load.items():
            room = float(problem.sites.at[site, "capacity_persons"])
            if persons_there > room * (1 + ROUNDING):
                found.append(
                    Message(
                        f"{site} 超员：{persons_there:g} > {room:g}。",
                        f"{site} holds {persons_there:g}, room {room:g}.",
                    )
                )
    told = {"p_median": total, "p_center": worst}.get(solution.model)
    if told is not None and abs(told - solution.objective) > ROUNDING * max(1.0, abs(told)):
        found.append(Message(f"目标值应为 {told:g}。", f"The objective is {told:g}, not {solution.objective:g}."))
    return found + _proof_faults(solution)


def _ways(problem: LocationProblem) -> dict[object, dict[object, float]]:
    labels = list(problem.sites.index)
    return {
        client: {
            labels[problem.site[k]]: float(problem.minutes[k]) for k in range(problem.start[i], problem.start[i + 1])
        }
        for i, client in enumerate(problem.clients)
    }


def _opened_faults(problem: LocationProblem, solution: LocationSolution, count: int | None) -> list[Message]:
    found = []
    opened = solution.opened
    if len(set(opened)) != len(opened) or not set(opened) <= set(problem.sites.index):
        found.append(Message("开放点位重复或不存在。", "An opened site is named twice or unknown."))
    exact = solution.model in ("p_median", "p_center")
    if count is not None and (len(opened) > count or (exact and len(opened) != count)):
        found.append(
            Message(f"开放了 {len(opened)} 个，应为 {count} 个。", f"{len(opened)} sites are open, not {count}.")
        )
    return found


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
