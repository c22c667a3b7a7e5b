"""Errors and faults that a planner can act on: what is wrong, where, and what to do."""

from __future__ import annotations

import errno
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Language = Literal["zh", "en"]


class Message(NamedTuple):
    """One sentence in the two languages of the product."""

    zh: str
    en: str

    def text(self, language: Language = "zh") -> str:
        """Return the sentence in `language`."""
        return self.zh if language == "zh" else self.en


#: What systems say of a file that cannot be read or written.
_REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "只读",
    errno.ENOSPC: "磁盘已满",
    errno.ENOENT: "没有这个位置",
    errno.ENOTDIR: "上一级不是文件夹",
    errno.EISDIR: "是文件夹",
    errno.ENAMETOOLONG: "名称太长",
    errno.EBUSY: "正被占用",
}


def why_not(error: Exception) -> Message:
    """Return what the system says of a file that it will not read or write."""
    text = str(getattr(error, "strerror", None) or error)
    return Message(_REASONS.get(getattr(error, "errno", None) or 0, text), text)


@dataclass(frozen=True)
class Fault:
    """One fault in one cell of the input, with its remedy.

    Attributes
    ----------
    code : str
        ``E_...`` stops a run, ``W_...`` does not.
    file : str
        File name relative to the county folder, with forward slashes.
    row : int or None
        1-based feature or table row; None for a fault of the whole file.
    id : str
        Identifier found in that row, or "".
    column : str
        Column at fault, or "".
    value : object
        The offending value as read (JSON-serialisable).
    message : Message
        What is wrong and what to do.
    sheet, cell : str
        Worksheet and cell (``E5``) of a fault in a planner's own table, whose rows are counted as the spreadsheet
        counts them; "" in a county folder.
    """

    code: str
    file: str
    row: int | None
    id: str
    column: str
    value: Any
    message: Message
    sheet: str = ""
    cell: str = ""

    @property
    def is_error(self) -> bool:
        """Whether this fault stops a run."""
        return self.code.startswith("E_")

    def record(self, language: Language = "zh") -> dict[str, Any]:
        """Return the fault as one JSON object."""
        place = {"sheet": self.sheet, "cell": self.cell} if self.sheet or self.cell else {}
        return {
            "code": self.code,
            "file": self.file,
            "row": self.row,
            "id": self.id,
            "column": self.column,
            "value": _plain(self.value),
            "message": self.message.text(language),
            **place,
        }


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold: a number that is none (NaN, inf) as its text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


class AnyiError(Exception):
    """Base of every error that the package raises on purpose.

    Parameters
    ----------
    zh, en : str
        The sentence for the planner and its English form.
    """

    def __init__(self, zh: str, en: str = "") -> None:
        super().__init__(zh)
        self.message = Message(zh, en or zh)


class ProblemError(AnyiError, ValueError):
    """A malformed problem handed to a model: labels, signs, missing numbers."""


class SettingError(AnyiError, ValueError):
    """A setting that is wrong by itself: an unknown key, a negative budget."""


class InfeasibleError(AnyiError, RuntimeError):
    """A well-formed request that cannot be met; the sentence says what is missing and by how much."""


class InputError(AnyiError, ValueError):
    """A county folder with faults, all of them collected.

    Parameters
    ----------
    faults : iterable of Fault
        Every fault found, errors and warnings.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        errors = [fault for fault in self.faults if fault.is_error]
        lines_zh = "\n".join(f"{fault.code} {fault.message.zh}" for fault in errors)
        lines_en = "\n".join(f"{fault.code} {fault.message.en}" for fault in errors)
        super().__init__(
            f"数据有 {len(errors)} 处错误，未载入：\n{lines_zh}",
            f"{len(errors)} faults in the data, nothing was loaded:\n{lines_en}",
        )
