"""Every number of every sheet is a figure of result.json, or is worked out here again from its figures."""

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
        ("sites.plan", SITE, {
            "县方案批次": "official_batch", "层数（层）": "floors", "总面积（m²）": "area_m2", "食堂面积（m²）": "canteen_m2",
            "室外面积（m²）": "outdoor_m2", "改造投入（元）": "opening_yuan", "年运行费（元/年）": "running_yuan_per_year",
            "仅此点覆盖：老人（人）": "only_here.elders_rural", "仅此点覆盖：儿童（人）": "only_here.children_rural",
        }),
        ("sites.tables.sheets", SITE, {
            "餐厅座位（推算）（个）": "seats", "预计同时就餐（人）": "diners", "到医疗机构骑行（分钟）": "clinic_minutes",
            "到医疗机构步行（分钟）": "clinic_walk_minutes",
        }),
    ],
    "覆盖": [
        ("metrics", SCOPED, {
            "时限（分钟）": "limit_minutes", "时限内人数（人）": "covered", "总人数（人）": "total", "覆盖率": "share",
            "区间低端": "share_low", "区间高端": "share_high",
        }),
    ],
    "时间与公平": [
        ("minutes", GROUPED, {
            "平均（分钟）": "mean", "中位（分钟）": "median", "九成人在此内（分钟）": "p90", "无路可达（人）": "unreachable_persons",
        }),
        ("equity", GROUPED, {"时间基尼系数": "gini", "其覆盖率": "worst_share"}),
        ("sites.tables.envy", GROUPED, {
            "落后门槛（分钟）": "threshold_minutes", "超过门槛（人）": "persons_beyond", "人均超出（分钟）": "envy_minutes",
        }),
        ("sites.tables.fading", GROUPED, {"渐变覆盖降为零（分钟）": "zero_minutes", "渐变覆盖率": "share"}),
    ],
    "最远的村": [("worst", {}, {"名次": "rank", "人数（人）": "persons", "平均时间（分钟）": "minutes"})],
    "从既定方案改动几处": [
        ("sites.tables.swaps", {}, {
            "点位（个）": "sites", "一次性投入（元）": "one_off_yuan", "差距": "gap", "其覆盖率": "worst_share",
            **{f"{who}{name}": f"{field}.{group}" for who, group in (("老人", "elders_rural"), ("儿童", "children_rural"))
               for name, field in (("覆盖（人）", "covered"), ("覆盖率", "share"), ("下限", "share_low"), ("上限", "share_high"))},
        }),
    ],
    "与最优的差距": [
        ("sites.tables.regret", {}, {
            "本方案（人）": "covered", "同条件最好方案（人）": "best_found", "不会超过（人）": "bound", "至多还差（人）": "regret_at_most",
            "本方案最终覆盖（人）": "at_once", "一次建成最好（人）": "at_once_best", "分批的代价（人）": "price_of_phasing",
        }),
    ],
    "每千名老人座位": [
        ("sites.tables.access", {}, {
            "老人（人）": "persons", "餐厅座位（个）": "seats", "每千名老人座位（个）": "seats_per_1000", "基尼系数": "gini",
            "附近没有座位（人）": "persons_without",
        }),
    ],
    "未选点位": [("sites.tables.left_out", {}, {"一次性投入（元）": "opening_yuan", "再加它多覆盖（人）": "adds"})],
    "都够不着的村": [
        ("sites.tables.out_of_reach", {}, {
            "够不着（人）": "persons", "现时限（分钟）": "limit_minutes", "放宽到可及第一人（分钟）": "first_minutes",
            "放宽到全部可及（分钟）": "all_minutes",
        }),
    ],
    "各年份覆盖": [
        ("sites.tables.years", {}, {
            "年份": "year", "时限内人数（人）": "covered", "总人数（人）": "total", "覆盖率": "share", "总人数下限（人）": "total_low",
            "总人数上限（人）": "total_high", "覆盖率下限": "share_low", "覆盖率上限": "share_high",
        }),
    ],
    "九项功能": [("sites.tables.functions", {}, {"需要（m²）": "needs_m2", "现有（m²）": "has_m2"})],
    "敬老院": [
        ("homes.states", {"编号": "site_id"}, {
            "现有床位（张）": "beds_before", "扩建床位（张）": "beds_added", "整合后床位（张）": "beds_after",
            "现有入住（人）": "residents_before", "整合后入住（人）": "residents_after",
            "现有护理型床位（张）": "nursing_beds_before", "整合后护理型床位（张）": "nursing_beds_after",
            "需要护理型床位（张）": "nursing_beds_needed", "现每床面积（m²）": "m2_per_bed_before",
            "整合后每床面积（m²）": "m2_per_bed_after", "现需护理员（人）": "staff_before", "整合后需护理员（人）": "staff_after",
        }),
    ],
    "助餐点": [
        ("meals.stops", {"编号": "site_id"}, {
            "每餐份数（份/餐）": "meals", "送到时间": "arrival_minute", "从出锅到送达（分钟）": "elapsed_minutes",
        }),
        ("meals.tables.uptakes", {"编号": "site_id"}, {
            "低参与率时（份/餐）": "meals_low", "中参与率时（份/餐）": "meals_mid", "高参与率时（份/餐）": "meals_high",
        }),
    ],
    "配送": [
        ("meals.rounds", {"趟次": "round_id"}, {
            "出发时间": "departure_minute", "份数（份）": "meals", "从出锅到最后送达（分钟）": "elapsed_minutes",
            "费用（元/趟）": "cost_yuan",
        }),
        ("meals.tables.kitchens", {"趟次": "round_id"}, {"装车时间": "loading_minute", "点数（个）": "stops"}),
    ],
    "中心数比较": [
        ("homes.tables.alternatives", {}, {
            "中心数（个）": "centres", "迁移（人）": "moved", "留院（人）": "staying", "回居家供养（人）": "home_support",
            "不同意仍迁（人）": "moved_without_consent", "未征询即迁（人）": "moved_not_asked", "扩建床位（张）": "beds_added",
            "每年费用（元/年）": "yearly_yuan_after", "一次性投入（元）": "one_off_yuan", "回本年数（年）": "pay_back_years",
            "平均探视车程（分钟）": "visit_minutes_after_mean", "超过提示线": "visit_share_over_limit_after", "相对差距": "gap",
        }),
    ],
    "资产台账": [
        ("homes.tables.assets", {"建筑编号": "building_id"}, {
            "面积（m²）": "area_m2", "整合前账面价值（元）": "book_value_yuan_before",
            "整合后账面价值（元）": "book_value_yuan_after", "整合前在册": "in_before", "整合后在册": "in_after",
        }),
    ],
    "乡镇行动": [
        ("homes.tables.townships", {"乡镇（处）": "township"}, {
            "敬老院（个）": "homes", "在院（人）": "residents", "迁移（人）": "moved", "留院（人）": "staying",
            "回居家供养（人）": "home_support", "不同意（人）": "said_no", "未征询（人）": "not_asked",
        }),
    ],
    "行动清单": [("homes.tables.actions", {}, {"顺序": "order"})],
    "护理人员": [
        ("homes.tables.staff", {}, {
            "在岗护理员（人）": "staff_carers", "现需（人）": "carers_needed_before", "整合后需（人）": "carers_needed_after",
            "缺（人）": "carers_short", "富余（人）": "carers_spare",
        }),
    ],
    "探视变化最大": [
        ("homes.tables.worst_changes", {}, {
            "名次": "rank", "人数（人）": "persons", "原车程（分钟）": "minutes_before", "新车程（分钟）": "minutes_after",
            "增加（分钟）": "minutes_added",
        }),
    ],
    "各点助餐成本": [
        ("meals.tables.accounts", {}, {
            "每月份数（份）": "meals_per_month", "食材（元/月）": "food", "厨师（元/月）": "cooks", "水电气（元/月）": "utilities",
            "维护（元/月）": "upkeep", "折旧（元/月）": "depreciation", "包装（元/月）": "packing", "送餐员（元/月）": "courier",
            "用电用油（元/月）": "fuel", "车辆（元/月）": "vehicle", "合计（元/月）": "total", "每份（元/份）": "per_meal",
            "志愿服务折价（元/月）": "volunteers_value", "村集体分担（元/月）": "village_yuan",
            "村集体缺口（元/月）": "village_gap_yuan", "补平缺口的单价（元/份）": "closing_price_yuan",
            "补平缺口的人数比例": "closing_uptake", "积累可用年数（年）": "reserve_years",
        }),
    ],
    "送餐单": [
        ("meals.tables.visits", {}, {
            "顺序": "order", "份数（份）": "meals", "到达": "arrival_minute", "出锅至交接完（分钟）": "elapsed_minutes",
        }),
    ],
    "参数": [("parameters", {"参数表中的名称": "key"}, {"取值": "value", "下限": "low", "上限": "high"})],
    "求解": [("solves", {}, {"目标值": "objective", "界": "bound", "相对差距": "gap", "用时（秒）": "seconds"})],
}  # fmt: skip
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


