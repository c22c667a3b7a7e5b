"""The commands as a planner types them: exit codes, one JSON object, nothing written half-way."""

import csv
import json
import os
import re
from pathlib import Path

import openpyxl
import pytest
from bring_examples import HEADINGS, bring, sound_rows, story, told, write_csv, write_xlsx
from typer.main import get_command
from typer.testing import CliRunner

from anyi_geo.bring import Request, prepare, write_template
from anyi_geo.bring.layout import WORKBOOK
from anyi_geo.cli import app
from anyi_geo.county import load_county, packaged_data
from anyi_geo.doctor import Symptom, examine
from anyi_geo.errors import SettingError

runner = CliRunner()
FACTS = os.environ.get("ANYI_GEO_FACTS", "")


def run(*words):
    """Return exit code, the JSON object (or None) and what people read."""
    result = runner.invoke(app, [str(word) for word in words])
    return result.exit_code, json.loads(result.stdout) if "--json" in words else None, result.output


def test_a_sound_table_becomes_a_county_that_runs(tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *sound_rows()])
    code, answer, _ = run("import", path, "--crs", "gcj02", "--into", tmp_path / "county", "--json")
    assert (code, answer["status"], answer["rows_usable"], answer["rows_bad"]) == (0, "done", 6, 0)
    assert 500 < answer["shifted_m"]["a.csv"] < 700
    assert answer["replaced"]["villages_positions"] == 6
    assert {row["zh"] for row in answer["still_modelled"]} >= {"村庄位置", "村庄人口", "道路"}
    assert load_county(tmp_path / "county").villages.loc[sound_rows()[0][0], "position_status"] == "county"
    assert "a.csv" in (tmp_path / "county/SOURCES.md").read_text(encoding="utf-8")


def test_faults_refuse_and_nothing_is_written(tmp_path):
    code, answer, _ = run("import", story(tmp_path), "--crs", "wgs84", "--into", tmp_path / "county", "--json")
    assert (code, answer["status"]) == (2, "bad_input")
    assert "可用 1 行，有错 6 行，未载入" in answer["message"]
    assert [fault["row"] for fault in answer["faults"]] == [3, 4, 5, 6, 7, 8]
    assert set(answer["faults"][2]) == {"code", "file", "row", "id", "column", "value", "message", "sheet", "cell"}
    assert not (tmp_path / "county").exists()
    code, _, text = run("import", story(tmp_path), "--crs", "wgs84", "--into", tmp_path / "county")
    assert code == 2
    assert "可用 1 行，有错 6 行，未载入" in text


def test_drop_bad_names_what_it_dropped(tmp_path):
    words = ("import", story(tmp_path), "--crs", "wgs84", "--into", tmp_path / "county", "--drop-bad")
    code, answer, _ = run(*words, "--json")
    rows = sound_rows(7)
    assert code == 0
    assert [row["name"] for row in answer["dropped"]] == [rows[k][1] for k in (1, 1, 3, 4, 5, 6)]
    assert answer["dropped"][0]["reasons"] == ["E_DUP_CODE"]
    _, _, text = run(*words)
    assert rows[6][1] in text


def test_an_import_into_a_county_adds_to_it_and_keeps_the_last_one(tmp_path):
    county = tmp_path / "county"
    for start in (30, 40):
        path = write_csv(tmp_path / f"{start}.csv", [HEADINGS, *sound_rows(5, start)])
        assert run("import", path, "--crs", "wgs84", "--into", county)[0] == 0
    assert (load_county(county).villages["position_status"] == "county").sum() == 10
    assert (load_county(tmp_path / "previous/county").villages["position_status"] == "county").sum() == 5


@pytest.mark.parametrize(
    "more",
    [("--crs", "foo"), ("--crs", "2437"), ("--crs", "wgs84", "--persons", "x"), ("--crs", "wgs84", "--as", "x"),
     ("--crs", "wgs84", "--map", "x")],
)  # fmt: skip
def test_wrong_options_are_sentences(more, tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *sound_rows()])
    code, answer, _ = run("import", path, "--into", tmp_path / "county", "--json", *more)
    assert (code, answer["status"]) == (2, "bad_input")
    assert not (tmp_path / "county").exists()


def test_no_datum_refuses_and_explains(tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *sound_rows()])
    code, answer, _ = run("import", path, "--into", tmp_path / "county", "--json")
    assert (code, [fault["code"] for fault in answer["faults"]]) == (2, ["E_BAD_CRS"])


