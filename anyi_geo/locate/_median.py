"""What p-median and facility location share: everybody is served by one open site, ways and sites have a cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from anyi_geo.errors import InfeasibleError, ProblemError
from anyi_geo.locate._conditions import Conditions, fits, refuse_unreached, site_numbers
from anyi_geo.locate._lists import Number, cost_lists
from anyi_geo.locate._median_engine import otherwise, search
from anyi_geo.locate._serving import Serving, solve_serving
from anyi_geo.locate._watch import Watch
from anyi_geo.locate._why_not import Question, conflict_error
from anyi_geo.locate.problem import Floats, LocationProblem, Longs, Mask
from anyi_geo.locate.solution import LocationSolution, make_solution, nearest_minutes, nearest_sites
from anyi_geo.locate.solver import NoIncumbentError


@dataclass(frozen=True, eq=False)
class Median:
    """A question of opening and serving.

    Attributes
    ----------
    model : str
        Name that the solution bears.
    problem : LocationProblem
    demands : Conditions
    number : Number
        How many sites may open.
    price : float
        Cost of a person's minute.
    opening : float array (m,)
        Cost of a site.
    asked : mapping
        The demands as they were called for.
    """

    model: str
    problem: LocationProblem
    demands: Conditions
    number: Number
    price: float
    opening: Floats
    asked: Mapping[str, Any]

    def cost(self, is_open: Mask, minutes: Floats) -> float:
        """Return what a plan costs when every client takes so many minutes."""
        return self.price * weighted_sum(self.problem.persons, minutes) + float(self.opening[is_open].sum())


def weighted_sum(weight: Floats, minutes: Floats) -> float:
    """Return the sum of persons times minutes; nobody's way costs nothing, however long."""
    return float(weight[weight > 0] @ minutes[weight > 0])


def solve_median(median: Median, watch: Watch, *, capacitated: bool) -> LocationSolution:
    """Solve by the median engine, or with capacities by branch and bound.

    Raises
    ------
    ProblemError
        Capacities beside unlisted pairs, or no column ``capacity_persons``.
    InfeasibleError
        Clients without a usable site; too little capacity, in numbers.
    """
    problem, demands = median.problem, median.demands
    refuse_unreached(problem, problem.persons > 0, ~demands.forbidden)
    if capacitated and not problem.complete:
        raise ProblemError(
            "带容量的模型要求列全所有可达的点位（不能用 beyond）。",
            "Capacities need every reachable pair listed (no `beyond`).",
        )
    if capacitated:
        _refuse_short_capacity(median)
    try:
        return _assigned(median, watch) if capacitated else _nearest(median, watch)
    except NoIncumbentError:
        raise
    except InfeasibleError:
        room = site_numbers(problem, "capacity_persons", "capacitated") if capacitated else None
        question = Question(problem, problem.persons > 0, demands, median.number.exact, room)
        raise conflict_error(question, watch) from None


def _nearest(median: Median, watch: Watch) -> LocationSolution:
    problem, demands, number = median.problem, median.demands, median.number
    about = number.most if number.exact else 1
    lists = cost_lists(problem.without_sites(demands.forbidden), about, median.price, median.opening)
    found = search(lists, number, demands.required, demands.forbidden, watch)
    is_open = found.plan
    return make_solution(
        problem,
        median.model,
        is_open,
        nearest_sites(problem, is_open),
        median.cost(is_open, nearest_minutes(problem, is_open)),
        found.bound,
        watch.seconds,
        trivial=_cheapest(median),
        bound_source=found.source,
        otherwise=otherwise(lists, number, demands.required, demands.forbidden, found),
        interrupted=watch.interrupted,
        asked=median.asked,
    )


def _assigned(median: Median, watch: Watch) -> LocationSolution:
    problem, demands, weight = median.problem, median.demands, median.problem.persons
    people = problem.keeping(weight[problem.client] > 0)
    answer = solve_serving(
        Serving(
            client=people.client.astype(np.int64),
            site=people.site.astype(np.int64),
            cost=median.price * weight[people.client] * people.minutes,
            out=np.where(weight > 0, np.inf, 0.0),
            opening=median.opening,
            required=demands.required,
            forbidden=demands.forbidden,
            load=weight,
            capacity=site_numbers(problem, "capacity_persons", "capacitated"),
            count=median.number.most,
            exact=median.number.exact,
        ),
        watch,
    )
    is_open = answer.is_open
    pair = np.where(answer.pair >= 0, answer.pair, len(people.site))
    serving: Longs = np.where(answer.pair >= 0, np.append(people.site, -1)[pair], nearest_sites(problem, is_open))
    return make_solution(
        problem,
        median.model,
        is_open,
        serving,
        median.cost(is_open, np.append(people.minutes, 0.0)[pair]),
        answer.bound,
        watch.seconds,
        trivial=_cheapest(median),
        bound_source="branch and bound",
        interrupted=watch.interrupted,
        asked=median.asked,
    )


def _cheapest(median: Median) -> float:
    """Return what a plan costs at least: everybody's way when all were open, the least number of cheapest sites."""
    demands, problem = median.demands, median.problem
    best = np.minimum(nearest_minutes(problem, ~demands.forbidden), problem.beyond)
    free = np.sort(median.opening[~demands.required & ~demands.forbidden])
    spare = free[: max(median.number.least - int(demands.required.sum()), 0)]
    return median.cost(demands.required, np.where(np.isfinite(best), best, 0.0)) + float(spare.sum())


def _refuse_short_capacity(median: Median) -> None:
    """Compare the largest capacities that the number of sites can have with the persons to serve.

    Raises
    ------
    InfeasibleError
        The capacity, the need and the difference.
    """
    problem, demands, most = median.problem, median.demands, median.number.most
    capacity = site_numbers(problem, "capacity_persons", "capacitated")
    free = np.sort(capacity[~demands.required & ~demands.forbidden])[::-1]
    room = float(capacity[demands.required].sum() + free[: most - int(demands.required.sum())].sum())
    need = float(problem.persons.sum())
    if not fits(need, room):
        raise InfeasibleError(
            f"容量不足：{most} 个点位最多容纳 {room:g} 人，需要 {need:g} 人，缺 {need - room:g}。",
            f"Capacity {room:g} at most in {most} sites, needed {need:g}: {need - room:g} short.",
        )
    largest = float(capacity[~demands.forbidden].max())
    if not fits(problem.persons.max(), largest):
        i = int(problem.persons.argmax())
        raise InfeasibleError(
            f"{problem.clients[i]} 有 {problem.persons[i]:g} 人，最大的点位只容纳 {largest:g} 人（同一需求点不拆分）。",
            f"{problem.clients[i]} has {problem.persons[i]:g} persons, the largest site holds {largest:g} "
            "(a client is served whole).",
        )
