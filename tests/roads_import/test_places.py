"""Settlements as positions of villages: offered by name and township, confirmed by hand, never guessed."""

import csv
import json

import pytest
import shapely
from osm_files import MAIN, nodes_on_road, write_osm
from tiny_county import code, edit_json, place

from anyi_geo.bring_roads import apply_places, offer_places, write_matches
from anyi_geo.bring_roads.matches import HEADINGS
from anyi_geo.bring_roads.places import stem
from anyi_geo.county import check_county, load_county
from anyi_geo.errors import InputError, SettingError


def extract(tmp_path, *places):
    """Write an extract with settlements (name, kilometre, kind, further tags)."""
    rows = []
    for number, (name, km, *more) in enumerate(places, 901):
        tags = {"place": more[0] if more else "village", "name": name, **(more[1] if len(more) > 1 else {})}
        rows.append((number, place(km, 200.0), tags))
    return write_osm(tmp_path / "a.osm", nodes_on_road(), [MAIN], rows)


def rename(folder, **names):
    """Give villages other names."""

    def change(whole):
        for feature in whole["features"]:
            cells = feature["properties"]
            cells["name"] = names.get(cells["name"][0], cells["name"])

    edit_json(folder / "villages.geojson", change)


def offered(tmp_path, tiny, *places):
    table = offer_places(extract(tmp_path, *places), tiny, township_margin_km=0.5)
    return table.set_index("village")


def codes(caught):
    return [fault.code for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("方岗村", "方岗"),
        ("方岗社区", "方岗"),
        ("方岗村委会", "方岗"),
        ("方岗 村民委员会", "方岗"),
        ("方岗（上）村", "方岗"),
        ("方岗", "方岗"),
        ("东村", "东村"),
        ("村", "村"),
        ("Ｔｒｉｅｓｅｎ村", "triesen"),
    ],
)
def test_spellings_of_a_name_share_a_stem(name, expected):
    assert stem(name) == expected


def test_one_settlement_of_the_name_in_the_township_is_offered_with_nothing_confirmed(tmp_path, tiny):
    rename(tiny, A="东边村", D="方岗社区")
    table = offered(tmp_path, tiny, ("东边", 0.0), ("方岗", 6.0, "hamlet"))
    assert table.loc["东边村", ["state", "place_id", "township_km"]].tolist() == ["far", "node/901", 0.0]
    assert table.loc["东边村", "moved_km"] == pytest.approx(0.2, abs=0.01)
    assert table.loc["B村", "state"] == "none"
    assert (table["confirm"] == "").all()


def test_within_the_stated_error_of_the_present_position_it_is_the_one(tmp_path, tiny):
    rename(tiny, A="东边村")
    edit_json(
        tiny / "villages.geojson", lambda whole: whole["features"][0]["properties"].update(position_error_m=250.0)
    )
    assert offered(tmp_path, tiny, ("东边", 0.0)).loc["东边村", "state"] == "one"


def test_several_in_the_township_are_listed_the_exact_name_first(tmp_path, tiny):
    rename(tiny, A="东边村")
    table = offered(tmp_path, tiny, ("东边", 0.0), ("东边村", 3.0), ("东边村", 5.5))
    assert table.loc[["东边村"], "state"].tolist() == ["several", "several"]
    assert table.loc[["东边村"], "place_id"].tolist() == ["node/902", "node/901"], "5.5 km lies in the other township"


def test_a_name_that_stands_only_in_another_township_is_told_so(tmp_path, tiny):
    rename(tiny, A="东边村")
    table = offered(tmp_path, tiny, ("东边", 7.0))
    assert table.loc["东边村", ["state", "township_km"]].tolist() == ["elsewhere", pytest.approx(3.0, abs=0.01)]


def test_just_outside_the_approximate_township_is_still_offered(tmp_path, tiny):
    rename(tiny, A="东边村")
    assert offered(tmp_path, tiny, ("东边", 4.4)).loc["东边村", "state"] == "far"
    assert offered(tmp_path, tiny, ("东边", 4.6)).loc["东边村", "state"] == "elsewhere"


