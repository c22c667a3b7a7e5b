"""What was drawn by hand: assumptions about the lie of the land, in longitude and latitude (WGS84).

Rivers, hills and roads could not be taken from a free source here, so their rough course is sketched from what is
published: the ports (埠, 洲, 港) lie on the water, hills stand in the east and north-west, the expressway has its exit
at 石鼻.
"""

from __future__ import annotations

from dataclasses import dataclass

Degrees = tuple[float, float]


@dataclass(frozen=True)
class RiverSketch:
    """Control points of a river's centre line and its width."""

    name: str
    width_m: float
    points: tuple[Degrees, ...]


@dataclass(frozen=True)
class RidgeSketch:
    """A line of hills: relative height and half width."""

    height: float
    width_m: float
    points: tuple[Degrees, ...]


_NORTH_LIAO = (
    *((115.478, 28.842), (115.503, 28.8475), (115.530, 28.8455), (115.5475, 28.8405), (115.566, 28.836)),
    *((115.590, 28.8435), (115.612, 28.8505), (115.632, 28.8600), (115.648, 28.8665)),
)
_SOUTH_LIAO = (
    *((115.425, 28.768), (115.455, 28.762), (115.485, 28.761), (115.513, 28.775), (115.540, 28.786), (115.568, 28.787)),
    *((115.596, 28.791), (115.617, 28.803), (115.630, 28.825), (115.641, 28.848), (115.648, 28.8665)),
)
_LIAO = (
    *((115.648, 28.8665), (115.655, 28.882), (115.652, 28.903), (115.660, 28.922), (115.672, 28.940)),
    (115.679, 28.962),
)
RIVERS = (
    RiverSketch("北潦河", 110.0, _NORTH_LIAO),
    RiverSketch("南潦河", 150.0, _SOUTH_LIAO),
    RiverSketch("潦河", 210.0, _LIAO),
)

#: The west slope of 梅岭 in the east, the foothills of 九岭 in the north-west.
RIDGES = (
    RidgeSketch(1.15, 3000.0, ((115.68, 28.81), (115.705, 28.835), (115.735, 28.842), (115.775, 28.855))),
    RidgeSketch(0.60, 2600.0, ((115.74, 28.90), (115.765, 28.93))),
    RidgeSketch(
        1.05, 2500.0, ((115.668, 28.79), (115.642, 28.745), (115.640, 28.70), (115.61, 28.655), (115.578, 28.60))
    ),
    RidgeSketch(1.25, 4200.0, ((115.455, 29.00), (115.485, 28.985), (115.505, 28.955))),
    RidgeSketch(0.70, 2400.0, ((115.50, 28.93), (115.51, 28.895))),
    RidgeSketch(0.60, 2600.0, ((115.53, 29.02), (115.57, 28.985))),
    RidgeSketch(0.50, 2200.0, ((115.535, 28.70), (115.53, 28.64), (115.525, 28.59))),
)

#: Where the area of a township grows from when its seat lies at the rim of it.
AREA_CENTRES: dict[str, Degrees] = {
    "鼎湖镇": (115.553, 28.812),
    "龙津镇": (115.556, 28.857),
    "万埠镇": (115.666, 28.880),
    "东阳镇": (115.612, 28.898),
}

#: Where trunk roads leave the county.
GATES: dict[str, Degrees] = {
    "north": (115.592, 28.9655),
    "far north": (115.515, 29.0185),
    "west": (115.4885, 28.8435),
    "south-west": (115.4365, 28.762),
    "south": (115.548, 28.586),
    "east": (115.7545, 28.8735),
    "south-east": (115.6385, 28.712),
    "north-east": (115.715, 28.925),
}

#: National, provincial and county roads: two seats or a seat and a gate.
NATIONAL_ROADS = (
    ("万埠镇", "长埠镇"),
    ("长埠镇", "石鼻镇"),
    ("石鼻镇", "乔乐乡"),
    ("乔乐乡", "south"),
    ("东阳镇", "north"),
    ("万埠镇", "东阳镇"),
)
PROVINCIAL_ROADS = (("龙津镇", "鼎湖镇"), ("鼎湖镇", "石鼻镇"), ("龙津镇", "东阳镇"), ("龙津镇", "west"))
COUNTY_ROADS = (
    ("龙津镇", "新民乡"),
    ("鼎湖镇", "长埠镇"),
    ("鼎湖镇", "黄洲镇"),
    ("黄洲镇", "石鼻镇"),
    ("万埠镇", "长均乡"),
    ("新民乡", "东阳镇"),
    ("国营万埠垦殖场", "万埠镇"),
    ("国营万埠垦殖场", "长均乡"),
    ("新民乡", "far north"),
    ("黄洲镇", "south-west"),
    ("长均乡", "east"),
    ("石鼻镇", "south-east"),
    ("长均乡", "north-east"),
)
EXPRESSWAY: tuple[Degrees, ...] = (
    *((115.4365, 28.7475), (115.468, 28.7500), (115.505, 28.7525), (115.545, 28.7470), (115.580, 28.7420)),
    *((115.612, 28.7350), (115.646, 28.7195)),
)
EXPRESSWAY_EXIT = "石鼻镇"

#: Communities that are villages in their way of life; every village committee is rural.
RURAL_COMMUNITIES = ("方岗", "龙翔", "庄上", "隔港", "郭家山", "向家坪")
COUNTY_SEAT = "龙津镇"
FARM = "国营万埠垦殖场"
