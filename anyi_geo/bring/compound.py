"""Workbooks in the old compound format ([MS-CFB], [MS-XLS]): cut off, locked, and cells that hold an error."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from anyi_geo.bring.raw import UnreadableError, letters

MARK = bytes.fromhex("d0cf11e0a1b11ae1")
_FREE = 0xFFFFFFFF
_FREE_SECTORS = 0xFFFFFFFA
_ENTRY = 128
_BOUNDSHEET, _BOF, _EOF, _BOOLERR, _FORMULA = 0x0085, 0x0809, 0x000A, 0x0205, 0x0006
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def refuse_compound(content: bytes) -> None:
    """Refuse a compound file that is locked, or shorter than its own table of sectors says.

    The reader would hand over the rows before the cut without a word. Layout: [MS-CFB] 2.2 and 2.3.

    Raises
    ------
    UnreadableError
    """
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableError("有打开密码，请先去掉密码", "it is protected by a password: remove it")
    if len(content) < 512:
        raise UnreadableError("文件被截断", "it is cut off")
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    last = -1
    for number, sector in enumerate(_heads(content)):
        start = (sector + 1) * size
        if start + size > len(content):
            raise UnreadableError("文件被截断", "it is cut off")
        entries = struct.unpack_from(f"<{size // 4}I", content, start)
        used = [k for k, value in enumerate(entries) if value != _FREE]
        last = max(last, number * (size // 4) + used[-1] if used else last)
    # Writers may leave out the unused rest of the very last sector.
    if (last + 1) * size >= len(content):
        raise UnreadableError("文件被截断", "it is cut off")


def errors_in(content: bytes) -> dict[str, dict[str, str]]:
    """Return, by sheet, the error of every cell that holds one; nothing where the layout is another."""
    try:
        return dict(_sheets(_stream(content)))
    except (struct.error, IndexError, StopIteration):
        return {}


def _heads(content: bytes) -> list[int]:
    """Return the first 109 sectors of the table of sectors: 7 MB of file, more than any survey's old workbook."""
    return [sector for sector in struct.unpack_from("<109I", content, 76) if sector < _FREE_SECTORS]


def _stream(content: bytes) -> bytes:
    """Return the workbook's stream ([MS-CFB] 2.4 to 2.6)."""
    shift, short_shift = struct.unpack_from("<HH", content, 30)
    size, short = 1 << shift, 1 << short_shift
    first_entry, _, cutoff, first_short = struct.unpack_from("<IIII", content, 48)
    body = content[size:]
    table = [v for s in _heads(content) for v in struct.unpack_from(f"<{size // 4}I", content, (s + 1) * size)]
    folder = _chain(body, table, first_entry, size)
    entries = [folder[k : k + _ENTRY] for k in range(0, len(folder), _ENTRY)]
    names = [entry[: max(0, struct.unpack_from("<H", entry, 64)[0] - 2)].decode("utf-16-le") for entry in entries]
    book = entries[next(k for k, name in enumerate(names) if name in ("Workbook", "Book"))]
    start, length = struct.unpack_from("<II", book, 116)
    if length >= cutoff:
        return _chain(body, table, start, size)[:length]
    shorts = _chain(body, table, first_short, size)
    small = _chain(body, table, struct.unpack_from("<I", entries[0], 116)[0], size)
    return _chain(small, list(struct.unpack(f"<{len(shorts) // 4}I", shorts)), start, short)[:length]


def _chain(body: bytes, table: list[int], start: int, size: int) -> bytes:
    parts: list[bytes] = []
    sector = start
    while sector < _FREE_SECTORS and len(parts) <= len(table):
        parts.append(body[sector * size : (sector + 1) * size])
        sector = table[sector]
    return b"".join(parts)


def _sheets(stream: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    for kind, at, _ in list(_records(stream, 0)):
        if kind == _BOUNDSHEET:
            start, _, count, wide = struct.unpack_from("<IHBB", stream, at)
            text = stream[at + 8 : at + 8 + count * (1 + (wide & 1))]
            yield text.decode("utf-16-le" if wide & 1 else "latin-1"), dict(_sheet_errors(stream, start))


def _sheet_errors(stream: bytes, start: int) -> Iterator[tuple[str, str]]:
    for kind, at, _ in _records(stream, start):
        if kind not in (_BOOLERR, _FORMULA):
            continue
        row, column = struct.unpack_from("<HH", stream, at)
        result = stream[at + 6 : at + 14]
        if kind == _BOOLERR and result[1] == 1:
            yield f"{letters(column)}{row + 1}", _ERRORS.get(result[0], "#N/A")
        elif kind == _FORMULA and result[6:8] == b"\xff\xff" and result[0] == 2:
            yield f"{letters(column)}{row + 1}", _ERRORS.get(result[2], "#N/A")


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and length of the records of one substream, those of charts within it too."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        yield kind, at + 4, length
        if depth <= 0:
            return
        at += 4 + length