def test_a_settlement_that_two_villages_claim_is_asked_about(tmp_path, tiny):
    rename(tiny, A="方岗村", B="方岗社区")
    table = offered(tmp_path, tiny, ("方岗", 1.0))
    assert table.loc[["方岗村", "方岗社区"], "state"].tolist() == ["shared", "shared"]
    table = offered(tmp_path, tiny, ("方岗社区", 1.0))
    assert table.loc["方岗村", "state"] == "shared"
    assert table.loc["方岗社区", "state"] == "far"


def test_the_same_name_in_two_townships_falls_to_each_its_own(tmp_path, tiny):
    rename(tiny, A="京庄村", E="京庄社区")
    table = offered(tmp_path, tiny, ("京庄", 0.5), ("京庄", 6.5))
    assert table.loc[["京庄村", "京庄社区"], "place_id"].tolist() == ["node/901", "node/902"]


def test_other_names_of_a_settlement_count_too(tmp_path, tiny):
    rename(tiny, A="东边村")
    table = offered(tmp_path, tiny, ("Dongbian", 0.0, "village", {"name:zh": "东边村", "alt_name": "东头;东边"}))
    assert table.loc[["东边村"], "place"].tolist() == ["东边村"]


def test_settlements_outside_the_county_and_other_kinds_are_not_offered(tmp_path, tiny):
    rename(tiny, A="东边村")
    table = offered(tmp_path, tiny, ("东边", 30.0), ("东边", 0.0, "locality"), ("别处", 1.0))
    assert table.loc["东边村", "state"] == "none"


def test_extracts_without_settlements_here_are_refused(tmp_path, tiny):
    for places, expected in (((), "E_NO_PLACES"), ((("东边", 60.0),), "E_NO_OVERLAP")):
        with pytest.raises(InputError) as caught:
            offered(tmp_path, tiny, *places)
        assert codes(caught) == [expected]
    with pytest.raises(SettingError, match="居民点"):
        (tmp_path / "a.gpkg").write_bytes(b"x")
        offer_places(tmp_path / "a.gpkg", tiny, township_margin_km=1.0)


@pytest.fixture
def table(tmp_path, tiny):
    """Return candidates for A and D, with hostile names, written as CSV."""
    rename(tiny, A="东边村", D="=cmd()村")
    found = offer_places(extract(tmp_path, ("东边", 0.0), ("=cmd()村", 6.0)), tiny, township_margin_km=0.5)
    path = tmp_path / "matches.csv"
    write_matches(found, path)
    return path


