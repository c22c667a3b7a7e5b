"""What a report consists of, whatever file it ends in: columns, tables, figures, sections."""

from __future__ import annotations

import datetime as dt
import math
import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from anyi_geo.errors import ProblemError
from anyi_geo.show.figures import clock_text, plain

Kind = Literal["text", "count", "number", "minutes", "share", "yuan", "clock", "date", "sheet", "year"]
Cell = str | int | float | dt.date | None

#: Control characters but for tab and line feed, half characters, non-characters, marks of the direction of writing.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: What an unreachable place shows instead of a number.
UNREACHABLE = "无路可达"
#: What a place is not asked for.
NOT_ASKED = "不适用"
#: What nobody filled in yet; it stands in the list of open questions too.
UNKNOWN = "未填/待核"


@dataclass(frozen=True)
class Column:
    """One column of a report's table.

    Attributes
    ----------
    key : str
        Column of the table's rows.
    zh : str
        Heading.
    kind : str
        How its cells are written; `yuan` without decimals, `minutes` with one, `share` in per cent, `clock` from
        minutes after midnight, `sheet` a link to the sheet of that name.
    unit : str
        Unit in the heading, or "".
    width : int
        Width in Excel, characters.
    kind_from : str
        Column of the rows that holds each cell's own kind, for a column of mixed figures; "" when all are alike.
    """

    key: str
    zh: str
    kind: Kind = "text"
    unit: str = ""
    width: int = 0
    kind_from: str = ""

    @property
    def heading(self) -> str:
        """Return the heading with its unit."""
        return f"{self.zh}（{self.unit}）" if self.unit else self.zh


@dataclass(frozen=True)
class Chart:
    """A chart that stands beside a table in Excel.

    Attributes
    ----------
    kind : {"column", "bar", "pie"}
    title : str
    category : str
        Column of the labels.
    values : tuple of str
        Columns drawn, one series each.
    rows : int
        Rows drawn, from the first; 0 for all.
    """

    kind: Literal["column", "bar", "pie"]
    title: str
    category: str
    values: tuple[str, ...]
    rows: int = 0


@dataclass(frozen=True)
class Timeline:
    """Bars that stand beside a table in Excel: columns of the start, the end and what gives the colour."""

    start: str
    end: str
    by: str


@dataclass(frozen=True)
class Table:
    """Rows with headings; the only form in which figures reach a report.

    Attributes
    ----------
    title : str
        Caption in Word, sheet name in Excel.
    columns : tuple of Column
    rows : DataFrame
        Holds at least the columns' keys; missing cells are None or NaN, out of reach is inf.
    note : str
        What a reader must know beside the table.
    chart : Chart or None
    whole : int
        Rows before it was cut; 0 for a table that was not.
    vital : bool
        Every row stands in the Word report, however long it gets.
    timeline : Timeline or None
    """

    title: str
    columns: tuple[Column, ...]
    rows: pd.DataFrame
    note: str = ""
    chart: Chart | None = None
    whole: int = 0
    vital: bool = False
    timeline: Timeline | None = None

    def __post_init__(self) -> None:
        missing = [column.key for column in self.columns if column.key not in self.rows.columns]
        if missing:
            raise ProblemError(
                f"表“{self.title}”缺少列 {'、'.join(missing)}。", f"Table {self.title!r} lacks {', '.join(missing)}."
            )

    def kinds(self) -> Iterator[list[Kind]]:
        """Yield the kinds of the cells, row by row."""
        alike = [column.kind for column in self.columns]
        mixed = [(k, self.rows[column.kind_from].tolist()) for k, column in enumerate(self.columns) if column.kind_from]
        for number in range(len(self.rows)):
            own = dict(enumerate(alike)) | {k: kinds[number] for k, kinds in mixed}
            yield list(own.values())

    def cells(self) -> Iterator[list[Cell]]:
        """Yield the rows as plain cells in the columns' order; blank is None."""
        kinds = [column.kind for column in self.columns]
        for row in zip(*(self.rows[column.key].tolist() for column in self.columns), strict=True):
            yield [_cell(value, kind) for value, kind in zip(row, kinds, strict=True)]

    def first(self, count: int, columns: Sequence[str] = ()) -> Table:
        """Return the table cut to `count` rows and to the named columns; the note says what was left out."""
        kept = tuple(column for column in self.columns if not columns or column.key in columns)
        return replace(self, columns=kept, rows=self.rows.head(count), whole=self.whole or len(self.rows))

    def told(self, key: str, form: Callable[[Any], object]) -> Table:
        """Return the table with the cells of one column in another form."""
        return replace(self, rows=self.rows.assign(**{key: [form(cell) for cell in self.rows[key]]}))

    @property
    def whole_note(self) -> str:
        """Return the note with what was left out."""
        if len(self.rows) >= self.whole:
            return self.note
        return f"{self.note}此处列前 {len(self.rows)} 行，共 {self.whole} 行，全表见 Excel。"


@dataclass(frozen=True)
class Figure:
    """A picture with its caption.

    Attributes
    ----------
    title : str
        Caption.
    png : bytes
    width_cm : float
        Width on the page.
    """

    title: str
    png: bytes
    width_cm: float = 15.0

    @property
    def tall_per_wide(self) -> float:
        """Return the picture's height over its width, from the header of the PNG."""
        wide, tall = struct.unpack(">II", self.png[16:24])
        return float(tall / wide)


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    lines: tuple[str, ...]


Block = str | Items | Table | Figure


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it.

    Attributes
    ----------
    title : str
    blocks : tuple
        Paragraphs (str), lists, tables, figures, in order.
    parts : tuple of Section
        Sections of the next level.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Report:
    """A whole report.

    Attributes
    ----------
    title, subtitle : str
    facts : mapping of str to str
        Cover lines: scenario, version, data status ...
    sections : tuple of Section
        For Word and for reading.
    sheets : tuple of Table
        For Excel; titles are sheet names.
    """

    title: str
    subtitle: str
    facts: Mapping[str, str]
    sections: tuple[Section, ...]
    sheets: tuple[Table, ...]


def table(title: str, rows: pd.DataFrame, *columns: Column, note: str = "", chart: Chart | None = None) -> Table:
    """Return a table; without rows it needs no columns either, so that an absent decision leaves its headings."""
    if rows.empty:
        rows = pd.DataFrame(columns=[column.key for column in columns])
    return Table(title, columns, rows, note, chart)


def text(cell: Cell, kind: Kind) -> str:
    """Return a cell as people read it; a blank is ``–``."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, dt.date):
        return cell.isoformat()
    forms = {
        "count": f"{cell:,.0f}",
        "year": f"{cell:.0f}",
        "yuan": f"{cell:,.0f}",
        "minutes": f"{cell:.1f}",
        "share": f"{cell:.1%}",
        "number": f"{cell:,.2f}".rstrip("0").rstrip("."),
        "clock": clock_text(float(cell)),
    }
    return forms.get(kind, str(cell))


def clean(words: str) -> str:
    """Return text without what no file can hold and what would turn the text around it: control characters."""
    return _NOT_TEXT.sub("", words)


def _cell(value: Any, kind: Kind) -> Cell:
    if isinstance(value, dt.date):
        return None if value is pd.NaT else value
    if isinstance(value, float) and math.isinf(value) and kind == "minutes":
        return UNREACHABLE
    cell = plain(value)
    if cell is None or isinstance(cell, str | int | float):
        return None if cell == "" else cell
    return str(cell)
