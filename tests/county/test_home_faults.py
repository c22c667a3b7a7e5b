"""Faults of homes: each is named once with row and value, all at once; the value beside it is allowed."""

import pytest
from test_check import cell, codes
from tiny_county import edit_json

from anyi_geo.county import check_county, load_county

SITES, RESIDENTS = "sites.geojson", "residents.csv"
#: Rows of the tiny county's homes: H1 (20 beds, 8 residents) and the centre candidate Z1 (30 beds, 20 to add).
H1, Z1 = 4, 6
HEAD = "resident_id,site_id,care_level,consent,consent_by,home_support,origin_village_id"


@pytest.mark.parametrize(
    ("row", "column", "good", "bad", "code"),
    [
        (H1, "residents_self_yes", 20, 21, "E_OVER_CAPACITY"),
        (H1, "residents_total", 8, 9, "E_CONSENT_SUM"),
        (H1, "residents_yes_by_guardian", 8, 9, "E_CONSENT_SUM"),
        (H1, "residents_self_home_support", 0, 1, "E_CONSENT_SUM"),
        (H1, "families_consulted", 8, 9, "E_CONSENT_SUM"),
        (H1, "families_consulted", 0, -1, "E_NEG_POP"),
        (H1, "families_consulted", None, "五", "E_BAD_TYPE"),
        (H1, "families_agree", 0, 1, "E_CONSENT_SUM"),
        (H1, "staff_asked", 90, 1.5, "E_BAD_TYPE"),
        (H1, "staff_agree", 0, 1, "E_CONSENT_SUM"),
        (H1, "village_consent", "no", "perhaps", "E_BAD_TYPE"),
        (H1, "nursing_beds", 20, 21, "E_OVER_CAPACITY"),
        (H1, "residents_severe_yes", None, 3, "E_BAD_TYPE"),
        (H1, "running_yuan_per_year", 0, -1, "E_BAD_TYPE"),
        (H1, "expansion_yuan_per_bed", 0, -1, "E_BAD_TYPE"),
        (H1, "expansion_steps", "60:80000:35; 100:95000.5:40", "60:80000", "E_BAD_TYPE"),
        (H1, "rent_yuan_per_year", 0, -1, "E_BAD_TYPE"),
        (H1, "beds", 8, 8.5, "E_BAD_TYPE"),
        (H1, "beds", None, "十张", "E_BAD_TYPE"),
        (H1, "residents_self_yes", 0, 0.5, "E_BAD_TYPE"),
        (H1, "residents_self_yes", 8, -8, "E_NEG_POP"),
        (H1, "staff_carers", 0, -1, "E_NEG_POP"),
        (H1, "staff_posts", 0, -1, "E_BAD_TYPE"),
        (H1, "staff_posts", 3, 2.5, "E_BAD_TYPE"),
        (H1, "staff_established", 0, -1, "E_NEG_POP"),
        (H1, "refit_yuan", 0, -1, "E_BAD_TYPE"),
        (H1, "safety_state", "sound", "fine", "E_BAD_TYPE"),
        (H1, "village_id", "990000000001", "", "E_BAD_TYPE"),
    ],
)
def test_a_wrong_home_is_one_fault_beside_the_value_allowed(tiny, row, column, good, bad, code):
    cell(tiny, SITES, row, column, good)
    assert codes(tiny) == []
    load_county(tiny)
    cell(tiny, SITES, row, column, bad)
    faults = [fault for fault in check_county(tiny) if fault.is_error]
    assert [(fault.code, fault.row) for fault in faults] == [(code, row)]
    assert faults[0].id == "H1"


def test_both_figures_stand_in_the_message(tiny):
    cell(tiny, SITES, H1, "residents_self_yes", 23)
    (fault,) = check_county(tiny)
    for part in ("入住 23 人", "床位只有 20 张", "多 3 人"):
        assert part in fault.message.zh


def test_a_centre_candidate_needs_beds_or_an_expansion(tiny):
    def empty(found):
        found["features"][Z1 - 1]["properties"].update(dict.fromkeys(("beds", "residents_self_yes"), 0))

    edit_json(tiny / SITES, empty)
    assert codes(tiny) == []
    cell(tiny, SITES, Z1, "expansion_beds", 0)
    assert [(code, row) for code, _, row, _ in codes(tiny)] == [("E_NO_BEDS", Z1)]


def test_steps_sum_to_the_beds_that_can_be_added(tiny):
    cell(tiny, SITES, Z1, "expansion_steps", "5:60000:30;15:80000:35")
    assert codes(tiny) == []
    cell(tiny, SITES, Z1, "expansion_steps", "5:60000:30;14:80000:35")
    (fault,) = check_county(tiny)
    assert (fault.code, fault.row, fault.column) == ("E_BAD_TYPE", Z1, "expansion_steps")
    assert "合计 19 床" in fault.message.zh
    assert "填了 20 床" in fault.message.zh


