"""A choice of rounds and own kitchens: what it costs, what it leaves unserved, whether it keeps every common limit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.clock import round_cost, timetable
from anyi_geo.plan.meals.pool import Trip

#: Yuan that differ by less are the same yuan.
YUAN_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Choice:
    """Rounds with their vehicles; every other stop cooks itself or is unserved.

    Attributes
    ----------
    trips : tuple of Trip
    vehicles : tuple of int
        Position of the vehicle type of every trip.
    own : tuple of int
        Stops that cook themselves, sorted.
    unserved_meals : int
        Meals of the stops that are neither.
    yuan : float
        Opened kitchens, rounds and own kitchens.
    """

    trips: tuple[Trip, ...]
    vehicles: tuple[int, ...]
    own: tuple[int, ...]
    unserved_meals: int
    yuan: float

    @property
    def rank(self) -> tuple[int, float]:
        """Unserved meals first, then yuan: smaller is better."""
        return self.unserved_meals, self.yuan


def better(first: Choice | None, second: Choice | None) -> Choice | None:
    """Return the better of two choices; a tie keeps the first."""
    if first is None or second is None:
        return first or second
    fewer = second.unserved_meals < first.unserved_meals
    same = second.unserved_meals == first.unserved_meals
    return second if fewer or (same and second.yuan < first.yuan - YUAN_TOLERANCE) else first


def choose(arrays: Arrays, trips: Iterable[Trip], own: Iterable[int], *, per_vehicle: bool) -> Choice | None:
    """Return the choice with its vehicles and cost, or None where a common limit is broken.

    Parameters
    ----------
    arrays : Arrays
    trips : iterable of Trip
        Disjoint rounds.
    own : iterable of int
        Stops that cook themselves.
    per_vehicle : bool
        With chained rounds vehicles are counted later: every trip takes the cheapest type that holds it.
    """
    chosen = tuple(sorted(trips, key=lambda trip: (trip.kitchen, trip.stops)))
    cooking = tuple(sorted(own))
    load = np.zeros(arrays.k)
    seen: set[int] = set(cooking)
    for trip in chosen:
        load[trip.kitchen] += arrays.meals[list(trip.stops)].sum()
        if seen & set(trip.stops):
            return None
        seen |= set(trip.stops)
    opened = np.flatnonzero(load > 0)
    dining = [stop for stop in cooking if arrays.dines[stop] and arrays.kitchen_of[stop] in opened]
    load[arrays.kitchen_of[dining]] += arrays.meals[dining]
    paying = [stop for stop in cooking if stop not in set(dining)]
    if (load > arrays.capacity).any() or not np.isfinite(arrays.own[list(cooking)]).all():
        return None
    if places_cooking(arrays, opened.tolist(), cooking) > arrays.kitchens_max:
        return None
    vehicles = cheapest_vehicles(arrays, chosen, limited=not per_vehicle)
    if vehicles is None:
        return None
    rest = [stop for stop in range(arrays.n) if stop not in seen]
    fixed = 0.0 if per_vehicle else math.fsum(arrays.fixed[list(vehicles)])
    yuan = math.fsum([*arrays.opening[opened], *(trip.yuan for trip in chosen), fixed, *arrays.own[paying]])
    return Choice(chosen, vehicles, cooking, int(arrays.meals[rest].sum()), yuan)


def settle(arrays: Arrays, choice: Choice, *, per_vehicle: bool) -> Choice:
    """Return a plan that costs no more and is the better one to drive: fresher food, no meal driven around the corner.

    Every round is turned round where that costs the same and its last stop eats sooner after cooking. A diner of an
    opened kitchen is taken off that kitchen's rounds where that is no dearer.
    """
    turned = [_fresher(arrays.on(trip.way), trip) for trip in choice.trips]
    best = choose(arrays, turned, choice.own, per_vehicle=per_vehicle)
    best = choice if best is None or best.rank > choice.rank else best
    trips: list[Trip] = []
    seated: list[int] = []
    for trip in best.trips:
        here = [s for s in trip.stops if arrays.dines[s] and arrays.kitchen_of[s] == trip.kitchen]
        rest = tuple(s for s in trip.stops if s not in here)
        own = arrays.on(trip.way)
        yuan = round_cost(own, trip.kitchen, rest) if rest else 0.0
        if here and rest and yuan <= trip.yuan and timetable(own, trip.kitchen, rest) is not None:
            trips.append(_fresher(own, trip._replace(stops=rest, yuan=yuan)))
            seated += here
        else:
            trips.append(trip)
    fewer = choose(arrays, trips, [*best.own, *seated], per_vehicle=per_vehicle) if seated else None
    return best if fewer is None or fewer.rank > best.rank else fewer


def _fresher(arrays: Arrays, trip: Trip) -> Trip:
    back = trip.stops[::-1]
    yuan = round_cost(arrays, trip.kitchen, back)
    if yuan > trip.yuan + YUAN_TOLERANCE / 1000:
        return trip
    there, turned = timetable(arrays, trip.kitchen, trip.stops), timetable(arrays, trip.kitchen, back)
    if turned is None or (there is not None and turned.elapsed[-1] >= there.elapsed[-1]):
        return trip
    return trip._replace(stops=back, yuan=min(yuan, trip.yuan))


def places_cooking(arrays: Arrays, opened: Sequence[int], own: Sequence[int]) -> int:
    """Return how many places cook; an opened kitchen and the own kitchen of the stop at its place are one."""
    return len(opened) + sum(1 for stop in own if arrays.kitchen_of[stop] not in set(opened))


def cheapest_vehicles(arrays: Arrays, trips: Sequence[Trip], *, limited: bool) -> tuple[int, ...] | None:
    """Return the cheapest type that holds each trip, within the numbers when `limited`; None when they do not suffice.

    With numbers it is an assignment of trips to single vehicles, solved exactly.
    """
    if not trips:
        return ()
    loads = np.array([arrays.meals[list(trip.stops)].sum() for trip in trips])
    there = (arrays.number >= 1)[None] & (np.array([trip.way for trip in trips])[:, None] == arrays.way_of[None])
    price = np.where((loads[:, None] <= arrays.holds[None]) & there, arrays.fixed[None], math.inf)
    if not np.isfinite(price).any(axis=1).all():
        return None
    first = price.argmin(axis=1)
    used = np.bincount(first, minlength=len(arrays.fixed))
    if not limited or (used <= arrays.number).all():
        return tuple(first.tolist())
    copies = np.repeat(np.arange(len(arrays.fixed)), np.minimum(arrays.number, len(trips)).astype(int))
    if len(copies) < len(trips):
        return None
    large = 1.0 + 2.0 * float(arrays.fixed.sum()) * len(trips)
    table = np.where(np.isfinite(price), price, large)[:, copies]
    rows, columns = linear_sum_assignment(table)
    if (table[rows, columns] >= large).any():
        return None
    return tuple(copies[columns].tolist())
