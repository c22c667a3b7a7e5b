"""Minutes, kilometres and lines: by hand on small roads, by networkx on random ones."""

import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from anyi_geo.county import load_county, packaged_data, road_network, route_lines, travel_km, travel_minutes
from anyi_geo.county.coordinates import DEGREES, to_degrees, to_metres
from anyi_geo.county.snap import snap
from anyi_geo.parameters import Parameters

ORIGIN = np.array([357000.0, 3190000.0])
PARAMETERS = Parameters(pd.read_csv(packaged_data() / "parameters.csv").set_index("key"))
WALK = 0.8 * 60


def points(metres, names=None):
    shapes = to_degrees(shapely.points(np.asarray(metres, float) + ORIGIN))
    return gpd.GeoSeries(shapes, index=names, crs=DEGREES)


def roads(places, edges):
    """Return nodes at `places` (metres) and edges (u, v, class, more) drawn straight."""
    nodes = gpd.GeoDataFrame({"osmid": range(len(places))}, geometry=points(places).to_numpy(), crs=DEGREES)
    rows = []
    for key, (u, v, highway, *more) in enumerate(edges):
        extra = more[0] if more else {}
        length = float(np.hypot(*(np.subtract(places[v], places[u]))))
        base = {"u": u, "v": v, "key": key, "length_m": length, "highway": highway, "oneway": False, "maxspeed": ""}
        rows.append({**base, **extra})
    shapes = [shapely.LineString([nodes.geometry[row["u"]], nodes.geometry[row["v"]]]) for row in rows]
    return nodes, gpd.GeoDataFrame(rows, geometry=shapes, crs=DEGREES)


def one(network, a, b):
    return float(travel_minutes(network, points([a]), points([b])).iloc[0, 0])


STRAIGHT = roads([(0, 0), (1000, 0), (3000, 0)], [(0, 1, "residential"), (1, 2, "tertiary")])


@pytest.mark.parametrize(
    ("mode", "minutes"),
    [("ride", 3.0 + 6.0), ("car", 3.0 + 3.0), ("walk", 3000 / WALK)],
)
def test_each_way_of_travel_has_its_own_speeds(mode, minutes):
    """1 km of village road (20 km/h) and 2 km of county road (40 km/h, e-tricycle 20)."""
    network = road_network(*STRAIGHT, PARAMETERS, mode)
    assert one(network, (0, 0), (3000, 0)) == pytest.approx(minutes, rel=1e-4)


def test_legs_off_the_road_are_walked_and_points_snap_to_the_edge():
    network = road_network(*STRAIGHT, PARAMETERS, "ride")
    assert one(network, (500, 96), (500, 0)) == pytest.approx(96 / WALK, rel=1e-3)
    expected = 96 / WALK + 0.5 * 3.0 + 0.25 * 6.0 + 48 / WALK
    assert one(network, (500, 96), (1500, -48)) == pytest.approx(expected, rel=1e-3)


def test_two_places_on_one_edge_go_along_it_directly():
    network = road_network(*STRAIGHT, PARAMETERS, "ride")
    assert one(network, (1250, 0), (1750, 0)) == pytest.approx(1.5, rel=1e-4)
    assert one(network, (1750, 0), (1250, 0)) == pytest.approx(1.5, rel=1e-4)


def test_a_place_to_itself_takes_no_time():
    network = road_network(*STRAIGHT, PARAMETERS, "ride")
    assert one(network, (500, 96), (500, 96)) == 0.0


def test_parallel_edges_count_by_their_fastest():
    nodes, edges = roads([(0, 0), (1000, 0)], [(0, 1, "track"), (0, 1, "residential"), (1, 0, "track")])
    network = road_network(nodes, edges, PARAMETERS, "ride")
    assert network.minutes[0, 1] == pytest.approx(3.0)
    assert network.minutes[1, 0] == pytest.approx(3.0)


def test_one_way_streets_bind_wheels_and_not_feet():
    loop = [(0, 1, "residential", {"oneway": True}), (1, 2, "residential"), (2, 0, "residential")]
    nodes, edges = roads([(0, 0), (1000, 0), (1000, 1000)], loop)
    ride = road_network(nodes, edges, PARAMETERS, "ride")
    around = (1000 + np.hypot(1000, 1000)) / 1000 * 3.0
    assert one(ride, (0, 0), (1000, 0)) == pytest.approx(3.0, rel=1e-3)
    assert one(ride, (1000, 0), (0, 0)) == pytest.approx(around, rel=1e-3)
    assert one(ride, (750, 0), (250, 0)) == pytest.approx(0.75 + around + 0.75, rel=1e-3)
    walk = road_network(nodes, edges, PARAMETERS, "walk")
    assert one(walk, (750, 0), (250, 0)) == pytest.approx(500 / WALK, rel=1e-3)


@pytest.mark.parametrize(("mode", "reached"), [("walk", False), ("ride", False), ("car", True)])
def test_expressways_are_for_cars(mode, reached):
    nodes, edges = roads([(0, 0), (1000, 0), (2000, 0)], [(0, 1, "motorway"), (1, 2, "residential")])
    network = road_network(nodes, edges, PARAMETERS, mode)
    used = edges["highway"].isin(["motorway"]).to_numpy()
    assert (len(network.lines) == len(edges)) is reached
    assert used.sum() == 1


