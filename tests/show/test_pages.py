"""The pages in a real browser without network: nothing asked, nothing complained, everything clickable."""

import json
import math
import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyi_geo.compare import compare_runs
from anyi_geo.errors import ProblemError
from anyi_geo.show.compare_page import compare_html
from anyi_geo.show.maps.page import blank_map, offline_html, script_json
from anyi_geo.show.maps.pages import county_map, homes_map, meals_map

HOSTILE = (
    "</script><img src=x onerror=\"document.body.setAttribute('data-hacked','1')\">`${1}'&=cmd(){{7*7}}{% raw %}{#"
)
NAMES = (HOSTILE, "  ", "长" * 400, "=cmd()")


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


#: What a planner does on the map, in one visit: every answer lands in `seen`.
VISIT = """
  const all = query => [...document.querySelectorAll(query)], one = query => document.querySelector(query);
  const boxes = all('.am-site, .am-town').map(node => node.getBoundingClientRect());
  const over = (a, b, low, high, gap) => a[low] < b[high] - gap && b[low] < a[high] - gap;
  const meets = (a, b) => over(a, b, 'left', 'right', 2) && over(a, b, 'top', 'bottom', 3);
  const heads = () => all('.am-legend section').filter(s => !s.hidden).map(s => s.querySelector('b').textContent);
  const tick = name => all('.am-tools label').find(n => n.textContent === name).querySelector('input').click();
  const clip = name => one('.leaflet-' + name + '-pane').style.clip;
  const choose = (n, value) => {
    const choice = all('.am-tools select')[n];
    choice.value = value;
    choice.dispatchEvent(new Event('change'));
  };
  const panels = ['.am-title', '.am-legend', '.am-tools', '.am-caption', '.am-north', '.leaflet-control-scale']
    .map(name => one(name).getBoundingClientRect());
  const seen = {
    names: boxes.length, met: boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => meets(a, b))).length,
    panels: panels.flatMap((a, i) => panels.slice(i + 1).filter(b => meets(a, b))).length,
    far: all('.am-village').length, legend: heads(), zoom: all('.leaflet-control-zoom a').map(node => node.title),
    scale: one('.leaflet-control-scale').textContent, north: one('.am-north').textContent,
    number: one('.am-number').isContentEditable,
    options: [...all('.am-tools select')[1].options].map(o => o.textContent),
  };
  const sign = one('.am-sign');
  seen.sign = sign.title;
  seen.tab = sign.tabIndex;
  sign.dispatchEvent(new KeyboardEvent('keypress', {key: 'Enter', keyCode: 13, bubbles: true}));
  seen.site = one('.leaflet-popup-content').textContent;
  seen.close = one('.leaflet-popup-close-button').getAttribute('aria-label');
  choose(1, 2);
  seen.shades = heads();
  seen.shares = all('.am-share').map(node => node.textContent);
  choose(1, 0);
  seen.unshaded = all('.am-share').length;
  ['助餐点与厨房', '服务与儿童设施（同村几处）', '老人去向', '配送路线', '道路'].forEach(tick);
  seen.layers = heads();
  seen.boxes = all('.am-tools input[type=checkbox]').length;
  seen.arrows = all('svg[style*=rotate]').length;
  one('.am-tools button:not(.am-fold)').click();
  seen.swipe = one('.am-swipe').getAttribute('role');
  seen.clips = [clip('left') !== '', clip('right') !== ''];
  one('.am-swipe').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
  seen.moved = one('.am-swipe').getAttribute('aria-valuenow');
  const line = one('.am-swipe').getBoundingClientRect().left + 7;
  seen.crossed = all('.leaflet-rightNames-pane .am-site').filter(n => n.getBoundingClientRect().left < line).length;
  one('.am-tools button:not(.am-fold)').click();
  seen.closed = clip('left');
  const search = one('.am-tools input[type=search]');
  search.value = '柏树村（鼎湖镇）';
  search.dispatchEvent(new Event('change'));
  seen.village = all('.leaflet-popup-content').pop().innerText;
  one('.folium-map').dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}));
  setTimeout(() => {
    seen.open = all('.leaflet-popup').length;
    seen.villages = [seen.far, all('.am-village').length];
    document.body.setAttribute('data-seen', JSON.stringify(seen));
  }, 900);
"""


@pytest.fixture(scope="session")
def seen(browser, page):
    dom, console, requests = browser.open(page, VISIT)
    assert console == []
    assert requests == []
    return json.loads(attribute(dom, "seen"))


