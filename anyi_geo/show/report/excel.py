"""The workbook: one sheet per table, headings frozen, numbers as numbers, text never a formula."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter

from anyi_geo.show.report.excel_layout import (
    HEADING_HEIGHT,
    column_widths,
    frozen,
    heading,
    pages_across,
    row_height,
    set_page,
)
from anyi_geo.show.report.excel_timeline import write_timeline
from anyi_geo.show.report.model import Cell, Kind, Table, clean

_FORMATS: dict[Kind, str] = {
    "count": "#,##0",
    "yuan": "#,##0",
    "minutes": "0.0",
    "share": "0.0%",
    "number": "#,##0.00",
    "clock": "hh:mm",
    "date": "yyyy-mm-dd",
    "text": "@",
    "sheet": "@",
    "year": "0",
}
_OPTIONS = {
    # Names come from spreadsheets: nothing that a user wrote may become a formula, a link or a number.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_MINUTES_PER_DAY = 1440.0
#: Excel's longest text of a cell.
_LONGEST = 32_767
_HEADING_ROW = 1
_BLUE = "#DCE6F1"


def write_workbook(path: Path, tables: Iterable[Table], *, title: str, created: dt.datetime | None = None) -> None:
    """Write tables as an Excel workbook.

    Each sheet holds a link back to the contents and the table's note in its first row, the headings in the second, a
    filter over the rows, and the table's chart below them.

    Parameters
    ----------
    path : Path
    tables : iterable of Table
        Titles become sheet names: unique, at most 31 characters.
    title : str
        Title in the file's properties.
    created : datetime, optional
        Date in the file's properties; a fixed one by default, so that the same result gives the same file.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **_OPTIONS}) as book:
        book.set_properties({"title": title, "created": created or dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})
        styles = _styles(book)
        sheets = list(tables)
        contents = next((found.title for found in sheets if _links(found)), "")
        for found in sheets:
            _write_sheet(book, found, styles, contents if contents != found.title else "")
    path.write_bytes(file.getvalue())


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
    styles: dict[str, Any] = {
        kind: book.add_format({**base, "num_format": form, "text_wrap": kind == "text"})
        for kind, form in _FORMATS.items()
    }
    # A number at the right of its cell must not touch the words beside it.
    styles["text"].set_align("left")
    styles["text"].set_indent(1)
    styles["word"] = book.add_format({**base, "num_format": "@", "align": "right", "text_wrap": True})
    styles["small number"] = book.add_format({**base, "num_format": "0.0000"})
    styles["heading"] = book.add_format(
        {
            **base,
            "bold": True,
            "bg_color": _BLUE,
            "border": 1,
            "text_wrap": True,
            "align": "center",
        }
    )
    styles["note"] = book.add_format({**base, "font_color": "#595959"})
    styles["link"] = book.add_format({**base, "font_color": "#0563C1", "underline": 1})
    styles["nothing"] = book.add_format({**base, "italic": True, "font_color": "#7F7F7F"})
    return styles


def _links(found: Table) -> bool:
    """Return whether a table leads to other sheets."""
    return any(column.kind == "sheet" for column in found.columns)


def _write_sheet(book: Any, found: Table, styles: dict[str, Any], contents: str) -> None:
    sheet = book.add_worksheet(found.title)
    if contents:
        sheet.write_url(0, 0, f"internal:'{contents}'!A1", styles["link"], f"← {contents}")
    sheet.write_string(0, 1 if contents else 0, found.note or found.title, styles["note"])
    sheet.set_row(_HEADING_ROW, HEADING_HEIGHT)
    rows, kinds = list(found.cells()), list(found.kinds())
    widths = column_widths(found.columns, rows, kinds)
    for number, (column, width) in enumerate(zip(found.columns, widths, strict=True)):
        sheet.set_column(number, number, width)
        sheet.write_string(_HEADING_ROW, number, heading(column), styles["heading"])
    for line, (row, own) in enumerate(zip(rows, kinds, strict=True), _HEADING_ROW + 1):
        sheet.set_row(line, row_height(row, widths))
        for number, (cell, kind) in enumerate(zip(row, own, strict=True)):
            _write_cell(sheet, (line, number), cell, kind, styles)
    if not rows:
        sheet.write_string(_HEADING_ROW + 1, 0, "（没有内容：本情景未涉及，或尚未填报）", styles["nothing"])
    sheet.freeze_panes(_HEADING_ROW + 1, frozen(found.columns))
    sheet.autofilter(_HEADING_ROW, 0, _HEADING_ROW + max(len(rows), 1), len(found.columns) - 1)
    write_timeline(book, sheet, found, _HEADING_ROW, styles["heading"])
    set_page(sheet, found.columns, widths, _HEADING_ROW)
    if found.chart and rows:
        # Beside the columns that are printed on every page, or each page would show a piece of it.
        place = frozen(found.columns) if pages_across(widths) > 1 else 0
        sheet.insert_chart(_HEADING_ROW + len(rows) + 2, place, _chart(book, found, len(rows)))


def _write_cell(sheet: Any, place: tuple[int, int], cell: Cell, kind: Kind, styles: dict[str, Any]) -> None:
    style = styles[kind]
    if cell is None:
        sheet.write_blank(*place, None, style)
    elif isinstance(cell, bool):
        sheet.write_string(*place, "是" if cell else "否", styles["text"])
    elif kind == "sheet":
        sheet.write_url(*place, f"internal:'{cell}'!A1", styles["link"], str(cell))
    elif isinstance(cell, str):
        sheet.write_string(*place, clean(cell)[:_LONGEST], styles["text" if kind == "text" else "word"])
    elif isinstance(cell, dt.date):
        sheet.write_datetime(*place, dt.datetime(cell.year, cell.month, cell.day), style)
    elif kind == "clock":
        sheet.write_number(*place, float(cell) / _MINUTES_PER_DAY, style)
    else:
        sheet.write_number(*place, cell, styles[_number_kind(cell)] if kind in ("number", "text") else style)


def _number_kind(cell: float) -> str:
    """Return how a number of no special kind is written: whole, with two decimals, a small one with four."""
    if float(cell).is_integer():
        return "count"
    return "number" if abs(cell) >= 1 else "small number"


def _chart(book: Any, found: Table, count: int) -> Any:
    chart, keys = found.chart, [column.key for column in found.columns]
    if chart is None:
        raise AssertionError
    drawn = book.add_chart({"type": chart.kind})
    first, last = _HEADING_ROW + 1, _HEADING_ROW + (chart.rows or count)
    category = keys.index(chart.category)
    for number, key in enumerate(key for key in chart.values if key in keys):
        column = keys.index(key)
        series: dict[str, Any] = {
            "name": [found.title, _HEADING_ROW, column],
            "categories": [found.title, first, category, last, category],
            "values": [found.title, first, column, last, column],
        }
        if chart.kind != "pie":
            series["fill"] = {"color": ("#0072B2", "#E69F00", "#009E73", "#CC79A7")[number % 4]}
        drawn.add_series(series)
    drawn.set_title({"name": chart.title, "name_font": {"size": 12}})
    drawn.set_size({"width": 720, "height": 360})
    if chart.kind == "bar":
        drawn.set_y_axis({"reverse": True})
        drawn.set_legend({"none": True})
    return drawn
