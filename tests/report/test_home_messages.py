"""Sentences about residents hold back what the sheets hold back."""

from types import SimpleNamespace

import pandas as pd
import pytest

from anyi_geo.bridge.homes_messages import Counted, message_rows
from anyi_geo.errors import Message
from anyi_geo.show.home_messages import told_message, told_reason
from anyi_geo.show.home_persons import county_persons

SUMS = ("moved", "staying", "home_support", "moved_without_consent", "moved_not_asked")


def homes(no, unasked, back=0, yes=50):
    """Return a plan that moves so many who agreed, said no and were not asked, from two homes, and sends some home."""
    flows = [("A", "Z", "yes", yes), ("A", "Z", "no", no), ("B", "Z", "not_asked", unasked), ("B", "Z", "yes", yes)]
    flows += [("B", "home_support", "no", back), ("Z", "Z", "yes", 20)]
    table = pd.DataFrame(flows, columns=["from_site", "to_site", "consent", "persons"]).assign(care_level="self")
    return SimpleNamespace(flows=table[table["persons"] > 0].reset_index(drop=True))


def counted(no, unasked):
    """Return the warning as a run lists it."""
    told = Message(f"未同意仍迁移 {no} 人，未征询 {unasked} 人：请先逐人征询。", "")
    bare = Counted(
        Message("有老人不同意或未征询仍被迁移（人数不列）。", ""), ("moved_without_consent", "moved_not_asked")
    )
    return message_rows([("W_MOVED_WITHOUT_CONSENT", told, bare)])[0]


def test_a_sentence_is_told_as_it_is_where_its_numbers_are():
    row = counted(8, 10)
    assert told_message(row, homes(8, 10)) == row["message"]
    assert told_message({"message": "备用床位只有 1 张。"}, homes(1, 1)) == "备用床位只有 1 张。"


@pytest.mark.parametrize(("no", "unasked"), [(1, 10), (2, 10), (10, 1), (8, 2), (2, 2)])
def test_a_sentence_tells_no_number_that_a_sheet_holds_back(no, unasked):
    """Ten stand beside one or two: their sheet writes 不列 or <3, and so the sentence writes neither."""
    plan, row = homes(no, unasked), counted(no, unasked)
    cells = county_persons(plan)
    assert any(isinstance(cells[name], str) for name in row["follows"])
    assert told_message(row, plan) == "有老人不同意或未征询仍被迁移（人数不列）。"


@pytest.mark.parametrize(("back", "told"), [(0, True), (5, True), (1, False), (2, False)])
def test_spare_beds_tell_of_who_left_and_are_told_only_with_them(back, told):
    bare = Counted(Message("愿意入住的要逐人征询。", ""), ("home_support",))
    (row,) = message_rows([("N_SCATTERED", Message("整合后空余 35 床，愿意入住的要逐人征询。", ""), bare)])
    assert ("35" in told_message(row, homes(8, 10, back))) is told


@pytest.mark.parametrize(("known", "told"), [(0, True), (1, False), (2, False), (3, True), (127, False), (128, True)])
def test_families_told_apart_are_parts_of_a_total(known, told):
    """Of 128 residents one or two whose family is known, or not, follow from the others."""
    bare = Counted(Message("家属所在村未登记的（人数不列）。", ""), ("home_support",), (known, 128 - known))
    (row,) = message_rows([("N_FAMILIES", Message(f"{128 - known} 人的家属所在村未登记。", ""), bare)])
    expected = row["message"] if told else row["bare"]
    assert told_message(row, homes(8, 10)) == expected


def test_every_sum_that_a_sentence_may_follow_is_one_of_the_county():
    assert set(SUMS) <= set(county_persons(homes(8, 10)))


def reason(*residents):
    message = "不可行：需要 72 床，现有 60 床，缺 12 床。可选办法：保留丙院（30 人留在原院），每年多 150,000 元。"
    return {"message": message, "homes": [{"site_id": f"H{k}", "residents": n} for k, n in enumerate(residents)]}


def test_why_a_plan_cannot_be_had_tells_no_home_that_the_list_beside_it_holds_back():
    whole = reason(24, 18, 30)
    assert told_reason(whole) == whole["message"]
    held = told_reason(reason(1, 41, 30))
    assert "需要 72 床" in held
    assert "30 人" not in held
    assert "150,000 元" in held
    way = {"message": "保留丙院（30 人留在原院），每年多 150,000 元"}
    assert told_reason(way, of=reason(1, 41, 30)) == "保留丙院，每年多 150,000 元"
    assert told_reason(way, of=whole) == way["message"]
    assert told_reason({"message": "没有候选点位 1 人"}) == "没有候选点位 <3 人", "a reason of another decision"
