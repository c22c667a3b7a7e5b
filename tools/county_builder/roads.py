"""Which roads there are: trunk roads of the sketch, links between villages, ways to natural villages, town streets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from scipy import ndimage
from scipy.spatial import cKDTree

from anyi_geo.parameters import Parameters
from county_builder import sketch
from county_builder.grid import bent_line, fractal, metres, stream
from county_builder.paths import RoadCanvas, gabriel
from county_builder.people import People
from county_builder.terrain import Land

#: Stages of drawing; a smaller number is a bigger road.
NATIONAL, PROVINCIAL, COUNTY, LINK, HAMLET, STREET = range(6)
_TRUNK_REUSE = {NATIONAL: 0.5, PROVINCIAL: 0.55, COUNTY: 0.5}
_TRUNK_RIVER_COST = 9.0
_LOOP_REUSE = 0.31


def draw_roads(
    land: Land, townships: pd.DataFrame, units: pd.DataFrame, people: People, rates: Parameters, seed: int
) -> RoadCanvas:
    """Draw every road but the expressway, from the biggest to the smallest."""
    grid, random = land.grid, stream(seed, 8)
    cost, trunk = _costs(land, rates, seed)
    canvas = RoadCanvas(grid, cost, trunk, np.zeros(grid.shape, bool))
    dry = np.isfinite(cost) & ~land.wet
    places = dict(zip(townships["name"], grid.nearest(townships[["x", "y"]].to_numpy(), dry), strict=True))
    places |= dict(zip(sketch.GATES, grid.nearest(metres(np.array(list(sketch.GATES.values()))), dry), strict=True))
    for stage, pairs in (
        (NATIONAL, sketch.NATIONAL_ROADS),
        (PROVINCIAL, sketch.PROVINCIAL_ROADS),
        (COUNTY, sketch.COUNTY_ROADS),
    ):
        for a, b in pairs:
            canvas.connect(places[a], places[b], stage, _TRUNK_REUSE[stage], trunk=True)
    _link_villages(canvas, units[["x", "y"]].to_numpy(), dry, rates, random)
    rural = units["rural"].to_numpy(bool)[people.unit]
    canvas.join(LINK)
    _town_streets(canvas, people.xy[~rural], dry)
    canvas.join(STREET)
    _reach_points(canvas, people, rural, dry, rates, random)
    return canvas


def _costs(land: Land, rates: Parameters, seed: int) -> tuple[np.ndarray, np.ndarray]:
    usable, slope, height = land.grid.usable, land.slope, land.elevation
    rough = np.exp(fractal(land.grid.shape, stream(seed, 11), (1.5, 3, 6, 12), 0.3))
    village = np.where(land.wet, rates.value("river_cost"), (1 + 9 * slope + height / 400) * rough)
    gentle = np.exp(0.85 * fractal(land.grid.shape, stream(seed, 12), (3, 7, 16), 0.45))
    trunk = (1 + 15 * slope + np.clip(height - 40, 0, 400) / 70) * gentle
    trunk = np.where(land.wet, _TRUNK_RIVER_COST, trunk)
    return np.where(usable, village, np.inf), np.where(usable, trunk, np.inf)


def _link_villages(
    canvas: RoadCanvas, xy: np.ndarray, dry: np.ndarray, rates: Parameters, random: np.random.Generator
) -> None:
    """Join neighbouring villages; all pairs would make ways straighter than real ones, so long links are thinned."""
    cells = canvas.grid.nearest(xy, dry)
    longest, kept = rates.value("road_link_longest_m"), rates.value("road_link_kept")
    for a, b, length in gabriel(xy):
        if length < longest and (length < 1400 or random.random() < kept):
            canvas.connect(cells[a], cells[b], LINK, rates.value("reuse_cost"))


def _reach_points(
    canvas: RoadCanvas,
    people: People,
    rural: np.ndarray,
    dry: np.ndarray,
    rates: Parameters,
    random: np.random.Generator,
) -> None:
    """Reach every demand point, the largest natural villages first, then close loops between neighbours."""
    cells, hamlets = canvas.grid.nearest(people.xy, dry), np.flatnonzero(rural)
    largest_first = hamlets[np.argsort(-people.needs["persons_total"].to_numpy()[hamlets], kind="stable")]
    for part in np.array_split(largest_first, 3):
        canvas.attach(cells[part], HAMLET)
    canvas.attach(cells[~rural], STREET)
    for a, b, length in gabriel(people.xy[hamlets]):
        if 250 < length < 1400 and random.random() < rates.value("road_loop_kept"):
            canvas.connect(cells[hamlets[a]], cells[hamlets[b]], HAMLET, _LOOP_REUSE)


def _town_streets(canvas: RoadCanvas, xy: np.ndarray, dry: np.ndarray) -> None:
    """Lay a grid of streets, about 300 m apart, where town points are dense."""
    grid = canvas.grid
    dense = cKDTree(xy).query_ball_point(grid.points(), 330, return_length=True).reshape(grid.shape) >= 2
    dense, width = ndimage.binary_closing(dense, iterations=2) & dry, grid.shape[1]
    for axis in (0, 1):
        for k in range(2, dense.shape[axis], 4 + axis):
            line = (dense[k] if axis == 0 else dense[:, k]).astype(int)
            change = np.diff(np.r_[0, line, 0])
            for start, end in zip(np.flatnonzero(change == 1), np.flatnonzero(change == -1), strict=True):
                if end - start >= 4:
                    cells = range(start, end)
                    canvas.lay([k * width + c if axis == 0 else c * width + k for c in cells], STREET)


def expressway(outline: shapely.Geometry) -> shapely.LineString:
    """Return the expressway as one line through the county."""
    line = bent_line(metres(np.array(sketch.EXPRESSWAY)), 80.0)
    return max(shapely.get_parts(shapely.intersection(line, outline)), key=shapely.length)
