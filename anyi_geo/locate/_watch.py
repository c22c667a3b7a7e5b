"""Clock, Ctrl-C and progress of one search: what every loop asks before it goes on."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import highspy

from anyi_geo.locate.settings import SolverSettings

_Callback = highspy.cb.HighsCallbackType
#: HiGHS asks at these moments whether to stop, and tells of a better plan.
CALLBACKS = (
    _Callback.kCallbackMipInterrupt,
    _Callback.kCallbackSimplexInterrupt,
    _Callback.kCallbackIpmInterrupt,
    _Callback.kCallbackMipImprovingSolution,
)


@dataclass
class Watch:
    """The clock of one search.

    Attributes
    ----------
    settings : SolverSettings
    started : float
    interrupted : bool
        Set by Ctrl-C.
    shown : callable or None
        What `tell` makes of objective and bound before it reports them.
    """

    settings: SolverSettings
    started: float = field(default_factory=time.perf_counter)
    interrupted: bool = False
    shown: Callable[[float], float] | None = None

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self.started

    @property
    def left(self) -> float:
        """Seconds left, >= 0."""
        return max(0.0, self.settings.seconds - self.seconds)

    @property
    def over(self) -> bool:
        """Whether to stop."""
        return self.interrupted or self.left <= 0

    def tell(self, objective: float | None, bound: float | None) -> None:
        """Report progress."""
        if self.settings.progress is None:
            return
        if self.shown is not None:
            objective = None if objective is None else self.shown(objective)
            bound = None if bound is None else self.shown(bound)
        self.settings.progress(objective, bound, self.seconds)

    @contextlib.contextmanager
    def showing(self, shown: Callable[[float], float]) -> Iterator[None]:
        """Report ``shown(value)`` of every objective and bound inside."""
        before, self.shown = self.shown, shown
        try:
            yield
        finally:
            self.shown = before

    def highs_callback(self, scale: float = 1.0, shift: float = 0.0, *, telling: bool = True) -> Any:
        """Return a HiGHS callback that stops on Ctrl-C and the clock, and reports ``scale * value + shift``."""

        def callback(kind: Any, _message: str, out: Any, give: Any, _data: Any) -> None:
            if kind == _Callback.kCallbackMipImprovingSolution:
                if telling:
                    bound = out.mip_dual_bound
                    known = abs(bound) < highspy.kHighsInf
                    self.tell(scale * out.objective_function_value + shift, scale * bound + shift if known else None)
            elif self.over:
                give.user_interrupt = True

        return callback


@contextlib.contextmanager
def watching(settings: SolverSettings) -> Iterator[Watch]:
    """Start the clock; the first Ctrl-C inside asks the search to stop, the second breaks it."""
    watch = Watch(settings)
    if threading.current_thread() is not threading.main_thread():
        yield watch
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(number: int, frame: Any) -> None:
        if watch.interrupted and callable(before):
            before(number, frame)
        watch.interrupted = True

    if before is None:
        yield watch
        return
    signal.signal(signal.SIGINT, ask)
    try:
        yield watch
    finally:
        signal.signal(signal.SIGINT, before)
