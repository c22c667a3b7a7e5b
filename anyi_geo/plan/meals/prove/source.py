"""Where the rounds of a proof come from: a list of all of them, or the recursion over ng-routes."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from scipy.sparse import csr_array

from anyi_geo.plan.meals.arrays import Arrays, Flags, Floats
from anyi_geo.plan.meals.pool import Trip
from anyi_geo.plan.meals.prove.master import Branch, Priced, Prices
from anyi_geo.plan.meals.prove.ng import Completion, best_rounds, completion, grid_of
from anyi_geo.plan.meals.prove.rounds import Worth, every_round

#: Beginnings of rounds up to which the rounds that could still win are listed.
MOST_LABELS = 150_000
#: New rounds taken from the list in one go.
MOST_NEW = 1500
#: Reduced costs above this are zero.
ZERO = 1e-6


class Source(Protocol):
    """What the tree asks about rounds."""

    def price(self, prices: Prices, branch: Branch) -> tuple[float, list[Priced]] | None:
        """Return the least reduced cost (<= 0) of any round and rounds below zero; None when the time is over."""

    def worthwhile(self, prices: Prices, branch: Branch, allowance: float) -> Sequence[Trip] | None:
        """Return every round whose reduced cost is at most `allowance`, or None when they are too many."""


def type_prices(arrays: Arrays, prices: Prices, *, per_vehicle: bool) -> Floats:
    """Return what using each type of vehicle costs at these prices; inf for a type that does not exist."""
    fixed = np.zeros(len(arrays.fixed)) if per_vehicle else arrays.fixed
    return np.where(arrays.number >= 1, fixed - prices.kinds, math.inf)


class ListedRounds:
    """Every undominated round, priced by one sparse product."""

    def __init__(self, arrays: Arrays, trips: Sequence[Trip], *, per_vehicle: bool) -> None:
        self._arrays, self._trips, self._per_vehicle = arrays, trips, per_vehicle
        visits = np.array([len(trip.stops) for trip in trips], dtype=np.int64)
        stops = np.array([stop for trip in trips for stop in trip.stops], dtype=np.int64)
        self._kitchen = np.array([trip.kitchen for trip in trips], dtype=np.int64)
        self._yuan = np.array([trip.yuan for trip in trips], dtype=float)
        column = np.repeat(self._kitchen, visits) * arrays.n + stops
        starts = np.concatenate([[0], np.cumsum(visits)])
        self._visits = csr_array((np.ones(len(stops)), column, starts), shape=(len(trips), arrays.k * arrays.n))
        self._load = np.diff(np.concatenate([[0], np.cumsum(arrays.meals[stops])])[starts])

    def price(self, prices: Prices, branch: Branch) -> tuple[float, list[Priced]]:
        """Return the least reduced cost (<= 0) of any round and rounds below zero."""
        reduced, kind = self._reduced(prices, branch)
        order = np.argsort(reduced, kind="stable")[:MOST_NEW]
        chosen = order[reduced[order] < -ZERO].tolist()
        fresh = [Priced(self._trips[one].kitchen, self._trips[one].stops, int(kind[one])) for one in chosen]
        return min(0.0, float(reduced.min(initial=0.0))), fresh

    def cheapest(self, prices: Prices, branch: Branch, most: int) -> list[Trip]:
        """Return the rounds of least reduced cost."""
        reduced, _ = self._reduced(prices, branch)
        return [self._trips[one] for one in np.argsort(reduced, kind="stable")[:most].tolist()]

    def worthwhile(self, prices: Prices, branch: Branch, allowance: float) -> list[Trip]:
        """Return every round whose reduced cost is at most `allowance`."""
        reduced, _ = self._reduced(prices, branch)
        return [self._trips[one] for one in np.flatnonzero(reduced <= allowance).tolist()]

    def _reduced(self, prices: Prices, branch: Branch) -> tuple[Floats, np.ndarray]:
        of_type = type_prices(self._arrays, prices, per_vehicle=self._per_vehicle)
        fits = np.where(self._load[:, None] <= self._arrays.holds[None], of_type[None], math.inf)
        reduced = self._yuan - self._visits @ prices.stops.ravel() + fits.min(axis=1)
        closed = [kitchen for kitchen, value in branch.kitchens.items() if value == 0]
        return np.where(np.isin(self._kitchen, closed), math.inf, reduced), fits.argmin(axis=1)


class NgRoutes:
    """The rounds of the recursion over ng-routes: more than there are, never fewer."""

    def __init__(self, arrays: Arrays, possible: Flags, left: Callable[[], float], *, per_vehicle: bool) -> None:
        self._arrays, self._possible, self._left, self._per_vehicle = arrays, possible, left, per_vehicle
        self._grid = grid_of(arrays)

    def price(self, prices: Prices, branch: Branch) -> tuple[float, list[Priced]] | None:
        """Return the least reduced cost (<= 0) of any round and rounds below zero; None when the time is over."""
        least, fresh = 0.0, []
        of_type = type_prices(self._arrays, prices, per_vehicle=self._per_vehicle)
        for kitchen in self._open(branch):
            reduced, rounds = best_rounds(
                self._arrays, self._filled(kitchen, prices), prices.stops[kitchen], of_type, self._possible[kitchen]
            )
            least = min(least, reduced)
            fresh += rounds
            if self._left() <= 0:
                return None
        return least, fresh

    def worthwhile(self, prices: Prices, branch: Branch, allowance: float) -> list[Trip] | None:
        """Return every real round whose reduced cost is at most `allowance`, or None when they are too many."""
        arrays = self._arrays
        cheapest = float(type_prices(arrays, prices, per_vehicle=self._per_vehicle).min(initial=math.inf))
        worth: list[Worth | None] = [None] * arrays.k
        for kitchen in self._open(branch):
            rest = functools.partial(self._filled(kitchen, prices).of, arrays=arrays)
            worth[kitchen] = Worth(prices.stops[kitchen], allowance - cheapest, rest)
        return every_round(arrays, self._possible, limit=MOST_LABELS, worth=worth)

    def _open(self, branch: Branch) -> list[int]:
        there = np.flatnonzero(self._possible.any(axis=1)).tolist()
        return [kitchen for kitchen in there if branch.kitchens.get(kitchen) != 0]

    def _filled(self, kitchen: int, prices: Prices) -> Completion:
        return completion(self._arrays, self._grid, kitchen, prices.stops[kitchen], self._possible[kitchen])
