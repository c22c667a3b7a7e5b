"""Which figure of result.json stands in which column of which sheet, and how a cell is compared with it."""

import datetime as dt
import math

import openpyxl
import pytest

BATCHES = {"第一批": 1, "前两批": 2}
MODES = {"步行": "walk", "骑行": "ride", "汽车": "car"}
DAY = 1440.0

SITE = {"点位编号": "site_id"}
GROUPED = {"批次": "batch", "人群": "group", "出行方式": "mode"}
SCOPED = {**GROUPED, "范围": "scope"}

#: Sheet -> table of result.json, the headings that name a row with their fields, the headings of numbers with theirs.
#: Without headings the rows stand in the same order.
ROWS = {
    "分批点位": [
        (
            "sites.plan",
            SITE,
            {
                "县方案批次": "official_batch",
                "层数（层）": "floors",
                "总面积（m²）": "area_m2",
                "食堂面积（m²）": "canteen_m2",
                "室外面积（m²）": "outdoor_m2",
                "改造投入（元）": "opening_yuan",
                "年运行费（元/年）": "running_yuan_per_year",
                "仅此点覆盖：老人（人）": "only_here.elders_rural",
                "仅此点覆盖：儿童（人）": "only_here.children_rural",
            },
        ),
        (
            "sites.tables.sheets",
            SITE,
            {
                "餐厅座位（推算）（个）": "seats",
                "预计同时就餐（人）": "diners",
                "到医疗机构骑行（分钟）": "clinic_minutes",
                "到医疗机构步行（分钟）": "clinic_walk_minutes",
            },
        ),
    ],
    "覆盖": [
        (
            "metrics",
            SCOPED,
            {
                "时限（分钟）": "limit_minutes",
                "时限内人数（人）": "covered",
                "总人数（人）": "total",
                "覆盖率": "share",
                "区间低端": "share_low",
                "区间高端": "share_high",
            },
        ),
    ],
    "时间与公平": [
        (
            "minutes",
            GROUPED,
            {
                "平均（分钟）": "mean",
                "中位（分钟）": "median",
                "九成人在此内（分钟）": "p90",
                "无路可达（人）": "unreachable_persons",
            },
        ),
        ("equity", GROUPED, {"时间基尼系数": "gini", "其覆盖率": "worst_share"}),
        (
            "sites.tables.envy",
            GROUPED,
            {
                "落后门槛（分钟）": "threshold_minutes",
                "超过门槛（人）": "persons_beyond",
                "人均超出（分钟）": "envy_minutes",
            },
        ),
        ("sites.tables.fading", GROUPED, {"渐变覆盖降为零（分钟）": "zero_minutes", "渐变覆盖率": "share"}),
    ],
    "最远的村": [("worst", {}, {"名次": "rank", "人数（人）": "persons", "平均时间（分钟）": "minutes"})],
    "从既定方案改动几处": [
        (
            "sites.tables.swaps",
            {},
            {
                "点位（个）": "sites",
                "一次性投入（元）": "one_off_yuan",
                "差距": "gap",
                "其覆盖率": "worst_share",
                **{
                    f"{who}{name}": f"{field}.{group}"
                    for who, group in (("老人", "elders_rural"), ("儿童", "children_rural"))
                    for name, field in (
                        ("覆盖（人）", "covered"),
                        ("覆盖率", "share"),
                        ("下限", "share_low"),
                        ("上限", "share_high"),
                    )
                },
            },
        ),
    ],
    "与最优的差距": [
        (
            "sites.tables.regret",
            {},
            {
                "本方案（人）": "covered",
                "同条件最好方案（人）": "best_found",
                "不会超过（人）": "bound",
                "至多还差（人）": "regret_at_most",
                "本方案最终覆盖（人）": "at_once",
                "一次建成最好（人）": "at_once_best",
                "分批的代价（人）": "price_of_phasing",
            },
        ),
    ],
    "每千名老人座位": [
        (
            "sites.tables.access",
            {},
            {
                "老人（人）": "persons",
                "餐厅座位（个）": "seats",
                "每千名老人座位（个）": "seats_per_1000",
                "基尼系数": "gini",
                "附近没有座位（人）": "persons_without",
            },
        ),
    ],
    "未选点位": [("sites.tables.left_out", {}, {"一次性投入（元）": "opening_yuan", "再加它多覆盖（人）": "adds"})],
    "都够不着的村": [
        (
            "sites.tables.out_of_reach",
            {},
            {
                "够不着（人）": "persons",
                "现时限（分钟）": "limit_minutes",
                "放宽到可及第一人（分钟）": "first_minutes",
                "放宽到全部可及（分钟）": "all_minutes",
            },
        ),
    ],
    "各年份覆盖": [
        (
            "sites.tables.years",
            {},
            {
                "年份": "year",
                "时限内人数（人）": "covered",
                "总人数（人）": "total",
                "覆盖率": "share",
                "总人数下限（人）": "total_low",
                "总人数上限（人）": "total_high",
                "覆盖率下限": "share_low",
                "覆盖率上限": "share_high",
            },
        ),
    ],
    "九项功能": [("sites.tables.functions", {}, {"需要（m²）": "needs_m2", "现有（m²）": "has_m2"})],
    "敬老院": [
        (
            "homes.states",
            {"编号": "site_id"},
            {
                "现有床位（张）": "beds_before",
                "扩建床位（张）": "beds_added",
                "整合后床位（张）": "beds_after",
                "现有入住（人）": "residents_before",
                "整合后入住（人）": "residents_after",
                "现有护理型床位（张）": "nursing_beds_before",
                "整合后护理型床位（张）": "nursing_beds_after",
                "需要护理型床位（张）": "nursing_beds_needed",
                "现每床面积（m²）": "m2_per_bed_before",
                "整合后每床面积（m²）": "m2_per_bed_after",
                "现需护理员（人）": "staff_before",
                "整合后需护理员（人）": "staff_after",
            },
        ),
    ],
    "助餐点": [
        (
            "meals.stops",
            {"编号": "site_id"},
            {
                "每餐份数（份/餐）": "meals",
                "送到时间": "arrival_minute",
                "从出锅到送达（分钟）": "elapsed_minutes",
            },
        ),
        (
            "meals.tables.uptakes",
            {"编号": "site_id"},
            {
                "低参与率时（份/餐）": "meals_low",
                "中参与率时（份/餐）": "meals_mid",
                "高参与率时（份/餐）": "meals_high",
            },
        ),
    ],
    "配送": [
        (
            "meals.rounds",
            {"趟次": "round_id"},
            {
                "出发时间": "departure_minute",
                "份数（份）": "meals",
                "从出锅到最后送达（分钟）": "elapsed_minutes",
                "费用（元/趟）": "cost_yuan",
            },
        ),
        ("meals.tables.kitchens", {"趟次": "round_id"}, {"装车时间": "loading_minute", "点数（个）": "stops"}),
    ],
    "晚餐配送": [
        (
            "meals.supper.rounds",
            {"趟次": "round_id"},
            {
                "出发时间": "departure_minute",
                "份数（份）": "meals",
                "从出锅到最后送达（分钟）": "elapsed_minutes",
                "费用（元/趟）": "cost_yuan",
            },
        ),
        ("meals.supper.tables.kitchens", {"趟次": "round_id"}, {"装车时间": "loading_minute", "点数（个）": "stops"}),
    ],
    "中心数比较": [
        (
            "homes.tables.alternatives",
            {},
            {
                "中心数（个）": "centres",
                "迁移（人）": "moved",
                "留院（人）": "staying",
                "回居家供养（人）": "home_support",
                "不同意仍迁（人）": "moved_without_consent",
                "未征询即迁（人）": "moved_not_asked",
                "扩建床位（张）": "beds_added",
                "每年费用（元/年）": "yearly_yuan_after",
                "一次性投入（元）": "one_off_yuan",
                "回本年数（年）": "pay_back_years",
                "平均探视车程（分钟）": "visit_minutes_after_mean",
                "超过提示线": "visit_share_over_limit_after",
                "相对差距": "gap",
            },
        ),
    ],
    "整合前后": [
        (
            "homes.tables.county",
            {"项目": "item_zh"},
            {"整合前": "before", "整合后": "after", "换另一种意愿规则": "other"},
        ),
    ],
    "意愿": [
        (
            "homes.tables.wishes",
            {"名称": "name"},
            {
                "在院老人（人）": "residents",
                "老人同意（人）": "said_yes",
                "其中监护人代为同意（人）": "by_guardian",
                "老人不同意（人）": "said_no",
                "老人未征询（人）": "not_asked",
                "已征询家属（人）": "families_consulted",
                "其中家属同意（人）": "families_agree",
                "家属未征询或不清楚（人）": "families_not_heard",
                "在岗工作人员（人）": "staff_present",
                "已征询工作人员（人）": "staff_asked",
                "其中工作人员同意（人）": "staff_agree",
                "工作人员未征询或不清楚（人）": "staff_not_heard",
            },
        ),
    ],
    "意愿与去向": [
        (
            "homes.tables.consent",
            {},
            {
                "在院（人）": "persons",
                "迁移（人）": "moved",
                "留院（人）": "staying",
                "回居家供养（人）": "home_support",
            },
        ),
    ],
    "家属探视": [
        (
            "homes.tables.families",
            {},
            {
                "人数（人）": "persons",
                "整合前车程（分钟）": "minutes_before",
                "整合后车程（分钟）": "minutes_after",
                "增加（分钟）": "minutes_added",
            },
        ),
    ],
    "院舍再利用": [
        (
            "homes.tables.reuse",
            {"名称": "name"},
            {
                "民政综合服务站得分": "score_civil_affairs_station",
                "公建民营得分": "score_public_built_private_run",
                "幸福院得分": "score_xingfuyuan",
                "附近老人（人）": "elders_near",
                "附近儿童（人）": "children_near",
                "到最近幸福院（分钟）": "care_site_minutes",
                "面积（m²）": "area_m2",
                "向社会老人开放床位（张）": "beds_for_paying",
                "老人活动位（个）": "seats_elders",
                "儿童活动位（个）": "seats_children",
                "同时可容纳附近老人（人）": "elders_at_a_time",
                "整修投入（元）": "refit_yuan",
                "可能的租金：低值（元/年）": "rent_low_yuan",
                "可能的租金：取值（元/年）": "rent_value_yuan",
                "可能的租金：高值（元/年）": "rent_high_yuan",
            },
        ),
    ],
    "资产移交": [("homes.tables.transfers", {}, {"账面价值（元）": "book_value_yuan"})],
    "资产台账": [
        (
            "homes.tables.assets",
            {"建筑编号": "building_id"},
            {
                "现年租金（元/年）": "rent_yuan_before",
                "整合后年租金（测算）（元/年）": "rent_yuan_after",
                "面积（m²）": "area_m2",
                "整合前账面价值（元）": "book_value_yuan_before",
                "整合后账面价值（元）": "book_value_yuan_after",
                "整合前在册": "in_before",
                "整合后在册": "in_after",
            },
        ),
    ],
    "乡镇行动": [
        (
            "homes.tables.townships",
            {"乡镇（处）": "township"},
            {
                "敬老院（个）": "homes",
                "在院（人）": "residents",
                "迁移（人）": "moved",
                "留院（人）": "staying",
                "回居家供养（人）": "home_support",
                "不同意（人）": "said_no",
                "未征询（人）": "not_asked",
                "家属未征询或不清楚（人）": "families_not_heard",
                "工作人员未征询或不清楚（人）": "staff_not_heard",
            },
        ),
    ],
    "行动清单": [("homes.tables.actions", {}, {"顺序": "order"})],
    "护理人员": [
        (
            "homes.tables.staff",
            {},
            {
                "在岗护理员（人）": "staff_carers",
                "现需（人）": "carers_needed_before",
                "整合后需（人）": "carers_needed_after",
                "缺（人）": "carers_short",
                "富余（人）": "carers_spare",
                "在岗合计（人）": "staff_present",
                "编制（个）": "staff_posts",
                "在编（人）": "staff_established",
                "空缺编制（个）": "posts_vacant",
                "编外（人）": "staff_off_establishment",
                "腾出院划入统筹的编制（个）": "posts_freed",
            },
        ),
    ],
    "探视变化最大": [
        (
            "homes.tables.worst_changes",
            {},
            {
                "名次": "rank",
                "人数（人）": "persons",
                "原车程（分钟）": "minutes_before",
                "新车程（分钟）": "minutes_after",
                "增加（分钟）": "minutes_added",
            },
        ),
    ],
    "各点助餐成本": [
        (
            "meals.tables.accounts",
            {},
            {
                "每月份数（份）": "meals_per_month",
                "食材（元/月）": "food",
                "厨师（元/月）": "cooks",
                "水电气（元/月）": "utilities",
                "维护（元/月）": "upkeep",
                "折旧（元/月）": "depreciation",
                "包装（元/月）": "packing",
                "送餐员（元/月）": "courier",
                "用电用油（元/月）": "fuel",
                "车辆（元/月）": "vehicle",
                "合计（元/月）": "total",
                "每份（元/份）": "per_meal",
                "志愿服务折价（元/月）": "volunteers_value",
                "村集体分担（元/月）": "village_yuan",
                "村集体缺口（元/月）": "village_gap_yuan",
                "补平缺口的单价（元/份）": "closing_price_yuan",
                "补平缺口的人数比例": "closing_uptake",
                "积累可用年数（年）": "reserve_years",
            },
        ),
    ],
    "送餐单": [
        (
            "meals.tables.visits",
            {},
            {
                "顺序": "order",
                "份数（份）": "meals",
                "到达": "arrival_minute",
                "出锅至交接完（分钟）": "elapsed_minutes",
            },
        ),
    ],
    "参数": [("parameters", {"参数表中的名称": "key"}, {"取值": "value", "下限": "low", "上限": "high"})],
    "求解": [("solves", {}, {"目标值": "objective", "界": "bound", "相对差距": "gap", "用时（秒）": "seconds"})],
}
CLOCKS = {"送到时间", "出发时间", "装车时间", "到达"}


