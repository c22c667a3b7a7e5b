"""A part of a plan as a small problem of its own: some rounds and own kitchens, with what the rest leaves them."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.choice import Choice, choose
from anyi_geo.plan.meals.pool import Trip


@dataclass(frozen=True, eq=False)
class Part:
    """What is planned anew; all the rest of the plan stays.

    Attributes
    ----------
    arrays : Arrays
        The part's stops, what is left of the kitchens' capacity and of the vehicles; closed kitchens cook nothing,
        opened ones open for nothing.
    stops : array of int
        Position of the part's stops in the whole problem.
    kitchens : tuple of int
        Opened kitchens.
    choice : Choice
        The part's present plan.
    """

    arrays: Arrays
    stops: tuple[int, ...]
    kitchens: tuple[int, ...]
    choice: Choice


def part_of(arrays: Arrays, plan: Choice, free: Collection[int], *, per_vehicle: bool) -> Part | None:
    """Return the part that plans the rounds at some positions anew, with the stops of `free` that have no round.

    Parameters
    ----------
    arrays : Arrays
    plan : Choice
    free : collection of int
        Stops whose rounds, own kitchens or want of both are given up; whole rounds are.
    per_vehicle : bool
        Chained rounds: vehicles are not counted.

    Returns
    -------
    Part or None
        None when the present plan of the part cannot be told apart from the rest (a place that cooks twice).
    """
    wanted = set(free)
    given = [at for at, trip in enumerate(plan.trips) if wanted & set(trip.stops)]
    stops = tuple(sorted(wanted.union(*(plan.trips[at].stops for at in given))))
    inside, kitchens = set(stops), tuple(sorted({trip.kitchen for trip in plan.trips}))
    opened = np.isin(np.arange(arrays.k), kitchens)
    capacity = np.where(opened, arrays.capacity, 0.0)
    number = arrays.number.copy()
    for at, trip in enumerate(plan.trips):
        if at not in given:
            capacity[trip.kitchen] -= arrays.meals[list(trip.stops)].sum()
            number[plan.vehicles[at]] -= 0 if per_vehicle else 1
    kept = [stop for stop in plan.own if stop not in inside]
    for stop in kept:
        if arrays.dines[stop] and arrays.kitchen_of[stop] in kitchens:
            capacity[arrays.kitchen_of[stop]] -= arrays.meals[stop]
    cooking = sum(1 for stop in kept if arrays.kitchen_of[stop] not in kitchens)
    small = replace(
        _restricted(arrays, stops),
        capacity=capacity,
        opening=np.where(opened, 0.0, arrays.opening),
        number=number,
        kitchens_max=arrays.kitchens_max - cooking,
    )
    place = {stop: at for at, stop in enumerate(stops)}
    trips = [_moved(plan.trips[at], place) for at in given]
    choice = choose(small, trips, [place[stop] for stop in plan.own if stop in inside], per_vehicle=per_vehicle)
    return None if choice is None else Part(small, stops, kitchens, choice)


def put_back(arrays: Arrays, plan: Choice, part: Part, choice: Choice, *, per_vehicle: bool) -> Choice | None:
    """Return the plan with the part's new choice in it, or None where it breaks a limit of the whole."""
    inside = set(part.stops)
    kept = [trip for trip in plan.trips if not inside & set(trip.stops)]
    fresh = [trip._replace(stops=tuple(part.stops[at] for at in trip.stops)) for trip in choice.trips]
    own = [stop for stop in plan.own if stop not in inside] + [part.stops[at] for at in choice.own]
    return choose(arrays, [*kept, *fresh], own, per_vehicle=per_vehicle)


def _restricted(arrays: Arrays, stops: Sequence[int]) -> Arrays:
    at = np.array(stops, dtype=np.int64)
    names = ("stops", "meals", "service", "opens", "closes", "own", "handing", "kitchen_of", "dines")
    return replace(
        arrays,
        **{name: getattr(arrays, name)[at] for name in names},
        minutes_out=arrays.minutes_out[:, at],
        minutes_back=arrays.minutes_back[at],
        minutes=arrays.minutes[np.ix_(at, at)],
        cost_out=arrays.cost_out[:, at],
        cost_back=arrays.cost_back[at],
        cost=arrays.cost[np.ix_(at, at)],
    )


def _moved(trip: Trip, place: dict[int, int]) -> Trip:
    return trip._replace(stops=tuple(place[stop] for stop in trip.stops))


def near_stops(arrays: Arrays, plan: Choice, seed: int, most: int) -> frozenset[int]:
    """Return the stops of the rounds nearest to a stop, with those without a round among them, at most about `most`.

    A round is as near as its nearest stop. At least two rounds are taken where there are two.
    """
    away = np.minimum(arrays.cost[seed], arrays.cost[:, seed])
    away[seed] = -1.0
    of_stop = {stop: at for at, trip in enumerate(plan.trips) for stop in trip.stops}
    taken: set[int] = set()
    rounds: set[int] = set()
    for stop in np.argsort(away, kind="stable").tolist():
        if not math.isfinite(away[stop]):
            break
        at = of_stop.get(stop)
        more = {stop} if at is None else set(plan.trips[at].stops)
        if len(taken | more) > most and len(rounds) > 1:
            break
        taken |= more
        rounds |= set() if at is None else {at}
    return frozenset(taken)
