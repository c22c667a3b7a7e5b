"""The land: rivers bent from the sketch, heights that meet the published shares, brooks for the eye."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy import ndimage
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from county_builder import sketch
from county_builder.grid import CELL_M, Grid, bent_line, fractal, make_grid, metres, move_graph, stream

#: Published: water 6.75 %, plain 43.71 %, low hill 32.24 %, high hill 9.3 %, low mountain 8 %, 23 to 712 m. The heights
#: at which one class ends and the next begins are assumed.
_SHARES = (0.0, 0.0675, 0.35, 0.5046, 0.70, 0.827, 0.92, 0.965, 0.99, 1.0)
_HEIGHTS_M = (23.0, 27.0, 38.0, 50.0, 78.0, 115.0, 210.0, 340.0, 520.0, 712.0)
_BROOKS = 34


@dataclass(frozen=True, eq=False)
class River:
    """A river's centre line in metres."""

    name: str
    width_m: float
    line: shapely.LineString


@dataclass(frozen=True, eq=False)
class Land:
    """The ground on which everything is settled; arrays over the cells of the grid."""

    outline: shapely.Geometry
    grid: Grid
    rivers: tuple[River, ...]
    elevation: np.ndarray
    slope: np.ndarray
    river_distance: np.ndarray
    wet: np.ndarray

    def elevation_at(self, xy: np.ndarray) -> np.ndarray:
        """Return the height of points in metres."""
        return self.elevation[self.grid.cells(xy)]

    def water(self, margin_m: float = 0.0) -> shapely.Geometry:
        """Return the area of the rivers, wider by a margin on both banks."""
        return shapely.union_all([river.line.buffer(river.width_m / 2 + margin_m) for river in self.rivers])


def make_land(outline: shapely.Geometry, seed: int) -> Land:
    """Model rivers and heights over an outline in metres."""
    grid, random = make_grid(outline), stream(seed, 1)
    rivers = tuple(
        River(r.name, r.width_m, shapely.simplify(bent_line(metres(r.points), 60.0, random, sway_m=150.0), 4.0))
        for r in sketch.RIVERS
    )
    distance, nearest = _river_distance(grid, rivers)
    widths = np.array([river.width_m for river in rivers])
    wet = distance < np.maximum(widths[nearest] / 2, CELL_M * 0.75)
    elevation = _elevation(grid, distance, seed)
    slope = np.hypot(*np.gradient(elevation, CELL_M))
    return Land(outline, grid, rivers, elevation, slope, distance, wet)


def _river_distance(grid: Grid, rivers: tuple[River, ...]) -> tuple[np.ndarray, np.ndarray]:
    points = [shapely.get_coordinates(shapely.segmentize(river.line, 25.0)) for river in rivers]
    owner = np.repeat(np.arange(len(rivers)), [len(p) for p in points])
    distance, which = cKDTree(np.vstack(points)).query(grid.points())
    return distance.reshape(grid.shape), owner[which].reshape(grid.shape)


def _elevation(grid: Grid, river_distance: np.ndarray, seed: int) -> np.ndarray:
    """Rise from the rivers to the ridges, roughen, then map ranks to the published shares of land classes."""
    random = stream(seed, 2)
    raw = 0.42 * np.clip(river_distance / 9000, 0, 1) ** 0.8
    for ridge in sketch.RIDGES:
        line = np.ones(grid.shape, bool)
        line[
            grid.cells(shapely.get_coordinates(shapely.segmentize(shapely.LineString(metres(ridge.points)), 60.0)))
        ] = False
        away = ndimage.distance_transform_edt(line) * CELL_M
        raw += 0.95 * ridge.height * np.exp(-((away / ridge.width_m) ** 1.5))
    spurs = 1 - np.abs(fractal(grid.shape, random, (16, 8, 4, 2), 0.9))
    rough = fractal(grid.shape, random, (40, 20, 10, 5), 0.9)
    raw += 0.16 * rough * np.clip(river_distance / 2500, 0.15, 1) + 0.26 * np.clip(raw, 0, 1.1) * spurs
    heights = np.interp(raw, np.quantile(raw[grid.inside], _SHARES), _HEIGHTS_M)
    return ndimage.gaussian_filter(heights, 0.8)


def brooks(land: Land, seed: int) -> list[shapely.LineString]:
    """Return small streams as cheapest descents from the hills; drawn only, they cost a road nothing."""
    grid, random = land.grid, stream(seed, 13)
    climb = np.exp(np.clip(land.elevation, 0, 400) / 45) * np.exp(0.5 * fractal(grid.shape, random, (3, 7), 0.4))
    hills = np.flatnonzero((grid.inside & (land.elevation > 70) & (land.elevation < 260)).ravel())
    _, back, _ = dijkstra(
        move_graph(np.where(grid.inside, climb, np.inf)),
        indices=np.flatnonzero(land.wet & grid.inside),
        return_predecessors=True,
        min_only=True,
    )
    seen: set[int] = set()
    lines = []
    for source in random.choice(hills, _BROOKS, replace=False):
        way = [int(source)]
        while back[way[-1]] >= 0 and way[-1] not in seen:
            way.append(int(back[way[-1]]))
        seen.update(way)
        if len(way) > 25:
            xy = grid.centres(np.array(way))
            soft = np.vstack([xy[:1], ndimage.gaussian_filter1d(xy, 2.5, axis=0)[1:-1], xy[-1:]])
            lines.append(shapely.simplify(shapely.LineString(soft), 12.0))
    return lines
