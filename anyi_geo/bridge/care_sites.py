"""From the county and a scenario to the care-site problem, and from a plan to its rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from anyi_geo.bridge.demand import persons_by_group
from anyi_geo.bridge.travel import Travel, care_site_rows
from anyi_geo.county import County
from anyi_geo.county.coordinates import METRES
from anyi_geo.errors import ProblemError, SettingError
from anyi_geo.judge.site_sheet import seats
from anyi_geo.plan.care_sites import BatchRule, CareSiteProblem, displaced_cover, gradual_cover, nominal_cover
from anyi_geo.plan.care_sites.cover import Cover
from anyi_geo.settings import Settings, TownshipRule


def site_costs(county: County) -> pd.DataFrame:
    """Return opening and yearly cost of every care site: its own figure, else the parameter of its resource type."""
    rows = care_site_rows(county)
    parameters = county.parameters
    by_type = {kind: parameters.value(f"opening_yuan_{kind}") for kind in sorted(set(rows["resource_type"]))}
    # A home that is offered as a care site costs what was registered for refitting it.
    own = rows["opening_yuan"].astype(float).fillna(rows["refit_yuan"].astype(float))
    opening = own.fillna(rows["resource_type"].map(by_type))
    running = rows["running_yuan_per_year"].astype(float).fillna(parameters.value("running_yuan_per_site_year"))
    return pd.DataFrame({"opening_yuan": opening, "running_yuan_per_year": running})


def official_plan(county: County, settings: Settings) -> pd.Series:
    """Return the given plan, site_id -> batch.

    Raises
    ------
    SettingError
        No site carries a batch, or a batch the scenario does not have.
    """
    given = care_site_rows(county)["official_batch"].dropna().astype(int)
    if given.empty:
        raise SettingError(
            'sites.geojson 没有任何点位填写 official_batch（1 或 2）：无既定方案可评价，请改用 plan = "optimise"。',
            "No site in sites.geojson has an official_batch: there is no given plan to judge.",
        )
    beyond = given[given > len(settings.care_sites.batches)]
    if len(beyond):
        raise SettingError(
            f"点位 {'、'.join(beyond.index)} 的批次大于情景的批数 {len(settings.care_sites.batches)}。",
            f"Sites {', '.join(beyond.index)} have a batch beyond the scenario's {len(settings.care_sites.batches)}.",
        )
    return given.rename("batch")


def care_site_problem(
    county: County, settings: Settings, travel: Travel, *, also: tuple[str, ...] = ()
) -> CareSiteProblem:
    """Return the problem of the scenario over the candidates it allows.

    The nominal model has one draw, the sites where they stand; ``expected_cover`` has the first
    ``planning_draws`` displacements. Sites named in `also` are candidates whatever building they are.
    """
    rules = settings.care_sites
    rows = _candidates(county, settings, also)
    persons = persons_by_group(county, settings)
    weights = {name: group.weight for name, group in settings.demand.groups.items()}
    counted = [name for name, weight in weights.items() if weight > 0]
    places = travel.places[settings.travel.headline_mode]
    costs = site_costs(county).loc[rows.index]
    townships = sorted(county.townships["name"])
    own = _township_rules(county, settings)
    tiers = {kind: rank for rank, kind in enumerate(rules.resource_types)}
    sites = pd.DataFrame(
        {
            "name": rows["name"],
            "township": rows["township"],
            "opening_yuan": costs["opening_yuan"],
            "ready_from": rows["ready_from"].astype("Int64").fillna(1).astype(int) if rules.respect_ready_from else 1,
            "consent_rank": (rows["village_consent"] != "yes").astype(int),
            "tie_rank": rows["resource_type"].map(tiers).fillna(len(tiers)).astype(int),
        },
        index=rows.index,
    )
    return CareSiteProblem(
        persons=persons[counted],
        group_weights={name: weights[name] for name in counted},
        cover=_cover(settings, travel, counted, persons.index, rows.index),
        sites=sites,
        batches=tuple(BatchRule(batch.name, batch.sites, batch.weight, batch.budget_yuan) for batch in rules.batches),
        budget_yuan=rules.budget_yuan,
        must_open=dict(rules.must_open),
        must_not=frozenset(rules.must_not),
        township_min={name: own[name].min if name in own else rules.township_min for name in townships},
        township_max={name: own[name].max if name in own else rules.township_max for name in townships},
        minutes=places[list(rows.index)],
        **_wishes(county, settings, rows, weights),
    )


def _cover(
    settings: Settings, travel: Travel, counted: list[str], points: pd.Index, sites: pd.Index
) -> tuple[Cover, ...]:
    """Return who covers whom by the scenario's objective: where sites stand, fading, or in every planning draw."""
    mode, rules = settings.travel.headline_mode, settings.care_sites
    limits = {name: settings.demand.groups[name].limit_minutes[mode] for name in counted}
    places = travel.places[mode]
    if rules.objective == "expected_cover":
        planning = travel.draws.iloc[:, : settings.displacement.planning_draws]
        return displaced_cover(places, planning, limits, points, sites)
    if rules.objective == "gradual_cover":
        tables = {
            limit: gradual_cover(places, limit, limit * rules.fading_factor, points, sites)
            for limit in set(limits.values())
        }
        return ({name: tables[limit] for name, limit in limits.items()},)
    return nominal_cover(places, limits, points, sites)


