"""The Word file and the page: whole, captioned, in Chinese fonts, harmless whatever the names."""

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import numpy as np
import pandas as pd
import pytest
from docx.oxml.ns import qn
from matplotlib import font_manager
from PIL import Image
from report_examples import SCRIPT

from anyi_geo.result_json import read_result, result_text
from anyi_geo.show.report import figures
from anyi_geo.show.report.content import run_report, run_sheets
from anyi_geo.show.report.drawing import FONTS, NO_FONT, chinese_font
from anyi_geo.show.report.html import report_html
from anyi_geo.show.report.plan_tables import sites_table
from anyi_geo.show.write import write_reports

HEADINGS = (
    "摘要",
    "一、现状",
    "二、方案",
    "三、两批对比",
    "四、敬老院整合",
    "五、助餐",
    "六、经费",
    "七、安全与问题清单",
)


@pytest.fixture(scope="module")
def document(files):
    return docx.Document(files / "report.docx")


def test_the_document_has_its_sections_and_contents(document):
    words = [paragraph.text for paragraph in document.paragraphs]
    heads = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert heads[: len(HEADINGS)] == list(HEADINGS)
    assert heads[-1] == "九、依据与假设"
    assert "目　录" in words
    fields = [code.text.strip() for code in document.element.body.iter(qn("w:instrText"))]
    marks = {mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))}
    asked = {code.split()[1] for code in fields if code.startswith("PAGEREF")}
    assert asked
    assert asked <= marks


def test_captions_count_up(document):
    captions = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Caption"]
    going_on = sum(caption.startswith("续表") for caption in captions)
    for kind, number in (("表", len(document.tables) - going_on), ("图", len(document.inline_shapes))):
        found = [int(re.match(rf"{kind} (\d+)", caption)[1]) for caption in captions if caption.startswith(kind)]
        assert found == list(range(1, number + 1))


def test_every_style_names_a_chinese_font(document):
    used = {paragraph.style.name for paragraph in document.paragraphs} | {"Cell"}
    for name in used:
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) in {"仿宋", "黑体", "宋体"}, name
        assert fonts.get(qn("w:eastAsiaTheme")) is None


def test_the_page_holds_no_script_and_asks_for_nothing(files):
    page = (files / "report.html").read_text(encoding="utf-8")
    assert "Content-Security-Policy" in page
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)
    assert SCRIPT not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_the_same_result_gives_the_same_files(small, files, tmp_path):
    write_reports(tmp_path, *small)
    for name in ("report.html", "report.xlsx"):
        assert (tmp_path / name).read_bytes() == (files / name).read_bytes(), name
    with zipfile.ZipFile(files / "report.docx") as one, zipfile.ZipFile(tmp_path / "report.docx") as two:
        assert {name: one.read(name) for name in one.namelist()} == {name: two.read(name) for name in two.namelist()}


def test_figures_are_pictures_with_something_on_them(small):
    found, message = figures.run_figures(*small)
    assert message == ""
    assert set(found) == {"map", "batches", "coverage", "minutes", "costs"}
    for figure in found.values():
        picture = Image.open(io.BytesIO(figure.png)).convert("L")
        assert picture.width > 500
        assert min(picture.tobytes()) < 100


@pytest.mark.parametrize("installed", [True, False])
def test_a_font_installed_since_the_first_run_is_found(monkeypatch, installed):
    """Matplotlib keeps a list of fonts from its first run; what it does not list is looked for on the disk."""
    names = {font.name: font for font in font_manager.fontManager.ttflist}
    chinese = next((names[name] for name in FONTS if name in names), None)
    if chinese is None:
        pytest.skip("no Chinese font on this machine")
    latin = [font for font in font_manager.fontManager.ttflist if font.name == "DejaVu Sans"]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", latin)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [chinese.fname] if installed else [])
    assert (chinese_font() in FONTS) is installed


def test_without_a_chinese_font_the_report_says_so(small, monkeypatch, tmp_path):
    monkeypatch.setattr(figures, "chinese_font", lambda: None)
    report = run_report(*small)
    assert NO_FONT in report.sections[0].blocks
    assert "<img" not in report_html(report)
    write_reports(tmp_path, *small)
    assert not docx.Document(tmp_path / "report.docx").inline_shapes


def test_a_run_that_could_not_be_met_is_still_reported(small, tmp_path):
    county, result = small
    reasons = [{"decision": "care_sites", "message": "预算 1 元低于最便宜点位", "message_en": "too little"}]
    empty = replace(
        result,
        run={**result.run, "status": "unmeetable", "reasons": reasons},
        sites=result.sites.head(0),
        nearest=result.nearest.assign(site_id=None, minutes=float("inf")),
        homes=None,
        meals=None,
        solves=result.solves.head(0),
    )
    write_reports(tmp_path, county, empty)
    problems = next(sheet for sheet in run_sheets(county, empty) if sheet.title == "问题与提示")
    assert problems.rows.iloc[0][["kind", "message"]].tolist() == ["做不到", "预算 1 元低于最便宜点位"]
    words = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "本情景没有可行的敬老院整合方案" in words
    assert "nan" not in words


@pytest.mark.parametrize("columns", [True, False], ids=["from a run", "read back"])
def test_a_plan_without_sites_has_a_sheet_without_rows(small, columns):
    result = replace(small[1], sites=small[1].sites.head(0) if columns else pd.DataFrame())
    assert sites_table(result).rows.empty


def test_a_result_read_back_gives_the_same_page(small, files, tmp_path):
    county, result = small
    (tmp_path / "result.json").write_text(result_text(result), encoding="utf-8")
    page = report_html(run_report(county, read_result(tmp_path)))
    assert page == Path(files / "report.html").read_text(encoding="utf-8")


def test_a_result_without_sites_reads_back_into_the_same_report(small, tmp_path):
    county, result = small
    empty = replace(result, sites=result.sites.head(0), nearest=result.nearest.assign(site_id=None, minutes=np.inf))
    (tmp_path / "result.json").write_text(result_text(empty), encoding="utf-8")
    back = {sheet.title: len(sheet.rows) for sheet in run_sheets(county, read_result(tmp_path))}
    assert back == {sheet.title: len(sheet.rows) for sheet in run_sheets(county, empty)}
    assert back["分批点位"] == 0
