"""A county small enough to check by hand, written as a folder.

::

    km   0        1        2                          6        7        (one straight road)
         A--------B--------C--------------------------D--------E
    60+  100      50       80                         40       30       = 300
    6-15 20       10       0                          40       5        = 75
    site SA(b1)            SC(b2)                     SD

Every village is rural and is its own demand point (there is no hamlets file). The road is `residential`, 20 km/h, so a
kilometre takes an e-tricycle 3 minutes and a walker at 0.8 m/s 20.83 minutes.
"""

from __future__ import annotations

import json
import shutil

import geopandas as gpd
import numpy as np
import shapely

from anyi_geo.county import packaged_data
from anyi_geo.county.coordinates import DEGREES, to_degrees
from anyi_geo.schema import AGE_SEX_COLUMNS, CARE_LEVELS, CONSENTS

VILLAGES = {"A": 0.0, "B": 1.0, "C": 2.0, "D": 6.0, "E": 7.0}
ELDERS = {"A": 100, "B": 50, "C": 80, "D": 40, "E": 30}
CHILDREN = {"A": 20, "B": 10, "C": 0, "D": 40, "E": 5}
TOWNSHIP = {"A": "西乡", "B": "西乡", "C": "西乡", "D": "东乡", "E": "东乡"}
#: The west end of the road, metres in EPSG:4548.
ORIGIN = (357000.0, 3190000.0)


def place(km, north_m=0.0):
    """Return a point `km` along the road, in degrees."""
    return to_degrees(np.array([shapely.Point(ORIGIN[0] + km * 1000.0, ORIGIN[1] + north_m)]))[0]


def code(name):
    """Return the 12-digit code of a village."""
    return f"99000000000{'ABCDE'.index(name) + 1}"


def collection(rows):
    """Return a GeoJSON feature collection from (properties, geometry)."""
    features = [
        {"type": "Feature", "properties": cells, "geometry": None if shape is None else shapely.geometry.mapping(shape)}
        for cells, shape in rows
    ]
    return {"type": "FeatureCollection", "features": features}


def village_row(name):
    """Return the cells of a village; persons at least twice the elders."""
    elders, children = ELDERS[name], CHILDREN[name]
    total = 2 * elders + children + 10
    return {
        "village_id": code(name),
        "name": f"{name}村",
        "township": TOWNSHIP[name],
        "rural": True,
        "persons_total": total,
        "persons_60plus": elders,
        "persons_65plus": elders // 2,
        "persons_80plus": elders // 10,
        "persons_0_14": children,
        "persons_town": 0,
        "persons_rural": total,
        "children_school": children,
        "left_behind": 0,
        "tekun_self": 0,
        "tekun_partial": 0,
        "tekun_full": 0,
        **dict.fromkeys(AGE_SEX_COLUMNS, 0),
        "position_status": "county",
        "position_error_m": 10.0,
        "persons_status": "county",
    }


def site_row(site, village, kind="xingfuyuan_candidate", **more):
    """Return the cells of a site."""
    return {
        "site_id": site,
        "building_id": more.pop("building_id", f"B{site}"),
        "kind": kind,
        "name": f"{village}村{site}",
        "village_id": code(village),
        "township": TOWNSHIP[village],
        "resource_type": "school",
        "opening_yuan": 300000.0,
        "canteen_m2": 100.0,
        "attributes_status": "county",
        "position_status": "county",
        "position_error_m": 10.0,
        **more,
    }


def residents(yes=0, no=0, not_asked=0):
    """Return resident columns, all of them self-care."""
    cells = {f"residents_{level}_{consent}": 0 for level in CARE_LEVELS for consent in CONSENTS}
    return cells | {"residents_self_yes": yes, "residents_self_no": no, "residents_self_not_asked": not_asked}


def site_rows():
    """Return the sites with the kilometre at which they stand."""
    return [
        (site_row("SA", "A", official_batch=1), 0.0),
        (site_row("SC", "C", official_batch=2), 2.0),
        (site_row("SD", "D"), 6.0),
        (site_row("H1", "A", "jinglaoyuan", resource_type="jinglaoyuan", beds=20, **residents(yes=8)), 0.0),
        (site_row("H2", "D", "jinglaoyuan", resource_type="jinglaoyuan", beds=20, **residents(yes=6)), 6.0),
        (
            site_row("Z1", "C", "county_centre_candidate", resource_type="welfare_institute", beds=30,
                     expansion_beds=20, **residents(yes=4)),
            2.0,
        ),
        (site_row("YB", "B", "yiyang_home", resource_type="yiyang_home", canteen_m2=60.0), 1.0),
    ]  # fmt: skip


def write_json(path, value):
    """Write JSON as the tests read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def write_roads(path, stops=(0.0, 1.0, 2.0, 6.0, 7.0), *, cut=()):
    """Write the straight road; pieces named in `cut` (their number from 0) are left out."""
    nodes = gpd.GeoDataFrame(
        {"osmid": range(1, len(stops) + 1), "x": 0.0, "y": 0.0, "street_count": 2},
        geometry=[place(km) for km in stops],
        crs=DEGREES,
    )
    pairs = [(k, k + 1) for k in range(len(stops) - 1) if k not in cut]
    edges = gpd.GeoDataFrame(
        {
            "u": [a + 1 for a, _ in pairs],
            "v": [b + 1 for _, b in pairs],
            "key": 0,
            "length_m": [1000.0 * (stops[b] - stops[a]) for a, b in pairs],
            "highway": "residential",
            "oneway": False,
            "maxspeed": "",
            "source": "county",
        },
        geometry=[shapely.LineString([place(stops[a]), place(stops[b])]) for a, b in pairs],
        crs=DEGREES,
    )
    path.unlink(missing_ok=True)
    nodes.to_file(path, layer="nodes", driver="GPKG")
    edges.to_file(path, layer="edges", driver="GPKG")


def write_tiny_county(folder, *, cut=()):
    """Write the county into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    area = shapely.box(ORIGIN[0] - 2000, ORIGIN[1] - 3000, ORIGIN[0] + 9000, ORIGIN[1] + 3000)
    outline = to_degrees(np.array([area]))[0]
    halves = [
        shapely.box(ORIGIN[0] - 2000, ORIGIN[1] - 3000, ORIGIN[0] + 4000, ORIGIN[1] + 3000),
        shapely.box(ORIGIN[0] + 4000, ORIGIN[1] - 3000, ORIGIN[0] + 9000, ORIGIN[1] + 3000),
    ]
    west, east = to_degrees(np.array(halves))
    write_json(folder / "boundaries/county.geojson", collection([({"code": "990000", "name": "小县"}, outline)]))
    townships = [
        ({"code": "990000001", "name": "西乡", "aliases": "西乡镇", "status": "county"}, west),
        ({"code": "990000002", "name": "东乡", "aliases": "", "status": "county"}, east),
    ]
    write_json(folder / "boundaries/townships.geojson", collection(townships))
    write_json(folder / "villages.geojson", collection([(village_row(k), place(km)) for k, km in VILLAGES.items()]))
    write_json(folder / "sites.geojson", collection([(cells, place(km)) for cells, km in site_rows()]))
    write_roads(folder / "roads.gpkg", cut=cut)
    shutil.copy(packaged_data() / "parameters.csv", folder / "parameters.csv")
    shutil.copytree(packaged_data() / "scenarios", folder / "scenarios", dirs_exist_ok=True)
    return folder


def edit_json(path, change):
    """Read a JSON file, let `change` alter it in place, write it back."""
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    write_json(path, value)
