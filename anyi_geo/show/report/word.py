"""The Word report: a Chinese working report from the same sections as the other files."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from anyi_geo.show.report.model import Block, Figure, Items, Report, Section
from anyi_geo.show.report.word_table import TEXT_WIDTH_CM, add_table, clean

BODY, HEADS, LATIN = "仿宋", "黑体", "Times New Roman"


def write_document(path: Path, report: Report) -> None:
    """Write a report as a Word document.

    Parameters
    ----------
    path : Path
    report : Report
        Cover, contents, sections; tables and figures are numbered and captioned in order.
    """
    document = docx.Document()
    _styles(document)
    _page(document)
    # A fixed date: the same result gives the same file.
    properties = document.core_properties
    properties.title, properties.author = clean(report.title), ""
    properties.created = properties.modified = dt.datetime(2000, 1, 1)
    writer = _Writer(document)
    _cover(document, report)
    marks = _marks(report)
    _contents(document, marks)
    for section in report.sections:
        writer.section(section, 1, marks)
    _update_fields(document)
    buffer = io.BytesIO()
    document.save(buffer)
    path.write_bytes(buffer.getvalue())


class _Writer:
    """Counts tables and figures while the sections are written."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.tables = self.figures = self.heads = 0

    def section(self, section: Section, level: int, marks: list[tuple[int, str, str]]) -> None:
        heading = self.document.add_heading(clean(section.title), level)
        _bookmark(heading, marks[self.heads][2], self.heads)
        self.heads += 1
        for block in section.blocks:
            self.block(block)
        for part in section.parts:
            self.section(part, level + 1, marks)

    def block(self, block: Block) -> None:
        if isinstance(block, str):
            self.document.add_paragraph(clean(block))
        elif isinstance(block, Items):
            for line in block.lines:
                self.document.add_paragraph(clean(line), "List Bullet")
        elif isinstance(block, Figure):
            self.figures += 1
            place = self.document.add_paragraph(style="Picture")
            place.add_run().add_picture(io.BytesIO(block.png), width=Cm(min(block.width_cm, TEXT_WIDTH_CM)))
            _alternative_text(place, block.title)
            self.document.add_paragraph(clean(f"图 {self.figures}　{block.title}"), "Caption")
        else:
            self.tables += 1
            caption = self.document.add_paragraph(clean(f"表 {self.tables}　{block.title}"), "Caption")
            caption.paragraph_format.keep_with_next = True
            add_table(self.document, block)
            self.document.add_paragraph(clean(block.note), "Note")


