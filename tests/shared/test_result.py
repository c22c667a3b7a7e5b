"""Results: written, read back and compared without losing a figure."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from anyi_geo.compare import compare_runs
from anyi_geo.errors import ProblemError
from anyi_geo.result import RunResult
from anyi_geo.result_json import read_result, result_object, result_text

KEYS = (
    "plan",
    "batch",
    "group",
    "mode",
    "limit_minutes",
    "scope",
    "covered",
    "total",
    "share",
    "share_low",
    "share_high",
)


def a_result(name="one", *, minutes=(3.0, 20.0), site="S1", batch=1):
    """Return a result of two points, one site and one batch."""
    covered = sum(persons for persons, value in zip((40, 60), minutes, strict=True) if value <= 15)
    metric = dict(
        zip(KEYS, (name, 1, "elders", "ride", 15.0, "county", covered, 100, covered / 100, 0.1, 0.6), strict=True)
    )
    return RunResult(
        run={"scenario": name, "title": name, "question": "？", "status": "done", "reasons": [], "seconds": 1.0},
        parameters=[{"key": "k", "value": 1.0, "low": 0.5, "high": float("inf")}],
        groups={"elders": {"name": "老人", "short": "老人", "weight": 1.0, "limit_minutes": {"ride": 15.0}}},
        headline_mode="ride",
        batches=[{"batch": 1, "name": "一"}],
        sites=pd.DataFrame({"site_id": [site], "batch": [batch], "name": ["点"], "township": ["乡"],
                            "lon": [115.5 if site == "S1" else 115.6], "lat": [28.8],
                            "official_batch": pd.array([None], dtype="Int64")}),
        points=pd.DataFrame({"point_id": ["P1", "P2"], "village_id": ["V1", "V2"], "village": ["甲", "乙"],
                             "township": ["乡", "乡"], "persons.elders": [40, 60]}),
        nearest=pd.DataFrame({"point_id": ["P1", "P2"], "batch": [1, 1], "mode": ["ride", "ride"],
                              "site_id": [site if value < np.inf else None for value in minutes],
                              "minutes": list(minutes)}),
        metrics=pd.DataFrame([metric | {"share_mean": 0.3}]),
        minutes=pd.DataFrame([{"batch": 1, "group": "elders", "mode": "ride", "mean": 5.0}]),
        worst=pd.DataFrame(columns=["batch", "rank"]),
        equity=pd.DataFrame([{"batch": 1, "gini": 0.2}]),
        costs=pd.DataFrame([{"decision": "care_sites", "head": "batch_1", "one_off_yuan": 1.0, "yearly_yuan": 2.0}]),
        homes=None,
        meals=None,
        solves=pd.DataFrame(columns=["model", "status"]),
    )  # fmt: skip


def test_the_text_is_plain_json_with_the_fixed_keys():
    found = json.loads(result_text(a_result(minutes=(3.0, np.inf))))
    assert {
        "schema_version",
        "run",
        "parameters",
        "sites",
        "points",
        "metrics",
        "homes",
        "meals",
        "solves",
        "warnings",
    } <= set(found)
    assert {"batches", "plan"} <= set(found["sites"])
    point = found["points"][1]
    assert point["persons"] == {"elders": 60}
    assert point["nearest"] == [{"batch": 1, "mode": "ride", "site_id": None, "minutes": None}]
    assert found["parameters"][0]["high"] is None


def test_what_is_written_is_read_back(tmp_path):
    text = result_text(a_result(minutes=(3.0, np.inf)))
    (tmp_path / "result.json").write_text(text, encoding="utf-8")
    again = read_result(tmp_path)
    assert result_text(again) == text
    assert again.nearest["minutes"].tolist() == [3.0, np.inf]


@pytest.mark.parametrize("text", ["", "{", '{"schema_version": 1}', '{"schema_version": 99}', "[]"])
def test_a_damaged_result_is_a_sentence(tmp_path, text):
    (tmp_path / "result.json").write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError, match="result.json"):
        read_result(tmp_path)


def test_differences_name_sites_and_villages():
    one, two = a_result("one"), a_result("two", minutes=(20.0, 5.0), site="S2")
    difference = compare_runs([one, two]).differences[0]
    assert [row["site_id"] for row in difference["sites_in"]] == ["S2"]
    assert [row["site_id"] for row in difference["sites_out"]] == ["S1"]
    assert difference["persons"][0]["covered"] == 20
    assert [(row["village"], row["persons"]) for row in difference["villages_gained"]] == [("乙", 60)]
    assert [(row["village"], row["persons"]) for row in difference["villages_lost"]] == [("甲", -40)]


def test_a_site_in_another_batch_is_a_difference():
    two = a_result("two", batch=2)
    difference = compare_runs([a_result("one"), two]).differences[0]
    assert difference["sites_in"][0]["other_batch"] == 1


def test_a_run_equals_itself():
    difference = compare_runs([a_result("one"), a_result("two")]).differences[0]
    assert difference["sites_in"] == difference["sites_out"] == difference["villages_gained"] == []
    assert difference["persons"][0]["covered"] == 0


def test_one_run_or_other_counties_cannot_be_compared():
    one = a_result("one")
    with pytest.raises(ProblemError, match="至少"):
        compare_runs([one])
    elsewhere = replace(a_result("two"), points=one.points.assign(point_id=["Q1", "Q2"]))
    with pytest.raises(ProblemError, match="人口点不同"):
        compare_runs([one, elsewhere])


def test_nothing_in_the_object_is_not_a_number():
    json.dumps(result_object(a_result(minutes=(np.nan, np.inf))), allow_nan=False)


def test_a_swap_is_said_in_persons():
    """S1 reaches 甲 (40), S2 reaches 乙 (60): the swap is +20, and so is the whole difference."""
    one, two = a_result("one"), a_result("two", minutes=(20.0, 5.0), site="S2")
    two = replace(two, sites=two.sites.assign(name="板溪“一老一小”幸福院"))
    (swap,) = compare_runs([one, two]).differences[0]["swaps"]
    assert (swap["out"], swap["in"]) == ("S1", "S2")
    assert swap["persons"] == [{"batch": 1, "group": "elders", "gained": 60, "lost": 40, "change": 20}]
    assert swap["words"] == "点 换出，板溪 换入：老人 +20 人"
    assert swap["words_en"] == "点 out, 板溪 in: elders +20"


def two_batches(first, second):
    """Return a result in which S1 reaches 甲 from batch `first` and S2 reaches 乙 from batch `second`."""
    base = a_result(f"{first}{second}")
    rows = [
        (point, batch, "ride", site if batch >= opens else None, 3.0 if batch >= opens else np.inf)
        for batch in (1, 2)
        for point, site, opens in (("P1", "S1", first), ("P2", "S2", second))
    ]
    covered = {batch: 40 * (first <= batch) + 60 * (second <= batch) for batch in (1, 2)}
    metric = base.metrics.iloc[0].to_dict()
    return replace(
        base,
        batches=[{"batch": 1, "name": "一"}, {"batch": 2, "name": "二"}],
        sites=pd.concat([base.sites, base.sites.assign(site_id="S2", name="二点")]).assign(batch=[first, second]),
        nearest=pd.DataFrame(rows, columns=["point_id", "batch", "mode", "site_id", "minutes"]),
        metrics=pd.DataFrame([metric | {"batch": b, "covered": n, "share": n / 100} for b, n in covered.items()]),
    )


def test_sites_that_only_change_their_batch_say_what_it_does_before_the_last():
    difference = compare_runs([two_batches(1, 2), two_batches(2, 1)]).differences[0]
    assert [swap["words"] for swap in difference["swaps"]] == [
        "点 第 1 批改第 2 批：第 1 批时老人 -40 人",
        "二点 第 2 批改第 1 批：第 1 批时老人 +60 人",
    ]
    by_batch = {row["batch"]: row["covered"] for row in difference["persons"]}
    assert by_batch == {1: 20, 2: 0}
    for batch, change in by_batch.items():
        rows = [row for swap in difference["swaps"] for row in swap["persons"] if row["batch"] == batch]
        assert sum(row["change"] for row in rows) == change


def test_runs_that_count_differently_are_counted_by_the_base():
    """The other run allows 30 minutes and counts more persons: its own figures do not compare, and it is said."""
    one, two = a_result("one"), a_result("two", minutes=(20.0, 5.0), site="S2")
    assert compare_runs([one, two]).differences[0]["caveats"] == []
    groups = {"elders": two.groups["elders"] | {"limit_minutes": {"ride": 30.0}}}
    wide = replace(
        two,
        groups=groups,
        points=two.points.assign(**{"persons.elders": [400, 600]}),
        metrics=two.metrics.assign(covered=1000, total=1000, share=1.0, limit_minutes=30.0),
    )
    difference = compare_runs([one, wide]).differences[0]
    limit, people = difference["caveats"]
    assert "15 与 30 分钟" in limit
    assert "100 与 1,000 人" in people
    assert (difference["persons"][0]["covered"], difference["persons"][0]["share"]) == (20, pytest.approx(0.2))
    assert np.isnan(difference["persons"][0]["share_displaced"])
    assert [row["persons"] for row in difference["villages_gained"]] == [60]
    json.dumps(difference["swaps"])
