"""A homes plan judged: the tables that a meeting reads, and what has to be said aloud."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

import geopandas as gpd
import pandas as pd

from anyi_geo.bridge.homes_hearing import wish_notes, wish_warnings
from anyi_geo.bridge.homes_messages import (
    document_count,
    given_uses,
    homes_notes,
    homes_warnings,
    message_rows,
    refit_unknown,
)
from anyi_geo.bridge.homes_problem import families_consulted, register_gaps
from anyi_geo.bridge.homes_reuse import Reuse
from anyi_geo.county import County
from anyi_geo.judge.homes import (
    action_sheet,
    asset_ledger,
    check_plan,
    consent_table,
    cost_table,
    county_table,
    family_minutes,
    family_table,
    homes_costs,
    homes_table,
    moved_counts,
    pay_back_years,
    rent_figures,
    staff_table,
    station_cover,
    township_table,
    transfer_log,
    visiting,
    wishes_table,
    worst_changes,
)
from anyi_geo.judge.homes.activity import AROUND
from anyi_geo.judge.homes.ledger import LET, OPERATOR_OPEN
from anyi_geo.judge.homes.rent import LEVELS
from anyi_geo.parameters import Parameters
from anyi_geo.plan.homes import HOME_SUPPORT, HomesPlan, HomesProblem, WaveRules, expansion, fewest_waves, plan_waves
from anyi_geo.result import HomesResult
from anyi_geo.settings import Settings

#: What a pay-back is reckoned from.
_MONEY = ("yearly_yuan_before", "yearly_yuan_after", "one_off_yuan")
_FLOW = ["from_site", "to_site", "care_level", "consent"]


@dataclass(frozen=True)
class Judged:
    """One plan with what is measured of it.

    Attributes
    ----------
    table : DataFrame
        `homes_table`, index site_id.
    visits : DataFrame
        `family_minutes`.
    costs : dict
        `homes_costs`.
    summary : dict
        The figures of the plan, without what needs dates or other plans.
    """

    table: pd.DataFrame
    visits: pd.DataFrame
    costs: dict[str, list[dict[str, Any]]]
    summary: dict[str, Any]


def judged(problem: HomesProblem, plan: HomesPlan, visit_limit: float) -> Judged:
    """Check and judge one plan; the same code for the scenario's plan, its alternatives and the front.

    Raises
    ------
    ProblemError
        As `check_plan`: nothing is told of a plan that is not what it claims to be.
    """
    homes, costs, flows = problem.homes, problem.costs, plan.flows
    check_plan(
        homes, problem.groups, flows, plan.state, plan.beds_added,
        consent=problem.rules.consent, centres=problem.rules.centres,
    )  # fmt: skip
    table = homes_table(
        homes, plan.state, flows, _growth(problem, plan), plan.nursing_fitted, costs.residents_per_carer
    )
    visits = family_minutes(flows, problem.minutes)
    heads = homes_costs(homes, table, flows, vars(costs))
    before, after = (sum(row["yearly_yuan"] for row in heads[side]) for side in ("before", "after"))
    once = sum(row["one_off_yuan"] for row in heads["after"])
    open_ = table["state"].isin(["centre", "kept"])
    summary = {
        "consent": problem.rules.consent,
        "centres": plan.centres,
        "centre_names": [str(homes.at[home, "name"]) for home in plan.centres],
        **moved_counts(flows),
        "unmet": int(problem.groups["persons"].sum() - flows["persons"].sum()),
        "beds_before": int(table["beds_before"].sum()),
        "beds_after": int(table["beds_after"].sum()),
        "beds_added": int(table["beds_added"].sum()),
        "nursing_fitted": int(table["nursing_fitted"].sum()),
        "nursing_beds_needed": int(table["nursing_beds_needed"].sum()),
        "reserve_short": plan.reserve_short,
        "homes_kept": int((table["state"] == "kept").sum()),
        "homes_emptied": int((~open_).sum()),
        "staff_before": int(table["staff_before"].sum()),
        "staff_after": int(table["staff_after"].sum()),
        **visiting(visits, visit_limit),
        "visit_limit_minutes": visit_limit,
        "yearly_yuan_before": before,
        "yearly_yuan_after": after,
        "one_off_yuan": once,
        # What the plan costs a year when what is spent once is spread over its life: the figure that plans compare.
        "annual_yuan": after + costs.annuity_factor * once,
        "homes_parted": _homes_parted(flows),
        "pay_back_years": pay_back_years(before, after, once),
    }
    # The names under which earlier readers know the share after.
    summary["visit_share_over_limit"] = summary["visit_share_over_limit_after"]
    return Judged(table, visits, heads, summary)


def homes_result(
    county: County,
    settings: Settings,
    rows: gpd.GeoDataFrame,
    problem: HomesProblem,
    plan: HomesPlan,
    reuse: Reuse,
    other: Judged | None,
) -> HomesResult:
    """Return the result of one scenario; `reuse` tells of every home, `other` has the other consent."""
    of, rule = judged(problem, plan, settings.homes.visit_limit_minutes), settings.homes
    names = pd.concat([problem.homes["name"], county.villages["name"]])
    waves = _waves(settings, of, plan)
    guardian = _by_guardian(county, rows)
    consent = consent_table(plan.flows, names, guardian)
    posts = rows.loc[of.table.index]
    families = family_table(of.visits, names)
    uses, staff = _uses(county.parameters, rows, plan, reuse), staff_table(posts, of.table)
    figures: dict[str, float | None] = {
        **station_cover(county.points[list(AROUND)], reuse.reach, uses),
        **rent_figures(uses, *(of.summary[name] for name in _MONEY)),
    }
    wishes = wishes_table(of.table, consent, posts, families_consulted(county, rows), plan.flows)
    actions = action_sheet(
        of.table, waves, consent, wishes, rule.first_wave, rule.expansion_ready, staff=staff, reuse=uses
    )
    assets = asset_ledger(posts, plan.state, uses["rent_value_yuan"])
    tables = {
        "county": county_table(
            of.table, of.summary, posts["area_m2"], None if other is None else (other.table, other.summary), figures
        ),
        "visits": _named(of.visits, names),
        "families": families,
        "worst_changes": worst_changes(families),
        "consent": consent,
        "wishes": wishes,
        "staff": staff,
        "cost_heads": cost_table(of.costs),
        "waves": _named(waves, names),
        "townships": township_table(of.table, consent, wishes, waves, actions),
        "actions": actions,
        "reuse": uses.rename_axis("site_id").reset_index(),
        "assets": assets,
        "transfers": transfer_log(assets, waves, rule.first_wave.isoformat()),
        "unknown": pd.concat([register_gaps(county, rows), _refit_gaps(uses)], ignore_index=True),
    }
    moved = of.summary["moved"]
    summary = {
        **of.summary,
        **{key: None if pd.isna(value) else value for key, value in figures.items()},
        "near_minutes": rule.reuse.near_minutes,
        "refit_unknown": int(uses["refit_yuan"].isna().sum()),
        "moved_by_guardian": _moved_by_guardian(consent),
        "waves": int(waves["wave"].max()) if len(waves) else 0,
        "waves_at_least": fewest_waves(moved, rule.wave_cap),
        "wave_cap": rule.wave_cap,
        "first_wave": str(waves["date"].min()) if len(waves) else None,
        "last_wave": str(waves["date"].max()) if len(waves) else None,
        "assets_in": int(assets["in_before"].sum()),
        "assets_out": int(assets["in_after"].sum()),
        "costs": of.costs["after"],
        "costs_before": of.costs["before"],
        "warnings": message_rows(
            chain(
                wish_warnings(problem, plan, of.table, wishes, waves),
                homes_warnings(problem, plan, of.table),
                given_uses(problem, plan, rule.reuse.given),
            )
        ),
        "notes": message_rows(
            chain(
                wish_notes(problem, plan, of.table, wishes, waves),
                homes_notes(county, rows, problem, plan, of.summary),
                refit_unknown(uses),
                document_count(rows, problem, plan, rule.emptied_in_document),
            )
        ),
    }
    states = of.table.copy()
    states["lon"], states["lat"] = rows.geometry.x.round(6), rows.geometry.y.round(6)
    states["reason_zh"] = [plan.reasons[home].zh if home in plan.reasons else "" for home in states.index]
    return HomesResult(states.rename_axis("site_id").reset_index(), _flows(problem, plan), summary, tables)


def _uses(parameters: Parameters, rows: gpd.GeoDataFrame, plan: HomesPlan, reuse: Reuse) -> pd.DataFrame:
    """Return what each emptied home becomes, whom it serves and what it may bring; index site_id."""
    emptied = plan.state.index[~plan.state.isin(["centre", "kept"])].sort_values()
    own = rows.loc[emptied, ["name", "township", "area_m2", "beds"]]
    table = own[["name", "township", "area_m2"]].join(reuse.table)
    let = table["use"] == LET
    # Beds of an operator are for paying elders: never among the beds of the residents in care.
    beds = own["beds"].astype(float).where(let)
    prices = {level: parameters.value("private_run_rent_yuan_per_bed_year", level) for level in LEVELS}
    rents = {f"rent_{level}_yuan": beds * yuan for level, yuan in prices.items()}
    taken = {
        f"{name}_at_a_time": table[f"seats_{name}"].clip(upper=table[near])
        for name, near in (("elders", "elders_near"), ("children", "left_behind_near"))
    }
    return table.assign(let=let, beds_for_paying=beds, operator_zh=let.map({True: OPERATOR_OPEN, False: ""})).assign(
        **rents, **taken
    )


def _refit_gaps(uses: pd.DataFrame) -> pd.DataFrame:
    """Return the emptied homes whose refitting cannot be priced, as rows of what is not registered."""
    unknown = uses[uses["refit_yuan"].isna()]
    return pd.DataFrame(
        {
            "site_id": unknown.index,
            "name": unknown["name"].to_numpy(),
            "column": "refit_yuan",
            "meaning_zh": "整修投入（填了总面积可测算）",
        }
    )


def _growth(problem: HomesProblem, plan: HomesPlan) -> pd.DataFrame:
    """Return added beds, their yuan and square metres per home."""
    rows = {
        home: (int(beds), *expansion(problem.steps[str(home)], int(beds))) for home, beds in plan.beds_added.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["beds", "yuan", "m2"])


def _homes_parted(flows: pd.DataFrame) -> int:
    """Count homes whose moving residents go to more than one centre."""
    moves = flows[(flows["from_site"] != flows["to_site"]) & (flows["to_site"] != HOME_SUPPORT)]
    pairs = moves[["from_site", "to_site"]].drop_duplicates()
    return int((pairs["from_site"].value_counts() > 1).sum())


def _waves(settings: Settings, of: Judged, plan: HomesPlan) -> pd.DataFrame:
    rule = settings.homes
    living = of.table["residents_before"]
    free = {c: int(of.table.at[c, "beds_before"] - living[c]) for c in plan.centres}
    rules = WaveRules(
        cap=rule.wave_cap,
        days=rule.wave_days,
        first=rule.first_wave,
        expansion_ready=rule.expansion_ready,
        notice_days=rule.notice_days,
        assessment_days=rule.assessment_days,
    )
    return plan_waves(plan.flows, free, rules)


def _flows(problem: HomesProblem, plan: HomesPlan) -> pd.DataFrame:
    flows = plan.flows.groupby(_FLOW, as_index=False)["persons"].sum()
    pairs = zip(flows["from_site"], flows["to_site"], strict=True)
    known = set(problem.homes.index)
    return flows.assign(
        minutes=[float(problem.minutes.at[start, end]) if end in known else float("nan") for start, end in pairs]
    )


def _named(table: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    return table.assign(from_name=table["from_site"].map(names), to_name=table["to_site"].map(names))


def _by_guardian(county: County, rows: gpd.GeoDataFrame) -> pd.Series:
    """Return how many yes of each home a guardian gave; NaN where nobody noted it."""
    noted = rows["residents_yes_by_guardian"].astype(float)
    if county.residents is not None:
        yes = county.residents[(county.residents["consent"] == "yes") & (county.residents["consent_by"] != "")]
        counted = (yes["consent_by"] == "guardian").groupby(yes["site_id"]).sum().astype(float)
        noted = noted.fillna(counted)
    return noted


def _moved_by_guardian(consent: pd.DataFrame) -> int | None:
    """Return how many move on a guardian's yes; None when a home that moves did not note it."""
    moving = consent[(consent["consent"] == "yes") & (consent["moved"] > 0)]
    if moving["by_guardian"].isna().any():
        return None
    return int(moving["by_guardian"].sum())
