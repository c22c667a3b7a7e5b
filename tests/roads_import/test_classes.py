"""Tags: who may use a road, in which direction, how fast; each closed case beside one that stays open."""

import pytest

from anyi_geo.bring_roads.classes import road_rules, speed_kmh
from anyi_geo.bring_roads.ways import tag_table


def rules(**tags):
    return road_rules(tag_table([{key.replace("__", ":"): value for key, value in tags.items()}], ["1"]))


def users(**tags):
    row = rules(**tags).table.iloc[0]
    return "".join(mode[0] for mode in ("walk", "ride", "car") if row[mode])


@pytest.mark.parametrize(
    ("highway", "open_to"),
    [
        ("motorway", "c"),
        ("motorway_link", "c"),
        ("trunk", "wrc"),
        ("residential", "wrc"),
        ("track", "wrc"),
        ("living_street", "wrc"),
        ("cycleway", "wr"),
        ("footway", "w"),
        ("path", "w"),
        ("steps", "w"),
        ("pedestrian", "w"),
        ("construction", ""),
        ("proposed", ""),
        ("platform", ""),
        ("raceway", ""),
        ("rest_area", ""),
    ],
)
def test_each_class_is_open_to_its_users(highway, open_to):
    assert users(highway=highway) == open_to


@pytest.mark.parametrize(
    ("tags", "open_to"),
    [
        ({"motor_vehicle": "no", "motorcar": "yes"}, "wrc"),
        ({"motor_vehicle": "yes", "motorcar": "no"}, "w"),
        ({"motor_vehicle": "no"}, "w"),
        ({"vehicle": "no", "motor_vehicle": "yes"}, "wrc"),
        ({"vehicle": "no"}, "w"),
        ({"access": "no", "vehicle": "destination"}, "rc"),
        ({"access": "no", "foot": "yes"}, "w"),
        ({"access": "private"}, ""),
        ({"access": "permissive"}, "wrc"),
        ({"access": "destination"}, "wrc"),
        ({"motor_vehicle": "agricultural;forestry"}, "w"),
        ({"motor_vehicle": "agricultural;destination"}, "wrc"),
        ({"foot": "no"}, "rc"),
        ({"motorroad": "yes"}, "c"),
        ({"area": "yes"}, ""),
        ({"area": "no"}, "wrc"),
    ],
)
def test_the_more_specific_key_wins(tags, open_to):
    assert users(highway="residential", **tags) == open_to


def test_a_specific_key_opens_what_the_class_closes_and_a_general_one_does_not():
    assert users(highway="path", motorcar="yes") == "wrc"
    assert users(highway="path", access="yes") == "w"
    assert users(highway="motorway", foot="yes") == "wc"
    assert users(highway="motorway", motorcar="yes") == "c"


@pytest.mark.parametrize(
    ("tags", "oneway", "backward"),
    [
        ({}, False, False),
        ({"oneway": "yes"}, True, False),
        ({"oneway": "1"}, True, False),
        ({"oneway": "-1"}, True, True),
        ({"oneway": "reverse"}, True, True),
        ({"oneway": "no"}, False, False),
        ({"oneway": "alternating"}, False, False),
        ({"junction": "roundabout"}, True, False),
        ({"junction": "circular"}, True, False),
        ({"junction": "roundabout", "oneway": "no"}, False, False),
        ({"junction": "roundabout", "oneway": "-1"}, True, True),
        ({"junction": "yes"}, False, False),
    ],
)
def test_directions(tags, oneway, backward):
    found = rules(highway="tertiary", **tags)
    assert (bool(found.table["oneway"].iloc[0]), bool(found.backward[0])) == (oneway, backward)


def test_an_expressway_is_one_way_unless_it_says_otherwise():
    assert rules(highway="motorway").table["oneway"].iloc[0]
    assert not rules(highway="motorway", oneway="no").table["oneway"].iloc[0]
    assert not rules(highway="motorway_link").table["oneway"].iloc[0]


@pytest.mark.parametrize(
    ("posted", "kmh"),
    [
        ("50", "50"),
        ("50.5", "50.5"),
        ("30 mph", "48.3"),
        ("40 km/h", "40"),
        ("60;40", "40"),
        ("80|60|60", "60"),
        ("none", ""),
        ("CN:urban", ""),
        ("50;CN:rural", ""),
        ("0", ""),
        ("-30", ""),
        ("", ""),
    ],
)
def test_posted_speeds(posted, kmh):
    assert speed_kmh(posted) == kmh


def test_speeds_that_are_no_figures_are_named_and_those_that_mean_none_are_not():
    assert rules(highway="primary", maxspeed="CN:urban").unread_speeds == ("CN:urban",)
    assert rules(highway="primary", maxspeed="none").unread_speeds == ()
    assert rules(highway="primary", maxspeed__forward="30").table["maxspeed"].iloc[0] == "30"
    assert rules(highway="primary", maxspeed="50", maxspeed__forward="30").table["maxspeed"].iloc[0] == "50"


def test_a_road_without_name_bears_its_number():
    assert rules(highway="primary", ref="G316").table["name"].iloc[0] == "G316"
    assert rules(highway="primary", ref="G316", name="福兰线").table["name"].iloc[0] == "福兰线"
