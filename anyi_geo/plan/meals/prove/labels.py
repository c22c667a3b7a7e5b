"""Beginnings of rounds as arrays: their stops, their yuan and the clock that decides what may follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from anyi_geo.plan.meals.arrays import MINUTE_TOLERANCE, Arrays, Flags, Floats, Ints

BITS = 64


@dataclass(frozen=True, eq=False)
class Labels:
    """Beginnings of rounds of one kitchen with equally many stops.

    Attributes
    ----------
    last, parent : array
        Last stop; position of the beginning without it, one level up.
    words : array m x w
        The stops as bits.
    load, yuan : array
        Meals; yuan of arcs and handing over so far.
    clock, length, room : array
        End of service when nothing is served later than need be; least minutes from leaving to it; how much later the
        round could still leave without missing a window. All that the past means for what may follow.
    """

    last: Ints
    parent: Ints
    words: NDArray[np.uint64]
    load: Ints
    yuan: Floats
    clock: Floats
    length: Floats
    room: Floats

    def take(self, chosen: Ints | Flags) -> Labels:
        """Return some of them."""
        return Labels(*(getattr(self, one.name)[chosen] for one in fields(self)))

    @staticmethod
    def joined(parts: Sequence[Labels]) -> Labels:
        """Return all of them."""
        return Labels(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Labels)))

    def priced(self, prices: Floats) -> Floats:
        """Return the sum of the prices of the stops of each."""
        total = np.zeros(len(self.last))
        for stop, price in enumerate(prices.tolist()):
            total += price * self.holds(stop)
        return total

    def holds(self, stop: int) -> Ints:
        """Return 1 where the stop is in the round."""
        return ((self.words[:, stop // BITS] >> np.uint64(stop % BITS)) & np.uint64(1)).astype(np.int64)


def start(arrays: Arrays, kitchen: int, stops: Ints, room: float) -> Labels:
    """Return the beginnings with one stop."""
    stops = stops[np.isfinite(arrays.cost_out[kitchen, stops])]
    none = np.zeros(len(stops), np.int64)
    words = np.zeros((len(stops), -(-arrays.n // BITS)), np.uint64)
    leave = float(arrays.ready[kitchen] + arrays.loading[kitchen])
    empty = Labels(
        last=stops, parent=none - 1, words=words, load=none, yuan=none.astype(float), clock=np.full(len(stops), leave),
        length=none.astype(float), room=np.full(len(stops), np.inf),
    )  # fmt: skip
    legs = arrays.minutes_out[kitchen, stops], arrays.cost_out[kitchen, stops]
    return _arrive(arrays, kitchen, empty, stops, *legs, room)


def extend(arrays: Arrays, kitchen: int, labels: Labels, chosen: Ints, possible: Flags, room: float) -> Labels:
    """Return the feasible continuations of the chosen beginnings by one more stop."""
    fits = labels.load[chosen][:, None] + arrays.meals[None] <= room
    fits &= possible[None] & np.isfinite(arrays.cost[labels.last[chosen]])
    for stop in range(arrays.n):
        fits[:, stop] &= labels.holds(stop)[chosen] == 0
    rows, stops = np.nonzero(fits)
    before = labels.take(chosen[rows])
    legs = arrays.minutes[before.last, stops], arrays.cost[before.last, stops]
    moved = Labels(
        last=stops, parent=chosen[rows], words=before.words, load=before.load, yuan=before.yuan, clock=before.clock,
        length=before.length, room=before.room,
    )  # fmt: skip
    return _arrive(arrays, kitchen, moved, stops, *legs, room)


def _arrive(
    arrays: Arrays, kitchen: int, labels: Labels, stops: Ints, minutes: Floats, yuan: Floats, room: float
) -> Labels:
    """Add the stop: wait for its window, or better leave later by as much as nothing before forbids."""
    arrival = labels.clock + minutes
    begin = np.maximum(arrival, arrays.opens[stops])
    wait = begin - arrival
    later = np.minimum(wait, labels.room)
    words = labels.words.copy()
    place = np.arange(len(stops))
    words[place, stops // BITS] |= np.uint64(1) << (stops % BITS).astype(np.uint64)
    after = Labels(
        last=labels.last,
        parent=labels.parent,
        words=words,
        load=labels.load + arrays.meals[stops],
        yuan=labels.yuan + yuan + arrays.handing[stops],
        clock=begin + arrays.service[stops],
        length=labels.length + minutes + wait - later + arrays.service[stops],
        room=np.minimum(labels.room - later, np.maximum(arrays.closes[stops] - begin, 0.0)),
    )
    good = np.isfinite(after.yuan) & (after.load <= room) & (begin <= arrays.closes[stops] + MINUTE_TOLERANCE)
    good &= arrays.loading[kitchen] + after.length <= arrays.hot + MINUTE_TOLERANCE
    return after.take(good)
