"""HiGHS on arrays, for models too large or too many to be written term by term."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_matrix

from anyi_geo.locate._watch import CALLBACKS, Watch
from anyi_geo.locate.problem import Floats, Mask
from anyi_geo.locate.solver import quiet_stdout


@dataclass(frozen=True, eq=False)
class Rows:
    """Minimise ``costs x + constant``: ``row_lower <= matrix x <= row_upper``, ``lower <= x <= upper``; None: 0."""

    costs: Floats
    upper: Floats
    integer: Mask
    matrix: csr_matrix
    row_lower: Floats
    row_upper: Floats
    constant: float = 0.0
    lower: Floats | None = None


#: HiGHS drops branches that are better by no more than this, in its own units; a bound is lowered by as much.
PRUNED = 1e-6


@dataclass(frozen=True, eq=False)
class Answer:
    """What HiGHS knows when it stops.

    Attributes
    ----------
    values : float array or None
        The incumbent; None when there is none.
    objective, bound : float
        Of the incumbent (inf without one); proven lower bound (-inf without one), both with the constant.
    infeasible : bool
        Proven.
    """

    values: Floats | None
    objective: float
    bound: float
    infeasible: bool


def minimise(
    rows: Rows,
    watch: Watch,
    *,
    seconds: float | None = None,
    gap: float = 0.0,
    slack: float = 0.0,
    relaxed: bool = False,
    telling: bool = False,
    target: float | None = None,
) -> Answer:
    """Solve; costs are scaled so that the solver's absolute tolerances mean the same for every unit.

    Parameters
    ----------
    seconds : float, optional
        At most this much of the time left on `watch`.
    gap, slack : float
        Stop when the plan in hand is within this part of itself, or this amount, of the bound; 0 asks for proof.
    relaxed : bool
        Ignore integrality.
    target : float, optional
        Stop at a plan as good as this.
    """
    seconds = watch.left if seconds is None else min(seconds, watch.left)
    scale = scale_of(rows.costs)
    highs = highspy.Highs()
    options = {
        "output_flag": False,
        "time_limit": max(seconds, 0.01),
        "threads": watch.settings.threads,
        "random_seed": watch.settings.seed % (2**31 - 1),
        "mip_rel_gap": gap,
        "mip_abs_gap": slack * scale,
    }
    if target is not None:
        options["objective_target"] = (target - rows.constant) * scale
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.setCallback(watch.highs_callback(1 / scale, rows.constant, telling=telling), None)
    for kind in CALLBACKS:
        highs.startCallback(kind)
    with quiet_stdout():
        highs.passModel(lp_of(rows, scale, relaxed=relaxed))
        highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    infeasible = status == highspy.HighsModelStatus.kInfeasible
    values, objective = None, np.inf
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible and not infeasible:
        values = np.asarray(highs.getSolution().col_value, dtype=np.float64)
        objective = float(rows.costs @ values) + rows.constant
    if rows.integer.any() and not relaxed:
        bound = (info.mip_dual_bound - PRUNED) / scale + rows.constant
    else:
        optimal = status == highspy.HighsModelStatus.kOptimal
        bound = info.objective_function_value / scale + rows.constant if optimal else -np.inf
    return Answer(values, objective, float(bound), infeasible)


def scale_of(costs: Floats) -> float:
    """Return the power of two that brings the largest cost to about 10^4; 1 where it is near, or costs are counts."""
    largest = float(np.abs(costs).max(initial=0.0))
    counts = 1.0 <= largest <= 1e6 and bool((costs == np.rint(costs)).all())
    if largest == 0 or counts or 1e2 <= largest <= 1e6:
        return 1.0
    return float(2.0 ** np.clip(np.round(np.log2(1e4 / largest)), -1000, 1000))


def lp_of(rows: Rows, scale: float, *, relaxed: bool) -> highspy.HighsLp:
    """Return the rows as the solver takes them, costs times `scale`."""
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.matrix.shape
    model.col_cost_ = rows.costs * scale
    model.col_lower_ = np.zeros(model.num_col_) if rows.lower is None else rows.lower
    model.col_upper_ = rows.upper
    model.row_lower_, model.row_upper_ = rows.row_lower, rows.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_row_, model.a_matrix_.num_col_ = rows.matrix.shape
    model.a_matrix_.start_ = rows.matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = rows.matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = rows.matrix.data.astype(np.float64)
    if rows.integer.any() and not relaxed:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(flag)] for flag in rows.integer]
    return model
