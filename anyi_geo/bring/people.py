"""Persons split and scaled in whole numbers, so that parts keep summing to their whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from anyi_geo.bring.layout import PERSONS
from anyi_geo.schema import AGE_SEX_COLUMNS

_OLD = tuple(name for name in AGE_SEX_COLUMNS if name.endswith("85plus") or int(name.split("_")[1]) >= 60)
_CHILDREN = tuple(name for name in AGE_SEX_COLUMNS if int(name.split("_")[1].removesuffix("plus")) < 15)
_GROWN = tuple(name for name in AGE_SEX_COLUMNS if name not in {*_OLD, *_CHILDREN})


def shares_of(total: int, weights: Sequence[float]) -> list[int]:
    """Return `total` split in proportion to `weights` in whole numbers, largest remainder first.

    Ties go to the earlier part; without any weight the parts are as equal as they can be.
    """
    if not len(weights):
        return []
    weight = np.asarray(weights, float)
    if weight.sum() <= 0:
        weight = np.ones(len(weight))
    exact = total * weight / weight.sum()
    whole = np.floor(exact).astype(int)
    rest = total - int(whole.sum())
    order = np.lexsort((np.arange(len(exact)), -(exact - whole)))
    whole[order[:rest]] += 1
    return [int(value) for value in whole]


def completed(row: Mapping[str, Any], given: Mapping[str, int], rural: bool) -> dict[str, int]:
    """Return every person column of a village: those given, the others scaled to agree with them.

    Parameters
    ----------
    row : mapping
        The village as it was; a column it lacks counts 0.
    given : mapping
        Columns that the planner entered, persons_total and persons_60plus among them.
    rural : bool
        Where nobody lived before, a rural village's persons are rural.
    """
    was = {name: int(row.get(name) or 0) for name in (*PERSONS, *AGE_SEX_COLUMNS)}
    total, elders = given["persons_total"], given["persons_60plus"]
    young = total - elders
    now = dict(given)

    def scaled(name: str, base: str, most: int) -> None:
        if name not in now:
            share = was[name] / was[base] if was[base] else 0.0
            now[name] = min(round(share * now[base]), most)

    scaled("persons_65plus", "persons_60plus", elders)
    now["persons_65plus"] = max(now["persons_65plus"], min(given.get("persons_80plus", 0), elders))
    scaled("persons_80plus", "persons_65plus", now["persons_65plus"])
    scaled("persons_0_14", "persons_total", young)
    for name in ("children_school", "left_behind", "tekun_self", "tekun_partial", "tekun_full"):
        scaled(name, "persons_total", total)
    if "persons_rural" in given:
        now.setdefault("persons_town", total - given["persons_rural"])
    elif "persons_town" in given:
        now["persons_rural"] = total - given["persons_town"]
    elif was["persons_total"]:
        now["persons_town"], now["persons_rural"] = shares_of(total, [was["persons_town"], was["persons_rural"]])
    else:
        now["persons_town"], now["persons_rural"] = (0, total) if rural else (total, 0)
    if not set(AGE_SEX_COLUMNS) <= set(given):
        children = min(now["persons_0_14"], young)
        for names, persons in ((_OLD, elders), (_CHILDREN, children), (_GROWN, young - children)):
            now.update(zip(names, shares_of(persons, [was[name] for name in names]), strict=True))
    return {name: max(0, now[name]) for name in (*PERSONS, *AGE_SEX_COLUMNS)}


def within(total: int, weights: Sequence[float], room: Sequence[int]) -> list[int]:
    """Return `total` split like `shares_of` with no part above its room; what does not fit goes to the roomiest.

    Raises
    ------
    ValueError
        When the room is less than the total: the caller's whole does not hold its part.
    """
    if total > sum(room):
        raise ValueError(f"{total} persons do not fit into {sum(room)}")
    parts = [min(part, most) for part, most in zip(shares_of(total, weights), room, strict=True)]
    rest = total - sum(parts)
    while rest:
        k = max(range(len(parts)), key=lambda j: (room[j] - parts[j], -j))
        step = min(rest, max(1, (room[k] - parts[k]) // 2))
        parts[k] += step
        rest -= step
    return parts


#: A column of persons and the columns in which it must fit (their difference, for the second).
_ROOM = {
    "persons_60plus": ("persons_total", ""),
    "persons_65plus": ("persons_60plus", ""),
    "persons_80plus": ("persons_65plus", ""),
    "persons_0_14": ("persons_total", "persons_60plus"),
    "children_school": ("persons_total", "persons_60plus"),
    "persons_town": ("persons_total", ""),
}


def split(
    village: Mapping[str, int], old: Sequence[Mapping[str, Any]], given: frozenset[str] = frozenset()
) -> list[dict[str, int]]:
    """Return the persons of a village split over its natural villages.

    Parameters
    ----------
    village : mapping
        Every column of persons.
    old : sequence of mapping
        The natural villages as they were (weights), or as the planner entered them (columns in `given`).
    given : frozenset of str
        Columns that stand; they sum to the village's.
    """
    rows: list[dict[str, int]] = [{} for _ in old]
    was_80 = [int(row["persons_80plus"]) if "persons_80plus" in given else 0 for row in old]
    for name in PERSONS:
        was = [int(row.get(name) or 0) for row in old]
        if name in given:
            parts = was
        elif name == "persons_town" and "persons_rural" in given:
            parts = [
                row["persons_total"] - int(was_row["persons_rural"]) for row, was_row in zip(rows, old, strict=True)
            ]
        elif name == "persons_rural":
            parts = [row["persons_total"] - row["persons_town"] for row in rows]
        else:
            weights = was if sum(was) else [row.get("persons_total", 1) for row in rows]
            least = was_80 if name == "persons_65plus" else [0] * len(old)
            parts = _fitted(name, village[name], weights, rows, least)
        for row, part in zip(rows, parts, strict=True):
            row[name] = part
    return rows


def _fitted(
    name: str, total: int, weights: Sequence[float], rows: list[dict[str, int]], least: Sequence[int]
) -> list[int]:
    whole, taken = _ROOM.get(name, ("persons_total", ""))
    if name == "persons_total":
        return shares_of(total, weights)
    room = [row[whole] - row.get(taken, 0) for row in rows]
    # Pupils and the very old may overlap what a planner entered; then only the whole itself bounds them.
    if sum(room) < total:
        room = [row[whole] for row in rows]
    beyond = within(total - sum(least), weights, [most - low for most, low in zip(room, least, strict=True)])
    return [low + more for low, more in zip(least, beyond, strict=True)]
