"""Stories 4, 5 and 10 with other numbers: beds short, wishes, uses of the emptied homes; answers worked out by hand."""

import re

import pandas as pd
import pytest
from test_home_stories import home, people, residents_csv, write_homes
from tiny_county import write_tiny_county

from anyi_geo.bridge.homes import decide_homes, homes_today
from anyi_geo.bridge.homes_reuse import with_homes_as_care_sites
from anyi_geo.bridge.travel import prepare_travel
from anyi_geo.county import load_county
from anyi_geo.errors import SettingError
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.plan.homes import TooFewBedsError
from anyi_geo.scenario import load_scenario

TEXT = 'base = "base"\n[care_sites]\nplan = "official"\ntownship_min = 0\n[homes]\n'
#: Prices of the packaged parameters: a bed, upkeep of an emptied home, running a home, a carer, moving, nursing bed.
BED, REUSED, RUNNING, CARER, MOVING, NURSING = 80_000.0, 30_000.0, 180_000.0, 36_000.0, 1_500.0, 10_000.0


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """Return the tiny county's folder and its minutes, measured once: homes stand where its villages are."""
    folder = write_tiny_county(tmp_path_factory.mktemp("variants") / "county")
    return folder, prepare_travel(load_county(folder), 1, 0)


def decide(ground, rows, text="", listed=(), more=""):
    """Return the homes result of one scenario over these homes."""
    folder, travel = ground
    write_homes(folder, rows)
    (folder / "residents.csv").unlink(missing_ok=True)
    if listed:
        residents_csv(folder, listed, more)
    calm = "" if "alternatives" in text else "alternatives = false\n"
    (folder / "scenarios" / "v.toml").write_text(TEXT + calm + text, encoding="utf-8")
    county = load_county(folder)
    _, settings = with_homes_as_care_sites(county, load_scenario("v", folder / "scenarios").settings)
    try:
        return decide_homes(county, settings, travel, pd.Series(dtype=int), SolverSettings(seconds=20.0))[1]
    except TooFewBedsError as error:
        return homes_today(county, settings, travel, error) | {"message": str(error)}


VILLAGES = {"A": 0.0, "B": 1.0, "C": 2.0, "D": 6.0, "E": 7.0}


def house(site, village, beds, centre=False, **more):
    return home(site, village, beds, "county_centre_candidate" if centre else "jinglaoyuan", **more), VILLAGES[village]


def three(centre, first=24, second=18, third=30, **more):
    """Return three homes of self-caring residents who all said yes, and a centre."""
    return [
        house("HA", "A", 30, **people(self_yes=first)),
        house("HB", "B", 20, **people(self_yes=second)),
        house("HC", "D", 30, **people(self_yes=third)),
        house("Z", "C", centre, centre=True, **more),
    ]


def wishes(centre, **more):
    """Return the same 72: 4 + 1 said no, 10 were not asked."""
    return [
        house("HA", "A", 30, **people(self_yes=20, self_no=4)),
        house("HB", "B", 20, **people(partial_yes=18)),
        house("HC", "D", 30, **people(self_yes=19, full_no=1, self_not_asked=10)),
        house("Z", "C", centre, centre=True, **more),
    ]


