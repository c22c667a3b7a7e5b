"""A county as it would be in another year: the same places, other persons."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from anyi_geo.county.load import County
from anyi_geo.county.projection import CENSUS, GROUP_SHARES, growth, projected_ages, read_censuses
from anyi_geo.errors import SettingError
from anyi_geo.schema import AGE_SEX_COLUMNS


def why_not_projected(county: County) -> str:
    """Return what keeps a county from being projected, as file or columns; empty when nothing does."""
    if read_censuses(county.folder) is None:
        return CENSUS
    columns = [name for name in AGE_SEX_COLUMNS if name not in county.villages or county.villages[name].isna().any()]
    return f"villages.geojson: {columns[0]} …" if columns else ""


def county_in_year(county: County, year: int, ratio_cap: float) -> County:
    """Return the county with the persons of another year at the same places.

    Each village is projected by the county's cohort change ratios; its demand points share every group as they do
    today. Persons are whole numbers whose sum is that of the county, by the largest remainder.

    Parameters
    ----------
    county : County
    year : int
        The last census or later.
    ratio_cap : float
        Largest cohort change ratio; inf = none.

    Raises
    ------
    SettingError
        No two censuses, villages without ages, or a year before the last census.
    """
    lacking = why_not_projected(county)
    censuses = read_censuses(county.folder)
    if lacking or censuses is None:
        raise SettingError(
            f"不能推算 {year} 年的人口，缺少 {lacking}：请补上，或去掉情景里的 target_year。",
            f"{year} cannot be projected without {lacking}: add it, or drop target_year from the scenario.",
        )
    ages = county.villages[list(AGE_SEX_COLUMNS)]
    later = projected_ages(ages, censuses, year, ratio_cap)
    points, villages = county.points.copy(), county.villages.copy()
    for column in GROUP_SHARES:
        if column not in points.columns or points[column].isna().any():
            continue
        factor = growth(ages, later, column)
        factor = factor.where(np.isfinite(factor), 1.0)
        points[column] = _whole(points[column].to_numpy(float) * factor.loc[points["village_id"]].to_numpy())
        villages[column] = points.groupby("village_id")[column].sum().reindex(villages.index, fill_value=0)
    return replace(county, points=points, villages=villages)


def ratio_caps(ratio_cap: float) -> tuple[float, ...]:
    """Return the given cap and those shown beside it as the range: 1.0, 1.1 and none."""
    return tuple(dict.fromkeys((ratio_cap, 1.0, 1.1, math.inf)))


def _whole(values: np.ndarray) -> np.ndarray:
    """Round to whole numbers that keep the rounded sum: the largest remainders are rounded up."""
    low = np.floor(values + 1e-9)
    short = round(float(values.sum())) - int(low.sum())
    order = np.argsort(-(values - low), kind="stable")
    low[order[: max(0, short)]] += 1
    return low.astype(int)
