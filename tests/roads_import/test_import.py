"""From a file to roads.gpkg: cut, connected, simplified, whole or not at all."""

import itertools
from types import SimpleNamespace

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx
import pytest
import shapely
from osm_files import MAIN, STOPS, nodes_on_road, write_osm
from pyproj import Geod
from tiny_county import place

from anyi_geo.bring.base import read_base
from anyi_geo.bring.datum import parse_datum
from anyi_geo.bring.road_rows import put_roads
from anyi_geo.bring_roads.build import import_roads
from anyi_geo.county import check_county, load_county, road_network, travel_minutes
from anyi_geo.errors import InputError, SettingError

GEOD = Geod(ellps="WGS84")


def codes(caught):
    return [fault.code for fault in caught.value.faults]


@pytest.mark.parametrize("name", ["a.osm", "a.osm.gz", "a.osm.pbf"])
def test_every_form_of_an_extract_gives_the_same_roads(tmp_path, bring, name):
    report, nodes, edges = bring(write_osm(tmp_path / name, nodes_on_road(), [MAIN]))
    assert (len(nodes), len(edges)) == (2, 1)
    assert edges["length_m"].iloc[0] == pytest.approx(7000, rel=1e-3)
    assert report.km.loc["ride", "share"] == 1.0
    assert set(edges["source"]) == {"osm"}


def test_a_huge_file_waits_on_disk_gives_the_same_roads_and_is_announced(tmp_path, tiny, bring, monkeypatch):
    path = write_osm(tmp_path / "a.osm.pbf", nodes_on_road(), [MAIN])
    expected = bring(path)[2]
    monkeypatch.setattr("anyi_geo.bring_roads.read_osm._LARGE", {".pbf": 10, ".osm": 10})
    told = []
    import_roads(path, tiny, margin_km=3.0, say=told.append)
    assert any("磁盘" in message.zh for message in told)
    assert gpd.read_file(tiny / "roads.gpkg", layer="edges").equals(expected)


def test_nodes_that_an_editor_has_not_uploaded_yet_are_read(tmp_path, bring):
    """JOSM numbers new nodes below zero."""
    nodes = {-number: spot for number, spot in nodes_on_road().items()}
    _, found, edges = bring(write_osm(tmp_path / "a.osm", nodes, [("w", [-1, -2, -3, -4, -5], {"highway": "track"})]))
    assert sorted(found["osmid"]) == [-5, -1]
    assert edges["length_m"].sum() == pytest.approx(7000, rel=1e-3)


def test_the_file_is_osmnx_shaped_and_loads_as_a_county(tmp_path, bring, tiny):
    _, nodes, edges = bring(write_osm(tmp_path / "a.osm", nodes_on_road(), [MAIN, ("x", [2, 4], {"highway": "track"})]))
    assert {"osmid", "x", "y", "street_count"} <= set(nodes)
    wanted = {"u", "v", "key", "length_m", "highway", "oneway", "maxspeed", "name", "source", "walk", "ride", "car"}
    assert wanted <= set(edges)
    graph = osmnx.graph_from_gdfs(nodes.set_index("osmid"), edges.set_index(["u", "v", "key"]))
    assert graph.number_of_edges() == len(edges) == 4
    assert not [fault for fault in check_county(tiny) if fault.is_error]


def test_minutes_are_those_of_the_written_county(tmp_path, bring, tiny):
    """Story by hand: a kilometre of residential road takes an e-tricycle 3 minutes."""
    bring(write_osm(tmp_path / "a.osm", nodes_on_road(), [MAIN]))
    county = load_county(tiny)
    network = road_network(county.nodes, county.edges, county.parameters, "ride")
    minutes = travel_minutes(network, county.villages.geometry, county.villages.geometry).to_numpy()
    km = np.array([0.0, 1.0, 2.0, 6.0, 7.0])
    assert minutes == pytest.approx(3.0 * np.abs(km[:, None] - km), abs=0.02)


def test_pieces_join_only_where_nothing_changes(tmp_path, bring):
    ways = [
        ("a", [1, 2], {"highway": "residential"}),
        ("b", [2, 3], {"highway": "residential"}),
        ("c", [3, 4], {"highway": "residential", "maxspeed": "15"}),
        ("d", [4, 5], {"highway": "residential", "maxspeed": "15", "motorcar": "no"}),
    ]
    _, _, edges = bring(write_osm(tmp_path / "a.osm", nodes_on_road(), ways))
    assert sorted(edges["length_m"].round(-2)) == [1000, 2000, 4000]
    assert sorted(edges["maxspeed"].fillna("")) == ["", "15", "15"]
    assert sorted(edges["car"]) == [False, True, True]


