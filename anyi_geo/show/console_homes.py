"""The homes of several runs side by side, for the terminal, each with what the other rule of consent would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from anyi_geo.errors import Language, Message
from anyi_geo.result import RunResult
from anyi_geo.show.figures import YUAN_PER_WAN, minutes_text

_CAPTION = Message(
    "敬老院整合。不同意、未征询仍迁移的标红，未征询不算同意；探视为家属单程乘车分钟（九成：九成老人在此以内）；"
    "年费用为整合前→后，不含一次性投入的折算。",
    "Homes. Moves without a yes are red, not asked is no yes; visits are minutes by car one way (p90: nine in ten "
    "within); yearly cost before and after, without annuities of what is spent once.",
)
_OTHER_HARD = Message("└ 若未同意者不迁", "└ if nobody is moved without a yes")
_OTHER_SOFT = Message("└ 若应迁尽迁", "└ if all are moved")
_HEADINGS = (
    Message("情景", "scenario"),
    Message("中心", "centres"),
    Message("迁移\n人", "moved"),
    Message("不同意\n仍迁", "said no,\nmoved"),
    Message("未征询\n仍迁", "not asked,\nmoved"),
    Message("留院\n人", "stay"),
    Message("分散\n供养", "home\nsupport"),
    Message("加床", "beds\nadded"),
    Message("探视\n平均", "visit\nmean"),
    Message("探视\n九成", "visit\np90"),
    Message("超限\n占比", "over\nlimit"),
    Message("年费用\n万元", "10k yuan\na year"),
    Message("一次性\n万元", "10k yuan\nonce"),
)


def homes_summary_table(results: Sequence[RunResult], *, language: Language = "zh") -> Table | None:
    """Return one row per run with a homes plan; None when no run has one.

    Parameters
    ----------
    results : sequence of RunResult
    language : {"zh", "en"}
        Language of headings; names stay as they are.
    """
    planned = [(result, result.homes.summary) for result in results if result.homes is not None]
    if not planned:
        return None
    table = Table(box=box.SIMPLE_HEAD, caption=_CAPTION.text(language), caption_justify="left", pad_edge=False)
    table.padding = (0, 1, 0, 0)
    for number, heading in enumerate(_HEADINGS):
        justify: Any = "left" if number < 2 else "right"
        width = 14 if number < 2 else None
        table.add_column(heading.text(language), justify=justify, overflow="fold", min_width=width, no_wrap=number > 1)
    for result, summary in planned:
        names = "\n".join(str(name).partition("（")[0] for name in summary["centre_names"])
        table.add_row(Text(f"{result.run['title']}\n{result.run['scenario']}"), Text(names), *_figures(summary))
        other = summary["other_consent"]
        if "moved" in other:
            label = _OTHER_HARD if other["consent"] == "hard" else _OTHER_SOFT
            table.add_row(Text(label.text(language)), "", *_figures(other), style="dim")
    return table


def _figures(summary: Mapping[str, Any]) -> list[Text | str]:
    return [
        str(summary["moved"]),
        _red(summary["moved_without_consent"]),
        _red(summary["moved_not_asked"]),
        str(summary["staying"]),
        str(summary["home_support"]),
        str(summary["beds_added"]),
        minutes_text(summary["visit_minutes_after_mean"]),
        minutes_text(summary["visit_minutes_after_p90"]),
        f"{summary['visit_share_over_limit_after']:.0%}",
        f"{_wan(summary['yearly_yuan_before'])}→{_wan(summary['yearly_yuan_after'])}",
        _wan(summary["one_off_yuan"]),
    ]


def _wan(yuan: float) -> str:
    return f"{yuan / YUAN_PER_WAN:,.0f}"


def _red(persons: int) -> Text:
    return Text(str(persons), style="bold red" if persons else "")
