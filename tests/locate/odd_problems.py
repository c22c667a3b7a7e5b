"""Seeded problems with odd numbers (ties, zeros, tiny and huge scales, lost roads) and what each model is to find."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from anyi_geo.locate import (
    LocationProblem,
    LocationSolution,
    SolverSettings,
    facility_location,
    max_cover,
    p_center,
    p_median,
    set_cover,
)


@dataclass(frozen=True)
class Question:
    """A model's call and the true optimum by enumeration (inf, -inf: no plan)."""

    ask: Callable[..., LocationSolution]
    sense: str
    truth: float


@dataclass(frozen=True)
class Odd:
    """Arrays of one problem: minutes (n, m), persons, costs and capacities, demands on sites by position."""

    minutes: np.ndarray
    persons: np.ndarray
    cost: np.ndarray
    capacity: np.ndarray
    count: int
    required: tuple[int, ...]
    forbidden: tuple[int, ...]
    limit: float

    @property
    def clients(self):
        return [f"c{i:02d}" for i in range(len(self.persons))]

    @property
    def sites(self):
        return [f"s{j:02d}" for j in range(len(self.cost))]

    def table(self):
        return pd.DataFrame({"capacity_persons": self.capacity, "cost_yuan": self.cost}, self.sites)

    def problem(self):
        return LocationProblem.from_matrix(
            pd.DataFrame(self.minutes, self.clients, self.sites), pd.Series(self.persons, self.clients), self.table()
        )

    def shortened(self, listed):
        """Return the problem with only the nearest sites listed, and the bound on the rest."""
        near = np.argsort(self.minutes, axis=1, kind="stable")[:, :listed]
        rows = [
            (self.clients[i], self.sites[j], self.minutes[i, j])
            for i in range(len(self.persons))
            for j in near[i]
            if np.isfinite(self.minutes[i, j])
        ]
        more = np.isfinite(self.minutes).sum(axis=1) > listed
        beyond = np.where(more, np.sort(self.minutes, axis=1)[:, listed - 1], np.inf)
        return LocationProblem.from_pairs(
            pd.DataFrame(rows, columns=["client", "site", "minutes"]),
            pd.Series(self.persons, self.clients),
            self.table(),
            beyond=pd.Series(beyond, self.clients),
        )

    def plans(self, sizes):
        free = [j for j in range(len(self.cost)) if j not in self.required + self.forbidden]
        for size in sizes:
            for more in combinations(free, size - len(self.required)) if size >= len(self.required) else ():
                yield list(self.required + more)


