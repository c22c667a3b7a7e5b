"""A first plan for the median engine: open the site that saves most, again and again."""

from __future__ import annotations

import heapq

import numpy as np

from anyi_geo.locate._lists import Lists, Number
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Mask


def greedy(lists: Lists, number: Number, held: Mask, shut: Mask, watch: Watch) -> Mask:
    """Return a plan, each next site the one that saves most, its own cost deducted; equal ones by their order.

    It stops at the most sites, or when no further one pays and the least are open.

    A site's saving only falls while others open, so that a stale one is recounted only when it comes first (Minoux
    1978). A client that nothing serves counts as `unserved`; with cut lists as what its list leaves out.
    """
    order = np.argsort(lists.site, kind="stable")
    first = np.searchsorted(lists.site[order], np.arange(lists.sites + 1))
    client, cost = lists.client[order], lists.cost[order]
    now = np.where(np.isfinite(lists.over), lists.over, lists.unserved)

    def own(site: int) -> slice:
        return slice(first[site], first[site + 1])

    def saving(site: int) -> float:
        return float(np.maximum(now[client[own(site)]] - cost[own(site)], 0.0).sum() - lists.opening[site])

    def add(site: int) -> None:
        np.minimum.at(now, client[own(site)], cost[own(site)])

    plan = held.copy()
    for site in np.flatnonzero(held).tolist():
        add(site)
    all_savings = np.bincount(lists.site, np.maximum(now[lists.client] - lists.cost, 0.0), minlength=lists.sites)
    heap = [(float(lists.opening[site] - all_savings[site]), site) for site in np.flatnonzero(~held & ~shut).tolist()]
    heapq.heapify(heap)
    is_open = int(held.sum())
    while is_open < number.most and heap:
        stale, site = heapq.heappop(heap)
        worth = -stale if watch.over else saving(site)
        if heap and -worth > heap[0][0] and not watch.over:
            heapq.heappush(heap, (-worth, site))
            continue
        if worth <= 0 and is_open >= number.least:
            break
        plan[site] = True
        add(site)
        is_open += 1
    return plan