def _styles(document: Any) -> None:
    normal = document.styles["Normal"]
    _font(normal, BODY, 12)
    normal.paragraph_format.line_spacing = 1.25
    normal.paragraph_format.space_after = Pt(4)
    normal.paragraph_format.first_line_indent = Pt(24)
    for level, size in ((1, 16.0), (2, 14.0), (3, 12.0)):
        style = document.styles[f"Heading {level}"]
        _font(style, HEADS, size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.first_line_indent = Pt(0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(14), Pt(6)
    for name, face, size, base in (
        ("Title", HEADS, 24, None),
        ("Subtitle", BODY, 16, None),
        ("Caption", HEADS, 10.5, None),
        ("List Bullet", BODY, 12, None),
        ("Note", BODY, 9, "Normal"),
        ("Cell", "宋体", 9, "Normal"),
        ("Picture", BODY, 10, "Normal"),
        ("Contents", BODY, 12, "Normal"),
        ("Contents Head", HEADS, 18, "Normal"),
    ):
        style = document.styles[name] if base is None else document.styles.add_style(name, 1)
        if base is not None:
            style.base_style = document.styles[base]
        _font(style, face, size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.first_line_indent = Pt(0)
    document.styles["Cell"].paragraph_format.line_spacing = 1.0
    document.styles["Cell"].paragraph_format.space_before = Pt(1)
    document.styles["Cell"].paragraph_format.space_after = Pt(1)
    document.styles["Note"].paragraph_format.line_spacing = 1.0
    document.styles["Note"].paragraph_format.space_after = Pt(10)
    document.styles["Note"].paragraph_format.space_before = Pt(3)
    document.styles["Caption"].paragraph_format.space_before = Pt(8)
    document.styles["Picture"].paragraph_format.keep_with_next = True
    document.styles["Picture"].paragraph_format.line_spacing = 1.0
    document.styles["List Bullet"].paragraph_format.left_indent = Cm(0.8)
    document.styles["List Bullet"].paragraph_format.first_line_indent = Cm(-0.5)
    for name in ("Caption", "Picture", "Title", "Subtitle", "Contents Head"):
        document.styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.styles["Caption"].font.bold = False


def _font(style: Any, face: str, size: float) -> None:
    """Set a style's font for Latin and for East Asian letters; Word looks at w:eastAsia for Chinese."""
    style.font.name, style.font.size, style.font.italic = LATIN, Pt(size), False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:hAnsi"), LATIN)


def _page(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - TEXT_WIDTH_CM) / 2)
    section.top_margin, section.bottom_margin = Cm(2.8), Cm(2.4)
    section.different_first_page_header_footer = True
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.paragraph_format.first_line_indent = Pt(0)
    _field(foot, "PAGE", "")


def _cover(document: Any, report: Report) -> None:
    for _ in range(5):
        document.add_paragraph()
    document.add_paragraph(clean(report.title), "Title")
    document.add_paragraph(clean(report.subtitle), "Subtitle")
    for _ in range(6):
        document.add_paragraph()
    for name, told in report.facts.items():
        document.add_paragraph(clean(f"{name}：{told}"), "Contents")
    document.add_page_break()


def _marks(report: Report) -> list[tuple[int, str, str]]:
    """Return level, title and bookmark of every heading, in order."""

    def walk(sections: tuple[Section, ...], level: int) -> Iterator[tuple[int, str]]:
        for section in sections:
            yield level, section.title
            yield from walk(section.parts, level + 1)

    return [(level, title, f"_Toc{number:08d}") for number, (level, title) in enumerate(walk(report.sections, 1), 1)]


def _contents(document: Any, marks: list[tuple[int, str, str]]) -> None:
    document.add_paragraph("目　录", "Contents Head")
    for level, title, mark in marks:
        line = document.add_paragraph(style="Contents")
        line.paragraph_format.left_indent = Cm(0.8 * (level - 1))
        line.paragraph_format.tab_stops.add_tab_stop(Cm(TEXT_WIDTH_CM), 2, 1)
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), mark)
        line._p.append(link)
        run = line.add_run(clean(title))
        link.append(run._r)
        line.add_run("\t")
        _field(line, f"PAGEREF {mark} \\h", "")
    document.add_page_break()


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    for kind, words in (("begin", ""), ("", instruction), ("separate", ""), (None, shown), ("end", "")):
        run = paragraph.add_run()
        if kind is None:
            run.text = words
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        else:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {words} "
            run._r.append(code)


def _bookmark(paragraph: Any, name: str, number: int) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(end)


def _update_fields(document: Any) -> None:
    """Let Word fill in the page numbers of the contents when the file is opened."""
    settings = document.settings.element
    setting = OxmlElement("w:updateFields")
    setting.set(qn("w:val"), "true")
    # The schema orders settings; those that may follow begin here.
    later = {qn(f"w:{name}") for name in ("hdrShapeDefaults", "footnotePr", "endnotePr", "compat", "docVars", "rsids")}
    place = next((k for k, child in enumerate(settings) if child.tag in later), len(settings))
    settings.insert(place, setting)


def _alternative_text(paragraph: Any, words: str) -> None:
    for drawing in paragraph._p.iter(qn("wp:docPr")):
        drawing.set("descr", clean(words))
