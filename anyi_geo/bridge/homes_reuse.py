"""What stands around the homes, and what they become when they are emptied."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from anyi_geo.bridge.homes_problem import HOME, offered_homes, refuse_strangers
from anyi_geo.bridge.homes_refit import refit_table
from anyi_geo.bridge.travel import OFFERED, Travel, care_site_rows
from anyi_geo.county import County, travel_minutes
from anyi_geo.errors import Message
from anyi_geo.judge.homes import activity_seats
from anyi_geo.plan.homes import HomesPlan, HomesProblem, choose_reuse
from anyi_geo.settings import Settings

_EMPTIED_NOT = ("centre", "kept")
#: Who is counted near a home, by column of the demand points.
_NEAR = {"elders": "persons_60plus", "children": "children_school", "left_behind": "left_behind"}


def with_homes_as_care_sites(county: County, settings: Settings) -> tuple[County, Settings]:
    """Return the county and settings in which emptied homes are candidates, or fixed sites, of the two-batch plan.

    A home is offered when its consent rule lets everybody leave and its building is no care site already; with
    ``fixed``, homes whose given use is a care site must open in the last batch. The official plan stays as printed.
    """
    wish = settings.homes.reuse.care_sites
    if wish == "listed" or settings.care_sites.plan == "official":
        return county, settings
    offered = offered_homes(county, settings)
    sites = county.sites.assign(**{OFFERED: county.sites.index.isin(offered)})
    if wish == "fixed":
        given = [home for home, use in settings.homes.reuse.given.items() if use == "xingfuyuan" and home in offered]
        last = len(settings.care_sites.batches)
        must_open = dict.fromkeys(given, last) | settings.care_sites.must_open
        care_sites = settings.care_sites.model_copy(update={"must_open": must_open})
        settings = settings.model_copy(update={"care_sites": care_sites})
    return replace(county, sites=sites), settings


@dataclass(frozen=True)
class Reuse:
    """What every home would become if it were emptied, and who lives near it.

    Attributes
    ----------
    table : DataFrame
        Index site_id: elders_near, children_near, left_behind_near, care_site_minutes, nearest_care_site, revenue_yuan,
        safety_state, the components, score per use, use, why, refit_yuan, refit_basis, seats_elders, seats_children.
    reach : DataFrame
        Demand points x homes: whether the home is near.
    """

    table: pd.DataFrame
    reach: pd.DataFrame


def choose_uses(county: County, settings: Settings, travel: Travel, rows: gpd.GeoDataFrame, batch: pd.Series) -> Reuse:
    """Score the uses of every home and choose: a use given by hand, an opened care site, or the best score.

    Nothing here hangs on which homes are emptied, so that a plan of homes can reckon with what its reuse costs. The
    township homes set the scale of the scores.

    Parameters
    ----------
    rows : GeoDataFrame
        As `home_rows` returns it.
    batch : Series
        Opened care sites -> batch.

    Raises
    ------
    SettingError
        A use given to what is no home.
    """
    rule, parameters = settings.homes.reuse, county.parameters
    refuse_strangers("reuse.given", set(rule.given), rows)
    sites = care_site_rows(county).loc[batch.index]
    opened = list(rows.index[rows["building_id"].isin(sites["building_id"])])
    reach = travel_minutes(travel.networks["ride"], county.points.geometry, rows.geometry) <= rule.near_minutes
    measures = _measures(county, travel, rows, sites, reach)
    township = rows.index[rows["kind"] == HOME]
    table = measures.join(
        choose_reuse(measures, rule.weights, rule.near_minutes, rule.reserve_below, rule.given, opened, township)
    )
    table = table.join(refit_table(parameters, rows, table["use"], table["why"]))
    return Reuse(table.join(activity_seats(rows["area_m2"], table["use"], parameters.table["value"])), reach)


def with_uses(problem: HomesProblem, reuse: Reuse) -> HomesProblem:
    """Return the problem in which every home knows what it becomes when it is emptied and what that costs."""
    known = reuse.table.loc[problem.homes.index]
    return replace(problem, homes=problem.homes.assign(reuse=known["use"], refit_yuan=known["refit_yuan"]))


def _measures(
    county: County, travel: Travel, rows: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, reach: pd.DataFrame
) -> pd.DataFrame:
    to_sites = travel_minutes(travel.networks["ride"], rows.geometry, sites.geometry) if len(sites) else None
    other = pd.DataFrame(np.inf, index=rows.index, columns=sites.index) if to_sites is None else to_sites
    # The home's own building is no neighbour of itself.
    for home in rows.index:
        own = sites.index[sites["building_id"] == rows.at[home, "building_id"]]
        other.loc[home, own] = np.inf
    nearest = other.min(axis=1) if len(sites) else pd.Series(np.inf, index=rows.index)
    rent = county.parameters.value("private_run_rent_yuan_per_bed_year")
    safety = rows["safety_state"].astype(object)
    return pd.DataFrame(
        {
            **{f"{name}_near": _near(county, reach, column) for name, column in _NEAR.items()},
            "care_site_minutes": nearest,
            "nearest_care_site": [
                str(other.loc[home].idxmin()) if np.isfinite(nearest[home]) else "" for home in rows.index
            ],
            "revenue_yuan": rows["beds"].astype(float) * rent,
            "safety_state": safety.where(safety != "", "unknown"),
        },
        index=rows.index,
    )


def _near(county: County, reach: pd.DataFrame, column: str) -> pd.Series:
    return pd.Series({home: int(county.points.loc[reach[home], column].sum()) for home in reach}, dtype=int)


def building_conflicts(
    county: County, rows: gpd.GeoDataFrame, plan: HomesPlan, flows: pd.DataFrame, batch: pd.Series
) -> list[Message]:
    """Return the homes in which people still live though their building is an opened care site."""
    sites = care_site_rows(county).loc[batch.index]
    out = []
    for home in plan.state.index[plan.state.isin(_EMPTIED_NOT)]:
        same = sites[sites["building_id"] == rows.at[home, "building_id"]]
        persons = int(flows.loc[flows["to_site"] == home, "persons"].sum())
        if len(same) and persons:
            name, site = rows.at[home, "name"], same["name"].iloc[0]
            out.append(
                Message(
                    f"{name}仍有老人居住，同一建筑又列为幸福院“{site}”：请分区使用，或二选一。",
                    f"{home} still houses residents while its building opens as care site {same.index[0]}.",
                )
            )
    return out
