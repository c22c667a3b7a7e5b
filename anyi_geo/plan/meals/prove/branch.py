"""The proof: bounds by column generation, branching on kitchens, the model over every round that could still win."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.choice import Choice
from anyi_geo.plan.meals.model import unserved_weight
from anyi_geo.plan.meals.pool import Trip
from anyi_geo.plan.meals.prove.exact import ALL_ROUNDS, Exact, solve_all
from anyi_geo.plan.meals.prove.master import Branch, Master, Priced, Prices
from anyi_geo.plan.meals.prove.source import Source

NG_ROUTES = "column generation"

#: A plan that is cheaper by less is no better plan.
YUAN = 1e-6
#: Weight of the best prices so far in the prices that are asked next.
SMOOTHING = 0.6
#: Column generation stops this close (relative) to the programme's value.
CONVERGED = 2e-5
#: What is farther from a whole number is split.
FRACTION = 1e-5
#: Gap (relative) above which the rounds that could still win are too many to be listed.
WORTH_LISTING = 0.04
#: Rounds up to which the model over them is solved.
MOST_ROUNDS = 60_000
#: Nodes of the tree when no clock is read.
MOST_NODES = 60
#: Share of the budget for one model over listed rounds.
MODEL_SHARE = 0.4


@dataclass(frozen=True)
class Proof:
    """What was proven.

    Attributes
    ----------
    choice : Choice
        The best known plan, maybe a better one than was given.
    bound : float
        Yuan; no plan that serves as many meals costs less.
    source : str
        "all rounds" when the tree is closed, else "column generation".
    """

    choice: Choice
    bound: float
    source: str


@dataclass(eq=False)
class _Tree:
    """What the nodes share; the incumbent improves while the tree is searched."""

    arrays: Arrays
    source: Source
    master: Master
    best: Choice
    left: Callable[[], float]
    seed: int
    per_vehicle: bool

    @property
    def clocked(self) -> bool:
        return math.isfinite(self.left())


@dataclass(order=True)
class _Node:
    bound: float
    order: int
    branch: Branch = field(compare=False)


def prove(
    arrays: Arrays,
    source: Source,
    incumbent: Choice,
    trips: Iterable[Trip],
    *,
    left: Callable[[], float],
    seed: int,
    per_vehicle: bool,
    told: Callable[[Choice, float], None] = lambda _best, _bound: None,
) -> Proof:
    """Raise a valid bound as long as time is left, best node first.

    A node fixes some kitchens open or closed. Its bound is the value of the linear programme over ng-routes, made valid
    at any time by the least reduced cost that is still open: no plan drives more rounds than there are stops. When the
    rounds whose reduced cost does not exceed the gap to the incumbent can be listed, the model over them decides the
    node; otherwise the kitchen nearest to half open splits it.

    Parameters
    ----------
    arrays : Arrays
    source : Source
        All rounds: listed, or by recursion.
    incumbent : Choice
        The bound holds for plans that leave no more meals unserved.
    trips : iterable of Trip
        Rounds to begin with.
    left : callable
        Seconds left; inf when no clock is read.
    seed : int
    per_vehicle : bool
        Chained rounds: fixed costs and numbers count vehicles, which the bound leaves out.
    told : callable
        Called before every node with the incumbent and the bound so far.

    Reference: Contardo, Cordeau and Gendron, An exact algorithm based on cut-and-column generation for the capacitated
    location-routing problem, INFORMS Journal on Computing 26 (2014) 88-102.
    """
    master = Master(arrays, unserved_meals=incumbent.unserved_meals, per_vehicle=per_vehicle)
    master.stand_in(unserved_weight(arrays))
    master.add(_priced(arrays, trips))
    tree = _Tree(arrays, source, master, incumbent, left, seed, per_vehicle)
    heap, closed, count = [_Node(0.0, 0, _root(arrays, incumbent))], math.inf, 0
    while heap and (tree.clocked or count < MOST_NODES):
        node = heapq.heappop(heap)
        if node.bound >= tree.best.yuan - YUAN:
            heapq.heappush(heap, node)
            break
        told(tree.best, min(node.bound, closed))
        bound, prices, finished = _bounded(tree, node)
        bound = max(bound, node.bound)
        if not finished:
            heapq.heappush(heap, _Node(bound, node.order, node.branch))
            break
        if prices is None or bound >= tree.best.yuan - YUAN:
            closed = min(closed, tree.best.yuan if prices is not None else math.inf)
            continue
        children = _split(prices, node.branch)
        decided = _decided(tree, node, prices, bound, last=not children)
        if decided is not None:
            children = []
        if not children:
            closed = min(closed, bound if decided is None else decided)
        for child in children:
            count += 1
            heapq.heappush(heap, _Node(bound, count, child))
    open_bound = min((node.bound for node in heap), default=math.inf)
    bound = min(tree.best.yuan, closed, open_bound)
    return Proof(tree.best, max(bound, 0.0), ALL_ROUNDS if bound >= tree.best.yuan - YUAN else NG_ROUTES)


def _priced(arrays: Arrays, trips: Iterable[Trip]) -> list[Priced]:
    found = []
    for trip in trips:
        load = arrays.meals[list(trip.stops)].sum()
        kinds = np.flatnonzero((arrays.holds >= load) & (arrays.number >= 1)).tolist()
        found += [Priced(trip.kitchen, trip.stops, kind) for kind in kinds]
    return found


def _root(arrays: Arrays, incumbent: Choice) -> Branch:
    """Return the numbers of kitchens and rounds that what must be delivered needs at least."""
    must = arrays.meals[~np.isfinite(arrays.own)].sum() if incumbent.unserved_meals == 0 else 0
    largest = np.cumsum(np.sort(arrays.capacity)[::-1])
    opened = int(np.searchsorted(largest, must - 1e-9)) + 1 if must > 0 else 0
    rounds = math.ceil(must / max(arrays.largest_vehicle, 1.0) - 1e-9)
    return Branch(opened=(float(min(opened, arrays.k)), math.inf), rounds=(float(rounds), math.inf))


def _bounded(tree: _Tree, node: _Node) -> tuple[float, Prices | None, bool]:
    """Return a valid bound of the node, the prices that give it (None: the node is empty), and whether it is finished.

    With these prices a round whose reduced cost exceeds what the bound lacks to a plan is in no better plan. How far
    kitchens are open is told by the last programme.
    """
    tree.master.fix(node.branch)
    best, centre, weight = -math.inf, None, SMOOTHING
    while True:
        prices = tree.master.solve()
        if prices is None:
            return math.inf, None, True
        asked = prices if centre is None else prices.towards(centre, weight)
        priced = tree.source.price(asked, node.branch) if tree.left() > 0 else None
        if priced is None:
            return best, prices, False
        least, fresh = priced
        # Every plan drives at most one round per stop, each of reduced cost `least` or more.
        bound = asked.value + tree.arrays.n * least - 1e-9 * abs(asked.value)
        if bound > best:
            best, centre = bound, asked
        if best >= tree.best.yuan - YUAN or best >= prices.value - CONVERGED * abs(prices.value):
            return best, _told(centre or asked, prices), True
        if tree.master.add(fresh):
            weight = SMOOTHING
        elif asked is prices or weight == 0.0:
            return best, _told(centre or asked, prices), True
        else:
            weight = 0.0


def _told(centre: Prices, last: Prices) -> Prices:
    return centre._replace(opened=last.opened, own=last.own, rounds=last.rounds)


def _decided(tree: _Tree, node: _Node, prices: Prices, bound: float, *, last: bool) -> float | None:
    """Return the node's optimum or a bound as good as the incumbent by the model over its rounds, None if too many."""
    arrays = tree.arrays
    allowance = tree.best.yuan - bound + 10 * YUAN
    if allowance > WORTH_LISTING * tree.best.yuan and not last:
        return None
    trips = tree.source.worthwhile(prices, node.branch, allowance)
    if trips is None or len(trips) > MOST_ROUNDS:
        return None
    if tree.clocked and tree.left() <= 0:
        return None
    exact: Exact = solve_all(
        arrays,
        trips,
        tree.best,
        hopeless=tree.best.unserved_meals,
        seconds=MODEL_SHARE * tree.left() if tree.clocked else None,
        seed=tree.seed,
        per_vehicle=tree.per_vehicle,
    )
    tree.best = exact.choice
    return exact.bound if exact.bound >= tree.best.yuan - YUAN else None


def _split(prices: Prices, branch: Branch) -> list[Branch]:
    """Return the two halves of a node: by number of kitchens, by the kitchen nearest to half open, by rounds."""
    total = float(prices.opened.sum())
    if abs(total - round(total)) > FRACTION:
        low, high = branch.opened
        return [
            replace(branch, opened=(math.ceil(total), high)),
            replace(branch, opened=(low, math.floor(total))),
        ]
    away = np.abs(prices.opened - 0.5)
    options = [one for one in range(len(away)) if one not in branch.kitchens and away[one] < 0.5 - FRACTION]
    if options:
        kitchen = min(options, key=lambda one: (away[one], one))
        return [replace(branch, kitchens={**branch.kitchens, kitchen: value}) for value in (1, 0)]
    if abs(prices.rounds - round(prices.rounds)) > FRACTION:
        low, high = branch.rounds
        return [
            replace(branch, rounds=(math.ceil(prices.rounds), high)),
            replace(branch, rounds=(low, math.floor(prices.rounds))),
        ]
    return []
