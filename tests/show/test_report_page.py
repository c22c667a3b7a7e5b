"""The report's page in a real browser: nothing runs, nothing is asked, nothing is complained of."""

from dataclasses import replace

import pytest

from anyi_geo.show.report.content import run_report
from anyi_geo.show.report.html import report_html

HOSTILE = "</script><img src=x onerror=\"document.body.setAttribute('data-hacked','1')\">"


@pytest.mark.browser
def test_the_report_opens_without_network_or_complaint(browser, county, result):
    sites = result.sites.assign(name=HOSTILE)
    page = report_html(run_report(county, replace(result, sites=sites)))
    dom, console, requests = browser.open(page)
    assert console == []
    assert requests == []
    assert "data-hacked" not in dom.replace("setAttribute('data-hacked'", "")
    assert dom.count("<img") == 5, "the figures, and no picture that a name brought in"
