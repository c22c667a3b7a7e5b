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
