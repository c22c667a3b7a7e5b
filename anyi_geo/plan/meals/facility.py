"""The facility relaxation: which kitchens, before any round is driven; a valid weak bound and the K best sets."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pulp

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import NoIncumbentError, is_one, solve
from anyi_geo.plan.meals.arrays import Arrays, Floats
from anyi_geo.plan.meals.reach import Reach
from anyi_geo.plan.meals.ways import shortest_ways


@dataclass(frozen=True, eq=False)
class Shares:
    """What a delivered stop adds at least to the cost of the rounds, in three valid ways.

    Attributes
    ----------
    load : k x n
        Its part of a full vehicle times the way out and back: a round costs at least the way to its farthest stop and
        back, and its loads sum to at most one vehicle.
    clock : k x n
        The same with its part of the hot limit: service plus the shortest leg into it; zero without a limit.
    arcs : array of n
        Half of its cheapest arc in and out.
    rounds_clock : k x n
        The parts of the hot limit themselves: a kitchen drives at least their sum of rounds.
    ends : array of k
        Half of the cheapest arcs out of and into the kitchen, per round.
    """

    load: Floats
    clock: Floats
    arcs: Floats
    rounds_clock: Floats
    ends: Floats


@dataclass(frozen=True)
class KitchenSet:
    """One solution of the relaxation.

    Attributes
    ----------
    kitchens : tuple of int
    own : tuple of int
        Stops that cook themselves in it.
    value : float
        Objective, yuan.
    """

    kitchens: tuple[int, ...]
    own: tuple[int, ...]
    value: float


def shares(arrays: Arrays, reached: Reach) -> Shares:
    """Return the three lower estimates; shortest ways replace the given arcs, so no triangle inequality is assumed."""
    n, k = arrays.n, arrays.k
    out, back = _closed_costs(arrays)
    radial = out + back.T
    vehicle = max(arrays.largest_vehicle, 1.0)
    part = np.minimum(np.tile(arrays.meals / vehicle, (k, 1)), 1.0)
    legs = _cheapest(np.vstack([arrays.minutes_out, _off_diagonal(arrays.minutes)]))
    clock = np.zeros((k, n))
    if math.isfinite(arrays.hot):
        room = np.maximum(arrays.hot - arrays.loading, 1e-9)
        clock = np.minimum((arrays.service + legs)[None] / room[:, None], 1.0)
    into = _cheapest(np.vstack([arrays.cost_out, _off_diagonal(arrays.cost)]))
    outof = _cheapest(np.vstack([arrays.cost_back.T, _off_diagonal(arrays.cost).T]))
    ends = _cheapest(arrays.cost_out.T) + _cheapest(arrays.cost_back)
    safe = np.where(reached.possible, radial, 0.0)
    return Shares(safe * part, safe * clock, (into + outof) / 2, clock, ends / 2)


def _closed_costs(arrays: Arrays) -> tuple[Floats, Floats]:
    n, k = arrays.n, arrays.k
    size = k + n
    whole = np.full((size, size), math.inf)
    whole[:k, k:], whole[k:, :k], whole[k:, k:] = arrays.cost_out, arrays.cost_back, arrays.cost
    closed = shortest_ways(whole)
    return closed[:k, k:], closed[k:, :k]


def _off_diagonal(matrix: Floats) -> Floats:
    copy = matrix.copy()
    np.fill_diagonal(copy, math.inf)
    return copy


def _cheapest(matrix: Floats) -> Floats:
    if matrix.shape[0] == 0:
        return np.zeros(matrix.shape[1])
    least = matrix.min(axis=0)
    return np.where(np.isfinite(least), least, 0.0)


class FacilityModel:
    """The relaxation as a PuLP problem, to be solved once for the bound or again and again with no-good cuts.

    Sets: kitchens j, stops i, vehicle types t. Variables: y_j open, x_ij delivered from j (continuous), o_i own
    kitchen, u_i unserved, v_jt rounds, r_j yuan of the rounds' arcs.

        (1) minimise  sum opening_j y_j + r_j + fixed_t v_jt + handing_i x_ij + own_i (o_i - [diners eat there] b_i)
        (2) sum_j x_ij + o_i + u_i = 1
        (3) sum_i meals_i x_ij + [diners eat there] meals_i b_i <= capacity_j y_j;  x_ij <= y_j
        (4) sum_t holds_t v_jt >= sum_i meals_i x_ij;  sum_t v_jt >= the stops' parts of the hot limit
        (5) r_j >= every one of the three shares of `Shares`
        (6) sum_j v_jt <= number_t;  places that cook <= kitchens_max
        (7) sum_i meals_i u_i <= the meals that may stay unserved
        (8) b_i = o_i y_j where stop i is at the place of kitchen j

    Every plan gives a point of it that costs no more, hence the bound. Rounds are whole numbers, x is not.

    Parameters
    ----------
    arrays, reached, estimates
        The problem.
    unserved_meals : int
        Meals that may stay unserved in (7).
    tour_weight : float
        0 for the bound; above 0 the arcs' share is added to the radial one by this weight, which estimates a round's
        cost better (and is no bound): it diversifies the kitchen sets.
    per_vehicle : bool
        Chained rounds: fixed costs and numbers count vehicles, which the relaxation leaves out.
    whole_rounds : bool
        Whether rounds are whole numbers; without, a faster and slightly weaker relaxation.
    """

    def __init__(
        self,
        arrays: Arrays,
        reached: Reach,
        estimates: Shares,
        *,
        unserved_meals: int,
        tour_weight: float = 0.0,
        per_vehicle: bool = False,
        whole_rounds: bool = True,
    ) -> None:
        self._arrays = arrays
        n, k, kinds = arrays.n, arrays.k, len(arrays.fixed)
        problem = pulp.LpProblem("facility_relaxation", pulp.LpMinimize)
        self.problem = problem
        self._open = [problem.add_variable(f"y_{j}", cat="Binary") for j in range(k)]
        own = [i for i in range(n) if math.isfinite(arrays.own[i])]
        self._own = {i: problem.add_variable(f"o_{i}", 0, 1) for i in own}
        left = {i: problem.add_variable(f"u_{i}", 0, 1) for i in range(n)} if unserved_meals > 0 else {}
        pairs = [(j, i) for j in range(k) for i in range(n) if reached.possible[j, i]]
        x = {(j, i): problem.add_variable(f"x_{j}_{i}", 0, 1) for j, i in pairs}
        whole = "Integer" if whole_rounds else "Continuous"
        rounds = [[problem.add_variable(f"v_{j}_{t}", 0, cat=whole) for t in range(kinds)] for j in range(k)]
        arcs = [problem.add_variable(f"r_{j}", 0) for j in range(k)]
        both = [i for i in own if arrays.kitchen_of[i] >= 0]
        self._both = {i: problem.add_variable(f"b_{i}", 0, 1) for i in both}
        dining = {i: b for i, b in self._both.items() if arrays.dines[i]}
        price = np.zeros(kinds) if per_vehicle else arrays.fixed
        problem += (  # (1)
            pulp.lpSum(float(arrays.opening[j]) * self._open[j] + arcs[j] for j in range(k))
            + pulp.lpSum(float(price[t]) * rounds[j][t] for j in range(k) for t in range(kinds) if price[t] > 0)
            + pulp.lpSum(float(arrays.own[i]) * variable for i, variable in self._own.items())
            - pulp.lpSum(float(arrays.own[i]) * b for i, b in dining.items())
            + pulp.lpSum(float(arrays.handing[i]) * x[j, i] for j, i in pairs if arrays.handing[i] > 0)
        )
        sources: list[list[pulp.LpVariable]] = [[] for _ in range(n)]
        by_kitchen: list[list[int]] = [[] for _ in range(k)]
        for j, i in pairs:
            sources[i].append(x[j, i])
            by_kitchen[j].append(i)
        for i in range(n):  # (2)
            problem += pulp.lpSum([*sources[i], *_there(self._own, i), *_there(left, i)]) == 1
        roomy = np.minimum(arrays.capacity, float(arrays.meals.sum()))
        for j in range(k):
            loaded = pulp.lpSum(int(arrays.meals[i]) * x[j, i] for i in by_kitchen[j])
            eaten = pulp.lpSum(int(arrays.meals[i]) * b for i, b in dining.items() if arrays.kitchen_of[i] == j)
            problem += loaded + eaten <= float(roomy[j]) * self._open[j]  # (3)
            for i in by_kitchen[j]:
                problem += x[j, i] <= self._open[j]
            number = pulp.lpSum(rounds[j])
            problem += loaded <= pulp.lpSum(_whole(arrays, t) * rounds[j][t] for t in range(kinds))  # (4)
            if estimates.rounds_clock[j].any():
                problem += number >= pulp.lpSum(float(estimates.rounds_clock[j, i]) * x[j, i] for i in by_kitchen[j])
            touring = pulp.lpSum(float(estimates.arcs[i]) * x[j, i] for i in by_kitchen[j])
            touring += float(estimates.ends[j]) * number
            for part in (estimates.load, estimates.clock):  # (5)
                radial = pulp.lpSum(float(part[j, i]) * x[j, i] for i in by_kitchen[j])
                problem += arcs[j] >= radial + tour_weight * touring
            problem += arcs[j] >= touring
        for t in range(kinds):  # (6)
            if math.isfinite(arrays.number[t]) and not per_vehicle:
                problem += pulp.lpSum(rounds[j][t] for j in range(k)) <= float(arrays.number[t])
        if math.isfinite(arrays.kitchens_max):
            problem += self._places() <= float(arrays.kitchens_max)
        if left:  # (7)
            problem += pulp.lpSum(int(arrays.meals[i]) * u for i, u in left.items()) <= unserved_meals
        self._link_places()

    def _link_places(self) -> None:
        for i, b in self._both.items():  # (8)
            kitchen = self._open[int(self._arrays.kitchen_of[i])]
            self.problem += b <= self._own[i]
            self.problem += b <= kitchen
            if self._arrays.dines[i]:
                self.problem += b >= self._own[i] + kitchen - 1

    def _places(self) -> pulp.LpAffineExpression:
        return pulp.lpSum([*self._open, *self._own.values()]) - pulp.lpSum(self._both.values())

    def solve(self, settings: SolverSettings) -> tuple[KitchenSet, float]:
        """Return the incumbent's kitchens with its value, and the proven bound."""
        outcome = solve(self.problem, settings)
        kitchens = tuple(j for j, variable in enumerate(self._open) if is_one(variable))
        own = tuple(i for i, variable in self._own.items() if is_one(variable))
        return KitchenSet(kitchens, own, outcome.objective), outcome.bound

    def bound(self, settings: SolverSettings) -> float:
        """Return what is proven within the settings, an incumbent or not; -inf when it is nothing.

        Raises
        ------
        InfeasibleError
            No plan leaves so few meals unserved.
        """
        try:
            return solve(self.problem, settings).bound
        except NoIncumbentError:
            constant = float(self.problem.objective.constant)
            return float(self.problem.solverModel.getInfo().mip_dual_bound) + constant

    def forbid(self, kitchens: Sequence[int]) -> None:
        """Add the no-good cut of one set of kitchens."""
        chosen = set(kitchens)
        signed = [variable if j in chosen else -variable for j, variable in enumerate(self._open)]
        self.problem += pulp.lpSum(signed) <= len(chosen) - 1


