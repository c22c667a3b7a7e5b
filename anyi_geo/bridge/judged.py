"""A care-site plan, official, optimal or hand-made, judged by one code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from anyi_geo.bridge.care_sites import site_costs, site_rows
from anyi_geo.bridge.demand import limits_by_group, persons_by_group
from anyi_geo.bridge.points import point_rows
from anyi_geo.bridge.travel import Travel
from anyi_geo.county import County
from anyi_geo.judge.contributions import only_here
from anyi_geo.judge.cost import care_site_costs
from anyi_geo.judge.coverage import COUNTY_SCOPE, coverage, coverage_ranges, nearest
from anyi_geo.judge.equity import equity
from anyi_geo.judge.minutes import minutes_summary, worst_villages
from anyi_geo.settings import Settings


def judge_care_sites(county: County, settings: Settings, name: str, travel: Travel, batch: pd.Series) -> dict[str, Any]:
    """Return the fields of a ``RunResult`` that a care-site plan decides.

    Parameters
    ----------
    county : County
    settings : Settings
    name : str
        Of the plan.
    travel : Travel
    batch : Series
        site_id -> batch.
    """
    batches = len(settings.care_sites.batches)
    persons, limits = persons_by_group(county, settings), limits_by_group(settings)
    townships, villages = county.points["township"], county.points[["village_id", "village", "township"]]
    minutes = travel.to_sites(batch.index)
    near = nearest(minutes, batch, batches)
    metrics = coverage(near, persons, townships, limits, name)
    ranges = coverage_ranges(travel.places, travel.draws, batch, persons, limits, batches).assign(scope=COUNTY_SCOPE)
    keys = ["batch", "group", "mode", "scope"]
    metrics = metrics.merge(
        ranges[[*keys, "share_low", "share_high", "share_mean"]], on=keys, how="left", validate="one_to_one"
    )
    mode = settings.travel.headline_mode
    alone = only_here(minutes[mode], batch, persons, {group: limits[group][mode] for group in limits})
    return {
        "sites": site_rows(county, batch, alone),
        "points": point_rows(county, persons),
        "nearest": near,
        "metrics": metrics,
        "minutes": minutes_summary(near, persons),
        "worst": worst_villages(near, persons, villages),
        "equity": equity(near, persons, townships, limits),
        "costs": care_site_costs(site_costs(county), batch, batches),
        **described(settings),
    }


def described(settings: Settings) -> Mapping[str, Any]:
    """Return the fields of a ``RunResult`` that say what is counted."""
    groups = settings.demand.groups.items()
    return {
        "groups": {name: group.model_dump(exclude={"column", "population", "optional"}) for name, group in groups},
        "headline_mode": settings.travel.headline_mode,
        "batches": [{"batch": k, "name": rule.name} for k, rule in enumerate(settings.care_sites.batches, 1)],
    }
