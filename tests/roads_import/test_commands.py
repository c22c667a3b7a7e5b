"""The commands as a planner types them: exit codes, one JSON object, sentences."""

import json

import geopandas as gpd
import pytest
from osm_files import MAIN, nodes_on_road, write_osm
from tiny_county import place, write_roads
from typer.testing import CliRunner

from anyi_geo.cli import app
from anyi_geo.county import load_county, packaged_data, road_network
from anyi_geo.county.roads import EXPRESSWAYS, FOOT_ONLY


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def extract(tmp_path):
    """Return a road with a branch that hangs on nothing and two settlements."""
    nodes = nodes_on_road() | {8: place(3.0, 900.0), 9: place(4.0, 900.0)}
    lost = ("lost", [8, 9], {"highway": "track", "name": "[b]断头路[/b]", "maxspeed": "CN:rural"})
    places = [(901, place(0.0, 100.0), {"place": "village", "name": "A村"})]
    return write_osm(tmp_path / "a.osm", nodes, [MAIN, lost], places)


def test_import_says_what_was_kept_and_what_was_not(extract, tiny):
    answer = run("roads", "import", extract, "--data", tiny)
    assert answer.exit_code == 0
    for words in ("7.0", "[b]断头路[/b]", "不相连", "CN:rural", "anyi-geo check --data", "OpenStreetMap"):
        assert words in answer.output


def test_import_as_one_json_object(extract, tiny):
    answer = run("roads", "import", extract, "--data", tiny, "--json")
    found = json.loads(answer.stdout)
    assert (found["status"], found["edges"], found["nodes"]) == ("done", 1, 2)
    assert found["parts"][0]["names"] == ["[b]断头路[/b]"]
    assert found["unread_speeds"] == ["CN:rural"]
    assert {row["mode"]: row["kept_km"] for row in found["km"]} == dict.fromkeys(("walk", "ride", "car"), 7.0)


def test_import_in_english(extract, tiny):
    answer = run("roads", "import", extract, "--data", tiny, "--lang", "en")
    assert "cut off" in answer.output
    assert "不相连" not in answer.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "a.osm"], "anyi-geo new"),
        (["import", "a.osm", "--data", "nowhere"], "没有文件夹 nowhere"),
        (["fetch"], "anyi-geo new"),
        (["places", "a.osm"], "anyi-geo new"),
    ],
)
def test_the_embedded_county_is_never_written_to(arguments, words):
    answer = run("roads", *arguments, "--json")
    assert answer.exit_code == 2
    assert words in json.loads(answer.stdout)["message"]


def test_bad_input_exits_with_2_and_names_the_fault(tmp_path, tiny):
    torn = tmp_path / "a.osm.pbf"
    torn.write_bytes(b"\0\0\0\x0dhalf")
    answer = run("roads", "import", torn, "--data", tiny, "--json")
    assert answer.exit_code == 2
    assert [fault["code"] for fault in json.loads(answer.stdout)["faults"]] == ["E_UNREADABLE"]


@pytest.mark.parametrize("pair", ["组道", "=track", "组道=street"])
def test_a_class_map_that_is_none_is_refused(tmp_path, tiny, pair):
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"class": ["村道"]}, geometry=[place(0).buffer(0.01).boundary], crs=4326).to_file(path)
    assert run("roads", "import", path, "--data", tiny, "--class-map", pair).exit_code == 2
    assert run("roads", "import", path, "--data", tiny, "--class-map", "组道=track").exit_code == 0


def test_fetch_without_the_internet_exits_with_3_and_says_what_to_do(tiny, tmp_path):
    answer = run(
        "roads", "fetch", "--data", tiny, "--overpass", "http://127.0.0.1:9/api", "--cache", tmp_path, "--json"
    )
    assert answer.exit_code == 3
    assert "roads import" in json.loads(answer.stdout)["message"]


def test_places_are_offered_confirmed_and_written(extract, tiny, tmp_path):
    table = tmp_path / "matches.csv"
    answer = run("roads", "places", extract, "--data", tiny, "--out", table)
    assert answer.exit_code == 0
    assert "--apply" in answer.output
    text = table.read_text(encoding="utf-8-sig")
    table.write_text(text.replace("county,10.0,\n", "county,10.0,是\n", 1), encoding="utf-8-sig", newline="")
    answer = run("roads", "places", "--apply", table, "--data", tiny, "--json")
    assert [row["place_id"] for row in json.loads(answer.stdout)["villages"]] == ["node/901"]
    assert run("check", "--data", tiny).exit_code == 0


def test_places_take_either_an_extract_or_a_table(extract, tiny, tmp_path):
    assert run("roads", "places", "--data", tiny).exit_code == 2
    assert run("roads", "places", extract, "--apply", tmp_path / "m.csv", "--data", tiny).exit_code == 2


def test_roads_without_columns_of_users_go_by_class_as_before():
    """The embedded roads have no such columns; a column that is there decides, a blank cell goes by class."""
    county = load_county(packaged_data())
    assert not {"walk", "ride", "car"} & set(county.edges)
    closed = {"walk": EXPRESSWAYS, "ride": EXPRESSWAYS | FOOT_ONLY, "car": FOOT_ONLY}
    for mode in ("walk", "ride", "car"):
        plain = road_network(county.nodes, county.edges, county.parameters, mode)
        assert len(plain.lines) == (~county.edges["highway"].isin(closed[mode])).sum()
        blank = county.edges.assign(**{mode: None})
        assert len(road_network(county.nodes, blank, county.parameters, mode).lines) == len(plain.lines)
        none = county.edges.assign(**{mode: False})
        none.loc[none.index[:5], mode] = True
        assert len(road_network(county.nodes, none, county.parameters, mode).lines) == 5


@pytest.mark.parametrize(("source", "fine"), [("osm", True), ("county", True), ("internet", False)])
def test_roads_may_come_from_openstreetmap(tiny, source, fine):
    write_roads(tiny / "roads.gpkg")
    edges = gpd.read_file(tiny / "roads.gpkg", layer="edges").assign(source=source)
    edges.to_file(tiny / "roads.gpkg", layer="edges")
    assert (run("check", "--data", tiny).exit_code == 0) is fine


def test_the_roads_before_are_named_only_where_there_were_any(extract, tiny):
    (tiny / "roads.gpkg").unlink()
    assert "previous" not in run("roads", "import", extract, "--data", tiny).output
    assert "previous" in run("roads", "import", extract, "--data", tiny).output
