"""Tables as they lie on planners' desks: broken formulas, merged cells, hidden sheets, headings in two rows."""

import errno

import geopandas as gpd
import openpyxl
import pytest
import shapely
import xlwt
from bring_examples import HEADINGS, bring, sound_rows, story, told, write_csv, write_xlsx

from anyi_geo.bring.compound import errors_in
from anyi_geo.bring.tables import read_tables
from anyi_geo.errors import SettingError, why_not


def workbook(path, rows, change):
    """Write a workbook with openpyxl and change it."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "村庄"
    for row in rows:
        page.append(row)
    change(book, page)
    book.save(path)
    return path


def cells(outcome):
    return [(fault.code, fault.cell) for fault in outcome.faults if fault.is_error]


@pytest.mark.parametrize(("cell", "error"), [("E2", "#N/A"), ("F3", "#REF!"), ("B4", "#DIV/0!"), ("A5", "#VALUE!")])
def test_a_broken_formula_is_named_and_never_a_blank(cell, error, tmp_path):
    def spoil(_, page):
        page[cell] = error
        page[cell].data_type = "e"

    outcome = bring(workbook(tmp_path / "a.xlsx", [HEADINGS, *sound_rows()], spoil))
    assert cells(outcome) == [("E_BAD_TYPE", cell)]
    assert error in outcome.faults[0].message.zh


@pytest.mark.parametrize("rows", [6, 400])
def test_errors_of_an_old_workbook_are_found_in_its_records(rows, tmp_path):
    book = xlwt.Workbook(encoding="utf-8")
    for title in ("村庄", "Sheet2"):
        page = book.add_sheet(title, cell_overwrite_ok=True)
        for number, row in enumerate([list(HEADINGS), *sound_rows(min(rows, 100), 0)]):
            for column, cell in enumerate(row):
                page.write(number, column, cell)
        for number in range(200, 200 + rows):
            page.write(number, 9, f"注{number}")
    book.get_sheet(0).row(3).set_cell_error(4, 42)
    book.get_sheet(1).row(1).set_cell_error(27, 7)
    book.save(str(tmp_path / "a.xls"))
    assert errors_in((tmp_path / "a.xls").read_bytes()) == {"村庄": {"E4": "#N/A"}, "Sheet2": {"AB2": "#DIV/0!"}}
    tables, _ = read_tables(tmp_path / "a.xls")
    assert tables[0].rows[3][4] == "#N/A"


@pytest.mark.parametrize("content", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 700])
def test_another_layout_holds_no_errors(content):
    assert errors_in(content) == {}


@pytest.mark.parametrize(
    ("block", "found"),
    [("D2:D3", "D3"), ("D2:E2", "E2"), ("F2:G2", "G2"), ("B2:B3", "B3"), ("C2:C7", None)],
    ids=["persons of two villages", "two numbers of one", "coordinates", "names", "a township beside its villages"],
)
def test_one_number_is_not_two_villages(block, found, tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEADINGS, *sound_rows()], lambda _, page: page.merge_cells(block))
    assert cells(bring(path)) == ([("E_BAD_TYPE", found)] if found else [])


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_told_and_not_loaded(state, tmp_path):
    def hide(book, _):
        page = book.create_sheet("村庄2")
        for row in [HEADINGS, *sound_rows(3, 60)]:
            page.append(row)
        page.sheet_state = state

    outcome = bring(workbook(tmp_path / "a.xlsx", [HEADINGS, *sound_rows()], hide))
    assert (outcome.usable, outcome.refused) == (6, False)
    assert outcome.ignored == ("村庄2：隐藏的工作表，要导入请先取消隐藏",)


def test_data_in_a_hidden_sheet_alone_is_said(tmp_path):
    def hide(book, page):
        book.create_sheet("封面").append(["安义县"])
        page.sheet_state = "hidden"

    outcome = bring(workbook(tmp_path / "a.xlsx", [HEADINGS, *sound_rows()], hide))
    assert outcome.refused
    assert "隐藏的工作表" in outcome.faults[0].message.zh


def test_headings_said_again_on_each_page_are_no_rows(tmp_path):
    rows = sound_rows()
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, *rows[:3], HEADINGS, *rows[3:]]))
    assert (outcome.usable, outcome.faults) == (6, ())
    assert outcome.skipped == ("a.csv 第 5 行（重复的表头）",)


@pytest.mark.parametrize("word", ["合计", "总 计：", "万埠镇小计", "合计（人）", "全县合计"])
def test_totals_are_no_villages(word, tmp_path):
    outcome = bring(
        write_csv(tmp_path / "a.csv", [HEADINGS, *sound_rows(), [None, word, None, 9_000, 1_000, None, None]])
    )
    assert (outcome.usable, told(outcome)) == (6, [])


def test_headings_in_two_rows_are_read_together(tmp_path):
    upper = ["村代码", "村名", "乡镇", "常住人口", None, None, "坐标", None]
    lower = [None, None, None, "合计", "60岁及以上", "其中：女", "经度", "纬度"]
    rows = [[*row[:5], 7, *row[5:]] for row in sound_rows()]
    outcome = bring(write_xlsx(tmp_path / "a.xlsx", {"Sheet1": [["调查表"], upper, lower, *rows]}))
    assert (outcome.usable, told(outcome)) == (6, [])
    assert outcome.merged.villages[rows[0][0]].cells["persons_60plus"] == rows[0][4]
    assert outcome.basis == "resident"


def test_the_same_village_in_two_tables_names_both(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", {"村庄": [HEADINGS, *sound_rows()], "村庄(2)": [HEADINGS, *sound_rows(1)]})
    faults = bring(path).faults
    assert [(fault.sheet, fault.row) for fault in faults] == [("村庄", 2), ("村庄(2)", 2)]
    assert "“村庄”第 2 行、“村庄(2)”第 2 行是同一个" in faults[0].message.zh


def test_one_name_for_two_files_is_refused(tmp_path):
    (tmp_path / "b").mkdir()
    one, other = story(tmp_path), story(tmp_path / "b")
    for files in ((one, one), (one, other)):
        with pytest.raises(SettingError, match="不止一次"):
            bring(*files)


@pytest.mark.parametrize(
    ("given", "message"), [({"ZZZ": "村名"}, "表里没有"), ({"村名": "左邻右舍"}, "不是模板里的列名")]
)
def test_a_mapping_that_does_nothing_is_refused(given, message, tmp_path):
    with pytest.raises(SettingError, match=message):
        bring(write_csv(tmp_path / "a.csv", [HEADINGS, *sound_rows()]), mapping=given)


@pytest.mark.parametrize("persons", [300_000, 99_999_999, 1e18])
def test_more_persons_than_the_county_are_a_slip(persons, tmp_path):
    rows = sound_rows()
    rows[0][3] = persons
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, *rows]))
    assert [(f.code, f.cell) for f in outcome.faults] == [("E_BAD_TYPE", "D2")]


@pytest.mark.parametrize(
    ("column", "value", "cell"),
    [(5, 200, "F2"), (6, 99, "G2"), (5, 105.5, "F2"), (6, 25.2, "G2")],
)
def test_a_place_outside_names_its_coordinate_and_what_was_filled_in(column, value, cell, tmp_path):
    rows = sound_rows()
    rows[0][column] = value
    fault = bring(write_csv(tmp_path / "a.csv", [HEADINGS, *rows])).faults[0]
    assert (fault.code, fault.cell) == ("E_OUT_OF_COUNTY", cell)
    assert str(value) in fault.message.zh
    assert [float(part) for part in fault.value][column - 5] == value


@pytest.mark.parametrize(("cut", "sound"), [(1, True), (5, False), (8, False)])
def test_a_csv_cut_within_its_last_coordinate_is_unreadable(cut, sound, tmp_path):
    rows = [[*row[:5], f"{row[5]:.6f}", f"{row[6]:.6f}"] for row in sound_rows()]
    text = "\n".join(",".join(str(cell) for cell in row) for row in [HEADINGS, *rows])
    (tmp_path / "a.csv").write_text(text[:-cut], encoding="utf-8")
    assert [fault.code for fault in bring(tmp_path / "a.csv").faults] == ([] if sound else ["E_UNREADABLE"])


def test_a_locked_workbook_says_so(tmp_path):
    locked = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    (tmp_path / "a.xlsx").write_bytes(locked)
    fault = bring(tmp_path / "a.xlsx").faults[0]
    assert "密码" in fault.message.zh
    assert "复制了一半" not in fault.message.zh


def test_shapes_among_points_are_told_one_by_one(tmp_path):
    rows = sound_rows()
    shapes = [shapely.Point(row[5:7]) for row in rows[:5]] + [shapely.box(115, 28, 116, 29)]
    table = {name: [row[k] for row in rows] for k, name in enumerate(HEADINGS[:5])}
    gpd.GeoDataFrame(table, geometry=shapes, crs=4326).to_file(tmp_path / "a.gpkg")
    assert told(bring(tmp_path / "a.gpkg")) == [("E_BAD_TYPE", 6)]
    gpd.GeoDataFrame(table, geometry=[None] * 6, crs=4326).to_file(tmp_path / "b.gpkg")
    assert told(bring(tmp_path / "b.gpkg")) == [("E_NO_COORD", row) for row in range(1, 7)]
    assert told(bring(tmp_path / "b.gpkg", keep_positions=True)) == []


HAMLETS = ("自然村", "所在行政村", "乡镇", "村代码", "经度", "纬度")
ROADS = ("道路名称", "起点经度", "起点纬度", "终点经度", "终点纬度", "长度", "道路等级")
HOMES = ("敬老院名称", "所在行政村", "乡镇", "经度", "纬度", "床位")
RESIDENTS = ("匿名编号", "所在敬老院", "护理等级", "是否同意搬迁")
PARAMETERS = ("参数名", "取值")


@pytest.mark.parametrize(
    ("sheet", "row", "good", "found"),
    [
        ("自然村", ["甲", 1, 2, "00", 5, 6], ["甲", 1, 2, "0", 5, 6], ("E_UNKNOWN_REF", "D2")),
        ("道路(可选)", ["路", 5, 6, 5.05, 6, 10, "村道"], ["路", 5, 6, 5.05, 6, 5000, "村道"], ("E_BAD_TYPE", "F2")),
        ("道路(可选)", ["路", 5, 6, 5, 6, None, "村道"], ["路", 5, 6, 5.05, 6, None, "村道"], ("E_BAD_TYPE", "D2")),
        ("敬老院", ["某院", 1, 2, 5, 6, None], ["某院", 1, 2, 5, 6, 30], ("E_BAD_TYPE", "F2")),
        ("入住老人(匿名)", ["13879112345", "龙津敬老院", "自理", "同意"], ["R13", "龙津敬老院", "自理", "同意"],
         ("E_PERSONAL_DATA", "A2")),
        ("参数", ["walk_speed_mps", 0], ["opening_yuan_school", 0], ("E_BAD_TYPE", "B2")),
        ("参数", ["courier_yuan_per_hour", -1], ["courier_yuan_per_hour", 19], ("E_BAD_TYPE", "B2")),
        ("参数", ["meal_uptake", 13], ["meal_uptake", 0.13], ("E_BAD_TYPE", "B2")),
    ],
    ids=["code of another village", "shorter than straight", "no length", "no beds", "a telephone", "no speed",
         "a negative price", "a share of 13"],
)  # fmt: skip
def test_other_sheets_beside_what_they_allow(sheet, row, good, found, tmp_path):
    one, other = sound_rows(2)
    words = {1: one[1], 2: one[2], "0": one[0], "00": other[0], 5: one[5], 6: one[6], 5.05: one[5] + 0.05}
    headings = {"自然村": HAMLETS, "道路(可选)": ROADS, "敬老院": HOMES, "参数": PARAMETERS}.get(sheet, RESIDENTS)

    def brought(name, cells):
        filled = [words.get(cell, cell) if sheet not in ("参数", "入住老人(匿名)") else cell for cell in cells]
        return bring(write_xlsx(tmp_path / name, {sheet: [headings, filled]}))

    assert cells(brought("bad.xlsx", row)) == [found]
    assert cells(brought("good.xlsx", good)) == []


def test_typed_roads_know_both_orders_of_metres_and_exchanged_degrees(tmp_path):
    east, north = 367_000, 3_190_000
    both = [[east, north, east, north + 500], [north, east, north + 500, east]]
    lines = []
    for number, ends in enumerate(both):
        path = write_xlsx(tmp_path / f"{number}.xlsx", {"道路(可选)": [ROADS, ["路", *ends, 600, "村道"]]})
        lines.append(bring(path, crs="4548").base.edges.geometry.iloc[-1].wkt)
    assert lines[0] == lines[1]
    row = sound_rows(1)[0]
    turned = ["路", row[6], row[5], row[6] + 0.01, row[5], None, "村道"]
    outcome = bring(write_xlsx(tmp_path / "a.xlsx", {"道路(可选)": [ROADS, turned]}))
    assert cells(outcome) == [("E_SWAPPED_LATLON", "B2"), ("E_SWAPPED_LATLON", "D2")]


@pytest.mark.parametrize(
    ("number", "words"), [(errno.EACCES, "没有权限"), (errno.ENOSPC, "磁盘已满"), (errno.EXDEV, "cross-device")]
)
def test_what_the_system_says_is_told_in_chinese(number, words):
    error = OSError(number, "Invalid cross-device link")
    assert words in why_not(error).zh
    assert why_not(error).en == "Invalid cross-device link"


def test_a_file_that_may_not_be_read_says_so(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError(errno.EACCES, "Permission denied")

    path = story(tmp_path)
    monkeypatch.setattr("anyi_geo.bring.tables._csv", refuse)
    fault = bring(path).faults[0]
    assert (fault.code, "没有权限" in fault.message.zh) == ("E_UNREADABLE", True)
