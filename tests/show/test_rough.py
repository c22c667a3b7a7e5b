"""What is told roughly of a sensitive group: steps of several persons, and nothing where a step would be fewer."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyi_geo.show.figures import Share
from anyi_geo.show.rough import rough_count, rough_number, rough_share, share_step, without_counts
from anyi_geo.show.suppression import FEWEST


@pytest.mark.parametrize(
    ("share", "low", "high", "total", "told"),
    [
        (0.234, 0.11, 0.22, 600, "约 23%* [11–22]"),
        (0.234, 0.11, 0.26, 600, "约 23% [11–26]"),
        (0.234, 0.11, 0.22, 599, "约 25%* [10–20]"),
        (0.234, math.nan, math.nan, 600, "约 23%"),
        (0.234, 0.11, 0.22, 119, "不列"),
        (math.nan, math.nan, math.nan, 0, "–"),
    ],
)
def test_a_share_by_the_size_of_its_group(share, low, high, total, told):
    assert rough_share(Share(share, low, high, share * total, total)) == told


@pytest.mark.parametrize(
    ("persons", "told"),
    [
        (0, "不足 10"),
        (1, "不足 10"),
        (-9, "不足 10"),
        (10, "约 10"),
        (14, "约 10"),
        (16, "约 20"),
        (-1234, "-约 1,230"),
    ],
)
def test_a_count_by_tens(persons, told):
    assert rough_count(persons) == told


@given(st.integers(120, 5000), st.data())
def test_one_or_two_persons_more_are_mostly_the_same_share(total, data):
    covered = data.draw(st.integers(0, total))
    same = [n for n in range(total + 1) if rough_number(n / total, total) == rough_number(covered / total, total)]
    assert len(same) >= FEWEST
    assert same == list(range(same[0], same[-1] + 1))
    assert share_step(total) * total >= 2 * FEWEST


def test_a_sentence_without_one_group():
    words = "换出 甲；老人 +1,344 人（+5.2 个百分点，误差 +0.7）；留守儿童 -953 人（-5.4 个百分点）；独居老人 +3 人"
    assert without_counts("老人不变；留守儿童不变", ["留守儿童"]) == "老人不变；留守儿童（不列）"
    told = without_counts(words, ["留守儿童", "独居老人"])
    assert told == "换出 甲；老人 +1,344 人（+5.2 个百分点，误差 +0.7）；留守儿童（不列）；独居老人（不列）"
