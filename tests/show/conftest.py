"""A real browser with the network cut, and one run to look at."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from anyi_geo.county import load_county, packaged_data
from anyi_geo.run import run_scenarios
from anyi_geo.scenario import load_scenario

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--virtual-time-budget=8000",
    "--enable-logging=stderr",
)


class Browser:
    """Opens a page from disk and tells what came of it."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def open(self, html, script="", size=(1366, 768)):
        """Return the page's DOM after `script` ran, its console lines, and the requests that it made."""
        page, log = self.folder / "page.html", self.folder / "net.json"
        tail = f"<script>window.addEventListener('load', () => setTimeout(() => {{ {script} }}, 300));</script>"
        if script:
            # The page's own policy would refuse a script that is not the page's.
            html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html, count=1)
            html = html.replace("</body>", f"{tail}</body>", 1)
        page.write_text(html, encoding="utf-8")
        answer = self._run(page, f"--window-size={size[0]},{size[1]}", f"--log-net-log={log}", "--dump-dom")
        console = [line for line in answer.stderr.splitlines() if "CONSOLE" in line]
        return answer.stdout, console, requests_of(log)

    def paper(self, html):
        """Return the width and height in points of every page that the page prints."""
        page, printed = self.folder / "page.html", self.folder / "printed.pdf"
        page.write_text(html, encoding="utf-8")
        self._run(page, "--window-size=1366,768", f"--print-to-pdf={printed}", "--no-pdf-header-footer")
        found = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed.read_bytes())
        return [(round(float(width)), round(float(height))) for width, height in found]

    def _run(self, page, *flags):
        shutil.rmtree(self.folder / "profile", ignore_errors=True)
        return subprocess.run(
            [self.program, *FLAGS, f"--user-data-dir={self.folder / 'profile'}", *flags, page.as_uri()],
            capture_output=True, text=True, timeout=120, check=True, encoding="utf-8",
        )  # fmt: skip


def requests_of(log):
    """Return the addresses in Chromium's network log that a page asked for."""
    text = log.read_text(encoding="utf-8").rstrip().rstrip(",")
    found = json.loads(text if text.endswith("}") else text + "]}")
    urls = {event.get("params", {}).get("url", "") for event in found["events"]}
    return sorted(url for url in urls if url.startswith("http") and "google" not in url)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Return a browser, or skip loudly."""
    program = next((path for path in map(shutil.which, NAMES) if path), None)
    if program is None:
        pytest.skip("NO CHROMIUM ON THIS MACHINE: the pages are not opened by any test (install chromium)")
    return Browser(program, tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="session")
def county():
    """Return the embedded county."""
    return load_county(packaged_data())


@pytest.fixture(scope="session")
def result(county):
    """Return the official plan on it."""
    scenario = load_scenario("official-2023", county.folder / "scenarios")
    return next(iter(run_scenarios(county, [scenario])))
