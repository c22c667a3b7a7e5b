"""Who is covered: nearest open site per point, batch and way of travel; covered persons; ranges over displacements."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError

#: A minute value within this of the limit counts as within it; minutes are sums of floats.
TOLERANCE_MINUTES = 1e-9
COUNTY_SCOPE = "county"

Limits = Mapping[str, Mapping[str, float]]


def nearest(minutes: Mapping[str, pd.DataFrame], batch: pd.Series, batches: int) -> pd.DataFrame:
    """Return the nearest site that is open in each batch.

    Parameters
    ----------
    minutes : mapping of mode to DataFrame
        Points x sites, minutes; inf = no way. Every mode has the same points.
    batch : Series
        Index site_id (the opened sites), value the batch (1-based) in which it opens; open ever after.
    batches : int
        Number of batches, so that a plan without any site still has its rows.

    Returns
    -------
    DataFrame
        point_id, batch, mode, site_id, minutes; one row per point, batch and mode, sorted by batch, mode as given,
        point as given. Ties go to the smaller site_id; out of reach is site_id None and minutes inf.

    Raises
    ------
    ProblemError
        Points that differ between modes, a site without minutes, a batch out of range.
    """
    _check_plan(minutes, batch, batches)
    blocks = []
    for number in range(1, batches + 1):
        opened = batch.index[(batch <= number).to_numpy()].sort_values()
        for mode, table in minutes.items():
            site, least = _least(table[opened])
            blocks.append(
                pd.DataFrame(
                    {
                        "point_id": table.index,
                        "batch": number,
                        "mode": mode,
                        "site_id": pd.Series(site, table.index, dtype=object),
                        "minutes": least,
                    }
                )
            )
    return pd.concat(blocks, ignore_index=True)


def coverage(
    nearest: pd.DataFrame, persons: pd.DataFrame, townships: pd.Series, limits: Limits, plan: str
) -> pd.DataFrame:
    """Count the persons whose nearest open site is within the limit of their group.

    Parameters
    ----------
    nearest : DataFrame
        As :func:`nearest` returns it.
    persons : DataFrame
        Points x groups.
    townships : Series
        Township of each point.
    limits : mapping of group to (mapping of mode to minutes)
    plan : str
        Name written into the column `plan`.

    Returns
    -------
    DataFrame
        plan, batch, group, mode, limit_minutes, scope, covered, total, share; scope is "county" or a township. All
        persons of the scope are in `total`, reachable or not; share is NaN where there is nobody.
    """
    table = minutes_by_point(nearest, persons.index)
    place = _labelled(townships, persons.index, "township")
    rows = []
    for (batch, mode), least in table.items():
        for group, by_mode in limits.items():
            if mode not in by_mode:
                continue
            people = persons[group]
            within = people.where(least <= by_mode[mode] + TOLERANCE_MINUTES, 0)
            head = {"plan": plan, "batch": batch, "group": group, "mode": mode, "limit_minutes": float(by_mode[mode])}
            rows.append({**head, "scope": COUNTY_SCOPE, "covered": within.sum(), "total": people.sum()})
            sums = pd.DataFrame({"covered": within, "total": people}).groupby(place).sum()
            rows += [
                {**head, "scope": scope, "covered": covered, "total": total}
                for scope, covered, total in sums.itertuples()
            ]
    out = pd.DataFrame(rows, columns=["plan", "batch", "group", "mode", "limit_minutes", "scope", "covered", "total"])
    out["share"] = out["covered"] / out["total"].where(out["total"] > 0)
    return out


def coverage_ranges(
    place_minutes: Mapping[str, pd.DataFrame],
    draws: pd.DataFrame,
    batch: pd.Series,
    persons: pd.DataFrame,
    limits: Limits,
    batches: int,
) -> pd.DataFrame:
    """Return the spread of the county's shares when every site stands where each draw puts it.

    Parameters
    ----------
    place_minutes : mapping of mode to DataFrame
        Points x places, minutes; inf = no way.
    draws : DataFrame
        site_id x draw, the place where the site stands in that draw.
    batch : Series
        Index site_id (the opened sites), value its batch.
    persons : DataFrame
        Points x groups.
    limits : mapping of group to (mapping of mode to minutes)
    batches : int

    Returns
    -------
    DataFrame
        batch, group, mode, share_mean, share_sd (of the draws, ddof 0), share_low (5th percentile), share_high (95th);
        NaN where a group has nobody.

    Raises
    ------
    ProblemError
        A site without draws or a place without minutes.
    """
    missing = batch.index.difference(draws.index)
    if len(missing):
        raise ProblemError(f"点位 {missing[0]} 没有位移抽样。", f"Site {missing[0]} has no displacement draws.")
    order = batch.sort_values(kind="stable")
    rows = []
    for mode, table in place_minutes.items():
        least = table.loc[persons.index].to_numpy(float)
        found = table.columns.get_indexer(pd.Index(draws.loc[order.index].to_numpy().ravel()))
        if (found < 0).any():
            raise ProblemError("位移抽样中有未知的地点。", "A draw names a place that has no minutes.")
        standing = found.reshape(len(order), draws.shape[1])
        nearest_so_far = np.full((len(persons), draws.shape[1]), np.inf)
        for number in range(1, batches + 1):
            for row in np.flatnonzero((order == number).to_numpy()):
                np.minimum(nearest_so_far, least[:, standing[row]], out=nearest_so_far)
            for group, by_mode in limits.items():
                if mode in by_mode:
                    shares = _shares(nearest_so_far, persons[group].to_numpy(float), by_mode[mode])
                    rows.append({"batch": number, "group": group, "mode": mode, **_spread(shares)})
    out = pd.DataFrame(rows, columns=["batch", "group", "mode", "share_mean", "share_sd", "share_low", "share_high"])
    return out.sort_values("batch", kind="stable", ignore_index=True)


def _shares(minutes: np.ndarray, people: np.ndarray, limit: float) -> np.ndarray:
    total = people.sum()
    if total == 0:
        return np.full(minutes.shape[1], np.nan)
    return np.asarray(people @ (minutes <= limit + TOLERANCE_MINUTES) / total)


def _spread(shares: np.ndarray) -> dict[str, float]:
    low, high = np.percentile(shares, (5, 95))
    return {
        "share_mean": float(shares.mean()),
        "share_sd": float(shares.std()),
        "share_low": float(low),
        "share_high": float(high),
    }


def _check_plan(minutes: Mapping[str, pd.DataFrame], batch: pd.Series, batches: int) -> None:
    points: pd.Index | None = None
    for mode, table in minutes.items():
        if points is None:
            points = table.index
        if not table.index.equals(points):
            raise ProblemError(f"出行方式 {mode} 的需求点与其他方式不一致。", f"The points of {mode} differ.")
        missing = batch.index.difference(table.columns)
        if len(missing):
            raise ProblemError(f"点位 {missing[0]} 没有 {mode} 分钟数。", f"Site {missing[0]} has no {mode} minutes.")
    wrong = batch[~batch.isin(range(1, batches + 1))]
    if len(wrong):
        raise ProblemError(
            f"点位 {wrong.index[0]} 的批次 {wrong.iloc[0]} 不在 1 至 {batches} 之间。",
            f"Batch {wrong.iloc[0]} of {wrong.index[0]} is not one of 1 to {batches}.",
        )


def _least(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the first column of least minutes per row; columns are sorted by site id."""
    site = np.full(len(table), None, dtype=object)
    least = np.full(len(table), np.inf)
    if table.shape[1]:
        values = table.to_numpy(float)
        where = values.argmin(axis=1)
        least = values[np.arange(len(table)), where]
        reached = np.isfinite(least)
        site[reached] = table.columns.to_numpy(object)[where[reached]]
    return site, least


def minutes_by_point(nearest: pd.DataFrame, points: pd.Index) -> dict[tuple[int, str], pd.Series]:
    """Return the minutes of every point for each (batch, mode), in the order in which they stand in `nearest`."""
    out = {}
    for (batch, mode), block in nearest.groupby(["batch", "mode"], sort=False):
        key = (int(str(batch)), str(mode))
        out[key] = _labelled(block.set_index("point_id")["minutes"], points, "nearest")
    return out


def _labelled(values: pd.Series, points: pd.Index, what: str) -> pd.Series:
    missing = points.difference(values.index)
    if len(missing):
        raise ProblemError(f"需求点 {missing[0]} 没有 {what}。", f"Point {missing[0]} has no {what}.")
    return values.loc[points]
