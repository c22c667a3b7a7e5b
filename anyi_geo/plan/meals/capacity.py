"""Meals a kitchen can cook, from its area by a piecewise linear table that the county may edit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError


def capacity_by_table(canteen_m2: pd.Series, table: pd.DataFrame, *, kitchen_share: float) -> pd.Series:
    """Return the meals per service period: linear from nothing to the first row, between rows, and on past the last.

    Parameters
    ----------
    canteen_m2 : Series
        Kitchen and dining room together, >= 0; unknown areas (NaN) stay NaN, to be asked for by name.
    table : DataFrame
        kitchen_m2 and meals, both growing from row to row, > 0. Past the last row its own meals per m2 hold.
    kitchen_share : float
        Part of the canteen that is kitchen, in (0, 1].

    Raises
    ------
    ProblemError
        An empty table, rows that do not grow, a negative area, a share outside (0, 1].
    """
    knots = table.sort_values("kitchen_m2")
    area, meals = knots["kitchen_m2"].to_numpy(dtype=float), knots["meals"].to_numpy(dtype=float)
    steps = np.diff(area, prepend=0.0), np.diff(meals, prepend=0.0)
    if not len(knots) or not all((step > 0).all() for step in steps):
        raise ProblemError(
            "厨房能力表应至少一行，面积和份数都逐行增大且大于 0。",
            "The kitchen table needs a row, and area and meals must grow from row to row.",
        )
    if not 0 < kitchen_share <= 1:
        raise ProblemError(
            f"厨房占食堂的比例应在 0 与 1 之间，现为 {kitchen_share}。",
            f"kitchen_share must lie in (0, 1], got {kitchen_share}.",
        )
    wrong = canteen_m2.index[canteen_m2 < 0]
    if len(wrong):
        names = "、".join(str(label) for label in wrong)
        raise ProblemError(f"食堂面积为负：{names}。", f"canteen_m2 is negative at: {names}.")
    kitchen = canteen_m2.astype(float) * kitchen_share
    inside = np.interp(kitchen, np.concatenate([[0.0], area]), np.concatenate([[0.0], meals]))
    beyond = kitchen * meals[-1] / area[-1]
    return pd.Series(
        np.floor(np.where(kitchen > area[-1], beyond, inside) + 1e-9), canteen_m2.index, name="capacity_meals"
    )
