"""The page over an output folder links what is there, says nothing of what is not, and escapes names."""

import json
import re
from dataclasses import replace

import pytest

from anyi_geo.errors import SettingError
from anyi_geo.result_json import result_text
from anyi_geo.show.index_page import index_html, write_index

HOSTILE = "</h2><script>alert(1)</script>`"


@pytest.fixture
def out(tmp_path, result):
    for name, title in (("official-2023", result.run["title"]), ("b & <c>", HOSTILE)):
        folder = tmp_path / name
        folder.mkdir()
        run = replace(result, run={**result.run, "scenario": name, "title": title})
        (folder / "result.json").write_text(result_text(run), encoding="utf-8")
        for file in ("map.html", "report.docx"):
            (folder / file).write_text("x", encoding="utf-8")
    return tmp_path


def links(page):
    return re.findall('href="([^"]*)"', page)


def test_every_output_has_one_link_and_each_link_a_file(out):
    page = index_html(out)
    found = [link for link in links(page) if link != "data:,"]
    assert sorted(found) == sorted(
        f"{folder}/{file}"
        for folder in ("official-2023", "b%20%26%20%3Cc%3E")
        for file in ("map.html", "report.docx", "result.json")
    )


def test_figures_are_the_runs_own(out, result):
    page = index_html(out)
    share = result.metrics.query("scope == 'county' and mode == 'ride' and batch == 2 and group == 'elders_rural'")
    assert f"{share['share'].iloc[0]:.1%}" in page
    assert "含模拟数据" in page


def test_names_are_escaped_and_a_broken_run_is_told(out):
    (out / "official-2023" / "result.json").write_text("{", encoding="utf-8")
    page = index_html(out)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "读不出来" in page
    assert "official-2023/map.html" in page


def test_quarters_lie_one_deeper_and_what_was_replaced_is_not_listed(out):
    for folder in ("quarter/2023Q4", "previous/official-2023", ".hidden"):
        (out / folder).mkdir(parents=True)
        (out / folder / "quarter.json").write_text(json.dumps({"quarter": "2023Q4"}), encoding="utf-8")
    found = links(index_html(out))
    assert "quarter/2023Q4/quarter.json" in found
    assert not any("previous" in link or "hidden" in link for link in found)


def test_nothing_of_ours_is_no_page(tmp_path):
    (tmp_path / "photos").mkdir()
    assert write_index(tmp_path) is None
    assert write_index(tmp_path / "missing") is None
    assert not (tmp_path / "index.html").exists()


def test_it_replaces_itself_and_says_when_it_cannot(out):
    assert write_index(out) == out / "index.html"
    assert write_index(out) == out / "index.html"
    assert [path.name for path in out.iterdir() if "index" in path.name] == ["index.html"]
    (out / "index.html").unlink()
    (out / "index.html").mkdir()
    with pytest.raises(SettingError, match="写不进"):
        write_index(out)


@pytest.mark.browser
def test_it_opens_without_complaint(browser, out):
    _, console, requests = browser.open(index_html(out))
    assert console == []
    assert requests == []
