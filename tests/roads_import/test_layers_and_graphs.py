"""Roads from a GIS officer: GeoPackage and Shapefile with a class column, GraphML from OSMnx."""

import geopandas as gpd
import osmnx
import pytest
import shapely
from osm_files import MAIN, nodes_on_road, write_osm
from tiny_county import place

from anyi_geo.county.coordinates import wgs84_to_gcj02
from anyi_geo.errors import InputError, SettingError


def line(*kilometres, north_m=0.0):
    return shapely.LineString([place(km, north_m) for km in kilometres])


def layer(rows, crs=4326):
    """Return a layer from (geometry, cells)."""
    return gpd.GeoDataFrame([cells for _, cells in rows], geometry=[shape for shape, _ in rows], crs=crs)


def codes(caught):
    return [fault.code for fault in caught.value.faults]


CHINESE = [
    (line(0, 1, 2), {"等级": "县道", "名称": "甲线", "限速": 40}),
    (line(2, 6), {"等级": "村道", "名称": "乙线", "限速": 0}),
    (line(6, 7), {"等级": "机耕路", "名称": "", "限速": 0}),
]


@pytest.mark.parametrize("ending", ["gpkg", "shp"])
def test_chinese_classes_are_known(tmp_path, bring, ending):
    path = tmp_path / f"道路.{ending}"
    layer(CHINESE).to_file(path, encoding="UTF-8")
    _, _, edges = bring(path)
    assert edges["highway"].tolist() == ["tertiary", "residential", "track"]
    assert edges["maxspeed"].fillna("").tolist() == ["40", "", ""]
    assert edges["name"].fillna("").tolist() == ["甲线", "乙线", ""]
    assert set(edges["source"]) == {"county"}
    assert edges["length_m"].round(-2).tolist() == [2000, 4000, 1000]


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
def test_a_shapefile_without_its_cpg_is_read_in_the_right_letters(tmp_path, bring, encoding):
    path = tmp_path / "a.shp"
    layer(CHINESE).to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink()
    assert bring(path)[2]["name"].fillna("").tolist() == ["甲线", "乙线", ""]


def test_the_class_column_may_be_named_and_an_unknown_one_lists_the_columns(tmp_path, bring):
    path = tmp_path / "a.gpkg"
    layer([(line(0, 7), {"kind": "residential", "owner": "县"})]).to_file(path)
    assert bring(path, class_column="kind")[2]["highway"].tolist() == ["residential"]
    for wanted in ("klass", None):
        with pytest.raises(InputError) as caught:
            bring(path, class_column=wanted)
        assert codes(caught) == ["E_MISSING_COLUMN"]
        assert "kind、owner" in caught.value.message.zh


def test_own_classes_are_mapped_and_unknown_ones_told(tmp_path, bring):
    path = tmp_path / "a.gpkg"
    rows = [(line(0, 2), {"class": "组道"}), (line(2, 6), {"class": "村道"}), (line(6, 7), {"class": "水渠"})]
    layer(rows).to_file(path)
    report, _, edges = bring(path, class_map={"组道": "track"})
    assert edges["highway"].tolist() == ["track", "residential"]
    note = report.notes[0]
    assert "水渠 1" in note.zh
    assert "组道 1" not in note.zh
    with pytest.raises(SettingError, match="street"):
        bring(path, class_map={"组道": "street"})


def test_one_way_columns_of_geofabrik_and_of_others(tmp_path, bring):
    path = tmp_path / "gis_osm_roads_free_1.shp"
    ways = [(line(0, 2), "F"), (line(0, 1, 2), "T"), (line(2, 7), "B"), (line(-1, 0), "B")]
    rows = [(shape, {"osm_id": str(k), "fclass": "residential", "oneway": way}) for k, (shape, way) in enumerate(ways)]
    layer(rows).to_file(path)
    _, nodes, edges = bring(path)
    assert edges["oneway"].tolist() == [True, True, False, False]
    x = nodes.set_index("osmid")["x"]
    assert x[edges["u"][0]] < x[edges["v"][0]]
    assert x[edges["u"][1]] > x[edges["v"][1]]
    assert set(edges["source"]) == {"osm"}
    other = tmp_path / "b.gpkg"
    layer([(line(0, 2), {"class": "村道", "单行": "是"}), (line(2, 0), {"class": "县道", "单行": "是"})]).to_file(other)
    assert bring(other)[2]["oneway"].tolist() == [True, True]


