"""A homes plan judged: the tables that a meeting reads, and what has to be said aloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from anyi_geo.bridge.homes_problem import register_gaps
from anyi_geo.county import County
from anyi_geo.errors import Message
from anyi_geo.judge.homes import (
    action_sheet,
    asset_ledger,
    consent_table,
    cost_table,
    family_minutes,
    homes_costs,
    homes_table,
    moved_counts,
    pay_back_years,
    staff_table,
    township_table,
    visiting,
    worst_changes,
)
from anyi_geo.plan.homes import HOME_SUPPORT, HomesPlan, HomesProblem, WaveRules, expansion, fewest_waves, plan_waves
from anyi_geo.result import HomesResult
from anyi_geo.settings import Settings

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
    """Judge one plan; the same code for the scenario's plan, its alternatives and the front."""
    homes, costs, flows = problem.homes, problem.costs, plan.flows
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
        "unmet": 0,
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
    reuse: pd.DataFrame,
) -> HomesResult:
    """Return the result of one scenario; `plan` carries the uses that `reuse` chose."""
    of, rule = judged(problem, plan, settings.homes.visit_limit_minutes), settings.homes
    names = pd.concat([problem.homes["name"], county.villages["name"]])
    waves = _waves(settings, of, plan)
    guardian = _by_guardian(county, rows)
    consent = consent_table(plan.flows, names, guardian)
    posts = rows.loc[of.table.index]
    tables = {
        "visits": _named(of.visits, names),
        "worst_changes": worst_changes(of.visits, names),
        "consent": consent,
        "staff": staff_table(posts, of.table),
        "cost_heads": cost_table(of.costs),
        "waves": _named(waves, names),
        "townships": township_table(of.table, consent, waves),
        "actions": action_sheet(of.table, waves, consent, rule.first_wave, rule.expansion_ready),
        "reuse": reuse.assign(name=names.reindex(reuse.index)).rename_axis("site_id").reset_index(),
        "assets": asset_ledger(posts, plan.state),
        "unknown": register_gaps(county, rows),
    }
    moved = of.summary["moved"]
    summary = {
        **of.summary,
        "moved_by_guardian": _moved_by_guardian(consent),
        "waves": int(waves["wave"].max()) if len(waves) else 0,
        "waves_at_least": fewest_waves(moved, rule.wave_cap),
        "wave_cap": rule.wave_cap,
        "first_wave": str(waves["date"].min()) if len(waves) else None,
        "last_wave": str(waves["date"].max()) if len(waves) else None,
        "assets_in": int(tables["assets"]["in_before"].sum()),
        "assets_out": int(tables["assets"]["in_after"].sum()),
        "costs": of.costs["after"],
        "costs_before": of.costs["before"],
        "warnings": warning_rows(_warnings(problem, plan, of)),
        "notes": warning_rows(_notes(problem, plan, of)),
    }
    states = of.table.copy()
    states["lon"], states["lat"] = rows.geometry.x.round(6), rows.geometry.y.round(6)
    states["reason_zh"] = [plan.reasons[home].zh if home in plan.reasons else "" for home in states.index]
    return HomesResult(states.rename_axis("site_id").reset_index(), _flows(problem, plan), summary, tables)


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


def warning_rows(messages: dict[str, Message]) -> list[dict[str, str]]:
    """Return warnings as a run lists them."""
    return [{"code": code, "message": told.zh, "message_en": told.en} for code, told in messages.items()]


def _waves(settings: Settings, of: Judged, plan: HomesPlan) -> pd.DataFrame:
    rule = settings.homes
    living = of.table["residents_before"]
    free = {c: int(of.table.at[c, "beds_before"] - living[c]) for c in plan.centres}
    return plan_waves(plan.flows, free, WaveRules(rule.wave_cap, rule.wave_days, rule.first_wave, rule.expansion_ready))


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


def _warnings(problem: HomesProblem, plan: HomesPlan, of: Judged) -> dict[str, Message]:
    """Return what has to be said aloud of a plan, by code."""
    out, figures = {}, of.summary
    no, unasked = figures["moved_without_consent"], figures["moved_not_asked"]
    if no or unasked:
        out["W_MOVED_WITHOUT_CONSENT"] = Message(
            f"未同意仍迁移 {no} 人，未征询 {unasked} 人：请先逐人征询，未征询不算同意。",
            f"{no} residents who said no and {unasked} who were not asked are moved: ask first.",
        )
    forced = of.visits[(of.visits["from_site"] != of.visits["to_site"]) & (of.visits["consent"] != "yes")]
    one_rule = forced["from_site"].nunique()
    if one_rule and problem.rules.consent == "soft":
        out["W_ONE_RULE_FOR_ALL"] = Message(
            f"“一刀切”提示：{one_rule} 个敬老院并非人人同意，却整院迁出。",
            f"{one_rule} homes are emptied though not everybody there agreed.",
        )
    if plan.reserve_short:
        beds = int(of.table.loc[plan.centres, "beds_after"].sum())
        housed = int(of.table.loc[plan.centres, "residents_after"].sum())
        empty_zh = "无备用床位" if beds == housed else f"备用床位只有 {beds - housed} 张"
        out["W_NO_RESERVE"] = Message(
            f"{empty_zh}：中心 {beds} 床、入住 {housed} 人（{housed / beds:.0%}），"
            f"按备用比例 {problem.rules.reserve_share:.0%} 还缺 {plan.reserve_short} 床。",
            f"{housed} residents on {beds} beds at the centres; {plan.reserve_short} beds of the reserve are missing.",
        )
    return out


def _notes(problem: HomesProblem, plan: HomesPlan, of: Judged) -> dict[str, Message]:
    """Return what a reader of the figures should know, by code."""
    out, figures = {}, of.summary
    unknown = [str(problem.homes.at[c, "name"]) for c in plan.centres if pd.isna(problem.homes.at[c, "nursing_beds"])]
    if unknown and figures["nursing_fitted"]:
        out["N_NURSING_BEDS_UNKNOWN"] = Message(
            f"{'、'.join(unknown)}未登记护理型床位：改造 {figures['nursing_fitted']} 张按现有 0 张估算，是上限。",
            f"nursing beds of {', '.join(unknown)} are unknown: {figures['nursing_fitted']} to fit is a ceiling.",
        )
    more = plan.objective - plan.bound
    if problem.rules.together_share > 0 and len(plan.centres) > 1 and more > 1:
        out["N_TOGETHER"] = Message(
            f"为让同院老人迁往同一中心，年费用比最省的方案多不超过 {more:,.0f} 元。",
            f"Keeping the residents of a home together costs at most {more:,.0f} yuan a year more.",
        )
    known, housed = figures["visit_origin_known"], figures["residents"] - figures["home_support"]
    if known < housed:
        out["N_FAMILIES_AT_THE_OLD_HOME"] = Message(
            f"{housed - known} 人的家属所在村未登记或无路可达，探视时间按家属住在原敬老院附近计算（整合前记 0 分钟）。",
            f"{housed - known} families are taken to live at the old home (0 minutes before).",
        )
    return out
