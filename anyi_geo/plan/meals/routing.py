"""Rounds by PyVRP: kitchens as depots with the hot limit as shift, own kitchens as prizes."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyvrp import Client, Depot, Location, ProblemData, Route, Solution, SolveParams, VehicleType, solve
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks, IteratedLocalSearchParams
from pyvrp.stop import MaxIterations, MaxRuntime

from anyi_geo.plan.meals.arrays import Arrays, Floats, Ints
from anyi_geo.plan.meals.pool import Pool, Trip

#: PyVRP computes in integers: thousandths of a minute, rounded up (legs) and down (limits).
PER_MINUTE = 1000
#: Larger than any clock that matters, far below PyVRP's own limit of 2^44.
FOREVER = 1 << 40
#: Iterations of the shortest run under a clock.
FEWEST_ITERATIONS = 300
#: Every how many iterations the current candidate's rounds are pooled.
POOL_EVERY = 20


@dataclass(frozen=True)
class Effort:
    """How long one routing run may take: iterations when given (no clock is read), else seconds."""

    seconds: float
    iterations: int | None

    def stop(self) -> Any:
        """Return PyVRP's stopping criterion."""
        if self.iterations is not None:
            return MaxIterations(self.iterations)
        return _Both(MaxRuntime(max(self.seconds, 0.05)), MaxIterations(FEWEST_ITERATIONS))


class _Both:
    """Stop once both criteria are met: a busy machine must not rank runs that have hardly begun."""

    def __init__(self, first: Any, second: Any) -> None:
        self._first, self._second = first, second

    def __call__(self, best_cost: float) -> bool:
        """Return whether both stop; both count every call."""
        done = self._first(best_cost), self._second(best_cost)
        return all(done)


@dataclass(frozen=True, eq=False)
class Fleet:
    """Which kitchens drive and how many rounds of each type they may.

    Attributes
    ----------
    kitchens : tuple of int
    rounds : array, len(kitchens) x vehicle types
        Rounds available.
    holds : array, len(kitchens) x vehicle types
        Meals per round; smaller than the vehicle's where a kitchen's last vehicle only takes its remaining meals.
    fixed : array, len(kitchens) x vehicle types
        Yuan per round.
    surcharge : array of len(kitchens)
        Yuan per meal added for a kitchen that was overloaded in an earlier run.
    """

    kitchens: tuple[int, ...]
    rounds: Ints
    holds: Floats
    fixed: Floats
    surcharge: Floats


def open_fleet(arrays: Arrays, kitchens: Sequence[int], stops: Sequence[int], surcharge: Floats | None = None) -> Fleet:
    """Return a fleet with all the rounds that could be wanted; kitchens' capacities are not enforced."""
    most = np.minimum(arrays.number, len(stops))
    rows, room = len(kitchens), arrays.room_after_diners(kitchens)
    return Fleet(
        tuple(kitchens),
        np.tile(most, (rows, 1)).astype(np.int64),
        np.minimum(np.tile(arrays.holds, (rows, 1)), room[list(kitchens)][:, None]),
        np.tile(arrays.fixed, (rows, 1)),
        np.zeros(rows) if surcharge is None else surcharge,
    )


def rationed_fleet(arrays: Arrays, kitchens: Sequence[int], stops: Sequence[int]) -> Fleet:
    """Return a fleet whose loads cannot pass a kitchen's capacity: full vehicles, and one for the remainder.

    Only for one type of vehicle. It forbids plans with many part-full vehicles, which set partitioning then allows.
    """
    hold, total = float(arrays.holds[0]), float(arrays.meals[list(stops)].sum())
    room = arrays.room_after_diners(kitchens)[list(kitchens)]
    capacity = np.minimum(room, total)
    full = np.floor(capacity / hold)
    rest = capacity - full * hold
    roomy = room >= total
    most = min(float(arrays.number[0]), len(stops))
    rounds = np.stack([np.where(roomy, most, np.minimum(full, most)), np.where(roomy | (rest < 1), 0, 1)], axis=1)
    return Fleet(
        tuple(kitchens),
        rounds.astype(np.int64),
        np.stack([np.full(len(rest), hold), rest], axis=1),
        np.full((len(kitchens), 2), arrays.fixed[0]),
        np.zeros(len(kitchens)),
    )


@dataclass(frozen=True, eq=False)
class Routed:
    """What one run found.

    Attributes
    ----------
    trips : tuple of Trip
    left : tuple of int
        Stops without a round: they cook themselves.
    solution : object
        PyVRP's own, as a start for a longer run on the same fleet and stops.
    feasible : bool
        Whether it keeps what PyVRP was told; the trips of one that does not are only pooled.
    """

    trips: tuple[Trip, ...]
    left: tuple[int, ...]
    solution: Any
    feasible: bool


