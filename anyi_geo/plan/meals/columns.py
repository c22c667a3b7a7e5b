"""Column generation for the search: rounds that the linear programme over some kitchens asks for.

The value it ends at is no bound, because the labelling does not see every round; it is the best estimate there is of
what a set of kitchens will cost, and its rounds are the ones worth combining.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np

from anyi_geo.plan.meals.arrays import Arrays, Floats
from anyi_geo.plan.meals.beam import Beam, rounds_below
from anyi_geo.plan.meals.pool import Pool, Trip
from anyi_geo.plan.meals.prove.master import Branch, Master, Priced, Prices
from anyi_geo.plan.meals.prove.source import type_prices

#: Rounds of one kitchen added in one go, and through one stop.
MOST_NEW, MOST_THROUGH = 60, 6
#: Times the programme is solved for one set of kitchens.
MOST_TURNS = 80


@dataclass(frozen=True, eq=False)
class Columns:
    """A linear programme that grows, with the pool and the labelling it grows from.

    Attributes
    ----------
    arrays : Arrays
    pool : Pool
    beam : Beam
    master : Master
    per_vehicle : bool
        Chained rounds: fixed costs and numbers count vehicles, which the programme leaves out.
    """

    arrays: Arrays
    pool: Pool
    beam: Beam
    master: Master
    per_vehicle: bool


def columns_of(arrays: Arrays, beam: Beam, pool: Pool, *, unserved_meals: int, per_vehicle: bool) -> Columns:
    """Return the programme over the pooled rounds, with a dear stand-in for every stop until its rounds are known."""
    master = Master(arrays, unserved_meals=unserved_meals, per_vehicle=per_vehicle)
    master.stand_in(_dear(arrays))
    known = Columns(arrays, pool, beam, master, per_vehicle)
    _add(known, pool)
    return known


def generate(known: Columns, kitchens: Collection[int], left: Callable[[], float]) -> Prices | None:
    """Add rounds of the kitchens until none of negative reduced cost is found; return the last prices.

    Parameters
    ----------
    known : Columns
        Grows.
    kitchens : collection of int
        Open; all others are closed.
    left : callable
        Seconds left; when they are over, or the programme has no solution, nothing is returned.
    """
    known.master.fix(Branch({kitchen: int(kitchen in kitchens) for kitchen in range(known.arrays.k)}))
    for _ in range(MOST_TURNS):
        prices = known.master.solve()
        if prices is None or left() <= 0:
            return None
        of_type = type_prices(known.arrays, prices, per_vehicle=known.per_vehicle)
        fresh: list[Trip] = []
        for kitchen in sorted(kitchens):
            ways = rounds_below(known.beam, kitchen, prices.stops[kitchen], of_type, most=MOST_NEW, cover=MOST_THROUGH)
            trips = [known.pool.add(kitchen, way) for way in ways]
            fresh += [trip for trip in trips if trip is not None]
        if not _add(known, fresh):
            return prices
    return known.master.solve()


def widen(known: Columns, kitchens: Collection[int], prices: Prices, allowance: float, most: int) -> None:
    """Pool the rounds of the kitchens whose reduced cost is at most `allowance`, as far as the labelling sees them."""
    of_type = type_prices(known.arrays, prices, per_vehicle=known.per_vehicle) - allowance
    for kitchen in sorted(kitchens):
        for way in rounds_below(known.beam, kitchen, prices.stops[kitchen], of_type, most=most):
            known.pool.add(kitchen, way)


def cheapest(known: Columns, kitchens: Collection[int], prices: Prices, allowance: float, most: int) -> list[Trip]:
    """Return the pooled rounds of the kitchens of reduced cost at most `allowance`, the least first."""
    trips = [trip for trip in known.pool if trip.kitchen in kitchens]
    reduced = np.array([_reduced(known, trip, prices) for trip in trips])
    order = np.argsort(reduced, kind="stable")[:most].tolist()
    return [trips[at] for at in order if reduced[at] <= allowance]


def _add(known: Columns, trips: Iterable[Trip]) -> int:
    """Add rounds to the programme with every type that could drive them; return how many were new."""
    arrays = known.arrays
    there = arrays.number >= 1
    fresh = []
    for trip in trips:
        load = arrays.meals[list(trip.stops)].sum()
        kinds = np.flatnonzero((arrays.holds >= load) & there).tolist()
        fresh += [Priced(trip.kitchen, trip.stops, kind) for kind in kinds]
    return known.master.add(fresh)


def _reduced(known: Columns, trip: Trip, prices: Prices) -> float:
    arrays, stops = known.arrays, list(trip.stops)
    of_type = type_prices(arrays, prices, per_vehicle=known.per_vehicle)
    fits = arrays.holds >= arrays.meals[stops].sum()
    return float(trip.yuan - prices.stops[trip.kitchen][stops].sum() + of_type[fits].min(initial=math.inf))


def _dear(arrays: Arrays) -> float:
    """Return more than any stop's own round costs."""
    parts: list[Floats] = [arrays.cost_out, arrays.cost_back, arrays.cost, arrays.fixed, arrays.handing, arrays.own]
    return 1.0 + 10.0 * sum(float(np.max(part[np.isfinite(part)], initial=0.0)) for part in parts)
