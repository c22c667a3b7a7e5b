"""The planner's conditions as labelled linear rows over (site, batch), each with the words he knows it by."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from anyi_geo.errors import Message
from anyi_geo.plan.care_sites.problem import CareSiteProblem

#: Slack for sums of yuan, relative to the right-hand side.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Condition:
    """``lower <= sum of coefficients x opens[site, batch] <= upper``.

    Attributes
    ----------
    code : str
        ASCII name of the row in the model.
    words : Message
        The condition as the planner stated it.
    coefficients : ndarray
        Sites (sorted by id) x batches.
    lower, upper : float
        -inf or inf where one side is open.
    """

    code: str
    words: Message
    coefficients: np.ndarray
    lower: float
    upper: float


def yuan(amount: float) -> str:
    """Write an amount with spaces between thousands, fractions only where there are any."""
    text = f"{amount:,.2f}" if round(amount, 2) != round(amount) else f"{amount:,.0f}"
    return text.replace(",", " ")


def ready_batch(problem: CareSiteProblem) -> pd.Series:
    """Return the earliest batch of each site; a blank means the first."""
    return pd.to_numeric(problem.sites["ready_from"]).astype(float).fillna(1.0)


def site_name(problem: CareSiteProblem, site: str) -> str:
    """Return "name (id)" as messages write a site."""
    name = str(problem.sites.at[site, "name"])
    return f"{name}（{site}）"


def conditions(problem: CareSiteProblem) -> tuple[Condition, ...]:
    """Return every condition of the problem; that a site opens at most once is the model's own and not among them."""
    sites = problem.sites.sort_index()
    return (
        *_batch_rows(problem, sites),
        *_site_rows(problem, sites),
        *_township_rows(problem, sites),
        *_spacing_rows(problem, sites),
        *_difference_rows(problem, sites),
    )


def _batch_rows(problem: CareSiteProblem, sites: pd.DataFrame) -> Iterator[Condition]:
    cost = sites["opening_yuan"].to_numpy(float)
    shape = (len(sites), len(problem.batches))
    for number, rule in enumerate(problem.batches):
        count = np.zeros(shape)
        count[:, number] = 1.0
        words = Message(f"{rule.name}至多 {rule.sites} 个点", f"at most {rule.sites} sites in {rule.name}")
        yield Condition(f"count_{number + 1}", words, count, -math.inf, rule.sites)
        if math.isfinite(rule.budget_yuan):
            amount = yuan(rule.budget_yuan)
            words = Message(f"{rule.name}预算 {amount} 元", f"budget of {rule.name}: {amount} yuan")
            yield Condition(f"budget_{number + 1}", words, count * cost[:, None], -math.inf, _loose(rule.budget_yuan))
    if math.isfinite(problem.budget_yuan):
        amount = yuan(problem.budget_yuan)
        words = Message(f"总预算 {amount} 元", f"total budget: {amount} yuan")
        whole = np.repeat(cost[:, None], shape[1], axis=1)
        yield Condition("budget", words, whole, -math.inf, _loose(problem.budget_yuan))


def _site_rows(problem: CareSiteProblem, sites: pd.DataFrame) -> Iterator[Condition]:
    ready = ready_batch(problem)
    for row, site in enumerate(sites.index):
        name = site_name(problem, site)
        first = float(ready[site])
        early = np.arange(1, len(problem.batches) + 1) < first
        if site in problem.must_open:
            batch = problem.must_open[site]
            unit = np.zeros((len(sites), len(problem.batches)))
            unit[row, batch - 1] = 1.0
            words = Message(f"{name}必须在第 {batch} 批开放", f"{name} must open in batch {batch}")
            yield Condition(f"must_open_{site}", words, unit, 1.0, 1.0)
        if site in problem.must_not:
            unit = np.zeros((len(sites), len(problem.batches)))
            unit[row, :] = 1.0
            words = Message(f"{name}不得开放", f"{name} must not open")
            yield Condition(f"must_not_{site}", words, unit, -math.inf, 0.0)
        elif site in problem.no_consent:
            unit = np.zeros((len(sites), len(problem.batches)))
            unit[row, :] = 1.0
            words = Message(f"{name}未得到村级同意", f"{name} lacks the village's consent")
            yield Condition(f"consent_{site}", words, unit, -math.inf, 0.0)
        elif early.any():
            unit = np.zeros((len(sites), len(problem.batches)))
            unit[row, early] = 1.0
            words = Message(f"{name}最早第 {first:g} 批就绪", f"{name} is ready from batch {first:g}")
            yield Condition(f"ready_{site}", words, unit, -math.inf, 0.0)


def _township_rows(problem: CareSiteProblem, sites: pd.DataFrame) -> Iterator[Condition]:
    for township in sorted({*problem.township_min, *problem.township_max}):
        within = np.repeat((sites["township"] == township).to_numpy(float)[:, None], len(problem.batches), axis=1)
        least = problem.township_min.get(township, 0)
        most = problem.township_max.get(township, math.inf)
        if least > 0:
            words = Message(f"{township}至少 {least:g} 个点", f"at least {least:g} sites in {township}")
            yield Condition(f"least_{township}", words, within, least, math.inf)
        if math.isfinite(most):
            words = Message(f"{township}至多 {most:g} 个点", f"at most {most:g} sites in {township}")
            yield Condition(f"most_{township}", words, within, -math.inf, most)


def _spacing_rows(problem: CareSiteProblem, sites: pd.DataFrame) -> Iterator[Condition]:
    place = {site: row for row, site in enumerate(sites.index)}
    for one, two, metres in sorted(problem.spacing):
        pair = np.zeros((len(sites), len(problem.batches)))
        pair[[place[one], place[two]], :] = 1.0
        first, second = site_name(problem, one), site_name(problem, two)
        words = Message(
            f"{first}与{second}相距 {yuan(metres)} 米，不得都开放", f"{first} and {second} lie {metres:.0f} m apart"
        )
        yield Condition(f"spacing_{one}_{two}", words, pair, -math.inf, 1.0)


def _difference_rows(problem: CareSiteProblem, sites: pd.DataFrame) -> Iterator[Condition]:
    if not math.isfinite(problem.differ_most) or not problem.differ_from:
        return
    kept = np.zeros((len(sites), len(problem.batches)))
    for row, site in enumerate(sites.index):
        if problem.differ_from.get(site, 0) in range(1, len(problem.batches) + 1):
            kept[row, problem.differ_from[site] - 1] = 1.0
    given, most = len(problem.differ_from), problem.differ_most
    words = Message(
        f"与既定方案的 {given} 个点至多有 {most:g} 个不同", f"at most {most:g} of the {given} given sites may change"
    )
    yield Condition("differ", words, kept, given - most, math.inf)


def _loose(amount: float) -> float:
    return amount + ROUNDING * max(1.0, amount)
