"""Who is gained and lost between two plans, by site: sums to the change, and shared sites have no part in it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyi_geo.errors import ProblemError
from anyi_geo.judge.coverage import nearest
from anyi_geo.judge.exchange import exchanged

SITES = ("s1", "s2", "s3", "s4")


def table(minutes, sites):
    """Return site_id and minutes of the nearest of `sites` per point."""
    if not sites:
        return pd.DataFrame({"site_id": None, "minutes": np.inf}, index=minutes.index)
    rows = nearest({"ride": minutes}, pd.Series(1, index=list(sites)), 1)
    return rows.set_index("point_id")[["site_id", "minutes"]]


def road():
    """Villages at km 0, 1, 2, 6, 7 and sites at km 0, 2, 6, a minute a kilometre."""
    villages = pd.Series([0, 1, 2, 6, 7], index=list("ABCDE"))
    minutes = pd.DataFrame({site: (villages - km).abs() for site, km in (("W", 0), ("M", 2), ("E", 6))}).astype(float)
    persons = pd.DataFrame({"elders": [100, 50, 80, 40, 30], "children": [20, 10, 0, 40, 5]}, index=villages.index)
    return minutes, persons


def test_by_hand():
    """West out, east in: A and B lose 150 elders and 30 children, D and E gain 70 and 45; M would keep B."""
    minutes, persons = road()
    swap = exchanged(table(minutes, ["W"]), table(minutes, ["E"]), persons, {"elders": 1.0, "children": 1.0})
    assert swap.to_dict("records") == [
        {"site_id": "E", "group": "elders", "gained": 70, "lost": 0},
        {"site_id": "E", "group": "children", "gained": 45, "lost": 0},
        {"site_id": "W", "group": "elders", "gained": 0, "lost": 150},
        {"site_id": "W", "group": "children", "gained": 0, "lost": 30},
    ]
    kept = exchanged(table(minutes, ["W", "M"]), table(minutes, ["M", "E"]), persons, {"elders": 1.0})
    assert kept.set_index("site_id")[["gained", "lost"]].T.to_dict("list") == {"E": [70, 0], "W": [0, 100]}


def test_each_group_has_its_own_limit():
    minutes, persons = road()
    swap = exchanged(table(minutes, []), table(minutes, ["W"]), persons, {"elders": 0.0, "children": 2.0})
    assert swap["gained"].tolist() == [100, 30]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sets(st.sampled_from(SITES)), st.sets(st.sampled_from(SITES)))
def test_swaps_sum_to_the_change_and_shared_sites_have_no_part(seed, before, after):
    random = np.random.default_rng(seed)
    minutes = pd.DataFrame(random.integers(1, 9, (12, 4)).astype(float), columns=list(SITES))
    minutes = minutes.rename(index=str).mask(random.random((12, 4)) < 0.2, np.inf)
    persons = pd.DataFrame(random.integers(0, 50, (12, 2)), index=minutes.index, columns=["a", "b"])
    limits = {"a": 3.0, "b": 5.0}
    one, two = table(minutes, sorted(before)), table(minutes, sorted(after))
    found = exchanged(one, two, persons, limits)
    assert not set(found["site_id"]) & before & after
    assert set(found.loc[found["gained"] > 0, "site_id"]) <= after
    assert set(found.loc[found["lost"] > 0, "site_id"]) <= before
    for group, limit in limits.items():
        change = sum(persons.loc[t["minutes"] <= limit, group].sum() * sign for t, sign in ((two, 1), (one, -1)))
        rows = found[found["group"] == group]
        assert rows["gained"].sum() - rows["lost"].sum() == change


def test_other_points_are_refused():
    minutes, persons = road()
    with pytest.raises(ProblemError, match="人口点不同"):
        exchanged(table(minutes, ["W"]), table(minutes, ["E"]).drop(index="A"), persons, {"elders": 1.0})
