"""Each planted fault is named once, with its row and value; a sound folder has none."""

import json
import shutil

import pytest
from tiny_county import edit_json, place, write_roads

from anyi_geo.county import check_county, load_county, packaged_data
from anyi_geo.county.coordinates import wgs84_to_gcj02
from anyi_geo.errors import InputError


def codes(folder):
    return [(fault.code, fault.file, fault.row, fault.column) for fault in check_county(folder)]


def cell(folder, file, row, column, value):
    edit_json(folder / file, lambda found: found["features"][row - 1]["properties"].update({column: value}))


def shape(folder, file, row, geometry):
    edit_json(folder / file, lambda found: found["features"][row - 1].update({"geometry": geometry}))


def test_a_sound_folder_has_no_fault_and_loads(tiny):
    assert check_county(tiny) == ()
    county = load_county(tiny)
    assert county.points["persons_60plus"].sum() == 300
    assert list(county.points.index) == list(county.villages.index)


@pytest.mark.parametrize(
    ("file", "row", "column", "value", "code"),
    [
        ("villages.geojson", 4, "persons_60plus", -12, "E_NEG_POP"),
        ("villages.geojson", 2, "persons_60plus", 300, "E_ELDER_GT_TOTAL"),
        ("villages.geojson", 2, "persons_total", "很多", "E_BAD_TYPE"),
        ("villages.geojson", 2, "persons_total", 12.5, "E_BAD_TYPE"),
        ("villages.geojson", 2, "persons_total", None, "E_BAD_TYPE"),
        ("villages.geojson", 3, "township", "南乡", "E_UNKNOWN_REF"),
        ("villages.geojson", 3, "rural", "maybe", "E_BAD_TYPE"),
        ("villages.geojson", 3, "position_status", "guessed", "E_BAD_TYPE"),
        ("sites.geojson", 1, "village_id", "123", "E_UNKNOWN_REF"),
        ("sites.geojson", 1, "kind", "hotel", "E_BAD_TYPE"),
        ("sites.geojson", 1, "opening_yuan", -5, "E_BAD_TYPE"),
        ("sites.geojson", 4, "residents_self_yes", -1, "E_NEG_POP"),
    ],
)
def test_a_wrong_cell_is_one_fault(tiny, file, row, column, value, code):
    cell(tiny, file, row, column, value)
    faults = check_county(tiny)
    assert [(f.code, f.file, f.row, f.column, f.value) for f in faults] == [(code, file, row, column, value)]
    assert column in faults[0].message.zh or str(value) in faults[0].message.zh
    with pytest.raises(InputError):
        load_county(tiny)


@pytest.mark.parametrize(
    ("file", "row", "column", "value"),
    [
        ("villages.geojson", 2, "persons_60plus", 0),
        ("villages.geojson", 2, "persons_total", 50),
        ("villages.geojson", 3, "township", "西乡镇"),
        ("sites.geojson", 1, "opening_yuan", 0),
        ("sites.geojson", 1, "opening_yuan", None),
        ("sites.geojson", 1, "floors", None),
    ],
)
def test_the_value_beside_it_is_still_allowed(tiny, file, row, column, value):
    if column == "persons_60plus":
        cell(tiny, file, row, "persons_65plus", 0)
        cell(tiny, file, row, "persons_80plus", 0)
    cell(tiny, file, row, column, value)
    assert check_county(tiny) == ()


def test_duplicates_name_both_rows_and_nothing_else(tiny):
    cell(tiny, "villages.geojson", 3, "village_id", "990000000002")
    assert codes(tiny) == [("E_DUP_CODE", "villages.geojson", row, "village_id") for row in (2, 3)]


def test_no_coordinates(tiny):
    shape(tiny, "villages.geojson", 5, None)
    assert codes(tiny) == [("E_NO_COORD", "villages.geojson", 5, "geometry")]


def test_exchanged_coordinates_are_not_called_outside(tiny):
    spot = place(7.0)
    shape(tiny, "villages.geojson", 5, {"type": "Point", "coordinates": [spot.y, spot.x]})
    faults = check_county(tiny)
    assert [fault.code for fault in faults] == ["E_SWAPPED_LATLON"]
    assert "经纬度可能颠倒" in faults[0].message.zh


def test_a_point_far_away_says_how_far(tiny):
    spot = place(0.0)
    shape(tiny, "villages.geojson", 1, {"type": "Point", "coordinates": [spot.x - 10.0, spot.y]})
    faults = check_county(tiny)
    assert [fault.code for fault in faults] == ["E_OUT_OF_COUNTY"]
    assert "97" in faults[0].message.zh
    assert "公里" in faults[0].message.zh


@pytest.mark.parametrize("name", ["villages.geojson", "roads.gpkg", "parameters.csv", "scenarios/base.toml"])
def test_a_missing_file(tiny, name):
    (tiny / name).unlink()
    assert [(fault.code, fault.file) for fault in check_county(tiny)] == [("E_MISSING_FILE", name)]


@pytest.mark.parametrize("name", ["villages.geojson", "sites.geojson", "roads.gpkg", "boundaries/county.geojson"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.98])
def test_a_file_cut_off_in_the_middle(tiny, name, share):
    path = tiny / name
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert [(fault.code, fault.file) for fault in check_county(tiny)] == [("E_UNREADABLE", name)]


@pytest.mark.parametrize("characters", [22, 60])
def test_a_csv_cut_inside_a_row(tiny, characters):
    """In the middle of the numbers, and inside the quoted source."""
    path = tiny / "parameters.csv"
    text = path.read_text(encoding="utf-8")
    end = text.index("speed_kmh_primary")
    path.write_text(text[: end + characters], encoding="utf-8")
    assert [fault.code for fault in check_county(tiny)] == ["E_UNREADABLE"]


