"""The workbook that a planner fills in, made from the schema table: headings, units, drop-downs, ranges, examples."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from anyi_geo.bring.base import Base, read_base
from anyi_geo.bring.guide import EXAMPLES, GUIDE, NOTES
from anyi_geo.bring.labels import label_of
from anyi_geo.bring.layout import LAT, LON, WORKBOOK, Sheet
from anyi_geo.bring.passed_over import EXAMPLE
from anyi_geo.errors import SettingError, why_not
from anyi_geo.parameter_names import PARAMETER_NAMES, UNITS
from anyi_geo.schema import AGE_SEX_COLUMNS, Column

#: Rows that carry drop-downs and ranges; the county has 1,407 natural villages.
_ROWS = 5_000
_CHOICES = "选项"
_WIDTHS = {
    "name": 22,
    "village_id": 16,
    "township": 14,
    "key": 30,
    "zh": 28,
    "source": 36,
    "resource_raw": 18,
    "fire_raw": 18,
}
#: Signs across a page at a size that a person reads without glasses (A4 takes some 130 at full size).
_PAGE_WIDTH = 150
_Formats = dict[str, Any]


def heading_text(column: Column) -> str:
    """Return a column's heading as the template writes it: meaning and unit."""
    unit = UNITS.get(column.unit, column.unit)
    if not unit:
        return column.zh
    name, bracket, rest = column.zh.rpartition("（")
    return f"{name}（{unit}；{rest}" if bracket and rest.endswith("）") else f"{column.zh}（{unit}）"


