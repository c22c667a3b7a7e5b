"""What the map's script draws: one block of plain data, short numbers, no markup."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from anyi_geo.county.coordinates import wgs84_to_gcj02
from anyi_geo.result import RunResult
from anyi_geo.show.figures import MODE_NAMES, batch_label, clock_text, share_of, text_of

if TYPE_CHECKING:
    from anyi_geo.county import County

#: Within the limit blue, beyond it orange: told apart by the colour-blind too.
_WITHIN = ("#08519c", "#3182bd", "#9ecae1")
_BEYOND = ("#fdbe85", "#e6550d", "#7f2704")
_NONE = "#ffffff"
_ROADS = (
    ("高速公路", ("motorway", "motorway_link"), "#3d6fb4", 3),
    ("国省道", ("trunk", "primary", "secondary"), "#c9553d", 2.2),
    ("县道", ("tertiary",), "#d9a441", 1.6),
    ("乡村道路", (), "#a5a39b", 0.8),
)
_STATES = {
    "centre": ("县级中心养老院", "#4b2e83"),
    "kept": ("保留的敬老院", "#8a63d2"),
    "civil_affairs_station": ("腾出：民政综合服务站", "#7a7c80"),
    "public_built_private_run": ("腾出：公建民营", "#a0724a"),
    "xingfuyuan": ("腾出：幸福院", "#0b7a5c"),
    "reserve": ("腾出：备用", "#b9bbc0"),
}
_MODES = {
    "own_kitchen": ("本点开伙", "#b8651b"),
    "delivered": ("配送", "#e3b505"),
    "none": ("不供餐", "#9a9ca0"),
    "unserved": ("未能供餐", "#c1121f"),
}
_ROUNDS = ("#1b6ca8", "#b8651b", "#2b8a3e", "#ae3ec9", "#c92a2a", "#5f3dc4", "#087f5b", "#846358")
_RESOURCES = {
    "school": "校舍",
    "yiyang_home": "颐养之家",
    "home_care_station": "居家养老服务站",
    "jinglaoyuan": "敬老院",
    "village_office": "村部",
}
_STATUSES = {
    "modelled": "模拟",
    "observed": "实测",
    "official": "官方",
    "county": "县里填报",
    "census": "普查",
    "found": "公开资料",
    "assumed": "假定",
}


def map_data(county: County, result: RunResult) -> dict[str, Any]:
    """Return the block of data that ``county_map.js`` draws."""
    middle = county.outline.geometry.iloc[0].centroid
    shifted = wgs84_to_gcj02(middle.x, middle.y)
    modes = list(result.nearest["mode"].drop_duplicates())
    headline = result.headline_mode if result.headline_mode in modes else modes[0]
    limit = _limit(result, headline)
    batches = [int(row["batch"]) for row in result.batches]
    return {
        "title": f"{county.name} · {result.run['title']}",
        "question": result.run["question"],
        "banner": _banner(county),
        "caption": "审图号：（待填）　资料来源：见 SOURCES.md；界线为示意，不作划界依据。",
        "figures": _figures(result, batches),
        "batches": [batch_label(batch) for batch in batches],
        "batchAll": batch_label(batches[-1]),
        "modes": [MODE_NAMES[mode].zh for mode in modes],
        "headline": modes.index(headline),
        "headlineName": MODE_NAMES[headline].zh,
        "limit": limit,
        "groups": [{"name": text_of(group["name"])} for group in result.groups.values()],
        "scale": _scale(limit),
        "gcj": [float(shifted[0] - middle.x), float(shifted[1] - middle.y)],
        **_ground(county),
        **_points(result, modes, batches),
        "sites": _sites(result),
        **_homes(result),
        **_meals(result),
    }


def _limit(result: RunResult, mode: str) -> float:
    weights = [group for group in result.groups.values() if group["weight"] > 0] or list(result.groups.values())
    return float(max(group["limit_minutes"][mode] for group in weights))


def _banner(county: County) -> str:
    modelled = sorted({fault.file for fault in county.warnings if fault.code == "W_MODELLED"})
    names = {
        "villages.geojson": "村的位置和人口",
        "hamlets.geojson": "自然村",
        "sites.geojson": "部分点位的位置和属性",
        "roads.gpkg": "道路",
        "boundaries/townships.geojson": "乡镇范围",
    }
    told = "、".join(names.get(name, name) for name in modelled)
    return f"模拟数据：{told}。只用于演示和检验方法，不能当作事实引用。" if told else "全部数据由县里提供或有公开来源。"


def _figures(result: RunResult, batches: list[int]) -> dict[str, Any]:
    groups = [name for name, group in result.groups.items() if group["weight"] > 0]
    modes = [mode for mode in (result.headline_mode, "walk") if mode in set(result.nearest["mode"])]
    rows = [
        [f"{text_of(result.groups[group]['short'])} · {MODE_NAMES[mode].zh}"]
        + [share_of(result, batch, group, mode).text() for batch in batches]
        for mode in dict.fromkeys(modes)
        for group in groups
    ]
    return {"head": ["时限内覆盖", *(batch_label(batch) for batch in batches)], "rows": rows}


def _scale(limit: float) -> dict[str, Any]:
    edges = [limit / 3, 2 * limit / 3, limit, limit * 4 / 3, limit * 2]
    colors = (*_WITHIN, *_BEYOND[:2])
    steps = [{"to": edge + 1e-9, "color": color} for edge, color in zip(edges, colors, strict=True)]
    lows = [0.0, *edges[:-1]]
    legend: list[dict[str, Any]] = [
        {"color": color, "text": f"{low:g}–{high:g}" + ("（时限）" if high == limit else "")}
        for low, high, color in zip(lows, edges, colors, strict=True)
    ]
    legend.append({"color": _BEYOND[2], "text": f"{edges[-1]:g} 以上"})
    legend.append({"color": _NONE, "text": "无路可达", "ring": True})
    return {"steps": steps, "beyond": _BEYOND[2], "none": _NONE, "legend": legend}


def _pack(line: shapely.Geometry) -> list[int]:
    """Return a line as differences of whole 1e-5 degrees, latitude before longitude."""
    if line.is_empty:
        return []
    grid = np.rint(shapely.get_coordinates(line)[:, ::-1] * 1e5).astype(int)
    keep = np.r_[True, np.any(np.diff(grid, axis=0) != 0, axis=1)]
    return np.diff(grid[keep], axis=0, prepend=np.zeros((1, 2), int)).ravel().tolist()


def _rounded(shapes: Any, digits: int = 4) -> dict[str, Any]:
    geometry = shapely.union_all([shape.boundary for shape in shapes])
    grid = shapely.set_precision(shapely.simplify(geometry, 10.0**-digits), 10.0**-digits)
    lines = [
        np.round(shapely.get_coordinates(part), digits).tolist() for part in shapely.get_parts(shapely.line_merge(grid))
    ]
    return {"type": "MultiLineString", "coordinates": lines}


def _ground(county: County) -> dict[str, Any]:
    known = {name for _, classes, _, _ in _ROADS for name in classes}
    roads = []
    for text, classes, color, weight in reversed(_ROADS):
        mine = county.edges["highway"].isin(classes) if classes else ~county.edges["highway"].isin(known)
        lines = [_pack(line) for line in county.edges.geometry[mine]]
        roads.append({"color": color, "weight": weight, "lines": lines, "text": text})
    rivers = []
    if county.rivers is not None:
        for width, line in zip(county.rivers["width_m"], county.rivers.geometry, strict=True):
            parts = [_pack(part) for part in shapely.get_parts(line)]
            rivers.append({"weight": max(0.7, min(5.0, float(width) / 40)), "lines": parts})
    terrain = None
    if county.terrain is not None:
        south, west, north, east = county.terrain.bounds
        picture = base64.b64encode(county.terrain.picture.read_bytes()).decode("ascii")
        terrain = {"url": f"data:image/png;base64,{picture}", "bounds": [[south, west], [north, east]]}
    middles = county.townships.geometry.representative_point()
    return {
        "outline": _rounded(county.outline.geometry),
        "townships": _rounded(county.townships.geometry),
        "townNames": [
            {"name": text_of(name), "lat": round(point.y, 5), "lon": round(point.x, 5)}
            for name, point in zip(county.townships["name"], middles, strict=True)
        ],
        "roads": roads,
        "roadLegend": [
            {"color": road["color"], "weight": road["weight"], "text": road["text"]} for road in roads[::-1]
        ],
        "rivers": rivers,
        "terrain": terrain,
    }


def _points(result: RunResult, modes: list[str], batches: list[int]) -> dict[str, Any]:
    points = result.points.set_index("point_id")
    ids = list(dict.fromkeys(site for site in result.nearest["site_id"] if isinstance(site, str)))
    number = {site: position for position, site in enumerate(ids)}
    names = {
        row["site_id"]: _short(text_of(row["name"]), text_of(row["township"]))
        for row in result.sites.to_dict("records")
    }
    where = result.sites.set_index("site_id") if len(result.sites) else pd.DataFrame(columns=["lat", "lon"])
    tables = {key: rows.set_index("point_id") for key, rows in result.nearest.groupby(["batch", "mode"])}
    site, minutes = [], []
    for batch in batches:
        rows = [tables[batch, mode].reindex(points.index) for mode in modes]
        site.append([[number.get(cell, -1) for cell in row["site_id"]] for row in rows])
        minutes.append([[round(v, 1) if math.isfinite(v) else None for v in row["minutes"]] for row in rows])
    counted = [group for group, found in result.groups.items() if found["weight"] > 0]
    served = sum((points[f"persons.{group}"] for group in counted), start=pd.Series(0, index=points.index))
    everyone = sum((points[f"persons.{group}"] for group in result.groups), start=pd.Series(0, index=points.index))
    villages = points.reset_index().drop_duplicates("village_id")
    position = {name: k for k, name in enumerate(points.index)}
    return {
        "siteNames": [text_of(names.get(name, name)) for name in ids],
        "siteLat": [float(where.at[name, "lat"]) for name in ids],
        "siteLon": [float(where.at[name, "lon"]) for name in ids],
        "points": {
            "lat": points["lat"].round(5).tolist(),
            "lon": points["lon"].round(5).tolist(),
            "name": [text_of(cell) for cell in points["name"]],
            "village": [text_of(cell) for cell in points["village"]],
            "township": [text_of(cell) for cell in points["township"]],
            "status": [_STATUSES.get(text_of(cell), text_of(cell)) for cell in points["position_status"]],
            "persons": [points[f"persons.{group}"].astype(int).tolist() for group in result.groups],
            "counted": (served > 0).astype(int).tolist(),
            "radius": [round(1.5 + math.sqrt(value) / 4.0, 1) for value in everyone],
            "site": site,
            "minutes": minutes,
            "meal": _meal_of_village(result, points),
        },
        "villages": [
            {
                "label": f"{text_of(row.village)}（{text_of(row.township)}）",
                "lat": row.lat,
                "lon": row.lon,
                "k": position[row.point_id],
            }
            for row in villages.itertuples()
        ],
    }


def _meal_of_village(result: RunResult, points: pd.DataFrame) -> list[str | None]:
    """Return how the dining points of every point's village are served; villages without one have none."""
    if result.meals is None:
        return [None] * len(points)
    stops = result.meals.stops
    names = dict(zip(stops["site_id"], stops["name"], strict=True))
    told: dict[str, str] = {}
    if "village_id" in stops:
        for row in stops.itertuples():
            text = _MODES[row.mode][0]
            if row.mode == "delivered":
                text = f"{names.get(row.kitchen, row.kitchen)} 配送，{clock_text(row.arrival_minute)} 到"
            told.setdefault(row.village_id, f"{text_of(row.name)}：{text}")
    return [told.get(village) for village in points["village_id"]]


