"""The few figures by which plans of a sweep are compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from anyi_geo.bridge.care_sites import site_costs
from anyi_geo.bridge.demand import limits_by_group, persons_by_group
from anyi_geo.bridge.travel import Travel
from anyi_geo.county import County
from anyi_geo.judge.coverage import COUNTY_SCOPE, Limits, coverage, coverage_ranges, nearest
from anyi_geo.settings import Settings

#: From site_id -> batch to figures by name.
Figures = Callable[[pd.Series], dict[str, Any]]


def figures_of(county: County, settings: Settings, travel: Travel) -> Figures:
    """Return a function that gives a plan's figures after the last batch, by the headline way of travel."""
    persons, limits = persons_by_group(county, settings), limits_by_group(settings)
    mode, batches = settings.travel.headline_mode, len(settings.care_sites.batches)
    counted = [name for name, group in settings.demand.groups.items() if group.weight > 0]
    own: Limits = {name: {str(mode): limits[name][mode]} for name in counted}
    places, cost = {str(mode): travel.places[mode]}, site_costs(county)["opening_yuan"]
    townships = county.points["township"]

    def figures(batch: pd.Series) -> dict[str, Any]:
        near = nearest({mode: travel.places[mode][list(batch.index)]}, batch, batches)
        found = coverage(near, persons, townships, own, "").query("batch == @batches")
        whole = found[found["scope"] == COUNTY_SCOPE].set_index("group")
        spread = coverage_ranges(places, travel.draws, batch, persons, own, batches).query("batch == @batches")
        spread = spread.set_index("group")
        parts = found[found["scope"] != COUNTY_SCOPE].groupby("scope")[["covered", "total"]].sum()
        shares = (parts["covered"] / parts["total"].where(parts["total"] > 0)).dropna()
        out: dict[str, Any] = {"sites": len(batch), "one_off_yuan": float(cost.loc[batch.index].sum())}
        for group in counted:
            out |= {
                f"covered.{group}": int(whole.loc[group, "covered"]),
                f"share.{group}": float(whole.loc[group, "share"]),
                f"share_mean.{group}": float(spread.loc[group, "share_mean"]),
                f"share_low.{group}": float(spread.loc[group, "share_low"]),
                f"share_high.{group}": float(spread.loc[group, "share_high"]),
            }
        return out | {"worst_township": shares.idxmin(), "worst_share": float(shares.min())}

    return figures
