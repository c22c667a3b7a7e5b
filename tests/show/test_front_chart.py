"""A front's picture has round numbers at its axes and one numbered point per plan."""

import re

import pytest

from anyi_geo.show.front_chart import front_chart, ticks


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (347.0, 676.0, ["400", "500", "600"]),
        (30336.0, 47379.0, ["35,000", "40,000", "45,000"]),
        (0.0, 1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (9.95, 10.05, ["9.96", "9.98", "10.00", "10.02", "10.04"]),
    ],
)
def test_ticks_are_round(low, high, texts):
    found = ticks(low, high)
    assert [text for _, text in found] == texts
    assert all(low <= value <= high for value, _ in found)


@pytest.mark.parametrize("values", [[1.0, 2.0, 3.0], [5.0, 5.0, 5.0], [0.0, 0.0, 1e-6]])
def test_every_plan_is_a_numbered_point_inside_the_frame(values):
    chart = front_chart(values, values, "<投入>", "覆盖")
    spots = [(float(x), float(y)) for x, y in re.findall('circle cx="([0-9.]+)" cy="([0-9.]+)"', chart)]
    assert len(spots) == len(values)
    assert all(90 <= x <= 730 and 20 <= y <= 304 for x, y in spots)
    assert "<投入>" not in chart