def test_a_folder_of_other_things_is_left_alone(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/a.txt").write_text("x", encoding="utf-8")
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *sound_rows()])
    code, answer, _ = run("import", path, "--crs", "wgs84", "--into", tmp_path / "letters", "--json")
    assert (code, answer["status"]) == (2, "bad_input")
    assert [p.name for p in (tmp_path / "letters").iterdir()] == ["a.txt"]


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="a folder that nobody may write")  # noqa: PTH112
def test_a_folder_without_write_permission_is_a_sentence(tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *sound_rows()])
    for words in (("import", path, "--crs", "wgs84", "--into", "/proc/self/county"), ("template", "/proc/self/t.xlsx")):
        code, answer, _ = run(*words, "--json")
        assert (code, answer["status"]) == (2, "bad_input")
        assert "写不进" in answer["message"]


def test_a_faulty_starting_county_is_named(tmp_path, tiny):
    (tiny / "sites.geojson").write_text("{", encoding="utf-8")
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *sound_rows()])
    code, answer, _ = run("import", path, "--crs", "wgs84", "--into", tiny, "--json")
    assert (code, [fault["code"] for fault in answer["faults"]]) == (2, ["E_UNREADABLE"])


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "t.xlsx"
    write_template(path, packaged_data())
    return path


def test_the_template_has_its_sheets_rules_and_grey_examples(template):
    book = openpyxl.load_workbook(template)
    assert [page.title for page in book if page.sheet_state == "visible"] == [
        "村庄", "自然村", "点位", "敬老院", "入住老人(匿名)", "道路(可选)", "参数", "填表说明",
    ]  # fmt: skip
    page = book["村庄"]
    headings = [cell.value for cell in page[1]]
    assert headings[:4] == ["12位统计代码", "村（社区）名称 *", "所属乡镇（处） *", "是否农村单元"]
    assert "常住人口（人） *" in headings
    assert "村集体经济年收入（元/年）" in headings
    rules = {str(rule.sqref)[0]: rule for rule in page.data_validations.dataValidation if str(rule.sqref)[1] == "2"}
    assert rules["C"].type == "list"
    assert rules["G"].type == "whole"
    assert rules["G"].promptTitle
    assert page["B2"].value.startswith("示例")
    assert page["B2"].font.color.rgb == "FF8C8C8C"
    consent = next(r for r in book["入住老人(匿名)"].data_validations.dataValidation if "未征询" in str(r.formula1))
    assert consent.formula1 == '"同意,不同意,未征询"'
    assert book["参数"].max_row == len(load_county(packaged_data()).parameters.table) + 1


def test_every_heading_of_the_template_is_understood_as_its_own_column(template):
    outcome = prepare(Request(files=(template,)), packaged_data())
    assert told(outcome) == []
    assert outcome.ignored == ()
    assert len(outcome.skipped) == 6
    assert outcome.merged.counts["parameters"] == 0


def test_a_filled_template_comes_back(template, tmp_path):
    book = openpyxl.load_workbook(template)
    page = book["村庄"]
    headings = {str(cell.value).split("（")[0].rstrip(" *"): cell.column for cell in page[1]}
    wanted = dict(
        zip(HEADINGS, ("12位统计代码", "村", "所属乡镇", "常住人口", "60岁及以上人口", "经度", "纬度"), strict=True)
    )
    for number, row in enumerate(sound_rows(), 3):
        for heading, value in zip(HEADINGS, row, strict=True):
            page.cell(number, headings[wanted[heading]], value)
    book.save(tmp_path / "filled.xlsx")
    outcome = prepare(Request(files=(tmp_path / "filled.xlsx",), crs="wgs84"), packaged_data())
    assert told(outcome, errors_only=False) == []
    assert outcome.merged.counts["villages_persons"] == 6
    assert outcome.basis == "resident"


def test_no_column_of_a_sheet_is_called_like_another():
    for sheet in WORKBOOK:
        names = [column.name for column in sheet.columns]
        assert len(names) == len(set(names))
        texts = [column.zh for column in sheet.columns]
        assert len(texts) == len(set(texts)), sheet.title


def test_a_template_is_not_written_over_data(template):
    before = template.read_bytes()
    code, answer, _ = run("template", template, "--json")
    assert (code, answer["status"]) == (2, "bad_input")
    assert template.read_bytes() == before
    with pytest.raises(SettingError, match="xlsx"):
        write_template(template.with_suffix(".xls"), packaged_data())
    assert run("template", template, "--force")[0] == 0


