"""Homes: the stories by number, enumeration of all states, nobody lost, nobody moved against the rule."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from home_examples import (
    COSTS,
    QUICK,
    STORY,
    WISHES,
    best_by_enumeration,
    for_so_many_calls,
    problem_of,
    scattered,
    with_rules,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from anyi_geo.errors import ProblemError
from anyi_geo.judge.homes import check_plan, moved_counts
from anyi_geo.locate.settings import Status
from anyi_geo.plan.homes import (
    HOME_SUPPORT,
    KINDS,
    REUSES,
    NoRoadError,
    Step,
    TooFewBedsError,
    VisitLimitError,
    expansion,
    model,
    plan_homes,
)
from anyi_geo.plan.homes.cost import yearly_yuan


def check(problem, plan):
    check_plan(
        problem.homes, problem.groups, plan.flows, plan.state, plan.beds_added,
        consent=problem.rules.consent, centres=problem.rules.centres,
    )  # fmt: skip


def refused(problem):
    with pytest.raises(TooFewBedsError) as caught:
        plan_homes(problem, QUICK)
    return caught.value


def test_a_centre_that_is_too_small_is_told_in_beds_and_square_metres():
    error = refused(problem_of({"A": 30, "B": 20, "C": 30, "Z": 60}, STORY))
    for part in ("需要 72 床", "现有 60 床", "缺 12 床", "420 m²"):
        assert part in str(error)
    assert (error.needed, error.beds, error.short, error.m2) == (72, 60, 12, 420.0)
    more, second, keep = error.ways
    assert (more.kind, more.beds, more.one_off_yuan) == ("more_beds", 12, 12 * 80000.0)
    assert (second.kind, second.yearly_yuan) == ("second_centre", 80000.0)
    assert keep.kind == "keep_home"


def test_the_home_to_keep_is_the_cheapest_whose_residents_close_the_shortage():
    """B's 18 self-carers need 1.8 carers, rounded to 2: 6,000 yuan; A 2.4 to 3: 18,000; C 3.0: nothing."""
    keep = refused(problem_of({"A": 30, "B": 20, "C": 30, "Z": 60}, STORY)).ways[2]
    assert (keep.site_ids, keep.yearly_yuan) == (("C",), 80000.0)
    assert "保留C院（30 人留在原院）" in keep.message.zh
    assert keep.options == ((("C",), 30, 80000.0), (("B",), 18, 86000.0), (("A",), 24, 98000.0))
    assert "或保留B院每年多 86,000 元、或A院每年多 98,000 元" in keep.message.zh


def test_several_homes_are_kept_when_none_alone_is_enough():
    keep = refused(problem_of({"A": 30, "B": 20, "C": 30, "Z": 10}, STORY)).ways[-1]
    assert keep.kind == "keep_home"
    assert keep.site_ids == ("A", "B", "C")


def test_a_shortage_beyond_the_expansion_names_the_expansion():
    error = refused(problem_of({"A": 30, "B": 20, "C": 30, "Z": 60}, STORY, expansion=5))
    for part in ("需要 72 床", "现有 60 床", "最多再加 5 床", "缺 7 床", "245 m²"):
        assert part in str(error)
    assert error.ways[0].one_off_yuan == 12 * 80000.0, "the whole expansion and seven beds more"


def test_a_centre_that_just_holds_everyone_is_full_and_says_it_has_no_reserve():
    plan = plan_homes(problem_of({"A": 30, "B": 20, "C": 30, "Z": 72}, STORY, reserve_share=0.1), QUICK)
    assert plan.state.to_dict() == {"A": "reserve", "B": "reserve", "C": "reserve", "Z": "centre"}
    assert moved_counts(plan.flows)["moved"] == 72
    assert plan.reserve_short == 8
    assert plan.status is Status.OPTIMAL


def test_one_bed_less_is_refused():
    assert refused(problem_of({"A": 30, "B": 20, "C": 30, "Z": 71}, STORY)).short == 1