Y = house("Y", "E", 20, centre=True)
#: Rows, settings, and what is told: needed, at hand, short, square metres, yuan once of the first way.
SHORT = {
    "the story": (three(60), "", 72, 60, 12, 420, 12 * BED),
    "short by one": (three(71), "", 72, 71, 1, 35, BED),
    "small homes": (three(15, 10, 5, 5), "", 20, 15, 5, 175, 5 * BED),
    "own area and price": (
        three(60, expansion_m2_per_bed=40, expansion_yuan_per_bed=90000), "", 72, 60, 12, 480, 12 * 90_000.0,
    ),
    "expansion of five": (three(60, expansion_beds=5), "", 72, 65, 7, 245, 12 * BED),
    "two steps": (
        three(60, expansion_steps="5:80000:35;4:100000:40"), "", 72, 69, 3, 120, 5 * 80_000.0 + 7 * 100_000.0,
    ),
    "a centre that still has to be built": (
        three(0, expansion_steps="10:60000:30"), "", 72, 10, 62, 62 * 30, 72 * 60_000.0,
    ),
    "residents at the centre": (three(60, **people(full_no=10)), "", 82, 60, 22, 770, 22 * BED),
    "two candidates, one centre": ([*three(40), Y], "", 72, 40, 32, 1120, 32 * BED),
    "two candidates, two centres": ([*three(40), Y], "centres = 2\n", 72, 60, 12, 420, 12 * BED),
    "an empty home": ([*three(60), house("HE", "E", 9, **people())], "", 72, 60, 12, 420, 12 * BED),
    "hard consent: 57 may move": (wishes(50), 'consent = "hard"\n', 57, 50, 7, 245, 7 * BED),
    "four go home": (
        [
            house("HA", "A", 30, **people(self_yes=20, self_no=4), residents_self_home_support=4),
            *three(60)[1:],
        ], "", 68, 60, 8, 280, 8 * BED,
    ),
    "one home is kept anyway": (three(40), 'keep = ["HC"]\n', 42, 40, 2, 70, 2 * BED),
}  # fmt: skip


@pytest.mark.parametrize("name", SHORT)
def test_beds_that_are_short_are_told_by_number_area_and_price(ground, name):
    rows, text, needed, at_hand, short, m2, once = SHORT[name]
    told = decide(ground, rows, text)
    figures = {key: told["figures"][key] for key in ("beds_needed", "beds_at_hand", "beds_short", "m2_short")}
    assert figures == {"beds_needed": needed, "beds_at_hand": at_hand, "beds_short": short, "m2_short": m2}
    assert f"需要 {needed} 床" in told["message"]
    assert f"缺 {short} 床" in told["message"]
    assert f"约 {m2} m²" in told["message"]
    more, second, keep = told["ways_out"]
    assert [way["kind"] for way in (more, second, keep)] == ["more_beds", "second_centre", "keep_home"]
    assert more["one_off_yuan"] == pytest.approx(once)
    assert "HE" not in keep["site_ids"], "keeping an empty home houses nobody"


def test_the_three_ways_cost_what_a_clerk_works_out(ground):
    """72 residents who care for themselves, 60 beds; a nursing bed for 55 % of the centres' beds.

    More beds: 40 nursing beds, 7.2 carers, so 8. A second centre at A, 24 of whom stay: 90 beds, 33 + 17 nursing beds.
    B kept: 54 at the centre, 33 nursing beds, 5.4 and 1.8 carers.
    """
    told = decide(ground, three(60))
    more, second, keep = told["ways_out"]
    support = 72 * 12 * (1190 + 100)
    annuity = 0.035 / (1 - 1.035**-20)
    assert more["yearly_yuan"] == pytest.approx(annuity * more["one_off_yuan"])
    once = 12 * BED + 40 * NURSING + 72 * MOVING
    assert more["annual_yuan"] == pytest.approx(support + RUNNING + 3 * REUSED + 8 * CARER + annuity * once)
    assert (second["site_ids"], second["yearly_yuan"]) == (["HA"], RUNNING - REUSED)
    once = (33 + 17) * NURSING + 48 * MOVING
    assert second["annual_yuan"] == pytest.approx(support + 2 * RUNNING + 2 * REUSED + 8 * CARER + annuity * once)
    assert keep["site_ids"] == ["HC"], "C's 30 need 3 carers whole; B's 18 need 1.8, so a fifth of a carer more"
    once = 33 * NURSING + 42 * MOVING
    assert keep["annual_yuan"] == pytest.approx(support + 2 * RUNNING + 2 * REUSED + 8 * CARER + annuity * once)


def test_a_second_centre_without_enough_beds_is_priced_with_those_it_lacks(ground):
    """32 beds are short and the largest other home has 30."""
    second = decide(ground, [*three(40), Y])["ways_out"][1]
    assert (second["beds"], second["one_off_yuan"]) == (30, 2 * BED)
    assert "并扩建 2 床" in second["message"]


