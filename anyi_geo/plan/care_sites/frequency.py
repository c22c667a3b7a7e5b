"""How often each site is chosen when what is not known for certain moves within its errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from anyi_geo.locate.settings import SolverSettings
from anyi_geo.plan.care_sites.cover import Cover
from anyi_geo.plan.care_sites.problem import CareSiteProblem
from anyi_geo.plan.care_sites.solve import best_plan


def selection_frequency(
    problem: CareSiteProblem, worlds: Iterable[tuple[Cover, pd.DataFrame]], settings: SolverSettings
) -> pd.Series:
    """Plan for every possible world and count in how many each site is chosen.

    Parameters
    ----------
    problem : CareSiteProblem
        Conditions and weights; its cover and persons give way to those of each world.
    worlds : iterable of (cover, persons)
        Cover by group as in ``CareSiteProblem.cover``, and persons, points x groups.
    settings : SolverSettings
        For each plan.

    Returns
    -------
    Series
        Index site_id, share of the worlds in which the site is opened in any batch.

    Raises
    ------
    ValueError
        No world at all.
    """
    chosen = pd.Series(0.0, index=problem.sites.index.sort_values().rename("site_id"), name="chosen_share")
    count = 0
    for cover, persons in worlds:
        batch = best_plan(replace(problem, cover=(cover,), persons=persons), settings)
        chosen.loc[batch.index] += 1
        count += 1
    if not count:
        raise ValueError("no world to plan for")
    return chosen / count


def shaken_persons(
    persons: pd.DataFrame, places: pd.Series, log_sd: float, factors: dict[str, tuple[float, float]], seed: int
) -> pd.DataFrame:
    """Return persons as they might be: every place off by its own factor, every group by one of its own.

    Parameters
    ----------
    persons : DataFrame
        Points x groups.
    places : Series
        Index point, the place that shares one error (the village).
    log_sd : float
        Standard deviation of the logarithm of a place's factor, >= 0.
    factors : dict of group to (low, high)
        Range of the factor of a group, drawn evenly on the logarithm; missing groups keep 1.
    seed : int
    """
    rng = np.random.default_rng(seed)
    names = sorted(places.unique())
    by_place = pd.Series(np.exp(rng.normal(0.0, log_sd, len(names))), index=names)
    own = by_place.loc[places.loc[persons.index]].to_numpy()
    out = persons.mul(own, axis=0)
    for group in persons.columns:
        low, high = factors.get(group, (1.0, 1.0))
        out[group] *= np.exp(rng.uniform(np.log(low), np.log(high)))
    return out
