"""What must hold for every problem."""

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anyi_geo.locate import LocationProblem, faults, max_cover, p_center, p_median, set_cover
from tests.locate.small import median_value, subsets, tables

seeds = st.integers(0, 10_000)
few = settings(max_examples=12, deadline=None, derandomize=True)


def _problem(seed):
    minutes, persons, sites = tables(seed, lost=0.0)
    return minutes, persons, LocationProblem.from_matrix(minutes, persons, sites)


@few
@given(seeds)
def test_one_more_site_never_hurts(seed):
    minutes, _, problem = _problem(seed)
    counts = range(1, minutes.shape[1] + 1)
    medians = [p_median(problem, count).objective for count in counts]
    centers = [p_center(problem, count).objective for count in counts]
    covers = [-max_cover(problem, count, 6).objective for count in counts]
    for values in (medians, centers, covers):
        assert (np.diff(values) <= 1e-9).all()


@few
@given(seeds)
def test_row_order_does_not_matter(seed):
    minutes, persons, problem = _problem(seed)
    mixed = minutes.sample(frac=1, random_state=seed).sample(frac=1, axis=1, random_state=seed)
    other = LocationProblem.from_matrix(mixed, persons.sample(frac=1, random_state=seed + 1))
    limit = float(minutes.min(axis=1).max())
    for model in (
        lambda p: p_median(p, 2),
        lambda p: p_center(p, 2),
        lambda p: set_cover(p, limit),
        lambda p: max_cover(p, 1, 6),
    ):
        one, two = model(problem), model(other)
        assert one.opened == two.opened
        assert list(two.served_by.index) == list(mixed.index)
        pd.testing.assert_series_equal(one.served_by, two.served_by.reindex(one.served_by.index))


@few
@given(seeds)
def test_doubling_all_persons_changes_no_choice(seed):
    minutes, persons, problem = _problem(seed)
    doubled = LocationProblem.from_matrix(minutes, 2 * persons)
    one, two = p_median(problem, 2), p_median(doubled, 2)
    assert one.opened == two.opened
    assert two.objective == 2 * one.objective
    assert max_cover(problem, 1, 6).opened == max_cover(doubled, 1, 6).opened


@few
@example(488)  # every site is decided: the prices run away, and their sum once rounded above the optimum
@given(seeds)
def test_all_open_means_nearest_and_required_are_open(seed):
    minutes, persons, problem = _problem(seed)
    everything = p_median(problem, minutes.shape[1])
    assert everything.objective == median_value(minutes, persons, list(range(minutes.shape[1])))
    last = minutes.columns[-1]
    for solution in (p_median(problem, 1, required=[last]), p_center(problem, 1, required=[last])):
        assert solution.opened == (last,)
        assert solution.status == "optimal"


@few
@given(seeds, st.integers(1, 4))
def test_truncated_lists_bound_the_whole(seed, listed):
    """With only the nearest sites listed the bound still holds for the whole problem."""
    minutes, persons, _ = _problem(seed)
    listed = min(listed, minutes.shape[1])
    rows = [
        (client, site, value)
        for client, row in minutes.iterrows()
        for site, value in row.sort_values(kind="stable").head(listed).items()
    ]
    pairs = pd.DataFrame(rows, columns=["client", "site", "minutes"])
    beyond = pairs.groupby("client")["minutes"].max()
    problem = LocationProblem.from_pairs(pairs, persons, pd.DataFrame(index=minutes.columns), beyond=beyond)
    true = min(median_value(minutes, persons, s) for s in subsets(minutes.shape[1], [2]))
    radius = min(minutes.to_numpy()[:, s].min(axis=1).max() for s in subsets(minutes.shape[1], [2]))
    for model, value in ((p_median, true), (p_center, radius)):
        try:
            solution = model(problem, 2)
        except RuntimeError:
            continue  # no listed site for somebody: nothing is promised
        assert solution.bound <= value + 1e-9 <= solution.objective + 2e-9
        assert faults(problem, solution, count=2) == []