def test_tags_that_gdal_packs_into_one_column_are_read(tmp_path, bring):
    path = tmp_path / "a.gpkg"
    packed = '"motor_vehicle"=>"no","motorcar"=>"yes","maxspeed"=>"30"'
    rows = [
        (line(0, 2), {"osm_id": "1", "highway": "track", "other_tags": packed}),
        (line(2, 7), {"osm_id": "2", "highway": "track", "other_tags": '"motor_vehicle"=>"no"'}),
    ]
    layer(rows).to_file(path)
    _, _, edges = bring(path)
    assert edges["car"].tolist() == [True, False]
    assert edges["maxspeed"].fillna("").tolist() == ["30", ""]


@pytest.mark.parametrize("crs", [4548, 4547, 4490])
def test_projected_layers_come_to_the_same_place(tmp_path, bring, crs):
    path = tmp_path / "a.gpkg"
    layer(CHINESE).to_crs(crs).to_file(path)
    _, nodes, edges = bring(path)
    assert nodes.geometry.iloc[0].distance(place(0.0)) < 1e-6
    assert edges["length_m"].sum() == pytest.approx(7000, rel=1e-3)


def test_gaode_lines_are_shifted_only_when_the_planner_says_so(tmp_path, bring):
    path = tmp_path / "a.gpkg"
    shifted = shapely.transform(line(0, 7), lambda c: shapely.get_coordinates(shapely.points(*wgs84_to_gcj02(*c.T))))
    layer([(shifted, {"class": "村道"})]).to_file(path)
    assert bring(path, crs="gcj02")[1].geometry.iloc[0].distance(place(0.0)) < 1e-6
    assert bring(path)[1].geometry.iloc[0].distance(place(0.0)) > 4e-3


def test_a_layer_that_declares_no_coordinates_is_refused_until_they_are_named(tmp_path, bring):
    path = tmp_path / "a.shp"
    layer(CHINESE).to_file(path, encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError) as caught:
        bring(path)
    assert codes(caught) == ["E_BAD_CRS"]
    assert len(bring(path, crs="wgs84")[2]) == 3
    with pytest.raises(SettingError, match="nonsense"):
        bring(path, crs="nonsense")


def test_of_several_line_layers_one_must_be_named(tmp_path, bring):
    path = tmp_path / "a.gpkg"
    layer(CHINESE).to_file(path, layer="道路")
    layer([(line(0, 7, north_m=300), {"class": "河"})]).to_file(path, layer="河流")
    with pytest.raises(SettingError, match="道路、河流"):
        bring(path)
    assert len(bring(path, layer="道路")[2]) == 3
    with pytest.raises(SettingError, match="没有图层 铁路"):
        bring(path, layer="铁路")