def test_beds_are_added_whole_and_only_as_many_as_needed():
    plan = plan_homes(problem_of({"A": 30, "B": 20, "C": 30, "Z": 60}, STORY, expansion=40, reserve_share=0.1), QUICK)
    assert plan.beds_added.to_dict() == {"A": 0, "B": 0, "C": 0, "Z": 20}
    assert plan.reserve_short == 0


@pytest.mark.parametrize("prices", [(60000.0, 100000.0), (100000.0, 60000.0)], ids=["dearer", "cheaper"])
def test_an_expansion_is_built_step_after_step(prices):
    """Twelve beds are short: the first ten at the first price, two at the second, whichever is cheaper."""
    problem = problem_of({"A": 30, "B": 20, "C": 30, "Z": 60}, STORY, expansion=40)
    steps = (Step(10, prices[0], 30.0), Step(30, prices[1], 40.0))
    stepped = replace(problem, homes=problem.homes.assign(expansion_steps=[(), (), (), steps]))
    plan = plan_homes(stepped, QUICK)
    one = plan_homes(problem, QUICK)
    assert plan.beds_added["Z"] == one.beds_added["Z"] == 12
    spent, m2 = expansion(steps, 12)
    assert (spent, m2) == (10 * prices[0] + 2 * prices[1], 380.0)
    assert plan.objective - one.objective == pytest.approx(0.07 * (spent - 12 * 80000.0))
    with pytest.raises(ProblemError, match="分步"):
        replace(stepped, homes=stepped.homes.assign(expansion_beds=[0, 0, 0, 41]))


def test_hard_consent_moves_nobody_without_a_yes_and_says_why_a_home_stays():
    plan = plan_homes(problem_of({"A": 30, "B": 20, "C": 30, "Z": 80}, WISHES, consent="hard"), QUICK)
    moved = plan.flows[plan.flows["from_site"] != plan.flows["to_site"]]
    assert set(moved["consent"]) == {"yes"}
    assert plan.state.to_dict() == {"A": "kept", "B": "reserve", "C": "kept", "Z": "centre"}
    assert moved_counts(plan.flows)["staying"] == 15
    assert "不同意 1 人、未征询 10 人" in plan.reasons["C"].zh


def test_soft_consent_moves_everybody_and_counts_both_figures():
    plan = plan_homes(problem_of({"A": 30, "B": 20, "C": 30, "Z": 80}, WISHES), QUICK)
    counts = moved_counts(plan.flows)
    assert (counts["moved"], counts["moved_without_consent"], counts["moved_not_asked"]) == (72, 5, 10)
    assert plan.reasons == {}


@pytest.mark.parametrize("consent", ["soft", "hard"])
def test_who_asks_for_support_at_home_goes_home_and_frees_the_home(consent):
    problem = problem_of({"A": 30, "B": 20, "C": 30, "Z": 80}, {"A": WISHES["A"]}, consent=consent)
    wish = problem.groups["consent"] == "no"
    problem = replace(problem, groups=problem.groups.assign(home_support=wish))
    plan = plan_homes(problem, QUICK)
    check(problem, plan)
    home = plan.flows[plan.flows["to_site"] == HOME_SUPPORT]
    assert (home["persons"].sum(), plan.state["A"]) == (4, "reserve")
    assert moved_counts(plan.flows)["moved_without_consent"] == 0
    kept = plan_homes(with_rules(problem, home_support=False), QUICK)
    assert HOME_SUPPORT not in set(kept.flows["to_site"])


@pytest.mark.parametrize("consent", ["soft", "hard"])
def test_a_home_that_no_road_joins_to_a_centre_stays_and_says_so(consent):
    names = ["A", "B", "Z"]
    minutes = pd.DataFrame(10.0 * (1 - np.eye(3)), index=names, columns=names)
    minutes.loc["A", ["B", "Z"]] = minutes.loc[["B", "Z"], "A"] = np.inf
    rows = {"A": {("self", "yes"): 5}, "B": {("self", "yes"): 6}}
    plan = plan_homes(problem_of({"A": 9, "B": 9, "Z": 6}, rows, minutes=minutes, consent=consent), QUICK)
    assert plan.state.to_dict() == {"A": "kept", "B": "reserve", "Z": "centre"}
    assert "没有道路" in plan.reasons["A"].zh


