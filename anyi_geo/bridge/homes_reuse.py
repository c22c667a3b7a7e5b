"""What stands around the emptied homes, and what they become."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from anyi_geo.bridge.homes_problem import offered_homes, refuse_strangers
from anyi_geo.bridge.travel import OFFERED, Travel, care_site_rows
from anyi_geo.county import County, travel_minutes
from anyi_geo.errors import Message
from anyi_geo.plan.homes import HomesPlan, choose_reuse
from anyi_geo.settings import Settings

_EMPTIED_NOT = ("centre", "kept")


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


def reuse_table(
    county: County, settings: Settings, travel: Travel, rows: gpd.GeoDataFrame, plan: HomesPlan, batch: pd.Series
) -> pd.DataFrame:
    """Score the uses of every emptied home and choose: a use given by hand, an opened care site, or the best score.

    Parameters
    ----------
    rows : GeoDataFrame
        As `home_rows` returns it.
    batch : Series
        Opened care sites -> batch.

    Returns
    -------
    DataFrame
        Index site_id: elders_near, children_near, care_site_minutes, nearest_care_site, revenue_yuan, safety_state, the
        components, score per use, use, why.

    Raises
    ------
    SettingError
        A use given to what is no home.
    """
    given = settings.homes.reuse.given
    refuse_strangers("reuse.given", set(given), rows)
    emptied = rows.loc[plan.state.index[~plan.state.isin(_EMPTIED_NOT)]].sort_index()
    sites = care_site_rows(county).loc[batch.index]
    opened = list(emptied.index[emptied["building_id"].isin(sites["building_id"])])
    measures = _measures(county, settings, travel, emptied, sites)
    rule = settings.homes.reuse
    table = choose_reuse(measures, rule.weights, rule.near_minutes, rule.reserve_below, given, opened)
    return measures.join(table)


def _measures(
    county: County, settings: Settings, travel: Travel, emptied: gpd.GeoDataFrame, sites: gpd.GeoDataFrame
) -> pd.DataFrame:
    near = settings.homes.reuse.near_minutes
    network = travel.networks["ride"]
    reach = travel_minutes(network, county.points.geometry, emptied.geometry) <= near
    to_sites = travel_minutes(network, emptied.geometry, sites.geometry) if len(sites) else None
    other = pd.DataFrame(np.inf, index=emptied.index, columns=sites.index) if to_sites is None else to_sites
    # The home's own building is no neighbour of itself.
    for home in emptied.index:
        own = sites.index[sites["building_id"] == emptied.at[home, "building_id"]]
        other.loc[home, own] = np.inf
    nearest = other.min(axis=1) if len(sites) else pd.Series(np.inf, index=emptied.index)
    rent = county.parameters.value("private_run_rent_yuan_per_bed_year")
    safety = emptied["safety_state"].astype(object)
    return pd.DataFrame(
        {
            "elders_near": [int(county.points.loc[reach[home], "persons_60plus"].sum()) for home in emptied.index],
            "children_near": [int(county.points.loc[reach[home], "children_school"].sum()) for home in emptied.index],
            "care_site_minutes": nearest,
            "nearest_care_site": [
                str(other.loc[home].idxmin()) if np.isfinite(nearest[home]) else "" for home in emptied.index
            ],
            "revenue_yuan": emptied["beds"].astype(float).fillna(0.0) * rent,
            "safety_state": safety.where(safety != "", "unknown"),
        },
        index=emptied.index,
    )


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
