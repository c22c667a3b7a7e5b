"""When people move: waves with a cap, a home's residents together, and no one before there is a bed for him."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from anyi_geo.errors import ProblemError
from anyi_geo.plan.homes.kinds import HOME_SUPPORT

WAVE_COLUMNS = (
    "wave",
    "date",
    "notify_by",
    "assess_by",
    "from_site",
    "to_site",
    "care_level",
    "consent",
    "persons",
    "home_whole",
)
_KIND = ["from_site", "to_site", "care_level", "consent"]


@dataclass(frozen=True)
class WaveRules:
    """How fast people may be moved.

    Attributes
    ----------
    cap : int
        Most persons per wave, all homes together.
    days : int
        Days from one wave to the next.
    first : date
        Day of the first wave.
    expansion_ready : date
        Day from which added beds can be used.
    notice_days, assessment_days : int or None
        Days before a wave by which its residents and their families have the notice, and by which health is assessed
        and the agreement signed; None: nobody set them, and no day is told.
    """

    cap: int
    days: int
    first: date
    expansion_ready: date
    notice_days: int | None = None
    assessment_days: int | None = None


def plan_waves(flows: pd.DataFrame, free_beds: Mapping[str, int], rules: WaveRules) -> pd.DataFrame:
    """Put every move into a wave with a date.

    Homes of at most `cap` movers go whole, packed first-fit decreasing; a larger home fills waves of its own and its
    rest is packed like a small home. Waves of homes that agree go first, those with residents who were not asked last,
    so that time is left to ask. A wave that needs added beds waits until they are ready.

    Parameters
    ----------
    flows : DataFrame
        As in a plan.
    free_beds : mapping of centre to int
        Beds free there before anybody moves and before any is added.
    rules : WaveRules

    Returns
    -------
    DataFrame
        wave (from 1), date (ISO), notify_by and assess_by (ISO, "" where no days are set), from_site, to_site,
        care_level, consent, persons, home_whole (its movers all go in this wave); who goes to support at home is in no
        wave.

    Raises
    ------
    ProblemError
        A cap below 1 or days below 1.
    """
    if rules.cap < 1 or rules.days < 1:
        raise ProblemError(
            f"每批人数和间隔天数应至少为 1，现为 {rules.cap} 和 {rules.days}。",
            f"The cap and the days between waves must be at least 1, got {rules.cap} and {rules.days}.",
        )
    moves = flows[(flows["from_site"] != flows["to_site"]) & (flows["to_site"] != HOME_SUPPORT)]
    moves = moves.groupby(_KIND, as_index=False)["persons"].sum()
    waves = _ordered(_packed(_parties(moves, rules.cap), rules.cap))
    rows = []
    free, day = dict(free_beds), rules.first
    for number, wave in enumerate(waves, 1):
        for target, persons in wave.groupby("to_site")["persons"].sum().items():
            free[str(target)] = free.get(str(target), 0) - int(persons)
            if free[str(target)] < 0:
                day = max(day, rules.expansion_ready)
        notify, assess = (_before(day, days) for days in (rules.notice_days, rules.assessment_days))
        rows.append(wave.assign(wave=number, date=day.isoformat(), notify_by=notify, assess_by=assess))
        day += timedelta(days=rules.days)
    if not rows:
        return pd.DataFrame(columns=list(WAVE_COLUMNS))
    table = pd.concat(rows, ignore_index=True)
    table["home_whole"] = table.groupby("from_site")["wave"].transform("nunique") == 1
    return table[list(WAVE_COLUMNS)].sort_values(["wave", *_KIND], ignore_index=True)


def _before(day: date, days: int | None) -> str:
    return "" if days is None else (day - timedelta(days=days)).isoformat()


def fewest_waves(persons: int, cap: int) -> int:
    """Return the number of waves below which no plan can go."""
    return math.ceil(persons / cap)


def _parties(moves: pd.DataFrame, cap: int) -> list[pd.DataFrame]:
    """Return groups that travel together: homes, and pieces of homes larger than a wave."""
    parties = []
    for _, home in moves.groupby("from_site", sort=True):
        rest = home.reset_index(drop=True)
        while int(rest["persons"].sum()) > cap:
            before = rest["persons"].cumsum() - rest["persons"]
            first = rest["persons"].clip(upper=(cap - before).clip(lower=0))
            parties.append(rest.assign(persons=first)[first > 0])
            rest = rest.assign(persons=rest["persons"] - first)
            rest = rest[rest["persons"] > 0].reset_index(drop=True)
        parties.append(rest)
    return parties


def _packed(parties: list[pd.DataFrame], cap: int) -> list[pd.DataFrame]:
    """Pack parties into waves, first-fit decreasing, ties by the name of the home."""
    sized = sorted(parties, key=lambda party: (-int(party["persons"].sum()), str(party["from_site"].iloc[0])))
    waves: list[list[pd.DataFrame]] = []
    room: list[int] = []
    for party in sized:
        size = int(party["persons"].sum())
        place = next((k for k, left in enumerate(room) if left >= size), None)
        if place is None:
            waves.append([party])
            room.append(cap - size)
        else:
            waves[place].append(party)
            room[place] -= size
    return [pd.concat(wave, ignore_index=True) for wave in waves]


def _ordered(waves: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return waves with the fewest not asked first, then the fewest who said no, then by home."""

    def doubts(wave: pd.DataFrame) -> tuple[float, float, str]:
        persons = wave.groupby("consent")["persons"].sum()
        everyone = int(persons.sum())
        return (
            float(persons.get("not_asked", 0)) / everyone,
            float(persons.get("no", 0)) / everyone,
            str(wave["from_site"].min()),
        )

    return sorted(waves, key=doubts)