def test_a_posted_limit_slows_and_never_speeds_up():
    slow = roads([(0, 0), (1000, 0)], [(0, 1, "tertiary", {"maxspeed": "10"})])
    fast = roads([(0, 0), (1000, 0)], [(0, 1, "tertiary", {"maxspeed": "90"})])
    assert one(road_network(*slow, PARAMETERS, "car"), (0, 0), (1000, 0)) == pytest.approx(6.0, rel=1e-3)
    assert one(road_network(*fast, PARAMETERS, "car"), (0, 0), (1000, 0)) == pytest.approx(1.5, rel=1e-3)


def test_no_road_is_inf_and_keeps_its_row():
    places = [(0, 0), (1000, 0), (5000, 0), (6000, 0)]
    network = road_network(*roads(places, [(0, 1, "residential"), (2, 3, "residential")]), PARAMETERS, "ride")
    table = travel_minutes(network, points([(0, 0), (5500, 0)], ["a", "b"]), points([(1000, 0), (6000, 0)], ["c", "d"]))
    assert np.isinf(table.loc["a", "d"])
    assert np.isinf(table.loc["b", "c"])
    assert table.loc["a", "c"] == pytest.approx(3.0, rel=1e-3)
    assert route_lines(network, [(points([(0, 0)])[0], points([(6000, 0)])[0])])[0].is_empty


def test_unlisted_classes_take_the_speed_of_service_roads():
    network = road_network(*roads([(0, 0), (1500, 0)], [(0, 1, "oddity")]), PARAMETERS, "car")
    assert one(network, (0, 0), (1500, 0)) == pytest.approx(6.0, rel=1e-3)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("mode", ["walk", "ride", "car"])
def test_agrees_with_networkx(seed, mode):
    """Random roads with one-way and parallel edges; networkx routes over the same roads cut at the snapped places."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 6000, (25, 2))
    pairs = [tuple(rng.choice(25, 2, replace=False)) for _ in range(55)]
    classes = rng.choice(["residential", "tertiary", "track", "primary", "motorway", "footway"], 55)
    oneway = rng.random(55) < 0.3
    edges = [(u, v, c, {"oneway": bool(w)}) for (u, v), c, w in zip(pairs, classes, oneway, strict=True)]
    edges += [(u, v, "residential", {"oneway": False}) for u, v in pairs[:5]]
    network = road_network(*roads(places.tolist(), edges), PARAMETERS, mode)
    spots = points(rng.uniform(0, 6000, (12, 2)))
    got = travel_minutes(network, spots, spots).to_numpy()

    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.nodes))
    found = snap(network, spots)
    for number in range(len(network.lines)):
        on_it = [(found.share[k], ("spot", k)) for k in np.flatnonzero(found.edge == number)]
        chain = [(0.0, network.start[number]), *sorted(on_it, key=lambda item: item[0]), (1.0, network.end[number])]
        for (share_a, a), (share_b, b) in itertools.pairwise(chain):
            for first, second, minutes in ((a, b, network.forward[number]), (b, a, network.backward[number])):
                if np.isfinite(minutes):
                    graph.add_edge(first, second, minutes=(share_b - share_a) * minutes)
    for a in range(12):
        reach = nx.single_source_dijkstra_path_length(graph, ("spot", a), weight="minutes")
        for b in range(12):
            legs = (found.walk_m[a] + found.walk_m[b]) / network.walk_m_per_minute
            expected = 0.0 if a == b else reach.get(("spot", b), np.inf) + legs
            assert got[a, b] == pytest.approx(expected, rel=1e-9), (a, b)


def test_from_the_smaller_side_or_the_larger_is_the_same():
    county = load_county(packaged_data())
    network = road_network(county.nodes, county.edges, county.parameters, "ride")
    some, many = county.sites.geometry.iloc[:7], county.points.geometry.iloc[::40]
    there = travel_minutes(network, some, many).to_numpy()
    back = travel_minutes(network, many, some).to_numpy().T
    assert there == pytest.approx(back, rel=1e-9)
    assert np.isfinite(there).all()


def test_lines_and_kilometres_belong_to_the_fastest_way():
    county = load_county(packaged_data())
    network = road_network(county.nodes, county.edges, county.parameters, "ride")
    some = county.sites.geometry.iloc[:6]
    km = travel_km(network, some, some)
    lines = route_lines(network, [(a, b) for a in some for b in some])
    drawn = np.array([shapely.length(to_metres(np.array([line]))[0]) for line in lines]).reshape(6, 6) / 1000
    off = ~np.eye(6, dtype=bool)
    assert drawn[off] == pytest.approx(km.to_numpy()[off], rel=2e-3)
    for line, (a, b) in zip(lines, [(a, b) for a in some for b in some], strict=True):
        ends = shapely.points(shapely.get_coordinates(line)[[0, -1]])
        assert shapely.distance(ends, [a, b]) == pytest.approx(0, abs=1e-7)
