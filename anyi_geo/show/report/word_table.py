"""Tables of the Word report, written as XML: many rows in a moment, widths by what stands in them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm

from anyi_geo.show.report.model import Column, Table, clean, text
from anyi_geo.show.report.word_measure import POINTS_PER_CM, TYPES, lines, text_width, widest_word

TEXT_WIDTH_CM = 16.0
_HEAD_FILL, _RULE, _HAIRLINE = "E8EDF3", "595959", "C8C8C8"
#: A cell's margin at each side and the widest column that counts, points.
_MARGIN, _WIDEST = 3.5, 270.0
#: The widest column that does not wrap, where the page has room for it; else a narrower one.
_SHORT = (100.0, 76.0, 60.0, 0.0)
#: The longest word that is kept whole, points.
_WORD = 76.0
#: Letters of a heading that stay on one line, letters of a name that do; the most lines of a heading.
_ONE_LINE, _FEW_LETTERS, _HEAD_LINES = 3, 6, 3
_TWIPS_PER_POINT = 20
_RULES = 0.75
#: How much wider bold letters are; what does not begin the second line of a heading.
_BOLDER, _NOT_DIVIDED = 1.06, "）、，：·"


@dataclass(frozen=True)
class TableText:
    """A table as it is printed.

    Attributes
    ----------
    title, note : str
    columns : tuple of Column
    heads : list of str
        Headings, a long one divided in the middle.
    rows : list of list of str
    widths : list of float
        Of the columns, points.
    head_height : float
    row_heights : list of float
        Points.
    """

    title: str
    note: str
    columns: tuple[Column, ...]
    heads: list[str]
    rows: list[list[str]]
    widths: list[float]
    head_height: float
    row_heights: list[float]


def table_text(found: Table) -> TableText:
    """Return a table's words with the widths of its columns and the heights of its rows."""
    kinds = found.kinds()
    rows = [
        [clean(text(cell, kind)) for cell, kind in zip(row, own, strict=True)]
        for row, own in zip(found.cells(), kinds, strict=True)
    ]
    rows = rows or [["（没有内容）", *[""] * (len(found.columns) - 1)]]
    widths = _widths(found.columns, rows)
    heads = [_heading(column, width) for column, width in zip(found.columns, widths, strict=True)]
    return TableText(
        clean(found.title), clean(found.whole_note), found.columns, heads, rows, widths,
        _row_height(heads, widths, _BOLDER), [_row_height(row, widths, 1.0) for row in rows],
    )  # fmt: skip


def add_rows(document: Any, found: TableText, start: int, stop: int) -> None:
    """Append the headings and the rows from `start` to `stop`, filling the page's width."""
    grid = document.add_table(0, len(found.columns))
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    for column, width in zip(grid.columns, found.widths, strict=True):
        column.width = Cm(width / POINTS_PER_CM)
    body = grid._tbl
    # The schema wants borders and margins before the look of the table.
    body.tblPr.insert(len(body.tblPr) - 1, _borders())
    body.tblPr.insert(len(body.tblPr) - 1, _margins())
    body.append(_row(found.heads, found, head=True))
    for row in found.rows[start:stop]:
        body.append(_row(row, found))


def _heading(column: Column, width: float) -> str:
    """Return the heading on a column of a width: a long name divided into equal lines, the unit below it."""
    size = TYPES["Cell"].size * _BOLDER
    for count in range(1, _HEAD_LINES + 1):
        each = math.ceil(len(column.zh) / count)
        parts = [column.zh[start : start + each] for start in range(0, len(column.zh), each)]
        if all(text_width(part, size) <= width - 2 * _MARGIN for part in parts):
            break
    name = column.zh if any(part[0] in _NOT_DIVIDED for part in parts[1:]) else "\n".join(parts)
    return clean(f"{name}\n（{column.unit}）" if column.unit else name)


def _head_width(column: Column, count: int, size: float) -> float:
    """Return the width at which a heading's name takes `count` lines, and its unit one."""
    name = text_width(column.zh, size)
    part = math.ceil(name / count / size) * size + size * 0.2 if name > _ONE_LINE * size else name
    unit = text_width(f"（{column.unit}）", size) if column.unit else 0.0
    return max(min(name, part), widest_word(column.zh, size), unit, 2 * size) * _BOLDER


