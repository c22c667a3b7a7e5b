"""Which further numbers to hold back so that no small one follows from the sums that are printed.

Every number is an arc of a network in which what flows into a node flows out of it, so each node is one printed sum:
the parts of a total, a table with its margins, villages in townships in the county. A reader knows the arcs that are
told, knows of a small one that it is 1 or 2, of one held back that it is not small. He can tell a small number when no
other flow agrees with all that; another flow differs by a circuit through it, so the test is a search for a circuit
and exact (Cox, 1995, Network models for complementary cell suppression, JASA 90). Held back is the circuit whose
numbers are smallest, one small number after the other.
"""

from __future__ import annotations

import enum
import heapq
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

#: From how many persons of a sensitive group on a number is shown.
FEWEST = 3


class Told(enum.Enum):
    """How much of a number is printed."""

    WHOLE = "whole"
    SMALL = "small"
    HELD = "held"
    #: Not even that it is small or not: the last resort.
    NOTHING = "nothing"


@dataclass(frozen=True)
class Cell:
    """One number as an arc.

    Attributes
    ----------
    tail, head : hashable
        The sums it is counted in: it adds to what leaves `tail` and to what enters `head`.
    count : int
    fixed : bool
        Printed elsewhere as it is: never held back, a small one is ``<3`` there too.
    """

    tail: Hashable
    head: Hashable
    count: int
    fixed: bool = False


_Step = tuple[int, int]


def suppressed(cells: Sequence[Cell]) -> list[Told]:
    """Return how each cell is told so that every small one could be 1 as well as 2.

    Where no choice of cells does that, the small one and what it follows from are not told at all; a part that is its
    whole total follows from it however little is told.

    Parameters
    ----------
    cells : sequence of Cell
    """
    told = [Told.SMALL if 0 < cell.count < FEWEST else Told.WHOLE for cell in cells]
    for number, cell in enumerate(cells):
        if told[number] is not Told.SMALL or cell.fixed:
            continue
        way = 1 if cell.count == 1 else -1
        circuit = _circuit(cells, told, (number, way), last_resort=False)
        if circuit is not None:
            for other, _ in circuit:
                told[other] = Told.HELD if told[other] is Told.WHOLE else told[other]
            continue
        ways = [(number, 1), (number, -1)]
        found = [_circuit(cells, told, step, last_resort=True) for step in ways]
        told[number] = Told.NOTHING
        for other, _ in min((circuit for circuit in found if circuit is not None), key=len, default=()):
            told[other] = told[other] if cells[other].fixed else Told.NOTHING
    return told


def _circuit(cells: Sequence[Cell], told: Sequence[Told], step: _Step, *, last_resort: bool) -> list[_Step] | None:
    """Return the further steps of the cheapest circuit through `step` (a cell's number and ±1), or None."""
    start, goal = _ends(cells, step)
    leaving: dict[Hashable, list[tuple[Hashable, _Step, int]]] = defaultdict(list)
    for number, cell in enumerate(cells):
        if number == step[0]:
            continue
        for way in (1, -1):
            price = _price(cell, told[number], way, last_resort=last_resort)
            if price is not None:
                tail, head = _ends(cells, (number, way))
                leaving[tail].append((head, (number, way), price))
    best: dict[Hashable, int] = {goal: 0}
    came: dict[Hashable, tuple[Hashable, _Step]] = {}
    queue: list[tuple[int, int, Hashable]] = [(0, 0, goal)]
    order = 0
    while queue:
        cost, _, node = heapq.heappop(queue)
        if node == start:
            return _steps_back(came, goal, start)
        if cost > best[node]:
            continue
        for head, further, price in leaving[node]:
            if head not in best or cost + price < best[head]:
                best[head] = cost + price
                came[head] = (node, further)
                order += 1
                heapq.heappush(queue, (best[head], order, head))
    return None


def _steps_back(came: dict[Hashable, tuple[Hashable, _Step]], goal: Hashable, start: Hashable) -> list[_Step]:
    steps, node = [], start
    while node != goal:
        node, step = came[node]
        steps.append(step)
    return steps


def _ends(cells: Sequence[Cell], step: _Step) -> tuple[Hashable, Hashable]:
    cell, way = cells[step[0]], step[1]
    return (cell.tail, cell.head) if way > 0 else (cell.head, cell.tail)


def _price(cell: Cell, told: Told, way: int, *, last_resort: bool) -> int | None:
    """Return what it costs to let a cell be one more or one less for the reader, None where he knows better."""
    count = cell.count
    free = {
        Told.NOTHING: way > 0 or count > 0,
        Told.SMALL: (count == 1) == (way > 0),
        Told.HELD: way > 0 or count > FEWEST,
        Told.WHOLE: False,
    }
    if free[told]:
        return 0
    if cell.fixed or told is Told.NOTHING:
        return None
    if last_resort:
        return count + 1 if way > 0 or count > 0 else None
    return count if told is Told.WHOLE and count >= FEWEST + (way < 0) else None
