"""Maximal cover: with so many sites, or so much money, cover the most persons."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np
import pulp

from anyi_geo.errors import InfeasibleError, ProblemError
from anyi_geo.locate._conditions import Conditions, checked_minutes, conditions, fits, site_numbers
from anyi_geo.locate._cover_search import Covering, covered, solve_covering
from anyi_geo.locate._watch import watching
from anyi_geo.locate.problem import Floats, LocationProblem
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solution import LocationSolution, first_open, make_solution

MODEL = "max_cover"

#: (minutes, share) points between which the share falls in straight lines.
Decay = Sequence[tuple[float, float]]


def max_cover(
    problem: LocationProblem,
    count: int | None,
    max_minutes: float,
    *,
    budget_yuan: float | None = None,
    required: Sequence[Hashable] = (),
    forbidden: Sequence[Hashable] = (),
    decay: Decay | None = None,
    backup_weight: float = 0.0,
    capacitated: bool = False,
    settings: SolverSettings | None = None,
) -> LocationSolution:
    """Open at most `count` sites, for at most `budget_yuan`, so that most persons are covered.

    The model is `max_cover_model`. A covered client is served whole by one site: the nearest open one within the
    limit (equal minutes: the first label), or, with capacities, the one assigned; an uncovered one by none (NaN).

    Parameters
    ----------
    problem : LocationProblem
    count : int or None
        At most so many sites; None only with a budget.
    max_minutes : float
        A client within this limit of an open site is covered.
    budget_yuan : float, optional
        Most that the opened sites' ``cost_yuan`` may add up to, required ones included.
    required, forbidden : labels of sites
    decay : (minutes, share) points, optional
        Gradual cover (Church and Roberts 1983): what the nearest open site's minutes are worth, falling from at most
        1, nothing beyond `max_minutes`.
    backup_weight : float
        Worth of a second site within the limit, 0 to 1 (Hogan and ReVelle 1986).
    capacitated : bool
        Hold ``capacity_persons``.
    settings : SolverSettings, optional

    Raises
    ------
    ProblemError
        Malformed demands; backup together with decay or capacities.
    InfeasibleError
        The required sites, or the cheapest site, cost more than the budget.
    """
    asked = {
        "count": count,
        "max_minutes": max_minutes,
        "budget_yuan": budget_yuan,
        "required": required,
        "forbidden": forbidden,
        "decay": decay,
        "backup_weight": backup_weight,
        "capacitated": capacitated,
    }
    with watching(settings or SolverSettings()) as watch:
        limit = checked_minutes(max_minutes)
        demands = conditions(problem, count, required, forbidden, exact=False)
        _refuse_budget(problem, demands, budget_yuan)
        if not 0 <= backup_weight <= 1 or (backup_weight and (decay is not None or capacitated)):
            raise ProblemError(
                "backup_weight 应在 0 到 1 之间，且不能与 decay 或 capacitated 同用。",
                "backup_weight must be from 0 to 1, and without decay and capacitated.",
            )
        near, share = _useful(problem.without_sites(demands.forbidden).within(limit), decay)
        covering = Covering(
            *_at_stake(near, share),
            demands=demands,
            backup=backup_weight,
            capacity=site_numbers(problem, "capacity_persons", "capacitated") if capacitated else None,
            spend=None if budget_yuan is None else site_numbers(problem, "cost_yuan", "budget_yuan"),
            budget=budget_yuan,
        )
        found = solve_covering(covering, watch)
        if found.pair is not None:
            near = covering.near
        pair = first_open(near, found.is_open) if found.pair is None else found.pair
        once, again, unsure = near.listed > 0, near.listed > 1, problem.beyond <= limit
        top = problem.persons[unsure | once].sum() + backup_weight * problem.persons[unsure | again].sum()
        unlisted = (1 + backup_weight) * float(problem.persons[unsure].sum())
        return make_solution(
            problem,
            MODEL,
            found.is_open,
            np.where(pair >= 0, np.append(near.site, -1)[pair], -1),
            covered(covering, found.is_open, found.pair),
            covering.top - found.missed + unlisted,
            watch.seconds,
            sense="max",
            trivial=float(top),
            bound_source=found.source,
            interrupted=watch.interrupted,
            asked=asked,
            otherwise=None if found.otherwise is None else covering.top - found.otherwise + unlisted,
        )


def _useful(near: LocationProblem, decay: Decay | None) -> tuple[LocationProblem, Floats]:
    """Return the pairs that are worth something to whoever lives there, and what."""
    share = shares(near.minutes, decay)
    return near.keeping(share > 0), share[share > 0]


def _at_stake(near: LocationProblem, share: Floats) -> tuple[LocationProblem, Floats]:
    """Return the pairs of clients with persons; clients without any pair have no persons here."""
    peopled = near.persons[near.client] > 0
    near = near.keeping(peopled)
    return replace(near, persons=np.where(near.listed > 0, near.persons, 0.0)), share[peopled]


def max_cover_model(
    near: LocationProblem,
    share: Floats,
    demands: Conditions,
    *,
    budget_yuan: float | None = None,
    backup_weight: float = 0.0,
    capacitated: bool = False,
) -> pulp.LpProblem:
    """Write the maximal covering location problem (Church and ReVelle 1974) as a minimisation.

    Sets: clients i with persons, sites j, pairs within the limit. Parameters: w_i persons, s_ij share in [0, 1],
    p count, c_j cost, B budget, q_j capacity, b worth of backup.
    Variables: open_j binary; covered_i in [0, 1]; with shares below 1 or capacities serve_ij instead
    (binary with capacities); backup_i in [0, 1].

    (1) minimise - sum of w_i covered_i  (or - sum of w_i s_ij serve_ij)  - b sum of w_i backup_i
    (2) covered_i + backup_i <= sum of open_j within the limit            for every i
    (3) serve_ij <= open_j, sum_j serve_ij <= 1                           with shares or capacities
    (4) sum_j open_j <= p
    (5) sum_j c_j open_j <= B
    (6) sum_i w_i serve_ij <= q_j open_j                                  with capacities
    (7) open_j = 1 if required, 0 if forbidden
    """
    model = pulp.LpProblem(MODEL, pulp.LpMinimize)
    opened = [
        model.add_variable(f"open_{j}", int(demands.required[j]), 1 - int(demands.forbidden[j]), "Integer")  # (7)
        for j in range(len(near.sites))
    ]
    if capacitated or (share < 1).any():
        worth = _served(model, near, share, opened, capacitated=capacitated)
    else:
        worth = _covered(model, near, opened, backup_weight)
    model.setObjective(pulp.lpSum(worth))  # (1)
    if demands.count is not None:
        model += pulp.lpSum(opened) <= demands.count, "count"  # (4)
    if budget_yuan is not None:
        cost = site_numbers(near, "cost_yuan", "budget_yuan")
        model += pulp.lpSum(c * x for c, x in zip(cost, opened, strict=True)) <= budget_yuan, "budget"  # (5)
    return model


def shares(minutes: Floats, decay: Decay | None) -> Floats:
    """Return what each pair's minutes are worth, 1 without `decay`.

    Raises
    ------
    ProblemError
        Points that do not ascend in minutes or do not fall in share from at most 1 to at least 0.
    """
    if decay is None:
        return np.ones(len(minutes))
    points = np.array(decay, dtype=np.float64).reshape(-1, 2)
    steps = np.diff(points, axis=0)
    if (
        len(points) == 0
        or (steps[:, 0] <= 0).any()
        or (steps[:, 1] > 0).any()
        or not ((points[:, 1] >= 0) & (points[:, 1] <= 1)).all()
    ):
        raise ProblemError(
            "decay 应为（分钟，份额）的折线：分钟递增，份额从不超过 1 递减到不小于 0。",
            "decay must be (minutes, share) points: minutes ascending, shares falling from at most 1 to at least 0.",
        )
    return np.asarray(np.interp(minutes, points[:, 0], points[:, 1]), dtype=np.float64)


def _covered(
    model: pulp.LpProblem, near: LocationProblem, opened: list[pulp.LpVariable], backup_weight: float
) -> list[pulp.LpAffineExpression]:
    """Add rows (2), one per set of sites: clients with the same sites within the limit count as one."""
    groups: dict[bytes, list[int]] = {}
    for i in np.flatnonzero((near.persons > 0) & (near.listed > 0)).tolist():
        own = np.sort(near.site[near.start[i] : near.start[i + 1]])
        groups.setdefault(own.tobytes(), []).append(i)
    worth = []
    for members in groups.values():
        i, weight = members[0], float(near.persons[members].sum())
        own = pulp.lpSum(opened[j] for j in near.site[near.start[i] : near.start[i + 1]])
        covered = model.add_variable(f"covered_{i}", 0, 1)
        worth.append(-weight * covered)
        if backup_weight and near.listed[i] > 1:
            backup = model.add_variable(f"backup_{i}", 0, 1)
            worth.append(-weight * backup_weight * backup)
            model += covered + backup <= own, f"cover_{i}"  # (2)
        else:
            model += covered <= own, f"cover_{i}"  # (2)
    return worth


def _served(
    model: pulp.LpProblem, near: LocationProblem, share: Floats, opened: list[pulp.LpVariable], *, capacitated: bool
) -> list[pulp.LpAffineExpression]:
    """Add rows (3) and (6)."""
    worth, load = [], [[] for _ in opened]  # type: ignore[var-annotated]
    for i in np.flatnonzero(near.persons > 0):
        own = []
        for k in range(near.start[i], near.start[i + 1]):
            if share[k] <= 0:
                continue
            j = int(near.site[k])
            serve = model.add_variable(f"serve_{i}_{j}", 0, 1, "Integer" if capacitated else "Continuous")
            model += serve <= opened[j], f"only_open_{i}_{j}"  # (3)
            worth.append(-float(near.persons[i] * share[k]) * serve)
            load[j].append(near.persons[i] * serve)
            own.append(serve)
        if own:
            model += pulp.lpSum(own) <= 1, f"once_{i}"  # (3)
    if capacitated:
        capacity = site_numbers(near, "capacity_persons", "capacitated")
        for j, terms in enumerate(load):
            if terms and np.isfinite(capacity[j]):
                model += pulp.lpSum(terms) <= capacity[j] * opened[j], f"capacity_{j}"  # (6)
    return worth


def _refuse_budget(problem: LocationProblem, demands: Conditions, budget_yuan: float | None) -> None:
    if budget_yuan is None:
        if demands.count is None:
            raise ProblemError("点位数和预算至少要给一个。", "Give a count or a budget or both.")
        return
    if not np.isfinite(budget_yuan) or budget_yuan < 0:
        raise ProblemError(
            f"预算应为不小于 0 的数，现为 {budget_yuan!r}。",
            f"budget_yuan must be a finite number >= 0, got {budget_yuan!r}.",
        )
    cost = site_numbers(problem, "cost_yuan", "budget_yuan")
    must = float(cost[demands.required].sum())
    if not fits(must, budget_yuan):
        raise InfeasibleError(
            f"必选点位共需 {must:g} 元，预算只有 {budget_yuan:g} 元，缺 {must - budget_yuan:g} 元。",
            f"The required sites cost {must:g} yuan, the budget is {budget_yuan:g}: {must - budget_yuan:g} short.",
        )
    allowed = cost[~demands.forbidden]
    if len(allowed) and not fits(allowed.min(), budget_yuan):
        least, short = float(allowed.min()), float(allowed.min()) - budget_yuan
        raise InfeasibleError(
            f"最便宜的点位要 {least:g} 元，预算只有 {budget_yuan:g} 元，缺 {short:g} 元。",
            f"The cheapest site costs {least:g} yuan, the budget is {budget_yuan:g}: {short:g} short.",
        )
