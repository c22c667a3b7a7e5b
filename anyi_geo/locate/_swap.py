"""Interchange for the median engine: close one site, open another, while it pays; ties by the sites' order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from anyi_geo.locate._lists import Lists, Number, plan_cost, two_nearest
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Floats, Longs, Mask


def improve(
    lists: Lists, is_open: Mask, number: Number, held: Mask, shut: Mask, watch: Watch, rounds: int = 200
) -> tuple[Mask, float]:
    """Return a plan that no single interchange betters (or the clock's), and its cost.

    Where the number of sites is free, nor does opening or closing a single one.

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
        swaps = _best_swaps(lists, is_open, held, shut)
        opening, closing = _distinct(swaps, least=1e-9 * max(cost, 1e-300), most=max(64, int(is_open.sum()) // 2))
        better = _apply(lists, is_open, opening, closing, cost)
        if better is None and not number.exact:
            better = _add_or_drop(lists, is_open, number, swaps, cost)
        if better is None:
            break
        is_open, cost = better
    return is_open, cost


def _add_or_drop(lists: Lists, is_open: Mask, number: Number, swaps: Swaps, cost: float) -> tuple[Mask, float] | None:
    """Open what pays by itself, or else close what does not pay, as far as the number allows."""
    none = np.zeros(0, dtype=np.int64)
    count = int(is_open.sum())
    adding = np.argsort(-swaps.gain, kind="stable")[: max(number.most - count, 0)]
    better = _apply(lists, is_open, adding[swaps.gain[adding] > 0], none, cost)
    if better is not None:
        return better
    dropping = np.argsort(swaps.loss, kind="stable")[: max(count - number.least, 0)]
    return _apply(lists, is_open, none, dropping[swaps.loss[dropping] < 0], cost)


@dataclass(frozen=True, eq=False)
class Swaps:
    """What interchanges are worth.

    Attributes
    ----------
    profit, partner : arrays (m,)
        Worth of opening a site with the best site to close in turn, and that site.
    gain : float array (m,)
        Worth of opening it when nothing near it closes; -inf where it may not.
    near : int array (m,)
        Open site from which opening a site takes most.
    loss : float array (m,)
        Cost of closing a site when nothing near it opens; inf where it may not.
    """

    profit: Floats
    partner: Longs
    gain: Floats
    near: Longs
    loss: Floats


def _distinct(swaps: Swaps, least: float, most: int) -> tuple[Longs, Longs]:
    """Return the most profitable swaps that hardly touch each other.

    No two concern the same open site; one whose site to close is touched already closes the cheapest that is not.
    """
    order = np.argsort(-swaps.profit, kind="stable")[:most]
    order = order[swaps.profit[order] > least]
    cheapest = iter(np.argsort(swaps.loss, kind="stable").tolist())
    touched: set[int] = set()
    opening, closing = [], []
    spare = next(cheapest)
    for site in order.tolist():
        near, out = int(swaps.near[site]), int(swaps.partner[site])
        if near in touched:
            continue
        if out in touched:
            while spare in touched or spare == near:
                spare = next(cheapest, -1)
            if spare < 0 or not swaps.gain[site] - swaps.loss[spare] > least:
                continue
            out = spare
        touched |= {near, out}
        opening.append(site)
        closing.append(out)
    return np.array(opening, dtype=np.int64), np.array(closing, dtype=np.int64)


def _apply(lists: Lists, is_open: Mask, opening: Longs, closing: Longs, cost: float) -> tuple[Mask, float] | None:
    size = max(len(opening), len(closing))
    while size:
        plan = is_open.copy()
        plan[closing[:size]] = False
        plan[opening[:size]] = True
        value = plan_cost(lists, plan)
        if value < cost * (1 - 1e-12):
            return plan, value
        size = size // 4 if size > 4 else size - 1
    return None


def _best_swaps(lists: Lists, is_open: Mask, held: Mask, shut: Mask) -> Swaps:
    m = lists.sites
    nearest, one, two = two_nearest(lists, is_open)
    served = nearest >= 0
    loss = np.bincount(nearest[served], (two - one)[served], minlength=m) - lists.opening
    use = (lists.cost < two[lists.client]) & ~shut[lists.site]
    row, site, cost = lists.client[use], lists.site[use], lists.cost[use]
    gain = np.bincount(site, np.maximum(one[row] - cost, 0.0), minlength=m) - lists.opening
    gain[is_open | shut] = -np.inf
    known = served[row]
    row, site, cost = row[known], site[known], cost[known]
    # for every site to open and every open one: what closing the second costs less, what the first takes from it
    both = (two[row] - np.maximum(one[row], cost)) + 1j * np.maximum(one[row] - cost, 0.0)
    table = csr_matrix((both, (site, nearest[row])), shape=(m, m))
    table.sum_duplicates()
    out, inn = table.indices.astype(np.int64), np.repeat(np.arange(m), np.diff(table.indptr))
    near = _best_of_row(table.data.imag, out, table.indptr)[1]
    closable = is_open & ~held
    cheapest = np.where(closable, loss, np.inf)
    default = int(np.argmin(cheapest))
    profit, partner = gain - cheapest[default], np.full(m, default, dtype=np.int64)
    value = np.where(closable[out], gain[inn] - loss[out] + table.data.real, -np.inf)
    best, best_partner = _best_of_row(value, out, table.indptr)
    better = best > profit
    return Swaps(np.where(better, best, profit), np.where(better, best_partner, partner), gain, near, cheapest)


def _best_of_row(values: Floats, columns: Longs, starts: Longs) -> tuple[Floats, Longs]:
    """Return the largest value of every row and its first column; -inf and -1 in empty rows."""
    rows = len(starts) - 1
    full = np.flatnonzero(np.diff(starts) > 0)
    best, column = np.full(rows, -np.inf), np.full(rows, -1, dtype=np.int64)
    if len(full):
        best[full] = np.maximum.reduceat(values, starts[full])
        first = np.flatnonzero(values == np.repeat(best, np.diff(starts)))[::-1]
        column[np.repeat(np.arange(rows), np.diff(starts))[first]] = columns[first]
    return best, column
