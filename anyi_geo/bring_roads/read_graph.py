"""Roads saved by OSMnx or NetworkX as GraphML, and graphs that OSMnx has just downloaded."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from anyi_geo.bring_roads.classes import CLASSES
from anyi_geo.bring_roads.ways import TAGS, Ways, tag_table
from anyi_geo.county.reading import unreadable
from anyi_geo.errors import InputError, Message

_DEGREES = 4326
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}
#: Of several values on one edge the one that permits least or is slowest.
_STRICT = ("no", "private")
_ACCESS = ("access", "vehicle", "motor_vehicle", "motorcar", "foot")


def read_ways(path: Path) -> Ways:
    """Return the roads of a GraphML file.

    Raises
    ------
    InputError
        When it is cut off, or no graph with x and y at its nodes.
    """
    try:
        graph = nx.read_graphml(path, force_multigraph=True)
    except (ParseError, nx.NetworkXError, KeyError, ValueError, OSError) as error:
        why = Message(f"不是完整的 GraphML 文件（{error}）", f"it is no whole GraphML file ({error})")
        raise InputError([unreadable(path.name, why)]) from None
    return ways_of(graph, path.name)


def ways_of(graph: nx.Graph, file: str) -> Ways:
    """Return the roads of an OSMnx-shaped graph; a street stored once per direction counts once.

    Parameters
    ----------
    graph : MultiGraph or MultiDiGraph
        Nodes with x and y in the CRS of the graph (degrees when it names none); edges with OSM tags and, when
        simplified, a geometry.
    file : str
        Its name in messages.
    """
    place = _places(graph, file)
    number = {node: k for k, node in enumerate(graph.nodes)}
    ids = _node_ids(list(graph.nodes))
    fresh = int(ids.max(initial=0)) + 1
    rows, names, first, node, lines = [], [], [0], [], []
    seen: set[tuple[Any, ...]] = set()
    for u, v, data in graph.edges(data=True):
        tags = {key: _text(key, data.get(key)) for key in TAGS}
        tags["oneway"] = _oneway(data.get("oneway"))
        if tags["oneway"] in ("", "no"):
            street = (*sorted((number[u], number[v])), str(data.get("osmid")), _metres(data), tags["highway"])
            if street in seen:
                continue
            seen.add(street)
        line = _line(data.get("geometry"), place[number[u]], place[number[v]])
        inner = len(line) - 2
        node += [ids[number[u]], *range(fresh, fresh + inner), ids[number[v]]]
        fresh += inner
        lines.append(line)
        first.append(len(node))
        rows.append(tags)
        names.append(_text("name", data.get("osmid")))
    points = _degrees(np.concatenate(lines) if lines else np.empty((0, 2)), graph.graph.get("crs"), file)
    extent = (*points.min(axis=0), *points.max(axis=0)) if len(points) else None
    return Ways(
        tags=tag_table(rows, names),
        first=np.array(first, np.int64),
        node=np.array(node, np.int64),
        lon=points[:, 0],
        lat=points[:, 1],
        extent=None if extent is None else tuple(float(value) for value in extent),  # type: ignore[arg-type]
        source="osm",
    )


def _places(graph: nx.Graph, file: str) -> np.ndarray:
    try:
        place = np.array([(float(data["x"]), float(data["y"])) for _, data in graph.nodes(data=True)])
    except (KeyError, ValueError, TypeError):
        why = Message("有结点缺少 x、y 坐标", "some nodes have no x and y")
        raise InputError([unreadable(file, why)]) from None
    return place.reshape(-1, 2)


def _node_ids(nodes: list[Any]) -> np.ndarray:
    """Return the nodes' own numbers, or 1, 2, ... where they have none."""
    try:
        return np.array([int(node) for node in nodes], np.int64)
    except (ValueError, OverflowError):
        return np.arange(1, len(nodes) + 1, dtype=np.int64)


def _line(geometry: Any, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the points of an edge from its start to its end."""
    if geometry is None:
        return np.array([start, end])
    shape = shapely.from_wkt(geometry) if isinstance(geometry, str) else geometry
    line = shapely.get_coordinates(shape)
    if np.abs(line[0] - start).sum() > np.abs(line[-1] - start).sum():
        line = line[::-1]
    return np.vstack([start, line[1:-1], end])


def _degrees(points: np.ndarray, crs: Any, file: str) -> np.ndarray:
    if crs in (None, "") or not len(points):
        return points
    try:
        declared = CRS.from_user_input(crs)
    except CRSError:
        why = Message(f"坐标系 {crs} 无法识别", f"its CRS {crs} is unknown")
        raise InputError([unreadable(file, why)]) from None
    if declared.to_epsg() == _DEGREES:
        return points
    turn = Transformer.from_crs(declared, _DEGREES, always_xy=True)
    return np.column_stack(turn.transform(points[:, 0], points[:, 1]))


def _values(value: Any) -> list[str]:
    """Return the values of an attribute; OSMnx merges edges into lists and writes them as text."""
    if value is None:
        return []
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            return [str(value)]
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]


def _text(key: str, value: Any) -> str:
    values = _values(value)
    if key == "highway":
        ranked = [name for name in values if name in CLASSES]
        return max(ranked, key=CLASSES.index) if ranked else "".join(values[:1])
    strict = [part for part in values if part in _STRICT and key in _ACCESS]
    return ";".join(strict[:1] or dict.fromkeys(values))


def _oneway(value: Any) -> str:
    """Return yes, no, -1 or "" as found; OSMnx writes True and False and has turned the edge already."""
    said = sorted({text.lower() for text in _values(value)})
    if _TRUE.intersection(said):
        return "yes"
    if _FALSE.issuperset(said):
        return "no" if said else ""
    return said[0]


def _metres(data: dict[str, Any]) -> float:
    try:
        return round(float(data.get("length", 0.0)), 1)
    except (TypeError, ValueError):
        return 0.0
