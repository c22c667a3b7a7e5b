"""The judge of homes: it sees what is wrong with a plan, and counts by hand what is right."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from anyi_geo.errors import ProblemError
from anyi_geo.judge.homes import (
    action_sheet,
    activity_seats,
    asset_ledger,
    check_plan,
    consent_table,
    cost_table,
    families_not_heard,
    family_minutes,
    family_table,
    homes_costs,
    homes_table,
    pay_back_years,
    rent_figures,
    staff_not_heard,
    staff_table,
    station_cover,
    township_table,
    transfer_log,
    visiting,
    wishes_table,
    worst_changes,
)
from anyi_geo.schema import STAFF_COLUMNS

RATIO = {"self": 10.0, "partial": 6.0, "full": 3.0}
FLOW = ["from_site", "to_site", "care_level", "consent", "origin", "persons"]
MINUTES = pd.DataFrame({"A": [0.0, 20.0, 5.0], "Z": [20.0, 0.0, 25.0]}, index=["A", "Z", "v"])


def flows(*rows):
    return pd.DataFrame(list(rows), columns=FLOW)


GOOD = flows(("A", "Z", "self", "yes", "A", 9), ("A", "Z", "full", "yes", "v", 1), ("Z", "Z", "self", "no", "Z", 10))


def homes(**columns):
    base = {
        "name": ["甲院", "中心"],
        "township": ["甲乡", "城关镇"],
        "candidate": [False, True],
        "beds": [12, 15],
        "expansion_beds": [0, 10],
        "nursing_beds": [np.nan, 4.0],
        "area_m2": [240.0, 450.0],
    }
    return pd.DataFrame(base | columns, index=["A", "Z"])


STATE = pd.Series({"A": "reserve", "Z": "centre"})
ADDED = pd.Series({"A": 0, "Z": 6})
GROWTH = pd.DataFrame({"beds": [0, 6], "yuan": [0.0, 480000.0], "m2": [0.0, 210.0]}, index=["A", "Z"])
FITTED = pd.Series({"A": 0, "Z": 8})


def groups(table=GOOD):
    return table.rename(columns={"from_site": "home"}).assign(home_support=False)


def check(table=GOOD, state=STATE, added=ADDED, consent="soft", centres=1, before=None):
    before = groups() if before is None else before
    check_plan(homes(), before, table, state, added, consent=consent, centres=centres)


def test_a_sound_plan_passes():
    check()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"table": GOOD.assign(persons=[8, 1, 10])}, "不符"),
        ({"table": GOOD.assign(to_site=["A", "Z", "Z"])}, "腾出的 A"),
        ({"added": pd.Series({"A": 0, "Z": 4})}, "超过床位"),
        ({"added": pd.Series({"A": 0, "Z": 11})}, "超出范围"),
        ({"state": pd.Series({"A": "kept", "Z": "kept"})}, "中心有 0 个"),
        ({"state": pd.Series({"A": "centre", "Z": "centre"}), "centres": 2}, "不是中心候选"),
        ({"table": GOOD.assign(to_site=["home_support", "Z", "Z"])}, "分散供养"),
    ],
)
def test_a_false_plan_is_seen(change, match):
    with pytest.raises(ProblemError, match=match):
        check(**change)


def test_a_move_against_the_rule_is_seen():
    table = GOOD.assign(consent=["not_asked", "yes", "no"])
    check(table, before=groups(table))
    with pytest.raises(ProblemError, match="未同意的 9 人被迁移"):
        check(table, before=groups(table), consent="hard")


def test_beds_area_and_carers_before_and_after():
    """A: 9/10 + 1/3 = 1.23, so 2 carers; Z: 10/10 = 1; together 1.9 + 0.33 = 2.23, so 3. No saving is promised."""
    table = homes_table(homes(), STATE, GOOD, GROWTH, FITTED, RATIO)
    assert table["staff_before"].to_dict() == {"A": 2, "Z": 1}
    assert table["staff_after"].to_dict() == {"A": 0, "Z": 3}
    assert table["beds_after"].to_dict() == {"A": 0, "Z": 21}
    assert table["nursing_beds_after"].fillna(-1).to_dict() == {"A": -1, "Z": 12}
    assert table["m2_per_bed_before"].to_dict() == {"A": 20.0, "Z": 30.0}
    assert table.at["Z", "m2_per_bed_after"] == round((450 + 6 * 35) / 21, 1)


def test_merging_full_homes_saves_no_carer():
    """Ten homes of 20/6/3 need 4 carers each, merged 40 as well."""
    names = [f"H{k}" for k in range(10)]
    rows = [(n, "Z", level, "yes", n, count) for n in names for level, count in zip(RATIO, (20, 6, 3), strict=True)]
    frame = homes().reindex([*names, "Z"]).assign(beds=300)
    state = pd.Series({**dict.fromkeys(names, "reserve"), "Z": "centre"})
    none = pd.Series(0, index=frame.index)
    growth = pd.DataFrame(0, index=frame.index, columns=["beds", "yuan", "m2"])
    table = homes_table(frame, state, flows(*rows), growth, none, RATIO)
    assert (table["staff_before"].sum(), table["staff_after"].sum()) == (40, 40)


def test_minutes_are_counted_per_resident_from_the_village_where_it_is_known():
    """Nine at 0 -> 20 minutes, one of village v at 5 -> 25, ten stay: mean after (180 + 25) / 20."""
    visits = family_minutes(GOOD, MINUTES)
    found = visiting(visits, 20.0)
    assert found["visit_minutes_before_mean"] == pytest.approx(0.25)
    assert found["visit_minutes_after_mean"] == pytest.approx(10.25)
    assert found["visit_minutes_after_p90"] == 20.0
    assert found["visit_share_over_limit_after"] == pytest.approx(0.05)
    assert found["visit_origin_known"] == 1
    assert visiting(visits.iloc[:0], 20.0)["visit_minutes_after_mean"] == 0.0
    worst = worst_changes(family_table(visits, pd.Series({"A": "甲院", "Z": "中心", "v": "村"})))
    assert worst["minutes_added"].tolist() == [20.0, 20.0]
    assert set(worst["origin_name"]) == {"甲院", "村"}


def test_a_village_without_a_road_counts_from_the_old_home():
    cut = MINUTES.copy()
    cut.loc["v"] = np.inf
    visits = family_minutes(GOOD, cut)
    assert not visits["origin_known"].any()
    assert visits["minutes_after"].tolist() == [20.0, 20.0, 0.0]


def test_staff_present_is_compared_or_said_to_be_unknown():
    posts = homes(staff_carers=[1.0, np.nan], staff_cooks=1.0, staff_managers=1.0, staff_others=0.0)
    table = homes_table(homes(), STATE, GOOD, GROWTH, FITTED, RATIO)
    unknown = staff_table(posts, table).set_index("site_id")
    assert unknown.at["A", "carers_spare"] == 1
    assert "统筹" in unknown.at["A", "note_zh"]
    assert np.isnan(unknown.at["county", "carers_short"])
    known = staff_table(posts.assign(staff_carers=[1.0, 1.0]), table).set_index("site_id")
    assert (known.at["Z", "carers_short"], known.at["county", "carers_short"]) == (2, 1)
    assert "招聘" in known.at["county", "note_zh"]


@pytest.mark.parametrize(
    ("before", "after", "once", "years"),
    [(100.0, 80.0, 60.0, 3.0), (100.0, 100.0, 60.0, None), (80.0, 100.0, 60.0, None), (100.0, 90.0, 0.0, 0.0)],
)
def test_what_is_not_saved_is_never_paid_back(before, after, once, years):
    assert pay_back_years(before, after, once) == years


RENT = pd.Series({"A": 14400.0})


def assets():
    return homes(building_id=["B1", "B2"], kind=["jinglaoyuan", "county_centre_candidate"], owner=["乡政府", ""],
                 operator=["", ""], contract=["2021-07 号", ""], rent_yuan_per_year=[6000.0, np.nan],
                 book_value_yuan=[500000.0, np.nan])  # fmt: skip


def test_the_ledger_closes_and_an_unknown_value_stays_unknown():
    ledger = asset_ledger(assets(), STATE, RENT).set_index("site_id")
    assert ledger.at["A", "book_value_yuan_after"] == 500000.0
    assert np.isnan(ledger.at["Z", "book_value_yuan_after"])
    assert (ledger["in_before"].sum(), ledger["in_after"].sum()) == (2, 2)


def test_contract_and_rent_stand_before_and_after_and_only_a_let_home_earns_rent():
    let = pd.Series({"A": "public_built_private_run", "Z": "centre"})
    row = asset_ledger(assets(), let, RENT).set_index("site_id").loc["A"]
    assert (row["contract_before"], row["rent_yuan_before"], row["rent_yuan_after"]) == ("2021-07 号", 6000.0, 14400.0)
    assert "运营合同" in row["contract_after_zh"]
    kept = asset_ledger(assets(), STATE, RENT).set_index("site_id").loc["A"]
    assert np.isnan(kept["rent_yuan_after"])
    assert kept["contract_after_zh"] == "现有运营或租赁合同先终止或变更"


def test_an_emptied_home_is_handed_over_after_its_last_wave_and_nobody_signs_by_himself():
    days = pd.DataFrame({"from_site": ["A", "A"], "date": ["2023-10-09", "2023-10-23"]})
    ledger = asset_ledger(assets(), STATE, RENT)
    (row,) = transfer_log(ledger, days, "2023-10-01").to_dict("records")
    assert (row["site_id"], row["not_before"], row["book_value_yuan"]) == ("A", "2023-10-23", 500000.0)
    assert (row["handed_over_on"], row["signed_by"]) == ("", "")
    assert transfer_log(ledger, days.iloc[:0], "2023-10-01").at[0, "not_before"] == "2023-10-01"


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ({"operator": ["某公司", ""], "contract": "", "rent_yuan_per_year": np.nan}, True),
        ({"contract": ["2021-07 号", ""], "rent_yuan_per_year": np.nan}, True),
        ({"contract": "", "rent_yuan_per_year": [6000.0, np.nan]}, True),
        ({"contract": "", "rent_yuan_per_year": [0.0, 6000.0]}, False),
        ({"contract": "", "rent_yuan_per_year": np.nan}, False),
    ],
)
def test_who_runs_or_rents_an_emptied_home_now_ends_that_first(now, ends):
    """A is emptied; Z, the centre, goes on as it is."""
    ledger = asset_ledger(assets().assign(**now), STATE, RENT)
    after = ledger.set_index("site_id")["contract_after_zh"]
    assert ("先终止或变更" in after["A"], after["Z"]) == (ends, "")
    (papers,) = transfer_log(ledger, pd.DataFrame({"from_site": [], "date": []}), "2023-10-01")["papers_zh"]
    assert papers.startswith("现有合同的终止或变更协议、" if ends else "移交清单")


@pytest.mark.parametrize(
    ("state", "match"),
    [
        (pd.Series({"A": "warehouse", "Z": "centre"}), "不得改变养老服务用途"),
        (pd.Series({"Z": "centre"}), "整合前 2 处，整合后 1 处"),
    ],
)
def test_a_building_that_is_lost_or_let_is_refused(state, match):
    with pytest.raises(ProblemError, match=match):
        asset_ledger(assets(), state, RENT)


WAVE_COLUMNS = ["wave", "date", "notify_by", "assess_by", "from_site", "to_site", "care_level", "consent", "persons",
                "home_whole"]  # fmt: skip


def waves(*rows):
    return pd.DataFrame(list(rows), columns=WAVE_COLUMNS)


ONE_DAY = ("2023-10-09", "2023-09-09", "2023-09-25", "A", "Z")
ONE_WAVE = waves((1, *ONE_DAY, "self", "yes", 9, True), (1, *ONE_DAY, "full", "yes", 1, True))


def heard(consulted=(np.nan, np.nan), flow=GOOD, **cells):
    """Return the wishes over a plan; nothing is registered but what is given."""
    unknown = dict.fromkeys(("families_agree", "staff_asked", "staff_agree", *STAFF_COLUMNS), np.nan)
    posts = homes(**{**unknown, "village_consent": ["not_asked", ""], **cells})
    table = homes_table(homes(), STATE, flow, GROWTH, FITTED, RATIO)
    consent = consent_table(flow, homes()["name"], pd.Series({"A": 1.0, "Z": np.nan}))
    wishes = wishes_table(table, consent, posts, pd.Series(consulted, index=["A", "Z"]), flow)
    return table, consent, wishes


def sheet(moves=ONE_WAVE, **cells):
    table, consent, wishes = heard(**cells)
    return action_sheet(table, moves, consent, wishes, date(2023, 10, 9), date(2024, 3, 1))


def test_the_sheet_names_waves_and_offices():
    table, consent, wishes = heard()
    assert consent.set_index(["site_id", "consent"]).at[("A", "yes"), "by_guardian"] == 1
    found = sheet()
    move = found[found["what_zh"] == "第 1 批迁往中心"].iloc[0]
    assert move["whom_zh"] == "10 人（自理 9 人、失能 1 人；同意 10 人）"
    assert (move["from_date"], move["responsible_zh"]) == ("2023-10-09", "县民政局、乡镇人民政府")
    build = found[found["what_zh"].str.contains("扩建 6 床、改造护理型床位 8 张")].iloc[0]
    assert build["to_date"] == "2024-03-01"
    beds = homes_table(homes(), STATE, GOOD, GROWTH * 0, FITTED, RATIO)
    built = action_sheet(beds, ONE_WAVE, consent, wishes, date(2023, 10, 9), date(2024, 3, 1)).set_index("step")
    assert built.at["build", "what_zh"] == "改造护理型床位 8 张"
    assert found[found["site_id"] == "A"]["what_zh"].str.contains("备用").any()
    towns = township_table(table, consent, wishes, ONE_WAVE, found).set_index("township")
    assert towns.at["甲乡", "responsible_zh"].startswith("甲乡牵头，会同村（居）委会、县民政局、县委编办")
    assert towns.at["甲乡", "responsible_zh"].count("县民政局") == 1
    assert "县发改委" in towns.at["城关镇", "responsible_zh"]
    assert (towns.at["甲乡", "families_not_heard"], np.isnan(towns.at["甲乡", "staff_not_heard"])) == (10, True)


def test_every_wave_has_its_notice_then_its_assessment_then_the_move():
    later = ("2023-10-23", "2023-09-23", "2023-10-09", "A", "Z")
    own = sheet(waves((1, *ONE_DAY, "self", "yes", 6, False), (2, *later, "self", "yes", 4, False))).set_index("step")
    notice, assess = own.loc["notice"], own.loc["assess"]
    assert notice["to_date"].tolist() == ["2023-09-09", "2023-09-23"]
    assert notice["what_zh"].tolist() == [f"第 {k} 批：书面通知本人和家属，迁往中心" for k in (1, 2)]
    assert assess[["from_date", "to_date"]].to_numpy().tolist() == [
        ["2023-09-09", "2023-09-25"], ["2023-09-23", "2023-10-09"],
    ]  # fmt: skip
    assert notice["whom_zh"].tolist() == assess["whom_zh"].tolist() == ["6 人", "4 人"]
    assert own.at["families", "to_date"] == "2023-09-09", "who was not asked gets no notice"
    staff = own.loc["staff"]
    assert "随老人到中心" in staff["what_zh"]
    assert (staff["whom_zh"], staff["from_date"]) == ("护理员（按比例测算）2 人", "2023-10-09")


def test_without_days_of_notice_what_comes_before_is_due_by_the_move():
    blank = waves((1, "2023-10-09", "", "", "A", "Z", "self", "yes", 10, True))
    own = sheet(blank).set_index("step")
    assert own.loc[["families", "notice", "assess"], "to_date"].tolist() == ["2023-10-09"] * 3


def test_steps_to_hear_are_there_as_long_as_somebody_was_not_heard():
    own = sheet().set_index("step")["whom_zh"]
    assert own["families"] == "家属未征询或不清楚 10 人"
    assert own["hear_staff"] == "在岗人员未登记，先登记"
    posts = {"staff_carers": [3.0, np.nan], "staff_cooks": [1.0, np.nan], "staff_managers": 1.0, "staff_others": 0.0}
    asked = {**posts, "staff_asked": [4.0, np.nan], "staff_agree": [4.0, np.nan]}
    assert sheet(**asked).set_index("step").at["hear_staff", "whom_zh"] == "工作人员未征询或不清楚 1 人"
    refused = {**posts, "staff_asked": [5.0, np.nan], "staff_agree": [3.0, np.nan]}
    assert sheet(**refused).set_index("step").at["hear_staff", "whom_zh"] == "工作人员没有表示同意 2 人"
    agreed = {**posts, "staff_asked": [5.0, np.nan], "staff_agree": [5.0, np.nan]}
    steps = sheet(consulted=(10.0, np.nan), **agreed)["step"].tolist()
    assert not {"families", "hear_staff"} & set(steps)


def test_where_all_go_home_no_centre_takes_the_staff():
    flow = GOOD.assign(to_site=["home_support", "home_support", "Z"], consent="no")
    table, consent, wishes = heard(flow=flow)
    own = action_sheet(table, ONE_WAVE.iloc[:0], consent, wishes, date(2023, 10, 9), date(2024, 3, 1))
    own = own[own["site_id"] == "A"].set_index("step")["what_zh"]
    assert own["hear_staff"] == "逐人听取工作人员意见：转岗去向"
    assert own["staff"] == "人员和编制由县民政局统一管理使用，工作人员转岗，不裁减"
    assert not {"families", "notice", "assess"} & set(own.index)


def test_wishes_of_a_home_and_the_county_sum_to_everybody():
    """Of A's ten four families were consulted, three agree; of Z's ten nobody knows. Z's posts are not registered."""
    posts = {"staff_carers": [3.0, np.nan], "staff_cooks": 1.0, "staff_managers": 1.0, "staff_others": 0.0}
    wishes = heard((4.0, np.nan), families_agree=[3.0, np.nan], staff_asked=[2.0, np.nan], **posts)[2]
    a, z, county = wishes.set_index("site_id").loc[["A", "Z", "county"]].to_dict("records")
    assert [row["families_not_heard"] for row in (a, z, county)] == [6, 10, 16]
    assert [row["residents"] for row in (a, z, county)] == [10, 10, 20]
    assert (a["said_yes"], a["by_guardian"], z["said_no"], z["by_guardian"]) == (10, 1.0, 10, 0.0)
    assert (county["families_consulted"], county["families_agree"]) == (4.0, 3.0), "known ones only"
    assert (a["staff_present"], a["staff_asked"], a["staff_not_heard"]) == (5.0, 2.0, 3.0)
    assert np.isnan([a["staff_agree"], z["families_consulted"], z["staff_present"], county["staff_present"]]).all()
    assert (a["staff_to"], z["staff_to"], a["village_consent"]) == ("中心", "", "not_asked")


