"""The median engine: Lagrangian bound and interchange, fixing by reduced costs, then the residual model.

It decides p-median, facility location with opening costs, and maximal cover (as a median of what stays uncovered).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate._branch import raise_by_branching
from anyi_geo.locate._by_site import by_site
from anyi_geo.locate._greedy import greedy
from anyi_geo.locate._lagrangian import (
    BRIEF,
    State,
    first_state,
    fixed,
    forced,
    is_closed,
    raise_bound,
    relax,
    rounded,
    seek_plan,
)
from anyi_geo.locate._lists import Lists, Number, plan_cost
from anyi_geo.locate._residual import LARGEST_COVER, concentrate, pairs_left, residual
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Floats, Mask
from anyi_geo.locate.solver import NoIncumbentError

#: Rounds of the first pass, and of each pass after fixing with the first step of the second one, later ones shorter.
FIRST_ROUNDS, NEXT_ROUNDS, PASSES, NEXT_STEP = 600, 1000, 6, 0.4


@dataclass(frozen=True, eq=False)
class Found:
    """A plan and what is proven.

    Attributes
    ----------
    plan : mask (m,)
    bound : float
        No plan costs less.
    source : str
        Where the bound comes from.
    prices : float array (n,) or None
        Multipliers of the clients at the best value of the Lagrangian; None: it was not needed.
    settled : mask (m,) or None
        No plan that treats these sites otherwise is better than `plan`.
    """

    plan: Mask
    bound: float
    source: str
    prices: Floats | None = None
    settled: Mask | None = None


def search(lists: Lists, number: Number, held: Mask, shut: Mask, watch: Watch) -> Found:
    """Return the best plan found with its proof.

    Parameters
    ----------
    lists : Lists
        Without pairs of the sites in `shut`.
    number : Number
        How many sites may open.

    Raises
    ------
    InfeasibleError
        Proven: no such number of sites serves everybody.
    NoIncumbentError
        The clock left no plan.
    """
    gap = watch.settings.gap
    few, many = int(held.sum()), int((~shut).sum())
    if number.exact and number.most in (few, many) and (lists.whole or lists).exact:
        return _only(lists, number, held if number.most == few else ~shut)
    first = greedy(lists, number, held, shut, watch)
    start = seek_plan(lists, number, first_state(lists, int(first.sum()), held, shut), first, watch, BRIEF)
    state = raise_bound(lists, number, start, watch, rounds=FIRST_ROUNDS, gap=gap)
    for turn in range(1, PASSES + 1):
        if is_closed(lists, state, gap) or watch.over or state.plan is None or _covers(lists):
            break
        before = state
        state = concentrate(lists, number, state, watch, seconds=0.15 * watch.settings.seconds)
        state = fixed(lists, number, state)
        state = raise_bound(lists, number, state, watch, rounds=NEXT_ROUNDS, step=NEXT_STEP / turn, gap=gap)
        if state.cost == before.cost and not _got_on(before, state):
            break
    source = "Lagrangian relaxation"
    if not is_closed(lists, state, gap) and not watch.over:
        state, source = _finish(lists, number, fixed(lists, number, state), watch)
    if state.plan is None:
        raise NoIncumbentError(
            "时限内没有找到让每个需求点都有点位可去的方案；请加长求解时间。",
            "No plan that serves every client was found in time: allow more seconds.",
        )
    settled = (state.held & state.plan) | (state.shut & ~state.plan)
    return Found(state.plan, state.bound, source, state.prices if np.isfinite(state.raw) else None, settled)


def otherwise(lists: Lists, number: Number, held: Mask, shut: Mask, found: Found) -> Floats | None:
    """Return what plans that treat a site otherwise, shut an open one or open a shut one, cost at least.

    Prices tell it over all sites that the demands leave free: reduced costs among those that the search left would
    bound better plans only.

    Parameters
    ----------
    lists : Lists
        Of all sites not in `shut`.
    held, shut : masks (m,)
        By demand.

    Returns
    -------
    float array (m,) or None
        None where there are no prices.
    """
    if found.prices is None:
        return None
    point = relax(by_site(lists), lists.over, lists.opening, found.prices, number, held, shut)
    bound = np.full(len(found.plan), found.bound)
    inside, dearer_without, outside, dearer_with = forced(number, point.reduced, held, shut)
    for sites, dearer, is_open in ((inside, dearer_without, True), (outside, dearer_with, False)):
        alike = found.plan[sites] == is_open
        bound[sites[alike]] = np.maximum(bound[sites[alike]], point.value + dearer[alike])
    if found.settled is not None:
        bound[found.settled] = np.maximum(bound[found.settled], plan_cost(lists, found.plan))
    return bound


def _covers(lists: Lists) -> bool:
    """Tell whether it is a question of cover: prices of equal costs settle little there, the model's cuts do better."""
    return lists.worth is not None


def _got_on(before: State, state: State) -> bool:
    """Tell whether a pass was worth its time: a twentieth of the gap closed, or of the free sites settled."""
    free = (~before.held & ~before.shut).sum()
    settled = (state.held | state.shut).sum() - (before.held | before.shut).sum()
    return bool(state.cost - state.bound < 0.95 * (before.cost - before.bound) or settled > 0.05 * free)


def _only(lists: Lists, number: Number, plan: Mask) -> Found:
    """Judge the one plan that the demands leave."""
    cost = plan_cost(lists, plan)
    if cost >= lists.lost:
        raise _nobody_can(number)
    return Found(plan.copy(), cost, "the only plan")


def _nobody_can(number: Number) -> InfeasibleError:
    return InfeasibleError(
        f"开 {number.most} 个点位，在必选、禁选条件下没有方案能让每个需求点都有点位可去。",
        f"With {number.most} sites and the required and forbidden ones, no plan serves every client.",
    )


def _finish(lists: Lists, number: Number, state: State, watch: Watch) -> tuple[State, str]:
    """Solve the residual model; its bound holds for better plans only, so the plan in hand caps it."""
    if state.plan is not None and not (_covers(lists) and pairs_left(lists, state) <= LARGEST_COVER):
        return raise_by_branching(lists, number, state, watch), "Lagrangian relaxation and branching"
    slack = lists.slack(state.cost, watch.settings.gap) if watch.settings.gap and state.plan is not None else 0.0
    answer, plan = residual(lists, number, state, watch, slack=slack)
    if plan is not None and number.least <= plan.sum() <= number.most:
        cost = plan_cost(lists, plan)
        if cost < min(lists.lost, state.cost):
            state = replace(state, plan=plan, cost=cost)
    if state.plan is None and answer.infeasible:
        raise _nobody_can(number)
    if state.plan is None:  # everybody may be served outside the lists: seek a plan inside them
        inside = replace(lists, over=np.full(lists.clients, np.inf))
        answer_, plan = residual(inside, number, state, watch)
        if plan is not None and plan_cost(lists, plan) < lists.lost:
            state = replace(state, plan=plan, cost=plan_cost(lists, plan))
        elif answer_.infeasible and lists.whole is None:
            raise _nobody_can(number)
    bound = state.cost if answer.infeasible else min(rounded(lists, answer.bound), state.cost)
    if bound <= state.bound or not np.isfinite(bound):
        return state, "Lagrangian relaxation"
    return replace(state, bound=bound), "Lagrangian relaxation, then branch and bound on what it leaves"
