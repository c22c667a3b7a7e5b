"""Two or more runs side by side: what each covers, which sites differ, which villages gain and lose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from anyi_geo.errors import Message, ProblemError
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
        One per other run: base, other, words and words_en (which sites go and come, who gains and loses), sites_in,
        sites_out (per batch), persons (per batch, group and mode: nominal and displaced difference), villages_gained,
        villages_lost (headline mode, last batch).
    meals : DataFrame
        One row per run that planned meals: columns of `MEAL_COLUMNS`, then ``<payer>_yuan_per_month`` for everyone who
        pays; NaN where the county's parameters lack the prices.
    """

    runs: list[dict[str, Any]]
    metrics: pd.DataFrame
    minutes: pd.DataFrame
    equity: pd.DataFrame
    costs: pd.DataFrame
    differences: list[dict[str, Any]]
    meals: pd.DataFrame = field(default_factory=pd.DataFrame)


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
        differences=[_difference(base, other) for other in results[1:]],
        meals=meal_figures(results),
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


def _stacked(results: Sequence[RunResult], name: str) -> pd.DataFrame:
    tables = [getattr(result, name).assign(plan=result.run["scenario"]) for result in results]
    return pd.concat(tables, ignore_index=True)


def _costs(results: Sequence[RunResult]) -> pd.DataFrame:
    rows = []
    for result in results:
        sums = result.costs.groupby("decision", sort=False)[["one_off_yuan", "yearly_yuan"]].sum()
        rows.append(sums.reset_index().assign(plan=result.run["scenario"]))
    return pd.concat(rows, ignore_index=True)[["plan", "decision", "one_off_yuan", "yearly_yuan"]]


def _difference(base: RunResult, other: RunResult) -> dict[str, Any]:
    gained, lost = _villages(base, other)
    sites_in, sites_out, persons = _sites_only_in(other, base), _sites_only_in(base, other), _persons(base, other)
    words = difference_words(base, sites_in, sites_out, persons)
    return {
        "base": base.run["scenario"],
        "other": other.run["scenario"],
        "words": words.zh,
        "words_en": words.en,
        "sites_in": sites_in,
        "sites_out": sites_out,
        "persons": persons,
        "villages_gained": gained,
        "villages_lost": lost,
    }


def difference_words(
    base: RunResult, sites_in: list[dict[str, Any]], sites_out: list[dict[str, Any]], persons: list[dict[str, Any]]
) -> Message:
    """Return the difference as a sentence: which sites go and come, and by the headline who gains and loses in the end.

    Parameters
    ----------
    base : RunResult
    sites_in, sites_out, persons
        As in `Comparison.differences`.
    """
    stays = {row["site_id"] for row in sites_in} & {row["site_id"] for row in sites_out}
    zh, en = [], []
    for rows, verb, word in ((sites_out, "换出", "out"), (sites_in, "换入", "in")):
        names = [_place(row["name"]) for row in rows if row["site_id"] not in stays]
        if names:
            zh.append(f"{verb} {'、'.join(names)}")
            en.append(f"{', '.join(names)} {word}")
    moved = [
        f"{_place(row['name'])}（第 {row['other_batch']} 批改第 {row['batch']} 批）"
        for row in sites_in
        if row["site_id"] in stays
    ]
    if moved:
        zh.append(f"换批 {'、'.join(moved)}")
        en.append(f"{len(moved)} sites in another batch")
    last = max(row["batch"] for row in persons) if persons else 0
    for row in persons:
        group = base.groups[row["group"]]
        if row["batch"] != last or row["mode"] != base.headline_mode or group["weight"] <= 0:
            continue
        count, points, displaced = int(row["covered"]), _points(row["share"]), _points(row["share_displaced"])
        zh.append(f"{group['short']} {count:+,} 人（{points} 个百分点，计入位置误差 {displaced}）")
        en.append(f"{row['group']} {count:+,} ({points} points, {displaced} over displaced positions)")
    if not sites_in and not sites_out:
        zh.insert(0, "点位相同")
        en.insert(0, "the same sites")
    return Message("；".join(zh), "; ".join(en))


def _points(share: float) -> str:
    return "–" if np.isnan(share) else f"{100 * share:+.1f}"


def _place(name: object) -> str:
    return str(name).split("“", maxsplit=1)[0]


def _sites_only_in(one: RunResult, two: RunResult) -> list[dict[str, Any]]:
    """Return sites that `one` opens and `two` does not, or opens in another batch."""
    theirs = dict(zip(two.sites["site_id"], two.sites["batch"], strict=True)) if len(two.sites) else {}
    if not len(one.sites):
        return []
    rows = one.sites[
        [theirs.get(site) != batch for site, batch in zip(one.sites["site_id"], one.sites["batch"], strict=True)]
    ]
    out = rows[["site_id", "name", "township", "batch"]].to_dict("records")
    return [row | {"other_batch": theirs.get(row["site_id"])} for row in out]


def _persons(base: RunResult, other: RunResult) -> list[dict[str, Any]]:
    keys = ["batch", "group", "mode"]
    one = base.metrics[base.metrics["scope"] == COUNTY].set_index(keys)
    two = other.metrics[other.metrics["scope"] == COUNTY].set_index(keys)
    shared = one.index.intersection(two.index, sort=False)
    change = two.loc[shared, ["covered", "share", "share_mean"]] - one.loc[shared, ["covered", "share", "share_mean"]]
    return change.rename(columns={"share_mean": "share_displaced"}).reset_index().to_dict("records")


def _villages(base: RunResult, other: RunResult) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return villages with more, and with fewer, counted persons within the headline limit after the last batch."""
    change = _covered_by_point(other) - _covered_by_point(base)
    points = base.points.set_index("point_id")
    table = points[["village_id", "village", "township"]].assign(persons=change.reindex(points.index).fillna(0))
    sums = table.groupby(["village_id", "village", "township"])["persons"].sum().astype(int).reset_index()
    gained = sums[sums["persons"] > 0].sort_values(["persons", "village_id"], ascending=[False, True])
    lost = sums[sums["persons"] < 0].sort_values(["persons", "village_id"])
    return gained.to_dict("records"), lost.to_dict("records")


def _covered_by_point(result: RunResult) -> pd.Series:
    last = max(row["batch"] for row in result.batches)
    rows = result.nearest
    near = rows[(rows["batch"] == last) & (rows["mode"] == result.headline_mode)].set_index("point_id")["minutes"]
    points = result.points.set_index("point_id")
    total = pd.Series(0, index=points.index)
    for name, group in result.groups.items():
        if group["weight"] > 0:
            limit = group["limit_minutes"][result.headline_mode]
            within = near.reindex(points.index).fillna(np.inf) <= limit + 1e-9
            total += points[f"persons.{name}"] * within
    return total
