"""Alternative plans of a run as planners read them: swaps from the given plan, and fronts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from anyi_geo.result import RunResult
from anyi_geo.show.figures import COUNTY, Share, text_of, wan_text
from anyi_geo.show.maps.points import sensitive_groups, told_share
from anyi_geo.show.privacy import HELD_BACK
from anyi_geo.show.rough import without_counts

SWAPS = "swaps"
_TITLES = {
    SWAPS: "从既定方案改动几处",
    "elders_children": "老人与儿童的权衡",
    "worst_township": "总量与最低乡镇的权衡",
    "cost": "覆盖与投入的权衡",
}


def kinds(result: RunResult) -> Iterator[str]:
    """Yield "swaps" and the fronts that a run has plans of."""
    if len(result.care.get(SWAPS, ())):
        yield SWAPS
    front = result.care.get("front")
    if front is not None and len(front):
        yield from dict.fromkeys(str(name) for name in front["front"])


def title_of(kind: str) -> str:
    """Return what a kind of plans is called."""
    return _TITLES[kind]


def plans_of(result: RunResult, kind: str) -> list[dict[str, Any]]:
    """Return the rows of one kind of plans."""
    table = result.care[SWAPS] if kind == SWAPS else result.care["front"]
    rows: list[dict[str, Any]] = table.to_dict("records")
    return rows if kind == SWAPS else [row for row in rows if row["front"] == kind]


def counted(result: RunResult) -> dict[str, str]:
    """Return the short names of the groups that count, by group."""
    return {name: text_of(group["short"]) for name, group in result.groups.items() if group["weight"] > 0}


def plan_name(kind: str, row: Mapping[str, Any]) -> str:
    """Return what a plan is called in its table."""
    if kind != SWAPS:
        return f"方案 {int(row['plan'])}"
    return "既定方案" if int(row["swaps"]) == 0 else f"改动 {int(row['swaps'])} 处"


def plan_cells(result: RunResult, kind: str, row: Mapping[str, Any]) -> list[str]:
    """Return a plan as texts: name, sites, cost, share per group, worst township, gap, price in words."""
    shares = [told_share(result, _share(result, row, group), group) for group in counted(result)]
    gap, held = float(row["gap"]), held_groups(result)
    worst = text_of(row["worst_township"])
    return [
        plan_name(kind, row),
        str(int(row["sites"])),
        wan_text(float(row["one_off_yuan"])),
        *shares,
        worst if held else f"{worst} {float(row['worst_share']):.1%}",
        "–" if math.isnan(gap) else f"{gap:.1%}",
        without_counts(text_of(row["price_zh"]), held),
    ]


def held_groups(result: RunResult) -> list[str]:
    """Return the short names of the counted groups whose exact numbers are not told."""
    return [short for name, short in counted(result).items() if name in sensitive_groups(result)]


def _share(result: RunResult, row: Mapping[str, Any], group: str) -> Share:
    rows = result.metrics[(result.metrics["scope"] == COUNTY) & (result.metrics["group"] == group)]
    total = float(rows["total"].iloc[0]) if len(rows) else math.nan
    share, low, high = (float(row[f"{name}.{group}"]) for name in ("share", "share_low", "share_high"))
    return Share(share, low, high, math.nan, total)


def regret_text(result: RunResult) -> str:
    """Return what the plan misses against the best under the same conditions, with the bound; "" when not asked."""
    found = result.care.get("regret")
    if found is None or not len(found):
        return ""
    row = found.iloc[0]
    covered, best, lost = (float(row[name]) for name in ("covered", "best_found", "regret"))
    broken = text_of(row.get("conditions_not_met_zh"))
    unmet = f"本方案未满足本情景的条件：{broken}。" if broken else ""
    if float(row["regret_at_most"]) <= max(1e-6 * covered, 0.5):
        return f"按数据所列的位置，同样条件下没有更好的方案（已证明）。{unmet}"
    if held_groups(result):
        # The other groups' part of these sums follows from the map.
        return f"按数据所列的位置，同样条件下还有更好的方案，人次数{HELD_BACK}。{unmet}"
    most = float(row["regret_at_most"])
    proven = "（已证明）" if row["status"] == "optimal" else f"，至多少 {most:,.0f} 人次（界）"
    return (
        f"按数据所列的位置，各批覆盖合计 {covered:,.0f} 人次，同样条件下最好的方案为 {best:,.0f} 人次，"
        f"少 {lost:,.0f} 人次{proven}；位置有误差时差距会缩小，见覆盖率的区间。{unmet}"
    )
