"""Rounds with labels, clocks and vehicles; chained rounds share vehicles where their clocks allow."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from anyi_geo.plan.meals.answer import Round
from anyi_geo.plan.meals.arrays import MINUTE_TOLERANCE, Arrays
from anyi_geo.plan.meals.choice import Choice, choose
from anyi_geo.plan.meals.clock import Timetable, timetable
from anyi_geo.plan.meals.pool import Trip
from anyi_geo.plan.meals.problem import MealProblem


@dataclass(frozen=True)
class Ride:
    """A trip with its vehicle and its clock.

    Attributes
    ----------
    trip : Trip
    vehicle, number : int
        Position of the type; which vehicle of it, from 1.
    times : Timetable
    yuan : float
        Arcs, and the vehicle's fixed cost where this ride pays it.
    """

    trip: Trip
    vehicle: int
    number: int
    times: Timetable
    yuan: float


def drive(arrays: Arrays, choice: Choice, *, chain_rounds: bool) -> tuple[Choice, tuple[Ride, ...]]:
    """Put every trip of a choice on a vehicle.

    Without chaining every trip has its own. With chaining trips of one kitchen follow each other on a vehicle: those
    whose latest departure comes first go first, each on the vehicle that is back last but in time, so that few vehicles
    are needed; a vehicle stays with its kitchen. Trips for which no vehicle is left are given up: their stops cook
    themselves where they may and are unserved otherwise, hence the choice that comes back.
    """
    if not chain_rounds:
        return choice, _single(arrays, choice)
    rides, dropped = _chained(arrays, choice.trips)
    if dropped:
        stops = [stop for trip in dropped for stop in trip.stops if np.isfinite(arrays.own[stop])]
        kept = [ride.trip for ride in rides]
        for own in (sorted([*choice.own, *stops]), choice.own):
            fewer = choose(arrays, kept, own, per_vehicle=True)
            if fewer is not None:
                return fewer, rides
    return choice, rides


def cheapest_drive(
    arrays: Arrays, choices: Sequence[Choice], *, chain_rounds: bool
) -> tuple[Choice, tuple[Ride, ...], float]:
    """Return the choice that costs least once its rounds have vehicles, with its rides and yuan; ties to the first."""
    driven = [drive(arrays, choice, chain_rounds=chain_rounds) for choice in choices]
    priced = [(choice, rides, driven_yuan(arrays, choice, rides)) for choice, rides in driven]
    return min(priced, key=lambda one: (one[0].unserved_meals, round(one[2], 6)))


def driven_yuan(arrays: Arrays, choice: Choice, rides: Iterable[Ride]) -> float:
    """Return what opened kitchens, rides and own kitchens cost."""
    opened = sorted({trip.kitchen for trip in choice.trips})
    paying = [stop for stop in choice.own if not (arrays.dines[stop] and arrays.kitchen_of[stop] in opened)]
    return math.fsum([*arrays.opening[opened], *(ride.yuan for ride in rides), *arrays.own[paying]])


def rounds_of(problem: MealProblem, arrays: Arrays, rides: Iterable[Ride]) -> tuple[Round, ...]:
    """Return the rides as rounds with labels."""
    names = problem.stops.index[arrays.stops]
    return tuple(
        Round(
            kitchen=problem.kitchens.index[ride.trip.kitchen],
            stops=tuple(names[stop] for stop in ride.trip.stops),
            vehicle=problem.vehicles.index[ride.vehicle],
            departure_minute=ride.times.departure,
            arrival_minutes=ride.times.arrivals,
            meals=int(arrays.meals[list(ride.trip.stops)].sum()),
            cost_yuan=ride.yuan,
            elapsed_minutes=ride.times.elapsed,
            vehicle_number=ride.number,
        )
        for ride in rides
    )


def _times(arrays: Arrays, trip: Trip) -> Timetable:
    times = timetable(arrays.on(trip.way), trip.kitchen, trip.stops)
    if times is None:
        raise AssertionError("a pooled trip has a timetable")
    return times


def _single(arrays: Arrays, choice: Choice) -> tuple[Ride, ...]:
    counts: dict[int, int] = {}
    rides = []
    for trip, vehicle in zip(choice.trips, choice.vehicles, strict=True):
        counts[vehicle] = counts.get(vehicle, 0) + 1
        yuan = trip.yuan + float(arrays.fixed[vehicle])
        rides.append(Ride(trip, vehicle, counts[vehicle], _times(arrays, trip), yuan))
    return tuple(rides)


@dataclass
class _Vehicle:
    kitchen: int
    kind: int
    number: int
    back: float


def _chained(arrays: Arrays, trips: Iterable[Trip]) -> tuple[tuple[Ride, ...], list[Trip]]:
    vehicles: list[_Vehicle] = []
    rides, dropped = [], []
    for trip in sorted(trips, key=lambda one: (_times(arrays, one).latest, one.kitchen, one.stops)):
        load = float(arrays.meals[list(trip.stops)].sum())
        loading, own = float(arrays.loading[trip.kitchen]), arrays.on(trip.way)
        options = []
        for vehicle in vehicles:
            fits = arrays.holds[vehicle.kind] >= load and arrays.way_of[vehicle.kind] == trip.way
            if vehicle.kitchen == trip.kitchen and fits:
                # A hair later than the return: sums of minutes round both ways.
                times = timetable(own, trip.kitchen, trip.stops, vehicle.back + loading + MINUTE_TOLERANCE)
                if times is not None:
                    options.append((vehicle.back, vehicle, times))
        if options:
            _, vehicle, times = max(options, key=lambda option: (option[0], -option[1].kind, -option[1].number))
            vehicle.back = times.back
            rides.append(Ride(trip, vehicle.kind, vehicle.number, times, trip.yuan))
            continue
        fresh = _fresh(arrays, vehicles, trip, load)
        if fresh is None:
            dropped.append(trip)
            continue
        times = _times(arrays, trip)
        fresh.back = times.back
        vehicles.append(fresh)
        rides.append(Ride(trip, fresh.kind, fresh.number, times, trip.yuan + float(arrays.fixed[fresh.kind])))
    return tuple(rides), dropped


def _fresh(arrays: Arrays, vehicles: list[_Vehicle], trip: Trip, load: float) -> _Vehicle | None:
    """Return another vehicle of the cheapest type that holds the load and has one left."""
    used = np.bincount([vehicle.kind for vehicle in vehicles], minlength=len(arrays.fixed))
    options = np.flatnonzero((arrays.holds >= load) & (used + 1 <= arrays.number) & (arrays.way_of == trip.way))
    if not len(options):
        return None
    kind = int(min(options, key=lambda one: (arrays.fixed[one], arrays.holds[one], one)))
    return _Vehicle(trip.kitchen, kind, int(used[kind]) + 1, 0.0)
