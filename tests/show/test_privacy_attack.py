"""An attack on the pages: which small numbers of a sensitive group follow from everything that they show and embed.

The attacker knows the group's size in every scope, reads the pages' source, knows which hamlets every figure counts,
and solves for a hamlet's or a village's children: the least and the most that agree with every figure. A number follows
when both are the same. The runs differ by single hamlets, so that exact figures of two would give one away.
"""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from anyi_geo.compare import compare_runs
from anyi_geo.show.compare_page import compare_html
from anyi_geo.show.figures import Share
from anyi_geo.show.maps.pages import county_map

LEFT = "left_behind_rural"
FAR = 99.0


def few_children(result):
    """Return the run with one, two or three left-behind children in every ninth hamlet, the group counted."""
    rural = np.flatnonzero(result.points["persons.elders_rural"] > 0)[::9]
    children = np.zeros(len(result.points), int)
    children[rural] = 1 + np.arange(len(rural)) % 3
    groups = {name: {**group, "weight": float(name in (LEFT, "elders_rural"))} for name, group in result.groups.items()}
    return replace(result, points=result.points.assign(**{f"persons.{LEFT}": children}), groups=groups)


def judged(result):
    """Return the run with the group's covered persons counted anew from its nearest sites."""
    metrics = result.metrics.astype({"covered": float, "total": float})
    for label, row in metrics[metrics["group"] == LEFT].iterrows():
        inside = scope_of(result, row["scope"])
        covered = (within(result, row["batch"], row["mode"]) & inside) @ children_of(result)
        total = float(inside @ children_of(result))
        metrics.loc[label, ["covered", "total"]] = covered, total
        metrics.loc[label, "share"] = covered / total if total else np.nan
    return replace(result, metrics=metrics.assign(share_low=np.nan, share_high=np.nan))


def children_of(result):
    return result.points[f"persons.{LEFT}"].to_numpy(float)


def scope_of(result, scope):
    return np.ones(len(result.points), bool) if scope == "county" else (result.points["township"] == scope).to_numpy()


def within(result, batch, mode):
    rows = result.nearest[(result.nearest["batch"] == batch) & (result.nearest["mode"] == mode)]
    minutes = rows.set_index("point_id")["minutes"].reindex(result.points["point_id"]).to_numpy()
    return minutes <= result.groups[LEFT]["limit_minutes"][mode] + 1e-9


def without(result, name, places):
    """Return another run in which some hamlets are no longer reached by riding."""
    ids = set(result.points["point_id"].iloc[places])
    away = result.nearest["point_id"].isin(ids) & (result.nearest["mode"] == "ride")
    run = {**result.run, "scenario": name, "title": name}
    nearest = result.nearest.assign(minutes=result.nearest["minutes"].where(~away, FAR))
    return judged(replace(result, run=run, nearest=nearest))


@pytest.fixture(scope="module")
def runs(result):
    """Return a run and three others: without a hamlet of one child, without one of two, without both."""
    base = judged(few_children(result))
    reached, children = within(base, 2, "ride"), children_of(base)
    one, two = (int(np.flatnonzero(reached & (children == count))[0]) for count in (1, 2))
    return [base, *(without(base, f"no{k}", places) for k, places in enumerate(([one], [two], [one, two])))], (one, two)


def interval(text, total):
    """Return the persons that a printed share leaves possible; everything where it is not told."""
    found = re.match(r"(约 )?([\d.]+)%", text)
    if not found:
        return 0.0, total
    step = 0.001 if not found[1] else 0.01 if 0.01 * total >= 6 else 0.05
    middle = float(found[2]) / 100
    return (middle - step / 2) * total, (middle + step / 2) * total


MODES = {"步行": "walk", "骑行": "ride", "汽车": "car"}


def facts(county, runs):
    """Return (hamlets counted, least, most) for all that the pages tell of the group."""
    found = []
    for run in runs:
        data = json.loads(re.search(r"anyiCounty\(\w+, (\{.*\})\);", county_map(county, run))[1])
        for told in (villages_told, figures_told, townships_told, sites_told):
            found += told(run, data)
    page = compare_html(runs, compare_runs(runs), county)
    return found + list(comparison_told(runs, page))