def test_a_want_of_roads_is_not_called_a_want_of_beds():
    """A reaches Y only and B reaches Z only: one centre can never take both, two can."""
    names = ["A", "B", "Y", "Z"]
    minutes = pd.DataFrame(np.where(np.eye(4), 0.0, np.inf), index=names, columns=names)
    for one, other in (("A", "Y"), ("B", "Z")):
        minutes.loc[one, other] = minutes.loc[other, one] = 10.0
    rows = {"A": {("self", "yes"): 5}, "B": {("self", "yes"): 6}}
    problem = problem_of({"A": 9, "B": 9, "Y": 60, "Z": 60}, rows, candidates=("Y", "Z"), minutes=minutes)
    with pytest.raises(NoRoadError, match="A院 5 人没有道路.*不是缺床"):
        plan_homes(problem, QUICK)
    assert moved_counts(plan_homes(with_rules(problem, centres=2), QUICK).flows)["moved"] == 11


def test_a_stage_that_runs_out_of_time_loses_no_plan(monkeypatch):
    """The clock ends in every stage after the least cost: the plan of the least cost stands, with its own figures."""
    problem = scattered(1, homes=4, centres=2, visit_weight=0.0, together_share=0.5)
    whole = plan_homes(with_rules(problem, together_share=0.0), QUICK)

    monkeypatch.setattr(model, "solve", for_so_many_calls(model.solve, 2))
    plan = plan_homes(problem, QUICK)
    check(problem, plan)
    assert plan.objective == pytest.approx(whole.objective)


def test_one_centre_at_least_is_the_countys():
    """A would be cheaper (its own 50 need not move), but only Z may be the county's centre."""
    rows = {"A": {("self", "yes"): 50}, "Z": {("self", "yes"): 1}}
    beds = {"A": 80, "Z": 80}
    assert plan_homes(problem_of(beds, rows, candidates=("A", "Z")), QUICK).centres == ["A"]
    assert plan_homes(problem_of(beds, rows, candidates=("A", "Z"), seats=("Z",)), QUICK).centres == ["Z"]


def test_nursing_beds_are_fitted_up_to_the_share_and_to_the_dependent():
    rows = {"A": {("full", "yes"): 9, ("self", "yes"): 1}}
    few = plan_homes(problem_of({"A": 10, "Z": 20}, rows, nursing_share=0.25), QUICK)
    share = plan_homes(problem_of({"A": 10, "Z": 20}, rows, nursing_share=0.55), QUICK)
    assert (few.nursing_fitted["Z"], share.nursing_fitted["Z"]) == (9, 11)
    problem = problem_of({"A": 10, "Z": 20}, rows, nursing_share=0.55)
    some = replace(problem, homes=problem.homes.assign(nursing_beds=[0.0, 8.0]))
    assert plan_homes(some, QUICK).nursing_fitted["Z"] == 3


def test_families_count_from_their_village_where_it_is_known():
    """A family that lives beside Z is nearer after than before; one whose village no road reaches counts from A."""
    minutes = pd.DataFrame({"A": [0.0, 10.0, 12.0, np.inf], "Z": [10.0, 0.0, 1.0, np.inf]}, index=["A", "Z", "v", "w"])
    problem = problem_of({"A": 9, "Z": 9}, {"A": {("self", "yes"): 5}}, minutes=minutes)
    groups = pd.concat([problem.groups] * 2, ignore_index=True).assign(origin=["v", "w"], persons=[2, 3])
    problem = replace(problem, groups=groups)
    plan = plan_homes(problem, QUICK)
    near = plan_homes(with_rules(problem, visit_weight=0.0), QUICK)
    assert plan.objective - near.objective == pytest.approx(12.0 * (2 * 1.0 + 3 * 10.0))


