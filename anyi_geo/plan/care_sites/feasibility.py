"""Requests that cannot be met, answered in numbers before any solver is asked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from anyi_geo.errors import InfeasibleError, Message
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import NoIncumbentError, solve
from anyi_geo.plan.care_sites.conditions import ROUNDING, Condition, ready_batch, site_name, yuan
from anyi_geo.plan.care_sites.model import opening_model
from anyi_geo.plan.care_sites.problem import CareSiteProblem


def check_arithmetic(problem: CareSiteProblem) -> None:
    """Raise with every reason that counting and adding can find.

    Raises
    ------
    InfeasibleError
        Each sentence holds both numbers and what is missing.
    """
    reasons = [
        *_must_open_reasons(problem),
        *_spacing_reasons(problem),
        *_count_reasons(problem),
        *_township_reasons(problem),
        *_budget_reasons(problem),
    ]
    if reasons:
        raise InfeasibleError("\n".join(zh for zh, _ in reasons), "\n".join(en for _, en in reasons))


def _must_open_reasons(problem: CareSiteProblem) -> Iterator[Message]:
    ready = ready_batch(problem)
    for site, batch in sorted(problem.must_open.items()):
        name = site_name(problem, site)
        if site in problem.must_not:
            yield Message(
                f"点位 {name} 同时列为必须开放（第 {batch} 批）和不得开放，请删去其中一项",
                f"{name} must open (batch {batch}) and must not open: drop one of the two",
            )
        elif site in problem.no_consent:
            yield Message(
                f"点位 {name} 必须开放（第 {batch} 批），但村级尚未同意，而本情景要求先同意：先征得同意，或改用计罚",
                f"{name} must open (batch {batch}) but its village has not consented",
            )
        elif ready[site] > batch:
            yield Message(
                f"点位 {name} 最早第 {float(ready[site]):g} 批就绪，却要求在第 {batch} 批开放",
                f"{name} is ready from batch {float(ready[site]):g} and must open in batch {batch}",
            )


def _spacing_reasons(problem: CareSiteProblem) -> Iterator[Message]:
    for one, two, metres in sorted(problem.spacing):
        if one in problem.must_open and two in problem.must_open:
            first, second = site_name(problem, one), site_name(problem, two)
            yield Message(
                f"点位 {first} 与 {second} 都必须开放，但相距只有 {yuan(metres)} 米，小于情景要求的最小间距",
                f"{first} and {second} must both open and lie only {metres:.0f} m apart",
            )


def _count_reasons(problem: CareSiteProblem) -> Iterator[Message]:
    for number, rule in enumerate(problem.batches, start=1):
        musts = sum(batch == number for batch in problem.must_open.values())
        if musts > rule.sites:
            yield Message(
                f"{rule.name}至多 {rule.sites} 个点，必须开放的有 {musts} 个，超出 {musts - rule.sites} 个",
                f"{rule.name} holds at most {rule.sites} sites, {musts} must open: {musts - rule.sites} too many",
            )
    total = sum(rule.sites for rule in problem.batches)
    if total == 0:
        yield Message("各批点位数都是 0，没有可开放的点", "every batch has 0 sites")
        return
    needed = sum(_needed(problem, township) for township in _townships(problem))
    if needed > total:
        yield Message(
            f"各乡镇（处）下限与必须开放的点合计需 {needed:g} 个点，各批合计至多 {total} 个，缺 {needed - total:g} 个",
            f"township minima and must-open sites need {needed:g} sites, the batches hold {total}: "
            f"{needed - total:g} short",
        )


def _township_reasons(problem: CareSiteProblem) -> Iterator[Message]:
    for township in _townships(problem):
        candidates = len(_candidates(problem, township))
        least = problem.township_min.get(township, 0)
        most = problem.township_max.get(township, math.inf)
        musts = sum(problem.sites.at[site, "township"] == township for site in problem.must_open)
        if least > candidates:
            yield Message(
                f"{township}至少要 {least:g} 个点，可选点位只有 {candidates} 个，缺 {least - candidates:g} 个",
                f"{township} needs at least {least:g} sites and has {candidates} candidates: "
                f"{least - candidates:g} short",
            )
        if least > most:
            yield Message(
                f"{township}至少 {least:g} 个点多于至多 {most:g} 个点",
                f"{township}: at least {least:g} exceeds at most {most:g}",
            )
        if musts > most:
            yield Message(
                f"{township}至多 {most:g} 个点，必须开放的有 {musts} 个，超出 {musts - most:g} 个",
                f"{township} holds at most {most:g} sites, {musts} must open: {musts - most:g} too many",
            )


def _budget_reasons(problem: CareSiteProblem) -> Iterator[Message]:
    allowed = _candidates(problem)
    if allowed.empty:
        total, unwilling = len(problem.sites), len(problem.no_consent)
        yield Message(
            f"没有可选点位：{total} 个候选中，不得开放 {len(problem.must_not)} 个，村级未同意 {unwilling} 个，"
            "其余来不及就绪",
            f"none of {total} candidates is left: {len(problem.must_not)} excluded, {unwilling} without consent, "
            "the others not ready",
        )
        return
    cost = problem.sites["opening_yuan"].astype(float)
    everything = _must_cost(cost, problem.must_open, problem.budget_yuan, Message("总预算", "the budget"))
    cheapest = _below_cheapest(problem, allowed, problem.budget_yuan, Message("预算", "The budget"))
    if cheapest:
        yield cheapest
    elif everything:
        yield everything
    else:
        yield from _minima_cost(problem, cost)
    for number, rule in enumerate(problem.batches, start=1):
        own = {site: batch for site, batch in problem.must_open.items() if batch == number}
        others = problem.must_open.keys() - own.keys()
        open_now = allowed[(ready_batch(problem)[allowed.index] <= number) & ~allowed.index.isin(others)]
        words = Message(f"{rule.name}预算", f"The budget of {rule.name}")
        if rule.sites > 0:
            reason = _below_cheapest(problem, open_now, rule.budget_yuan, words)
            reason = reason or _must_cost(cost, own, rule.budget_yuan, words)
            if reason:
                yield reason


def _below_cheapest(problem: CareSiteProblem, allowed: pd.DataFrame, budget: float, words: Message) -> Message | None:
    if allowed.empty or not math.isfinite(budget):
        return None
    cost = allowed.sort_index()["opening_yuan"].astype(float)
    site = str(cost.idxmin())
    lowest = float(cost.min())
    short = lowest - budget
    if short <= ROUNDING * max(1.0, budget):
        return None
    name = str(problem.sites.at[site, "name"])
    return Message(
        f"{words.zh} {yuan(budget)} 元低于最便宜点位 {yuan(lowest)} 元（{name}），至少还需 {yuan(short)} 元",
        f"{words.en} of {yuan(budget)} yuan is below the cheapest site, {yuan(lowest)} yuan ({name}): "
        f"at least {yuan(short)} yuan more are needed",
    )


def _must_cost(cost: pd.Series, musts: Mapping[str, int], budget: float, words: Message) -> Message | None:
    sites = sorted(musts)
    total = float(cost[sites].sum()) if sites else 0.0
    short = total - budget
    if short <= ROUNDING * max(1.0, total):
        return None
    return Message(
        f"必须开放的 {len(sites)} 个点共需 {yuan(total)} 元，{words.zh} {yuan(budget)} 元，缺 {yuan(short)} 元",
        f"the {len(sites)} must-open sites cost {yuan(total)} yuan, {words.en} is {yuan(budget)} yuan: "
        f"{yuan(short)} yuan short",
    )


def _minima_cost(problem: CareSiteProblem, cost: pd.Series) -> Iterator[Message]:
    """Price the must-open sites and the cheapest candidates that fill every township's minimum."""
    total, count = 0.0, 0
    for township in _townships(problem):
        candidates = _candidates(problem, township)
        musts = candidates.index.intersection(list(problem.must_open))
        rest = cost[candidates.index.difference(musts)].sort_values()
        more = max(0, math.ceil(problem.township_min.get(township, 0)) - len(musts))
        total += float(cost[musts].sum() + rest.iloc[:more].sum())
        count += len(musts) + more
    short = total - problem.budget_yuan
    if short > ROUNDING * max(1.0, total):
        yield Message(
            f"满足各乡镇（处）下限和必须开放的 {count} 个点最少需 {yuan(total)} 元，"
            f"总预算 {yuan(problem.budget_yuan)} 元，缺 {yuan(short)} 元",
            f"the {count} sites of township minima and must-open cost at least {yuan(total)} yuan, "
            f"the budget is {yuan(problem.budget_yuan)} yuan: {yuan(short)} yuan short",
        )


