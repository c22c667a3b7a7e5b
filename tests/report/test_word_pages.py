"""The pages of the Word report are known before it is written: their number, and where every heading stands."""

from dataclasses import replace

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from anyi_geo.show.report.model import Column, Report, Section, table
from anyi_geo.show.report.word import write_document
from anyi_geo.show.report.word_layout import HEIGHT, LEADING_PAGES, Paragraph, TablePart, fitted, laid_out
from anyi_geo.show.report.word_measure import lines
from anyi_geo.show.report.word_table import table_text


def report(rows, sections=3):
    cells = pd.DataFrame({"name": [f"点位{number}" for number in range(rows)]})
    one = table("点位", cells, Column("name", "名称"))
    return Report("题", "副题", {}, tuple(Section(f"第 {k} 节", ("一段话。", one)) for k in range(sections)), ())


@pytest.mark.parametrize(
    ("words", "width", "count"), [("老" * 10, 100, 1), ("老" * 11, 100, 2), ("老" * 10 + "。", 100, 2)]
)
def test_lines_of_chinese_are_counted_by_letters(words, width, count):
    assert lines(words, width, 10.0) == count


@pytest.mark.parametrize("rows", [1, 30, 90, 400])
def test_no_page_holds_more_than_fits_and_no_row_is_lost(rows):
    pages = laid_out(report(rows))
    assert all(sum(piece.height for piece in page) <= HEIGHT for page in pages)
    parts = [piece for page in pages for piece in page if isinstance(piece, TablePart)]
    assert sum(part.stop - part.start for part in parts) == 3 * rows


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_short_tables_stay_whole_and_long_ones_go_on_with_several_rows(sizes):
    sections = tuple(replace(report(rows, sections=1).sections[0], title=str(rows)) for rows in sizes)
    pages = laid_out(Report("题", "副题", {}, sections, ()))
    parts = [piece for page in pages for piece in page if isinstance(piece, TablePart)]
    for part in parts:
        rows = len(part.text.rows)
        if rows <= 13:
            assert (part.start, part.stop) == (0, rows)
        else:
            assert part.stop - part.start >= 3


def grid(names, cells):
    columns = [Column(f"c{k}", *name) for k, name in enumerate(names)]
    return table_text(table("表", pd.DataFrame([cells], columns=[column.key for column in columns]), *columns))


def test_a_heading_of_two_lines_is_divided_in_the_middle_its_unit_below():
    words = ["很长的一句话，" * 20]
    found = grid([("现有床位", "count", "张"), *[("说明",)] * 6], [3, *words * 6])
    assert found.heads[0] == "现有\n床位\n（张）"
    assert grid([("现有床位", "count", "张")], [3]).heads == ["现有床位\n（张）"]


def test_a_name_stays_on_a_line_beside_many_long_headings():
    measures = ("进度：已完成阶段", "效果：仅此点覆盖老人", "效果：仅此点覆盖儿童", "群众满意度")
    heads = [f"{name}{end}" for name in measures for end in ("", "名次")]
    columns = [("名称",), *((head, "count") for head in heads), ("老少都服务",)]
    found = grid(columns, ["龙津镇城北", *[1234] * 8, "是"])
    assert found.row_heights == [pytest.approx(12.5 + 3 + 0.75)]


@settings(deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=12))
def test_columns_fill_the_page_whatever_stands_in_them(lengths):
    found = grid([(f"列{k}",) for k in range(len(lengths))], ["字" * length for length in lengths])
    assert sum(found.widths) == pytest.approx(16 * 28.3465, abs=0.5)
    assert all(width > 0 for width in found.widths)


@pytest.mark.parametrize("rows", [1, 30, 90, 400])
def test_a_report_has_eight_to_fifteen_pages(rows):
    assert 8 <= len(fitted(report(rows, sections=7), 8, 15)) + LEADING_PAGES <= 15


def test_the_contents_are_filled_in_and_word_asks_nothing(tmp_path):
    file = tmp_path / "a.docx"
    write_document(file, report(60))
    document = docx.Document(file)
    where = {
        piece.words: number
        for number, page in enumerate(laid_out(report(60)), LEADING_PAGES + 1)
        for piece in page
        if isinstance(piece, Paragraph) and piece.heading >= 0
    }
    entries = [[text.text for text in link.iter(qn("w:t"))] for link in document.element.body.iter(qn("w:hyperlink"))]
    told = {entry[0]: int(entry[-1]) for entry in entries}
    assert told == where
    assert {mark.get(qn("w:eastAsia")) for mark in document.styles.element.iter(qn("w:lang"))} == {"zh-CN"}
    assert "updateFields" not in document.settings.element.xml
