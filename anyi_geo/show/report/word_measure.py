"""How much of a page a text takes: lines have exact heights, so that the count holds in Word and LibreOffice alike.

Widths are in points. Chinese letters are as wide as the type is high in every font; Latin letters are counted as wide
as those of Times New Roman, a little generously, so that a page is rather left short than run over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

POINTS_PER_CM = 28.3465
#: What may not begin a line: the letter before it goes to the next line with it.
_NEVER_FIRST = frozenset("，。、；：？！）】》”’%·…—〉」』,.;:?!)]}")
#: A Latin word stays whole; everything else may be divided anywhere.
_WORDS = re.compile(r"[!-~]+|.", re.DOTALL)
_CHINESE_FROM = 0x2E80
_FULL_WIDTH = frozenset("“”‘’…—·→±×")
#: Word and LibreOffice leave a quarter of a letter between Chinese and Latin.
_GAP = 0.25
_BOLD = 1.06


@dataclass(frozen=True)
class Type:
    """The measures of a paragraph style, in points.

    Attributes
    ----------
    size : float
        Height of the type.
    line : float
        Exact height of a line.
    before, after : float
        Space around the paragraph.
    indent : float
        Of the whole paragraph.
    first : float
        Further indent of the first line.
    bold : bool
    """

    size: float
    line: float
    before: float = 0.0
    after: float = 0.0
    indent: float = 0.0
    first: float = 0.0
    bold: bool = False

    def height(self, words: str, width: float) -> float:
        """Return the height of a paragraph of this style on a column of `width`."""
        count = lines(words, width - self.indent, self.size * (_BOLD if self.bold else 1.0), self.first)
        return self.before + count * self.line + self.after


#: The styles of the reports by their names in Word.
TYPES: dict[str, Type] = {
    "Normal": Type(12, 20, 0, 3, first=24),
    "Heading 1": Type(16, 24, 12, 5, bold=True),
    "Heading 2": Type(13, 22, 8, 4, bold=True),
    "Heading 3": Type(12, 20, 6, 3, bold=True),
    "List Bullet": Type(12, 20, 0, 2, indent=22),
    "Caption": Type(10.5, 15, 6, 3, bold=True),
    "Note": Type(9, 12.5, 2, 7),
    "Cell": Type(9, 12.5, 1.5, 1.5),
}


def lines(words: str, width: float, size: float, first: float = 0.0) -> int:
    """Return how many lines a text takes.

    Parameters
    ----------
    words : str
    width : float
        Of the column, points.
    size : float
        Of the type, points.
    first : float
        Indent of the first line, points.
    """
    return sum(_paragraph_lines(part, width, size, first) for part in words.split("\n"))


def text_width(words: str, size: float) -> float:
    """Return the width of a text on one line, points."""
    whole, last = 0.0, ""
    for letter in words:
        whole += (_letter(letter) + _gap(last, letter)) * size
        last = letter
    return whole


def widest_word(words: str, size: float) -> float:
    """Return the width of what cannot be divided, points."""
    return max((text_width(word, size) for word in _WORDS.findall(words)), default=0.0)


def _paragraph_lines(words: str, width: float, size: float, first: float) -> int:
    parts: Sequence[str] = _WORDS.findall(words)
    count, used, last = 1, first, ""
    for number, word in enumerate(parts):
        own = text_width(word, size) + _gap(last[-1:], word[0]) * size
        follower = parts[number + 1] if number + 1 < len(parts) else ""
        # A closing mark comes along, so there must be room for it too.
        with_mark = own + (_letter(follower[0]) * size if follower and follower[0] in _NEVER_FIRST else 0.0)
        if used + with_mark > width and used > 0 and word[0] not in _NEVER_FIRST:
            count, used = count + 1, 0.0
        used += own
        while used > width:
            count, used = count + 1, used - width
        last = word
    return count


def _letter(letter: str) -> float:
    """Return a letter's width as a share of the type's height."""
    if ord(letter) >= _CHINESE_FROM or letter in _FULL_WIDTH:
        return 1.0
    if letter.isupper() or letter in "%mw@&":
        return 0.78
    return 0.5


def _gap(last: str, letter: str) -> float:
    if not last or last == " " or letter == " ":
        return 0.0
    return _GAP if (ord(last) >= _CHINESE_FROM) != (ord(letter) >= _CHINESE_FROM) else 0.0
