"""What is solved again to explain a care-site plan: regret, swaps, fronts, how often a site is chosen, other years.

Plans come from the same model under the same conditions, and every one of them is judged like any other plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from anyi_geo.bridge.care_sites import care_site_problem, official_plan
from anyi_geo.bridge.demand import persons_in_years
from anyi_geo.bridge.plan_figures import Figures, figures_of
from anyi_geo.bridge.plan_words import Names, price
from anyi_geo.bridge.travel import Travel
from anyi_geo.bridge.worlds import frequency_table, possible_worlds
from anyi_geo.county import County
from anyi_geo.errors import InfeasibleError, Message, SettingError
from anyi_geo.locate import SolverSettings
from anyi_geo.plan.care_sites import (
    CareSiteProblem,
    at_once,
    conditions_not_met,
    cost_front,
    evaluate_given,
    group_front,
    plan_care_sites,
    selection_frequency,
    swap_plans,
    worst_township_front,
)
from anyi_geo.settings import Settings

Say = Callable[[Message], None]
#: A plan to be drawn: plan_id (part of a file name), title, site_id -> batch.
SweptPlan = tuple[str, str, pd.Series]
#: A table, and the plans in it that are to be drawn.
Table = tuple[pd.DataFrame, list[SweptPlan]]
#: Gaps at which a swept plan and a plan of one shaken world are good enough.
FRONT_GAP, FREQUENCY_GAP = 0.001, 0.01
#: Fronts by name, as planners read them.
FRONT_TITLES = {"elders_children": "老人与儿童", "worst_township": "总量与最差乡镇", "cost": "覆盖与投入"}


#: Frequencies by the conditions under which they were found.
Memory = dict[tuple[str, ...], pd.Series]


@dataclass(frozen=True)
class Sweep:
    """What the sweeps of a run found.

    Attributes
    ----------
    tables : dict of str to DataFrame
        regret, swaps, front, frequency, robust; those that the scenario asks for.
    plans : tuple of (plan_id, title, batch)
        The plans of the front and of the swaps, to be drawn.
    warnings : tuple of dict
        Sweeps that could not be solved, and why; rows as in ``RunResult.warnings``.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    plans: tuple[SweptPlan, ...] = ()
    warnings: tuple[dict[str, Any], ...] = ()


def sweep(
    county: County,
    today: County,
    settings: Settings,
    travel: Travel,
    batch: pd.Series,
    *,
    say: Say | None = None,
    memory: Memory | None = None,
) -> Sweep:
    """Solve again what the scenario asks for.

    Parameters
    ----------
    county, today : County
        With the persons of the scenario's year, and as the data have them.
    settings : Settings
    travel : Travel
    batch : Series
        site_id -> batch of the plan that is to be explained.
    say : callable, optional
        Receives one message per sweep.
    memory : dict, optional
        Frequencies found before, for scenarios that differ only in what they aim at.

    Raises
    ------
    SettingError
        A front of two groups where not exactly two are counted, years that cannot be projected.
    """
    wanted = settings.care_sites.reasons
    if batch.empty or not (
        wanted.regret or wanted.swaps or wanted.front != "none" or wanted.frequency_draws or wanted.years
    ):
        return Sweep()
    tell = say or (lambda _message: None)
    one = _freed(settings)
    given = official_plan(county, settings) if wanted.swaps else batch
    problem = care_site_problem(county, one, travel, also=(*batch.index, *given.index))
    # Swaps of a scenario that plans for uncertain positions are chosen for them too.
    uncertain = wanted.swaps > 0 and settings.care_sites.objective == "expected_cover"
    expected = (
        care_site_problem(county, _freed(settings, uncertain=True), travel, also=(*batch.index, *given.index))
        if uncertain
        else problem
    )
    judge, names = figures_of(county, one, travel), _names(problem, settings)
    parts: list[tuple[str, bool, Message, Callable[[], Table]]] = [
        ("regret", wanted.regret, Message("与最优方案的差距", "regret"), lambda: _regret(problem, batch, settings)),
        (
            "swaps",
            wanted.swaps > 0,
            Message("改动几个点位", "swaps"),
            lambda: _swaps(expected, given, settings, judge, names),
        ),
        (
            "front",
            wanted.front != "none",
            Message("权衡曲线", "front"),
            lambda: _front(problem, settings, judge, names),
        ),
        (
            "frequency",
            wanted.frequency_draws > 0,
            Message("入选频率", "how often each site is chosen"),
            lambda: _frequency(county, problem, settings, travel, batch, {} if memory is None else memory),
        ),
        ("robust", bool(wanted.years), Message("其他年份", "years"), lambda: _robust(today, settings, problem, batch)),
    ]
    tables: dict[str, pd.DataFrame] = {}
    plans: list[SweptPlan] = []
    warnings: list[dict[str, Any]] = []
    for name, asked, words, solve in parts:
        if not asked:
            continue
        tell(Message(f"  幸福院：{words.zh}", f"  Care sites: {words.en}"))
        try:
            tables[name], found = solve()
        except InfeasibleError as error:
            warnings.append(_unsolved(words, error))
        else:
            plans += found
    return Sweep(tables, tuple(plans), tuple(warnings))


