"""The report as one page for reading: no script, nothing requested, every name escaped."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator

from anyi_geo.show.maps.page import asset
from anyi_geo.show.report.model import Block, Column, Figure, Items, Report, Section, Table, clean, text

#: Styles and pictures inside the file are all that the page may use.
#: Rows of a table that stays on one printed page, letters of a word that stays on one line.
_SHORT_TABLE, _SHORT_WORDS = 14, 8
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def report_html(report: Report) -> str:
    """Return a report as one self-contained HTML page.

    Parameters
    ----------
    report : Report
    """
    writer = _Writer()
    body = "".join(writer.section(section, 2) for section in report.sections)
    facts = "".join(f"<dt>{_text(name)}</dt><dd>{_text(told)}</dd>" for name, told in report.facts.items())
    contents = "".join(
        f'<li class=l{level}><a href="#s{number}">{_text(title)}</a></li>'
        for number, (level, title) in enumerate(_titles(report.sections, 1), 1)
    )
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(report.title)}</title><style>{asset('report.css')}</style></head><body><main>"
        f"<h1>{_text(report.title)}</h1><p class=subtitle>{_text(report.subtitle)}</p><dl>{facts}</dl>"
        f"<nav><h2>目录</h2><ol>{contents}</ol></nav>{body}</main></body></html>\n"
    )


class _Writer:
    """Counts headings, tables and figures while the sections are written."""

    def __init__(self) -> None:
        self.heads = self.tables = self.figures = 0

    def section(self, section: Section, level: int) -> str:
        self.heads += 1
        head = f"<h{level} id=s{self.heads}>{_text(section.title)}</h{level}>"
        blocks = "".join(self.block(block) for block in section.blocks)
        return head + blocks + "".join(self.section(part, level + 1) for part in section.parts)

    def block(self, block: Block) -> str:
        if isinstance(block, str):
            return f"<p>{_text(block)}</p>"
        if isinstance(block, Items):
            return f"<ul>{''.join(f'<li>{_text(line)}</li>' for line in block.lines)}</ul>"
        if isinstance(block, Figure):
            self.figures += 1
            data = base64.b64encode(block.png).decode("ascii")
            caption = _text(f"图 {self.figures}　{block.title}")
            picture = f'<img src="data:image/png;base64,{data}" alt="{caption}">'
            return f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"
        self.tables += 1
        return _table(block, self.tables)


def _table(found: Table, number: int) -> str:
    head = "".join(f"<th>{_text(column.heading)}</th>" for column in found.columns)
    cells = [[text(cell, kind) for cell, kind in zip(row, kinds, strict=True)]
             for row, kinds in zip(found.cells(), found.kinds(), strict=True)]  # fmt: skip
    styles = [_style(column, [row[k] for row in cells]) for k, column in enumerate(found.columns)]
    rows = "".join(
        f"<tr>{''.join(f'<td{style}>{_text(told)}</td>' for told, style in zip(row, styles, strict=True))}</tr>"
        for row in cells
    )
    rows = rows or f"<tr><td colspan={len(found.columns)}>（没有内容）</td></tr>"
    note = f"<p class=note>{_text(found.whole_note)}</p>" if found.whole_note else ""
    kind = " class=short" if len(cells) <= _SHORT_TABLE else ""
    caption = f"<caption>表 {number}　{_text(found.title)}</caption>"
    body = f"{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return f"<div class=scroll><table{kind}>{body}</table></div>{note}"


def _style(column: Column, cells: list[str]) -> str:
    """Return the class of a column's cells: numbers to the right, short words on one line."""
    if column.kind != "text":
        return " class=n"
    return " class=w" if max(map(len, cells), default=0) <= _SHORT_WORDS else ""


def _titles(sections: tuple[Section, ...], level: int) -> Iterator[tuple[int, str]]:
    for section in sections:
        yield level, section.title
        yield from _titles(section.parts, level + 1)


def _text(value: str) -> str:
    return html.escape(clean(value))