@pytest.fixture(scope="module")
def lines(files):
    """Return sheet -> rows, each heading -> cell; charts, notes and drawn months left out."""
    out = {}
    for sheet in openpyxl.load_workbook(files / "report.xlsx"):
        head, *rows = sheet.iter_rows(min_row=2, values_only=True)
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


@pytest.fixture(scope="module")
def groups(written):
    return {told["name"]: group for group, told in written["groups"].items()}


@pytest.mark.parametrize("title", ROWS)
def test_rows_of_a_sheet_are_rows_of_the_result(title, lines, written, groups):
    if title not in lines:
        pytest.skip("this run has no such rows")
    for path, keys, columns in ROWS[title]:
        table = found_at(written, path)
        rows = lines[title]
        assert len(table) == len(rows), path
        by_key = {tuple(row[field] for field in keys.values()): row for row in table}
        for number, row in enumerate(rows):
            expected = by_key[key_of(row, keys, groups)] if keys else table[number]
            for heading, field in columns.items():
                assert_cell(row[heading], cell_of(expected, field), clock=heading in CLOCKS)


def assert_cell(cell, figure, *, clock=False):
    """A number is the figure itself; what is not told is words, what is unknown is blank or said to be."""
    if isinstance(cell, int | float):
        assert figure is not None
        told = cell * DAY if clock else cell
        # A time of day comes back in microseconds.
        assert told == pytest.approx(figure, rel=1e-12, abs=1e-6 if clock else 0)
    elif cell is None:
        assert figure is None or (isinstance(figure, float) and math.isnan(figure))
    else:
        assert figure is None or cell in ("<3", "不列", "无路可达", "未填/待核"), cell


