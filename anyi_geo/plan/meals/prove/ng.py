"""ng-routes: rounds that may return to a stop only after leaving its neighbourhood, priced by dynamic programming.

Reference: Baldacci, Mingozzi and Roberti, New route relaxation and pricing strategies for the vehicle routing problem,
Operations Research 59 (2011) 1269-1283.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anyi_geo.plan.meals.arrays import Arrays, Flags, Floats, Ints
from anyi_geo.plan.meals.prove import kernel
from anyi_geo.plan.meals.prove.labels import Labels
from anyi_geo.plan.meals.prove.master import Priced

#: Stops squared x memories x time steps: what one step of the recursion looks at.
MOST_NUMBERS = 400_000
#: Steps of the largest vehicle's load.
MOST_LOADS = 400
#: Steps of the hot limit.
MOST_STEPS = 12
#: Reduced costs above this are zero.
ZERO = 1e-6


@dataclass(frozen=True, eq=False)
class Grid:
    """The states of the recursion; loads and minutes are rounded down, so every real round is among the rounds.

    Attributes
    ----------
    near : n x g
        Neighbourhood of every stop, itself first.
    onward : n x n x 2^g
        Memory at the next stop after leaving a stop with some memory.
    barred : n x n x 2^g
        Whether the next stop is remembered.
    load : array of n
        Load steps of every stop, at least one.
    meals_per_step : int
    out : k x n
        Time steps from leaving the kitchen to the end of service.
    leg : n x n
        Time steps from the end of service to the next one.
    steps : array of k
        Time steps of the hot limit after loading; 0 without a limit.
    width : float
        Minutes per step.
    """

    near: Ints
    onward: Ints
    barred: Flags
    load: Ints
    meals_per_step: int
    out: Ints
    leg: Ints
    steps: Ints
    width: float

    def remembered(self, labels: Labels) -> Ints:
        """Return the memory of beginnings of rounds at their last stop."""
        memory = np.zeros(len(labels.last), np.int64)
        held = np.stack([labels.holds(stop) for stop in range(len(self.near))], axis=1)
        for bit in range(self.near.shape[1]):
            memory |= held[np.arange(len(labels.last)), self.near[labels.last, bit]] << bit
        return memory


def grid_of(arrays: Arrays, size: int = 7) -> Grid:
    """Return the states with neighbourhoods of at most `size` stops, fewer where the tables would grow too large."""
    n = arrays.n
    steps, width = np.zeros(arrays.k, np.int64), math.inf
    if math.isfinite(arrays.hot):
        # One step for all kitchens, from the longest span: then every sum of minutes is rounded down.
        span = np.maximum(arrays.hot - arrays.loading, 0.0)
        width = max(float(span.max(initial=0.0)), 1e-6) / MOST_STEPS
        steps = np.floor(span / width + 1e-9).astype(np.int64)
    while size > 3 and n * n * 2**size * (int(steps.max(initial=0)) + 1) > MOST_NUMBERS:
        size -= 1
    near = _neighbourhoods(arrays, min(size, n))
    room = float(min(arrays.largest_vehicle, float(arrays.meals.sum())))
    common = int(np.gcd.reduce(arrays.meals))
    meals_per_step = min(common * max(1, math.ceil(room / common / MOST_LOADS)), int(arrays.meals.min()))
    return Grid(
        near,
        *_memories(near),
        load=arrays.meals // meals_per_step,
        meals_per_step=meals_per_step,
        out=_in_steps(arrays.minutes_out + arrays.service[None], width),
        leg=_in_steps(arrays.minutes + arrays.service[None], width),
        steps=steps,
        width=width,
    )


def _in_steps(minutes: Floats, width: float) -> Ints:
    return np.floor(np.where(np.isfinite(minutes), minutes, 0.0) / width + 1e-9).astype(np.int64)


def _neighbourhoods(arrays: Arrays, size: int) -> Ints:
    away = np.minimum(arrays.cost, arrays.cost.T)
    np.fill_diagonal(away, -1.0)
    return np.argsort(away, axis=1, kind="stable")[:, :size]


def _memories(near: Ints) -> tuple[Ints, Flags]:
    n, size = near.shape
    place = np.full((n, n), -1)
    place[np.arange(n)[:, None], near] = np.arange(size)[None]
    masks = np.arange(2**size)
    onward = np.ones((n, n, 2**size), np.int64)  # the next stop remembers itself: bit 0
    barred = np.zeros((n, n, 2**size), bool)
    for here in range(n):
        for bit, stop in enumerate(near[here].tolist()):
            kept = (masks >> bit) & 1
            there = place[:, stop]
            known = there >= 0
            onward[here, known] |= kept[None] << there[known][:, None]
            barred[here, stop] |= kept.astype(bool)
    return onward, barred


@dataclass(frozen=True, eq=False)
class Completion:
    """Least reduced cost from a stop back to the kitchen: by spare load, stop, memory and minutes left.

    Attributes
    ----------
    table : array (loads + 1) x n x memories x (steps + 1)
    """

    grid: Grid
    kitchen: int
    room: float
    table: NDArray[np.float64]

    def of(self, labels: Labels, arrays: Arrays) -> Floats:
        """Return a lower bound of what completing each beginning costs, less what its further stops earn."""
        grid = self.grid
        spare = ((self.room - labels.load) // grid.meals_per_step).astype(np.int64)
        spare = np.clip(spare, 0, len(self.table) - 1)
        left = np.zeros(len(labels.last), np.int64)
        if grid.steps[self.kitchen] > 0:
            minutes = arrays.hot - arrays.loading[self.kitchen] - labels.length
            left = np.floor(minutes / grid.width + 1e-9).astype(np.int64)
            left = np.clip(left, 0, grid.steps[self.kitchen])
        return self.table[spare, labels.last, grid.remembered(labels), left]


def completion(arrays: Arrays, grid: Grid, kitchen: int, prices: Floats, possible: Flags) -> Completion:
    """Fill the table by growing spare load.

    Parameters
    ----------
    prices : array of n
        Earned at each stop.
    possible : array of n
        Stops that a round of the kitchen may serve.
    """
    n, room = arrays.n, min(arrays.largest_vehicle, float(arrays.capacity[kitchen]), float(arrays.meals.sum()))
    loads = int(room // grid.meals_per_step)
    steps = int(grid.steps[kitchen])
    enter = arrays.cost + arrays.handing[None] - prices[None]
    enter = np.where(possible[None] & ~np.eye(n, dtype=bool), enter, math.inf)
    if kernel.COMPILED:
        back = np.ascontiguousarray(arrays.cost_back[:, kitchen])
        table = kernel.fill(enter, back, grid.load, grid.onward, grid.barred, grid.leg, loads, steps)
        return Completion(grid, kitchen, room, table)
    return Completion(grid, kitchen, room, _filled(grid, enter, arrays.cost_back[:, kitchen], loads, steps))


def _filled(grid: Grid, enter: Floats, ends: Floats, loads: int, steps: int) -> Floats:
    """Return the table of `kernel.fill`, by numpy."""
    n = len(ends)
    entering = np.where(grid.barred, math.inf, enter[:, :, None])
    table = np.empty((loads + 1, n, grid.onward.shape[2], steps + 1))
    back = np.broadcast_to(ends[:, None, None], table.shape[1:])
    after = np.arange(steps + 1)[None, None] - grid.leg[:, :, None] if steps else np.zeros((n, n, 1), np.int64)
    late = np.where(after < 0, math.inf, 0.0)
    after = np.maximum(after, 0)
    stop = np.arange(n)
    for spare in range(loads + 1):
        fits = np.flatnonzero(grid.load <= spare)
        table[spare] = back
        if not len(fits):
            continue
        onward = table[
            (spare - grid.load[fits])[None, :, None, None],
            stop[fits][None, :, None, None],
            grid.onward[:, fits][..., None],
            after[:, fits][:, :, None, :],
        ]
        onward += entering[:, fits][..., None]
        if steps:
            onward += late[:, fits][:, :, None, :]
        np.minimum(table[spare], onward.min(axis=1), out=table[spare])
    return table


def best_rounds(
    arrays: Arrays, filled: Completion, prices: Floats, of_type: Floats, possible: Flags, *, most: int = 20
) -> tuple[float, list[Priced]]:
    """Return the least reduced cost of a round of the kitchen, and the rounds that begin best with a negative one.

    Parameters
    ----------
    arrays, filled
        The problem and the table of the kitchen.
    prices : array of n
        Earned at each stop.
    of_type : array of v
        What using each type of vehicle costs; inf for none.
    possible : array of n
        Stops that a round of the kitchen may serve.
    most : int
        Rounds returned at most.
    """
    kitchen, grid, least = filled.kitchen, filled.grid, math.inf
    found: list[tuple[float, Priced]] = []
    first = arrays.cost_out[kitchen] + arrays.handing - prices
    left = grid.steps[kitchen] - grid.out[kitchen] if grid.steps[kitchen] else np.zeros(arrays.n, np.int64)
    for kind in np.flatnonzero(np.isfinite(of_type)).tolist():
        room = int(min(filled.room, float(arrays.holds[kind])) // grid.meals_per_step)
        stops = np.flatnonzero(possible & (grid.load <= room) & (left >= 0))
        value = np.full(arrays.n, math.inf)
        value[stops] = of_type[kind] + first[stops] + filled.table[room - grid.load[stops], stops, 1, left[stops]]
        least = min(least, float(value.min(initial=math.inf)))
        for stop in np.argsort(value, kind="stable")[:most].tolist():
            if value[stop] < -ZERO:
                way = _follow(arrays, filled, prices, stop, room, int(left[stop]), possible)
                found.append((float(value[stop]), Priced(kitchen, way, kind)))
    return least, [one for _, one in sorted(found)]


def _follow(
    arrays: Arrays, filled: Completion, prices: Floats, stop: int, room: int, left: int, possible: Flags
) -> tuple[int, ...]:
    """Return the stops of the best round that begins at a stop, read from the table."""
    grid = filled.grid
    way, memory, spare = [stop], 1, room - int(grid.load[stop])
    while True:
        here = way[-1]
        after = left - grid.leg[here] if grid.steps[filled.kitchen] else np.zeros(arrays.n, np.int64)
        fits = possible & (grid.load <= spare) & (after >= 0) & ~grid.barred[here, :, memory]
        fits[here] = False
        options = np.full(arrays.n, math.inf)
        stops = np.flatnonzero(fits)
        enter = arrays.cost[here, stops] + arrays.handing[stops] - prices[stops]
        rest = filled.table[spare - grid.load[stops], stops, grid.onward[here, stops, memory], after[stops]]
        options[stops] = enter + rest
        best = int(np.argmin(options)) if len(options) else 0
        if not options[best] < arrays.cost_back[here, filled.kitchen]:
            return tuple(way)
        memory, spare, left = int(grid.onward[here, best, memory]), spare - int(grid.load[best]), int(after[best])
        way.append(best)
