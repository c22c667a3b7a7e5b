"""Natural villages first, settled on the land; administrative villages second, grouped from them and then named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import ndimage, optimize
from scipy.cluster.vq import kmeans2

from anyi_geo.parameters import Parameters
from county_builder import sketch
from county_builder.facts import read_official_sites
from county_builder.grid import CELL_M, Grid, fractal, stream
from county_builder.rounding import largest_remainder
from county_builder.terrain import Land

_WATER_SIGNS = "埠洲港江岸溪河湖"
_HILL_SIGNS = "岭峤山垅坑堎坪岗"
_NEAR_SEAT = ("城北",)
#: Weight of the prior against one kilometre of a misplaced namesake (6): worth about half a kilometre at full strength.
_PRIOR_WEIGHT = 3.0
_KNOWN_COUNT = "石鼻镇"


@dataclass(frozen=True, eq=False)
class Settlement:
    """Who lives where, before persons are counted.

    Attributes
    ----------
    units : DataFrame
        The 133 villages and communities with x, y, main (row of the main hamlet, -1 for communities), position_error_m.
    xy : ndarray, shape (hamlets, 2)
        Natural villages.
    unit : ndarray of int
        Row of `units` that each natural village belongs to.
    size : ndarray
        Relative size of each natural village.
    """

    units: pd.DataFrame
    xy: np.ndarray
    unit: np.ndarray
    size: np.ndarray


def settle(
    land: Land, townships: pd.DataFrame, label: np.ndarray, villages: pd.DataFrame, rates: Parameters, seed: int
) -> Settlement:
    """Place natural villages, group them into the rural units of each township, name the groups, place communities."""
    random = stream(seed, 5)
    comfort = habitability(land, seed)
    rural = villages[villages["rural"]].groupby("township").size().reindex(townships["name"], fill_value=0).to_numpy()
    counts = _hamlet_counts(townships, rural, label, comfort, rates)
    xy, town = _draw_hamlets(land.grid, comfort, label, counts, stream(seed, 4))
    size = _sizes(land, xy, rates, stream(seed, 17))
    units = villages.assign(x=np.nan, y=np.nan, main=-1, position_error_m=0)
    unit = np.full(len(xy), -1)
    for k, seat in enumerate(townships.itertuples(index=False)):
        mine = units.index[(units["township"] == seat.name) & units["rural"]]
        here = np.flatnonzero(town == k)
        if len(mine):
            group = _balanced_groups(xy[here], len(mine), random)
            named = _name_groups(land, seat, units.loc[mine, "short"], xy[here], size[here], group, rates, random)
            for row, g in zip(mine, named, strict=True):
                members = here[group == g]
                unit[members] = row
                _place_rural(units, row, members, here, xy, seat, random)
        communities = units.index[(units["township"] == seat.name) & ~units["rural"]]
        _place_communities(units, communities, land, label == k, seat, random)
    mains = units.loc[units["main"] >= 0, "main"].to_numpy()
    size[mains] *= 1.9  # the committee's own village is the largest as a rule
    return Settlement(units, xy, unit, size)


def habitability(land: Land, seed: int) -> np.ndarray:
    """Return how readily people settle in each cell: valley floors and plains up, slopes and hills down, clustered."""
    relief = ndimage.gaussian_filter(land.elevation, 6)
    good = np.interp(land.elevation, [23, 27, 50, 80, 115, 210, 350], [0.5, 0.9, 1.0, 0.55, 0.22, 0.03, 0.004])
    good = good * np.exp(np.clip((relief - land.elevation) / 25, -1, 1)) * np.exp(-land.slope / 0.08)
    good = good * np.exp(0.75 * fractal(land.grid.shape, stream(seed, 3), (16, 8), 0.6))
    return np.where(land.grid.usable & (land.river_distance > 170), good, 0.0)


def _hamlet_counts(
    townships: pd.DataFrame, rural: np.ndarray, label: np.ndarray, comfort: np.ndarray, rates: Parameters
) -> np.ndarray:
    """Split the published number of natural villages; that of 石鼻 is published itself."""
    weight = np.array([comfort[label == k].sum() for k in range(len(townships))]) ** 0.35 * rural**0.8
    known = int(np.flatnonzero(townships["name"] == _KNOWN_COUNT)[0])
    weight[known] = 0
    shibi = int(rates.value("hamlets_shibi"))
    counts = largest_remainder(weight, int(rates.value("hamlets_total")) - shibi)
    counts[known] = shibi
    return counts


def _draw_hamlets(
    grid: Grid, comfort: np.ndarray, label: np.ndarray, counts: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw points by habitability; the distance to neighbours varies and shrinks until all have found room."""
    found = []
    for k, count in enumerate(counts):
        cells = np.flatnonzero(((label == k) & (comfort > 0)).ravel())
        chance = comfort.ravel()[cells]
        mine, gap = np.empty((0, 2)), 420.0
        while len(mine) < count:
            for cell in random.choice(cells, size=400, p=chance / chance.sum()):
                xy = grid.centres([cell])[0] + random.uniform(-0.5, 0.5, 2) * CELL_M
                near = np.hypot(*(mine - xy).T).min(initial=np.inf)
                if len(mine) < count and near > gap * random.uniform(0.55, 1.5):
                    mine = np.vstack([mine, xy])
            gap *= 0.9
        found.append(mine)
    return np.vstack(found), np.repeat(np.arange(len(counts)), counts)


def _sizes(land: Land, xy: np.ndarray, rates: Parameters, random: np.random.Generator) -> np.ndarray:
    skew = random.lognormal(0, rates.value("hamlet_size_sigma"), len(xy))
    return skew * np.interp(land.elevation_at(xy), [30, 60, 120, 300], [1.1, 1.0, 0.7, 0.4])


