"""One or two persons of a sensitive group are on no map: neither told, nor to be had by subtraction, nor drawn."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from anyi_geo.bridge.demand import persons_by_group, with_demand
from anyi_geo.compare import compare_runs
from anyi_geo.scenario import load_scenario
from anyi_geo.show.compare_page import compare_data, compare_html
from anyi_geo.show.geopackage import plan_layers
from anyi_geo.show.home_persons import county_persons
from anyi_geo.show.maps.homes import home_figures, home_signs
from anyi_geo.show.maps.points import (
    covered_columns,
    person_columns,
    point_columns,
    sensitive_groups,
    township_shares,
)
from anyi_geo.show.maps.sites import site_signs
from anyi_geo.show.privacy import is_sensitive

LEFT = "left_behind_rural"


def counting_only(result, *names):
    """Return the run with no other groups counted."""
    groups = {name: {**group, "weight": float(name in names)} for name, group in result.groups.items()}
    return replace(result, groups=groups)


def test_sensitive_by_key_or_by_name(result):
    names = {"elders_rural": "老人", LEFT: "儿童", "elders_alone_rural": "老人", "g1": "农村困境儿童"}
    groups = {key: {"name": name} for key, name in names.items()}
    assert sensitive_groups(replace(result, groups=groups)) == {LEFT, "elders_alone_rural", "g1"}


def test_children_in_difficulty_are_a_group_where_the_county_knows_them(county):
    settings = load_scenario("official-2023", county.folder / "scenarios").settings
    group = "children_in_difficulty_rural"
    assert group not in with_demand(county, settings)[1].demand.groups
    knows = replace(county, points=county.points.assign(children_in_difficulty=2))
    found = with_demand(knows, settings)[1]
    rural = county.points["rural"].sum()
    assert persons_by_group(knows, found)[group].sum() == 2 * rural
    assert is_sensitive(group, found.demand.groups[group].name)


def test_sensitive_groups_are_told_by_village_only(result):
    columns, groups = person_columns(result), list(result.groups)
    assert columns["persons"][groups.index(LEFT)] is None
    elders = result.points["persons.elders_rural"]
    assert columns["persons"][groups.index("elders_rural")] == elders.tolist()
    assert sum(columns["villagePersons"][groups.index("elders_rural")]) == elders.sum()


@pytest.mark.parametrize(("count", "told"), [(1, "<3"), (2, "<3"), (3, 3), (0, 0)])
def test_a_village_of_few_is_not_told(result, count, told):
    village = result.points["village_id"].iloc[0]
    mine = result.points["village_id"] == village
    persons = result.points[f"persons.{LEFT}"].where(~mine, 0)
    persons[mine.idxmax()] = count
    points = result.points.assign(**{f"persons.{LEFT}": persons})
    column = person_columns(replace(result, points=points))["villagePersons"][list(result.groups).index(LEFT)]
    assert column[0] == told
    if told == "<3":
        # The township's sum is printed elsewhere: another village of it must not be told either.
        townships = points.drop_duplicates("village_id")["township"].tolist()
        hidden = [cell for cell, township in zip(column, townships, strict=True) if township == townships[0]]
        assert sum(isinstance(cell, str) for cell in hidden) > 1


def test_neither_size_nor_colour_of_a_point_depends_on_a_sensitive_group(result):
    more = result.points.assign(**{f"persons.{LEFT}": result.points[f"persons.{LEFT}"] + 2})
    for run in (result, counting_only(result, LEFT)):
        assert point_columns(run) == point_columns(replace(run, points=more))
        assert covered_columns(run, "ride") == covered_columns(replace(run, points=more), "ride")


def test_a_comparison_by_a_sensitive_group_counts_points(result, county):
    base = counting_only(result, LEFT)
    pair = [base, replace(base, run={**base.run, "scenario": "other", "title": "别的"})]
    data = compare_data(pair, county)
    assert data["unit"] == "个人口点"
    assert "persons" not in data["points"]
    assert {value for run in data["runs"] for batch in run["covered"] for value in batch} <= {0, 1}
    fewer = [base, replace(pair[1], nearest=base.nearest.assign(minutes=99.0))]
    page = compare_html(fewer, compare_runs(fewer), county)
    villages = re.findall("<ul class=villages>.*?</ul>", page)
    assert "村" in villages[1]
    assert not any(re.search(r"[+-]\d+ 人", part) for part in villages)


def test_a_share_of_few_is_not_drawn(result):
    name = result.metrics.loc[result.metrics["scope"] != "county", "scope"].iloc[0]
    mine = (result.metrics["scope"] == name) & (result.metrics["mode"] == "ride")
    cases = (
        (2, 9, None),
        (4, 9, None),
        (47, 119, None),
        (47, 120, 0.4),
        (1, 600, 0.0),
        (598, 600, 1.0),
        (200, 600, 0.33),
    )
    for covered, total, drawn in cases:
        metrics = result.metrics.astype({"covered": float, "total": float})
        metrics.loc[mine, ["covered", "total", "share"]] = [covered, total, covered / total]
        run = replace(result, metrics=metrics)
        assert township_shares(run, LEFT, 2, "ride", [name]) == [drawn]
        assert township_shares(run, "elders_rural", 2, "ride", [name]) == [round(covered / total, 4)]


def test_what_only_a_site_reaches(result):
    run = counting_only(result, "elders_rural", LEFT)
    alone = [{"elders_rural": 2, LEFT: 2}, *([{"elders_rural": 0, LEFT: 0}] * (len(run.sites) - 1))]
    signs = site_signs(replace(run, sites=run.sites.assign(only_here=alone)))
    told = [dict(sign["rows"])["只有它够得着"] for sign in signs]
    assert told[0].startswith("老人 2 人，留守儿童 不足 10 人（骑行 15 分钟内")
    assert told[1].startswith("没有")


def test_the_layers_for_a_gis_tell_no_more(result, county):
    layers = plan_layers(county, result)
    assert f"persons_{LEFT}" not in layers["points"]
    assert layers["points"]["persons_elders_rural"].sum() == result.points["persons.elders_rural"].sum()
    for cell in layers["sites"]["only_here"]:
        assert LEFT not in cell
        assert "elders_rural" in cell
    flows, home = result.homes.flows, result.homes.flows["from_site"].iloc[0]
    two = flows[flows["from_site"] == home].head(1).assign(persons=2)
    states = result.homes.states
    states = states.assign(reason_zh=states["reason_zh"].where(states["site_id"] != home, "2 人不同意，55 人同意"))
    flows = pd.concat([flows[flows["from_site"] != home], two])
    few = replace(result, homes=replace(result.homes, flows=flows, states=states))
    assert not set("25") & set(plan_layers(county, few)["homes"].set_index("site_id")["reason_zh"][home])
    told = plan_layers(county, few)["homes"].set_index("site_id")["residents_before"]
    whole = plan_layers(county, result)["homes"].set_index("site_id")["residents_before"]
    assert pd.isna(told[home])
    assert told.isna().sum() > 1
    assert (told.dropna() == whole[told.dropna().index]).all()
    assert len(told.dropna()) > 1


def test_nursing_beds_tell_no_more_of_residents_than_the_homes(result, county):
    """A home needs one nursing bed for each resident who cannot do without: 2 of 30 are not told, nor 28."""
    states = result.homes.states.assign(nursing_beds_needed=0, residents_after=0).astype({"residents_after": int})
    for row, (needed, after) in enumerate([(2, 30), (28, 30), (9, 30), (8, 40), (0, 30)]):
        states.loc[states.index[row], ["nursing_beds_needed", "residents_after"]] = needed, after
    few = replace(result, homes=replace(result.homes, states=states))
    told = plan_layers(county, few)["homes"]["nursing_beds_needed"]
    assert told.iloc[:2].isna().all()
    assert told.dropna().iloc[-1] == 0
    # The county's sum is printed: with one more number told the two would follow from it.
    assert told.iloc[2:4].isna().any()


def test_homes_of_few_are_not_drawn_in_size(result):
    states = result.homes.states
    home = states.loc[states["state"] != "centre", "site_id"].iloc[0]
    flows = result.homes.flows
    rest = flows[flows["from_site"] != home]
    few = pd.concat([rest, flows[flows["from_site"] == home].head(1).assign(persons=2)])
    before = states["residents_before"].where(states["site_id"] != home, 2)
    run = replace(result, homes=replace(result.homes, states=states.assign(residents_before=before), flows=few))
    signs = home_signs(run)
    sign = next(found for found in signs["homes"] if found["id"] == home)
    assert sign["before"] == "<3"
    assert sign["size"][0] == 0
    assert dict(sign["rows"])["搬迁时间"]
    assert dict(sign["rows"])["回家供养"] == ""
    move = next(found for found in signs["moves"] if found["from"] == home)
    assert move["persons"] == 0
    assert dict(move["rows"])["搬迁"] == "<3 人"
    assert "2 人" not in json.dumps(move, ensure_ascii=False)
    told = dict(row[::2] for row in home_figures(run)["rows"])
    county = county_persons(run.homes)
    assert told["未同意仍迁移（人）"] == str(county["moved_without_consent"])
    assert told["未征询即迁移（人）"] == str(county["moved_not_asked"])


@pytest.mark.parametrize(
    ("consulted", "agree", "told"),
    [
        (None, None, ""),
        (0, None, "已征询 0 人，未征询或不清楚 30 人"),
        (20, 12, "已征询 20 人，同意 12 人，未征询或不清楚 10 人"),
        (28, 28, "已征询（不列），同意（不列），未征询或不清楚 <3 人"),
    ],
)
def test_a_home_tells_how_many_were_heard_where_that_is_registered(result, consulted, agree, told):
    """Thirty live in a home beside one of fifty whose families were all consulted; posts are registered there only."""
    flows = pd.DataFrame(
        [(site, "Z", "self", "yes", persons, 5.0) for site, persons in (("A", 30), ("B", 50))],
        columns=["from_site", "to_site", "care_level", "consent", "persons", "minutes"],
    )
    unknown = dict.fromkeys(("by_guardian", "staff_present", "staff_asked", "staff_agree", "staff_not_heard"))
    own = {"site_id": "A", "residents": 30, "families_consulted": consulted, "families_agree": agree,
           "families_not_heard": 30 - (consulted or 0), **unknown}  # fmt: skip
    other = {"site_id": "B", "residents": 50, "families_consulted": 50, "families_agree": 40, "families_not_heard": 0,
             **unknown, "staff_present": 9, "staff_asked": 9, "staff_agree": 9, "staff_not_heard": 0}  # fmt: skip
    county = {"site_id": "county", "residents": 80, "families_consulted": 50 + (consulted or 0), **unknown,
              "families_agree": 40 + (agree or 0), "families_not_heard": 30 - (consulted or 0)}  # fmt: skip
    rows = pd.DataFrame([own, other, county]).assign(said_yes=[30, 50, 80], said_no=0, not_asked=0)
    states = result.homes.states.head(2).assign(site_id=["A", "B"])
    homes = replace(result.homes, states=states, flows=flows, tables={"wishes": rows})
    signs = {sign["id"]: dict(sign["rows"]) for sign in home_signs(replace(result, homes=homes, lines=None))["homes"]}
    assert signs["A"]["家属意见"] == told
    assert signs["A"]["工作人员意见"] == ""
    assert signs["B"]["工作人员意见"] == "已征询 9 人，同意 9 人，未征询或不清楚 0 人"


@pytest.mark.parametrize(("covered", "total", "told"), [(2, 100, "不列"), (7, 120, "约 5%"), (598, 600, "约 100%")])
def test_other_years_and_sentences_of_a_comparison(result, county, covered, total, told):
    base = counting_only(result, LEFT)
    years = base.care["years"].copy()
    mine = (years["group"] == LEFT) & (years["mode"] == "ride") & (years["batch"] == 2)
    years.loc[mine, ["covered", "total"]] = [covered, total]
    years["share"] = years["covered"] / years["total"]
    base = replace(base, care={**base.care, "years": years})
    pair = [base, replace(base, run={**base.run, "scenario": "other", "title": "别的"})]
    comparison = compare_runs(pair)
    comparison.differences[0]["words"] = "老人 +8 人（+0.1 个百分点）；留守儿童 +12 人（+0.3 个百分点）；点位相同"
    page = compare_html(pair, comparison, county)
    rows = re.findall("<tr><td>农村留守儿童[^<]*推算人口.*?</tr>", page)
    assert rows
    assert all(told in row for row in rows)
    assert "<p>老人 +8 人（+0.1 个百分点）；留守儿童（不列）；点位相同。</p>" in page
    assert re.search("<tr><td>留守儿童平均骑行时间.*?</tr>", page).group().count("<td>不列</td>") == 2
