"""The workbook says what result.json says, and nothing in it is a formula."""

import datetime as dt
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from anyi_geo.show.report.content import run_sheets
from anyi_geo.show.report.cost_sheet import cost_sheet
from anyi_geo.show.report.excel import write_workbook
from anyi_geo.show.report.model import Column, Table, Timeline

NAMES = ("摘要", "分批点位", "村庄", "敬老院", "搬迁", "厨房", "配送", "费用与分担", "参数", "问题与提示")


def filled(rows):
    """Return the rows above the chart: the ones whose first cell holds something."""
    return [row for row in rows if next(iter(row.values())) is not None]


def test_the_sheets_stand_in_order(book):
    assert set(NAMES) <= set(book)
    assert list(book)[:2] == ["摘要", "目录"]


def test_the_contents_lead_to_every_sheet_and_back(files):
    found = openpyxl.load_workbook(files / "report.xlsx")
    rows = list(found["目录"].iter_rows(min_row=3))
    links = {cell.value: cell.hyperlink.location for row in rows for cell in row if cell.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in found.sheetnames if name != "目录"}
    assert all(row[2].value for row in rows), "each sheet says in a line what it holds"
    for name in set(found.sheetnames) - {"目录"}:
        assert found[name]["A1"].hyperlink.location == "'目录'!A1", name


def test_a_workbook_without_contents_links_nowhere(tmp_path):
    found = Table("甲", (Column("name", "名称"),), pd.DataFrame({"name": ["=1+1"]}))
    write_workbook(tmp_path / "t.xlsx", [found], title="t")
    assert openpyxl.load_workbook(tmp_path / "t.xlsx")["甲"]["A1"].hyperlink is None


def test_sites_equal_the_result(book, written):
    rows = {row["点位编号"]: row for row in filled(book["分批点位"])}
    plan = written["sites"]["plan"]
    assert set(rows) == {site["site_id"] for site in plan}
    for site in plan:
        row = rows[site["site_id"]]
        assert row["改造投入（元）"] == site["opening_yuan"]
        assert row["年运行费（元/年）"] == site["running_yuan_per_year"]
        assert row["食堂面积（m²）"] == site["canteen_m2"]
        assert row["仅此点覆盖：老人（人）"] == site["only_here"]["elders_rural"]


def test_coverage_equals_the_result(book, written):
    rows = filled(book["覆盖"])
    assert len(rows) == len(written["metrics"])
    names = {"county": "全县"}
    batches = {1: "第一批", 2: "前两批"}
    modes = {"walk": "步行", "ride": "骑行", "car": "汽车"}
    found = {(row["范围"], row["人群"], row["出行方式"], row["批次"]): row for row in rows}
    groups = written["groups"]
    for metric in written["metrics"]:
        key = (
            names.get(metric["scope"], metric["scope"]),
            groups[metric["group"]]["name"],
            modes[metric["mode"]],
            batches[metric["batch"]],
        )
        row = found[key]
        if metric["group"] == "left_behind_rural" and (0 < metric["covered"] < 3 or 0 < metric["total"] < 3):
            assert row["覆盖率"] == "不列"
            continue
        assert (row["时限内人数（人）"], row["总人数（人）"]) == (metric["covered"], metric["total"])
        for heading, name in (("覆盖率", "share"), ("区间低端", "share_low"), ("区间高端", "share_high")):
            expected = metric[name]
            assert row[heading] == (expected if expected is None else pytest.approx(expected, rel=1e-14))


def test_villages_sum_the_points(book, written):
    rows = {row["村代码"]: row for row in filled(book["村庄"])}
    for point in written["points"]:
        row = rows[point["village_id"]]
        assert row["老人（人）"] == point["persons"]["elders_rural"]
        near = {(cell["batch"], cell["mode"]): cell for cell in point["nearest"]}
        expected = near[2, "ride"]["minutes"]
        assert row["前两批骑行（分钟）"] == ("无路可达" if expected is None else pytest.approx(expected, abs=1e-9))


def test_homes_and_parameters_equal_the_result(book, written):
    homes = {row["编号"]: row for row in filled(book["敬老院"])}
    for state in written["homes"]["states"]:
        assert homes[state["site_id"]]["整合后床位（张）"] == state["beds_after"]
        assert homes[state["site_id"]]["现有入住（人）"] == state["residents_before"]
    parameters = {row["参数表中的名称"]: row for row in filled(book["参数"])}
    for row in written["parameters"]:
        found = parameters[row["key"]]
        assert (found["取值"], found["下限"], found["上限"]) == (row["value"], row["low"], row["high"])


def test_rounds_and_stops_equal_the_result(book, written):
    rounds = {row["趟次"]: row for row in filled(book["配送"]) if row["份数（份）"] is not None}
    assert {key: row["份数（份）"] for key, row in rounds.items()} == {
        row["round_id"]: row["meals"] for row in written["meals"]["rounds"]
    }
    stops = {row["编号"]: row for row in filled(book["助餐点"])}
    for stop in written["meals"]["stops"]:
        assert stops[stop["site_id"]]["每餐份数（份/餐）"] == stop["meals"]
        assert stops[stop["site_id"]]["从出锅到送达（分钟）"] == stop["elapsed_minutes"]


def test_every_cell_of_every_sheet_is_its_tables(book, small):
    """Read back what was written, whatever the sheet: no figure is lost or rounded."""
    for table in run_sheets(*small):
        back = book[table.title]
        for row, found in zip(table.cells(), back, strict=False):
            for cell, column in zip(row, table.columns, strict=True):
                if isinstance(cell, int | float) and not isinstance(cell, bool) and column.kind != "clock":
                    assert found[column.heading] == pytest.approx(cell, rel=1e-12), (table.title, column.heading)


