"""Further tables of a decision become sheets when they are there, and only then."""

import itertools
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyi_geo.show.home_persons import home_persons
from anyi_geo.show.home_wishes import home_wishes
from anyi_geo.show.privacy import words
from anyi_geo.show.report.content import run_sheets
from anyi_geo.show.report.extra_tables import EXTRAS, extra_tables

NAN = float("nan")
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
    # Seventeen of the eighteen who said no move: one stays. J1's two would follow from exact numbers beside the chosen.
    assert shown.loc[1, ["moved", "staying", "moved_without_consent"]].tolist() == ["约 60", "约 10", "不列"]
    assert shown["home_support"].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("refused", "staying", "once", "years"), [(2, "约 40", 1_230_000.0, 5.7), (3, 38, 1_234_567.0, 5.739)]
)
def test_a_home_that_becomes_a_centre_does_not_tell_how_few_said_no(refused, staying, once, years):
    """With K as a second centre its 30 stay, and 9 instead of 9 and `refused` move against their will."""
    flows = pd.DataFrame(
        {
            "from_site": ["K", "K", "L", "L", "Z"], "to_site": "Z", "persons": [30 - refused, refused, 40, 9, 8],
            "consent": ["yes", "no", "yes", "no", "yes"], "care_level": "self", "minutes": 5.0,
        }
    )  # fmt: skip
    rows = pd.DataFrame(
        {
            "centres": [1, 2], "chosen": [True, False], "moved": [79, 49], "staying": [8, 38], "home_support": [0, 0],
            "moved_without_consent": [9 + refused, 9], "moved_not_asked": [0, 0],
            "one_off_yuan": [2_345_678.0, 1_234_567.0], "pay_back_years": [12.3456, 5.739],
        }
    )  # fmt: skip
    summary = SUMMARY | {"said_no": 9 + refused, "residents": 87, "moved": 79, "staying": 8}
    homes = SimpleNamespace(tables={"alternatives": rows}, flows=flows, states=STATES, summary=summary)
    (sheet,) = extra_tables(SimpleNamespace(homes=homes, meals=None))
    assert sheet.rows.loc[1, ["staying", "one_off_yuan", "pay_back_years"]].tolist() == [staying, once, years]
    assert sheet.rows.loc[1, "moved_without_consent"] != 9 or refused > 2
    assert sheet.rows.loc[0, ["moved", "one_off_yuan", "pay_back_years"]].tolist() == [79, 2_345_678.0, 12.3456]


def test_families_of_those_who_stay_are_told_as_the_stay_is():
    """Two and four stay, six in the county: the four are not told, for the two would follow."""
    flows = pd.DataFrame(
        {
            "from_site": ["J1", "J1", "J2", "J2", "J3", "J3"], "to_site": ["Z", "J1", "Z", "J2", "Z", "J3"],
            "persons": [20, 2, 10, 4, 30, 9], "consent": ["yes", "no"] * 3, "care_level": "self", "minutes": 5.0,
        }
    )  # fmt: skip
    rows = flows.assign(origin=flows["from_site"], origin_known=False)
    homes = SimpleNamespace(tables={"families": rows}, flows=flows, states=STATES, summary=SUMMARY)
    told, (sheet,) = home_persons(homes), extra_tables(SimpleNamespace(homes=homes, meals=None))
    stays = [told.cell(home, "staying") for home in ("J1", "J2", "J3")]
    assert stays[1] == "不列"
    assert sheet.rows["persons"].tolist()[1::2] == stays


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


def test_who_goes_home_does_not_follow_from_what_the_county_said():
    """Six of 48 said no; four of them move, so two would go home: every split that agrees with what is told."""
    rows = [("A", "Z", 6, "yes"), ("A", "Z", 4, "no"), ("A", "Z", 11, "not_asked"), ("A", "home_support", 2, "no"),
            ("B", "Z", 16, "yes"), ("C", "Z", 9, "yes")]  # fmt: skip
    flows = pd.DataFrame(rows, columns=["from_site", "to_site", "persons", "consent"]).assign(care_level="self")
    told = home_persons(SimpleNamespace(flows=flows, empty=False))
    keys = [("A", "moved", "yes"), ("A", "moved", "no"), ("A", "moved", "not_asked"), ("A", "home_support", "no")]
    sums = {("A",): (0, 1, 2, 3), ("A", "moved"): (0, 1, 2), ("A", "home_support"): (3,), ("home_support",): (3,)}
    rest = {("all", "yes"): ((0,), 25), ("moved", "yes"): ((0,), 25), ("all", "no"): ((1, 3), 0),
            ("moved", "no"): ((1,), 0), ("all", "not_asked"): ((2,), 0), ("moved", "not_asked"): ((2,), 0),
            ("moved",): ((0, 1, 2), 25), ("to", "Z"): ((0, 1, 2), 25)}  # fmt: skip
    sums = {key: (own, 0) for key, own in sums.items()} | rest | {(key): ((k,), 0) for k, key in enumerate(keys)}
    ranges = {"<3": range(1, 3), "不列": range(49)}
    homeward = {
        counts[3]
        for counts in itertools.product(range(24), repeat=4)
        if sum(counts) == 23
        and all(
            sum(counts[k] for k in own) + more in ranges.get(told.cell(*key), [told.cell(*key)])
            for key, (own, more) in sums.items()
        )
    }
    assert {1, 2} <= homeward


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


