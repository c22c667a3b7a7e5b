"""Every scenario of homes, and requests that cannot be met, written whole over a small county: no sheet trips."""

import re

import docx
import openpyxl
from test_home_stories import home, people, write_homes
from typer.testing import CliRunner

from anyi_geo.cli import app
from anyi_geo.result_json import read_result

FILES = {"result.json", "report.xlsx", "report.docx", "report.html", "homes.html", "map.html", "plan.gpkg"}
SCENARIOS = ("one-centre", "two-centres", "consent-hard", "consent-soft", "family-first", "cost-first")
SHEETS = {
    "整合前后",
    "意愿",
    "意愿与去向",
    "家属探视",
    "资产台账",
    "资产移交",
    "乡镇行动",
    "行动清单",
    "中心数比较",
    "院舍再利用",
}
NEAR = """base = "base"
[care_sites]
plan = "official"
[homes]
centres = 2
regional_centres = ["all"]
visit_p90_max_minutes = 10.0
"""


def make_quick(folder):
    """Ask for few displacements and rounds: homes need neither."""
    base = folder / "scenarios" / "base.toml"
    text = re.sub(r"(?m)^(draws|iterations) = 100\b", r"\1 = 2", base.read_text(encoding="utf-8"))
    assert text.count(" = 2 ") >= 2
    base.write_text(text, encoding="utf-8")


def write(folder, out, *names):
    answer = CliRunner().invoke(app, ["run", *names, "--data", str(folder), "--out", str(out), "--seconds", "20"])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.output
    return answer


def read(out, name):
    assert {path.name for path in (out / name).iterdir()} >= FILES
    book = openpyxl.load_workbook(out / name / "report.xlsx", read_only=True)
    return read_result(out / name), {sheet.title: list(sheet.values) for sheet in book}


def assert_waves_in_word(path, waves):
    """The Word report has a row for every wave and home, with its day and the day of its notice."""
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(path).tables]
    (rows,) = [rows[1:] for rows in tables if "最晚通知" in rows[0]]
    expected = waves.drop_duplicates(["wave", "from_site", "to_site"])
    columns = ["date", "notify_by", "from_name", "to_name"]
    assert sorted(row[1:5] for row in rows) == sorted(expected[columns].to_numpy().tolist())


def test_every_scenario_of_homes_writes_every_file(tiny, tmp_path):
    """Homes at both ends of the road: one centre leaves families far; one and two residents of a kind are hidden."""
    make_quick(tiny)
    write_homes(
        tiny,
        [
            (home("HA", "A", 12, **people(self_yes=6, self_no=2, full_not_asked=1)), 0.0),
            (home("HB", "B", 9, **people(self_yes=3, partial_yes=4)), 1.0),
            (home("HE", "E", 14, residents_self_home_support=1, **people(self_yes=7, self_no=1)), 7.0),
            (home("HD", "D", 6, **people()), 6.0),
            (home("Z", "C", 20, "county_centre_candidate", expansion_beds=10, **people(self_yes=2)), 2.0),
        ],
    )
    (tiny / "scenarios" / "near.toml").write_text(NEAR, encoding="utf-8")
    answer = write(tiny, tmp_path / "out", *SCENARIOS, "near")
    assert answer.exit_code == 0, answer.output
    for name in (*SCENARIOS, "near"):
        result, sheets = read(tmp_path / "out", name)
        assert set(sheets) >= SHEETS, name
        assert len(sheets["中心数比较"]) == 2 + len(result.homes.tables["alternatives"]), name
        assert result.homes.summary["assets_in"] == result.homes.summary["assets_out"] == 5, name
        assert_waves_in_word(tmp_path / "out" / name / "report.docx", result.homes.tables["waves"])
    # The last one cannot have one centre: a row with its reason, and whole counts beside it.
    one, two, _ = result.homes.tables["alternatives"].to_dict("records")
    assert (one["status"], one["moved"]) == ("unmeetable", None)
    assert type(two["moved"]) is int
    row = sheets["中心数比较"][2]
    assert "做不到" in row
    assert any("探视超过 10 分钟" in str(cell) for cell in row)


def test_a_centre_without_enough_beds_still_writes_every_file_with_its_ways_out(tiny, tmp_path):
    make_quick(tiny)
    rows = [
        (home("HA", "A", 30, **people(self_yes=24)), 0.0),
        (home("Z", "C", 10, "county_centre_candidate"), 2.0),
    ]
    write_homes(tiny, rows)
    assert write(tiny, tmp_path / "out", "one-centre").exit_code == 3
    result, sheets = read(tmp_path / "out", "one-centre")
    assert result.homes is None
    ways = [row[0] for row in sheets["床位不足的出路"][2:]]
    assert len(ways) == 3
    assert ways[0].startswith("增加床位：C村Z增加 14 床")
    assert [row[2:4] for row in sheets["敬老院现状"][2:]] == [(30, 24), (10, 0)]