@pytest.mark.parametrize(
    ("centre", "expansion", "missing", "told"),
    [
        (72, 0, 8, "无备用床位：中心 72 床、入住 72 人（100%）"),
        (60, 12, 8, "无备用床位：中心 72 床、入住 72 人（100%）"),
        (73, 0, 7, "备用床位只有 1 张"),
        (79, 0, 1, "备用床位只有 7 张"),
        (80, 0, 0, None),
        (60, 20, 0, None),
    ],
)
def test_a_full_centre_says_so(ground, centre, expansion, missing, told):
    """A tenth of 72 in reserve: 80 beds."""
    result = decide(ground, three(centre, expansion_beds=expansion))
    warnings = {row["code"]: row["message"] for row in result.summary["warnings"]}
    assert result.summary["reserve_short"] == missing
    assert ("W_NO_RESERVE" in warnings) == (told is not None)
    assert told is None or told in warnings["W_NO_RESERVE"]


def one(home_people, text="", centre=40, listed=(), **more):
    """Return rows of one home and a centre."""
    return [house("HA", "A", 30, **home_people, **more), house("Z", "C", centre, centre=True)], text, listed


ASKED_NOBODY = [f"R{k},HA,self,,,," for k in range(6)]
#: Rows, settings, list; then moved, staying, home, moved against a no, moved unasked, state of HA.
CONSENT = {
    "everyone not asked, hard": (*one(people(self_not_asked=24), 'consent = "hard"\n'), 0, 24, 0, 0, 0, "kept"),
    "everyone not asked, soft": (*one(people(self_not_asked=24)), 24, 0, 0, 0, 24, "emptied"),
    "everyone said no, hard": (*one(people(full_no=7), 'consent = "hard"\n'), 0, 7, 0, 0, 0, "kept"),
    "everyone said no, soft": (*one(people(full_no=7)), 7, 0, 0, 7, 0, "emptied"),
    "all yes by guardians, hard": (
        *one(people(full_yes=9), 'consent = "hard"\n', residents_yes_by_guardian=9), 9, 0, 0, 0, 0, "emptied",
    ),
    "one no holds the home, hard": (*one(people(self_yes=23, self_no=1), 'consent = "hard"\n'), 23, 1, 0, 0, 0, "kept"),
    "the noes go home, hard": (
        *one(people(self_yes=20, self_no=4), 'consent = "hard"\n', residents_self_home_support=4),
        20, 0, 4, 0, 0, "emptied",
    ),
    "three of four noes go home, hard": (
        *one(people(self_yes=20, self_no=4), 'consent = "hard"\n', residents_self_home_support=3),
        20, 1, 3, 0, 0, "kept",
    ),
    "home support switched off": (
        *one(people(self_yes=20, self_no=4), "home_support = false\n", residents_self_home_support=4),
        24, 0, 0, 4, 0, "emptied",
    ),
    "blank answers in the list, hard": (*one({}, 'consent = "hard"\n', listed=ASKED_NOBODY), 0, 6, 0, 0, 0, "kept"),
    "blank answers in the list, soft": (*one({}, listed=ASKED_NOBODY), 6, 0, 0, 0, 6, "emptied"),
    "nobody lives there": (*one(people(), 'consent = "hard"\n'), 0, 0, 0, 0, 0, "emptied"),
    "nobody knows who lives there, hard": (*one({}, 'consent = "hard"\n'), 0, 0, 0, 0, 0, "kept"),
    "nobody knows who lives there, soft": (*one({}), 0, 0, 0, 0, 0, "emptied"),
    "kept by the scenario": (*one(people(self_yes=24), 'keep = ["HA"]\n'), 0, 24, 0, 0, 0, "kept"),
}  # fmt: skip


def test_every_sentence_that_counts_residents_has_a_form_without_their_numbers(ground):
    """72 residents on 75 beds, 4 go home, 5 said no, 10 were not asked."""
    rows = wishes(75)
    rows[0][0]["residents_self_home_support"] = 2
    summary = decide(ground, rows).summary
    told = [*summary["warnings"], *summary["notes"]]
    counted = {row["code"]: row for row in told if re.search(r"\d 人", row["message"])}
    assert {"W_MOVED_WITHOUT_CONSENT", "W_NO_RESERVE", "N_FAMILIES_AT_THE_OLD_HOME"} <= set(counted)
    for code, row in counted.items():
        known = {"moved", "staying", "home_support", "moved_without_consent", "moved_not_asked"}
        assert set(row["follows"]) <= known
        assert not any(f"{count} 人" in row["bare"] for count in range(100)), code
        assert row["bare_en"]


