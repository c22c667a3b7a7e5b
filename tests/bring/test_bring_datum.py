import numpy as np
import pytest
from bring_examples import HEADINGS, bring, sound_rows, told, write_csv
from coord_convert.transform import gcj2bd, wgs2bd, wgs2gcj
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from anyi_geo.bring.datum import is_northing_first, metres_between, parse_datum, to_wgs84
from anyi_geo.county.coordinates import bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02
from anyi_geo.errors import SettingError

SEAT = (115.54773, 28.84359)
LON = np.linspace(73.6, 134.7, 40).repeat(40)
LAT = np.tile(np.linspace(18.2, 53.4, 40), 40)


def test_the_forward_shifts_are_those_of_an_independent_package():
    """coord-convert computes point by point in its own code; both follow the published series."""
    inside = (LON > 97) & (LON < 121) & (LAT > 23) & (LAT < 41)  # it leaves points abroad alone, roughly drawn
    lon, lat = LON[inside], LAT[inside]
    gcj = np.array([wgs2gcj(x, y) for x, y in zip(lon, lat, strict=True)])
    bd = np.array([wgs2bd(x, y) for x, y in zip(lon, lat, strict=True)])
    ours = np.column_stack(wgs84_to_gcj02(lon, lat))
    assert np.abs(ours - gcj).max() < 1e-9
    assert np.abs(np.column_stack(gcj02_to_bd09(*ours.T)) - bd).max() < 1e-9


def test_the_inverse_undoes_the_independent_package_within_a_micrometre():
    gcj = wgs2gcj(*SEAT)
    bd = gcj2bd(*gcj)
    for name, (lon, lat) in {"gcj02": gcj, "bd09": bd}.items():
        back = to_wgs84(parse_datum(name), np.array([lon]), np.array([lat]))
        assert metres_between(*back, *(np.array([v]) for v in SEAT))[0] < 1e-6


def test_published_figures_of_the_county_seat():
    """Gaode's point of the county seat and the shift that was published with it."""
    lon, lat = gcj02_to_wgs84(np.array([115.552763]), np.array([28.840383]))
    assert (lon[0], lat[0]) == pytest.approx(SEAT, abs=1e-5)
    assert metres_between(lon, lat, np.array([115.552763]), np.array([28.840383]))[0] == pytest.approx(606, abs=1)


def test_round_trips_all_over_china_stay_within_a_micrometre():
    for there, back in ((wgs84_to_gcj02, gcj02_to_wgs84), (gcj02_to_bd09, bd09_to_gcj02)):
        assert metres_between(*back(*there(LON, LAT)), LON, LAT).max() < 1e-6


@settings(max_examples=40, deadline=None)
@given(st.floats(74.0, 134.0), st.floats(18.5, 53.0))
def test_any_point_comes_back(lon, lat):
    point = np.array([lon]), np.array([lat])
    assert metres_between(*gcj02_to_wgs84(*wgs84_to_gcj02(*point)), *point)[0] < 1e-6
    bd = gcj02_to_bd09(*wgs84_to_gcj02(*point))
    assert metres_between(*to_wgs84(parse_datum("bd09"), *bd), *point)[0] < 1e-6


PROJECTED = (4548, 4547, 4527, 4526, 4508, 4497, 32650)


@pytest.mark.parametrize("code", PROJECTED)
def test_projections_come_back_with_and_without_the_zone_number(code):
    """pyproj's own transformation, made from the declared code, is the yardstick."""
    east, north = Transformer.from_crs(4490 if code < 30000 else 4326, code, always_xy=True).transform(*SEAT)
    datum = parse_datum(f"EPSG:{code}")
    for easting in {east, east % 1_000_000.0, *([datum.zone * 1e6 + east % 1e6] if datum.zone else [])}:
        lon, lat = to_wgs84(datum, np.array([easting]), np.array([north]))
        if code in (4527, 4526, 4497, 32650) or easting == east or datum.zone:
            assert metres_between(lon, lat, *(np.array([v]) for v in SEAT))[0] < 0.01
    assert is_northing_first(north, east) is True
    assert is_northing_first(east, north) is False
    assert is_northing_first(east, east) is None


@pytest.mark.parametrize("name", ["2437", "4610", "4979", "beijing54", "", "99999"])
def test_what_cannot_be_turned_into_wgs84_is_refused_with_the_way_out(name):
    with pytest.raises(SettingError, match=r"--crs|测绘|EPSG"):
        parse_datum(name)


