"""Further tables of a decision become sheets when they are there, and only then."""

import itertools
from types import SimpleNamespace

import pandas as pd
import pytest

from anyi_geo.show.home_persons import home_persons
from anyi_geo.show.privacy import words
from anyi_geo.show.report.content import run_sheets
from anyi_geo.show.report.extra_tables import EXTRAS, extra_tables

WAVES = pd.DataFrame(
    {
        "wave": [1, 1, 2, 2, 3],
        "from_site": ["J4", "J4", "J4", "J3", "J1"],
        "to_site": "Z",
        "date": ["2023-10-09", "2023-10-09", "2023-10-23", "2023-10-23", "2023-11-06"],
        "from_name": ["甲", "甲", "甲", "乙", "丙"],
        "to_name": "中心",
        "care_level": ["full", "self", "self", "self", "self"],
        "persons": [1, 59, 10, 2, 48],
    }
)


FLOWS = pd.DataFrame(
    {
        "from_site": ["J1", "J1", "J2", "J2", "J3", "J4", "J4"],
        "to_site": ["Z", "J1", "Z", "Z", "Z", "Z", "Z"],
        "persons": [48, 2, 12, 8, 2, 60, 10],
        "consent": ["yes", "yes", "yes", "no", "yes", "yes", "no"],
        "care_level": "self",
        "minutes": 5.0,
    }
)
STATES = pd.DataFrame({"site_id": ["J1", "J2", "J3", "J4", "Z"], "township": ["甲", "乙", "乙", "丁", "丙"]})


SUMMARY = {"said_no": 18, "not_asked": 0, "residents": 140, "moved": 138, "staying": 2, "home_support": 0}


def of(**tables):
    homes = SimpleNamespace(tables=tables, flows=FLOWS, states=STATES, summary=SUMMARY)
    return {table.title: table for table in extra_tables(SimpleNamespace(homes=homes, meals=None))}


def test_a_run_without_further_tables_has_no_further_sheets():
    assert of() == {}
    assert list(extra_tables(SimpleNamespace(homes=None, meals=None))) == []


def test_waves_are_summed_before_small_numbers_are_hidden():
    """J4's 70 go in two waves and are told; J3 are two; J1's 48 would tell the two who stay."""
    rows = of(waves=WAVES)["搬迁批次"].rows
    assert rows[["from_site", "wave", "persons"]].to_numpy().tolist() == [
        ["J4", 1, 60], ["J4", 2, 10], ["J3", 2, "不列"], ["J1", 3, "不列"],
    ]  # fmt: skip


