"""Every kitchen for itself: stops are shared out within the kitchens' capacities, then each kitchen's are routed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from anyi_geo.plan.meals.assign import assign
from anyi_geo.plan.meals.choice import Choice, choose
from anyi_geo.plan.meals.pool import Trip
from anyi_geo.plan.meals.routing import Effort, open_fleet, run
from anyi_geo.plan.meals.task import Task

#: Iterations of each kitchen's routing run: enough for its first descent.
FEW = 40


def routed_apart(task: Task, kitchens: Sequence[int], own: Collection[int]) -> Choice | None:
    """Return a choice that keeps every kitchen's capacity by construction, soon found; None where none is found.

    Parameters
    ----------
    task : Task
    kitchens : sequence of int
        Kitchens that may open.
    own : collection of int
        Stops that may cook themselves.
    """
    arrays = task.arrays
    parts = assign(arrays, task.reached, task.estimates, kitchens, own)
    trips: list[Trip] = []
    for kitchen, stops in parts.items():
        if stops:
            fleet = open_fleet(arrays, [kitchen], stops)
            trips += run(arrays, fleet, stops, Effort(0.0, FEW), task.settings.seed, task.pool).trips
    visited = {stop for trip in trips for stop in trip.stops}
    cooking = [stop for stop in own if stop not in visited and np.isfinite(arrays.own[stop])]
    return choose(arrays, trips, cooking, per_vehicle=task.per_vehicle)
