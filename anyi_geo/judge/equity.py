"""How evenly a plan serves people and places."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anyi_geo.judge.coverage import COUNTY_SCOPE, Limits, coverage, minutes_by_point


def equity(nearest: pd.DataFrame, persons: pd.DataFrame, townships: pd.Series, limits: Limits) -> pd.DataFrame:
    """Return the Gini coefficient of minutes and the township with the least covered share.

    Parameters
    ----------
    nearest : DataFrame
        As :func:`anyi_geo.judge.coverage.nearest` returns it.
    persons : DataFrame
        Points x groups.
    townships : Series
        Township of each point.
    limits : mapping of group to (mapping of mode to minutes)

    Returns
    -------
    DataFrame
        batch, group, mode, gini, worst_township, worst_share. `gini` is over the minutes of the persons who can reach a
        site (0 = all alike); those who cannot are counted in the minutes table and as uncovered in `worst_share`.
        Townships without a person of the group are left out; equal shares go to the name that sorts first.
    """
    shares = coverage(nearest, persons, townships, limits, plan="")
    shares = shares[(shares["scope"] != COUNTY_SCOPE) & (shares["total"] > 0)]
    worst = (
        shares.sort_values(["share", "scope"], kind="stable").groupby(["batch", "group", "mode"], sort=False).first()
    )
    minutes = minutes_by_point(nearest, persons.index)
    rows = []
    for (batch, mode), least in minutes.items():
        for group, by_mode in limits.items():
            if mode not in by_mode:
                continue
            last = worst.loc[[key]] if (key := (batch, group, mode)) in worst.index else None
            rows.append(
                {
                    "batch": batch,
                    "group": group,
                    "mode": mode,
                    "gini": gini(least.to_numpy(float), persons[group].to_numpy(float)),
                    "worst_township": None if last is None else last["scope"].iloc[0],
                    "worst_share": float("nan") if last is None else float(last["share"].iloc[0]),
                }
            )
    return pd.DataFrame(rows)


def gini(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted Gini coefficient over finite values.

    ``sum_ij w_i w_j |x_i - x_j| / (2 W^2 mean)``: half the mean difference between two persons over the mean; 0 when
    the mean is 0, NaN without weight.

    Parameters
    ----------
    values : ndarray
        Non-negative; inf is left out.
    weights : ndarray
        Persons, >= 0.

    References
    ----------
    Gini 1912, Variabilita e mutabilita; weighted form after Lerman & Yitzhaki 1989, Improving the accuracy of estimates
    of Gini coefficients, Journal of Econometrics 42.
    """
    counted = np.isfinite(values) & (weights > 0)
    order = np.argsort(values[counted], kind="stable")
    value, weight = values[counted][order], weights[counted][order]
    total = weight.sum()
    if total <= 0:
        return float("nan")
    whole = value @ weight
    if whole == 0:
        return 0.0
    below = np.cumsum(weight) - weight / 2  # weight before each person, half of his own place
    return float(2 * (weight * value) @ below / (total * whole) - 1)
