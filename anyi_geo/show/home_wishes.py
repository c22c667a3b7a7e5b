"""What residents, families and staff said, as it may be printed: one set of numbers for sheets, pages and sentences.

The residents of a home are families that agree, that were consulted and do not, or that nobody consulted; its staff
likewise. The parts of every home and of the county are hidden together, so that no opinion of one or two is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from anyi_geo.result import HomesResult
from anyi_geo.schema import CONSENTS
from anyi_geo.show.home_persons import HomePersons, home_persons
from anyi_geo.show.privacy import HELD_BACK, cells_hidden, parts_hidden, sum_shown
from anyi_geo.show.suppression import Cell

COUNTY = "county"
_SAID = dict(zip(("said_yes", "said_no", "not_asked"), CONSENTS, strict=True))


@dataclass(frozen=True)
class Asked:
    """The columns of one kind of people who are asked, and how many of them there are."""

    whole: str
    asked: str
    agree: str
    unheard: str


FAMILIES = Asked("residents", "families_consulted", "families_agree", "families_not_heard")
STAFF = Asked("staff_present", "staff_asked", "staff_agree", "staff_not_heard")
#: How the people of a home are told apart.
_PARTS = ("agree", "rest", "unheard")


@dataclass(frozen=True)
class HomeWishes:
    """The table of wishes as it may be printed.

    Attributes
    ----------
    shown : mapping of home (or "county") to mapping of column to int, str or None
        None is not registered.
    """

    shown: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def cell(self, home: str, column: str) -> object:
        """Return one cell as it may be printed; None where nothing is registered."""
        return self.shown.get(home, {}).get(column)

    def held(self, home: str, people: Asked) -> bool:
        """Return whether the number of those still to be heard is held back; where all were, of those who agree."""
        unheard = self.cell(home, people.unheard)
        return HELD_BACK in ((unheard,) if unheard else (self.cell(home, people.asked), self.cell(home, people.agree)))


def persons_zh(word: str, cell: object) -> str:
    """Return so many persons after a word, as a sentence tells them."""
    return f"{word}（不列）" if cell == HELD_BACK else f"{word} {cell} 人"


def home_wishes(homes: HomesResult | None) -> HomeWishes:
    """Return the wishes of a plan as they may be printed; without a plan none."""
    rows = pd.DataFrame() if homes is None else homes.tables.get("wishes", pd.DataFrame())
    if rows.empty:
        return HomeWishes()
    told, rows = home_persons(homes), rows.set_index("site_id")
    own, county = rows.drop(index=COUNTY), rows.loc[COUNTY]
    shown = {str(home): _residents(told, str(home), row) for home, row in own.iterrows()}
    guardians = [cells["by_guardian"] for cells in shown.values()]
    shown[COUNTY] = {
        "residents": int(county["residents"]),
        **{column: told.cell("all", consent) for column, consent in _SAID.items()},
        "by_guardian": None if pd.isna(county["by_guardian"]) else sum_shown(guardians, int(county["by_guardian"])),
    }
    hidden = {str(home) for home in own.index if isinstance(told.cell(str(home)), str)}
    for people, held in ((FAMILIES, hidden), (STAFF, set[str]())):
        for home, cells in _heard(own, county, people, held).items():
            shown[home] |= cells
    for home in hidden:
        if pd.isna(own.at[home, FAMILIES.asked]):
            # Nobody was consulted that anyone knows of: the number is that of the residents.
            shown[home][FAMILIES.unheard] = told.cell(home)
    for home, row in own.iterrows():
        shown[str(home)][STAFF.whole] = _count(row[STAFF.whole])
    shown[COUNTY][STAFF.whole] = _count(county[STAFF.whole])
    return HomeWishes(shown)


def _residents(told: HomePersons, home: str, row: pd.Series) -> dict[str, object]:
    """Return a home's residents by what they said; a guardian's yes is part of the yes."""
    yes = told.made_up(home, "yes")
    cells: dict[str, object] = {
        "residents": told.cell(home),
        **{column: told.made_up(home, consent) for column, consent in _SAID.items()},
        "by_guardian": None,
    }
    if pd.notna(row["by_guardian"]):
        given = int(row["by_guardian"])
        cells["by_guardian"] = (
            HELD_BACK if isinstance(yes, str) else parts_hidden([given, int(row["said_yes"]) - given])[0]
        )
    return cells


def _heard(own: pd.DataFrame, county: pd.Series, people: Asked, held: Collection[str]) -> dict[str, dict[str, object]]:
    """Return who was asked, agrees and was not heard, per home and for the county.

    Of the homes in `held` not even the number of people is told, hence no part of it; a reader knows their sum only.
    """
    parts = {str(home): _parts(row, people) for home, row in own.iterrows()}
    joined: dict[str, int] = {}
    for home in held:
        for name, count in parts[home].items():
            joined[name] = joined.get(name, 0) + count
    rows = {home: counts for home, counts in parts.items() if home not in held} | ({"": joined} if joined else {})
    cells = {
        (home, name): Cell(("row", home), name, count)
        for home, counts in rows.items()
        for name, count in counts.items()
    }
    for name in _PARTS:
        cells[COUNTY, name] = Cell(name, "all", sum(counts.get(name, 0) for counts in rows.values()))
    for home, counts in rows.items():
        cells[home, "all"] = Cell("all", ("row", home), sum(counts.values()), fixed=True)
    shown = dict(zip(cells, cells_hidden(list(cells.values())), strict=True))
    out = {}
    for home, row in own.iterrows():
        told = {name: HELD_BACK if home in held else shown[str(home), name] for name in parts[str(home)]}
        out[str(home)] = _cells(told, row, people)
    out[COUNTY] = _cells({name: shown[COUNTY, name] for name in _PARTS}, county, people)
    return out


def _parts(row: pd.Series, people: Asked) -> dict[str, int]:
    """Return the parts of a home's people that somebody wrote down: those that agree, the rest of those asked, others.

    Where nobody wrote down who agrees, all who were asked are the rest: a reader knows that too.
    """
    asked, agree, unheard = (_count(row[name]) for name in (people.asked, people.agree, people.unheard))
    parts = {} if agree is None else {"agree": agree}
    parts |= {} if asked is None else {"rest": asked - (agree or 0)}
    return parts | ({} if unheard is None else {"unheard": unheard})


def _cells(told: Mapping[str, object], row: pd.Series, people: Asked) -> dict[str, object]:
    asked, agree, unheard = (_count(row[name]) for name in (people.asked, people.agree, people.unheard))
    return {
        people.asked: None if asked is None else sum_shown([told.get("agree", 0), told["rest"]], asked),
        people.agree: None if agree is None else told["agree"],
        people.unheard: None if unheard is None else told["unheard"],
    }


def _count(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
