"""Rows of a table that are no entries: blank ones, examples, totals, remarks, headings said again."""

from __future__ import annotations

import re

from anyi_geo.bring.headings import Heading
from anyi_geo.bring.layout import Sheet
from anyi_geo.bring.numbers import clean_text, half_width, is_empty
from anyi_geo.bring.raw import RawTable

_TOTAL = re.compile(
    r"(.{1,12}(镇|乡|县|处|街道|场|村|社区))?(合计|总计|小计|汇总|总和|全县)(数|人数)?|全县|total", re.IGNORECASE
)
_REMARK = re.compile(r"^(注|说明|备注|填表|制表|审核|单位|联系|日期|数据来源|资料来源)\S*[:：]?")
#: Beginning of the grey rows of the template.
EXAMPLE = "示例"


def passed_over(raw: RawTable, sheet: Sheet, position: int, headings: list[Heading]) -> str | None:
    """Return why a row is no entry: "" for a blank one, a word for others; None when it is one."""
    if _repeats(raw, position, headings):
        return "重复的表头"
    cells = raw.rows[position]
    places = {heading.column: k for k, heading in enumerate(headings) if heading.column}
    filled = [half_width(str(cell)).replace(" ", "") for cell in cells if not is_empty(cell)]
    shape = raw.geometries[position - 1] if raw.geometries is not None else None
    if not filled and shape is None and not any(raw.cell(position, k) in raw.uncomputed for k in range(len(cells))):
        return ""
    words = {filled[0]} if filled else set()
    for column in (*sheet.anchors, "name", "road", "township", "village"):
        place = places.get(column)
        if place is not None and place < len(cells) and not is_empty(cells[place]):
            word = half_width(str(cells[place])).replace(" ", "")
            words.add(word)
            if word.lstrip("(").startswith(EXAMPLE):
                return "示例行"
    if any(_TOTAL.fullmatch(re.sub(r"\([^)]*\)|:", "", word)) for word in words):
        return "合计行"
    if len(filled) == 1 and _REMARK.match(filled[0]) and shape is None:
        return "说明行"
    return None


def _repeats(raw: RawTable, position: int, headings: list[Heading]) -> bool:
    """Return whether a row says the headings again, as on each page of a printed list."""
    cells = zip(raw.rows[position], headings, strict=False)
    filled = [clean_text(cell) == heading.text for cell, heading in cells if not is_empty(cell)]
    return len(filled) > 1 and sum(filled) * 2 > len(filled)