def _there(variables: dict[int, pulp.LpVariable], key: int) -> list[pulp.LpVariable]:
    return [variables[key]] if key in variables else []


def _whole(arrays: Arrays, kind: int) -> float:
    return float(min(arrays.holds[kind], float(arrays.meals.sum())))


def best_sets(
    model: FacilityModel, most: int, settings: SolverSettings, *, slack: float, time_left: Callable[[], bool]
) -> list[KitchenSet]:
    """Return up to `most` sets of kitchens, best first, none worse than the best by more than `slack` (relative)."""
    found: list[KitchenSet] = []
    while len(found) < most and time_left():
        try:
            candidate, _ = model.solve(settings)
        except InfeasibleError:
            break
        if found and candidate.value > found[0].value * (1 + slack) + 1e-9:
            break
        found.append(candidate)
        model.forbid(candidate.kitchens)
    return found


def neighbours(
    arrays: Arrays, estimates: Shares, chosen: KitchenSet, known: Collection[tuple[int, ...]]
) -> list[KitchenSet]:
    """Return the sets with one kitchen more, less or other than `chosen`, the most promising first.

    They are ranked by opening costs and every stop's cheapest share of a full vehicle; sets that are known, break the
    ceiling, or cannot cook for stops that may not cook themselves are left out.
    """
    here = set(chosen.kitchens)
    others = [kitchen for kitchen in range(arrays.k) if kitchen not in here]
    options = [here | {more} for more in others] + [here - {less} for less in here]
    options += [here - {less} | {more} for less in sorted(here) for more in others]
    wanted = float(arrays.meals[~np.isfinite(arrays.own)].sum())
    price = np.maximum(estimates.load, estimates.clock)
    found = {}
    for option in options:
        kitchens = tuple(sorted(option))
        fits = 0 < len(kitchens) <= arrays.kitchens_max and arrays.capacity[list(kitchens)].sum() >= wanted
        if fits and kitchens not in known:
            shared = price[list(kitchens)].min(axis=0)
            found[kitchens] = float(arrays.opening[list(kitchens)].sum() + np.minimum(shared, arrays.own).sum())
    return [
        KitchenSet(kitchens, chosen.own, value) for kitchens, value in sorted(found.items(), key=lambda one: one[::-1])
    ]
