"""What the reader of workbooks does not tell of an xlsx file: formulas never computed, and cells that hold an error."""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import dataclass, field

from anyi_geo.bring.raw import UnreadableError, reason_of

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_ADDRESS = re.compile(rb'\br="([A-Z]+[0-9]+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]+)<")
_HAS_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")


@dataclass(frozen=True)
class Unread:
    """Cells of one sheet that the reader hands over as blank.

    Attributes
    ----------
    uncomputed : frozenset of str
        Formulas without a value.
    errors : dict
        Error by cell, as Excel shows it (``#N/A``).
    """

    uncomputed: frozenset[str] = frozenset()
    errors: dict[str, str] = field(default_factory=dict)


def unread_cells(content: bytes) -> dict[str, Unread]:
    """Return, by sheet, what the reader of an xlsx file passes over.

    Raises
    ------
    UnreadableError
        When a part of the archive is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            torn = archive.testzip()
            if torn is not None:
                raise UnreadableError(f"压缩包里的 {torn} 已损坏", f"{torn} in it is damaged")
            return {name: _unread(archive.read(part)) for name, part in _sheet_parts(archive).items()}
    except (KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnreadableError(
            f"不是完整的工作簿（{reason_of(error)}）", f"no whole workbook: {reason_of(error)}"
        ) from None


def _unread(xml: bytes) -> Unread:
    if b't="e"' not in xml and not _HAS_FORMULA.search(xml):
        return Unread()
    uncomputed, errors = set(), {}
    for attributes, inside in _CELL.findall(xml):
        is_error = b't="e"' in attributes
        if not is_error and not _HAS_FORMULA.search(inside):
            continue
        address, value = _ADDRESS.search(attributes), _VALUE.search(inside)
        if address is None:
            continue
        # An empty text is a value: =IF(A1="", "", A1).
        if is_error and value is not None:
            errors[address[1].decode()] = value[1].decode("utf-8", "replace")
        elif value is None and b't="str"' not in attributes:
            uncomputed.add(address[1].decode())
    return Unread(frozenset(uncomputed), errors)


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    names = archive.namelist()
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    rels = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in re.findall(r"<Relationship\b[^>]*>", rels):
        key, target = re.search(r'\bId="([^"]*)"', tag), re.search(r'\bTarget="([^"]*)"', tag)
        if key and target:
            path = target[1].lstrip("/")
            targets[key[1]] = path if path.startswith("xl/") else f"xl/{path}"
    parts = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", archive.read("xl/workbook.xml").decode("utf-8", "replace")):
        name, key = re.search(r'\bname="([^"]*)"', tag), re.search(r'\br:id="([^"]*)"', tag)
        if name and key and targets.get(key[1]) in names:
            parts[html.unescape(name[1])] = targets[key[1]]
    return parts
