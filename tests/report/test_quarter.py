"""The quarterly report: read with every fault at once, compared with the last one, first ones said to be first."""

import datetime as dt
import json
from dataclasses import replace

import docx
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from anyi_geo.cli import app
from anyi_geo.county import load_county
from anyi_geo.county.progress import STAGES, read_progress
from anyi_geo.county.progress_rules import progress_doubts
from anyi_geo.errors import InputError, ProblemError, SettingError
from anyi_geo.show.report import quarter_budget
from anyi_geo.show.report.quarter import Quarter, last_report, quarter_of, quarter_report, write_quarter

HEAD = "点位编号,阶段,累计投入（元）,累计迁入人数,同意人数,不同意人数,未征询人数,未销号安全问题,备注\n"
FIRST = HEAD + 'SA,组织实施,"120,000",,,,,2,=cmd()\nZ1,组织实施,500000,12,5,7,,3,\nSC,论证,0,,,,,0,\n'
SECOND = HEAD + "SA,总结推广,150000,,,,,1,\nZ1,组织实施,450000,13,10,7,1,0,\nH1,组织实施,1000,,,,,,\n"


@pytest.fixture
def county(tiny):
    return load_county(tiny)


def table(tmp_path, text, name="progress.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def read(county, path):
    return read_progress(path, county.sites)


def cells(report, title, key="site_id"):
    found = next(sheet for sheet in report.sheets if sheet.title == title)
    return {row[key]: row for row in found.rows.to_dict("records")}


@pytest.mark.parametrize(
    ("name", "year", "number", "day"),
    [
        ("2023Q4", 2023, 4, dt.date(2023, 12, 31)),
        ("2024q1", 2024, 1, dt.date(2024, 3, 31)),
        (" 2024Q2 ", 2024, 2, dt.date(2024, 6, 30)),
    ],
)
def test_names_of_quarters(name, year, number, day):
    found = quarter_of(name)
    assert (found.year, found.number, found.last_day) == (year, number, day)


@pytest.mark.parametrize("name", ["2023Q5", "2023Q0", "23Q1", "2023", "Q4", "2023Q4x", "", "0000Q1"])
def test_wrong_names_say_how_to_write_one(name):
    with pytest.raises(SettingError, match="2023Q4"):
        quarter_of(name)


@given(st.integers(1900, 2200), st.integers(1, 4), st.integers(1900, 2200), st.integers(1, 4))
def test_quarters_are_ordered_by_their_days(year, number, other_year, other_number):
    one, two = Quarter(year, number), Quarter(other_year, other_number)
    assert (one < two) == (one.last_day < two.last_day)
    assert quarter_of(one.name) == one


def test_a_first_report_says_so(county, tmp_path):
    assert last_report(tmp_path, quarter_of("2023Q4")) is None
    report = quarter_report(county, quarter_of("2023Q4"), read(county, table(tmp_path, FIRST)), None)
    assert report.facts["比较"] == "首次上报"
    assert {row["state"] for row in cells(report, "与上期相比").values()} == {"首次上报"}
    assert {row["change"] for row in cells(report, "合计", "item").values()} == {"首次上报"}
    assert cells(report, "合计", "item")["累计投入"]["total"] == 620000


def test_a_second_report_tells_what_changed(county, tmp_path):
    write_quarter(tmp_path, county, quarter_of("2023Q3"), read(county, table(tmp_path, FIRST)))
    progress = read(county, table(tmp_path, SECOND))
    last = last_report(tmp_path, quarter_of("2023Q4"))
    report = quarter_report(county, quarter_of("2023Q4"), progress, last)
    change = cells(report, "与上期相比")
    assert (change["SA"]["stage"], change["SA"]["spend_yuan"]) == ("组织实施 → 总结推广", 30000)
    assert change["SA"]["residents_moved"] == "不适用"
    assert change["Z1"]["stage"] == "组织实施（未变）"
    assert (change["Z1"]["residents_moved"], change["Z1"]["spend_yuan"]) == ("±<3", -50000)
    assert (change["Z1"]["consent_yes"], change["Z1"]["consent_no"]) == (5, "不列")
    assert change["H1"]["state"] == "首次上报"
    assert change["SC"]["state"] == "本期未报"
    # Only SA and Z1 stand in both reports: 30,000 more and 50,000 less.
    assert cells(report, "合计", "item")["累计投入"]["change"] == -20000
    todo = next(sheet for sheet in report.sheets if sheet.title == "未填与待核").rows
    told = {(row["site_id"], row["kind"]) for row in todo.to_dict("records")}
    assert {("Z1", "核对"), ("SC", "未报"), ("SA", "安全"), ("H1", "未填")} <= told
    assert ("SA", "核对") not in told


def test_one_or_two_residents_are_hidden(county, tmp_path):
    report = quarter_report(county, quarter_of("2023Q4"), read(county, table(tmp_path, SECOND)), None)
    rows = cells(report, "各点位进展")
    # 10 and 7 of 18 would tell the one who was not asked.
    assert [rows["Z1"][name] for name in ("consent_yes", "consent_no", "consent_not_asked")] == [10, "不列", "<3"]
    assert rows["Z1"]["residents_moved"] == 13
    totals = cells(report, "合计", "item")
    assert (totals["未征询人数"]["total"], totals["不同意人数"]["total"]) == ("<3", "不列")


def test_an_older_report_is_compared_when_the_last_is_missing(county, tmp_path):
    progress = read(county, table(tmp_path, FIRST))
    for name in ("2022Q1", "2023Q1", "2024Q1"):
        write_quarter(tmp_path, county, quarter_of(name), progress)
    assert last_report(tmp_path, quarter_of("2023Q4"))[0].name == "2023Q1"


def test_a_damaged_last_report_is_a_sentence(county, tmp_path):
    folder = write_quarter(tmp_path, county, quarter_of("2023Q3"), read(county, table(tmp_path, FIRST)))
    (folder / "quarter.json").write_text("{", encoding="utf-8")
    with pytest.raises(ProblemError, match="2023Q3"):
        last_report(tmp_path, quarter_of("2023Q4"))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("H1,组织实施,,8,5,3,0,,", None),
        ("H1,组织实施,,9,,,,,", ("E_OVER_CAPACITY", "residents_moved")),
        ("H1,组织实施,,,6,2,0,,", None),
        ("H1,组织实施,,,6,2,1,,", ("E_CONSENT_SUM", "consent_yes")),
        ("Z1,组织实施,,18,10,8,0,,", None),
        ("Z1,组织实施,,19,,,,,", ("E_OVER_CAPACITY", "residents_moved")),
        ("SA,组织实施,,40,,,,,", None),
    ],
)
def test_no_more_are_asked_or_moved_than_live_there(county, tmp_path, row, fault):
    """H1 has 8 residents; at the centre Z1 all 18 of the county's homes may live one day; SA has none registered."""
    path = table(tmp_path, HEAD + "SC,论证,0,,,,,0,\n" + row + "\n")
    if fault is None:
        assert len(read(county, path)) == 2
        return
    with pytest.raises(InputError) as caught:
        read(county, path)
    assert [(found.code, found.column, found.row) for found in caught.value.faults] == [(*fault, 2)]
    assert row[:2] in caught.value.faults[0].message.zh


