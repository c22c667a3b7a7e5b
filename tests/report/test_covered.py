"""Covered persons of a sensitive group: neither the few who are covered nor the few who are left out are told."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from anyi_geo.show.report.covered import metrics_shown, part_hidden, printable


@dataclasses.dataclass(frozen=True)
class _Run:
    metrics: pd.DataFrame
    groups: dict
    points: pd.DataFrame
    headline_mode: str = "ride"


GROUPS = {
    "left_behind_rural": {"name": "农村留守儿童", "short": "留守儿童", "weight": 1.0},
    "elders_rural": {"name": "农村老人", "short": "老人", "weight": 1.0},
}


def result(covered):
    """Return a run of two townships with ten and twelve persons: township -> covered after each batch."""
    totals = {"甲": 10, "乙": 12}
    covered = {**covered, "county": tuple(map(sum, zip(*covered.values(), strict=True)))}
    totals["county"] = sum(totals.values())
    rows = [
        {"plan": "p", "batch": batch, "group": group, "mode": "ride", "limit_minutes": 15.0, "scope": scope,
         "covered": counts[batch - 1], "total": totals[scope], "share": counts[batch - 1] / totals[scope],
         "share_low": np.nan, "share_high": np.nan}
        for group in GROUPS for scope, counts in covered.items() for batch in (1, 2)
    ]  # fmt: skip
    points = pd.DataFrame(
        {"village_id": ["v", "w"], "township": ["甲", "乙"], **{f"persons.{group}": [10, 12] for group in GROUPS}}
    )
    return _Run(metrics=pd.DataFrame(rows), groups=GROUPS, points=points)


def shown(found, group="left_behind_rural"):
    rows = metrics_shown(found)
    rows = rows[rows["group"] == group]
    return {(row["scope"], row["batch"]): row for row in rows.to_dict("records")}


def test_one_who_is_left_out_does_not_follow_from_the_total():
    """Nine of ten in 甲: the nine is not told, and neither are 乙's numbers and the county's that give it away."""
    rows = shown(result({"甲": (4, 9), "乙": (5, 8)}))
    assert (rows["甲", 2]["left"], rows["甲", 2]["total"]) == ("<3", 10)
    assert isinstance(rows["甲", 2]["covered"], str)
    assert rows["甲", 2]["share"] == "不列"


def test_an_ordinary_group_is_told_whole():
    rows = shown(result({"甲": (4, 9), "乙": (5, 8)}), "elders_rural")
    assert [rows["甲", 2][name] for name in ("covered", "added", "left", "total", "share")] == [9, 5, 1, 10, 0.9]


def test_numbers_that_tell_of_nobody_alone_are_told():
    rows = shown(result({"甲": (4, 7), "乙": (5, 8)}))
    assert [rows["甲", 2][name] for name in ("covered", "added", "left", "share")] == [7, 3, 3, 0.7]


@pytest.mark.parametrize("covered", [(4, 9), (1, 9), (0, 2), (9, 9), (2, 10), (3, 8), (8, 8)])
def test_every_few_have_two_readings(covered):
    """All ways to split 甲's ten and 乙's twelve over the two batches and none that agree with every printed figure."""
    rows = shown(result({"甲": covered, "乙": (5, 8)}))
    splits = {
        scope: [(a, b, n - a - b) for a, b in itertools.product(range(n + 1), repeat=2) if a + b <= n]
        for scope, n in (("甲", 10), ("乙", 12))
    }

    def agrees(split, scope):
        told = {"covered": {1: split[0], 2: split[0] + split[1]}, "added": {1: split[0], 2: split[1]},
                "left": {1: split[1] + split[2], 2: split[2]}}  # fmt: skip
        return all(
            {"<3": 0 < count < 3, "不列": True}.get(cell, cell == count) if isinstance(cell, str) else cell == count
            for name, counts in told.items()
            for batch, count in counts.items()
            for cell in [rows[scope, batch][name]]
        )

    found = [
        (one, other)
        for one in splits["甲"] if agrees(one, "甲")
        for other in splits["乙"] if agrees(other, "乙")
        if agrees(tuple(map(sum, zip(one, other, strict=True))), "county")
    ]  # fmt: skip
    own = (covered[0], covered[1] - covered[0], 10 - covered[1])
    assert (own, (5, 3, 4)) in found
    for part, count in enumerate(own):
        if 0 < count < 3:
            assert len({one[part] for one, _ in found}) > 1, (covered, part)


def test_words_and_pictures_know_no_more_than_the_sheets():
    found = result({"甲": (4, 9), "乙": (5, 8)})
    found = printable(found)
    rows = found.metrics[(found.metrics["group"] == "left_behind_rural") & (found.metrics["scope"] == "甲")]
    assert rows.loc[rows["batch"] == 2, ["covered", "share"]].isna().all(axis=None)
    elders = found.metrics[(found.metrics["group"] == "elders_rural") & (found.metrics["scope"] == "甲")]
    assert elders["covered"].tolist() == [4, 9]


@pytest.mark.parametrize(
    ("part", "whole", "told"), [(5, 10, 5), (9, 10, "不列"), (1, 10, "<3"), (10, 10, 10), (0, 9, 0)]
)
def test_a_part_is_told_where_neither_it_nor_the_rest_are_few(part, whole, told):
    assert part_hidden(part, whole) == told


@pytest.mark.parametrize("walked", [(20, 40), (38, 40), (37, 77), (39, 78), (37, 79), (39, 79), (40, 80), (0, 0)])
def test_one_or_two_do_not_follow_from_two_ways_of_travel(walked):
    """40 and 80 are covered by e-tricycle; 39 on foot would tell that one child is reached by riding only."""
    ridden = result({"甲": (40, 80), "乙": (0, 0)}).metrics.assign(total=200)
    on_foot = result({"甲": walked, "乙": (0, 0)}).metrics.assign(total=200, mode="walk")
    run = result({"甲": (0, 0), "乙": (0, 0)})
    points = run.points.assign(**{f"persons.{group}": [100, 100] for group in GROUPS})
    found = dataclasses.replace(run, metrics=pd.concat([ridden, on_foot], ignore_index=True), points=points)
    rows = metrics_shown(found)
    rows = rows[(rows["group"] == "left_behind_rural") & (rows["scope"] == "甲")]
    told = {mode: not any(isinstance(cell, str) for cell in own["covered"]) for mode, own in rows.groupby("mode")}
    gaps = [abs(walk - ride) for walk, ride in zip(walked, (40, 80), strict=True)]
    assert told["ride"]
    assert told["walk"] is not any(0 < gap < 3 for gap in gaps)
