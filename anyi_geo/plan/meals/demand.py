"""Who eats where: meals per dining point, what a canteen can cook, when cooking pays."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError

_ROUNDING = 1e-9


def diners(
    elders: pd.Series,
    walk_minutes: pd.DataFrame,
    *,
    point_village: pd.Series,
    dining_village: pd.Series,
    uptake: float,
    catchment_minutes: float,
) -> pd.Series:
    """Return the meals per service of every dining point.

    The uptake applies to those over 60 of the dining point's own village within the catchment on foot; somebody near
    two dining points of the village counts at the nearer one (equal minutes: the smaller id). Rounded to whole meals
    per dining point, halves up. Stated need is 5 to 14 times actual use and is never fed in.

    Parameters
    ----------
    elders : Series
        Demand point -> persons aged 60 and over.
    walk_minutes : DataFrame
        Demand points x dining points; inf = no way.
    point_village, dining_village : Series
        Village of every demand point and of every dining point.
    uptake : float
        Share of elders who eat, 0 to 1.
    catchment_minutes : float
        Walking limit, > 0.

    Returns
    -------
    Series
        Dining point -> whole meals.

    Raises
    ------
    ProblemError
        An uptake outside 0 to 1, a limit that is not positive, labels that differ.
    """
    if not 0 <= uptake <= 1:
        raise ProblemError(f"助餐参与率应在 0 到 1 之间，现为 {uptake}。", f"uptake must be 0 to 1, got {uptake}.")
    if not catchment_minutes > 0:
        raise ProblemError(
            f"步行时限应大于 0 分钟，现为 {catchment_minutes}。", f"catchment must be > 0, got {catchment_minutes}."
        )
    spots = pd.Index(sorted(dining_village.index))
    if set(walk_minutes.columns) != set(spots) or set(walk_minutes.index) != set(elders.index):
        raise ProblemError("分钟表与人口点、助餐点的编号不一致。", "walk_minutes has other labels than its points.")
    table = walk_minutes.loc[elders.index, spots].to_numpy(float)
    own = point_village.loc[elders.index].to_numpy()[:, None] == dining_village.loc[spots].to_numpy()[None, :]
    table = np.where(own, table, np.inf)
    nearest = table.argmin(axis=1)
    within = table[np.arange(len(table)), nearest] <= catchment_minutes + _ROUNDING
    near = np.bincount(nearest[within], weights=elders.to_numpy(float)[within], minlength=len(spots))
    meals = np.floor(near * uptake + 0.5 + _ROUNDING).astype(int)
    return pd.Series(meals, index=spots, name="meals").loc[dining_village.index]


def kitchen_capacity(canteen_m2: pd.Series, kitchen_share: float, m2_per_meal: float) -> pd.Series:
    """Return the meals per service that a canteen can cook: its kitchen's share of the area over the area of a meal.

    Raises
    ------
    ProblemError
        A negative area, a share outside 0 to 1, an area per meal that is not positive.
    """
    area = canteen_m2.astype(float)
    if (area < 0).any() or not 0 <= kitchen_share <= 1 or not m2_per_meal > 0:
        raise ProblemError(
            "食堂面积、厨房占比或每餐面积不对：面积不能为负，占比在 0 到 1 之间，每餐面积大于 0。",
            "canteen_m2 must be >= 0, kitchen_share 0 to 1, m2_per_meal > 0.",
        )
    return np.floor(area * kitchen_share / m2_per_meal + _ROUNDING).astype(int)


def break_even_diners(
    fixed_yuan_month: float, meals_per_month: float, cooked_yuan: float, delivered_yuan: float
) -> float:
    """Return the number of diners from which an own kitchen is cheaper than delivery.

    ``n* = F / (m (g - f))``: fixed cost of the kitchen over the saving per diner and month.

    Parameters
    ----------
    fixed_yuan_month : float
        Cook and utilities of the kitchen, per month.
    meals_per_month : float
        Meals of one diner, per month.
    cooked_yuan, delivered_yuan : float
        Yuan per meal cooked on the spot and delivered.

    Returns
    -------
    float
        inf when a delivered meal costs no more than one cooked on the spot.
    """
    saving = meals_per_month * (delivered_yuan - cooked_yuan)
    return fixed_yuan_month / saving if saving > 0 else math.inf
