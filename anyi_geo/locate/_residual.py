"""What the Lagrangian leaves, solved exactly: a small model on arrays in one of two forms."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix, vstack

from anyi_geo.locate._lagrangian import State, cut_off, dearest_useful
from anyi_geo.locate._lists import Lists, Number
from anyi_geo.locate._odd_covers import strengthened
from anyi_geo.locate._rows import Answer, Rows, minimise
from anyi_geo.locate._swap import improve
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Floats, Longs, Mask


@dataclass(frozen=True, eq=False)
class Kept:
    """The pairs that a better plan may use.

    Attributes
    ----------
    client, site, cost : arrays (pairs,), clients renumbered from 0
    over : float array (clients,)
        Cost of being served outside the kept pairs, at least; inf: not in a better plan.
    constant : float
        Cost of the clients without a choice.
    possible : bool
        False: no plan is better.
    """

    client: Longs
    site: Longs
    cost: Floats
    over: Floats
    constant: float
    possible: bool


#: A residual with more pairs takes the solver more memory and time than more rounds of the Lagrangian are worth.
LARGEST = 35_000
#: Where the cost is whether, not how, a client is served, the model has a row a client and no column a pair.
LARGEST_COVER = 400_000


def residual(
    lists: Lists, number: Number, state: State, watch: Watch, *, slack: float = 0.0, seconds: float | None = None
) -> tuple[Answer, Mask | None]:
    """Solve what is left.

    Parameters
    ----------
    slack : float
        Stop at a plan that is dearer than the best by no more than this.

    Returns
    -------
    answer : Answer
        ``answer.bound`` holds for every plan better than the one in hand; `infeasible`: there is none.
    plan : mask (m,) or None
    """
    kept = _keep(lists, state)
    if not kept.possible:
        return Answer(None, np.inf, np.inf, infeasible=True), None
    if len(kept.cost) > (LARGEST if lists.worth is None else LARGEST_COVER):
        return Answer(None, np.inf, -np.inf, infeasible=False), None
    free = np.flatnonzero(~state.held & ~state.shut)
    column = np.zeros(lists.sites, dtype=np.int64)
    column[free] = np.arange(len(free))
    held = int(state.held.sum())
    left = Number(max(number.least - held, 0), number.most - held)
    kept = replace(kept, site=column[kept.site], constant=kept.constant + float(lists.opening[state.held].sum()))
    if len(kept.cost) == 0:  # nobody has a choice: only the sites' own costs are left to decide
        return _without_clients(lists, left, state, free, kept.constant)
    groups = _new_group(kept).sum()
    form = _by_radius if groups < 0.6 * len(kept.cost) else _by_assignment
    rows = form(kept, lists.opening[free], left)
    if lists.worth is not None and seconds is None:  # a covering problem: its relaxation leaves sites half open
        rows = strengthened(rows, watch).rows
    answer = minimise(rows, watch, slack=slack, seconds=seconds)
    if answer.values is None:
        return answer, None
    plan = state.held.copy()
    plan[free[answer.values[: len(free)] > 0.5]] = True
    return answer, plan


def _without_clients(lists: Lists, left: Number, state: State, free: Longs, constant: float) -> tuple[Answer, Mask]:
    plan, chosen = state.held.copy(), free[np.argsort(lists.opening[free], kind="stable")[: left.least]]
    plan[chosen] = True
    cost = constant + float(lists.opening[chosen].sum())
    return Answer(np.zeros(0), cost, cost, infeasible=False), plan


def pairs_left(lists: Lists, state: State) -> int:
    """Return how many pairs a better plan may use."""
    return len(_keep(lists, state).cost)


def _keep(lists: Lists, state: State) -> Kept:
    """Drop pairs to closed sites, beyond a held site, or too dear by the client's price."""
    n, dearest = lists.clients, dearest_useful(state, cut_off(lists, state.cost))
    held_pairs = np.flatnonzero(state.held[lists.site])
    place = np.append(held_pairs, len(lists.site))[np.searchsorted(held_pairs, lists.start[:-1])]
    has_held = place < lists.start[1:]
    cap = np.where(has_held, np.minimum(np.append(lists.cost, np.inf)[place], lists.over), lists.over)
    position = np.arange(len(lists.site))
    keep = ~state.shut[lists.site] & (position < np.where(has_held, place, lists.start[1:])[lists.client])
    keep &= lists.cost <= dearest[lists.client]
    cap = np.where(cap > dearest, np.inf, cap)
    chosen = np.flatnonzero(keep)
    counts = np.bincount(lists.client[chosen], minlength=n)
    alone = counts == 0
    if np.isinf(cap[alone]).any():
        return Kept(np.zeros(0, int), np.zeros(0, int), np.zeros(0), np.zeros(0), 0.0, possible=False)
    new = np.cumsum(~alone) - 1
    return Kept(
        client=new[lists.client[chosen]],
        site=lists.site[chosen].astype(np.int64),
        cost=lists.cost[chosen],
        over=cap[~alone],
        constant=float(cap[alone].sum()),
        possible=True,
    )


