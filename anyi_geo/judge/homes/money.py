"""What a homes plan costs: every year and once, by head and by whose budget it comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from anyi_geo.judge.homes.tables import moved_counts
from anyi_geo.judge.homes.words import HOME_SUPPORT

#: Head -> the budget it is paid from, as the county document names them.
BUDGETS = {
    "running": ("中心养老院正常运行经费", "running of homes"),
    "carers": ("护理人员经费", "care staff"),
    "support": ("特困人员救助供养资金", "support of tekun residents"),
    "reuse": ("互助点、幸福院建设运营补助", "subsidy for reused facilities"),
    "refitting": ("互助点、幸福院建设运营补助", "subsidy for reused facilities"),
    "expansion": ("中心养老院建设改造资金", "building at the centre"),
    "nursing_beds": ("中心养老院建设改造资金", "building at the centre"),
    "moving": ("搬迁安置经费", "moving and settling in"),
}


def homes_costs(
    homes: pd.DataFrame, table: pd.DataFrame, flows: pd.DataFrame, prices: Mapping[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    """Return yearly and one-off costs by head, before and after.

    Parameters
    ----------
    homes : DataFrame
        Index site_id; fixed_yuan_year, resident_yuan_year; refit_yuan (to refit the home, were it emptied; NaN: not
        known; without the column nothing is refitted).
    table : DataFrame
        As `homes_table` returns it.
    flows : DataFrame
    prices : mapping
        carer_yuan_year, reuse_yuan_year, moving_yuan, nursing_yuan_per_bed, and support_yuan_year by care level.
    """
    housed = flows[flows["to_site"] != HOME_SUPPORT]
    support = float((flows["persons"] * flows["care_level"].map(prices["support_yuan_year"])).sum())
    per_head = homes["resident_yuan_year"].astype(float)
    fixed = homes["fixed_yuan_year"].astype(float)
    # What is not known is left out of the sum; who reads it is told of which homes.
    refit = homes["refit_yuan"].astype(float) if "refit_yuan" in homes else pd.Series(0.0, index=homes.index)
    open_ = table["state"].isin(["centre", "kept"])
    before = [
        _head("running", float(fixed.sum()) + float((flows["persons"] * flows["from_site"].map(per_head)).sum())),
        _head("carers", prices["carer_yuan_year"] * int(table["staff_before"].sum())),
        _head("support", support),
    ]
    running = float(fixed[open_].sum()) + float((housed["persons"] * housed["to_site"].map(per_head)).sum())
    after = [
        _head("running", running),
        _head("carers", prices["carer_yuan_year"] * int(table["staff_after"].sum())),
        _head("support", support),
        _head("reuse", prices["reuse_yuan_year"] * int((~open_).sum())),
        _head("refitting", 0.0, float(refit[~open_].sum())),
        _head("expansion", 0.0, float(table["expansion_yuan"].sum())),
        _head("nursing_beds", 0.0, prices["nursing_yuan_per_bed"] * int(table["nursing_fitted"].sum())),
        _head("moving", 0.0, prices["moving_yuan"] * moved_counts(flows)["moved"]),
    ]
    return {"before": before, "after": after}


def pay_back_years(before: float, after: float, once: float) -> float | None:
    """Return after how many years the yearly saving has paid what was spent once; None when there is no saving.

    Parameters
    ----------
    before, after : float
        Yuan per year.
    once : float
        Yuan.
    """
    saving = before - after
    if once <= 0:
        return 0.0 if saving >= 0 else None
    return once / saving if saving > 0 and math.isfinite(once / saving) else None


def _head(head: str, yearly: float, one_off: float = 0.0) -> dict[str, Any]:
    return {"head": head, "one_off_yuan": float(one_off), "yearly_yuan": float(yearly)}


def cost_table(costs: Mapping[str, list[dict[str, Any]]]) -> pd.DataFrame:
    """Return heads before and after side by side: head, budget_zh, budget_en, yearly before, after, change, one-off."""
    before = {row["head"]: row["yearly_yuan"] for row in costs["before"]}
    rows = [
        {
            "head": row["head"],
            "budget_zh": BUDGETS[row["head"]][0],
            "budget_en": BUDGETS[row["head"]][1],
            "yearly_yuan_before": before.get(row["head"], 0.0),
            "yearly_yuan_after": row["yearly_yuan"],
            "yearly_yuan_change": row["yearly_yuan"] - before.get(row["head"], 0.0),
            "one_off_yuan": row["one_off_yuan"],
        }
        for row in costs["after"]
    ]
    return pd.DataFrame(rows)
