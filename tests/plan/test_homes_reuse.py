"""Reuse: scores by hand, uses given by hand, a building with one state, the use lock."""

import numpy as np
import pandas as pd
import pytest

from anyi_geo.errors import ProblemError
from anyi_geo.plan.homes import choose_reuse

WEIGHTS = {
    "civil_affairs_station": {"elders": 1.0, "children": 1.0, "near": 1.0},
    "public_built_private_run": {"elders": 1.0, "revenue": 2.0, "building": 1.0},
    "xingfuyuan": {"elders": 1.0, "children": 1.0, "apart": 2.0, "building": 1.0},
}


def measures(**columns):
    base = {
        "elders_near": [1000, 500, 0],
        "children_near": [400, 100, 0],
        "safety_state": ["sound", "repair", "unknown"],
        "care_site_minutes": [3.0, np.inf, 15.0],
        "revenue_yuan": [10000.0, 40000.0, 0.0],
    }
    return pd.DataFrame(base | columns, index=["A", "B", "C"])


def choose(table, given=None, opened=(), below=0.25):
    return choose_reuse(table, WEIGHTS, 15.0, below, given or {}, opened)


def test_scores_are_weighted_means_of_shares():
    """A: elders 1, children 1, 3 of 15 minutes apart; B: half the elders, a quarter of the children, none near."""
    table = choose(measures())
    assert table.at["A", "score_civil_affairs_station"] == pytest.approx((1 + 1 + 0.8) / 3, abs=1e-6)
    assert table.at["A", "score_public_built_private_run"] == pytest.approx((1 + 2 * 0.25 + 1) / 4)
    assert table.at["B", "score_xingfuyuan"] == pytest.approx((0.5 + 0.25 + 2 + 0.5) / 5)
    assert table["use"].to_dict() == {"A": "civil_affairs_station", "B": "public_built_private_run", "C": "reserve"}
    assert table["why"].to_dict() == {"A": "score", "B": "score", "C": "next_low"}, "C: a care site scores best"
    near = choose(measures(care_site_minutes=[3.0, np.inf, 4.0]))
    assert (near.at["C", "why"], near.at["C", "care_site_candidate"]) == ("low_score", False)


def test_a_home_is_a_care_site_only_where_its_building_is_opened():
    weights = {"xingfuyuan": {"apart": 1.0}, "civil_affairs_station": {"elders": 1.0}}
    table = choose_reuse(measures(), weights, 15.0, 0.1, {}, [])
    assert (table.at["B", "use"], table.at["B", "why"]) == ("civil_affairs_station", "next_best")
    assert table["care_site_candidate"].to_dict() == {"A": False, "B": True, "C": True}
    opened = choose_reuse(measures(), weights, 15.0, 0.1, {}, ["B"])
    assert (opened.at["B", "use"], opened.at["B", "why"]) == ("xingfuyuan", "opened")
    assert not opened.at["B", "care_site_candidate"]


def test_an_unsafe_building_is_kept_in_reserve_and_an_uninspected_one_is_not_called_sound():
    table = choose(measures(safety_state=["unsafe", "unknown", "unknown"]))
    assert (table.at["A", "use"], table.at["A", "why"]) == ("reserve", "unsafe")
    assert table["building"].tolist() == [0.0, 0.0, 0.0]


def test_a_given_use_stands():
    table = choose(measures(), given={"A": "reserve", "C": "public_built_private_run"})
    assert (table.at["A", "use"], table.at["C", "use"]) == ("reserve", "public_built_private_run")
    assert table.at["A", "why"] == "given"


def test_a_use_outside_elder_care_is_refused_with_the_clause():
    with pytest.raises(ProblemError, match="不得改变养老服务用途"):
        choose(measures(), given={"A": "warehouse"})


@pytest.mark.parametrize("weights", [{"parking": 1.0}, {"elders": -1.0}, {"elders": 0.0}])
def test_weights_that_score_nothing_are_refused(weights):
    with pytest.raises(ProblemError, match="打分权重"):
        choose_reuse(measures(), {"reserve": weights}, 15.0, 0.0, {})


def test_no_weights_keep_every_home_in_reserve():
    assert set(choose_reuse(measures(), {}, 15.0, 0.25, {})["use"]) == {"reserve"}


def test_a_score_does_not_hang_on_homes_outside_the_scale():
    """C, a large candidate, would dwarf A and B; against their scale it scores 1 at most."""
    table = measures(elders_near=[1000, 500, 9000], revenue_yuan=[10000.0, 40000.0, 240000.0])
    scaled = choose_reuse(table, WEIGHTS, 15.0, 0.25, {}, (), pd.Index(["A", "B"]))
    assert scaled["elders"].tolist() == [1.0, 0.5, 1.0]
    assert scaled["revenue"].tolist() == [0.25, 1.0, 1.0]
    alone = choose_reuse(table.loc[["A", "B"]], WEIGHTS, 15.0, 0.25, {}, ())
    pd.testing.assert_frame_equal(scaled.loc[["A", "B"]], alone)


def test_beds_that_nobody_registered_score_no_rent():
    table = choose(measures(revenue_yuan=[np.nan, 40000.0, np.nan]))
    assert table["revenue"].tolist() == [0.0, 1.0, 0.0]