@pytest.mark.browser
def test_the_map_opens_without_network_or_complaint(browser, page):
    dom, console, requests = browser.open(page)
    assert attribute(dom, "ready") == "yes"
    assert console == []
    assert requests == []


@pytest.mark.browser
def test_layers_and_swipe_answer(seen):
    assert seen["boxes"] == 12
    assert seen["arrows"] > 5
    assert seen["swipe"] == "slider"
    assert seen["clips"] == [True, True]
    assert seen["moved"] == "52"
    assert seen["crossed"] == 0
    assert seen["closed"] == ""


@pytest.mark.browser
def test_a_village_says_what_it_has_and_how_far(seen):
    lines = seen["village"].splitlines()
    assert lines[0] == "柏树村"
    assert "鼎湖镇" in lines[1]
    cells = dict(line.split("\t", 1) for line in lines if "\t" in line)
    assert cells["人数（人）"] == "本点\t全村"
    assert re.fullmatch(r"\d+\t\d+", cells["农村老人（60岁及以上）"])
    assert re.fullmatch(r"只列全村\t(\d+|<3|不列)", cells["农村留守儿童"])
    assert cells["到最近点位"] == "方式\t点位\t分钟\t15 分钟时限"
    for batch in ("第一批", "前两批"):
        assert re.fullmatch(r"步行\t.+\t\d+\.\d\t超 \d+\.\d", cells[batch])
    assert re.fullmatch(r"本点开伙\t\t\d+", cells["柏树"])
    far, near = seen["villages"]
    assert far == 0
    assert near >= 3


@pytest.mark.browser
def test_names_and_panels_stand_clear_of_each_other(seen):
    assert seen["names"] >= 20
    assert seen["met"] == 0
    assert seen["panels"] == 0


@pytest.mark.browser
def test_townships_take_the_colour_and_the_figure_of_their_share(seen, result):
    assert seen["options"][2] == "乡镇覆盖率：老人，前两批"
    assert "乡镇覆盖率（老人，前两批，骑行）" in seen["shades"]
    rows = result.metrics.query("batch == 2 and group == 'elders_rural' and mode == 'ride'").set_index("scope")["share"]
    told = dict(text.rsplit(" ", 1) for text in seen["shares"])
    assert len(told) >= 10
    assert all(share in (f"{rows[name]:.0%}", "–") for name, share in told.items())
    assert seen["unshaded"] == 0


@pytest.mark.browser
def test_a_legend_stands_while_its_layer_is_shown(seen):
    assert "道路" in seen["legend"]
    assert not {"助餐", "配送", "服务与儿童设施", "老人去向"} & set(seen["legend"])
    assert {"助餐", "配送", "服务与儿童设施", "老人去向"} <= set(seen["layers"])
    assert "道路" not in seen["layers"]


@pytest.mark.browser
def test_by_keyboard_and_in_chinese(seen):
    assert seen["tab"] == 0
    assert seen["sign"] in seen["site"]
    assert "只有它够得着" in seen["site"]
    assert seen["open"] == 0
    assert seen["close"] == "关闭"
    assert seen["zoom"] == ["放大", "缩小"]
    assert re.fullmatch(r"\d+ (公里|米)", seen["scale"])
    assert "北" in seen["north"]
    assert seen["number"]


@pytest.mark.browser
@pytest.mark.parametrize("draw", [county_map, homes_map, meals_map])
def test_hostile_blank_and_endless_names_do_nothing(browser, county, result, draw):
    def spoil(rows, *columns):
        cells = pd.Series([NAMES[k % len(NAMES)] for k in range(len(rows))], index=rows.index)
        return rows.assign(**dict.fromkeys(columns, cells))

    run = {**result.run, "title": HOSTILE, "question": HOSTILE, "maps": {"review_number": HOSTILE, "source": HOSTILE}}
    spoilt = replace(
        result,
        run=run,
        sites=spoil(result.sites, "name"),
        points=spoil(result.points, "name", "village"),
        homes=replace(result.homes, states=spoil(result.homes.states, "name", "reason_zh")),
        meals=replace(result.meals, stops=spoil(result.meals.stops, "name", "reason_zh")),
    )
    html = draw(replace(county, name=HOSTILE, villages=spoil(county.villages, "name")), spoilt)
    assert len(re.findall("</script", html)) == len(re.findall("<script", html))
    script = """
      document.querySelectorAll('.am-tools input[type=checkbox]:not(:checked)').forEach(box => box.click());
      document.querySelectorAll('.am-list button').forEach(button => button.click());
      document.querySelectorAll('.am-sign').forEach(sign => sign.click());
      const wide = [...document.querySelectorAll('.am-site')].map(node => node.getBoundingClientRect().width);
      document.body.setAttribute('data-seen', JSON.stringify(
        [document.querySelectorAll('.leaflet-popup h2').length, Math.max(0, ...wide), document.body.scrollWidth]));
    """
    dom, console, _ = browser.open(html, script)
    popups, widest, page_wide = json.loads(attribute(dom, "seen"))
    assert popups
    assert widest < 260
    assert page_wide <= 1366
    assert not re.search('<body[^>]*data-hacked="', dom)
    assert console == []


