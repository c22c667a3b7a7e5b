"""What the maps call things, and the few colours that carry a meaning."""

from __future__ import annotations

from anyi_geo.show.figures import text_of

#: Within the limit blue, beyond it orange: told apart by the colour-blind too.
WITHIN = ("#08519c", "#3182bd", "#9ecae1")
BEYOND = ("#fdbe85", "#e6550d", "#7f2704")
NONE = "#ffffff"
#: Covered shares of townships, in fifths.
SHARES = ("#f2f0f7", "#cbc9e2", "#9e9ac8", "#756bb1", "#54278f")
GAIN, LOSS, UNCHANGED = "#08519c", "#e6550d", "#d8d5cc"
#: Roads are ground: told apart by width, in greys, so that colour is left to what is planned.
ROADS = (
    ("高速公路", ("motorway", "motorway_link"), "#77736a", 3.2),
    ("国省道", ("trunk", "primary", "secondary"), "#938e83", 2.2),
    ("县道", ("tertiary",), "#aaa598", 1.5),
    ("乡村道路", (), "#c2beb2", 0.8),
)
STATES = {
    "centre": ("县级中心养老院", "#4b2e83"),
    "kept": ("保留的敬老院", "#8a63d2"),
    "civil_affairs_station": ("腾出：民政综合服务站", "#7a7c80"),
    "public_built_private_run": ("腾出：公建民营", "#a0724a"),
    "xingfuyuan": ("腾出：幸福院", "#0b7a5c"),
    "reserve": ("腾出：备用", "#b9bbc0"),
}
BEFORE = "#c98a2b"
MODES = {
    "own_kitchen": ("本点开伙", "#b8651b"),
    "delivered": ("配送", "#e3b505"),
    "none": ("无助餐需求", "#9a9ca0"),
    "unserved": ("未能供餐", "#d0208a"),
}
KITCHEN = ("中心厨房", "#8c3b0a")
ROUNDS = ("#1b6ca8", "#d6336c", "#2b8a3e", "#7048e8", "#0ca5b8", "#6b7a00", "#343a40", "#ae3ec9")
RESOURCES = {
    "school": "校舍",
    "yiyang_home": "颐养之家",
    "home_care_station": "居家养老服务站",
    "jinglaoyuan": "敬老院",
    "village_office": "村部",
}
STATUSES = {
    "modelled": "模拟",
    "observed": "实测",
    "official": "官方",
    "county": "县里填报",
    "census": "普查",
    "found": "公开资料",
    "assumed": "假定",
}
MODELLED_FILES = {
    "villages.geojson": "村的位置和人口",
    "hamlets.geojson": "自然村",
    "sites.geojson": "部分点位的位置和属性",
    "roads.gpkg": "道路",
    "boundaries/townships.geojson": "乡镇范围",
}


def resource_name(resource: str) -> str:
    """Return the resource type as planners call it."""
    return RESOURCES.get(resource, resource)


def status_name(status: str) -> str:
    """Return where a position comes from, in a word."""
    return STATUSES.get(status, status)


#: Longest name beside a sign or in a list; the whole of it stands in the popup.
_LONGEST = 12
UNNAMED = "（未命名）"


def place_name(name: object) -> str:
    """Return a name as it stands in the data, blanks run together; an empty one is said to be missing."""
    return " ".join(text_of(name).split()) or UNNAMED


def short_place(name: str, township: str) -> str:
    """Return the place of a site's name: without its township before, its kind and remarks in brackets behind."""
    place = place_name(name).split("“", maxsplit=1)[0].split("（", maxsplit=1)[0]
    short = place.removeprefix(township).removeprefix("县红山管理处") or place or place_name(name)
    return short if len(short) <= _LONGEST else f"{short[: _LONGEST - 1]}…"


def scale(limit: float) -> dict[str, object]:
    """Return the colours of minutes around a limit, with their legend."""
    edges = [limit / 3, 2 * limit / 3, limit, limit * 4 / 3, limit * 2]
    colors = (*WITHIN, *BEYOND[:2])
    steps = [{"to": edge + 1e-9, "color": color} for edge, color in zip(edges, colors, strict=True)]
    lows = [0.0, *edges[:-1]]
    legend: list[dict[str, object]] = [
        {"color": color, "text": f"{low:g}–{high:g}" + ("（时限）" if high == limit else "")}
        for low, high, color in zip(lows, edges, colors, strict=True)
    ]
    legend.append({"color": BEYOND[2], "text": f"{edges[-1]:g} 以上"})
    legend.append({"color": NONE, "text": "无路可达", "ring": True})
    return {"limit": limit, "steps": steps, "beyond": BEYOND[2], "none": NONE, "legend": legend}