def test_ways_meet_at_shared_nodes_and_not_where_they_merely_cross(tmp_path, bring):
    nodes = nodes_on_road() | {11: place(1.5, 500.0), 12: place(1.5, -500.0)}
    bridge = ("bridge", [11, 12], {"highway": "tertiary", "name": "天桥"})
    report, _, edges = bring(write_osm(tmp_path / "a.osm", nodes, [MAIN, bridge]))
    assert len(edges) == 1
    assert report.parts["names"].tolist() == [["天桥"]]
    assert report.parts["km"].tolist() == [pytest.approx(1.0, abs=0.01)]
    joined = ("joined", [11, 2], {"highway": "tertiary", "name": "支路"})
    report, _, edges = bring(write_osm(tmp_path / "b.osm", nodes, [MAIN, joined]))
    assert len(edges) == 3
    assert report.parts.empty


def test_the_rest_is_reported_by_name_km_and_the_villages_that_hang_on_it(tmp_path, bring):
    """The bridge between kilometre 2 and 6 is missing: D and E are cut off and said to be."""
    ways = [("w", [1, 2, 3], {"highway": "residential", "name": "西路"}),
            ("e", [4, 5], {"highway": "residential", "name": "东路"})]  # fmt: skip
    report, _, edges = bring(write_osm(tmp_path / "a.osm", nodes_on_road(), ways))
    assert set(edges["name"]) == {"西路"}
    (part,) = report.parts.to_dict("records")
    assert (part["reason"], part["names"], part["km"]) == ("cut_off", ["东路"], pytest.approx(1.0, abs=0.01))
    assert part["modes"] == ["walk", "ride", "car"]
    assert part["villages"] == ["D村", "E村"]
    assert report.km.loc["car", "share"] == pytest.approx(2 / 3, abs=1e-3)


def test_each_way_of_travel_keeps_its_own_largest_part(tmp_path, bring):
    """A footpath joins two halves for walkers only."""
    ways = [("w", [1, 2, 3], {"highway": "residential", "name": "西路"}),
            ("p", [3, 4], {"highway": "path"}),
            ("e", [4, 5], {"highway": "residential", "name": "东路"})]  # fmt: skip
    report, _, edges = bring(write_osm(tmp_path / "a.osm", nodes_on_road(), ways))
    by_name = edges.set_index("name")
    assert bool(by_name.loc["东路", "walk"])
    assert not bool(by_name.loc["东路", "ride"])
    assert bool(by_name.loc["西路", "ride"])
    assert report.parts["modes"].tolist() == [["ride", "car"]]


def test_one_way_roads_run_as_signed(tmp_path, bring, tiny):
    """Between kilometre 2 and 6 two one-way roads: a short one east, drawn against its direction, a long one west."""
    nodes = nodes_on_road() | {9: place(4.0, 1500.0)}
    ways = [
        ("a", [1, 2, 3], {"highway": "residential"}),
        ("b", [4, 3], {"highway": "residential", "oneway": "-1"}),
        ("c", [4, 9, 3], {"highway": "residential", "oneway": "yes"}),
        ("d", [4, 5], {"highway": "residential"}),
    ]
    _, _, edges = bring(write_osm(tmp_path / "a.osm", nodes, ways))
    assert edges.loc[edges["oneway"], ["u", "v"]].to_numpy().tolist() == [[3, 4], [4, 3]]
    county = load_county(tiny)
    network = road_network(county.nodes, county.edges, county.parameters, "ride")
    minutes = travel_minutes(network, county.villages.geometry, county.villages.geometry)
    names = county.villages["name"]
    east, west = (
        minutes.to_numpy()[list(names).index(a), list(names).index(b)] for a, b in (("C村", "D村"), ("D村", "C村"))
    )
    assert east == pytest.approx(12.0, abs=0.05)
    assert west == pytest.approx(2 * 2.5 * 3, abs=0.05)


def test_a_roundabout_is_passed_in_its_direction_only(tmp_path, bring):
    ring = {21: place(2.9), 22: place(3.0, -100.0), 23: place(3.1), 24: place(3.0, 100.0)}
    ways = [
        ("w", [1, 21], {"highway": "residential"}),
        ("o", [21, 22, 23, 24, 21], {"highway": "residential", "junction": "roundabout"}),
        ("e", [23, 5], {"highway": "residential"}),
    ]
    _, _, edges = bring(write_osm(tmp_path / "a.osm", nodes_on_road() | ring, ways))
    assert edges.loc[edges["oneway"], ["u", "v"]].to_numpy().tolist() == [[21, 23], [23, 21]]


