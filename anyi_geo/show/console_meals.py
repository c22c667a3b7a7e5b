"""The meals of several runs side by side, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from rich import box
from rich.table import Table
from rich.text import Text

from anyi_geo.errors import Language, Message
from anyi_geo.show.figures import YUAN_PER_WAN, plain

_CAPTION = Message(
    "助餐。开伙、配送、供不上按点位数，厨房含中心厨房和自办；份数为供上的/需要的（每餐）。附加费用不含食材，"
    "全成本含食材、维护和折旧；个人、财政、村集体为每月分担额，缺口为村集体分担额超过其可用收入的部分。"
    "间隙为与下界之差，“–”表示没有证明。",
    "Meals. Cooking, delivered and unserved count points; meals are served/wanted per service. Extra cost leaves "
    "the ingredients out, full cost holds them, upkeep and depreciation; payers are yuan a month; the gap is what "
    "village collectives pay beyond their income. The optimality gap is to the bound, – is no proof.",
)
#: Relative gap at which an optimum is closed.
CLOSED = 1e-6
_HEADINGS = (
    Message("情景", "scenario"),
    Message("厨房", "kitchens"),
    Message("开伙\n点", "own\nkitchen"),
    Message("配送\n点", "deliv-\nered"),
    Message("供不上\n点", "un-\nserved"),
    Message("趟数", "rounds"),
    Message("份数", "meals"),
    Message("附加\n元/份", "extra\nyuan"),
    Message("全成本\n元/份", "full\nyuan"),
    Message("个人\n万元", "self\n10k"),
    Message("财政\n万元", "state\n10k"),
    Message("村集体\n万元", "village\n10k"),
    Message("村集体\n缺口万元", "gap\n10k"),
    Message("间隙", "opt.\ngap"),
)


def meals_summary_table(figures: pd.DataFrame, titles: Mapping[str, str], *, language: Language = "zh") -> Table:
    """Return one row per run that planned meals.

    Parameters
    ----------
    figures : DataFrame
        `anyi_geo.compare.meal_figures`.
    titles : mapping
        Title of every scenario.
    language : {"zh", "en"}
    """
    point = {float(value) for value in figures["break_even_diners"].dropna()}
    even = "、".join(f"{value:.1f}" for value in sorted(point))
    caption = _CAPTION.text(language)
    if even:
        told = Message(
            f"自办与配送的盈亏平衡约 {even} 人：再多就宜自己开伙。", f"An own kitchen pays from about {even} diners."
        )
        caption = f"{caption}{told.text(language)}" if language == "zh" else f"{caption} {told.text(language)}"
    table = Table(box=box.SIMPLE_HEAD, caption=caption, caption_justify="left", pad_edge=False)
    table.padding = (0, 1, 0, 0)
    for number, heading in enumerate(_HEADINGS):
        justify: Any = "right" if number else "left"
        table.add_column(heading.text(language), justify=justify, overflow="fold", no_wrap=number > 0)
    for row in figures.to_dict("records"):
        table.add_row(
            Text(f"{titles.get(str(row['plan']), '')}\n{row['plan']}"),
            *(_count(row[key]) for key in ("kitchens", "own_kitchen", "delivered")),
            Text(_count(row["unserved"]), style="bold red" if row["unserved"] else ""),
            _count(row["rounds"]),
            f"{_count(row['meals_served'])}/{_count(row['meals'])}",
            _yuan(row["cost_yuan_per_meal"]),
            _yuan(row["full_yuan_per_meal"]),
            _wan(row.get("self_yuan_per_month")),
            _wan(_sum(row.get("county_yuan_per_month"), row.get("township_yuan_per_month"))),
            _wan(row.get("village_yuan_per_month")),
            _wan(row["village_gap_yuan_per_month"]),
            gap_text(row["gap"]),
        )
    return table


def gap_text(gap: object) -> str:
    """Return the gap to the bound: ``0 %`` when closed, ``–`` without a bound."""
    value = plain(gap)
    if not isinstance(value, int | float):
        return "–"
    return "0%" if value <= CLOSED else f"{value:.1%}"


def _count(value: object) -> str:
    number = plain(value)
    return f"{int(number):,}" if isinstance(number, int | float) else "–"


def _yuan(value: object) -> str:
    number = plain(value)
    return f"{float(number):.2f}" if isinstance(number, int | float) else "–"


def _wan(value: object) -> str:
    number = plain(value)
    return f"{float(number) / YUAN_PER_WAN:,.2f}" if isinstance(number, int | float) else "–"


def _sum(*values: object) -> float | None:
    known = [float(number) for number in map(plain, values) if isinstance(number, int | float)]
    return sum(known) if known else None
