"""Solve the homes MILP in its stated order, or say why it has no answer and what would help."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import pulp

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import NoIncumbentError, Outcome, is_one
from anyi_geo.plan.homes.cost import yearly_yuan
from anyi_geo.plan.homes.decode import constant_yuan, decode
from anyi_geo.plan.homes.model import HomesModel, minimise, refine, whole
from anyi_geo.plan.homes.plan import HomesPlan, NoRoadError, VisitLimitError
from anyi_geo.plan.homes.problem import HomesProblem
from anyi_geo.plan.homes.ways_out import too_few_beds


def plan_homes(problem: HomesProblem, settings: SolverSettings) -> HomesPlan:
    """Choose centres, flows, added and fitted beds: everybody housed, then the reserve, then the least yearly cost.

    Raises
    ------
    TooFewBedsError
        The centres cannot hold everyone; with priced ways out.
    NoRoadError
        Homes lie on roads of their own, and no choice of so many centres is reached from all of them.
    VisitLimitError
        No plan keeps families within the visiting limits; with the least that can be reached.
    """
    started = time.perf_counter()
    model = HomesModel(problem)
    house_everyone(model, settings)
    return decode(model, least_cost(model, settings, started), time.perf_counter() - started)


def house_everyone(model: HomesModel, settings: SolverSettings) -> None:
    """Take stage (1) and hold it: nobody without a bed, no more reserve missing than must be.

    Raises
    ------
    TooFewBedsError, NoRoadError, VisitLimitError
        When somebody is left over, for want of beds or of a road, or the visiting limits leave no plan.
    """
    try:
        left = _left_over(model, settings)
    except NoIncumbentError:
        raise
    except InfeasibleError:
        raise _visit_limit_error(model.problem, settings) from None
    if left:
        if _has_visit_limits(model.problem):
            # Somebody may be left over only because every bed is too far: that is the limits' fault, not the beds'.
            house_everyone(HomesModel(_without_visit_limits(model.problem)), settings)
            raise _visit_limit_error(model.problem, settings)
        centres = [c for c, v in model.centre.items() if is_one(v)]
        _refuse_without_road(model, centres)
        raise too_few_beds(model.problem, centres, left, lambda problem: _annual_yuan(problem, settings))
    _hold_everyone(model)


def _left_over(model: HomesModel, settings: SolverSettings) -> int:
    """Return the fewest residents without a bed."""
    model.lp.setObjective(model.unhoused())
    minimise(model.lp, replace(settings, gap=0.0))
    return sum(whole(unmet.value()) for unmet in model.unmet.values())


def _hold_everyone(model: HomesModel) -> None:
    for unmet in model.unmet.values():
        unmet.upBound = 0
    model.lp += model.short <= max(float(model.short.value() or 0.0), 0.0) + 1e-6, "r1_reserve_kept"


def _annual_yuan(problem: HomesProblem, settings: SolverSettings) -> float | None:
    """Return the yearly cost of the best plan, annuities included, families' time left out; None without a plan."""
    model = HomesModel(problem)
    try:
        if _left_over(model, settings):
            return None
        _hold_everyone(model)
        plan = decode(model, least_cost(model, settings, time.perf_counter()), 0.0)
    except InfeasibleError:
        return None
    return yearly_yuan(problem, plan.flows, plan.state, plan.beds_added, plan.nursing_fitted, visit_weight=0.0)


def _refuse_without_road(model: HomesModel, centres: list[str]) -> None:
    """Raise when somebody is left over who could not reach these centres however many beds they had."""
    names = model.problem.homes["name"]
    cut: dict[str, int] = {}
    for g, unmet in model.unmet.items():
        if whole(unmet.value()) and not any((g, c) in model.move for c in centres):
            cut[model.home[g]] = cut.get(model.home[g], 0) + whole(unmet.value())
    if cut:
        told = "、".join(f"{names[home]} {persons} 人" for home, persons in sorted(cut.items()))
        chosen = "、".join(str(names[c]) for c in centres)
        raise NoRoadError(
            f"不可行：{told}没有道路（本人或家属）通到中心 {chosen}，不是缺床。"
            "请核对道路数据，或增加中心个数、把路那边的敬老院列为片区中心。",
            f"Not feasible: no road leads {', '.join(f'{p} residents of {h}' for h, p in sorted(cut.items()))} "
            f"to {', '.join(centres)}; beds are not what is missing. Check the roads, or allow more centres.",
        )


