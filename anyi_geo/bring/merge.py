"""The planner's rows put in place of the county's modelled ones; what stays modelled keeps saying so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from anyi_geo.bring.base import Base, Feature
from anyi_geo.bring.consistency import part_faults
from anyi_geo.bring.datum import metres_between
from anyi_geo.bring.layout import PERSONS
from anyi_geo.bring.merge_sites import put_home_faults, put_residents, put_sites
from anyi_geo.bring.merged import ENTERED, ENTERED_ERROR_M, MODELLED, NOT_CELLS, Merged, plain_values
from anyi_geo.bring.names import stem_of
from anyi_geo.bring.numbers import half_width
from anyi_geo.bring.people import completed, split
from anyi_geo.bring.resolve import Resolved
from anyi_geo.bring.rows import Row
from anyi_geo.schema import AGE_SEX_COLUMNS

_SOURCE = "县里填报"


def merge(base: Base, resolved: Resolved, basis: str, *, replace_sites: bool) -> Merged:
    """Return the county with the planner's rows in it.

    Parameters
    ----------
    base : Base
    resolved : Resolved
        Without rows that have errors.
    basis : {"resident", "hukou", "unknown"}
        What the planner's persons are.
    replace_sites : bool
        Drop modelled sites of the uses that the planner brings.
    """
    merged = Merged(
        dict(base.villages),
        dict(base.hamlets),
        dict(base.sites),
        [dict(row) for row in base.parameters],
        [dict(row) for row in base.residents],
    )
    by_village: dict[str, list[str]] = defaultdict(list)
    for key, feature in base.hamlets.items():
        by_village[str(feature.cells["village_id"])].append(key)
    sites_of: dict[str, list[str]] = defaultdict(list)
    for key, feature in base.sites.items():
        sites_of[str(feature.cells.get("village_id"))].append(key)
    for row in resolved.rows["villages"]:
        _put_village(merged, row, basis)
        _move_along(merged, base, row, by_village, sites_of)
    _put_hamlets(merged, resolved.rows["hamlets"], by_village, basis)
    own = put_sites(merged, [*resolved.rows["sites"], *resolved.rows["homes"]], replace_sites=replace_sites)
    put_residents(merged, resolved.rows["residents"], own)
    put_home_faults(merged, [*resolved.rows["sites"], *resolved.rows["homes"]], own, resolved.rows["residents"])
    _put_parameters(merged, resolved.rows["parameters"])
    return merged


def _put_village(merged: Merged, row: Row, basis: str) -> None:
    code = row.id
    known = merged.villages.get(code)
    was = dict(known.cells) if known is not None else {}
    persons = frozenset({*PERSONS, *AGE_SEX_COLUMNS})
    cells = {**was, "village_id": code, "township": row.township or was.get("township")}
    cells |= plain_values(row, NOT_CELLS | persons)
    if known is not None and stem_of(str(was.get("name")))[0] in half_width(str(cells.get("name"))):
        cells["name"] = was["name"]  # 码头村委会 is 码头村: the county's list keeps its names
    cells.setdefault("rural", not str(cells.get("name", "")).endswith("社区"))
    given = {name: int(row.entry.parsed[name]) for name in row.entry.parsed if name in persons}
    if {"persons_total", "persons_60plus"} <= set(given):
        cells |= completed(was, given, rural=bool(cells["rural"]))
        cells |= {"persons_status": ENTERED, "persons_basis": basis, "persons_given": ";".join(given)}
        merged.counts["villages_persons"] += 1
    place = known.place if known is not None else None
    if row.place is not None:
        place = row.place
        cells |= {"position_status": ENTERED, "position_error_m": ENTERED_ERROR_M}
        merged.counts["villages_positions"] += 1
    merged.counts["villages_new"] += known is None
    merged.villages[code] = Feature(cells, place)


def _move_along(
    merged: Merged, base: Base, row: Row, hamlets: dict[str, list[str]], sites: dict[str, list[str]]
) -> None:
    """Move what is modelled around a village by the way the village moved: its surroundings came with its place."""
    known = base.villages.get(row.id)
    if known is None or known.place is None or row.place is None:
        return
    shift = np.subtract(row.place, known.place)
    for table, name, keys in ((merged.hamlets, "hamlets", hamlets[row.id]), (merged.sites, "sites", sites[row.id])):
        moved = [
            key for key in keys if table[key].place is not None and table[key].cells.get("position_status") == MODELLED
        ]
        if not moved:
            continue
        places = np.array([table[key].place for key in moved], float) + shift
        if base.ground.outline is not None:
            places[~shapely.contains_xy(base.ground.outline, places)] = row.place
        apart = metres_between(
            places[:, 0], places[:, 1], *np.broadcast_to(np.array(row.place)[:, None], (2, len(moved)))
        )
        error = float(max(ENTERED_ERROR_M, np.ceil(np.sqrt(np.mean(apart**2)))))
        for key, place in zip(moved, places, strict=True):
            cells = {**table[key].cells, "position_error_m": error}
            table[key] = Feature(cells, (float(place[0]), float(place[1])))
        merged.counts[f"{name}_moved_along"] += len(moved)


def _put_hamlets(merged: Merged, rows: list[Row], by_village: dict[str, list[str]], basis: str) -> None:
    """Put natural villages in, and split the persons of every village that changed over its own."""
    own: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        own[row.village_id].append(row)
    for village, brought in own.items():
        kept = by_village[village] if all(not row.new for row in brought) else []
        for key in by_village[village]:
            if key not in kept:
                del merged.hamlets[key]
                merged.counts["hamlets_removed"] += 1
        by_village[village] = list(kept)
        for row in brought:
            key = _put_hamlet(merged, row, village)
            if key not in by_village[village]:
                by_village[village].append(key)
        _sum_up(merged, village, brought, by_village[village], basis)
    if not merged.hamlets and not own:
        return
    for code, feature in merged.villages.items():
        if not by_village[code]:
            key = f"{code}-01"
            by_village[code].append(key)
            status = {name: feature.cells[name] for name in ("position_status", "position_error_m")}
            cells = {"hamlet_id": key, "village_id": code, "name": feature.cells["name"], **status}
            merged.hamlets[key] = Feature(cells, feature.place)
        whole = {name: int(feature.cells.get(name) or 0) for name in PERSONS}
        parts = [merged.hamlets[key].cells for key in by_village[code]]
        blank = any(part.get(name) is None for part in parts for name in PERSONS)
        if blank or any(sum(int(part[name]) for part in parts) != whole[name] for name in PERSONS):
            given = _given_by_all(own.get(code, []), by_village[code])
            for key, persons in zip(by_village[code], split(whole, parts, given), strict=True):
                merged.hamlets[key] = replace(merged.hamlets[key], cells={**merged.hamlets[key].cells, **persons})
    order = {code: number for number, code in enumerate(merged.villages)}
    merged.hamlets = dict(
        sorted(merged.hamlets.items(), key=lambda item: order.get(str(item[1].cells["village_id"]), 0))
    )


def _given_by_all(rows: list[Row], keys: list[str]) -> frozenset[str]:
    if len(rows) < len(keys) or not rows:
        return frozenset()
    return frozenset(set.intersection(*(set(row.entry.parsed) & set(PERSONS) for row in rows)))


def _put_hamlet(merged: Merged, row: Row, village: str) -> str:
    key, number = row.id, 1
    while not key:
        if f"{village}-{number:02d}" not in merged.hamlets:
            key = f"{village}-{number:02d}"
        number += 1
    known = merged.hamlets.get(key)
    cells = {**(known.cells if known is not None else {}), "hamlet_id": key, "village_id": village}
    cells |= plain_values(row, NOT_CELLS)
    place = known.place if known is not None else None
    if row.place is not None:
        place = row.place
        cells |= {"position_status": ENTERED, "position_error_m": ENTERED_ERROR_M}
    merged.hamlets[key] = Feature(cells, place)
    merged.counts["hamlets"] += 1
    return key


def _sum_up(merged: Merged, village: str, brought: list[Row], keys: list[str], basis: str) -> None:
    """Make the village the sum of its natural villages where the planner entered those; differing sums are a fault."""
    given = frozenset(set.intersection(*(set(row.entry.parsed) & set(PERSONS) for row in brought)))
    feature = merged.villages[village]
    if not {"persons_total", "persons_60plus"} <= given:
        return
    sums = {name: sum(int(merged.hamlets[key].cells.get(name) or 0) for key in keys) for name in given}
    stated = set(str(feature.cells.get("persons_given") or "").split(";")) & {*PERSONS, *AGE_SEX_COLUMNS}
    entered = {name: int(feature.cells[name]) for name in stated}
    entry = brought[0].entry
    faults = [
        entry.fault(
            "E_SUM_DIFFERS", name, sums[name],
            f"{feature.cells['name']}各自然村合计 {sums[name]:,}，村庄表是 {entered[name]:,}，请核对哪一个是对的。",
            f"the natural villages of {village} sum to {sums[name]:,}, the village has {entered[name]:,}.",
        )
        for name in sorted(set(entered) & set(sums))
        if sums[name] != entered[name]
    ]  # fmt: skip
    whole = sums | entered
    faults = faults or list(part_faults(entry, whole))
    if faults:
        merged.faults += faults
        return
    cells = {**feature.cells, **completed(feature.cells, whole, rural=bool(feature.cells.get("rural")))}
    cells |= {"persons_status": ENTERED, "persons_given": ";".join(sorted(whole))}
    cells["persons_basis"] = feature.cells.get("persons_basis") if entered else basis
    merged.villages[village] = replace(feature, cells=cells)
    merged.counts["villages_persons"] += not entered


def _put_parameters(merged: Merged, rows: list[Row]) -> None:
    by_key = {str(row.get("key")): row for row in merged.parameters}
    for row in rows:
        known = by_key[row.id]
        values = row.entry.parsed
        changed = parameter_changes(values, known)
        if not changed:
            continue
        known.update(changed)
        known["low"] = min(float(known["low"]), float(known["value"]))
        known["high"] = max(float(known["high"]), float(known["value"]))
        known["status"] = ENTERED
        source = str(values.get("source") or "")
        known["source"] = source if source and source != str(known.get("source")) else _SOURCE
        merged.counts["parameters"] += 1


def parameter_changes(values: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of a parameter that differ from the county's."""
    return {
        name: float(values[name])
        for name in ("value", "low", "high")
        if name in values and float(values[name]) != float(known[name])
    }
