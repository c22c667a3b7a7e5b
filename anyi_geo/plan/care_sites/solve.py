"""Plan care sites or value a given plan."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from anyi_geo.errors import InfeasibleError, Message, ProblemError
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import NoIncumbentError, relative_gap, status_of
from anyi_geo.plan.care_sites.conditions import Condition, conditions
from anyi_geo.plan.care_sites.expected import solve_expected
from anyi_geo.plan.care_sites.feasibility import check_arithmetic, contradiction, holds
from anyi_geo.plan.care_sites.model import solve_nominal
from anyi_geo.plan.care_sites.problem import CareSitePlan, CareSiteProblem, Stage
from anyi_geo.plan.care_sites.rows import CoverRows, cover_rows
from anyi_geo.plan.care_sites.search import TieKeys, improve
from anyi_geo.plan.care_sites.seats import seated_persons, solve_seated
from anyi_geo.plan.care_sites.stages import staged, unmet_floor

#: Branchings of the expected-cover bound by default: they bring the embedded county under 1 %.
BRANCHINGS = 80


def plan_care_sites(
    problem: CareSiteProblem, settings: SolverSettings, *, branchings: int = BRANCHINGS
) -> CareSitePlan:
    """Decide all batches in one model so that the most weighted persons are covered.

    One draw is solved as one MILP; several draws (expected cover by sample average approximation) by search and a
    branched bound. Stages before the whole cover, when asked for, are maximised first and kept. Equal covers fall to
    the smaller sum of `consent_rank`, of `tie_rank`, of opening costs, then to person-minutes, then to site ids.

    Parameters
    ----------
    problem : CareSiteProblem
    settings : SolverSettings
        Stops at the gap; `seconds` is a safety.
    branchings : int
        Branchings of the expected-cover bound at most: it stops there at whatever gap, so that the same input gives
        the same answer. Of no effect with one draw.

    Returns
    -------
    CareSitePlan

    Raises
    ------
    InfeasibleError
        The conditions cannot be met; the sentence holds the numbers, or an irreducible set of conditions.
    """
    started = time.perf_counter()
    check_arithmetic(problem)
    rows, required = cover_rows(problem), conditions(problem)
    try:
        batch, bound, source, stages = _decided(problem, rows, required, settings, branchings)
    except NoIncumbentError:
        raise
    except InfeasibleError:
        unmet = unmet_floor(problem, required, settings) if problem.floors else None
        if unmet is not None:
            raise unmet from None
        raise contradiction(required, len(rows.sites), len(problem.batches), settings) from None
    if not holds(required, batch, len(problem.batches)):
        raise RuntimeError("the solver's plan breaks a condition")
    objective = rows.objective(batch) if problem.seats is None else seated_persons(problem, batch)
    bound = max(bound, objective)
    plan = CareSitePlan(
        batch=_series(rows, batch),
        objective=objective,
        bound=bound,
        gap=relative_gap(objective, bound),
        status=status_of(objective, bound),
        bound_source=source,
        seconds=0.0,
        model=_model_name(problem),
        notes=_notes(problem, batch),
        stages=stages,
    )
    return replace(plan, seconds=time.perf_counter() - started)


def best_plan(problem: CareSiteProblem, settings: SolverSettings) -> pd.Series:
    """Return site_id -> batch of a plan that is best within the gap; equal covers are not sorted out by second keys.

    For many worlds of one problem, where the plan of a single one is only counted.

    Raises
    ------
    InfeasibleError
        As :func:`plan_care_sites`, without its reasons.
    """
    if problem.seats is not None or problem.first or problem.floors or len(problem.cover) > 1:
        return plan_care_sites(problem, settings).batch
    rows, required = cover_rows(problem), conditions(problem)
    batch, _ = solve_nominal(rows, required, (), settings)
    return _series(rows, batch)


def conditions_not_met(problem: CareSiteProblem, batch: Mapping[str, int]) -> tuple[Message, ...]:
    """Return the conditions of the problem, in the planner's words, that a given plan does not meet."""
    numbers = np.array([batch.get(str(site), 0) for site in problem.sites.index.sort_values()])
    return tuple(row.words for row in conditions(problem) if not holds((row,), numbers, len(problem.batches)))


