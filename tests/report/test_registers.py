"""Registers: read with every fault at once, unknown where nobody filled them in, never passed without proof."""

import csv
import datetime as dt
import re
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from tiny_county import code

from anyi_geo.county import check_county, load_county
from anyi_geo.county.registers import AGREEMENTS, FOOD_SAFETY, PHASES, QUALITY, SAFETY, SERVICES, register_columns
from anyi_geo.county.table_file import read_table_file
from anyi_geo.show.report import agreements, child_table, generations, quality, registers, safety, services
from anyi_geo.show.report.content import run_sheets
from anyi_geo.show.report.model import UNKNOWN
from anyi_geo.show.report.problems import problems_table


def write(folder, file, *rows):
    """Write a register with Chinese headings as an office does."""
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([[column.zh for column in register_columns(file)], *rows])


def with_registers(county, **files):
    """Return the county with registers given as rows of dicts."""
    names = {
        "safety": SAFETY,
        "services": SERVICES,
        "food": FOOD_SAFETY,
        "phases": PHASES,
        "quality": QUALITY,
        "agreements": AGREEMENTS,
    }
    tables = {}
    for name, file in names.items():
        columns = [column.name for column in register_columns(file)]
        found = pd.DataFrame(files.get(name, []), columns=columns, dtype=object)
        tables[file] = found.where(found.notna(), None)
    return replace(county, registers=tables)


def rows_of(table, **where):
    rows = table.rows
    for name, value in where.items():
        rows = rows[rows[name] == value]
    return rows.to_dict("records")


def test_a_county_without_registers_loads(tiny):
    county = load_county(tiny)
    assert all(len(rows) == 0 for rows in county.registers.values())


def test_registers_are_read_in_their_types(tiny):
    write(tiny, SAFETY, ["SA", "消防", "县消防救援大队", "2023年10月9日", "合格", "2024/10/9", ""])
    row = load_county(tiny).registers[SAFETY].iloc[0]
    assert (row["inspected_on"], row["next_due"], row["note"]) == (dt.date(2023, 10, 9), dt.date(2024, 10, 9), None)


