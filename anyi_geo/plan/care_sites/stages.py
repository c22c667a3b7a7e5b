"""Objectives in stated order: what is maximised before the whole cover, and what later stages must keep of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pulp

from anyi_geo.errors import InfeasibleError, Message
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import OPTIMAL_GAP, solve
from anyi_geo.plan.care_sites.conditions import Condition
from anyi_geo.plan.care_sites.faults import WORST_TOWNSHIP
from anyi_geo.plan.care_sites.model import Floor, add_floors, cover_sum, nominal_model, opening_model
from anyi_geo.plan.care_sites.problem import CareSiteProblem, Stage
from anyi_geo.plan.care_sites.rows import CoverRows, cover_rows

Townships = dict[str, tuple[CoverRows, float]]


def group_rows(problem: CareSiteProblem, group: str) -> CoverRows:
    """Return the cover of one group alone, its persons counted once each."""
    return cover_rows(replace(problem, group_weights={group: 1.0}, site_penalty={}, first=(), floors={}))


def township_rows(problem: CareSiteProblem) -> Townships:
    """Return, per township with counted persons, its cover after the last batch and its weighted persons."""
    places = problem.point_townships
    if places is None:
        raise ValueError("point_townships is needed")
    where = places.loc[problem.persons.index]
    out = {}
    for township in sorted(set(where)):
        inside = (where == township).to_numpy()
        persons = problem.persons.mul(inside.astype(int), axis=0)
        total = float(sum(weight * persons[group].sum() for group, weight in problem.group_weights.items()))
        if total > 0:
            own = replace(_last_batch_only(problem), persons=persons, site_penalty={}, first=(), floors={})
            out[township] = (cover_rows(own), total)
    return out


def worst_share(townships: Townships, batch: np.ndarray) -> float:
    """Return the least covered share among townships of a plan (batch per site)."""
    return min(rows.objective(batch) / total for rows, total in townships.values())


def township_floors(problem: CareSiteProblem, townships: Townships, share: float) -> tuple[Floor, ...]:
    """Return the floors that keep every township at a covered share; together they are the last batch's cover."""
    floors = [Floor(rows, share * total, part=True) for rows, total in townships.values()]
    if problem.site_penalty:
        nobody = replace(_last_batch_only(problem), persons=problem.persons * 0, first=(), floors={})
        floors.append(Floor(cover_rows(nobody), -math.inf, part=True))
    return tuple(floors)


def best_worst_share(
    problem: CareSiteProblem,
    townships: Townships,
    conditions: Sequence[Condition],
    floors: Sequence[Floor],
    settings: SolverSettings,
) -> tuple[float, float]:
    """Return the largest least covered share among townships that a plan can have, and its bound.

    ::

        max z,   z <= cover of township u after the last batch / its persons    for every u

    Only what is open in the end counts, so it is first solved without batches; the whole model, in which the batch of a
    site is a matter of indifference and the search drowns in it, is needed only when the chosen sites cannot be spread
    over the batches.
    """
    batches = len(problem.batches)
    if batches > 1 and not floors:
        merged = {name: (_as_one_batch(rows), total) for name, (rows, total) in townships.items()}
        opened, bound = _max_least(merged, _without_batches(problem, conditions), (), 1, settings)
        spread = _spread_over_batches(opened > 0, conditions, batches, settings)
        if spread is not None:
            return worst_share(townships, spread), bound
    batch, bound = _max_least(townships, conditions, floors, batches, settings)
    return worst_share(townships, batch), bound


def _max_least(
    townships: Townships,
    conditions: Sequence[Condition],
    floors: Sequence[Floor],
    batches: int,
    settings: SolverSettings,
) -> tuple[np.ndarray, float]:
    some = next(iter(townships.values()))[0]
    model = opening_model(len(some.sites), batches, conditions)
    add_floors(model, floors)
    least = model.problem.add_variable("least_share", 0, 1)
    for number, (rows, total) in enumerate(townships.values()):
        model.problem.addConstraint(cover_sum(model, rows, f"u{number}_") >= total * least, f"township_{number}")
    model.problem.setObjective(pulp.LpAffineExpression([(least, -1.0)]))
    outcome = solve(model.problem, settings)
    return model.decoded(), -outcome.bound


def _last_batch_only(problem: CareSiteProblem) -> CareSiteProblem:
    last = len(problem.batches) - 1
    batches = tuple(replace(rule, weight=float(number == last)) for number, rule in enumerate(problem.batches))
    return replace(problem, batches=batches)


