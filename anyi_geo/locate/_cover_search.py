"""How maximal cover is solved: as a p-median of what stays uncovered, or as a small model on arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix, hstack, identity, vstack

from anyi_geo.locate._conditions import Conditions
from anyi_geo.locate._cover import replaced
from anyi_geo.locate._lists import Lists, Number, keeping
from anyi_geo.locate._median_engine import otherwise, search
from anyi_geo.locate._rows import Rows, minimise
from anyi_geo.locate._serving import Serving, budget_row, integral, serving_rows, whole
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Floats, LocationProblem, Longs, Mask
from anyi_geo.locate.solution import first_open


@dataclass(frozen=True, eq=False)
class Covering:
    """A maximal cover, ready to be solved.

    Attributes
    ----------
    near : LocationProblem
        Only pairs within the limit that are worth something; clients without any have no persons here.
    share : float array (pairs,)
        What a pair is worth, in (0, 1].
    demands : Conditions
    backup : float
        Worth of a second site.
    capacity : float array (m,) or None
    spend : float array (m,) or None
    budget : float or None
    """

    near: LocationProblem
    share: Floats
    demands: Conditions
    backup: float = 0.0
    capacity: Floats | None = None
    spend: Floats | None = None
    budget: float | None = None

    @property
    def top(self) -> float:
        """Worth of all clients covered in full, and twice."""
        return float(self.near.persons.sum()) * (1.0 + self.backup)

    @property
    def simple(self) -> bool:
        """Whether only a count binds, so that the p-median engine may search."""
        return not self.backup and self.capacity is None and self.budget is None


@dataclass(frozen=True, eq=False)
class Found:
    """A plan and what is proven.

    Attributes
    ----------
    is_open : mask (m,)
    pair : int array (n,) or None
        Pair that serves each client, -1 = none, where capacities assign; None: the nearest open one.
    missed : float
        No plan leaves less worth uncovered.
    source : str
    otherwise : float array (m,) or None
        No plan that treats this site otherwise leaves less uncovered; from the prices.
    """

    is_open: Mask
    pair: Longs | None
    missed: float
    source: str
    otherwise: Floats | None = None


def solve_covering(model: Covering, watch: Watch) -> Found:
    """Return the best plan found and the bound on what stays uncovered."""
    if len(model.share) == 0:
        return Found(model.demands.required.copy(), None, 0.0, "arithmetic")
    with watch.showing(lambda missed: model.top - missed):
        if model.simple:
            found = _by_engine(model, watch)
        elif model.capacity is None and (model.share == 1).all():
            found = _by_rows(model, watch)
        else:
            found = _by_serving(model, watch)
    least = float((model.near.persons[model.near.client] * model.share).min())
    nothing = model.top - found.missed < 0.5 * least  # whoever is covered at all adds `least`
    return replace(found, missed=model.top) if nothing else found


def _groups(near: LocationProblem) -> tuple[csr_matrix, Floats]:
    """Return the sets of sites that clients are near to, one row a set, and the persons of each."""
    groups: dict[bytes, int] = {}
    first: list[int] = []
    weight: list[float] = []
    for i in np.flatnonzero(near.listed > 0).tolist():
        key = np.sort(near.site[near.start[i] : near.start[i + 1]]).tobytes()
        if key not in groups:
            groups[key] = len(first)
            first.append(i)
            weight.append(0.0)
        weight[groups[key]] += float(near.persons[i])
    chosen = np.array(first, dtype=np.int64)
    matrix = csr_matrix((np.ones(len(near.site)), near.site, near.start), shape=(len(near.clients), len(near.sites)))
    return matrix[chosen], np.array(weight)


def _by_engine(model: Covering, watch: Watch) -> Found:
    required, forbidden = model.demands.required, model.demands.forbidden
    spare = np.zeros_like(forbidden)
    if (model.share == 1).all():
        matrix, weight = _groups(model.near)
        spare = replaced(matrix, np.zeros(matrix.shape[1]), ~forbidden) & ~required
        start, site, cost = matrix.indptr.astype(np.int64), matrix.indices, np.zeros(matrix.nnz)
    else:
        weight, start, site = model.near.persons, model.near.start, model.near.site
        cost = weight[model.near.client] * (1.0 - model.share)
    lists = Lists(
        start=start,
        client=np.repeat(np.arange(len(weight), dtype=np.int32), np.diff(start)),
        site=site.astype(np.int32),
        cost=cost,
        over=weight.astype(np.float64),
        whole=None,
        unserved=weight.astype(np.float64),
        lost=np.inf,
        integral=integral(cost, weight),
        opening=np.zeros(len(forbidden)),
        worth=model.top,
    )
    shut = forbidden | spare
    count = min(model.demands.count or 0, int((~shut).sum()))
    found = search(keeping(lists, ~shut[lists.site]), Number(count, count), required, shut, watch)
    if count < (model.demands.count or 0):  # more may open than are of use: nothing is worth anything by itself
        return Found(found.plan, None, found.bound, found.source)
    # what is settled among the sites of use is open among all: one that another stands in for may be opened for it
    priced = otherwise(lists, Number(count, count), required, forbidden, replace(found, settled=None))
    return Found(found.plan, None, found.bound, found.source, priced)


def _by_rows(model: Covering, watch: Watch) -> Found:
    """Write and solve the covering form.

    Columns: open_j; missed_g and, with backup, single_g of every set of sites.
    (1) missed_g + sum of open_j >= 1, or with backup missed_g + single_g + sum of open_j >= 2; count; budget.
    """
    demands, m = model.demands, len(model.near.sites)
    matrix, weight = _groups(model.near)
    groups, times = len(weight), 2 if model.backup else 1
    slack = [identity(groups, format="csr")] * times
    upper = np.concatenate([(~demands.forbidden).astype(float), np.ones(times * groups)])
    blocks, low, high = [hstack([matrix, *slack])], [np.full(groups, float(times))], [np.full(groups, np.inf)]
    if demands.count is not None:
        blocks.append(csr_matrix((np.ones(m), (np.zeros(m, int), np.arange(m))), shape=(1, m + times * groups)))
        low.append(np.array([-np.inf]))
        high.append(np.array([float(demands.count)]))
    if model.budget is not None and model.spend is not None:
        row, most = budget_row(model.spend, model.budget, upper[:m])
        blocks.append(csr_matrix((row, (np.zeros(m, int), np.arange(m))), shape=(1, m + times * groups)))
        low.append(np.array([-np.inf]))
        high.append(np.array([most]))
    costs = np.concatenate([np.zeros(m), weight, *([model.backup * weight] if model.backup else [])])
    rows = Rows(
        costs=costs,
        upper=upper,
        integer=np.arange(m + times * groups) < m,
        matrix=vstack(blocks).tocsr(),
        row_lower=np.concatenate(low),
        row_upper=np.concatenate(high),
        lower=np.concatenate([demands.required.astype(float), np.zeros(times * groups)]),
    )
    return _found(model, rows, watch)


def _by_serving(model: Covering, watch: Watch) -> Found:
    near, demands, m = model.near, model.demands, len(model.near.sites)
    rows = serving_rows(
        Serving(
            client=near.client.astype(np.int64),
            site=near.site.astype(np.int64),
            cost=near.persons[near.client] * (1.0 - model.share),
            out=near.persons,
            opening=np.zeros(m),
            required=demands.required,
            forbidden=demands.forbidden,
            load=None if model.capacity is None else near.persons,
            capacity=model.capacity,
            count=demands.count,
            spend=model.spend,
            budget=model.budget,
        )
    )
    return _found(model, rows, watch)


def covered(model: Covering, is_open: Mask, pair: Longs | None) -> float:
    """Return what a plan is worth: persons by the share of their pair, and backup."""
    pair = first_open(model.near, is_open) if pair is None else pair
    chosen = pair[pair >= 0]
    persons, client = model.near.persons, model.near.client
    twice = np.bincount(client[is_open[model.near.site]], minlength=len(persons)) >= 2
    return float(persons[client[chosen]] @ model.share[chosen]) + model.backup * float(persons[twice].sum())


def _found(model: Covering, rows: Rows, watch: Watch) -> Found:
    """Solve rows whose first columns open the sites; with capacities the next ones serve the pairs."""
    near, m = model.near, len(model.near.sites)
    is_open, pair = _greedy(model)
    by_hand = covered(model, is_open, pair)
    answer = minimise(rows, watch, slack=watch.settings.gap * by_hand, telling=True)
    missed = max(answer.bound, 0.0)
    if integral(rows.costs) and np.isfinite(missed):
        missed = whole(missed)
    if answer.values is not None:
        solved, along = answer.values[:m] > 0.5, None
        if model.capacity is not None:
            chosen = np.flatnonzero(answer.values[m : m + len(near.site)] > 0.5)
            along = np.full(len(near.clients), -1, dtype=np.int64)
            along[near.client[chosen]] = chosen
        if covered(model, solved, along) >= by_hand:
            is_open, pair = solved, along
    return Found(is_open, pair, missed, "branch and bound")


def _greedy(model: Covering) -> tuple[Mask, Longs | None]:
    """Open what covers most for its cost while count and budget last: a plan for when the clock leaves none."""
    near, demands = model.near, model.demands
    is_open = demands.required.copy()
    served = np.full(len(near.clients), -1, dtype=np.int64)
    room = np.full(len(near.sites), np.inf) if model.capacity is None else model.capacity.copy()
    by_site = [np.flatnonzero(near.site == j) for j in range(len(near.sites))]

    def fill(site: int) -> None:
        for k in by_site[site].tolist():
            i = int(near.client[k])
            if served[i] < 0 and near.persons[i] <= room[site]:
                served[i], room[site] = k, room[site] - near.persons[i]

    for site in np.flatnonzero(is_open).tolist():
        fill(site)
    spend = np.zeros(len(is_open)) if model.spend is None else model.spend
    while True:
        left = np.inf if model.budget is None else model.budget - float(spend[is_open].sum())
        may = ~is_open & ~demands.forbidden & (spend <= left)
        if not may.any() or (demands.count is not None and is_open.sum() >= demands.count):
            break
        gain = np.bincount(near.site, near.persons[near.client] * (served[near.client] < 0), minlength=len(is_open))
        gain = np.where(may, np.minimum(gain, room), -1.0)
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        is_open[best] = True
        fill(best)
    return is_open, (served if model.capacity is not None else None)