def _unsolved(words: Message, error: InfeasibleError) -> dict[str, Any]:
    return {
        "code": "W_NOT_SOLVED",
        "file": "",
        "id": "",
        "message": f"“{words.zh}”没有算出：{error.message.zh}",
        "message_en": f"{words.en}: not solved: {error.message.en}",
    }


def _freed(settings: Settings, *, uncertain: bool = False) -> Settings:
    """Return the settings with whole cover as the only aim; unless `uncertain`, where the data put the sites."""
    objective = settings.care_sites.objective
    if objective == "expected_cover" and not uncertain:
        objective = "cover"
    rules = settings.care_sites.model_copy(
        update={"plan": "optimise", "objective": objective, "first": [], "floors": {}, "differ_most": float("inf")}
    )
    return settings.model_copy(update={"care_sites": rules})


def _limits(settings: Settings, gap: float) -> SolverSettings:
    return SolverSettings(seconds=settings.solver.seconds, gap=max(gap, settings.solver.gap), seed=settings.solver.seed)


def _regret(problem: CareSiteProblem, batch: pd.Series, settings: Settings) -> Table:
    """Compare the plan with the best under the same conditions, and with all sites opened at once.

    Values are weighted persons summed over batches; `at_once` ones are weighted persons when all sites are open.
    """
    limits = _limits(settings, settings.solver.gap)
    value, best = evaluate_given(problem, batch.to_dict()), plan_care_sites(problem, limits)
    broken, whole = conditions_not_met(problem, batch.to_dict()), at_once(problem)
    together = plan_care_sites(whole, limits)
    row = {
        "covered": value,
        "best_found": best.objective,
        "bound": best.bound,
        "regret": best.objective - value,
        "regret_at_most": best.bound - value,
        "status": str(best.status),
        "bound_source": best.bound_source,
        "conditions_not_met_zh": "；".join(words.zh for words in broken),
        "conditions_not_met_en": "; ".join(words.en for words in broken),
        "at_once": evaluate_given(whole, dict.fromkeys(batch.index, 1)),
        "at_once_best": together.objective,
        "at_once_bound": together.bound,
        "price_of_phasing": together.objective - evaluate_given(whole, dict.fromkeys(best.batch.index, 1)),
    }
    return pd.DataFrame([row]), []


def _names(problem: CareSiteProblem, settings: Settings) -> Names:
    groups = {name: group.short for name, group in settings.demand.groups.items() if group.weight > 0}
    return Names(problem.sites, groups)


def _swaps(problem: CareSiteProblem, given: pd.Series, settings: Settings, judge: Figures, names: Names) -> Table:
    start = judge(given)
    none = {"plan_id": "swap-0", "swaps": 0, "value": evaluate_given(problem, given.to_dict()), "bound": math.nan}
    blank = {"gap": 0.0, **changes(given, given, problem), "price_zh": "", "price_en": ""}
    rows: list[dict[str, Any]] = [{**none, **blank, **start}]
    plans: list[SweptPlan] = []
    limits = _limits(settings, settings.solver.gap)
    for number, plan in swap_plans(problem, given, settings.care_sites.reasons.swaps, limits):
        change, figures = changes(given, plan.batch, problem), judge(plan.batch)
        known = {
            "plan_id": f"swap-{number}",
            "swaps": number,
            "value": plan.objective,
            "bound": plan.bound,
            "gap": plan.gap,
        }
        rows.append({**known, **change, **price(start, figures, change, names), **figures})
        plans.append((f"swap-{number}", f"县方案改动 {number} 处", plan.batch))
    return pd.DataFrame(rows), plans


def changes(base: pd.Series, other: pd.Series, problem: CareSiteProblem) -> dict[str, Any]:
    """Return which sites a plan leaves out, takes in and moves to another batch: ids, names and townships."""
    both = base.index.intersection(other.index)
    parts = {
        "out": base.index.difference(other.index),
        "in": other.index.difference(base.index),
        "moved": both[(base.loc[both] != other.loc[both]).to_numpy()],
    }
    out: dict[str, Any] = {}
    for key, sites in parts.items():
        rows = problem.sites.reindex(sites)
        out |= {key: list(sites), f"{key}_names": list(rows["name"]), f"{key}_townships": list(rows["township"])}
    return out


