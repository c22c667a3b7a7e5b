"""Two or more runs side by side: what each covers, which sites differ, which villages gain and lose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from anyi_geo.compare.difference import difference
from anyi_geo.errors import ProblemError
from anyi_geo.result import RunResult

COUNTY = "county"

#: Figures of a meals plan that stand side by side; the last three are sums or means of its monthly accounts.
MEAL_COLUMNS = (
    "plan", "points", "kitchens", "own_kitchen", "delivered", "none", "unserved", "rounds", "meals", "meals_served",
    "hot_limit_minutes", "elapsed_minutes_max", "cost_yuan_per_day", "cost_yuan_per_meal", "break_even_diners",
    "status", "gap", "bound_source", "full_yuan_per_meal", "village_gap_yuan_per_month", "villages_with_gap",
)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """A comparison of runs; the first one is the base of every difference.

    Attributes
    ----------
    runs : list of dict
        scenario, title, question, status.
    metrics : DataFrame
        County-wide rows of all runs, columns as in ``RunResult.metrics``.
    minutes, equity : DataFrame
        The runs' rows with a column `plan`.
    costs : DataFrame
        plan, decision, one_off_yuan, yearly_yuan.
    differences : list of dict
        One per other run, counted by the base's groups, limits, persons and headline: base, other, words and words_en
        (which sites go and come, who gains and loses), caveats (where the other run counts differently), sites_in,
        sites_out (per batch), swaps (a site that goes beside one that comes, in persons), persons (per batch, group and
        mode: nominal and displaced difference), villages_gained, villages_lost (headline mode, last batch).
    meals : DataFrame
        One row per run that planned meals: columns of `MEAL_COLUMNS`, then ``<payer>_yuan_per_month`` for everyone who
        pays; NaN where the county's parameters lack the prices.
    years : DataFrame
        The runs' ``care["years"]`` with a column `plan`: every plan judged with the persons of other years.
    """

    runs: list[dict[str, Any]]
    metrics: pd.DataFrame
    minutes: pd.DataFrame
    equity: pd.DataFrame
    costs: pd.DataFrame
    differences: list[dict[str, Any]]
    meals: pd.DataFrame = field(default_factory=pd.DataFrame)
    years: pd.DataFrame = field(default_factory=pd.DataFrame)


def compare_runs(results: Sequence[RunResult]) -> Comparison:
    """Compare runs of one county.

    Parameters
    ----------
    results : sequence of RunResult
        At least two; the first is the base.

    Raises
    ------
    ProblemError
        Fewer than two runs, or runs over different demand points.
    """
    if len(results) < 2:
        raise ProblemError("比较至少要两个情景。", "A comparison takes at least two runs.")
    base = results[0]
    for other in results[1:]:
        if set(other.points["point_id"]) != set(base.points["point_id"]):
            raise ProblemError(
                f"情景 {base.run['scenario']} 与 {other.run['scenario']} 的人口点不同，不是同一份县数据，不能比较。",
                f"Runs {base.run['scenario']} and {other.run['scenario']} have different demand points.",
            )
    return Comparison(
        runs=[{key: result.run[key] for key in ("scenario", "title", "question", "status")} for result in results],
        metrics=pd.concat([r.metrics[r.metrics["scope"] == COUNTY] for r in results], ignore_index=True),
        minutes=_stacked(results, "minutes"),
        equity=_stacked(results, "equity"),
        costs=_costs(results),
        differences=[difference(base, other) for other in results[1:]],
        meals=meal_figures(results),
        years=_years(results),
    )


def meal_figures(results: Sequence[RunResult]) -> pd.DataFrame:
    """Return what the meals of every run come to, one row per run that planned them (see `Comparison.meals`)."""
    rows = []
    for result in results:
        if result.meals is None:
            continue
        tables = result.meals.tables
        row = {"plan": result.run["scenario"], **{key: result.meals.summary.get(key) for key in MEAL_COLUMNS[1:18]}}
        if "heads" in tables and "payers" in tables:
            heads, payers = tables["heads"].set_index("head"), tables["payers"].set_index("payer")["yuan_per_month"]
            short = tables["accounts"]["village_gap_yuan"]
            row["full_yuan_per_meal"] = float(heads["yuan_per_meal"]["total"])
            row |= {"village_gap_yuan_per_month": float(short.sum()), "villages_with_gap": int((short > 0).sum())}
            row |= {f"{payer}_yuan_per_month": float(yuan) for payer, yuan in payers.items()}
        rows.append(row)
    extra = [key for key in dict.fromkeys(key for row in rows for key in row) if key not in MEAL_COLUMNS]
    return pd.DataFrame(rows, columns=[*MEAL_COLUMNS, *extra])


def _years(results: Sequence[RunResult]) -> pd.DataFrame:
    tables = [result.care["years"].assign(plan=result.run["scenario"]) for result in results if "years" in result.care]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _stacked(results: Sequence[RunResult], name: str) -> pd.DataFrame:
    tables = [getattr(result, name).assign(plan=result.run["scenario"]) for result in results]
    return pd.concat(tables, ignore_index=True)


def _costs(results: Sequence[RunResult]) -> pd.DataFrame:
    rows = []
    for result in results:
        sums = result.costs.groupby("decision", sort=False)[["one_off_yuan", "yearly_yuan"]].sum()
        rows.append(sums.reset_index().assign(plan=result.run["scenario"]))
    return pd.concat(rows, ignore_index=True)[["plan", "decision", "one_off_yuan", "yearly_yuan"]]