@pytest.mark.parametrize("name", CONSENT)
def test_wishes_are_counted_and_never_guessed(ground, name):
    rows, text, listed, moved, staying, returns, against, unasked, state = CONSENT[name]
    result = decide(ground, rows, text, listed)
    summary, states = result.summary, result.states.set_index("site_id")
    found = [summary[key] for key in ("moved", "staying", "home_support", "moved_without_consent", "moved_not_asked")]
    assert found == [moved, staying, returns, against, unasked]
    assert (states.at["HA", "state"] == "kept") == (state == "kept") == (states.at["HA", "reason_zh"] != "")
    codes = {row["code"]: row["message"] for row in summary["warnings"]}
    assert ("W_MOVED_WITHOUT_CONSENT" in codes) == bool(against or unasked)
    if against or unasked:
        assert f"未同意仍迁移 {against} 人，未征询 {unasked} 人" in codes["W_MOVED_WITHOUT_CONSENT"]
    assert ("W_RESIDENTS_UNKNOWN" in codes) == ("nobody knows" in name)
    assert ("W_EMPTY_CENTRE" in codes) == (moved == 0)


def test_hard_consent_over_two_centres_keeps_each_home_with_a_doubt(ground):
    result = decide(ground, [*wishes(60), Y], 'consent = "hard"\ncentres = 2\n')
    states = result.states.set_index("site_id")
    assert (states["state"] == "kept").to_dict() == {"HA": True, "HB": False, "HC": True, "Y": False, "Z": False}
    assert result.summary["staying"] == 15
    moved = result.flows[result.flows["from_site"] != result.flows["to_site"]]
    assert set(moved["consent"]) == {"yes"}


def test_a_candidate_that_is_not_chosen_is_not_kept_for_want_of_a_list(ground):
    """Z, with 80 beds, takes all; nobody registered residents at the candidate Y, for nobody lives there yet."""
    result = decide(ground, [*three(80), Y], 'consent = "hard"\n')
    assert result.states.set_index("site_id").at["Y", "state"] != "kept"
    assert "W_RESIDENTS_UNKNOWN" not in {row["code"] for row in result.summary["warnings"]}


def test_every_home_alike_is_called_one_rule_for_all(ground):
    soft = {row["code"]: row["message"] for row in decide(ground, wishes(80)).summary["warnings"]}
    assert "2 个敬老院并非人人同意" in soft["W_ONE_RULE_FOR_ALL"]
    assert "3 个敬老院用同一种办法全部腾出" in soft["W_ONE_RULE_FOR_ALL"]
    spared = decide(ground, wishes(80), 'keep = ["HB"]\n').summary["warnings"]
    assert "全部腾出" not in {row["code"]: row["message"] for row in spared}["W_ONE_RULE_FOR_ALL"]


def warnings(result):
    return {row["code"]: row["message"] for row in result.summary["warnings"]}


def test_one_rule_is_told_of_homes_by_name_and_of_townships_that_all_agree(ground):
    """HA and HC move whole though not all agreed; where all agree that nothing differs is still told."""
    assert "A村HA、D村HC 2 个敬老院并非人人同意" in warnings(decide(ground, wishes(80)))["W_ONE_RULE_FOR_ALL"]
    agreed = warnings(decide(ground, three(80)))["W_ONE_RULE_FOR_ALL"]
    assert "2 个乡镇的 3 个敬老院用同一种办法全部腾出，没有一个乡镇不同" in agreed
    assert "并非人人同意" not in agreed
    assert "W_ONE_RULE_FOR_ALL" not in warnings(decide(ground, three(80), 'keep = ["HB"]\n'))
    west = [house("HA", "A", 30, **people(self_yes=5)), house("HB", "B", 20, **people(self_yes=5)), *three(80)[3:]]
    assert "W_ONE_RULE_FOR_ALL" not in warnings(decide(ground, west)), "one township cannot differ from itself"


