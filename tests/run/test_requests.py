"""Requests that are wrong by themselves (exit 2) or cannot be met (exit 3): both numbers, nothing solved in vain."""

import json

import pytest
from typer.testing import CliRunner

from anyi_geo.cli import app

HEAD = 'base = "base"\n[care_sites.reasons]\nregret = false\n'
BATCH = '[[care_sites.batches]]\nname = "第一批"\nsites = {}\nweight = 1.0\nbudget_yuan = {}\n'


def ask(tmp_path, text, *, data=None):
    """Run a scenario and return (exit code, what is said)."""
    path = tmp_path / "asked.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    place = [] if data is None else ["--data", str(data)]
    answer = CliRunner().invoke(app, ["run", str(path), *place, "--out", str(tmp_path / "out"), "--json"])
    told = json.loads(answer.stdout)
    reasons = [reason["message"] for run in told.get("runs", []) for reason in run["reasons"]]
    return answer.exit_code, "\n".join([told.get("message") or "", *reasons])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[demand]\ntarget_year = 2019\n", ["demand.target_year", "2019", "2020"]),
        ("[demand]\njudged_years = [2015, 2030, 2010]\n", ["demand.judged_years", "2015", "2010", "2020"]),
        ("years = [1999]\n", ["care_sites.reasons.years", "1999", "2020"]),
    ],
)
def test_a_year_before_the_census_stops_before_anything_is_measured(tmp_path, monkeypatch, text, words):
    monkeypatch.setattr("anyi_geo.run.prepare_travel", lambda *_: pytest.fail("the roads were measured"))
    code, told = ask(tmp_path, text)
    assert code == 2
    assert [word for word in words if word not in told] == []
    assert "2030 年早于" not in told, "an allowed year is not blamed"
    assert not (tmp_path / "out").exists()


TOWN = "[care_sites.townships]\n"
OPEN = "[care_sites]\ntownship_min = 0\nmust_open = "


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (f"[care_sites]\ntownship_min = 0\n{BATCH.format(0, 'inf')}", 2, ["sites = 0", "不能小于 1"]),
        (f"[care_sites]\ntownship_min = 0\n{BATCH.format(1, 'inf')}", 0, []),
        ("[demand.groups.elders_rural]\nlimit_minutes = { ride = 0 }\n", 2, ["limit_minutes.ride = 0", "大于 0"]),
        ("[demand.groups.elders_rural]\nlimit_minutes = { ride = 0.5 }\n[care_sites]\ntownship_min = 0\n", 0, []),
        (f"{OPEN}{{ SA = 1, SC = 1 }}\n{BATCH.format(1, 'inf')}", 3, ["至多 1 个点", "有 2 个", "超出 1 个"]),
        (f"{OPEN}{{ SA = 1, SC = 1 }}\n{BATCH.format(2, 'inf')}", 0, []),
        (f"{OPEN}{{ SA = 2 }}\n{BATCH.format(1, 'inf')}", 2, ["SA", "第 2 批", "只有 1 批"]),
        (
            f"[care_sites]\ntownship_min = 0\n{TOWN}'西乡' = {{ min = 3 }}\n",
            3,
            ["至少要 3 个点", "只有 2 个", "缺 1 个"],
        ),
        (f"[care_sites]\ntownship_min = 0\n{TOWN}'西乡' = {{ min = 2 }}\n", 0, []),
        (f"[care_sites]\ntownship_min = 0\n{BATCH.format(1, 299999)}", 3, ["299 999 元", "300 000 元", "还需 1 元"]),
        (f"[care_sites]\ntownship_min = 0\n{BATCH.format(1, 300000)}", 0, []),
        (f"[care_sites]\ntownship_min = 0\n{BATCH.format(1, -1)}", 2, ["budget_yuan = -1", "不能小于 0"]),
    ],
)
def test_both_numbers_and_the_exit_code(tiny, tmp_path, text, code, words):
    found, told = ask(tmp_path, text, data=tiny)
    assert (found, [word for word in words if word not in told]) == (code, []), told
    written = (tmp_path / "out" / "asked" / "result.json").exists()
    assert written == (code != 2), "what cannot be met still says what exists; what is wrong writes nothing"