def _townships(problem: CareSiteProblem) -> list[str]:
    return sorted({*problem.sites["township"], *problem.township_min, *problem.township_max})


def _candidates(problem: CareSiteProblem, township: str | None = None) -> pd.DataFrame:
    """Return the sites that may open at all."""
    sites = problem.sites
    barred = [*problem.must_not, *problem.no_consent]
    allowed = ~sites.index.isin(barred) & (ready_batch(problem) <= len(problem.batches)).to_numpy()
    if township is not None:
        allowed &= (sites["township"] == township).to_numpy()
    return sites[allowed]


def _needed(problem: CareSiteProblem, township: str) -> float:
    musts = sum(bool(problem.sites.at[site, "township"] == township) for site in problem.must_open)
    return max(problem.township_min.get(township, 0), float(musts))


def irreducible_conditions(
    rows: Sequence[Condition], site_count: int, batch_count: int, settings: SolverSettings
) -> tuple[Condition, ...]:
    """Return conditions that contradict each other, none of which can be dropped; empty when they agree.

    A deletion filter over the planner's own conditions (Chinneck & Dravnieks 1991, Locating minimal infeasible
    constraint sets in linear programs): drop one condition after the other and keep it out whenever the rest still
    contradicts itself.
    """
    if _possible(rows, site_count, batch_count, settings):
        return ()
    kept = list(rows)
    for condition in rows:
        fewer = [other for other in kept if other is not condition]
        if not _possible(fewer, site_count, batch_count, settings):
            kept = fewer
    return tuple(kept)


