"""Persons: from the county's census to town and rural, to units, to points; every margin holds to the person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anyi_geo.parameters import Parameters
from anyi_geo.schema import AGE_SEX_COLUMNS
from county_builder.facts import CENSUS_YEAR, FIVE_YEAR_AGES, SEXES, read_census, residence_totals
from county_builder.grid import stream
from county_builder.rounding import largest_remainder, round_table
from county_builder.settle import Settlement
from county_builder.terrain import Land

#: Middle age of each of the 36 columns, men first.
_AGE = np.tile(np.array(FIVE_YEAR_AGES) + 2.5, 2)
#: Relative presence of an age in the country against the town: the young and working have left (assumed shape).
_RURAL_AGES, _RURAL_PRESENCE = [7, 17, 22, 37, 45, 60, 70, 85], [1, 0.85, 0.7, 0.75, 1, 1, 1.08, 1.15]
_POINT_PERSONS = 440
_POINT_LIMIT = 500
_CARE_LEVELS = ("self", "partial", "full")


@dataclass(frozen=True, eq=False)
class People:
    """Demand points with their persons.

    Attributes
    ----------
    units : ndarray of int, shape (units, 36)
        Persons by age and sex per unit.
    points : ndarray of int, shape (points, 36)
        The same per demand point; points of a unit sum to it.
    xy : ndarray, shape (points, 2)
    unit : ndarray of int
        Unit of each point; within a unit the largest point comes first.
    needs : DataFrame
        Named columns per point: persons_*, children_school, left_behind, tekun_*.
    """

    units: np.ndarray
    points: np.ndarray
    xy: np.ndarray
    unit: np.ndarray
    needs: pd.DataFrame


def make_people(land: Land, settlement: Settlement, weights: dict[str, float], rates: Parameters, seed: int) -> People:
    """Settle the census on the units and points.

    Parameters
    ----------
    land : Land
    settlement : Settlement
    weights : dict
        Township to relative size of its town communities.
    rates : Parameters
    seed : int
    """
    random, units = stream(seed, 6), settlement.units
    town, rural = residence_totals()
    classes = _town_and_rural(np.array([town, rural]), rates.value("rural_share_60plus"))
    hamlet_persons = largest_remainder(settlement.size + 0.10, rural)
    tables = np.zeros((len(units), len(AGE_SEX_COLUMNS)), int)
    height = land.elevation_at(units[["x", "y"]].to_numpy())
    for is_rural in (True, False):
        rows = units.index[units["rural"] == is_rural].to_numpy()
        if is_rural:
            totals = np.bincount(settlement.unit, hamlet_persons, minlength=len(units))[rows].astype(int)
            tilt = random.normal(0, 0.22, len(rows)) + (height[rows] - 55) / 400
        else:
            size = units.loc[rows, "township"].map(weights).to_numpy(float) * random.lognormal(0, 0.28, len(rows))
            totals, tilt = largest_remainder(size, town), random.normal(0, 0.12, len(rows))
        tables[rows] = round_table(classes[int(is_rural)] * _tilted(tilt), totals, classes[int(is_rural)])
    parts, places, owner = [], [], []
    for row in units.index:
        is_rural = bool(units.at[row, "rural"])
        if is_rural:
            xy, persons = settlement.xy[settlement.unit == row], hamlet_persons[settlement.unit == row]
        else:
            xy, persons = _town_points(land, units.loc[row, ["x", "y"]].to_numpy(float), tables[row].sum(), random)
        order = np.argsort(-persons, kind="stable")
        xy, persons = xy[order], persons[order]
        tilt = random.normal(0, 0.3 if is_rural else 0.08, len(persons))
        parts.append(round_table((tables[row] + 0.02) * persons[:, None] * _tilted(tilt), persons, tables[row]))
        places.append(xy)
        owner.append(np.full(len(xy), row))
    points, unit = np.vstack(parts), np.concatenate(owner)
    needs = _needs(points, units["rural"].to_numpy(bool)[unit], rates, stream(seed, 7))
    return People(tables, points, np.vstack(places), unit, needs)


def _census_pyramid() -> np.ndarray:
    census = read_census()
    census = census[census["year"] == CENSUS_YEAR].set_index(["sex", "age_from"])["persons"]
    return np.array([census[sex, age] for sex in SEXES for age in FIVE_YEAR_AGES])


def _town_and_rural(totals: np.ndarray, share_60plus: float) -> np.ndarray:
    """Split the pyramid in two rows (town, rural) so that the given share of rural residents is 60 and over."""
    pyramid, old = _census_pyramid(), _AGE > 60
    presence = np.interp(_AGE, _RURAL_AGES, _RURAL_PRESENCE)
    low, high, table = 0.5, 6.0, np.empty((2, len(pyramid)))
    for _ in range(60):
        factor = (low + high) / 2
        table = np.array([pyramid.astype(float), pyramid * np.where(old, presence * factor, presence)])
        for _ in range(300):
            table *= (totals / table.sum(1))[:, None]
            table *= pyramid / table.sum(0)
        low, high = (factor, high) if table[1, old].sum() / totals[1] < share_60plus else (low, factor)
    return round_table(table, totals, pyramid)


def _tilted(tilt: np.ndarray) -> np.ndarray:
    """Return factors that make a place older (tilt > 0) or younger, one row a place."""
    return np.exp(tilt[:, None] * (_AGE - 35) / 30)


def _town_points(land: Land, centre: np.ndarray, persons: int, random: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Split a community into blocks of at most 500 persons, scattered about its centre on dry land."""
    count = int(np.ceil(persons / _POINT_PERSONS))
    parts = largest_remainder(random.uniform(0.93, 1.05, count), persons)
    if parts.max() > _POINT_LIMIT:
        raise ValueError(f"a town point of {parts.max()} persons is larger than {_POINT_LIMIT}")
    dry, radius, gap = land.grid.usable & ~land.wet, 95.0 * np.sqrt(count), 120.0
    placed = np.empty((0, 2))
    while len(placed) < count:
        tries = centre + random.normal(0, radius * 0.6, (60, 2))
        for xy in tries[dry[land.grid.cells(tries)]]:
            if len(placed) < count and np.hypot(*(placed - xy).T).min(initial=np.inf) > gap:
                placed = np.vstack([placed, xy])
        gap *= 0.9
    return placed, parts