def test_roads_that_lead_only_in_are_left_out_on_wheels_and_named(tmp_path, bring):
    nodes = nodes_on_road() | {9: place(7.0, 800.0)}
    trap = ("t", [5, 9], {"highway": "residential", "oneway": "yes", "name": "单行路"})
    report, _, edges = bring(write_osm(tmp_path / "a.osm", nodes, [MAIN, trap]))
    row = edges.set_index("name").loc["单行路"]
    assert (bool(row["walk"]), bool(row["ride"]), bool(row["car"])) == (True, False, False)
    assert report.parts[["reason", "names"]].to_numpy().tolist() == [["one_way", ["单行路"]]]
    assert report.km.loc["ride", "one_way_km"] == pytest.approx(0.8, abs=0.01)
    assert report.km.loc["ride", "share"] == 1.0


@pytest.mark.parametrize(("margin_km", "kilometres"), [(0.0, 20.0), (3.0, 30.0), (12.0, 40.0)])
def test_roads_are_cut_to_the_county_and_its_margin(tmp_path, bring, margin_km, kilometres):
    """The county runs from kilometre -2 to 9; a piece that reaches in is kept whole."""
    nodes = {1: place(-10.0), 2: place(-1.0), 3: place(10.0), 4: place(20.0), 5: place(30.0)}
    _, _, edges = bring(
        write_osm(tmp_path / "a.osm", nodes, [("w", [1, 2, 3, 4, 5], {"highway": "tertiary"})]), margin_km
    )
    assert edges["length_m"].sum() / 1000 == pytest.approx(kilometres, rel=1e-3)


def test_a_piece_without_an_end_inside_still_crosses_the_county(tmp_path, bring):
    nodes = {1: place(-50.0), 2: place(50.0)}
    _, _, edges = bring(write_osm(tmp_path / "a.osm", nodes, [("w", [1, 2], {"highway": "trunk"})]))
    assert len(edges) == 1


def test_the_part_kept_is_the_county_s_even_when_the_neighbour_s_is_longer(tmp_path, bring):
    nodes = nodes_on_road() | {11: place(9.5), 12: place(30.0)}
    neighbour = ("n", [11, 12], {"highway": "primary", "name": "邻县路"})
    report, _, edges = bring(write_osm(tmp_path / "a.osm", nodes, [MAIN, neighbour]))
    assert set(edges["name"]) == {"主路"}
    assert report.parts["names"].tolist() == [["邻县路"]]


def test_roads_in_the_margin_alone_are_no_roads_of_the_county(tmp_path, bring):
    nodes = {11: place(9.5), 12: place(30.0)}
    with pytest.raises(InputError) as caught:
        bring(write_osm(tmp_path / "a.osm", nodes, [("n", [11, 12], {"highway": "primary"})]))
    assert codes(caught) == ["E_NO_OVERLAP"]


@pytest.mark.parametrize(("north_m", "told"), [(2800.0, False), (500.0, True)])
def test_a_download_that_ends_within_the_county_is_told(tmp_path, bring, north_m, told):
    nodes = {1: place(-2.0, -2800.0), 2: place(9.0, -2800.0), 3: place(9.0, north_m)}
    report, _, _ = bring(write_osm(tmp_path / "a.osm", nodes, [("n", [1, 2, 3], {"highway": "primary"})]))
    assert any("更大的范围" in note.zh for note in report.notes) is told


def test_a_way_is_split_where_a_clipped_extract_lacks_nodes(tmp_path, bring):
    nodes = {number: spot for number, spot in nodes_on_road().items() if number != 4}
    report, _, edges = bring(write_osm(tmp_path / "a.osm", nodes, [MAIN, ("b", [5, 3], {"highway": "track"})]))
    assert sorted(edges["length_m"].round(-2)) == [2000, 5000], "1-2-3 and 5-3; nothing is drawn over the gap"
    assert report.parts.empty


