"""What a care-site plan means beyond who is covered: seats, envy, what more would add, site sheets, other years."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from anyi_geo.bridge.care_sites import site_costs
from anyi_geo.bridge.demand import limits_by_group
from anyi_geo.bridge.travel import Travel, care_site_rows
from anyi_geo.county import County, travel_minutes
from anyi_geo.judge.access import access_table, envy, gradual, two_step_access
from anyi_geo.judge.coverage import COUNTY_SCOPE, coverage
from anyi_geo.judge.reach import batch_gains, out_of_reach, would_add
from anyi_geo.judge.site_sheet import function_rows, question_rows, seats, sheet_rows
from anyi_geo.settings import Settings

CLINIC = "clinic"
#: Candidates left out that are listed with what they would add.
BEST_LEFT_OUT = 10


def care_tables(
    county: County,
    settings: Settings,
    travel: Travel,
    batch: pd.Series,
    persons: pd.DataFrame,
    nearest: pd.DataFrame,
    metrics: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """Return the further tables of a care-site plan by name.

    Parameters
    ----------
    batch : Series
        site_id -> batch.
    persons : DataFrame
        Points x groups.
    nearest, metrics : DataFrame
        As ``judge.coverage`` returns them.

    Returns
    -------
    dict of str to DataFrame
        gains (what each batch adds), fading (gradual cover), access (E2SFCA), envy, left_out (best candidates that stay
        closed), out_of_reach (villages no candidate reaches), sheets, functions and questions per site.
    """
    rules, mode = settings.care_sites, settings.travel.headline_mode
    limits = limits_by_group(settings)
    counted = {name: limits[name][mode] for name, group in settings.demand.groups.items() if group.weight > 0}
    zeros = {
        name: {way: limit * rules.fading_factor for way, limit in by_mode.items()} for name, by_mode in limits.items()
    }
    candidates = travel.places[mode][list(care_site_rows(county).index)]
    villages = county.points[["village_id", "village", "township"]]
    sheets = _sheets(county, travel, batch, persons, settings)
    parameters = county.parameters.table
    values = parameters["value"].astype(float).to_dict()
    return {
        "gains": batch_gains(metrics[metrics["scope"] == COUNTY_SCOPE]),
        "fading": gradual(nearest, persons, limits, zeros),
        "access": _access(county, settings, travel, batch, persons),
        "envy": envy(nearest, persons, rules.envy_minutes),
        "left_out": _left_out(county, candidates, batch, persons, counted),
        "out_of_reach": out_of_reach(candidates, persons, counted, villages),
        "sheets": sheet_rows(sheets),
        "functions": function_rows(sheets, sheets["diners"], parameters),
        "questions": question_rows(sheets, sheets["diners"], values),
    }


def years_table(
    nearest: pd.DataFrame,
    by_year: Mapping[tuple[int, float], pd.DataFrame],
    townships: pd.Series,
    limits: Mapping[str, Mapping[str, float]],
) -> pd.DataFrame:
    """Judge a plan by the persons of other years.

    Parameters
    ----------
    nearest : DataFrame
        As ``judge.coverage.nearest`` returns it.
    by_year : mapping of (year, ratio cap) to DataFrame
        Points x groups; the first cap of a year is the scenario's.
    townships : Series
    limits : mapping of group to (mapping of mode to minutes)

    Returns
    -------
    DataFrame
        year, batch, group, mode, covered, total, share, and the range over the caps: total_low, total_high, share_low,
        share_high.
    """
    keys = ["year", "batch", "group", "mode"]
    frames = [
        coverage(nearest, persons, townships, limits, "").query("scope == @COUNTY_SCOPE").assign(year=year)
        for (year, _cap), persons in by_year.items()
    ]
    if not frames:
        return pd.DataFrame(columns=[*keys, "covered", "total", "share"])
    table = pd.concat(frames, ignore_index=True)
    grouped = table.groupby(keys, sort=False)
    out = grouped[["covered", "total", "share"]].first()
    for column in ("total", "share"):
        out[f"{column}_low"], out[f"{column}_high"] = grouped[column].min(), grouped[column].max()
    return out.reset_index()


def _access(
    county: County, settings: Settings, travel: Travel, batch: pd.Series, persons: pd.DataFrame
) -> pd.DataFrame:
    """Return seats per elder; elders compete for dining seats, children do not."""
    elders = _elders(settings, persons)
    places = seats(care_site_rows(county)["canteen_m2"], county.parameters.table["value"]).fillna(0.0)
    minutes = travel.places[settings.travel.headline_mode]
    access, open_seats = {}, {}
    for number in range(1, len(settings.care_sites.batches) + 1):
        opened = list(batch.index[batch <= number])
        own = places.loc[opened]
        access[number] = two_step_access(minutes[opened], elders, own, settings.care_sites.access_zones)
        open_seats[number] = float(own.sum())
    return access_table(access, elders, county.points["township"], open_seats)


def _elders(settings: Settings, persons: pd.DataFrame) -> pd.Series:
    """Return the elders who are counted, per point."""
    names = [
        name
        for name, group in settings.demand.groups.items()
        if group.weight > 0 and group.column in ("persons_60plus", "persons_65plus", "persons_80plus")
    ]
    return persons[names].sum(axis=1) if names else persons.iloc[:, 0]


def _left_out(
    county: County, minutes: pd.DataFrame, batch: pd.Series, persons: pd.DataFrame, limits: Mapping[str, float]
) -> pd.DataFrame:
    """Return the candidates left out that would add the most, with name, township and cost."""
    added = would_add(minutes, batch, persons, limits)
    best = added.sum(axis=1).sort_values(ascending=False, kind="stable").head(BEST_LEFT_OUT)
    rows = care_site_rows(county).loc[best.index, ["name", "township", "resource_type", "village_consent"]]
    out = pd.DataFrame(rows).join(site_costs(county)["opening_yuan"]).join(added.add_prefix("adds."))
    return out.assign(adds=best).rename_axis("site_id").reset_index()


def _sheets(
    county: County, travel: Travel, batch: pd.Series, persons: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    """Return the facts of the opened sites, with diners expected at one meal and the nearest clinic."""
    rows = care_site_rows(county).loc[batch.index]
    facts = pd.DataFrame(
        rows[["name", "township", "resource_type", "floors", "area_m2", "canteen_m2", "outdoor_m2",
              "fire_raw", "fire_status", "owner"]]
    )  # fmt: skip
    facts.insert(2, "batch", batch.astype(int))
    values = county.parameters.table["value"]
    facts["seats"] = seats(rows["canteen_m2"], values).round(0)
    own = _elders(settings, persons).groupby(county.points["village_id"]).sum()
    uptake = county.parameters.value("meal_uptake", settings.meals.uptake)
    facts["diners"] = (rows["village_id"].map(own).fillna(0.0) * uptake).round(0)
    return facts.join(_clinics(county, travel, batch.index))


def _clinics(county: County, travel: Travel, sites: pd.Index) -> pd.DataFrame:
    """Return the nearest clinic by the ride, and the minutes to it riding and on foot; blank without a way."""
    clinics = county.sites[county.sites["kind"] == CLINIC]
    places = care_site_rows(county).geometry.loc[sites]
    blank = pd.DataFrame(
        {"clinic": None, "clinic_minutes": np.nan, "clinic_walk_minutes": np.nan}, index=sites, dtype=object
    )
    if clinics.empty or not len(sites):
        return blank.astype({"clinic_minutes": float, "clinic_walk_minutes": float})
    ride, walk = (
        travel_minutes(travel.networks[mode], places, clinics.geometry).replace(np.inf, np.nan)
        for mode in ("ride", "walk")
    )
    nearest = ride.fillna(np.inf).idxmin(axis=1)
    return pd.DataFrame(
        {
            "clinic": clinics["name"].reindex(nearest).to_numpy(),
            "clinic_minutes": ride.min(axis=1).round(1),
            "clinic_walk_minutes": walk.min(axis=1).round(1),
        },
        index=sites,
    )
