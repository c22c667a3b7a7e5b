"""Further tables of a decision become sheets when they are there, and only then."""

from types import SimpleNamespace

import pandas as pd

from anyi_geo.show.report.extra_tables import EXTRAS, extra_tables

WAVES = pd.DataFrame(
    {
        "wave": [1, 1, 2],
        "from_site": ["J2", "J2", "J3"],
        "date": ["2023-10-09", "2023-10-09", "2023-10-23"],
        "from_name": ["甲", "甲", "乙"],
        "to_name": ["中心"] * 3,
        "care_level": ["full", "self", "self"],
        "persons": [1, 4, 2],
    }
)


FLOWS = pd.DataFrame(
    {"from_site": ["J1", "J1", "J2"], "to_site": ["Z", "J1", "Z"], "persons": [48, 2, 20], "consent": "yes"}
)


def of(**tables):
    return {
        table.title: table
        for table in extra_tables(SimpleNamespace(homes=SimpleNamespace(tables=tables, flows=FLOWS), meals=None))
    }


def test_a_run_without_further_tables_has_no_further_sheets():
    assert of() == {}
    assert list(extra_tables(SimpleNamespace(homes=None, meals=None))) == []


def test_waves_are_summed_before_small_numbers_are_hidden():
    rows = of(waves=WAVES)["搬迁批次"].rows
    assert rows[["wave", "persons"]].to_numpy().tolist() == [[1, 5], [2, "<3"]]


def test_one_or_two_persons_are_hidden_in_sentences_too():
    rows = pd.DataFrame(
        {
            "township": ["甲"] * 4,
            "whom_zh": ["不同意 2 人", "40 人（同意 38 人、不同意 2 人）", "12 人（同意 12 人）", "1.2 人"],
        }
    )
    found = of(actions=rows)["行动清单"]
    assert found.rows["whom_zh"].tolist() == ["不同意 <3 人", "40 人（构成不列）", "12 人（同意 12 人）", "1.2 人"]
    assert [column.key for column in found.columns] == ["township", "whom_zh"], (
        "columns that are not there are left out"
    )


def test_a_home_where_two_stay_tells_none_of_its_streams():
    """50 live there and 48 move: 48 would say that 2 stay."""
    waves = pd.DataFrame(
        {"wave": [1, 1], "date": "2023-10-09", "from_site": ["J1", "J2"], "from_name": ["甲", "乙"], "to_name": "中心",
         "persons": [48, 20]}
    )  # fmt: skip
    assert of(waves=waves)["搬迁批次"].rows["persons"].tolist() == ["不列", 20]
    actions = pd.DataFrame({"site_id": ["J1", "J2"], "whom_zh": ["48 人（自理 48 人）", "20 人"]})
    assert of(actions=actions)["行动清单"].rows["whom_zh"].tolist() == ["人数不列", "20 人"]
    townships = pd.DataFrame(
        {"township": ["甲"], "residents": [50], "moved": [48], "staying": [2], "home_support": [0]}
    )
    row = of(townships=townships)["乡镇行动"].rows.iloc[0]
    assert (row["moved"], row["staying"], row["home_support"]) == ("不列", "<3", 0)


def test_codes_are_named_and_lists_joined():
    rows = pd.DataFrame({"centres": [2], "centre_names": [["甲", "乙"]], "status": ["optimal"]})
    found = of(alternatives=rows)["中心数比较"].rows.iloc[0]
    assert found["centre_names"] == "甲、乙"
    assert found["status"] == "已证明最优（在容差内）"


def test_titles_are_sheet_names():
    titles = [extra.title for extra in EXTRAS]
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in titles)
