"""Bars of a timetable in Excel: one narrow column a month, filled in the colour of the phase."""

from __future__ import annotations

import datetime as dt
from typing import Any

from anyi_geo.show.report.drawing import PHASES
from anyi_geo.show.report.model import Table

#: Longer timetables are drawn in their first years.
_MOST_MONTHS = 60
_NARROW = 4.3


def write_timeline(book: Any, sheet: Any, found: Table, heading_row: int, heading: Any) -> None:
    """Write the months beside a table whose rows have a start and an end.

    Parameters
    ----------
    book, sheet : xlsxwriter objects
    found : Table
        With a `timeline`.
    heading_row : int
        Row of the headings; the table's rows follow it.
    heading : format
        Of the headings.
    """
    line = found.timeline
    if line is None:
        return
    spans = [(row[line.start], row[line.end], row[line.by]) for row in found.rows.to_dict("records")]
    dated = [(start, end) for start, end, _ in spans if _is_span(start, end)]
    if not dated:
        return
    months = _months(min(start for start, _ in dated), max(end for _, end in dated))
    phases = list(dict.fromkeys(str(phase) for start, end, phase in spans if _is_span(start, end)))
    fills = {
        phase: book.add_format({"bg_color": PHASES[number % len(PHASES)], "border": 1, "border_color": "#FFFFFF"})
        for number, phase in enumerate(phases)
    }
    first = len(found.columns) + 1
    sheet.set_column(first, first + len(months) - 1, _NARROW)
    for number, (year, month) in enumerate(months):
        sheet.write_string(heading_row, first + number, f"{year % 100:02d}/{month}", heading)
    for offset, (start, end, phase) in enumerate(spans, 1):
        if not _is_span(start, end):
            continue
        for number, own in enumerate(months):
            if (start.year, start.month) <= own <= (end.year, end.month):
                sheet.write_blank(heading_row + offset, first + number, None, fills[str(phase)])


def _is_span(start: object, end: object) -> bool:
    return isinstance(start, dt.date) and isinstance(end, dt.date) and start <= end


def _months(start: dt.date, end: dt.date) -> list[tuple[int, int]]:
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    every = (start.month - 1 + number for number in range(min(count, _MOST_MONTHS)))
    return [(start.year + number // 12, number % 12 + 1) for number in every]