def edit(path, change, encoding="utf-8-sig"):
    """Alter the rows of a table, as dictionaries by their Chinese headings."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows, names = list(reader), reader.fieldnames
    change(rows)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def confirm(*numbers, value="是"):
    def change(rows):
        for number in numbers:
            rows[number][HEADINGS["confirm"]] = value

    return change


def test_the_table_holds_no_formula(table):
    assert ",=cmd" not in table.read_text(encoding="utf-8-sig")
    assert "'=cmd()村" in table.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_confirmed_rows_become_found_positions_and_nothing_else_moves(table, tiny, encoding):
    before = load_county(tiny).villages
    edit(table, confirm(0, 3), encoding)
    done = apply_places(table, tiny, error_m=150.0)
    after = load_county(tiny).villages
    moved = [code("A"), code("D")]
    assert done.villages["village_id"].tolist() == moved
    assert after.loc[moved, "position_status"].tolist() == ["found", "found"]
    assert after.loc[moved, "position_error_m"].tolist() == [150.0, 150.0]
    assert after.geometry[code("A")].distance(place(0.0, 200.0)) < 1e-6
    rest = after.index.difference(moved)
    assert after.loc[rest, before.columns].equals(before.loc[rest])
    assert done.remaining == {"county": 3}
    assert not [fault for fault in check_county(tiny) if fault.is_error]
    assert (tiny / "previous" / "villages.geojson").is_file()


def test_the_json_table_works_like_the_csv_one(tmp_path, tiny):
    rename(tiny, A="东边村")
    found = offer_places(extract(tmp_path, ("东边", 0.0)), tiny, township_margin_km=0.5)
    path = tmp_path / "matches.json"
    write_matches(found, path)
    edit_json(path, lambda whole: whole["matches"][0].update(confirm="yes"))
    assert apply_places(path, tiny, error_m=None).villages["village"].tolist() == ["东边村"]
    assert load_county(tiny).villages.loc[code("A"), "position_error_m"] == 300.0, "the parameter's value"


def test_nothing_confirmed_is_said(table, tiny):
    before = (tiny / "villages.geojson").read_bytes()
    with pytest.raises(SettingError, match="填"):
        apply_places(table, tiny, error_m=150.0)
    assert (tiny / "villages.geojson").read_bytes() == before


def test_all_faults_of_the_table_are_named_at_once_and_nothing_is_written(table, tiny):
    def spoil(rows):
        confirm(0, 1, 2, 3)(rows)
        rows[1].update({HEADINGS["village_id"]: "999", HEADINGS["lon"]: "东", HEADINGS["lat"]: "1"})
        rows[2].update({HEADINGS["place_id"]: "node/901", HEADINGS["lon"]: "9.5", HEADINGS["lat"]: "47"})
        rows[4][HEADINGS["confirm"]] = "大概"
        rows.append(dict(rows[3]))

    before = (tiny / "villages.geojson").read_bytes()
    edit(table, spoil)
    with pytest.raises(InputError) as caught:
        apply_places(table, tiny, error_m=150.0)
    found = {(fault.code, fault.row, fault.column) for fault in caught.value.faults}
    assert found == {
        ("E_BAD_TYPE", 5, "confirm"),
        ("E_UNKNOWN_REF", 2, "village_id"),
        ("E_NO_COORD", 2, "lon"),
        ("E_DUP_CODE", 1, "place_id"),
        ("E_DUP_CODE", 3, "place_id"),
        ("E_OUT_OF_COUNTY", 3, "lon"),
        ("E_DUP_CODE", 4, "confirm"),
        ("E_DUP_CODE", 4, "place_id"),
        ("E_DUP_CODE", 6, "confirm"),
        ("E_DUP_CODE", 6, "place_id"),
    }
    assert (tiny / "villages.geojson").read_bytes() == before


def test_a_code_that_excel_rounded_is_found_by_name_and_township(table, tiny):
    def spoil(rows):
        confirm(0)(rows)
        rows[0][HEADINGS["village_id"]] = "9.9E+11"

    edit(table, spoil)
    assert apply_places(table, tiny, error_m=150.0).villages["village_id"].tolist() == [code("A")]


def test_a_table_cut_off_or_without_its_headings_is_refused(table, tiny):
    whole = table.read_text(encoding="utf-8-sig")
    for spoilt, expected in (
        (whole[: len(whole) - 40], "E_UNREADABLE"),
        (whole.replace(HEADINGS["lon"], "x"), "E_MISSING_COLUMN"),
        ("", "E_UNREADABLE"),
    ):
        table.write_text(spoilt, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            apply_places(table, tiny, error_m=150.0)
        assert codes(caught) == [expected]
    with pytest.raises(InputError) as caught:
        apply_places(table.with_name("none.csv"), tiny, error_m=150.0)
    assert codes(caught) == ["E_MISSING_FILE"]


def test_an_error_of_positions_must_be_known(table, tiny):
    edit(table, confirm(0))
    lines = (tiny / "parameters.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tiny / "parameters.csv").write_text("".join(line for line in lines if "place_node" not in line), encoding="utf-8")
    with pytest.raises(SettingError, match="--error-m"):
        apply_places(table, tiny, error_m=None)
    with pytest.raises(SettingError, match="-5"):
        apply_places(table, tiny, error_m=-5.0)
    assert len(apply_places(table, tiny, error_m=0.0).villages) == 1


def test_the_table_is_csv_or_json_in_a_folder_that_exists(table, tiny, tmp_path):
    found = offer_places(tmp_path / "a.osm", tiny, township_margin_km=0.5)
    for name in ("a.xlsx", "nowhere/a.csv"):
        with pytest.raises(SettingError):
            write_matches(found, tmp_path / name)


def test_the_geojson_keeps_what_else_it_holds(table, tiny):
    edit_json(tiny / "villages.geojson", lambda whole: whole.update(name="villages", note="留着"))
    edit(table, confirm(0))
    apply_places(table, tiny, error_m=150.0)
    whole = json.loads((tiny / "villages.geojson").read_text(encoding="utf-8"))
    assert (whole["name"], whole["note"], len(whole["features"])) == ("villages", "留着", 5)
    assert isinstance(shapely.geometry.shape(whole["features"][0]["geometry"]), shapely.Point)