def found_at(written, path):
    """Return the table at a path such as ``sites.tables.envy``."""
    for key in path.split("."):
        written = written[key]
    return written


def cell_of(row, field):
    """Return a field, or one below it: ``only_here.elders_rural``."""
    if field in row:
        return row[field]
    name, _, rest = field.partition(".")
    return row[name].get(rest)


def key_of(row, keys, groups):
    """Return what names a row of a sheet in the words of result.json."""
    words = {"批次": BATCHES, "出行方式": MODES, "人群": groups, "范围": {"全县": "county"}}
    return tuple(words.get(heading, {}).get(row[heading], row[heading]) for heading in keys)


def assert_cell(cell, figure, *, clock=False):
    """A number is the figure itself; what is not told is words, what is unknown is blank or said to be."""
    if isinstance(cell, int | float):
        assert figure is not None
        told = cell * DAY if clock else cell
        # A time of day comes back in microseconds.
        assert told == pytest.approx(figure, rel=1e-12, abs=1e-6 if clock else 0)
    elif cell is None:
        assert figure is None or (isinstance(figure, float) and math.isnan(figure))
    elif cell.startswith("约 "):
        step, told = (0.05, float(cell[2:-1]) / 100) if cell.endswith("%") else (10.0, float(cell[2:].replace(",", "")))
        assert abs(told - figure) <= step / 2 + 1e-9, "a rough number is the nearest one"
    elif cell == "不足 10":
        assert figure < 10
    else:
        assert figure is None or cell in ("<3", "不列", "无路可达", "未填/待核"), cell


def sheet_lines(path):
    """Return sheet -> rows, each heading -> cell; charts, notes and drawn months left out."""
    out = {}
    for sheet in openpyxl.load_workbook(path):
        head, *rows = sheet.iter_rows(min_row=2, values_only=True)
        head = [name and name.replace("\n", "") for name in head]
        width = head.index(None) if None in head else len(head)
        out[sheet.title] = [
            dict(zip(head[:width], map(as_number, row), strict=False))
            for row in rows
            if any(c is not None for c in row)
        ]
    return out


def as_number(cell):
    """Return a time of day as the part of a day that Excel holds."""
    if not isinstance(cell, dt.time):
        return cell
    return (cell.hour * 60 + cell.minute + (cell.second + cell.microsecond / 1e6) / 60) / DAY