@pytest.mark.browser
def test_the_comparison_opens_and_names_the_runs(browser, pair, county):
    spoilt = [pair[0], replace(pair[1], run={**pair[1].run, "title": HOSTILE})]
    html = compare_html(spoilt, compare_runs(spoilt), county)
    script = """
      const buttons = [...document.querySelectorAll('.am-tools button:not(.am-fold)')];
      const before = [...document.querySelectorAll('.am-side')].map(node => node.textContent);
      buttons[0].click();
      const chosen = [...document.querySelectorAll('.am-tools select')].map(choice => choice.value);
      buttons[1].click();
      document.body.setAttribute('data-seen', JSON.stringify({
        before, chosen, sides: [...document.querySelectorAll('.am-side')].map(node => node.textContent),
        gained: document.querySelectorAll('.am-site.am-gain').length,
        lost: document.querySelectorAll('.am-site.am-loss').length,
        heads: [...document.querySelectorAll('.am-changed b')].map(node => node.textContent),
        listed: document.querySelectorAll('.am-changed button').length,
      }));
    """
    dom, console, requests = browser.open(html, script)
    assert attribute(dom, "ready") == "yes"
    seen = json.loads(attribute(dom, "seen").replace("&amp;", "&"))
    assert "</script>" in seen["before"][1].replace("&lt;", "<").replace("&gt;", ">")
    assert seen["chosen"] == ["0", "1"]
    assert "第一批" in seen["sides"][0]
    assert "前两批" in seen["sides"][1]
    assert seen["gained"] > 5
    assert seen["lost"] == 0
    named = int(re.search(r"多覆盖的村（(\d+)）", seen["heads"][0])[1])
    assert named == seen["listed"] >= seen["gained"]
    assert seen["heads"][1] == "少覆盖的村（0）"
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


def test_the_frame_says_what_is_modelled_and_whose_map_it_is(county, page, result):
    assert "数据状态：含模拟数据" in page
    assert "审图号" in page
    told = {"review_number": "赣S(2026)001号", "source": "县自然资源局"}
    filled = homes_map(county, replace(result, run={**result.run, "maps": told}))
    assert '"review":"赣S(2026)001号"' in filled
    assert '"source":"县自然资源局"' in filled


@pytest.mark.browser
def test_what_could_not_be_met_stands_on_the_map(browser, county, result):
    run = {**result.run, "status": "unmeetable", "reasons": [{"message": "预算还差 19 万元", "decision": "care_sites"}]}
    nearest = result.nearest.assign(site_id=None, minutes=math.inf)
    none = replace(result, run=run, sites=result.sites.iloc[:0], nearest=nearest, homes=None, meals=None)
    script = """
      const search = document.querySelector('.am-tools input[type=search]');
      search.value = '柏树村（鼎湖镇）';
      search.dispatchEvent(new Event('change'));
      const told = ['.am-unmet', '.leaflet-popup-content'].map(query => document.querySelector(query).textContent);
      document.body.setAttribute('data-seen', JSON.stringify(told));
    """
    dom, console, _ = browser.open(county_map(county, none), script)
    told, village = json.loads(attribute(dom, "seen"))
    assert told == "未能求出方案：预算还差 19 万元"
    assert "没有开放的点位" in village
    assert "无路可达" not in village
    assert console == []


@given(st.text(st.sampled_from("{%#}</a\u2028") | st.characters()))
def test_no_text_can_leave_a_script_element(text):
    written = script_json({"name": text})
    assert not set("<>&\u2028\u2029") & set(written)
    assert not re.search("{[{%#]", written)
    assert json.loads(written) == {"name": text}


def test_a_page_that_would_ask_the_network_is_refused():
    page = blank_map("x", 0, 0)
    page.default_js = [("leaflet", "https://example.org/leaflet.js")]
    with pytest.raises(ProblemError, match="外部文件"):
        offline_html(page, (), ())
