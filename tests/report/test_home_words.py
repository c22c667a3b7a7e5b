"""What the report says of emptied homes: places, refitting, rent that is in no cost, posts; what is not known."""

from types import SimpleNamespace

import pandas as pd
import pytest

from anyi_geo.show.report.home_words import reuse_sentences

FOUND = {
    "stations": 2, "station_elders": 1425, "station_elders_share": 0.34, "station_left_behind": 93,
    "station_seats_elders": 120.0, "station_seats_children": 40.0, "near_minutes": 15.0, "refit_unknown": 0,
    "rent_low_yuan": 30_000.0, "rent_value_yuan": 60_000.0, "rent_high_yuan": 150_000.0, "beds_for_paying": 50.0,
    "pay_back_years": 12.1, "pay_back_years_rent_low": 11.0, "pay_back_years_rent_high": 8.0,
}  # fmt: skip
POSTS = {"staff_posts": [5.0, 7.0, 12.0], "staff_established": [4.0, 3.0, 7.0], "posts_vacant": [1.0, 4.0, 5.0],
         "staff_off_establishment": [1.0, 0.0, 1.0], "posts_freed": [5.0, 0.0, 5.0]}  # fmt: skip


def told(posts=None, refit=400_000.0, **changes):
    heads = pd.DataFrame({"head": ["moving", "refitting"], "one_off_yuan": [1.0, refit]})
    staff = pd.DataFrame({"site_id": ["A", "Z", "county"], **(posts or POSTS)})
    homes = SimpleNamespace(summary=FOUND | changes, tables={"cost_heads": heads, "staff": staff})
    return "".join(reuse_sentences(homes))


def test_the_whole_is_told():
    text = told()
    for part in (
        "民政综合服务站 2 个，电动三轮 15 分钟内有老人 1,425 人（占全县 34.0%）、留守儿童约 90 人，不重复计",
        "同时可容纳老人 120 名、儿童 40 名",
        "整修一次性约 40.0 万元，已计入一次性投入；不计租金，约 12.1 年回本",
        "50 张床位向社会老人开放，不计入特困床位；运营方待招标",
        "可能的租金收入（测算，未计入费用）每年 3.0 至 15.0 万元，另计租金高值约 8.0 年回本，低值约 11.0 年回本",
        "全县编制 12 个，在编 7 人，空缺 5 个，编外 1 人；腾出院的 5 个编制划入全县统筹",
        "空缺的公开招聘，不裁减",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("changes", "part", "absent"),
    [
        ({"stations": 0}, "公建民营 50 张", "民政综合服务站"),
        ({"station_seats_elders": None}, "有院面积未登记，活动位不能全部测算", "可容纳"),
        ({"refit_unknown": 2}, "2 处腾出院舍的整修费用不知道，没有计入；不计租金，约 12.1 年回本（下限）",
         "12.1 年回本。"),
        ({"refit_unknown": 2, "refit": 0.0}, "。2 处腾出院舍的整修费用不知道，没有计入；", "万元，已计入"),
        ({"refit": 0.0}, "公建民营 50 张", "整修"),
        ({"rent_low_yuan": None, "beds_for_paying": None}, "租金收入不能测算", "待招标"),
        ({"rent_low_yuan": 0.0, "rent_high_yuan": 0.0}, "民政综合服务站 2 个", "租金收入"),
        ({"pay_back_years": None, "pay_back_years_rent_low": None}, "不计租金，不能回本", "12.1"),
        ({"posts": {**POSTS, "staff_posts": [5.0, None, None], "posts_vacant": [1.0, None, None]}},
         "1 个院未登记编制或在编，空缺还不能算", "全县编制"),
    ],
    ids=["no station", "no area", "unknown", "all unknown", "nothing", "no beds", "no rent", "never", "no posts"],
)  # fmt: skip
def test_what_is_not_known_or_not_there_is_not_told(changes, part, absent):
    text = told(**changes)
    assert part in text
    assert absent not in text


def test_a_result_without_these_figures_says_nothing():
    assert reuse_sentences(SimpleNamespace(summary={}, tables={})) == []
