"""Why this plan: what each opened site is worth, what another would add, what a given plan gives away."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from anyi_geo.errors import InfeasibleError
from anyi_geo.locate.problem import LocationProblem, places_of
from anyi_geo.locate.solution import LocationSolution, opened_mask
from anyi_geo.locate.solver import NoIncumbentError
from anyi_geo.locate.worth import worth


class Model(Protocol):
    """A model with everything but required and forbidden sites settled."""

    def __call__(
        self, problem: LocationProblem, *, required: Sequence[Hashable] = (), forbidden: Sequence[Hashable] = ()
    ) -> LocationSolution:
        """Solve."""


@dataclass(frozen=True)
class Regret:
    """What a given plan gives away against the best.

    Attributes
    ----------
    objective : float
        Of the given plan.
    best : float
        Of the best plan found.
    at_least, at_most : float
        The regret lies between: against the best plan found, against the bound.
    """

    objective: float
    best: float
    at_least: float
    at_most: float


def site_values(problem: LocationProblem, model: Model | None, solution: LocationSolution) -> pd.DataFrame:
    """Return how much worse the best plan gets when one opened site may not be used.

    At least so much follows from the prices of the relaxation where the solution has them, more by re-solving.

    Parameters
    ----------
    model : callable or None
        The model with everything but required and forbidden sites settled; None: prices only, nothing is solved, and
        `worse_at_most` is NaN.

    Returns
    -------
    DataFrame
        Index = the opened sites; `worse_at_least`, `worse_at_most` (inf: no plan without it), `instead` (tuple of the
        sites that the best plan without it opens in addition). The first compares bound with objective, and so is
        valid even when neither solve was proven.
    """
    sign = 1.0 if solution.sense == "min" else -1.0
    rows: dict[Hashable, tuple[float, float, tuple[Hashable, ...]]] = {}
    for site in solution.opened:
        priced = 0.0
        if solution.otherwise is not None:
            priced = max(0.0, sign * (float(solution.otherwise.at[site]) - solution.objective))
        if model is None:
            rows[site] = (priced, float("nan"), ())
            continue
        try:
            without = model(problem, forbidden=[site])
        except InfeasibleError:
            rows[site] = (float("inf"), float("inf"), ())
            continue
        least = max(priced, sign * (without.bound - solution.objective))
        most = max(0.0, sign * (without.objective - solution.bound))
        rows[site] = (least, most, tuple(place for place in without.opened if place not in solution.opened))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["worse_at_least", "worse_at_most", "instead"])


def opening_prices(solution: LocationSolution) -> pd.Series:
    """Return for every shut site how much worse, at least, any plan of the same demands is that opens it.

    From the prices of the relaxation; empty where the solution has none.
    """
    if solution.otherwise is None:
        return pd.Series(dtype=np.float64)
    sign = 1.0 if solution.sense == "min" else -1.0
    shut = solution.otherwise.drop(list(solution.opened))
    return (sign * (shut - solution.objective)).clip(lower=0.0)


def best_excluded(problem: LocationProblem, solution: LocationSolution) -> tuple[Hashable, float] | None:
    """Return the site that would add most if it were opened too, and by how much the objective betters; ties: label.

    Returns
    -------
    (label, float) or None
        Below 0 where a further site only costs; None when every site is open.

    Raises
    ------
    ProblemError
        The question has capacities.
    """
    sign = 1.0 if solution.sense == "min" else -1.0
    labels = problem.sites.index
    is_open = opened_mask(problem, places_of(solution.opened, labels, "opened"))
    gains = {}
    for place in (~is_open).nonzero()[0]:
        more = is_open.copy()
        more[place] = True
        gains[labels[place]] = sign * (solution.objective - worth(problem, solution, more))
    if not gains:
        return None
    site = max(gains, key=gains.__getitem__)
    return site, gains[site]


def regret(problem: LocationProblem, plan: Sequence[Hashable], solution: LocationSolution) -> Regret:
    """Return what a plan gives away against the solution, judged by the question that the solution answered.

    Raises
    ------
    ProblemError
        Labels that are no sites; the question has capacities.
    """
    sign = 1.0 if solution.sense == "min" else -1.0
    own = worth(problem, solution, opened_mask(problem, places_of(plan, problem.sites.index, "plan")))
    return Regret(
        objective=own,
        best=solution.objective,
        at_least=max(0.0, sign * (own - solution.objective)),
        at_most=max(0.0, sign * (own - solution.bound)),
    )


def conflict(solve: Callable[[Sequence[str]], object], wishes: Sequence[str]) -> tuple[str, ...]:
    """Return an irreducible set of the user's own conditions that cannot be met together.

    Deletion filter (Chinneck 2008): each condition is dropped in turn; what is still impossible without it did not
    need it. Every member is needed: without any one of them the rest can be met.

    Parameters
    ----------
    solve : callable
        Takes the conditions to keep and raises InfeasibleError when they cannot be met together.
    wishes : list of str
        The conditions, in his words.

    Returns
    -------
    tuple of str
        Empty when all can be met.
    """
    if not _impossible(solve, wishes):
        return ()
    kept = list(wishes)
    for wish in wishes:
        fewer = [other for other in kept if other != wish]
        if _impossible(solve, fewer):
            kept = fewer
    return tuple(kept)


def _impossible(solve: Callable[[Sequence[str]], object], wishes: Sequence[str]) -> bool:
    try:
        solve(wishes)
    except NoIncumbentError:
        raise
    except InfeasibleError:
        return True
    return False