def test_a_base_scenario_cut_at_a_line(tiny):
    path = tiny / "scenarios" / "base.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("[solver]")], encoding="utf-8")
    assert [(f.code, f.file, f.column) for f in check_county(tiny)] == [("E_BAD_TYPE", "scenarios/base.toml", "solver")]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_told_in_plain_json(tiny, value):
    cell(tiny, "villages.geojson", 2, "persons_total", value)
    faults = check_county(tiny)
    assert [fault.code for fault in faults] == ["E_BAD_TYPE"]
    json.dumps(faults[0].record(), allow_nan=False)


def test_what_only_the_map_shows_may_lack_but_not_be_broken(tiny):
    (tiny / "background").mkdir()
    (tiny / "background" / "terrain.json").write_text("{", encoding="utf-8")
    assert [(f.code, f.file) for f in check_county(tiny)] == [("E_UNREADABLE", "background/terrain.json")]


def test_text_that_is_not_utf8(tiny):
    path = tiny / "villages.geojson"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    assert [fault.code for fault in check_county(tiny)] == ["E_UNREADABLE"]


def test_a_missing_column_is_one_fault(tiny):
    def drop(found):
        for feature in found["features"]:
            del feature["properties"]["persons_80plus"]

    edit_json(tiny / "villages.geojson", drop)
    assert codes(tiny) == [("E_MISSING_COLUMN", "villages.geojson", None, "persons_80plus")]


def test_a_missing_parameter(tiny):
    path = tiny / "parameters.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("hot_limit")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [(f.code, f.id) for f in check_county(tiny)] == [("E_MISSING_PARAMETER", "hot_limit_minutes")]


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:EPSG::4548", "EPSG:3857"])
def test_another_projection_is_refused(tiny, crs):
    def declare(found):
        found["crs"] = {"type": "name", "properties": {"name": crs}}

    edit_json(tiny / "sites.geojson", declare)
    assert [(f.code, f.file) for f in check_county(tiny)] == [("E_BAD_CRS", "sites.geojson")]


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490"])
def test_degrees_on_cgcs2000_are_allowed(tiny, crs):
    def declare(found):
        found["crs"] = {"type": "name", "properties": {"name": crs}}

    edit_json(tiny / "sites.geojson", declare)
    assert check_county(tiny) == ()


def test_metres_without_a_declared_projection(tiny):
    def metres(found):
        for number, feature in enumerate(found["features"]):
            feature["geometry"] = {"type": "Point", "coordinates": [357000.0 + number, 3190000.0]}

    edit_json(tiny / "villages.geojson", metres)
    assert [(f.code, f.file) for f in check_county(tiny)] == [("E_BAD_CRS", "villages.geojson")]


def test_all_faults_come_at_once(tiny):
    cell(tiny, "villages.geojson", 4, "persons_60plus", -12)
    cell(tiny, "villages.geojson", 3, "village_id", "990000000002")
    shape(tiny, "villages.geojson", 5, None)
    cell(tiny, "sites.geojson", 2, "township", "南乡")
    assert [fault.code for fault in check_county(tiny)] == [
        "E_DUP_CODE",
        "E_DUP_CODE",
        "E_NEG_POP",
        "E_NO_COORD",
        "E_UNKNOWN_REF",
    ]


def test_a_village_that_no_road_reaches_is_named_and_stays(tiny):
    write_roads(tiny / "roads.gpkg", cut=(2,))
    faults = check_county(tiny)
    found = [(f.file, f.row, f.id, f.value) for f in faults if f.code == "W_UNREACHABLE" and f.file.startswith("v")]
    assert found == [("villages.geojson", 4, "990000000004", 40), ("villages.geojson", 5, "990000000005", 30)]
    assert load_county(tiny).points["persons_60plus"].sum() == 300


def test_a_village_far_from_any_road(tiny):
    spot = place(1.0, north_m=1240.0)
    shape(tiny, "villages.geojson", 2, {"type": "Point", "coordinates": [spot.x, spot.y]})
    faults = check_county(tiny)
    assert [(f.code, f.row, f.value) for f in faults] == [("W_FAR_FROM_ROAD", 2, 1240)]
    assert "1,240 米" in faults[0].message.zh


def test_points_that_look_like_gaode(tiny):
    def shift(found):
        for feature in found["features"]:
            lon, lat = feature["geometry"]["coordinates"]
            x, y = wgs84_to_gcj02(lon, lat)
            feature["geometry"]["coordinates"] = [float(x), float(y)]

    edit_json(tiny / "villages.geojson", shift)
    assert "W_MAYBE_GCJ02" in [fault.code for fault in check_county(tiny)]


def test_modelled_data_are_said_once_per_file(tiny):
    for row in (1, 2):
        cell(tiny, "villages.geojson", row, "position_status", "modelled")
    faults = check_county(tiny)
    assert [(f.code, f.file, f.row) for f in faults] == [("W_MODELLED", "villages.geojson", None)]
    assert "2 / 5" in faults[0].message.zh


def test_the_embedded_county_has_no_error():
    assert {fault.code for fault in check_county(packaged_data())} <= {"W_MODELLED", "W_FAR_FROM_ROAD"}


def test_an_empty_or_absent_folder_is_told_not_raised(tmp_path):
    assert {fault.code for fault in check_county(tmp_path / "nowhere")} == {"E_MISSING_FILE"}


def test_faults_of_a_folder_do_not_depend_on_the_place(tiny, tmp_path):
    cell(tiny, "villages.geojson", 4, "persons_60plus", -12)
    other = shutil.copytree(tiny, tmp_path / "other")
    assert check_county(tiny) == check_county(other)
