"""Interchange for the p-median: close one site, open another, while it pays; ties by the sites' order."""

from __future__ import annotations

import numpy as np

from anyi_geo.locate._lists import Lists, plan_cost, two_nearest
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Floats, Longs, Mask


def improve(lists: Lists, is_open: Mask, held: Mask, shut: Mask, watch: Watch, rounds: int = 200) -> tuple[Mask, float]:
    """Return a plan that no single interchange betters (or the clock's), and its cost.

    Gains and losses of all interchanges at once by the structures of Resende and Werneck (2007), over the sparse lists;
    each round applies many interchanges with different partners together when that is better still.

    Parameters
    ----------
    held, shut : masks over sites that stay open, stay closed
    """
    cost = plan_cost(lists, is_open)
    for _ in range(rounds):
        if watch.over:
            break
        gain, partner = _best_swaps(lists, is_open, held, shut)
        order = np.argsort(-gain, kind="stable")[: max(64, int(is_open.sum()) // 2)]
        order = order[gain[order] > 1e-9 * max(cost, 1.0)]
        if len(order) == 0:
            break
        _, distinct = np.unique(partner[order], return_index=True)
        order = order[np.sort(distinct)]
        better = _apply(lists, is_open, order, partner, cost)
        if better is None:
            break
        is_open, cost = better
    return is_open, cost


def _apply(lists: Lists, is_open: Mask, order: Longs, partner: Longs, cost: float) -> tuple[Mask, float] | None:
    size = len(order)
    while size:
        plan = is_open.copy()
        plan[partner[order[:size]]] = False
        plan[order[:size]] = True
        value = plan_cost(lists, plan)
        if value < cost * (1 - 1e-12):
            return plan, value
        size = size // 4 if size > 4 else size - 1
    return None


def _best_swaps(lists: Lists, is_open: Mask, held: Mask, shut: Mask) -> tuple[Floats, Longs]:
    """Return for every site the profit of opening it with the best site to close in turn, and that site."""
    m = lists.sites
    nearest, one, two = two_nearest(lists, is_open)
    served = nearest >= 0
    loss = np.bincount(nearest[served], (two - one)[served], minlength=m)
    use = lists.cost < two[lists.client]
    row, site, cost = lists.client[use], lists.site[use].astype(np.int64), lists.cost[use]
    gain = np.bincount(site, np.maximum(one[row] - cost, 0.0), minlength=m)
    known = served[row]
    row, site, cost = row[known], site[known], cost[known]
    key, inverse = np.unique(site * m + nearest[row], return_inverse=True)
    extra = np.bincount(inverse, two[row] - np.maximum(one[row], cost))
    closable = is_open & ~held
    cheapest = np.where(closable, loss, np.inf)
    default = int(np.argmin(cheapest))
    profit = gain - cheapest[default]
    partner = np.full(m, default, dtype=np.int64)
    inn, out = key // m, key % m
    value = np.where(closable[out], gain[inn] - loss[out] + extra, -np.inf)
    order = np.lexsort((-out, value))
    best, best_partner = np.full(m, -np.inf), np.zeros(m, dtype=np.int64)
    best[inn[order]], best_partner[inn[order]] = value[order], out[order]
    better = best > profit
    profit, partner = np.where(better, best, profit), np.where(better, best_partner, partner)
    profit[is_open | shut] = -np.inf
    return profit, partner