def test_homes_where_somebody_was_not_heard_are_counted():
    wishes = heard((10.0, 9.0))[2]
    homes_of = pd.Index(["A", "Z"])
    assert (families_not_heard(wishes, homes_of), staff_not_heard(wishes, homes_of)) == (1, 2)
    posts = dict.fromkeys(STAFF_COLUMNS, 1.0)
    wishes = heard(staff_asked=[4.0, 3.0], **posts)[2]
    assert (families_not_heard(wishes, homes_of), staff_not_heard(wishes, homes_of)) == (2, 1)


def posts(**columns):
    """Return two homes with eight and five in post."""
    base = {"staff_carers": [4.0, 2.0], "staff_cooks": [2.0, 1.0], "staff_managers": 1.0, "staff_others": [1.0, 1.0]}
    return homes(**(base | columns))


def staff_of(**columns):
    table = homes_table(homes(), STATE, GOOD, GROWTH, FITTED, RATIO)
    return staff_table(posts(**columns), table).set_index("site_id")


def test_vacant_posts_are_recruited_for_and_freed_ones_go_to_the_pool():
    """A, emptied: 7 posts, 6 filled, 8 in post. Z: 6 posts, 3 filled, 5 in post."""
    found = staff_of(staff_posts=[7.0, 6.0], staff_established=[6.0, 3.0])
    columns = ["staff_present", "posts_vacant", "staff_off_establishment", "posts_freed"]
    assert found[columns].to_dict("index") == {
        "A": dict(zip(columns, (8, 1, 2, 7), strict=True)),
        "Z": dict(zip(columns, (5, 3, 2, 0), strict=True)),
        "county": dict(zip(columns, (13, 4, 4, 7), strict=True)),
    }
    assert "空缺 4 个，由县民政局统筹，公开招聘" in found.at["county", "posts_note_zh"]
    assert "编制 7 个划入全县统筹" in found.at["A", "posts_note_zh"]
    assert found.at["county", "carers_spare"] == 3, "six in post, three needed"
    assert "转到服务站" in found.at["county", "note_zh"]
    assert not found["posts_note_zh"].str.contains("裁|减员|解聘").any()


