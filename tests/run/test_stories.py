"""The planner's stories, through the front door, on a county that can be checked by hand."""

import json

import pytest
from tiny_county import write_roads
from typer.testing import CliRunner

from anyi_geo.cli import app
from anyi_geo.result_json import read_result

LIMITS = "limit_minutes = { walk = 15.0, ride = 3.1, car = 3.1 }"


def scenario(folder, name, text=""):
    """Write a scenario that rides 3.1 minutes (1 km of village road and a little) and opens 1, then 1 more site."""
    groups = "".join(f"[demand.groups.{group}]\n{LIMITS}\n" for group in ("elders_rural", "children_rural"))
    batch = '[[care_sites.batches]]\nname = "b"\nsites = 1\nweight = 1.0\nbudget_yuan = inf\n'
    head = 'base = "base"\n[care_sites]\ntownship_min = 0\n'
    (folder / "scenarios" / f"{name}.toml").write_text(head + text + batch + batch + groups, encoding="utf-8")
    return name


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def metric(result, batch, group="elders_rural", mode="ride"):
    rows = result.metrics
    keep = (rows["batch"] == batch) & (rows["group"] == group) & (rows["mode"] == mode) & (rows["scope"] == "county")
    return rows[keep].iloc[0]


def test_two_batches_are_covered_as_counted_by_hand(tiny, tmp_path):
    """Elders only: batch 1 opens km 0 (A and B, 150 of 300), batch 2 adds km 2 (C, 230)."""
    text = ""
    name = scenario(tiny, "story-six", text)
    path = tiny / "scenarios" / f"{name}.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            f"[demand.groups.children_rural]\n{LIMITS}", f"[demand.groups.children_rural]\nweight = 0.0\n{LIMITS}"
        ),
        encoding="utf-8",
    )
    answer = run("run", name, "--data", tiny, "--out", tmp_path / "out", "--json")
    assert answer.exit_code == 0, answer.output
    result = read_result(tmp_path / "out" / name)
    assert dict(zip(result.sites["site_id"], result.sites["batch"], strict=True)) == {"SA": 1, "SC": 2}
    assert (metric(result, 1)["covered"], metric(result, 1)["total"]) == (150, 300)
    assert (metric(result, 2)["covered"], metric(result, 2)["share"]) == (230, pytest.approx(0.7667, abs=1e-4))
    assert metric(result, 2, "children_rural")["covered"] == 30
    solve = result.solves[result.solves["model"].str.startswith("care_sites")].iloc[0]
    assert solve["status"] == "optimal"
    assert (solve["objective"], solve["bound"]) == (pytest.approx(380), pytest.approx(380))


def test_the_official_plan_is_judged_as_given(tiny, tmp_path):
    name = scenario(tiny, "given", 'plan = "official"\n')
    answer = run("run", name, "--data", tiny, "--out", tmp_path / "out", "--json")
    assert answer.exit_code == 0, answer.output
    result = read_result(tmp_path / "out" / name)
    assert list(result.sites["site_id"]) == ["SA", "SC"]
    assert metric(result, 2)["covered"] == 230
    assert metric(result, 2, mode="walk")["covered"] == 180, "on foot 720 m reach the own village only"


@pytest.mark.parametrize("budget", [250000, 0])
def test_a_budget_below_the_cheapest_site_says_by_how_much(tiny, tmp_path, budget):
    name = scenario(tiny, "poor", f"budget_yuan = {budget}\n")
    answer = run("run", name, "--data", tiny, "--out", tmp_path / "out", "--json")
    assert answer.exit_code == 3, answer.output
    told = json.loads(answer.stdout)
    message = told["runs"][0]["reasons"][0]["message"].replace(" ", "").replace(",", "")
    for number in (budget, 300000, 300000 - budget):
        assert f"{number}元" in message
    result = read_result(tmp_path / "out" / name)
    assert result.sites.empty
    assert metric(result, 2)["covered"] == 0
    assert metric(result, 2)["total"] == 300


def test_a_budget_of_exactly_one_site_opens_one(tiny, tmp_path):
    name = scenario(tiny, "just-enough", "budget_yuan = 300000\n")
    answer = run("run", name, "--data", tiny, "--out", tmp_path / "out", "--json")
    assert answer.exit_code == 0, answer.output
    assert len(read_result(tmp_path / "out" / name).sites) == 1


def test_a_negative_budget_is_an_input_error(tiny, tmp_path):
    name = scenario(tiny, "negative", "budget_yuan = -1\n")
    answer = run("run", name, "--data", tiny, "--out", tmp_path / "out", "--json")
    assert answer.exit_code == 2
    assert "budget_yuan" in json.loads(answer.stdout)["message"]
    assert not (tmp_path / "out").exists()


def test_people_whom_no_road_reaches_stay_in_the_denominator(tiny, tmp_path):
    write_roads(tiny / "roads.gpkg", cut=(2,))
    name = scenario(tiny, "cut-off", 'plan = "official"\n')
    answer = run("run", name, "--data", tiny, "--out", tmp_path / "out", "--json")
    assert answer.exit_code == 0, answer.output
    result = read_result(tmp_path / "out" / name)
    assert (metric(result, 2)["covered"], metric(result, 2)["total"]) == (230, 300)
    far = result.nearest[(result.nearest["point_id"] == "990000000005") & (result.nearest["mode"] == "ride")]
    assert (far["minutes"] == float("inf")).all()
    assert {warning["code"] for warning in result.warnings} == {"W_UNREACHABLE"}


def test_bad_data_stop_the_run_before_anything_is_written(tiny, tmp_path):
    (tiny / "villages.geojson").write_text("{", encoding="utf-8")
    answer = run("run", "--data", tiny, "--out", tmp_path / "out", "--json")
    assert answer.exit_code == 2
    assert [fault["code"] for fault in json.loads(answer.stdout)["faults"]] == ["E_UNREADABLE"]
    assert not (tmp_path / "out").exists()