def _sites(result: RunResult) -> list[dict[str, Any]]:
    out = []
    for row in result.sites.to_dict("records"):
        alone = row.get("only_here") or {}
        only = "，".join(
            f"{text_of(result.groups[name]['short'])} {count} 人"
            for name, count in alone.items()
            if name in result.groups and result.groups[name]["weight"] > 0
        )
        batch = int(row["batch"])
        out.append(
            {
                "lat": row["lat"],
                "lon": row["lon"],
                "batch": batch,
                "name": text_of(row["name"]),
                "short": _short(text_of(row["name"]), text_of(row["township"])),
                "rows": [
                    ["批次", text_of(result.batches[batch - 1]["name"])],
                    ["编号", text_of(row["site_id"])],
                    ["乡镇", text_of(row["township"])],
                    ["资源类型", _RESOURCES.get(text_of(row["resource_type"]), text_of(row["resource_type"]))],
                    ["层数", text_of(row.get("floors"))],
                    ["总面积", _unit(row.get("area_m2"), "m²")],
                    ["食堂", _unit(row.get("canteen_m2"), "m²")],
                    ["室外", _unit(row.get("outdoor_m2"), "m²")],
                    ["消防", text_of(row.get("fire_raw"))],
                    ["改造投入", _unit(row.get("opening_yuan"), "元")],
                    ["只有它够得着", only],
                    ["位置", _STATUSES.get(text_of(row.get("position_status")), "")],
                ],
            }
        )
    return out