def test_every_fault_of_the_registers_is_told_at_once(tiny):
    write(
        tiny, SAFETY,
        ["SA", "消防", "", "", "良好", "", ""],
        ["NO", "消防", "", "", "", "2024-01-01", ""],
        ["SA", "水", "", "昨天", "", "", ""],
    )  # fmt: skip
    write(tiny, PHASES, ["SA", "施工", "2024-02-01", "2024-01-01", "", "", "", ""])
    write(tiny, QUALITY, ["SA", "群众满意度", "9", "8", "", ""], ["SA", "群众满意度", "7", "8", "", ""])
    faults = {(fault.code, fault.file, fault.row, fault.column) for fault in check_county(tiny)}
    assert faults == {
        ("E_BAD_TYPE", PHASES, 1, "end"),
        ("E_BAD_TYPE", QUALITY, 1, "achieved"),
        ("E_DUP_CODE", QUALITY, 2, "site_id"),
        ("E_BAD_TYPE", SAFETY, 1, "result"),
        ("E_UNKNOWN_REF", SAFETY, 2, "site_id"),
        ("E_BAD_TYPE", SAFETY, 3, "inspected_on"),
        ("E_BAD_TYPE", SAFETY, 3, "topic"),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_of_the_usual_encodings(tmp_path, encoding):
    path = tmp_path / "t.csv"
    path.write_text("点位编号,指标,达到数,总数（份）\nSA,群众满意度,45,50\n", encoding=encoding)
    found = read_table_file(path, register_columns(QUALITY))
    assert found.faults == []
    assert found.rows.iloc[0]["indicator"] == "群众满意度"


def test_a_workbook_with_a_title_above_its_headings(tmp_path):
    book = openpyxl.Workbook()
    for line in (["满意度调查"], ["点位编号", "指标", "达到数", "总数", "调查日期"],
                 ["SA", "群众满意度", 45, 50, dt.datetime(2024, 1, 2)], [None, None], ["SB", None]):  # fmt: skip
        book.active.append(line)
    book.save(tmp_path / "t.xlsx")
    found = read_table_file(tmp_path / "t.xlsx", register_columns(QUALITY))
    assert found.faults == []
    assert found.rows["surveyed_on"].tolist() == [dt.date(2024, 1, 2)]


def test_an_unknown_heading_is_told(tmp_path):
    (tmp_path / "t.csv").write_text("点位编号,指标,达到数,总和\nSA,a,1,2\n", encoding="utf-8")
    found = read_table_file(tmp_path / "t.csv", register_columns(QUALITY))
    assert [(fault.code, fault.column) for fault in found.faults] == [
        ("E_BAD_TYPE", "总和"),
        ("E_MISSING_COLUMN", "out_of"),
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x00\x01", b"PK\x03\x04broken"])
def test_a_broken_file_is_a_fault(tmp_path, content):
    path = tmp_path / ("t.xlsx" if content.startswith(b"PK") else "t.csv")
    path.write_bytes(content)
    assert [fault.code for fault in read_table_file(path, register_columns(QUALITY)).faults] == ["E_UNREADABLE"]


PASSED = {"site_id": "SA", "topic": "消防", "department": "县消防救援大队", "inspected_on": dt.date(2023, 10, 9),
          "result": "合格", "next_due": dt.date(2024, 10, 9)}  # fmt: skip


@pytest.fixture
def dated(small):
    """Return the county and its plan as of a day between the inspection and the next one."""
    county, result = small
    return county, replace(result, run={**result.run, "date": "2024-01-15"})


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({}, "合格"),
        ({"inspected_on": None}, "未填/待核（缺检查日期）"),
        ({"department": None}, "未填/待核（缺检查部门）"),
        ({"department": None, "inspected_on": None}, "未填/待核（缺检查日期，缺检查部门）"),
        ({"department": "待定"}, "未填/待核（缺检查部门）"),
        ({"department": "——"}, "未填/待核（缺检查部门）"),
        ({"department": "无锡市消防支队"}, "合格"),
        ({"inspected_on": dt.date(2024, 1, 15)}, "合格"),
        ({"inspected_on": dt.date(2024, 1, 16)}, "未填/待核（检查日期在今天之后）"),
        ({"result": None}, UNKNOWN),
    ],
)
def test_nothing_passes_without_date_and_department(dated, change, shown):
    county, result = dated
    table = safety.inspections_table(with_registers(county, safety=[{**PASSED, **change}]), result)
    assert [found["result"] for found in rows_of(table, site_id="SA", topic="消防")] == [shown]
    others = table.rows[(table.rows["site_id"] != "SA") | (table.rows["topic"] != "消防")]
    assert set(others["result"]) == {UNKNOWN}


def test_every_place_is_asked_about_five_topics(small):
    county, result = small
    found = safety.inspections(county, result)
    assert set(found["site_id"]) == {"SA", "SC", "H1", "H2", "Z1", "YB"}
    assert (found.groupby("site_id")["topic"].nunique() == 5).all()


def test_a_building_of_two_uses_stands_once(small):
    county, result = small
    sites = county.sites.copy()
    sites.loc["YB", "building_id"] = sites.loc["SA", "building_id"]
    assert "YB" not in safety.places(replace(county, sites=sites), result).index


def test_the_appendix_raises_its_questions(embedded):
    county, result = embedded
    asked = {}
    for row in safety.questions(county, result):
        asked.setdefault(row["id"], []).append(row["message"])
    assert any("未配置" in words for words in asked["O15"])
    assert sum(any("二层及以上" in words for words in found) for found in asked.values()) == 17
    assert [site for site, found in asked.items() if any("三层以上" in words for words in found)] == ["O01"]
    shares = {site for site, found in asked.items() if any("食堂" in words for words in found)}
    assert shares == {"O04", "O11", "O17"}
    assert not any("合格" in words for found in asked.values() for words in found)


def test_kitchens_without_a_manager_are_unknown(small):
    county, result = small
    table = registers.food_safety_table(county, result)
    assert len(table.rows)
    assert set(table.rows["manager"]) == {UNKNOWN}
    site = table.rows["site_id"].iloc[0]
    filled = {"site_id": site, "manager": "张三", "exam_result": "合格"}
    row = rows_of(registers.food_safety_table(with_registers(county, food=[filled]), result), site_id=site)[0]
    assert (row["manager"], row["exam_result"]) == ("张三", "未填/待核（缺考核日期，缺考核部门）")
    filled["exam_on"] = dt.date(2023, 9, 1)
    row = rows_of(registers.food_safety_table(with_registers(county, food=[filled]), result), site_id=site)[0]
    assert row["exam_result"] == "未填/待核（缺考核部门）"
    filled["department"] = "县市场监管局"
    row = rows_of(registers.food_safety_table(with_registers(county, food=[filled]), result), site_id=site)[0]
    assert row["exam_result"] == "合格"


