"""The planner's sites, homes and residents put in place of the county's."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from anyi_geo.bring.base import Feature
from anyi_geo.bring.merged import ENTERED, ENTERED_ERROR_M, MODELLED, NOT_CELLS, Merged, next_id, plain_values
from anyi_geo.bring.rows import Row
from anyi_geo.county.home_rules import home_faults
from anyi_geo.county.reading import RawFile
from anyi_geo.schema import CARE_LEVELS, RESIDENT_COLUMNS, RESIDENTS, SITES

_RESOURCES = {
    "jinglaoyuan": "jinglaoyuan",
    "county_centre_candidate": "welfare_institute",
    "yiyang_home": "yiyang_home",
    "clinic": "clinic",
}

_WISHES = tuple(f"residents_{level}_home_support" for level in CARE_LEVELS)


def put_sites(merged: Merged, rows: list[Row], *, replace_sites: bool) -> dict[str, str]:
    """Put sites in; return the identifier by the address of the row."""
    own: dict[str, str] = {}
    if replace_sites:
        kinds = {_kind(row, merged) for row in rows}
        matched = {row.id for row in rows}
        for key, feature in list(merged.sites.items()):
            modelled = feature.cells.get("attributes_status") == MODELLED and feature.cells.get("kind") in kinds
            if modelled and key not in matched:
                del merged.sites[key]
                merged.counts["sites_removed"] += 1
    for row in rows:
        key = row.id or next_id(merged.sites, "U", 3)
        known = merged.sites.get(key)
        cells = dict(known.cells) if known is not None else {}
        values = plain_values(row, NOT_CELLS)
        cells |= {**values, "site_id": key, "village_id": row.village_id, "township": row.township}
        cells["kind"] = _kind(row, merged)
        cells.setdefault("building_id", key)
        cells.setdefault("resource_type", _RESOURCES.get(str(cells["kind"])))
        if known is None or set(values) - {"name", "site_id", "kind", "building_id"}:
            cells["attributes_status"] = ENTERED
        place = known.place if known is not None else None
        if row.place is not None:
            place = row.place
            cells |= {"position_status": ENTERED, "position_error_m": ENTERED_ERROR_M}
        merged.sites[key] = Feature(cells, place)
        merged.counts["sites_new" if known is None else "sites_updated"] += 1
        own[row.entry.address] = key
        if set(RESIDENT_COLUMNS) & set(values):
            merged.stated.add(key)
        if "families_consulted" in values:
            merged.families_stated.add(key)
    return own


def _kind(row: Row, merged: Merged) -> str:
    known = merged.sites.get(row.id)
    default = "jinglaoyuan" if row.entry.sheet.key == "homes" else "xingfuyuan_candidate"
    return str(row.entry.parsed.get("kind") or (known.cells.get("kind") if known is not None else default))


def put_residents(merged: Merged, rows: list[Row], own: dict[str, str]) -> None:
    """List residents in their homes and count them by care level and consent."""
    listed: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        listed[own.get(row.village_id, row.village_id)].append(row)  # a new home goes by the address of its row
    merged.residents = [cells for cells in merged.residents if cells.get("site_id") not in listed]
    for key, residents in listed.items():
        counts = dict.fromkeys((*RESIDENT_COLUMNS, *_WISHES, "residents_yes_by_guardian"), 0)
        for row in residents:
            cells = {**plain_values(row, NOT_CELLS | {"home"}), "site_id": key, "origin_village_id": row.township}
            merged.residents.append(cells)
            counts[f"residents_{cells['care_level']}_{cells['consent']}"] += 1
            if cells.get("home_support") == "yes":
                counts[f"residents_{cells['care_level']}_home_support"] += 1
            if cells["consent"] == "yes" and cells.get("consent_by") == "guardian":
                counts["residents_yes_by_guardian"] += 1
        feature = merged.sites[key]
        stated = {name: feature.cells.get(name) for name in RESIDENT_COLUMNS}
        if key in merged.stated:
            counts |= {name: value for name, value in stated.items() if value is not None}
        total = {} if key in merged.stated else {"residents_total": len(residents)}
        asked = any("family_consulted" in row.entry.parsed for row in residents)
        # The list tells whose family was consulted: an older count beside it would only contradict.
        families = {"families_consulted": None} if asked and key not in merged.families_stated else {}
        cells = {**feature.cells, **counts, **total, **families, "attributes_status": ENTERED}
        merged.sites[key] = replace(feature, cells=cells)
        merged.counts["residents"] += len(residents)


def put_home_faults(merged: Merged, rows: list[Row], own: dict[str, str], residents: list[Row]) -> None:
    """Hold the homes that the planner touched against the rules of a county folder, in the planner's own rows."""
    touched = {own.get(row.village_id, row.village_id): row for row in reversed(residents)}
    touched |= {own[row.entry.address]: row for row in rows}
    files = {SITES: RawFile([dict(feature.cells) for feature in merged.sites.values()], [None] * len(merged.sites))}
    if merged.residents:
        files[RESIDENTS] = RawFile(merged.residents, [None] * len(merged.residents))
    for fault in home_faults(files):
        if fault.file == SITES and fault.id in touched:
            zh, en = (text.split(mark, 1)[-1] for text, mark in zip(fault.message, ("：", ": "), strict=True))
            merged.faults.append(touched[fault.id].entry.fault(fault.code, fault.column, fault.value, zh, en))
