"""Further tables that a decision hands over by name: a row here makes each of them a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from anyi_geo.result import HomesResult, RunResult
from anyi_geo.show.home_messages import told_reason
from anyi_geo.show.privacy import parts_hidden, words
from anyi_geo.show.report.home_rows import (
    actions,
    alternatives,
    consents,
    county,
    families,
    reuse,
    townships,
    waves,
    wishes,
    worst_changes,
)
from anyi_geo.show.report.model import Column, Table, table
from anyi_geo.show.report.names import CARE_LEVELS, CONSENTS, SOLVE_STATUSES, STATES

FRONT = "费用与探视权衡"
#: Codes that stand in cells, by column.
_CODES = {
    "state": STATES,
    "state_after": STATES,
    "consent": CONSENTS,
    "village_consent": CONSENTS,
    "care_level": CARE_LEVELS,
    "use": STATES,
    "status": SOLVE_STATUSES,
    "why": {
        "given": "情景已定",
        "opened": "已列入幸福院点位",
        "score": "得分最高",
        "next_best": "幸福院得分更高但未列入点位，取其余最高",
        "low_score": "得分都低，先备用",
        "next_low": "幸福院得分最高但未列入点位，其余都低，先备用",
        "unsafe": "危房，先备用",
    },
    "care_site_candidate": {"True": "是", "False": ""},
    "refit_basis": {
        "registered": "县里填报",
        "parameter": "按参数测算",
        "unknown": "未填，不知道",
        "none": "备用，不整修",
        "care_sites": "计入幸福院建设",
    },
    "safety_state": {"sound": "安全", "repair": "需维修", "unsafe": "危房", "unknown": "未鉴定"},
}


@dataclass(frozen=True)
class Extra:
    """A table of a decision as a sheet.

    Attributes
    ----------
    decision : {"homes", "meals"}
    key : str
        Its name in the decision's ``tables``.
    title : str
        Sheet name.
    columns : tuple of Column
        Those that the table does not have are left out.
    note : str
    form : callable or None
        Gives the rows as they may be printed, where they count residents of homes.
    """

    decision: str
    key: str
    title: str
    columns: tuple[Column, ...]
    note: str = ""
    form: Callable[[pd.DataFrame, HomesResult], pd.DataFrame] | None = None


_NAME, _TOWNSHIP = Column("name", "名称", width=28), Column("township", "乡镇（处）")
_MOVED = (
    Column("residents", "在院", "count", "人"),
    Column("moved", "迁移", "count", "人"),
    Column("staying", "留院", "count", "人"),
    Column("home_support", "回居家供养", "count", "人"),
)

EXTRAS: tuple[Extra, ...] = (
    Extra("homes", "county", "整合前后", (
        Column("item_zh", "项目", width=34), Column("unit", "单位", width=10),
        Column("before", "整合前", "number", width=18, kind_from="kind"),
        Column("after", "整合后", "number", width=18, kind_from="kind"),
        Column("other", "换另一种意愿规则", "number", width=20, kind_from="kind"),
    ), note="另一种意愿规则：应迁尽迁的换成未同意者不迁，未同意者不迁的换成应迁尽迁。空白为未登记或不适用。",
       form=county),
    Extra("homes", "wishes", "意愿", (
        _NAME, _TOWNSHIP, Column("residents", "在院老人", "count", "人"),
        Column("said_yes", "老人同意", "count", "人"), Column("by_guardian", "其中监护人代为同意", "count", "人"),
        Column("said_no", "老人不同意", "count", "人"), Column("not_asked", "老人未征询", "count", "人"),
        Column("families_consulted", "已征询家属", "count", "人"),
        Column("families_agree", "其中家属同意", "count", "人"),
        Column("families_not_heard", "家属未征询或不清楚", "count", "人"),
        Column("staff_present", "在岗工作人员", "count", "人"), Column("staff_asked", "已征询工作人员", "count", "人"),
        Column("staff_agree", "其中工作人员同意", "count", "人"),
        Column("staff_not_heard", "工作人员未征询或不清楚", "count", "人"),
        Column("staff_to", "护理员随老人到", width=28), Column("village_consent", "村级意愿（办幸福院）", width=12),
    ), note="未征询、不清楚都不作为同意。家属按在院老人计数。空白为未登记；全县已征询、同意只合计已登记的。",
       form=wishes),
    Extra("homes", "consent", "意愿与去向", (
        _NAME, Column("consent", "意愿"), Column("persons", "在院", "count", "人"), *_MOVED[1:],
    ), note="未征询不作为同意。", form=consents),
    Extra("homes", "families", "家属探视", (
        Column("from_name", "现住机构", width=28), Column("to_name", "迁往机构", width=28),
        Column("origin_name", "家属所在地", width=28), Column("known_zh", "家属所在村已登记"),
        Column("persons", "人数", "count", "人"), Column("minutes_before", "整合前车程", "minutes", "分钟"),
        Column("minutes_after", "整合后车程", "minutes", "分钟"), Column("minutes_added", "增加", "minutes", "分钟"),
    ), note="单程乘车。家属所在村没有登记的，按住在原敬老院附近计算（整合前 0 分钟）。全县平均见“整合前后”。",
       form=families),
    Extra("homes", "alternatives", "中心数比较", (
        Column("centres", "中心数", "count", "个"), Column("centre_names", "中心", width=40),
        *_MOVED[1:], Column("moved_without_consent", "不同意仍迁", "count", "人"),
        Column("moved_not_asked", "未征询即迁", "count", "人"), Column("beds_added", "扩建床位", "count", "张"),
        Column("yearly_yuan_after", "每年费用", "yuan", "元/年"), Column("one_off_yuan", "一次性投入", "yuan", "元"),
        Column("pay_back_years", "回本年数", "number", "年"),
        Column("visit_minutes_after_mean", "平均探视车程", "minutes", "分钟"),
        Column("visit_share_over_limit_after", "超过提示线", "share"),
        Column("status", "状态", width=22), Column("gap", "相对差距", "share"),
        Column("message_zh", "做不到的原因", width=60),
    ), note="本方案以外的行，人数能推出少数几人时写约数，一次性投入写到万元。"
       "两个以上中心的相对差距含为同院老人同住多花的费用。",
       form=alternatives),
    Extra("homes", "front", FRONT, (
        Column("centres", "中心数", "count", "个"), Column("centre_names", "中心", width=40),
        Column("annual_yuan", "年化费用", "yuan", "元/年"), Column("one_off_yuan", "一次性投入", "yuan", "元"),
        Column("visit_minutes_after_mean", "平均探视车程", "minutes", "分钟"),
        Column("visit_share_over_limit_after", "超过提示线", "share"), Column("status", "状态", width=22),
    ), note="年化费用含一次性投入的分摊。没有一个方案两项都更好；取舍由县里定。"),
    Extra("homes", "reuse", "院舍再利用", (
        _NAME, _TOWNSHIP, Column("use", "拟定用途", width=16), Column("why", "依据", width=22),
        Column("score_civil_affairs_station", "民政综合服务站得分", "number"),
        Column("score_public_built_private_run", "公建民营得分", "number"),
        Column("score_xingfuyuan", "幸福院得分", "number"), Column("score_reserve", "备用得分", "number"),
        Column("care_site_candidate", "可列入幸福院候选"), Column("elders_near", "附近老人", "count", "人"),
        Column("children_near", "附近儿童", "count", "人"),
        Column("left_behind_near", "附近留守儿童", "count", "人"), Column("safety_state", "房屋安全", width=12),
        Column("care_site_minutes", "到最近幸福院", "minutes", "分钟"), Column("area_m2", "面积", "number", "m²"),
        Column("seats_elders", "老人活动位", "count", "个"), Column("seats_children", "儿童活动位", "count", "个"),
        Column("elders_at_a_time", "同时可容纳附近老人", "count", "人"),
        Column("children_at_a_time", "同时可容纳附近留守儿童", "count", "人"),
        Column("refit_yuan", "整修投入", "yuan", "元"), Column("refit_basis", "整修投入依据", width=18),
        Column("beds_for_paying", "向社会老人开放床位", "count", "张"), Column("operator_zh", "运营方", width=10),
        Column("rent_low_yuan", "可能的租金：低值", "yuan", "元/年"),
        Column("rent_value_yuan", "可能的租金：取值", "yuan", "元/年"),
        Column("rent_high_yuan", "可能的租金：高值", "yuan", "元/年"),
    ), note="得分 0 到 1，是县里设定权重的加权平均，只供讨论。活动位按可用面积除以每人面积，服务站和幸福院才有；"
            "面积未登记的不测算。留守儿童写约数。公建民营床位面向社会老人，不计入特困床位；租金为测算，未计入费用。",
       form=reuse),
    Extra("homes", "assets", "资产台账", (
        Column("building_id", "建筑编号"), _NAME, _TOWNSHIP, Column("owner", "产权单位", width=16),
        Column("area_m2", "面积", "number", "m²"), Column("book_value_yuan_before", "整合前账面价值", "yuan", "元"),
        Column("book_value_yuan_after", "整合后账面价值", "yuan", "元"), Column("use_before", "整合前用途", width=16),
        Column("use_after", "整合后用途", width=16), Column("operator", "现运营方", width=16),
        Column("contract_before", "现有合同", width=20),
        Column("rent_yuan_before", "现年租金", "yuan", "元/年"),
        Column("contract_after_zh", "整合后合同", width=20), Column("operator_after_zh", "整合后运营方", width=14),
        Column("rent_yuan_after", "整合后年租金（测算）", "yuan", "元/年"),
        Column("in_before", "整合前在册", "count"), Column("in_after", "整合后在册", "count"),
    ), note="不改变养老服务用途、国有资产不流失：进出处数应相等。空白为未登记或没有；租金为测算，不计入费用。"),
    Extra("homes", "transfers", "资产移交", (
        Column("not_before", "最早移交日", width=12), Column("building_id", "建筑编号"),
        Column("from_zh", "移交方", width=28),
        Column("to_zh", "接收方", width=24), Column("use_before", "移交前用途", width=16),
        Column("use_after", "移交后用途", width=20), Column("book_value_yuan", "账面价值", "yuan", "元"),
        Column("papers_zh", "手续", width=44), Column("handed_over_on", "实际移交日", width=14),
        Column("signed_by", "双方签字", width=18),
    ), note="每处腾出的院舍一行，办一处填一处；最后一批老人迁出之前不移交。"),
    Extra("homes", "waves", "搬迁批次", (
        Column("wave", "批次", "count"), Column("date", "日期", width=12),
        Column("notify_by", "最晚通知", width=12), Column("assess_by", "最晚评估签约", width=12),
        Column("from_name", "现住机构", width=28),
        Column("to_name", "迁往机构", width=28), Column("persons", "人数", "count", "人"),
        Column("whole_zh", "同院同批", width=10), Column("responsible_zh", "责任单位", width=28),
    ), note="最晚通知：书面通知本人和家属；最晚评估签约：完成健康评估、签安置协议。天数是情景设置，由县里定。",
       form=waves),
    Extra("homes", "townships", "乡镇行动", (
        _TOWNSHIP, Column("homes", "敬老院", "count", "个"), Column("uses_zh", "整合后用途", width=40),
        *_MOVED, Column("said_no", "不同意", "count", "人"), Column("not_asked", "未征询", "count", "人"),
        Column("families_not_heard", "家属未征询或不清楚", "count", "人"),
        Column("staff_not_heard", "工作人员未征询或不清楚", "count", "人"),
        Column("first_date", "首批日期", width=12), Column("last_date", "末批日期", width=12),
        Column("responsible_zh", "责任单位", width=44),
    ), form=townships),
    Extra("homes", "actions", "行动清单", (
        _TOWNSHIP, _NAME, Column("order", "顺序", "count"), Column("what_zh", "事项", width=56),
        Column("whom_zh", "涉及对象", width=40), Column("from_date", "开始", width=12),
        Column("to_date", "结束", width=12), Column("responsible_zh", "责任单位", width=28),
    ), form=actions),
    Extra("homes", "staff", "护理人员", (
        _NAME, Column("state", "整合后用途", width=16), Column("staff_carers", "在岗护理员", "count", "人"),
        Column("carers_needed_before", "现需", "count", "人"), Column("carers_needed_after", "整合后需", "count", "人"),
        Column("carers_short", "缺", "count", "人"), Column("carers_spare", "富余", "count", "人"),
        Column("note_zh", "说明", width=36), Column("staff_present", "在岗合计", "count", "人"),
        Column("staff_posts", "编制", "count", "个"), Column("staff_established", "在编", "count", "人"),
        Column("posts_vacant", "空缺编制", "count", "个"), Column("staff_off_establishment", "编外", "count", "人"),
        Column("posts_freed", "腾出院划入统筹的编制", "count", "个"),
        Column("posts_note_zh", "编制说明", width=50),
    ), note="人员和编制由县民政局统一管理使用：富余的转岗，空缺的公开招聘，不据此裁减。"
            "全县一行按统筹计，超编的院抵减别院的空缺；空白为未登记。"),
    Extra("homes", "worst_changes", "探视变化最大", (
        Column("rank", "名次", "count"), Column("origin_name", "原住地或原机构", width=28),
        Column("to_name", "迁往机构", width=28), Column("persons", "人数", "count", "人"),
        Column("minutes_before", "原车程", "minutes", "分钟"), Column("minutes_after", "新车程", "minutes", "分钟"),
        Column("minutes_added", "增加", "minutes", "分钟"),
    ), form=worst_changes),
    Extra("homes", "unknown", "敬老院未填项", (_NAME, Column("meaning_zh", "未填项目", width=30))),
    Extra("meals", "accounts", "各点助餐成本", (
        _NAME, _TOWNSHIP, Column("cooked_at", "供餐厨房", width=28),
        Column("meals_per_month", "每月份数", "count", "份"), Column("food", "食材", "yuan", "元/月"),
        Column("cooks", "厨师", "yuan", "元/月"), Column("utilities", "水电气", "yuan", "元/月"),
        Column("upkeep", "维护", "yuan", "元/月"), Column("depreciation", "折旧", "yuan", "元/月"),
        Column("packing", "包装", "yuan", "元/月"), Column("courier", "送餐员", "yuan", "元/月"),
        Column("fuel", "用电用油", "yuan", "元/月"), Column("vehicle", "车辆", "yuan", "元/月"),
        Column("total", "合计", "yuan", "元/月"), Column("per_meal", "每份", "number", "元/份"),
        Column("volunteers_value", "志愿服务折价", "yuan", "元/月"),
        Column("village_yuan", "村集体分担", "yuan", "元/月"),
        Column("village_gap_yuan", "村集体缺口", "yuan", "元/月"),
        Column("closing_price_yuan", "补平缺口的单价", "number", "元/份"),
        Column("closing_uptake", "补平缺口的人数比例", "share"),
        Column("reserve_years", "积累可用年数", "number", "年"),
    ), note="志愿服务只折价列示，不计入合计。缺口为村集体分担额超出其可用收入的部分；单价、人数比例任一达到即补平。"),
    Extra("meals", "visits", "送餐单", (
        Column("round_id", "趟次"), Column("order", "顺序", "count"), _NAME, _TOWNSHIP,
        Column("meals", "份数", "count", "份"), Column("arrival_minute", "到达", "clock"),
        Column("elapsed_minutes", "出锅至交接完", "minutes", "分钟"),
    )),
)  # fmt: skip


def extra_tables(result: RunResult) -> Iterator[Table]:
    """Yield the further tables that this run has, in the order of the list above; first those of what cannot be met."""
    yield from unmet_homes(result)
    for extra in EXTRAS:
        rows = getattr(getattr(result, extra.decision), "tables", {}).get(extra.key)
        if rows is not None and len(rows):
            yield _sheet(extra, rows, result.homes)


def unmet_homes(result: RunResult) -> Iterator[Table]:
    """Yield the homes as they are and the priced ways out, where the homes cannot be consolidated as asked."""
    for reason in getattr(result, "run", {}).get("reasons", ()):
        if reason.get("ways_out"):
            ways = pd.DataFrame(reason["ways_out"])
            yield table(
                "床位不足的出路",
                ways.assign(message=[told_reason(way, of=reason) for way in reason["ways_out"]]),
                Column("message", "办法", width=90),
                Column("beds", "床位", "count", "张"),
                Column("one_off_yuan", "一次性增加", "yuan", "元"),
                Column("yearly_yuan", "每年增加", "yuan", "元/年"),
                Column("annual_yuan", "照此全县每年合计", "yuan", "元/年"),
                note="全县每年合计含运行、护理员、供养和一次性投入的分摊，三条出路可直接比较。"
                "一次性增加为负数的，是不再整修腾出院舍省下的。",
            )
        if reason.get("homes"):
            today = pd.DataFrame(reason["homes"])
            yield table(
                "敬老院现状",
                today.assign(residents=parts_hidden(today["residents"].astype(int).tolist())),
                Column("site_id", "编号"),
                _NAME,
                Column("beds", "床位", "count", "张"),
                Column("residents", "在院", "count", "人"),
                note="整合方案做不到，这里只列现状。",
            )


def _sheet(extra: Extra, rows: pd.DataFrame, homes: HomesResult | None) -> Table:
    shown = rows.reset_index(drop=True).copy()
    if extra.form is not None and homes is not None:
        shown = extra.form(shown, homes)
    columns = [column for column in extra.columns if column.key in shown]
    for column in columns:
        codes = _CODES.get(column.key)
        if codes:
            shown[column.key] = [codes.get(str(cell), cell) for cell in shown[column.key]]
        elif column.kind == "text":
            shown[column.key] = [words(cell) for cell in shown[column.key]]
    return table(extra.title, shown, *columns, note=extra.note)