class _Pooling(IteratedLocalSearchCallbacks):
    def __init__(self, pool: Pool, fleet: Fleet, stops: Sequence[int], every: int) -> None:
        self._pool, self._kitchens, self._stops, self._every, self._count = pool, fleet.kitchens, stops, every, 0

    def on_best(self, best: Any) -> None:
        self._take(best)

    def on_iteration(self, current: Any, candidate: Any, best: Any, cost_evaluator: Any) -> None:  # noqa: ARG002
        self._count += 1
        if self._count % self._every == 0:
            self._take(candidate)

    def _take(self, solution: Any) -> None:
        for route in solution.routes():
            if route.is_feasible():
                self._pool.add(*_visits(route, self._kitchens, self._stops))


def _visits(route: Any, kitchens: Sequence[int], stops: Sequence[int]) -> tuple[int, list[int]]:
    return kitchens[route.start_depot() // 2], [stops[activity.idx] for activity in route if activity.is_client()]


def run(
    arrays: Arrays, fleet: Fleet, stops: Sequence[int], effort: Effort, seed: int, pool: Pool, *, start: Any = None
) -> Routed:
    """Route `stops` from the fleet's kitchens; every feasible round seen goes into the pool.

    A stop that may cook is an optional client whose prize is its own kitchen's cost. The hot limit is the shift: its
    clock starts with the loading (service at the start depot) and ends with the last service, because the way into the
    separate end depot takes no time and only costs.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        data = _data(arrays, fleet, stops)
        every = POOL_EVERY if effort.iterations is None else max(1, min(POOL_EVERY, effort.iterations // 150))
        search = IteratedLocalSearchParams(callbacks=_Pooling(pool, fleet, stops, every))
        result = solve(
            data,
            effort.stop(),
            seed=seed % (2**31 - 1),
            collect_stats=False,
            params=SolveParams(ils=search),
            initial_solution=start,
        )
    found = [pool.add(*_visits(route, fleet.kitchens, stops)) for route in result.best.routes()]
    trips = tuple(trip for trip in found if trip is not None)
    visited = {stop for trip in trips for stop in trip.stops}
    left = tuple(stop for stop in stops if stop not in visited)
    feasible = result.is_feasible() and len(trips) == len(found) and bool(np.isfinite(arrays.own[list(left)]).all())
    return Routed(trips, left, result.best if result.is_feasible() else None, feasible)


def start_from(arrays: Arrays, fleet: Fleet, stops: Sequence[int], trips: Sequence[Trip]) -> Any:
    """Return PyVRP's solution of the given trips, or None where the fleet has no vehicle left for one of them."""
    place = {stop: index for index, stop in enumerate(stops)}
    row_of = {kitchen: row for row, kitchen in enumerate(fleet.kitchens)}
    left, kinds = fleet.rounds.copy(), _vehicle_index(fleet)
    data = _data(arrays, fleet, stops)
    routes = []
    for trip in sorted(trips, key=lambda one: -int(arrays.meals[list(one.stops)].sum())):
        row = row_of.get(trip.kitchen)
        load = arrays.meals[list(trip.stops)].sum()
        if row is None or any(stop not in place for stop in trip.stops):
            return None
        options = [c for c in range(left.shape[1]) if left[row, c] > 0 and fleet.holds[row, c] >= load]
        if not options:
            return None
        column = min(options, key=lambda c: (fleet.fixed[row, c], fleet.holds[row, c]))
        left[row, column] -= 1
        routes.append(Route(data, [place[stop] for stop in trip.stops], kinds[row, column]))
    return Solution(data, routes)


def _vehicle_index(fleet: Fleet) -> dict[tuple[int, int], int]:
    """Return (row, column) -> vehicle type, in the order in which the data lists those that exist."""
    rows, columns = fleet.rounds.shape
    there = [(r, c) for r in range(rows) for c in range(columns) if fleet.rounds[r, c] > 0 and fleet.holds[r, c] >= 1]
    return {pair: index for index, pair in enumerate(there)}


def _data(arrays: Arrays, fleet: Fleet, stops: Sequence[int]) -> ProblemData:
    kitchens, chosen = list(fleet.kitchens), list(stops)
    rows, clients = len(kitchens), len(chosen)
    scale = cost_scale(arrays)
    origin = float(np.min(arrays.ready[kitchens]))
    starts, ends, at = np.arange(0, 2 * rows, 2), np.arange(1, 2 * rows, 2), 2 * rows + np.arange(clients)
    size = 2 * rows + clients
    yuan, minutes = np.full((size, size), math.inf), np.full((size, size), math.inf)
    yuan[np.ix_(starts, at)], minutes[np.ix_(starts, at)] = (
        arrays.cost_out[kitchens][:, chosen] + arrays.handing[chosen],
        (arrays.minutes_out[kitchens][:, chosen]),
    )
    yuan[np.ix_(at, at)], minutes[np.ix_(at, at)] = (
        arrays.cost[np.ix_(chosen, chosen)] + arrays.handing[chosen],
        (arrays.minutes[np.ix_(chosen, chosen)]),
    )
    yuan[np.ix_(at, ends)] = arrays.cost_back[np.ix_(chosen, kitchens)]
    minutes[np.ix_(at, ends)] = np.where(np.isfinite(yuan[np.ix_(at, ends)]), 0.0, math.inf)
    yuan[starts, ends] = minutes[starts, ends] = 0.0
    np.fill_diagonal(yuan, 0.0)
    np.fill_diagonal(minutes, 0.0)
    forbidden = ~np.isfinite(yuan)
    dear = int(scale * (2 * np.max(yuan[~forbidden], initial=0.0) + _dearest_own(arrays))) + 1000
    distance = np.where(forbidden, dear * 20, np.rint(np.where(forbidden, 0, yuan) * scale)).astype(np.int64)
    if arrays.timeless:
        duration = np.where(forbidden, 1, 0).astype(np.int64)
    else:
        legs = np.ceil(np.where(forbidden, 0, minutes) * PER_MINUTE - 1e-3)
        duration = np.where(forbidden, FOREVER >> 8, legs).astype(np.int64)
    np.fill_diagonal(duration, 0)
    depots: list[Depot] = []
    for kitchen in kitchens:
        ready = _clock(arrays.ready[kitchen] - origin, math.ceil)
        loading = 0 if arrays.timeless else _clock(arrays.loading[kitchen], math.ceil)
        depots += [Depot(len(depots), tw_early=ready, service_duration=loading), Depot(len(depots) + 1)]
    profiles = [distance]
    if fleet.surcharge.any():
        profiles = [_with_surcharge(distance, at, arrays.meals[chosen] * extra * scale) for extra in fleet.surcharge]
    shift = {} if arrays.timeless or math.isinf(arrays.hot) else {"shift_duration": _clock(arrays.hot, math.floor)}
    vehicles = [
        VehicleType(
            int(fleet.rounds[row, column]),
            capacity=[int(min(fleet.holds[row, column], float(arrays.meals.sum())))],
            start_depot=2 * row,
            end_depot=2 * row + 1,
            fixed_cost=round(float(fleet.fixed[row, column]) * scale),
            profile=row if len(profiles) > 1 else 0,
            **shift,
        )
        for row, column in _vehicle_index(fleet)
    ]
    return ProblemData(
        [Location(0.0, 0.0)] * size,
        [_client(arrays, stop, 2 * rows + place, origin, scale) for place, stop in enumerate(chosen)],
        depots,
        vehicles,
        profiles,
        [duration] * len(profiles),
    )


def _client(arrays: Arrays, stop: int, location: int, origin: float, scale: float) -> Client:
    optional = math.isfinite(arrays.own[stop])
    timing = {}
    if not arrays.timeless:
        timing = {
            "service_duration": _clock(arrays.service[stop], math.ceil),
            "tw_early": _clock(arrays.opens[stop] - origin, math.ceil),
            "tw_late": _clock(arrays.closes[stop] - origin, math.floor),
        }
    return Client(
        location,
        delivery=[int(arrays.meals[stop])],
        prize=round(float(arrays.own[stop]) * scale) if optional else 0,
        required=not optional,
        **timing,
    )


def _clock(minutes: float, rounded: Any) -> int:
    """Return minutes in PyVRP's units; before the origin is 0, the far future is FOREVER."""
    if minutes * PER_MINUTE >= FOREVER:
        return FOREVER
    # A thousandth of a unit of slack keeps 0.1 + 0.2 from being rounded to the wrong side.
    slack = -1e-3 if rounded is math.ceil else 1e-3
    return max(0, int(rounded(max(minutes, 0.0) * PER_MINUTE + slack)))


def _with_surcharge(distance: Ints, at: Ints, extra: Floats) -> Ints:
    lifted = distance.copy()
    lifted[:, at] += np.rint(extra).astype(np.int64)[None]
    lifted[at, at] = 0
    return lifted


def _dearest_own(arrays: Arrays) -> float:
    finite = arrays.own[np.isfinite(arrays.own)]
    return float(np.max(finite, initial=0.0))


def cost_scale(arrays: Arrays) -> float:
    """Return PyVRP's cost units per yuan: fen, or coarser where single arcs cost ten thousands."""
    parts = [arrays.cost_out, arrays.cost, arrays.cost_back, arrays.fixed, arrays.handing]
    dearest = max((float(np.max(part[np.isfinite(part)], initial=0.0)) for part in parts), default=0.0)
    return 100.0 if dearest < 1000 else 10.0 if dearest < 10000 else 1.0
