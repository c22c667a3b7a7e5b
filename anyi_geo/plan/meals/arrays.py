"""The numbers of a problem as arrays, for the inner loops only; labels come back in `solve`."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anyi_geo.plan.meals.problem import MealProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Two computations of one minute may differ by this much; far below what a clock shows.
MINUTE_TOLERANCE = 1e-7


@dataclass(frozen=True, eq=False)
class Arrays:
    """A problem restricted to the stops that eat; positions follow the problem's tables.

    Attributes
    ----------
    stops : array of int
        Position in ``problem.stops`` of every stop that eats (n of them; kitchens: k, vehicle types: v).
    meals, service, opens, closes, own, handing : arrays of n
        `own` is inf where a stop may not cook; `handing` is paid once when it is delivered.
    capacity, opening, loading, ready : arrays of k
    holds, fixed, number : arrays of v
        `number` is inf where any.
    minutes_out, cost_out : k x n; minutes_back, cost_back : n x k; minutes, cost : n x n
        Arcs from a kitchen, back to it and between stops; a missing arc is inf in both.
    hot : float
        Hot limit, inf when there is none.
    kitchen_of : array of n
        Position of the kitchen at the same place, -1 when there is none.
    dines : array of n
        Whether the stop, when it cooks itself at an opened kitchen, is one kitchen with it.
    kitchens_max : float
    way : int
        Which way of travel the minutes and yuan are of; vehicles of other ways have number 0.
    way_of : array of v
        Way of travel of every type.
    ways : tuple of Arrays
        Each way of travel for itself, where there are several. The minutes and yuan here are then the least of all, a
        relaxation: no round is driven by them.
    """

    stops: Ints
    meals: Ints
    service: Floats
    opens: Floats
    closes: Floats
    own: Floats
    handing: Floats
    capacity: Floats
    opening: Floats
    loading: Floats
    ready: Floats
    holds: Floats
    fixed: Floats
    number: Floats
    minutes_out: Floats
    minutes_back: Floats
    minutes: Floats
    cost_out: Floats
    cost_back: Floats
    cost: Floats
    hot: float
    kitchen_of: Ints
    dines: Flags
    kitchens_max: float
    way: int
    way_of: Ints
    ways: tuple[Arrays, ...] = ()

    def on(self, way: int) -> Arrays:
        """Return the arrays that a trip of this way of travel is driven by."""
        return self.ways[way] if self.ways else self

    @property
    def n(self) -> int:
        """Stops that eat."""
        return len(self.stops)

    @property
    def k(self) -> int:
        """Kitchens."""
        return len(self.capacity)

    @property
    def largest_vehicle(self) -> float:
        """Meals in the largest vehicle that exists."""
        there = self.holds[self.number >= 1]
        return float(there.max()) if len(there) else 0.0

    def diners_at(self, kitchens: Collection[int]) -> Ints:
        """Return the stops that eat at one of these kitchens, themselves within its capacity."""
        there = np.flatnonzero(self.dines & np.isin(self.kitchen_of, list(kitchens)))
        return there[self.meals[there] <= self.capacity[self.kitchen_of[there]]]

    def room_after_diners(self, kitchens: Collection[int]) -> Floats:
        """Return every kitchen's capacity less what the stops at these kitchens eat there."""
        room = self.capacity.astype(float).copy()
        stops = self.diners_at(kitchens)
        room[self.kitchen_of[stops]] -= self.meals[stops]
        return room

    @property
    def timeless(self) -> bool:
        """Whether no clock can bind: no hot limit, and every window is open whatever is driven."""
        if math.isfinite(self.hot):
            return False
        finite = [matrix[np.isfinite(matrix)] for matrix in (self.minutes_out, self.minutes)]
        longest = max((float(part.max()) for part in finite if part.size), default=0.0)
        opens = float(np.max(self.opens, initial=-math.inf))
        start = float(np.max(self.ready + self.loading, initial=-math.inf))
        return bool(np.all(self.closes >= max(start, opens) + self.n * longest + self.service.sum()))


