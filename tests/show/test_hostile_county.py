"""A county whose every name would run as script, template or formula: every page of a run opens and shows the names."""

import re

import pytest
from tiny_county import edit_json, write_tiny_county

from anyi_geo.compare import compare_runs
from anyi_geo.county import load_county
from anyi_geo.run import run_scenarios
from anyi_geo.scenario import load_scenario
from anyi_geo.show.index_page import write_index
from anyi_geo.show.write import write_comparison, write_run

HACK = "document.body.setAttribute('data-hacked','1')"
NAMES = (
    f'</script><img src=x onerror="{HACK}">',
    f"${{{HACK}}}",
    f"`{HACK}`",
    "=cmd()|'/c calc'!A1",
    f"\"'><svg onload={HACK}>",
    "{{7*7}}{% raw %}{#",
    "一二三四五六七八九十" * 6,
    f"javascript:{HACK}",
)
CLICKS = """
  const all = query => [...document.querySelectorAll(query)];
  all('.am-tools input[type=checkbox]:not(:checked)').forEach(box => box.click());
  all('.am-sign, .am-list button').forEach(node => node.click());
  all('.am-tools select').forEach(choice => [...choice.options].forEach(option => {
    choice.value = option.value;
    choice.dispatchEvent(new Event('change'));
  }));
  all('datalist option').forEach(option => {
    const search = document.querySelector('.am-tools input[type=search]');
    search.value = option.value;
    search.dispatchEvent(new Event('change'));
  });
  all('.am-tools button, [data-run], .am-steps button').forEach(button => button.click());
  setTimeout(() => {
    document.body.setAttribute('data-strange', all('[onerror], [onload], a[href^="javascript"]').length);
    document.body.setAttribute('data-wide', document.body.scrollWidth);
  }, 800);
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("hostile")
    data = write_tiny_county(root / "county")
    townships = {"西乡": f"{NAMES[0]}西", "东乡": f"{NAMES[6]}东"}

    def spoil(value, first):
        for place, feature in enumerate(value["features"]):
            cells = feature["properties"]
            cells["name"] = NAMES[(place + first) % len(NAMES)] + "村"
            cells["township"] = townships[cells["township"]]
            cells["fire_raw"] = NAMES[place % len(NAMES)]

    def spoil_townships(value):
        for feature in value["features"]:
            feature["properties"] |= {"name": townships[feature["properties"]["name"]], "aliases": NAMES[4]}

    edit_json(data / "villages.geojson", lambda value: spoil(value, 0))
    edit_json(data / "sites.geojson", lambda value: spoil(value, 3))
    edit_json(data / "boundaries/townships.geojson", spoil_townships)
    edit_json(
        data / "boundaries/county.geojson", lambda value: value["features"][0]["properties"].update(name=NAMES[5])
    )
    county = load_county(data)
    results = list(
        run_scenarios(county, [load_scenario(name, data / "scenarios") for name in ("official-2023", "optimum-2023")])
    )
    for result, title in zip(results, (NAMES[0], NAMES[6]), strict=True):
        result.run.update(title=title, question=NAMES[5], maps={"review_number": NAMES[0], "source": NAMES[4]})
        write_run(root / "out" / result.run["scenario"], county, result)
    write_comparison(root / "out" / "compare", compare_runs(results), results, county)
    write_index(root / "out")
    return root / "out"


@pytest.mark.browser
@pytest.mark.parametrize(
    "page",
    [
        *(f"official-2023/{name}.html" for name in ("map", "homes", "meals", "plans-swaps", "courier", "report")),
        "compare/compare.html",
        "index.html",
    ],
)
def test_nothing_runs_and_names_are_shown(browser, folder, page):
    text = (folder / page).read_text(encoding="utf-8")
    assert len(re.findall("</script", text)) == len(re.findall("<script", text))
    dom, console, _ = browser.open(text, CLICKS)
    assert console == []
    assert not re.search('<body[^>]*data-hacked="', dom)
    assert re.search('<body[^>]*data-strange="0"', dom)
    assert int(re.search('<body[^>]*data-wide="([0-9]+)"', dom)[1]) <= 1366
    assert "&lt;/script&gt;&lt;img src=x" in dom
    assert "49{%" not in dom
