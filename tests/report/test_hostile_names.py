"""Names that a spreadsheet or a page might obey, through every file of a run."""

import json
import re
import zipfile

import docx
import geopandas as gpd
import openpyxl
import pyogrio
import pytest
from report_examples import NAMES, SCRIPT

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