def test_visiting_limits_hold_or_say_what_can_be_reached():
    problem = scattered(3, homes=4, centres=1)
    free = plan_homes(with_rules(problem, visit_weight=0.0), QUICK)
    minutes = [problem.minutes.at[a, b] for a, b in zip(free.flows["from_site"], free.flows["to_site"], strict=True)]
    mean = float(np.average(minutes, weights=free.flows["persons"]))
    tight = plan_homes(with_rules(problem, centres=3, visit_weight=0.0, visit_mean_max=0.6 * mean), QUICK)
    after = [problem.minutes.at[a, b] for a, b in zip(tight.flows["from_site"], tight.flows["to_site"], strict=True)]
    assert np.average(after, weights=tight.flows["persons"]) <= 0.6 * mean + 1e-6
    with pytest.raises(VisitLimitError, match=r"平均探视时间最少 \d+\.\d 分钟，限值 0.01 分钟"):
        plan_homes(with_rules(problem, visit_mean_max=0.01), QUICK)
    with pytest.raises(VisitLimitError, match="最多允许"):
        plan_homes(with_rules(problem, visit_p90_max=0.01), QUICK)


def test_residents_of_a_home_stay_together_where_it_costs_no_more_than_allowed():
    """Parted 3 to 7, both centres hold ten: two carers, two beds built. Together 17 and 3: three carers, five beds."""
    rows = {"A": {("self", "yes"): 10}, "Y": {("self", "yes"): 7}, "Z": {("self", "yes"): 3}}
    beds = {"A": 10, "Y": 12, "Z": 8}
    problem = problem_of(beds, rows, candidates=("Y", "Z"), expansion=20, centres=2)
    parted = plan_homes(problem, QUICK)
    assert set(parted.flows.loc[parted.flows["from_site"] == "A", "to_site"]) == {"Y", "Z"}
    whole = plan_homes(with_rules(problem, together_share=0.5), QUICK)
    assert len(set(whole.flows.loc[whole.flows["from_site"] == "A", "to_site"])) == 1
    assert whole.objective == pytest.approx(parted.objective + 30000.0 + 0.07 * 3 * 80000.0)
    assert whole.bound == pytest.approx(parted.bound)
    poor = plan_homes(with_rules(problem, together_share=1e-6), QUICK)
    assert poor.objective == pytest.approx(parted.objective)


@pytest.mark.parametrize("seed", [2, 98])
def test_the_solvers_aggregator_is_off(seed):
    """With it the solver called these two requests infeasible."""
    rules = {"centres": 1 + seed % 3, "reserve_share": 0.1, "nursing_share": 0.5}
    problem = scattered(seed, homes=4 + seed % 2, largest=5, **rules)
    check(problem, plan_homes(problem, QUICK))


def test_nine_in_ten_stay_within_the_limit():
    problem = scattered(5, homes=4, centres=3, visit_weight=0.0)
    longest = float(problem.minutes.to_numpy().max())
    plan = plan_homes(with_rules(problem, visit_p90_max=0.7 * longest), QUICK)
    far = sum(
        row.persons for row in plan.flows.itertuples() if problem.minutes.at[row.from_site, row.to_site] > 0.7 * longest
    )
    assert far <= 0.1 * plan.flows["persons"].sum()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "rules",
    [
        {"centres": 1},
        {"centres": 2, "reserve_share": 0.1},
        {"centres": 2, "nursing_share": 0.55, "visit_weight": 0.0},
        {"centres": 3, "at_most": True, "visit_weight": 20.0},
        {"centres": 1, "consent": "hard", "consents": ("yes", "no")},
        {"centres": 2, "consent": "hard", "consents": ("yes", "not_asked"), "reserve_share": 0.1},
        {"centres": 2, "consent": "hard", "consents": ("yes", "no"), "visit_mean_max": 6.0},
        {"centres": 2, "keep": ("B",), "visit_weight": 0.0},
    ],
    ids=["one", "two", "nursing", "at_most_three", "hard", "hard_two", "hard_two_near", "kept"],
)
def test_agrees_with_enumeration_of_all_states_of_four_homes(seed, rules):
    problem = scattered(seed, homes=4, largest=3, **rules)
    agrees(problem)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "rules",
    [
        {"centres": 2},
        {"centres": 3, "at_most": True},
        {"centres": 1, "consent": "hard", "consents": ("yes", "no")},
        {"centres": 2, "keep": ("B",), "visit_weight": 0.0},
    ],
    ids=["two", "at_most_three", "hard", "kept"],
)
def test_agrees_with_enumeration_where_emptied_homes_are_refitted(seed, rules):
    """Refitting costs as much as running a home for years: which home is a centre turns on it."""
    agrees(refitted(scattered(seed, homes=4, largest=3, **rules), np.random.default_rng(seed).uniform(0, 3e6, 4)))