def _row_height(cells: list[str], widths: list[float], bolder: float) -> float:
    style = TYPES["Cell"]
    count = max(
        (lines(words, width - 2 * _MARGIN, style.size * bolder) for words, width in zip(cells, widths, strict=True)),
        default=1,
    )
    return style.before + count * style.line + style.after + _RULES


def _widths(columns: tuple[Column, ...], rows: list[list[str]]) -> list[float]:
    """Return the columns' widths: short cells stay on one line, long ones share what the page has left."""
    page, size = TEXT_WIDTH_CM * POINTS_PER_CM, TYPES["Cell"].size
    natural, least = [], []
    for number, column in enumerate(columns):
        longest = max((text_width(line, size) for row in rows for line in row[number].split("\n")), default=0.0)
        word = max((widest_word(row[number], size) for row in rows), default=0.0)
        few = min(longest, (_FEW_LETTERS if column.kind == "text" else _ONE_LINE) * size)
        natural.append(max(min(longest, _WIDEST), _head_width(column, 2, size)) + 2 * _MARGIN + 1)
        least.append(max(min(word, _WORD), few, _head_width(column, _HEAD_LINES, size)) + 2 * _MARGIN + 1)
    whole = sum(natural)
    if whole <= page:
        return [width * page / whole for width in natural]
    for short in _SHORT:
        floor = [full if full <= short else low for full, low in zip(natural, least, strict=True)]
        left = page - sum(floor)
        if left >= 0:
            break
    wanted = sum(full - low for full, low in zip(natural, floor, strict=True))
    if left < 0 or wanted <= 0:
        return [width * page / sum(floor) for width in floor]
    return [low + (full - low) * left / wanted for full, low in zip(natural, floor, strict=True)]


def _row(cells: list[str], found: TableText, *, head: bool = False) -> Any:
    """Return a table row as XML; a third of the time of python-docx's own cells."""
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    row.append(properties)
    for words, column, width in zip(cells, found.columns, found.widths, strict=True):
        cell, place = OxmlElement("w:tc"), OxmlElement("w:tcPr")
        place.append(_with("w:tcW", w=str(round(width * _TWIPS_PER_POINT)), type="dxa"))
        if head:
            place.append(_with("w:shd", val="clear", color="auto", fill=_HEAD_FILL))
        place.append(_with("w:vAlign", val="center"))
        cell.append(place)
        side = "center" if head else "left" if column.kind == "text" else "right"
        cell.append(_cell_paragraph(words, side, bold=head))
        row.append(cell)
    return row


def _cell_paragraph(words: str, side: str, *, bold: bool) -> Any:
    paragraph, style = OxmlElement("w:p"), OxmlElement("w:pPr")
    style.append(_with("w:pStyle", val="Cell"))
    style.append(_with("w:jc", val=side))
    paragraph.append(style)
    run = OxmlElement("w:r")
    if bold:
        weight = OxmlElement("w:rPr")
        weight.append(OxmlElement("w:b"))
        run.append(weight)
    for number, line in enumerate(words.split("\n")):
        if number:
            run.append(OxmlElement("w:br"))
        shown = OxmlElement("w:t")
        shown.text = line
        shown.set(qn("xml:space"), "preserve")
        run.append(shown)
    paragraph.append(run)
    return paragraph


def _borders() -> Any:
    """Return strong rules above and below and hairlines between: the figures lead the eye, not the grid."""
    borders = OxmlElement("w:tblBorders")
    for side, size, color in (("top", 8, _RULE), ("left", 0, ""), ("bottom", 8, _RULE), ("right", 0, ""),
                              ("insideH", 4, _HAIRLINE), ("insideV", 4, _HAIRLINE)):  # fmt: skip
        look = {"val": "single", "sz": str(size), "space": "0", "color": color} if size else {"val": "nil"}
        borders.append(_with(f"w:{side}", **look))
    return borders


def _margins() -> Any:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_with(f"w:{side}", w=str(round(_MARGIN * _TWIPS_PER_POINT)), type="dxa"))
    return margins


def _with(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element
