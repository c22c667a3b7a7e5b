"""What all tests share."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from tiny_county import write_tiny_county


@pytest.fixture
def tiny(tmp_path):
    """Return a folder with the tiny county, free to be spoilt."""
    return write_tiny_county(tmp_path / "county")


def pytest_terminal_summary(terminalreporter):
    """Say loudly that no page was opened where there is no browser."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "NO CHROMIUM" in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(
            f"*** NO CHROMIUM ON THIS MACHINE: {len(skipped)} browser tests did not run; install chromium. ***",
            red=True,
        )
