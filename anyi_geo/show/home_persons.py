"""The residents of homes as they may be printed: one set of numbers for every sheet, page and sentence.

Each home's residents stay, go back to support at home or move to another home, and each of those streams is told apart
by consent and by care level. These are hidden together; any other figure is told as far as it is a sum of told ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from anyi_geo.result import HomesResult
from anyi_geo.schema import CARE_LEVELS, CONSENTS
from anyi_geo.show.privacy import HELD_BACK, cells_hidden, sum_shown
from anyi_geo.show.suppression import Cell

HOME_SUPPORT = "home_support"
#: What becomes of a resident, as the summary calls it.
FATES = ("moved", "staying", HOME_SUPPORT)
_MAKE_UPS = {"consent": CONSENTS, "care_level": CARE_LEVELS}
_Key = tuple[str, ...]
#: Length of a key that tells consent or care level.
_MADE_UP = 3


@dataclass(frozen=True)
class HomePersons:
    """Counts of residents by key, and the form in which each is printed.

    Attributes
    ----------
    counts : mapping of tuple to int
        Keys: ``(home,)``; ``(home, fate)``; ``(home, "to", other home)``; ``(fate,)`` and ``("to", home)`` for the
        county; ``(home, fate, consent or care level)``; ``(fate, consent or care level)`` for the county. Nobody is 0.
    shown : mapping of tuple to int or str
        The same keys.
    """

    counts: Mapping[_Key, int] = field(default_factory=dict)
    shown: Mapping[_Key, int | str] = field(default_factory=dict)

    def cell(self, *key: str) -> int | str:
        """Return one number as it may be printed."""
        return self.shown.get(key, 0)

    def sum(self, keys: Iterable[_Key]) -> object:
        """Return a sum of numbers as it may stand beside them."""
        keys = list(keys)
        return sum_shown([self.cell(*key) for key in keys], sum(self.counts.get(key, 0) for key in keys))

    def after(self, home: str) -> object:
        """Return who lives in a home afterwards."""
        return self.sum([(home, "staying"), ("to", home)])

    def made_up(self, home: str, kind: str) -> object:
        """Return a home's residents of one consent or care level."""
        return self.sum([(home, fate, kind) for fate in FATES])

    def held(self, home: str) -> bool:
        """Return whether some stream of a home is not told."""
        own = [(key, cell) for key, cell in self.shown.items() if key[0] == home]
        return any(isinstance(cell, str) for key, cell in own if len(key) < _MADE_UP or key[1] == "to")

    def bare(self, home: str) -> bool:
        """Return whether some of the make-up of a home's streams is not told."""
        return any(isinstance(cell, str) for key, cell in self.shown.items() if key[0] == home)

    def any_held(self) -> bool:
        """Return whether some home's stream, or what somebody there said, is not told."""
        return any(isinstance(cell, str) for key, cell in self.shown.items() if key[-1] not in CARE_LEVELS)


def home_persons(homes: HomesResult | None) -> HomePersons:
    """Return the residents of a plan as they may be printed; without a plan nobody."""
    if homes is None or homes.flows.empty:
        return HomePersons()
    flows = homes.flows
    fates = ["staying" if a == b else HOME_SUPPORT if b == HOME_SUPPORT else "moved"
             for a, b in zip(flows["from_site"], flows["to_site"], strict=True)]  # fmt: skip
    rows = flows.assign(fate=fates, persons=flows["persons"].astype(int))
    found = _streams(rows)
    for column, known in _MAKE_UPS.items():
        found |= _made_up(rows, column, known, found)
    return HomePersons(
        {key: count for key, (count, _) in found.items()}, {key: cell for key, (_, cell) in found.items()}
    )


def _streams(rows: pd.DataFrame) -> dict[_Key, tuple[int, int | str]]:
    """Return homes and streams, the county's number of residents being printed."""
    cells: dict[_Key, Cell] = {("all",): Cell("out", "homes", int(rows["persons"].sum()), fixed=True)}
    for home, count in rows.groupby("from_site")["persons"].sum().items():
        cells[(str(home),)] = Cell("homes", ("home", home), int(count))
    for (home, fate, to), count in rows.groupby(["from_site", "fate", "to_site"])["persons"].sum().items():
        key = (str(home), "to", str(to)) if fate == "moved" else (str(home), str(fate))
        cells[key] = Cell(("home", home), ("to", to) if fate == "moved" else fate, int(count))
    moves = rows[rows["fate"] == "moved"]
    for to, count in moves.groupby("to_site")["persons"].sum().items():
        cells[("to", str(to))] = Cell(("to", to), "moved", int(count))
    for fate, count in rows.groupby("fate")["persons"].sum().items():
        cells[(str(fate),)] = Cell(fate, "out", int(count))
    shown = cells_hidden(list(cells.values()))
    found = {key: (cell.count, told) for (key, cell), told in zip(cells.items(), shown, strict=True)}
    for home, part in moves.groupby("from_site"):
        parts = [found[str(home), "to", str(to)] for to in dict.fromkeys(part["to_site"])]
        count = sum(number for number, _ in parts)
        found[str(home), "moved"] = (count, sum_shown([told for _, told in parts], count))  # type: ignore[assignment]
    return found


def _made_up(
    rows: pd.DataFrame, column: str, kinds: Sequence[str], streams: Mapping[_Key, tuple[int, int | str]]
) -> dict[_Key, tuple[int, int | str]]:
    """Return the streams told apart by one column, beside streams that are told and all residents, who are printed.

    A stream that is not told follows from its kinds: of those who go home everybody said no.
    """
    counts = {
        (str(home), str(fate), str(kind)): int(count)
        for (home, fate, kind), count in rows.groupby(["from_site", "fate", column])["persons"].sum().items()
    }
    own, sums = dict.fromkeys(key[:2] for key in counts), Counter[tuple[str, str]]()
    cells: dict[_Key, Cell] = {("all", "all"): Cell("rows", "homes", sum(counts.values()), fixed=True)}
    for home, fate in own:
        whole = sum(counts.get((home, fate, kind), 0) for kind in kinds)
        cells[home, fate, "all"] = Cell("homes", (home, fate), whole, fixed=not isinstance(streams[home, fate][1], str))
        for kind in kinds:
            count = counts.get((home, fate, kind), 0)
            cells[home, fate, kind] = Cell((home, fate), (fate, kind), count)
            sums[fate, kind] += count
    fates = sorted({fate for _, fate in own})
    for fate in fates:
        for kind in kinds:
            cells[fate, kind] = Cell((fate, kind), kind, sums[fate, kind])
    for kind in kinds:
        cells["all", kind] = Cell(kind, "rows", sum(sums[fate, kind] for fate in fates))
    shown = cells_hidden(list(cells.values()))
    found: dict[_Key, tuple[int, int | str]] = {}
    for (key, cell), told in zip(cells.items(), shown, strict=True):
        if key[-1] != "all":
            hidden = len(key) == _MADE_UP and isinstance(streams[key[:2]][1], str) and cell.count > 0
            found[key] = (cell.count, HELD_BACK if hidden else told)
    return found


def county_persons(homes: HomesResult) -> dict[str, object]:
    """Return the county's sums under their names in the summary, as they may be printed."""
    told = home_persons(homes)
    return {
        **{fate: told.cell(fate) for fate in FATES},
        "moved_without_consent": told.cell("moved", "no"),
        "moved_not_asked": told.cell("moved", "not_asked"),
        "said_no": told.cell("all", "no"),
        "not_asked": told.cell("all", "not_asked"),
    }