def _front(problem: CareSiteProblem, settings: Settings, judge: Figures, names: Names) -> Table:
    """Return the front with what each step costs against the plan before, and its plans."""
    wanted, limits = settings.care_sites.reasons, _limits(settings, FRONT_GAP)
    if problem.seats is not None and wanted.front != "cost":
        raise SettingError(
            f"限定座位数（seats = true）时不能算“{FRONT_TITLES[wanted.front]}”曲线：请只算 cost，或去掉 seats。",
            f"With seats the front {wanted.front} cannot be drawn: ask for cost only, or drop seats.",
        )
    if wanted.front == "cost":
        found = list(reversed(cost_front(problem, limits, wanted.front_plans)))
        aims = ("cover", "cost")
    elif wanted.front == "worst_township":
        found, aims = worst_township_front(problem, limits, wanted.front_plans), ("cover", "worst_township")
    else:
        aims = _two_groups(settings)
        found = group_front(problem, *aims, limits, wanted.front_plans)
    figures = [judge(plan.batch) for plan in found]
    rows = []
    for number, plan in enumerate(found):
        last = max(0, number - 1)
        change = changes(found[last].batch, plan.batch, problem)
        row = {"front": wanted.front, "plan": number + 1, "plan_id": f"{wanted.front}-{number + 1}",
               "aim": aims[0], "other_aim": aims[1], "value": plan.first, "other": plan.second}  # fmt: skip
        words = price(figures[last], figures[number], change, names) if number else {"price_zh": "", "price_en": ""}
        rows.append({**row, "gap": plan.gap, **change, **words, **figures[number]})
    title = FRONT_TITLES[wanted.front]
    plans = [
        (f"{wanted.front}-{number}", f"{title}，方案 {number}", plan.batch) for number, plan in enumerate(found, 1)
    ]
    return pd.DataFrame(rows), plans


def _two_groups(settings: Settings) -> tuple[str, str]:
    counted = [name for name, group in settings.demand.groups.items() if group.weight > 0]
    if len(counted) != 2:
        raise SettingError(
            f"权衡曲线 elders_children 需要正好两个计入目标的人群，现在有 {len(counted)} 个：请调整各人群的 weight。",
            f"The front elders_children needs exactly two groups with a weight, there are {len(counted)}.",
        )
    return counted[0], counted[1]


def _frequency(
    county: County, problem: CareSiteProblem, settings: Settings, travel: Travel, batch: pd.Series, memory: Memory
) -> Table:
    """Return how often each site is chosen when positions, persons and uptake move within their errors."""
    one = _freed(settings)
    key = (
        one.care_sites.model_dump_json(exclude={"reasons"}),
        str(settings.care_sites.reasons.frequency_draws),
        one.demand.model_dump_json(),
        one.travel.headline_mode,
        str(one.solver.seed),
    )
    if key not in memory:
        worlds = possible_worlds(county, problem, settings, travel)
        memory[key] = selection_frequency(problem, worlds, _limits(settings, FREQUENCY_GAP))
    return frequency_table(county, memory[key], batch), []


def _robust(today: County, settings: Settings, problem: CareSiteProblem, batch: pd.Series) -> Table:
    """Plan for the persons of each year, and mark the sites that are chosen in all of them and in the plan."""
    years: Sequence[int] = settings.care_sites.reasons.years
    rules = settings.demand.model_copy(update={"judged_years": list(years)})
    by_year = persons_in_years(today, settings.model_copy(update={"demand": rules}))
    if not by_year:
        raise SettingError(
            "要按年份比较点位（care_sites.reasons.years），需要 census.csv 和各村分年龄人口。",
            "care_sites.reasons.years needs census.csv and the ages of every village.",
        )
    cap, limits = settings.demand.ratio_cap, _limits(settings, settings.solver.gap)
    counted = list(problem.persons.columns)
    chosen = {
        year: plan_care_sites(replace(problem, persons=by_year[year, cap][counted]), limits).batch for year in years
    }
    sites = batch.index
    for other in chosen.values():
        sites = sites.union(other.index)
    table = problem.sites.loc[sites, ["name", "township"]].assign(batch=batch.reindex(sites).astype("Int64"))
    for year, other in chosen.items():
        table[f"batch_{year}"] = other.reindex(sites).astype("Int64")
    table["robust"] = table.drop(columns=["name", "township"]).notna().all(axis=1)
    return table.rename_axis("site_id").reset_index(), []
