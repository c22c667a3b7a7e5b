"""What a run hands over: one frozen result, written to and read from ``result.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class HomesResult:
    """The homes decision, judged.

    Attributes
    ----------
    states : DataFrame
        site_id, name, township, lon, lat, state (centre, kept, civil_affairs_station, public_built_private_run,
        xingfuyuan, reserve), beds_before, beds_after, beds_added, nursing_beds_before, nursing_beds_after,
        nursing_fitted, nursing_beds_needed, m2_per_bed_before, m2_per_bed_after, residents_before, residents_after,
        staff_before, staff_after (carers by ratio), reason_zh. Empty where it is not registered.
    flows : DataFrame
        from_site, to_site (a home, or "home_support": back to support at home), care_level, consent, persons,
        minutes (car, from the home to the new home; empty for home_support).
    summary : dict
        residents, moved, staying, home_support, moved_without_consent, moved_not_asked, unmet, beds_added,
        visit_minutes_{before,after,added}_{mean,p90,max}, visit_share_over_limit_{before,after}, yearly_yuan_before,
        yearly_yuan_after, one_off_yuan, pay_back_years (None: never), rent_<level>_yuan and pay_back_years_rent_<level>
        (possible rent, in no cost), stations, station_*, beds_for_paying, refit_unknown (homes),
        waves, last_wave, costs, warnings ...
    tables : dict of str to DataFrame
        county, visits, families, worst_changes, consent, staff, cost_heads, waves, townships, actions, reuse, assets,
        transfers, unknown, alternatives, front; a table that the scenario does not ask for is missing.
    """

    states: pd.DataFrame
    flows: pd.DataFrame
    summary: dict[str, Any]
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class MealsResult:
    """The meals decision, judged.

    Attributes
    ----------
    stops : DataFrame
        site_id, name, township, lon, lat, mode (own_kitchen, delivered, none, unserved), meals, kitchen, round_id,
        arrival_minute (minute of day), elapsed_minutes (cooked to handed over), reason_zh.
    rounds : DataFrame
        round_id, kitchen, vehicle, order (tuple of site ids), departure_minute, meals, cost_yuan, elapsed_minutes.
    costs : DataFrame
        head, yuan_per_day, yuan_per_year.
    summary : dict
        points, kitchens, delivered, none, unserved, meals, cost_yuan_per_day, cost_yuan_per_meal,
        break_even_diners, hot_limit_minutes, bound_yuan_per_service, bound_source, gap, vehicle_capacity ...
    supper : MealsResult or None
        The evening's own stops, rounds, costs, summary, visits and loading, where it is planned; costs and money above
        hold both services, everything else above is lunch's.
    tables : dict of str to DataFrame
        uptakes (what 5, 13 and 40 % would eat), accounts (monthly cost of every point by head), heads, shares (who pays
        by age band), payers (with gap and what closes it), visits (every stop of every round), kitchens (loading).
    """

    stops: pd.DataFrame
    rounds: pd.DataFrame
    costs: pd.DataFrame
    summary: dict[str, Any]
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    supper: MealsResult | None = None


@dataclass(frozen=True)
class RunResult:
    """Everything one scenario produced.

    Attributes
    ----------
    run : dict
        version, seed, inputs_sha256, scenario, title, question, overrides, status, reasons, date, seconds, maps
        (review_number, source: what every map says below).
    parameters : list of dict
        The rows of ``parameters.csv``.
    groups : dict
        group -> {name, short, weight, limit_minutes {mode: minutes}}.
    headline_mode : str
        walk, ride or car.
    batches : list of dict
        batch (1-based), name.
    sites : DataFrame
        site_id, batch, name, township, village_id, resource_type, lon, lat, opening_yuan, area_m2, floors, canteen_m2,
        outdoor_m2, fire_raw, official_batch, only_here (object group -> persons that only this site reaches).
    points : DataFrame
        point_id, village_id, village, name, township, lon, lat, rural; one column ``persons.<group>`` per group.
    nearest : DataFrame
        point_id, batch, mode, site_id, minutes; the nearest site open in that batch or before; inf = out of reach.
    metrics : DataFrame
        plan, batch, group, mode, limit_minutes, scope, covered, total, share, share_low, share_high.
    minutes : DataFrame
        batch, group, mode, mean, median, p90, unreachable_persons.
    worst : DataFrame
        batch, group, mode, rank, village_id, village, township, persons, minutes.
    equity : DataFrame
        batch, group, mode, gini, worst_township, worst_share.
    costs : DataFrame
        decision (care_sites, homes, meals), head, one_off_yuan, yearly_yuan.
    homes : HomesResult or None
    meals : MealsResult or None
    solves : DataFrame
        model, status, objective, bound, gap, bound_source, seconds.
    warnings : list of dict
        code, message (zh), message_en.
    care : dict of str to DataFrame
        What else is known of the care sites: gains, fading, access, envy, left_out, out_of_reach, sheets, functions,
        questions, years, phasing; regret, swaps, front, frequency, robust where the scenario asks for them.
    plans : tuple of RunResult
        The plans of the front and of the swaps, judged as care sites alone, to be drawn; not in result.json.
    lines : GeoDataFrame or None
        kind (round, move), id, from_id, to_id, order, geometry in EPSG:4326, along the roads; not in result.json.
    """

    run: dict[str, Any]
    parameters: list[dict[str, Any]]
    groups: dict[str, dict[str, Any]]
    headline_mode: str
    batches: list[dict[str, Any]]
    sites: pd.DataFrame
    points: pd.DataFrame
    nearest: pd.DataFrame
    metrics: pd.DataFrame
    minutes: pd.DataFrame
    worst: pd.DataFrame
    equity: pd.DataFrame
    costs: pd.DataFrame
    homes: HomesResult | None
    meals: MealsResult | None
    solves: pd.DataFrame
    warnings: list[dict[str, Any]] = field(default_factory=list)
    care: dict[str, pd.DataFrame] = field(default_factory=dict)
    plans: tuple[RunResult, ...] = ()
    lines: pd.DataFrame | None = None
