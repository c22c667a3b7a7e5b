"""The linear programme over the rounds known so far: it grows by rounds of negative reduced cost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import highspy
import numpy as np

from anyi_geo.locate.solver import quiet_stdout
from anyi_geo.plan.meals.arrays import Arrays, Floats
from anyi_geo.plan.meals.clock import round_cost
from anyi_geo.plan.meals.model import build, solver_of


class Priced(NamedTuple):
    """A round of the relaxation: it may visit a stop twice, which only lowers the bound."""

    kitchen: int
    stops: tuple[int, ...]
    kind: int


class Prices(NamedTuple):
    """What the programme pays: its value, and per kitchen and stop, kitchen, and vehicle type.

    Attributes
    ----------
    value : float
        Yuan; the optimum over the rounds known so far.
    stops : k x n
        Earned by a round of the kitchen at the stop.
    kinds : array of v
        Earned by using a vehicle of the type (<= 0: vehicles are scarce).
    opened, own : arrays of k and n
        How far each kitchen is open, and each stop cooks itself, in [0, 1].
    rounds : float
        Rounds driven.
    """

    value: float
    stops: Floats
    kinds: Floats
    opened: Floats
    own: Floats
    rounds: float

    def towards(self, other: Prices, weight: float) -> Prices:
        """Return the prices moved by `weight` towards others; the value is then a lower one than is paid, by concavity.

        Reference: Wentges, Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming, International
        Transactions in Operational Research 4 (1997) 151-162.
        """
        stay = 1 - weight
        return Prices(
            stay * self.value + weight * other.value,
            stay * self.stops + weight * other.stops,
            stay * self.kinds + weight * other.kinds,
            self.opened,
            self.own,
            self.rounds,
        )


@dataclass(frozen=True)
class Branch:
    """What a node of the tree fixes.

    Attributes
    ----------
    kitchens : mapping of kitchen to 0 or 1
    opened, rounds : (least, most)
        Number of opened kitchens and of rounds.
    """

    kitchens: Mapping[int, int] = field(default_factory=dict)
    opened: tuple[float, float] = (0.0, math.inf)
    rounds: tuple[float, float] = (0.0, math.inf)


class Master:
    """HiGHS with the model of `anyi_geo.plan.meals.model`, relaxed, and the rounds added to it."""

    def __init__(self, arrays: Arrays, *, unserved_meals: int, per_vehicle: bool) -> None:
        self._arrays, self._per_vehicle = arrays, per_vehicle
        base = build(
            arrays,
            [],
            with_unserved=unserved_meals > 0,
            per_vehicle=per_vehicle,
            unserved_yuan=0.0,
            unserved_meals=unserved_meals,
            grows=True,
        )
        self._solver = solver_of(base, integer=False)
        # Two more rows: how many kitchens open, and how many rounds are driven.
        self._opened_row = len(base.lower)
        everyone = np.arange(arrays.k, dtype=np.int32)
        self._solver.addRow(0.0, math.inf, arrays.k, everyone, np.ones(arrays.k))
        self._solver.addRow(0.0, math.inf, 0, np.zeros(0, np.int32), np.zeros(0))
        self._known: set[Priced] = set()

    @property
    def known(self) -> frozenset[Priced]:
        """The rounds added so far."""
        return frozenset(self._known)

    def stand_in(self, yuan: float) -> None:
        """Let every stop be served for so much, so that the programme is feasible before the rounds are known."""
        rows = np.arange(self._arrays.n, dtype=np.int32)
        self._add(np.full(self._arrays.n, yuan), [(np.array([row]), np.ones(1)) for row in rows])

    def add(self, rounds: Iterable[Priced]) -> int:
        """Add the rounds that are new; return how many."""
        arrays, n, k = self._arrays, self._arrays.n, self._arrays.k
        fresh = [one for one in dict.fromkeys(rounds) if one not in self._known]
        self._known.update(fresh)
        costs: list[float] = []
        entries: list[tuple[Any, Any]] = []
        for one in fresh:
            stops, times = np.unique(np.array(one.stops), return_counts=True)
            fixed = 0.0 if self._per_vehicle else float(arrays.fixed[one.kind])
            costs.append(round_cost(arrays, one.kitchen, one.stops) + fixed)
            rows: list[Any] = [
                stops,
                [n + one.kitchen],
                n + k + one.kitchen * n + stops,
                [n + k + k * n + one.kind, self._opened_row + 1],
            ]
            values: list[Any] = [times, [float((arrays.meals[stops] * times).sum())], times, [1.0, 1.0]]
            entries.append((np.concatenate(rows), np.concatenate(values).astype(float)))
        self._add(np.array(costs), entries)
        return len(fresh)

    def _add(self, costs: Floats, entries: list[tuple[Any, Any]]) -> None:
        if not entries:
            return
        lengths = np.array([len(rows) for rows, _ in entries])
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int32)
        index = np.concatenate([rows for rows, _ in entries]).astype(np.int32)
        value = np.concatenate([values for _, values in entries])
        lower, upper = np.zeros(len(costs)), np.full(len(costs), highspy.kHighsInf)
        self._solver.addCols(len(costs), costs, lower, upper, len(index), starts, index, value)

    def fix(self, branch: Branch) -> None:
        """Keep to what a node fixes; everything else is free."""
        for kitchen in range(self._arrays.k):
            value = branch.kitchens.get(kitchen)
            self._solver.changeColBounds(kitchen, *((0.0, 1.0) if value is None else (float(value), float(value))))
        self._solver.changeRowBounds(self._opened_row, *branch.opened)
        self._solver.changeRowBounds(self._opened_row + 1, *branch.rounds)

    def solve(self) -> Prices | None:
        """Return the prices, or None when the programme has no solution."""
        arrays, n, k = self._arrays, self._arrays.n, self._arrays.k
        with quiet_stdout():
            self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._solver.getSolution()
        duals, values = np.array(solution.row_dual), np.array(solution.col_value)
        capacity = duals[n : n + k]
        links = duals[n + k : n + k + k * n].reshape(k, n)
        stops = duals[:n][None] + capacity[:, None] * arrays.meals[None] + links
        kinds = duals[n + k + k * n : n + k + k * n + len(arrays.fixed)] + duals[self._opened_row + 1]
        value = float(self._solver.getInfo().objective_function_value)
        rounds = float(np.array(solution.row_value)[self._opened_row + 1])
        return Prices(value, stops, kinds, values[:k], values[k : k + n], rounds)
