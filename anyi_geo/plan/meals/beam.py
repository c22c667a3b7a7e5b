"""Rounds worth adding at given prices: a labelling that keeps the few best beginnings per load and last stop.

The proof needs every round; the search only good ones, soon. Every beginning kept visits no stop twice and passes no
limit of load or clock; what is not found proves nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anyi_geo.plan.meals.arrays import MINUTE_TOLERANCE, Arrays, Flags, Floats, Ints

#: Beginnings kept per load and last stop, and stops that may come before another one (its cheapest ones).
COARSE, FINE = (1, 12), (4, 25)
#: Steps of the largest vehicle's load.
MOST_LOADS = 200
#: Reduced costs above this are zero.
ZERO = 1e-6
BITS = 64


@dataclass(frozen=True, eq=False)
class Beam:
    """What the labelling needs of a problem, whatever the prices.

    Attributes
    ----------
    arrays : Arrays
    possible : k x n
        Stops that a round of the kitchen may serve.
    width : int
        Beginnings kept per load and last stop.
    before : n x m
        Stops that may come before each stop.
    load : array of n
        Load steps of every stop, rounded up, so that no vehicle is overloaded.
    meals_per_step : int
    """

    arrays: Arrays
    possible: Flags
    width: int
    before: Ints
    load: Ints
    meals_per_step: int


def beam_of(arrays: Arrays, possible: Flags, fineness: tuple[int, int] = FINE) -> Beam:
    """Return the labelling's tables: `COARSE` sees most good rounds in a quarter of the time, `FINE` nearly all."""
    width, near = fineness
    away = np.minimum(arrays.cost, arrays.cost.T)
    np.fill_diagonal(away, math.inf)
    before = np.argsort(away, axis=1, kind="stable")[:, : max(min(near, arrays.n - 1), 1)]
    room = min(arrays.largest_vehicle, float(arrays.meals.sum()))
    common = int(np.gcd.reduce(arrays.meals)) if arrays.n else 1
    step = common * max(1, math.ceil(room / common / MOST_LOADS))
    return Beam(arrays, possible, width, before, -(-arrays.meals // step), step)


@dataclass(frozen=True, eq=False)
class _Table:
    """The beginnings by load step, last stop and rank: reduced cost, stops as bits, way back, minutes and clock."""

    value: Floats
    words: NDArray[np.uint64]
    parent: Ints
    length: Floats
    clock: Floats


def rounds_below(
    beam: Beam, kitchen: int, prices: Floats, of_type: Floats, *, most: int, cover: int | None = None
) -> list[tuple[int, ...]]:
    """Return rounds of a kitchen with negative reduced cost, the least first.

    Parameters
    ----------
    beam : Beam
    kitchen : int
    prices : array of n
        Earned at each stop.
    of_type : array of v
        What using each type of vehicle costs; inf for none.
    most : int
        Rounds returned at most.
    cover : int, optional
        At most so many rounds through one stop, so that rounds differ; without, any number.
    """
    arrays = beam.arrays
    of_load = _of_load(beam, kitchen, of_type)
    if len(of_load) < 2 or not arrays.n:
        return []
    table = _filled(beam, kitchen, prices, len(of_load) - 1)
    reduced = table.value + arrays.cost_back[:, kitchen][None, :, None] + of_load[:, None, None]
    flat = reduced.ravel()
    below = np.flatnonzero(flat < -ZERO)
    found: dict[frozenset[int], tuple[int, ...]] = {}
    times = np.zeros(arrays.n, np.int64)
    for at in below[np.argsort(flat[below], kind="stable")].tolist():
        way = _way(beam, table, at)
        if frozenset(way) in found or (cover is not None and times[list(way)].min() >= cover):
            continue
        times[list(way)] += 1
        found[frozenset(way)] = way
        if len(found) >= most:
            break
    return list(found.values())


def _of_load(beam: Beam, kitchen: int, of_type: Floats) -> Floats:
    """Return the least cost of a vehicle per load step, from 0 to the largest load."""
    arrays = beam.arrays
    holds = np.minimum(np.minimum(arrays.holds, arrays.capacity[kitchen]), float(arrays.meals.sum()))
    steps = np.where(np.isfinite(of_type), holds // beam.meals_per_step, -1).astype(np.int64)
    loads = np.arange(max(int(steps.max(initial=-1)), 0) + 1)
    return np.where(loads[:, None] <= steps[None], of_type[None], math.inf).min(axis=1)


def _filled(beam: Beam, kitchen: int, prices: Floats, loads: int) -> _Table:
    """Fill the table by growing load: each stop after the best beginnings of its near stops, or as a first stop."""
    arrays, n, near = beam.arrays, beam.arrays.n, beam.before.shape[1]
    width = beam.width
    shape, span = (loads + 1, n, width), float(arrays.hot - arrays.loading[kitchen])
    every, timed = np.arange(n), not arrays.timeless
    table = _Table(
        np.full(shape, math.inf),
        np.zeros((*shape, -(-n // BITS)), np.uint64),
        np.full(shape, -1, np.int64),
        np.zeros(shape),
        np.zeros(shape),
    )
    earned = arrays.handing - prices
    enter = np.where(
        beam.possible[kitchen][:, None], arrays.cost[beam.before, every[:, None]] + earned[:, None], np.inf
    )
    legs = arrays.minutes[beam.before, every[:, None]]
    word, bit = every // BITS, np.uint64(1) << (every % BITS).astype(np.uint64)
    starts = _starts(arrays, kitchen, earned, beam.possible[kitchen], span)
    for load in range(1, loads + 1):
        stops = np.flatnonzero(beam.load <= load)
        if not len(stops):
            continue
        source, previous = load - beam.load[stops][:, None], beam.before[stops]
        value = table.value[source, previous] + enter[stops][:, :, None]
        seen = table.words[source[:, :, None], previous[:, :, None], np.arange(width), word[stops][:, None, None]]
        value[(seen & bit[stops][:, None, None]) != 0] = math.inf
        if timed:
            length = table.length[source, previous] + legs[stops][:, :, None] + arrays.service[stops][:, None, None]
            begin = np.maximum(table.clock[source, previous] + legs[stops][:, :, None], arrays.opens[stops, None, None])
            late = begin > arrays.closes[stops][:, None, None] + MINUTE_TOLERANCE
            value[late | (length > span + MINUTE_TOLERANCE)] = math.inf
        value = value.reshape(len(stops), near * width)
        best = np.argpartition(value, width - 1, axis=1)[:, :width]
        row = np.arange(len(stops))[:, None]
        table.value[load, stops] = value[row, best]
        came, rank = previous[row, best // width], best % width
        table.parent[load, stops] = came * width + rank
        table.words[load, stops] = table.words[source, came, rank]
        table.words[load, stops, :, word[stops]] |= bit[stops][:, None]
        if timed:
            table.length[load, stops] = length.reshape(len(stops), -1)[row, best]
            table.clock[load, stops] = begin.reshape(len(stops), -1)[row, best] + arrays.service[stops][:, None]
        first = stops[(beam.load[stops] == load) & np.isfinite(starts[stops])]
        worst = table.value[load, first].argmax(axis=1)
        table.value[load, first, worst], table.parent[load, first, worst] = starts[first], -1
        table.words[load, first, worst] = 0
        table.words[load, first, worst, word[first]] = bit[first]
        if timed:
            table.length[load, first, worst] = arrays.minutes_out[kitchen, first] + arrays.service[first]
            table.clock[load, first, worst] = _first_clock(arrays, kitchen)[first]
    return table


def _starts(arrays: Arrays, kitchen: int, earned: Floats, possible: Flags, span: float) -> Floats:
    """Return the reduced cost of going to each stop first; inf where that cannot be."""
    good = possible & (arrays.minutes_out[kitchen] + arrays.service <= span + MINUTE_TOLERANCE)
    good &= _first_clock(arrays, kitchen) - arrays.service <= arrays.closes + MINUTE_TOLERANCE
    return np.where(good, arrays.cost_out[kitchen] + earned, math.inf)


def _first_clock(arrays: Arrays, kitchen: int) -> Floats:
    leave = float(arrays.ready[kitchen] + arrays.loading[kitchen])
    return np.maximum(leave + arrays.minutes_out[kitchen], arrays.opens) + arrays.service


def _way(beam: Beam, table: _Table, at: int) -> tuple[int, ...]:
    """Return the stops of one beginning, in order."""
    load, stop, rank = (int(part) for part in np.unravel_index(at, table.value.shape))
    way = [stop]
    while (parent := int(table.parent[load, stop, rank])) >= 0:
        load -= int(beam.load[stop])
        stop, rank = divmod(parent, beam.width)
        way.append(stop)
    return tuple(reversed(way))