def persons_of(written, group):
    """Return village -> persons of a group."""
    sums = {}
    for point in written["points"]:
        sums[point["village_id"]] = sums.get(point["village_id"], 0) + point["persons"][group]
    return sums


def test_summary(lines, written, groups):
    told = {(row["事项"], row["项目"]): row["数值"] for row in lines["摘要"]}
    metric = {(row["group"], row["mode"], row["batch"]): row for row in written["metrics"] if row["scope"] == "county"}
    minutes = {(row["group"], row["mode"], row["batch"]): row["mean"] for row in written["minutes"]}
    short = {told["short"]: group for group, told in written["groups"].items()}
    homes, meals = written["homes"]["summary"], written["meals"]["summary"]
    expected = {("情景", "随机种子"): written["run"]["seed"]}
    for (group, mode, batch), row in metric.items():
        name = {group: name for name, group in groups.items()}[group]
        ways = {mode: way for way, mode in MODES.items()}
        label = f"{name} {ways[mode]} {'第一批' if batch == 1 else '前两批'}：时限内人数（共 {row['total']:,} 人）"
        expected["覆盖", label] = row["covered"]
        for called, own in short.items():
            if own == group and mode == written["headline_mode"]:
                expected["覆盖", f"{called}到最近点位平均{ways[mode]}时间，第 {batch} 批后（能到达者）"] = minutes[
                    group, mode, batch
                ]
    for item, key in {
        "集中供养人数": "residents", "搬迁人数": "moved", "不同意仍迁移": "moved_without_consent",
        "未征询即迁移": "moved_not_asked", "回居家供养": "home_support", "腾出敬老院": "homes_emptied",
        "扩建床位": "beds_added", "整合后床位": "beds_after", "家属探视平均增加": "visit_minutes_added_mean",
        "探视时间超过提示线的住院老人": "visit_share_over_limit",
    }.items():  # fmt: skip
        expected["敬老院", item] = homes[key]
    for item, key in {
        "助餐点": "points", "开伙厨房": "kitchens", "配送点": "delivered", "不供餐点": "none", "未能供餐点": "unserved",
        "每餐份数": "meals", "每天费用（食材以外）": "cost_yuan_per_day", "每份费用（食材以外）": "cost_yuan_per_meal",
        "开伙与配送的平衡人数": "break_even_diners",
    }.items():  # fmt: skip
        expected["助餐", item] = meals[key]
    for decision, name in (("care_sites", "幸福院"), ("homes", "敬老院整合"), ("meals", "助餐")):
        rows = [row for row in written["costs"] if row["decision"] == decision]
        expected["经费", f"{name}一次性投入"] = sum(row["one_off_yuan"] for row in rows)
        expected["经费", f"{name}每年费用"] = sum(row["yearly_yuan"] for row in rows)
    numbers = {key: cell for key, cell in told.items() if isinstance(cell, int | float)}
    assert len(numbers) > 30
    for key, cell in numbers.items():
        assert cell == pytest.approx(expected[key], rel=1e-12), key


