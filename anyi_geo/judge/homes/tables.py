"""Beds, residents, consent and carers, before and after, per home and for the county."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from anyi_geo.judge.homes.words import CONSENT_NAMES, HOME_SUPPORT

#: Levels of care that need a nursing bed.
_NURSED = ("partial", "full")


def carers(flows: pd.DataFrame, site_column: str, ratio: Mapping[str, float]) -> pd.Series:
    """Return carers per home, rounded up per home; `site_column` is from_site (before) or to_site (after)."""
    work = flows["persons"] / flows["care_level"].map(ratio)
    return work.groupby(flows[site_column]).sum().map(lambda value: math.ceil(value - 1e-9))


def homes_table(
    homes: pd.DataFrame,
    state: pd.Series,
    flows: pd.DataFrame,
    growth: pd.DataFrame,
    nursing_fitted: pd.Series,
    ratio: Mapping[str, float],
) -> pd.DataFrame:
    """Return one row per home before and after: state, beds, nursing beds, area per bed, residents, carers by ratio.

    Parameters
    ----------
    homes : DataFrame
        Index site_id; name, township, beds, nursing_beds and area_m2 (NaN: not registered).
    state, nursing_fitted : Series
        Home -> state after, beds fitted as nursing beds.
    flows : DataFrame
    growth : DataFrame
        Index site_id; beds (added), yuan, m2.
    ratio : mapping of care level to float
        Residents per carer.
    """
    housed = flows[flows["to_site"] != HOME_SUPPORT]
    table = pd.DataFrame(homes[["name", "township"]])
    table["state"] = state
    open_ = table["state"].isin(["centre", "kept"])
    added = growth["beds"].reindex(homes.index).astype(int)
    table["beds_before"] = homes["beds"].astype(int)
    table["beds_added"] = added
    table["beds_after"] = (table["beds_before"] + added).where(open_, 0)
    nursing = homes["nursing_beds"].astype(float)
    table["expansion_yuan"] = growth["yuan"].reindex(homes.index).astype(float)
    table["expansion_m2"] = growth["m2"].reindex(homes.index).astype(float)
    table["nursing_beds_before"] = nursing
    fitted = nursing_fitted.reindex(homes.index).astype(float)
    table["nursing_fitted"] = fitted.astype(int)
    table["nursing_beds_after"] = (nursing.fillna(0.0).where(fitted > 0, nursing) + fitted).where(open_)
    nursed = housed[housed["care_level"].isin(_NURSED)].groupby("to_site")["persons"].sum()
    table["nursing_beds_needed"] = nursed.reindex(homes.index).fillna(0).astype(int)
    area = homes["area_m2"].astype(float)
    table["m2_per_bed_before"] = (area / table["beds_before"].where(table["beds_before"] > 0)).round(1)
    beds_after = table["beds_after"].where(table["beds_after"] > 0)
    table["m2_per_bed_after"] = ((area + table["expansion_m2"]) / beds_after).round(1)
    for name, side, column in (("residents_before", flows, "from_site"), ("residents_after", housed, "to_site")):
        table[name] = side.groupby(column)["persons"].sum().reindex(homes.index).fillna(0).astype(int)
    for name, side, column in (("staff_before", flows, "from_site"), ("staff_after", housed, "to_site")):
        table[name] = carers(side, column, ratio).reindex(homes.index).fillna(0).astype(int)
    return table


def moved_counts(flows: pd.DataFrame) -> dict[str, int]:
    """Count residents: who moves, stays, returns to support at home, and who moves without a yes.

    Said no and not asked are two figures; nobody who was not asked counts as a yes.
    """
    home = flows["to_site"] == HOME_SUPPORT
    moves = flows[(flows["from_site"] != flows["to_site"]) & ~home]
    by_consent = moves.groupby("consent")["persons"].sum()
    asked = flows.groupby("consent")["persons"].sum()
    residents, moved, returns = (
        int(flows["persons"].sum()),
        int(moves["persons"].sum()),
        int(flows.loc[home, "persons"].sum()),
    )
    return {
        "residents": residents,
        "moved": moved,
        "staying": residents - moved - returns,
        "home_support": returns,
        "moved_without_consent": int(by_consent.get("no", 0)),
        "moved_not_asked": int(by_consent.get("not_asked", 0)),
        "said_no": int(asked.get("no", 0)),
        "not_asked": int(asked.get("not_asked", 0)),
    }


def consent_table(flows: pd.DataFrame, names: pd.Series, guardian: pd.Series) -> pd.DataFrame:
    """Return one row per home and consent: residents, moved, staying, returning to support at home.

    Parameters
    ----------
    flows : DataFrame
    names : Series
        Home -> its name.
    guardian : Series
        Home -> how many of its yes a guardian gave; NaN where that is not registered.
    """
    side = flows.assign(
        moved=flows["persons"].where((flows["to_site"] != flows["from_site"]) & (flows["to_site"] != HOME_SUPPORT), 0),
        staying=flows["persons"].where(flows["to_site"] == flows["from_site"], 0),
        home_support=flows["persons"].where(flows["to_site"] == HOME_SUPPORT, 0),
    )
    table = side.groupby(["from_site", "consent"], as_index=False)[
        ["persons", "moved", "staying", "home_support"]
    ].sum()
    order = {consent: number for number, consent in enumerate(CONSENT_NAMES)}
    table = table.sort_values("consent", key=lambda column: column.map(order), kind="stable")
    table = table.sort_values("from_site", kind="stable", ignore_index=True)
    table = table.rename(columns={"from_site": "site_id"})
    table.insert(1, "name", table["site_id"].map(names))
    yes = table["consent"] == "yes"
    table["by_guardian"] = table["site_id"].map(guardian).astype(float).where(yes)
    return table
