"""Fonts, line heights and the page of the Word report."""

from __future__ import annotations

from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from anyi_geo.show.report.word_fields import add_field
from anyi_geo.show.report.word_layout import BOTTOM_CM, PAGE_CM, TOP_CM
from anyi_geo.show.report.word_measure import TYPES, Type
from anyi_geo.show.report.word_table import TEXT_WIDTH_CM

BODY, HEADS, CELLS, LATIN = "仿宋", "黑体", "宋体", "Times New Roman"
#: Styles that stand outside the flow of pages.
_OTHERS = {
    "Title": Type(26, 40, 0, 12),
    "Subtitle": Type(16, 26),
    "Cover": Type(12, 22, 0, 2),
    "Contents Head": Type(18, 30, 0, 14),
    "toc 1": Type(12, 24),
    "toc 2": Type(11, 20, indent=22),
    "After Table": Type(4, 4, 0, 4),
}
_FACES = {"Title": HEADS, "Caption": HEADS, "Contents Head": HEADS, "Cell": CELLS, "toc 1": BODY}
_CENTRED = ("Caption", "Title", "Subtitle", "Contents Head", "Picture")


def set_styles(document: Any) -> None:
    """Give every style of the report its font for Chinese and its exact line height."""
    # Which forms a letter has, and what a checker of spelling looks up, follows the language.
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for name, measures in {**TYPES, **_OTHERS}.items():
        style = _style(document, name)
        _font(style, HEADS if name.startswith("Heading") else _FACES.get(name, BODY), measures.size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.bold = name.startswith("Heading")
        form = style.paragraph_format
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(measures.line)
        form.space_before, form.space_after = Pt(measures.before), Pt(measures.after)
        form.left_indent, form.first_line_indent = Pt(measures.indent), Pt(measures.first)
        # The pages are laid out before; no program moves a line of its own accord.
        form.widow_control = form.keep_with_next = form.keep_together = False
    document.styles["List Bullet"].paragraph_format.first_line_indent = Pt(-14)
    picture = _style(document, "Picture")
    _font(picture, BODY, 2)
    picture.paragraph_format.line_spacing = 1.0
    picture.paragraph_format.space_before, picture.paragraph_format.space_after = Pt(4), Pt(0)
    picture.paragraph_format.first_line_indent = Pt(0)
    picture.paragraph_format.keep_with_next = True
    for name in _CENTRED:
        document.styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    properties = document.styles["Title"].element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def set_page(document: Any) -> None:
    """Set A4 upright with the page's number at its foot, none on the cover."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(PAGE_CM)
    section.left_margin = section.right_margin = Cm((21 - TEXT_WIDTH_CM) / 2)
    section.top_margin, section.bottom_margin = Cm(TOP_CM), Cm(BOTTOM_CM)
    section.different_first_page_header_footer = True
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.paragraph_format.first_line_indent = Pt(0)
    for part in ("— ", "", " —"):
        if part:
            foot.add_run(part).font.size = Pt(10.5)
        else:
            add_field(foot, "PAGE", "1")


def _style(document: Any, name: str) -> Any:
    known = {style.name for style in document.styles}
    if name in known:
        return document.styles[name]
    style = document.styles.add_style(name, 1)
    style.base_style = document.styles["Normal"]
    return style


def _font(style: Any, face: str, size: float) -> None:
    """Set a style's font for Latin and for East Asian letters; Word looks at w:eastAsia for Chinese."""
    style.font.name, style.font.size, style.font.italic = LATIN, Pt(size), False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:hAnsi"), LATIN)
