"""The two-batch covering model in PuLP: rows of conditions, and the nominal model with every covering set."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pulp

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate.settings import SolverSettings, Status
from anyi_geo.locate.solver import OPTIMAL_GAP, Outcome, is_one, solve, status_of
from anyi_geo.plan.care_sites.conditions import Condition
from anyi_geo.plan.care_sites.rows import CoverRows


@dataclass(frozen=True)
class OpeningModel:
    """A PuLP model with its opening variables.

    Attributes
    ----------
    problem : pulp.LpProblem
        Minimises.
    opens : tuple of tuple
        Variable per site and batch: the site opens exactly in that batch.
    """

    problem: pulp.LpProblem
    opens: tuple[tuple[pulp.LpVariable, ...], ...]

    def open_by(self, site: int, batch: int) -> list[pulp.LpVariable]:
        """Return the variables whose sum says that the site is open in batch position `batch` or before."""
        return list(self.opens[site][: batch + 1])

    def decoded(self) -> np.ndarray:
        """Return the batch per site, 0 = closed."""
        return np.array([next((b for b, var in enumerate(row, start=1) if is_one(var)), 0) for row in self.opens])

    def fractions(self) -> np.ndarray:
        """Return the value of the opening variables, sites x batches."""
        return np.array([[var.value() or 0.0 for var in row] for row in self.opens])


@dataclass(frozen=True)
class Floor:
    """Weighted persons of some rows that a plan must cover at least.

    Attributes
    ----------
    rows : CoverRows
    least : float
        -inf = nothing.
    part : bool
        The floors so marked add up to the cover of the last batch; the objective then uses their indicators for it
        instead of its own, which ties it to the floors and is solved much faster.
    """

    rows: CoverRows
    least: float
    part: bool = False


def opening_model(site_count: int, batch_count: int, rows: Iterable[Condition]) -> OpeningModel:
    """Build opening binaries under conditions.

    ::

        sum_t opens[j,t] <= 1                    for every site j                       (1)
        lower_c <= sum a_cjt opens[j,t] <= upper_c    for every condition c             (2)

    Sites are numbered in the order of their ids; rows with one variable become bounds.
    """
    problem = pulp.LpProblem("care_sites", pulp.LpMinimize)
    opens = tuple(
        tuple(problem.add_variable(f"open_{site}_{batch}", cat=pulp.LpBinary) for batch in range(1, batch_count + 1))
        for site in range(site_count)
    )
    for site, row in enumerate(opens):  # (1)
        if batch_count > 1:
            problem += pulp.lpSum(row) <= 1, f"once_{site}"
    model = OpeningModel(problem, opens)
    for number, condition in enumerate(rows):  # (2)
        _add(model, condition, f"c{number}")
    return model


def _add(model: OpeningModel, condition: Condition, name: str) -> None:
    where = np.argwhere(condition.coefficients != 0)
    terms = pulp.LpAffineExpression(
        [(model.opens[site][batch], float(condition.coefficients[site, batch])) for site, batch in where]
    )
    if math.isfinite(condition.lower):
        model.problem.addConstraint(terms >= condition.lower, f"{name}_low")
    if math.isfinite(condition.upper):
        model.problem.addConstraint(terms <= condition.upper, f"{name}_high")


def nominal_model(rows: CoverRows, conditions: Sequence[Condition], floors: Sequence[Floor] = ()) -> OpeningModel:
    """Build the maximal covering model over batches with one indicator per covering set and batch.

    ::

        min  - sum_t weight_t sum_r persons_r covered[r,t]                              (3)
        covered[r,t] <= sum_{j in r} sum_{s <= t} opens[j,s]    for every r, t          (4)
        sum_t weight_t sum_r persons_fr covered[f,r,t] >= least_f    for every floor f  (5)
        0 <= covered <= 1

    A set with one site needs no indicator: its sum stands in the objective.

    References
    ----------
    Church & ReVelle 1974, The maximal covering location problem; Gunawardane 1982, Dynamic versions of set covering
    type public facility location problems, EJOR 10.
    """
    model = opening_model(len(rows.sites), len(rows.batch_weights), conditions)
    parts = add_floors(model, floors)
    if parts:
        early = replace(rows, batch_weights=np.append(rows.batch_weights[:-1], 0.0))
        late = float(rows.batch_weights[-1]) * pulp.lpSum(parts)
        model.problem.setObjective(-(cover_sum(model, early) + late))  # (3), the last batch in parts
    else:
        model.problem.setObjective(-cover_sum(model, rows))  # (3)
    return model


def cover_sum(model: OpeningModel, rows: CoverRows, tag: str = "") -> pulp.LpAffineExpression:
    """Add the indicators of some covering sets (4) and return their weighted persons."""
    terms: list[tuple[pulp.LpVariable, float]] = []
    start, members = rows.covers.indptr, rows.covers.indices
    for batch, weight in enumerate(rows.batch_weights):
        if weight == 0:
            continue
        for row, persons in enumerate(rows.persons):
            sites = sorted(members[start[row] : start[row + 1]])
            value = float(weight * persons)
            if len(sites) == 1:
                terms += [(var, value) for var in model.open_by(sites[0], batch)]
                continue
            covered = model.problem.add_variable(f"{tag}covered_{row}_{batch + 1}", 0, 1)
            terms.append((covered, value))
            reach = pulp.lpSum(var for site in sites for var in model.open_by(site, batch))
            model.problem.addConstraint(covered <= reach, f"{tag}reach_{row}_{batch + 1}")  # (4)
    return _summed(terms)


def add_floors(model: OpeningModel, floors: Sequence[Floor]) -> list[pulp.LpAffineExpression]:
    """Add what earlier stages must keep (5); return the covers that make up the last batch."""
    parts = []
    for number, floor in enumerate(floors):
        expression = cover_sum(model, floor.rows, f"f{number}_")
        if floor.part:
            parts.append(expression)
        if math.isfinite(floor.least):
            slack = OPTIMAL_GAP * max(1.0, abs(floor.least))
            model.problem.addConstraint(expression >= floor.least - slack, f"floor_{number}")
    return parts


def _summed(terms: Iterable[tuple[pulp.LpVariable, float]]) -> pulp.LpAffineExpression:
    """Add terms of the same variable; a repeated key would overwrite."""
    total: dict[pulp.LpVariable, float] = {}
    for variable, value in terms:
        total[variable] = total.get(variable, 0.0) + value
    return pulp.LpAffineExpression(total)


def solve_nominal(
    rows: CoverRows,
    conditions: Sequence[Condition],
    second_keys: Sequence[np.ndarray],
    settings: SolverSettings,
    floors: Sequence[Floor] = (),
    tolerance: float = 0.0,
) -> tuple[np.ndarray, Outcome]:
    """Solve the nominal model, then choose among the plans of proven best cover by the second keys in turn.

    Parameters
    ----------
    rows : CoverRows
    conditions : sequence of Condition
    second_keys : sequence of ndarray
        Per key one number per site; the sum over opened sites is made small, the earlier key first.
    settings : SolverSettings
    floors : sequence of Floor
        What earlier stages must keep.
    tolerance : float
        Share that each stage may give up for the next.

    Returns
    -------
    ndarray
        Batch per site, 0 = closed.
    Outcome
        What the solver knows of the cover (minimised objective).
    """
    started = time.perf_counter()
    model = nominal_model(rows, conditions, floors)
    outcome = solve(model.problem, settings)
    batch = model.decoded()
    cover = rows.objective(batch)
    if status_of(-cover, outcome.bound) is not Status.OPTIMAL:
        return batch, outcome  # unproven: equal covers are left to the swap search
    held, most = model.problem.objective, -cover
    for key in second_keys:
        slack = max(OPTIMAL_GAP * max(1.0, abs(most)), tolerance * abs(most))
        model.problem.addConstraint(held <= most + slack)
        held = _summed((var, float(key[site])) for site, row in enumerate(model.opens) for var in row)
        model.problem.setObjective(held)
        left = settings.seconds - (time.perf_counter() - started)
        if left <= 0:
            break
        try:
            solve(model.problem, replace(settings, seconds=left, gap=0.0))
        except InfeasibleError:  # out of time
            break
        found = model.decoded()
        if rows.objective(found) < cover - max(OPTIMAL_GAP, tolerance) * abs(cover) - OPTIMAL_GAP:
            break
        batch, most = found, float(key[found > 0].sum())
    return batch, outcome
