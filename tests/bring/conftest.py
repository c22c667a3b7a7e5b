import functools

import pytest

from anyi_geo.bring import base, importing
from anyi_geo.county import packaged_data


@functools.cache
def embedded():
    return base.read_base(packaged_data(), fresh=False)


@pytest.fixture(autouse=True)
def _read_the_embedded_county_once(monkeypatch):
    """Some 150 imports start from the same unchanged folder."""

    def read(folder, *, fresh):
        return embedded() if folder == packaged_data() and not fresh else base.read_base(folder, fresh=fresh)

    monkeypatch.setattr(importing, "read_base", read)
