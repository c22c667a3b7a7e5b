"""One door from PuLP to HiGHS: the solver's own status, bound and incumbent, never PuLP's reading of them."""

from __future__ import annotations

import contextlib
import math
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import highspy
import pulp

from anyi_geo.errors import InfeasibleError, ProblemError
from anyi_geo.locate._watch import CALLBACKS, Watch, watching
from anyi_geo.locate.settings import SolverSettings, Status

#: Closed within this relative gap counts as optimal.
OPTIMAL_GAP = 1e-6

#: HiGHS' presolve rule "aggregator". On rows such as ``moves + unmet + n open = n`` (whole variables, coefficients that
#: are not 1) HiGHS 1.15.1 with this rule reported wrong optima and false infeasibility; without it, or without any
#: presolve, it was right on every instance tried. Models with such rows ask for ``aggregate=False``.
_AGGREGATOR = 1 << 12


@dataclass(frozen=True)
class Outcome:
    """What HiGHS knows when it stops; the objective is minimised.

    Attributes
    ----------
    objective : float
        Objective of the incumbent, as the solver reports it (constant included).
    bound : float
        Proven lower bound (constant included); finite.
    seconds : float
        Wall-clock time.
    """

    objective: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """Relative gap between objective and bound."""
        return relative_gap(self.objective, self.bound)


class NoIncumbentError(InfeasibleError):
    """The time ran out before any plan was found; nothing is said about feasibility."""


def relative_gap(objective: float, bound: float) -> float:
    """Return ``|objective - bound| / max(|objective|, 1e-9)``."""
    return abs(objective - bound) / max(abs(objective), 1e-9)


def status_of(objective: float, bound: float) -> Status:
    """Return OPTIMAL only when the gap is closed within 1e-6, whatever gap was asked for."""
    return Status.OPTIMAL if relative_gap(objective, bound) <= OPTIMAL_GAP else Status.FEASIBLE


def is_one(variable: pulp.LpVariable) -> bool:
    """Read a binary; a solver's ones are not exactly 1."""
    return (variable.value() or 0.0) > 0.5


def solve(problem: pulp.LpProblem, settings: SolverSettings, *, aggregate: bool = True) -> Outcome:
    """Minimise a PuLP problem with HiGHS and read the truth from the solver's own model.

    Ctrl-C stops the solver at once and is then passed on as KeyboardInterrupt.

    Parameters
    ----------
    problem : pulp.LpProblem
        Sense must be minimise. After the call its variables hold the incumbent.
    settings : SolverSettings
        Seconds, gap, threads, seed.
    aggregate : bool
        Whether presolve may substitute variables out of equations.

    Returns
    -------
    Outcome

    Raises
    ------
    InfeasibleError
        Proven infeasible. Callers answer in the planner's numbers before it comes to this.
    NoIncumbentError
        Stopped by the clock without any plan.
    ProblemError
        The problem maximises or is unbounded.
    """
    with watching(settings) as watch:
        outcome = solve_watched(problem, watch, aggregate=aggregate)
    if watch.interrupted:
        raise KeyboardInterrupt
    return outcome


def solve_watched(
    problem: pulp.LpProblem, watch: Watch, *, gap: float | None = None, scale: float = 1.0, aggregate: bool = True
) -> Outcome:
    """As `solve`, on a clock that runs already; Ctrl-C ends it with the incumbent.

    Parameters
    ----------
    scale : float
        Progress is told as ``scale * objective``; -1 for a model that maximises.
    """
    if problem.sense != pulp.LpMinimize:
        raise ProblemError("内部模型必须写成最小化。", "Models are written as minimisations.")
    settings = watch.settings
    started = time.perf_counter()
    constant = float(problem.objective.constant)
    solver = pulp.HiGHS(
        msg=False,
        timeLimit=max(watch.left, 0.01),
        gapRel=settings.gap if gap is None else gap,
        threads=settings.threads,
        random_seed=settings.seed % (2**31 - 1),
        presolve_rule_off=0 if aggregate else _AGGREGATOR,
        callbackTuple=(watch.highs_callback(scale, scale * constant), None),
        callbacksToActivate=list(CALLBACKS),
    )
    # PuLP 3.3.2 raises KeyError on statuses it does not know (solution or memory limit); the model is read below.
    with quiet_stdout(), contextlib.suppress(KeyError):
        problem.solve(solver)
    model = problem.solverModel
    status = model.getModelStatus()
    info = model.getInfo()
    seconds = time.perf_counter() - started
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        raise InfeasibleError("条件互相矛盾，没有可行方案。", "The conditions contradict each other: no plan exists.")
    if status == highspy.HighsModelStatus.kUnbounded:
        raise ProblemError("内部模型无界。", "The model is unbounded.")
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise NoIncumbentError(
            f"求解 {settings.seconds:g} 秒内没有找到可行方案，也没有证明不可行；请加长求解时间。",
            f"No plan within {settings.seconds:g} s, and no proof that none exists: allow more seconds.",
        )
    integer = any(variable.cat == pulp.LpInteger for variable in problem.variables())
    bound = info.mip_dual_bound if integer else info.objective_function_value
    if not integer and status != highspy.HighsModelStatus.kOptimal:
        bound = -math.inf
    return Outcome(float(info.objective_function_value) + constant, float(bound) + constant, seconds)


@contextlib.contextmanager
def quiet_stdout() -> Iterator[None]:
    """Keep the solver's banner, printed by C code, out of standard output."""
    try:
        sys.stdout.flush()
        kept = os.dup(1)
    except (OSError, ValueError):
        yield
        return
    try:
        with Path(os.devnull).open("wb") as sink:
            os.dup2(sink.fileno(), 1)
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
