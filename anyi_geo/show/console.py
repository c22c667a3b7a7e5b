"""Tables for the terminal: the summary of runs, the faults of a county folder, the data dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from anyi_geo.errors import Fault, Language, Message
from anyi_geo.result import RunResult
from anyi_geo.schema import Column
from anyi_geo.show.figures import (
    MODE_NAMES,
    batch_label,
    batch_numbers,
    mean_minutes,
    minutes_text,
    one_off_yuan,
    share_of,
    wan_text,
)

_CAPTION = Message(
    "时限内覆盖的人口占比；[ ] 为位置误差抽样的 5%–95% 区间；* 名义值高于区间，"
    "优势主要来自模拟位置。平均分钟只计能到达的人。投入为幸福院一次性投入。",
    "Share of persons within the limit; [ ] is the 5-95 % range over displaced positions; * lies above "
    "that range, a lead that owes to modelled positions. Mean minutes are over those "
    "who can arrive. Cost is the one-off cost of the care sites.",
)


def summary_table(results: Sequence[RunResult], *, language: Language = "zh") -> Table:
    """Return the table that a run prints: per scenario and group, what each batch covers riding and walking.

    Parameters
    ----------
    results : sequence of RunResult
        One block of rows each.
    language : {"zh", "en"}
        Language of headings; names of groups stay as the scenario wrote them.
    """
    modes, batches = _modes(results), _batches(results)
    table = Table(box=box.SIMPLE_HEAD, caption=_CAPTION.text(language), caption_justify="left", pad_edge=False)
    table.add_column(Message("情景", "scenario").text(language), overflow="fold", max_width=22)
    table.add_column(Message("人群", "group").text(language), no_wrap=True)
    for mode in modes:
        for batch in batches:
            heading = f"{MODE_NAMES[mode].text(language)}\n{batch_label(batch, language)}"
            table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(Message("平均\n分钟", "mean\nmin").text(language), justify="right", no_wrap=True)
    table.add_column(Message("投入\n万元", "10k\nyuan").text(language), justify="right", no_wrap=True)
    for result in results:
        groups = list(result.groups)
        for number, group in enumerate(groups):
            last = batches[-1] if batches else 1
            table.add_row(
                Text(_title(result)) if number == 0 else "",
                Text(str(result.groups[group]["short"])),
                *(share_of(result, batch, group, mode).text() for mode in modes for batch in batches),
                minutes_text(mean_minutes(result, last, group, result.headline_mode)),
                wan_text(one_off_yuan(result)) if number == 0 else "",
                end_section=number == len(groups) - 1,
            )
    return table


def faults_table(faults: Iterable[Fault], *, language: Language = "zh") -> Table:
    """Return the faults of a county folder, one row each."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in (
        Message("代码", "code"),
        Message("文件", "file"),
        Message("行", "row"),
        Message("说明与办法", "what is wrong and what to do"),
    ):
        table.add_column(heading.text(language), overflow="fold")
    for fault in faults:
        row = "" if fault.row is None else str(fault.row)
        table.add_row(fault.code, Text(fault.file), row, Text(fault.message.text(language)))
    return table


def schema_table(columns: Iterable[Column], *, language: Language = "zh") -> Table:
    """Return the data dictionary, one row per column."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in (
        Message("文件", "file"),
        Message("列", "column"),
        Message("类型", "kind"),
        Message("单位", "unit"),
        Message("必填", "required"),
        Message("含义", "meaning"),
    ):
        table.add_column(heading.text(language), overflow="fold")
    for column in columns:
        kind = f"{column.kind}: {', '.join(column.choices)}" if column.choices else column.kind
        needed = Message("是", "yes").text(language) if column.required else ""
        meaning = column.zh if language == "zh" else column.en
        table.add_row(column.file, column.name, kind, column.unit, needed, meaning)
    return table


def _modes(results: Sequence[RunResult]) -> list[str]:
    """Return the headline mode first, then walking: the two limits stand side by side."""
    headline = [result.headline_mode for result in results[:1]]
    return list(dict.fromkeys([*headline, "walk"]))


def _batches(results: Sequence[RunResult]) -> list[int]:
    """Return the first and the last batch."""
    numbers = sorted({batch for result in results for batch in batch_numbers(result)})
    return list(dict.fromkeys([*numbers[:1], *numbers[-1:]]))


def _title(result: RunResult) -> str:
    return f"{result.run['title']}\n{result.run['scenario']}"
