"""Prices and branching over the relaxation by township: an upper bound that closes in on the best plan."""

from __future__ import annotations

import heapq
import math
import time
from dataclasses import dataclass, replace

import numpy as np

from anyi_geo.plan.care_sites.clusters import Limits, Relaxation, restricted
from anyi_geo.plan.care_sites.relaxation import Evaluation, Prices, evaluate, narrow

#: Price steps and their first lengths (shares of persons, of a site's worth); the lengths fall tenfold on the way. The
#: root goes in stages, because what the first leaves out makes the next quicker.
ROOT_STAGES = ((40, 0.4, 0.04), (40, 0.3, 0.03), (80, 0.2, 0.02))
BRANCH_STAGE = (30, 0.2, 0.02)
FALL = 0.1
#: Subgradients are averaged with this share of their past.
MEMORY = 0.7
#: An undecided count of a cluster weighs so many undecided sites.
COUNT_WEIGHT = 2.0


@dataclass(frozen=True)
class _Node:
    bound: float
    limits: Limits
    prices: Prices
    mean_open: tuple[np.ndarray, ...]  # per cluster: batches x sites, share of late steps in which the site was open


@dataclass(frozen=True)
class _Pace:
    worth: float
    incumbent: float
    target: float
    deadline: float


def tree_bound(
    relaxation: Relaxation, incumbent: float, worth: float, gap: float, nodes: int, deadline: float
) -> tuple[float, int]:
    """Return a proven upper bound on every plan, and the number of branchings.

    Best bound first. A node splits on the count of open sites of a cluster, or on one site being open by a batch,
    whichever the relaxation leaves most undecided. Stops at the gap, after `nodes` branchings, or at the deadline.

    Parameters
    ----------
    relaxation : Relaxation
    incumbent : float
        Cover of the best plan known; branches that cannot beat it are closed.
    worth : float
        What one site adds, roughly: the length scale of the prices.
    gap : float
        Relative gap to `incumbent` at which to stop.
    nodes : int
        Branchings at most, so that the same input gives the same bound.
    deadline : float
        On the clock of ``time.perf_counter``.
    """
    target = incumbent + gap * abs(incumbent)
    pace = _Pace(worth, incumbent, target, deadline)
    node = _Node(math.inf, relaxation.root, _first_prices(relaxation), ())
    for stage in ROOT_STAGES:
        found = _tighten(relaxation, node.limits, node.prices, stage, pace)
        node = replace(found, bound=min(found.bound, node.bound))
        relaxation = restricted(relaxation, node.limits)
    influence = _influence(relaxation)
    heap: list[tuple[float, int, _Node]] = [(-node.bound, 0, node)]
    settled = incumbent  # the largest bound among branches that are not looked at again
    made = split = 0
    while heap and -heap[0][0] > target and split < nodes and time.perf_counter() < deadline:
        node = heapq.heappop(heap)[2]
        split += 1
        halves = _children(node, influence)
        if not halves:
            settled = max(settled, node.bound)
        for limits in halves:
            child = _tighten(relaxation, limits, node.prices, BRANCH_STAGE, pace)
            made += 1
            bound = min(child.bound, node.bound)
            heapq.heappush(heap, (-bound, made, replace(child, bound=bound)))
    return max(settled, -heap[0][0] if heap else settled), split


def _first_prices(relaxation: Relaxation) -> Prices:
    shape = (len(relaxation.persons), len(relaxation.batch_weights))
    return Prices(np.zeros(shape), np.zeros(len(relaxation.right)))