def test_contents_count_the_rows(lines):
    for row in lines["目录"]:
        rows = [line for line in lines[row["工作表（点击打开）"]] if "（没有内容" not in str(next(iter(line.values())))]
        assert row["行数"] == len(rows), row


def test_what_each_batch_adds_and_leaves(lines, written, groups):
    covered = {(m["scope"], m["group"], m["mode"], m["batch"]): m for m in written["metrics"]}
    for row in lines["覆盖"]:
        batch, group, mode, scope = key_of(row, SCOPED, groups)
        now = covered[scope, group, mode, batch]
        before = covered[scope, group, mode, batch - 1]["covered"] if batch > 1 else 0
        assert_cell(row["其中本批新增（人）"], now["covered"] - before)
        assert_cell(row["仍未覆盖（人）"], now["total"] - now["covered"])


def test_villages(lines, written):
    limits = {name: told["limit_minutes"] for name, told in written["groups"].items()}
    for row in lines["村庄"]:
        points = [point for point in written["points"] if point["village_id"] == row["村代码"]]
        for group, told in written["groups"].items():
            assert_cell(row[f"{told['short']}（人）"], sum(point["persons"][group] for point in points))
        for label, batch in BATCHES.items():
            for way in ("骑行", "步行"):
                near = [{(n["batch"], n["mode"]): n["minutes"] for n in point["nearest"]}[batch, MODES[way]]
                        for point in points]  # fmt: skip
                assert len(points) == 1, "villages are their own points here"
                assert_cell(row[f"{label}{way}（分钟）"], near[0])
                if way == "骑行":
                    for group, short in (("elders_rural", "老人"), ("children_rural", "儿童")):
                        within = near[0] is not None and near[0] <= limits[group]["ride"]
                        assert row[f"{label}时限内{short}（人）"] == (points[0]["persons"][group] if within else 0)
        stops = [stop for stop in written["meals"]["stops"] if stop["village_id"] == row["村代码"]]
        assert row["送到时间"] is None or row["送到时间"] * DAY == pytest.approx(
            next(stop["arrival_minute"] for stop in stops if stop["arrival_minute"] is not None)
        )


def test_moves_and_waves_are_sums_of_flows(lines, written):
    names = {state["site_id"]: state["name"] for state in written["homes"]["states"]}
    kinds = {"同意（人）": ("consent", "yes"), "不同意（人）": ("consent", "no"), "未征询（人）": ("consent", "not_asked"),
             "自理（人）": ("care_level", "self"), "半失能（人）": ("care_level", "partial"),
             "失能（人）": ("care_level", "full")}  # fmt: skip
    for row in lines["搬迁"]:
        flows = [flow for flow in written["homes"]["flows"]
                 if (names[flow["from_site"]], names.get(flow["to_site"])) == (row["现住机构"], row["迁往机构"])]  # fmt: skip
        assert_cell(row["人数（人）"], sum(flow["persons"] for flow in flows))
        assert row["车程（分钟）"] == pytest.approx(max(flow["minutes"] for flow in flows))
        for heading, (field, kind) in kinds.items():
            assert_cell(row[heading], sum(flow["persons"] for flow in flows if flow[field] == kind))
    for row in lines["搬迁批次"]:
        parts = [part for part in written["homes"]["tables"]["waves"]
                 if (part["wave"], part["from_name"], part["to_name"]) == (row["批次"], row["现住机构"], row["迁往机构"])]  # fmt: skip
        assert parts
        assert_cell(row["人数（人）"], sum(part["persons"] for part in parts))