@pytest.mark.parametrize(
    ("back", "residents", "mean", "share", "before"),
    [
        (2, 60, "不列", "不列", ["不列", "不列"]),
        (2, 240, "约 4", "约 15%", ["约 0", "约 0%"]),
        (3, 60, 4.08, 0.14, [0.0, 0.0]),
        (0, 60, 4.08, 0.14, [0.0, 0.0]),
    ],
)
def test_an_average_does_not_tell_how_few_go_home(back, residents, mean, share, before):
    """Persons and minutes of all who live in homes stand beside it: their sum over the mean is their number."""
    flows = pd.DataFrame(
        {
            "from_site": "J1", "to_site": ["Z", "home_support"], "persons": [residents - back, back],
            "consent": ["yes", "no"], "care_level": "self", "minutes": 5.0,
        }
    )  # fmt: skip
    visits = {"visit_mean": (4.08, "分钟"), "visit_far": (0.14, "占比"), "visit_max": (12.0, "分钟")}
    rows = [
        {"key": key, "item_zh": key, "unit": unit, "before": 0.0, "after": value, "other": None}
        for key, (value, unit) in visits.items()
    ]
    rows = pd.concat([county_rows(), pd.DataFrame(rows)], ignore_index=True)
    plans = pd.DataFrame(
        {"centres": [1], "chosen": [True], "moved": [residents - back], "staying": [0], "home_support": [back],
         "visit_minutes_after_mean": [4.08], "visit_share_over_limit_after": [0.14]}
    )  # fmt: skip
    summary = {"residents": residents, "said_no": back, "not_asked": 0, "moved": residents - back, "staying": 0}
    homes = SimpleNamespace(tables={"county": rows, "alternatives": plans}, flows=flows[flows["persons"] > 0],
                            states=STATES, summary=summary | {"home_support": back})  # fmt: skip
    county, other = (sheet.rows for sheet in extra_tables(SimpleNamespace(homes=homes, meals=None)))
    county = county.set_index("key").loc[list(visits)]
    assert county["after"].tolist() == [mean, share, 12.0]
    assert county["before"].tolist() == [*before, 0.0]
    assert other.loc[0, ["visit_minutes_after_mean", "visit_share_over_limit_after"]].tolist() == [mean, share]


def wish_rows(homes=("J1", "J2", "J3", "J4"), **columns):
    """Return the wishes over FLOWS: J4's 70, of whom 60 said yes; the county's sums below."""
    base = {"residents": [50, 20, 2, 70], "said_yes": [50, 12, 2, 60], "said_no": [0, 8, 0, 10], "not_asked": 0}
    unknown = dict.fromkeys(("families_consulted", "families_agree", "staff_asked", "staff_agree", "by_guardian"), NAN)
    rows = pd.DataFrame({"site_id": homes, "name": homes, **base, "staff_present": NAN, **unknown, **columns})
    rows["families_not_heard"] = rows["residents"] - rows["families_consulted"].fillna(0)
    rows["staff_not_heard"] = rows["staff_present"] - rows["staff_asked"].fillna(0)
    every = ["by_guardian", "staff_present", "staff_not_heard"]
    sums = rows.drop(columns=["site_id", "name"]).sum(min_count=1).to_dict()
    sums |= {k: rows[k].sum(skipna=False) for k in every}
    return pd.concat([rows, pd.DataFrame([{"site_id": "county", "name": "全县", **sums}])], ignore_index=True)


def wishes(**columns):
    return of(wishes=wish_rows(**columns))["意愿"].rows.set_index("site_id")


