"""Malformed problems: one clear error each, beside the value that is still allowed."""

import numpy as np
import pandas as pd
import pytest

from anyi_geo.errors import InfeasibleError, ProblemError
from anyi_geo.locate import LocationProblem, SolverSettings, max_cover, p_center, p_median, set_cover

MINUTES = pd.DataFrame([[1.0, 5.0], [4.0, 2.0]], ["a", "b"], ["x", "y"])
PERSONS = pd.Series([3.0, 1.0], ["a", "b"])
INF = np.inf


def _with(value):
    table = MINUTES.copy()
    table.loc["a", "x"] = value
    return table


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ((_with(np.nan),), (_with(INF),)),
        ((_with(-1e-9),), (_with(0.0),)),
        ((MINUTES.set_axis(["a", "a"]),), (MINUTES.set_axis(["a", "b"]),)),
        ((MINUTES.set_axis(["x", "x"], axis=1),), (MINUTES.set_axis(["x", "z"], axis=1),)),
        ((MINUTES.iloc[:0],), (MINUTES.iloc[:1],)),
        ((MINUTES.iloc[:, :0],), (MINUTES.iloc[:, :1],)),
        ((MINUTES * INF,), (_with(INF),)),
        ((MINUTES, PERSONS * 0), (MINUTES, PERSONS * [0, 1])),
        ((MINUTES, -PERSONS), (MINUTES, PERSONS)),
        ((MINUTES, PERSONS * np.nan), (MINUTES, PERSONS)),
        ((MINUTES, PERSONS.rename({"a": "c"})), (MINUTES, PERSONS.iloc[::-1])),
        ((MINUTES, PERSONS.iloc[:1]), (MINUTES, PERSONS)),
        ((MINUTES, None, pd.DataFrame(index=["x", "z"])), (MINUTES, None, pd.DataFrame(index=["y", "x"]))),
        ((MINUTES.astype(object).replace(1.0, "far"),), (MINUTES.astype(int),)),
    ],
)
def test_matrix(bad, good):
    with pytest.raises(ProblemError) as caught:
        LocationProblem.from_matrix(*bad)
    assert isinstance(caught.value, ValueError)
    assert caught.value.message.zh != caught.value.message.en
    assert p_median(LocationProblem.from_matrix(*good), 1).objective >= 0


def test_pairs():
    pairs = pd.DataFrame({"client": ["a", "a", "b"], "site": ["x", "y", "y"], "minutes": [1.0, 5.0, 2.0]})
    problem = LocationProblem.from_pairs(pairs, PERSONS)
    assert p_median(problem, 1).opened == ("y",)  # nothing leads from b to x
    for bad in (pairs.drop(columns="site"), pd.concat([pairs, pairs[:1]]), pairs.replace("b", "c"), pairs.iloc[:0]):
        with pytest.raises(ProblemError):
            LocationProblem.from_pairs(bad, PERSONS)
    for beyond in (-1.0, np.nan):
        with pytest.raises(ProblemError):
            LocationProblem.from_pairs(pairs, PERSONS, beyond=beyond)


def test_what_is_not_listed_is_never_promised():
    """Site x is 4 from b, which the list hides: only `beyond` is known of it."""
    pairs = pd.DataFrame({"client": ["a", "a", "b"], "site": ["x", "y", "y"], "minutes": [1.0, 9.0, 8.0]})
    sure = p_median(LocationProblem.from_pairs(pairs), 1)
    assert (sure.objective, sure.bound, sure.status) == (17.0, 17.0, "optimal")
    unsure = p_median(LocationProblem.from_pairs(pairs, beyond=4.0), 1)
    assert unsure.objective == 17.0
    assert unsure.bound <= 5.0
    assert unsure.status == "feasible"
    assert set_cover(LocationProblem.from_pairs(pairs, beyond=4.0), 9.0).bound <= 1.0
    assert p_center(LocationProblem.from_pairs(pairs, beyond=4.0), 1).bound <= 4.0
    hidden = max_cover(LocationProblem.from_pairs(pairs, beyond=4.0), 1, 5.0)
    assert (hidden.objective, hidden.bound) == (1.0, 2.0)


@pytest.mark.parametrize("model", [p_median, p_center, lambda p, c, **k: max_cover(p, c, 3.0, **k)])
def test_demands(model):
    problem = LocationProblem.from_matrix(MINUTES, PERSONS)
    for bad in (0, 3, -1, 1.5, "1", None, True):
        with pytest.raises(ProblemError):
            model(problem, bad)
    assert len(model(problem, 2).opened) <= 2
    for demand in (
        {"required": ["q"]},
        {"forbidden": ["q"]},
        {"required": ["x"], "forbidden": ["x"]},
        {"required": "x"},
    ):
        with pytest.raises(ProblemError):
            model(problem, 1, **demand)
    assert model(problem, 1, required=["y"], forbidden=["x"]).opened == ("y",)
    with pytest.raises(InfeasibleError):
        model(problem, 1, required=["x", "y"])


def test_limits():
    problem = LocationProblem.from_matrix(MINUTES)
    for bad in (-1, np.nan, INF, "15"):
        with pytest.raises(ProblemError):
            set_cover(problem, bad)
        with pytest.raises(ProblemError):
            max_cover(problem, 1, bad)
    with pytest.raises(ProblemError):
        set_cover(problem, 5, times=0)
    with pytest.raises(ProblemError):
        max_cover(problem, None, 5)
    with pytest.raises(ProblemError):
        p_center(problem, 1, capacitated=True)
    with pytest.raises(ProblemError, match="capacity_persons"):
        p_median(problem, 1, capacitated=True)
    with pytest.raises(InfeasibleError):
        set_cover(problem, 5, times=3)
    assert set_cover(problem, 5, times=2).objective == 2
    for bad in ({"seconds": 0}, {"gap": -1}, {"threads": 0}):
        with pytest.raises(ProblemError):
            SolverSettings(**bad)


def test_one_client_one_site_and_nothing_to_travel():
    problem = LocationProblem.from_matrix(pd.DataFrame([[0.0]], ["a"], ["x"]))
    for solution in (p_median(problem, 1), p_center(problem, 1), set_cover(problem, 0), max_cover(problem, 1, 0)):
        assert solution.status == "optimal"
        assert solution.opened == ("x",)
        assert solution.gap == 0