def villages_told(run, data):
    place, total = list(run.groups).index(LEFT), float(children_of(run).sum())
    assert data["persons"][place] is None
    for village, cell in zip(run.points["village_id"].drop_duplicates(), data["villagePersons"][place], strict=True):
        inside = (run.points["village_id"] == village).to_numpy()
        yield inside, *((cell, cell) if not isinstance(cell, str) else (1, 2) if cell == "<3" else (0, total))


def figures_told(run, data):
    for name, *cells in data["figures"]["rows"]:
        short, mode = name.split(" · ")
        if short == run.groups[LEFT]["short"]:
            for batch, text in enumerate(cells, 1):
                yield within(run, batch, MODES[mode]), *interval(text, float(children_of(run).sum()))


def townships_told(run, data):
    for shares in data["shares"]:
        if not shares["name"].startswith(run.groups[LEFT]["short"]):
            continue
        batch = 1 if "第一批" in shares["name"] else 2
        for mode, values in zip(data["modes"], shares["by"], strict=True):
            for town, value in zip(data["townNames"], values, strict=True):
                inside = scope_of(run, town["name"])
                if value is not None:
                    whole = float(inside @ children_of(run))
                    yield inside & within(run, batch, MODES[mode]), *interval(f"约 {value:.0%}", whole)


def sites_told(run, data):
    ids = dict(zip(run.sites["name"], run.sites["site_id"], strict=True))
    near = run.nearest[(run.nearest["batch"] == 2) & (run.nearest["mode"] == "ride")]
    nearest = near.set_index("point_id")["site_id"].reindex(run.points["point_id"]).to_numpy()
    for site in data["sites"]:
        rows = dict(site["rows"])
        told = re.search(rf"{run.groups[LEFT]['short']} (约|不足)? ?([\d,]+) 人", rows["只有它够得着"])
        if told:
            count = float(told[2].replace(",", ""))
            inside = within(run, 2, "ride") & (nearest == ids[site["name"]])
            yield inside, 0, {"约": count + 5, "不足": count}.get(told[1], count)


def comparison_told(runs, page):
    total = float(children_of(runs[0]).sum())
    for label, cells in re.findall(r"<tr><td>农村留守儿童 · ([^<]*)</td>(.*?)</tr>", page):
        mode, batch = label.split(" · ")[:2]
        if "批" not in batch:
            continue
        for run, text in zip(runs, re.findall("<td>(.*?)</td>", cells), strict=True):
            yield within(run, 1 if batch == "第一批" else 2, MODES[mode]), *interval(text, total)


def followed(found, targets, most):
    """Return the targets (sets of hamlets) whose number of children follows."""
    rows = csr_array(np.array([inside for inside, _, _ in found], float))
    known = LinearConstraint(rows, [low - 1e-6 for _, low, _ in found], [high + 1e-6 for _, _, high in found])
    ends = []
    for target in targets:
        solved = [milp(sign * target.astype(float), constraints=known, bounds=Bounds(0, most)) for sign in (1, -1)]
        assert all(answer.status == 0 for answer in solved)
        ends.append((np.ceil(solved[0].fun - 1e-4), np.floor(-solved[1].fun + 1e-4)))
    return [k for k, (least, greatest) in enumerate(ends) if least == greatest]


def targets_of(run, planted):
    """Return hamlets of one or two children, those that the runs differ by first, then villages of so few."""
    children = children_of(run)
    hamlets = [*planted, *np.flatnonzero((children > 0) & (children < 3))[::8]]
    sums = pd.Series(children).groupby(run.points["village_id"].to_numpy()).sum()
    villages = sums[(sums > 0) & (sums < 3)].index[:10]
    assert len(villages) == 10
    single = [np.arange(len(children)) == place for place in hamlets]
    return [*single, *((run.points["village_id"] == village).to_numpy() for village in villages)]


def test_no_small_number_follows(county, runs):
    found, planted = runs
    told = facts(county, found)
    assert len(told) > 600
    assert all(low - 1e-6 <= inside @ children_of(found[0]) <= high + 1e-6 for inside, low, high in told)
    assert followed(told, targets_of(found[0], planted), children_of(found[0]).sum()) == []


def test_exact_shares_would_give_them_away(county, runs, monkeypatch):
    found, planted = runs
    monkeypatch.setattr("anyi_geo.show.maps.points.rough_share", Share.text)
    told = facts(county, found)
    assert {0, 1} <= set(followed(told, targets_of(found[0], planted), children_of(found[0]).sum()))
