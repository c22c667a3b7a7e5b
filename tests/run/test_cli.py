"""The doors: exit codes, one JSON object, folders, languages."""

import json

import pytest
from typer.testing import CliRunner

from anyi_geo.cli import app
from anyi_geo.county import check_county


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_check_of_the_embedded_county():
    answer = run("check", "--json")
    assert answer.exit_code == 0
    faults = json.loads(answer.stdout)["faults"]
    assert {fault["code"] for fault in faults} == {"W_MODELLED"}
    assert set(faults[0]) == {"code", "file", "row", "id", "column", "value", "message"}


def test_check_of_a_bad_folder_exits_with_2(tiny):
    (tiny / "parameters.csv").unlink()
    answer = run("check", "--data", tiny, "--json")
    assert answer.exit_code == 2
    assert [fault["code"] for fault in json.loads(answer.stdout)["faults"]] == ["E_MISSING_FILE"]


@pytest.mark.parametrize(("lang", "word"), [("zh", "缺少文件"), ("en", "is missing")])
def test_messages_come_in_two_languages(tiny, lang, word):
    (tiny / "parameters.csv").unlink()
    answer = run("check", "--data", tiny, "--json", "--lang", lang)
    assert word in json.loads(answer.stdout)["faults"][0]["message"]


def test_an_unknown_language_is_refused():
    assert run("check", "--lang", "fr").exit_code == 2


def test_new_copies_a_county_that_checks(tmp_path):
    folder = tmp_path / "mine"
    assert run("new", folder).exit_code == 0
    assert all(not fault.is_error for fault in check_county(folder))
    assert run("new", folder).exit_code == 2, "it does not write over what is there"


def test_an_unknown_scenario_lists_the_known_ones(tmp_path):
    answer = run("run", "nowhere", "--out", tmp_path / "out", "--json")
    assert answer.exit_code == 2
    assert "official-2023" in json.loads(answer.stdout)["message"]
    assert not (tmp_path / "out").exists()


def test_a_scenario_named_twice_is_refused(tmp_path):
    assert run("run", "official-2023", "official-2023", "--out", tmp_path / "out", "--json").exit_code == 2


def test_compare_takes_two_run_folders(tmp_path):
    answer = run("compare", tmp_path, "--json")
    assert answer.exit_code == 2
    answer = run("compare", tmp_path, tmp_path / "other", "--json")
    assert "result.json" in json.loads(answer.stdout)["message"]


def test_schema_lists_every_column():
    columns = json.loads(run("schema", "--json").stdout)["columns"]
    assert {"file", "name", "kind", "unit", "required", "zh", "en"} <= set(columns[0])
    assert "boundaries/county.geojson" in {column["file"] for column in columns}


def test_ctrl_c_exits_with_130_and_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*_arguments, **_settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("anyi_geo.cli.runs.run_scenarios", interrupted)
    answer = run("run", "--out", tmp_path / "out", "--json")
    assert answer.exit_code == 130
    assert json.loads(answer.stdout)["status"] == "interrupted"
    assert not (tmp_path / "out").exists()


def test_the_unexpected_is_a_sentence_and_exit_1(tmp_path, monkeypatch):
    def broken(*_arguments, **_settings):
        raise RuntimeError("boom")

    monkeypatch.setattr("anyi_geo.cli.runs.run_scenarios", broken)
    monkeypatch.setattr("anyi_geo.cli.door.user_log_dir", lambda _name: str(tmp_path / "log"))
    answer = run("run", "--out", tmp_path / "out", "--json")
    assert answer.exit_code == 1
    assert "error.log" in json.loads(answer.stdout)["message"]
    assert "boom" in (tmp_path / "log" / "error.log").read_text(encoding="utf-8")