def test_one_or_two_persons_are_hidden_in_sentences_too():
    rows = pd.DataFrame(
        {
            "township": ["丁"] * 4,
            "site_id": ["J4"] * 4,
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
    told = home_persons(SimpleNamespace(flows=FLOWS))
    assert (told.cell("J1"), told.cell("J1", "staying")) == ("不列", "<3") or told.cell("J1", "moved") == "不列"
    actions = pd.DataFrame({"site_id": ["J1", "J4"], "whom_zh": ["48 人（自理 48 人）", "70 人"]})
    assert of(actions=actions)["行动清单"].rows["whom_zh"].tolist() == ["人数不列", "70 人"]


def test_township_sums_follow_their_homes():
    columns = ("residents", "moved", "staying", "home_support", "said_no", "not_asked")
    rows = pd.DataFrame({"township": ["甲", "乙"], **dict.fromkeys(columns, 0)})
    shown = of(townships=rows)["乡镇行动"].rows.set_index("township")
    told = home_persons(SimpleNamespace(flows=FLOWS))
    assert shown.at["甲", "residents"] == told.cell("J1")
    # Of 乙's two homes one has two residents: the sum of both is told only where both are.
    assert shown.at["乙", "residents"] == "不列"
    assert shown.at["乙", "home_support"] == 0
    assert shown.at["乙", "said_no"] == told.cell("J2", "moved", "no")


def test_a_plan_with_other_centres_is_hidden_on_its_own_and_the_chosen_one_as_elsewhere():
    rows = pd.DataFrame(
        {
            "centres": [1, 2], "chosen": [True, False], "moved": [70, 60], "staying": [2, 12], "home_support": [0, 0],
            "moved_without_consent": [18, 17], "moved_not_asked": [0, 0],
        }
    )  # fmt: skip
    shown = of(alternatives=rows)["中心数比较"].rows
    assert shown.loc[0, "staying"] in ("<3", "不列")
    assert isinstance(shown.loc[0, "moved"], str)
    # Seventeen of the eighteen who said no move: one stays.
    assert shown.loc[1, ["moved", "staying", "moved_without_consent"]].tolist() == [60, 12, "不列"]


def test_a_number_of_centres_that_cannot_be_had_keeps_its_reason():
    rows = pd.DataFrame(
        {
            "centres": [1, 2], "chosen": [False, True], "moved": [None, 70.0], "staying": [None, 2.0],
            "home_support": [None, 0.0], "moved_without_consent": [None, 18.0], "moved_not_asked": [None, 0.0],
            "message_zh": ["不可行：最多允许 34 人", None],
        }
    )  # fmt: skip
    shown = of(alternatives=rows)["中心数比较"].rows
    assert shown.loc[0, ["moved", "staying", "moved_without_consent"]].isna().all()
    assert "34 人" in shown.loc[0, "message_zh"]
    assert shown.loc[1, "staying"] in ("<3", "不列")


def test_every_hidden_resident_has_two_readings_however_the_sums_are_combined():
    """All splits of two homes over staying, moving and going back that agree with what is told, by enumeration."""
    flows = pd.DataFrame(
        {
            "from_site": ["A", "A", "B", "B"], "to_site": ["A", "Z", "Z", "home_support"], "persons": [1, 4, 3, 2],
            "consent": "yes", "care_level": "self",
        }
    )  # fmt: skip
    told = home_persons(SimpleNamespace(flows=flows))
    keys = [("A", "staying"), ("A", "to", "Z"), ("B", "to", "Z"), ("B", "home_support")]
    sums = {("A",): (0, 1), ("B",): (2, 3), ("staying",): (0,), ("moved",): (1, 2), ("home_support",): (3,)}
    ranges = {"<3": range(1, 3), "不列": range(11)}
    found = []
    for counts in itertools.product(*(ranges.get(told.cell(*key), [told.cell(*key)]) for key in keys)):
        agree = all(sum(counts[k] for k in own) in ranges.get(told.cell(*key), [told.cell(*key)])
                    for key, own in sums.items())  # fmt: skip
        if agree and sum(counts) == 10:
            found.append(counts)
    for number, count in enumerate([1, 4, 3, 2]):
        if count < 3:
            assert len({counts[number] for counts in found}) > 1, keys[number]


def test_codes_are_named_and_lists_joined():
    rows = pd.DataFrame({"centres": [2], "centre_names": [["甲", "乙"]], "status": ["optimal"]})
    found = of(alternatives=rows)["中心数比较"].rows.iloc[0]
    assert found["centre_names"] == "甲、乙"
    assert found["status"] == "已证明最优（在容差内）"


def test_titles_are_sheet_names():
    titles = [extra.title for extra in EXTRAS]
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in titles)


def county_rows(**other):
    """Return the county's figures of FLOWS: 138 move, 2 stay; the other rule's beside them."""
    figures = {"residents": 140, "moved": 138, "staying": 2, "home_support": 0, "moved_without_consent": 18,
               "moved_not_asked": 0}  # fmt: skip
    rows = [
        {"key": key, "item_zh": key, "unit": "人", "before": None, "after": figures[key], "other": other.get(key)}
        for key in figures
    ]
    return pd.DataFrame([*rows, {"key": "beds", "item_zh": "床位", "unit": "张", "before": 9, "after": 8, "other": 7}])


def test_the_county_before_and_after_tells_no_more_than_the_other_sheets():
    told = of(county=county_rows())["整合前后"].rows.set_index("key")
    assert told.at["staying", "after"] == "<3"
    assert told.at["moved", "after"] == "不列"
    assert told.loc["beds", ["before", "after", "other"]].tolist() == [9, 8, 7]


def test_two_rules_side_by_side_tell_nobody_by_their_difference():
    rows = county_rows(residents=140, moved=120, staying=20, home_support=0, moved_without_consent=0, moved_not_asked=0)
    told = of(county=rows)["整合前后"].rows.set_index("key")
    assert told.loc[["moved", "staying"], "other"].tolist() == ["不列", "不列"], "beside it two persons are hidden"


@pytest.mark.parametrize(("given", "told"), [(40.0, 40), (59.0, "不列"), (2.0, "<3"), (60.0, 60)])
def test_answers_of_guardians_are_part_of_the_yes(given, told):
    """Sixty of J4 said yes; 59 by guardians would tell the one who answered for himself. J2's yes is not told."""
    rows = pd.DataFrame(
        {
            "site_id": ["J4", "J4", "J2"], "name": ["甲", "甲", "乙"], "consent": ["yes", "no", "yes"],
            "persons": [60, 10, 12], "moved": [60, 10, 12], "staying": 0, "home_support": 0,
            "by_guardian": [given, None, 5.0],
        }
    )  # fmt: skip
    shown = of(consent=rows)["意愿"].rows
    assert shown["persons"].tolist() == [60, 10, "不列"]
    assert shown["by_guardian"].tolist()[::2] == [told, "不列"]


def test_left_behind_children_near_an_emptied_home_are_told_roughly():
    """Two homes near each other differ by the children of a hamlet; room for all would tell how many there are."""
    rows = pd.DataFrame(
        {"name": ["甲", "乙", "丙"], "use": "civil_affairs_station", "left_behind_near": [38, 37, 2],
         "children_at_a_time": [30.0, 37.0, 2.0], "seats_children": [30.0, 60.0, 60.0]}
    )  # fmt: skip
    told = of(reuse=rows)["院舍再利用"].rows
    assert told["left_behind_near"].tolist() == ["约 40", "约 40", "不足 10"]
    assert told["children_at_a_time"].tolist() == [30, "全部", "全部"]


@pytest.mark.parametrize(("stations", "count", "share"), [(2, "约 90", "约 20%"), (0, 0, 0)])
def test_left_behind_children_near_the_stations_are_told_roughly(stations, count, share):
    """Of 500 children a share is told in steps of five per cent; without a station nobody is near one."""
    own = {"stations": stations, "station_left_behind": 93 * (stations > 0), "station_left_behind_share": 0.1860}
    own["station_left_behind_share"] *= stations > 0
    rows = [
        {"key": key, "item_zh": key, "unit": unit, "before": None, "after": own[key], "other": None}
        for key, unit in zip(own, ("个", "人", "占比"), strict=True)
    ]
    told = of(county=pd.concat([county_rows(), pd.DataFrame(rows)], ignore_index=True))["整合前后"].rows.set_index(
        "key"
    )
    assert told.loc[["station_left_behind", "station_left_behind_share"], "after"].tolist() == [count, share]


def test_held_words_read_as_a_sentence():
    assert words("甲院保留：不同意 30 人、未征询 4 人，共 34 人。", held=True) == (
        "甲院保留：不同意（人数不列）、未征询（人数不列），共 人数不列。"
    )


def test_every_list_of_actions_says_who_answers(small):
    """Waves, townships, actions, open questions, inspections: a column of units, filled in every row."""
    sheets = {sheet.title: sheet for sheet in run_sheets(*small)}
    columns = {"搬迁批次": "责任单位", "乡镇行动": "责任单位", "行动清单": "责任单位", "问题与提示": "请谁核实",
               "安全检查": "职责部门", "需部门答复": "部门", "时间表": "责任部门"}  # fmt: skip
    for title, heading in columns.items():
        key = next(column.key for column in sheets[title].columns if column.zh == heading)
        assert len(sheets[title].rows), title
        assert all(sheets[title].rows[key]), title
    moved = sheets["乡镇行动"].rows.set_index("township")["responsible_zh"]
    assert all("县民政局" in units and "（" not in units for units in moved)
