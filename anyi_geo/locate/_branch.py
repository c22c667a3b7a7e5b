"""Branch and bound on Lagrangian relaxations, where what is left is too large to be written as a model.

A target between bound and plan cuts the problem down: only sites and pairs that a plan better than the target could use
are searched. When no part of the search is left below it, the target is the bound; then the next one is set.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace

import numpy as np

from anyi_geo.locate._by_site import BySite, Ready, by_site
from anyi_geo.locate._lagrangian import (
    MEMORY,
    State,
    cheapest,
    cut_off,
    dearest_useful,
    fixed,
    forced,
    is_closed,
    relax,
    rounded,
    seek_plan,
)
from anyi_geo.locate._lists import Lists, Number, keeping
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Floats, Longs, Mask

#: The first target lies so much of the gap above the Lagrangian's value; each next one so many times as far.
FIRST_TARGET, FARTHER = 0.1, 1.6
#: Rounds of the subgradient per part, its first step and its shrinking, weight of a round in the average plan.
ROUNDS, STEP, SHRINK, PATIENCE, SMALLEST_STEP, RECENT = 150, 0.5, 0.7, 12, 0.01, 0.03
#: Share of an average plan that a near part should hold.
HALF = 0.45
#: A plan is sought by so many rounds of interchange in every so many parts, and in each of the first ones.
SEEK, EVERY, EAGER = 12, 40, 12


@dataclass(frozen=True, eq=False)
class Part:
    """A part of the plans, and what the Lagrangian knows of it.

    Attributes
    ----------
    bound : float
        No plan of the part costs less.
    held, shut : masks (m,)
        Sites that are open, closed in all plans of the part worth having.
    most : float array (n,)
        Clients are served at no more than this; inf: no such demand.
    prices, reduced : float arrays (n,), (m,)
        Of the Lagrangian at `bound`.
    usual : float array (m,) or None
        How often it opened each site of late: close to a fractional optimum.
    """

    bound: float
    held: Mask
    shut: Mask
    most: Floats
    prices: Floats
    reduced: Floats
    usual: Floats | None = None


def raise_by_branching(lists: Lists, number: Number, state: State, watch: Watch) -> State:
    """Return the state with its bound raised target by target until it meets the plan, the gap or the clock."""
    reach = FIRST_TARGET
    while not watch.over and not is_closed(lists, state, watch.settings.gap):
        wanted = min(state.cost - 0.5 * lists.slack(state.cost, watch.settings.gap), cut_off(lists, state.cost))
        target = min(max(state.raw, state.bound) + reach * (state.cost - state.raw), wanted)
        state, stuck = _below(lists, number, state, target, watch)
        if stuck:
            break
        reach *= FARTHER
    return state


def _below(lists: Lists, number: Number, state: State, target: float, watch: Watch) -> tuple[State, bool]:
    """Search the plans below `target`, the most promising part first.

    Returns
    -------
    State
        What is then known.
    bool
        Whether a part with nothing left to choose stays below the target: what is not listed might serve better there.
    """
    narrow = fixed(lists, number, state, target)
    useful = _useful(lists, narrow, target)
    turned = by_site(useful)
    whole = Part(narrow.raw, narrow.held, narrow.shut, np.full(lists.clients, np.inf), narrow.prices, narrow.reduced)
    root = _explored(useful, turned, number, whole, target, watch, rounds=4 * ROUNDS)
    heap, decided, made = [(root.bound, 0, root)], np.inf, 0
    while heap and heap[0][0] < target and not watch.over:
        part = heapq.heappop(heap)[2]
        children = _split(useful, number, part)
        if not children:
            plan, cost = _last_plan(useful, number, part)
            decided = min(decided, cost)
            if number.least <= plan.sum() <= number.most:
                state = seek_plan(lists, number, state, plan, watch, SEEK, part.reduced)
        for child in children:
            made += 1
            found = _explored(useful, turned, number, child, target, watch, rounds=ROUNDS)
            if found.bound < target:
                heapq.heappush(heap, (max(found.bound, part.bound), made, found))
        if made % EVERY < 2 or made <= EAGER:
            usual = cheapest(0.5 - _usual(part), number, part.held, part.shut)
            state = seek_plan(lists, number, state, usual, watch, SEEK, part.reduced)
            watch.tell(state.cost, max(state.bound, min(heap[0][0] if heap else target, state.cost)))
        target = min(target, cut_off(lists, state.cost))
    low = min(target, decided, heap[0][0] if heap else np.inf)
    bound = state.cost if low >= cut_off(lists, state.cost) else min(rounded(lists, low), state.cost)
    return replace(state, bound=max(state.bound, bound)), decided < target


def _useful(lists: Lists, state: State, target: float) -> Lists:
    """Return the lists with the pairs that a plan below `target` may use."""
    dearest = dearest_useful(state, target)
    pairs = (lists.cost <= dearest[lists.client]) & ~state.shut[lists.site]
    return replace(keeping(lists, pairs), over=np.where(lists.over > dearest, np.inf, lists.over))


def _explored(
    lists: Lists, turned: BySite, number: Number, part: Part, target: float, watch: Watch, rounds: int
) -> Part:
    """Raise the bound of a part towards `target`, then fix sites by their reduced costs."""
    pairs, over = turned.keeping(turned.below(part.most, ~part.shut)), _over(lists, part)
    stranded = np.isinf(over) & (np.bincount(pairs.client, minlength=lists.clients) == 0)
    if stranded.any() or (~part.shut).sum() < number.least or part.held.sum() > number.most:
        return replace(part, bound=np.inf)
    best, prices, usual, direction = replace(part, bound=-np.inf), part.prices, part.usual, None
    ready = Ready(pairs, prices)
    step, stalled = STEP, 0
    for _ in range(rounds):
        point = relax(ready.at(prices), over, lists.opening, prices, number, part.held, part.shut)
        usual = point.chosen.astype(np.float64) if usual is None else (1 - RECENT) * usual + RECENT * point.chosen
        stalled = 0 if point.value > best.bound + 1e-6 * abs(best.bound) else stalled + 1
        if point.value > best.bound:
            best = replace(best, bound=point.value, prices=prices, reduced=point.reduced)
        if stalled >= PATIENCE:
            step, stalled = step * SHRINK, 0
        if best.bound >= target or step < SMALLEST_STEP or watch.over:
            break
        direction = point.slope if direction is None else (1 - MEMORY) * point.slope + MEMORY * direction
        length = float(direction @ direction)
        if length == 0:
            break
        prices = np.maximum(prices + step * max(target - point.value, 1e-6 * abs(target)) / length * direction, 0.0)
    shut, held = best.shut.copy(), best.held.copy()
    inside, dearer_without, outside, dearer_with = forced(number, best.reduced, held, shut)
    shut[outside[best.bound + dearer_with > target]] = True
    held[inside[best.bound + dearer_without > target]] = True
    return replace(best, held=held, shut=shut, usual=usual)


def _usable(lists: Lists, part: Part) -> Mask:
    return np.asarray((lists.cost <= part.most[lists.client]) & ~part.shut[lists.site])


def _over(lists: Lists, part: Part) -> Floats:
    """Return what being served outside the lists costs, inf where the part does not allow it."""
    return np.where(lists.over >= part.most, np.inf, lists.over)


def _split(lists: Lists, number: Number, part: Part) -> tuple[Part, ...]:
    """Split by the client whose service is least settled, or by a site where every client's minutes are.

    Returns
    -------
    tuple of Part
        Empty when nothing is left to choose.
    """
    free = ~part.held & ~part.shut
    pairs = np.flatnonzero(_usable(lists, part))
    if part.held.sum() >= number.most or not free[lists.site[pairs]].any():
        return ()
    client, cost = lists.client[pairs], lists.cost[pairs]
    first, over = np.searchsorted(client, np.arange(lists.clients + 1)), _over(lists, part)
    dearest = np.where(np.diff(first) > 0, np.append(cost, 0.0)[np.maximum(first[1:] - 1, 0)], -np.inf)
    outside = np.isfinite(over) & (over >= dearest)
    ties = np.zeros(len(pairs), dtype=np.bool_)
    ties[1:] = (client[1:] == client[:-1]) & (cost[1:] == cost[:-1])
    choices = np.bincount(client[~ties], minlength=lists.clients) + outside
    if not (choices > 1).any():
        return _split_by_site(lists, part, free, pairs)
    i = int(np.argmax(np.where(choices > 1, _unsettled(lists, part, pairs, over) + 1e-12 * choices, -np.inf)))
    own = pairs[first[i] : first[i + 1]]
    size = int(np.searchsorted(np.cumsum(_usual(part)[lists.site[own]]), HALF)) + 1
    limit = lists.cost[own][min(size, len(own)) - 1]
    if limit == dearest[i] and not outside[i]:
        limit = lists.cost[own][np.searchsorted(lists.cost[own], limit) - 1]
    return _near_and_far(lists, number, part, i, own[lists.cost[own] <= limit])


def _near_and_far(lists: Lists, number: Number, part: Part, client: int, near: Longs) -> tuple[Part, ...]:
    """Split into plans that serve a client along one of the pairs `near`, and plans that open none of their sites."""
    sites = lists.site[near]
    most, prices, shut = part.most.copy(), part.prices.copy(), part.shut.copy()
    most[client] = lists.cost[near[-1]]
    _, _, closed, dearer_with = forced(number, part.reduced, part.held, part.shut)
    rise = dearer_with[np.isin(closed, sites)]
    if len(rise) == len(sites) and np.isfinite(rise.min()):  # none is open yet: a price at which the cheapest pays
        prices[client] += rise.min()
    shut[sites] = True
    far = () if part.held[sites].any() else (replace(part, shut=shut),)
    return (*far, replace(part, most=most, prices=prices))


def _split_by_site(lists: Lists, part: Part, free: Mask, pairs: Longs) -> tuple[Part, ...]:
    """Split into plans with and without the site that the Lagrangian opens nearest to half of the time."""
    doubt = np.where(free, -np.abs(_usual(part) - 0.5), -np.inf)
    doubt[np.bincount(lists.site[pairs], minlength=lists.sites) == 0] = -np.inf
    site = int(np.argmax(doubt))
    held, shut = part.held.copy(), part.shut.copy()
    held[site] = shut[site] = True
    return replace(part, shut=shut), replace(part, held=held)


def _unsettled(lists: Lists, part: Part, pairs: Longs, over: Floats) -> Floats:
    """Return the variance of every client's cost when sites are open as often as the Lagrangian opened them."""
    n, client, cost = lists.clients, lists.client[pairs], lists.cost[pairs]
    until = np.concatenate(([0.0], np.cumsum(_usual(part)[lists.site[pairs]])))
    base = until[np.searchsorted(client, np.arange(n))][client]
    served = np.minimum(until[1:] - base, 1.0) - np.minimum(until[:-1] - base, 1.0)
    rest = np.maximum(1.0 - np.bincount(client, served, minlength=n), 0.0)
    last = np.where(np.isfinite(over), over, 0.0)
    mean = np.bincount(client, served * cost, minlength=n) + rest * last
    return np.maximum(np.bincount(client, served * cost**2, minlength=n) + rest * last**2 - mean**2, 0.0)


def _usual(part: Part) -> Floats:
    return np.ones(len(part.held)) if part.usual is None else part.usual


def _last_plan(lists: Lists, number: Number, part: Part) -> tuple[Mask, float]:
    """Return the plan of a part with nothing left to choose, and what it costs at least; inf: there is none."""
    plan = part.held.copy()
    spare = np.flatnonzero(~plan & ~part.shut)[: max(number.least - int(plan.sum()), 0)]
    plan[spare[np.argsort(lists.opening[spare], kind="stable")]] = True
    pairs = np.flatnonzero(_usable(lists, part) & plan[lists.site])
    cost = _over(lists, part)
    np.minimum.at(cost, lists.client[pairs], lists.cost[pairs])
    return plan, float(cost.sum() + lists.opening[plan].sum())