def converted(rows, datum):
    table = []
    for *cells, lon, lat in rows:
        if datum in {"wgs84", "cgcs2000"}:
            pair = lon, lat
        elif datum == "gcj02":
            pair = wgs2gcj(lon, lat)
        elif datum == "bd09":
            pair = wgs2bd(lon, lat)
        else:
            pair = Transformer.from_crs(4490, int(datum), always_xy=True).transform(lon, lat)
        table.append([*cells, *pair])
    return table


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09", "cgcs2000", "4547", "4548", "4527", "4526"])
@pytest.mark.parametrize("swapped", [False, True])
def test_the_same_points_in_every_datum_give_the_same_place(datum, swapped, tmp_path):
    rows = sound_rows()
    headings = HEADINGS
    table = converted(rows, datum)
    if swapped:
        table = [[*cells, b, a] for *cells, a, b in table]
        headings = (*HEADINGS[:5], *(("X", "Y") if datum.startswith("45") else ("纬度", "经度")))
    outcome = bring(write_csv(tmp_path / "a.csv", [headings, *table]), crs=datum)
    assert told(outcome, errors_only=False) == []
    places = np.array([outcome.merged.villages[row[0]].place for row in rows])
    true = np.array([row[5:] for row in rows])
    assert metres_between(*places.T, *true.T).max() < 0.01


def test_no_datum_is_a_question_that_names_the_answers(tmp_path):
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, *sound_rows()]), crs=None)
    assert outcome.refused
    (fault,) = outcome.faults
    assert fault.code == "E_BAD_CRS"
    for word in ("--crs", "gcj02", "bd09", "wgs84", "cgcs2000", "4548", "高德", "百度"):
        assert word in fault.message.zh


def test_without_coordinates_no_datum_is_asked(tmp_path):
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS[:5], *[r[:5] for r in sound_rows()]]), crs=None)
    assert told(outcome) == []
    assert not outcome.refused


@pytest.mark.parametrize(
    ("written", "declared"), [("4548", "wgs84"), ("wgs84", "4548"), ("4547", "4548"), ("4526", "4548")]
)
def test_a_wrong_declaration_is_one_fault_of_the_table(written, declared, tmp_path):
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, *converted(sound_rows(), written)]), crs=declared)
    assert told(outcome) == [("E_BAD_CRS", None)]


def test_a_pair_against_the_order_of_its_table_is_named(tmp_path):
    table = converted(sound_rows(), "4548")
    table[2][5], table[2][6] = table[2][6], table[2][5]
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, *table]), crs="4548")
    assert told(outcome) == [("E_SWAPPED_LATLON", 4)]


def test_gaode_points_declared_wgs84_are_suspected_with_the_evidence(tmp_path):
    """The embedded villages stand on their roads; their GCJ-02 coordinates do not."""
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *converted(sound_rows(40), "gcj02")])
    (fault,) = [f for f in bring(path).faults if f.code == "W_MAYBE_GCJ02"]
    assert "米" in fault.message.zh
    assert fault.value > 100
    assert told(bring(path, crs="gcj02"), errors_only=False) == []
    assert told(bring(write_csv(tmp_path / "b.csv", [HEADINGS, *sound_rows(40)])), errors_only=False) == []


def test_headings_that_name_their_datum_are_chosen_by_the_declaration_or_contradict_it(tmp_path):
    rows = sound_rows()
    gcj, bd = converted(rows, "gcj02"), converted(rows, "bd09")
    headings = (*HEADINGS[:5], "gcj02_lon", "gcj02_lat", "百度经度", "百度纬度")
    table = [[*a, *b[5:]] for a, b in zip(gcj, bd, strict=True)]
    path = write_csv(tmp_path / "a.csv", [headings, *table])
    for declared in ("gcj02", "bd09"):
        outcome = bring(path, crs=declared)
        assert told(outcome) == []
        places = np.array([outcome.merged.villages[row[0]].place for row in rows])
        assert metres_between(*places.T, *np.array([row[5:] for row in rows]).T).max() < 0.01
    assert {fault.code for fault in bring(path, crs="wgs84").faults} == {"E_BAD_TYPE", "E_BAD_CRS"}
    alone = write_csv(tmp_path / "b.csv", [(*HEADINGS[:5], "高德经度", "高德纬度"), *gcj])
    assert told(bring(alone, crs="gcj02")) == []
    assert told(bring(alone, crs="wgs84")) == [("E_BAD_CRS", None)]


def test_names_alone_bring_nothing_and_are_told_so(tmp_path):
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS[:3], *[row[:3] for row in sound_rows()]]))
    assert told(outcome) == [("E_MISSING_COLUMN", None)]
