"""Site sheets: what fits the area, and questions that are never a pass."""

import pandas as pd
import pytest

from anyi_geo.judge.site_sheet import FUNCTIONS, function_rows, question_rows, seats, sheet_rows

VALUES = {
    "kitchen_share_of_canteen": 0.4,
    "dining_m2_per_seat": 2.5,
    "kitchen_min_m2": 30.0,
    "usable_area_share": 0.6,
    "sprinkler_area_m2": 500.0,
    **{f.parameter: 20.0 for f in FUNCTIONS if f.parameter.startswith("function_m2")},
}
PARAMETERS = pd.DataFrame({"value": VALUES, "status": dict.fromkeys(VALUES, "assumed")})


def site(**changes):
    facts = {
        "name": "甲村",
        "township": "甲镇",
        "floors": 1,
        "area_m2": 400.0,
        "canteen_m2": 100.0,
        "outdoor_m2": 300.0,
        "resource_type": "village_office",
        "fire_raw": "灭火器",
        "fire_status": "extinguisher",
        "clinic": "卫生院",
        "clinic_minutes": 8.0,
        "owner": None,
    }
    return pd.DataFrame([facts | changes], index=pd.Index(["s"], name="site_id"))


def fits(diners=10.0, **changes):
    rows = function_rows(site(**changes), pd.Series({"s": diners}), PARAMETERS)
    return rows.set_index("function")["fit"].to_dict()


def test_the_nine_functions_of_the_document():
    assert len(FUNCTIONS) == 9
    assert fits() == dict.fromkeys([f.key for f in FUNCTIONS], "fits")


def test_rooms_are_laid_out_until_the_area_is_used():
    """60 % of 250 m2 less 100 m2 of canteen leaves 50 m2: two rooms of 20."""
    found = fits(area_m2=250.0)
    assert [key for key, fit in found.items() if fit == "short"] == ["tv_room", "reading", "chess_cards", "medical"]


@pytest.mark.parametrize(("diners", "fit"), [(24.0, "fits"), (25.0, "short")])
def test_the_dining_room_against_the_diners(diners, fit):
    """60 m2 of dining room seat 24 at 2.5 m2."""
    assert fits(diners)["dining"] == fit
    assert seats(pd.Series([100.0]), VALUES).tolist() == [24.0]


def test_an_unknown_area_stays_unknown():
    assert fits(area_m2=float("nan"))["reading"] == "unknown"
    assert fits(canteen_m2=float("nan"))["canteen"] == "unknown"


def asked(diners=10.0, **changes):
    return question_rows(site(**changes), pd.Series({"s": diners}), VALUES)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"floors": 2}, "共 2 层：老年人用房设在几层"),
        ({"floors": 4}, "三层以上是否不设老年人活动用房"),
        ({"floors": None}, "层数未登记"),
        ({"fire_status": "not_installed_under_construction", "fire_raw": "正在建设中还未配置"}, "正在建设中还未配置"),
        ({"fire_status": "unknown"}, "消防设施未登记"),
        ({"area_m2": 501.0}, "501 平方米，大于 500 平方米"),
        ({"canteen_m2": None}, "食堂面积未登记"),
        ({"resource_type": "school"}, "房屋结构安全鉴定"),
        ({"clinic_minutes": None}, "没有路能到的医疗机构"),
    ],
)
def test_a_fact_raises_its_question_and_no_other_does(changes, words):
    assert asked(**changes)["question_zh"].str.contains(words).sum() == 1
    assert not asked()["question_zh"].str.contains(words).any()


def test_the_canteen_is_asked_about_only_when_more_come_than_sit():
    assert not asked(24.0)["question_zh"].str.contains("同时就餐").any()
    assert asked(40.0)["question_zh"].str.contains("约 24 座，预计同时就餐 40 人").sum() == 1


def test_every_question_has_a_department_and_nothing_passes():
    rows = asked(40.0, floors=4, area_m2=900.0, resource_type="school")
    assert (rows["department_zh"].str.len() > 0).all()
    assert not rows["question_zh"].str.contains("合格").any()


def test_the_sheet_names_who_answers():
    assert sheet_rows(site())["responsible_zh"].tolist() == ["甲镇、县民政局"]
    assert sheet_rows(site(resource_type="school"))["responsible_zh"].tolist() == ["甲镇、县民政局、县教体局"]
