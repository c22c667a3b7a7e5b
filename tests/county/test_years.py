"""A county in another year: whole persons that keep the sums, the same places, and refusals in numbers."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from anyi_geo.county import county_in_year, load_county, packaged_data, projected_ages, read_censuses, why_not_projected
from anyi_geo.county.projection import CENSUS, growth
from anyi_geo.errors import SettingError
from anyi_geo.schema import AGE_SEX_COLUMNS


@pytest.fixture(scope="module")
def today():
    return load_county()


@pytest.mark.parametrize(("year", "cap"), [(2023, 1.0), (2030, 1.0), (2033, float("inf"))])
def test_points_are_whole_and_sum_to_the_projection(today, year, cap):
    later = county_in_year(today, year, cap)
    ages = today.villages[list(AGE_SEX_COLUMNS)]
    expected = projected_ages(ages, read_censuses(today.folder), year, cap)
    for column in ("persons_60plus", "children_school", "left_behind"):
        persons = later.points[column]
        assert persons.dtype.kind == "i"
        assert (persons >= 0).all()
        factor = growth(ages, expected, column)
        whole = (today.points[column] * factor.loc[today.points["village_id"]].to_numpy()).sum()
        assert persons.sum() == round(whole)
        sums = later.points.groupby("village_id")[column].sum()
        np.testing.assert_array_equal(later.villages.loc[sums.index, column], sums)
    assert later.points.geometry.equals(today.points.geometry)


def test_the_census_year_changes_nobody(today):
    same = county_in_year(today, 2020, 1.0)
    for column in ("persons_total", "persons_60plus", "children_school", "tekun_self"):
        assert (same.points[column] == today.points[column]).all()


def test_a_year_before_the_census_is_refused_with_both_years(today):
    with pytest.raises(SettingError, match=r"2019.*2020"):
        county_in_year(today, 2019, 1.0)


def test_without_two_censuses_or_ages_nothing_is_projected(today, tmp_path):
    shutil.copytree(packaged_data(), tmp_path / "c", ignore=shutil.ignore_patterns(CENSUS))
    bare = replace(today, folder=tmp_path / "c")
    assert why_not_projected(bare) == CENSUS
    with pytest.raises(SettingError, match=CENSUS):
        county_in_year(bare, 2030, 1.0)
    assert why_not_projected(today) == ""
    blank = replace(today, villages=today.villages.drop(columns="male_0_4"))
    assert "male_0_4" in why_not_projected(blank)
