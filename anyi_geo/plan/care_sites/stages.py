"""Objectives in stated order: what is maximised before the whole cover, and what later stages must keep of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pulp

from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import solve
from anyi_geo.plan.care_sites.conditions import Condition
from anyi_geo.plan.care_sites.faults import WORST_TOWNSHIP
from anyi_geo.plan.care_sites.model import Floor, add_floors, cover_sum, nominal_model, opening_model
from anyi_geo.plan.care_sites.problem import CareSiteProblem, Stage
from anyi_geo.plan.care_sites.rows import CoverRows, cover_rows


def group_rows(problem: CareSiteProblem, group: str) -> CoverRows:
    """Return the cover of one group alone, its persons counted once each."""
    return cover_rows(replace(problem, group_weights={group: 1.0}, site_penalty={}, first=()))


def township_rows(problem: CareSiteProblem) -> dict[str, tuple[CoverRows, float]]:
    """Return, per township with counted persons, its cover after the last batch and its weighted persons."""
    places = problem.point_townships
    if places is None:
        raise ValueError("point_townships is needed")
    last = len(problem.batches) - 1
    batches = tuple(replace(rule, weight=float(number == last)) for number, rule in enumerate(problem.batches))
    where = places.loc[problem.persons.index]
    out = {}
    for township in sorted(set(where)):
        inside = (where == township).to_numpy()
        persons = problem.persons.mul(inside.astype(int), axis=0)
        total = float(sum(weight * persons[group].sum() for group, weight in problem.group_weights.items()))
        if total > 0:
            own = replace(problem, persons=persons, batches=batches, site_penalty={}, first=())
            out[township] = (cover_rows(own), total)
    return out


def worst_share(townships: dict[str, tuple[CoverRows, float]], batch: object) -> float:
    """Return the least covered share among townships of a plan (batch per site)."""
    return min(rows.objective(batch) / total for rows, total in townships.values())  # type: ignore[arg-type]


def township_floors(townships: dict[str, tuple[CoverRows, float]], share: float) -> tuple[Floor, ...]:
    """Return the floors that keep every township at a covered share."""
    return tuple(Floor(rows, share * total) for rows, total in townships.values())


def best_worst_share(
    townships: dict[str, tuple[CoverRows, float]],
    conditions: Sequence[Condition],
    floors: Sequence[Floor],
    batch_count: int,
    settings: SolverSettings,
) -> tuple[float, float]:
    """Return the largest least covered share among townships that a plan can have, and its bound.

    ::

        max z,   z <= cover of township u after the last batch / its persons    for every u
    """
    some = next(iter(townships.values()))[0]
    model = opening_model(len(some.sites), batch_count, conditions)
    add_floors(model, floors)
    least = model.problem.add_variable("least_share", 0, 1)
    for number, (rows, total) in enumerate(townships.values()):
        model.problem.addConstraint(cover_sum(model, rows, f"u{number}_") >= total * least, f"township_{number}")
    model.problem.setObjective(pulp.LpAffineExpression([(least, -1.0)]))
    outcome = solve(model.problem, settings)
    return worst_share(townships, model.decoded()), -outcome.bound


def staged(
    problem: CareSiteProblem, conditions: Sequence[Condition], settings: SolverSettings
) -> tuple[tuple[Stage, ...], tuple[Floor, ...]]:
    """Solve the stages that come before the whole cover, each under the floors of those before it."""
    stages: list[Stage] = []
    floors: list[Floor] = []
    limits = replace(settings, seconds=settings.seconds / (1 + len(problem.first)))
    for name in problem.first:
        if name == WORST_TOWNSHIP:
            townships = township_rows(problem)
            value, bound = best_worst_share(townships, conditions, floors, len(problem.batches), limits)
            kept = value * (1 - problem.stage_tolerance)
            floors += township_floors(townships, kept)
        else:
            rows = group_rows(problem, name)
            model = nominal_model(rows, conditions, floors)
            bound = -solve(model.problem, limits).bound
            value = rows.objective(model.decoded())
            kept = value * (1 - problem.stage_tolerance)
            floors.append(Floor(rows, kept))
        stages.append(Stage(name, value, max(value, bound), kept))
    return tuple(stages), tuple(floors)
