"""What every step of one search shares: the problem, what reaches what, the rounds seen, the budget."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from anyi_geo.locate.settings import SolverSettings
from anyi_geo.plan.meals.arrays import Arrays
from anyi_geo.plan.meals.choice import Choice
from anyi_geo.plan.meals.facility import Shares
from anyi_geo.plan.meals.pool import Pool
from anyi_geo.plan.meals.reach import Reach
from anyi_geo.plan.meals.routing import Effort
from anyi_geo.plan.meals.settings import MealSettings, MealStep


@dataclass(frozen=True)
class Clock:
    """One budget for all steps: seconds from the start, or none at all when iterations are set.

    Attributes
    ----------
    seconds : float
    iterations : int or None
    started : float
        ``time.perf_counter()`` at the start.
    """

    seconds: float
    iterations: int | None
    started: float

    @property
    def passed(self) -> float:
        """Seconds since the start; only for reporting when iterations are set."""
        return time.perf_counter() - self.started

    def left(self, share: float = 1.0) -> float:
        """Return the seconds left until `share` of the budget has passed; inf when no clock is read."""
        if self.iterations is not None:
            return math.inf
        return max(0.0, share * self.seconds - self.passed)

    def stage(self, part: float, end: float) -> float:
        """Return the share of the budget that has passed when `part` of what is left until the share `end` has."""
        if self.iterations is not None:
            return end
        begun = min(self.passed / self.seconds, end)
        return begun + part * (end - begun)

    def effort(self, seconds: float, factor: int = 1) -> Effort:
        """Return the effort of one routing run."""
        return Effort(seconds, None if self.iterations is None else self.iterations * factor)


@dataclass(frozen=True, eq=False)
class Task:
    """One search.

    Attributes
    ----------
    arrays : Arrays
    reached : Reach
    estimates : Shares
    pool : Pool
        Grows.
    clock : Clock
    settings : MealSettings
    bounds : list of float
        Valid bounds on the cost of plans that serve as many meals as the best one; grows.
    """

    arrays: Arrays
    reached: Reach
    estimates: Shares
    pool: Pool
    clock: Clock
    settings: MealSettings
    bounds: list[float] = field(default_factory=list)

    @property
    def timed(self) -> bool:
        """Whether the clock is read."""
        return self.settings.iterations is None

    @property
    def per_vehicle(self) -> bool:
        """Whether fixed costs and numbers count vehicles, not rounds."""
        return self.settings.chain_rounds

    def solver(self, share: float, gap: float) -> SolverSettings:
        """Return limits for a facility model: a share of the budget if left, or the gap alone when no clock is read."""
        seconds = max(0.05, min(share * self.settings.seconds, self.clock.left(0.99))) if self.timed else 1e6
        return SolverSettings(seconds=seconds, gap=gap, seed=self.settings.seed)

    def report(self, step: str, best: Choice) -> None:
        """Tell the caller how far the search is."""
        if self.settings.progress is not None:
            bound = min(max(self.bounds), best.yuan) if self.bounds else None
            self.settings.progress(MealStep(step, best.yuan, bound, self.clock.passed))
