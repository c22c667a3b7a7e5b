"""Roads are thinned where a page has no room for them, and left alone where it has."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely

from anyi_geo.show.compare_page import compare_data
from anyi_geo.show.maps.ground import thinned


def wave(height, points=1000):
    x = np.linspace(115.0, 115.5, points)
    return shapely.LineString(np.column_stack([x, 28.8 + height * np.sin(400 * x)]))


def test_what_fits_is_left_alone():
    lines = gpd.GeoSeries([wave(1e-4)] * 3)
    assert thinned(lines, most=3000).geom_equals(lines).all()


def test_what_does_not_fit_is_thinned_to_the_room_and_keeps_its_ends():
    lines = gpd.GeoSeries([wave(1e-4)] * 3)
    found = thinned(lines, most=2999)
    assert found.count_coordinates().sum() <= 2999
    for before, after in zip(lines, found, strict=True):
        assert after.coords[0] == before.coords[0]
        assert after.coords[-1] == before.coords[-1]
        assert before.hausdorff_distance(after) < 1e-3


def test_it_ends_where_nothing_more_can_be_left_out():
    found = thinned(gpd.GeoSeries([wave(1e-1, 50)] * 3), most=2)
    assert found.count_coordinates().sum() > 2


def test_a_comparison_without_ground_still_says_what_is_modelled(result):
    other = replace(result, run={**result.run, "scenario": "other"})
    data = compare_data([result, other], None)
    assert data["banner"].startswith("数据状态：含模拟数据（")
    assert "底图未画" in data["banner"]
    clean = [replace(run, warnings=[]) for run in (result, other)]
    assert compare_data(clean, None)["banner"].startswith("数据状态：全部由县里提供")
