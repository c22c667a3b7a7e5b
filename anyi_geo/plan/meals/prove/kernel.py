"""The recursion over ng-routes compiled by numba, where the extra `prove` is installed; else numpy does the same."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from anyi_geo.plan.meals.arrays import Flags, Floats, Ints

#: Whether numba is there. It only saves time: both ways fill the same table, number by number.
COMPILED = importlib.util.find_spec("numba") is not None

_compiled: list[Callable[..., Any]] = []


def fill(
    enter: Floats, back: Floats, load: Ints, onward: Ints, barred: Flags, leg: Ints, loads: int, steps: int
) -> Floats:
    """Return the least reduced cost from each stop back to the kitchen.

    Parameters
    ----------
    enter : n x n
        Reduced cost of going from a stop to another one; inf where that cannot be.
    back : array of n
        Yuan from a stop to the kitchen.
    load : array of n
        Load steps of each stop.
    onward, barred : n x n x memories
        Memory at the next stop; whether it is remembered.
    leg : n x n
        Time steps of going to another stop and serving it.
    loads, steps : int
        Largest load and hot limit in steps; 0 time steps: no limit.

    Returns
    -------
    array (loads + 1) x n x memories x (steps + 1)
        By spare load, stop, memory and time steps left.
    """
    if not _compiled:
        import numba  # noqa: PLC0415 (compiled only when a proof is asked for)

        _compiled.append(numba.njit(_fill))
    filled: Floats = _compiled[0](enter, back, load, onward, barred, leg, loads, steps)
    return filled


def _fill(
    enter: Floats, back: Floats, load: Ints, onward: Ints, barred: Flags, leg: Ints, loads: int, steps: int
) -> Floats:
    n, memories = len(back), onward.shape[2]
    table = np.empty((loads + 1, n, memories, steps + 1))
    for spare in range(loads + 1):
        for here in range(n):
            table[spare, here] = back[here]
            for there in range(n):
                price = enter[here, there]
                left = spare - load[there]
                if left < 0 or price == math.inf:
                    continue
                late = leg[here, there] if steps else 0
                for memory in range(memories):
                    if barred[here, there, memory]:
                        continue
                    after = onward[here, there, memory]
                    for now in range(late, steps + 1):
                        value = price + table[left, there, after, now - late]
                        table[spare, here, memory, now] = min(table[spare, here, memory, now], value)
    return table