def _short(name: str, township: str) -> str:
    """Return the place of a site's name: without its township before and its kind behind."""
    place = name.split("“", maxsplit=1)[0]
    return place.removeprefix(township).removeprefix("县红山管理处") or place


def _unit(value: Any, unit: str) -> str:
    text = text_of(value)
    return f"{float(text):,.10g} {unit}" if text else ""


def _homes(result: RunResult) -> dict[str, Any]:
    if result.homes is None:
        return {"homes": [], "moves": [], "homeLegend": []}
    states = result.homes.states
    names = dict(zip(states["site_id"], states["name"], strict=True))
    homes = [
        {
            "lat": row["lat"],
            "lon": row["lon"],
            "name": text_of(row["name"]),
            "color": _STATES[row["state"]][1],
            "rows": [
                ["整合后", _STATES[row["state"]][0]],
                ["床位", f"{row['beds_before']} → {row['beds_after']}"],
                ["入住", f"{row['residents_before']} → {row['residents_after']} 人"],
                ["护理员（测算）", f"{row['staff_before']} → {row['staff_after']} 人"],
                ["说明", text_of(row["reason_zh"])],
            ],
        }
        for row in states.to_dict("records")
    ]
    flows = result.homes.flows
    moves = []
    for line in _lines(result, "move"):
        own = flows[(flows["from_site"] == line["from_id"]) & (flows["to_site"] == line["to_id"])]
        by = own.groupby("consent")["persons"].sum()
        moves.append(
            {
                "line": _pack(line["geometry"]),
                "persons": int(own["persons"].sum()),
                "title": f"{text_of(names[line['from_id']])} → {text_of(names[line['to_id']])}",
                "rows": [
                    ["搬迁", f"{int(own['persons'].sum())} 人"],
                    ["同意", f"{int(by.get('yes', 0))} 人"],
                    ["不同意", f"{int(by.get('no', 0))} 人"],
                    ["未征询", f"{int(by.get('not_asked', 0))} 人"],
                    ["家属车程", f"{float(own['minutes'].max()):.0f} 分钟"],
                ],
            }
        )
    used = dict.fromkeys(states["state"])
    legend = [{"color": _STATES[state][1], "text": _STATES[state][0]} for state in _STATES if state in used]
    return {"homes": homes, "moves": moves, "homeLegend": legend}


