"""Cost lists turned: every site's clients side by side, so that what a site saves is one sum over neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anyi_geo.locate._lists import Lists
from anyi_geo.locate.problem import Floats, Longs, Mask

#: Pairs that cost up to so many times their client's price stand ready for the next rounds; up to so many times where
#: fewer rounds than these passed since they were sought.
READY, ROOM, SELDOM = 1.15, 2.0, 20


@dataclass(frozen=True, eq=False)
class BySite:
    """Listed pairs in the order of their sites.

    Attributes
    ----------
    start : int array (m + 1,)
        Pairs of site j stand from ``start[j]`` to ``start[j + 1]``.
    client, cost : arrays (pairs,)
    """

    start: Longs
    client: Longs
    cost: Floats

    @property
    def of_site(self) -> Longs:
        """Number of pairs of every site."""
        return np.diff(self.start)

    def keeping(self, pairs: Mask) -> BySite:
        """Return the pairs that `pairs` marks."""
        until = np.concatenate(([0], np.cumsum(pairs)))
        return BySite(until[self.start], self.client[pairs], self.cost[pairs])

    def below(self, cap: Floats, sites: Mask) -> Mask:
        """Mark the pairs to `sites` that cost no more than their client's `cap`."""
        return (self.cost <= cap[self.client]) & np.repeat(sites, self.of_site)

    def saved(self, prices: Floats) -> Floats:
        """Return what every site saves its clients of their prices: the sum of what each pair costs less."""
        out = np.zeros(len(self.start) - 1)
        some = np.flatnonzero(self.of_site)
        if len(some):
            left = prices[self.client]
            left -= self.cost
            np.maximum(left, 0.0, out=left)
            out[some] = np.add.reduceat(left, self.start[some])
        return out

    def served(self, prices: Floats, sites: Mask) -> Longs:
        """Return how many of `sites` save each client something."""
        chosen = np.flatnonzero(sites)
        own = self.of_site[chosen]
        # positions of all pairs of the chosen sites, one run after the other
        first = np.repeat(self.start[chosen] - np.concatenate(([0], np.cumsum(own)))[:-1], own)
        place = first + np.arange(len(first))
        client = self.client[place]
        return np.bincount(client[self.cost[place] < prices[client]], minlength=len(prices))


class Ready:
    """Of some pairs those that cost less than their client's price, with some to spare: they are sought seldom."""

    def __init__(self, pairs: BySite, prices: Floats) -> None:
        self._all, self._asked = pairs, SELDOM
        self._seek(prices)

    def at(self, prices: Floats) -> BySite:
        """Return pairs among which are all that cost less than `prices`."""
        if (prices > self._cap).any():
            self._seek(prices)
        self._asked += 1
        return self._near

    def _seek(self, prices: Floats) -> None:
        # prices that move fast are given more room, or pairs would be sought round by round
        self._cap = prices * (READY if self._asked >= SELDOM else ROOM) + 1e-9
        self._near, self._asked = self._all.keeping(self._all.cost < self._cap[self._all.client]), 0


def by_site(lists: Lists) -> BySite:
    """Return the pairs of `lists` site by site, each site's clients in their order."""
    order = np.argsort(lists.site, kind="stable")
    start = np.concatenate(([0], np.cumsum(np.bincount(lists.site, minlength=lists.sites))))
    return BySite(start.astype(np.int64), lists.client[order].astype(np.int64), lists.cost[order])