def test_a_home_over_its_posts_uses_up_another_ones_vacancy():
    found = staff_of(staff_posts=[4.0, 6.0], staff_established=[6.0, 3.0])
    assert found["posts_vacant"].to_dict() == {"A": 0, "Z": 3, "county": 1}
    assert "超编 2 名" in found.at["A", "posts_note_zh"]


@pytest.mark.parametrize("blank", ["staff_posts", "staff_established"])
def test_posts_that_one_home_did_not_register_leave_the_county_unknown(blank):
    found = staff_of(**({"staff_posts": 6.0, "staff_established": 3.0} | {blank: [6.0, np.nan]}))
    assert np.isnan(found.at["Z", "posts_vacant"])
    assert np.isnan(found.at["county", "posts_vacant"])
    assert not np.isnan(found.at["A", "posts_vacant"])
    assert "未登记" in found.at["county", "posts_note_zh"]
    assert staff_of()["posts_vacant"].isna().all(), "a register without the columns"


AREA = {
    "usable_area_share": 0.6,
    "activity_child_share": 0.25,
    "activity_m2_per_elder": 2.0,
    "activity_m2_per_child": 1.5,
}


def test_places_of_activity_follow_from_the_usable_area():
    """1000 m2: 600 usable, 450 for elders at 2 m2, 150 for children at 1.5 m2. No area, no number; let, no places."""
    area = pd.Series({"S": 1000.0, "X": np.nan, "L": 1000.0, "R": np.nan, "K": 500.0})
    use = pd.Series({"S": "civil_affairs_station", "X": "civil_affairs_station", "L": "public_built_private_run",
                     "R": "reserve", "K": "xingfuyuan"})  # fmt: skip
    found = activity_seats(area, use, AREA)
    assert found.loc["S"].tolist() == [225, 100]
    assert found.loc["X"].isna().all()
    assert found.loc[["L", "R"]].to_numpy().tolist() == [[0, 0], [0, 0]]
    assert found.loc["K"].tolist() == [112, 50]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("activity_m2_per_elder", 0.1, 0.0),
        ("activity_m2_per_child", 0.1, -1.0),
        ("usable_area_share", 1.0, 1.1),
        ("activity_child_share", 0.0, -0.1),
    ],
)
def test_places_of_activity_need_an_area_and_shares(name, good, bad):
    area, use = pd.Series({"S": 1000.0}), pd.Series({"S": "civil_affairs_station"})
    assert np.isfinite(activity_seats(area, use, AREA | {name: good}).to_numpy()).all()
    with pytest.raises(ProblemError, match=name):
        activity_seats(area, use, AREA | {name: bad})