def refitted(problem, yuan):
    return replace(problem, homes=problem.homes.assign(refit_yuan=yuan))


def test_the_home_that_is_dear_to_refit_stays_in_use():
    """A and B are alike but for 2,000,000 yuan of refitting, 140,000 a year."""
    problem = problem_of(
        {"A": 20, "B": 20}, {"A": {("self", "yes"): 5}, "B": {("self", "yes"): 5}}, candidates=("A", "B")
    )
    dear = refitted(problem, [2_000_000.0, 0.0])
    assert plan_homes(dear, QUICK).centres == ["A"]
    assert plan_homes(refitted(problem, [0.0, 2_000_000.0]), QUICK).centres == ["B"]
    plain = plan_homes(problem, QUICK).objective
    assert plan_homes(dear, QUICK).objective == pytest.approx(plain), "B costs nothing to refit"
    both = plan_homes(refitted(problem, [2_000_000.0, 500_000.0]), QUICK)
    assert both.objective == pytest.approx(plain + COSTS.annuity_factor * 500_000.0)


def test_a_cost_of_refitting_that_is_not_known_is_reckoned_as_nothing_and_a_negative_one_refused():
    problem = problem_of({"A": 20, "Z": 20}, {"A": {("self", "yes"): 5}})
    assert plan_homes(refitted(problem, [np.nan, np.nan]), QUICK).objective == plan_homes(problem, QUICK).objective
    with pytest.raises(ProblemError, match="整修投入"):
        refitted(problem, [-1.0, 0.0])


def test_ways_out_that_keep_a_home_in_use_spare_its_refitting():
    """Twelve beds short; B, dear to refit, is kept although A and C cost no more to run."""
    problem = problem_of({"A": 24, "B": 18, "C": 30, "Z": 60}, STORY)
    dear = refitted(problem, [100_000.0, 5_000_000.0, 100_000.0, 0.0])
    with pytest.raises(TooFewBedsError) as caught:
        plan_homes(dear, QUICK)
    ways = {way.kind: way for way in caught.value.ways}
    assert ways["more_beds"].one_off_yuan == 12 * 80000.0
    assert (ways["keep_home"].site_ids, ways["keep_home"].one_off_yuan) == (("B",), -5_000_000.0)
    assert "一次性省 5,000,000 元" in ways["keep_home"].message.zh
    assert (ways["second_centre"].site_ids, ways["second_centre"].one_off_yuan) == (("B",), -5_000_000.0)
    more, keep = ways["more_beds"].annual_yuan, ways["keep_home"].annual_yuan
    with pytest.raises(TooFewBedsError) as plain:
        plan_homes(problem, QUICK)
    annual = {way.kind: way.annual_yuan for way in plain.value.ways}
    assert more == pytest.approx(annual["more_beds"] + COSTS.annuity_factor * 5_200_000.0), "all three are emptied"
    kept = plan_homes(with_rules(problem, keep=("B",)), QUICK)
    objective = yearly_yuan(problem, kept.flows, kept.state, kept.beds_added, kept.nursing_fitted, visit_weight=0.0)
    assert keep == pytest.approx(objective + COSTS.annuity_factor * 200_000.0)


def agrees(problem):
    """Assert that the model finds what trying everything finds: the same cost, or that nothing can be found."""
    short, cost = best_by_enumeration(problem)
    if np.isinf(cost):
        with pytest.raises(VisitLimitError):
            plan_homes(problem, QUICK)
        return
    plan = plan_homes(problem, QUICK)
    check(problem, plan)
    assert plan.objective == pytest.approx(cost, rel=1e-6)
    assert plan.reserve_short == int(np.ceil(short - 1e-9))
    assert plan.bound <= plan.objective * (1 + 1e-9)
    assert plan.status is Status.OPTIMAL


