"""What differs between two runs of one county: sites, persons and villages, all by the base's yardstick."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from anyi_geo.compare.swaps import place, swaps
from anyi_geo.compare.yardstick import caveats, counting, last_batch, near, persons_table
from anyi_geo.errors import Message
from anyi_geo.judge.coverage import COUNTY_SCOPE, TOLERANCE_MINUTES
from anyi_geo.result import RunResult


def difference(base: RunResult, other: RunResult) -> dict[str, Any]:
    """Return how `other` differs from `base` (see ``Comparison.differences``)."""
    gained, lost = _villages(base, other)
    told = caveats(base, other)
    sites_in, sites_out = sites_only_in(other, base), sites_only_in(base, other)
    persons = _persons(base, other, same_yardstick=not counting(base, other))
    words = difference_words(base, sites_in, sites_out, persons)
    return {
        "base": base.run["scenario"],
        "other": other.run["scenario"],
        "words": words.zh,
        "words_en": words.en,
        "caveats": [message.zh for message in told],
        "caveats_en": [message.en for message in told],
        "sites_in": sites_in,
        "sites_out": sites_out,
        "swaps": swaps(base, other, sites_in, sites_out),
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
        names = [place(row["name"]) for row in rows if row["site_id"] not in stays]
        if names:
            zh.append(f"{verb} {'、'.join(names)}")
            en.append(f"{', '.join(names)} {word}")
    moved = [
        f"{place(row['name'])}（第 {row['other_batch']} 批改第 {row['batch']} 批）"
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


def sites_only_in(one: RunResult, two: RunResult) -> list[dict[str, Any]]:
    """Return sites that `one` opens and `two` does not, or opens in another batch."""
    theirs = dict(zip(two.sites["site_id"], two.sites["batch"], strict=True)) if len(two.sites) else {}
    if not len(one.sites):
        return []
    rows = one.sites[
        [theirs.get(site) != batch for site, batch in zip(one.sites["site_id"], one.sites["batch"], strict=True)]
    ]
    out = rows[["site_id", "name", "township", "batch", "lon", "lat"]].to_dict("records")
    return [row | {"other_batch": theirs.get(row["site_id"])} for row in out]


def _points(share: float) -> str:
    return "–" if np.isnan(share) else f"{100 * share:+.1f}"


def _persons(base: RunResult, other: RunResult, *, same_yardstick: bool) -> list[dict[str, Any]]:
    """Return the change per batch, group and mode; displaced figures only where both runs count alike."""
    keys, figures = ["batch", "group", "mode"], ["covered", "share", "share_mean"]
    one = base.metrics[base.metrics["scope"] == COUNTY_SCOPE].set_index(keys)
    two = other.metrics[other.metrics["scope"] == COUNTY_SCOPE].set_index(keys)
    shared = one.index.intersection(two.index, sort=False)
    if same_yardstick:
        change = two.loc[shared, figures] - one.loc[shared, figures]
    else:
        persons = persons_table(base)
        now = [_covered(base, near(other, batch, mode), group, mode, persons) for batch, group, mode in shared]
        covered = pd.Series(now, index=shared) - one.loc[shared, "covered"]
        share = covered / one.loc[shared, "total"].replace(0, np.nan)
        change = pd.DataFrame({"covered": covered, "share": share, "share_mean": np.nan})
    return change.rename(columns={"share_mean": "share_displaced"}).reset_index().to_dict("records")


def _covered(base: RunResult, table: pd.DataFrame, group: str, mode: str, persons: pd.DataFrame) -> int:
    within = table["minutes"] <= base.groups[group]["limit_minutes"][mode] + TOLERANCE_MINUTES
    return int(persons.loc[within[within].index, group].sum())


def _villages(base: RunResult, other: RunResult) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return villages with more, and with fewer, counted persons within the headline limit after the last batch."""
    change = _covered_by_point(base, other) - _covered_by_point(base, base)
    points = base.points.set_index("point_id")
    table = points[["village_id", "village", "township"]].assign(persons=change.reindex(points.index).fillna(0))
    sums = table.groupby(["village_id", "village", "township"])["persons"].sum().astype(int).reset_index()
    gained = sums[sums["persons"] > 0].sort_values(["persons", "village_id"], ascending=[False, True])
    lost = sums[sums["persons"] < 0].sort_values(["persons", "village_id"])
    return gained.to_dict("records"), lost.to_dict("records")


def _covered_by_point(base: RunResult, plan: RunResult) -> pd.Series:
    mode, persons = base.headline_mode, persons_table(base)
    minutes = near(plan, max(last_batch(base), last_batch(plan)), mode)["minutes"].reindex(persons.index)
    total = pd.Series(0, index=persons.index)
    for name, group in base.groups.items():
        if group["weight"] > 0:
            total += persons[name] * (minutes <= group["limit_minutes"][mode] + TOLERANCE_MINUTES)
    return total
