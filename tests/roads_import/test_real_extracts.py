"""Two real extracts of other regions, from download to a county that checks and runs; they are not shipped.

Set ANYI_GEO_OSM to the folder that holds ``liechtenstein-2015.osm.pbf`` and ``north-bayreuth-2014.osm.gz``.
"""

import os
import shutil
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely
from osm_files import silent
from tiny_county import collection, site_row, village_row, write_json

from anyi_geo.bring_roads import apply_places, import_roads, offer_places, write_matches
from anyi_geo.bring_roads.area import planning_area
from anyi_geo.bring_roads.classes import road_rules
from anyi_geo.bring_roads.read_osm import read_ways
from anyi_geo.bring_roads.segments import main_parts, segments_of
from anyi_geo.county import load_county, packaged_data, road_network, travel_minutes

FOLDER = os.environ.get("ANYI_GEO_OSM", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="ANYI_GEO_OSM names no folder with real extracts")
EXTRACTS = ["liechtenstein-2015.osm.pbf", "north-bayreuth-2014.osm.gz"]


def extract(name):
    path = Path(FOLDER) / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return path


def county_of(path, folder):
    """Write a county round the villages of an extract, every village 500 m beside its place."""
    found = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(osmium.filter.KeyFilter("place"))
    places = [
        (node.tags["name"], node.location.lon, node.location.lat)
        for node in found
        if node.tags["place"] == "village" and "name" in node.tags
    ]
    area = shapely.convex_hull(shapely.multipoints([place[1:] for place in places])).buffer(0.01)
    write_json(folder / "boundaries/county.geojson", collection([({"code": "990000", "name": "外县"}, area)]))
    own = {"code": "990000001", "name": "西乡", "aliases": "", "status": "county"}
    write_json(folder / "boundaries/townships.geojson", collection([(own, area)]))
    villages = []
    for number, (name, lon, lat) in enumerate(places):
        cells = {"village_id": f"9900000{number:05d}", "name": f"{name}村", "position_status": "modelled"}
        villages.append(({**village_row("A"), **cells, "position_error_m": 2000.0}, shapely.Point(lon, lat - 0.0045)))
    write_json(folder / "villages.geojson", collection(villages))
    site = {**site_row("S", "A"), "village_id": villages[0][0]["village_id"]}
    write_json(folder / "sites.geojson", collection([(site, villages[0][1])]))
    shutil.copy(packaged_data() / "parameters.csv", folder / "parameters.csv")
    shutil.copytree(packaged_data() / "scenarios", folder / "scenarios")
    return len(places)


@pytest.mark.parametrize("name", EXTRACTS)
def test_from_download_to_villages_placed_on_connected_roads(tmp_path, name):
    path = extract(name)
    count = county_of(path, tmp_path)
    report = import_roads(path, tmp_path, margin_km=3.0, say=silent)
    offered = offer_places(path, tmp_path, township_margin_km=2.0)
    assert set(offered["state"]) == {"one"}
    write_matches(offered.assign(confirm="是"), tmp_path / "matches.csv")
    assert len(apply_places(tmp_path / "matches.csv", tmp_path, error_m=None).villages) == count
    county = load_county(tmp_path)
    assert {fault.code for fault in county.warnings} <= {"W_FAR_FROM_ROAD"}
    network = road_network(county.nodes, county.edges, county.parameters, "ride")
    minutes = travel_minutes(network, county.villages.geometry, county.villages.geometry).to_numpy()
    assert np.isfinite(minutes).all(), "every village reaches every other on wheels"
    assert set(county.edges["source"]) == {"osm"}
    assert report.km.loc["ride", "share"] > 0.9


def test_the_specific_access_key_keeps_the_south_of_liechtenstein(tmp_path):
    """Way 239794985 is motor_vehicle=no and motorcar=yes; dropping it cuts off Balzers (84 % connected)."""
    path = extract(EXTRACTS[0])
    county_of(path, tmp_path)
    area = planning_area(tmp_path, 30.0)
    ways = read_ways(path, area.cut.bounds, silent)

    def connected(tags):
        drive = tags.assign(highway=tags["highway"].where(~tags["highway"].isin(["track", "service"]), "none"))
        rules = road_rules(drive)
        segments = segments_of(ways, rules.table, rules.backward, area)
        within = main_parts(segments)[0]["car"].to_numpy()
        return segments.length_m[within].sum() / segments.length_m[segments.open_to["car"].to_numpy()].sum()

    assert connected(ways.tags) > 0.99
    plain = ways.tags.assign(motorcar="")
    assert connected(plain) < 0.9
