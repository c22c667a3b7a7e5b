"""`anyi-geo replan`: a changed list of diners, the evening's sheets with it, one answer for programs."""

import json

from typer.testing import CliRunner

from anyi_geo.cli import app


def asked(*arguments):
    answer = CliRunner().invoke(app, [str(one) for one in arguments])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_a_changed_list_is_planned_again_for_noon_and_evening(tiny):
    asked("run", "meals-high", "--data", tiny, "--out", tiny / "out", "--json")
    before = json.loads((tiny / "out/meals-high/result.json").read_text(encoding="utf-8"))["meals"]
    stop = next(row for row in before["stops"] if row["mode"] == "delivered")
    (tiny / "list.csv").write_text(f"点位编号,每餐份数\n{stop['site_id']},{stop['meals'] - 1}\n", encoding="utf-8")
    told = asked(
        "replan",
        tiny / "out/meals-high",
        "--diners",
        tiny / "list.csv",
        "--data",
        tiny,
        "--out",
        tiny / "out",
        "--json",
    )
    assert told["rounds_kept"] == told["rounds_before"] == told["rounds_after"]
    assert [row["site_id"] for row in told["changes"]] == [stop["site_id"]]
    after = json.loads((tiny / "out/meals-high-replan/result.json").read_text(encoding="utf-8"))["meals"]
    for service in (after, after["supper"]):
        (row,) = [row for row in service["stops"] if row["site_id"] == stop["site_id"]]
        assert row["meals"] == stop["meals"] - 1
    assert after["summary"]["cost_yuan_per_day"] < before["summary"]["cost_yuan_per_day"]
    assert "晚餐送餐单 S01" in (tiny / "out/meals-high-replan/courier.html").read_text(encoding="utf-8")
