"""Column generation for the search: rounds that the linear programme over some kitchens asks for.

The value it ends at is no bound, because the labelling does not see every round; it is the best estimate there is of
what a set of kitchens will cost, and its rounds are the ones worth combining.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anyi_geo.plan.meals.arrays import Arrays, Flags, Floats
from anyi_geo.plan.meals.beam import COARSE, FINE, Beam, beam_of, rounds_below
from anyi_geo.plan.meals.choice import Choice, better
from anyi_geo.plan.meals.partition import partition
from anyi_geo.plan.meals.pool import Pool, Trip
from anyi_geo.plan.meals.prove.master import Branch, Master, Priced, Prices
from anyi_geo.plan.meals.prove.source import type_prices

#: Rounds of one kitchen added in one go, and through one stop.
MOST_NEW, MOST_THROUGH = 30, 3
#: Weight of the prices before in the prices that are asked.
SMOOTHING = 0.6
#: What the programme's value leaves to gain (relative) below which nothing is combined.
NOTHING = 1e-6
#: Times the programme is solved for one set of kitchens.
MOST_TURNS = 80


@dataclass(frozen=True, eq=False)
class Columns:
    """A linear programme that grows, with the pool and the labelling it grows from.

    Attributes
    ----------
    arrays : Arrays
    pool : Pool
    beams : tuple of Beam
        The coarser first.
    master : Master
    per_vehicle : bool
        Chained rounds: fixed costs and numbers count vehicles, which the programme leaves out.
    """

    arrays: Arrays
    pool: Pool
    beams: tuple[Beam, ...]
    master: Master
    per_vehicle: bool


def columns_of(arrays: Arrays, possible: Flags, pool: Pool, *, unserved_meals: int, per_vehicle: bool) -> Columns:
    """Return the programme over the pooled rounds, with a dear stand-in for every stop until its rounds are known."""
    master = Master(arrays, unserved_meals=unserved_meals, per_vehicle=per_vehicle)
    master.stand_in(_dear(arrays))
    beams = beam_of(arrays, possible, COARSE), beam_of(arrays, possible, FINE)
    known = Columns(arrays, pool, beams, master, per_vehicle)
    _add(known, pool)
    return known


def generate(
    known: Columns, fixed: Mapping[int, int], left: Callable[[], float], *, coarse: bool = False
) -> Prices | None:
    """Add rounds of the kitchens until none of negative reduced cost is found; return the last prices.

    Rounds are asked for at prices between the last ones and those before, which are steadier; where that finds none, at
    the last ones, and then by the finer labelling.

    Parameters
    ----------
    known : Columns
        Grows.
    fixed : mapping of kitchen to 0 or 1
        Closed and open kitchens; the others may be anything between.
    left : callable
        Seconds left; when they are over, or the programme has no solution, nothing is returned.
    coarse : bool
        Whether the coarse labelling is enough.
    """
    known.master.fix(Branch(fixed))
    kitchens = [kitchen for kitchen in range(known.arrays.k) if fixed.get(kitchen) != 0]
    beams, centre = list(known.beams[:1] if coarse else known.beams), None
    prices = known.master.solve()
    for _ in range(MOST_TURNS):
        if prices is None or left() <= 0:
            return None
        asked = prices if centre is None else prices.towards(centre, SMOOTHING)
        if _add(known, _below(known, beams[0], kitchens, asked)):
            centre, prices = asked, known.master.solve()
        elif centre is not None:
            centre = None
        elif len(beams) > 1:
            beams.pop(0)
        else:
            break
    return prices


def _below(known: Columns, beam: Beam, kitchens: Iterable[int], prices: Prices) -> list[Trip]:
    """Pool and return rounds of negative reduced cost."""
    of_type = type_prices(known.arrays, prices, per_vehicle=known.per_vehicle)
    found = []
    for kitchen in kitchens:
        for way in rounds_below(beam, kitchen, prices.stops[kitchen], of_type, most=MOST_NEW, cover=MOST_THROUGH):
            trip = known.pool.add(kitchen, way)
            found += [] if trip is None else [trip]
    return found


def only(known: Columns, kitchens: Collection[int]) -> dict[int, int]:
    """Return what opens these kitchens and closes all others."""
    return {kitchen: int(kitchen in kitchens) for kitchen in range(known.arrays.k)}


def restricted_master(
    known: Columns,
    kitchens: Collection[int],
    incumbent: Choice,
    *,
    left: Callable[[], float],
    seconds: float,
    checks: int | None,
    seed: int = 0,
    widths: Sequence[int],
) -> Choice | None:
    """Return a better choice with these kitchens from the rounds that could be part of one, as far as they are seen.

    Parameters
    ----------
    known : Columns
        Grows.
    kitchens : collection of int
        Open; all others are closed.
    incumbent : Choice
    left : callable
        Seconds left for finding rounds.
    seconds : float
        For combining them; not looked at when `checks` is given.
    checks : int or None
        Interrupt checks for combining them.
    seed : int
    widths : sequence of int
        Rounds combined at most, turn by turn.

    Reference: Joncour, Michel, Sadykov, Sverdlov and Vanderbeck, Column generation based primal heuristics, Electronic
    Notes in Discrete Mathematics 36 (2010) 695-702.
    """
    prices = generate(known, only(known, kitchens), left)
    if prices is None or prices.value >= incumbent.yuan * (1 - NOTHING):
        return None
    of_type = type_prices(known.arrays, prices, per_vehicle=known.per_vehicle)
    best: Choice | None = None
    # Few rounds first: a good plan leaves fewer rounds that could still be part of a better one.
    for most in widths:
        now = better(incumbent, best) or incumbent
        allowance = now.yuan - prices.value
        for kitchen in sorted(kitchens):
            for way in rounds_below(known.beams[-1], kitchen, prices.stops[kitchen], of_type - allowance, most=most):
                known.pool.add(kitchen, way)
        trips = _cheapest(known, kitchens, prices, allowance)
        found = partition(
            known.arrays,
            list(dict.fromkeys([*trips[:most], *now.trips])),
            incumbent=now,
            seconds=None if checks is not None else min(seconds, 0.5 * left()),
            checks=checks,
            seed=seed,
            per_vehicle=known.per_vehicle,
        ).choice
        best = better(best, found)
        if len(trips) <= most or left() <= 0:
            break
    return best


def _cheapest(known: Columns, kitchens: Collection[int], prices: Prices, allowance: float) -> list[Trip]:
    """Return the pooled rounds of the kitchens of reduced cost at most `allowance`, the least first."""
    trips = [trip for trip in known.pool if trip.kitchen in kitchens]
    reduced = np.array([_reduced(known, trip, prices) for trip in trips])
    return [trips[at] for at in np.argsort(reduced, kind="stable").tolist() if reduced[at] <= allowance]


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
