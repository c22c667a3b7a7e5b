"""Numbers of sheets that sum or sort figures of result.json, worked out here again."""

import pytest
from figure_sources import BATCHES, DAY, MODES, SCOPED, assert_cell, key_of


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
    expected["覆盖", f"老少都服务的点位（共 {len(written['sites']['plan'])} 个）"] = sum(
        all(nearest_within(written, site["site_id"], group) for group in ("elders_rural", "children_rural"))
        for site in written["sites"]["plan"]
    )
    for item, key in {
        "集中供养人数": "residents",
        "搬迁人数": "moved",
        "不同意仍迁移": "moved_without_consent",
        "未征询即迁移": "moved_not_asked",
        "回居家供养": "home_support",
        "腾出敬老院": "homes_emptied",
        "扩建床位": "beds_added",
        "整合后床位": "beds_after",
        "家属探视平均增加": "visit_minutes_added_mean",
        "探视时间超过提示线的住院老人": "visit_share_over_limit",
    }.items():
        expected["敬老院", item] = homes[key]
    for item, key in {
        "助餐点": "points",
        "开伙厨房": "kitchens",
        "配送点": "delivered",
        "不供餐点": "none",
        "未能供餐点": "unserved",
        "每餐份数": "meals",
        "每天费用（食材以外）": "cost_yuan_per_day",
        "每份费用（食材以外）": "cost_yuan_per_meal",
        "开伙与配送的平衡人数": "break_even_diners",
    }.items():
        expected["助餐", item] = meals[key]
    for decision, name in (("care_sites", "幸福院"), ("homes", "敬老院整合"), ("meals", "助餐")):
        rows = [row for row in written["costs"] if row["decision"] == decision]
        expected["经费", f"{name}一次性投入"] = sum(row["one_off_yuan"] for row in rows)
        expected["经费", f"{name}每年费用"] = sum(row["yearly_yuan"] for row in rows)
    numbers = {key: cell for key, cell in told.items() if isinstance(cell, int | float)}
    assert len(numbers) > 30
    for key, cell in numbers.items():
        assert cell == pytest.approx(expected[key], rel=1e-12), key


def nearest_within(written, site, group):
    """Return the persons whose nearest site it is, all batches built, within the group's limit."""
    limit = written["groups"][group]["limit_minutes"]["ride"]
    return sum(
        point["persons"][group]
        for point in written["points"]
        for near in point["nearest"]
        if (near["batch"], near["mode"], near["site_id"]) == (2, "ride", site)
        and near["minutes"] is not None
        and near["minutes"] <= limit
    )


def test_nursing_beds_and_carers_before_and_after(lines, written):
    states = {state["site_id"]: state for state in written["homes"]["states"]}
    for row in lines["敬老院"]:
        state = states[row["编号"]]
        for when, share, load in (
            ("before", "现护理型床位占比", "现每名护理员照料（人）"),
            ("after", "整合后护理型床位占比", "整合后每名护理员照料（人）"),
        ):
            for cell, part, whole in (
                (row[share], state[f"nursing_beds_{when}"], state[f"beds_{when}"]),
                (row[load], state[f"residents_{when}"], state[f"staff_{when}"]),
            ):
                assert_cell(cell, part / whole if whole and part is not None else None)


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
                near = [
                    {(n["batch"], n["mode"]): n["minutes"] for n in point["nearest"]}[batch, MODES[way]]
                    for point in points
                ]
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
    kinds = {
        "同意（人）": ("consent", "yes"),
        "不同意（人）": ("consent", "no"),
        "未征询（人）": ("consent", "not_asked"),
        "自理（人）": ("care_level", "self"),
        "半失能（人）": ("care_level", "partial"),
        "失能（人）": ("care_level", "full"),
    }
    for row in lines["搬迁"]:
        flows = [
            flow
            for flow in written["homes"]["flows"]
            if (names[flow["from_site"]], names.get(flow["to_site"])) == (row["现住机构"], row["迁往机构"])
        ]
        assert_cell(row["人数（人）"], sum(flow["persons"] for flow in flows))
        assert row["车程（分钟）"] == pytest.approx(max(flow["minutes"] for flow in flows))
        for heading, (field, kind) in kinds.items():
            assert_cell(row[heading], sum(flow["persons"] for flow in flows if flow[field] == kind))
    for row in lines["搬迁批次"]:
        parts = [
            part
            for part in written["homes"]["tables"]["waves"]
            if (part["wave"], part["from_name"], part["to_name"]) == (row["批次"], row["现住机构"], row["迁往机构"])
        ]
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
    metric = {
        (m["group"], m["batch"]): m
        for m in written["metrics"]
        if m["scope"] == "county" and m["mode"] == written["headline_mode"]
    }
    residents = sum(state["residents_before"] for state in states)
    expected = {}
    for place, kinds in (("县级中心养老院", ("centre",)), ("保留的敬老院", ("kept",))):
        own = [state for state in states if state["state"] in kinds]
        expected[place] = (len(own), sum(state["residents_after"] for state in own), residents)
    emptied = [state for state in states if state["state"] not in ("centre", "kept")]
    expected["腾出的敬老院"] = (len(emptied), None, None)
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
            assert row[f"就近服务{short}（人）"] == nearest_within(written, row["点位编号"], group)
            assert row[f"效果：仅此点覆盖{short}名次"] == 1 + sum(other > own for other in alone.values())


def test_sensitive_villages(lines, small):
    villages = small[0].villages
    columns = {
        "在家特困：自理（人）": "tekun_self",
        "在家特困：半失能（人）": "tekun_partial",
        "在家特困：失能（人）": "tekun_full",
        "留守儿童（人）": "left_behind",
    }
    for row in lines["特困与留守"]:
        for heading, column in columns.items():
            assert_cell(row[heading], int(villages.at[row["村代码"], column]))


def test_children(lines, written):
    for row in lines["儿童需求"]:
        points = [point for point in written["points"] if point["village_id"] == row["村代码"]]
        for group, told in written["groups"].items():
            if group.startswith(("children", "left_behind")):
                assert_cell(row[f"{told['short']}（人）"], sum(point["persons"][group] for point in points))
        near = [n["minutes"] for point in points for n in point["nearest"] if (n["batch"], n["mode"]) == (2, "walk")]
        reached = [minutes for minutes in near if minutes is not None]
        assert_cell(row["到最近幸福院步行（分钟）"], min(reached, default=None))
