import json
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import xlsxwriter
import xlwt
from bring_examples import HEADINGS, bring, sound_rows, told, write_csv, write_xlsx

from anyi_geo.bring.raw import letters
from anyi_geo.bring.tables import read_tables


def write_xls(path, rows):
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("村庄")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.write(number, column, cell)
    book.save(str(path))
    return path


def as_layer(rows):
    table = pd.DataFrame(rows, columns=HEADINGS)
    shapes = gpd.points_from_xy(table.pop("经度"), table.pop("纬度"))
    return gpd.GeoDataFrame(table, geometry=shapes, crs=4326)


def written(kind, folder, rows):
    table = [list(HEADINGS), *rows]
    if kind == "xlsx":
        return write_xlsx(folder / "a.xlsx", {"村庄": table})
    if kind == "xls":
        return write_xls(folder / "a.xls", table)
    if kind == "et":
        return write_xls(folder / "a.et", table)
    if kind.startswith("csv"):
        return write_csv(folder / "a.csv", table, {"csv": "utf-8", "csv-bom": "utf-8-sig", "csv-gbk": "gbk"}[kind])
    if kind == "shp":
        layer = as_layer(rows).set_axis(["MC_DM", "CUN", "XZ", "RK", "LN", "geometry"], axis=1).set_geometry("geometry")
        layer.to_file(folder / "a.shp", encoding="gb18030")
        (folder / "a.cpg").unlink()
        return folder / "a.shp"
    as_layer(rows).to_file(folder / f"a.{kind}", layer="村庄" if kind == "gpkg" else None)
    return folder / f"a.{kind}"


