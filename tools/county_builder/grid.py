"""The working grid: square cells in EPSG:4548 metres, smooth noise, bent lines and the graph of moves between cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy import ndimage, sparse
from scipy.interpolate import CubicSpline

from anyi_geo.county.coordinates import to_metres

CELL_M = 75.0
_PAD_M = 1500.0
#: Roads and hamlets keep this far inside the outline.
_RIM_M = 60.0
#: Eight neighbours and knight moves; the second half of each pair follows by symmetry. 2.7 % metric error.
MOVES = ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (2, 1), (1, -2), (2, -1))


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells over the county.

    Attributes
    ----------
    west, north : float
        Upper left corner, metres.
    x, y : ndarray, shape (rows, columns)
        Centres of cells, metres.
    inside : ndarray of bool
        Cells whose centre lies in the county.
    usable : ndarray of bool
        Cells in which roads and houses may stand: inside, away from the border.
    """

    west: float
    north: float
    x: np.ndarray
    y: np.ndarray
    inside: np.ndarray
    usable: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.x.shape

    def cells(self, xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return row and column of points."""
        xy = np.atleast_2d(xy)
        rows = np.clip(((self.north - xy[:, 1]) / CELL_M).astype(int), 0, self.shape[0] - 1)
        columns = np.clip(((xy[:, 0] - self.west) / CELL_M).astype(int), 0, self.shape[1] - 1)
        return rows, columns

    def centres(self, flat: np.ndarray) -> np.ndarray:
        """Return the centres of cells given by flat index, shape (n, 2)."""
        return np.column_stack([self.x.ravel()[flat], self.y.ravel()[flat]])

    def points(self) -> np.ndarray:
        """Return all centres, shape (cells, 2)."""
        return np.column_stack([self.x.ravel(), self.y.ravel()])

    def nearest(self, xy: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        """Return the flat index of the nearest allowed cell of each point."""
        _, near = ndimage.distance_transform_edt(~allowed, return_indices=True)
        rows, columns = self.cells(xy)
        return near[0][rows, columns] * self.shape[1] + near[1][rows, columns]


def stream(seed: int, stage: int) -> np.random.Generator:
    """Return the random numbers of one stage, so that a change in one stage leaves the draws of the others alone."""
    return np.random.default_rng([seed, stage])


def metres(lonlat: np.ndarray) -> np.ndarray:
    """Return points in EPSG:4548 from longitude and latitude, shape (n, 2)."""
    return shapely.get_coordinates(to_metres(shapely.points(np.atleast_2d(np.asarray(lonlat, float)))))


def make_grid(outline: shapely.Geometry) -> Grid:
    """Lay cells over an outline in metres."""
    x_low, y_low, x_high, y_high = outline.bounds
    west, north = x_low - _PAD_M, y_high + _PAD_M
    rows = int((y_high - y_low + 2 * _PAD_M) / CELL_M) + 1
    columns = int((x_high - x_low + 2 * _PAD_M) / CELL_M) + 1
    x, y = np.meshgrid(west + (np.arange(columns) + 0.5) * CELL_M, north - (np.arange(rows) + 0.5) * CELL_M)
    inner = outline.buffer(-_RIM_M)
    shapely.prepare([outline, inner])
    return Grid(west, north, x, y, shapely.contains_xy(outline, x, y), shapely.contains_xy(inner, x, y))


def fractal(shape: tuple[int, int], random: np.random.Generator, waves: tuple[float, ...], power: float) -> np.ndarray:
    """Return smooth noise with standard deviation 1: a sum of Gaussian fields, wave length (cells) ** power high."""
    total = np.zeros(shape)
    for wave in waves:
        field = ndimage.gaussian_filter(random.normal(size=shape), wave)
        total += field / field.std() * wave**power
    return total / total.std()


def bent_line(
    xy: np.ndarray, step_m: float, random: np.random.Generator | None = None, sway_m: float = 0.0, wave_m: float = 420.0
) -> shapely.LineString:
    """Return a spline through points that sways to both sides; its ends stay."""
    along = np.r_[0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    places = np.linspace(0, along[-1], int(along[-1] / step_m))
    line = CubicSpline(along, xy)(places)
    if random is not None:
        noise = ndimage.gaussian_filter1d(random.normal(size=len(places)), wave_m / step_m)
        direction = np.gradient(line, axis=0)
        direction /= np.hypot(*direction.T)[:, None]
        taper = np.minimum(1, np.minimum(places, places[-1] - places) / 800)
        sway = noise / noise.std() * sway_m * taper
        line = line + np.column_stack([-direction[:, 1], direction[:, 0]]) * sway[:, None]
    return shapely.LineString(line)


def passed(down: int, right: int) -> tuple[tuple[int, int], ...]:
    """Return the two cells that a knight move passes, relative to its start; none for other moves."""
    if abs(down) + abs(right) < 3:
        return ()
    if abs(right) == 2:
        return (0, right // 2), (down, right // 2)
    return (down // 2, 0), (down // 2, right)


def move_graph(cost: np.ndarray) -> sparse.csr_matrix:
    """Return the graph of moves between cells: mean cost of the cells touched times length in cells; inf is closed."""
    height, width = cost.shape
    index = np.arange(height * width).reshape(height, width)
    starts, ends, weights = [], [], []
    for down, right in MOVES:

        def shifted(rows: int, columns: int, down: int = down, right: int = right) -> tuple[slice, slice]:
            left = max(0, -right) + columns
            return slice(rows, height - down + rows), slice(left, width - max(0, right) + columns)

        a, b = shifted(0, 0), shifted(down, right)
        between = passed(down, right)
        total = cost[a] + cost[b]
        for cell in between:
            total = total + cost[shifted(*cell)]
        weight = total / (2 + len(between)) * np.hypot(down, right)
        open_ = np.isfinite(weight)
        starts.append(index[a][open_])
        ends.append(index[b][open_])
        weights.append(weight[open_])
    i, j, w = map(np.concatenate, (starts, ends, weights))
    size = height * width
    return sparse.csr_matrix((np.r_[w, w], (np.r_[i, j], np.r_[j, i])), shape=(size, size))


def way_back(predecessors: np.ndarray, end: int) -> list[int]:
    """Return the cells from `end` back to the root of a shortest-path tree."""
    way = [int(end)]
    while predecessors[way[-1]] >= 0:
        way.append(int(predecessors[way[-1]]))
    return way
