"""How a sheet is laid out: widths by what stands in the cells, heights by the lines they take, pages of A4."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import Any

from anyi_geo.show.report.model import Cell, Column, Kind, text

#: Three lines of a heading, one line of a row, points.
HEADING_HEIGHT, _LINE_HEIGHT = 46.0, 14.0
#: The narrowest column, the widest that nobody declared, a heading that stays on one line, characters.
_NARROWEST, _WIDEST, _ONE_LINE = 9.0, 30.0, 10
#: A cell's indent and margins, characters.
_ASIDE = 3.0
#: Excel's tallest row, in lines.
_MOST_LINES = 28
_MOST_FROZEN = 3
#: Characters of a printed page's width that can still be read on A4; margins in inches.
_PAGE_WIDTH = 225
_MARGIN, _FOOT_MARGIN = 0.4, 0.6
_A4 = 9


def heading(column: Column) -> str:
    """Return the heading with its unit on a line of its own: no bracket is left over on a third line."""
    return f"{column.zh}\n（{column.unit}）" if column.unit else column.zh


def column_widths(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], kinds: Sequence[Sequence[Kind]]
) -> list[float]:
    """Return the columns' widths in characters: as declared or as words need, always wide enough for numbers."""
    widths = [max(column.width, _heading_width(column), _NARROWEST) for column in columns]
    for row, own in zip(rows, kinds, strict=True):
        for number, (cell, kind, column) in enumerate(zip(row, own, columns, strict=True)):
            if isinstance(cell, str) and not column.width and kind != "sheet":
                widths[number] = max(widths[number], min(text_width(cell) + _ASIDE, _WIDEST))
            elif cell is not None and not isinstance(cell, str):
                widths[number] = max(widths[number], text_width(text(cell, kind)) + 3.0)
    return widths


def row_height(row: Sequence[Cell], widths: Sequence[float]) -> float | None:
    """Return the height of a row whose words take several lines, in points; None for a row of one line."""
    lines = max((_lines(cell, width) for cell, width in zip(row, widths, strict=True)), default=1)
    return None if lines == 1 else _LINE_HEIGHT * min(lines, _MOST_LINES)


def frozen(columns: Sequence[Column]) -> int:
    """Return how many columns stay in view: up to and with the one that names the row."""
    keys = [column.key for column in columns]
    return min(keys.index("name") + 1, _MOST_FROZEN) if "name" in keys else 1


def pages_across(widths: Sequence[float]) -> int:
    """Return on how many pages beside each other a sheet is printed so that it can be read."""
    return math.ceil(sum(widths) / _PAGE_WIDTH)


def set_page(sheet: Any, columns: Sequence[Column], widths: Sequence[float], heading_row: int) -> None:
    """Print on A4 across with the headings on every page, the names of the rows too where a sheet is wide."""
    across = pages_across(widths)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=_MARGIN, right=_MARGIN, top=_FOOT_MARGIN, bottom=_FOOT_MARGIN)
    sheet.fit_to_pages(across, 0)
    sheet.repeat_rows(heading_row)
    if across > 1:
        sheet.repeat_columns(0, frozen(columns) - 1)
    sheet.set_footer("&C&A　第 &P 页，共 &N 页")


def text_width(words: str) -> int:
    """Return the width of text in characters; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def _heading_width(column: Column) -> float:
    """Return the width at which a heading takes two lines and its unit one."""
    name = text_width(column.zh)
    return max(name / 2 if name > _ONE_LINE else name, text_width(column.unit) + 4 if column.unit else 0) + 4.0


def _lines(cell: Cell, width: float) -> int:
    """Return the lines of a cell beside its indent."""
    if not isinstance(cell, str):
        return 1
    return sum(math.ceil(max(text_width(line), 1) / max(width - _ASIDE, 1.0)) for line in cell.split("\n"))