def test_steps_without_a_bed_are_no_expansion(tiny):
    def empty(found):
        found["features"][Z1 - 1]["properties"].update(
            beds=0, residents_self_yes=0, expansion_beds=None, expansion_steps="0:60000:30"
        )

    edit_json(tiny / SITES, empty)
    assert [(code, row) for code, _, row, _ in codes(tiny)] == [("E_NO_BEDS", Z1)]


def test_homes_in_one_building_are_named_each(tiny):
    cell(tiny, SITES, H1, "building_id", "BSA")
    assert codes(tiny) == [], "a home may share its building with a care site"
    cell(tiny, SITES, H1, "building_id", "BZ1")
    faults = check_county(tiny)
    assert [(fault.code, fault.row, fault.column) for fault in faults] == [
        ("E_DUP_CODE", H1, "building_id"),
        ("E_DUP_CODE", Z1, "building_id"),
    ]
    assert f"第 {H1}、{Z1} 行" in faults[0].message.zh


def test_a_list_with_more_residents_than_beds_is_named(tiny):
    def few(found):
        found["features"][H1 - 1]["properties"].update(beds=8, residents_self_yes=None)

    edit_json(tiny / SITES, few)
    residents(tiny, *eight())
    assert codes(tiny) == []
    cell(tiny, SITES, H1, "beds", 7)
    (fault,) = check_county(tiny)
    assert (fault.code, fault.row) == ("E_OVER_CAPACITY", H1)
    assert "8 人" in fault.message.zh


def test_a_resident_without_an_answer_was_not_asked(tiny):
    cell(tiny, SITES, H1, "residents_self_yes", 7)
    cell(tiny, SITES, H1, "residents_self_not_asked", 1)
    residents(tiny, *eight(R1="R1,H1,self,,,,"))
    assert codes(tiny) == []
    assert load_county(tiny).residents["consent"].tolist() == ["", *["yes"] * 7]


def test_all_faults_are_named_at_once(tiny):
    cell(tiny, SITES, H1, "residents_self_yes", 21)
    cell(tiny, SITES, H1, "residents_total", 5)
    cell(tiny, SITES, Z1, "running_yuan_per_year", -3)
    assert [code for code, *_ in codes(tiny)] == ["E_OVER_CAPACITY", "E_CONSENT_SUM", "E_BAD_TYPE"]


def residents(folder, *rows):
    (folder / RESIDENTS).write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")


def eight(**changes):
    """Return the eight self-caring residents of H1, the named ones changed."""
    return [changes.get(f"R{k}", f"R{k},H1,self,yes,self,,") for k in range(1, 9)]


def family(folder, *answers):
    """List the eight of H1 with what is known of their families."""
    rows = [f"R{k},H1,self,yes,self,,,{answer}" for k, answer in enumerate(answers, 1)]
    (folder / RESIDENTS).write_text("\n".join([f"{HEAD},family_consulted", *rows]) + "\n", encoding="utf-8")


def homes_cells(folder, **cells):
    edit_json(folder / SITES, lambda found: found["features"][H1 - 1]["properties"].update(cells))


@pytest.mark.parametrize(
    ("cells", "bad", "told"),
    [
        ({"families_consulted": 5, "families_agree": 5}, {"families_agree": 6}, ("同意 6 人", "已征询家属的 5 人")),
        ({"staff_asked": 5, "staff_agree": 5}, {"staff_agree": 6}, ("同意 6 人", "已征询的 5 人")),
        # Four posts registered, one of them with nobody in it: seven in post.
        ({"staff_carers": 4, "staff_cooks": 2, "staff_managers": 1, "staff_others": 0, "staff_asked": 7},
         {"staff_asked": 8}, ("工作人员 8 人", "在岗的 7 人")),
    ],
)  # fmt: skip
def test_more_who_agree_than_were_asked_are_named_with_both_numbers(tiny, cells, bad, told):
    homes_cells(tiny, **cells)
    assert codes(tiny) == []
    homes_cells(tiny, **bad)
    (fault,) = check_county(tiny)
    assert (fault.code, fault.row, fault.column) == ("E_CONSENT_SUM", H1, next(iter(bad)))
    assert all(part in fault.message.zh for part in told)


def test_staff_asked_are_compared_only_where_every_post_is_registered(tiny):
    homes_cells(tiny, staff_carers=4, staff_cooks=2, staff_managers=1, staff_asked=8)
    assert codes(tiny) == []


