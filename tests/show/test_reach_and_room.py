"""Without a mouse, on a narrow screen, on paper: everything can be reached, read and printed."""

import json
import re
from dataclasses import replace

import pytest

from anyi_geo.compare import compare_runs
from anyi_geo.show.compare_page import compare_html
from anyi_geo.show.maps.pages import county_map, homes_map, meals_map

A4_LANDSCAPE = (842, 595)
KEYS = """
  const newest = () => [...document.querySelectorAll('.leaflet-popup-content')].pop();
  const frame = document.querySelector('.folium-map'), seen = [];
  const press = (node, key) => node.dispatchEvent(
    new KeyboardEvent('keydown', {key: key, bubbles: true, cancelable: true}));
  const note = () => {
    const at = document.activeElement, head = newest() ? newest().querySelector('h2').textContent : '';
    seen.push([head, at.getAttribute('aria-label') || at.className]);
  };
  frame.focus();
  press(frame, 'Enter');
  note();
  newest().querySelectorAll('.am-steps button')[1].click();
  note();
  press(document.activeElement, 'Escape');
  note();
  const search = document.querySelector('.am-tools input[type=search]');
  search.focus();
  search.value = '没有的村';
  press(search, 'Enter');
  search.dispatchEvent(new Event('change'));
  seen.push([document.querySelector('.am-none').hidden, search.getAttribute('aria-invalid')]);
  search.value = '柏树';
  search.dispatchEvent(new Event('change'));
  note();
  seen.push([document.querySelector('.am-none').hidden, search.getAttribute('aria-invalid')]);
  document.body.setAttribute('data-seen', JSON.stringify(seen));
"""


def attribute(dom):
    return json.loads(re.search('data-seen="([^"]*)"', dom)[1].replace("&quot;", '"'))


@pytest.fixture(scope="module")
def pages(county, result):
    pair = [result, replace(result, run={**result.run, "scenario": "other", "title": "另一方案"})]
    return {
        "map": county_map(county, result),
        "homes": homes_map(county, result),
        "meals": meals_map(county, result),
        "compare": compare_html(pair, compare_runs(pair), county),
    }


@pytest.mark.browser
@pytest.mark.parametrize("name", ["map", "compare"])
def test_every_point_by_keyboard(browser, pages, name):
    dom, console, _ = browser.open(pages[name], KEYS)
    assert console == []
    middle, stepped, closed, nothing, village, found = attribute(dom)
    assert re.search("人口点 .+", middle[0])
    assert stepped[0] != middle[0]
    assert stepped[1] == "本村下一个人口点"
    assert closed[1].startswith("地图：方向键平移")
    assert nothing == [False, "true"]
    assert village[0].startswith("柏树村")
    assert found == [True, "false"]


NARROW = """
  const one = query => document.querySelector(query), box = query => one(query).getBoundingClientRect();
  const over = (a, b, low, high) => a[low] < b[high] - 1 && b[low] < a[high] - 1;
  const meets = (a, b) => over(a, b, 'left', 'right') && over(a, b, 'top', 'bottom');
  const panels = () => ['.am-title', '.am-legend', '.am-caption', '.am-north', '.leaflet-control-scale'].map(box);
  const pairs = list => list.flatMap((a, i) => list.slice(i + 1).filter(b => meets(a, b))).length;
  const closed = pairs([...panels(), box('.am-tools')]);
  one('.am-legend .am-fold').click();
  const legend = one('.am-legend'), open = pairs(panels());
  const scrolls = legend.scrollHeight > legend.clientHeight + 1;
  const parts = [...legend.querySelectorAll('section')].filter(part => !part.hidden);
  const shown = parts.length > 1 && parts.every(part => part.offsetHeight > 0);
  one('.am-tools .am-fold').click();
  const tools = box('.am-tools');
  document.body.setAttribute('data-seen', JSON.stringify(
    {closed, open, scrolls, shown, right: tools.right, bottom: tools.bottom, wide: document.body.scrollWidth}));
"""


@pytest.mark.browser
@pytest.mark.parametrize("name", ["map", "homes", "meals", "compare"])
def test_a_narrow_screen_shows_all_of_it(browser, pages, name):
    dom, console, _ = browser.open(pages[name], NARROW, size=(640, 900))
    assert console == []
    seen = attribute(dom)
    assert (seen["closed"], seen["open"], seen["scrolls"], seen["shown"]) == (0, 0, False, True)
    assert max(seen["right"], seen["wide"]) <= 640
    assert seen["bottom"] < 900


@pytest.mark.browser
@pytest.mark.parametrize(("name", "pages_printed"), [("map", 1), ("homes", 1), ("meals", 1), ("compare", None)])
def test_paper_is_a4_landscape(browser, pages, name, pages_printed):
    printed = browser.paper(pages[name])
    assert set(printed) == {A4_LANDSCAPE}
    assert pages_printed in (None, len(printed))


SIGNS = """
  const boxes = query => [...document.querySelectorAll(query)].map(node => node.getBoundingClientRect());
  const middle = box => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const signs = boxes('.leaflet-sites-pane .am-sign, .leaflet-rightSites-pane .am-sign').map(middle);
  const least = Math.min(...signs.flatMap((a, i) => signs.slice(i + 1).map(b => Math.hypot(a[0] - b[0], a[1] - b[1]))));
  document.body.setAttribute('data-seen', JSON.stringify([signs.length, least]));
"""


@pytest.mark.browser
def test_no_sign_hides_another(browser, pages, result):
    """A home and a care site share a building, others stand streets apart: at county scale each is still seen."""
    dom, _, _ = browser.open(pages["map"], SIGNS)
    count, least = attribute(dom)
    assert count == len(result.sites) + len(result.homes.states)
    assert least > 12
