"""Which page of the Word report everything stands on, decided before it is written.

Lines have exact heights and every page begins with a break of its own, so that the page numbers in the contents are
true when the file is opened, whatever program opens it, and the number of pages is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from anyi_geo.show.report.model import Figure, Items, Report, Section, Table
from anyi_geo.show.report.word_measure import POINTS_PER_CM, TYPES
from anyi_geo.show.report.word_table import TEXT_WIDTH_CM, TableText, table_text

PAGE_CM = 29.7
TOP_CM, BOTTOM_CM = 2.6, 2.4
#: Room left at the foot of a page for what a program measures otherwise than we do.
_SPARE = 12.0
HEIGHT = (PAGE_CM - TOP_CM - BOTTOM_CM) * POINTS_PER_CM - _SPARE
WIDTH = TEXT_WIDTH_CM * POINTS_PER_CM
#: Pages before the first section: the cover and the contents.
LEADING_PAGES = 2
#: A table of up to so many rows, and so much of a page, stays whole; of a longer one at least so many rows stand
#: together, and so many go on to the next page.
_UNBROKEN, _UNBROKEN_SHARE, _TOGETHER, _GOING_ON = 13, 0.45, 4, 3
#: A picture is made smaller by up to a quarter rather than leave a page half empty; the letters stay readable.
_SMALLEST_SCALE, _PICTURE_SPARE = 0.75, 10.0
#: Rows that a table is cut to, at first and when that is not enough.
_FEW_ROWS, _FEWEST_ROWS = 6, 3


@dataclass(frozen=True)
class Paragraph:
    """Words in a style; a heading has a number in the order of headings."""

    words: str
    style: str
    heading: int = -1

    @property
    def height(self) -> float:
        """Return its height in points."""
        return TYPES[self.style].height(self.words, WIDTH)


@dataclass(frozen=True)
class Picture:
    """A figure with its number, at most as wide as it was drawn for."""

    figure: Figure
    number: int
    scale: float = 1.0

    @property
    def caption(self) -> str:
        """Return the words under the picture."""
        return f"图 {self.number}　{self.figure.title}"

    @property
    def height(self) -> float:
        """Return the height of picture and caption in points."""
        return self._tall + _PICTURE_SPARE + TYPES["Caption"].height(self.caption, WIDTH)

    @property
    def width_cm(self) -> float:
        """Return its width on the page."""
        return self.scale * min(self.figure.width_cm, TEXT_WIDTH_CM)

    @property
    def _tall(self) -> float:
        return self.width_cm * self.figure.tall_per_wide * POINTS_PER_CM

    def within(self, room: float) -> Picture:
        """Return the picture made smaller for what is left of a page, or as it is where it would be too small."""
        tall = room - (self.height - self._tall)
        scale = min(self.scale, self.scale * tall / self._tall)
        return replace(self, scale=scale) if scale >= _SMALLEST_SCALE else self


@dataclass(frozen=True)
class TablePart:
    """The rows of a table that stand on one page."""

    text: TableText
    number: int
    start: int
    stop: int

    @property
    def caption(self) -> str:
        """Return the words above the rows; a part that goes on is a 续表."""
        return f"续表 {self.number}" if self.start else f"表 {self.number}　{self.text.title}"

    @property
    def note(self) -> str:
        """Return the words below the last row of the table."""
        return self.text.note if self.stop >= len(self.text.rows) else ""

    @property
    def height(self) -> float:
        """Return the height of caption, headings, rows and note in points."""
        rows = sum(self.text.row_heights[self.start : self.stop])
        note = TYPES["Note"].height(self.note, WIDTH) if self.note else TYPES["Note"].after
        return TYPES["Caption"].height(self.caption, WIDTH) + self.text.head_height + rows + note


Piece = Paragraph | Picture | TablePart


@dataclass
class _Pages:
    """Pages as they fill."""

    pages: list[list[Piece]] = field(default_factory=lambda: [[]])
    used: float = 0.0
    headings: int = 0
    figures: int = 0
    tables: int = 0
    waiting: list[Paragraph] = field(default_factory=list)

    def turn(self) -> None:
        if self.pages[-1]:
            self.pages.append([])
        self.used = 0.0

    def put(self, piece: Piece) -> None:
        """Put a piece with the headings before it; on the next page when there is no room."""
        need = piece.height + sum(head.height for head in self.waiting)
        if self.used + need > HEIGHT:
            self.turn()
        for one in (*self.waiting, piece):
            self.pages[-1].append(one)
            self.used += one.height
        self.waiting = []

    def put_table(self, text: TableText) -> None:
        """Put a table, divided between rows where it must be."""
        self.tables += 1
        whole = TablePart(text, self.tables, 0, len(text.rows))
        heads = sum(head.height for head in self.waiting)
        short = len(text.rows) <= _UNBROKEN and whole.height <= _UNBROKEN_SHARE * HEIGHT
        kept = whole if short else replace(whole, stop=min(_TOGETHER, len(text.rows)))
        if self.used + heads + kept.height > HEIGHT and heads + kept.height <= HEIGHT:
            self.turn()
        start = 0
        while start < len(text.rows):
            part = self._fitting(replace(whole, start=start), self.used + sum(head.height for head in self.waiting))
            self.put(part)
            start = part.stop
            if start < len(text.rows):
                self.turn()

    def _fitting(self, rest: TablePart, used: float) -> TablePart:
        """Return as many of the rows as the page holds, at least one; a few go on together rather than one alone."""
        stop = rest.stop
        while stop > rest.start + 1 and used + replace(rest, stop=stop).height > HEIGHT:
            stop -= 1
        if stop < rest.stop:
            stop = max(min(stop, rest.stop - _GOING_ON), min(stop, rest.start + _TOGETHER))
        return replace(rest, stop=stop)


def laid_out(report: Report, *, fresh: bool = False) -> list[list[Piece]]:
    """Return what stands on every page after the contents.

    Parameters
    ----------
    report : Report
    fresh : bool
        Let every section of the first level begin a page.
    """
    found = _Pages()
    for section in report.sections:
        if fresh:
            found.turn()
        _lay(found, section, 1)
    for head in found.waiting:
        found.pages[-1].append(head)
    return found.pages


def fitted(report: Report, fewest: int, most: int) -> list[list[Piece]]:
    """Return the pages of a report of `fewest` to `most` pages in all, cover and contents included.

    A report that is too long tells fewer rows of its longest tables, and how many there are in Excel; what room is left
    after that is given back to one table after the other. One that is too short lets its sections begin on pages of
    their own.
    """
    whole, pages = report, laid_out(report)
    while len(pages) + LEADING_PAGES > most:
        shorter = _shortened(report)
        if shorter is None:
            break
        report = shorter
        pages = laid_out(report)
    if report is not whole and len(pages) + LEADING_PAGES <= most:
        pages = _grown(whole, report, most - LEADING_PAGES)
    return pages if len(pages) + LEADING_PAGES >= fewest else laid_out(report, fresh=True)


def _grown(whole: Report, cut: Report, most: int) -> list[list[Piece]]:
    """Return the pages with as many rows as `most` pages hold: table after table half of what it lacks at a time.

    A table that lacks few rows comes before one that lacks many, so that more of them are whole.
    """
    counts = [len(block.rows) for block in _blocks(cut.sections)]
    full = [len(block.rows) for block in _blocks(whole.sections)]
    for number in sorted(range(len(full)), key=lambda k: full[k] - counts[k]):
        wanted = full[number]
        while counts[number] < wanted:
            trial = [*counts[:number], counts[number] + (wanted - counts[number] + 1) // 2, *counts[number + 1 :]]
            if len(laid_out(_with_rows(whole, trial))) > most:
                break
            counts = trial
    return laid_out(_with_rows(whole, counts))


def _with_rows(report: Report, counts: Sequence[int]) -> Report:
    """Return a report whose tables, in order, have so many rows."""
    left = iter(counts)

    def cut(section: Section) -> Section:
        blocks = tuple(block.first(next(left)) if isinstance(block, Table) else block for block in section.blocks)
        return replace(section, blocks=blocks, parts=tuple(cut(part) for part in section.parts))

    return replace(report, sections=tuple(cut(section) for section in report.sections))


def _shortened(report: Report) -> Report | None:
    """Return a report whose longest table has a sixth fewer rows; None when all are as short as may be.

    Tables of which every row matters come last, when the others have few rows left.
    """
    for vital, fewest in ((False, _FEW_ROWS), (False, _FEWEST_ROWS), (True, _FEW_ROWS)):
        longest = max((len(block.rows) for block in _blocks(report.sections) if vital or not block.vital), default=0)
        if longest > fewest:
            return _cut(report, max(fewest, longest * 5 // 6), vital=vital)
    return None


def _cut(report: Report, count: int, *, vital: bool) -> Report:
    """Return a report whose tables have at most `count` rows; those of which every row matters only where `vital`."""

    def cut(section: Section) -> Section:
        blocks = tuple(
            block.first(count) if isinstance(block, Table) and (vital or not block.vital) else block
            for block in section.blocks
        )
        return replace(section, blocks=blocks, parts=tuple(cut(part) for part in section.parts))

    return replace(report, sections=tuple(cut(section) for section in report.sections))


def _blocks(sections: tuple[Section, ...]) -> Iterator[Table]:
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Table))
        yield from _blocks(section.parts)


def _lay(found: _Pages, section: Section, level: int) -> None:
    found.waiting.append(Paragraph(section.title, f"Heading {level}", found.headings))
    found.headings += 1
    for block in section.blocks:
        if isinstance(block, str):
            found.put(Paragraph(block, "Normal"))
        elif isinstance(block, Items):
            for line in block.lines:
                found.put(Paragraph(line, "List Bullet"))
        elif isinstance(block, Figure):
            found.figures += 1
            heads = sum(head.height for head in found.waiting)
            found.put(Picture(block, found.figures).within(HEIGHT - found.used - heads))
        else:
            found.put_table(table_text(block))
    for part in section.parts:
        _lay(found, part, level + 1)
