"""The model over every round worth driving: its optimum is the optimum, its bound is a bound on every plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from anyi_geo.locate.solver import quiet_stdout
from anyi_geo.plan.meals.arrays import Arrays, Floats
from anyi_geo.plan.meals.choice import Choice, better, choose
from anyi_geo.plan.meals.model import Model, build, solver_of, stop_after
from anyi_geo.plan.meals.pool import Trip

ALL_ROUNDS = "all rounds"


@dataclass(frozen=True)
class Exact:
    """What the model over all rounds says.

    Attributes
    ----------
    choice : Choice
        The better of the incumbent and the model's own plan.
    bound : float
        Yuan; no plan with as few unserved meals costs less. -inf when nothing is known.
    fewest_proven : bool
        Whether no plan serves more meals.
    """

    choice: Choice
    bound: float
    fewest_proven: bool


def solve_all(
    arrays: Arrays,
    trips: Sequence[Trip],
    incumbent: Choice,
    *,
    hopeless: int,
    seconds: float | None,
    seed: int,
    per_vehicle: bool,
    checks: int | None = None,
) -> Exact:
    """Solve the set partitioning model over all rounds in two stages: fewest unserved meals, then least yuan.

    Parameters
    ----------
    arrays : Arrays
    trips : sequence of Trip
        Every round that some better plan than the incumbent could drive.
    incumbent : Choice
    hopeless : int
        Meals that no plan can serve.
    seconds : float or None
        Limit of wall-clock time; None: none.
    seed : int
    per_vehicle : bool
        Chained rounds: fixed costs and numbers count vehicles.
    checks : int, optional
        Limit in the solver's own interrupt checks, which no clock changes.
    """
    best, proven = incumbent, incumbent.unserved_meals <= hopeless
    if not proven:
        model = build(arrays, trips, with_unserved=True, per_vehicle=per_vehicle, unserved_yuan=1.0)
        counting = Model(_only_unserved(arrays, model), model.matrix, model.lower, model.upper, model.trips)
        values, fewest = _run(counting, seconds, seed, checks)
        best = better(best, _read(arrays, counting, values, per_vehicle=per_vehicle)) or best
        # Meals are whole, so a bound is rounded up; a solver that was stopped at once has none.
        proven = math.isfinite(fewest) and best.unserved_meals <= math.ceil(fewest - 1e-6)
    least = best.unserved_meals
    model = build(
        arrays, trips, with_unserved=least > 0, per_vehicle=per_vehicle, unserved_yuan=0.0, unserved_meals=least
    )
    values, bound = _run(model, seconds, seed, checks)
    best = better(best, _read(arrays, model, values, per_vehicle=per_vehicle)) or best
    if best.unserved_meals < least:
        bound = -math.inf
    # Yuan are sums in floating point: an optimum proven by the solver may lie a hair above the recomputed one.
    return Exact(best, min(bound, best.yuan), proven)


def _only_unserved(arrays: Arrays, model: Model) -> Floats:
    cost = np.zeros(len(model.cost))
    cost[arrays.k + arrays.n : arrays.k + 2 * arrays.n] = arrays.meals
    return cost


def _read(arrays: Arrays, model: Model, values: Floats | None, *, per_vehicle: bool) -> Choice | None:
    if values is None:
        return None
    first = model.matrix.shape[1] - len(model.trips)
    taken = [trip for (trip, _), one in zip(model.trips, values[first:] > 0.5, strict=True) if one]
    own = np.flatnonzero(values[arrays.k : arrays.k + arrays.n] > 0.5).tolist()
    return choose(arrays, taken, own, per_vehicle=per_vehicle)


def _run(model: Model, seconds: float | None, seed: int, checks: int | None) -> tuple[Floats | None, float]:
    with quiet_stdout():
        solver = solver_of(model, integer=True)
        if seconds is not None and math.isfinite(seconds):
            solver.setOptionValue("time_limit", max(0.1, seconds))
        if checks is not None:
            stop_after(solver, checks)
        solver.setOptionValue("mip_rel_gap", 1e-7)
        solver.setOptionValue("mip_abs_gap", 1e-7)
        solver.setOptionValue("random_seed", seed % (2**31 - 1))
        solver.run()
    info, status = solver.getInfo(), solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None, math.inf
    bound = float(info.mip_dual_bound)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, bound
    return np.array(solver.getSolution().col_value), bound