KINDS = ("xlsx", "xls", "et", "csv", "csv-bom", "csv-gbk", "gpkg", "geojson", "shp")
FIELDS = {"MC_DM": "12位统计代码", "CUN": "村名", "XZ": "乡镇", "RK": "常住人口", "LN": "老年人口"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_gives_the_same_villages(kind, tmp_path):
    rows = sound_rows()
    path = written(kind, tmp_path, rows)
    outcome = bring(path, mapping=FIELDS if kind == "shp" else {}, persons=None if kind != "shp" else "常住")
    assert told(outcome) == []
    assert (outcome.usable, outcome.refused) == (len(rows), False)
    for code, name, _, persons, elders, lon, lat in rows:
        feature = outcome.merged.villages[code]
        assert feature.cells["name"] == name
        assert (feature.cells["persons_total"], feature.cells["persons_60plus"]) == (persons, elders)
        assert feature.place == pytest.approx((lon, lat), abs=1e-9)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv-gbk", "gpkg", "geojson", "shp"])
@pytest.mark.parametrize("part", [0.35, 0.6, 0.97])
def test_a_file_cut_off_in_the_middle_is_unreadable(kind, part, tmp_path):
    path = written(kind, tmp_path, sound_rows(60))
    content = path.read_bytes()
    cut = int(len(content) * part)
    if kind == "csv-gbk":  # inside the last row, not between two
        cut = content.rindex(b"\r\n", 0, cut) + 12
    path.write_bytes(content[:cut])
    outcome = bring(path)
    assert outcome.refused
    assert {fault.code for fault in outcome.faults} == {"E_UNREADABLE"}


def test_a_csv_cut_inside_a_character_is_not_read_as_another_encoding(tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *sound_rows()])
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex("村".encode()) + 2])
    assert [fault.code for fault in read_tables(path)[1]] == ["E_UNREADABLE"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "E_UNREADABLE"),
        ("a.xlsx", b"<html><table><tr><td>1", "E_UNREADABLE"),
        ("a.xls", b"not a workbook at all", "E_UNREADABLE"),
        ("a.csv", b"", "E_UNREADABLE"),
        ("a.csv", b"\x00\x01\x02", "E_UNREADABLE"),
        ("a.csv", '村名,经度\n"未完'.encode(), "E_UNREADABLE"),
        ("a.csv", "村名,常住人口,老年人口\n罗田村,1,200,30\n".encode(), "E_UNREADABLE"),
        ("a.gpkg", b"SQLite format 3\x00", "E_UNREADABLE"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [', "E_UNREADABLE"),
        ("a.docx", b"", "E_UNREADABLE"),
    ],
)
def test_what_is_no_such_file_is_a_sentence(name, content, code, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    _, faults = read_tables(path)
    assert [fault.code for fault in faults] == [code]
    assert name in faults[0].message.zh


def test_a_missing_file_is_named(tmp_path):
    assert [f.code for f in bring(tmp_path / "none.csv").faults] == ["E_MISSING_FILE"]


def test_a_shapefile_without_its_table_says_which_part_is_missing(tmp_path):
    path = written("shp", tmp_path, sound_rows())
    (tmp_path / "a.dbf").unlink()
    (fault,) = read_tables(path)[1]
    assert fault.code == "E_MISSING_FILE"
    assert ".dbf" in fault.message.zh


def test_a_damaged_part_of_a_workbook_is_unreadable(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", {"村庄": [list(HEADINGS), *sound_rows(40)]})
    with zipfile.ZipFile(path) as archive:
        offset = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    content = bytearray(path.read_bytes())
    content[offset + 200 : offset + 260] = b"\0" * 60
    path.write_bytes(bytes(content))
    assert {fault.code for fault in bring(path).faults} == {"E_UNREADABLE"}


@pytest.mark.parametrize(("value", "found"), [(3000, []), (" ", []), ("", ["D3"])])
def test_a_formula_without_a_value_is_named_and_one_with_a_value_is_read(value, found, tmp_path):
    rows = sound_rows(3)
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        page = book.add_worksheet("村庄")
        page.write_row(0, 0, HEADINGS)
        for number, row in enumerate(rows, 1):
            page.write_row(number, 0, row)
        place = "D3" if value != " " else "A3"
        page.write_formula(place, "=1000+2000", None, value)
    outcome = bring(tmp_path / "a.xlsx")
    assert [f.cell for f in outcome.faults if f.code == "E_BAD_TYPE"] == found
    assert all("公式" in f.message.zh for f in outcome.faults)
    if value == 3000:
        assert outcome.merged.villages[rows[1][0]].cells["persons_total"] == 3000


def test_title_notes_totals_and_a_township_written_once_are_understood(tmp_path):
    rows = [row for row in sound_rows(4) if row[2] == sound_rows(1)[0][2]]
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Sheet1")
        page.write(0, 0, "安义县行政村基本情况表")
        page.write(1, 0, "填表日期：2023年9月")
        page.write_row(3, 0, ["乡镇", "行政村", "老年人口（人）", "户籍人口（万人）", "lng", "lat"])
        for number, row in enumerate(rows, 4):
            page.write_row(number, 1, [row[1], f"{row[4]:,}", f"{row[3] / 10_000}", row[5], row[6]])
        page.merge_range(4, 0, 3 + len(rows), 0, rows[0][2])
        page.write_row(4 + len(rows), 0, ["合计", "", sum(r[4] for r in rows)])
        page.write(6 + len(rows), 0, "注：数据截至2023年6月")
    outcome = bring(path)
    assert told(outcome) == []
    assert outcome.usable == len(rows) > 1
    assert outcome.basis == "hukou"
    assert len(outcome.skipped) == 2
    assert outcome.merged.villages[rows[0][0]].cells["persons_total"] == rows[0][3]


def test_a_sheet_that_is_no_data_among_others_is_left_out_and_said(tmp_path):
    sheets = {
        "Sheet1": [list(HEADINGS), *sound_rows()],
        "目录": [["序号", "名称", "页码"], [1, "基本情况", 3]],
        "空": [],
    }
    outcome = bring(write_xlsx(tmp_path / "a.xlsx", sheets))
    assert told(outcome) == []
    assert outcome.usable == 6
    assert outcome.ignored == ("目录：序号、名称、页码",)


def test_letters_of_columns():
    assert [letters(k) for k in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]


def test_areas_among_points_are_named(tmp_path):
    layer = as_layer(sound_rows(2))
    layer.loc[0, "geometry"] = shapely.LineString([(115.5, 28.8), (115.6, 28.8)])
    layer.to_file(tmp_path / "a.geojson")
    (fault,) = [f for f in bring(tmp_path / "a.geojson").faults if f.is_error]
    assert (fault.code, fault.row) == ("E_BAD_TYPE", 1)


def test_a_projected_layer_needs_no_column_and_must_not_contradict_its_declaration(tmp_path):
    layer = as_layer(sound_rows()).to_crs(4548)
    layer.to_file(tmp_path / "a.gpkg", layer="村庄")
    assert told(bring(tmp_path / "a.gpkg", crs="file")) == []
    assert told(bring(tmp_path / "a.gpkg", crs="4527")) == []
    assert told(bring(tmp_path / "a.gpkg", crs="gcj02")) == [("E_BAD_CRS", None)]
    (fault,) = [f for f in bring(tmp_path / "a.gpkg", crs=None).faults if f.is_error]
    assert "EPSG:4548" in fault.message.zh


def test_json_that_is_no_layer(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"rows": []}), encoding="utf-8")
    assert told(bring(tmp_path / "a.json")) == [("E_UNREADABLE", None)]
