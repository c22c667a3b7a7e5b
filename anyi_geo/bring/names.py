"""Names of villages and townships matched to codes; what could be two places is asked, never guessed."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anyi_geo.bring.numbers import half_width
from anyi_geo.errors import Message

#: Endings that say the same thing as 村 and 社区.
_ENDINGS = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
    ("村民委员会", "村"),
    ("村委会", "村"),
    ("行政村", "村"),
    ("社区", "社区"),
    ("村", "村"),
)
_CLOSE = 0.5


@dataclass(frozen=True)
class Place:
    """A village as the county knows it."""

    code: str
    name: str
    township: str

    def title(self) -> str:
        """Return name, township and code for a question."""
        return f"{self.name}（{self.township}，{self.code}）"


@dataclass(frozen=True)
class Answer:
    """What a name stands for: a place, or the question that the planner must answer."""

    place: Place | None
    code: str = ""
    column: str = ""
    zh: str = ""
    en: str = ""


class Gazetteer:
    """The names of a county.

    Parameters
    ----------
    places : iterable of Place
    townships : mapping
        Every name and alias of a township with the name it stands for.
    """

    def __init__(self, places: Iterable[Place], townships: Mapping[str, str]) -> None:
        self.by_code = {place.code: place for place in places}
        self._townships = {_plain(alias): name for alias, name in townships.items()}
        short = defaultdict(set)
        for alias, name in self._townships.items():
            short[re.sub(r"(镇|乡|街道|管理处|办事处)$", "", alias)].add(name)
        self._short = {alias: next(iter(names)) for alias, names in short.items() if len(names) == 1 and alias}
        self._stems: dict[str, list[Place]] = defaultdict(list)
        for place in self.by_code.values():
            self._stems[stem_of(place.name)[0]].append(place)

    def township(self, text: str) -> str | None:
        """Return the township's own name, or None."""
        word = _plain(text)
        return self._townships.get(word) or self._short.get(word)

    def find(self, text: str, township: str | None, listed: frozenset[str] = frozenset()) -> Answer:
        """Return the village that a name stands for.

        Parameters
        ----------
        text : str
            As written; the township may stand in front.
        township : str or None
            The township's own name.
        listed : frozenset of str
            All names of the same table: where both 徐埠社区 and 徐埠村 stand, each is meant as written.
        """
        word, township = self._without_township(_plain(text), township)
        stem, ending = stem_of(word)
        twins = self._stems.get(stem, [])
        if not twins:
            return self._unknown(text, word, township)
        here = [place for place in twins if township in (None, place.township)]
        exact = [place for place in here if _plain(place.name) == stem + ending and ending]
        if len(exact) == 1 and (township is not None or len(twins) == 1 or self._all_listed(twins, listed)):
            return Answer(exact[0])
        if not here:
            others = "、".join(place.title() for place in twins)
            return Answer(None, "E_UNKNOWN_REF", "township", *Message(
                f"{township}没有“{text}”，县里叫这个名字的是{others}。请核对乡镇，或填 12 位村代码。",
                f"{township} has no {text!r}; the county has {others}. Check the township or give the code.",
            ))  # fmt: skip
        if len(here) == 1 and not ending and (township is not None or len(twins) == 1):
            return Answer(here[0])
        others = "、".join(place.title() for place in (here if len(here) > 1 else twins))
        return Answer(None, "E_AMBIGUOUS_NAME", "name", *Message(
            f"“{text}”可能是{others}，程序不替您选。请在村代码列填上 12 位代码，或写全名称和乡镇。",
            f"{text!r} may be {others}; give the 12-digit code, or the full name with its township.",
        ))  # fmt: skip

    def agrees(self, text: str, place: Place) -> bool:
        """Return whether a name can be that of a place (村 and 社区 apart)."""
        word, _ = self._without_township(_plain(text), place.township)
        return stem_of(word)[0] == stem_of(place.name)[0]

    def known(self, text: str) -> list[Place]:
        """Return the places with the same name, 村 and 社区 apart."""
        word, _ = self._without_township(_plain(text), None)
        return self._stems.get(stem_of(word)[0], [])

    def _without_township(self, word: str, township: str | None) -> tuple[str, str | None]:
        for alias in sorted(self._townships, key=len, reverse=True):
            rest = word[len(alias) :]
            if word.startswith(alias) and rest and rest not in {"村", "社区"}:
                return rest, township or self._townships[alias]
        return word, township

    def _all_listed(self, twins: list[Place], listed: frozenset[str]) -> bool:
        return all(_plain(place.name) in {_plain(name) for name in listed} for place in twins)

    def _unknown(self, text: str, word: str, township: str | None) -> Answer:
        stem = stem_of(word)[0]
        near = difflib.get_close_matches(stem, self._stems, n=3, cutoff=_CLOSE)
        places = [place for name in near for place in self._stems[name] if township in (None, place.township)]
        hint_zh = f"，相近的有{'、'.join(place.title() for place in places)}" if places else ""
        hint_en = f"; near it: {', '.join(place.title() for place in places)}" if places else ""
        return Answer(None, "E_UNKNOWN_REF", "name", *Message(
            f"县里没有“{text}”{hint_zh}。请核对名称，或填 12 位村代码。",
            f"the county has no {text!r}{hint_en}. Check the name or give the 12-digit code.",
        ))  # fmt: skip


def _plain(text: str) -> str:
    return half_width(text).replace(" ", "")


def stem_of(name: str) -> tuple[str, str]:
    """Return a name without its ending, and whether it says 村, 社区 or nothing."""
    word = _plain(name)
    for ending, kind in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return word[: -len(ending)], kind
    return word, ""
