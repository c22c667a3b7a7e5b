"""Read public routing and location-routing instances into meal problems; kitchens are depots, vehicles are one type.

The instances are not part of this project: Prodhon's and Barreto's location-routing sets, Uchoa's X set (VRPLIB) and
Solomon's set are read from a folder of the reader's own.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from anyi_geo.plan.meals import MealProblem


def read_location_routing(path: Path) -> MealProblem:
    """Return a location-routing instance (.dat): cost type 0 is ceil(100 x Euclid), else Euclid."""
    values = iter(path.read_text().split())

    def take(count: int) -> np.ndarray:
        return np.array([float(next(values)) for _ in range(count)])

    customers, depots = int(take(1)[0]), int(take(1)[0])
    spots = take(2 * (depots + customers)).reshape(-1, 2)
    vehicle = float(take(1)[0])
    capacity, demand, opening = take(depots), take(customers), take(depots)
    route_cost, kind = float(take(1)[0]), int(take(1)[0])
    length = _euclid(spots)
    cost = np.ceil(100 * length - 1e-9) if kind == 0 else length
    return _problem(
        demand,
        length,
        cost,
        vehicle=vehicle,
        fixed=route_cost,
        kitchens={"capacity_meals": capacity, "opening_yuan": opening},
    )


def read_vrplib(path: Path) -> MealProblem:
    """Return a capacitated routing instance (.vrp, EUC_2D, rounded): one kitchen without opening cost."""
    text = path.read_text()
    capacity = float(re.search(r"CAPACITY\s*:\s*(\d+)", text)[1])
    spots, demand = _section(text, "NODE_COORD_SECTION")[:, 1:], _section(text, "DEMAND_SECTION")[:, 1]
    return _problem(demand[1:], _euclid(spots), np.floor(_euclid(spots) + 0.5), vehicle=capacity)


def read_solomon(path: Path) -> MealProblem:
    """Return a routing instance with time windows (Solomon's text), distances cut to one decimal: one kitchen."""
    lines = [line.split() for line in path.read_text().splitlines()]
    vehicle = float(lines[4][1])
    rows = np.array([[float(value) for value in line] for line in lines[9:] if len(line) == 7])
    length = np.floor(10 * _euclid(rows[:, 1:3])) / 10
    windows = {"service_minutes": rows[1:, 6], "window_start": rows[1:, 4], "window_end": rows[1:, 5]}
    return _problem(rows[1:, 3], length, length, vehicle=vehicle, stops=windows)


def read(path: Path) -> MealProblem:
    """Return an instance by the ending of its name."""
    return {".dat": read_location_routing, ".vrp": read_vrplib, ".txt": read_solomon}[path.suffix](path)


def _section(text: str, name: str) -> np.ndarray:
    body = re.search(name + r"\s*\n((?:[\s\d.eE+-]+\n)+)", text)[1]
    return np.array([[float(value) for value in line.split()] for line in body.strip().splitlines()])


def _euclid(spots: np.ndarray) -> np.ndarray:
    return np.sqrt(((spots[:, None] - spots[None]) ** 2).sum(-1))


def _problem(
    demand: np.ndarray,
    minutes: np.ndarray,
    cost: np.ndarray,
    *,
    vehicle: float,
    fixed: float = 0.0,
    kitchens: dict[str, np.ndarray] | None = None,
    stops: dict[str, np.ndarray] | None = None,
) -> MealProblem:
    """Return the problem of places that are the kitchens first, then the stops."""
    count = len(minutes) - len(demand)
    names = [f"K{i}" for i in range(count)]
    clients = [f"S{i}" for i in range(len(demand))]
    labels = [*names, *clients]
    open_all_day = {"service_minutes": 0.0, "window_start": 0.0, "window_end": np.inf}
    free = {"capacity_meals": np.full(count, np.inf), "opening_yuan": np.zeros(count)}
    return MealProblem(
        stops=pd.DataFrame({"meals": demand, "own_kitchen_yuan": np.nan} | open_all_day | (stops or {}), clients),
        kitchens=pd.DataFrame({"loading_minutes": 0.0, "ready_minute": 0.0} | free | (kitchens or {}), names),
        vehicles=pd.DataFrame({"capacity_meals": [vehicle], "fixed_yuan": [fixed], "number": [np.nan]}, ["vehicle"]),
        minutes=pd.DataFrame(minutes, labels, labels),
        cost_yuan=pd.DataFrame(cost, labels, labels),
    )
