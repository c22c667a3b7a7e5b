"""Plan a run's meals again from a changed list of diners, and say what changed for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from anyi_geo.bridge.homes_reuse import with_homes_as_care_sites
from anyi_geo.bridge.meals import decide_meals, home_states
from anyi_geo.bridge.travel import prepare_travel
from anyi_geo.county import County
from anyi_geo.errors import Message, ProblemError
from anyi_geo.result import MealsResult, RunResult
from anyi_geo.scenario import Scenario


@dataclass(frozen=True)
class Replanned:
    """A run with new meals.

    Attributes
    ----------
    result : RunResult
        The run, its scenario's name followed by "-replan".
    changes : DataFrame
        One row per dining point whose meals, mode, kitchen or round mates changed: site_id, name, meals_before,
        meals_after, mode_before, mode_after, kitchen_before, kitchen_after.
    rounds_kept : int
        Rounds driven as before: same kitchen, same stops, same order.
    """

    result: RunResult
    changes: pd.DataFrame
    rounds_kept: int


def replan(
    county: County,
    scenario: Scenario,
    before: RunResult,
    eating: pd.Series,
    *,
    keep_rounds: bool,
    say: Callable[[Message], None] = lambda _message: None,
) -> Replanned:
    """Plan the meals of a run again.

    Parameters
    ----------
    county : County
    scenario : Scenario
        The run's.
    before : RunResult
        The plan in use.
    eating : Series
        Index: some of its dining points; meals of one service. All other points keep theirs.
    keep_rounds : bool
        Keep every round that can still be driven; otherwise plan from scratch.
    say : callable, optional
        Receives a line a second while it takes long.

    Raises
    ------
    ProblemError
        The run has no meals.
    """
    old = before.meals
    if old is None or old.stops.empty:
        raise ProblemError(
            "这次运行没有助餐方案，无从更新：请先用 anyi-geo run 运行有助餐的情景。",
            "The run has no meals to plan again.",
        )
    own, settings = with_homes_as_care_sites(county, scenario.settings)
    travel = prepare_travel(own, 1, settings.solver.seed)
    batch = before.sites.set_index("site_id")["batch"].astype(int)
    meals = old.stops.set_index("site_id")["meals"].astype(int)
    meals.loc[eating.index] = eating
    known = [_known(one) for one in (old, old.supper) if one is not None]
    day = decide_meals(
        own,
        settings,
        travel,
        batch,
        home_states(before.homes),
        eating=meals,
        before=known if keep_rounds else None,
        say=say,
    )
    if day is None:
        raise ProblemError("没有助餐点。", "There are no dining points.")
    new, lines = day.result, day.lines
    run = before.run | {"scenario": f"{scenario.name}-replan", "title": f"{settings.title}（用餐人数更新）"}
    other = before.costs[before.costs["decision"] != "meals"]
    yearly = new.costs.rename(columns={"yuan_per_year": "yearly_yuan"})[["head", "yearly_yuan"]]
    costs = pd.concat([other, yearly.assign(decision="meals", one_off_yuan=0.0)], ignore_index=True)
    result = replace(before, run=run, meals=new, costs=costs, lines=lines)
    return Replanned(result, _changes(old, new), len(_rounds(old) & _rounds(new)))


def _known(meals: MealsResult) -> list[tuple[str, list[str]]]:
    return [(row["kitchen"], list(row["order"])) for row in meals.rounds.to_dict("records")]


def _rounds(meals: MealsResult) -> set[tuple[str, tuple[str, ...]]]:
    return {(str(row["kitchen"]), tuple(map(str, row["order"]))) for row in meals.rounds.to_dict("records")}


def _changes(old: MealsResult, new: MealsResult) -> pd.DataFrame:
    names = ["meals", "mode", "kitchen"]
    left, right = old.stops.set_index("site_id"), new.stops.set_index("site_id")
    both = left[["name"]].join([left[names].add_suffix("_before"), right[names].add_suffix("_after")], how="outer")
    differs = pd.Series(False, index=both.index)
    for name in names:
        one, two = both[f"{name}_before"], both[f"{name}_after"]
        differs |= one.ne(two) & ~(one.isna() & two.isna())
    return both[differs].reset_index()