@pytest.mark.parametrize("share", [0.5, 0.8, 1.0])
@pytest.mark.parametrize("limit", ["visit_mean_max", "visit_p90_max"])
@pytest.mark.parametrize("centres", [1, 2])
@pytest.mark.parametrize("seed", [1, 2])
def test_agrees_with_enumeration_under_visiting_limits(seed, centres, limit, share):
    """The limit is a share of what the cheapest plan needs: at 1 it binds nothing, at a half it may forbid all."""
    problem = scattered(seed, homes=4, largest=3, centres=centres, visit_weight=0.0)
    free = plan_homes(problem, QUICK)
    travelled = [problem.minutes.at[row.from_site, row.to_site] for row in free.flows.itertuples()]
    needed = np.average(travelled, weights=free.flows["persons"]) if "mean" in limit else max(travelled)
    agrees(with_rules(problem, **{limit: share * float(needed) + 1e-6}))


@pytest.mark.parametrize("seed", range(6))
def test_those_who_go_home_agree_with_enumeration(seed):
    problem = scattered(seed, homes=4, largest=3, centres=1 + seed % 2, consent="hard", consents=("yes", "no"))
    wish = (problem.groups["consent"] == "no") & (problem.groups["home"].isin(["A", "C"]))
    agrees(replace(problem, groups=problem.groups.assign(home_support=wish)))


