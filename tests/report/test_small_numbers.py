"""One or two persons are never told, neither outright nor by subtraction."""

import itertools

import pandas as pd
import pytest

from anyi_geo.show.privacy import HELD_BACK, SMALL, column_hidden, is_sensitive, parts_hidden, small_hidden


@pytest.mark.parametrize(("persons", "shown"), [(0, 0), (1, "<3"), (2, "<3"), (3, 3), (40, 40), (None, None)])
def test_one_or_two_are_hidden_and_nobody_is_nought(persons, shown):
    assert small_hidden(persons) == shown


def test_a_column_keeps_its_index():
    assert column_hidden(pd.Series([1, 5], index=["a", "b"])).to_dict() == {"a": "<3", "b": 5}


@pytest.mark.parametrize(
    ("key", "name", "answer"),
    [("left_behind_rural", "", True), ("x", "特困老人", True), ("elders_rural", "农村老人", False)],
)
def test_which_groups_are_sensitive(key, name, answer):
    assert is_sensitive(key, name) is answer


def readings(shown, total):
    """Return every set of numbers that a reader of `shown` and its total must reckon with."""
    ranges = [(1, 2) if part == SMALL else range(3, total + 1) if part == HELD_BACK else (part,) for part in shown]
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


def test_parts_without_a_small_one_are_all_told():
    assert parts_hidden([0, 3, 8]) == [0, 3, 8]
