"""All rounds at once: where they can be listed, their linear programme gives a bound and the rounds worth combining."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.model import unserved_weight
from anyi_geo.plan.meals.pool import Trip
from anyi_geo.plan.meals.prove.master import Branch, Master, Prices
from anyi_geo.plan.meals.prove.source import ListedRounds

LISTED = "linear programme over all rounds"
#: Rounds of least reduced cost that are kept: with the kitchens of the dive, and with all.
DIVED, GOOD = 400, 2000
#: A kitchen this near to open or closed is fixed on the way down.
SETTLED = 0.01


@dataclass(frozen=True)
class Listing:
    """What the linear programme over all rounds says.

    Attributes
    ----------
    bound : float
        Yuan; no plan that leaves no more meals unserved costs less.
    good, dived : list of Trip
        Rounds of least reduced cost; the same once all kitchens are open or closed.
    """

    bound: float
    good: list[Trip]
    dived: list[Trip]


def relax(arrays: Arrays, source: ListedRounds, *, unserved_meals: int, per_vehicle: bool) -> Listing:
    """Solve the linear programme over the listed rounds, then dive: fix kitchen after kitchen to where it tends."""
    master = Master(arrays, unserved_meals=unserved_meals, per_vehicle=per_vehicle)
    master.stand_in(unserved_weight(arrays))
    bound, prices = _priced_out(arrays, master, source, Branch())
    if prices is None:
        return Listing(bound, [], [])
    good, branch = source.cheapest(prices, Branch(), GOOD), Branch()
    while len(branch.kitchens) < arrays.k:
        branch = Branch(settled(prices, branch.kitchens))
        _, below = _priced_out(arrays, master, source, branch)
        if below is None:
            return Listing(bound, good, [])
        prices = below
    return Listing(bound, good, source.cheapest(prices, branch, DIVED))


def _priced_out(arrays: Arrays, master: Master, source: ListedRounds, branch: Branch) -> tuple[float, Prices | None]:
    """Return a valid bound of the branch and its prices once no round has a negative reduced cost."""
    master.fix(branch)
    bound = 0.0
    while True:
        prices = master.solve()
        if prices is None:
            return bound, None
        least, fresh = source.price(prices, branch)
        # Every plan drives at most one round per stop, each of reduced cost `least` or more.
        bound = max(bound, prices.value + arrays.n * least - 1e-9 * abs(prices.value))
        if not master.add(fresh):
            return bound, prices


def settled(prices: Prices, fixed: Mapping[int, int], near: float = SETTLED) -> dict[int, int]:
    """Return `fixed` with every free kitchen within `near` of open or closed, and the one that is nearest to it."""
    free = [kitchen for kitchen in range(len(prices.opened)) if kitchen not in fixed]
    away = {kitchen: min(prices.opened[kitchen], 1 - prices.opened[kitchen]) for kitchen in free}
    nearest = min(free, key=lambda kitchen: (away[kitchen], kitchen))
    chosen = [kitchen for kitchen in free if away[kitchen] < near or kitchen == nearest]
    return {**fixed, **{kitchen: int(prices.opened[kitchen] > 0.5) for kitchen in chosen}}
