"""Small meal problems and their optimum by trying everything; shares no code with the package's planner."""

from itertools import combinations, pairwise, permutations, product

import numpy as np
import pandas as pd

from anyi_geo.plan.meals import MealProblem

INF = float("inf")


def a_problem(seed, *, stops=4, kitchens=2, hot=40.0, **change):
    """Return a random county corner: stops and kitchens on a plain, windows, a hot limit, some stops may cook."""
    rng = np.random.default_rng(seed)
    ks, ss = [f"K{i}" for i in range(kitchens)], [f"s{i}" for i in range(stops)]
    names = ks + ss
    spots = rng.uniform(0, 14, (len(names), 2))
    away = pd.DataFrame(np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)).round(2), names, names)
    away += rng.uniform(0, 1, away.shape).round(2) * (1 - np.eye(len(names)))
    opens = rng.choice([600.0, 640.0, 660.0], stops)
    table = pd.DataFrame(
        {
            "meals": rng.integers(1, 9, stops),
            "service_minutes": rng.integers(1, 4, stops).astype(float),
            "window_start": opens,
            "window_end": opens + rng.choice([15.0, 60.0], stops),
            "own_kitchen_yuan": np.where(rng.random(stops) < 0.4, rng.uniform(15, 40, stops).round(1), np.nan),
        },
        ss,
    )
    cooks = pd.DataFrame(
        {
            "capacity_meals": rng.integers(8, 22, kitchens).astype(float),
            "opening_yuan": rng.uniform(5, 25, kitchens).round(1),
            "loading_minutes": 5.0,
            "ready_minute": 600.0,
        },
        ks,
    )
    drives = pd.DataFrame(
        {"capacity_meals": [12, 20], "fixed_yuan": [4.0, 7.0], "number": [np.nan, 1]}, ["small", "big"]
    )
    money = (1.5 * away).round(2)
    given = {"stops": table, "kitchens": cooks, "vehicles": drives, "minutes": away, "cost_yuan": money}
    return MealProblem(**given | {"hot_limit_minutes": hot} | change)


def optimum(problem):
    """Return (fewest unserved meals, least yuan then) over every kitchen set, assignment, order and vehicle."""
    eating = [stop for stop in problem.stops.index if problem.stops["meals"][stop] > 0]
    rounds = {}
    for kitchen in problem.kitchens.index:
        for size in range(1, len(eating) + 1):
            for group in combinations(eating, size):
                rounds[kitchen, group] = min(
                    (
                        road(problem, kitchen, order)
                        for order in permutations(group)
                        if on_time(problem, kitchen, order)
                    ),
                    default=INF,
                )
    best = (INF, INF)
    for own, unserved, driven in plans(problem, eating, rounds):
        value = price(problem, own, driven, rounds)
        best = min(best, (sum(problem.stops["meals"][stop] for stop in unserved), value)) if value < INF else best
    return best


def plans(problem, waiting, rounds):
    """Yield (stops that cook, unserved stops, [(kitchen, group)]) for every way to place the waiting stops."""
    if not waiting:
        yield (), (), ()
        return
    first, others = waiting[0], waiting[1:]
    for own, unserved, driven in plans(problem, others, rounds):
        yield own, (first, *unserved), driven
        if not np.isnan(problem.stops["own_kitchen_yuan"][first]):
            yield (first, *own), unserved, driven
    for size in range(len(others) + 1):
        for more in combinations(others, size):
            left = [stop for stop in others if stop not in more]
            for kitchen in problem.kitchens.index:
                if rounds[kitchen, (first, *more)] < INF:
                    for own, unserved, driven in plans(problem, left, rounds):
                        yield own, unserved, ((kitchen, (first, *more)), *driven)


def price(problem, own, driven, rounds):
    """Return the yuan of a plan with its cheapest vehicles, inf when a capacity, a number or the ceiling is broken."""
    meals, kitchens, vehicles = problem.stops["meals"], problem.kitchens, problem.vehicles
    opened = {kitchen for kitchen, _ in driven}
    dining = {stop for stop in own if problem.dine_in and stop in opened}
    for kitchen in opened:
        load = sum(meals[stop] for place, group in driven if place == kitchen for stop in group)
        if load + sum(meals[stop] for stop in dining & {kitchen}) > kitchens["capacity_meals"][kitchen]:
            return INF
    if len(opened | set(own)) > problem.kitchens_max:
        return INF
    fleet = INF
    for types in product(vehicles.index, repeat=len(driven)):
        holds = all(
            meals[list(group)].sum() <= vehicles["capacity_meals"][kind]
            for kind, (_, group) in zip(types, driven, strict=True)
        )
        few = all(not types.count(kind) > vehicles["number"][kind] for kind in vehicles.index)
        if holds and few:
            fleet = min(fleet, sum(vehicles["fixed_yuan"][kind] for kind in types))
    cooking = sum(problem.stops["own_kitchen_yuan"][stop] for stop in own if stop not in dining)
    opening = sum(kitchens["opening_yuan"][kitchen] for kitchen in opened)
    return fleet + cooking + opening + sum(rounds[one] for one in driven)


def road(problem, kitchen, order):
    """Return the yuan of driving and handing over in this order, back to the kitchen."""
    arcs = sum(problem.cost_yuan.at[a, b] for a, b in pairwise((kitchen, *order, kitchen)))
    return arcs + sum(problem.stops["delivered_yuan"][stop] for stop in order)


def on_time(problem, kitchen, order):
    """Return whether some departure keeps every window and the hot limit; one of these departures is the best."""
    earliest = problem.kitchens["ready_minute"][kitchen] + problem.kitchens["loading_minutes"][kitchen]
    tried, ahead, place = [earliest], 0.0, kitchen
    for stop in order:
        ahead += problem.minutes.at[place, stop]
        tried += [problem.stops[edge][stop] - ahead for edge in ("window_start", "window_end")]
        ahead, place = ahead + problem.stops["service_minutes"][stop], stop
    ages = [oldest(problem, kitchen, order, leave) for leave in tried if earliest <= leave < INF]
    return any(age < INF and age <= problem.hot_limit + 1e-7 for age in ages)


def oldest(problem, kitchen, order, leave):
    """Return the minutes since cooking at the last stop, inf when a window or a road is missed."""
    clock, place = leave, kitchen
    for stop in order:
        clock = max(clock + problem.minutes.at[place, stop], problem.stops["window_start"][stop])
        if clock > problem.stops["window_end"][stop] + 1e-7 or np.isinf(problem.cost_yuan.at[place, stop]):
            return INF
        clock, place = clock + problem.stops["service_minutes"][stop], stop
    back = problem.minutes.at[place, kitchen] + problem.cost_yuan.at[place, kitchen]
    return clock - leave + problem.kitchens["loading_minutes"][kitchen] if back < INF else INF