def _needs(table: np.ndarray, rural: np.ndarray, rates: Parameters, random: np.random.Generator) -> pd.DataFrame:
    """Return the named groups of each point; pupils by single years within the five-year groups, the rest by rates."""
    total = table.sum(1)
    both = table[:, : len(FIVE_YEAR_AGES)] + table[:, len(FIVE_YEAR_AGES) :]
    old = {low: table[:, low < _AGE].sum(1) for low in (60, 65, 80)}
    needs = pd.DataFrame(
        {
            "persons_total": total,
            **{f"persons_{low}plus": persons for low, persons in old.items()},
            "persons_0_14": table[:, _AGE < 15].sum(1),
            "persons_town": np.where(rural, 0, total),
            "persons_rural": np.where(rural, total, 0),
        }
    )
    school = 0.8 * both[:, 1] + both[:, 2] + 0.2 * both[:, 3]
    needs["children_school"] = largest_remainder(school, round(school.sum()))
    share = np.where(rural, rates.value("left_behind_rural"), rates.value("left_behind_town"))
    left = needs["persons_0_14"].to_numpy() * share * random.gamma(6, 1 / 6, len(needs))
    needs["left_behind"] = np.minimum(largest_remainder(left, round(left.sum())), needs["persons_0_14"])
    tekun = round(rates.value("tekun_at_home") * needs["persons_rural"].sum())
    old_rural = np.repeat(np.arange(len(needs)), np.where(rural, needs["persons_60plus"], 0))
    who, level = random.choice(old_rural, tekun, replace=False), random.choice(3, tekun, p=care_shares(rates))
    for k, name in enumerate(_CARE_LEVELS):
        needs[f"tekun_{name}"] = np.bincount(who[level == k], minlength=len(needs))
    return needs


def care_shares(rates: Parameters) -> list[float]:
    """Return the shares of self-care, partly and fully dependent persons among the 特困."""
    self_care, partial = rates.value("tekun_self"), rates.value("tekun_partial")
    return [self_care, partial, 1 - self_care - partial]
