"""Villages where several services for the old and for children stand side by side: what could be brought together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from anyi_geo.county.registers import SERVICES
from anyi_geo.result import RunResult
from anyi_geo.show.figures import plain, text_of
from anyi_geo.show.maps.words import STATES, place_name, short_place
from anyi_geo.show.privacy import small_hidden

if TYPE_CHECKING:
    from anyi_geo.county import County

CLINIC = "卫生院"
_KINDS = {"yiyang_home": "颐养之家", "clinic": CLINIC}
_FOR_THE_OLD = "老人"
#: Services of several kinds, and of one kind more than once.
SEVERAL, SAME = "#ffd43b", "#e8590c"


def service_signs(county: County, result: RunResult) -> dict[str, Any]:
    """Return the villages with two or more services, or with one of the departments' register, and the legend.

    A clinic is named but not counted: it cannot be brought together with a care site.
    """
    found: dict[str, list[tuple[str, str, str]]] = {}
    for village, kind, name, building in (*_planned(county, result), *_standing(county), *_registered(county)):
        if village in county.villages.index:
            found.setdefault(village, []).append((kind, name, building))
    listed = {village for village, *_ in _registered(county)}
    signs = [_sign(county, village, rows) for village, rows in found.items()]
    shown = [sign for sign in signs if sign["count"] > 1 or (sign["id"] in listed and sign["count"])]
    legend = [
        {"color": SEVERAL, "text": "同村几处服务（数字为处数）"},
        {"color": SAME, "text": "其中同类不止一处，可整合"},
    ]
    return {"services": shown, "serviceLegend": legend}


def _planned(county: County, result: RunResult) -> list[tuple[str, str, str, str]]:
    """Return the open care sites and the homes as (village, kind, name, building)."""
    sites = county.sites
    rows = [
        (text_of(row["village_id"]), "幸福院", _short(row), _building(county, row["site_id"]))
        for row in result.sites.to_dict("records")
    ]
    states = [] if result.homes is None else result.homes.states.to_dict("records")
    for row in states:
        if row["site_id"] in sites.index and row["state"] != "xingfuyuan":
            village = text_of(sites.at[row["site_id"], "village_id"])
            rows.append((village, STATES[row["state"]][0], _short(row), _building(county, row["site_id"])))
    return rows


def _standing(county: County) -> list[tuple[str, str, str, str]]:
    """Return what stands whatever is planned: dining homes and clinics."""
    rows = county.sites[county.sites["kind"].isin(list(_KINDS))]
    return [
        (text_of(row["village_id"]), _KINDS[row["kind"]], _short(row), text_of(row["building_id"]))
        for row in rows.to_dict("records")
    ]


def _registered(county: County) -> list[tuple[str, str, str, str]]:
    """Return the departments' own services: who is served, and how many; children in small numbers are not told."""
    out = []
    register = county.registers.get(SERVICES)
    for row in [] if register is None else register.to_dict("records"):
        place, site = row["place_id"], row["place_id"] in county.sites.index
        serves, persons = text_of(row["serves"]), plain(row["persons"])
        if persons is not None:
            persons = persons if serves == _FOR_THE_OLD else small_hidden(persons)
        told = "，".join(part for part in (serves, "" if persons is None else f"{persons} 人") if part)
        village = text_of(county.sites.at[place, "village_id"]) if site else place
        out.append((village, place_name(row["service"]), told, _building(county, place)))
    return out


def _sign(county: County, village: str, rows: list[tuple[str, str, str]]) -> dict[str, Any]:
    at, own = county.villages.geometry[village], county.villages.loc[village]
    kinds = Counter(kind for kind, _, _ in rows if kind != CLINIC)
    again = [f"{kind} {number} 处" for kind, number in kinds.items() if number > 1]
    buildings = Counter(building for kind, _, building in rows if building and kind != CLINIC)
    shared = any(number > 1 for number in buildings.values())
    return {
        "id": village,
        "lat": round(float(at.y), 5),
        "lon": round(float(at.x), 5),
        "name": f"{place_name(own['name'])}（{text_of(own['township'])}）",
        "count": kinds.total(),
        "color": SAME if again else SEVERAL,
        "rows": [
            *([kind, name or "–"] for kind, name, _ in rows),
            ["合计", f"{kinds.total()} 处，{len(kinds)} 类" + ("（卫生院不计）" if len(rows) > kinds.total() else "")],
            ["可整合", f"同类不止一处：{'、'.join(again)}" if again else ""],
            ["同一建筑", "有几处共用一栋房屋" if shared else ""],
        ],
    }


def _short(row: dict[str, Any]) -> str:
    return short_place(place_name(row["name"]), text_of(row["township"]))


def _building(county: County, site: str) -> str:
    return text_of(county.sites.at[site, "building_id"]) if site in county.sites.index else ""