def test_kitchens(lines, written, small):
    stops = {stop["site_id"]: stop for stop in written["meals"]["stops"]}
    for row in lines["厨房"]:
        own, rounds = stops.get(row["编号"]), [r for r in written["meals"]["rounds"] if r["kitchen"] == row["编号"]]
        eats = own is not None and own["kitchen"] in (None, row["编号"])
        assert row["本点用餐（份/餐）"] == (own["meals"] if eats else 0)
        sent = [
            s["meals"]
            for s in stops.values()
            if s["kitchen"] == row["编号"] != s["site_id"] and s["mode"] == "delivered"
        ]
        assert row["外送（份/餐）"] == sum(sent)
        assert row["配送趟数（趟/餐）"] == len(rounds)
        assert row["食堂面积（m²）"] == small[0].sites.at[row["编号"], "canteen_m2"]


def test_costs_and_shares(lines, written):
    rows, tables = lines["费用与分担"], written["meals"]["tables"]
    once, yearly, monthly = "一次性投入（建设）（元）", "每年（运行）（元/年）", "每月（运行）（元/月）"
    before = "整合前每年（运行）（元/年）"
    part = {name: [row for row in rows if row["部分"].startswith(name)] for name in "一二三四"}
    *spent, total = part["一"]
    assert [(row[once], row[yearly]) for row in spent] == [
        pytest.approx((row["one_off_yuan"], row["yearly_yuan"])) for row in written["costs"]
    ]
    homes = {row["head"]: row for row in written["homes"]["tables"]["cost_heads"]}
    for row, cost in zip(spent, written["costs"], strict=True):
        own = homes.get(cost["head"]) if cost["decision"] == "homes" else None
        assert row[before] == (None if own is None else own["yearly_yuan_before"])
    assert total[once] == pytest.approx(sum(row["one_off_yuan"] for row in written["costs"]))
    assert total[yearly] == pytest.approx(sum(row["yearly_yuan"] for row in written["costs"]))
    assert [row[monthly] for row in part["二"]] == pytest.approx([row["yuan_per_month"] for row in tables["heads"]])
    payers = {"个人": "self", "县财政": "county", "乡镇（处）": "township", "村集体": "village", "社会捐赠": "donation"}
    shares = {row["band_zh"]: row for row in tables["shares"]}
    paid = {row["payer"]: row for row in tables["payers"]}
    by_payer = dict.fromkeys(payers.values(), 0.0)
    for row in part["三"]:
        if row["预算口径或付费方"] in payers:
            payer = payers[row["预算口径或付费方"]]
            assert row[monthly] == pytest.approx(shares[row["费用项目"]][f"{payer}_yuan"])
            by_payer[payer] += row[monthly]
    assert by_payer == {payer: pytest.approx(paid[payer]["yuan_per_month"]) for payer in by_payer}
    told = {row["费用项目"]: row[monthly] for row in part["三"]}
    assert told["可用收入"] == paid["village"]["income_yuan_per_month"]
    assert told["缺口"] == paid["village"]["gap_yuan_per_month"]
    assert told["分担额未覆盖的实际成本（负数为结余）"] == paid["uncovered"]["yuan_per_month"]
    full = next(row["yuan_per_month"] for row in tables["heads"] if row["head"] == "total")
    assert told["合计"] == pytest.approx(full)
    assert part["四"][0][yearly] == "未填/待核"


