"""Lagrangian bound of the median engine: relax who is served, keep how many open (Cornuejols and others 1977)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anyi_geo.locate._by_site import BySite, Ready, by_site
from anyi_geo.locate._lists import Lists, Number, among, plan_cost
from anyi_geo.locate._swap import improve
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Floats, Longs, Mask

#: Deflected subgradient: first step, its shrinking after so many rounds without progress, weight of the last direction.
STEP, SHRINK, PATIENCE, SMALLEST_STEP, MEMORY = 1.5, 0.8, 15, 1e-3, 0.7
#: A plan is sought first after so many rounds, then every so many; each time by so many rounds of
#: interchange at most, later by more where lists are short.
FIRST, EVERY, BRIEF, TO_THE_END = 60, 100, 12, 200
#: A bound is lowered by this part of the sum of its terms' sizes: more than summing them can err.
ROUNDING = 1e-14
#: So many plans are kept.
POOL = 8
#: Interchange looks at so many sites a site to open, and no fewer than this, before it looks at all.
PROMISING, FEW = 8, 200


@dataclass(frozen=True, eq=False)
class State:
    """What is known of a problem.

    Attributes
    ----------
    plan : mask (m,) or None
    cost : float
        Of the plan; inf without one that serves everybody.
    bound : float
        No plan costs less.
    prices, reduced : float arrays (n,), (m,) or None
        Multipliers of the clients and reduced costs of the sites, their own cost included, at `raw`.
    raw : float
        The Lagrangian's value at `prices`; plans that keep to `held` and `shut` cost no less.
    held, shut : masks (m,)
        Sites that are open, closed in every plan better than the one in hand, or by demand.
    pool : tuple of masks
        Latest plans that interchange ended in, for heuristic concentration.
    """

    plan: Mask | None
    cost: float
    bound: float
    prices: Floats
    reduced: Floats
    raw: float
    held: Mask
    shut: Mask
    pool: tuple[Mask, ...] = ()


def rounded(lists: Lists, bound: float) -> float:
    """Round a bound up where every cost is a whole number."""
    return float(np.ceil(bound - 1e-6 - 1e-11 * abs(bound))) if lists.integral else bound


def is_closed(lists: Lists, state: State, gap: float = 0.0) -> bool:
    """Tell whether plan and bound meet, within rounding or the gap asked for."""
    return bool(np.isfinite(state.cost)) and state.cost - state.bound <= lists.slack(state.cost, gap)


def first_state(lists: Lists, count: int, held: Mask, shut: Mask) -> State:
    """Return the state before anything is known: each client's price is the cost of a fair share of the sites."""
    share = max(1, lists.sites // max(count, 1))
    last = np.minimum(lists.start[:-1] + share, lists.start[1:] - 1)
    own = np.diff(lists.start) > 0
    prices = np.where(own, lists.cost[np.maximum(last, 0)] if len(lists.cost) else 0.0, 0.0)
    prices = np.where(own, prices, np.where(np.isfinite(lists.over), lists.over, 0.0))
    return State(None, np.inf, 0.0, prices, np.zeros(lists.sites), -np.inf, held, shut)


def raise_bound(
    lists: Lists, number: Number, state: State, watch: Watch, *, rounds: int, step: float = STEP, gap: float = 0.0
) -> State:
    """Raise the bound by a deflected subgradient, with a plan sought by interchange now and then."""
    prices, best, stalled, direction = state.prices.copy(), state, 0, None
    whole, dearest = by_site(lists), _dearest(lists)
    ready = Ready(whole.keeping(np.repeat(~state.shut, whole.of_site)), prices)
    for round_ in range(rounds):
        point = relax(ready.at(prices), lists.over, lists.opening, prices, number, state.held, state.shut)
        value = point.value
        stalled = 0 if value > best.raw + 1e-5 * abs(best.raw) or not np.isfinite(best.raw) else stalled + 1
        if value > best.raw:
            bound = max(best.bound, min(rounded(lists, value), best.cost))
            best = replace(best, raw=value, prices=prices, reduced=point.reduced, bound=bound)
        if round_ % EVERY == EVERY - 1 or (round_ == FIRST and best.plan is None):
            best = seek_plan(
                lists, number, best, point.chosen, watch, BRIEF if round_ < 2 * EVERY else _thorough(lists)
            )
            watch.tell(best.cost if np.isfinite(best.cost) else None, best.bound)
        if stalled >= PATIENCE:
            step, stalled = step * SHRINK, 0
        if is_closed(lists, best, gap) or step < SMALLEST_STEP or watch.over:
            break
        direction = point.slope if direction is None else (1 - MEMORY) * point.slope + MEMORY * direction
        length = float(direction @ direction)
        if length == 0:
            break
        target = best.cost - max(value, best.raw) if np.isfinite(best.cost) else 0.05 * abs(value)
        prices = np.clip(prices + step * max(target, 1e-12 * abs(value)) / length * direction, 0.0, dearest)
    plan = cheapest(best.reduced, number, best.held, best.shut)
    best = seek_plan(lists, number, best, plan, watch, _thorough(lists))
    return best if best.plan is None else seek_plan(lists, number, best, best.plan, watch, TO_THE_END)


@dataclass(frozen=True, eq=False)
class Point:
    """The Lagrangian at some prices.

    Attributes
    ----------
    value : float
        A lower bound on every plan.
    reduced : float array (m,)
        Reduced costs of the sites.
    chosen : mask (m,)
        Sites that it opens.
    slope : float array (n,)
        One less the times that a client is served: where its price should go.
    """

    value: float
    reduced: Floats
    chosen: Mask
    slope: Floats


def relax(
    pairs: BySite,
    over: Floats,
    opening: Floats,
    prices: Floats,
    number: Number,
    held: Mask,
    shut: Mask,
) -> Point:
    """Relax that every client is served once.

    (1) L(u) = sum_i u_i + min over as many sites as may open of sum_j r_j - sum_i max(0, u_i - over_i)
    (2) r_j  = f_j - sum_i max(0, u_i - c_ij)
    """
    saved = pairs.saved(prices)
    reduced = opening - saved  # (2)
    chosen = cheapest(reduced, number, held, shut)
    above = np.where(np.isfinite(over), np.maximum(prices - over, 0.0), 0.0)
    value = float(prices.sum() + reduced[chosen].sum() - above.sum())  # (1)
    value -= ROUNDING * float(prices.sum() + (saved + opening)[chosen].sum() + above.sum())
    served = pairs.served(prices, chosen) + (above > 0)
    return Point(value, reduced, chosen, (1 - served).astype(np.float64))


def _dearest(lists: Lists) -> Floats:
    """Return the price of every client above which no bound can rise: what serving it costs at most; inf unknown."""
    counts = np.diff(lists.start)
    last = np.where(counts > 0, lists.cost[np.maximum(lists.start[1:] - 1, 0)] if len(lists.cost) else 0.0, 0.0)
    return np.where(np.isfinite(lists.over), lists.over, np.where(counts == lists.sites, last, np.inf))


def _thorough(lists: Lists) -> int:
    return max(BRIEF, min(200, 100_000_000 // max(len(lists.cost), 1)))


def cheapest(reduced: Floats, number: Number, held: Mask, shut: Mask) -> Mask:
    """Return the held sites and the cheapest others, as many as must or pay; equal ones by their order."""
    order, free = _ordered(reduced, number, held, shut)
    chosen = held.copy()
    chosen[order[:free]] = True
    return chosen


def _ordered(reduced: Floats, number: Number, held: Mask, shut: Mask) -> tuple[Longs, int]:
    """Return the sites that are free, cheapest first, and how many of them the Lagrangian opens."""
    open_to, already = np.flatnonzero(~held & ~shut), int(held.sum())
    order = open_to[np.argsort(reduced[open_to], kind="stable")]
    paying = int(np.searchsorted(reduced[order], 0.0))
    return order, int(np.clip(paying, max(number.least - already, 0), max(number.most - already, 0)))


def seek_plan(
    lists: Lists,
    number: Number,
    state: State,
    start: Mask,
    watch: Watch,
    rounds: int = TO_THE_END,
    reduced: Floats | None = None,
) -> State:
    """Seek a plan by interchange from `start` and keep it when it is better than the one in hand.

    Parameters
    ----------
    reduced : float array (m,), optional
        Reduced costs that tell promising sites; the state's when absent.
    """
    if is_closed(lists, state) or (watch.over and state.plan is not None):
        return state
    few = start | state.held | _promising(state, int(start.sum()), reduced)
    plan, cost = improve(among(lists, few), start, number, state.held, state.shut | ~few, watch, rounds)
    if rounds >= TO_THE_END and not few.all():
        plan, cost = improve(lists, plan, number, state.held, state.shut, watch, rounds)
    if cost < lists.lost:
        state = replace(state, pool=(*state.pool, plan)[-POOL:])
    if cost < min(lists.lost, state.cost):
        return replace(state, plan=plan, cost=plan_cost(lists, plan))
    return state


def _promising(state: State, count: int, reduced: Floats | None) -> Mask:
    """Return the sites of the plan in hand and those of least reduced costs: good plans open hardly any other."""
    few = np.zeros(len(state.shut), dtype=np.bool_) if state.plan is None else state.plan.copy()
    if reduced is None and not np.isfinite(state.raw):
        return ~few | few
    least = np.argsort(state.reduced if reduced is None else reduced, kind="stable")
    few[least[: max(PROMISING * count, FEW)]] = True
    return few


def fixed(lists: Lists, number: Number, state: State, cutoff: float | None = None) -> State:
    """Close and hold the sites whose reduced cost says so in every plan better than `cutoff`, or the one in hand."""
    cutoff = cut_off(lists, state.cost) if cutoff is None else cutoff
    if not np.isfinite(cutoff) or not np.isfinite(state.raw):
        return state
    shut, held = state.shut.copy(), state.held.copy()
    inside, dearer_without, outside, dearer_with = forced(number, state.reduced, state.held, state.shut)
    shut[outside[state.raw + dearer_with > cutoff]] = True
    held[inside[state.raw + dearer_without > cutoff]] = True
    return replace(state, shut=shut, held=held)


def forced(number: Number, reduced: Floats, held: Mask, shut: Mask) -> tuple[Longs, Floats, Longs, Floats]:
    """Return by how much the Lagrangian rises when a site that it opens is closed, or one that it closes is opened.

    Returns
    -------
    inside, dearer_without, outside, dearer_with
        The free sites that the Lagrangian opens and the rise without each; those it closes and the rise with each;
        inf where the number of sites does not allow it.
    """
    order, free = _ordered(reduced, number, held, shut)
    inside, outside = order[:free], order[free:]
    is_open = int(held.sum()) + free
    next_one = float(reduced[outside[0]]) if len(outside) else np.inf
    last_one = float(reduced[inside[-1]]) if free else -np.inf
    fewer, more = is_open - 1 >= number.least, is_open + 1 <= number.most
    dearer_without = np.minimum(next_one, 0.0 if fewer else np.inf) - reduced[inside]
    dearer_with = reduced[outside] - np.maximum(last_one, 0.0 if more else -np.inf)
    return inside, dearer_without, outside, dearer_with


def cut_off(lists: Lists, cost: float) -> float:
    """Return the cost above which a plan is no better than one of `cost`."""
    return cost - 1 + 1e-6 if lists.integral else cost * (1 + 1e-9)


def dearest_useful(state: State, cutoff: float) -> Floats:
    """Return the cost per client above which no pair is used by a plan better than `cutoff`.

    A plan that uses a pair dearer than its client's price costs the Lagrangian that much more.
    """
    slack = cutoff - state.raw
    if not np.isfinite(slack):
        return np.full(len(state.prices), np.inf)
    return state.prices + max(slack, 0.0) + 1e-9 * (1.0 + state.prices)
