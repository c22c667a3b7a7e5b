"""One run, from the county to the result: the three decisions, judged by one code.

``run_scenarios`` measures the county once and lets every scenario use the same minutes and the same displacements.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from anyi_geo import __version__
from anyi_geo.bridge.care_sites import care_site_problem, official_plan
from anyi_geo.bridge.care_tables import care_tables, years_table
from anyi_geo.bridge.demand import check_years, limits_by_group, persons_by_group, persons_in_years, with_demand
from anyi_geo.bridge.homes import decide_homes, homes_today
from anyi_geo.bridge.homes_reuse import with_homes_as_care_sites
from anyi_geo.bridge.judged import judge_care_sites
from anyi_geo.bridge.lines import no_lines
from anyi_geo.bridge.meals import decide_meals, home_states
from anyi_geo.bridge.travel import Travel, care_site_rows, prepare_travel
from anyi_geo.county import County
from anyi_geo.errors import Fault, InfeasibleError, Message
from anyi_geo.locate import SolverSettings
from anyi_geo.plan.care_sites import plan_care_sites
from anyi_geo.result import HomesResult, MealsResult, RunResult
from anyi_geo.scenario import Scenario
from anyi_geo.settings import Reasons, Settings
from anyi_geo.sweep import Memory, SweptPlan, sweep

DEFAULT_SCENARIOS = ("official-2023", "optimum-2023", "optimum-2023-expected")

#: Shares of the solver's seconds; meals stop by iterations and take what is left as a safety.
CARE_SITES_SHARE, HOMES_SHARE = 0.6, 0.1

_SOLVES = ["model", "status", "objective", "bound", "gap", "bound_source", "seconds"]

Say = Callable[[Message], None]


@dataclass
class _Log:
    """What the decisions leave behind on their way: solves and reasons why something could not be met."""

    solves: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[dict[str, Any]] = field(default_factory=list)

    def solved(self, plan: Any) -> None:
        row = {name: getattr(plan, name) for name in _SOLVES}
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
    memory: Memory = {}
    scenarios = tuple(scenarios)
    for scenario in scenarios:
        check_years(county, scenario.settings)
    for scenario in scenarios:
        own, settings = with_homes_as_care_sites(county, scenario.settings)
        draws, seed = settings.displacement.draws, settings.solver.seed
        key = (draws, seed, tuple(care_site_rows(own).index))
        if key not in measured:
            tell(Message("测算步行、骑行、乘车时间", "Measuring minutes on foot, by e-tricycle and by car"))
            measured[key] = prepare_travel(own, draws, seed)
        tell(Message(f"情景 {scenario.name}：{settings.title}", f"Scenario {scenario.name}"))
        yield run_scenario(
            own, scenario.model_copy(update={"settings": settings}), measured[key], say=tell, memory=memory
        )


def run_scenario(
    county: County, scenario: Scenario, travel: Travel, *, say: Say | None = None, memory: Memory | None = None
) -> RunResult:
    """Take the three decisions of one scenario and judge them.

    Parameters
    ----------
    county : County
    scenario : Scenario
    travel : Travel
        From ``prepare_travel`` with the scenario's draws and seed.
    say : callable, optional
        Receives one message per stage.
    memory : dict, optional
        What an earlier scenario found that holds here too; see ``sweep``.
    """
    tell = say or (lambda _message: None)
    started = time.perf_counter()
    today, log = county, _Log()
    county, settings = with_demand(today, scenario.settings)
    tell(Message("  幸福院：两批点位", "  Care sites in batches"))
    batch = _care_sites(county, settings, travel, log)
    tell(Message("  敬老院：整合", "  Homes"))
    homes, home_lines = _homes(county, settings, travel, batch, log)
    tell(Message("  助餐：开伙与配送", "  Meals"))
    meals, meal_lines = _meals(county, settings, travel, batch, homes, log, tell)
    tell(Message("  评价", "  Judging"))
    judged = judge_care_sites(county, settings, scenario.name, travel, batch)
    tables = _care_tables(county, today, settings, travel, batch, judged)
    swept = sweep(county, today, settings, travel, batch, say=tell, memory=memory)
    costs = [judged.pop("costs"), *(part for part in (_home_costs(homes), _meal_costs(meals)) if part is not None)]
    run = {
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
        "maps": settings.maps.model_dump(),
        "seconds": round(time.perf_counter() - started, 3),
    }
    result = RunResult(
        run=run,
        parameters=county.parameters.records(),
        costs=pd.concat(costs, ignore_index=True),
        homes=homes,
        meals=meals,
        solves=pd.DataFrame(log.solves, columns=_SOLVES),
        warnings=[
            *map(_warning, county.warnings),
            *(homes.summary["warnings"] if homes is not None else []),
            *swept.warnings,
        ],
        care=tables | swept.tables,
        lines=pd.concat([home_lines, meal_lines], ignore_index=True),
        **judged,
    )
    if "frequency" in swept.tables:
        share = swept.tables["frequency"].set_index("site_id")["chosen_share"]
        result = replace(result, sites=result.sites.assign(chosen_share=result.sites["site_id"].map(share)))
    return replace(result, plans=tuple(_plan_alone(county, settings, travel, result, *plan) for plan in swept.plans))


def run_sweep(county: County, scenario: Scenario, reasons: Sequence[Reasons], *, say: Say | None = None) -> RunResult:
    """Decide and judge the care sites of a scenario alone, and solve again what is asked for.

    Parameters
    ----------
    county : County
    scenario : Scenario
    reasons : sequence of Reasons
        What to solve again, one after the other: several fronts are several entries.
    say : callable, optional
        Receives one message per stage.

    Returns
    -------
    RunResult
        Without homes and meals; ``care`` and ``plans`` hold what all entries found.

    Raises
    ------
    InfeasibleError
        The scenario's own plan cannot be made.
    """
    tell = say or (lambda _message: None)
    started = time.perf_counter()
    check_years(county, scenario.settings)
    county, chosen = with_homes_as_care_sites(county, scenario.settings)
    today = county
    county, settings = with_demand(county, chosen)
    tell(Message("测算步行、骑行、乘车时间", "Measuring minutes on foot, by e-tricycle and by car"))
    travel = prepare_travel(county, settings.displacement.draws, settings.solver.seed)
    tell(Message("  幸福院：本情景的方案", "  Care sites: the scenario's own plan"))
    log = _Log()
    batch = _care_sites(county, settings, travel, log)
    if log.reasons:
        raise InfeasibleError(log.reasons[0]["message"], log.reasons[0]["message_en"])
    judged = judge_care_sites(county, settings, scenario.name, travel, batch)
    tables = _care_tables(county, today, settings, travel, batch, judged)
    plans: list[SweptPlan] = []
    warnings: list[dict[str, Any]] = []
    for wanted in reasons:
        rules = settings.care_sites.model_copy(update={"reasons": wanted})
        swept = sweep(county, today, settings.model_copy(update={"care_sites": rules}), travel, batch, say=tell)
        for name, table in swept.tables.items():
            tables[name] = pd.concat([tables[name], table], ignore_index=True) if name in tables else table
        plans += swept.plans
        warnings += swept.warnings
    run = {
        "version": __version__,
        "seed": settings.solver.seed,
        "inputs_sha256": county.inputs_sha256,
        "scenario": scenario.name,
        "title": settings.title,
        "question": settings.question,
        "overrides": scenario.overrides,
        "status": "done",
        "reasons": [],
        "date": dt.datetime.now(tz=dt.UTC).astimezone().date().isoformat(),
        "maps": settings.maps.model_dump(),
        "seconds": round(time.perf_counter() - started, 3),
    }
    result = RunResult(
        run=run, parameters=county.parameters.records(), homes=None, meals=None,
        solves=pd.DataFrame(log.solves, columns=_SOLVES), warnings=[*map(_warning, county.warnings), *warnings],
        care=tables, **judged,
    )  # fmt: skip
    return replace(result, plans=tuple(_plan_alone(county, settings, travel, result, *plan) for plan in plans))


def _care_tables(
    county: County, today: County, settings: Settings, travel: Travel, batch: pd.Series, judged: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    persons, near = persons_by_group(county, settings), judged["nearest"]
    tables = care_tables(county, settings, travel, batch, persons, near, judged["metrics"])
    by_year = persons_in_years(today, settings)
    tables["years"] = years_table(near, by_year, county.points["township"], limits_by_group(settings))
    return tables


def _plan_alone(
    county: County, settings: Settings, travel: Travel, result: RunResult, plan_id: str, title: str, batch: pd.Series
) -> RunResult:
    """Return a plan of a sweep as a run of care sites alone."""
    judged = judge_care_sites(county, settings, plan_id, travel, batch)
    told = result.run | {"title": f"{result.run['title']}：{title}", "plan_id": plan_id}
    return replace(result, run=told, homes=None, meals=None, care={}, plans=(), lines=None, **judged)


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
    county: County,
    settings: Settings,
    travel: Travel,
    batch: pd.Series,
    homes: HomesResult | None,
    log: _Log,
    say: Say,
) -> tuple[MealsResult | None, pd.DataFrame]:
    try:
        day = decide_meals(county, settings, travel, batch, home_states(homes), say=say)
    except InfeasibleError as error:
        log.unmet("meals", error)
        return None, no_lines()
    if day is None:
        return None, no_lines()
    for service, plan in day.plans:
        if plan.seconds == 0:
            continue  # lunch's plan, later in the day: nothing was solved
        log.solves.append(
            {
                "model": "location-routing" if service is day.plans[0][0] else f"location-routing {service.name.en}",
                "status": str(plan.status),
                "objective": plan.cost_yuan,
                "bound": plan.bound_yuan,
                "gap": plan.gap,
                "bound_source": plan.bound_source,
                "seconds": plan.seconds,
            }
        )
    return day.result, day.lines


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
