"""One run, from the county to the result: the three decisions, judged by one code.

``run_scenarios`` measures the county once and lets every scenario use the same minutes and the same displacements.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from anyi_geo import __version__
from anyi_geo.bridge.care_sites import (
    care_site_problem,
    limits_by_group,
    official_plan,
    persons_by_group,
    site_costs,
    site_rows,
)
from anyi_geo.bridge.homes import decide_homes, homes_today
from anyi_geo.bridge.homes_reuse import with_homes_as_care_sites
from anyi_geo.bridge.lines import no_lines
from anyi_geo.bridge.meals import decide_meals
from anyi_geo.bridge.points import point_rows
from anyi_geo.bridge.travel import Travel, care_site_rows, prepare_travel
from anyi_geo.county import County
from anyi_geo.errors import Fault, InfeasibleError, Message
from anyi_geo.judge.contributions import only_here
from anyi_geo.judge.cost import care_site_costs
from anyi_geo.judge.coverage import coverage, coverage_ranges, nearest
from anyi_geo.judge.equity import equity
from anyi_geo.judge.minutes import minutes_summary, worst_villages
from anyi_geo.locate import SolverSettings
from anyi_geo.plan.care_sites import plan_care_sites
from anyi_geo.result import HomesResult, MealsResult, RunResult
from anyi_geo.scenario import Scenario, Settings

DEFAULT_SCENARIOS = ("official-2023", "optimum-2023", "optimum-2023-expected")

#: Shares of the solver's seconds; meals stop by iterations and take what is left as a safety.
CARE_SITES_SHARE, HOMES_SHARE = 0.6, 0.1

Say = Callable[[Message], None]


@dataclass
class _Log:
    """What the decisions leave behind on their way: solves and reasons why something could not be met."""

    solves: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[dict[str, Any]] = field(default_factory=list)

    def solved(self, plan: Any) -> None:
        names = ("model", "status", "objective", "bound", "gap", "bound_source", "seconds")
        row = {name: getattr(plan, name) for name in names}
        self.solves.append(row | {"status": str(row["status"])})

    def unmet(self, decision: str, error: InfeasibleError, today: Mapping[str, Any] | None = None) -> None:
        told = {"decision": decision, "message": error.message.zh, "message_en": error.message.en}
        self.reasons.append({**told, **(today or {})})


def run_scenarios(county: County, scenarios: Iterable[Scenario], *, say: Say | None = None) -> Iterator[RunResult]:
    """Run scenarios one after the other over one measurement of the county.

    Parameters
    ----------
    county : County
    scenarios : iterable of Scenario
    say : callable, optional
        Receives one message per stage.

    Yields
    ------
    RunResult
        ``run["status"]`` is "done", or "unmeetable" with ``run["reasons"]`` and the figures of what exists.

    Raises
    ------
    SettingError, ProblemError
        A setting that is wrong by itself.
    """
    tell = say or (lambda _message: None)
    measured: dict[tuple[int, int, tuple[str, ...]], Travel] = {}
    for scenario in scenarios:
        own, settings = with_homes_as_care_sites(county, scenario.settings)
        draws, seed = settings.displacement.draws, settings.solver.seed
        key = (draws, seed, tuple(care_site_rows(own).index))
        if key not in measured:
            tell(Message("测算步行、骑行、乘车时间", "Measuring minutes on foot, by e-tricycle and by car"))
            measured[key] = prepare_travel(own, draws, seed)
        tell(Message(f"情景 {scenario.name}：{settings.title}", f"Scenario {scenario.name}"))
        yield run_scenario(own, scenario.model_copy(update={"settings": settings}), measured[key], say=tell)


def run_scenario(county: County, scenario: Scenario, travel: Travel, *, say: Say | None = None) -> RunResult:
    """Take the three decisions of one scenario and judge them.

    Parameters
    ----------
    county : County
    scenario : Scenario
    travel : Travel
        From ``prepare_travel`` with the scenario's draws and seed.
    say : callable, optional
        Receives one message per stage.
    """
    tell = say or (lambda _message: None)
    started = time.perf_counter()
    settings, log = scenario.settings, _Log()
    tell(Message("  幸福院：两批点位", "  Care sites in batches"))
    batch = _care_sites(county, settings, travel, log)
    tell(Message("  敬老院：整合", "  Homes"))
    homes, home_lines = _homes(county, settings, travel, batch, log)
    tell(Message("  助餐：开伙与配送", "  Meals"))
    meals, meal_lines = _meals(county, settings, travel, batch, log)
    tell(Message("  评价", "  Judging"))
    judged = _judge(county, scenario, travel, batch)
    costs = [judged.pop("costs"), *(part for part in (_home_costs(homes), _meal_costs(meals)) if part is not None)]
    return RunResult(
        run={
            "version": __version__,
            "seed": settings.solver.seed,
            "inputs_sha256": county.inputs_sha256,
            "scenario": scenario.name,
            "title": settings.title,
            "question": settings.question,
            "overrides": scenario.overrides,
            "status": "unmeetable" if log.reasons else "done",
            "reasons": log.reasons,
            "date": dt.datetime.now(tz=dt.UTC).astimezone().date().isoformat(),
            "seconds": round(time.perf_counter() - started, 3),
        },
        parameters=county.parameters.records(),
        groups={name: group.model_dump(exclude={"column", "population"}) for name, group in _groups(settings)},
        headline_mode=settings.travel.headline_mode,
        batches=[{"batch": k, "name": rule.name} for k, rule in enumerate(settings.care_sites.batches, 1)],
        costs=pd.concat(costs, ignore_index=True),
        homes=homes,
        meals=meals,
        solves=pd.DataFrame(
            log.solves, columns=["model", "status", "objective", "bound", "gap", "bound_source", "seconds"]
        ),
        warnings=[*map(_warning, county.warnings), *(homes.summary["warnings"] if homes is not None else [])],
        lines=pd.concat([home_lines, meal_lines], ignore_index=True),
        **judged,
    )


def _groups(settings: Settings) -> Iterable[tuple[str, Any]]:
    return settings.demand.groups.items()


def _care_sites(county: County, settings: Settings, travel: Travel, log: _Log) -> pd.Series:
    """Return site_id -> batch: the given plan, or the model's; none when the request cannot be met."""
    if settings.care_sites.plan == "official":
        return official_plan(county, settings)
    problem = care_site_problem(county, settings, travel)
    limits = SolverSettings(
        seconds=settings.solver.seconds * CARE_SITES_SHARE, gap=settings.solver.gap, seed=settings.solver.seed
    )
    try:
        plan = plan_care_sites(problem, limits)
    except InfeasibleError as error:
        log.unmet("care_sites", error)
        return pd.Series(dtype=int, name="batch", index=pd.Index([], name="site_id", dtype=str))
    log.solved(plan)
    return plan.batch