def test_a_layer_of_another_region_or_without_lines_is_refused(tmp_path, bring):
    far, spots = tmp_path / "a.gpkg", tmp_path / "b.gpkg"
    layer([(shapely.LineString([(9.5, 47.1), (9.6, 47.2)]), {"highway": "track"})]).to_file(far)
    layer([(place(0), {"highway": "track"})]).to_file(spots)
    for path, code in ((far, "E_NO_OVERLAP"), (spots, "E_UNREADABLE")):
        with pytest.raises(InputError) as caught:
            bring(path)
        assert codes(caught) == [code]


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".dbf"])
def test_a_layer_cut_off_in_the_middle_is_unreadable(tmp_path, bring, ending):
    path = tmp_path / ("a.gpkg" if ending == ".gpkg" else "a.shp")
    layer(CHINESE * 200).to_file(path, encoding="UTF-8")
    torn = path.with_suffix(ending)
    torn.write_bytes(torn.read_bytes()[: torn.stat().st_size // 2])
    with pytest.raises(InputError) as caught:
        bring(path)
    assert codes(caught) == ["E_UNREADABLE"]


@pytest.mark.parametrize(("gap_m", "joined"), [(0.0, True), (0.5, True), (3.0, False)])
def test_a_road_that_ends_on_another_meets_it_and_one_with_a_gap_does_not(tmp_path, bring, gap_m, joined):
    path = tmp_path / "a.gpkg"
    side = shapely.LineString([place(3.0, 800.0), place(3.0, gap_m)])
    layer([(line(0, 7), {"class": "县道"}), (side, {"class": "村道"})]).to_file(path)
    report, _, edges = bring(path)
    assert (len(edges), report.parts.empty) == ((3, True) if joined else (1, False))
    assert edges["length_m"].sum() == pytest.approx(7800 if joined else 7000, rel=1e-3)


def test_lines_that_end_near_each_other_meet_and_lines_that_cross_do_not(tmp_path, bring):
    path = tmp_path / "a.gpkg"
    over = shapely.LineString([place(3.0, 800.0), place(3.0, -800.0)])
    rows = [(line(0, 2), "县道"), (line(2.0005, 7), "县道"), (over, "国道")]
    layer([(shape, {"class": name}) for shape, name in rows]).to_file(path)
    report, _, edges = bring(path)
    assert set(edges["highway"]) == {"tertiary"}
    assert edges["length_m"].sum() == pytest.approx(7000, rel=1e-3)
    assert report.parts["km"].tolist() == [pytest.approx(1.6, rel=1e-2)]


def test_options_of_layers_are_refused_for_extracts(tmp_path, bring):
    with pytest.raises(SettingError, match="--class-column"):
        bring(write_osm(tmp_path / "a.osm", nodes_on_road(), [MAIN]), class_column="highway")


@pytest.fixture
def extract(tmp_path):
    """Return an extract with a roundabout, a one-way road drawn backwards and a posted speed."""
    ring = {21: place(2.9), 22: place(3.0, -100.0), 23: place(3.1), 24: place(3.0, 100.0), 9: place(5.0, 900.0)}
    ways = [
        ("w", [1, 2, 3, 21], {"highway": "residential", "maxspeed": "15"}),
        ("o", [21, 22, 23, 24, 21], {"highway": "tertiary", "junction": "roundabout"}),
        ("e", [23, 4, 5], {"highway": "residential"}),
        ("b", [4, 9, 23], {"highway": "track", "oneway": "-1"}),
    ]
    return write_osm(tmp_path / "a.osm", nodes_on_road() | ring, ways)


@pytest.mark.parametrize("simplify", [False, True])
def test_graphml_of_osmnx_gives_the_roads_of_its_extract(tmp_path, bring, extract, simplify):
    """OSMnx stores every street once per direction, and writes lists as text."""
    path = tmp_path / "a.graphml"
    osmnx.save_graphml(osmnx.graph_from_xml(extract, simplify=simplify, retain_all=True), path)
    _, _, expected = bring(extract)
    _, nodes, edges = bring(path)
    columns = ["highway", "oneway", "maxspeed", "walk", "ride", "car"]
    assert edges.groupby("oneway")["length_m"].sum().tolist() == pytest.approx(
        expected.groupby("oneway")["length_m"].sum().tolist(), abs=0.1
    )
    assert set(edges[columns].fillna("").itertuples(index=False)) == set(
        expected[columns].fillna("").itertuples(index=False)
    )
    assert nodes["osmid"].isin([1, 5, 21, 23, 4, 3, 2, 9, 22, 24]).sum() >= 4


def test_a_projected_graph_comes_to_the_same_place(tmp_path, bring, extract):
    path = tmp_path / "a.graphml"
    graph = osmnx.graph_from_xml(extract, simplify=False, retain_all=True)
    osmnx.save_graphml(osmnx.project_graph(graph, to_crs="EPSG:4548"), path)
    _, nodes, _ = bring(path)
    assert nodes.set_index("osmid").geometry[1].distance(place(0.0)) < 1e-6


def test_a_graph_whose_nodes_have_no_place_is_unreadable(tmp_path, bring):
    path = tmp_path / "a.graphml"
    path.write_text(
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">'
        '<node id="1"/><node id="2"/><edge source="1" target="2"/></graph></graphml>',
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="x、y"):
        bring(path)


def test_the_file_we_write_can_be_imported_again(tmp_path, bring, extract, tiny):
    _, _, first = bring(extract)
    (tiny / "roads.gpkg").rename(tmp_path / "own.gpkg")
    _, _, again = bring(tmp_path / "own.gpkg")
    assert again["length_m"].sum() == pytest.approx(first["length_m"].sum(), abs=0.05)
    assert set(again["source"]) == {"osm"}


@pytest.mark.parametrize("ending", [".dbf", ".shx"])
def test_a_shapefile_without_one_of_its_parts_names_it(tmp_path, bring, ending):
    path = tmp_path / "a.shp"
    layer(CHINESE).to_file(path, encoding="UTF-8")
    path.with_suffix(ending).unlink()
    with pytest.raises(InputError) as caught:
        bring(path)
    assert codes(caught) == ["E_MISSING_FILE"]
    assert f"a{ending}" in caught.value.message.zh