def test_a_region_without_overlap_is_refused_with_both_extents(tmp_path, bring, tiny):
    before = (tiny / "roads.gpkg").read_bytes()
    nodes = {1: shapely.Point(9.5, 47.1), 2: shapely.Point(9.6, 47.2)}
    with pytest.raises(InputError) as caught:
        bring(write_osm(tmp_path / "a.osm", nodes, [("w", [1, 2], {"highway": "track"})]))
    assert codes(caught) == ["E_NO_OVERLAP"]
    assert "9.500 至 9.600" in caught.value.message.zh
    assert "115.483 至 115.658" in caught.value.message.zh
    assert (tiny / "roads.gpkg").read_bytes() == before


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        ([], "没有任何道路"),
        ([("w", [1, 2], {"waterway": "river"})], "没有任何道路"),
        ([("w", [1, 2], {"highway": "construction"})], "construction 1"),
        ([("w", [1, 2], {"highway": "track", "access": "no"})], "track 1"),
    ],
)
def test_no_roads_left_is_refused_with_what_there_was(tmp_path, bring, ways, told):
    with pytest.raises(InputError) as caught:
        bring(write_osm(tmp_path / "a.osm", nodes_on_road(), ways))
    assert codes(caught) == ["E_NO_ROADS"]
    assert told in caught.value.message.zh


@pytest.mark.parametrize("name", ["a.osm", "a.osm.gz", "a.osm.pbf"])
def test_a_file_cut_off_in_the_middle_is_unreadable_and_changes_nothing(tmp_path, bring, tiny, name):
    path = write_osm(tmp_path / name, nodes_on_road(), [MAIN])
    path.write_bytes(path.read_bytes()[:-30])
    before = (tiny / "roads.gpkg").read_bytes()
    with pytest.raises(InputError) as caught:
        bring(path)
    assert codes(caught) == ["E_UNREADABLE"]
    assert (tiny / "roads.gpkg").read_bytes() == before
    assert not list(tiny.glob(".anyi-geo-*"))


@pytest.mark.parametrize(
    ("name", "content", "error", "code"),
    [
        ("a.osm", None, InputError, "E_MISSING_FILE"),
        ("a.osm", b"", InputError, "E_UNREADABLE"),
        ("a.osm", b"<html>blocked</html>", InputError, "E_UNREADABLE"),
        ("a.graphml", b"<graphml><graph", InputError, "E_UNREADABLE"),
        ("a.gpkg", b"SQLite format 3\0 and then nothing", InputError, "E_UNREADABLE"),
        ("a.shp", b"no shapefile", InputError, "E_UNREADABLE"),
        ("a.kml", b"<kml/>", SettingError, None),
    ],
)
def test_what_is_no_road_file_is_said_to_be_none(tmp_path, bring, name, content, error, code):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error) as caught:
        bring(path)
    if code:
        assert codes(caught) == [code]
    else:
        assert ".osm.pbf" in caught.value.message.zh


@pytest.mark.parametrize("margin_km", [-1.0, float("nan"), float("inf"), 101.0])
def test_a_margin_that_is_none_is_refused(tmp_path, bring, margin_km):
    with pytest.raises(SettingError):
        bring(write_osm(tmp_path / "a.osm", nodes_on_road(), [MAIN]), margin_km)


def test_a_folder_without_outline_is_refused(tmp_path):
    path = write_osm(tmp_path / "a.osm", nodes_on_road(), [MAIN])
    with pytest.raises(InputError) as caught:
        import_roads(path, tmp_path, margin_km=3.0, say=print)
    assert codes(caught) == ["E_MISSING_FILE"]


def test_without_write_permission_nothing_is_read_or_changed(tmp_path, bring, tiny, monkeypatch):
    def refused(*_arguments, **_settings):
        raise PermissionError(13, "Permission denied")

    before = (tiny / "roads.gpkg").read_bytes()
    monkeypatch.setattr("anyi_geo.bring_roads.write.tempfile.TemporaryFile", refused)
    with pytest.raises(SettingError, match="写不进"):
        bring(tmp_path / "not even looked for.osm")
    assert (tiny / "roads.gpkg").read_bytes() == before


def test_a_file_that_another_program_holds_leaves_the_old_roads(tmp_path, bring, tiny, monkeypatch):
    def held(*_arguments):
        raise PermissionError(13, "used by another process")

    before = (tiny / "roads.gpkg").read_bytes()
    path = write_osm(tmp_path / "a.osm", nodes_on_road(), [MAIN])
    monkeypatch.setattr("anyi_geo.bring_roads.write.os.replace", held)
    with pytest.raises(SettingError, match="QGIS"):
        bring(path)
    assert (tiny / "roads.gpkg").read_bytes() == before
    assert not list(tiny.glob(".anyi-geo-*"))


