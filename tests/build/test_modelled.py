"""What is modelled must be possible: places inside, roads whole and bent, rivers bridged, kitchens large enough."""

import networkx as nx
import numpy as np
import pytest
import shapely

from anyi_geo import schema
from anyi_geo.county import check_county, load_county, road_network, travel_km, travel_minutes


@pytest.fixture(scope="module")
def county(data):
    return load_county(data)


def test_the_county_has_no_faults(data):
    assert [fault for fault in check_county(data) if fault.code.startswith("E_")] == []


def test_every_point_is_inside_the_outline(outline, villages, hamlets, sites):
    for table in (villages, hamlets, sites):
        assert shapely.contains(outline, table.geometry.to_numpy()).all()


def test_every_site_stands_in_a_village_of_its_township(villages, sites):
    township = villages.set_index("village_id")["township"]
    assert (township.loc[sites["village_id"]].to_numpy() == sites["township"].to_numpy()).all()


def test_natural_villages_and_town_points(villages, hamlets):
    rural = villages.set_index("village_id").loc[hamlets["village_id"], "rural"].to_numpy(bool)
    assert rural.sum() == 1093
    assert hamlets.loc[~rural, "persons_total"].max() <= 500
    sizes = hamlets.loc[rural, "persons_total"]
    assert sizes.mean() > 1.2 * sizes.median()  # skewed: many small, few large


def test_what_is_modelled_says_so(villages, hamlets, sites, edges):
    for table in (villages, hamlets, sites):
        assert (table["position_status"] == "modelled").all()
    assert (villages["persons_status"] == "modelled").all()
    assert (edges["source"] == "modelled").all()
    assert 3000 <= villages["position_error_m"].median() <= 5000


def test_nothing_is_invented_as_a_fact(sites):
    assert (sites["village_consent"] == "not_asked").all()
    assert sites[["owner", "book_value_yuan"]].isna().all().all()


def test_homes_and_the_centre(sites, rates):
    homes, centre = (sites[sites["kind"] == kind] for kind in ("jinglaoyuan", "county_centre_candidate"))
    assert len(homes) == homes["township"].nunique() == 10
    assert len(centre) == 1
    assert centre["expansion_beds"].item() == rates["centre_expansion_beds"]
    assert centre["beds"].item() == rates["centre_beds"]
    residents = homes[list(schema.RESIDENT_COLUMNS)]
    assert (residents.sum(axis=1) <= homes["beds"]).all()
    asked = residents.filter(regex="_(yes|no)$").sum(axis=1) > 0
    silent = residents.filter(like="not_asked").sum(axis=1) > 0
    assert not (asked & silent).any()  # a home is asked as a whole or not at all


def test_the_network_is_one(nodes, edges):
    graph = nx.Graph(zip(edges["u"], edges["v"], strict=True))
    assert set(graph) == set(nodes["osmid"])
    assert nx.is_connected(graph)


def test_edges_begin_and_end_at_their_nodes(nodes, edges):
    place = nodes.set_index("osmid").geometry
    for end, vertex in (("u", 0), ("v", -1)):
        drawn = shapely.get_point(edges.geometry.to_numpy(), vertex)
        assert shapely.distance(drawn, place.loc[edges[end]].to_numpy()).max() < 0.2


def test_detour_index_is_plausible(county):
    """Median of road over straight-line distance between villages at least a kilometre apart."""
    walk = road_network(county.nodes, county.edges, county.parameters, "walk")
    metres = county.villages.to_crs(4548).geometry
    straight = np.array([metres.distance(place) for place in metres]) / 1000
    road = travel_km(walk, county.villages.geometry, county.villages.geometry).to_numpy()
    assert np.isfinite(road).all()
    apart = straight > 1
    assert 1.25 <= np.median(road[apart] / straight[apart]) <= 1.6


def test_rivers_are_crossed_only_on_bridges(edges, rivers):
    middle = rivers.geometry.union_all()
    crosses = edges.geometry.intersects(middle)
    assert crosses.sum() >= 10
    assert (edges.loc[crosses, "bridge"] == "yes").all()
    assert not edges.loc[~crosses, "bridge"].eq("yes").any()
    assert edges.loc[crosses, "length_m"].max() < 1000


def test_the_expressway_has_one_exit(edges):
    fast = edges[edges["highway"] == "motorway"]
    ramps = edges[edges["highway"] == "motorway_link"]
    others = edges.drop(fast.index.union(ramps.index))
    touching = (set(fast["u"]) | set(fast["v"])) & (set(others["u"]) | set(others["v"]))
    assert touching == set()
    assert len(ramps) == 1


def test_modelled_kitchens_hold_the_middle_case(county, rates):
    """Diners: the planning share of those aged 60 and over of the kitchen's own village within 15 minutes on foot."""
    sites, points = county.sites, county.points
    kitchens = sites[sites["canteen_m2"].notna()]
    walk = road_network(county.nodes, county.edges, county.parameters, "walk")
    minutes = travel_minutes(walk, points.geometry, kitchens.geometry).to_numpy()
    own = points["village_id"].to_numpy()[:, None] == kitchens["village_id"].to_numpy()
    diners = ((minutes <= 15) & own).T @ points["persons_60plus"].to_numpy() * rates["meal_uptake"]
    meals = kitchens["canteen_m2"] * rates["kitchen_share_of_canteen"] / rates["kitchen_m2_per_meal"]
    assert diners.sum() > 0
    assert (diners <= meals).all()


def test_every_place_is_near_a_road(hamlets, villages, sites, edges):
    roads = shapely.STRtree(edges.geometry.to_numpy())
    for table in (hamlets, villages, sites):
        _, metres = roads.query_nearest(table.geometry.to_numpy(), return_distance=True, all_matches=False)
        assert metres.max() < 500
