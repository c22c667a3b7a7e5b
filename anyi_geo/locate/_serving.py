"""Who is served where, on arrays: the model behind capacities, fixed costs and budgets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix, vstack

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate._conditions import fits
from anyi_geo.locate._rows import Answer, Rows, minimise
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Floats, Longs, Mask
from anyi_geo.locate.solver import NoIncumbentError

#: Capacities and budgets are written as this number, so that the solver's absolute tolerance is one part in 10^9.
UNIT = 1e3


@dataclass(frozen=True, eq=False)
class Serving:
    """One model of opening and serving; clients without persons are left out before.

    Attributes
    ----------
    client, site : int arrays (pairs,)
    cost : float array (pairs,)
        Of serving a client whole along a pair.
    out : float array (n,)
        Of not serving it along any; inf: not allowed.
    opening : float array (m,)
        Of a site.
    required, forbidden : masks (m,)
    load : float array (n,) or None
        Persons that weigh on `capacity`; None: no capacities.
    capacity : float array (m,) or None
    count : int or None
    exact : bool
        Whether `count` is to be met, not only kept.
    spend : float array (m,) or None
        What sites take from `budget`.
    budget : float or None
    """

    client: Longs
    site: Longs
    cost: Floats
    out: Floats
    opening: Floats
    required: Mask
    forbidden: Mask
    load: Floats | None = None
    capacity: Floats | None = None
    count: int | None = None
    exact: bool = False
    spend: Floats | None = None
    budget: float | None = None


@dataclass(frozen=True, eq=False)
class Served:
    """What came of a model of serving.

    Attributes
    ----------
    is_open : mask (m,)
    pair : int array (n,)
        Pair along which each client is served, -1 = none.
    bound : float
        No plan costs less; rounded up where every cost is a whole number.
    """

    is_open: Mask
    pair: Longs
    bound: float


def solve_serving(model: Serving, watch: Watch) -> Served:
    """Solve the model.

    Raises
    ------
    InfeasibleError
        Proven: the conditions contradict each other.
    NoIncumbentError
        The clock left no plan.
    """
    rows = serving_rows(model)
    answer = minimise(rows, watch, gap=watch.settings.gap, telling=True)
    if _blunt(rows, answer) and not watch.over and not watch.settings.gap:
        answer = _sharpened(rows, answer, watch)
    if answer.infeasible:
        raise InfeasibleError(
            "在点位数、必选、禁选和容量的条件下，没有方案能让每个需求点都有点位可去。",
            "Under the count, the required and forbidden sites and the capacities no plan serves every client.",
        )
    if answer.values is None:
        raise NoIncumbentError(
            "时限内没有找到可行方案，也没有证明不可行；请加长求解时间。",
            "No plan was found in time, and no proof that none exists: allow more seconds.",
        )
    m = len(model.opening)
    pair = np.full(len(model.out), -1, dtype=np.int64)
    chosen = np.flatnonzero(answer.values[m : m + len(model.site)] > 0.5)
    pair[model.client[chosen]] = chosen
    costs = (model.cost, model.opening, np.where(np.isfinite(model.out), model.out, 0.0))
    bound = whole(answer.bound) if integral(*costs) and np.isfinite(answer.bound) else answer.bound
    return Served(answer.values[:m] > 0.5, pair, bound)


def _blunt(rows: Rows, answer: Answer) -> bool:
    """Tell whether costs above the plan's, to which the solver's tolerances are scaled, leave its proof open."""
    open_still = answer.objective - answer.bound > 1e-7 * answer.objective
    return answer.values is not None and open_still and answer.objective < float(rows.costs.max())


def _sharpened(rows: Rows, answer: Answer, watch: Watch) -> Answer:
    """Solve again without the columns that alone cost more than the plan in hand: no better plan uses them."""
    upper = np.where(rows.costs > answer.objective * (1 + 1e-9), 0.0, rows.upper)
    costs = np.where(upper > 0, rows.costs, 0.0)
    again = minimise(replace(rows, upper=upper, costs=costs), watch, gap=watch.settings.gap, telling=True)
    if again.infeasible:
        return answer
    better = again if again.objective <= answer.objective else answer
    return replace(better, bound=min(max(again.bound, answer.bound), better.objective))  # others cost more than that


def integral(*costs: Floats) -> bool:
    """Tell whether all costs are whole numbers small enough to be summed exactly."""
    return all((cost == np.rint(cost)).all() and float(cost.sum()) < 2.0**50 for cost in costs)


def whole(bound: float) -> float:
    """Round up a bound of whole numbers."""
    return float(np.ceil(bound - 1e-5 - 1e-11 * abs(bound)))


def serving_rows(model: Serving) -> Rows:
    """Write the model; columns: open_j, serve_k, out_i.

    (1) sum of serve_k + out_i = 1 for every client; (2) serve_k <= open_j; (3) sum of load_i serve_k <= capacity_j
    open_j; (4) the count; (5) the budget. Serve_k is binary with capacities.
    """
    m, pairs, n = len(model.opening), len(model.site), len(model.out)
    width, number = m + pairs + n, np.arange(pairs)
    may_out = np.isfinite(model.out)
    upper = np.concatenate([(~model.forbidden).astype(float), np.ones(pairs), may_out.astype(float)])
    lower = np.zeros(width)
    lower[:m] = model.required
    blocks = [
        _matrix(
            np.ones(pairs + n),
            np.concatenate([model.client, np.arange(n)]),
            np.concatenate([m + number, m + pairs + np.arange(n)]),
            (n, width),
        ),
        _matrix(
            np.repeat([1.0, -1.0], pairs), np.tile(number, 2), np.concatenate([m + number, model.site]), (pairs, width)
        ),
    ]
    low, high = [np.ones(n), np.full(pairs, -np.inf)], [np.ones(n), np.zeros(pairs)]
    if model.load is not None and model.capacity is not None:
        load, capacity = model.load[model.client], model.capacity
        upper[m : m + pairs][~fits(load, capacity[model.site])] = 0.0
        tight = np.flatnonzero(np.isfinite(capacity) & (capacity > 0))
        row = np.full(m, -1)
        row[tight] = np.arange(len(tight))
        use = (row[model.site] >= 0) & (upper[m : m + pairs] > 0)
        data = np.concatenate([UNIT * load[use] / capacity[model.site[use]], np.full(len(tight), -UNIT)])
        rows = np.concatenate([row[model.site[use]], np.arange(len(tight))])
        blocks.append(_matrix(data, rows, np.concatenate([m + number[use], tight]), (len(tight), width)))
        low.append(np.full(len(tight), -np.inf))
        high.append(np.zeros(len(tight)))
    if model.count is not None:
        blocks.append(_matrix(np.ones(m), np.zeros(m, int), np.arange(m), (1, width)))
        low.append(np.array([model.count if model.exact else -np.inf]))
        high.append(np.array([float(model.count)]))
    if model.budget is not None and model.spend is not None:
        row_, most = budget_row(model.spend, model.budget, upper[:m])
        blocks.append(_matrix(row_, np.zeros(m, int), np.arange(m), (1, width)))
        low.append(np.array([-np.inf]))
        high.append(np.array([most]))
    return Rows(
        costs=np.concatenate([model.opening, model.cost, np.where(may_out, model.out, 0.0)]),
        upper=upper,
        integer=np.arange(width) < (m + pairs if model.load is not None else m),
        matrix=vstack(blocks).tocsr(),
        row_lower=np.concatenate(low),
        row_upper=np.concatenate(high),
        lower=lower,
    )


def budget_row(spend: Floats, budget: float, upper: Floats) -> tuple[Floats, float]:
    """Return the budget's coefficients and right side in units of it; closes in `upper` what it cannot pay."""
    payable = fits(spend, budget)
    upper[~payable] = 0.0
    if budget <= 0:
        return np.zeros(len(spend)), 0.0
    return np.where(payable, UNIT * spend / budget, 0.0), UNIT


def _matrix(data: Floats, row: Longs, column: Longs, shape: tuple[int, int]) -> csr_matrix:
    return csr_matrix((data, (row, column)), shape=shape)