def test_every_wish_stands_under_its_own_heading():
    """J4 alone, its numbers all different and none small: 70 residents, 20 in post."""
    told = wishes(
        by_guardian=[0, 0, 0, 35], families_consulted=[None, None, None, 57], families_agree=[None, None, None, 44],
        staff_present=[None, None, None, 24], staff_asked=[None, None, None, 17], staff_agree=[None, None, None, 12],
        township="丁", staff_to="中心", village_consent="no",
    )  # fmt: skip
    sheet = of(wishes=wish_rows(township="丁", staff_to="中心", village_consent="no"))["意愿"]
    headings = {column.key: column.heading for column in sheet.columns}
    assert {headings[key]: cell for key, cell in told.loc["J4"].items() if key in headings} == {
        "名称": "J4", "乡镇（处）": "丁", "在院老人（人）": 70, "老人同意（人）": 60, "其中监护人代为同意（人）": 35,
        "老人不同意（人）": 10, "老人未征询（人）": 0, "已征询家属（人）": 57, "其中家属同意（人）": 44,
        "家属未征询或不清楚（人）": 13, "在岗工作人员（人）": 24,
        "已征询工作人员（人）": 17, "其中工作人员同意（人）": 12,
        "工作人员未征询或不清楚（人）": 7, "护理员随老人到": "中心", "村级意愿（办幸福院）": "不同意",
    }  # fmt: skip


@pytest.mark.parametrize(("given", "told"), [(40.0, 40), (59.0, "不列"), (2.0, "<3"), (60.0, 60)])
def test_answers_of_guardians_are_part_of_the_yes(given, told):
    """Sixty of J4 said yes; 59 by guardians would tell the one who answered for himself. J2's yes is not told."""
    shown = wishes(by_guardian=[None, 5.0, None, given])
    assert shown["said_yes"].tolist()[1::2] == ["不列", 60]
    assert shown["by_guardian"].tolist()[1::2] == ["不列", told]
    assert pd.isna(shown.at["county", "by_guardian"]), "two homes did not note it"


@pytest.mark.parametrize(
    ("asked", "agree", "told"),
    [
        (60, 40, (60, 40, 10)),
        (70, 70, (70, 70, 0)),
        (70, 68, ("不列", "不列", 0)),
        (68, 68, ("不列", "不列", "<3")),
        (2, 2, ("<3", "<3", "不列")),
        (0, None, (0, None, 70)),
        (30, None, (30, None, 40)),
        (None, None, (None, None, 70)),
    ],
)
def test_no_opinion_of_one_or_two_families_follows(asked, agree, told):
    shown = wishes(families_consulted=[None, 15, None, asked], families_agree=[None, 10, None, agree])
    cells = shown.loc["J4", ["families_consulted", "families_agree", "families_not_heard"]]
    assert tuple(None if pd.isna(cell) else cell for cell in cells) == told


def test_of_a_home_whose_residents_are_not_told_nothing_is_told_of_families():
    """J3 has two residents, and J1's fifty are held back beside them."""
    shown = wishes(families_consulted=[50, 20, 0, 70], families_agree=[50, 20, 0, 70])
    columns = ["families_consulted", "families_agree", "families_not_heard"]
    assert shown.loc["J3", columns].tolist() == ["不列"] * 3
    blank = wishes(families_consulted=[50, 20, None, 70], families_agree=[50, 20, None, 70])
    told = home_persons(SimpleNamespace(flows=FLOWS)).cell("J3")
    assert blank.at["J3", "families_not_heard"] == told


def test_staff_that_nobody_registered_stay_blank_and_one_refusal_is_not_told():
    shown = wishes(
        staff_present=[9, 8, 7, None], staff_asked=[9, 5, None, 6], staff_agree=[8, 5, None, 6],
    )  # fmt: skip
    columns = ["staff_present", "staff_asked", "staff_agree", "staff_not_heard"]
    rows = {home: [None if pd.isna(c) else c for c in shown.loc[home, columns]] for home in shown.index}
    assert rows["J1"] == [9, "不列", "不列", 0]
    assert rows["J3"] == [7, None, None, 7]
    assert rows["J4"][0] is rows["J4"][3] is None
    assert rows["county"][0] is rows["county"][3] is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), st.booleans()), min_size=2, max_size=2)
)
def test_every_small_opinion_has_two_readings(homes):
    """Two homes whose totals are told, families that agree, do not, were not asked; all that agrees is counted out."""
    homes = [(a, b, c, known) for a, b, c, known in homes if a + b + c >= 3]
    if len(homes) < 2:
        return
    flows = pd.DataFrame(
        [(name, "Z", a + b + c, "yes", "self", 1.0) for name, (a, b, c, _) in zip("AB", homes, strict=True)],
        columns=["from_site", "to_site", "persons", "consent", "care_level", "minutes"],
    )
    rows = wish_rows(
        homes=("A", "B"), residents=[a + b + c for a, b, c, _ in homes], said_yes=[a + b + c for a, b, c, _ in homes],
        said_no=0, families_consulted=[a + b for a, b, *_ in homes],
        families_agree=[a if known else None for a, _, _, known in homes],
    )  # fmt: skip
    told = home_wishes(SimpleNamespace(flows=flows, tables={"wishes": rows}))
    columns = ("families_consulted", "families_agree", "families_not_heard")
    shown = {home: [told.cell(home, column) for column in columns] for home in ("A", "B", "county")}
    found = list(opinions(homes, shown))
    truth = tuple((a, b, c) for a, b, c, _ in homes)
    assert truth in found
    for place, (_, _, _, known) in enumerate(homes):
        for part in (0, 1, 2) if known else (2,):
            if 0 < truth[place][part] < 3:
                assert len({reading[place][part] for reading in found}) > 1, (shown, place, part)