def _tighten(
    relaxation: Relaxation,
    limits: Limits,
    start: Prices,
    stage: tuple[int, float, float],
    pace: _Pace,
) -> _Node:
    """Lower the bound by deflected subgradient steps of geometrically falling length."""
    unit = np.array([np.abs(row[row != 0]).mean() if row.any() else 1.0 for row in relaxation.coupling])
    steps, shared_length, coupling_length = stage
    relaxation = restricted(relaxation, limits)
    prices, best, kept = start, math.inf, start
    past: Evaluation | None = None
    late: list[np.ndarray] = []
    for step in range(steps):
        now = evaluate(relaxation, limits, prices)
        if now.bound < best:
            best, kept = now.bound, prices
        if best <= pace.target or time.perf_counter() > pace.deadline:
            break
        if step >= steps // 3:
            late.append(now.chosen)
        past = now if past is None else _averaged(past, now)
        fall = FALL ** (step / steps)
        shared = prices.shared - shared_length * fall * (1.0 - past.hits)
        push = np.clip(past.excess / unit, -5.0, 5.0) * pace.worth / unit
        prices = Prices(np.clip(shared, 0.0, 1.0), np.maximum(prices.coupling + coupling_length * fall * push, 0.0))
    if math.isfinite(best) and best > pace.target:
        limits = narrow(relaxation, limits, kept, best, pace.incumbent)
    return _Node(best, limits, kept, _means(relaxation, late))


def _averaged(past: Evaluation, now: Evaluation) -> Evaluation:
    return replace(
        now,
        hits=MEMORY * past.hits + (1 - MEMORY) * now.hits,
        excess=MEMORY * past.excess + (1 - MEMORY) * now.excess,
    )


def _means(relaxation: Relaxation, chosen: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    means = []
    for number, cluster in enumerate(relaxation.clusters):
        bits = np.arange(len(cluster.sites))
        picked = np.array([table[number] for table in chosen]).reshape(-1, len(relaxation.batch_weights))
        means.append(((picked[:, :, None] >> bits) & 1).mean(axis=0) if len(picked) else np.zeros((0, 0)))
    return tuple(means)


def _influence(relaxation: Relaxation) -> list[np.ndarray]:
    """Return, per cluster and site, 1 + the shared persons it can cover over their mean: where the bound is loose."""
    persons = relaxation.incidence.T @ relaxation.persons
    reach = []
    for cluster in relaxation.clusters:
        bits = (cluster.masks[:, None] >> np.arange(len(cluster.sites))) & 1
        reach.append(persons[cluster.columns] @ bits)
    mean = max(float(np.concatenate(reach).mean()), 1e-9)
    return [1.0 + shared / mean for shared in reach]


def _children(node: _Node, influence: list[np.ndarray]) -> tuple[Limits, ...]:
    """Return the two halves of a node; none when nothing is left to decide."""
    best: tuple[float, int, int, int] | None = None  # score, cluster, batch, site bit or -1 for the count
    for cluster, mean in enumerate(node.mean_open):
        for batch, shares in enumerate(mean):
            undecided = np.minimum(shares, 1.0 - shares) * influence[cluster]
            count = shares.sum() % 1.0
            scores = np.append(undecided, min(count, 1.0 - count) * COUNT_WEIGHT * influence[cluster].mean())
            place = int(scores.argmax())
            if scores[place] > 1e-9 and (best is None or scores[place] > best[0] + 1e-12):
                best = (float(scores[place]), cluster, batch, place if place < len(shares) else -1)
    if best is None:
        return ()
    _, cluster, batch, bit = best
    low, high = _copy(node.limits), _copy(node.limits)
    if bit < 0:
        floor = math.floor(node.mean_open[cluster][batch].sum())
        low.most[cluster, : batch + 1] = np.minimum(low.most[cluster, : batch + 1], floor)
        high.least[cluster, batch:] = np.maximum(high.least[cluster, batch:], floor + 1)
    else:
        low.closed_by[cluster, : batch + 1] |= 1 << bit
        high.open_by[cluster, batch:] |= 1 << bit
    return low, high


def _copy(limits: Limits) -> Limits:
    return Limits(limits.least.copy(), limits.most.copy(), limits.open_by.copy(), limits.closed_by.copy())