def _wishes(county: County, settings: Settings, rows: gpd.GeoDataFrame, weights: Mapping[str, float]) -> dict[str, Any]:
    """Return what a scenario asks beyond counts and budgets."""
    rules = settings.care_sites
    unwilling = [site for site in rows.index[rows["village_consent"] != "yes"] if site not in rules.must_open]
    heaviest = max(weights.values(), default=0.0)
    seated = seats(rows["canteen_m2"], county.parameters.table["value"])
    return {
        "no_consent": frozenset(unwilling) if rules.consent == "condition" else frozenset(),
        "site_penalty": dict.fromkeys(unwilling, rules.consent_penalty_persons * heaviest)
        if rules.consent == "penalty"
        else {},
        "spacing": _too_close(rows, rules.spacing_m),
        "differ_from": official_plan(county, settings).to_dict() if math.isfinite(rules.differ_most) else {},
        "differ_most": rules.differ_most,
        "first": tuple(rules.first),
        "floors": dict(rules.floors),
        "stage_tolerance": rules.stage_tolerance,
        "point_townships": county.points["township"],
        "seats": {str(site): float(n) for site, n in seated.fillna(0.0).items()} if rules.seats else None,
    }


def _too_close(rows: gpd.GeoDataFrame, metres: float) -> tuple[tuple[str, str, float], ...]:
    """Return the pairs of sites that stand nearer than `metres` in a straight line, with their distance."""
    if metres <= 0:
        return ()
    at = shapely.get_coordinates(rows.geometry.to_crs(METRES))
    first, second = np.triu_indices(len(rows), 1)
    apart = np.hypot(*(at[first] - at[second]).T)
    near = apart < metres
    return tuple(
        (str(rows.index[i]), str(rows.index[j]), float(d))
        for i, j, d in zip(first[near], second[near], apart[near], strict=True)
    )


def site_rows(county: County, batch: pd.Series, only_here: pd.DataFrame) -> pd.DataFrame:
    """Return one row per opened site with its facts, sorted by batch and id."""
    rows = care_site_rows(county).loc[batch.index]
    facts = rows[["name", "township", "village_id", "resource_type", "area_m2", "floors", "canteen_m2", "outdoor_m2",
                  "fire_raw", "fire_status", "official_batch", "position_status", "position_error_m"]]  # fmt: skip
    out = pd.DataFrame(facts).join(site_costs(county).loc[batch.index])
    out.insert(0, "batch", batch.astype(int))
    out["lon"], out["lat"] = rows.geometry.x.round(6), rows.geometry.y.round(6)
    out["only_here"] = [only_here.loc[site].astype(int).to_dict() for site in batch.index]
    return out.rename_axis("site_id").reset_index().sort_values(["batch", "site_id"], ignore_index=True)


def _candidates(county: County, settings: Settings, also: tuple[str, ...]) -> gpd.GeoDataFrame:
    rules = settings.care_sites
    rows = care_site_rows(county)
    unknown = sorted({*rules.must_open, *rules.must_not} - set(rows.index))
    if unknown:
        raise ProblemError(
            f"情景提到的点位 {'、'.join(unknown)} 不在 sites.geojson 的候选点位中。",
            f"The scenario names sites that are no candidates: {', '.join(unknown)}.",
        )
    named = {*rules.must_open, *also}
    if math.isfinite(rules.differ_most):
        named |= set(official_plan(county, settings).index)
    return rows[rows["resource_type"].isin(rules.resource_types) | rows.index.isin(list(named))]


def _township_rules(county: County, settings: Settings) -> Mapping[str, TownshipRule]:
    names = set(county.townships["name"])
    aliases = {
        alias: name
        for name, text in zip(county.townships["name"], county.townships["aliases"].fillna(""), strict=True)
        for alias in str(text).split(";")
        if alias
    }
    own = {}
    for key, rule in settings.care_sites.townships.items():
        name = aliases.get(key, key)
        if name not in names:
            raise SettingError(
                f"一乡一策里的乡镇“{key}”不存在；可写：{'、'.join(sorted(names))}。",
                f"There is no township {key!r}; known: {', '.join(sorted(names))}.",
            )
        own[name] = rule
    return own
