"""Time an import of 5,000 natural villages: read, check, merge, write, check the folder written.

Run: ``python benchmarks/bring.py [ROWS]``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import xlsxwriter

from anyi_geo.bring import Request, finish, prepare
from anyi_geo.county import packaged_data
from anyi_geo.county.coordinates import wgs84_to_gcj02

HEADINGS = ("自然村", "所属行政村", "乡镇", "常住人口", "60岁以上人口", "经度", "纬度", "留守儿童", "6至15岁学龄儿童")


def table(count: int) -> list[list[object]]:
    """Return rows around the embedded villages, in GCJ-02."""
    generator = np.random.default_rng(0)
    villages = gpd.read_file(packaged_data() / "villages.geojson")
    own = villages.iloc[generator.integers(0, len(villages), count)]
    lon, lat = wgs84_to_gcj02(own.geometry.x.to_numpy(), own.geometry.y.to_numpy())
    persons = generator.integers(40, 400, count)
    return [
        [
            f"自然村{k}",
            row.name,
            row.township,
            f"{persons[k]:,}",
            int(persons[k]) // 5,
            lon[k],
            lat[k],
            3,
            int(persons[k]) // 9,
        ]
        for k, row in enumerate(own.set_index("name")[["township"]].itertuples(name="Row"))
        for row in [type("R", (), {"name": row.Index, "township": row.township})]
    ]


def main() -> None:
    """Print seconds per step."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet("自然村")
            for number, row in enumerate([HEADINGS, *table(count)]):
                page.write_row(number, 0, row)
        work = Path(name) / "county"
        work.mkdir()
        start = time.perf_counter()
        request = Request(files=(path,), crs="gcj02")
        outcome = prepare(request, packaged_data())
        read = time.perf_counter()
        faults = finish(work, packaged_data(), request, outcome)
        done = time.perf_counter()
    print(f"{outcome.usable:,} rows, {outcome.bad} bad, {len(faults)} faults in the folder")
    print(
        f"read, check, merge {read - start:.2f} s; write and check {done - read:.2f} s; together {done - start:.2f} s"
    )


if __name__ == "__main__":
    main()