def test_a_stage_is_one_of_the_list_or_a_common_word_for_it(county, tmp_path):
    text = HEAD + "SA,施工,,,,,0,,\nSC,论证,,,,,0,,\nH1,组织实施阶段,,,,,0,,\n"
    assert read(county, table(tmp_path, text))["stage"].tolist() == ["改造施工", "充分论证", "组织实施"]
    with pytest.raises(InputError) as caught:
        read(county, table(tmp_path, HEAD + "SA,差不多了,,,,,,,\nSC,,5,,,,,,\n"))
    told = [(found.code, found.row, found.column) for found in caught.value.faults]
    assert told == [("E_BAD_TYPE", 1, "stage"), ("E_BAD_TYPE", 2, "stage")]
    assert all(stage in caught.value.faults[0].message.zh for stage in STAGES)


def test_what_fell_or_went_back_is_doubted_and_what_grew_is_not(county, tmp_path):
    before = read(county, table(tmp_path, HEAD + "SA,改造施工,100,,,,,,\nH1,组织实施,5,4,8,,,,\n"))
    now = read(county, table(tmp_path, HEAD + "SA,充分论证,99,,,,,,\nH1,组织实施,5,7,6,,,,\n"))
    found = {(doubt.code, doubt.id) for doubt in progress_doubts(now, before, STAGES)}
    assert found == {("W_LESS_THAN_BEFORE", "SA"), ("W_STAGE_BACK", "SA"), ("W_MOVED_WITHOUT_CONSENT", "H1")}
    assert progress_doubts(before, None, STAGES) == []


