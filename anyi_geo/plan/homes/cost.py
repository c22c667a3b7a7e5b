"""What a homes plan costs a year, from its tables alone: the model's objective, recomputed without the model."""

from __future__ import annotations

import math

import pandas as pd

from anyi_geo.plan.homes.expansion import expansion
from anyi_geo.plan.homes.kinds import HOME_SUPPORT
from anyi_geo.plan.homes.problem import HomesProblem


def yearly_yuan(
    problem: HomesProblem,
    flows: pd.DataFrame,
    state: pd.Series,
    added: pd.Series,
    fitted: pd.Series,
    *,
    visit_weight: float,
) -> float:
    """Return the yearly cost of a plan, yuan: line (2) of the model.

    Parameters
    ----------
    problem : HomesProblem
    flows, state, added, fitted
        As in a plan.
    visit_weight : float
        Weight of the value of visiting time.
    """
    costs, homes = problem.costs, problem.homes
    housed = flows[flows["to_site"] != HOME_SUPPORT]
    open_ = state.isin(["centre", "kept"])
    fixed = float(homes.loc[state.index[open_], "fixed_yuan_year"].sum()) + costs.reuse_yuan_year * int((~open_).sum())
    work = housed["persons"] / housed["care_level"].map(costs.residents_per_carer)
    carers = work.groupby(housed["to_site"]).sum().map(lambda value: math.ceil(value - 1e-9)).sum()
    support = float((flows["persons"] * flows["care_level"].map(costs.support_yuan_year)).sum())
    resident = float((housed["persons"] * housed["to_site"].map(homes["resident_yuan_year"].astype(float))).sum())
    moved = int(housed.loc[housed["from_site"] != housed["to_site"], "persons"].sum())
    once = sum(expansion(steps, int(added.get(home, 0)))[0] for home, steps in problem.steps.items())
    once += costs.nursing_yuan_per_bed * int(fitted.sum()) + costs.moving_yuan * moved
    once += float(problem.refit_yuan[state.index[~open_]].sum())
    visits = visit_weight * costs.visit_yuan_year * visiting_minutes(problem, housed) if visit_weight else 0.0
    return fixed + costs.carer_yuan_year * int(carers) + support + resident + costs.annuity_factor * once + visits


def visiting_minutes(problem: HomesProblem, flows: pd.DataFrame) -> float:
    """Return the minutes of all families together, of one visit each, after."""
    return float((flows["persons"] * family_minutes(problem, flows, "to_site")).sum())


def family_minutes(problem: HomesProblem, flows: pd.DataFrame, column: str) -> pd.Series:
    """Return the minutes of each flow's families to the home in `column` (from_site: before, to_site: after).

    The family is taken to live at the old home where its village is not known or no road joins the two.
    """
    minutes = problem.minutes
    out = []
    for origin, home, target in zip(flows["origin"], flows["from_site"], flows[column], strict=True):
        start = origin if math.isfinite(float(minutes.at[origin, home])) else home
        out.append(float(minutes.at[start, target]))
    return pd.Series(out, index=flows.index, dtype=float)
