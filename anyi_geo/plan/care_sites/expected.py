"""Expected cover over displacements: search for the plan, a branched relaxation for the bound."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pulp

from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import solve
from anyi_geo.plan.care_sites.branch import tree_bound
from anyi_geo.plan.care_sites.clusters import relax
from anyi_geo.plan.care_sites.conditions import Condition
from anyi_geo.plan.care_sites.feasibility import holds
from anyi_geo.plan.care_sites.model import opening_model
from anyi_geo.plan.care_sites.rows import CoverRows
from anyi_geo.plan.care_sites.search import improve

#: Restarts of the search from a disturbed copy of the best plan, and the swaps of one disturbance.
RESTARTS, SWAPS = 20, 3
#: Attempts to find a disturbance that keeps every condition.
ATTEMPTS = 50
BOUND_SOURCE = "Lagrangian relaxation by township, branched"


def solve_expected(
    rows: CoverRows,
    conditions: Sequence[Condition],
    townships: pd.Series,
    sites_most: int,
    settings: SolverSettings,
    branchings: int,
) -> tuple[np.ndarray, float, str]:
    """Return a plan (batch per site), a proven upper bound, and where the bound comes from.

    The sample average approximation has one covering set per point, group and draw; its linear relaxation lies 7 %
    above the best plan on the embedded county, however it is solved, because half-opened sites cover in every draw what
    whole ones cover in some. The bound therefore comes from subsets of whole sites, see :mod:`relaxation`.

    Parameters
    ----------
    rows : CoverRows
    conditions : sequence of Condition
    townships : Series
        Township of each site in the order of ``rows.sites``.
    sites_most : int
        Sites that all batches together may open.
    settings : SolverSettings
        Stops at the gap; the clock is a safety.
    branchings : int
        Branchings of the bound at most.

    References
    ----------
    Kleywegt, Shapiro & Homem-de-Mello 2002, The sample average approximation method for stochastic discrete
    optimization, SIAM J. Optim. 12. Lourenco, Martin & Stutzle 2003, Iterated local search.
    """
    deadline = time.perf_counter() + settings.seconds
    batch = _searched(rows, conditions, settings, deadline)
    objective = rows.objective(batch)
    worth = objective / max(1, int((batch > 0).sum()))
    relaxation = relax(rows, conditions, townships, sites_most)
    bound, _ = tree_bound(relaxation, objective, worth, settings.gap, branchings, deadline)
    return batch, bound, BOUND_SOURCE


def _searched(
    rows: CoverRows, conditions: Sequence[Condition], settings: SolverSettings, deadline: float
) -> np.ndarray:
    """Return the best plan of an iterated local search with seeded disturbances."""
    rng = np.random.default_rng(settings.seed)
    best = improve(rows, conditions, _first_plan(rows, conditions, settings))
    value = rows.objective(best)
    for _ in range(RESTARTS):
        if time.perf_counter() > deadline:
            break
        start = _disturbed(rows, conditions, best, rng)
        if start is None:
            break
        plan = improve(rows, conditions, start)
        if (found := rows.objective(plan)) > value:
            best, value = plan, found
    return best


def _first_plan(rows: CoverRows, conditions: Sequence[Condition], settings: SolverSettings) -> np.ndarray:
    """Return a feasible plan of sites that cover much by themselves."""
    alone = np.outer(rows.covers.T @ rows.persons, rows.worth[1:])
    model = opening_model(len(rows.sites), len(rows.batch_weights), conditions)
    terms = [(var, -float(alone[j, t])) for j, row in enumerate(model.opens) for t, var in enumerate(row)]
    model.problem.setObjective(pulp.LpAffineExpression(terms))
    solve(model.problem, replace(settings, gap=0.0))
    return model.decoded()


def _disturbed(
    rows: CoverRows, conditions: Sequence[Condition], batch: np.ndarray, rng: np.random.Generator
) -> np.ndarray | None:
    """Return a feasible plan in which some opened sites have handed their batch to closed ones."""
    for _ in range(ATTEMPTS):
        opened, closed = np.flatnonzero(batch), np.flatnonzero(batch == 0)
        number = min(SWAPS, len(opened), len(closed))
        if number == 0:
            return None
        out, into = rng.choice(opened, number, replace=False), rng.choice(closed, number, replace=False)
        changed = batch.copy()
        changed[into], changed[out] = batch[out], 0
        if holds(conditions, changed, len(rows.batch_weights)):
            return changed
    return None
