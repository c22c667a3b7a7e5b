"""From the county and a plan of care sites to the homes problem, and from its plan to the result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from anyi_geo.bridge.lines import no_lines, route_rows
from anyi_geo.bridge.travel import DECIMALS, Travel, care_site_rows
from anyi_geo.county import County, travel_minutes
from anyi_geo.errors import InfeasibleError
from anyi_geo.judge.cost import annuity_yuan
from anyi_geo.judge.homes import check_flows, homes_costs, homes_table, moved_counts, visiting
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.parameters import Parameters
from anyi_geo.plan.homes import HomesCosts, HomesPlan, HomesProblem, plan_homes
from anyi_geo.result import HomesResult
from anyi_geo.scenario import Settings
from anyi_geo.schema import CARE_LEVELS, CONSENTS

HOME_KINDS = ("jinglaoyuan", "county_centre_candidate")
MONTHS = 12


def decide_homes(
    county: County, settings: Settings, travel: Travel, batch: pd.Series, limits: SolverSettings
) -> tuple[HomesPlan | None, HomesResult | None, gpd.GeoDataFrame]:
    """Consolidate the homes and judge the plan; nothing to decide where the county has no home."""
    rows = county.sites[county.sites["kind"].isin(HOME_KINDS)].sort_index()
    if rows.empty:
        return None, None, no_lines()
    problem = _problem(county, settings, travel, rows, batch)
    plan = plan_homes(problem, limits)
    check_flows(problem.residents, plan.flows, plan.state)
    moves = plan.flows[plan.flows["from_site"] != plan.flows["to_site"]]
    pairs = moves[["from_site", "to_site"]].drop_duplicates().itertuples(index=False)
    legs = [(f"{start}-{end}", 0, start, end) for start, end in pairs]
    lines = route_rows("move", travel.networks["car"], rows.geometry, legs)
    result = _result(settings, rows, problem, plan)
    result.summary["other_consent"] = _other_consent(problem, limits)
    return plan, result, lines


def _other_consent(problem: HomesProblem, limits: SolverSettings) -> dict[str, Any]:
    """Return what the other consent rule would do, so that the price of either is seen."""
    other = replace(problem, consent="hard" if problem.consent == "soft" else "soft")
    try:
        plan = plan_homes(other, limits)
    except InfeasibleError as error:
        return {"consent": other.consent, "message": error.message.zh, "message_en": error.message.en}
    kept = plan.state.index[plan.state == "kept"]
    return {
        "consent": other.consent,
        **moved_counts(plan.flows),
        "homes_kept": [str(problem.homes["name"][home]) for home in kept],
        "homes_emptied": int((~plan.state.isin(["centre", "kept"])).sum()),
        "beds_added": int(plan.beds_added.sum()),
    }


def _problem(
    county: County, settings: Settings, travel: Travel, rows: gpd.GeoDataFrame, batch: pd.Series
) -> HomesProblem:
    parameters = county.parameters
    opened = set(care_site_rows(county).loc[batch.index, "building_id"])
    price = rows["expansion_yuan_per_bed"].astype(float).fillna(parameters.value("expansion_yuan_per_bed"))
    homes = pd.DataFrame(
        {
            "name": rows["name"],
            "township": rows["township"],
            "candidate": rows["kind"] == "county_centre_candidate",
            "beds": rows["beds"].fillna(0).astype(int),
            "expansion_beds": rows["expansion_beds"].fillna(0).astype(int),
            "expansion_yuan_per_bed": price,
            # A building has one state over all decisions: a home that is also an opened care site becomes that.
            "reuse": ["xingfuyuan" if name in opened else "civil_affairs_station" for name in rows["building_id"]],
        }
    )
    residents = pd.DataFrame(
        {(a, b): rows[f"residents_{a}_{b}"].fillna(0).astype(int) for a in CARE_LEVELS for b in CONSENTS}
    )
    residents.columns.names = ["level", "consent"]
    return HomesProblem(
        homes=homes,
        residents=residents,
        minutes=travel_minutes(travel.networks["car"], rows.geometry, rows.geometry).round(DECIMALS),
        centres=settings.homes.centres,
        consent=settings.homes.consent,
        reserve_share=parameters.value("bed_reserve_share"),
        costs=_costs(parameters),
    )


def _costs(parameters: Parameters) -> HomesCosts:
    basic = parameters.value("tekun_basic_yuan_month")
    return HomesCosts(
        fixed_yuan_year=parameters.value("home_running_fixed_yuan_year"),
        resident_yuan_year={
            level: MONTHS * (basic + parameters.value(f"tekun_care_{level}_yuan_month")) for level in CARE_LEVELS
        },
        residents_per_carer={level: parameters.value(f"carer_ratio_{level}") for level in CARE_LEVELS},
        carer_yuan_year=MONTHS * parameters.value("carer_wage_yuan_month"),
        reuse_yuan_year=parameters.value("reuse_running_yuan_year"),
        moving_yuan=parameters.value("moving_yuan_per_resident"),
        annuity_factor=annuity_yuan(1.0, parameters.value("annuity_rate"), parameters.value("annuity_years")),
        visit_yuan_year=parameters.value("visit_minute_yuan") * parameters.value("visits_per_year"),
        m2_per_bed=parameters.value("m2_per_bed"),
    )


def _result(settings: Settings, rows: gpd.GeoDataFrame, problem: HomesProblem, plan: HomesPlan) -> HomesResult:
    costs = problem.costs
    states = homes_table(problem.homes, plan.state, plan.flows, plan.beds_added, costs.residents_per_carer)
    states["lon"], states["lat"] = rows.geometry.x.round(6), rows.geometry.y.round(6)
    states["reason_zh"] = [plan.reasons[home].zh if home in plan.reasons else "" for home in states.index]
    pairs = zip(plan.flows["from_site"], plan.flows["to_site"], strict=True)
    flows = plan.flows.assign(minutes=[float(problem.minutes.at[start, end]) for start, end in pairs])
    expansion = float((plan.beds_added * problem.homes["expansion_yuan_per_bed"]).sum())
    heads = homes_costs(states, plan.flows, expansion, vars(costs))
    summary = {
        "consent": problem.consent,
        "centres": sorted(plan.state.index[plan.state == "centre"]),
        **moved_counts(plan.flows),
        "unmet": 0,
        "beds_before": int(states["beds_before"].sum()),
        "beds_after": int(states["beds_after"].sum()),
        "beds_added": int(plan.beds_added.sum()),
        "reserve_short": plan.reserve_short,
        "homes_emptied": int((~states["state"].isin(["centre", "kept"])).sum()),
        "staff_before": int(states["staff_before"].sum()),
        "staff_after": int(states["staff_after"].sum()),
        **visiting(plan.flows, problem.minutes, settings.homes.visit_limit_minutes),
        "visit_limit_minutes": settings.homes.visit_limit_minutes,
        "yearly_yuan_before": sum(row["yearly_yuan"] for row in heads["before"]),
        "yearly_yuan_after": sum(row["yearly_yuan"] for row in heads["after"]),
        "one_off_yuan": sum(row["one_off_yuan"] for row in heads["after"]),
        "costs": heads["after"],
        "costs_before": heads["before"],
    }
    return HomesResult(states.rename_axis("site_id").reset_index(), flows, summary)
