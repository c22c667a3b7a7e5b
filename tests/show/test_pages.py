"""The pages in a real browser without network: nothing asked, nothing complained, everything clickable."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyi_geo.compare import compare_runs
from anyi_geo.errors import ProblemError
from anyi_geo.show.compare_page import compare_html
from anyi_geo.show.maps.page import blank_map, offline_html, script_json
from anyi_geo.show.maps.pages import county_map, homes_map, meals_map

HOSTILE = "</script><img src=x onerror=\"document.body.setAttribute('data-hacked','1')\">`${1}'&=cmd()"


@pytest.fixture(scope="session")
def page(county, result):
    return county_map(county, result)


@pytest.fixture(scope="session")
def pair(result):
    return [result, replace(result, run={**result.run, "scenario": "other", "title": "另一方案"})]


def attribute(dom, name):
    found = re.search(f'data-{name}="([^"]*)"', dom)
    return found.group(1).replace("&quot;", '"') if found else None


def test_the_map_is_one_small_file(page):
    assert len(page.encode("utf-8")) < 1_500_000
    assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="http', page)


@pytest.mark.browser
def test_the_map_opens_without_network_or_complaint(browser, page):
    dom, console, requests = browser.open(page)
    assert attribute(dom, "ready") == "yes"
    assert console == []
    assert requests == []


@pytest.mark.browser
def test_layers_search_and_swipe_answer(browser, page):
    script = """
      const seen = {};
      const boxes = [...document.querySelectorAll('.am-tools input[type=checkbox]')];
      seen.boxes = boxes.length;
      boxes.forEach(box => { if (!box.checked) { box.click(); } });
      seen.arrows = document.querySelectorAll('svg[style*=rotate]').length;
      document.querySelector('.am-tools button').click();
      seen.swipe = document.querySelector('.am-swipe').getAttribute('role');
      const clip = name => document.querySelector('.leaflet-' + name + '-pane').style.clip;
      seen.clips = [clip('left') !== '', clip('right') !== ''];
      document.querySelector('.am-swipe').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
      seen.moved = document.querySelector('.am-swipe').getAttribute('aria-valuenow');
      document.querySelector('.am-tools button').click();
      seen.closed = clip('left');
      const search = document.querySelector('.am-tools input[type=search]');
      search.value = '柏树村（鼎湖镇）';
      search.dispatchEvent(new Event('change'));
      seen.popup = document.querySelector('.leaflet-popup-content').textContent;
      document.body.setAttribute('data-seen', JSON.stringify(seen));
    """
    dom, console, requests = browser.open(page, script)
    seen = json.loads(attribute(dom, "seen"))
    assert seen["boxes"] == 11
    assert seen["arrows"] > 5
    assert seen["swipe"] == "slider"
    assert seen["clips"] == [True, True]
    assert seen["moved"] == "52"
    assert seen["closed"] == ""
    assert "鼎湖镇" in seen["popup"]
    assert re.search(r"第一批\d+\.\d 分钟.*前两批\d+\.\d 分钟", seen["popup"])
    assert "助餐" in seen["popup"]
    assert re.search("到最近点位步行骑行", seen["popup"])
    assert "全村" in seen["popup"]
    assert console == []
    assert requests == []


@pytest.mark.browser
def test_names_stand_clear_of_each_other(browser, page):
    script = """
      const boxes = [...document.querySelectorAll('.am-site, .am-town')].map(node => node.getBoundingClientRect());
      const over = (a, b, low, high, gap) => a[low] < b[high] - gap && b[low] < a[high] - gap;
      const meets = (a, b) => over(a, b, 'left', 'right', 2) && over(a, b, 'top', 'bottom', 3);
      const met = boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => meets(a, b)));
      document.body.setAttribute('data-seen', JSON.stringify([boxes.length, met.length]));
    """
    dom, _, _ = browser.open(page, script)
    drawn, met = json.loads(attribute(dom, "seen"))
    assert drawn >= 20
    assert met == 0


@pytest.mark.browser
def test_hostile_names_do_nothing(browser, county, result):
    sites = result.sites.assign(name=HOSTILE)
    points = result.points.assign(name=HOSTILE, village=HOSTILE)
    run = {**result.run, "title": HOSTILE, "question": HOSTILE}
    spoilt = replace(result, sites=sites, points=points, run=run)
    html = county_map(replace(county, name=HOSTILE), spoilt)
    assert len(re.findall("</script", html)) == len(re.findall("<script", html))
    dom, console, _ = browser.open(html)
    assert attribute(dom, "ready") == "yes"
    assert not re.search('<body[^>]*data-hacked="', dom)
    assert console == []


@pytest.mark.browser
def test_the_comparison_opens_and_names_the_runs(browser, pair, county):
    spoilt = [pair[0], replace(pair[1], run={**pair[1].run, "title": HOSTILE})]
    html = compare_html(spoilt, compare_runs(spoilt), county)
    script = """
      const choices = [...document.querySelectorAll('.am-tools select')];
      choices[0].value = 0;
      choices[0].dispatchEvent(new Event('change'));
      document.querySelector('.am-tools button').click();
      document.body.setAttribute('data-seen', JSON.stringify({
        sides: [...document.querySelectorAll('.am-side')].map(node => node.textContent),
        gained: document.querySelectorAll('.am-gain').length,
        lost: document.querySelectorAll('.am-loss').length,
      }));
    """
    dom, console, requests = browser.open(html, script)
    assert attribute(dom, "ready") == "yes"
    seen = json.loads(attribute(dom, "seen").replace("&amp;", "&"))
    assert "第一批" in seen["sides"][0]
    assert seen["gained"] > 5
    assert seen["lost"] == 0
    assert not re.search('<body[^>]*data-hacked="', dom)
    assert console == []
    assert requests == []
    assert len(html.encode("utf-8")) < 1_500_000


@pytest.mark.browser
def test_homes_before_and_after_and_one_home_alone(browser, county, result):
    script = """
      const names = () => [...document.querySelectorAll('.am-site')].map(node => node.textContent).join();
      const arrows = () => document.querySelectorAll('svg[style*=rotate]').length;
      const seen = {after: names(), arrows: arrows()};
      document.querySelector('.am-list button:last-child').click();
      seen.one = arrows();
      const choice = document.querySelector('.am-tools select');
      choice.value = 1;
      choice.dispatchEvent(new Event('change'));
      seen.before = names();
      seen.none = arrows();
      document.body.setAttribute('data-seen', JSON.stringify(seen));
    """
    html = homes_map(county, result)
    dom, console, requests = browser.open(html, script)
    seen = json.loads(attribute(dom, "seen"))
    states = result.homes.states
    assert all(f"{count} 人" in seen["before"] for count in states["residents_before"])
    assert all(f"{count} 人" in seen["after"] for count in states["residents_after"])
    assert seen["arrows"] > seen["one"] >= 1
    assert seen["none"] == 0
    assert console == []
    assert requests == []


@pytest.mark.browser
def test_a_click_on_a_round_shows_its_times(browser, county, result):
    script = """
      document.querySelector('.am-list button').click();
      document.body.setAttribute('data-seen', JSON.stringify({
        list: document.querySelectorAll('.am-list button').length,
        stops: [...document.querySelectorAll('.am-stops li')].map(node => node.textContent),
        times: document.querySelectorAll('.am-time').length,
      }));
    """
    dom, console, requests = browser.open(meals_map(county, result), script)
    seen = json.loads(attribute(dom, "seen"))
    rounds = result.meals.rounds
    assert seen["list"] == len(rounds)
    assert len(seen["stops"]) == seen["times"] == len(rounds["order"].iloc[0])
    assert all(re.search(r"\d+ 份，\d+:\d\d 到，出锅后 \d+ 分钟交接", text) for text in seen["stops"])
    assert console == []
    assert requests == []


def test_the_banner_says_what_is_modelled(page):
    assert "模拟数据" in page
    assert "审图号" in page


@given(st.text())
def test_no_text_can_leave_a_script_element(text):
    written = script_json({"name": text})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {"name": text}


def test_a_page_that_would_ask_the_network_is_refused():
    page = blank_map("x", 0, 0)
    page.default_js = [("leaflet", "https://example.org/leaflet.js")]
    with pytest.raises(ProblemError, match="外部文件"):
        offline_html(page, (), ())
