"""Waves: nobody lost, none above the cap, homes together, no bed used before it stands."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyi_geo.errors import ProblemError
from anyi_geo.plan.homes import WaveRules, fewest_waves, plan_waves

RULES = WaveRules(cap=20, days=14, first=date(2023, 10, 9), expansion_ready=date(2024, 3, 1))


def moves(sizes, consent="yes", target="Z"):
    """Return flows of whole homes to one centre."""
    rows = [(home, target, "self", consent, home, persons) for home, persons in sizes.items()]
    return pd.DataFrame(rows, columns=["from_site", "to_site", "care_level", "consent", "origin", "persons"])


def test_homes_travel_whole_and_two_small_ones_share_a_wave():
    waves = plan_waves(moves({"A": 12, "B": 8, "C": 15}), {"Z": 99}, RULES)
    assert waves.groupby("from_site")["wave"].nunique().eq(1).all()
    assert waves.set_index("from_site")["wave"].to_dict() == {"A": 1, "B": 1, "C": 2}
    assert list(waves["date"].drop_duplicates()) == ["2023-10-09", "2023-10-23"]
    assert waves["home_whole"].all()


def test_a_home_larger_than_a_wave_is_split_and_says_so():
    waves = plan_waves(moves({"A": 45, "B": 15}), {"Z": 99}, RULES)
    assert waves.groupby("wave")["persons"].sum().tolist() == [20, 20, 20]
    assert not waves.loc[waves["from_site"] == "A", "home_whole"].any()
    assert waves.loc[waves["from_site"] == "B", "home_whole"].all()


def test_a_wave_that_needs_added_beds_waits_for_them():
    waves = plan_waves(moves({"A": 20, "B": 20}), {"Z": 25}, RULES)
    assert waves["date"].tolist() == ["2023-10-09", "2024-03-01"]
    assert plan_waves(moves({"A": 20, "B": 20}), {"Z": 40}, RULES)["date"].tolist() == ["2023-10-09", "2023-10-23"]


def test_notice_and_assessment_are_dated_before_each_wave():
    rules = replace(RULES, notice_days=30, assessment_days=14)
    waves = plan_waves(moves({"A": 20, "B": 20}), {"Z": 25}, rules)
    assert waves["date"].tolist() == ["2023-10-09", "2024-03-01"], "no wave is moved by its notice"
    assert waves["notify_by"].tolist() == ["2023-09-09", "2024-01-31"]
    assert waves["assess_by"].tolist() == ["2023-09-25", "2024-02-16"]


def test_days_that_nobody_set_are_not_told():
    waves = plan_waves(moves({"A": 20}), {"Z": 25}, replace(RULES, assessment_days=0))
    assert (waves["notify_by"].tolist(), waves["assess_by"].tolist()) == ([""], ["2023-10-09"])


def test_homes_that_were_not_asked_go_last():
    flows = pd.concat([moves({"A": 20}, "not_asked"), moves({"B": 20}, "no"), moves({"C": 20})])
    assert plan_waves(flows, {"Z": 99}, RULES)["from_site"].tolist() == ["C", "B", "A"]


def test_who_stays_or_returns_home_is_in_no_wave():
    flows = pd.concat([moves({"A": 5}, target="home_support"), moves({"B": 5}, target="B")])
    assert plan_waves(flows, {}, RULES).empty
    assert fewest_waves(0, 20) == 0


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(1, 60), min_size=1), st.integers(1, 25))
def test_everyone_moves_once_and_no_wave_is_overfull(sizes, cap):
    rules = WaveRules(cap, 7, date(2024, 1, 1), date(2024, 1, 1))
    waves = plan_waves(moves(sizes), {"Z": 0}, rules)
    assert waves.groupby("from_site")["persons"].sum().to_dict() == sizes
    assert (waves.groupby("wave")["persons"].sum() <= cap).all()
    assert waves["wave"].max() >= fewest_waves(sum(sizes.values()), cap)
    small = waves[waves["from_site"].map(sizes) <= cap]
    assert small["home_whole"].all()
    assert waves.drop_duplicates("wave")["date"].is_monotonic_increasing
    assert waves["persons"].gt(0).all()


@pytest.mark.parametrize(("cap", "days"), [(0, 14), (20, 0)])
def test_a_cap_of_nobody_is_refused(cap, days):
    with pytest.raises(ProblemError, match="至少为 1"):
        plan_waves(moves({"A": 5}), {}, WaveRules(cap, days, RULES.first, RULES.expansion_ready))
