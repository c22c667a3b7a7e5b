"""The Word report: a Chinese working report from the same sections as the other files."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.shared import Cm, Pt

from anyi_geo.show.report.model import Report, Section, clean
from anyi_geo.show.report.word_fields import Heading, add_contents, bookmark
from anyi_geo.show.report.word_layout import LEADING_PAGES, Paragraph, Picture, Piece, TablePart, fitted, laid_out
from anyi_geo.show.report.word_style import set_page, set_styles
from anyi_geo.show.report.word_table import add_rows

_LABEL_CM = 3.2
#: Letters of a title that stand on one line.
_TITLE_LETTERS = 17


def write_document(path: Path, report: Report, *, pages: tuple[int, int] | None = None) -> None:
    """Write a report as a Word document.

    Parameters
    ----------
    path : Path
    report : Report
        Cover, contents, sections; tables and figures are numbered and captioned in order.
    pages : tuple of int, optional
        The fewest and the most pages it shall have; a longer one leaves rows of its tables to Excel.
    """
    laid = laid_out(report) if pages is None else fitted(report, *pages)
    document = docx.Document()
    set_styles(document)
    set_page(document)
    # A fixed date: the same result gives the same file.
    properties = document.core_properties
    properties.title, properties.author = clean(report.title), ""
    properties.created = properties.modified = dt.datetime(2000, 1, 1)
    _cover(document, report)
    headings = _headings(report, laid)
    add_contents(document, headings)
    for page in laid:
        for number, piece in enumerate(page):
            _write(document, piece, headings).paragraph_format.page_break_before = True if number == 0 else None
    buffer = io.BytesIO()
    document.save(buffer)
    path.write_bytes(buffer.getvalue())


def _headings(report: Report, laid: list[list[Piece]]) -> list[Heading]:
    """Return the headings in order with the pages they stand on."""

    def walk(sections: tuple[Section, ...], level: int) -> Iterator[tuple[int, str]]:
        for section in sections:
            yield level, section.title
            yield from walk(section.parts, level + 1)

    page_of = {
        piece.heading: number
        for number, page in enumerate(laid, LEADING_PAGES + 1)
        for piece in page
        if isinstance(piece, Paragraph) and piece.heading >= 0
    }
    return [
        Heading(level, clean(title), page_of[number]) for number, (level, title) in enumerate(walk(report.sections, 1))
    ]


def _write(document: Any, piece: Piece, headings: list[Heading]) -> Any:
    """Append a piece and return its first paragraph."""
    if isinstance(piece, Picture):
        place = document.add_paragraph(style="Picture")
        place.add_run().add_picture(io.BytesIO(piece.figure.png), width=Cm(piece.width_cm))
        for drawing in place._p.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"):
            drawing.set("descr", clean(piece.figure.title))
        document.add_paragraph(clean(piece.caption), "Caption")
        return place
    if isinstance(piece, TablePart):
        caption = document.add_paragraph(clean(piece.caption), "Caption")
        caption.paragraph_format.keep_with_next = True
        add_rows(document, piece.text, piece.start, piece.stop)
        document.add_paragraph(piece.note, "Note" if piece.note else "After Table")
        return caption
    paragraph = document.add_paragraph(clean(piece.words), piece.style)
    if piece.heading >= 0:
        bookmark(paragraph, headings, piece.heading)
    return paragraph


def _cover(document: Any, report: Report) -> None:
    title = document.add_paragraph(clean(_two_lines(report.title)), "Title")
    title.paragraph_format.space_before = Pt(150)
    document.add_paragraph(clean(report.subtitle), "Subtitle").paragraph_format.space_after = Pt(170)
    for name, told in report.facts.items():
        line = document.add_paragraph(style="Cover")
        line.add_run(clean(name)).bold = True
        line.add_run(clean(f"\t{told}"))
        line.paragraph_format.tab_stops.add_tab_stop(Cm(_LABEL_CM))
        line.paragraph_format.left_indent = Cm(_LABEL_CM)
        line.paragraph_format.first_line_indent = Cm(-_LABEL_CM)


def _two_lines(title: str) -> str:
    """Return a long title divided after its quoted words, where it reads well."""
    head, mark, tail = title.partition("”")
    return f"{head}{mark}\n{tail}" if mark and tail and len(title) > _TITLE_LETTERS else title