def _meals(result: RunResult) -> dict[str, Any]:
    if result.meals is None:
        return {"stops": [], "rounds": []}
    frame = result.meals.stops
    names = dict(zip(frame["site_id"], frame["name"], strict=True))
    stops = [
        {
            "lat": row["lat"],
            "lon": row["lon"],
            "name": text_of(row["name"]),
            "color": _MODES[row["mode"]][1],
            "rows": [
                ["供餐方式", _MODES[row["mode"]][0]],
                ["每餐份数", text_of(row["meals"])],
                ["厨房", text_of(names.get(row["kitchen"], ""))],
                ["送达", clock_text(float(row["arrival_minute"])) if row["mode"] == "delivered" else ""],
                ["出锅到交接", _unit(_rounded_minutes(row["elapsed_minutes"]), "分钟")],
                ["说明", text_of(row["reason_zh"])],
            ],
        }
        for row in frame.to_dict("records")
    ]
    legs: dict[str, list[Any]] = {}
    for line in _lines(result, "round"):
        legs.setdefault(line["id"], []).append(_pack(line["geometry"]))
    rounds = [
        {
            "color": _ROUNDS[position % len(_ROUNDS)],
            "title": f"{row['round_id']} · {text_of(names.get(row['kitchen'], row['kitchen']))}",
            "legs": legs.get(row["round_id"], []),
            "rows": [
                ["出发", clock_text(float(row["departure_minute"]))],
                ["份数", text_of(row["meals"])],
                ["顺序", " → ".join(text_of(names.get(stop, stop)) for stop in row["order"])],
                ["最长出锅到交接", f"{float(row['elapsed_minutes']):.0f} 分钟"],
                ["每趟费用", f"{float(row['cost_yuan']):.1f} 元"],
            ],
        }
        for position, row in enumerate(result.meals.rounds.to_dict("records"))
    ]
    return {"stops": stops, "rounds": rounds}


def _rounded_minutes(value: Any) -> Any:
    return round(float(value)) if value is not None and math.isfinite(float(value)) else None


def _lines(result: RunResult, kind: str) -> list[dict[str, Any]]:
    if result.lines is None or not len(result.lines):
        return []
    rows = result.lines[result.lines["kind"] == kind]
    return rows.sort_values(["id", "order"]).to_dict("records")
