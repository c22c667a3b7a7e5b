"""Whom a scenario counts: its groups that the county knows, in the year that it asks for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anyi_geo.county import County, county_in_year, ratio_caps, read_censuses, why_not_projected
from anyi_geo.errors import SettingError
from anyi_geo.settings import Group, Settings


def with_demand(county: County, settings: Settings) -> tuple[County, Settings]:
    """Return the county in the scenario's target year, and the settings without optional groups that it lacks.

    Raises
    ------
    SettingError
        A target year that cannot be projected.
    """
    groups = {
        name: group
        for name, group in settings.demand.groups.items()
        if not group.optional or _known(county.points, group.column)
    }
    year = settings.demand.target_year
    if year is not None:
        county = county_in_year(county, year, settings.demand.ratio_cap)
    return county, settings.model_copy(update={"demand": settings.demand.model_copy(update={"groups": groups})})


def persons_by_group(county: County, settings: Settings) -> pd.DataFrame:
    """Return persons per demand point and group of the scenario; nobody is dropped."""
    rural = county.points["rural"].to_numpy(bool)
    out = {}
    for name, group in settings.demand.groups.items():
        if group.column not in county.points.columns:
            raise SettingError(
                f"人群 {name} 的数据列 {group.column} 不存在。", f"Group {name}: there is no column {group.column}."
            )
        out[name] = county.points[group.column].to_numpy(int) * _belongs(group, rural)
    return pd.DataFrame(out, index=county.points.index)


def persons_in_years(county: County, settings: Settings) -> dict[tuple[int, float], pd.DataFrame]:
    """Return (year, ratio cap) -> persons per demand point and group, for the years in which a plan is judged.

    Parameters
    ----------
    county : County
        As the data have it, before any target year.

    Returns
    -------
    dict
        Empty where the county has no two censuses.

    Raises
    ------
    SettingError
        A year before the last census.
    """
    if why_not_projected(county):
        return {}
    return {
        (year, cap): persons_by_group(county_in_year(county, year, cap), settings)
        for year in settings.demand.judged_years
        for cap in ratio_caps(settings.demand.ratio_cap)
    }


def check_years(county: County, settings: Settings) -> None:
    """Refuse years that cannot be projected, all at once and before anything is measured or solved.

    Raises
    ------
    SettingError
        Years before the last census, named by their settings with both numbers.
    """
    censuses = read_censuses(county.folder)
    if censuses is None:
        return
    target = settings.demand.target_year
    wanted = {
        "demand.target_year": [] if target is None else [target],
        "demand.judged_years": settings.demand.judged_years,
        "care_sites.reasons.years": settings.care_sites.reasons.years,
    }
    last = censuses.last_year
    early = [(key, year) for key, years in wanted.items() for year in years if year < last]
    if early:
        raise SettingError(
            "\n".join(f"{key} 的 {year} 年早于最近一次普查 {last} 年：请填 {last} 年或以后。" for key, year in early),
            "\n".join(f"{key}: {year} lies before the last census, {last}." for key, year in early),
        )


def limits_by_group(settings: Settings) -> dict[str, dict[str, float]]:
    """Return group -> way of travel -> minutes."""
    groups = settings.demand.groups.items()
    return {name: {str(mode): limit for mode, limit in group.limit_minutes.items()} for name, group in groups}


def _known(points: pd.DataFrame, column: str) -> bool:
    return column in points.columns and bool(points[column].notna().all())


def _belongs(group: Group, rural: np.ndarray) -> np.ndarray:
    if group.population == "all":
        return np.ones(len(rural), int)
    return (rural if group.population == "rural" else ~rural).astype(int)
