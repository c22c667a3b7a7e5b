"""Demand for meals, what a kitchen can cook, and from how many diners an own kitchen pays."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError


def diners(
    persons_60plus: pd.Series,
    villages: pd.Series,
    minutes_walk: pd.DataFrame,
    dining_villages: pd.Series,
    *,
    uptake: float,
    catchment_minutes: float,
) -> pd.Series:
    """Return the meals of one service period at every dining point.

    The uptake is a share of those over 60 of the dining point's own village who live within the catchment on foot.
    Each person is counted once: at the nearest dining point of the village, of equally near ones at the first by id.
    Meals are whole: the product is rounded to the nearest whole number, halves up.

    Parameters
    ----------
    persons_60plus : Series
        Index: demand points; persons aged 60 and over, >= 0.
    villages : Series
        Index: the same demand points; village of each.
    minutes_walk : DataFrame
        Demand points x dining points, minutes on foot; inf = no way.
    dining_villages : Series
        Index: dining points; village of each.
    uptake : float
        Share in [0, 1]; actual use, never stated need.
    catchment_minutes : float
        Limit on foot, >= 0, ends included.

    Returns
    -------
    Series
        Index: dining points; meals, whole.

    Raises
    ------
    ProblemError
        Labels that disagree, negative or missing numbers, an uptake outside [0, 1].
    """
    _check_diners(persons_60plus, villages, minutes_walk, dining_villages, uptake, catchment_minutes)
    points, places = persons_60plus.index, dining_villages.index.sort_values()
    walk = minutes_walk.loc[points, places].to_numpy(dtype=float)
    own = villages.loc[points].to_numpy()[:, None] == dining_villages.loc[places].to_numpy()[None]
    allowed = np.where(own & (walk <= catchment_minutes), walk, math.inf)
    counted = np.zeros(len(places))
    if len(places):
        nearest = allowed.argmin(axis=1)
        there = np.isfinite(allowed[np.arange(len(points)), nearest])
        np.add.at(counted, nearest[there], persons_60plus.to_numpy(dtype=float)[there])
    # 0.13 x 50 is 6.5 on paper and 6.500000000000001 or 6.4999... in binary: a billionth decides no meal.
    meals = np.floor(counted * uptake + 0.5 + 1e-9)
    return pd.Series(meals.astype(np.int64), index=places, name="meals").loc[dining_villages.index]


def _check_diners(
    persons: pd.Series,
    villages: pd.Series,
    walk: pd.DataFrame,
    dining: pd.Series,
    uptake: float,
    catchment: float,
) -> None:
    for index, name in ((persons.index, "persons_60plus"), (dining.index, "dining_villages")):
        if not index.is_unique:
            raise ProblemError(f"{name} 编号重复。", f"labels of {name} are repeated.")
    pairs = (
        (villages.index, persons.index, "villages"),
        (walk.index, persons.index, "minutes_walk rows"),
        (walk.columns, dining.index, "minutes_walk columns"),
    )
    for found, wanted, name in pairs:
        if not found.is_unique or set(found) != set(wanted):
            raise ProblemError(f"{name} 的编号与人口、助餐点不一致。", f"labels of {name} disagree.")
    if not (np.isfinite(persons.to_numpy(dtype=float)) & (persons.to_numpy(dtype=float) >= 0)).all():
        raise ProblemError("60岁及以上人数应为非负数。", "persons_60plus must be >= 0.")
    if not (walk.to_numpy(dtype=float) >= 0).all():
        raise ProblemError("步行分钟应为非负数（走不到写 inf）。", "minutes_walk must be >= 0 (inf = no way).")
    if not 0 <= uptake <= 1:
        raise ProblemError(f"参与率应在 0 与 1 之间，现为 {uptake}。", f"uptake must lie in [0, 1], got {uptake}.")
    if not catchment >= 0:
        raise ProblemError(f"步行时限不能为负，现为 {catchment}。", f"catchment_minutes must be >= 0, got {catchment}.")


def kitchen_capacity(canteen_m2: pd.Series, *, kitchen_share: float, m2_per_meal: float) -> pd.Series:
    """Return the meals a kitchen cooks per service period: ``floor(canteen x kitchen share / area per meal)``.

    Parameters
    ----------
    canteen_m2 : Series
        Canteen area, kitchen and dining room together; unknown areas (NaN) stay NaN, to be asked for by name.
    kitchen_share : float
        Part of it that is kitchen, in (0, 1].
    m2_per_meal : float
        Kitchen area per meal, > 0.

    Raises
    ------
    ProblemError
        A negative area, a share outside (0, 1], an area per meal that is not positive.
    """
    if not 0 < kitchen_share <= 1:
        raise ProblemError(
            f"厨房占食堂的比例应在 0 与 1 之间，现为 {kitchen_share}。",
            f"kitchen_share must lie in (0, 1], got {kitchen_share}.",
        )
    if not m2_per_meal > 0:
        raise ProblemError(
            f"每份餐的厨房面积应大于 0，现为 {m2_per_meal}。", f"m2_per_meal must be > 0, got {m2_per_meal}."
        )
    wrong = canteen_m2.index[canteen_m2 < 0]
    if len(wrong):
        names = "、".join(str(label) for label in wrong)
        raise ProblemError(f"食堂面积为负：{names}。", f"canteen_m2 is negative at: {names}.")
    return np.floor(canteen_m2.astype(float) * kitchen_share / m2_per_meal + 1e-9).rename("capacity_meals")


def break_even_diners(fixed_per_month: float, meals_per_month: float, food_cost: float, delivered_cost: float) -> float:
    """Return from how many diners an own kitchen costs no more than delivery: ``F / (m (g - f))``.

    Parameters
    ----------
    fixed_per_month : float
        F, yuan per month: cook, utilities.
    meals_per_month : float
        m, meals per diner and month.
    food_cost, delivered_cost : float
        f and g, yuan per meal cooked here and delivered.

    Returns
    -------
    float
        Diners; inf when a delivered meal costs no more than the food.

    Raises
    ------
    ProblemError
        Negative numbers, or no meals.
    """
    if not (min(fixed_per_month, food_cost, delivered_cost) >= 0 and meals_per_month > 0):
        raise ProblemError("费用不能为负，每月餐数应大于 0。", "costs must be >= 0 and meals_per_month > 0.")
    saved = meals_per_month * (delivered_cost - food_cost)
    return fixed_per_month / saved if saved > 0 else math.inf