def opinions(homes, shown):
    """Yield every split of the homes' families that agrees with what is shown."""

    def fits(cell, count):
        return cell is None or (0 < count < 3 if cell == "<3" else True if cell == "不列" else cell == count)

    splits = [
        [(a, b, a0 + b0 + c0 - a - b) for a in range(a0 + b0 + c0 + 1) for b in range(a0 + b0 + c0 + 1 - a)]
        for a0, b0, c0, _ in homes
    ]
    for reading in itertools.product(*splits):
        agrees = [(a, known) for (a, _, _), (*_, known) in zip(reading, homes, strict=True)]
        county = (
            sum(a + b for a, b, _ in reading), sum(a for a, known in agrees if known), sum(c for *_, c in reading),
        )  # fmt: skip
        own = [(a + b, a, c) for a, b, c in reading]
        if all(fits(cell, count) for home, counts in zip(("A", "B", "county"), [*own, county], strict=True)
               for cell, count in zip(shown[home], counts, strict=True)):  # fmt: skip
            yield reading


def test_a_wave_of_two_is_told_in_no_action_either():
    """J4's seventy go in waves of 68 and two: the sheet of waves tells neither, nor do the steps of the waves."""
    parts = WAVES.assign(persons=[8, 60, 2, 2, 48])
    steps = pd.DataFrame(
        {"site_id": "J4", "step": ["notice", "assess", "move", "move", "use"],
         "whom_zh": ["68 人", "2 人", "68 人（自理 68 人；同意 68 人）", "2 人", "70 人"]}
    )  # fmt: skip
    shown = of(waves=parts, actions=steps)
    assert shown["搬迁批次"].rows["persons"].tolist()[:2] == ["不列", "<3"]
    assert shown["行动清单"].rows["whom_zh"].tolist() == [*["人数不列"] * 4, "70 人"]
    whole = of(waves=WAVES, actions=steps.assign(whom_zh="60 人"))
    assert whole["行动清单"].rows["whom_zh"].tolist() == ["60 人"] * 5


@pytest.mark.parametrize(("asked", "told"), [(40, "家属未征询或不清楚 30 人"), (68, "家属未征询或不清楚 <3 人")])
def test_the_step_to_consult_families_tells_what_the_sheet_tells(asked, told):
    """Seventy live in J4: 68 consulted would tell the two who were not."""
    steps = pd.DataFrame(
        {
            "site_id": ["J4", "J4"],
            "step": ["families", "notice"],
            "whom_zh": [f"家属未征询或不清楚 {70 - asked} 人", "70 人"],
        }
    )
    table = wish_rows(families_consulted=[None, 15, None, asked], families_agree=[None, 10, None, asked])
    assert of(actions=steps, wishes=table)["行动清单"].rows["whom_zh"].tolist() == [told, "70 人"]


def test_townships_sum_what_their_homes_tell_of_wishes():
    rows = pd.DataFrame({"township": ["乙", "丁"], "families_not_heard": [22, 10], "staff_not_heard": [None, 0.0]})
    table = wish_rows(families_consulted=[None, None, None, 60], families_agree=[None, None, None, 50],
                      staff_present=[None, 5, None, 8], staff_asked=[None, 5, None, 8],
                      staff_agree=[None, 5, None, 8])  # fmt: skip
    shown = of(townships=rows, wishes=table)["乡镇行动"].rows.set_index("township")
    # J3's two residents are told of no sum.
    assert shown["families_not_heard"].to_dict() == {"乙": "不列", "丁": 10}
    assert pd.isna(shown.at["乙", "staff_not_heard"])
    assert shown.at["丁", "staff_not_heard"] == 0


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
    # Brackets that tell what an office inspects are left out; those of a committee's name are not.
    assert all("县民政局" in units and "（" not in units.replace("村（居）委会", "") for units in moved)