def test_who_is_near_two_stations_is_counted_once():
    persons = pd.DataFrame({"persons_60plus": [100, 50, 30, 20], "left_behind": [4, 3, 2, 1]}, index=list("abcd"))
    reach = pd.DataFrame(
        {"S": [True, True, False, False], "T": [False, True, True, False], "L": True}, index=list("abcd")
    )
    uses = pd.DataFrame(
        {
            "use": ["civil_affairs_station", "civil_affairs_station", "public_built_private_run"],
            "seats_elders": [10.0, np.nan, 0.0], "seats_children": [5.0, 6.0, 0.0],
            "beds_for_paying": [np.nan, np.nan, 40.0],
        }, index=["S", "T", "L"],
    )  # fmt: skip
    found = station_cover(persons, reach, uses)
    assert (found["stations"], found["station_elders"], found["station_left_behind"]) == (2, 180, 9)
    assert (found["station_elders_share"], found["station_left_behind_share"]) == (0.9, 0.9)
    assert np.isnan(found["station_seats_elders"])
    assert (found["station_seats_children"], found["beds_for_paying"]) == (11, 40)
    none = station_cover(persons, reach, uses.loc[["L"]])
    assert (none["stations"], none["station_elders"], none["station_seats_elders"]) == (0, 0, 0)


