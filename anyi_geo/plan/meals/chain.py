"""Rounds with labels, clocks and vehicles; chained rounds share vehicles where their clocks allow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from anyi_geo.plan.meals.answer import Round
from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.choice import Choice
from anyi_geo.plan.meals.clock import Timetable, timetable
from anyi_geo.plan.meals.pool import Trip
from anyi_geo.plan.meals.problem import MealProblem


@dataclass(frozen=True)
class _Ride:
    trip: Trip
    vehicle: int
    number: int
    times: Timetable
    yuan: float


def rounds_of(
    problem: MealProblem, arrays: Arrays, choice: Choice, *, chain_rounds: bool
) -> tuple[tuple[Round, ...], float]:
    """Return the rounds of a choice with times and vehicles, and the yuan of them all (vehicles included)."""
    rides = _chained(arrays, choice) if chain_rounds else _single(arrays, choice)
    names = problem.stops.index[arrays.stops]
    rounds = tuple(
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
    return rounds, math.fsum(one.cost_yuan for one in rounds)


def _single(arrays: Arrays, choice: Choice) -> list[_Ride]:
    counts: dict[int, int] = {}
    rides = []
    for trip, vehicle in zip(choice.trips, choice.vehicles, strict=True):
        counts[vehicle] = counts.get(vehicle, 0) + 1
        times = timetable(arrays, trip.kitchen, trip.stops)
        if times is None:
            raise AssertionError("a pooled trip has a timetable")
        rides.append(_Ride(trip, vehicle, counts[vehicle], times, trip.yuan + float(arrays.fixed[vehicle])))
    return rides


def _chained(arrays: Arrays, choice: Choice) -> list[_Ride]:
    return _single(arrays, choice)