def test_who_moves_out_and_who_moves_in_are_not_added_up(county, tmp_path):
    rows = read(county, table(tmp_path, HEAD + "H1,组织实施,,5,,,,,\nZ1,组织实施,,5,,,,,\n"))
    totals = cells(quarter_report(county, quarter_of("2023Q4"), rows, None), "合计", "item")
    assert (totals["敬老院累计迁出人数"]["total"], totals["中心累计迁入人数"]["total"]) == (5, 5)


def test_two_who_are_left_behind_do_not_follow_from_those_who_moved(county, tmp_path):
    """6 of H1's 8 residents moved: 6 would tell that 2 are left, and so would the sum less H2's 3."""
    rows = read(county, table(tmp_path, HEAD + "H1,组织实施,,6,,,,,\nH2,组织实施,,3,,,,,\n"))
    report = quarter_report(county, quarter_of("2023Q4"), rows, None)
    told = {site: row["residents_moved"] for site, row in cells(report, "各点位进展").items()}
    total = cells(report, "合计", "item")["敬老院累计迁出人数"]["total"]
    assert told["H1"] == "不列"
    assert "不列" in (told["H2"], total)


def test_a_total_over_some_of_the_sites_is_compared_only_where_they_are_told(county, tmp_path):
    """H2 reports for the first time; the change over H1 alone would tell H1's number, which is held back."""
    first = HEAD + "H1,组织实施,,1,,,,,\nH2,组织实施,,,,,,,x\n"
    write_quarter(tmp_path, county, quarter_of("2023Q3"), read(county, table(tmp_path, first)))
    rows = read(county, table(tmp_path, HEAD + "H1,组织实施,,4,,,,,\nH2,组织实施,,3,,,,,\n"))
    report = quarter_report(county, quarter_of("2023Q4"), rows, last_report(tmp_path, quarter_of("2023Q4")))
    assert cells(report, "合计", "item")["敬老院累计迁出人数"]["change"] == "不列"


def test_every_fault_is_told_at_once(county, tmp_path):
    text = "点位,阶段,累计投入,迁入人数,日期\nSA,组织实施,-5,3,\nZZ9,,abc,1.5,\nSA,组织实施,10,2,\n"
    with pytest.raises(InputError) as caught:
        read(county, table(tmp_path, text))
    assert {(fault.code, fault.row, fault.column) for fault in caught.value.faults} == {
        ("E_BAD_TYPE", None, "日期"),
        ("E_BAD_TYPE", 1, "spend_yuan"),
        ("E_BAD_TYPE", 2, "stage"),
        ("E_BAD_TYPE", 2, "spend_yuan"),
        ("E_BAD_TYPE", 2, "residents_moved"),
        ("E_UNKNOWN_REF", 2, "site_id"),
        ("E_DUP_CODE", 3, "site_id"),
    }


