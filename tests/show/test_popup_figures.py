"""Every figure that a click shows equals result.json: villages, points, sites, homes, rounds."""

import json
import re

import pytest

from anyi_geo.result_json import result_object
from anyi_geo.show.maps.pages import county_map, homes_map, meals_map
from anyi_geo.show.maps.words import short_place

MODES = {"walk": "步行", "ride": "骑行"}
READ = """
  const all = query => [...document.querySelectorAll(query)];
  const table = node => [...node.querySelectorAll('tr')].map(line => [...line.children].map(cell => cell.textContent));
  const newest = () => all('.leaflet-popup-content').pop();
  const tell = seen => document.body.setAttribute('data-seen', JSON.stringify(seen));
"""


@pytest.fixture(scope="module")
def written(result):
    return json.loads(json.dumps(result_object(result), default=str))


@pytest.fixture(scope="module")
def look(browser):
    def visit(html, script):
        dom, console, requests = browser.open(html, READ + script)
        assert (console, requests) == ([], [])
        return json.loads(re.search('data-seen="([^"]*)"', dom)[1].replace("&quot;", '"').replace("&amp;", "&"))

    return visit


@pytest.fixture(scope="module")
def sampled(written):
    """Return twenty villages over the whole list, their first points, and how a planner searches for them."""
    first = {}
    for point in written["points"]:
        first.setdefault(point["village_id"], point)
    points = list(first.values())
    return points[:: len(points) // 20][:20]


@pytest.fixture(scope="module")
def popups(look, county, result, sampled):
    labels = [f"{point['village']}（{point['township']}）" for point in sampled]
    script = f"""
      const search = document.querySelector('.am-tools input[type=search]');
      tell({json.dumps(labels, ensure_ascii=False)}.map(label => {{
        search.value = label;
        search.dispatchEvent(new Event('change'));
        const first = {{head: newest().querySelector('h2').textContent, rows: table(newest())}};
        const next = newest().querySelector('[aria-label="本村下一个人口点"]');
        if (next) {{ next.click(); }}
        return [first, {{head: newest().querySelector('h2').textContent, rows: table(newest())}}];
      }}));
    """
    return look(county_map(county, result), script)


@pytest.mark.browser
def test_villages_say_what_the_result_says(popups, sampled, written):
    names = {row["site_id"]: short_place(row["name"], row["township"]) for row in written["sites"]["plan"]}
    assert len(popups) == 20
    for point, (popup, _) in zip(sampled, popups, strict=True):
        assert popup["head"].startswith(point["village"] + point["township"])
        rows = popup["rows"]
        assert persons_of(rows) == expected_persons(written, point)
        start = next(k for k, row in enumerate(rows) if row[0] == "到最近点位") + 1
        batch, found = "", {}
        for row in rows[start : start + 4]:
            batch = row[0] or batch
            found[batch, row[1]] = row[2:]
        for near in point["nearest"]:
            if near["mode"] in MODES:
                told = found["第一批" if near["batch"] == 1 else "前两批", MODES[near["mode"]]]
                over = near["minutes"] - 15.0
                assert told[:2] == [names[near["site_id"]], f"{near['minutes']:.1f}"]
                assert told[2] == ("以内" if over <= 1e-9 else f"超 {round(near['minutes'], 1) - 15.0:.1f}")


def persons_of(rows):
    """Return group -> (here, in the village) as a popup shows them."""
    end = next(k for k, row in enumerate(rows) if row[0] == "到最近点位")
    return {row[0]: (row[1], row[2]) for row in rows[1:end]}


def expected_persons(written, point):
    village = [other for other in written["points"] if other["village_id"] == point["village_id"]]
    told = {}
    for key, group in written["groups"].items():
        here, total = point["persons"][key], sum(other["persons"][key] for other in village)
        if key != "left_behind_rural" and (here or total):
            told[group["name"]] = (str(here), str(total))
        elif total >= 3:
            told[group["name"]] = ("只列全村", str(total))
        elif total:
            told[group["name"]] = ("只列全村", "<3")
    return told


@pytest.mark.browser
def test_uncovered_villages_say_why_and_meals_say_who_cooks(popups, sampled, written):
    beyond = {row["village_id"] for row in written["sites"]["tables"]["out_of_reach"]}
    names = {row["site_id"]: short_place(row["name"], row["township"]) for row in written["meals"]["stops"]}
    reasons = set()
    for point, (popup, _) in zip(sampled, popups, strict=True):
        rows = {row[0]: row[1:] for row in popup["rows"]}
        ride = next(near for near in point["nearest"] if (near["batch"], near["mode"]) == (2, "ride"))
        counted = point["persons"]["elders_rural"] + point["persons"]["children_rural"]
        if not counted:
            assert rows["未覆盖原因"] == ["本点没有计入目标的人群"]
        elif ride["minutes"] > 15.0:
            assert f"超出 15 分钟时限 {round(ride['minutes'], 1) - 15:.1f} 分钟" in rows["未覆盖原因"][0]
            assert ("任何候选点都够不着" in rows["候选点"][0]) == (point["village_id"] in beyond)
        else:
            assert "未覆盖原因" not in rows
        reasons.add("未覆盖原因" in rows)
        for stop in written["meals"]["stops"]:
            if stop["village_id"] == point["village_id"]:
                cook, arrival, meals = rows[names[stop["site_id"]]]
                assert meals == str(stop["meals"])
                if stop["mode"] == "delivered":
                    minute = round(stop["arrival_minute"])
                    assert (cook, arrival) == (f"{names[stop['kitchen']]}配送", f"{minute // 60}:{minute % 60:02d}")
    assert reasons == {True, False}


@pytest.mark.browser
def test_a_step_goes_to_the_next_point_of_the_village(popups, sampled, written):
    moved = 0
    for point, (_, popup) in zip(sampled, popups, strict=True):
        village = [other for other in written["points"] if other["village_id"] == point["village_id"]]
        after = village[1 % len(village)]
        assert after["name"] in popup["head"]
        assert persons_of(popup["rows"]) == expected_persons(written, after)
        moved += len(village) > 1
    assert moved > 10


@pytest.mark.browser
def test_sites_say_what_the_result_says(look, county, result, written):
    script = """
      tell(all('.leaflet-sites-pane .am-sign, .leaflet-rightSites-pane .am-sign').map(sign => {
        sign.click();
        return [newest().querySelector('h2').textContent, ...table(newest())];
      }));
    """
    shown = {popup[0]: dict(popup[1:]) for popup in look(county_map(county, result), script)}
    for site in written["sites"]["plan"]:
        told = shown[site["name"]]
        assert told["编号"] == site["site_id"]
        assert told["总面积"] == f"{site['area_m2']:,.10g} 平方米"
        assert told["改造投入"] == f"{site['opening_yuan']:,.10g} 元"
        alone = {"老人": site["only_here"]["elders_rural"], "儿童": site["only_here"]["children_rural"]}
        for name, count in alone.items():
            assert (f"{name} {count:,} 人" in told["只有它够得着"]) == (count > 0)
    sheets = {sheet["site_id"]: sheet for sheet in written["sites"]["tables"]["sheets"]}
    far = 0
    for site in written["sites"]["plan"]:
        told, sheet = shown[site["name"]], sheets[site["site_id"]]
        ride, walk = sheet["clinic_minutes"], sheet["clinic_walk_minutes"]
        warned = "（超过 15 分钟）" if ride > 15 else ""
        assert told["最近卫生院"] == f"{sheet['clinic']}，骑行 {ride:.1f} 分钟，步行 {walk:.1f} 分钟{warned}"
        assert told["责任单位"] == sheet["responsible_zh"]
        far += bool(warned)
    assert 0 < far < len(sheets)
    homes = {home["name"]: home for home in written["homes"]["states"]}
    assert set(homes) <= set(shown)
    for name, home in homes.items():
        assert shown[name]["床位"] == f"{home['beds_before']} → {home['beds_after']} 张"
        if home["m2_per_bed_before"] is not None:
            after = home["m2_per_bed_after"]
            told = f"{home['m2_per_bed_before']:,.4g} → {'–' if after is None else f'{after:,.4g}'} 平方米"
            assert shown[name]["每床面积"] == told
        assert shown[name]["入住"] == f"{home['residents_before']} → {home['residents_after']} 人"


@pytest.mark.browser
def test_emptied_homes_say_what_they_offer(look, county, result, written):
    script = """
      tell(all('.leaflet-sites-pane .am-sign').map(sign => {
        sign.click();
        return [newest().querySelector('h2').textContent, ...table(newest())];
      }));
    """
    shown = {popup[0]: dict(popup[1:]) for popup in look(homes_map(county, result), script)}
    emptied = written["homes"]["tables"]["reuse"]
    assert {home["use"] for home in emptied} >= {"civil_affairs_station", "public_built_private_run", "xingfuyuan"}
    for home in emptied:
        told, open_ = shown[home["name"]], home["use"] in ("civil_affairs_station", "xingfuyuan")
        assert ("活动位" in told, "附近" in told, "运营方" in told) == (open_, open_, not open_)
        if open_:
            assert told["活动位"] == f"老人 {home['seats_elders']:,.0f} 个、儿童 {home['seats_children']:,.0f} 个"
            assert f"老人 {home['elders_near']:,} 人" in told["附近"]
            assert f"留守儿童约 {round(home['left_behind_near'], -1):,} 人" in told["附近"]
        else:
            assert told["向社会开放"].startswith(f"{home['beds_for_paying']:.0f} 张")
        paid = f"约 {home['refit_yuan'] / 1e4:,.1f} 万元"
        assert told["整修投入"] == ("计入幸福院建设" if home["refit_basis"] == "care_sites" else paid)


@pytest.mark.browser
def test_moves_add_up_to_what_the_result_moves(look, county, result, written):
    script = "tell(table(document.querySelector('.am-figures').parentNode))"
    rows = {row[0]: row[1:] for row in look(homes_map(county, result), script)}
    summary = written["homes"]["summary"]
    assert rows["床位（张）"] == [str(summary["beds_before"]), str(summary["beds_after"])]
    assert rows["搬迁（人）"] == ["–", str(summary["moved"])]
    assert rows["未同意仍迁移（人）"] == ["–", str(summary["moved_without_consent"])]


@pytest.mark.browser
def test_every_round_lists_its_stops_and_times(look, county, result, written):
    script = """
      const first = all('.am-list button');
      tell(first.map(button => {
        button.click();
        const told = [button.textContent, button.getAttribute('aria-pressed'),
          all('.am-list [aria-pressed=true]').length,
          all('.am-stops li').map(node => node.textContent), button.nextSibling.className];
        button.click();
        return [...told, all('.am-stops li').length];
      }));
    """
    shown = look(meals_map(county, result), script)
    stops = {row["site_id"]: row for row in written["meals"]["stops"]}
    assert len(shown) == len(written["meals"]["rounds"]) > 10
    for (head, pressed, alone, lines, below, after), round_ in zip(shown, written["meals"]["rounds"], strict=True):
        assert (pressed, alone, below, after) == ("true", 1, "am-stops", 0)
        assert head.startswith(round_["round_id"])
        assert head.endswith(f"{len(round_['order'])} 点 {round_['meals']} 份")
        for line, site in zip(lines, round_["order"], strict=True):
            stop, minute = stops[site], round(stops[site]["arrival_minute"])
            assert f"{stop['meals']} 份，{minute // 60}:{minute % 60:02d} 到" in line
            assert f"出锅后 {round(stop['elapsed_minutes'])} 分钟" in line