def test_one_use_for_all_is_told_too(ground):
    text = given(["HA", "HB", "HC"], [SPARE] * 3)
    assert "用途也都是备用（养老服务）" in warnings(decide(ground, three(80), text))["W_ONE_RULE_FOR_ALL"]
    text = given(["HA", "HB", "HC"], [SPARE, SPARE, STATION])
    assert "用途也都是" not in warnings(decide(ground, three(80), text))["W_ONE_RULE_FOR_ALL"]


#: Four in post, all asked, all agree; and the same with one who was not asked.
HEARD = {
    "staff_carers": 2,
    "staff_cooks": 1,
    "staff_managers": 1,
    "staff_others": 0,
    "staff_asked": 4,
    "staff_agree": 4,
}
ONE_NOT = {**HEARD, "staff_asked": 3, "staff_agree": 3}


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (
            {"families_consulted": 0},
            {},
            "有老人迁出的 2 个院中 2 个的家属、腾出的 2 个院中 2 个的工作人员没有征询齐或没有登记",
        ),
        ({"families_consulted": 9}, HEARD, "2 个院中 1 个的家属、腾出的 2 个院中 1 个的工作人员"),
        (
            {"families_consulted": 8, **HEARD},
            {"families_consulted": 9, **HEARD},
            "有老人迁出的 2 个院中 1 个的家属没有",
        ),
        (
            {"families_consulted": 9, **ONE_NOT},
            {"families_consulted": 9, **HEARD},
            "腾出的 2 个院中 1 个的工作人员没有",
        ),
        ({"families_consulted": 9, **HEARD}, {"families_consulted": 9, **HEARD}, None),
    ],
)
def test_one_message_says_of_how_many_homes_families_or_staff_were_not_heard(ground, first, second, told):
    rows = [
        house("HA", "A", 30, **people(self_yes=9), **first),
        house("HC", "D", 30, **people(self_yes=9), **second),
        house("Z", "C", 40, centre=True),
    ]
    found = warnings(decide(ground, rows))
    assert ("W_NOT_HEARD" in found) == (told is not None)
    assert told is None or told in found["W_NOT_HEARD"]


def test_what_nobody_wrote_down_is_a_note_and_no_warning(ground):
    summary = decide(ground, three(80)).summary
    notes = {row["code"]: row["message"] for row in summary["notes"]}
    assert "有老人迁出的 3 个院中 3 个的家属、腾出的 3 个院中 3 个的工作人员没有" in notes["N_NOT_HEARD"]
    assert "W_NOT_HEARD" not in {row["code"] for row in summary["warnings"]}


def test_a_home_that_is_kept_hears_no_staff_and_no_families(ground):
    told = decide(ground, three(80), 'keep = ["HA", "HB", "HC"]\n').summary
    assert not {"W_NOT_HEARD", "N_NOT_HEARD"} & {row["code"] for row in told["warnings"] + told["notes"]}


def test_until_when_those_not_asked_are_to_be_asked(ground):
    """Thirty a wave: HC with ten who were not asked moves last; where everybody was not asked, in the first wave."""
    days = "wave_cap = 30\nfirst_wave = 2024-05-31\nnotice_days = 30\nassessment_days = 14\n"
    later = decide(ground, wishes(80), days)
    (note,) = [row["message"] for row in later.summary["notes"] if row["code"] == "N_ASK_BEFORE_NOTICE"]
    assert note.startswith("第 3 批（2024-06-28）起有未征询的老人：书面通知最晚 2024-05-29 发出，此前要逐人征询完")
    assert "W_ASK_BEFORE_NOTICE" not in warnings(later)
    unasked = [house("HA", "A", 30, **people(self_not_asked=20)), house("Z", "C", 40, centre=True)]
    first = warnings(decide(ground, unasked, days))["W_ASK_BEFORE_NOTICE"]
    assert first.startswith("首批 2024-05-31 就有未征询的老人：书面通知最晚 2024-05-01 发出，此前要逐人征询完")
    for rows, text in ((three(80), days), (unasked, f'{days}consent = "hard"\n')):
        told = decide(ground, rows, text).summary
        codes = {row["code"] for row in told["warnings"] + told["notes"]}
        assert not codes & {"W_ASK_BEFORE_NOTICE", "N_ASK_BEFORE_NOTICE"}, "nobody moves who was not asked"


