"""One run of a county of five villages with hostile names, and the files written of it."""

from __future__ import annotations

import json
from types import SimpleNamespace

import openpyxl
import pytest
from figure_sources import sheet_lines
from report_examples import hostile
from tiny_county import write_tiny_county

from anyi_geo.county import load_county
from anyi_geo.result_json import result_object
from anyi_geo.run import run_scenarios
from anyi_geo.scenario import load_scenario
from anyi_geo.show.write import write_reports


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """Return the county and its official plan."""
    folder = hostile(write_tiny_county(tmp_path_factory.mktemp("small") / "county"))
    county = load_county(folder)
    scenario = load_scenario("official-2023", folder / "scenarios", seconds=5)
    return county, next(iter(run_scenarios(county, [scenario])))


@pytest.fixture(scope="session")
def files(small, tmp_path_factory):
    """Return the folder with the reports."""
    folder = tmp_path_factory.mktemp("files")
    write_reports(folder, *small)
    return folder


@pytest.fixture(scope="session")
def book(files):
    """Return sheet -> list of rows, each heading -> cell."""
    found = openpyxl.load_workbook(files / "report.xlsx")
    out = {}
    for sheet in found:
        lines = list(sheet.iter_rows(min_row=2, values_only=True))
        heads = [head and head.replace("\n", "") for head in lines[0]]
        out[sheet.title] = [dict(zip(heads, line, strict=True)) for line in lines[1:]]
    return out


@pytest.fixture(scope="session")
def written(small):
    """Return what stands in result.json."""
    return json.loads(json.dumps(result_object(small[1])))


@pytest.fixture(scope="session")
def embedded():
    """Return the embedded county and the sites of its official plan."""
    county = load_county()
    sites = county.sites[county.sites["official_batch"].notna()].reset_index()
    return county, SimpleNamespace(sites=sites.assign(batch=sites["official_batch"]))


@pytest.fixture(scope="session")
def lines(files):
    """Return sheet -> rows, each heading -> cell."""
    return sheet_lines(files / "report.xlsx")


@pytest.fixture(scope="session")
def groups(written):
    """Return the groups by their names in the sheets."""
    return {told["name"]: group for group, told in written["groups"].items()}