def _by_assignment(kept: Kept, opening: Floats, number: Number) -> Rows:
    """Write the assignment form with a certified overflow (BEAMR, Church 2008).

    Variables: open_j binary; serve_k per kept pair; out_i at cost over_i.
    (1) sum of serve + out = 1 for every client; (2) serve <= open; (3) the number of open.
    """
    pairs, clients, columns = len(kept.cost), len(kept.over), len(opening)
    width = columns + pairs + clients
    may = np.isfinite(kept.over)
    position = np.arange(pairs)
    served = csr_matrix(
        (
            np.ones(pairs + clients),
            (
                np.concatenate([kept.client, np.arange(clients)]),
                np.concatenate([columns + position, columns + pairs + np.arange(clients)]),
            ),
        ),
        shape=(clients, width),
    )
    only_open = csr_matrix(
        (np.repeat([1.0, -1.0], pairs), (np.tile(position, 2), np.concatenate([columns + position, kept.site]))),
        shape=(pairs, width),
    )
    return Rows(
        costs=np.concatenate([opening, kept.cost, np.where(may, kept.over, 0.0)]),
        upper=np.concatenate([np.ones(columns + pairs), may.astype(np.float64)]),
        integer=np.arange(width) < columns,
        matrix=vstack([served, only_open, _count_row(columns, width)]).tocsr(),
        row_lower=np.concatenate([np.ones(clients), np.full(pairs, -np.inf), [number.least]]),
        row_upper=np.concatenate([np.ones(clients), np.zeros(pairs), [number.most]]),
        constant=kept.constant,
    )


def _by_radius(kept: Kept, opening: Floats, number: Number) -> Rows:
    """Write the radius form (Elloumi 2010), shorter where many sites are equally near.

    Variables: open_j binary; none_g = 1 when nothing is open within the g-th distinct cost of a client.
    (1) none_g + sum of open at exactly this cost >= none_(g-1), or 1 for the first; (2) the number of open.
    """
    new = _new_group(kept)
    group = np.cumsum(new) - 1
    client, cost = kept.client[new], kept.cost[new]
    total = len(cost)
    first = np.append(True, client[1:] != client[:-1])
    last = np.append(client[1:] != client[:-1], True)
    then = np.where(last, kept.over[client], np.append(cost[1:], 0.0))
    step = then - cost
    may = np.isfinite(step)
    follow, columns = np.flatnonzero(~first), len(opening)
    width = columns + total
    matrix = csr_matrix(
        (
            np.concatenate([np.ones(len(group) + total), -np.ones(len(follow))]),
            (
                np.concatenate([group, np.arange(total), follow]),
                np.concatenate([kept.site, columns + np.arange(total), columns + follow - 1]),
            ),
        ),
        shape=(total, width),
    )
    return Rows(
        costs=np.concatenate([opening, np.where(may, step, 0.0)]),
        upper=np.concatenate([np.ones(columns), may.astype(np.float64)]),
        integer=np.arange(width) < columns,
        matrix=vstack([matrix, _count_row(columns, width)]).tocsr(),
        row_lower=np.concatenate([first.astype(np.float64), [number.least]]),
        row_upper=np.concatenate([np.full(total, np.inf), [number.most]]),
        constant=kept.constant + float(cost[first].sum()),
    )


def _new_group(kept: Kept) -> Mask:
    new = np.ones(len(kept.cost), dtype=np.bool_)
    new[1:] = (kept.client[1:] != kept.client[:-1]) | (kept.cost[1:] > kept.cost[:-1])
    return new


def _count_row(columns: int, width: int) -> csr_matrix:
    return csr_matrix((np.ones(columns), (np.zeros(columns, int), np.arange(columns))), shape=(1, width))


def concentrate(lists: Lists, number: Number, state: State, watch: Watch, seconds: float) -> State:
    """Seek a better plan among the sites that the pooled plans use (heuristic concentration, Rosing and ReVelle 1997).

    What all of them open stays open; the rest is a small residual model. Nothing is learnt about the bound.
    """
    if len(state.pool) < 2 or state.plan is None:
        return state
    plans = np.array([*state.pool, state.plan])
    shut, held = state.shut | ~plans.any(axis=0), state.held | (plans.all(axis=0) & ~state.shut)
    if held.sum() >= number.most:
        return state
    narrow = replace(state, shut=shut & ~held, held=held)
    answer, plan = residual(lists, number, narrow, watch, slack=lists.slack(state.cost, 1e-5), seconds=seconds)
    if answer.values is None or plan is None:
        return state
    plan, cost = improve(lists, plan, number, state.held, state.shut, watch)
    return replace(state, plan=plan, cost=cost, pool=(plan,)) if cost < min(lists.lost, state.cost) else state
