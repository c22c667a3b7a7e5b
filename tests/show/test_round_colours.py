"""Rounds that run beside each other have different colours while these last; far ones share them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from anyi_geo.show.maps.colouring import apart

STEP = 0.01  # degrees, half of what is seen together


def test_neighbours_differ_and_none_is_used_in_vain():
    line = [[(28.0, 115.0 + STEP * k)] for k in range(12)]
    colours = apart(line, 8)
    assert all(one != two for one, two in pairwise(colours))
    assert max(map(colours.count, colours)) == 2


def test_where_colours_run_out_the_farthest_is_repeated():
    assert apart([[(28.0, 115.0 + STEP * k / 4)] for k in range(3)], 2) == [0, 1, 0]


@given(st.lists(st.lists(st.tuples(st.floats(28, 29), st.floats(115, 116)), min_size=1, max_size=4), max_size=12))
def test_all_alike_only_when_there_are_more_neighbours_than_colours(groups):
    colours = apart(groups, 12)
    near = [
        (j, k)
        for j in range(len(groups))
        for k in range(j)
        if any(((a - c) ** 2 + (b - d) ** 2) ** 0.5 < 2 * STEP for a, b in groups[j] for c, d in groups[k])
    ]
    assert len(colours) == len(groups)
    assert all(colours[j] != colours[k] for j, k in near)


def test_nothing_to_colour():
    assert apart([], 8) == []
