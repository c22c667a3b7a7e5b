"""Cost lists of the median engine: each client's nearest sites, as many as pay, and what stands for the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anyi_geo.locate.problem import Floats, Ints, LocationProblem, Longs, Mask

#: Lists of at most so many pairs in all are kept whole.
WHOLE = 1_500_000
#: A longer problem keeps so many times the clients of an average site per client.
REACH = 4


@dataclass(frozen=True)
class Number:
    """How many sites may open: at least, at most; the same number twice for "exactly"."""

    least: int
    most: int

    @property
    def exact(self) -> bool:
        """Whether the number is given."""
        return self.least == self.most


@dataclass(frozen=True, eq=False)
class Lists:
    """Costs (persons times minutes) over listed pairs, sites ascending by cost per client.

    Attributes
    ----------
    start : int array (n + 1,)
    client, site, cost : arrays (pairs,)
    over : float array (n,)
        Lower bound on the cost of every site that is not in the list; inf: there is none.
    whole : Lists or None
        The uncut lists when these are cut.
    unserved : float array (n,)
        Counted for a client that nothing serves.
    lost : float
        Plans that cost as much leave somebody without any way; inf where that is allowed.
    integral : bool
        Whether every cost is a whole number, so that bounds may be rounded up.
    opening : float array (m,)
        Cost of a site itself.
    worth : float or None
        The objective told is this less the cost (cover less what is missed); None: the cost itself.
    """

    start: Longs
    client: Ints
    site: Ints
    cost: Floats
    over: Floats
    whole: Lists | None
    unserved: Floats
    lost: float
    integral: bool
    opening: Floats
    worth: float | None = None

    @property
    def clients(self) -> int:
        """Number of clients."""
        return len(self.start) - 1

    @property
    def sites(self) -> int:
        """Number of sites."""
        return len(self.opening)

    def slack(self, cost: float, gap: float) -> float:
        """Return how far below `cost` a bound may stay for a relative gap of the objective told."""
        return max(gap, 1e-9) * abs(cost if self.worth is None else self.worth - cost)

    @property
    def exact(self) -> bool:
        """Whether the lists tell the cost of every plan: what is not listed cannot serve, or costs `unserved`."""
        return bool((np.isinf(self.over) | (self.over == self.unserved)).all())


def cost_lists(problem: LocationProblem, count: int, price: float = 1.0, opening: Floats | None = None) -> Lists:
    """Return the lists of the clients that have persons, cut where they are long.

    Parameters
    ----------
    count : int
        About so many sites will open: the fewer, the longer the lists.
    price : float
        What a person's minute costs.
    opening : float array (m,), optional
        Cost of the sites themselves; 0 when absent.
    """
    opening = np.zeros(len(problem.sites)) if opening is None else opening
    keep = problem.persons > 0
    pairs = keep[problem.client]
    new = np.cumsum(keep) - 1
    client = new[problem.client[pairs]].astype(np.int32)
    weight = problem.persons[keep] * price
    cost = weight[client] * problem.minutes[pairs]
    counts = problem.listed[keep]
    over = weight * problem.beyond[keep]
    start = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    farthest = np.where(counts > 0, cost[np.maximum(start[1:] - 1, 0)] if len(cost) else 0.0, 0.0)
    dearest = farthest.sum() + opening.sum()
    integral = problem.complete and all((part == np.rint(part)).all() for part in (cost, opening)) and dearest < 2**50
    lost = float(2.0 * dearest + 1.0)
    whole = Lists(
        start=start,
        client=client,
        site=problem.site[pairs],
        cost=cost,
        over=over,
        whole=None,
        unserved=np.full(len(weight), lost),
        lost=lost,
        integral=bool(integral),
        opening=opening,
    )
    longest = max(60, REACH * -(-len(problem.sites) // count))
    return whole if len(cost) <= WHOLE else cut(whole, longest)


def cut(whole: Lists, longest: int) -> Lists:
    """Return lists of at most `longest` sites per client; the last one kept bounds what is left out."""
    rank = np.arange(len(whole.cost)) - whole.start[whole.client]
    keep = rank < longest
    counts = np.minimum(np.diff(whole.start), longest)
    start = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    cost = whole.cost[keep]
    last = cost[np.maximum(start[1:] - 1, 0)]
    over = np.where(np.diff(whole.start) > longest, np.minimum(last, whole.over), whole.over)
    return Lists(
        start=start,
        client=whole.client[keep],
        site=whole.site[keep],
        cost=cost,
        over=over,
        whole=whole,
        unserved=whole.unserved,
        lost=whole.lost,
        integral=whole.integral,
        opening=whole.opening,
        worth=whole.worth,
    )


def keeping(lists: Lists, pairs: Mask) -> Lists:
    """Return the lists with the marked pairs only."""
    counts = np.bincount(lists.client[pairs], minlength=lists.clients)
    return replace(
        lists,
        start=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        client=lists.client[pairs],
        site=lists.site[pairs],
        cost=lists.cost[pairs],
    )


def among(lists: Lists, sites: Mask) -> Lists:
    """Return the lists of the marked sites only: they tell the cost of plans that open no other."""
    return replace(keeping(lists, sites[lists.site]), whole=lists.whole or lists)


def two_nearest(lists: Lists, is_open: Mask) -> tuple[Longs, Floats, Floats]:
    """Return each client's nearest open site (-1: none), its cost, and the cost of the second; `unserved` for none.

    With cut lists the nearest is exact, the second at least what is left out.
    """
    if len(lists.site) == 0:
        return np.full(lists.clients, -1, dtype=np.int64), lists.unserved.copy(), lists.unserved.copy()
    last = len(lists.site) - 1
    pairs = np.flatnonzero(is_open[lists.site])
    place = np.searchsorted(pairs, lists.start[:-1])
    padded = np.append(pairs, (last + 1, last + 1))
    first, second = padded[place], padded[np.minimum(place + 1, len(pairs))]
    has_first, has_second = first < lists.start[1:], second < lists.start[1:]
    first, second = np.minimum(first, last), np.minimum(second, last)
    one = np.where(has_first, lists.cost[first], lists.unserved)
    site = np.where(has_first, lists.site[first], -1).astype(np.int64)
    if lists.whole is not None and not has_first.all():
        site_whole, one_whole, _ = two_nearest(lists.whole, is_open)
        site, one = np.where(has_first, site, site_whole), np.where(has_first, one, one_whole)
    rest = lists.over if lists.whole is not None else np.full(lists.clients, np.inf)
    beyond = np.where(np.isfinite(rest), np.maximum(rest, one), lists.unserved)
    two = np.where(has_second & has_first, lists.cost[second], beyond)
    return site, one, two


def plan_cost(lists: Lists, is_open: Mask) -> float:
    """Return the cost of a plan, its sites included; ``lost`` or more when somebody is left out."""
    return float(two_nearest(lists, is_open)[1].sum() + lists.opening[is_open].sum())