def _balanced_groups(xy: np.ndarray, groups: int, random: np.random.Generator, least: int = 4) -> np.ndarray:
    """Group points into compact parts of uneven but bounded size.

    Every centre first takes its `least`, then the rest go to the nearest centre with room; centres move, eight times.
    """
    centres, _ = kmeans2(xy, groups, minit="++", rng=random, iter=30)
    most, least = int(np.ceil(1.7 * len(xy) / groups)), min(least, len(xy) // groups)
    group = np.full(len(xy), -1)
    for _ in range(8):
        away = np.hypot(*(xy[:, None] - centres[None]).transpose(2, 0, 1))
        group = np.full(len(xy), -1)
        row, column = optimize.linear_sum_assignment(np.repeat(away, least, axis=1).T)
        group[column] = row // least
        count = np.bincount(group[group >= 0], minlength=groups)
        for point in np.argsort(away.min(1), kind="stable"):
            if group[point] < 0:
                group[point] = next(g for g in np.argsort(away[point], kind="stable") if count[g] < most)
                count[group[point]] += 1
        centres = np.array([xy[group == g].mean(0) for g in range(groups)])
    return group


def _name_groups(
    land: Land,
    seat: tuple,
    names: pd.Series,
    xy: np.ndarray,
    size: np.ndarray,
    group: np.ndarray,
    rates: Parameters,
    random: np.random.Generator,
) -> np.ndarray:
    """Return the group of each name: hints in the names, and the declared prior for villages of official sites.

    The prior: planners put the official sites in larger, more central villages. ``site_prior`` 0 switches it off.
    """
    groups = range(len(names))
    centre = np.array([xy[group == g].mean(0) for g in groups])
    persons = np.array([size[group == g].sum() for g in groups])
    to_all = np.array([np.average(np.hypot(*(xy - c).T), weights=size) for c in centre])
    rank = (persons.argsort().argsort() + (-to_all).argsort().argsort()) / (2 * max(1, len(names) - 1))
    official = read_official_sites()
    sited = set(official.loc[official["township_listed"] == seat.name, "short"])
    prior = rates.value("site_prior") * _PRIOR_WEIGHT
    cell = land.grid.cells(centre)
    height, river = land.elevation[cell], land.river_distance[cell]
    cost = np.zeros((len(names), len(names)))
    for i, name in enumerate(names):
        cost[i] = _name_hint(name, seat, centre, height, river) - prior * rank * (name in sited)
    return optimize.linear_sum_assignment(cost + random.uniform(0, 0.8, cost.shape))[1]


def _name_hint(name: str, seat: tuple, xy: np.ndarray, height: np.ndarray, river: np.ndarray) -> np.ndarray:
    """Return what it costs to give a name to each group: water names near water, the seat's namesake at the seat."""
    if name in _NEAR_SEAT:
        return 6 * np.hypot(*(xy - [seat.x, seat.y + 1500]).T) / 1000
    if name == seat.name[:2]:
        return 6 * np.hypot(*(xy - [seat.x, seat.y]).T) / 1000
    if any(sign in name for sign in _WATER_SIGNS) or name == "码头":
        return 1.2 * river / 1000
    if any(sign in name for sign in _HILL_SIGNS):
        return -height / 60
    return np.zeros(len(xy))


def _place_rural(
    units: pd.DataFrame,
    row: int,
    members: np.ndarray,
    town: np.ndarray,
    xy: np.ndarray,
    seat: tuple,
    random: np.random.Generator,
) -> None:
    """Put the village's point at its most central hamlet; its error is the mean way to any hamlet of the township."""
    main = members[np.argmin(np.hypot(*(xy[members] - xy[members].mean(0)).T))]
    short = units.at[row, "short"]
    anywhere = np.hypot(*(xy[town] - xy[main]).T).mean()
    error = seat.error_m + 700 if short in (seat.name[:2], *_NEAR_SEAT) else anywhere
    units.loc[row, ["x", "y"]] = xy[main] + random.normal(0, 40, 2)
    units.loc[row, ["main", "position_error_m"]] = [main, int(round(error, -2))]


def _place_communities(
    units: pd.DataFrame, rows: pd.Index, land: Land, mine: np.ndarray, seat: tuple, random: np.random.Generator
) -> None:
    """Scatter the communities of a town about its seat, on dry land of the township, some hundred metres apart."""
    spread = 1500.0 if seat.name == sketch.FARM else (420 if len(rows) > 2 else 260) * np.sqrt(max(1, len(rows)))
    # These two seats are one town with a river between: the larger half lies north, the other keeps to the south.
    shift = {sketch.COUNTY_SEAT: (100, 260), "鼎湖镇": (0, -500)}.get(seat.name, (0, 0))
    dry = mine & land.grid.usable & (land.river_distance > 160)
    placed = np.empty((0, 2))
    for row in rows:
        gap = spread * 0.29
        while True:
            tries = np.array([seat.x, seat.y]) + shift + random.normal(0, spread * 0.42, (400, 2))
            room = np.array([np.hypot(*(placed - xy).T).min(initial=np.inf) > gap for xy in tries])
            fit = np.flatnonzero(room & dry[land.grid.cells(tries)])
            if len(fit):
                break
            gap, spread = gap * 0.9, spread * 1.05
        placed = np.vstack([placed, tries[fit[0]]])
        units.loc[row, ["x", "y"]] = tries[fit[0]]
        units.at[row, "position_error_m"] = int(round(seat.error_m + spread * 0.62, -2))
