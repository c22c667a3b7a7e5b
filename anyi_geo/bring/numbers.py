"""Numbers as people write them in spreadsheets: full-width digits, thousands separators, 万, a unit behind."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

#: What people type into a cell that they leave empty on purpose.
_DASHES = frozenset({"-", "--", "—", "——", "－", "/", "\\", "–"})
_MULTIPLIERS = {"万": 10_000, "亿": 100_000_000, "千": 1_000, "百": 100}
#: Units that may stand behind a number; they change nothing. Others are a fault, not a guess.
_UNITS = "人|个|名|位|户|元|床|张|层|平方米|平米|m2|㎡|米|m|岁|份|餐|°|度|公里/小时|km/h"
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
#: Digits with a blank between them: a number only when the blanks part its thousands.
_APART = re.compile(r"\d \d")
_SPACED = re.compile(r"\D*\d{1,3}( \d{3})+(\.\d+)?\D*")
_SCALED = re.compile(rf"(?P<number>.+?)(?P<scale>[万亿千百]?)(?:{_UNITS})?", re.IGNORECASE)
_SEXAGESIMAL = re.compile(
    r"(?P<side>[东西南北EWNS]?)(?P<degrees>\d{1,3})[°度d](?P<minutes>\d{1,2})['′’分m]"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d+)?)(?:[\"″”秒s]|'')?)?(?P<end>[东西南北EWNS]?)",
    re.IGNORECASE,
)


class NotANumberError(ValueError):
    """A cell that holds no number a reader would agree on."""


def half_width(text: str) -> str:
    """Return `text` with full-width forms made plain, without invisible characters, white space joined."""
    return _visible(text if text.isascii() else unicodedata.normalize("NFKC", text))


def _visible(text: str) -> str:
    """Drop marks that nobody sees (joiners, directions); other control characters part words."""
    if not text.isprintable():
        kinds = [(sign, unicodedata.category(sign)) for sign in text]
        text = "".join(" " if kind[0] == "C" else sign for sign, kind in kinds if kind != "Cf")
    return " ".join(text.split())


def clean_text(value: Any) -> str:
    """Return a text cell as it is to be kept: no invisible characters, no line breaks, full width as written."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _visible(str(value))


def is_empty(value: Any) -> bool:
    """Return whether a cell was left empty, a dash included."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and (not half_width(value) or half_width(value) in _DASHES)


def number_of(value: Any) -> float:
    """Return the number in a cell.

    ``1,200``, ``1.2万``, ``１２００`` and ``1200人`` are all 1200; a malformed group (``1,20``), a range or an
    approximation (``约300``) is no number.

    Raises
    ------
    NotANumberError
        When the cell holds none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise NotANumberError
    if not isinstance(value, str):
        if not math.isfinite(value):
            raise NotANumberError
        return float(value)
    text = half_width(value).replace("−", "-")
    if _APART.search(text) and not _SPACED.fullmatch(text):
        raise NotANumberError  # 115 32 51 is no 1,153,251
    text = text.replace(" ", "")
    match = _SCALED.fullmatch(text)
    if match is None:
        raise NotANumberError
    digits = match["number"]
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    if not _PLAIN.fullmatch(digits):
        raise NotANumberError
    try:
        # Decimal: 1.13 times ten thousand is 11,300 and not 11,299.999...
        number = float(Decimal(digits) * _MULTIPLIERS.get(match["scale"], 1))
    except (InvalidOperation, OverflowError):
        raise NotANumberError from None
    if not math.isfinite(number):
        raise NotANumberError
    return number


def degrees_of(value: Any) -> float:
    """Return a coordinate: a number, or degrees, minutes and seconds (``115°32′51″``).

    Raises
    ------
    NotANumberError
        When the cell holds neither.
    """
    if isinstance(value, str):
        text = half_width(value).replace("′′", "″")
        blanks = re.fullmatch(r"(\d{1,3}) (\d{1,2}) (\d{1,2}(?:\.\d+)?)", text)
        text = "{}°{}′{}″".format(*blanks.groups()) if blanks else text
        if _APART.search(text):
            raise NotANumberError
        text = text.replace(" ", "")
        match = _SEXAGESIMAL.fullmatch(text)
        if match is not None:
            minutes, seconds = int(match["minutes"]), float(match["seconds"] or 0)
            if minutes >= 60 or seconds >= 60:
                raise NotANumberError
            sign = -1.0 if (match["side"] + match["end"]).upper() in {"W", "S", "西", "南"} else 1.0
            return sign * (int(match["degrees"]) + minutes / 60 + seconds / 3600)
        value = text.strip("东经北纬EN:") if re.fullmatch(r"[东北经纬EN:]*[\d.]+°?[EN]?", text, re.IGNORECASE) else text
        value = value.strip("ENen")
    return number_of(value)
