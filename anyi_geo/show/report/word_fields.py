"""Fields of the Word report: the contents with their true pages, bookmarks, page numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm

from anyi_geo.show.report.word_table import TEXT_WIDTH_CM


@dataclass(frozen=True)
class Heading:
    """A heading of the contents: its level, its words, its page."""

    level: int
    title: str
    page: int


def add_contents(document: Any, headings: list[Heading]) -> None:
    """Append the contents on a page of their own: one field, filled in, which Word can bring up to date."""
    document.add_paragraph("目　录", "Contents Head").paragraph_format.page_break_before = True
    for number, heading in enumerate(headings):
        line = document.add_paragraph(style=f"toc {min(heading.level, 2)}")
        line.paragraph_format.tab_stops.add_tab_stop(Cm(TEXT_WIDTH_CM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        if number == 0:
            _mark(line, "begin")
            _instruction(line, 'TOC \\o "1-2" \\h \\z \\u')
            _mark(line, "separate")
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), _name(number))
        link.set(qn("w:history"), "1")
        line._p.append(link)
        before = len(line._p)
        line.add_run(heading.title)
        line.add_run("\t")
        add_field(line, f"PAGEREF {_name(number)} \\h", str(heading.page))
        for run in list(line._p)[before:]:
            link.append(run)
        if number == len(headings) - 1:
            _mark(line, "end")


def add_field(paragraph: Any, instruction: str, shown: str) -> None:
    """Append a field with what it shows until it is brought up to date."""
    _mark(paragraph, "begin")
    _instruction(paragraph, instruction)
    _mark(paragraph, "separate")
    paragraph.add_run(shown)
    _mark(paragraph, "end")


def bookmark(paragraph: Any, headings: list[Heading], number: int) -> None:
    """Mark a heading so that the contents find it."""
    if not 0 <= number < len(headings):
        return
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), _name(number))
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(end)


def _name(number: int) -> str:
    return f"_Toc{number + 1:08d}"


def _mark(paragraph: Any, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _instruction(paragraph: Any, words: str) -> None:
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {words} "
    paragraph.add_run()._r.append(code)
