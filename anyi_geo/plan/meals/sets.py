"""Which kitchens might open together: proposed by the facility relaxation, ranked by what their rounds would cost."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.choice import Choice
from anyi_geo.plan.meals.columns import Columns, generate, only
from anyi_geo.plan.meals.facility import FacilityModel, KitchenSet, best_sets, neighbours
from anyi_geo.plan.meals.prove.listing import settled
from anyi_geo.plan.meals.prove.master import Branch
from anyi_geo.plan.meals.task import Clock, Task

#: The relaxation's tours are weighted by these in turn to find different kitchen sets: weight -> sets.
SETS_PER_WEIGHT = {0.5: 6, 1.0: 6, 0.0: 6}
#: The same when no clock is read.
FEW_SETS_PER_WEIGHT = {0.5: 4, 1.0: 2}
#: Sets one kitchen away from the best that are looked at too; fewer when no clock is read.
NEIGHBOURS, FEW_NEIGHBOURS = 16, 4
#: How much dearer (relative) than the best a kitchen set may look.
SETS_SLACK = 0.12
#: Kitchens per stop in the model that proposes sets: the cheapest ones.
NEAREST = 6


#: A dive fixes kitchens within this of open or closed.
DIVE_NEAR = 0.1


@dataclass(frozen=True)
class Ranked:
    """Kitchen sets, the most promising first.

    Attributes
    ----------
    sets : tuple of KitchenSet
    value : tuple of float
        Yuan that a plan with each set will cost at about; inf where nothing better than its rank is known.
    """

    sets: tuple[KitchenSet, ...]
    value: tuple[float, ...]

    def within(self, share: float) -> list[KitchenSet]:
        """Return the sets whose value is at most so much (relative) above the best; none where none has a value."""
        best = min(self.value, default=math.inf)
        return (
            []
            if math.isinf(best)
            else [s for s, v in zip(self.sets, self.value, strict=True) if v <= (1 + share) * best]
        )


def propose(task: Task, best: Choice, *, until: float, weights: Mapping[float, int] | None = None) -> list[KitchenSet]:
    """Return the kitchen sets of the facility relaxation's best solutions, for several weights of the tour.

    It ends when the share `until` of the budget has passed.

    Parameters
    ----------
    task : Task
    best : Choice
    until : float
    weights : mapping, optional
        Weight of the tours -> sets; without, those of this module.
    """
    arrays, estimates = task.arrays, task.estimates
    price = np.where(task.reached.possible, np.maximum(estimates.load, estimates.clock), math.inf)
    near = np.argsort(np.argsort(price, axis=0, kind="stable"), axis=0, kind="stable") < NEAREST
    reached = replace(task.reached, possible=task.reached.possible & near)
    found: dict[tuple[int, ...], KitchenSet] = {}
    plan = weights or (SETS_PER_WEIGHT if task.timed else FEW_SETS_PER_WEIGHT)
    for index, (weight, most) in enumerate(plan.items()):
        share = task.clock.stage(1 / (len(plan) - index), until)
        time_left = functools.partial(_time_left, task.clock, share)
        if not time_left():
            break
        # The nearest kitchens may be too small for everyone; the wider model then still finds a set.
        for allowed in (reached, task.reached):
            model = FacilityModel(
                arrays,
                allowed,
                estimates,
                unserved_meals=best.unserved_meals,
                tour_weight=weight,
                per_vehicle=task.per_vehicle,
                whole_rounds=False,
            )
            sets = best_sets(model, most, task.solver(0.03, 1e-2), slack=SETS_SLACK, time_left=time_left)
            for one in sets:
                found.setdefault(one.kitchens, one)
            if sets:
                break
    return [one for one in found.values() if one.kitchens]


def _time_left(clock: Clock, share: float) -> bool:
    return clock.left(share) > 0


def rank(task: Task, known: Columns, sets: Sequence[KitchenSet], *, until: float) -> Ranked:
    """Rank kitchen sets by the linear programme over their rounds; its rounds are pooled on the way.

    The sets are priced in the order given, then the neighbours of the cheapest, again and again, until a share of the
    budget has passed; a set that is not reached keeps its place behind the priced ones.

    Parameters
    ----------
    task : Task
    known : Columns
        Grows.
    sets : sequence of KitchenSet
    until : float
        Share of the budget at which it ends.
    """
    left = functools.partial(task.clock.left, until)
    value: dict[tuple[int, ...], float] = {}
    every = {one.kitchens: one for one in sets}
    waiting = list(every.values()) if task.timed else list(every.values())[:FEW_NEIGHBOURS]
    centre: KitchenSet | None = None
    while waiting:
        for one in waiting:
            prices = generate(known, only(known, one.kitchens), left, coarse=True) if left() > 0 else None
            if prices is not None:
                value[one.kitchens] = prices.value
        if not value or left() <= 0:
            break
        cheapest = every[min(value, key=lambda one: (value[one], one))]
        if cheapest is centre or not task.timed:
            break
        centre = cheapest
        waiting = neighbours(task.arrays, task.estimates, centre, set(value))[:NEIGHBOURS]
        every |= {one.kitchens: one for one in waiting}
    order = sorted(value, key=lambda one: (value[one], one))
    order += [one for one in every if one not in value]
    return Ranked(tuple(every[one] for one in order), tuple(value.get(one, math.inf) for one in order))


def dive(task: Task, known: Columns, left: Callable[[], float]) -> list[KitchenSet]:
    """Return the set that the programme with free kitchens leads to: open or close what it settles, step by step."""
    arrays = task.arrays
    fixed: dict[int, int] = {}
    prices = generate(known, fixed, left, coarse=True)
    while prices is not None and len(fixed) < arrays.k:
        fixed = _roomy(arrays, settled(prices, fixed, DIVE_NEAR))
        known.master.fix(Branch(fixed))
        # On the way the rounds known suffice; those of the set it ends at are found below.
        prices = known.master.solve()
    kitchens = tuple(kitchen for kitchen, value in sorted(fixed.items()) if value)
    prices = generate(known, fixed, left, coarse=True) if prices is not None and kitchens else None
    if prices is None:
        return []
    return [KitchenSet(kitchens, tuple(np.flatnonzero(prices.own > 0.5).tolist()), prices.value)]


def _roomy(arrays: Arrays, fixed: dict[int, int]) -> dict[int, int]:
    """Return the same, but open what may not close: whoever may not cook must fit into the kitchens not closed."""
    wanted = float(arrays.meals[~np.isfinite(arrays.own)].sum())
    capacity = np.minimum(arrays.capacity, float(arrays.meals.sum()))
    room, kept = float(capacity.sum()), {}
    for kitchen, value in fixed.items():
        closes = value == 0 and room - capacity[kitchen] >= wanted
        room -= capacity[kitchen] if closes else 0.0
        kept[kitchen] = 0 if closes else 1
    return kept
