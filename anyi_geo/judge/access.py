"""What nearest-site figures hide: competition for seats, minutes beyond a threshold, cover that fades with distance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError
from anyi_geo.judge.coverage import COUNTY_SCOPE, TOLERANCE_MINUTES, Limits, minutes_by_point
from anyi_geo.judge.equity import gini


def two_step_access(
    minutes: pd.DataFrame, persons: pd.Series, seats: pd.Series, zones: Sequence[tuple[float, float]]
) -> pd.Series:
    """Return seats per person at every point by the enhanced two-step floating catchment area (E2SFCA).

    ::

        ratio_j  = seats_j / sum_i persons_i weight(minutes_ij)                                          (1)
        access_i = sum_j ratio_j weight(minutes_ij)                                                      (2)

    Hence the sum of access times persons equals the seats of all sites with anybody in their catchment.

    Parameters
    ----------
    minutes : DataFrame
        Points x open sites; inf = no way.
    persons : Series
        Persons per point, who compete for the seats.
    seats : Series
        Index site_id, >= 0.
    zones : sequence of (minutes, weight)
        Up to so many minutes a seat counts so much; ascending minutes. Beyond the last: nothing.

    Returns
    -------
    Series
        Index point; 0 where no seat is in reach.

    Raises
    ------
    ProblemError
        Zones out of order or weights outside (0, 1], unknown or negative seats.

    References
    ----------
    Luo & Qi 2009, An enhanced two-step floating catchment area (E2SFCA) method for measuring spatial accessibility to
    primary care physicians, Health & Place 15.
    """
    limits, weights = (np.array(part, float) for part in zip(*zones, strict=True)) if zones else (np.zeros(0),) * 2
    if not len(limits) or (np.diff(limits) <= 0).any() or limits[0] <= 0 or not ((weights > 0) & (weights <= 1)).all():
        raise ProblemError(
            f"可达性分带 {list(zones)} 应按分钟递增、权重在 0 至 1 之间。",
            f"Zones {list(zones)} need rising minutes and weights in (0, 1].",
        )
    given = seats.reindex(minutes.columns).to_numpy(float)
    if not (np.isfinite(given) & (given >= 0)).all():
        lacking = minutes.columns[~(np.isfinite(given) & (given >= 0))][0]
        raise ProblemError(f"点位 {lacking} 没有座位数。", f"Site {lacking} has no seats.")
    table = minutes.loc[persons.index].to_numpy(float)
    zone = np.searchsorted(limits + TOLERANCE_MINUTES, table)
    weight = np.append(weights, 0.0)[zone]
    demand = persons.to_numpy(float) @ weight
    ratio = np.divide(given, demand, out=np.zeros_like(given), where=demand > 0)
    return pd.Series(weight @ ratio, index=persons.index, name="access")


def access_table(
    access: Mapping[int, pd.Series], persons: pd.Series, townships: pd.Series, seats: Mapping[int, float]
) -> pd.DataFrame:
    """Summarise access per batch, for the county and each township.

    Parameters
    ----------
    access : mapping of batch to Series
        As :func:`two_step_access` returns it.
    persons, townships : Series
        Index point.
    seats : mapping of batch to float
        Seats open by then.

    Returns
    -------
    DataFrame
        batch, scope, persons, seats (county only), seats_per_1000 (mean over persons), gini (weighted by persons, those
        without access counted as 0), persons_without.
    """
    rows = []
    for batch, values in access.items():
        scopes = {COUNTY_SCOPE: persons.index, **{str(k): v for k, v in persons.groupby(townships).groups.items()}}
        for scope, points in scopes.items():
            value, people = values.loc[points].to_numpy(float), persons.loc[points].to_numpy(float)
            total = people.sum()
            rows.append(
                {
                    "batch": batch,
                    "scope": scope,
                    "persons": total,
                    "seats": seats[batch] if scope == COUNTY_SCOPE else np.nan,
                    "seats_per_1000": 1000 * float(value @ people) / total if total else np.nan,
                    "gini": gini(value, people),
                    "persons_without": float(people[value == 0].sum()),
                }
            )
    return pd.DataFrame(rows)


def envy(nearest: pd.DataFrame, persons: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Return how far beyond a threshold people travel: spatial envy.

    Parameters
    ----------
    nearest : DataFrame
        As :func:`anyi_geo.judge.coverage.nearest` returns it.
    persons : DataFrame
        Points x groups.
    threshold : float
        Minutes up to which nobody envies anybody.

    Returns
    -------
    DataFrame
        batch, group, mode, threshold_minutes, persons_beyond (who can arrive, but later), unreachable_persons,
        envy_minutes (mean minutes beyond the threshold over those who can arrive; who is within counts 0).

    References
    ----------
    Espejo, Marin, Puerto & Rodriguez-Chia 2009, A comparison of formulations and solution methods for the
    minimum-envy location problem, Computers & OR 36; with a threshold as in Kong et al. 2025.
    """
    rows = []
    for (batch, mode), minutes in minutes_by_point(nearest, persons.index).items():
        values = minutes.to_numpy(float)
        there = np.isfinite(values)
        late = np.where(there, np.maximum(values - threshold, 0.0), 0.0)
        late[late <= TOLERANCE_MINUTES] = 0.0
        for group in persons.columns:
            people = persons[group].to_numpy(float)
            arriving = people[there].sum()
            rows.append(
                {
                    "batch": batch,
                    "group": group,
                    "mode": mode,
                    "threshold_minutes": threshold,
                    "persons_beyond": float(people[late > 0].sum()),
                    "unreachable_persons": float(people[~there].sum()),
                    "envy_minutes": float(late @ people / arriving) if arriving else np.nan,
                }
            )
    return pd.DataFrame(rows)


def gradual(nearest: pd.DataFrame, persons: pd.DataFrame, limits: Limits, zeros: Limits) -> pd.DataFrame:
    """Count covered persons when cover fades from the limit to nothing at a second limit.

    Parameters
    ----------
    nearest, persons
        As in :func:`envy`.
    limits, zeros : mapping of group to (mapping of mode to minutes)
        Full up to `limits`, nothing from `zeros` on; pairs without a second limit are left out.

    Returns
    -------
    DataFrame
        batch, group, mode, limit_minutes, zero_minutes, covered, total, share.
    """
    rows = []
    for (batch, mode), minutes in minutes_by_point(nearest, persons.index).items():
        values = minutes.to_numpy(float)
        for group in persons.columns:
            full, zero = limits.get(group, {}).get(mode), zeros.get(group, {}).get(mode)
            if full is None or zero is None:
                continue
            strength = np.clip((zero - values) / (zero - full), 0.0, 1.0)
            people = persons[group].to_numpy(float)
            covered, total = float(strength @ people), float(people.sum())
            head = {"batch": batch, "group": group, "mode": mode, "limit_minutes": full, "zero_minutes": zero}
            rows.append({**head, "covered": covered, "total": total, "share": covered / total if total else np.nan})
    columns = ["batch", "group", "mode", "limit_minutes", "zero_minutes", "covered", "total", "share"]
    return pd.DataFrame(rows, columns=columns)
