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
from anyi_geo.show.map import county_map
from anyi_geo.show.page import blank_map, offline_html, script_json

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
      seen.clips = [clip('b1') !== '', clip('b2') !== ''];
      document.querySelector('.am-swipe').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
      seen.moved = document.querySelector('.am-swipe').getAttribute('aria-valuenow');
      document.querySelector('.am-tools button').click();
      seen.closed = clip('b1');
      const search = document.querySelector('.am-tools input[type=search]');
      search.value = '柏树村（鼎湖镇）';
      search.dispatchEvent(new Event('change'));
      seen.popup = document.querySelector('.leaflet-popup-content').textContent;
      document.body.setAttribute('data-seen', JSON.stringify(seen));
    """
    dom, console, requests = browser.open(page, script)
    seen = json.loads(attribute(dom, "seen"))
    assert seen["boxes"] == 10
    assert seen["arrows"] > 5
    assert seen["swipe"] == "slider"
    assert seen["clips"] == [True, True]
    assert seen["moved"] == "52"
    assert seen["closed"] == ""
    assert "鼎湖镇" in seen["popup"]
    assert "前两批骑行" in seen["popup"]
    assert "助餐" in seen["popup"]
    assert "步行" in seen["popup"]
    assert console == []
    assert requests == []


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
    assert not re.search("<body[^>]*data-hacked", dom)
    assert console == []


@pytest.mark.browser
def test_the_comparison_opens_and_names_the_runs(browser, pair, county):
    spoilt = [pair[0], replace(pair[1], run={**pair[1].run, "title": HOSTILE})]
    html = compare_html(spoilt, compare_runs(spoilt), county.outline)
    script = """
      document.getElementById('difference').click();
      document.getElementById('split').value = 20;
      document.getElementById('split').dispatchEvent(new Event('input'));
    """
    dom, console, requests = browser.open(html, script)
    assert attribute(dom, "ready") == "yes"
    assert not re.search("<body[^>]*data-hacked", dom)
    assert console == []
    assert requests == []
    assert len(html.encode("utf-8")) < 1_500_000


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
