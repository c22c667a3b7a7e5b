"""Why and why not, against enumeration."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from anyi_geo.errors import InfeasibleError, ProblemError
from anyi_geo.locate import (
    LocationProblem,
    best_excluded,
    conflict,
    faults,
    max_cover,
    opening_prices,
    p_center,
    p_median,
    regret,
    set_cover,
    site_values,
    worth,
)
from tests.locate.odd_problems import odd, questions, ways
from tests.locate.small import median_value, problem_of, subsets, tables


@pytest.mark.parametrize("seed", range(6))
def test_worth_of_sites_and_regret(seed):
    minutes, persons, _ = tables(seed, lost=0.0)
    problem, m = problem_of(seed, lost=0.0), minutes.shape[1]
    model = partial(p_median, count=1)
    solution = model(problem)
    names = list(minutes.columns)
    (own,) = (names.index(site) for site in solution.opened)
    without = min(median_value(minutes, persons, s) for s in subsets(m, [1]) if own not in s)
    row = site_values(problem, model, solution).loc[solution.opened[0]]
    assert (row.worse_at_least, row.worse_at_most) == pytest.approx((without - solution.objective,) * 2)
    added = {names[j]: median_value(minutes, persons, [own, j]) for j in range(m) if j != own}
    site, gain = best_excluded(problem, solution)
    assert (site, gain) == (min(added, key=added.get), pytest.approx(solution.objective - min(added.values())))
    other = regret(problem, [site], solution)
    assert (
        other.at_least
        == other.at_most
        == pytest.approx(median_value(minutes, persons, [names.index(site)]) - solution.objective)
    )


def test_conflict_is_irreducible_and_in_the_users_words():
    problem = problem_of(6, lost=0.0)
    first, second, third = problem.sites.index[:3]
    wishes = {f"开 {first}": [first], f"开 {second}": [second], f"开 {third}": [third]}

    def solve(kept):
        return p_median(problem, 2, required=[site for wish in kept for site in wishes[wish]])

    assert set(conflict(solve, list(wishes))) == set(wishes)
    assert conflict(solve, list(wishes)[:2]) == ()

    def limits(kept):
        return set_cover(problem, 1.0 if "人人 1 分钟" in kept else 15.0, forbidden=[first] if "不用" in kept else [])

    with pytest.raises(InfeasibleError):
        limits(["人人 1 分钟"])
    assert conflict(limits, ["不用", "人人 1 分钟"]) == ("人人 1 分钟",)


def told_of_sites(solution, sites):
    """Return by how much, at least, every plan is worse that treats each site otherwise, as the prices say."""
    values, prices = site_values(None, None, solution)["worse_at_least"], opening_prices(solution)
    return [values[site] if site in solution.opened else prices.get(site, 0.0) for site in sites]


@pytest.mark.parametrize("seed", range(20))
def test_prices_bound_every_plan_that_treats_a_site_otherwise(seed):
    made = odd(2000 + seed, clients=(8, 30), sites=(5, 9))
    problem, plans = made.problem(), list(made.plans([made.count]))
    truth = {tuple(plan): ways(made, plan) for plan in plans}
    if not plans or not np.isfinite(min(truth.values())):
        return
    names = {"required": [made.sites[j] for j in made.required], "forbidden": [made.sites[j] for j in made.forbidden]}
    solution = p_median(problem, made.count, **names)
    slack = 1e-6 * solution.objective + 1e-15
    for j, told in enumerate(told_of_sites(solution, made.sites)):
        other = [cost for plan, cost in truth.items() if (j in plan) != (made.sites[j] in solution.opened)]
        assert told <= min(other, default=np.inf) - solution.objective + slack


def planar(seed, n=30, m=12):
    rng = np.random.default_rng(seed)
    sites, clients = [f"s{j:02d}" for j in range(m)], [f"c{i:02d}" for i in range(n)]
    minutes = np.hypot(*(rng.random((n, 1, 2)) - rng.random((1, m, 2))).transpose(2, 0, 1))
    persons = rng.integers(1, 50, n).astype(float)
    return (
        minutes,
        persons,
        LocationProblem.from_matrix(pd.DataFrame(minutes, clients, sites), pd.Series(persons, clients)),
    )


@pytest.mark.parametrize("seed", range(12))
def test_prices_tell_something_and_never_too_much(seed):
    """Three of twelve sites, so that fixing by reduced costs sets in; medians and cover."""
    minutes, persons, problem = planar(seed)
    plans, limit = subsets(12, [3]), 0.3
    costs = {tuple(plan): float(persons @ minutes[:, plan].min(axis=1)) for plan in plans}
    covers = {tuple(plan): float(persons @ (minutes[:, plan].min(axis=1) <= limit)) for plan in plans}
    told = 0.0
    for solution, truth, sign in ((p_median(problem, 3), costs, 1), (max_cover(problem, 3, limit), covers, -1)):
        best = sign * solution.objective
        for j, worse in enumerate(told_of_sites(solution, problem.sites.index)):
            is_open = problem.sites.index[j] in solution.opened
            other = min(sign * value for plan, value in truth.items() if (j in plan) != is_open)
            assert worse <= other - best + 1e-6 * abs(best)
            told += worse
    assert told > 0


@pytest.mark.parametrize("seed", range(20))
def test_the_worth_of_a_plan_is_its_objective_in_every_model(seed):
    made, models = odd(seed), set()
    problem = made.problem()
    for question in questions(made):
        if not np.isfinite(question.truth):
            continue
        solution = question.ask(problem)
        is_open = problem.sites.index.isin(solution.opened)
        if solution.asked.get("capacitated"):
            with pytest.raises(ProblemError, match="有容量"):
                worth(problem, solution, is_open)
            continue
        models.add(solution.model)
        assert worth(problem, solution, is_open) == pytest.approx(solution.objective, rel=1e-9, abs=1e-12)
        assert faults(problem, solution) == []
        lost = regret(problem, list(solution.opened), solution)
        assert lost.at_least == pytest.approx(0.0, abs=1e-9 * max(1.0, abs(solution.objective)))
        added = best_excluded(problem, solution)
        assert (added is None) == (len(solution.opened) == len(problem.sites))
    assert models


def test_a_plan_that_leaves_somebody_out_is_worth_nothing_where_all_must_be_covered():
    minutes = pd.DataFrame({"s": [1.0, 9.0], "t": [9.0, 1.0]}, ["a", "b"])
    problem = LocationProblem.from_matrix(minutes)
    solution = set_cover(problem, 5.0)
    assert worth(problem, solution, np.array([True, True])) == 2.0
    assert worth(problem, solution, np.array([True, False])) == np.inf
    assert regret(problem, ["s"], solution).at_least == np.inf


def test_conditions_that_cannot_be_met_together_are_named_as_few_as_can_be():
    """Villages a, b, c reach their own site only; z serves a and b."""
    minutes = pd.DataFrame(np.inf, list("abc"), list("wxyz"))
    for village, site in (("a", "w"), ("b", "x"), ("c", "y"), ("a", "z"), ("b", "z")):
        minutes.loc[village, site] = 1.0
    problem = LocationProblem.from_matrix(minutes)
    assert p_median(problem, 2, required=["y"]).opened == p_center(problem, 2).opened == ("y", "z")
    for model in (p_median, p_center):
        with pytest.raises(InfeasibleError, match="不能同时满足：正好开 2 个点位、必选 w；去掉其中任何一条"):
            model(problem, 2, required=["y", "w"])
        with pytest.raises(InfeasibleError, match="不能同时满足：正好开 2 个点位、禁选 z；去掉其中任何一条"):
            model(problem, 2, forbidden=["z"])
    small = LocationProblem.from_matrix(minutes, sites=pd.DataFrame({"capacity_persons": 1.5}, list("wxyz")))
    with pytest.raises(InfeasibleError, match="不能同时满足：正好开 2 个点位、各点位的容量；"):
        p_median(small, 2, required=["z"], capacitated=True)
    assert p_median(small, 3, required=["z"], capacitated=True).status == "optimal"


def test_lists_too_short_for_any_conditions_are_told_as_such():
    pairs = pd.DataFrame({"client": ["a"], "site": ["x"], "minutes": [1.0]})
    persons, sites = pd.Series(1.0, ["a", "b"]), pd.DataFrame(index=["x", "y"])
    short = LocationProblem.from_pairs(pairs, persons, sites, beyond=2.0)
    for model in (p_median, p_center):
        with pytest.raises(InfeasibleError, match="与所提条件无关"):
            model(short, 1)
    assert p_median(LocationProblem.from_pairs(pairs, persons[:1], sites, beyond=2.0), 1).opened == ("x",)
