"""Every number of every sheet is a figure of result.json, or is worked out again from its figures."""

import json

import pytest
from figure_sources import CLOCKS, ROWS, assert_cell, cell_of, found_at, key_of, sheet_lines
from told_apart import HELD_TOGETHER, alike, table_at, told_apart

from anyi_geo.result_json import result_object
from anyi_geo.show.report.content import run_sheets
from anyi_geo.show.report.excel import write_workbook


@pytest.fixture(scope="module")
def apart(small, tmp_path_factory):
    """Return a result in which no two columns of a sheet are alike, what is written of it, and its sheets."""
    county, result = small
    result = told_apart(result)
    path = tmp_path_factory.mktemp("apart") / "t.xlsx"
    write_workbook(path, run_sheets(county, result), title="t")
    return result, json.loads(json.dumps(result_object(result))), sheet_lines(path)


@pytest.mark.parametrize("title", ROWS)
def test_rows_of_a_sheet_are_rows_of_the_result(title, lines, written, groups):
    if title not in lines:
        pytest.skip("this run has no such rows")
    assert_rows(title, lines[title], written, groups)


@pytest.mark.parametrize("title", ROWS)
def test_no_column_stands_for_another(title, apart, groups):
    result, written, lines = apart
    if title not in lines:
        pytest.skip("this run has no such rows")
    for path, _, columns in ROWS[title] if title not in HELD_TOGETHER else ():
        found = table_at(result, path)
        assert found is None or not alike(found, columns.values()), "the numbers cannot tell the columns apart"
    assert_rows(title, lines[title], written, groups)


def assert_rows(title, rows, written, groups):
    """Each row of a sheet holds the figures of its row of result.json."""
    for path, keys, columns in ROWS[title]:
        table = found_at(written, path)
        assert len(table) == len(rows), path
        by_key = {tuple(row[field] for field in keys.values()): row for row in table}
        for number, row in enumerate(rows):
            expected = by_key[key_of(row, keys, groups)] if keys else table[number]
            for heading, field in columns.items():
                assert_cell(row[heading], cell_of(expected, field), clock=heading in CLOCKS)


#: Sheets whose numbers are worked out again above, and the headings of those numbers.
WORKED_OUT = {
    "摘要": {"数值"},
    "目录": {"行数"},
    "覆盖": {"其中本批新增（人）", "仍未覆盖（人）"},
    "村庄": None,
    "敬老院": {"整合后护理型床位占比", "现护理型床位占比", "现每名护理员照料（人）", "整合后每名护理员照料（人）"},
    "搬迁": None,
    "院舍再利用": {"同时可容纳附近留守儿童（人）"},
    "搬迁批次": None,
    "厨房": None,
    "费用与分担": None,
    "服务层级": None,
    "质量指标": None,
    "点位排序": None,
    "特困与留守": None,
    "儿童需求": None,
}


def test_no_number_is_left_over(lines):
    """A new sheet, or a new column of numbers, has to say where its figures come from."""
    left = set()
    for title, rows in lines.items():
        known = {heading for _, _, columns in ROWS.get(title, []) for heading in columns}
        if title in WORKED_OUT and WORKED_OUT[title] is None:
            continue
        known |= WORKED_OUT.get(title) or set()
        left |= {
            (title, heading)
            for row in rows
            for heading, cell in row.items()
            if isinstance(cell, int | float) and heading not in known
        }
    assert left == set()
