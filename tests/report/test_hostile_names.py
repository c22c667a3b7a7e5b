"""Names that a spreadsheet or a page might obey, through every file of a run."""

import json
import re
import zipfile

import docx
import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
from report_examples import NAMES, SCRIPT

from anyi_geo.county import load_county
from anyi_geo.show.report.excel import write_workbook
from anyi_geo.show.report.html import report_html
from anyi_geo.show.report.model import Column, Items, Report, Section, clean, table
from anyi_geo.show.report.word import write_document
from anyi_geo.show.write import write_run


@pytest.fixture(scope="module")
def folder(small, tmp_path_factory):
    found = tmp_path_factory.mktemp("hostile") / "run"
    write_run(found, *small)
    return found


def test_no_page_holds_a_name_as_markup(folder):
    pages = sorted(folder.glob("*.html"))
    assert {"map.html", "homes.html", "meals.html", "report.html", "courier.html"} <= {page.name for page in pages}
    for page in pages:
        words = page.read_text(encoding="utf-8")
        assert SCRIPT not in words, page.name
        assert not re.search(r"<img[^>]*onerror", words), page.name


def test_no_cell_of_the_workbook_is_a_formula_and_every_name_is_as_it_was(folder):
    book = openpyxl.load_workbook(folder / "report.xlsx")
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert "f" not in {cell.data_type for cell in cells}
    assert not [cell for cell in cells if cell.hyperlink and not cell.hyperlink.location]
    assert set(NAMES) <= {cell.value for cell in cells}


def test_the_word_file_tells_the_names(folder):
    document = docx.Document(folder / "report.docx")
    words = " ".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert SCRIPT in words
    with zipfile.ZipFile(folder / "report.docx") as parts:
        body = parts.read("word/document.xml").decode("utf-8")
    assert "onerror" in body
    assert SCRIPT not in body


def test_the_layers_hold_the_names_as_they_are(folder, small):
    result = small[1]
    names = set(pyogrio.list_layers(folder / "plan.gpkg")[:, 0])
    assert {"outline", "points", "sites", "homes", "meal_stops"} <= names
    assert set(gpd.read_file(folder / "plan.gpkg", layer="sites")["name"]) == set(result.sites["name"])
    assert set(gpd.read_file(folder / "plan.gpkg", layer="homes")["name"]) == set(result.homes.states["name"])


def test_result_json_reads_back_with_the_names(folder, small):
    found = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert [site["name"] for site in found["sites"]["plan"]] == small[1].sites["name"].tolist()


ODD = (
    "上" * 60,
    "甲\n乙",
    "控\x01制\x0b符\x9f",
    "\u202e反向\u2066",
    "坏\ud800字\ufffe",
    "ab" * 150,
    "$\\frac{1}{2}$ {{x}} %s",
)
KEPT = ("上" * 60, "甲\n乙", "控制符", "反向", "坏字", "ab" * 150, "$\\frac{1}{2}$ {{x}} %s")


def test_no_control_character_reaches_a_file(tmp_path):
    """Long names and lines stay; what no program could open, or what would turn the words around it, does not."""
    rows = table("表", pd.DataFrame({"name": ODD}), Column("name", "名称"))
    report = Report("题", "副题", {"名": ODD[2]}, (Section(ODD[3], (*ODD, Items(ODD), rows)),), (rows,))
    write_workbook(tmp_path / "t.xlsx", report.sheets, title=report.title)
    write_document(tmp_path / "t.docx", report)
    cells = [cell.value for cell in openpyxl.load_workbook(tmp_path / "t.xlsx")["表"]["A"][2:]]
    assert cells == list(KEPT)
    document = docx.Document(tmp_path / "t.docx")
    assert [row.cells[0].text for row in document.tables[0].rows][1:] == list(KEPT)
    page = report_html(report)
    for words in (page, *(paragraph.text for paragraph in document.paragraphs)):
        assert words == clean(words)
    page.encode("utf-8")


def test_half_a_character_in_the_data_is_a_question_mark(tiny):
    path = tiny / "sites.geojson"
    found = json.loads(path.read_text(encoding="utf-8"))
    found["features"][0]["properties"]["name"] = "坏\ud800字😀"
    path.write_text(json.dumps(found), encoding="utf-8")
    assert load_county(tiny).sites["name"].iloc[0] == "坏?字😀"