@pytest.mark.parametrize("consent", ["soft", "hard"])
@pytest.mark.parametrize("centres", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_the_shortage_is_the_least_that_any_choice_of_centres_leaves(seed, centres, consent):
    """Counted by hand: who may move and those who live at a centre, less the beds of the best centres."""
    rich = scattered(seed, homes=4, largest=9, centres=centres, consent=consent, consents=("yes", "no"))
    problem = replace(rich, homes=rich.homes.assign(expansion_beds=0))
    persons = problem.groups.groupby(["home", "consent"])["persons"].sum()

    def left(chosen):
        free = sum(n for (home, said), n in persons.items() if said == "yes" or consent == "soft")
        bound = sum(n for (home, said), n in persons.items() if home in chosen and said == "no" and consent == "hard")
        return max(0, free - (int(problem.homes.loc[list(chosen), "beds"].sum()) - bound))

    least = min(left(chosen) for chosen in combinations(problem.candidates, centres))
    if least:
        assert refused(problem).short == least
    else:
        check(problem, plan_homes(problem, QUICK))


@pytest.mark.parametrize("consent", ["soft", "hard"])
def test_every_way_out_leads_to_a_plan_at_the_cost_it_names(consent):
    problem = problem_of({"A": 30, "B": 20, "C": 30, "Z": 40}, WISHES, consent=consent)
    more, second, keep = refused(problem).ways
    grown = problem.homes.assign(expansion_beds=[0, 0, 0, more.beds])
    wider = problem.homes.assign(candidate=[name in ("Z", *second.site_ids) for name in "ABCZ"])
    missing = max(0, refused(problem).short - second.beds + bound_at(problem, second.site_ids[0]))
    wider["expansion_beds"] = [missing if name in second.site_ids else 0 for name in "ABCZ"]
    for way, changed in (
        (more, replace(problem, homes=grown)),
        (second, with_rules(replace(problem, homes=wider), centres=2)),
        (keep, with_rules(problem, keep=keep.site_ids)),
    ):
        plan = plan_homes(changed, QUICK)
        check(changed, plan)
        families = 12.0 * sum(
            row.persons * problem.minutes.at[row.from_site, row.to_site] for row in plan.flows.itertuples()
        )
        assert way.annual_yuan == pytest.approx(plan.objective - families, rel=1e-6), way.kind


def bound_at(problem, home):
    groups = problem.groups
    return int(groups.loc[problem.bound & (groups["home"] == home), "persons"].sum())


def test_a_home_to_be_kept_that_is_none_is_named():
    with pytest.raises(ProblemError, match="要保留的 Q"):
        problem_of({"A": 30, "Z": 80}, {"A": {("self", "yes"): 20}}, keep=("Q",))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(0, 8), min_size=27, max_size=27),
    st.sampled_from(["soft", "hard"]),
    st.sampled_from([1, 2]),
    st.booleans(),
)
def test_residents_in_equal_residents_out_and_no_one_is_moved_against_the_rule(counts, consent, centres, home):
    rows = {
        home: dict(zip(KINDS, counts[9 * number : 9 * number + 9], strict=True)) for number, home in enumerate("ABC")
    }
    problem = problem_of(
        {"A": 80, "B": 80, "C": 80, "Z": 300}, rows, candidates=("B", "Z"), consent=consent, centres=centres
    )
    wish = (problem.groups["consent"] == "no") & home
    problem = replace(problem, groups=problem.groups.assign(home_support=wish))
    plan = plan_homes(problem, QUICK)
    check(problem, plan)
    assert int(plan.flows["persons"].sum()) == sum(counts)
    moved = plan.flows[(plan.flows["from_site"] != plan.flows["to_site"]) & (plan.flows["to_site"] != HOME_SUPPORT)]
    assert consent == "soft" or set(moved["consent"]) <= {"yes"}
    assert set(plan.state.index) == set(problem.homes.index), "as many buildings after as before"
    assert set(plan.state) <= {"centre", "kept", *REUSES}
    assert len(plan.centres) == centres


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"beds": {"A": 10, "Z": 80}}, "入住 20 人"),
        ({"beds": {"A": 30, "Z": 0}}, "没有床位"),
        ({"beds": {"A": 30, "Z": -1}}, "非负"),
        ({"centres": 2}, "候选有 1 个"),
        ({"centres": 0}, "候选有 1 个"),
        ({"reserve_share": -0.1}, "备用"),
        ({"nursing_share": 1.1}, "0 到 1"),
        ({"visit_weight": -1.0}, "探视"),
        ({"consent": "maybe"}, "maybe"),
        ({"seats": ("A",)}, "县级中心"),
    ],
)
def test_malformed_problems_are_named(change, match):
    values = {"beds": {"A": 30, "Z": 80}, **change}
    beds = values.pop("beds")
    with pytest.raises(ProblemError, match=match):
        problem_of(beds, {"A": {("self", "yes"): 20}}, **values)


def test_all_faults_are_named_at_once():
    with pytest.raises(ProblemError) as caught:
        problem_of({"A": 10, "Z": 0}, {"A": {("self", "yes"): 20}}, reserve_share=-0.1)
    for part in ("入住 20 人", "没有床位", "备用"):
        assert part in str(caught.value)


def test_a_use_outside_elder_care_cannot_be_asked_for():
    problem = problem_of({"A": 30, "Z": 80}, {"A": {("self", "yes"): 20}})
    with pytest.raises(ProblemError, match="不得改变养老服务用途"):
        replace(problem, homes=problem.homes.assign(reuse="warehouse"))


def test_unknown_labels_and_negative_costs_are_refused():
    problem = problem_of({"A": 30, "Z": 80}, {"A": {("self", "yes"): 20}})
    for column, match in (("care_level", "护理等级"), ("consent", "意愿"), ("home", "敬老院"), ("origin", "家属")):
        with pytest.raises(ProblemError, match=f"不认识的{match}"):
            replace(problem, groups=problem.groups.assign(**{column: "severe"}))
    with pytest.raises(ProblemError, match="费用"):
        replace(problem, costs=replace(COSTS, moving_yuan=-1.0))
    with pytest.raises(ProblemError, match="每名护理员"):
        replace(problem, costs=replace(COSTS, residents_per_carer={"self": 0.0, "partial": 6.0, "full": 3.0}))
    with pytest.raises(ProblemError, match="护理型床位"):
        replace(problem, homes=problem.homes.assign(nursing_beds=[31.0, 0.0]))
