"""How long a solver may work, how close is enough, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from anyi_geo.errors import ProblemError

#: Called with the incumbent objective (None before the first), the bound and the seconds so far.
Progress = Callable[[float | None, float | None, float], None]


class Status(StrEnum):
    """What is known of an answer."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"


@dataclass(frozen=True)
class SolverSettings:
    """Limits of one solve.

    Attributes
    ----------
    seconds : float
        Wall-clock limit, > 0.
    gap : float
        Relative gap at which to stop; 0 asks for proof.
    threads : int
        Solver threads.
    seed : int
        Seed of every random choice.
    progress : callable or None
        Called with (objective or None, bound or None, seconds).
    """

    seconds: float = 60.0
    gap: float = 0.0
    threads: int = 1
    seed: int = 0
    progress: Progress | None = None

    def __post_init__(self) -> None:
        if not self.seconds > 0:
            raise ProblemError(
                f"求解时限应大于 0 秒，现为 {self.seconds}。", f"seconds must be > 0, got {self.seconds}."
            )
        if not self.gap >= 0:
            raise ProblemError(f"相对间隙不能为负，现为 {self.gap}。", f"gap must be >= 0, got {self.gap}.")
        if self.threads < 1:
            raise ProblemError(f"线程数至少为 1，现为 {self.threads}。", f"threads must be >= 1, got {self.threads}.")