def test_wishes_from_the_list_and_from_the_home(ground):
    """HA lists five: two families consulted, one not, two blank; HC states its own; Z says nothing."""
    rows = [
        house("HA", "A", 9, families_agree=1, village_consent="no"),
        house("HC", "D", 30, **people(self_yes=9), families_consulted=9, families_agree=7, **HEARD),
        house("Z", "C", 40, centre=True, **people(self_yes=3)),
    ]
    listed = [f"R{k},HA,self,yes,,,,{answer}" for k, answer in enumerate(("yes", "yes", "no", "", ""))]
    result = decide(ground, rows, listed=listed, more="family_consulted")
    table = result.tables["wishes"].set_index("site_id")
    columns = ["residents", "families_consulted", "families_agree", "families_not_heard"]
    assert table.loc["HA", columns].tolist() == [5, 2, 1, 3]
    assert table.loc["HC", columns].tolist() == [9, 9, 7, 0]
    assert table.loc["county", columns].tolist() == [17, 11, 8, 6]
    assert table.loc["HA", ["village_consent", "staff_to"]].tolist() == ["no", "C村Z"]
    gaps = result.tables["unknown"].groupby("site_id")["column"].agg(set)
    assert not {"families_consulted", "staff_asked"} & gaps["HC"]
    assert "village_consent" in gaps["HC"] - gaps["HA"]
    assert "staff_asked" in gaps["HA"]
    assert {"families_consulted", "staff_asked"} <= gaps["Z"]
    assert "village_consent" not in gaps["Z"], "a centre becomes no care site"


def test_days_of_notice_stand_in_the_waves_and_no_wave_moves_for_them(ground):
    text = "first_wave = 2024-05-31\nwave_cap = 30\n"
    with_days = decide(ground, three(80), f"{text}notice_days = 60\nassessment_days = 0\n").tables["waves"]
    without = decide(ground, three(80), f"{text}notice_days = 0\nassessment_days = 0\n").tables["waves"]
    assert with_days["date"].tolist() == without["date"].tolist()
    assert with_days["date"].min() == "2024-05-31"
    assert with_days["notify_by"].min() == "2024-04-01"
    assert (with_days["assess_by"] == with_days["date"]).all()


def test_families_before_and_after_by_hand(ground):
    """3 minutes a kilometre: HA's families at home (0 to 6) or at D (18 to 12), limit 10: one of three is beyond."""
    listed = ["R1,HA,self,yes,,,", "R2,HA,self,yes,,,", "R3,HA,self,yes,,,990000000004"]
    result = decide(ground, *one({}, "visit_limit_minutes = 10.0\n", listed=listed))
    rows = result.tables["families"].set_index("origin")
    assert rows.at["HA", "persons"] == 2
    assert rows["minutes_before"].to_dict() == pytest.approx({"HA": 0.0, "990000000004": 18.0}, abs=0.1)
    assert rows["minutes_after"].to_dict() == pytest.approx({"HA": 6.0, "990000000004": 12.0}, abs=0.1)
    table = result.tables["county"].set_index("key")
    assert table.loc["visit_mean", ["before", "after"]].tolist() == pytest.approx([6.0, 8.0], abs=0.1)
    assert table.loc["visit_max", ["before", "after"]].tolist() == pytest.approx([18.0, 12.0], abs=0.1)
    assert table.loc["visit_far", ["before", "after"]].tolist() == pytest.approx([1 / 3, 1 / 3])


def test_the_other_rule_stands_beside(ground):
    table = decide(ground, wishes(80)).tables["county"].set_index("key")
    assert table.loc[["moved", "staying"], "after"].tolist() == [72, 0]
    assert table.loc[["moved", "staying"], "other"].tolist() == [57, 15]
    assert table.loc["homes_open", ["before", "after", "other"]].tolist() == [3, 1, 3]


def many(count):
    """Return so many homes of two residents and a centre."""
    names = [f"H{k:02d}" for k in range(count)]
    rows = [house(site, "A", 5, book_value_yuan=1000.0 * k, **people(self_yes=2)) for k, site in enumerate(names, 1)]
    return names, [*rows, house("Z", "C", 60, centre=True)]