def test_hostile_text_stays_text_in_the_template(tmp_path, tiny):
    """Parameters of a county folder are a planner's words too."""
    text = (tiny / "parameters.csv").read_text(encoding="utf-8")
    (tiny / "parameters.csv").write_text(text.replace('"ramp"', '"=HYPERLINK(""http://x"")"'), encoding="utf-8")
    write_template(tmp_path / "t.xlsx", tiny)
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "t.xlsx")["参数"].iter_rows() for cell in row]
    assert any(cell.value == '=HYPERLINK("http://x")' and cell.data_type == "s" for cell in cells) or all(
        cell.data_type != "f" for cell in cells
    )


def test_names_of_people_who_write_spreadsheets_reach_the_folder_as_text(tmp_path):
    row = ["360123102999", "=cmd()", "石鼻镇", 300, 60, *sound_rows(1)[0][5:]]
    assert (
        run(
            "import",
            write_xlsx(tmp_path / "a.xlsx", {"村庄": [HEADINGS, row]}),
            "--crs",
            "wgs84",
            "--into",
            tmp_path / "c",
        )[0]
        == 0
    )
    assert load_county(tmp_path / "c").villages.loc[row[0], "name"] == "=cmd()"


def test_every_command_of_the_walk_through_exists_with_its_options():
    text = (Path(__file__).parents[2] / "docs/bring-your-own.md").read_text(encoding="utf-8")
    lines = re.findall(r"^anyi-geo .*$", text, re.MULTILINE)
    assert len(lines) >= 12
    for line in lines:
        command = get_command(app)
        words = line.split()[1:]
        while hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


@pytest.mark.skipif(not FACTS, reason="ANYI_GEO_FACTS names no folder with observed points")
def test_observed_points_of_a_public_map_replace_modelled_positions(tmp_path):
    path = Path(FACTS) / "observed_points.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert run("import", path, "--crs", "gcj02", "--into", tmp_path / "c")[0] == 0
    villages = load_county(tmp_path / "c").villages
    for row in rows:
        place = villages.loc[row["village_id"]].geometry
        assert (place.x, place.y) == pytest.approx((float(row["wgs84_lon"]), float(row["wgs84_lat"])), abs=1e-5)
    assert (villages["position_status"] == "county").sum() == len(rows)


def test_doctor_finds_this_machine_sound():
    symptoms = examine()
    assert not [symptom for symptom in symptoms if symptom.state == "broken"]
    names = [symptom.name.zh for symptom in symptoms]
    for word in ("Python", "求解器", "中文字体", "浏览器", "当前文件夹", "县数据"):
        assert any(word in name for name in names)
    code, answer, _ = run("doctor", "--json")
    assert (code, answer["status"]) == (0, "sound")


def test_doctor_names_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr("anyi_geo.doctor.version", lambda name: "0.0.1" if name == "folium" else "99")
    monkeypatch.setattr("anyi_geo.doctor.requires", lambda _: ["folium>=0.20,<0.21", 'colour; extra == "test"'])
    monkeypatch.setattr("anyi_geo.doctor.shutil.which", lambda _: None)
    monkeypatch.setattr("anyi_geo.doctor._BROWSER_FILES", ())
    monkeypatch.setattr("anyi_geo.show.report.drawing.FONTS", ())
    found = {symptom.name.en: symptom for symptom in examine()}
    assert found["package folium"].state == "broken"
    assert "pip install" in found["package folium"].remedy.zh
    assert found["browser"].state == "lacking"
    assert found["Chinese font"].state == "lacking"
    assert run("doctor", "--json")[0] == 2
    assert isinstance(found["browser"], Symptom)


def test_every_parameter_and_unit_stands_in_chinese(template):
    book = openpyxl.load_workbook(template)
    rows = list(book["参数"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows if not row[1]] == []
    assert [row[5] for row in rows if not re.search(r"[\u4e00-\u9fff]", str(row[5]))] == []
    outcome = bring(template)  # as printed
    assert (outcome.usable, told(outcome)) == (0, [])
    assert "没有填" in outcome.notes[0].zh


def test_a_wide_sheet_prints_on_several_pages_with_its_names_on_each(template):
    book = openpyxl.load_workbook(template)
    for title, pages in (("村庄", 3), ("敬老院", 4), ("入住老人(匿名)", 1)):
        page = book[title]
        assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
        assert (page.page_setup.fitToWidth or 1) >= pages
        assert page.print_title_rows == "$1:$1"
        assert bool(page.print_title_cols) == (pages > 1)