def test_rent_stands_beside_the_costs_from_low_to_high():
    """Before 100, after 80, once 60: three years; with 10 of rent two, with 20 a year and a half."""
    rents = {f"rent_{level}_yuan": [yuan, np.nan] for level, yuan in (("low", 0.0), ("value", 10.0), ("high", 20.0))}
    table = pd.DataFrame({**rents, "let": [True, False]}, index=["L", "S"])
    found = rent_figures(table, 100.0, 80.0, 60.0)
    assert (found["rent_low_yuan"], found["rent_value_yuan"], found["rent_high_yuan"]) == (0.0, 10.0, 20.0)
    assert [found[f"pay_back_years_rent_{level}"] for level in ("low", "value", "high")] == [3.0, 2.0, 1.5]
    unknown = rent_figures(table.assign(let=True), 100.0, 80.0, 60.0)
    assert set(unknown.values()) == {None}, "the beds of one let home are not registered"


def test_an_emptied_home_is_refitted_once_and_an_unknown_cost_is_not_called_nothing():
    table = homes_table(homes(), STATE, GOOD, GROWTH, FITTED, RATIO)
    prices = {"carer_yuan_year": 1.0, "reuse_yuan_year": 1.0, "moving_yuan": 1.0, "nursing_yuan_per_bed": 1.0,
              "support_yuan_year": dict.fromkeys(RATIO, 1.0)}  # fmt: skip
    running = {"fixed_yuan_year": 10.0, "resident_yuan_year": 0.0}
    for refit, once in (([500.0, 900.0], 500.0), ([np.nan, 900.0], 0.0)):
        heads = pd.DataFrame(homes_costs(homes(refit_yuan=refit, **running), table, GOOD, prices)["after"]).set_index(
            "head"
        )
        assert heads.loc["refitting", ["one_off_yuan", "yearly_yuan"]].tolist() == [once, 0.0]
    assert cost_table(homes_costs(homes(**running), table, GOOD, prices))["head"].str.contains("refitting").any()