def test_a_date_where_a_number_belongs_is_a_fault_that_json_can_tell(county, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["点位编号", "阶段", "累计投入"])
    book.active.append(["SA", "组织实施", dt.datetime(2024, 1, 2)])
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(InputError) as caught:
        read(county, tmp_path / "t.xlsx")
    assert json.dumps([fault.record() for fault in caught.value.faults])


@pytest.mark.parametrize("text", ["", HEAD, "甲,乙\n1,2\n"])
def test_a_table_without_rows_or_headings_is_refused(county, tmp_path, text):
    with pytest.raises(InputError):
        read(county, table(tmp_path, text))


def test_the_command_writes_excel_and_word(tiny, tmp_path):
    out = tmp_path / "out"
    common = ["--data", str(tiny), "--out", str(out), "--json"]
    first = CliRunner().invoke(app, ["quarter", "2023Q3", "--progress", str(table(tmp_path, FIRST)), *common])
    assert first.exit_code == 0
    assert json.loads(first.stdout)["compared_with"] is None
    second = CliRunner().invoke(app, ["quarter", "2023Q4", "--progress", str(table(tmp_path, SECOND)), *common])
    assert json.loads(second.stdout)["compared_with"] == "2023Q3"
    folder = out / "quarter" / "2023Q4"
    book = openpyxl.load_workbook(folder / "quarter.xlsx")
    assert book.sheetnames == ["合计", "各点位进展", "预算执行", "与上期相比", "未填与待核"]
    early = openpyxl.load_workbook(out / "quarter" / "2023Q3" / "quarter.xlsx")["各点位进展"]
    assert {cell.value: cell.data_type for cell in early["N"]}["=cmd()"] == "s"
    words = " ".join(paragraph.text for paragraph in docx.Document(folder / "quarter.docx").paragraphs)
    assert "与 2023 年第三季度相比" in words


def test_the_command_refuses_bad_input_and_writes_nothing(tiny, tmp_path):
    out = tmp_path / "out"
    for arguments in (
        ["2023Q4", "--progress", str(tmp_path / "none.xlsx")],
        ["2023Q4"],
        ["2023Q9", "--progress", str(table(tmp_path, FIRST))],
        ["2023Q4", "--template", str(tmp_path / "t.csv")],
    ):
        answer = CliRunner().invoke(app, ["quarter", *arguments, "--data", str(tiny), "--out", str(out), "--json"])
        assert answer.exit_code == 2, arguments
        assert json.loads(answer.stdout)["message"]
    assert not out.exists()


def test_the_template_comes_back_filled_in(tiny, county, tmp_path):
    path = tmp_path / "t.xlsx"
    assert CliRunner().invoke(app, ["quarter", "2023Q4", "--template", str(path), "--data", str(tiny)]).exit_code == 0
    again = CliRunner().invoke(app, ["quarter", "2023Q4", "--template", str(path), "--data", str(tiny)])
    assert again.exit_code == 2, "it does not write over what was filled in"
    book = openpyxl.load_workbook(path)
    sheet = book["进展"]
    sites = [cell.value for cell in sheet["A"]]
    sheet.cell(sites.index("SA") + 1, 2).value = "组织实施"
    book.save(path)
    progress = read(county, path)
    assert progress.index.tolist() == ["SA"]
    assert progress.at["SA", "spend_yuan"] is None


@pytest.mark.parametrize(("spend", "doubted"), [(300000, False), (300001, True)])
def test_what_is_spent_stands_beside_what_was_planned(county, tmp_path, spend, doubted):
    """SA's conversion is registered at 300,000 yuan."""
    rows = read(county, table(tmp_path, HEAD + f"SA,施工,{spend},,,,,,\n"))
    report = quarter_report(county, quarter_of("2023Q4"), rows, None)
    found = cells(report, "各点位进展")["SA"]
    assert (found["planned"], found["spent_share"]) == (300000, pytest.approx(spend / 300000))
    todo = next(sheet for sheet in report.sheets if sheet.title == "未填与待核").rows
    assert (((todo["site_id"] == "SA") & (todo["kind"] == "核对")).any()) == doubted


