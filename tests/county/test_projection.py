"""Cohort change ratios: published-style figures of the embedded county, and a pyramid that can be followed by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from anyi_geo.county import growth, load_county, packaged_data, projected_ages, read_censuses
from anyi_geo.county.projection import CENSUS, GROUP_SHARES, Censuses
from anyi_geo.errors import ProblemError, SettingError
from anyi_geo.schema import AGE_SEX_COLUMNS


@pytest.fixture(scope="module")
def censuses():
    return read_censuses(packaged_data())


@pytest.fixture(scope="module")
def county_ages(censuses):
    """The whole county as one village."""
    return pd.DataFrame([censuses.last.ravel()], index=["county"], columns=list(AGE_SEX_COLUMNS))


@pytest.mark.parametrize(("cap", "thousands"), [(math.inf, 352), (1.2, 309), (1.0, 271)])
def test_the_county_in_2030(censuses, county_ages, cap, thousands):
    persons = projected_ages(county_ages, censuses, 2030, cap).sum(axis=1).iloc[0]
    assert round(persons / 1000) == thousands


def test_the_census_year_is_the_census(censuses, county_ages):
    pd.testing.assert_frame_equal(projected_ages(county_ages, censuses, 2020, 1.0), county_ages)
    with pytest.raises(SettingError, match=r"2019.*2020"):
        projected_ages(county_ages, censuses, 2019, 1.0)


def test_years_between_follow_a_geometric_path_per_age_group(censuses, county_ages):
    start, half, end = (projected_ages(county_ages, censuses, year, 1.0) for year in (2020, 2025, 2030))
    np.testing.assert_allclose(half, np.sqrt(start * end), rtol=1e-9)


@pytest.mark.parametrize("year", [2023, 2030, 2037])
def test_villages_sum_to_the_county(censuses, county_ages, year):
    villages = load_county().villages[list(AGE_SEX_COLUMNS)]
    ours = projected_ages(villages, censuses, year, 1.1).sum()
    whole = projected_ages(villages.sum().to_frame("county").T, censuses, year, 1.1).iloc[0]
    np.testing.assert_allclose(ours, whole, rtol=1e-9)


def simple_censuses():
    """Women halve and men stay over ten years; a tenth of those who can reach 85 are there; 1 child a woman."""
    first = np.full((2, 18), 100.0)
    last = first.copy()
    last[1, 2:17] = 50.0
    last[:, 17] = 30.0
    return Censuses(2010, 2020, first, last)


def test_by_hand():
    """Girls of 0-9 become 10-19 at half their number; 75+ is three groups of 100, of whom 30 were counted."""
    ages = pd.DataFrame([[10.0] * 36], index=["v"], columns=list(AGE_SEX_COLUMNS))
    later = projected_ages(ages, simple_censuses(), 2030, 1.0).iloc[0]
    assert later["female_15_19"] == pytest.approx(5.0)
    assert later["male_15_19"] == pytest.approx(10.0)
    assert later["female_85plus"] == pytest.approx(30.0 * 0.1)
    # 100 girls to 6 x 50 women of 15-44; the village then has 6 x 5 women of that age
    assert later["female_0_4"] == pytest.approx(100.0 / 300.0 * 30.0)


def test_groups_grow_as_the_ages_they_are_drawn_from():
    ages = pd.DataFrame([[10.0] * 36, [0.0] * 36], index=["v", "empty"], columns=list(AGE_SEX_COLUMNS))
    later = ages.copy()
    later[[name for name in AGE_SEX_COLUMNS if name.endswith(("60_64", "85plus"))]] *= 2
    assert growth(ages, later, "persons_60plus").to_dict() == {"v": pytest.approx(8 / 6), "empty": pytest.approx(8 / 6)}
    assert growth(ages, later, "persons_80plus")["v"] == pytest.approx(1.5)
    assert growth(ages, later, "children_school")["v"] == 1.0
    assert GROUP_SHARES["children_school"].sum() == pytest.approx(0.8 + 1.0 + 0.2)
    with pytest.raises(SettingError, match="不能推算"):
        growth(ages, later, "dogs")


def test_a_census_file_that_is_none(tmp_path):
    assert read_censuses(tmp_path) is None
    (tmp_path / CENSUS).write_text("year,sex,age_from,persons\n2010,male,0,5\n", encoding="utf-8")
    with pytest.raises(ProblemError, match="两次普查"):
        read_censuses(tmp_path)