def test_services_of_one_kind_in_a_village_overlap(small):
    county, _ = small
    found = with_registers(
        county,
        services=[
            {"place_id": "SA", "service": "儿童之家", "serves": "儿童", "persons": 2},
            {"place_id": code("A"), "service": "儿童之家", "serves": "儿童", "persons": 20},
            {"place_id": "SC", "service": "老年大学", "serves": "老人", "persons": 2},
        ],
    )
    rows = {row["place_id"]: row for row in services.services_table(found).rows.to_dict("records")}
    assert rows["SA"]["overlap"] == rows[code("A")]["overlap"] == "同村同类 2 处，可整合"
    assert rows["SC"]["overlap"] == ""
    assert (rows["SA"]["persons"], rows["SC"]["persons"]) == ("<3", 2)


def test_a_site_follows_the_county_until_it_has_phases_of_its_own(small):
    county, result = small
    whole = {"place_id": "county", "phase": "组织实施", "start": dt.date(2023, 9, 1), "end": dt.date(2024, 6, 30),
             "responsible": "李局长"}  # fmt: skip
    own = {"place_id": "SA", "phase": "改造", "start": dt.date(2023, 10, 1), "end": dt.date(2023, 12, 1),
           "responsible": "王主任"}  # fmt: skip
    rows = registers.phases_table(with_registers(county, phases=[whole, own]), result).rows
    told = {row["place_id"]: (row["phase"], row["responsible"], row["follows"]) for row in rows.to_dict("records")}
    assert told["county"] == ("组织实施", "李局长", "")
    assert told["SA"] == ("改造", "王主任", "")
    assert told["SC"] == ("组织实施", UNKNOWN, "按全县时间表")


def test_without_any_phases_every_site_still_stands_in_the_timetable(small):
    county, result = small
    rows = registers.phases_table(with_registers(county), result).rows
    assert rows["place_id"].tolist() == result.sites["site_id"].tolist()
    assert set(rows["start"]) == {UNKNOWN}
    assert registers.phase_bars(with_registers(county), result) == []


@pytest.mark.parametrize(("outcome", "listed"), [("合格", 0), ("不合格", 1), ("整改中", 1)])
def test_what_failed_an_inspection_is_listed(dated, outcome, listed):
    county, result = dated
    rows = problems_table(with_registers(county, safety=[{**PASSED, "result": outcome}]), result).rows
    assert (rows["kind"] == "安全").sum() == listed


@pytest.mark.parametrize(("today", "late"), [("2024-10-09", False), ("2024-10-10", True)])
def test_an_inspection_past_its_next_day_is_asked_for_again(small, today, late):
    county, result = small
    found = with_registers(county, safety=[PASSED]), replace(result, run={**result.run, "date": today})
    cell = rows_of(safety.matrix_table(*found), site_id="SA")[0]["消防"]
    assert cell == "合格" + ("（已到期）" if late else "") + "\n2023-10-09\n县消防救援大队"
    assert any("请复查" in words for words in problems_table(*found).rows["message"]) is late


def test_what_holds_for_a_building_holds_for_all_its_uses(dated):
    """Filed under the dining home, shown at the care site in the same building; the latest inspection counts."""
    county, result = dated
    sites = county.sites.copy()
    sites.loc["YB", "building_id"] = sites.loc["SA", "building_id"]
    older = {**PASSED, "inspected_on": dt.date(2022, 1, 1), "result": "不合格"}
    one = replace(with_registers(county, safety=[{**PASSED, "site_id": "YB"}, older]), sites=sites)
    assert [row["result"] for row in rows_of(safety.inspections_table(one, result), site_id="SA", topic="消防")] == [
        "合格"
    ]


CLAIM = "现场看合格"