@pytest.mark.parametrize(("stated", "allowed"), [(2, False), (3, True), (5, True), (6, False), (None, True)])
def test_a_list_of_families_and_a_count_must_agree_as_far_as_both_know(tiny, stated, allowed):
    """Three were consulted, three were not, of two nobody knows: three to five."""
    family(tiny, *["yes"] * 3, *["no"] * 3, "", "")
    homes_cells(tiny, families_consulted=stated)
    assert codes(tiny) == ([] if allowed else [("E_CONSENT_SUM", SITES, H1, "families_consulted")])
    if not allowed:
        assert "3 至 5 人" in check_county(tiny)[0].message.zh


@pytest.mark.parametrize(("agree", "allowed"), [(3, True), (4, False)])
def test_families_agree_among_those_that_the_list_calls_consulted(tiny, agree, allowed):
    family(tiny, *["yes"] * 3, *[""] * 5)
    homes_cells(tiny, families_agree=agree)
    assert codes(tiny) == ([] if allowed else [("E_CONSENT_SUM", SITES, H1, "families_agree")])


def test_a_list_that_says_nothing_of_families_contradicts_no_count(tiny):
    family(tiny, *[""] * 8)
    homes_cells(tiny, families_consulted=8)
    assert codes(tiny) == []


def test_faults_of_wishes_come_all_at_once(tiny):
    homes_cells(tiny, families_consulted=9, families_agree=10, staff_asked=1, staff_agree=2)
    assert sorted(column for *_, column in codes(tiny)) == ["families_agree", "families_consulted", "staff_agree"]


def test_a_list_of_residents_that_agrees_has_no_fault(tiny):
    residents(tiny, *eight(R1="R1,H1,self,yes,guardian,,990000000003"))
    assert codes(tiny) == []
    assert len(load_county(tiny).residents) == 8


@pytest.mark.parametrize(
    ("row", "code", "file", "column"),
    [
        ("R1,H9,self,yes,,,", "E_UNKNOWN_REF", RESIDENTS, "site_id"),
        ("R1,H1,self,yes,,,123", "E_UNKNOWN_REF", RESIDENTS, "origin_village_id"),
        ("R1,H1,severe,yes,,,", "E_BAD_TYPE", RESIDENTS, "care_level"),
        ("R1,H1,self,perhaps,,,", "E_BAD_TYPE", RESIDENTS, "consent"),
        ("R1,H1,self,yes,,yes,", "E_CONSENT_SUM", RESIDENTS, "home_support"),
        ("R2,H1,self,yes,,,", "E_DUP_CODE", RESIDENTS, "resident_id"),
    ],
)
def test_a_wrong_resident_is_named(tiny, row, code, file, column):
    residents(tiny, *eight(R1=row))
    assert (code, file, column) in [(c, f, col) for c, f, _, col in codes(tiny)]


def test_a_list_that_disagrees_with_the_homes_figures_is_named_with_both(tiny):
    residents(tiny, *eight()[:7])
    (fault,) = check_county(tiny)
    assert (fault.code, fault.row, fault.column) == ("E_CONSENT_SUM", H1, "residents_self_yes")
    assert "8 人" in fault.message.zh
    assert "7 人" in fault.message.zh


def test_a_torn_list_is_unreadable(tiny):
    residents(tiny, "R1,H1,self")
    assert [(code, file) for code, file, *_ in codes(tiny)] == [("E_UNREADABLE", RESIDENTS)]


def staffed(folder, **cells):
    def change(found):
        in_post = {"staff_carers": 4, "staff_cooks": 2, "staff_managers": 1, "staff_others": 1}
        found["features"][H1 - 1]["properties"].update({**in_post, **cells})

    edit_json(folder / SITES, change)


def test_nobody_is_on_the_establishment_who_is_not_in_post(tiny):
    staffed(tiny, staff_established=8)
    assert codes(tiny) == []
    staffed(tiny, staff_established=9)
    (fault,) = check_county(tiny)
    assert (fault.code, fault.row, fault.column) == ("E_STAFF_SUM", H1, "staff_established")
    assert "在编 9 人" in fault.message.zh
    assert "合计 8 人" in fault.message.zh
    staffed(tiny, staff_established=9, staff_others=None)
    assert codes(tiny) == [], "who else is in post is not known"


def test_more_than_the_approved_posts_is_told_and_not_refused(tiny):
    staffed(tiny, staff_established=8, staff_posts=8)
    assert codes(tiny) == []
    staffed(tiny, staff_established=8, staff_posts=7)
    (fault,) = check_county(tiny)
    assert (fault.code, fault.is_error) == ("W_OVER_ESTABLISHED", False)
    assert "超编 1 人" in fault.message.zh
    load_county(tiny)
