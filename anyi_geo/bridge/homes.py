"""The homes decision: the scenario's plan, what the other consent rule and other numbers of centres would do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from anyi_geo.bridge.homes_messages import message_rows
from anyi_geo.bridge.homes_problem import home_rows, homes_problem
from anyi_geo.bridge.homes_result import Judged, homes_result, judged
from anyi_geo.bridge.homes_reuse import building_conflicts, choose_uses, with_uses
from anyi_geo.bridge.lines import no_lines, route_rows
from anyi_geo.bridge.travel import Travel
from anyi_geo.county import County
from anyi_geo.errors import InfeasibleError, Message
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import NoIncumbentError
from anyi_geo.plan.homes import (
    HOME_SUPPORT,
    HomesPlan,
    HomesProblem,
    HomesRules,
    TooFewBedsError,
    pareto_front,
    plan_homes,
)
from anyi_geo.result import HomesResult
from anyi_geo.settings import Settings

#: Numbers of centres set side by side: the document's one and its counter-scenarios.
CENTRE_COUNTS = (1, 2, 3)
#: A front is asked for on purpose; it may take longer than one plan.
_FRONT_SECONDS = 30.0
#: What a plan with another number of centres, or on the front, tells of itself.
_COUNTS = (
    "moved",
    "staying",
    "home_support",
    "moved_without_consent",
    "moved_not_asked",
    "homes_kept",
    "beds_added",
    "reserve_short",
    "homes_parted",
)
_FIGURES = (
    "centre_names",
    *_COUNTS,
    "annual_yuan",
    "yearly_yuan_after",
    "one_off_yuan",
    "pay_back_years",
    "visit_minutes_after_mean",
    "visit_minutes_after_p90",
    "visit_minutes_added_mean",
    "visit_share_over_limit_after",
)


def decide_homes(
    county: County, settings: Settings, travel: Travel, batch: pd.Series, limits: SolverSettings
) -> tuple[HomesPlan | None, HomesResult | None, gpd.GeoDataFrame]:
    """Consolidate the homes and judge the plan; nothing to decide where the county has no home.

    Raises
    ------
    TooFewBedsError, VisitLimitError
        As `plan_homes`.
    """
    rows = home_rows(county)
    if rows.empty:
        return None, None, no_lines()
    reuse = choose_uses(county, settings, travel, rows, batch)
    problem = with_uses(homes_problem(county, settings, travel, rows), reuse)
    plan = plan_homes(problem, limits)
    told, other = _other_consent(problem, limits, settings)
    result = homes_result(county, settings, rows, problem, plan, reuse, other)
    conflicts = building_conflicts(county, rows, plan, plan.flows, batch)
    result.summary["warnings"] += message_rows(("W_BUILDING_TWICE", message) for message in conflicts)
    result.summary["other_consent"] = told
    if settings.homes.alternatives:
        result.tables["alternatives"] = _alternatives(problem, plan, limits, settings)
    if settings.homes.front_plans:
        try:
            result.tables["front"] = homes_front(problem, limits, settings)
        except InfeasibleError as error:
            result.summary["notes"] += message_rows([("N_NO_FRONT", _no_front(error))])
    moves = plan.flows[(plan.flows["from_site"] != plan.flows["to_site"]) & (plan.flows["to_site"] != HOME_SUPPORT)]
    pairs = moves[["from_site", "to_site"]].drop_duplicates().itertuples(index=False)
    legs = [(f"{start}-{end}", 0, start, end) for start, end in pairs]
    return plan, result, route_rows("move", travel.networks["car"], rows.geometry, legs)


def homes_today(county: County, settings: Settings, travel: Travel, error: InfeasibleError) -> dict[str, Any]:
    """Return what exists and the ways out, for a request that cannot be met: plain values for ``run["reasons"]``.

    Returns
    -------
    dict
        figures (residents, beds, and for too few beds: beds_needed, beds_at_hand, beds_short, m2_short), homes (one
        object per home), ways_out (one object per way, priced).
    """
    problem = homes_problem(county, settings, travel, home_rows(county))
    homes, housed = problem.homes, problem.residents.sum(axis=1)
    figures: dict[str, Any] = {"residents": int(housed.sum()), "beds": int(homes["beds"].sum())}
    ways: list[dict[str, Any]] = []
    if isinstance(error, TooFewBedsError):
        figures |= {
            "beds_needed": error.needed,
            "beds_at_hand": error.beds,
            "beds_short": error.short,
            "m2_short": error.m2,
        }
        ways = [
            {
                "kind": way.kind,
                "site_ids": list(way.site_ids),
                "beds": way.beds,
                "one_off_yuan": way.one_off_yuan,
                "yearly_yuan": way.yearly_yuan,
                "annual_yuan": way.annual_yuan,
                "options": [
                    {"site_ids": list(sites), "persons": persons, "yearly_yuan": yuan}
                    for sites, persons, yuan in way.options
                ],
                "message": way.message.zh,
                "message_en": way.message.en,
            }
            for way in error.ways
        ]
    today = [
        {"site_id": str(site), "name": row["name"], "beds": int(row["beds"]), "residents": int(housed[site])}
        for site, row in homes.iterrows()
    ]
    return {"figures": figures, "homes": today, "ways_out": ways}


def _other_consent(
    problem: HomesProblem, limits: SolverSettings, settings: Settings
) -> tuple[dict[str, Any], Judged | None]:
    """Return what the other consent rule would do, so that the price of either is seen; judged where it has a plan."""
    rules = problem.rules
    other = replace(problem, rules=replace(rules, consent="hard" if rules.consent == "soft" else "soft"))
    try:
        plan = plan_homes(other, limits)
    except InfeasibleError as error:
        return {"consent": other.rules.consent, "message": error.message.zh, "message_en": error.message.en}, None
    of = judged(other, plan, settings.homes.visit_limit_minutes)
    kept = plan.state.index[plan.state == "kept"]
    return {**of.summary, "homes_kept": [str(problem.homes.at[home, "name"]) for home in kept]}, of


def _with_regional_centres(problem: HomesProblem) -> HomesProblem:
    """Return the problem with every home a candidate; the county's centre stays among its own candidates."""
    room = problem.homes["beds"] + problem.homes["expansion_beds"] > 0
    return replace(problem, homes=problem.homes.assign(candidate=problem.homes["candidate"] | room))