def least_cost(model: HomesModel, settings: SolverSettings, started: float) -> Outcome:
    """Take stages (2), (3) and (3a); the bound is that of (2), and a stage that runs out of time betters nothing."""

    def better(objective: pulp.LpAffineExpression) -> bool:
        model.lp.setObjective(objective)
        return refine(model.lp, replace(settings, seconds=_left(settings, started)))

    model.lp.setObjective(model.yearly_yuan())
    outcome = minimise(model.lp, replace(settings, seconds=_left(settings, started)))
    centres = [c for c, v in model.centre.items() if is_one(v)]
    rules = model.problem.rules
    if rules.together_share > 0 and len(centres) > 1:
        spare = rules.together_share * (outcome.objective + constant_yuan(model))
        model.lp += model.yearly_yuan() <= outcome.objective + spare, "r3_cost"
        for c, chosen in model.centre.items():
            chosen.lowBound = chosen.upBound = int(c in centres)
        parted = model.parted(centres)
        if better(parted):
            model.lp += parted <= round(parted.value()), "r3_parted"
            better(model.yearly_yuan())
            outcome = replace(outcome, objective=float(model.yearly_yuan().value()))
    if not rules.visit_weight * model.problem.costs.visit_yuan_year:
        ceiling = outcome.objective + max(1e-7 * abs(outcome.objective), 1e-3)
        model.lp += model.yearly_yuan() <= ceiling, "r2_cost_kept"
        better(model.visiting())
    return outcome


def _left(settings: SolverSettings, started: float) -> float:
    return max(settings.seconds - (time.perf_counter() - started), settings.seconds / 10)


def _has_visit_limits(problem: HomesProblem) -> bool:
    return math.isfinite(problem.rules.visit_mean_max) or math.isfinite(problem.rules.visit_p90_max)


def _without_visit_limits(problem: HomesProblem) -> HomesProblem:
    return replace(problem, rules=replace(problem.rules, visit_mean_max=math.inf, visit_p90_max=math.inf))


def _visit_limit_error(problem: HomesProblem, settings: SolverSettings) -> VisitLimitError:
    """Say how short visits can be made at best, so that the limits can be set within reach."""
    rules, free = problem.rules, _without_visit_limits(problem)
    zh, en = [], []
    if math.isfinite(rules.visit_mean_max):
        model = HomesModel(free)
        house_everyone(model, settings)
        model.lp.setObjective(1.0 * model.visiting())
        people = sum(model.persons[g] for g in (*model.bound, *model.free))
        best = minimise(model.lp, settings).objective / max(people, 1)
        zh.append(f"平均探视时间最少 {best:.1f} 分钟，限值 {rules.visit_mean_max:g} 分钟")
        en.append(f"mean visit at least {best:.1f} min, limit {rules.visit_mean_max:g}")
    if math.isfinite(rules.visit_p90_max):
        model = HomesModel(free)
        house_everyone(model, settings)
        model.lp.setObjective(1.0 * model.beyond(rules.visit_p90_max))
        people = sum(model.persons[g] for g in (*model.bound, *model.free))
        far, spare = round(minimise(model.lp, settings).objective), people - math.ceil(0.9 * people)
        zh.append(f"探视超过 {rules.visit_p90_max:g} 分钟的老人最少 {far} 人，最多允许 {spare} 人（十分之一）")
        en.append(f"at least {far} residents are over {rules.visit_p90_max:g} min, {spare} allowed (a tenth)")
    return VisitLimitError(
        f'不可行：{"；".join(zh)}。可增加中心个数、放宽探视限值，或请未同意的老人留在原院（consent = "hard"）。',
        f"Not feasible: {'; '.join(en)}. Allow more centres, or wider limits.",
    )
