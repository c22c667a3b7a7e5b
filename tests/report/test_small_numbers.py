"""One or two persons are never told, neither outright nor by subtraction."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyi_geo.show.privacy import (
    HELD_BACK,
    SMALL,
    cells_hidden,
    is_sensitive,
    parts_hidden,
    small_hidden,
    sum_shown,
    summed_hidden,
    tree_hidden,
    villages_hidden,
)
from anyi_geo.show.suppression import FEWEST, Cell, Told, suppressed


@pytest.mark.parametrize(("persons", "shown"), [(0, 0), (1, "<3"), (2, "<3"), (3, 3), (40, 40), (None, None)])
def test_one_or_two_are_hidden_and_nobody_is_nought(persons, shown):
    assert small_hidden(persons) == shown


@pytest.mark.parametrize(
    ("key", "name", "answer"),
    [("left_behind_rural", "", True), ("x", "特困老人", True), ("elders_rural", "农村老人", False)],
)
def test_which_groups_are_sensitive(key, name, answer):
    assert is_sensitive(key, name) is answer


def readings(shown, total):
    """Return every set of numbers that a reader of `shown` and its total must reckon with."""
    ranges = [(1, 2) if part == SMALL else range(total + 1) if part == HELD_BACK else (part,) for part in shown]
    return [numbers for numbers in itertools.product(*ranges) if sum(numbers) == total]


def test_no_small_part_follows_from_the_total():
    """All splits of totals up to 12 over three parts: every hidden 1 could be a 2 and the other way round."""
    for parts in itertools.product(range(13), repeat=3):
        total, shown = sum(parts), parts_hidden(parts)
        assert all(cell == part for cell, part in zip(shown, parts, strict=True) if isinstance(cell, int))
        assert all(not 0 < cell < 3 for cell in shown if isinstance(cell, int))
        if 3 <= total <= 12 and SMALL in shown:
            for place, cell in enumerate(shown):
                if cell == SMALL:
                    assert {numbers[place] for numbers in readings(shown, total)} == {1, 2}, (parts, shown)


def agreeing(cells, told):
    """Return every set of counts with the same sums, a small one 1 or 2, one held back not small, by enumeration."""
    largest = max(cell.count for cell in cells) + 2
    ranges = {Told.WHOLE: None, Told.SMALL: (1, 2), Told.HELD: range(3, largest), Told.NOTHING: range(largest)}
    choices = [ranges[state] or (cell.count,) for cell, state in zip(cells, told, strict=True)]
    nodes = {node for cell in cells for node in (cell.tail, cell.head)}
    for counts in itertools.product(*choices):
        flow = dict.fromkeys(nodes, 0)
        for cell, count in zip(cells, counts, strict=True):
            flow[cell.tail] -= count
            flow[cell.head] += count
        if not any(flow.values()):
            yield counts


def assert_hidden(cells, told):
    """Every number that is small and may be held back has two readings at least, both 1 and 2 where it is ``<3``."""
    found = list(agreeing(cells, told))
    assert tuple(cell.count for cell in cells) in found
    for number, (cell, state) in enumerate(zip(cells, told, strict=True)):
        seen = {counts[number] for counts in found}
        if state is Told.WHOLE:
            assert cell.fixed or not 0 < cell.count < FEWEST
        elif state is Told.SMALL and not cell.fixed:
            assert seen == {1, 2}, (cell, state, seen)


def grid_hidden(counts):
    """Return a table whose sums by row and by column are all printed."""
    rows, columns = counts.sum(axis=1), counts.sum()
    cells = [
        *(Cell(("row", row), ("column", name), int(counts.at[row, name])) for row in counts.index for name in counts),
        *(Cell(("column", name), "columns", int(count), fixed=True) for name, count in columns.items()),
        *(Cell("rows", ("row", row), int(count), fixed=True) for row, count in rows.items()),
        Cell("columns", "rows", int(rows.sum()), fixed=True),
    ]
    shown = np.array(cells_hidden(cells)[: counts.size], dtype=object)
    return pd.DataFrame(shown.reshape(counts.shape), counts.index, counts.columns)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=4, max_size=4))
def test_no_small_cell_of_a_table_follows_from_its_margins(counts):
    """Two by two cells with both margins and the total: all tables that agree are counted out."""
    (a, b), (c, d) = counts[:2], counts[2:]
    cells = [
        Cell("r1", "c1", a), Cell("r1", "c2", b), Cell("r2", "c1", c), Cell("r2", "c2", d),
        Cell("R", "r1", a + b, fixed=True), Cell("R", "r2", c + d, fixed=True),
        Cell("c1", "C", a + c, fixed=True), Cell("c2", "C", b + d, fixed=True), Cell("C", "R", sum(counts), fixed=True),
    ]  # fmt: skip
    told = suppressed(cells)
    assert_hidden(cells, told)
    shown = grid_hidden(pd.DataFrame([[a, b], [c, d]], index=["r1", "r2"], columns=["c1", "c2"]))
    forms = {Told.SMALL: SMALL, Told.HELD: HELD_BACK, Told.NOTHING: HELD_BACK}
    expected = [forms.get(state, count) for state, count in zip(told[:4], counts, strict=True)]
    assert shown.to_numpy().ravel().tolist() == expected


def test_two_small_cells_alone_in_a_column_are_not_enough():
    """A column of 1 and 1 under a printed 2: both would be known, so a third is held back or nothing is told."""
    shown = grid_hidden(pd.DataFrame({"x": [1, 1, 0], "y": [20, 30, 40]}))
    assert not set(shown["x"]) & {1, 2}
    assert HELD_BACK in set(shown["x"])


def test_a_lonely_small_cell_takes_three_others_along():
    """5, 7 and 30 close the cheapest circuit with the 1: four hidden cells, two in every row and column they are in."""
    shown = grid_hidden(pd.DataFrame({"x": [1, 5, 90], "y": [7, 30, 90], "z": [80, 85, 90]}))
    assert shown.to_numpy().tolist() == [["<3", "不列", 80], ["不列", "不列", 85], [90, 90, 90]]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=4, max_size=4))
def test_villages_townships_and_county_agree_on_what_is_told(counts):
    """Two townships of two villages; what is told is consistent, and no reader of all three levels learns more."""
    villages = pd.Series(counts, index=list("ABCD"))
    townships = pd.Series(["t", "t", "u", "u"], index=villages.index)
    shown, sums = tree_hidden(villages, townships)
    cells = [
        Cell("v", "k", sum(counts), fixed=True), Cell("k", "t", sum(counts[:2])), Cell("k", "u", sum(counts[2:])),
        *(Cell(town, "v", count) for town, count in zip(townships, counts, strict=True)),
    ]  # fmt: skip
    told = suppressed(cells)
    assert_hidden(cells, told)
    assert villages_hidden(villages, townships).tolist() == shown.tolist()
    whole = [cell for cell in [*sums, *shown] if not isinstance(cell, str)]
    assert whole == [cell.count for cell, state in zip(cells[1:], told[1:], strict=True) if state is Told.WHOLE]


def test_a_total_that_is_printed_as_it_is_stays():
    cells = [Cell("a", "b", 2), Cell("b", "a", 2, fixed=True)]
    assert suppressed(cells) == [Told.SMALL, Told.SMALL]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [([4, 40, 0], [4, 40, 0]), ([2, 40, 50], ["<3", "不列", 50]), ([1, 2], ["<3", "<3"]), ([0, 0], [0, 0])],
)
def test_a_column_whose_sum_is_printed(counts, shown):
    values = pd.Series(counts, index=[f"s{k}" for k in range(len(counts))])
    assert summed_hidden(values).to_dict() == dict(zip(values.index, shown, strict=True))


@pytest.mark.parametrize(
    ("parts", "count", "shown"),
    [([3, 0, 8], 11, 11), (["<3", 0], 2, "<3"), (["<3", "<3"], 2, "不列"), (["<3", 5], 6, "不列"), ([], 0, 0)],
)
def test_a_sum_is_told_only_where_its_parts_are(parts, count, shown):
    assert sum_shown(parts, count) == shown


def test_parts_without_a_small_one_are_all_told():
    assert parts_hidden([0, 3, 8]) == [0, 3, 8]
