"""Every round worth driving: all sets of stops that one round can serve, each in its cheapest order."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from anyi_geo.plan.meals.arrays import Arrays, Flags, Floats, Ints
from anyi_geo.plan.meals.pool import Trip
from anyi_geo.plan.meals.prove.labels import Labels, extend, start

#: Label-stop pairs that are looked at in one go.
CHUNK = 200_000
#: So many times the limit may be kept before what dominates what over all parts of a level is looked at.
SPARE = 3


@dataclass(frozen=True, eq=False)
class Worth:
    """What a round from one kitchen must be worth to be kept.

    Attributes
    ----------
    prices : array of n
        What the round earns at each stop.
    allowance : float
        Rounds whose yuan less their prices exceed it are dropped.
    completion : callable
        Of beginnings: least yuan less prices of completing each, back to the kitchen.
    """

    prices: Floats
    allowance: float
    completion: Callable[[Labels], Floats]


def every_round(
    arrays: Arrays,
    possible: Flags,
    *,
    limit: int,
    worth: Sequence[Worth | None] | None = None,
    time_left: Callable[[], float] = lambda: math.inf,
) -> list[Trip] | None:
    """Return the cheapest feasible round of every kitchen and set of stops, or None when there are too many.

    Rounds grow stop by stop. Of two beginnings with the same stops and the same last one, only those survive that are
    cheaper, earlier, shorter or easier to postpone, so the search is exact for any matrices.

    Parameters
    ----------
    arrays : Arrays
    possible : k x n
        Whether some round of the kitchen may serve the stop.
    limit : int
        Beginnings kept at most, over all kitchens.
    worth : sequence of Worth, optional
        Per kitchen, None for one that stays closed; without, all rounds count.
    time_left : callable
        Seconds left; none left is too many rounds.

    Returns
    -------
    list of Trip or None
    """
    found: list[Trip] = []
    left = limit
    for kitchen in range(arrays.k):
        if not possible[kitchen].any() or (worth is not None and worth[kitchen] is None):
            continue
        levels: list[Labels] = []
        goes_on = functools.partial(_goes_on, SPARE * left, time_left)
        for labels in _levels(arrays, kitchen, possible[kitchen], None if worth is None else worth[kitchen], goes_on):
            left -= len(labels.last)
            if left < 0 or time_left() <= 0:
                return None
            levels.append(labels)
        found += _closed(arrays, kitchen, levels, None if worth is None else worth[kitchen])
    return found


def _goes_on(most: float, time_left: Callable[[], float], many: int) -> bool:
    return many <= most and time_left() > 0


def _levels(
    arrays: Arrays, kitchen: int, possible: Flags, worth: Worth | None, goes_on: Callable[[int], bool]
) -> Iterator[Labels]:
    """Yield the beginnings with one stop, two stops, and so on; the last ones are cut short where it may not go on."""
    room = min(arrays.largest_vehicle, float(arrays.capacity[kitchen]))
    labels = _keep(start(arrays, kitchen, np.flatnonzero(possible), room), worth, arrays)
    while len(labels.last):
        yield labels
        parts, many = [], 0
        step = max(1, CHUNK // arrays.n)
        for first in range(0, len(labels.last), step):
            chunk = np.arange(first, min(first + step, len(labels.last)))
            parts.append(_keep(extend(arrays, kitchen, labels, chunk, possible, room), worth, arrays))
            many += len(parts[-1].last)
            if not goes_on(many):
                break
        labels = _keep(Labels.joined(parts), None, arrays)


def _keep(labels: Labels, worth: Worth | None, arrays: Arrays) -> Labels:
    """Drop what is dominated and what no completion makes worth driving."""
    if worth is not None and len(labels.last):
        earned = labels.yuan - labels.priced(worth.prices)
        labels = labels.take(earned + worth.completion(labels) <= worth.allowance)
    return labels.take(_undominated(labels, timeless=arrays.timeless))


def _undominated(labels: Labels, *, timeless: bool) -> Ints:
    """Return the labels that survive in their group of equal stops and equal last stop, in a fixed order."""
    if not len(labels.last):
        return np.zeros(0, np.int64)
    words = [labels.words[:, column] for column in range(labels.words.shape[1])]
    order = np.lexsort((labels.clock, labels.length, labels.yuan, labels.last, *words))
    same = np.ones(len(order), dtype=bool)
    for column in (labels.last, *words):
        same[1:] &= column[order][1:] == column[order][:-1]
    same[0] = False
    if timeless:
        return order[~same]
    while same.any():
        head = np.maximum.accumulate(np.where(same, 0, np.arange(len(order))))
        first, here = order[head], order
        worse = same & (labels.clock[here] >= labels.clock[first]) & (labels.length[here] >= labels.length[first])
        worse &= labels.room[here] <= labels.room[first]
        if not worse.any():
            break
        order, same = order[~worse], same[~worse]
    return order


def _closed(arrays: Arrays, kitchen: int, levels: list[Labels], worth: Worth | None) -> list[Trip]:
    """Return the cheapest order of every set of stops, its way back included."""
    trips = []
    for level, labels in enumerate(levels):
        yuan = labels.yuan + arrays.cost_back[labels.last, kitchen]
        words = [labels.words[:, column] for column in range(labels.words.shape[1])]
        # Of orders that cost the same the one with the fresher food is driven.
        order = np.lexsort((labels.last, labels.length, np.round(yuan, 9), *words))
        new = np.ones(len(order), dtype=bool)
        new[1:] = np.any(labels.words[order][1:] != labels.words[order][:-1], axis=1)
        good = order[new]
        keep = np.isfinite(yuan[good])
        if worth is not None:
            keep &= yuan[good] - labels.take(good).priced(worth.prices) <= worth.allowance
        trips += [
            Trip(kitchen, _order(levels, level, place), float(yuan[place]), arrays.way) for place in good[keep].tolist()
        ]
    return trips


def _order(levels: list[Labels], level: int, place: int) -> tuple[int, ...]:
    stops = []
    for labels in reversed(levels[: level + 1]):
        stops.append(int(labels.last[place]))
        place = int(labels.parent[place])
    return tuple(reversed(stops))