def odd(seed, clients=(1, 8), sites=(1, 6)):
    """Return one of the problems."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(*clients)), int(rng.integers(*sites))
    minutes = [
        rng.integers(0, 6, (n, m)).astype(float),
        rng.random((n, m)) * rng.choice([1e-6, 1.0, 1e7]),
        rng.integers(0, 40, (n, m)) / 10,
        np.hypot(*(rng.random((n, 1, 2)) - rng.random((1, m, 2))).transpose(2, 0, 1)),
        rng.random((n, m)) + 1e5,
    ][rng.integers(5)]
    lost = (rng.random((n, m)) < 0.25) & (rng.random() < 0.5)
    lost[0, 0] = False
    minutes = np.where(lost, np.inf, minutes)
    persons = [
        np.ones(n),
        rng.integers(0, 5, n).astype(float),
        rng.random(n) * 1e-5,
        rng.random(n) * 1e6,
        rng.integers(0, 1000, n) / 7,
    ][rng.integers(5)]
    persons[0] = max(persons[0], 1e-6)
    required = tuple(j for j in range(m) if rng.random() < 0.12)
    forbidden = tuple(j for j in range(m) if rng.random() < 0.12 and j not in required)
    return Odd(
        minutes=minutes,
        persons=persons,
        cost=rng.integers(0, 5, m) * rng.choice([1.0, 1e5, 0.1]),
        capacity=rng.integers(0, 8, m) * persons.max() / rng.choice([1, 2, 3]),
        count=int(rng.integers(1, m + 1)),
        required=required,
        forbidden=forbidden,
        limit=float(rng.choice(minutes[np.isfinite(minutes)])),
    )


def ways(odd_, plan):
    """Return persons times minutes to the nearest opened site; inf where somebody has none."""
    near = odd_.minutes[:, plan].min(axis=1, initial=np.inf)
    return float(odd_.persons[odd_.persons > 0] @ near[odd_.persons > 0])


def assigned(odd_, plan, cost, *, all_served):
    """Return the least cost of serving clients whole within the capacities, by trying every way."""
    people = np.flatnonzero(odd_.persons)
    left, least = odd_.capacity * (1 + 1e-12), np.inf

    def go(k, spent):
        nonlocal least
        if k == len(people):
            least = min(least, spent)
            return
        i = people[k]
        for j in plan:
            if np.isfinite(cost[i, j]) and left[j] >= odd_.persons[i]:
                left[j] -= odd_.persons[i]
                go(k + 1, spent + cost[i, j])
                left[j] += odd_.persons[i]
        if not all_served:
            go(k + 1, spent)

    go(0, 0.0)
    return least


def questions(odd_, *, seconds=20.0, gap=0.0, small=True):
    """Return every model's question about one problem; `small`: also those with capacities."""
    w, d, m = odd_.persons, odd_.minutes, len(odd_.cost)
    near, price, backup = d <= odd_.limit, 0.37, 0.5
    decay = [(-1.0, 1.0), (odd_.limit / 2, 0.8), (odd_.limit * (1 + 1e-9) + 1e-9, 0.2)]
    points = np.transpose(decay)
    share = np.where(near, np.interp(np.where(np.isfinite(d), d, 1e9), *points), 0.0)
    names = {"required": [odd_.sites[j] for j in odd_.required], "forbidden": [odd_.sites[j] for j in odd_.forbidden]}
    settings = SolverSettings(seconds=seconds, gap=gap)
    exact, up_to = list(odd_.plans([odd_.count])), list(odd_.plans(range(odd_.count + 1)))
    some = [plan for plan in odd_.plans(range(1, m + 1)) if plan]
    budget = float(odd_.cost.sum() / 2)
    payable = [plan for plan in odd_.plans(range(m + 1)) if odd_.cost[plan].sum() <= budget * (1 + 1e-12)]

    def cost_of(plan):
        return price * ways(odd_, plan) + float(odd_.cost[plan].sum())

    def worth(plan, weight=0.0):
        times = near[:, plan].sum(axis=1)
        return float(w @ ((times >= 1) + weight * (times >= 2)))

    def least(values):
        return min(values, default=np.inf)

    def most(values):
        return max(values, default=-np.inf)

    counted, limited = {"count": odd_.count}, {"max_minutes": odd_.limit}
    wanted = [
        (p_median, counted, "min", least(ways(odd_, plan) for plan in exact)),
        (p_center, counted, "min", least(d[:, plan].min(axis=1).max() for plan in exact)),
        (facility_location, {"yuan_per_person_minute": price}, "min", least(map(cost_of, some))),
        (
            facility_location,
            {"yuan_per_person_minute": price} | counted,
            "min",
            least(cost_of(plan) for plan in up_to if plan),
        ),
        (max_cover, counted | limited, "max", most(map(worth, up_to))),
        (max_cover, counted | limited | {"backup_weight": backup}, "max", most(worth(p, backup) for p in up_to)),
        (
            max_cover,
            counted | limited | {"decay": decay},
            "max",
            most(float(w @ share[:, plan].max(axis=1, initial=0.0)) for plan in up_to),
        ),
    ]
    if not small:
        return [_question(*row, names, settings) for row in wanted]
    if min((odd_.cost[j] for j in range(m) if j not in odd_.forbidden), default=np.inf) <= budget:
        wanted.append((max_cover, limited | {"count": None, "budget_yuan": budget}, "max", most(map(worth, payable))))
    for times in (1, 2):
        covering = [plan for plan in some if (near[:, plan].sum(axis=1) >= times).all()]
        asked = limited | {"times": times}
        wanted.append((set_cover, asked, "min", least(float(len(plan)) for plan in covering)))
        spent = least(float(odd_.cost[plan].sum()) for plan in covering)
        wanted.append((set_cover, asked | {"minimise": "cost"}, "min", spent))
    full, lost = w[:, None] * np.where(w[:, None] > 0, d, 0.0), np.where(near, -w[:, None], np.inf)
    asked = counted | {"capacitated": True}
    wanted += [
        (p_median, asked, "min", least(assigned(odd_, plan, full, all_served=True) for plan in exact)),
        (
            max_cover,
            asked | limited,
            "max",
            -least(assigned(odd_, plan, lost, all_served=False) for plan in up_to),
        ),
        (
            facility_location,
            {"yuan_per_person_minute": price, "capacitated": True},
            "min",
            least(price * assigned(odd_, plan, full, all_served=True) + float(odd_.cost[plan].sum()) for plan in some),
        ),
    ]
    return [_question(*row, names, settings) for row in wanted]


def _question(model, demands, sense, truth, names, settings):
    return Question(partial(model, **demands, **names, settings=settings), sense, truth)