def _homes(
    county: County, settings: Settings, travel: Travel, batch: pd.Series, log: _Log
) -> tuple[HomesResult | None, pd.DataFrame]:
    limits = SolverSettings(
        seconds=settings.solver.seconds * HOMES_SHARE, gap=settings.solver.gap, seed=settings.solver.seed
    )
    try:
        plan, result, lines = decide_homes(county, settings, travel, batch, limits)
    except InfeasibleError as error:
        log.unmet("homes", error, homes_today(county, settings, travel, error))
        return None, no_lines()
    if plan is not None:
        log.solved(plan)
    return result, lines


def _meals(
    county: County, settings: Settings, travel: Travel, batch: pd.Series, log: _Log
) -> tuple[MealsResult | None, pd.DataFrame]:
    try:
        plan, result, lines = decide_meals(county, settings, travel, batch)
    except InfeasibleError as error:
        log.unmet("meals", error)
        return None, no_lines()
    if plan is not None:
        log.solves.append(
            {
                "model": "location-routing",
                "status": str(plan.status),
                "objective": plan.cost_yuan,
                "bound": plan.bound_yuan,
                "gap": plan.gap,
                "bound_source": plan.bound_source,
                "seconds": plan.seconds,
            }
        )
    return result, lines


def _judge(county: County, scenario: Scenario, travel: Travel, batch: pd.Series) -> dict[str, Any]:
    """Judge a care-site plan; the same code for every plan."""
    settings = scenario.settings
    batches = len(settings.care_sites.batches)
    persons, limits = persons_by_group(county, settings), limits_by_group(settings)
    townships, villages = county.points["township"], county.points[["village_id", "village", "township"]]
    minutes = travel.to_sites(batch.index)
    near = nearest(minutes, batch, batches)
    metrics = coverage(near, persons, townships, limits, scenario.name)
    ranges = coverage_ranges(travel.places, travel.draws, batch, persons, limits, batches)
    metrics = metrics.merge(
        ranges.assign(scope="county")[["batch", "group", "mode", "scope", "share_low", "share_high", "share_mean"]],
        on=["batch", "group", "mode", "scope"],
        how="left",
        validate="one_to_one",
    )
    mode = settings.travel.headline_mode
    alone = only_here(minutes[mode], batch, persons, {name: limits[name][mode] for name in limits})
    return {
        "sites": site_rows(county, batch, alone),
        "points": point_rows(county, persons),
        "nearest": near,
        "metrics": metrics,
        "minutes": minutes_summary(near, persons),
        "worst": worst_villages(near, persons, villages),
        "equity": equity(near, persons, townships, limits),
        "costs": care_site_costs(site_costs(county), batch, batches),
    }


def _home_costs(homes: HomesResult | None) -> pd.DataFrame | None:
    if homes is None:
        return None
    return pd.DataFrame(homes.summary["costs"]).assign(decision="homes")


def _meal_costs(meals: MealsResult | None) -> pd.DataFrame | None:
    if meals is None:
        return None
    yearly = meals.costs.rename(columns={"yuan_per_year": "yearly_yuan"})
    return yearly[["head", "yearly_yuan"]].assign(decision="meals", one_off_yuan=0.0)


def _warning(fault: Fault) -> dict[str, Any]:
    return {
        "code": fault.code,
        "file": fault.file,
        "id": fault.id,
        "message": fault.message.zh,
        "message_en": fault.message.en,
    }
