"""The p-median engine: Lagrangian bound and interchange, fixing by reduced costs, then the residual model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate._greedy import greedy
from anyi_geo.locate._lagrangian import State, first_state, fixed, is_closed, raise_bound, rounded, seek_plan
from anyi_geo.locate._lists import Lists, plan_cost
from anyi_geo.locate._residual import concentrate, residual
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Mask
from anyi_geo.locate.solver import NoIncumbentError

#: Rounds of the first pass, and of each pass after fixing with the first step of the second one, later ones shorter.
FIRST_ROUNDS, NEXT_ROUNDS, PASSES, NEXT_STEP = 600, 1000, 6, 0.4


def search(lists: Lists, count: int, held: Mask, shut: Mask, watch: Watch) -> tuple[Mask, float, str]:
    """Return the best plan found, a proven lower bound and where the bound comes from.

    Parameters
    ----------
    lists : Lists
        Without pairs of the sites in `shut`.
    count : int
        Exactly so many sites.

    Raises
    ------
    InfeasibleError
        Proven: no `count` sites serve everybody.
    NoIncumbentError
        The clock left no plan.
    """
    gap = watch.settings.gap
    if count in (held.sum(), (~shut).sum()) and (lists.whole or lists).exact:
        return _only(lists, count, held if count == held.sum() else ~shut)
    start = seek_plan(lists, first_state(lists, count, held, shut), greedy(lists, count, held, shut, watch), watch)
    state = raise_bound(lists, count, start, watch, rounds=FIRST_ROUNDS, gap=gap)
    for number in range(1, PASSES + 1):
        if is_closed(state, gap) or watch.over or state.plan is None:
            break
        before = state
        state = concentrate(lists, count, state, watch, seconds=0.15 * watch.settings.seconds)
        state = fixed(lists, count, state)
        state = raise_bound(lists, count, state, watch, rounds=NEXT_ROUNDS, step=NEXT_STEP / number, gap=gap)
        better = state.cost < before.cost
        fewer = (state.held | state.shut).sum() - (before.held | before.shut).sum()
        if fewer == 0 and not better and state.bound <= before.bound * (1 + 1e-5):
            break
    source = "Lagrangian relaxation"
    if not is_closed(state, gap) and not watch.over:
        state, source = _finish(lists, count, fixed(lists, count, state), watch)
    if state.plan is None:
        raise NoIncumbentError(
            "时限内没有找到让每个需求点都有点位可去的方案；请加长求解时间。",
            "No plan that serves every client was found in time: allow more seconds.",
        )
    return state.plan, state.bound, source


def _only(lists: Lists, count: int, plan: Mask) -> tuple[Mask, float, str]:
    """Judge the one plan that the demands leave."""
    cost = plan_cost(lists, plan)
    if cost >= lists.lost:
        raise _nobody_can(count)
    return plan.copy(), cost, "the only plan"


def _nobody_can(count: int) -> InfeasibleError:
    return InfeasibleError(
        f"开 {count} 个点位，在必选、禁选条件下没有方案能让每个需求点都有点位可去。",
        f"With {count} sites and the required and forbidden ones, no plan serves every client.",
    )


def _finish(lists: Lists, count: int, state: State, watch: Watch) -> tuple[State, str]:
    """Solve the residual model; its bound holds for better plans only, so the plan in hand caps it."""
    answer, plan = residual(lists, count, state, watch, gap=watch.settings.gap)
    if plan is not None and plan.sum() == count:
        cost = plan_cost(lists, plan)
        if cost < min(lists.lost, state.cost):
            state = replace(state, plan=plan, cost=cost)
    if state.plan is None and answer.infeasible:
        raise _nobody_can(count)
    if state.plan is None:  # everybody may be served outside the lists: seek a plan inside them
        inside = replace(lists, over=np.full(lists.clients, np.inf))
        _, plan = residual(inside, count, state, watch, gap=0.01)
        if plan is not None and plan_cost(lists, plan) < lists.lost:
            state = replace(state, plan=plan, cost=plan_cost(lists, plan))
    bound = state.cost if answer.infeasible else min(rounded(lists, answer.bound), state.cost)
    if bound <= state.bound or not np.isfinite(bound):
        return state, "Lagrangian relaxation"
    return replace(state, bound=bound), "Lagrangian relaxation, then branch and bound on what it leaves"
