"""Expected cover over displacements: search for the plan, cutting planes for the bound."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pulp

from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import relative_gap, solve
from anyi_geo.plan.care_sites.conditions import Condition
from anyi_geo.plan.care_sites.model import OpeningModel, opening_model
from anyi_geo.plan.care_sites.rows import CoverRows
from anyi_geo.plan.care_sites.search import improve

#: The covering sets are split in so many parts, each with its own cuts: more parts, fewer rounds, larger masters.
PARTS = 40
ROUNDS = 12
#: A cut must be violated by this share of its part to be added.
VIOLATION = 1e-5


@dataclass(frozen=True)
class _Master:
    model: OpeningModel
    covered: tuple[tuple[pulp.LpVariable, ...], ...]  # part x batch
    part: np.ndarray  # part of each covering set


def solve_by_cuts(
    rows: CoverRows, conditions: Sequence[Condition], settings: SolverSettings
) -> tuple[np.ndarray, float, str]:
    """Return a plan (batch per site), a proven upper bound and where the bound comes from.

    The cover of a part is a concave function of the openings, bounded from above by

    ::

        covered[k,t] <= sum_{r in H} persons_r + sum_{r not in H} persons_r sum_{j in r} open[j,t]

    for every set H of covering sets; the tightest at a fractional point takes the sets that it covers fully. Rounds of
    such cuts solve the linear relaxation of the whole sample without one variable per covering set and draw.

    References
    ----------
    Cordeau, Furini & Ljubic 2019, Benders decomposition for very large scale partial set covering and maximal covering
    location problems, EJOR 275. Kleywegt, Shapiro & Homem-de-Mello 2002, The sample average approximation method.
    """
    started = time.perf_counter()
    master = _master(rows, conditions)
    _relax(master.model)
    batch = _start(rows, conditions, settings)
    best = rows.objective(batch)
    bound = np.inf
    for _ in range(ROUNDS):
        left = settings.seconds - (time.perf_counter() - started)
        if left <= 0:
            break
        outcome = solve(master.model.problem, replace(settings, seconds=left, gap=0.0))
        bound = min(bound, -outcome.objective)
        if relative_gap(best, bound) <= settings.gap or not _add_cuts(master, rows):
            break
    return batch, float(bound), "linear relaxation, cuts"


def _start(rows: CoverRows, conditions: Sequence[Condition], settings: SolverSettings) -> np.ndarray:
    """Return a feasible plan that no single move betters."""
    alone = rows.covers.T @ rows.persons
    model = opening_model(len(rows.sites), len(rows.batch_weights), conditions)
    value = np.outer(alone, rows.values[1:])
    model.problem.setObjective(
        pulp.lpSum(-float(value[j, t]) * var for j, row in enumerate(model.opens) for t, var in enumerate(row))
    )
    solve(model.problem, replace(settings, gap=0.0))
    return improve(rows, conditions, model.decoded())


def _master(rows: CoverRows, conditions: Sequence[Condition]) -> _Master:
    count = len(rows.persons)
    parts = max(1, min(PARTS, count))
    part = np.arange(count) * parts // max(count, 1)
    whole = np.bincount(part, rows.persons, parts)
    model = opening_model(len(rows.sites), len(rows.batch_weights), conditions)
    covered = tuple(
        tuple(pulp.LpVariable(f"covered_{k}_{t + 1}", 0, float(whole[k])) for t in range(len(rows.batch_weights)))
        for k in range(parts)
    )
    weighted = [(var, -float(w)) for row in covered for var, w in zip(row, rows.batch_weights, strict=True)]
    model.problem.setObjective(pulp.LpAffineExpression(weighted))
    return _Master(model, covered, part)


def _relax(model: OpeningModel) -> None:
    for row in model.opens:
        for variable in row:
            variable.cat = pulp.LpContinuous


def _add_cuts(master: _Master, rows: CoverRows) -> int:
    """Cut off the master's point in every part and batch; return the number of cuts."""
    open_by = np.cumsum(master.model.fractions(), axis=1)
    added = 0
    for batch in range(open_by.shape[1]):
        reach = rows.covers @ open_by[:, batch]
        full = reach >= 1.0 - 1e-9
        for k, variables in enumerate(master.covered):
            inside = master.part == k
            constant = float(rows.persons[inside & full].sum())
            slope = rows.covers.T @ np.where(inside & ~full, rows.persons, 0.0)
            most = variables[batch].upBound
            if (variables[batch].value() or 0.0) <= constant + slope @ open_by[:, batch] + VIOLATION * most:
                continue
            for t, variable in enumerate(variables):  # cover is the same function in every batch
                terms = [(variable, 1.0)]
                terms += [
                    (var, -float(slope[j])) for j in np.flatnonzero(slope) for var in master.model.open_by(int(j), t)
                ]
                master.model.problem.addConstraint(pulp.LpAffineExpression(terms) <= constant)
                added += 1
    return added
