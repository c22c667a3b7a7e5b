"""Better plans part by part: every part is a small location-routing problem solved by column generation.

Reference: Taillard and Voss, POPMUSIC: partial optimization metaheuristic under special intensification conditions, in
Ribeiro and Hansen (eds.), Essays and Surveys in Metaheuristics, Kluwer, 2002, 613-629.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.choice import Choice, better
from anyi_geo.plan.meals.columns import columns_of, restricted_master
from anyi_geo.plan.meals.part import Part, near_stops, part_of, put_back
from anyi_geo.plan.meals.pool import Pool
from anyi_geo.plan.meals.reach import reach

#: Stops of a part at first, and how many more once no part of that size gives anything.
FIRST_SIZE, GROWTH = 24, 1.4
#: Rounds combined for one part.
MOST_COMBINED = 3000
#: Seconds for combining the rounds of one part, or interrupt checks when no clock is read.
SECONDS, CHECKS = 1.5, 100


@dataclass
class Progress:
    """What has been tried, so that no part is solved twice unless it changed.

    Attributes
    ----------
    size : int
        Stops of a part now.
    waiting : list of int
        Stops around which parts are still to be cut.
    done : set
        Parts (their rounds) that gave nothing.
    """

    size: int = FIRST_SIZE
    waiting: list[int] = field(default_factory=list)
    done: set[frozenset[tuple[int, tuple[int, ...]]]] = field(default_factory=set)


def improve(
    arrays: Arrays,
    plan: Choice,
    tried: Progress,
    rng: np.random.Generator,
    *,
    left: Callable[[], float],
    parts: int | None,
    per_vehicle: bool,
) -> Choice:
    """Return the plan after solving parts around one stop after the other until time or parts are used up.

    Parameters
    ----------
    arrays : Arrays
    plan : Choice
    tried : Progress
        Carried from call to call; changed.
    rng : Generator
        The order of the stops.
    left : callable
        Seconds left.
    parts : int or None
        Parts at most; then no clock is read.
    per_vehicle : bool
        Chained rounds: vehicles are not counted.
    """
    count = 0
    while (count < parts) if parts is not None else (left() > 0):
        if not tried.waiting:
            if tried.size >= arrays.n and tried.done:
                break
            if tried.done:
                tried.size = min(arrays.n, int(np.ceil(GROWTH * tried.size)))
            tried.waiting = rng.permutation(arrays.n).tolist()
        seed = tried.waiting.pop()
        part = part_of(arrays, plan, near_stops(arrays, plan, seed, tried.size), per_vehicle=per_vehicle)
        if part is None:
            continue
        key = frozenset((trip.kitchen, tuple(part.stops[at] for at in trip.stops)) for trip in part.choice.trips)
        if key in tried.done:
            continue
        count += 1
        found = _solved(part, left, clocked=parts is None, per_vehicle=per_vehicle)
        whole = put_back(arrays, plan, part, found, per_vehicle=per_vehicle) if found is not None else None
        if whole is not None and whole.rank < plan.rank and better(plan, whole) is whole:
            plan = whole
            tried.waiting += [stop for stop in part.stops if stop not in tried.waiting]
        else:
            tried.done.add(key)
    return plan


def _solved(part: Part, left: Callable[[], float], *, clocked: bool, per_vehicle: bool) -> Choice | None:
    """Return a better choice for the part, or None."""
    arrays, now = part.arrays, part.choice
    reached, pool = reach(arrays), Pool(arrays)
    for kitchen, stop in np.argwhere(reached.direct).tolist():
        pool.add(kitchen, [stop])
    for trip in now.trips:
        pool.add(trip.kitchen, trip.stops)
    pool.add_elsewhere(now.trips, part.kitchens)
    known = columns_of(
        arrays,
        reached.possible,
        pool,
        unserved_meals=now.unserved_meals,
        per_vehicle=per_vehicle,
    )
    return restricted_master(
        known,
        part.kitchens,
        now,
        left=left,
        seconds=SECONDS,
        checks=None if clocked else CHECKS,
        widths=(MOST_COMBINED,),
    )
