"""Every scenario of homes, and one that cannot be met, written whole over a small county: no sheet trips over a plan."""

import openpyxl
import pytest
from test_home_stories import home, people, write_homes
from typer.testing import CliRunner

from anyi_geo.cli import app
from anyi_geo.county import packaged_data
from anyi_geo.result_json import read_result

FILES = {"result.json", "report.xlsx", "report.docx", "report.html", "homes.html", "map.html", "plan.gpkg"}
SCENARIOS = sorted(
    path.stem
    for path in (packaged_data() / "scenarios").glob("*.toml")
    if path.stem not in ("base", "official-2023") and "[homes]" in path.read_text(encoding="utf-8")
)


def write_far_homes(folder):
    """Write homes at both ends of the road: one centre leaves families far, one and two residents are hidden."""
    write_homes(
        folder,
        [
            (home("HA", "A", 12, **people(self_yes=6, self_no=2, full_not_asked=1)), 0.0),
            (home("HB", "B", 9, **people(self_yes=3, partial_yes=4)), 1.0),
            (home("HE", "E", 14, residents_self_home_support=1, **people(self_yes=7, self_no=1)), 7.0),
            (home("HD", "D", 6, **people()), 6.0),
            (home("Z", "C", 20, "county_centre_candidate", expansion_beds=10, **people(self_yes=2)), 2.0),
        ],
    )


def write(folder, out, name):
    answer = CliRunner().invoke(app, ["run", name, "--data", str(folder), "--out", str(out), "--seconds", "20"])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.output
    assert {path.name for path in (out / name).iterdir()} >= FILES
    book = openpyxl.load_workbook(out / name / "report.xlsx", read_only=True)
    return answer, read_result(out / name), {sheet.title: list(sheet.values) for sheet in book}


def test_there_are_six_scenarios_of_homes():
    assert {"one-centre", "two-centres", "consent-hard", "consent-soft", "family-first", "cost-first"} <= set(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_of_homes_writes_every_file(tiny, tmp_path, name):
    write_far_homes(tiny)
    answer, result, sheets = write(tiny, tmp_path / "out", name)
    assert answer.exit_code == 0, answer.output
    assert {"整合前后", "意愿", "家属探视", "资产台账", "资产移交", "乡镇行动", "行动清单", "中心数比较"} <= set(sheets)
    assert len(sheets["中心数比较"]) == 2 + len(result.homes.tables["alternatives"])
    assert result.homes.summary["assets_in"] == result.homes.summary["assets_out"] == 5


def test_a_number_of_centres_that_cannot_be_had_is_a_row_with_a_reason_and_whole_counts(tiny, tmp_path):
    write_far_homes(tiny)
    text = 'base = "base"\n[care_sites]\nplan = "official"\n[homes]\ncentres = 2\nregional_centres = ["all"]\n'
    (tiny / "scenarios" / "near.toml").write_text(text + "visit_p90_max_minutes = 10.0\n", encoding="utf-8")
    answer, result, sheets = write(tiny, tmp_path / "out", "near")
    assert answer.exit_code == 0, answer.output
    one, two, _ = result.homes.tables["alternatives"].to_dict("records")
    assert (one["status"], one["moved"]) == ("unmeetable", None)
    assert type(two["moved"]) is int
    first = sheets["中心数比较"][2]
    assert "做不到" in first
    assert any("探视超过 10 分钟" in str(cell) for cell in first)


def test_a_centre_without_enough_beds_still_writes_every_file_with_its_ways_out(tiny, tmp_path):
    write_homes(
        tiny,
        [
            (home("HA", "A", 30, **people(self_yes=24)), 0.0),
            (home("Z", "C", 10, "county_centre_candidate"), 2.0),
        ],
    )
    answer, result, sheets = write(tiny, tmp_path / "out", "one-centre")
    assert answer.exit_code == 3
    assert result.homes is None
    ways = [row[0] for row in sheets["床位不足的出路"][2:]]
    assert len(ways) == 3
    assert ways[0].startswith("增加床位：C村Z增加 14 床")
    assert [row[2:4] for row in sheets["敬老院现状"][2:]] == [(30, 24), (10, 0)]
