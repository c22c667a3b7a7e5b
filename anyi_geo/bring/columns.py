"""Which row of a table holds the headings, and one meaning for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from anyi_geo.bring.datum import same_datum
from anyi_geo.bring.headings import Heading, guess_sheet, heading_of
from anyi_geo.bring.layout import LAT, LON, PAIR, PERSONS, SHEETS, Sheet, sheet_of
from anyi_geo.bring.numbers import clean_text, half_width, is_empty
from anyi_geo.bring.raw import RawTable
from anyi_geo.errors import Fault, Message, SettingError

#: Headings stand among the first rows, below a title and a date.
_DEEPEST_HEADING = 12
#: Below a heading they say no more than it does.
_WHOLES = frozenset({"", "合计", "小计", "总计", "总数", "人数", "计"})


def find_headings(
    raw: RawTable, key: str | None, mapping: Mapping[str, str]
) -> tuple[Sheet, int, list[Heading]] | None:
    """Return the sheet, the last row of the headings and their meanings; None when nothing is understood."""
    shapes = [s for s in raw.geometries or () if s is not None]
    areas = sum(s.area > 0 for s in shapes) * 2 > len(shapes)
    best: tuple[int, Sheet, int, list[Heading]] | None = None
    deepest = 1 if raw.geometries is not None else _DEEPEST_HEADING
    rows = [[_mapped(cell, mapping) for cell in cells] for cells in raw.rows[: deepest + 1]]
    for at, mapped in enumerate(rows[:deepest]):
        sheet = sheet_of(key) if key else guess_sheet(raw.sheet or raw.file.rsplit(".", 1)[0], mapped, areas=areas)
        if sheet is None:
            sheet = sheet_of("villages") if not areas else None
        if sheet is None:
            continue
        headings = [
            replace(heading_of(sheet, name), text=clean_text(cell or ""))
            for name, cell in zip(mapped, raw.rows[at], strict=True)
        ]
        best = _better(best, sheet, at, headings)
        if raw.geometries is None and at + 1 < len(rows):
            best = _better(best, sheet, at + 1, _in_two_rows(sheet, mapped, rows[at + 1]))
    if best is None or (best[0] < 2 and len([c for c in raw.rows[best[2]] if not is_empty(c)]) > 2 and not areas):
        return None
    return best[1:]


_Found = tuple[int, Sheet, int, list[Heading]]


def _better(best: _Found | None, sheet: Sheet, at: int, headings: list[Heading]) -> _Found | None:
    """Return the row of headings that means more columns; of equals the first."""
    score = len({heading.column for heading in headings} - {""})
    return (score, sheet, at, headings) if score and (best is None or score > best[0]) else best


def _in_two_rows(sheet: Sheet, upper: list[Any], lower: list[Any]) -> list[Heading]:
    """Return headings that stand in two rows: 人口 over 常住 and 60岁以上, 坐标 over 经度 and 纬度."""
    headings, above = [], ""
    for one, other in zip(upper, lower, strict=True):
        over, under = clean_text(one or ""), clean_text(other or "")
        above = over or (above if under else "")
        words = [under, above + under, above] if under in _WHOLES else [under, above + under]
        found = [replace(heading_of(sheet, word), text=above + under) for word in words if word]
        headings.append(next((heading for heading in found if heading.column), Heading(above + under, "")))
    return headings


def _mapped(cell: Any, mapping: Mapping[str, str]) -> Any:
    text = half_width(str(cell)) if cell is not None else ""
    return mapping.get(text, cell)


def headings_seen(raws: list[RawTable]) -> set[str]:
    """Return every word that could be a heading of the tables."""
    return {
        half_width(str(cell)) for raw in raws for row in raw.rows[:_DEEPEST_HEADING] for cell in row if cell is not None
    }


def refuse_useless(mapping: Mapping[str, str], seen: set[str]) -> None:
    """Refuse a mapping from a heading that no table has, or to a column that no sheet has.

    Raises
    ------
    SettingError
    """
    absent = [heading for heading in mapping if heading not in seen]
    if absent:
        raise SettingError(
            f"--map 里的列名 {'、'.join(absent)} 表里没有，请核对写法。",
            f"--map names headings that no table has: {', '.join(absent)}.",
        )
    strange = [name for name in mapping.values() if not any(heading_of(sheet, name).column for sheet in SHEETS)]
    if strange:
        raise SettingError(
            f"--map 等号右边的 {'、'.join(strange)} 不是模板里的列名，请照填报表的表头写。",
            f"--map names columns that the template lacks: {', '.join(strange)}.",
        )


def first_words(raw: RawTable) -> Iterator[str]:
    """Yield what stands in the first row that is not empty, to say what was found instead of headings."""
    for row in raw.rows[:_DEEPEST_HEADING]:
        words = [clean_text(cell) for cell in row if not is_empty(cell)]
        if words:
            yield from words[:12]
            return


def settled(
    raw: RawTable, sheet: Sheet, at: int, headings: list[Heading], basis: str | None, declared: str | None
) -> tuple[list[Heading], list[Fault]]:
    """Return the headings with one column each, and the faults of those that say the same or contradict ``--crs``.

    Two that mean the same are told apart by what the planner declared, and are a question otherwise.
    """
    faults = []
    columns = {heading.column for heading in headings}
    if {LON, LAT, PAIR} <= columns:  # the same twice, in the form that services copy
        headings = [replace(heading, column="") if heading.column == PAIR else heading for heading in headings]
    for column in sorted(columns - {""}):
        same = [k for k, heading in enumerate(headings) if heading.column == column]
        if len(same) < 2:
            continue
        by_basis = len({headings[k].basis for k in same} - {""}) > 1
        by_datum = len({headings[k].datum for k in same} - {""}) > 1
        chosen = [k for k in same if basis and headings[k].basis == basis] if by_basis else []
        chosen = [k for k in same if declared and same_datum(headings[k].datum, declared)] if by_datum else chosen
        if len(chosen) != 1:
            faults.append(
                _clash(raw, sheet, at, [headings[k] for k in same], raw.cell(at, same[1]), (by_basis, by_datum))
            )
        keep = chosen[0] if chosen else same[0]
        headings = [replace(h, column="") if k in same and k != keep else h for k, h in enumerate(headings)]
    for heading in headings:
        if declared and heading.column and heading.datum and not same_datum(heading.datum, declared):
            faults.append(
                Fault(
                    "E_BAD_CRS", raw.file, None, "", "crs", heading.text,
                    Message(f"{_title(raw)}的列名“{heading.text}”说是 {heading.datum}，--crs 写的是 {declared}，"
                            "请核对后改一处。",
                            f"the heading {heading.text!r} says {heading.datum}, --crs says {declared}."),
                    sheet=raw.sheet,
                )
            )  # fmt: skip
            break
    return headings, faults


def _clash(raw: RawTable, sheet: Sheet, at: int, same: list[Heading], cell: str, by: tuple[bool, bool]) -> Fault:
    texts = [heading.text for heading in same]
    how_zh, how_en = "请只留一列，或用 --map 指明", "keep one of them, or use --map"
    if by[0]:
        how_zh, how_en = "请用 --persons 常住 或 --persons 户籍 说明用哪一列", "say which with --persons"
    if by[1]:
        how_zh, how_en = "请用 --crs 说明用哪一种坐标", "say which with --crs"
    column, listed = same[0].column, "、".join(f"“{text}”" for text in texts)
    return Fault(
        "E_BAD_TYPE", raw.file, raw.numbers[at], "", column, texts,
        Message(f"{_title(raw)}有几列都是{column_zh(sheet, column)}：{listed}，{how_zh}。",
                f"{raw.sheet or raw.file}: several columns mean {column}: {listed}; {how_en}."),
        sheet=raw.sheet, cell=cell,
    )  # fmt: skip


def missing_columns(raw: RawTable, sheet: Sheet, columns: set[str]) -> Iterator[Fault]:
    """Yield columns that the table cannot do without; names alone would bring nothing."""
    missing = [c.name for c in sheet.columns if c.required and c.name not in columns and c.name not in sheet.anchors]
    if not columns & set(sheet.anchors):
        missing.insert(0, sheet.anchors[0])
    told = columns - {*sheet.anchors, "name", "township", "village", "village_id"}
    if sheet.key in {"villages", "hamlets", "sites", "homes"} and not missing and not told and raw.geometries is None:
        missing.append(LON)
    if PAIR not in columns:
        missing += [name for name, other in ((LON, LAT), (LAT, LON)) if other in columns and name not in columns]
    if columns & set(PERSONS):
        missing += [name for name in ("persons_total", "persons_60plus") if name not in columns]
    for name in dict.fromkeys(missing):
        anchor = name in sheet.anchors and len(sheet.anchors) > 1
        zh = "或".join(column_zh(sheet, each) for each in sheet.anchors) if anchor else column_zh(sheet, name)
        yield Fault(
            "E_MISSING_COLUMN", raw.file, None, "", name, None,
            Message(f"{_title(raw)}缺少列“{zh}”：请补上这一列；列名不同时用 --map "
                    f"文件里的列名={column_zh(sheet, name)} "
                    "指明。",
                    f"{raw.sheet or raw.file} has no column {name}: add it, or map it with --map HEADING={name}."),
            sheet=raw.sheet,
        )  # fmt: skip


def _title(raw: RawTable) -> str:
    kind = "工作表" if raw.geometries is None else "图层"
    return f"{raw.file} {kind}“{raw.sheet}”" if raw.sheet else raw.file


def column_zh(sheet: Sheet, name: str) -> str:
    """Return what a column is called in a message."""
    column = sheet.column(name)
    return column.zh if column is not None else "坐标"