def write_template(path: Path, county: Path, *, overwrite: bool = False) -> None:
    """Write the workbook.

    Parameters
    ----------
    path : Path
        ``.xlsx``; written whole or not at all.
    county : Path
        County folder whose townships and parameters are filled in.
    overwrite : bool
        Replace an existing file.

    Raises
    ------
    SettingError
        When the name is no .xlsx, the file exists, or its folder cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise SettingError(f"模板要存为 .xlsx，现为 {path.name}。", f"The template is an .xlsx file, got {path.name}.")
    if path.exists() and (not overwrite or path.is_dir()):
        raise SettingError(
            f"{path} 已存在，可能填了数据：请换个文件名，或加 --force 覆盖。",
            f"{path} exists and may hold data: choose another name, or overwrite it with --force.",
        )
    base = read_base(county, fresh=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".xlsx", prefix=f".{path.stem}-", dir=path.parent)
        os.close(handle)
        work = Path(name)
        try:
            _write(work, base)
            work.chmod(0o644)
            work.replace(path)
        finally:
            work.unlink(missing_ok=True)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        reason = why_not(error)
        raise SettingError(
            f"写不进 {path}（{reason.zh}）：请换一个文件夹，或关闭正在打开它的程序。",
            f"Cannot write {path} ({reason.en}): choose another folder, or close the program that uses it.",
        ) from None


def _write(path: Path, base: Base) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        formats = {
            "must": book.add_format({"bold": True, "bg_color": "#1F5F8B", "font_color": "white", "text_wrap": True,
                                     "valign": "vcenter", "align": "center", "border": 1}),
            "may": book.add_format({"bold": True, "bg_color": "#DCE9F2", "text_wrap": True, "valign": "vcenter",
                                    "align": "center", "border": 1}),
            "example": book.add_format({"font_color": "#8C8C8C", "italic": True}),
            "text": book.add_format({"num_format": "@"}),
            "number": book.add_format({"num_format": "General"}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }  # fmt: skip
        townships = list(dict.fromkeys(base.townships.values()))
        sheets = [(sheet, book.add_worksheet(sheet.title)) for sheet in WORKBOOK]
        guide = book.add_worksheet("填表说明")
        choices = book.add_worksheet(_CHOICES)
        choices.hide()
        choices.write_column(0, 0, townships)
        for sheet, page in sheets:
            _write_sheet(page, sheet, formats, townships)
            if sheet.key == "parameters":
                _write_parameters(page, sheet, base)
            else:
                _write_examples(page, sheet, formats)
        _write_guide(guide, formats)


def _write_sheet(page: Any, sheet: Sheet, formats: _Formats, townships: Sequence[str]) -> None:
    named = next((k for k, c in enumerate(sheet.columns) if c.name == "name"), 0)
    page.freeze_panes(1, 1 + named)
    page.set_default_row(18)
    page.set_row(0, 48)
    _set_print(page, sheet, named)
    for k, column in enumerate(sheet.columns):
        must = column.required or column.name in _MUST.get(sheet.key, ())
        page.write_string(0, k, heading_text(column) + (" *" if must else ""), formats["must" if must else "may"])
        as_text = column.kind in {"code", "text"}
        folded = {"level": 1, "hidden": True} if column.name in AGE_SEX_COLUMNS else {}
        page.set_column(k, k, _width(column), formats["text" if as_text else "number"], folded)
        rule = _rule(column, townships)
        if rule:
            page.data_validation(1, k, _ROWS, k, rule)


def _set_print(page: Any, sheet: Sheet, named: int) -> None:
    """Print on A4 across, as many pages wide as it takes to be read, names and headings on each."""
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.set_footer("&L&A&R第 &P 页，共 &N 页")
    page.hide_gridlines(0)
    page.repeat_rows(0)
    shown = sum(_width(column) for column in sheet.columns if column.name not in AGE_SEX_COLUMNS)
    wide = -(-shown // _PAGE_WIDTH)
    page.fit_to_pages(wide, 0)
    if wide > 1:
        page.repeat_columns(0, named)


def _width(column: Column) -> int:
    return _WIDTHS.get(column.name, 12 if column.kind in {"integer", "number", "flag"} else 16)


#: What a new row cannot do without, though the county may know it of an old one.
_MUST = {
    "villages": ("name", "township", "persons_total", "persons_60plus", LON, LAT),
    "hamlets": ("name", "village", "township", LON, LAT),
    "sites": ("name", "kind", "village", "township", LON, LAT, "resource_type"),
    "homes": ("name", "village", "township", LON, LAT, "beds"),
}


def _rule(column: Column, townships: Sequence[str]) -> dict[str, Any]:
    """Return drop-down, range and input message of a column; Excel allows 32 and 255 characters."""
    notes = [NOTES.get(column.name, "")]
    rule: dict[str, Any] = {"validate": "any"}
    if column.name == "township" and townships:
        rule = {"validate": "list", "source": f"={_CHOICES}!$A$1:$A${len(townships)}"}
        notes.append("从下拉中选乡镇（处）。")
    elif column.kind == "choice":
        rule = {"validate": "list", "source": [label_of(column, choice) for choice in column.choices]}
        notes.append("从下拉中选。")
    elif column.kind == "flag":
        rule = {"validate": "list", "source": ["是", "否"]}
    elif column.name in {LON, LAT} or column.name.endswith(("_lon", "_lat")):
        # Projected metres are allowed too: a range of degrees would refuse them.
        rule = {"validate": "decimal", "criteria": ">", "value": 0, "ignore_blank": True}
    elif column.kind in {"integer", "number"} and column.minimum is not None:
        rule = {
            "validate": "integer" if column.kind == "integer" else "decimal",
            "criteria": ">=",
            "value": column.minimum,
        }
        unit = UNITS.get(column.unit, "")
        notes.append(
            f"填{'整数' if column.kind == 'integer' else '数字'}，不小于 "
            f"{column.minimum:g}{f'，单位：{unit}' if unit else ''}。"
        )
    message = "".join(note for note in notes if note)
    if rule["validate"] == "any" and not message:
        return {}
    rule |= {"input_title": column.zh[:32], "input_message": (message or "见“填表说明”。")[:255], "ignore_blank": True}
    if rule["validate"] != "any":
        rule |= {"error_title": "请核对", "error_message": f"{column.zh}：{message or '超出允许范围'}"[:255],
                 "error_type": "warning" if column.kind in {"integer", "number"} else "stop"}  # fmt: skip
    return rule


def _write_examples(page: Any, sheet: Sheet, formats: _Formats) -> None:
    for row, cells in enumerate(EXAMPLES.get(sheet.key, ()), 1):
        for k, column in enumerate(sheet.columns):
            value = cells.get(column.name)
            if value is None:
                continue
            if isinstance(value, str):
                marked = f"{EXAMPLE}：{value}" if column.name in {"name", "resident_id", "road"} else value
                page.write_string(row, k, marked, formats["example"])
            else:
                page.write_number(row, k, value, formats["example"])


def _write_parameters(page: Any, sheet: Sheet, base: Base) -> None:
    names = [column.name for column in sheet.columns]
    for row, cells in enumerate(base.parameters, 1):
        for k, name in enumerate(names):
            value = PARAMETER_NAMES.get(str(cells.get("key"))) if name == "zh" else cells.get(name)
            value = UNITS.get(str(value), value) if name == "unit" else value
            if isinstance(value, int | float):
                page.write_number(row, k, float(value))
            elif value is not None:
                page.write_string(row, k, str(value))


def _write_guide(page: Any, formats: _Formats) -> None:
    page.set_column(0, 0, 6)
    page.set_column(1, 1, 100)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.write_string(0, 0, "填表说明", formats["title"])
    for row, (number, text) in enumerate(GUIDE, 2):
        page.write_string(row, 0, number)
        page.write_string(row, 1, text, formats["wrap"])
    row = len(GUIDE) + 3
    page.write_string(row, 0, "各表各列", formats["title"])
    for sheet in WORKBOOK:
        for column in sheet.columns:
            if column.name in AGE_SEX_COLUMNS:
                continue
            row += 1
            choices = f"：{'、'.join(label_of(column, choice) for choice in column.choices)}" if column.choices else ""
            page.write_string(
                row,
                1,
                f"{sheet.title} · {heading_text(column)}{choices}。{NOTES.get(column.name, '')}",
                formats["wrap"],
            )
