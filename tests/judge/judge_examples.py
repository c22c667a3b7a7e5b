"""Four points, three sites and two townships whose figures are computed by hand."""

import math

import pandas as pd

POINTS = pd.Index(["p1", "p2", "p3", "p4"], name="point_id")
SITES = ["a", "b", "c"]
PERSONS = pd.DataFrame({"elders": [10, 20, 30, 40], "children": [1, 0, 0, 4]}, index=POINTS)
TOWNSHIPS = pd.Series(["甲乡", "甲乡", "乙乡", "乙乡"], index=POINTS)
VILLAGES = pd.DataFrame(
    {"village_id": ["v1", "v1", "v2", "v3"], "village": ["一村", "一村", "二村", "三村"], "township": TOWNSHIPS},
    index=POINTS,
)
MINUTES = {
    "walk": pd.DataFrame(
        [[5.0, 40.0, 60.0], [25.0, 15.0, 60.0], [50.0, 15.0, 15.0], [math.inf, math.inf, math.inf]],
        index=POINTS,
        columns=SITES,
    ),
    "ride": pd.DataFrame(
        [[1.0, 8.0, 12.0], [5.0, 3.0, 12.0], [10.0, 3.0, 3.0], [math.inf, math.inf, 20.0]],
        index=POINTS,
        columns=SITES,
    ),
}
BATCH = pd.Series({"a": 1, "c": 2, "b": 2}, name="batch")
LIMITS = {"elders": {"walk": 15.0, "ride": 15.0}, "children": {"walk": 20.0}}
EMPTY = pd.Series(dtype=int, name="batch", index=pd.Index([], name="site_id", dtype=str))