def test_the_roads_before_are_kept_once(tmp_path, bring, tiny):
    before = (tiny / "roads.gpkg").read_bytes()
    bring(write_osm(tmp_path / "a.osm", nodes_on_road(), [MAIN]))
    assert (tiny / "previous" / "roads.gpkg").read_bytes() == before


def test_the_same_file_gives_the_same_roads(tmp_path, bring):
    path = write_osm(tmp_path / "a.osm", nodes_on_road(), [MAIN, ("x", [2, 4], {"highway": "track"})])
    first, second = bring(path), bring(path)
    assert first[1].equals(second[1])
    assert first[2].equals(second[2])


@pytest.mark.parametrize("seed", range(4))
def test_lengths_and_ways_equal_networkx_on_the_raw_extract(tmp_path, bring, seed):
    """A random extract: shortest ways over our simplified edges equal those over the raw nodes, read by OSMnx."""
    rng = np.random.default_rng(seed)
    spots = zip(rng.uniform(0, 7, 40), rng.uniform(-2500, 2500, 40), strict=True)
    nodes = {100 + k: place(km, north_m) for k, (km, north_m) in enumerate(spots)}
    ids = list(nodes)
    ways = []
    for k in range(25):
        refs = [int(ref) for ref in rng.choice(ids, size=rng.integers(2, 6), replace=False)]
        oneway = {"oneway": str(rng.choice(["yes", "-1"]))} if rng.random() < 0.3 else {}
        speed = {"maxspeed": str(rng.choice([10, 15]))} if rng.random() < 0.3 else {}
        ways.append((k, refs, {"highway": "residential", **oneway, **speed}))
    path = write_osm(tmp_path / "a.osm", nodes, ways)
    raw = osmnx.truncate.largest_component(osmnx.graph_from_xml(path, simplify=False, retain_all=True), strongly=True)
    for _, _, data in raw.edges(data=True):
        data["minutes"] = data["length"] / float(data.get("maxspeed", 20))
    _, _, edges = bring(path)
    edges = edges[edges["ride"]]
    graph = nx.MultiDiGraph()
    for row in edges.itertuples():
        minutes = row.length_m / float(row.maxspeed or 20)
        graph.add_edge(row.u, row.v, minutes=minutes)
        if not row.oneway:
            graph.add_edge(row.v, row.u, minutes=minutes)
    assert set(graph) <= set(raw)
    assert {node for node in raw if len(set(raw.successors(node)) | set(raw.predecessors(node))) != 2} <= set(graph)
    expected = dict(nx.all_pairs_dijkstra_path_length(raw, weight="minutes"))
    found = dict(nx.all_pairs_dijkstra_path_length(graph, weight="minutes"))
    assert len(graph) > 10
    for a, b in itertools.product(graph, graph):
        # OSMnx measures on a sphere, we on the ellipsoid: up to 0.4 % apart
        assert found[a][b] == pytest.approx(expected[a][b], rel=5e-3, abs=1e-9)


def test_lengths_are_geodesic_wherever_on_earth(tmp_path, bring):
    _, _, edges = bring(write_osm(tmp_path / "a.osm", nodes_on_road(), [MAIN]))
    spots = [place(km) for km in STOPS.values()]
    metres = sum(GEOD.inv(a.x, a.y, b.x, b.y)[2] for a, b in itertools.pairwise(spots))
    assert edges["length_m"].sum() == pytest.approx(metres, abs=0.05)


def test_roads_typed_into_a_table_join_imported_ones_and_the_county_still_checks(tmp_path, bring, tiny):
    """Imported roads say who may use them; typed ones go by class, and the column stays true and false."""
    bring(write_osm(tmp_path / "a.osm", nodes_on_road(), [MAIN]))
    start, end = place(7.0), place(8.0)
    values = {"from_lon": start.x, "from_lat": start.y, "to_lon": end.x, "to_lat": end.y, "highway": "footway"}
    row = SimpleNamespace(entry=SimpleNamespace(parsed=values))
    base, faults = put_roads(read_base(tiny, fresh=False), [row], parse_datum("wgs84"))
    assert not faults
    base.nodes.to_file(tiny / "roads.gpkg", layer="nodes")
    base.edges.to_file(tiny / "roads.gpkg", layer="edges")
    assert not [fault for fault in check_county(tiny) if fault.is_error]
    edges = load_county(tiny).edges
    assert edges[["walk", "ride", "car"]].to_numpy().tolist() == [[True, True, True], [True, False, False]]
