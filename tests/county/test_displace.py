"""Which village is which: drawn inside the township, by distance, whatever the order of rows."""

import numpy as np
import pytest

from anyi_geo.county import displacements, load_county, packaged_data


@pytest.fixture(scope="module")
def county():
    return load_county(packaged_data())


def sites_of(county):
    return county.sites[county.sites["kind"] == "xingfuyuan_candidate"]


def test_places_are_points_of_the_same_township(county):
    sites = sites_of(county)
    draws = displacements(sites, county.points, county.villages, 20, 3)
    assert draws.shape == (len(sites), 20)
    for site, row in draws.iterrows():
        assert set(county.points.loc[row, "township"]) == {sites.loc[site, "township"]}


def test_sites_of_one_village_move_together(county):
    sites = sites_of(county)
    draws = displacements(sites, county.points, county.villages, 10, 3)
    for _, rows in draws.groupby(sites["village_id"]):
        assert (rows == rows.iloc[0]).all(axis=None)


def test_rows_may_come_in_any_order(county):
    sites = sites_of(county)
    one = displacements(sites, county.points, county.villages, 5, 3)
    two = displacements(sites[::-1], county.points[::-1], county.villages[::-1], 5, 3)
    assert one.equals(two.loc[one.index])
    assert not one.equals(displacements(sites, county.points, county.villages, 5, 4))


def test_near_places_are_drawn_more_often(county):
    sites = sites_of(county).iloc[:1]
    draws = displacements(sites, county.points, county.villages, 2000, 1)
    village = county.villages.loc[sites["village_id"].iloc[0]]
    metres = county.points.geometry.to_crs(4548)
    centre = county.villages.geometry.to_crs(4548).loc[village.name]
    here = county.points["township"] == village["township"]
    distance = metres[here].distance(centre)
    weight = np.exp(-(distance**2) / (2 * village["position_error_m"] ** 2))
    expected = float((distance * weight).sum() / weight.sum())
    assert metres.loc[draws.iloc[0]].distance(centre).mean() == pytest.approx(expected, rel=0.06)


def test_measured_villages_stay(tiny):
    county = load_county(tiny)
    sites = sites_of(county)
    draws = displacements(sites, county.points, county.villages, 4, 0)
    assert (draws == np.array(sites.index)[:, None]).all(axis=None)