def _decided(
    problem: CareSiteProblem,
    rows: CoverRows,
    required: Sequence[Condition],
    settings: SolverSettings,
    branchings: int,
) -> tuple[np.ndarray, float, str, tuple[Stage, ...]]:
    """Return the plan (batch per site), its bound, where the bound comes from, and the stages before."""
    ties = _tie_keys(problem, rows)
    if problem.seats is not None:
        batch, outcome = solve_seated(problem, required, settings)
        return batch, -outcome.bound, "HiGHS", ()
    if len(problem.cover) > 1:
        townships = problem.sites.loc[rows.sites, "township"]
        sites_most = int(sum(rule.sites for rule in problem.batches))
        batch, bound, source = solve_expected(rows, required, townships, sites_most, settings, branchings)
        return improve(rows, required, batch, ties), bound, source, ()
    stages, floors = staged(problem, required, settings)
    keys = (ties.willing, ties.rank, ties.cost_yuan)
    batch, outcome = solve_nominal(rows, required, keys, settings, floors, problem.stage_tolerance)
    if not floors and problem.stage_tolerance == 0:
        batch = improve(rows, required, batch, ties)
    source = "HiGHS, under the floors of the stages before" if floors else "HiGHS"
    return batch, -outcome.bound, source, stages


def _model_name(problem: CareSiteProblem) -> str:
    if problem.seats is not None:
        return "care_sites_seats"
    return "care_sites_cover" if len(problem.cover) == 1 else "care_sites_expected_cover"


def evaluate_given(problem: CareSiteProblem, batch: Mapping[str, int]) -> float:
    """Return the objective of a given plan; the conditions of the problem are not asked.

    Parameters
    ----------
    problem : CareSiteProblem
    batch : mapping of site_id to batch
        1-based; sites that are not named stay closed.

    Raises
    ------
    ProblemError
        An unknown site or batch.
    """
    rows = cover_rows(problem)
    given = pd.Series(dict(batch), dtype=int)
    unknown = sorted(set(given.index) - set(rows.sites))
    if unknown:
        raise ProblemError(f"方案中有未知点位：{'、'.join(unknown)}。", f"Unknown sites: {', '.join(unknown)}.")
    wrong = given[~given.isin(range(1, len(problem.batches) + 1))]
    if len(wrong):
        raise ProblemError(
            f"点位 {wrong.index[0]} 的批次 {wrong.iloc[0]} 不在 1 至 {len(problem.batches)} 之间。",
            f"Batch {wrong.iloc[0]} of {wrong.index[0]} is not one of 1 to {len(problem.batches)}.",
        )
    numbers = given.reindex(rows.sites, fill_value=0).to_numpy(int)
    return rows.objective(numbers) if problem.seats is None else seated_persons(problem, numbers)


def _series(rows: CoverRows, batch: np.ndarray) -> pd.Series:
    opened = batch > 0
    return pd.Series(batch[opened], index=rows.sites[opened].rename("site_id"), name="batch", dtype="int64")


def _tie_keys(problem: CareSiteProblem, rows: CoverRows) -> TieKeys:
    sites = problem.sites.loc[rows.sites]
    weights = pd.Series(problem.group_weights, dtype=float)
    persons = problem.persons[list(weights.index)].astype(float) @ weights
    minutes = problem.minutes
    return TieKeys(
        willing=sites["consent_rank"].to_numpy(float) if "consent_rank" in sites.columns else np.zeros(len(sites)),
        rank=sites["tie_rank"].to_numpy(float),
        cost_yuan=sites["opening_yuan"].to_numpy(float),
        minutes=None if minutes is None else minutes.loc[persons.index.sort_values(), rows.sites].to_numpy(float),
        persons=persons.sort_index().to_numpy(float),
        batch_weights=rows.batch_weights,
    )


def _notes(problem: CareSiteProblem, batch: np.ndarray) -> tuple[str, ...]:
    notes = []
    for number, rule in enumerate(problem.batches, start=1):
        opened = int((batch == number).sum())
        if opened < rule.sites:
            notes.append(f"{rule.name}: {opened} of {rule.sites} sites opened; more would not raise the cover.")
    return tuple(notes)
