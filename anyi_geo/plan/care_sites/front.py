"""What one aim costs another: fronts of care-site plans of which none is better in both aims."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pulp

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import relative_gap, solve
from anyi_geo.plan.care_sites.conditions import conditions, ready_batch
from anyi_geo.plan.care_sites.faults import WORST_TOWNSHIP
from anyi_geo.plan.care_sites.feasibility import check_arithmetic
from anyi_geo.plan.care_sites.model import opening_model
from anyi_geo.plan.care_sites.problem import BatchRule, CareSitePlan, CareSiteProblem
from anyi_geo.plan.care_sites.rows import cover_rows
from anyi_geo.plan.care_sites.solve import plan_care_sites
from anyi_geo.plan.care_sites.stages import group_rows, township_rows, worst_share

#: The largest front that is still read.
MOST_PLANS = 12
#: Two values of an aim that differ by less, relative to the larger, are one.
_SAME = 1e-9
#: Weight that only decides between plans alike in the first aim.
_TRIFLE = 1e-4


@dataclass(frozen=True)
class FrontPlan:
    """One plan of a front.

    Attributes
    ----------
    batch : Series
        site_id -> batch.
    first, second : float
        Values of the two aims; costs are negative, so that more is always better.
    gap : float
        How much more of the first aim is not ruled out at this value of the second, relative.
    """

    batch: pd.Series
    first: float
    second: float
    gap: float


def group_front(
    problem: CareSiteProblem, first: str, second: str, settings: SolverSettings, plans: int = MOST_PLANS
) -> list[FrontPlan]:
    """Return plans from the best for one group to the best for another.

    Dichotomic search (Aneja and Nair 1979): between two plans, the best under the weights for which both are equally
    good, widest gap first, until none is better. Every plan is therefore the best one for some pair of weights; plans
    that are best for none are not looked for.

    Parameters
    ----------
    problem : CareSiteProblem
        With one draw; its stages and floors give way to the front's.
    first, second : str
        Groups.
    settings : SolverSettings
        Seconds for the whole front.
    plans : int
        At most so many, 2 to 12.

    Raises
    ------
    InfeasibleError
        As `plan_care_sites`.
    """
    each = _each(settings, plans)
    bare = replace(problem, first=(), floors={}, stage_tolerance=0.0)
    rows = {name: group_rows(problem, name) for name in (first, second)}

    def best(weight_first: float, weight_second: float) -> FrontPlan:
        plan = plan_care_sites(replace(bare, group_weights={first: weight_first, second: weight_second}), each)
        numbers = _numbers(problem, plan.batch)
        return FrontPlan(plan.batch, rows[first].objective(numbers), rows[second].objective(numbers), plan.gap)

    found = [best(1.0, _TRIFLE), best(_TRIFLE, 1.0)]
    gaps = [(found[0], found[1])]
    while gaps and len(found) < plans:
        gaps.sort(key=lambda pair: pair[0].first - pair[1].first)
        one, two = gaps.pop()
        given_up, gained = one.first - two.first, two.second - one.second
        if given_up <= _SAME * one.first or gained <= _SAME * two.second:
            continue
        # Both ends are worth the same under these weights, scaled to sum to 1.
        weights = gained / (gained + given_up), given_up / (gained + given_up)
        plan = best(*weights)
        if _worth(plan, weights) > _worth(one, weights) * (1 + 10 * _SAME):
            found.append(plan)
            gaps += [(one, plan), (plan, two)]
    return _undominated(found)


def worst_township_front(
    problem: CareSiteProblem, settings: SolverSettings, plans: int = MOST_PLANS
) -> list[FrontPlan]:
    """Return plans from the most persons covered in the end to the best worst township.

    The epsilon-constraint method: most cover while every township keeps at least such a share. Only what is open in the
    end counts for either aim, so the sites are chosen without batches and then spread over them; where the batches
    cannot hold them (sites ready late, a batch's budget), they are chosen with the batches.

    Parameters
    ----------
    problem, settings, plans
        As in :func:`group_front`; `point_townships` is needed.

    Raises
    ------
    InfeasibleError
        As `plan_care_sites`.
    """
    each = _each(settings, plans)
    bare = replace(problem, first=(), floors={}, stage_tolerance=0.0)
    end = at_once(bare)
    cover, townships = cover_rows(end), township_rows(end)

    def spread(plan: CareSitePlan) -> FrontPlan:
        others = frozenset(problem.sites.index) - frozenset(plan.batch.index)
        batch = plan_care_sites(replace(bare, must_not=others, site_penalty={}), each).batch
        opened = (_numbers(problem, batch) > 0).astype(int)
        value = cover.objective(opened)
        return FrontPlan(batch, value, worst_share(townships, opened), relative_gap(value, plan.bound))

    # Weights that count nothing but the end keep what the relaxation drops: readiness and limits of each batch.
    last = len(bare.batches) - 1
    phased = replace(bare, batches=tuple(replace(rule, weight=float(k == last)) for k, rule in enumerate(bare.batches)))

    def best_of(limits: SolverSettings, **aims: Any) -> FrontPlan:
        """Return the best plan; without batches first, which is sooner, and enough where they can hold its sites."""
        plan = plan_care_sites(replace(end, **aims), limits)
        opened = (_numbers(problem, plan.batch) > 0).astype(int)
        try:
            found = spread(plan)
        except InfeasibleError:
            return spread(plan_care_sites(replace(phased, **aims), limits))
        lost = (cover.objective(opened) - found.first) / max(found.first, 1.0)
        if max(lost, worst_share(townships, opened) - found.second) <= _SAME:
            return found
        return spread(plan_care_sites(replace(phased, **aims), limits))

    found = [best_of(each)]
    # The far end is the hard one.
    best = best_of(replace(each, seconds=4 * each.seconds), first=(WORST_TOWNSHIP,))
    for level in np.linspace(found[0].second, best.second, max(2, plans))[1:-1]:
        # A plan that already keeps the level is the best under it too.
        if level > found[-1].second:
            found.append(best_of(each, floors={WORST_TOWNSHIP: float(level)}))
    return _undominated([*found, best])


def cost_front(problem: CareSiteProblem, settings: SolverSettings, plans: int = MOST_PLANS) -> list[FrontPlan]:
    """Return plans from the least opening costs under the conditions to the most persons covered.

    Parameters
    ----------
    problem, settings, plans
        As in :func:`group_front`; the problem's own budget stays a limit.

    Raises
    ------
    InfeasibleError
        As `plan_care_sites`.
    """
    each = _each(settings, plans)
    bare = replace(problem, first=(), floors={}, stage_tolerance=0.0)
    cost = problem.sites["opening_yuan"].astype(float)

    def within(budget: float) -> FrontPlan:
        plan = plan_care_sites(replace(bare, budget_yuan=min(budget, problem.budget_yuan)), each)
        return FrontPlan(plan.batch, plan.objective, -float(cost.loc[plan.batch.index].sum()), plan.gap)

    best = within(math.inf)
    budgets = np.linspace(least_cost(bare, each), -best.second, max(2, plans))
    return _undominated([*(within(float(budget)) for budget in budgets[:-1]), best])


def least_cost(problem: CareSiteProblem, settings: SolverSettings) -> float:
    """Return the least opening costs of any plan that opens a site and meets the conditions, yuan.

    Raises
    ------
    InfeasibleError
        Nothing meets them.
    """
    check_arithmetic(problem)
    sites = problem.sites.sort_index()
    model = opening_model(len(sites), len(problem.batches), conditions(problem))
    opened = [pulp.lpSum(row) for row in model.opens]
    model.problem.addConstraint(pulp.lpSum(opened) >= 1, "something_opens")
    cost = sites["opening_yuan"].to_numpy(float)
    model.problem.setObjective(pulp.lpSum(float(c) * row for c, row in zip(cost, opened, strict=True)))
    solve(model.problem, settings)
    return float(cost[model.decoded() > 0].sum())


def at_once(problem: CareSiteProblem) -> CareSiteProblem:
    """Return the problem of what is open after the last batch, as if all sites opened at once."""
    last = len(problem.batches)
    rule = BatchRule(
        name="、".join(rule.name for rule in problem.batches),
        sites=sum(rule.sites for rule in problem.batches),
        budget_yuan=sum(rule.budget_yuan for rule in problem.batches),
    )
    late = ready_batch(problem) > last
    return replace(
        problem,
        batches=(rule,),
        sites=problem.sites.assign(ready_from=1),
        must_open=dict.fromkeys(problem.must_open, 1),
        must_not=problem.must_not | frozenset(late.index[late]),
        differ_from={},
        differ_most=math.inf,
    )


def swap_plans(
    problem: CareSiteProblem, given: pd.Series, most: int, settings: SolverSettings
) -> Iterator[tuple[int, CareSitePlan]]:
    """Yield, for 1 to `most`, the best plan that gives up or moves to another batch at most so many sites of another.

    Parameters
    ----------
    problem : CareSiteProblem
    given : Series
        site_id -> batch of the plan to start from.
    most : int
    settings : SolverSettings
        For each plan.

    Yields
    ------
    int, CareSitePlan
        Numbers with which the conditions cannot be met are left out.
    """
    for number in range(1, most + 1):
        try:
            yield (
                number,
                plan_care_sites(replace(problem, differ_from=given.to_dict(), differ_most=number), settings),
            )
        except InfeasibleError:
            continue


def _each(settings: SolverSettings, plans: int) -> SolverSettings:
    return replace(settings, seconds=settings.seconds / (plans + 6))


def _numbers(problem: CareSiteProblem, batch: pd.Series) -> np.ndarray:
    return batch.reindex(problem.sites.index.sort_values(), fill_value=0).to_numpy(int)


def _worth(plan: FrontPlan, weights: tuple[float, float]) -> float:
    return weights[0] * plan.first + weights[1] * plan.second


def _undominated(plans: Sequence[FrontPlan]) -> list[FrontPlan]:
    """Return one plan per pair of values of which none is worse than another in both; most of the first aim first."""
    kept: list[FrontPlan] = []
    for plan in sorted(plans, key=lambda plan: (-plan.first, -plan.second)):
        if not kept or plan.second > kept[-1].second + _SAME * max(1.0, abs(kept[-1].second)):
            kept.append(plan)
    return kept