def _as_one_batch(rows: CoverRows) -> CoverRows:
    return replace(rows, batch_weights=np.ones(1))


def _without_batches(problem: CareSiteProblem, conditions: Sequence[Condition]) -> list[Condition]:
    """Return conditions on "open in the end" that every plan under `conditions` meets."""
    total = sum(rule.sites for rule in problem.batches)
    count = np.ones((len(problem.sites), 1))
    merged = [Condition("count", Message("各批合计", "all batches"), count, -math.inf, total)]
    for row in conditions:
        low, high = row.coefficients.min(axis=1)[:, None], row.coefficients.max(axis=1)[:, None]
        if math.isfinite(row.upper):
            merged.append(Condition(row.code, row.words, low, -math.inf, row.upper))
        if math.isfinite(row.lower):
            merged.append(Condition(row.code, row.words, high, row.lower, math.inf))
    return merged


def _spread_over_batches(
    opened: np.ndarray, conditions: Sequence[Condition], batches: int, settings: SolverSettings
) -> np.ndarray | None:
    """Return a plan that opens exactly these sites under all conditions, if there is one."""
    model = opening_model(len(opened), batches, conditions)
    for site, row in enumerate(model.opens):
        model.problem.addConstraint(pulp.lpSum(row) == float(opened[site]), f"chosen_{site}")
    model.problem.setObjective(model.opens[0][0] * 0.0)
    try:
        solve(model.problem, settings)
    except InfeasibleError:
        return None
    return model.decoded()


def staged(
    problem: CareSiteProblem, conditions: Sequence[Condition], settings: SolverSettings
) -> tuple[tuple[Stage, ...], tuple[Floor, ...]]:
    """Solve the stages that come before the whole cover, each under the floors of those before it.

    Raises
    ------
    InfeasibleError
        A floor of the problem above what any plan reaches; both numbers are said.
    """
    stages: list[Stage] = []
    floors = [
        Floor(group_rows(problem, name), least) for name, least in problem.floors.items() if name != WORST_TOWNSHIP
    ]
    share = problem.floors.get(WORST_TOWNSHIP, 0.0)
    townships = township_rows(problem) if WORST_TOWNSHIP in {*problem.first, *problem.floors} else {}
    limits = replace(settings, seconds=settings.seconds / (1 + len(problem.first)))

    def kept_now() -> list[Floor]:
        return [*floors, *(township_floors(problem, townships, share) if share > 0 else ())]

    for name in problem.first:
        if name == WORST_TOWNSHIP:
            value, bound = best_worst_share(problem, townships, conditions, floors, limits)
            kept = share = max(share, value * (1 - problem.stage_tolerance))
        else:
            rows = group_rows(problem, name)
            model = nominal_model(rows, conditions, [replace(floor, part=False) for floor in kept_now()])
            bound = -solve(model.problem, limits).bound
            value = rows.objective(model.decoded())
            kept = value * (1 - problem.stage_tolerance)
            floors.append(Floor(rows, kept))
        stages.append(Stage(name, value, max(value, bound), kept))
    return tuple(stages), tuple(kept_now())


def unmet_floor(
    problem: CareSiteProblem, conditions: Sequence[Condition], settings: SolverSettings
) -> InfeasibleError | None:
    """Return the sentence for the first floor of the problem that no plan reaches by itself, if there is one."""
    for name, least in problem.floors.items():
        if name == WORST_TOWNSHIP:
            bound = best_worst_share(problem, township_rows(problem), conditions, (), settings)[1]
            if bound < least - OPTIMAL_GAP:
                return InfeasibleError(
                    f"要求最差乡镇的覆盖率不低于 {least:.1%}，在现有条件下最多只能到 {bound:.1%}，"
                    f"差 {least - bound:.1%}：请降低要求、增加点数或放宽时限",
                    f"the worst township must be covered by {least:.1%}, at most {bound:.1%} can be reached",
                )
        else:
            model = nominal_model(group_rows(problem, name), conditions)
            bound = -solve(model.problem, settings).bound
            if bound < least * (1 - OPTIMAL_GAP):
                return InfeasibleError(
                    f"要求人群 {name} 的覆盖（各批合计）不少于 {least:.0f} 人，在现有条件下最多 {bound:.0f} 人，"
                    f"差 {least - bound:.0f} 人：请降低要求、增加点数或放宽时限",
                    f"{name} must be covered by {least:.0f} (batches added up), at most {bound:.0f} can be reached",
                )
    return None
