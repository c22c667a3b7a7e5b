"""From ways to ``roads.gpkg``: rules, cut, connected parts, simplification, and the account of it all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Geod

from anyi_geo.bring_roads.area import Area, covered_share, extent_en, extent_zh, no_overlap, planning_area, touching
from anyi_geo.bring_roads.classes import MODES, road_rules
from anyi_geo.bring_roads.read import read_roads
from anyi_geo.bring_roads.report import RoadReport, cut_off_parts, kilometres
from anyi_geo.bring_roads.segments import main_parts, segments_of
from anyi_geo.bring_roads.simplify import road_layers
from anyi_geo.bring_roads.ways import Extent, Say, Ways
from anyi_geo.bring_roads.write import refuse_unwritable, write_roads
from anyi_geo.county.positions import point_of
from anyi_geo.county.reading import read_features
from anyi_geo.errors import Fault, InputError, Message
from anyi_geo.schema import ROADS, VILLAGES

_M_PER_KM = 1000.0
#: Roads that span less of the county than this may come from too small a download.
_COVERED = 0.9
_GEOD = Geod(ellps="WGS84")


def import_roads(
    path: Path,
    folder: Path,
    *,
    margin_km: float,
    class_column: str | None = None,
    class_map: dict[str, str] | None = None,
    layer: str | None = None,
    crs: str | None = None,
    say: Say,
) -> RoadReport:
    """Read roads from a file, cut them to a county folder and write its ``roads.gpkg``.

    Parameters
    ----------
    path : Path
        .osm, .osm.gz, .osm.bz2, .osm.pbf, .graphml, .gpkg or .shp.
    folder : Path
        The county folder; its outline must stand there.
    margin_km : float
        Kilometres kept around the outline, so that ways round through the neighbour are seen.
    class_column : str, optional
        Column of a layer that holds the road class.
    class_map : dict, optional
        The layer's own classes to OSM highway classes.
    layer : str, optional
        Layer of a GeoPackage, when it holds several of lines.
    crs : str, optional
        Coordinates of a layer that does not declare them, or that is in GCJ-02 or BD-09.
    say : callable
        Told what is being done.

    Raises
    ------
    InputError, SettingError
        Nothing is written then.
    """
    area = planning_area(folder, margin_km)
    refuse_unwritable(folder / ROADS)
    say(Message(f"读取道路：{path}", f"Reading roads: {path}"))
    ways = read_roads(path, area, layer=layer, class_column=class_column, class_map=class_map or {}, crs=crs, say=say)
    return build_roads(ways, area, folder, file=path.name, say=say)


def build_roads(ways: Ways, area: Area, folder: Path, *, file: str, say: Say) -> RoadReport:
    """Write the ``roads.gpkg`` of a county folder from ways, and account for what was left out.

    Raises
    ------
    InputError
        When no way lies in the area, or none of them is a road.
    """
    if ways.extent is None:
        raise InputError([_no_roads(file, pd.DataFrame(columns=["ways", "km"]))])
    rules = road_rules(ways.tags)
    segments = segments_of(ways, rules.table, rules.backward, area)
    unused = _no_road_classes(ways, rules.table, area)
    if not segments.at_home.any():
        if unused.empty:
            raise no_overlap(file, ways.extent, area)
        raise InputError([_no_roads(file, unused)])
    say(Message("检查连通并合并路段", "Checking connections and joining pieces"))
    connected, kept = main_parts(segments)
    km = kilometres(segments, connected, kept)
    parts = cut_off_parts(segments, connected, kept, _villages(folder), area)
    main = replace(segments, open_to=kept).take(kept.to_numpy(bool).any(axis=1))
    nodes, edges = road_layers(main, ways.source)
    write_roads(folder / ROADS, nodes, edges)
    return RoadReport(
        file=file,
        out=str(folder / ROADS),
        source=ways.source,
        margin_km=area.margin_km,
        nodes=len(nodes),
        edges=len(edges),
        km=km,
        parts=parts,
        no_roads=unused,
        unread_speeds=rules.unread_speeds,
        notes=(*ways.notes, *_coverage_note(ways.extent, area)),
    )


def _coverage_note(extent: Extent, area: Area) -> Iterator[Message]:
    """Yield a word of warning when the roads end before the county does."""
    share = covered_share(extent, area)
    if share < _COVERED:
        yield Message(
            f"注意：文件中的道路只到 {extent_zh(extent)}，约盖住本县面积的 {share:.0%}；其余地方没有道路，"
            "那里的村会被报告为离路太远。请下载更大的范围。",
            f"Mind: the roads of the file end at {extent_en(extent)} and cover some {share:.0%} of the county.",
        )


def _no_road_classes(ways: Ways, roads: pd.DataFrame, area: Area) -> pd.DataFrame:
    """Return kilometres in the area of what nobody may use, by class."""
    shut = np.flatnonzero(~roads[list(MODES)].to_numpy(bool).any(axis=1))
    rows = []
    for way in shut:
        span = slice(ways.first[way], ways.first[way + 1])
        line = np.column_stack([ways.lon[span], ways.lat[span]])
        if len(line) > 1 and touching(area.cut, line[:-1], line[1:]).any():
            rows.append((str(roads["highway"].iloc[way]), float(_GEOD.line_length(line[:, 0], line[:, 1]))))
    table = pd.DataFrame(rows, columns=["highway", "m"]).groupby("highway")["m"].agg(["size", "sum"])
    table = table.rename(columns={"size": "ways", "sum": "km"})
    return table.assign(km=(table["km"] / _M_PER_KM).round(2)).sort_values("km", ascending=False, kind="stable")


def _no_roads(file: str, unused: pd.DataFrame) -> Fault:
    found = [f"{name} {row.km:g}" for name, row in zip(unused.index, unused.itertuples(), strict=True)]
    zh = f"只有这些（公里）：{'、'.join(found)}" if found else "没有任何道路"
    en = f"only (km): {', '.join(found)}" if found else "nothing at all"
    return Fault(
        "E_NO_ROADS", file, None, "", "highway", None,
        Message(
            f"{file} 里没有可通行的道路，{zh}。请确认下载时包含了道路（highway），"
            "或用 --class-column、--class-map 说明哪一列、哪些值是道路等级。",
            f"{file} holds no road that anybody may use: {en}. Check that roads were part of the download, or name "
            "the class column and its values with --class-column and --class-map.",
        ),
    )  # fmt: skip


def _villages(folder: Path) -> pd.DataFrame:
    """Return name, lon and lat of the villages, as far as the folder has them."""
    try:
        raw = read_features(folder, VILLAGES)
    except InputError:
        return pd.DataFrame(columns=["name", "lon", "lat"])
    rows = []
    for cells, geometry in zip(raw.rows, raw.geometries, strict=True):
        spot = point_of(geometry)
        if spot is not None:
            rows.append((str(cells.get("name") or ""), *spot))
    return pd.DataFrame(rows, columns=["name", "lon", "lat"])
