"""The figures of ``result.json`` follow from its own rows, by code that knows nothing of the program."""

import copy
import json

import pytest
import recompute
from typer.testing import CliRunner

from anyi_geo.cli import app


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return the official plan of the embedded county, as a planner's own program would read it."""
    out = tmp_path_factory.mktemp("out")
    answer = CliRunner().invoke(app, ["run", "official-2023", "--out", str(out), "--json"])
    assert answer.exit_code == 0, answer.output
    return json.loads((out / "official-2023" / "result.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("check", recompute.CHECKS, ids=lambda check: check.__name__)
def test_figures_follow_from_the_rows(written, check):
    assert check(written) == []


def test_the_official_plan_is_the_appendix(written):
    batch = {row["site_id"]: row["batch"] for row in written["sites"]["plan"]}
    assert sorted(batch.values()) == [1] * 4 + [2] * 14
    assert all(row["batch"] == row["official_batch"] for row in written["sites"]["plan"])


def _metric(result):
    result["metrics"][0]["covered"] += 1


def _missing(result):
    del result["metrics"][5]


def _range(result):
    row = next(row for row in result["metrics"] if row["scope"] == "county" and row["share_low"] < row["share_high"])
    row["share_low"], row["share_high"] = row["share_high"], row["share_low"]


def _year(result):
    result["sites"]["tables"]["years"][0]["total"] = 1


def _gain(result):
    result["sites"]["tables"]["gains"][-1]["added"] += 1


def _closed(result):
    result["points"][0]["nearest"][0]["site_id"] = "S999"


def _mean(result):
    result["minutes"][0]["mean"] += 0.1


def _village(result):
    result["worst"][0]["minutes"] -= 1


def _worst_left_out(result):
    del result["worst"][0]


def _gini(result):
    result["equity"][-1]["gini"] += 0.01


def _flow(result):
    result["homes"]["flows"][0]["persons"] += 1


def _head(result):
    result["homes"]["summary"]["costs"][0]["yearly_yuan"] += 1


def _stop(result):
    next(stop for stop in result["meals"]["stops"] if stop["mode"] == "delivered")["meals"] += 1


def _payer(result):
    result["meals"]["tables"]["payers"][0]["yuan_per_month"] += 1


def _late(result):
    next(stop for stop in result["meals"]["stops"] if stop["mode"] == "delivered")["elapsed_minutes"] = 600.0


def _price(result):
    result["sites"]["plan"][0]["opening_yuan"] += 1


def _gap(result):
    result["solves"][0]["bound"] *= 0.5


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (_metric, recompute.coverage),
        (_missing, recompute.coverage),
        (_range, recompute.ranges),
        (_year, recompute.ranges),
        (_gain, recompute.batches),
        (_closed, recompute.batches),
        (_mean, recompute.minutes),
        (_village, recompute.worst),
        (_worst_left_out, recompute.worst),
        (_gini, recompute.equity),
        (_flow, recompute.homes),
        (_head, recompute.homes),
        (_stop, recompute.meals),
        (_payer, recompute.meals),
        (_late, recompute.meals),
        (_price, recompute.money),
        (_gap, recompute.money),
    ],
)
def test_a_wrong_figure_is_seen(written, spoil, check):
    spoilt = copy.deepcopy(written)
    spoil(spoilt)
    assert check(spoilt)