def test_the_sheet_says_what_an_emptied_home_holds_and_whose_posts_they_are():
    _, consent, wishes = heard()
    table = homes_table(homes(), STATE.replace("reserve", "civil_affairs_station"), GOOD, GROWTH, FITTED, RATIO)
    plan = (table, ONE_WAVE.iloc[:0], consent, wishes, date(2023, 10, 9), date(2024, 3, 1))
    staff = staff_table(posts(staff_carers=[1.0, 1.0], staff_posts=[7.0, 6.0], staff_established=[4.0, 3.0]), table)
    uses = pd.DataFrame({"refit_yuan": [48000.0], "refit_basis": "parameter", "seats_elders": [60.0],
                         "seats_children": [25.0]}, index=["A"])  # fmt: skip
    sheet = action_sheet(*plan, staff=staff, reuse=uses)
    own = {home: "；".join(rows["what_zh"] + rows["whom_zh"]) for home, rows in sheet.groupby("site_id")}
    assert "整修（约 48,000 元）后开展老年活动和留守儿童关爱服务，同时可容纳老人 60 名、儿童 25 名" in own["A"]
    assert "编制 7 个、在编 4 名" in own["A"]
    assert "缺护理员 2 名、空缺编制 3 个：先从腾出院统筹调配，不足部分公开招聘" in own["Z"]
    assert "公开招聘" not in own["A"]
    unknown = uses.assign(refit_yuan=np.nan, seats_elders=np.nan, seats_children=np.nan)
    blank = action_sheet(*plan, reuse=unknown)
    assert blank["what_zh"].str.contains("整修（费用待询价）后.*面积未登记，可容纳人数待测算").any()
    plain = action_sheet(*plan)
    assert not plain["what_zh"].str.contains("公开招聘|整修").any()
