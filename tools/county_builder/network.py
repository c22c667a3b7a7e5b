"""The road network as OSMnx-shaped tables of nodes and edges."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import shapely.ops

from anyi_geo.county.coordinates import DEGREES, METRES, to_degrees, to_metres
from anyi_geo.parameters import Parameters
from county_builder import sketch
from county_builder.bridges import Piece, cut_bridges, river_lines
from county_builder.grid import bent_line
from county_builder.people import People
from county_builder.pieces import road_pieces
from county_builder.roads import PROVINCIAL, draw_roads, expressway
from county_builder.terrain import Land
from county_builder.traffic import road_classes

_EXPRESSWAY = -1
_RAMP_LEAST_M = 350.0


def road_tables(
    land: Land, townships: pd.DataFrame, units: pd.DataFrame, people: People, rates: Parameters, seed: int
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return nodes and edges in degrees: one edge a road, open both ways; bridges are edges of their own."""
    canvas = draw_roads(land, townships, units, people, rates, seed)
    pieces, xy = road_pieces(land, canvas.steps, seed)
    pieces, xy = cut_bridges(pieces, xy, land)
    classes = list(road_classes(pieces, xy, townships, units, people, rates))
    seat = townships.set_index("name").loc[sketch.EXPRESSWAY_EXIT]
    fast, xy = _expressway(pieces, xy, land.outline, shapely.Point(seat["x"], seat["y"]))
    classes += ["motorway", "motorway", "motorway_link"]
    return _tables(pieces + fast, xy, classes, river_lines(land))


def _expressway(
    pieces: list[Piece], xy: np.ndarray, outline: shapely.Geometry, town: shapely.Point
) -> tuple[list[Piece], np.ndarray]:
    """Return the expressway in two parts and the ramp of its one exit, to the nearest junction of a trunk road."""
    line = expressway(outline)
    mark = line.project(town)
    gate = line.interpolate(mark)
    trunk = np.unique([node for p in pieces if p.stage <= PROVINCIAL for node in (p.start, p.end)])
    away = np.hypot(*(xy[trunk] - [gate.x, gate.y]).T)
    junction = trunk[np.argmin(np.where(away > _RAMP_LEAST_M, away, np.inf))]
    west, exit_, east = len(xy), len(xy) + 1, len(xy) + 2
    xy = np.vstack([xy, line.coords[0], [gate.x, gate.y], line.coords[-1]])
    bend = (xy[exit_] + xy[junction]) / 2 + [70.0, 30.0]
    ramp = bent_line(np.array([xy[exit_], bend, xy[junction]]), 40.0)
    first, second = (shapely.ops.substring(line, *ends) for ends in ((0.0, mark), (mark, line.length)))
    parts = ((west, exit_, first), (exit_, east, second), (exit_, int(junction), ramp))
    return [Piece(a, b, _EXPRESSWAY, shapely.simplify(part, 3.0)) for a, b, part in parts], xy


def _tables(
    pieces: list[Piece], xy: np.ndarray, classes: list[str], rivers: shapely.Geometry
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    ends = np.array([[piece.start, piece.end] for piece in pieces])
    used, number = np.unique(ends, return_inverse=True)
    number = number.reshape(-1, 2) + 1
    places = _rounded(to_degrees(shapely.points(xy[used])))
    nodes = gpd.GeoDataFrame(
        {
            "osmid": np.arange(1, len(used) + 1),
            "x": shapely.get_x(places),
            "y": shapely.get_y(places),
            "street_count": np.bincount(number.ravel(), minlength=len(used) + 1)[1:],
        },
        geometry=places,
        crs=DEGREES,
    )
    lines = _rounded(to_degrees(np.array([piece.line for piece in pieces])))
    drawn = to_metres(lines)
    edges = gpd.GeoDataFrame({"u": number[:, 0], "v": number[:, 1]}, geometry=lines, crs=DEGREES)
    edges["key"] = edges.groupby(["u", "v"]).cumcount()
    edges["osmid"] = np.arange(1, len(edges) + 1)
    edges["length_m"] = np.round(shapely.length(drawn), 1)
    edges["length"] = edges["length_m"]  # the name OSMnx reads
    edges["highway"], edges["oneway"], edges["maxspeed"] = classes, False, ""
    edges["bridge"] = np.where(gpd.GeoSeries(drawn, crs=METRES).intersects(rivers), "yes", "")
    edges["source"] = "modelled"
    return nodes, edges


def _rounded(shapes: np.ndarray) -> np.ndarray:
    """Round coordinates to six decimals (0.1 m) without touching the order of vertices."""
    return shapely.transform(shapes, lambda coordinates: np.round(coordinates, 6))
