"""Rough areas of the townships: cost distance from the seats, weighted until the areas are right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from scipy import ndimage
from scipy.sparse.csgraph import dijkstra

from county_builder import sketch
from county_builder.grid import CELL_M, Grid, fractal, metres, move_graph, stream
from county_builder.terrain import Land

#: A river is as dear as several kilometres of plain, so that it is a border where it can be.
_RIVER_COST = 300.0
_ROUNDS = 150
_ROUNDED_CELLS = 4.0
_SIMPLIFY_M = 190.0
#: Every third cell is enough to measure an area.
_SAMPLE = 3


def township_areas(land: Land, townships: pd.DataFrame, seed: int) -> tuple[np.ndarray, list[shapely.Polygon]]:
    """Divide the county among the townships.

    An additively weighted cost-distance diagram: rivers and slopes are dear to cross, so lines follow them; the weights
    are moved until each area meets its target (published, or assumed) and every seat lies in its own area.

    Parameters
    ----------
    land : Land
    townships : DataFrame
        name, lon, lat, x, y, area_km2.
    seed : int

    Returns
    -------
    ndarray of int, list of Polygon
        Row of `townships` per cell; one polygon a township, in metres.
    """
    grid = land.grid
    roughness = np.exp(0.9 * fractal(grid.shape, stream(seed, 16), (6, 12, 24), 0.4))
    cost = np.where(land.wet, _RIVER_COST, (1 + 6 * land.slope + land.elevation / 200) * roughness)
    near = shapely.contains_xy(land.outline.buffer(1200.0), grid.x, grid.y)
    starts = [sketch.AREA_CENTRES.get(row.name, (row.lon, row.lat)) for row in townships.itertuples(index=False)]
    reach = dijkstra(
        move_graph(np.where(near, cost, np.inf) ** 0.6), indices=grid.nearest(metres(np.array(starts)), grid.inside)
    )
    seats = grid.nearest(townships[["x", "y"]].to_numpy(), grid.inside)
    weights = _balanced(reach, grid.inside.ravel(), seats, townships["area_km2"].to_numpy(float))
    label = np.argmin(reach + weights[:, None], 0).reshape(grid.shape)
    soft = [ndimage.gaussian_filter((label == k).astype(float), _ROUNDED_CELLS) for k in range(len(townships))]
    rounded = np.argmax(soft, axis=0)
    areas = np.array([_outline_of(grid, rounded == k) for k in range(len(townships))])
    areas = shapely.intersection(shapely.coverage_simplify(areas, _SIMPLIFY_M), land.outline)
    return label, [max(shapely.get_parts(area), key=lambda part: part.area) for area in areas]


def _balanced(reach: np.ndarray, inside: np.ndarray, seats: np.ndarray, target: np.ndarray) -> np.ndarray:
    here, target = reach[:, inside][:, ::_SAMPLE], target / target.sum()
    weights, scale = np.zeros(len(target)), np.median(here)
    for turn in range(_ROUNDS):
        share = np.bincount(np.argmin(here + weights[:, None], 0), minlength=len(weights)) / here.shape[1]
        weights += 0.35 * scale * (share - target) / np.sqrt(target) * (1 - turn / (_ROUNDS + 50))
        for _ in range(3):  # a seat stays in its own area
            for k, cell in enumerate(seats):
                weights[k] = min(weights[k], np.min(np.delete(reach[:, cell] + weights, k)) - 2.0)
    return weights


def _outline_of(grid: Grid, mine: np.ndarray) -> shapely.Geometry:
    boxes = []
    for row in np.flatnonzero(mine.any(1)):
        change = np.diff(np.r_[0, mine[row].astype(int), 0])
        top = grid.north - row * CELL_M
        boxes += [
            shapely.box(grid.west + a * CELL_M, top - CELL_M, grid.west + b * CELL_M, top)
            for a, b in zip(np.flatnonzero(change == 1), np.flatnonzero(change == -1), strict=True)
        ]
    return shapely.union_all(boxes)