def given(names, choice):
    return "[homes.reuse.given]\n" + "".join(f'{site} = "{use}"\n' for site, use in zip(names, choice, strict=True))


STATION, LET, CARE, SPARE = "civil_affairs_station", "public_built_private_run", "xingfuyuan", "reserve"


@pytest.mark.parametrize(
    "choice",
    [
        [STATION] * 6 + [LET] * 3 + [CARE],
        [STATION] * 10,
        [LET] * 10,
        [CARE] * 10,
        [SPARE] * 10,
        [STATION, LET, CARE, SPARE] * 2 + [STATION] * 2,
        [STATION] * 5 + [LET] * 4,
        [LET] * 6 + [STATION] * 5,
        [CARE],
    ],
    ids=lambda choice: f"{len(choice)} homes, {len(set(choice))} uses",
)
def test_as_many_homes_come_out_as_went_in(ground, choice):
    names, rows = many(len(choice))
    result = decide(ground, rows, given(names, choice))
    ledger = result.tables["assets"].set_index("site_id").loc[names]
    assert ledger["state_after"].tolist() == choice
    assert (ledger["in_before"].sum(), ledger["in_after"].sum()) == (len(choice), len(choice))
    total = 1000.0 * len(choice) * (len(choice) + 1) / 2
    assert ledger["book_value_yuan_before"].sum() == ledger["book_value_yuan_after"].sum() == total
    assert ledger["rent_yuan_after"].notna().tolist() == [use == LET for use in choice]
    assert (ledger.loc[ledger["state_after"] == LET, "rent_yuan_after"] == 5 * 1200.0).all()
    assert len(result.tables["transfers"]) == len(choice)
    notes = {row["code"]: row["message"] for row in result.summary["notes"]}
    assert ("N_EMPTIED_COUNT" in notes) == (len(choice) != 10)
    assert len(choice) == 10 or f"腾出 10 个乡镇敬老院，本方案腾出 {len(choice)} 个" in notes["N_EMPTIED_COUNT"]


@pytest.mark.parametrize("use", ["出租为仓库", "warehouse", "sold", "hotel", "centre", "kept", "", "民宿"])
def test_any_other_use_is_refused_with_the_clause(ground, use):
    names, rows = many(10)
    with pytest.raises(SettingError, match="不得改变养老服务用途") as caught:
        decide(ground, rows, given(names, [use] + [SPARE] * 9))
    assert f"“{use}”" in str(caught.value)


def test_a_forbidden_use_is_refused_for_a_home_that_stays_open_too(ground):
    text = 'consent = "hard"\n[homes.reuse.given]\nHA = "warehouse"\n'
    with pytest.raises(SettingError, match="不得改变养老服务用途"):
        decide(ground, wishes(80), text)


def test_a_use_given_to_a_home_that_is_not_emptied_is_told(ground):
    result = decide(ground, wishes(80), 'consent = "hard"\n[homes.reuse.given]\nHA = "reserve"\nHB = "reserve"\n')
    told = {row["code"]: row["message"] for row in result.summary["warnings"]}["W_GIVEN_USE_WAITS"]
    assert "A村HA" in told
    assert "HB" not in told
    assert result.states.set_index("site_id").at["HA", "state"] == "kept"


def test_the_row_of_the_scenarios_own_number_of_centres_is_its_plan(ground):
    """Only HE may be the second centre; that another home would do as well shows in no row that is called chosen."""
    rows = [*three(60), house("HE", "E", 40, **people())]
    text = 'alternatives = true\ncentres = 2\nregional_centres = ["HE"]\n'
    result = decide(ground, rows, text)
    table = result.tables["alternatives"].set_index("centres")
    assert table["chosen"].to_dict() == {1: False, 2: True, 3: False}
    assert table.at[2, "centre_names"] == result.summary["centre_names"] == ["E村HE", "C村Z"]
    for name in ("moved", "beds_added", "yearly_yuan_after", "one_off_yuan", "visit_minutes_after_mean"):
        assert table.at[2, name] == result.summary[name]
    assert (table.at[1, "status"], str(table["moved"].dtype)) == ("unmeetable", "Int64")
