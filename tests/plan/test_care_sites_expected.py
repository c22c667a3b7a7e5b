"""Expected cover: search and bound against enumeration, and against the nominal model on one draw."""

from dataclasses import replace

import numpy as np
import pytest
from care_site_examples import allowed, cover_of, every_plan, random_county
from hypothesis import given, settings
from hypothesis import strategies as st

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate.settings import SolverSettings, Status
from anyi_geo.plan.care_sites import evaluate_given, plan_care_sites
from anyi_geo.plan.care_sites.clusters import relax
from anyi_geo.plan.care_sites.conditions import conditions
from anyi_geo.plan.care_sites.expected import solve_expected
from anyi_geo.plan.care_sites.relaxation import Prices, evaluate, narrow
from anyi_geo.plan.care_sites.rows import cover_rows
from anyi_geo.plan.care_sites.subsets import alternating_holders, best_above, best_below, lattice, sums_below

EXACT = SolverSettings(seconds=60, gap=0.0)


def _most(problem):
    return sum(rule.sites for rule in problem.batches)


@pytest.mark.parametrize(("seed", "batches"), [(0, 2), (1, 2), (2, 2), (3, 1), (4, 3), (5, 2)])
def test_enumeration_agrees(seed, batches):
    problem = random_county(300 + seed, sites=6 if batches < 3 else 5, batches=batches, draws=7)
    plan = plan_care_sites(problem, EXACT, branchings=60)
    best = max(cover_of(problem, other) for other in every_plan(problem))
    assert allowed(problem, plan.batch.to_dict())
    assert plan.objective == pytest.approx(best)
    assert plan.bound >= best * (1 - 1e-9)
    assert plan.gap < 0.02
    assert plan.model == "care_sites_expected_cover"
    assert (plan.status is Status.OPTIMAL) == (plan.gap <= 1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_one_draw_is_the_nominal_model(seed):
    problem = random_county(400 + seed)
    nominal = plan_care_sites(problem, EXACT)
    rows = cover_rows(problem)
    townships = problem.sites.loc[rows.sites, "township"]
    batch, bound, _ = solve_expected(rows, conditions(problem), townships, _most(problem), EXACT, branchings=60)
    assert rows.objective(batch) == pytest.approx(nominal.objective)
    assert bound >= nominal.objective * (1 - 1e-9)


def test_the_same_draw_twice_is_that_draw():
    problem = random_county(7, draws=1)
    twice = replace(problem, cover=problem.cover * 2)
    plan = plan_care_sites(problem, EXACT).batch.to_dict()
    assert evaluate_given(twice, plan) == pytest.approx(evaluate_given(problem, plan))


def test_the_same_seed_gives_the_same_answer():
    problem = random_county(8, draws=9)
    first, second = (plan_care_sites(problem, SolverSettings(seed=5)) for _ in range(2))
    assert (first.batch.to_dict(), first.bound) == (second.batch.to_dict(), second.bound)


def test_more_branchings_never_loosen_the_bound():
    problem = random_county(306, draws=12)
    bounds = [plan_care_sites(problem, EXACT, branchings=number).bound for number in (0, 3, 12)]
    assert bounds == sorted(bounds, reverse=True)


def test_contradictions_are_named_here_too():
    problem = random_county(9, draws=3, township_max={})
    sites = problem.sites.assign(ready_from=2.0, township=["甲乡"] * 3 + ["乙乡"] * 3)
    rules = tuple(replace(rule, sites=1) for rule in problem.batches)
    with pytest.raises(InfeasibleError, match="不能同时满足"):
        plan_care_sites(
            replace(problem, sites=sites, batches=rules, township_min={"甲乡": 1, "乙乡": 1}, budget_yuan=1e9), EXACT
        )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), batches=st.integers(1, 3))
def test_the_relaxation_bounds_every_plan_at_any_price(seed, batches):
    problem = random_county(seed, sites=4, batches=batches, draws=3)
    rows = cover_rows(problem)
    relaxation = relax(rows, conditions(problem), problem.sites.loc[rows.sites, "township"], _most(problem))
    rng = np.random.default_rng(seed)
    shape = (len(relaxation.persons), batches)
    prices = Prices(rng.random(shape), rng.random(len(relaxation.right)) * rng.choice([0.0, 1e-4, 50.0]))
    best = max((cover_of(problem, plan) for plan in every_plan(problem)), default=0.0)
    whole = evaluate(relaxation, relaxation.root, prices)
    assert whole.bound >= best - 1e-6
    narrowed = narrow(relaxation, relaxation.root, prices, whole.bound, best - 1e-3)
    assert evaluate(relaxation, narrowed, prices).bound >= best - 1e-6


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 6), most=st.integers(0, 6))
def test_subset_tables_are_what_they_say(seed, size, most):
    rng = np.random.default_rng(seed)
    subsets = lattice(size, most)
    numbers = [number for number in range(1 << size) if number.bit_count() <= most]
    assert subsets.numbers.tolist() == numbers
    masks, persons = rng.integers(1, 1 << size, 7), rng.integers(0, 9, 7)
    covered = sums_below(subsets, alternating_holders(subsets, masks) @ persons)
    by_hand = [sum(w for mask, w in zip(masks, persons, strict=True) if mask & number) for number in numbers]
    np.testing.assert_allclose(covered, by_hand, atol=1e-9)
    values = dict(zip(numbers, rng.integers(0, 99, len(numbers)), strict=True))
    table = np.array(list(values.values()))
    for number, above, below in zip(numbers, best_above(subsets, table), best_below(subsets, table), strict=True):
        assert above == max(value for other, value in values.items() if other & number == number)
        assert below == max(value for other, value in values.items() if other & number == other)


def test_townships_beyond_the_cluster_size_are_split(monkeypatch):
    monkeypatch.setattr("anyi_geo.plan.care_sites.clusters.CLUSTER_SITES", 2)
    problem = random_county(310, draws=5, township_min={"甲乡": 1})
    rows = cover_rows(problem)
    relaxation = relax(rows, conditions(problem), problem.sites.loc[rows.sites, "township"], _most(problem))
    assert max(len(cluster.sites) for cluster in relaxation.clusters) == 2
    plan = plan_care_sites(problem, EXACT)
    assert plan.bound >= max(cover_of(problem, other) for other in every_plan(problem)) * (1 - 1e-9)
