"""Read location-routing instances (Prodhon, Barreto) into meal problems; kitchens are depots, nothing binds in time."""

from pathlib import Path

import numpy as np
import pandas as pd

from anyi_geo.plan.meals import MealProblem


def read_location_routing(path: Path) -> MealProblem:
    """Return one instance: cost = ceil(100 x Euclid) for cost type 0, else Euclid; the route cost is per round."""
    values = iter(path.read_text().split())

    def take(count: int) -> np.ndarray:
        return np.array([float(next(values)) for _ in range(count)])

    customers, depots = int(float(next(values))), int(float(next(values)))
    places = take(2 * (depots + customers)).reshape(-1, 2)
    vehicle = float(next(values))
    capacity, demand, opening = take(depots), take(customers), take(depots)
    route_cost, kind = float(next(values)), int(float(next(values)))
    kitchens = [f"K{i}" for i in range(depots)]
    stops = [f"S{i}" for i in range(customers)]
    labels = [*kitchens, *stops]
    metres = np.sqrt(((places[:, None] - places[None]) ** 2).sum(-1))
    cost = np.ceil(100 * metres - 1e-9) if kind == 0 else metres
    matrix = pd.DataFrame(cost, labels, labels)
    return MealProblem(
        stops=pd.DataFrame(
            {
                "meals": demand,
                "service_minutes": 0.0,
                "window_start": 0.0,
                "window_end": np.inf,
                "own_kitchen_yuan": np.nan,
            },
            index=stops,
        ),
        kitchens=pd.DataFrame(
            {"capacity_meals": capacity, "opening_yuan": opening, "loading_minutes": 0.0, "ready_minute": 0.0},
            index=kitchens,
        ),
        vehicles=pd.DataFrame(
            {"capacity_meals": [vehicle], "fixed_yuan": [route_cost], "number": [np.nan]}, index=["vehicle"]
        ),
        minutes=pd.DataFrame(metres, labels, labels),
        cost_yuan=matrix,
    )
