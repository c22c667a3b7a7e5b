"""Tables of the Word report, written as XML: many rows in a moment, widths by what stands in them."""

from __future__ import annotations

from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm

from anyi_geo.show.report.model import Column, Table, text

TEXT_WIDTH_CM = 16.0
_HEAD_FILL = "DCE6F1"
#: Width of a half-width letter in a table's type, of a cell's margin, and of the widest column that does not wrap.
_LETTER_CM, _CELL_MARGIN_CM, _SHORT_CM = 0.162, 0.1, 2.6
_LONGEST_LETTERS = 60
_TWIPS_PER_CM = 567
#: A table of up to so many rows stays on one page.
_UNBROKEN = 10
_NO_LETTERS = (*range(0xD800, 0xE000), 0xFFFE, 0xFFFF)


def add_table(document: Any, found: Table) -> None:
    """Append a table that fills the page's width, its headings repeated on every page."""
    rows = [[text(cell, column.kind) for cell, column in zip(row, found.columns, strict=True)] for row in found.cells()]
    grid = document.add_table(0, len(found.columns), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    widths = _widths(found.columns, rows)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Cm(width)
    body = grid._tbl
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(_CELL_MARGIN_CM * _TWIPS_PER_CM)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # The schema wants the margins before the look of the table.
    body.tblPr.insert(len(body.tblPr) - 1, margins)
    body.append(_row([column.heading for column in found.columns], found.columns, widths, head=True, keep=True))
    shown = rows or [["（没有内容）"] + [""] * (len(found.columns) - 1)]
    for number, row in enumerate(shown, 1):
        keep = number < len(shown) and (len(shown) <= _UNBROKEN or number == 1)
        body.append(_row(row, found.columns, widths, keep=keep))


def _row(cells: list[str], columns: tuple[Column, ...], widths: list[float], *, keep: bool, head: bool = False) -> Any:
    """Return a table row as XML; a third of the time of python-docx's own cells."""
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    row.append(properties)
    for words, column, width in zip(cells, columns, widths, strict=True):
        cell, place = OxmlElement("w:tc"), OxmlElement("w:tcPr")
        size = OxmlElement("w:tcW")
        size.set(qn("w:w"), str(round(width * _TWIPS_PER_CM)))
        size.set(qn("w:type"), "dxa")
        place.append(size)
        if head:
            shade = OxmlElement("w:shd")
            for name, value in (("val", "clear"), ("color", "auto"), ("fill", _HEAD_FILL)):
                shade.set(qn(f"w:{name}"), value)
            place.append(shade)
        cell.append(place)
        side = "center" if head else "left" if column.kind == "text" else "right"
        cell.append(_cell_paragraph(words, side, bold=head, keep=keep))
        row.append(cell)
    return row


def _cell_paragraph(words: str, side: str, *, bold: bool, keep: bool) -> Any:
    paragraph, style = OxmlElement("w:p"), OxmlElement("w:pPr")
    name, place = OxmlElement("w:pStyle"), OxmlElement("w:jc")
    name.set(qn("w:val"), "Cell")
    place.set(qn("w:val"), side)
    style.append(name)
    if keep:
        style.append(OxmlElement("w:keepNext"))
    style.append(place)
    paragraph.append(style)
    run, shown = OxmlElement("w:r"), OxmlElement("w:t")
    if bold:
        weight = OxmlElement("w:rPr")
        weight.append(OxmlElement("w:b"))
        run.append(weight)
    shown.text = clean(words)
    shown.set(qn("xml:space"), "preserve")
    run.append(shown)
    paragraph.append(run)
    return paragraph


def _widths(columns: tuple[Column, ...], rows: list[list[str]]) -> list[float]:
    """Return the columns' widths in cm: short cells stay on one line, long ones share what the page has left."""
    natural = []
    for number, column in enumerate(columns):
        longest = max((_letters(row[number]) for row in rows), default=0)
        letters = max(min(longest, _LONGEST_LETTERS), _letters(column.heading) / 3, 5.0)
        natural.append(letters * _LETTER_CM + 2 * _CELL_MARGIN_CM)
    whole = sum(natural)
    long = [width > _SHORT_CM for width in natural]
    left = TEXT_WIDTH_CM - sum(width for width, is_long in zip(natural, long, strict=True) if not is_long)
    wanted = sum(width for width, is_long in zip(natural, long, strict=True) if is_long)
    if whole <= TEXT_WIDTH_CM or left < wanted / 4:
        return [width * TEXT_WIDTH_CM / whole for width in natural]
    return [width * left / wanted if is_long else width for width, is_long in zip(natural, long, strict=True)]


def _letters(words: str) -> float:
    """Return the width of text in half-width characters."""
    return sum(1.0 if ord(letter) < 0x2E80 else 2.0 for letter in words)


def clean(words: str) -> str:
    """Return text that XML can hold."""
    return "".join(
        letter for letter in words if letter in "\n\t" or (ord(letter) >= 32 and ord(letter) not in (0xFFFE, 0xFFFF))
    )
