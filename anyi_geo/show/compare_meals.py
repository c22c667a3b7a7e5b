"""The meals of several runs side by side, as a table of the comparison page."""

from __future__ import annotations

import html
from collections.abc import Callable

from anyi_geo.compare import Comparison
from anyi_geo.show.console_meals import gap_text
from anyi_geo.show.figures import YUAN_PER_WAN, plain, text_of

_STATUS = {"optimal": "已证最优", "feasible": "可行", "no proof": "可行，未证完"}
_SOURCES = {
    "facility relaxation": "选址松弛",
    "all rounds": "全部趟次",
    "linear programme over all rounds": "全部趟次的线性规划",
    "column generation": "列生成",
}


def meals_table(comparison: Comparison) -> str:
    """Return the section as HTML, names escaped; "" when no run planned meals."""
    figures = comparison.meals
    if figures.empty:
        return ""
    titles = {run["scenario"]: run["title"] for run in comparison.runs}
    head = "".join(f"<th>{_text(titles[plan])}<br><small>{_text(plan)}</small></th>" for plan in figures["plan"])
    body = "".join(
        f"<tr><td>{label}</td>"
        + "".join(f"<td>{_text(show(row))}</td>" for row in figures.to_dict("records"))
        + "</tr>"
        for label, show in _ROWS
    )
    return (
        "<h2>助餐对比</h2><div class=scroll><table class=figures>"
        f"<thead><tr><th>指标</th>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        "<p class=quiet>附加费用不含食材；全成本含食材、维护和设备折旧，志愿服务另计。村集体缺口为各村分担额超过其"
        "可用收入的部分之和。份数由参与率推算，不是登记的需求；路上时间按模型路网计算。</p>"
    )


def _number(key: str, digits: int = 0, per: float = 1.0) -> Callable[[dict[str, object]], str]:
    def show(row: dict[str, object]) -> str:
        value = plain(row.get(key))
        return f"{float(value) / per:,.{digits}f}" if isinstance(value, int | float) else "–"

    return show


def _proof(row: dict[str, object]) -> str:
    status = _STATUS.get(text_of(row["status"]), text_of(row["status"]))
    source = text_of(row["bound_source"])
    return f"{status}，间隙 {gap_text(row['gap'])}" + (f"（{_SOURCES.get(source, source)}）" if source else "")


_ROWS: tuple[tuple[str, Callable[[dict[str, object]], str]], ...] = (
    ("助餐点（个）", _number("points")),
    ("厨房（含中心厨房与自办，个）", _number("kitchens")),
    ("本点开伙（个）", _number("own_kitchen")),
    ("中心配送（个）", _number("delivered")),
    ("无助餐需求，其他互助（个）", _number("none")),
    ("供不上（个）", _number("unserved")),
    ("配送趟数（趟/餐）", _number("rounds")),
    ("需要份数（份/餐）", _number("meals")),
    ("供上份数（份/餐）", _number("meals_served")),
    ("热餐时限（分钟）", _number("hot_limit_minutes")),
    ("最长出锅至交接（分钟）", _number("elapsed_minutes_max", 1)),
    ("自办与配送盈亏平衡（人）", _number("break_even_diners", 1)),
    ("附加费用（元/份）", _number("cost_yuan_per_meal", 2)),
    ("全成本（元/份）", _number("full_yuan_per_meal", 2)),
    ("个人分担（万元/月）", _number("self_yuan_per_month", 2, YUAN_PER_WAN)),
    ("县财政分担（万元/月）", _number("county_yuan_per_month", 2, YUAN_PER_WAN)),
    ("乡镇分担（万元/月）", _number("township_yuan_per_month", 2, YUAN_PER_WAN)),
    ("村集体分担（万元/月）", _number("village_yuan_per_month", 2, YUAN_PER_WAN)),
    ("社会捐赠（万元/月）", _number("donation_yuan_per_month", 2, YUAN_PER_WAN)),
    ("分担额未覆盖的实际成本（万元/月，负数为有余）", _number("uncovered_yuan_per_month", 2, YUAN_PER_WAN)),
    ("村集体缺口（万元/月）", _number("village_gap_yuan_per_month", 2, YUAN_PER_WAN)),
    ("有缺口的点（个）", _number("villages_with_gap")),
    ("求解状态", _proof),
)


def _text(value: object) -> str:
    return html.escape(text_of(value)).replace("`", "&#96;")
