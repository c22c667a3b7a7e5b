"""Homes: the stories by number, enumeration of all states, nobody lost."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyi_geo.errors import ProblemError
from anyi_geo.judge.homes import check_flows, homes_table, moved_counts, visiting
from anyi_geo.locate.settings import SolverSettings, Status
from anyi_geo.plan.homes import REUSES, HomesCosts, HomesProblem, TooFewBedsError, plan_homes
from anyi_geo.plan.homes.problem import KINDS

COSTS = HomesCosts(
    fixed_yuan_year=100000.0,
    resident_yuan_year={"self": 1000.0, "partial": 2000.0, "full": 3000.0},
    residents_per_carer={"self": 10.0, "partial": 6.0, "full": 3.0},
    carer_yuan_year=30000.0,
    reuse_yuan_year=20000.0,
    moving_yuan=1500.0,
    annuity_factor=0.07,
    visit_yuan_year=12.0,
    m2_per_bed=35.0,
)
QUICK = SolverSettings(seconds=20.0)


def residents_of(rows):
    """Return the residents table from {home: {(level, consent): persons}}."""
    columns = pd.MultiIndex.from_tuples(KINDS, names=["level", "consent"])
    table = pd.DataFrame(0, index=list(rows), columns=columns)
    for home, kinds in rows.items():
        for kind, persons in kinds.items():
            table.at[home, kind] = persons
    return table


def problem_of(beds, rows, *, candidates=("Z",), expansion=0, consent="soft", centres=1, minutes=None, reserve=0.0):
    names = list(beds)
    homes = pd.DataFrame(
        {
            "name": [f"{name}院" for name in names],
            "township": "乡",
            "candidate": [name in candidates for name in names],
            "beds": list(beds.values()),
            "expansion_beds": [expansion if name in candidates else 0 for name in names],
            "expansion_yuan_per_bed": 80000.0,
            "reuse": "reserve",
        },
        index=names,
    )
    if minutes is None:
        minutes = pd.DataFrame(10.0 * (1 - np.eye(len(names))), index=names, columns=names)
    table = residents_of({name: rows.get(name, {}) for name in names})
    return HomesProblem(homes, table, minutes, centres, consent, reserve, COSTS)


STORY = {"A": {("self", "yes"): 24}, "B": {("self", "yes"): 18}, "C": {("self", "yes"): 30}}


def test_a_centre_that_is_too_small_is_told_in_beds_and_square_metres():
    problem = problem_of({"A": 30, "B": 20, "C": 30, "Z": 60}, STORY)
    with pytest.raises(TooFewBedsError) as caught:
        plan_homes(problem, QUICK)
    message = str(caught.value)
    for part in ("需要 72 床", "现有 60 床", "缺 12 床", "420 m²"):
        assert part in message
    assert [way.kind for way in caught.value.ways] == ["more_beds", "second_centre", "keep_home"]
    assert caught.value.ways[0].one_off_yuan == 12 * 80000.0


def test_a_centre_that_just_holds_everyone_is_full_and_says_it_has_no_reserve():
    plan = plan_homes(problem_of({"A": 30, "B": 20, "C": 30, "Z": 72}, STORY, reserve=0.1), QUICK)
    assert plan.state.to_dict() == {"A": "reserve", "B": "reserve", "C": "reserve", "Z": "centre"}
    assert moved_counts(plan.flows)["moved"] == 72
    assert plan.reserve_short == 8
    assert plan.status is Status.OPTIMAL


def test_beds_are_added_whole_and_only_as_many_as_needed():
    plan = plan_homes(problem_of({"A": 30, "B": 20, "C": 30, "Z": 60}, STORY, expansion=40, reserve=0.1), QUICK)
    assert plan.beds_added.to_dict() == {"A": 0, "B": 0, "C": 0, "Z": 20}
    assert plan.reserve_short == 0


WISHES = {
    "A": {("self", "yes"): 20, ("self", "no"): 4},
    "B": {("partial", "yes"): 18},
    "C": {("self", "yes"): 19, ("full", "no"): 1, ("self", "not_asked"): 10},
}


def test_hard_consent_moves_nobody_without_a_yes_and_says_why_a_home_stays():
    plan = plan_homes(problem_of({"A": 30, "B": 20, "C": 30, "Z": 80}, WISHES, consent="hard"), QUICK)
    moved = plan.flows[plan.flows["from_site"] != plan.flows["to_site"]]
    assert set(moved["consent"]) == {"yes"}
    assert plan.state.to_dict() == {"A": "kept", "B": "reserve", "C": "kept", "Z": "centre"}
    assert moved_counts(plan.flows)["staying"] == 15
    assert "不同意 1 人、未征询 10 人" in plan.reasons["C"].zh


def test_soft_consent_moves_everybody_and_counts_both_figures():
    plan = plan_homes(problem_of({"A": 30, "B": 20, "C": 30, "Z": 80}, WISHES, consent="soft"), QUICK)
    counts = moved_counts(plan.flows)
    assert (counts["moved"], counts["moved_without_consent"], counts["moved_not_asked"]) == (72, 5, 10)
    assert plan.reasons == {}


@pytest.mark.parametrize("consent", ["soft", "hard"])
def test_a_home_that_no_road_joins_to_a_centre_stays_and_says_so(consent):
    names = ["A", "B", "Z"]
    minutes = pd.DataFrame(10.0 * (1 - np.eye(3)), index=names, columns=names)
    minutes.loc["A", ["B", "Z"]] = minutes.loc[["B", "Z"], "A"] = np.inf
    rows = {"A": {("self", "yes"): 5}, "B": {("self", "yes"): 6}}
    plan = plan_homes(problem_of({"A": 9, "B": 9, "Z": 6}, rows, minutes=minutes, consent=consent), QUICK)
    assert plan.state.to_dict() == {"A": "kept", "B": "reserve", "Z": "centre"}
    assert "没有道路" in plan.reasons["A"].zh


def yearly(problem, centres):
    """Return the yearly cost of sending everybody to the nearest of the centres with room (uncapacitated), by hand."""
    total = 0.0
    inside = {c: {"self": 0.0, "partial": 0.0, "full": 0.0} for c in centres}
    for home in problem.homes.index:
        target = home if home in centres else min(centres, key=lambda c: (problem.minutes.at[home, c], c))
        for level, consent in KINDS:
            persons = int(problem.residents.at[home, (level, consent)])
            total += persons * COSTS.resident_yuan_year[level]
            total += persons * COSTS.visit_yuan_year * problem.minutes.at[home, target]
            inside[target][level] += persons
    for levels in inside.values():
        work = sum(count / COSTS.residents_per_carer[level] for level, count in levels.items())
        total += COSTS.carer_yuan_year * np.ceil(work - 1e-9)
    closed = len(problem.homes) - len(centres)
    return total + COSTS.fixed_yuan_year * len(centres) + COSTS.reuse_yuan_year * closed


@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_enumeration_of_all_centres(seed):
    """Roomy candidates, visiting dear against carers, so that the nearest centre is best: all pairs are tried."""
    rng = np.random.default_rng(seed)
    names = list("ABCD")
    places = rng.uniform(0, 60, (4, 2))
    minutes = pd.DataFrame(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)), index=names, columns=names)
    rows = {name: {(level, "yes"): int(rng.integers(0, 6)) * 30 for level in ("self", "full")} for name in names}
    problem = problem_of(dict.fromkeys(names, 2000), rows, candidates=names, centres=2, minutes=minutes)
    dear = replace(problem, costs=replace(COSTS, visit_yuan_year=20000.0))
    plan = plan_homes(dear, QUICK)
    extra = (20000.0 - 12.0) / 12.0
    best = np.inf
    for centres in combinations(names, 2):
        base = yearly(problem, centres)
        walk = sum(
            problem.residents.loc[home].sum() * min(minutes.at[home, c] for c in centres) * 12.0 for home in names
        )
        best = min(best, base + extra * walk)
    assert plan.objective == pytest.approx(best, rel=1e-6)
    assert plan.bound <= plan.objective * (1 + 1e-9)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=27, max_size=27), st.sampled_from(["soft", "hard"]))
def test_residents_in_equal_residents_out_and_no_one_is_moved_against_the_rule(counts, consent):
    rows = {
        home: dict(zip(KINDS, counts[9 * number : 9 * number + 9], strict=True)) for number, home in enumerate("ABC")
    }
    plan = plan_homes(problem_of({"A": 80, "B": 80, "C": 80, "Z": 300}, rows, consent=consent), QUICK)
    problem = problem_of({"A": 80, "B": 80, "C": 80, "Z": 300}, rows, consent=consent)
    check_flows(problem.residents, plan.flows, plan.state)
    assert int(plan.flows["persons"].sum()) == sum(counts)
    moved = plan.flows[plan.flows["from_site"] != plan.flows["to_site"]]
    assert consent == "soft" or set(moved["consent"]) <= {"yes"}
    assert set(plan.state) <= {"centre", "kept", *REUSES}


def test_the_judge_sees_a_lost_resident_and_a_resident_in_an_emptied_home():
    problem = problem_of({"A": 30, "Z": 80}, {"A": {("self", "yes"): 20}})
    plan = plan_homes(problem, QUICK)
    check_flows(problem.residents, plan.flows, plan.state)
    with pytest.raises(ProblemError, match="不符"):
        check_flows(problem.residents, plan.flows.assign(persons=19), plan.state)
    with pytest.raises(ProblemError, match="腾出"):
        check_flows(problem.residents, plan.flows.assign(to_site="A"), plan.state)


def test_carers_are_rounded_up_per_home():
    """Ten homes of 20/6/3 need 4 carers each, merged 40 as well: rounding saves nothing here."""
    names = [f"H{k}" for k in range(10)]
    rows = {name: {("self", "yes"): 20, ("partial", "yes"): 6, ("full", "yes"): 3} for name in names}
    problem = problem_of({**dict.fromkeys(names, 30), "Z": 300}, rows)
    plan = plan_homes(problem, QUICK)
    table = homes_table(problem.homes, plan.state, plan.flows, plan.beds_added, COSTS.residents_per_carer)
    assert (table["staff_before"].sum(), table["staff_after"].sum()) == (40, 40)


def test_added_visiting_minutes_are_counted_per_resident():
    problem = problem_of({"A": 30, "Z": 80}, {"A": {("self", "yes"): 3}, "Z": {("self", "yes"): 1}})
    plan = plan_homes(problem, QUICK)
    summary = visiting(plan.flows, problem.minutes, 5.0)
    assert summary["visit_minutes_added_mean"] == pytest.approx(7.5)
    assert summary["visit_share_over_limit"] == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"beds": {"A": 10, "Z": 80}}, "入住 20 人"),
        ({"beds": {"A": 30, "Z": 0}}, "没有床位"),
        ({"beds": {"A": 30, "Z": -1}}, "非负"),
        ({"centres": 2}, "候选有 1 个"),
        ({"centres": 0}, "候选有 1 个"),
        ({"reserve": -0.1}, "备用"),
    ],
)
def test_malformed_problems_are_named(change, match):
    values = {"beds": {"A": 30, "Z": 80}, **change}
    beds = values.pop("beds")
    with pytest.raises(ProblemError, match=match):
        problem_of(beds, {"A": {("self", "yes"): 20}}, **values)


def test_a_use_outside_elder_care_cannot_be_asked_for():
    problem = problem_of({"A": 30, "Z": 80}, {"A": {("self", "yes"): 20}})
    with pytest.raises(ProblemError, match="养老服务"):
        replace(problem, homes=problem.homes.assign(reuse="warehouse"))


def test_unknown_levels_and_negative_costs_are_refused():
    problem = problem_of({"A": 30, "Z": 80}, {"A": {("self", "yes"): 20}})
    wrong = problem.residents.rename(columns={"full": "severe"}, level="level")
    with pytest.raises(ProblemError, match="不认识"):
        replace(problem, residents=wrong)
    with pytest.raises(ProblemError, match="费用"):
        replace(problem, costs=replace(COSTS, moving_yuan=-1.0))


def test_every_pair_of_level_and_consent_is_a_kind():
    assert set(KINDS) == set(product(("self", "partial", "full"), ("yes", "no", "not_asked")))
