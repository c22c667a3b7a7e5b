"""Solve the homes MILP in its stated order and read the plan; no status is believed without recomputing."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import pandas as pd
import pulp

from anyi_geo.errors import InfeasibleError, Message, ProblemError
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import NoIncumbentError, Outcome, is_one, relative_gap, status_of
from anyi_geo.plan.homes.cost import yearly_yuan
from anyi_geo.plan.homes.expansion import expansion
from anyi_geo.plan.homes.kinds import HOME_SUPPORT, NURSED
from anyi_geo.plan.homes.model import HomesModel, minimise, whole
from anyi_geo.plan.homes.plan import HomesPlan, NoRoadError, VisitLimitError
from anyi_geo.plan.homes.problem import HomesProblem
from anyi_geo.plan.homes.ways_out import too_few_beds

#: What the recomputed objective may lie off the solver's, relative: rounding of whole variables only.
_AGREES = 1e-6
_FLOW = ["from_site", "to_site", "care_level", "consent", "origin", "persons"]


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
    model.lp.setObjective(model.unhoused())
    try:
        minimise(model.lp, replace(settings, gap=0.0))
    except NoIncumbentError:
        raise
    except InfeasibleError:
        raise _visit_limit_error(model.problem, settings) from None
    left = sum(whole(unmet.value()) for unmet in model.unmet.values())
    if left:
        if _has_visit_limits(model.problem):
            # Somebody may be left over only because every bed is too far: that is the limits' fault, not the beds'.
            house_everyone(HomesModel(_without_visit_limits(model.problem)), settings)
            raise _visit_limit_error(model.problem, settings)
        centres = [c for c, v in model.centre.items() if is_one(v)]
        _refuse_without_road(model, centres)
        raise too_few_beds(model.problem, centres, left)
    for unmet in model.unmet.values():
        unmet.upBound = 0
    model.lp += model.short <= max(float(model.short.value() or 0.0), 0.0) + 1e-6, "r1_reserve_kept"


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
    """Take stages (2), (3) and (3a); the bound is that of (2)."""

    def stage(objective: pulp.LpAffineExpression) -> Outcome:
        model.lp.setObjective(objective)
        return minimise(model.lp, replace(settings, seconds=_left(settings, started)))

    outcome = stage(model.yearly_yuan())
    centres = [c for c, v in model.centre.items() if is_one(v)]
    rules = model.problem.rules
    if rules.together_share > 0 and len(centres) > 1:
        spare = rules.together_share * (outcome.objective + _constant(model))
        model.lp += model.yearly_yuan() <= outcome.objective + spare, "r3_cost"
        for c, chosen in model.centre.items():
            chosen.lowBound = chosen.upBound = int(c in centres)
        parted = model.parted(centres)
        fewest = stage(parted).objective
        model.lp += parted <= round(fewest), "r3_parted"
        outcome = replace(stage(model.yearly_yuan()), bound=outcome.bound)
    if not rules.visit_weight * model.problem.costs.visit_yuan_year:
        ceiling = outcome.objective + max(1e-7 * abs(outcome.objective), 1e-3)
        model.lp += model.yearly_yuan() <= ceiling, "r2_cost_kept"
        stage(model.visiting())
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


def decode(model: HomesModel, outcome: Outcome, seconds: float) -> HomesPlan:
    """Read the plan from the variables and recompute what the solver says of it.

    Raises
    ------
    ProblemError
        When the solver's objective is not that of its plan.
    """
    problem, homes = model.problem, model.problem.homes
    centres = [c for c, v in model.centre.items() if is_one(v)]
    flows = _flows(model, centres)
    living = set(flows["to_site"])
    names = sorted(homes.index)
    state = pd.Series(
        {h: "centre" if h in centres else "kept" if h in living else str(homes.at[h, "reuse"]) for h in names},
        name="state",
    )
    added = _needed_beds(model, flows, centres).reindex(names, fill_value=0)
    fitted = _needed_nursing(problem, flows, added[centres]).reindex(names, fill_value=0)
    inside = int(flows.loc[flows["to_site"].isin(centres), "persons"].sum())
    room = int(homes.loc[centres, "beds"].sum() + added.sum())
    weight = problem.rules.visit_weight
    objective = yearly_yuan(problem, flows, state, added, fitted, visit_weight=weight)
    # The solver's objective leaves the constants out. A plan within the gap may hold beds that nobody needs; without
    # them it costs less than the solver said, never more, and never less than the bound.
    constant, slack = _constant(model), _AGREES * max(abs(objective), 1.0) + 1e-2
    if not outcome.bound + constant - slack <= objective <= outcome.objective + constant + slack:
        raise ProblemError("求解器给出的目标值与方案不符。", "The solver's objective is not that of its plan.")
    bound = min(outcome.bound + constant, objective)
    return HomesPlan(
        state=state,
        flows=flows,
        beds_added=added,
        nursing_fitted=fitted,
        reserve_short=max(0, math.ceil(inside * (1 + problem.rules.reserve_share) - 1e-9) - room),
        objective=objective,
        bound=bound,
        gap=relative_gap(objective, bound),
        status=status_of(objective, bound),
        bound_source="HiGHS",
        seconds=seconds,
        model="homes",
        reasons=_reasons(problem, flows, state),
    )


def _needed_beds(model: HomesModel, flows: pd.DataFrame, centres: list[str]) -> pd.Series:
    """Return the added beds without those beyond residents and reserve, the dearest left out first."""
    homes = model.problem.homes
    grown = {c: sum(whole(model.grown[c, k].value()) for k in range(len(model.steps[c]))) for c in centres}
    added = pd.Series(grown, name="beds_added")
    inside = flows.groupby("to_site")["persons"].sum().reindex(centres, fill_value=0)
    wished = math.ceil(float(inside.sum()) * (1 + model.problem.rules.reserve_share) - 1e-9)
    spare = int(homes.loc[centres, "beds"].sum() + added.sum()) - wished
    for c in sorted(centres, key=lambda name: (-_last_price(model, name, int(added[name])), str(name))):
        surplus = min(spare, added[c], int(homes.at[c, "beds"]) + added[c] - inside[c])
        if surplus > 0:
            added[c] -= surplus
            spare -= surplus
    return added


def _last_price(model: HomesModel, home: str, beds: int) -> float:
    """Return what the last of the added beds costs."""
    steps = model.steps[home]
    return expansion(steps, beds)[0] - expansion(steps, max(beds - 1, 0))[0]


def _needed_nursing(problem: HomesProblem, flows: pd.DataFrame, added: pd.Series) -> pd.Series:
    """Return the fewest beds to fit as nursing beds: line (10)."""
    homes = problem.homes.loc[added.index]
    nursed = flows[flows["care_level"].isin(NURSED)].groupby("to_site")["persons"].sum()
    share = (problem.rules.nursing_share * (homes["beds"] + added)).map(lambda beds: math.ceil(beds - 1e-6))
    need = share.combine(nursed.reindex(added.index, fill_value=0), max)
    return (need - homes["nursing_beds"].astype(float).fillna(0.0)).clip(lower=0).astype(int)


def _constant(model: HomesModel) -> float:
    """Return what every plan costs alike and the model therefore leaves out."""
    problem, costs = model.problem, model.problem.costs
    homes = problem.homes
    groups = problem.groups
    kept = {model.home[g] for g in model.bound}
    fixed = float(homes.loc[sorted(kept), "fixed_yuan_year"].sum())
    reuse = costs.reuse_yuan_year * (len(homes) - len(kept))
    support = float((groups["persons"] * groups["care_level"].map(costs.support_yuan_year)).sum())
    resident = sum(model.persons[g] * float(homes.at[model.home[g], "resident_yuan_year"]) for g in model.bound)
    carers = 0.0
    for home in sorted(kept - set(model.candidates)):
        ratio = costs.residents_per_carer
        work = sum(model.own(home, model.bound, (level,)) / ratio[level] for level in ratio)
        carers += costs.carer_yuan_year * math.ceil(work - 1e-9)
    return fixed + reuse + support + resident + carers


def _flows(model: HomesModel, centres: list[str]) -> pd.DataFrame:
    """Return who lives where after, in groups; a row each way."""
    groups = model.problem.groups
    goes = model.problem.goes_home
    rows = [(g, HOME_SUPPORT, model.persons[g]) for g in groups.index[goes]]
    rows += [(g, model.home[g], model.persons[g]) for g in model.bound]
    rows += [(g, model.home[g], model.persons[g]) for g in model.free if model.home[g] in centres]
    rows += [(g, c, whole(move.value())) for (g, c), move in model.move.items()]
    table = pd.DataFrame(rows, columns=["group", "to_site", "persons"])
    table = table[table["persons"] > 0]
    own = groups.loc[table["group"], ["home", "care_level", "consent", "origin"]].reset_index(drop=True)
    table = pd.concat([table.reset_index(drop=True), own], axis=1).rename(columns={"home": "from_site"})
    table = table.groupby(_FLOW[:-1], as_index=False)["persons"].sum()
    return table[_FLOW].sort_values(_FLOW[:-1], ignore_index=True)


def _reasons(problem: HomesProblem, flows: pd.DataFrame, state: pd.Series) -> dict[str, Message]:
    out = {}
    for home in state.index[state == "kept"]:
        here = flows[(flows["to_site"] == home) & (flows["consent"] != "yes")].groupby("consent")["persons"].sum()
        no, unasked = int(here.get("no", 0)), int(here.get("not_asked", 0))
        name = str(problem.homes["name"][home])
        if home in problem.stranded:
            out[home] = Message(f"{name}保留：没有道路通到中心。", f"{home} stays open: no road leads to a centre.")
            continue
        out[home] = Message(
            f"{name}保留：不同意 {no} 人、未征询 {unasked} 人，未同意者不迁。",
            f"{home} stays open: {no} said no, {unasked} were not asked; nobody is moved without a yes.",
        )
    return out
