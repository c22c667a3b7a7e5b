"""Consent, spacing, few changes, stages and seats, each against trying everything."""

import math

import numpy as np
import pandas as pd
import pytest
from care_site_examples import allowed, cover_of, every_plan, random_county, road_county

from anyi_geo.errors import InfeasibleError, ProblemError
from anyi_geo.locate.settings import SolverSettings, Status
from anyi_geo.plan.care_sites import WORST_TOWNSHIP, evaluate_given, gradual_cover, plan_care_sites

EXACT = SolverSettings(seconds=30, gap=0.0)


def conditioned(seed, **more):
    """A random county in which one village refuses, two sites stand close, and little may change."""
    return random_county(
        seed,
        budget_yuan=math.inf,
        no_consent=frozenset({"s0"}),
        spacing=(("s1", "s2", 800.0), ("s3", "s4", 120.5)),
        site_penalty={"s1": 15.0, "s3": 7.5, "s5": 40.0},
        **more,
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("draws", [0, 3])
def test_every_condition_agrees_with_enumeration(seed, draws):
    given = {"s1": 1, "s5": 2}
    problem = conditioned(seed, draws=draws, differ_from=given, differ_most=1.0, township_max={})
    plans = list(every_plan(problem))
    try:
        plan = plan_care_sites(problem, EXACT, branchings=200)
    except InfeasibleError:
        assert not plans
        return
    chosen = plan.batch.to_dict()
    best = max(cover_of(problem, other) for other in plans)
    assert allowed(problem, chosen)
    assert plan.objective == pytest.approx(cover_of(problem, chosen))
    assert plan.objective == pytest.approx(best)
    assert plan.bound >= best - 1e-6


def test_consent_as_a_condition_and_as_a_price():
    free = plan_care_sites(road_county(), EXACT)
    assert set(free.batch.index) == {"s0", "s2"}
    barred = plan_care_sites(road_county(no_consent=frozenset({"s0"})), EXACT)
    assert set(barred.batch.index) == {"s2", "s6"}
    # s0 first and s2 second: 380 - 2p; the other way round: 360 - p; without s0: 330
    for price, chosen in ((19.0, {"s0": 1, "s2": 2}), (29.0, {"s2": 1, "s0": 2}), (31.0, {"s2": 1, "s6": 2})):
        assert plan_care_sites(road_county(site_penalty={"s0": price}), EXACT).batch.to_dict() == chosen
    with pytest.raises(InfeasibleError, match="尚未同意"):
        plan_care_sites(road_county(no_consent=frozenset({"s0"}), must_open={"s0": 1}), EXACT)


def test_sites_too_close_are_not_both_opened():
    plan = plan_care_sites(road_county(spacing=(("s0", "s2", 2000.0),)), EXACT)
    assert plan.batch.to_dict() == {"s0": 1, "s6": 2}
    with pytest.raises(InfeasibleError, match="2 000 米"):
        plan_care_sites(road_county(spacing=(("s0", "s2", 2000.0),), must_open={"s0": 1, "s2": 2}), EXACT)


@pytest.mark.parametrize(("most", "covered"), [(0, 70 + 150), (1, 150 + 220), (2, 150 + 230)])
def test_at_most_k_sites_differ(most, covered):
    """Given: km 6 first (70), km 1 ... km 2 second (150 of 300); one change may put km 0 first."""
    given = {"s6": 1, "s2": 2} if most == 0 else {"s2": 1, "s6": 2}
    plan = plan_care_sites(road_county(differ_from=given, differ_most=most), EXACT)
    if most == 0:
        assert plan.batch.to_dict() == given
    assert sum(plan.batch.to_dict().get(site) != batch for site, batch in given.items()) <= most
    assert plan.objective == max(
        cover_of(road_county(), other) for other in every_plan(road_county(differ_from=given, differ_most=most))
    )


@pytest.mark.parametrize("seed", range(4))
def test_children_first_then_all(seed):
    problem = random_county(seed, first=("children",))
    plan = plan_care_sites(problem, EXACT)
    children = random_county(seed, group_weights={"children": 1.0, "elders": 0.0})
    plans = list(every_plan(problem))
    most = max(cover_of(children, other) for other in plans)
    best = max(cover_of(problem, other) for other in plans if cover_of(children, other) >= most - 1e-6)
    assert cover_of(children, plan.batch.to_dict()) == pytest.approx(most)
    assert plan.objective == pytest.approx(best)
    assert plan.stages[0].value == pytest.approx(most)
    assert plan.stages[0].bound == pytest.approx(most)


def worst_share(problem, plan):
    """Least covered share among townships of the points after the last batch, from the definition."""
    opened = [k for k, site in enumerate(problem.sites.index) if site in plan]
    shares = []
    for township in sorted(set(problem.point_townships)):
        inside = (problem.point_townships == township).loc[problem.persons.index].to_numpy()
        covered = total = 0.0
        for group, weight in problem.group_weights.items():
            strength = problem.cover[0][group].toarray()[:, opened].max(axis=1, initial=0.0)
            persons = problem.persons[group].to_numpy() * inside * weight
            covered, total = covered + strength @ persons, total + persons.sum()
        shares.append(covered / total)
    return min(shares)


@pytest.mark.parametrize("seed", range(4))
def test_worst_township_first(seed):
    places = pd.Series(["甲乡", "乙乡"] * 5, index=[f"p{number:02d}" for number in range(10)])
    problem = random_county(seed, first=(WORST_TOWNSHIP,), point_townships=places)
    plan = plan_care_sites(problem, EXACT)
    plans = list(every_plan(problem))
    most = max(worst_share(problem, other) for other in plans)
    assert worst_share(problem, plan.batch.to_dict()) == pytest.approx(most, abs=1e-6)
    best = max(cover_of(problem, other) for other in plans if worst_share(problem, other) >= most - 1e-6)
    assert plan.objective == pytest.approx(best)


def test_a_stage_may_give_up_a_share_for_the_next():
    """Covering as many with the dearer site is not worth it once 5 % may be given up: 370 of 380 with 650 000 yuan."""
    exact = plan_care_sites(road_county(), EXACT)
    loose = plan_care_sites(road_county(stage_tolerance=0.05), EXACT)
    cost = road_county().sites["opening_yuan"]
    assert cost[exact.batch.index].sum() == 750_000
    assert loose.objective >= 0.95 * exact.objective
    assert cost[loose.batch.index].sum() < 750_000
    assert loose.bound == pytest.approx(exact.objective)
    assert loose.status is Status.FEASIBLE


def test_willing_villages_come_before_reuse_and_cost():
    """Two sites that reach the same: the willing one, though it is dearer and of a later tier."""
    sites = pd.DataFrame(
        {
            "name": ["甲", "乙"],
            "township": ["甲乡", "甲乡"],
            "opening_yuan": [1.0, 9.0],
            "ready_from": [1, 1],
            "tie_rank": [0, 1],
        },
        index=["a", "b"],
    )
    minutes = pd.DataFrame(1.0, index=["p"], columns=["a", "b"])
    base = road_county()
    table = {"elders": 1.0}
    for ranks, opened in (((0, 0), "a"), ((1, 0), "b")):
        problem = road_county(
            persons=pd.DataFrame({"elders": [5]}, index=["p"]),
            sites=sites.assign(consent_rank=ranks),
            cover=({"elders": gradual_cover(minutes, 2.0, 4.0, pd.Index(["p"]), sites.index)},),
            batches=base.batches[:1],
            minutes=minutes,
            group_weights=table,
        )
        assert list(plan_care_sites(problem, EXACT).batch.index) == [opened]


def seated(problem, plan):
    """Persons seated by trying every split, for one covering group: a maximum flow by networkx."""
    networkx = pytest.importorskip("networkx")
    total = 0.0
    for number, rule in enumerate(problem.batches, start=1):
        graph = networkx.DiGraph()
        for group in problem.group_weights:
            for row, point in enumerate(problem.persons.index):
                graph.add_edge("from", (group, point), capacity=float(problem.persons[group].loc[point]))
                for column, site in enumerate(problem.sites.index):
                    if plan.get(site, math.inf) <= number and problem.cover[0][group].toarray()[row, column]:
                        graph.add_edge((group, point), site)
                        graph.add_edge(site, "to", capacity=float(problem.seats[site]))
        total += rule.weight * (networkx.maximum_flow_value(graph, "from", "to") if "to" in graph else 0.0)
    return total


@pytest.mark.parametrize("seed", range(4))
def test_seats_agree_with_enumeration_and_flow(seed):
    rng = np.random.default_rng(seed)
    seats = {f"s{number}": float(rng.integers(20, 120)) for number in range(5)}
    problem = random_county(
        seed, sites=5, seats=seats, group_weights={"elders": 1.0, "children": 1.0}, budget_yuan=math.inf
    )
    plan = plan_care_sites(problem, EXACT)
    chosen = plan.batch.to_dict()
    assert plan.objective == pytest.approx(seated(problem, chosen))
    assert evaluate_given(problem, chosen) == pytest.approx(plan.objective)
    assert plan.objective == pytest.approx(max(seated(problem, other) for other in every_plan(problem)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"no_consent": frozenset({"s9"})}, "s9"),
        ({"site_penalty": {"s0": -1.0}}, "site_penalty"),
        ({"seats": {"s0": math.nan}}, "seats"),
        ({"differ_most": -1.0}, "不小于 0，现为 -1"),
        ({"stage_tolerance": 1.0}, "stage_tolerance"),
        ({"first": ("dogs",)}, "dogs"),
        ({"first": (WORST_TOWNSHIP,)}, "每个需求点"),
        ({"first": ("elders",), "seats": {"s0": 1.0}}, "不能同时使用"),
    ],
)
def test_conditions_that_are_wrong_by_themselves(changes, words):
    with pytest.raises(ProblemError, match=words):
        road_county(**changes)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("share", [0.2, 0.45])
def test_a_floor_for_the_worst_township(seed, share):
    places = pd.Series(["甲乡", "乙乡"] * 5, index=[f"p{number:02d}" for number in range(10)])
    problem = random_county(
        seed, floors={WORST_TOWNSHIP: share}, point_townships=places, site_penalty={"s1": 15.0, "s3": 7.5}
    )
    kept = [other for other in every_plan(problem) if worst_share(problem, other) >= share - 1e-9]
    if not kept:
        with pytest.raises(InfeasibleError, match="最多只能到"):
            plan_care_sites(problem, EXACT)
        return
    plan = plan_care_sites(problem, EXACT)
    assert worst_share(problem, plan.batch.to_dict()) >= share - 1e-6
    assert plan.objective == pytest.approx(max(cover_of(problem, other) for other in kept))


def test_a_floor_for_a_group_says_both_numbers():
    assert plan_care_sites(road_county(floors={"elders": 380.0}), EXACT).objective == pytest.approx(380)
    with pytest.raises(InfeasibleError, match=r"不少于 381 人，在现有条件下最多 380 人，差 1 人"):
        plan_care_sites(road_county(floors={"elders": 381.0}), EXACT)
