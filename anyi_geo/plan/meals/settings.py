"""How long, how deep and how reproducibly meals are planned."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from anyi_geo.errors import SettingError


class MealStep(NamedTuple):
    """How far a search is.

    Attributes
    ----------
    name : str
        The step that was just finished.
    yuan : float
        Cost of the best plan so far, per service day.
    bound_yuan : float or None
        What no plan that serves as many meals undercuts; None as long as nothing is known.
    seconds : float
        Since the start.
    """

    name: str
    yuan: float
    bound_yuan: float | None
    seconds: float


MealProgress = Callable[[MealStep], None]


@dataclass(frozen=True)
class MealSettings:
    """Limits of one call of `plan_meals`.

    Attributes
    ----------
    seconds : float
        Wall-clock budget, > 0. It is not looked at when `iterations` is set.
    seed : int
        Seed of every random choice, >= 0.
    prove : bool
        Ask for a proven bound: every round worth driving is enumerated and the model over them is solved. Where that is
        too much the status says "no proof" and the weak bound stands.
    iterations : int or None
        Iterations of one routing run, >= 1. When it is set no clock is read: the same problem, seed and iterations give
        the same plan on every machine.
    chain_rounds : bool
        A vehicle may drive several rounds one after the other; `fixed_yuan` and `number` then count vehicles.
    progress : callable or None
        Called with a `MealStep` after every step.

    Raises
    ------
    SettingError
        A setting that is wrong by itself.
    """

    seconds: float = 30.0
    seed: int = 0
    prove: bool = False
    iterations: int | None = None
    chain_rounds: bool = False
    progress: MealProgress | None = None

    def __post_init__(self) -> None:
        if not (self.seconds > 0 and math.isfinite(self.seconds)):
            raise SettingError(
                f"排线时限应为大于 0 的秒数，现为 {self.seconds}。", f"seconds must be > 0, got {self.seconds}."
            )
        if self.seed < 0:
            raise SettingError(f"随机种子不能为负，现为 {self.seed}。", f"seed must be >= 0, got {self.seed}.")
        if self.iterations is not None and self.iterations < 1:
            raise SettingError(
                f"迭代次数至少为 1，现为 {self.iterations}。", f"iterations must be >= 1, got {self.iterations}."
            )