def contradiction(
    rows: Sequence[Condition], site_count: int, batch_count: int, settings: SolverSettings
) -> InfeasibleError:
    """Return the error that names an irreducible set of the planner's conditions."""
    clash = irreducible_conditions(rows, site_count, batch_count, settings)
    zh = "；".join(condition.words.zh for condition in clash)
    en = "; ".join(condition.words.en for condition in clash)
    return InfeasibleError(
        f"以下 {len(clash)} 项条件不能同时满足，放宽其中任何一项即可：{zh}",
        f"These {len(clash)} conditions cannot hold together, relaxing any one of them helps: {en}",
    )


def _possible(rows: Sequence[Condition], site_count: int, batch_count: int, settings: SolverSettings) -> bool:
    model = opening_model(site_count, batch_count, rows)
    model.problem.setObjective(model.opens[0][0] * 0.0)
    try:
        solve(model.problem, settings)
    except NoIncumbentError:
        return True  # not proven impossible, so nothing may be blamed
    except InfeasibleError:
        return False
    return True


def holds(rows: Sequence[Condition], batch: np.ndarray, batch_count: int) -> bool:
    """Whether a plan (batch per site, 0 = closed) meets every condition."""
    opens = batch[:, None] == np.arange(1, batch_count + 1)[None, :]
    return all(row.lower - 1e-9 <= (row.coefficients * opens).sum() <= row.upper + 1e-9 for row in rows)
