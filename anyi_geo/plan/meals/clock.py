"""The clock of a round: leave so that the food waits as little as possible, then count from its own cooking."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from anyi_geo.plan.meals.arrays import MINUTE_TOLERANCE, Arrays


@dataclass(frozen=True)
class Timetable:
    """When a round leaves, arrives and how old its food is.

    Attributes
    ----------
    departure : float
        Leaving the kitchen, minutes after midnight.
    arrivals, elapsed : tuple of float
        Arrival at every stop; minutes from the start of loading to the end of service there.
    latest : float
        Latest departure that still meets every window and the hot limit.
    back : float
        Return to the kitchen.
    """

    departure: float
    arrivals: tuple[float, ...]
    elapsed: tuple[float, ...]
    latest: float
    back: float


def timetable(arrays: Arrays, kitchen: int, stops: Sequence[int], leave_from: float = -math.inf) -> Timetable | None:
    """Return the timetable of least elapsed minutes, or None when windows or the hot limit forbid the round.

    Waiting before a window ages the food, so the departure is postponed until nothing waits or the first window would
    close; among such departures the earliest is taken. Elapsed minutes grow along a round: the last stop decides.

    Parameters
    ----------
    arrays : Arrays
    kitchen : int
    stops : sequence of int
        Order of visit, at least one.
    leave_from : float
        No departure before this minute (a chained vehicle is still out).
    """
    earliest = max(float(arrays.ready[kitchen] + arrays.loading[kitchen]), leave_from)
    legs = _legs(arrays, kitchen, stops)
    if not math.isfinite(sum(legs)):
        return None
    clock, waited, slack = earliest, 0.0, math.inf
    for leg, stop in zip(legs, stops, strict=True):
        clock += leg
        wait = max(0.0, float(arrays.opens[stop]) - clock)
        clock += wait
        late = clock - float(arrays.closes[stop])
        if late > MINUTE_TOLERANCE:
            return None
        waited += wait
        slack = min(slack, waited + max(0.0, -late))
        clock += float(arrays.service[stop])
    departure = earliest + min(waited, slack)
    arrivals, elapsed = _drive(arrays, kitchen, stops, legs, departure)
    if elapsed[-1] > arrays.hot + MINUTE_TOLERANCE:
        return None
    back = departure - float(arrays.loading[kitchen]) + elapsed[-1] + float(arrays.minutes_back[stops[-1], kitchen])
    # Past the last wait every further minute of delay moves the whole round; the windows alone set the end.
    return Timetable(departure, arrivals, elapsed, earliest + slack, back)


def _legs(arrays: Arrays, kitchen: int, stops: Sequence[int]) -> list[float]:
    between = (float(arrays.minutes[a, b]) for a, b in itertools.pairwise(stops))
    return [float(arrays.minutes_out[kitchen, stops[0]]), *between]


def _drive(
    arrays: Arrays, kitchen: int, stops: Sequence[int], legs: Sequence[float], departure: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    cooked = departure - float(arrays.loading[kitchen])
    clock, arrivals, elapsed = departure, [], []
    for leg, stop in zip(legs, stops, strict=True):
        clock += leg
        arrivals.append(clock)
        clock = max(clock, float(arrays.opens[stop])) + float(arrays.service[stop])
        elapsed.append(clock - cooked)
    return tuple(arrivals), tuple(elapsed)


def round_cost(arrays: Arrays, kitchen: int, stops: Sequence[int]) -> float:
    """Return the yuan of a round's arcs, return included, and of handing over, no vehicle; inf over a missing arc."""
    between = sum(float(arrays.cost[a, b]) for a, b in itertools.pairwise(stops))
    ends = arrays.cost_out[kitchen, stops[0]] + arrays.cost_back[stops[-1], kitchen]
    return float(ends + between + arrays.handing[list(stops)].sum())