@pytest.mark.parametrize("lacking", ["inspected_on", "department"])
def test_no_remark_passes_what_no_inspection_has(dated, lacking):
    county, result = dated
    bad = {**PASSED, lacking: None, "note": CLAIM}
    sites = county.sites.assign(fire_raw=f"灭火器，{CLAIM}，燃气不合格")
    food = {"site_id": "SA", "manager": "张三", "exam_result": "合格", "exam_on": dt.date(2023, 9, 1), "note": CLAIM}
    rate = {"site_id": "SA", "indicator": "食品抽检合格率", "achieved": 9, "out_of": 10}
    found = replace(with_registers(county, safety=[bad], food=[food], quality=[rate]), sites=sites)
    shown = {**result.sites.to_dict("series"), "fire_raw": sites["fire_raw"].iloc[0]}
    found = found, replace(result, sites=pd.DataFrame(shown))
    cells = [
        cell
        for sheet in run_sheets(*found)
        for row in sheet.cells()
        for cell in row
        if isinstance(cell, str) and re.search("(?<!不)合格", cell)
    ]
    assert cells == []
    told = next(sheet for sheet in run_sheets(*found) if sheet.title == "分批点位").rows["fire_zh"]
    assert set(told) == {"灭火器，现场看（待核），燃气不合格"}


def test_a_rate_of_passing_counts_with_its_day_and_department(dated):
    county, result = dated
    rate = {"site_id": "SA", "indicator": "食品抽检合格率", "achieved": 9, "out_of": 10,
            "surveyed_on": dt.date(2023, 9, 1), "department": "县市场监管局"}  # fmt: skip
    for lacking, count in ((None, 3), ("surveyed_on", 0), ("department", 0)):
        rows = quality.quality_table(
            with_registers(county, quality=[{key: rate[key] for key in rate if key != lacking}]), result
        ).rows
        assert (rows["indicator"] == "食品抽检合格率").sum() == count


def test_the_four_tiers_name_who_is_served(small):
    county, result = small
    rows = registers.tiers_table(county, result).rows
    assert list(dict.fromkeys(rows["tier"])) == ["县级集中照护", "乡镇长期照护", "村（居）公共服务", "居家上门服务"]
    village = rows[(rows["place"] == "幸福院（前两批）") & (rows["who"].str.contains("老人"))].iloc[0]
    left = rows[rows["who"].str.contains("老人：不在")].iloc[0]
    assert village["persons"] + left["persons"] == village["of"] == 300


def test_indicators_are_sums_over_sums(small):
    county, result = small
    asked = [
        {"site_id": "SA", "indicator": "群众满意度", "achieved": 9, "out_of": 10},
        {"site_id": "SC", "indicator": "群众满意度", "achieved": 30, "out_of": 90},
    ]
    rows = quality.quality_table(with_registers(county, quality=asked), result).rows
    rows = rows[rows["indicator"] == "群众满意度"]
    shares = {(row["level"], row["place"]): row["share"] for row in rows.to_dict("records")}
    assert shares["全县", county.name] == pytest.approx(39 / 100)
    assert shares["乡镇（处）", "西乡"] == pytest.approx(39 / 100)
    assert sorted(share for (level, _), share in shares.items() if level == "村（居）") == pytest.approx([30 / 90, 0.9])


def test_the_ranking_has_components_and_no_total(small):
    county, result = small
    asked = [{"site_id": "SC", "indicator": "群众满意度", "achieved": 30, "out_of": 90}]
    table = quality.ranking_table(with_registers(county, quality=asked), result)
    rows = {row["site_id"]: row for row in table.rows.to_dict("records")}
    assert rows["SC"]["satisfaction_place"] == 1
    assert rows["SA"]["satisfaction"] == UNKNOWN
    alone = {row["site_id"]: row["only_here"]["elders_rural"] for row in result.sites.to_dict("records")}
    assert {site: row["effect.elders_rural"] for site, row in rows.items()} == alone
    assert not any("总" in column.zh or "综合" in column.zh for column in table.columns)


def test_what_nobody_filled_in_is_listed(small):
    rows = problems_table(*small).rows
    assert {"安全检查记录", "服务与儿童设施登记", "食品安全管理员登记", "质量指标调查"} <= set(
        rows.loc[rows["kind"] == "未填", "object"]
    )


def test_overlaps_are_told_in_a_sentence(small):
    county, _ = small
    twice = [
        {"place_id": "SA", "service": "儿童之家", "serves": "儿童", "persons": 2},
        {"place_id": code("A"), "service": "儿童之家", "serves": "儿童", "persons": 20},
        {"place_id": "SC", "service": "老年大学", "serves": "老人", "persons": 2},
    ]
    told = services.overlaps_text(services.services_table(with_registers(county, services=twice)))
    assert "3 处，其中同村同类重叠 1 组" in told
    assert "没有同村同类的重叠" in services.overlaps_text(
        services.services_table(with_registers(county, services=twice[1:]))
    )
    assert "还没有登记" in services.overlaps_text(services.services_table(with_registers(county)))


