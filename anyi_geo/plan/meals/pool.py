"""The pool of rounds: every feasible round that any step has seen, once per kitchen and set of stops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.clock import round_cost, timetable


class Trip(NamedTuple):
    """A feasible round by position: its kitchen, its stops in order, the yuan of its arcs, whose minutes it keeps."""

    kitchen: int
    stops: tuple[int, ...]
    yuan: float
    way: int = 0


class Pool:
    """Rounds by kitchen and set of stops, the cheapest order kept; insertion order is kept, so runs repeat."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._trips: dict[tuple[int, frozenset[int]], Trip] = {}
        self._refused: set[tuple[int, tuple[int, ...]]] = set()

    def __len__(self) -> int:
        return len(self._trips)

    def __iter__(self) -> Iterator[Trip]:
        return iter(list(self._trips.values()))

    def add(self, kitchen: int, stops: Sequence[int]) -> Trip | None:
        """Add a round if it keeps load, windows and hot limit; return the best known round of the same stops."""
        arrays, order = self._arrays, tuple(stops)
        key = (kitchen, frozenset(order))
        known = self._trips.get(key)
        if known is not None and known.stops == order:
            return known
        if (kitchen, order) in self._refused:
            return known
        load = int(arrays.meals[list(order)].sum())
        yuan = round_cost(arrays, kitchen, order)
        if known is not None and yuan >= known.yuan:
            return known
        fits = load <= min(arrays.largest_vehicle, float(arrays.capacity[kitchen])) and np.isfinite(yuan)
        if not fits or timetable(arrays, kitchen, order) is None:
            self._refused.add((kitchen, order))
            return known
        trip = Trip(kitchen, order, yuan, arrays.way)
        self._trips[key] = trip
        return trip

    def add_elsewhere(self, trips: Iterable[Trip], kitchens: Sequence[int]) -> None:
        """Offer the stops of every trip to every other kitchen, entered at the best place of its cycle, both ways."""
        arrays = self._arrays
        for trip in trips:
            stops = np.array(trip.stops)
            for kitchen in kitchens:
                if (kitchen, frozenset(trip.stops)) in self._trips and kitchen == trip.kitchen:
                    continue
                for order in (stops, stops[::-1]):
                    start = _best_entry(arrays, kitchen, order)
                    if self.add(kitchen, np.roll(order, -start).tolist()) is None:
                        self.add(kitchen, order.tolist())


def _best_entry(arrays: Arrays, kitchen: int, order: np.ndarray) -> int:
    """Return where the cycle of stops is cut to pass by the kitchen at least cost."""
    if len(order) == 1:
        return 0
    previous = np.roll(order, 1)
    with np.errstate(invalid="ignore"):
        detour = arrays.cost_back[previous, kitchen] + arrays.cost_out[kitchen, order] - arrays.cost[previous, order]
    return int(np.argmin(np.where(np.isnan(detour), np.inf, detour)))
