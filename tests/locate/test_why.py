"""Why and why not, against enumeration."""

from functools import partial

import pytest

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate import p_median, set_cover
from anyi_geo.locate.medians import value
from anyi_geo.locate.why import best_excluded, conflict, regret, site_values
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
    site, gain = best_excluded(problem, value, solution)
    assert (site, gain) == (min(added, key=added.get), pytest.approx(solution.objective - min(added.values())))
    other = regret(problem, value, [site], solution)
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
