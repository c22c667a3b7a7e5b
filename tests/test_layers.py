"""The house keeps its floors: imports point downwards only, and each heavy package has one home."""

import ast
import itertools
from pathlib import Path

import pytest

import anyi_geo

ROOT = Path(anyi_geo.__file__).parent

#: Floor of every room; a module may import only from lower floors or from its own room.
FLOORS = {
    "errors": 0,
    "parameters": 1,
    "parameter_names": 1,
    "schema": 1,
    "settings": 1,
    "scenario": 1,
    "county": 2,
    "locate": 2,
    "plan": 3,
    "judge": 4,
    "result": 5,
    "result_json": 6,
    "bridge": 6,
    "sweep": 7,
    "run": 8,
    "compare": 8,
    "replan": 8,
    "show": 9,
    "bring_roads": 3,
    "bring": 6,
    "doctor": 10,
    "cli": 11,
    "__main__": 12,
}
#: Rooms on different floors that still may not see each other.
STRANGERS = {
    ("plan", "county"),
    ("judge", "county"),
    ("judge", "locate"),
    ("judge", "plan"),
    ("show", "bridge"),
    ("show", "bring"),
    ("show", "bring_roads"),
    *itertools.product(("bring", "bring_roads"), ("plan", "locate", "judge", "result", "show")),
}
HOMES = {
    "pulp": {"locate", "plan"},
    "highspy": {"locate", "plan"},
    "pyvrp": {"plan"},
    "osmnx": {"county", "bring_roads"},
    "networkx": {"county", "bring_roads"},
    "osmium": {"bring_roads"},
    "python_calamine": {"bring"},
    "shapely": {"county", "bring", "bring_roads", "bridge", "show"},
    "geopandas": {"county", "bring", "bring_roads", "bridge", "show"},
    "folium": {"show"},
    "branca": {"show"},
    "typer": {"cli", "cli_bring", "cli_quarter", "cli_roads", "door"},
}


def _modules():
    return sorted(path for path in ROOT.rglob("*.py") if "_data" not in path.parts)


def _room(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def _imports(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in typing_only) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "anyi_geo":
                yield from ((f"anyi_geo.{alias.name}", id(node) in typing_only) for alias in node.names)
            else:
                yield node.module, id(node) in typing_only


@pytest.mark.parametrize("path", _modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_downwards(path):
    room = _room(path)
    if room == "__init__":
        return
    for name, typing_only in _imports(path):
        top, *rest = name.split(".")
        if top == "anyi_geo":
            other = rest[0] if rest else "__init__"
            if other in (room, "__init__", "__version__") or typing_only:
                continue
            assert FLOORS[other] <= FLOORS[room], f"{room} looks up to {name}"
            assert FLOORS[other] < FLOORS[room] or FLOORS[other] <= 1, f"{room} and {other} share a floor"
            assert (room, other) not in STRANGERS, f"{room} must not see {other}"
        elif top in HOMES:
            assert room in HOMES[top] or typing_only, f"{top} has no home in {room}"


def test_every_room_has_a_floor():
    assert {_room(path) for path in _modules()} - {"__init__"} <= set(FLOORS)


def test_a_wrong_import_would_be_seen(tmp_path):
    """The reader of imports sees what it must see."""
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import folium\nfrom anyi_geo.cli import main\n", encoding="utf-8")
    assert [name for name, _ in _imports(wrong)] == ["folium", "anyi_geo.cli"]