def test_nothing_is_a_formula(files):
    found = openpyxl.load_workbook(files / "report.xlsx")
    kinds = {cell.data_type for sheet in found for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds
    assert '=cmd()&"x"' in {cell.value for cell in found["分批点位"]["C"]}
    with zipfile.ZipFile(files / "report.xlsx") as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in parts.read(name)


def test_headings_are_frozen_and_filtered(files):
    found = openpyxl.load_workbook(files / "report.xlsx")
    for sheet in found:
        assert sheet.freeze_panes.endswith("3"), sheet.title
        assert sheet.auto_filter.ref.split(":")[0] == "A2"
    assert len(found["分批点位"]._charts) == 1


def test_every_sheet_is_printed_on_a4_so_that_it_can_be_read(files):
    """Names and headings stand on every page of a wide sheet; a row is as high as its words; units end a heading."""
    found = openpyxl.load_workbook(files / "report.xlsx")
    for sheet in found:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape"), sheet.title
        assert sheet.print_title_rows == "$2:$2"
        width = sum(dimension.width for dimension in sheet.column_dimensions.values())
        across = sheet.page_setup.fitToWidth or 1
        assert width / across <= 230, sheet.title
        assert (sheet.print_title_cols is not None) == (across > 1)
    wide = found["村庄"]
    assert (wide.page_setup.fitToWidth, wide.print_title_cols) == (2, "$A:$B")
    assert found["村庄"]["E2"].value == "老人\n（人）"


def test_a_row_is_as_high_as_its_words(tmp_path):
    rows = pd.DataFrame({"name": ["短", "长" * 60, "一\n二\n三"]})
    write_workbook(tmp_path / "t.xlsx", [Table("甲", (Column("name", "名称", width=30),), rows)], title="t")
    heights = [openpyxl.load_workbook(tmp_path / "t.xlsx")["甲"].row_dimensions[row].height for row in (3, 4, 5)]
    assert heights[0] in (None, 15)
    # Excel keeps heights in quarters of a point.
    assert heights[1:] == [pytest.approx(5 * 14, abs=0.5), pytest.approx(3 * 14, abs=0.5)]


def test_small_numbers_of_children_are_hidden(book):
    rows = filled(book["村庄"])
    assert [row["留守儿童（人）"] for row in rows] == [0, "<3", "<3", 3, 9]
    assert [row["在家特困：自理（人）"] for row in filled(book["特困与留守"])] == [0, "<3", "<3", 3, 9]


def test_a_timetable_is_drawn_month_by_month(tmp_path):
    spans = [
        ("甲", dt.date(2023, 11, 20), dt.date(2024, 1, 5), ["23/11", "23/12", "24/1"]),
        ("乙", dt.date(2024, 2, 1), dt.date(2024, 2, 1), ["24/2"]),
        ("丙", "未填/待核", "未填/待核", []),
    ]
    rows = pd.DataFrame([row[:3] for row in spans], columns=["name", "start", "end"]).assign(phase=["一", "二", "一"])
    columns = (Column("name", "点位"), Column("phase", "阶段"), Column("start", "开始", "date"))
    found = Table("时间表", columns, rows, timeline=Timeline("start", "end", "phase"))
    write_workbook(tmp_path / "t.xlsx", [found], title="t")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["时间表"]
    heads = [cell.value for cell in sheet[2]]
    assert heads[4:] == ["23/11", "23/12", "24/1", "24/2"]
    for number, (*_, months) in enumerate(spans, 3):
        drawn = {head: cell.fill.fgColor.rgb for head, cell in zip(heads, sheet[number], strict=False)}
        assert [head for head in heads[4:] if drawn.get(head) not in (None, "00000000")] == months
    assert sheet["E3"].fill.fgColor.rgb != sheet["H4"].fill.fgColor.rgb


@pytest.mark.parametrize(
    ("beds", "rent", "rows"), [(40.0, 48_000.0, [48_000.0] * 3), (None, None, ["未填/待核"] * 3), (0.0, 0.0, [])]
)
def test_possible_rent_stands_beside_the_totals(small, beds, rent, rows):
    result = small[1]
    rents = {f"rent_{level}_yuan": rent for level in ("low", "value", "high")}
    homes = replace(result.homes, summary={**result.homes.summary, "beds_for_paying": beds, **rents})
    sheet = cost_sheet(replace(result, homes=homes)).rows
    told = sheet[sheet["head"].str.startswith("可能的租金收入（测算，未计入费用）")]
    assert told["yearly"].tolist() == rows
    assert set(told["part"]) <= {"可能的收入（未计入）"}
    spent = sheet[sheet["part"] == "一、投入与运行"].set_index("decision")
    assert spent.at["合计", "yearly"] == pytest.approx(result.costs["yearly_yuan"].sum()), "no rent among the costs"


def test_purchased_services_are_told_beside_the_totals(small):
    result = small[1]
    row = {"key": "purchased_services_yuan_year", "value": 250000.0, "low": 0.0, "high": 0.0, "unit": "yuan/year",
           "status": "county", "source": "合同"}  # fmt: skip
    before, after = (
        cost_sheet(found).rows for found in (result, replace(result, parameters=[*result.parameters, row]))
    )
    assert (before.iloc[-1]["yearly"], after.iloc[-1]["yearly"]) == ("未填/待核", 250000.0)
    totals = [rows.loc[(rows["head"] == "合计"), "yearly"].iloc[0] for rows in (before, after)]
    assert totals[0] == totals[1] == pytest.approx(result.costs["yearly_yuan"].sum())
