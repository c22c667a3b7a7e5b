"""Sites that can serve only so many persons: who is counted is then who finds a seat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pulp
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import Outcome, solve
from anyi_geo.plan.care_sites.conditions import Condition
from anyi_geo.plan.care_sites.model import opening_model
from anyi_geo.plan.care_sites.problem import CareSiteProblem
from anyi_geo.plan.care_sites.rows import cover_rows


@dataclass(frozen=True)
class _Heads:
    """Covering sets with persons of one worth each."""

    members: tuple[tuple[int, ...], ...]
    heads: np.ndarray
    worth: np.ndarray
    seats: np.ndarray
    batch_weights: np.ndarray
    penalty: np.ndarray


def solve_seated(
    problem: CareSiteProblem, conditions: Sequence[Condition], settings: SolverSettings
) -> tuple[np.ndarray, Outcome]:
    """Choose sites so that the most weighted persons find a seat.

    ::

        max  sum_t weight_t sum_rj worth_r served[r,j,t]
        sum_j served[r,j,t] <= heads_r                                  a person has one seat
        sum_r served[r,j,t] <= seats_j sum_{s<=t} opens[j,s]            a seat holds one person
        served[r,j,t]       <= min(heads_r, seats_j) sum_{s<=t} opens[j,s]

    References
    ----------
    Current & Storbeck 1988, Capacitated covering models, Environment and Planning B 15.
    """
    data = _heads(problem)
    model = opening_model(len(data.seats), len(data.batch_weights), conditions)
    terms: list[tuple[pulp.LpVariable, float]] = []
    for batch, weight in enumerate(data.batch_weights):
        load: dict[int, list[pulp.LpVariable]] = {}
        for row, sites in enumerate(data.members):
            served = {}
            for site in sites:
                most = float(min(data.heads[row], data.seats[site]))
                if most <= 0:
                    continue
                served[site] = model.problem.add_variable(f"served_{row}_{site}_{batch + 1}", 0, most)
                model.problem.addConstraint(served[site] <= most * pulp.lpSum(model.open_by(site, batch)))
                load.setdefault(site, []).append(served[site])
                terms.append((served[site], -float(weight * data.worth[row])))
            if len(served) > 1:
                model.problem.addConstraint(pulp.lpSum(served.values()) <= float(data.heads[row]))
        for site, users in load.items():
            if math.isfinite(data.seats[site]):
                room = float(data.seats[site]) * pulp.lpSum(model.open_by(site, batch))
                model.problem.addConstraint(pulp.lpSum(users) <= room)
    tail = np.cumsum(data.batch_weights[::-1])[::-1]
    terms += [
        (var, float(data.penalty[site] * tail[batch]))
        for site, row in enumerate(model.opens)
        for batch, var in enumerate(row)
        if data.penalty[site] > 0
    ]
    model.problem.setObjective(pulp.LpAffineExpression(terms))
    outcome = solve(model.problem, settings)
    return model.decoded(), outcome


def seated_persons(problem: CareSiteProblem, batch: np.ndarray) -> float:
    """Return the weighted persons that find a seat in a plan (batch per site, sites sorted by id), penalties paid."""
    data = _heads(problem)
    total = 0.0
    for number, weight in enumerate(data.batch_weights, start=1):
        opened = (batch > 0) & (batch <= number)
        total -= float(weight * data.penalty[opened].sum())
        pairs = [(row, site) for row, sites in enumerate(data.members) for site in sites if opened[site]]
        if not pairs or weight == 0:
            continue
        rows, sites = (np.array(part) for part in zip(*pairs, strict=True))
        ones, columns = np.ones(len(pairs)), np.arange(len(pairs))
        by_row = csr_array((ones, (rows, columns)), shape=(len(data.heads), len(pairs)))
        by_site = csr_array((ones, (sites, columns)), shape=(len(data.seats), len(pairs)))
        roomy = np.where(np.isfinite(data.seats), data.seats, data.heads.sum())
        most = np.concatenate([data.heads, roomy])
        answer = linprog(-data.worth[rows], vstack([by_row, by_site], format="csr"), most)
        total -= float(weight * answer.fun)
    return total


def _heads(problem: CareSiteProblem) -> _Heads:
    members: list[tuple[int, ...]] = []
    heads, worth = [], []
    bare = replace(problem, seats=None, site_penalty={})
    for value in sorted({weight for weight in problem.group_weights.values() if weight > 0}):
        groups = {group: 1.0 for group, weight in problem.group_weights.items() if weight == value}
        rows = cover_rows(replace(bare, group_weights=groups))
        start = rows.covers.indptr
        members += [
            tuple(sorted(int(site) for site in rows.covers.indices[start[row] : start[row + 1]]))
            for row in range(len(rows.persons))
        ]
        heads.append(rows.persons)
        worth.append(np.full(len(rows.persons), value))
    sites = problem.sites.index.sort_values()
    seats = problem.seats or {}
    return _Heads(
        members=tuple(members),
        heads=np.concatenate(heads) if heads else np.zeros(0),
        worth=np.concatenate(worth) if worth else np.zeros(0),
        seats=np.array([seats.get(site, math.inf) for site in sites], float),
        batch_weights=np.array([rule.weight for rule in problem.batches], float),
        penalty=np.array([problem.site_penalty.get(site, 0.0) for site in sites], float),
    )
