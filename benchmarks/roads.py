"""Time the import of an OpenStreetMap extract of 30 MB, made up, cut to the embedded county: seconds and memory.

Run: ``python benchmarks/roads.py [MEGABYTES]``, or with a file of your own ``python benchmarks/roads.py FILE.osm.pbf``.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import osmium

from anyi_geo.bring_roads import import_roads
from anyi_geo.county import packaged_data
from anyi_geo.show.folder import whole_folder

#: What a node of the made-up roads takes in the file, ways included, as measured.
_BYTES = 4.5
#: Edges of a way, and crooks between two crossings.
_EDGES, _CROOKS = 20, 2
_CLASSES = ("residential", "unclassified", "track", "tertiary", "secondary", "service")
#: Degrees: a province around the county.
_SPAN = (114.0, 27.5, 117.0, 30.0)


def write_extract(path: Path, megabytes: float) -> int:
    """Write a lattice of crooked roads over a province; return the number of nodes."""
    generator = np.random.default_rng(0)
    across = int((megabytes * 1e6 / _BYTES / (1 + 2 * _CROOKS)) ** 0.5)
    west, south, east, north = _SPAN
    step = np.array([(east - west) / across, (north - south) / across])
    row, column = np.divmod(np.arange(across * across), across)
    crossings = np.array([west, south]) + np.column_stack([column, row]) * step
    parts = [crossings]
    for heading in (np.array([1.0, 0.0]), np.array([0.0, 1.0])):
        parts += [crossings + heading * step * crook / (_CROOKS + 1) for crook in range(1, _CROOKS + 1)]
    spots = np.concatenate(parts) + generator.normal(0, 0.0003, (len(parts) * len(crossings), 2))
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (lon, lat) in enumerate(spots.tolist(), 1):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=(lon, lat), version=1))
        for way, nodes in enumerate(_ways(across), 1):
            tags = {"highway": _CLASSES[way % len(_CLASSES)], "name": f"路{way}"}
            writer.add_way(osmium.osm.mutable.Way(id=way, nodes=nodes, tags=tags, version=1))
    return len(spots)


def _ways(across: int) -> Iterator[list[int]]:
    """Yield the nodes of every way: along the rows, then along the columns."""
    crossing = np.arange(1, across * across + 1).reshape(across, across)
    for turn, table in enumerate((crossing, crossing.T)):
        crooks = [table + across * across * (1 + turn * _CROOKS + k) for k in range(_CROOKS)]
        lines = np.stack([table, *crooks], axis=2)
        for line in lines:
            for start in range(0, across - 1, _EDGES):
                end = min(start + _EDGES, across - 1)
                yield [*line[start:end].ravel().tolist(), int(line[end, 0])]


def measure(extract: Path) -> None:
    """Import the extract into a copy of the embedded county; print seconds and peak memory."""
    with tempfile.TemporaryDirectory() as name, whole_folder(Path(name) / "county") as work:
        for part in ("boundaries/county.geojson", "villages.geojson"):
            (work / part).parent.mkdir(exist_ok=True)
            (work / part).write_bytes((packaged_data() / part).read_bytes())
        start = time.perf_counter()
        report = import_roads(extract, work, margin_km=3.0, say=lambda _: None)
        seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{extract.stat().st_size / 1e6:.1f} MB, {report.edges:,} edges kept: {seconds:.1f} s, {memory:,.0f} MB")


def main() -> None:
    """Measure in a process of its own, so that making the extract counts for nothing."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else "30"
    if Path(wanted).is_file():
        measure(Path(wanted))
        return
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "province.osm.pbf"
        print(f"{write_extract(path, float(wanted)):,} nodes")
        subprocess.run([sys.executable, __file__, str(path)], check=True)


if __name__ == "__main__":
    main()
