"""Download: a server of our own on this machine, a closed door, a wrong answer; never the internet."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import geopandas as gpd
import osmnx
import pytest
from osm_files import nodes_on_road, silent

from anyi_geo.bring_roads import offer_places
from anyi_geo.bring_roads.fetch import fetch_roads
from anyi_geo.errors import AnyiError, InputError, SettingError


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def closed_port():
    """Return the address of a door that nobody opens."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        number = door.getsockname()[1]
    return f"http://127.0.0.1:{number}"


def overpass_answer():
    nodes = [{"type": "node", "id": k, "lat": spot.y, "lon": spot.x} for k, spot in nodes_on_road().items()]
    ways = [
        {"type": "way", "id": 1, "nodes": [1, 2, 3, 4], "tags": {"highway": "residential", "name": "主路"}},
        {
            "type": "way",
            "id": 2,
            "nodes": [4, 5],
            "tags": {"highway": "track", "motor_vehicle": "no", "motorcar": "yes"},
        },
    ]
    return {"version": 0.6, "elements": nodes + ways}


@pytest.fixture
def server():
    """Run an Overpass server that gives one answer; yields (address, list of what was asked, how to change it)."""
    asked, answer = [], {"status": 200, "body": json.dumps(overpass_answer())}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(answer["status"])
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(answer["body"].encode())

        def log_message(self, *_):
            pass

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}", asked, answer
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def fetch(folder, tmp_path, overpass, proxy=None, places=None):
    return fetch_roads(
        folder, margin_km=3.0, overpass=overpass, proxy=proxy, cache=tmp_path / "cache", places=places, say=silent
    )


@pytest.mark.parametrize("ending", ["/api", "/api/", "/api/interpreter"])
def test_roads_come_from_the_mirror_and_follow_our_rules_of_access(tiny, tmp_path, server, ending):
    address, asked, _ = server
    report = fetch(tiny, tmp_path, address + ending)
    edges = gpd.read_file(tiny / "roads.gpkg", layer="edges")
    assert {path for path, _ in asked} == {"/api/interpreter"}
    assert edges[["highway", "ride"]].to_numpy().tolist() == [["residential", True], ["track", True]]
    assert edges["length_m"].sum() == pytest.approx(7000, rel=1e-3)
    assert report.source == "osm"


def test_an_answer_received_before_is_used_without_the_internet(tiny, tmp_path, server):
    address, asked, _ = server
    fetch(tiny, tmp_path, f"{address}/api")
    count = len(asked)
    fetch(tiny, tmp_path, f"{address}/api")
    assert len(asked) == count


def test_the_proxy_is_asked_instead_of_the_server(tiny, tmp_path, server):
    address, asked, _ = server
    fetch(tiny, tmp_path, "http://overpass.invalid/api", proxy=address)
    assert asked[0][0] == "http://overpass.invalid/api/interpreter"


def test_settlements_are_downloaded_too_when_wanted(tiny, tmp_path, server):
    address, _, answer = server
    spot = nodes_on_road()[3]
    tags = {"place": "hamlet", "name": "C村"}
    place = {"type": "node", "id": 901, "lat": spot.y, "lon": spot.x, "tags": tags}
    answer["body"] = json.dumps({"elements": [*overpass_answer()["elements"], place]})
    path = tmp_path / "places.osm"
    fetch(tiny, tmp_path, f"{address}/api", places=path)
    offered = offer_places(path, tiny, township_margin_km=1.0)
    assert offered.loc[offered["state"] != "none", ["village", "place_id"]].to_numpy().tolist() == [["C村", "node/901"]]
    with pytest.raises(SettingError, match="places"):
        fetch(tiny, tmp_path, f"{address}/api", places=tmp_path / "places.csv")


def test_without_a_way_to_the_server_the_planner_is_told_what_to_do(tiny, tmp_path, closed_port):
    before = (tiny / "roads.gpkg").read_bytes()
    with pytest.raises(AnyiError) as caught:
        fetch(tiny, tmp_path, f"{closed_port}/api")
    for word in ("连不上", "--overpass", "--proxy", "roads import"):
        assert word in caught.value.message.zh
    assert "Traceback" not in caught.value.message.zh
    assert (tiny / "roads.gpkg").read_bytes() == before


def test_a_proxy_that_is_closed_is_told_likewise(tiny, tmp_path, closed_port, server):
    with pytest.raises(AnyiError, match="连不上"):
        fetch(tiny, tmp_path, f"{server[0]}/api", proxy=closed_port)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, "<html>please log in</html>", AnyiError),
        (403, "forbidden", AnyiError),
        (200, '{"elements": []}', AnyiError),
    ],
)
def test_an_answer_of_no_use_is_said_to_be_one(tiny, tmp_path, server, status, body, error):
    address, _, answer = server
    answer.update(status=status, body=body)
    before = (tiny / "roads.gpkg").read_bytes()
    with pytest.raises(error, match="roads import"):
        fetch(tiny, tmp_path, f"{address}/api")
    assert (tiny / "roads.gpkg").read_bytes() == before


@pytest.mark.parametrize("address", ["overpass-api.de", "ftp://host/api", "http://", "http://host:port/api", ""])
def test_addresses_that_are_none_are_refused(tiny, tmp_path, address):
    with pytest.raises(SettingError, match="--proxy"):
        fetch(tiny, tmp_path, None, proxy=address or " ")


def test_osmnx_is_left_as_it_was(tiny, tmp_path, closed_port):
    before = {name: getattr(osmnx.settings, name) for name in ("overpass_url", "cache_folder", "useful_tags_way")}
    resolver = socket.getaddrinfo
    with pytest.raises(AnyiError):
        fetch(tiny, tmp_path, f"{closed_port}/api")
    assert {name: getattr(osmnx.settings, name) for name in before} == before
    assert socket.getaddrinfo is resolver


def test_a_cache_that_cannot_be_made_is_refused(tiny, tmp_path):
    (tmp_path / "cache").write_text("a file stands here")
    with pytest.raises(SettingError, match="--cache"):
        fetch(tiny, tmp_path, "http://127.0.0.1:9/api")


def test_a_folder_without_outline_is_refused_before_anything_is_asked(tmp_path, server):
    with pytest.raises(InputError):
        fetch(tmp_path, tmp_path, f"{server[0]}/api")
    assert server[1] == []