def test_children_by_village_with_what_there_is_for_them(small):
    county, result = small
    filed = [
        {"place_id": "SA", "service": "四点半课堂", "serves": "儿童", "persons": 15},
        {"place_id": code("A"), "service": "送学上门", "serves": "儿童", "persons": 2},
        {"place_id": code("D"), "service": "送学上门", "serves": "儿童", "persons": 7},
    ]
    table = child_table.children_table(with_registers(county, services=filed), result)
    rows = {row["village_id"]: row for row in table.rows.to_dict("records")}
    assert (rows[code("A")]["四点半课堂"], rows[code("B")]["四点半课堂"]) == (1, 0)
    assert (rows[code("A")]["children_rural"], rows[code("B")]["left_behind_rural"]) == (20, "<3")
    # 2 in A and 7 in D: the 7 is told only as long as the 2 does not follow from the county's nine.
    assert (rows[code("A")]["送学上门"], rows[code("D")]["送学上门"]) == ("<3", "不列")
    assert rows[code("B")]["送学上门"] == "未填/待核"
    assert set(child_table.children_table(county, result).rows["儿童之家"]) == {"未填/待核"}


def test_agreements_stand_beside_the_nearest_clinic(small):
    county, result = small
    filed = [{"site_id": "SA", "clinic": "镇卫生院", "signed_on": dt.date(2023, 10, 1)}]
    rows = {
        row["site_id"]: row
        for row in agreements.agreements_table(with_registers(county, agreements=filed), result).rows.to_dict("records")
    }
    assert (rows["SA"]["signed_with"], rows["SA"]["signed_on"]) == ("镇卫生院", dt.date(2023, 10, 1))
    assert (rows["SC"]["signed_with"], rows["H1"]["signed_on"]) == (UNKNOWN, UNKNOWN)


@pytest.mark.parametrize(("minutes", "told"), [(15.0, ""), (15.1, "超过 15 分钟"), (None, "")])
def test_a_clinic_beyond_the_limit_is_warned_of(small, minutes, told):
    county, result = small
    sheets = result.care["sheets"].assign(clinic="某卫生院", clinic_minutes=minutes)
    table = agreements.agreements_table(county, replace(result, care={**result.care, "sheets": sheets}))
    assert rows_of(table, site_id="SA")[0]["far"] == told


@pytest.mark.parametrize(
    ("done", "today", "told"),
    [
        (dt.date(2023, 12, 1), "2024-01-01", "按期完成"),
        (dt.date(2023, 12, 4), "2024-01-01", "逾期 3 天完成"),
        (None, "2023-12-01", "未到期"),
        (None, "2023-12-02", "已过期，未填完成"),
    ],
)
def test_a_phase_stands_against_its_plan(small, done, today, told):
    county, result = small
    own = {
        "place_id": "SA",
        "phase": "改造",
        "start": dt.date(2023, 10, 1),
        "end": dt.date(2023, 12, 1),
        "done_on": done,
        "material": "竣工单.pdf",
    }
    dated = replace(result, run={**result.run, "date": today})
    row = rows_of(registers.phases_table(with_registers(county, phases=[own]), dated), place_id="SA")[0]
    assert (row["state"], row["material"]) == (told, "竣工单.pdf")


def test_a_site_that_serves_old_and_young_is_told_apart(small):
    """C has no children: what is near SC alone are elders, and those of D and E beyond the limit count nowhere."""
    county, result = small
    rows = {row["site_id"]: row for row in quality.ranking_table(county, result).rows.to_dict("records")}
    served = generations.served_persons(result)
    assert {site: row["both"] == "是" for site, row in rows.items()} == {
        site: bool((served.loc[site] > 0).all()) for site in served.index
    }
    assert (
        served["elders_rural"].sum()
        + int(
            result.metrics.query("scope == 'county' and group == 'elders_rural' and mode == 'ride' and batch == 2")[
                "total"
            ].iloc[0]
            - result.metrics.query("scope == 'county' and group == 'elders_rural' and mode == 'ride' and batch == 2")[
                "covered"
            ].iloc[0]
        )
        == 300
    )
