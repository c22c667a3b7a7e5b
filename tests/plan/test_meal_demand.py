"""Meals per dining point, counted by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from anyi_geo.errors import ProblemError
from anyi_geo.plan.meals.demand import break_even_diners, diners, kitchen_capacity

ELDERS = pd.Series({"p1": 100, "p2": 40, "p3": 60, "p4": 80})
VILLAGE = pd.Series({"p1": "A", "p2": "A", "p3": "A", "p4": "B"})
SPOTS = pd.Series({"x": "A", "y": "A", "z": "B"})
WALK = pd.DataFrame(
    {"x": [5.0, 10.0, 30.0, 1.0], "y": [9.0, 10.0, 30.0, 1.0], "z": [1.0, 1.0, 1.0, np.inf]}, index=ELDERS.index
)


def meals(**change):
    values = {
        "persons_60plus": ELDERS, "villages": VILLAGE, "minutes_walk": WALK, "dining_villages": SPOTS,
        "uptake": 0.13, "catchment_minutes": 15.0,
    } | change  # fmt: skip
    return diners(**values)


def test_each_person_counts_once_at_the_nearest_point_of_the_own_village():
    """p1 and p2 (a tie, the smaller id) eat at x: 140 x 13 % = 18.2; p3 is too far; p4 has no way to z."""
    assert meals().to_dict() == {"x": 18, "y": 0, "z": 0}


def test_halves_round_up_and_everybody_can_be_served():
    assert meals(uptake=0.125)["x"] == 18
    assert meals(uptake=1.0)["x"] == 140


@pytest.mark.parametrize(
    "change", [{"uptake": 1.01}, {"uptake": -0.1}, {"catchment_minutes": -0.1}, {"persons_60plus": ELDERS.drop("p1")}]
)
def test_impossible_settings_are_refused(change):
    with pytest.raises(ProblemError):
        meals(**change)


def test_the_18_official_canteens_hold_what_the_county_computed():
    """Row 1 (77.4 m2) holds 44 meals and row 17 (500 m2) 286, at 40 % kitchen and 0.697 m2 a meal."""
    capacity = kitchen_capacity(
        pd.Series({"O01": 77.4, "O17": 500.0, "none": 0.0}), kitchen_share=0.4, m2_per_meal=0.697
    )
    assert capacity.to_dict() == {"O01": 44, "O17": 286, "none": 0}
    with pytest.raises(ProblemError):
        kitchen_capacity(pd.Series({"a": -1.0}), kitchen_share=0.4, m2_per_meal=0.697)


def test_break_even_of_the_story():
    assert break_even_diners(2100, 60, 5, 8) == pytest.approx(11.67, abs=0.01)
    assert break_even_diners(2100, 60, 8, 8) == math.inf
