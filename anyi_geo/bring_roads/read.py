"""One door for all road files: the ending of the name says which reader."""

from __future__ import annotations

from pathlib import Path

from anyi_geo.bring_roads import read_graph, read_layer, read_osm
from anyi_geo.bring_roads.area import Area, no_overlap
from anyi_geo.bring_roads.ways import Say, Ways
from anyi_geo.county.reading import unreadable
from anyi_geo.errors import Fault, InputError, Message, SettingError, why_not

GRAPH_SUFFIXES = (".graphml",)
LAYER_SUFFIXES = (".gpkg", ".shp")
SUFFIXES = (*read_osm.SUFFIXES, *GRAPH_SUFFIXES, *LAYER_SUFFIXES)


def read_roads(
    path: Path,
    area: Area,
    *,
    layer: str | None,
    class_column: str | None,
    class_map: dict[str, str],
    crs: str | None,
    say: Say,
) -> Ways:
    """Return the ways of a file that come near the area.

    Raises
    ------
    InputError
        When the file is missing, empty, cut off, of another region, or of no known kind.
    """
    refuse_absent(path)
    name = path.name.lower()
    if name.endswith(LAYER_SUFFIXES):
        return read_layer.read_ways(path, area, layer=layer, class_column=class_column, class_map=class_map, crs=crs)
    if layer or class_column or class_map or crs:
        raise SettingError(
            f"--layer、--class-column、--class-map、--crs 只用于 {'、'.join(LAYER_SUFFIXES)} 图层，"
            f"{path.name} 不需要。",
            f"--layer, --class-column, --class-map and --crs are for {', '.join(LAYER_SUFFIXES)}, not {path.name}.",
        )
    if name.endswith(GRAPH_SUFFIXES):
        ways = read_graph.read_ways(path)
    elif name.endswith(read_osm.SUFFIXES):
        ways = read_osm.read_ways(path, area.cut.bounds, say)
    else:
        raise SettingError(
            f"不认识 {path.name}：道路文件应以 {'、'.join(SUFFIXES)} 结尾。",
            f"{path.name} is of no known kind: a road file ends in {', '.join(SUFFIXES)}.",
        )
    if ways.extent is not None and not len(ways.node):
        raise no_overlap(path.name, ways.extent, area)
    return ways


def refuse_absent(path: Path) -> None:
    """Raise when there is no such file, or nothing in it.

    Raises
    ------
    InputError
    """
    if not path.is_file():
        sentence = Message(
            f"找不到文件 {path}：请核对文件名和文件夹。", f"There is no file {path}: check its name and folder."
        )
        raise InputError([Fault("E_MISSING_FILE", path.name, None, "", "", None, sentence)])
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise InputError([unreadable(path.name, why_not(error))]) from None
    if empty:
        raise InputError([unreadable(path.name, Message("文件是空的", "it is empty"))])
