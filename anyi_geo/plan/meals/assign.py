"""A start that keeps every kitchen's capacity by construction: whole stops to kitchens, the hardest to place first."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.facility import Shares
from anyi_geo.plan.meals.reach import Reach


def assign(
    arrays: Arrays, reached: Reach, estimates: Shares, kitchens: Sequence[int], own: Collection[int]
) -> dict[int, list[int]]:
    """Assign stops to kitchens by regret; return kitchen -> stops, each within the kitchen's capacity.

    The price of a stop at a kitchen is the larger of its two radial shares plus its part of a vehicle. The stop that
    would lose most by not getting its cheapest place (its next one, its own kitchen, or nothing) goes first; ties go to
    the larger load, then to the earlier row. A stop that fits nowhere is left to its own kitchen or out;
    one that eats at a chosen kitchen is not assigned, only its meals are off that kitchen's room.
    """
    n, chosen = arrays.n, list(kitchens)
    at_home = set(arrays.diners_at(chosen).tolist()) & set(own)
    cheapest = float(np.min(arrays.fixed / arrays.holds)) if len(arrays.fixed) else 0.0
    price = (np.maximum(estimates.load, estimates.clock) + cheapest * arrays.meals[None])[chosen] + arrays.handing
    nothing = 10.0 * (1.0 + float(price.max(initial=0.0)))
    price = np.where(reached.direct[chosen], price, math.inf)
    alone = np.array([arrays.own[stop] if stop in own else math.inf for stop in range(n)])
    room = arrays.room_after_diners(chosen)[chosen]
    parts: dict[int, list[int]] = {kitchen: [] for kitchen in chosen}
    waiting = np.setdiff1d(np.arange(n), sorted(at_home)) if chosen else np.zeros(0, np.int64)
    while len(waiting):
        meals, at = arrays.meals[waiting], np.arange(len(waiting))
        options = np.where(room[:, None] >= meals, price[:, waiting], math.inf)
        row = options.argmin(axis=0)
        first = options[row, at]
        options[row, at] = math.inf
        regret = np.minimum.reduce([options.min(axis=0), alone[waiting], nothing * meals]) - first
        served = first < alone[waiting]
        if not served.any():
            break
        best = np.lexsort((waiting[served], -meals[served], -regret[served]))[0]
        place, stop = int(row[served][best]), int(waiting[served][best])
        parts[chosen[place]].append(stop)
        room[place] -= arrays.meals[stop]
        waiting = waiting[served & (waiting != stop)]
    return {kitchen: sorted(stops) for kitchen, stops in parts.items()}