def _alternatives(problem: HomesProblem, plan: HomesPlan, limits: SolverSettings, settings: Settings) -> pd.DataFrame:
    """Return one row per number of centres, the scenario's plan for its own; two and three draw on every home."""
    return _whole_counts(pd.DataFrame(list(_alternative_rows(problem, plan, limits, settings))))


def _whole_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its counts whole also where a row has none of them."""
    return table.astype({name: "Int64" for name in _COUNTS if name in table})


def _alternative_rows(
    problem: HomesProblem, plan: HomesPlan, limits: SolverSettings, settings: Settings
) -> Iterator[dict[str, Any]]:
    for count in CENTRE_COUNTS:
        wider = _with_regional_centres(problem) if count > 1 else problem
        if count > len(wider.candidates):
            return
        rules: HomesRules = replace(problem.rules, centres=count, at_most=False)
        other, chosen = replace(wider, rules=rules), count == len(plan.centres)
        row: dict[str, Any] = {"centres": count, "chosen": chosen}
        try:
            found = plan if chosen else plan_homes(other, limits)
        except InfeasibleError as error:
            status = "no_time" if isinstance(error, NoIncumbentError) else "unmeetable"
            yield row | {"status": status, "message_zh": error.message.zh, "message_en": error.message.en}
            continue
        yield row | _figures(other, found, settings) | {"status": str(found.status), "gap": found.gap}


def homes_front(problem: HomesProblem, limits: SolverSettings, settings: Settings) -> pd.DataFrame:
    """Return the Pareto front of yearly cost against visiting minutes, up to three centres, every home a candidate.

    Returns
    -------
    DataFrame
        plan (1 = cheapest), the figures (annual_yuan: yearly cost with annuities of what is spent once) of each plan,
        status, gap.

    Raises
    ------
    InfeasibleError
        No plan at all, or none in time.
    """
    wider = _with_regional_centres(problem)
    most = min(max(CENTRE_COUNTS), len(wider.candidates))
    wider = replace(wider, rules=replace(problem.rules, centres=most))
    plans = pareto_front(wider, replace(limits, seconds=_FRONT_SECONDS), settings.homes.front_plans)
    return pd.DataFrame(
        [
            {"plan": number, "centres": len(plan.centres)}
            | _figures(wider, plan, settings)
            | {"status": str(plan.status), "gap": plan.gap}
            for number, plan in enumerate(plans, 1)
        ]
    )


def _no_front(error: InfeasibleError) -> Message:
    return Message(f"没有画出费用与探视的权衡：{error.message.zh}", f"No front of cost and visits: {error.message.en}")


def _figures(problem: HomesProblem, plan: HomesPlan, settings: Settings) -> dict[str, Any]:
    summary = judged(problem, plan, settings.homes.visit_limit_minutes).summary
    return {name: summary[name] for name in _FIGURES}