def arrays_of(problem: MealProblem) -> Arrays:
    """Return the arrays of a checked problem; stops without meals stay out.

    Types of vehicle that share their tables of minutes and yuan travel the same way.
    """
    tables: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    way_of = np.zeros(len(problem.vehicles), np.int64)
    for at, kind in enumerate(problem.vehicles.index):
        pair = problem.minutes_of(kind), problem.cost_of(kind)
        known = [way for way, one in enumerate(tables) if one[0] is pair[0] and one[1] is pair[1]]
        way_of[at] = known[0] if known else len(tables)
        tables += [] if known else [pair]
    ways = [_one_way(problem, way, way_of, *_arcs(*pair)) for way, pair in enumerate(tables)]
    there = [one for one in ways if (one.number >= 1).any()]
    if not there:
        return _one_way(problem, 0, way_of, *_arcs(problem.minutes, problem.cost_yuan))
    if len(there) == 1:
        return there[0]
    pairs = [_arcs(*tables[one.way]) for one in there]
    least = tuple(np.minimum.reduce([pair[at] for pair in pairs]) for at in range(2))
    base = _one_way(problem, -1, way_of, *least)
    return replace(base, number=np.maximum.reduce([one.number for one in ways]), ways=tuple(ways))


def _arcs(minutes: pd.DataFrame, cost: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return minutes and yuan; an arc that lacks one lacks both."""
    both = minutes.to_numpy(copy=True), cost.to_numpy(copy=True)
    missing = np.isinf(both[0]) | np.isinf(both[1])
    both[0][missing] = both[1][missing] = math.inf
    return both


def _one_way(problem: MealProblem, way: int, way_of: Ints, minutes: Floats, cost: Floats) -> Arrays:
    table, kitchens, vehicles = problem.stops, problem.kitchens, problem.vehicles
    eating = np.flatnonzero(table["meals"].to_numpy() > 0)
    stops = table.iloc[eating]
    at_kitchen = np.arange(len(kitchens))
    at_stop = problem.places.get_indexer(stops.index)
    own = stops["own_kitchen_yuan"].to_numpy(copy=True)
    own[np.isnan(own)] = math.inf
    number = vehicles["number"].to_numpy(copy=True)
    number[np.isnan(number)] = math.inf
    number[way_of != way] = 0.0
    kitchen_of = kitchens.index.get_indexer(stops.index)
    return Arrays(
        stops=eating,
        meals=stops["meals"].to_numpy().astype(np.int64),
        service=stops["service_minutes"].to_numpy(),
        opens=stops["window_start"].to_numpy(),
        closes=stops["window_end"].to_numpy(),
        own=own,
        handing=stops["delivered_yuan"].to_numpy(),
        capacity=kitchens["capacity_meals"].to_numpy(),
        opening=kitchens["opening_yuan"].to_numpy(),
        loading=kitchens["loading_minutes"].to_numpy(),
        ready=kitchens["ready_minute"].to_numpy(),
        holds=vehicles["capacity_meals"].to_numpy(),
        fixed=vehicles["fixed_yuan"].to_numpy(),
        number=number,
        minutes_out=minutes[np.ix_(at_kitchen, at_stop)],
        minutes_back=minutes[np.ix_(at_stop, at_kitchen)],
        minutes=minutes[np.ix_(at_stop, at_stop)],
        cost_out=cost[np.ix_(at_kitchen, at_stop)],
        cost_back=cost[np.ix_(at_stop, at_kitchen)],
        cost=cost[np.ix_(at_stop, at_stop)],
        hot=problem.hot_limit,
        kitchen_of=kitchen_of,
        dines=(kitchen_of >= 0) & np.isfinite(own) & problem.dine_in,
        kitchens_max=float(problem.kitchens_max),
        way=way,
        way_of=way_of,
    )