@pytest.mark.parametrize(
    ("row", "shown", "asked"),
    [
        ("SA,施工,,,,,,,", ("不适用", "不适用"), "累计投入、未销号安全问题"),
        ("Z1,组织实施,,,,,,,", ("未填/待核", "不适用"), "累计投入、累计搬迁人数、未销号安全问题"),
        ("Z1,组织实施,,,9,,,,", ("未填/待核", 9), "累计投入、累计搬迁人数、未销号安全问题"),
        (
            "H1,组织实施,,,,,,,",
            ("未填/待核", "未填/待核"),
            "累计投入、累计搬迁人数、同意人数、不同意人数、未征询人数、未销号安全问题",
        ),
    ],
)
def test_only_homes_are_asked_who_consents(county, tmp_path, row, shown, asked):
    report = quarter_report(county, quarter_of("2023Q4"), read(county, table(tmp_path, HEAD + row + "\n")), None)
    site = row[:2]
    found = cells(report, "各点位进展")[site]
    assert (found["residents_moved"], found["consent_yes"]) == shown
    todo = next(sheet for sheet in report.sheets if sheet.title == "未填与待核").rows
    own = todo[(todo["site_id"] == site) & (todo["kind"] == "未填")]
    assert own["message"].tolist() == [asked]
    assert all(todo["responsible"])


def test_budget_heads_stand_beside_what_was_planned(county, tmp_path):
    """SA is planned at 300,000 yuan once and 100,000 a year, of which three quarters are due."""
    planned = {"opening_yuan": 300000.0, "running_yuan_per_year": 100000.0}
    here = county.sites.index == "SA"
    county = replace(
        county,
        sites=county.sites.assign(**{k: pd.Series(v, county.sites.index).where(here) for k, v in planned.items()}),
    )
    head = HEAD.replace("备注", "本年运行支出,备注")
    text = head + "SA,施工,330000,,,,,,60000,\nH1,组织实施,500,,,,,,,\nZ1,组织实施,,,,,,,,\n"
    found = cells(
        quarter_report(county, quarter_of("2023Q3"), read(county, table(tmp_path, text)), None), "预算执行", "head"
    )
    rows = quarter_budget.budget_table(county, read(county, table(tmp_path, text)), 3).rows
    rows = {(row["part"][:2], row["head"]): row for row in rows.to_dict("records")}
    site = "互助点、幸福院建设运营补助"
    assert set(found) == {site, "敬老院整合建设", "中心养老院建设", "敬老院正常运行经费", "中心养老院正常运行经费"}
    once, running = rows["建设", site], rows["运行", site]
    assert (once["spent"], once["planned"], once["difference"], once["share"]) == (330000, 300000, 30000, 1.1)
    assert (running["spent"], running["planned"], running["difference"]) == (60000, 75000, -15000)
    assert (rows["建设", "敬老院整合建设"]["spent"], rows["建设", "敬老院整合建设"]["difference"]) == (500, "未填/待核")
    assert rows["建设", "中心养老院建设"]["spent"] == "未填/待核"


@pytest.mark.parametrize("name", ["t.docx", "t", "t.ods"])
def test_another_format_is_told_to_be_saved_anew(county, tmp_path, name):
    with pytest.raises(InputError, match="另存为 xlsx 或 csv"):
        read(county, table(tmp_path, FIRST, name))


def test_a_folder_is_no_table(county, tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(InputError) as caught:
        read(county, tmp_path / "a.csv")
    assert [fault.code for fault in caught.value.faults] == ["E_UNREADABLE"]
    assert "Errno" not in caught.value.faults[0].message.zh
