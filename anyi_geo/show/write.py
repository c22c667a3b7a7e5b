"""The files of one run and of one comparison, written whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from anyi_geo.compare import Comparison
from anyi_geo.result import SCHEMA_VERSION, RunResult
from anyi_geo.result_json import dump, records, result_object, result_text
from anyi_geo.show.compare_page import compare_html
from anyi_geo.show.courier import courier_html
from anyi_geo.show.folder import whole_folder
from anyi_geo.show.geopackage import write_geopackage
from anyi_geo.show.maps.pages import county_map, homes_map, meals_map
from anyi_geo.show.plans_page import plans_pages
from anyi_geo.show.report.content import run_report
from anyi_geo.show.report.excel import write_workbook
from anyi_geo.show.report.html import report_html
from anyi_geo.show.report.word import write_document

if TYPE_CHECKING:
    from anyi_geo.county import County

_PAGES = {"map.html": county_map, "homes.html": homes_map, "meals.html": meals_map}


#: Pages of the Word report, cover and contents included.
REPORT_PAGES = (8, 15)


def write_run(folder: Path, county: County, result: RunResult) -> None:
    """Write everything of one run into `folder`: ``result.json``, map pages, layers, reports, sheets for couriers."""
    with whole_folder(folder) as work:
        (work / "result.json").write_text(result_text(result), encoding="utf-8", newline="\n")
        for name, draw in _PAGES.items():
            (work / name).write_text(draw(county, result), encoding="utf-8", newline="\n")
        if result.meals is not None and len(result.meals.rounds):
            (work / "courier.html").write_text(courier_html(result), encoding="utf-8", newline="\n")
        _write_supper(work, county, result)
        for name, page in plans_pages(county, result):
            (work / name).write_text(page, encoding="utf-8", newline="\n")
        write_geopackage(work / "plan.gpkg", county, result)
        write_reports(work, county, result)


def write_sweep(folder: Path, county: County, result: RunResult) -> None:
    """Write the plans of a sweep into `folder`: ``sweep.json``, ``map.html``, a page for the swaps and each front."""
    with whole_folder(folder) as work:
        (work / "sweep.json").write_text(dump(sweep_object(result)) + "\n", encoding="utf-8", newline="\n")
        (work / "map.html").write_text(county_map(county, result), encoding="utf-8", newline="\n")
        for name, page in plans_pages(county, result):
            (work / name).write_text(page, encoding="utf-8", newline="\n")


def sweep_object(result: RunResult) -> dict[str, Any]:
    """Return the scenario's own result, and the sites and figures of each plan, as JSON-serialisable objects."""
    plans = [
        {
            "plan_id": plan.run["plan_id"],
            "title": plan.run["title"],
            "sites": records(plan.sites[["site_id", "name", "township", "batch"]]),
            "metrics": records(plan.metrics[plan.metrics["scope"] == "county"]),
        }
        for plan in result.plans
    ]
    return {**result_object(result), "plans": plans}


def write_meals(folder: Path, county: County, result: RunResult) -> None:
    """Write what changes when only the meals are planned again: ``result.json``, the map of meals, the sheets."""
    with whole_folder(folder) as work:
        (work / "result.json").write_text(result_text(result), encoding="utf-8", newline="\n")
        (work / "meals.html").write_text(meals_map(county, result), encoding="utf-8", newline="\n")
        (work / "courier.html").write_text(courier_html(result), encoding="utf-8", newline="\n")
        _write_supper(work, county, result)


def _write_supper(work: Path, county: County, result: RunResult) -> None:
    """Draw the evening's rounds where they are not lunch's, only later."""
    supper = None if result.meals is None else result.meals.supper
    if supper is not None and supper.summary["minutes_after_lunch"] is None:
        page = meals_map(county, replace(result, meals=supper))
        (work / "supper.html").write_text(page, encoding="utf-8", newline="\n")


def write_reports(folder: Path, county: County, result: RunResult) -> None:
    """Write ``report.xlsx``, ``report.docx`` and ``report.html`` of one run into `folder`."""
    report = run_report(county, result)
    write_workbook(folder / "report.xlsx", report.sheets, title=report.title)
    write_document(folder / "report.docx", report, pages=REPORT_PAGES)
    (folder / "report.html").write_text(report_html(report), encoding="utf-8", newline="\n")


def write_comparison(folder: Path, comparison: Comparison, results: list[RunResult], county: County | None) -> None:
    """Write ``compare.json`` and ``compare.html`` into `folder`."""
    with whole_folder(folder) as work:
        text = dump(comparison_object(comparison))
        (work / "compare.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        page = compare_html(results, comparison, county)
        (work / "compare.html").write_text(page, encoding="utf-8", newline="\n")


def comparison_object(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as JSON-serialisable objects."""
    return {
        "schema_version": SCHEMA_VERSION,
        "runs": comparison.runs,
        "metrics": records(comparison.metrics),
        "minutes": records(comparison.minutes),
        "equity": records(comparison.equity),
        "costs": records(comparison.costs),
        "differences": records(pd.DataFrame(comparison.differences)),
        "meals": records(comparison.meals),
        "years": records(comparison.years),
    }


def run_summary(out: Path, result: RunResult) -> dict[str, Any]:
    """Return what ``--json`` tells of one run: where its files are and its county-wide figures."""
    folder = out / result.run["scenario"]
    return {
        "scenario": result.run["scenario"],
        "status": result.run["status"],
        "reasons": result.run["reasons"],
        "folder": str(folder),
        "result": str(folder / "result.json"),
        "map": str(folder / "map.html"),
        "sites": records(result.sites[["site_id", "batch"]]) if len(result.sites) else [],
        "metrics": records(result.metrics[result.metrics["scope"] == "county"]),
        "solves": records(result.solves),
    }


def comparison_summary(folder: Path, comparison: Comparison) -> dict[str, Any]:
    """Return what ``--json`` tells of a comparison."""
    return {
        "folder": str(folder),
        "page": str(folder / "compare.html"),
        "json": str(folder / "compare.json"),
        "runs": comparison.runs,
    }
