"""What an import and a look at the machine say on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from rich import box
from rich.table import Table
from rich.text import Text

from anyi_geo.errors import Fault, Language, Message

_COUNTS = {
    "villages_positions": Message("村庄位置", "village positions"),
    "villages_persons": Message("村庄人口", "village persons"),
    "villages_new": Message("新增村庄", "new villages"),
    "hamlets": Message("自然村", "natural villages"),
    "hamlets_removed": Message("被替换的模拟自然村", "modelled natural villages replaced"),
    "hamlets_moved_along": Message("随村移动的模拟自然村", "modelled natural villages moved along"),
    "sites_updated": Message("更新的点位", "sites updated"),
    "sites_new": Message("新增点位", "new sites"),
    "sites_removed": Message("删去的模拟点位", "modelled sites removed"),
    "sites_moved_along": Message("随村移动的模拟点位", "modelled sites moved along"),
    "residents": Message("入住老人", "residents"),
    "parameters": Message("参数", "parameters"),
    "roads": Message("道路", "roads"),
}
_STATES = {"sound": Message("正常", "ok"), "lacking": Message("缺", "lacking"), "broken": Message("须处理", "broken")}


class Finding(Protocol):
    """One line of a look at the machine."""

    @property
    def state(self) -> str:
        """Key of `_STATES`."""

    @property
    def name(self) -> Message:
        """What was looked at."""

    @property
    def found(self) -> str:
        """What was found."""

    @property
    def remedy(self) -> Message | None:
        """What mends it."""


def faults_lines(faults: Iterable[Fault]) -> Iterator[Message]:
    """Yield one line per fault: its code and the sentence that names the cell, the value and the remedy."""
    for fault in faults:
        yield Message(f"{fault.code} {fault.message.zh}", f"{fault.code} {fault.message.en}")


def outcome_table(
    counts: Mapping[str, int], shares: Sequence[Mapping[str, Any]], *, language: Language = "zh"
) -> Table:
    """Return what an import replaced and what is modelled still."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(Message("导入的内容", "imported").text(language))
    table.add_column(Message("数量", "number").text(language), justify="right")
    table.add_column(Message("仍为模拟的内容", "modelled still").text(language))
    table.add_column(Message("行数", "rows").text(language), justify="right")
    table.add_column(Message("占比", "share").text(language), justify="right")
    done = [(name.text(language), f"{counts[key]:,}") for key, name in _COUNTS.items() if counts.get(key)]
    left = [
        (
            row["zh"] if language == "zh" else row["file"],
            f"{row['modelled']:,} / {row['rows']:,}",
            f"{int(100 * row['share'])}%",
        )
        for row in shares
    ]
    for number in range(max(len(done), len(left))):
        table.add_row(
            *(done[number] if number < len(done) else ("", "")), *(left[number] if number < len(left) else ("", "", ""))
        )
    return table


def symptoms_table(findings: Iterable[Finding], *, language: Language = "zh") -> Table:
    """Return what a look at the machine found, one row each."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in (
        Message("状态", "state"),
        Message("项目", "what"),
        Message("查到的", "found"),
        Message("办法", "what mends it"),
    ):
        table.add_column(heading.text(language), overflow="fold")
    for finding in findings:
        remedy = finding.remedy.text(language) if finding.remedy is not None else ""
        name = finding.name.text(language)
        table.add_row(_STATES[finding.state].text(language), name, Text(finding.found), Text(remedy))
    return table