def test_tiers(lines, written, small):
    county = small[0]
    states, sites = written["homes"]["states"], written["sites"]["plan"]
    metric = {(m["group"], m["batch"]): m for m in written["metrics"]
              if m["scope"] == "county" and m["mode"] == written["headline_mode"]}  # fmt: skip
    residents = sum(state["residents_before"] for state in states)
    expected = {}
    for place, kinds in (("县级中心养老院", ("centre",)), ("保留的敬老院", ("kept",))):
        own = [state for state in states if state["state"] in kinds]
        expected[place] = (len(own), sum(state["residents_after"] for state in own), residents)
    emptied = [state for state in states if state["state"] not in ("centre", "kept")]
    expected["腾出的敬老院（民政综合服务站、公建民营等）"] = (len(emptied), None, None)
    served = [stop for stop in written["meals"]["stops"] if stop["mode"] in ("own_kitchen", "delivered")]
    expected["助餐点"] = (
        len(served),
        sum(stop["meals"] for stop in served),
        sum(s["meals"] for s in written["meals"]["stops"]),
    )
    names = {told["name"]: group for group, told in written["groups"].items()}
    short = {told["short"]: group for group, told in written["groups"].items()}
    levels = {"自理": "tekun_self", "半失能": "tekun_partial", "失能": "tekun_full"}
    for row in lines["服务层级"]:
        if row["依托"] in expected:
            figures = expected[row["依托"]]
        elif row["依托"].startswith("幸福院"):
            batch = 1 if "第一批" in row["依托"] else 2
            found = metric[names[row["服务谁"]], batch]
            figures = (sum(site["batch"] <= batch for site in sites), found["covered"], found["total"])
        elif "不在任何" in row["服务谁"]:
            found = metric[short[row["服务谁"].split("：")[0]], 2]
            figures = (None, found["total"] - found["covered"], found["total"])
        else:
            number = int(county.villages[levels[row["服务谁"].split("：")[1]]].sum())
            figures = (None, number, number)
        for cell, figure in zip(
            (row["处数（处）"], row["服务人数（人）"], row["该人群总数（人）"]), figures, strict=True
        ):
            assert_cell(cell, figure)


def test_quality_and_ranking(lines, written):
    """No surveys here: what is counted is inspections with a date, none of five at each site."""
    sites = {site["site_id"]: site for site in written["sites"]["plan"]}
    for row in lines["质量指标"]:
        own = [s for s in sites.values() if row["层级"] == "全县" or row["范围"].split()[0] == s["township"]]
        count = 1 if row["层级"] == "村（居）" else len(own)
        assert (row["有数据点位（个）"], row["达到数"], row["总数"], row["比例"]) == (count, 0, 5 * count, 0)
    for short, group in (("老人", "elders_rural"), ("儿童", "children_rural")):
        alone = {site: row["only_here"][group] for site, row in sites.items()}
        for row in lines["点位排序"]:
            own = alone[row["点位编号"]]
            assert row[f"效果：仅此点覆盖{short}（人）"] == own
            assert row[f"效果：仅此点覆盖{short}名次"] == 1 + sum(other > own for other in alone.values())


def test_sensitive_villages(lines, small):
    villages = small[0].villages
    columns = {"在家特困：自理（人）": "tekun_self", "在家特困：半失能（人）": "tekun_partial",
               "在家特困：失能（人）": "tekun_full", "留守儿童（人）": "left_behind"}  # fmt: skip
    for row in lines["特困与留守"]:
        for heading, column in columns.items():
            assert_cell(row[heading], int(villages.at[row["村代码"], column]))


#: Sheets whose numbers are worked out again above, and the headings of those numbers.
WORKED_OUT = {
    "摘要": {"数值"},
    "目录": {"行数"},
    "覆盖": {"其中本批新增（人）", "仍未覆盖（人）"},
    "村庄": None,
    "搬迁": None,
    "搬迁批次": None,
    "厨房": None,
    "费用与分担": None,
    "服务层级": None,
    "质量指标": None,
    "点位排序": None,
    "特困与留守": None,
}


def test_no_number_is_left_over(lines):
    """A new sheet, or a new column of numbers, has to say where its figures come from."""
    left = set()
    for title, rows in lines.items():
        known = {heading for _, _, columns in ROWS.get(title, []) for heading in columns}
        if title in WORKED_OUT and WORKED_OUT[title] is None:
            continue
        known |= WORKED_OUT.get(title) or set()
        left |= {(title, heading) for row in rows for heading, cell in row.items()
                 if isinstance(cell, int | float) and heading not in known}  # fmt: skip
    assert left == set()
