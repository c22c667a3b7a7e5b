"""From labelled minutes to cover tables, nominal and displaced."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from anyi_geo.errors import ProblemError

#: A minute value within this of the limit counts as within it; minutes are sums of floats.
TOLERANCE_MINUTES = 1e-9

Cover = Mapping[str, csr_array]


def cover_within(minutes: pd.DataFrame, limit: float, points: pd.Index, sites: pd.Index) -> csr_array:
    """Return 1 where a site lies within the limit of a point.

    Parameters
    ----------
    minutes : DataFrame
        Points x sites, minutes; inf = no way.
    limit : float
        Minutes, > 0.
    points, sites : Index
        Labels in the order wanted; each must be in `minutes`.

    Returns
    -------
    csr_array
        ``len(points)`` x ``len(sites)``, strength 1.

    Raises
    ------
    ProblemError
        A label that `minutes` does not have, or a limit that is not positive.
    """
    _check_limit(limit)
    table = _labelled(minutes, points, sites)
    return csr_array((table <= limit + TOLERANCE_MINUTES).astype(float))


def gradual_cover(minutes: pd.DataFrame, full: float, zero: float, points: pd.Index, sites: pd.Index) -> csr_array:
    """Return cover that is 1 up to `full` minutes and falls linearly to 0 at `zero` minutes.

    Raises
    ------
    ProblemError
        As :func:`cover_within`; also when `zero` is not above `full`.

    References
    ----------
    Berman, Krass & Drezner 2003, The gradual covering decay location problem on a network, EJOR 151.
    """
    _check_limit(full)
    if not zero > full:
        raise ProblemError(
            f"渐变覆盖的外限 {zero} 分钟应大于内限 {full} 分钟。", f"zero ({zero}) must exceed full ({full})."
        )
    table = _labelled(minutes, points, sites)
    return csr_array(np.clip((zero - table) / (zero - full), 0.0, 1.0))


def nominal_cover(
    minutes: pd.DataFrame, limits: Mapping[str, float], points: pd.Index, sites: pd.Index
) -> tuple[Cover, ...]:
    """Return the one draw in which every site stands where the data put it.

    Parameters
    ----------
    minutes : DataFrame
        Points x sites, minutes.
    limits : mapping of group to minutes
    points, sites : Index
        Labels in the order of the problem's persons and sites.
    """
    tables = {limit: cover_within(minutes, limit, points, sites) for limit in dict.fromkeys(limits.values())}
    return ({group: tables[limit] for group, limit in limits.items()},)


def displaced_cover(
    place_minutes: pd.DataFrame, draws: pd.DataFrame, limits: Mapping[str, float], points: pd.Index, sites: pd.Index
) -> tuple[Cover, ...]:
    """Return one cover mapping per draw, every site standing at the place that the draw gives it.

    Parameters
    ----------
    place_minutes : DataFrame
        Points x places, minutes.
    draws : DataFrame
        site_id x draw, the place where the site stands in that draw.
    limits : mapping of group to minutes
    points, sites : Index
        Labels in the order of the problem's persons and sites.

    Raises
    ------
    ProblemError
        A site without a draw, a place without minutes, a limit that is not positive.
    """
    missing = sites.difference(draws.index)
    if len(missing):
        raise ProblemError(f"点位 {missing[0]} 没有位移抽样。", f"Site {missing[0]} has no displacement draws.")
    for limit in limits.values():
        _check_limit(limit)
    table = _labelled(place_minutes, points, place_minutes.columns)
    standing = place_minutes.columns.get_indexer(pd.Index(draws.loc[sites].to_numpy().ravel())).reshape(len(sites), -1)
    if (standing < 0).any():
        raise ProblemError("位移抽样中有未知的地点。", "A draw names a place that has no minutes.")
    within = {limit: table <= limit + TOLERANCE_MINUTES for limit in dict.fromkeys(limits.values())}
    covers = []
    for draw in range(standing.shape[1]):
        tables = {limit: csr_array(near[:, standing[:, draw]].astype(float)) for limit, near in within.items()}
        covers.append({group: tables[limit] for group, limit in limits.items()})
    return tuple(covers)


def _check_limit(limit: float) -> None:
    if not limit > 0:
        raise ProblemError(f"时限应大于 0 分钟，现为 {limit}。", f"A limit must be > 0 minutes, got {limit}.")


def _labelled(minutes: pd.DataFrame, rows: pd.Index, columns: pd.Index) -> np.ndarray:
    for labels, have, zh, en in ((rows, minutes.index, "需求点", "point"), (columns, minutes.columns, "点位", "site")):
        missing = labels.difference(have)
        if len(missing):
            raise ProblemError(f"分钟表缺少{zh} {missing[0]}。", f"minutes lacks the {en} {missing[0]}.")
    table = minutes.loc[rows, columns].to_numpy(float)
    if np.isnan(table).any():
        raise ProblemError("分钟表有空值；无路可达应写 inf。", "minutes holds NaN; write inf for no way.")
    return table
