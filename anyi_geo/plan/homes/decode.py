"""Read a plan from the solved model; no status is believed without recomputing."""

from __future__ import annotations

import math

import pandas as pd

from anyi_geo.errors import Message, ProblemError
from anyi_geo.locate.solver import Outcome, is_one, relative_gap, status_of
from anyi_geo.plan.homes.cost import yearly_yuan
from anyi_geo.plan.homes.expansion import expansion
from anyi_geo.plan.homes.kinds import HOME_SUPPORT, NURSED
from anyi_geo.plan.homes.model import HomesModel, whole
from anyi_geo.plan.homes.plan import HomesPlan
from anyi_geo.plan.homes.problem import HomesProblem

#: What the recomputed objective may lie off the solver's, relative: rounding of whole variables only.
_AGREES = 1e-6
_FLOW = ["from_site", "to_site", "care_level", "consent", "origin", "persons"]


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
    open_ = set(flows["to_site"]) | problem.kept_open
    names = sorted(homes.index)
    state = pd.Series(
        {h: "centre" if h in centres else "kept" if h in open_ else str(homes.at[h, "reuse"]) for h in names},
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
    constant, slack = constant_yuan(model), _AGREES * max(abs(objective), 1.0) + 1e-2
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


def constant_yuan(model: HomesModel) -> float:
    """Return what every plan costs alike and the model therefore leaves out."""
    problem, costs = model.problem, model.problem.costs
    homes = problem.homes
    groups = problem.groups
    kept = problem.kept_open
    fixed = float(homes.loc[sorted(kept), "fixed_yuan_year"].sum())
    reuse = costs.reuse_yuan_year * (len(homes) - len(kept))
    reuse += costs.annuity_factor * float(problem.refit_yuan.drop(sorted(kept)).sum())
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
    return {str(home): _reason(problem, flows, str(home)) for home in state.index[state == "kept"]}


def _reason(problem: HomesProblem, flows: pd.DataFrame, home: str) -> Message:
    """Say why a home stays open; a wish of the county comes before what its residents said."""
    name = str(problem.homes["name"][home])
    if home in problem.rules.keep:
        return Message(f"{name}保留：情景设置为保留。", f"{home} stays open: the scenario keeps it.")
    if home in problem.stranded:
        return Message(f"{name}保留：没有道路通到中心。", f"{home} stays open: no road leads to a centre.")
    if home in problem.unregistered:
        return Message(
            f"{name}保留：入住老人没有登记，不知道有没有人、是否同意，不能腾空。",
            f"{home} stays open: nobody registered who lives there or what they want.",
        )
    here = flows[(flows["to_site"] == home) & (flows["consent"] != "yes")].groupby("consent")["persons"].sum()
    kinds = (("no", "不同意", "said no"), ("not_asked", "未征询", "were not asked"))
    found = [(int(here[consent]), zh, en) for consent, zh, en in kinds if consent in here]
    return Message(
        f"{name}保留：{'、'.join(f'{zh} {persons} 人' for persons, zh, _ in found)}，未同意者不迁。",
        f"{home} stays open: {', '.join(f'{persons} {en}' for persons, _, en in found)}; "
        "nobody is moved without a yes.",
    )
