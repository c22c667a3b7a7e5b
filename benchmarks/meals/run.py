"""Measure the planning of meals and write the whole table: public instances, routing alone, the embedded county.

    python benchmarks/meals/run.py --lrp FOLDER --known FOLDER/best_known.csv --routing FOLDER --out RESULTS.md

FOLDER is searched for .dat (location-routing) or .vrp (VRPLIB) and .txt (Solomon) files. Best known values come from
the csv (columns instance, best_known) and from .sol files beside the instances ("Cost 27591"). Without a folder its
part is left out. Every instance runs through `plan_meals` with a budget of wall-clock seconds; the load of the machine
before each run is told, because on a busy one the same seconds are less work.
"""

import argparse
import csv
import os
import platform
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from county import county_rows
from instances import read

from anyi_geo.plan.meals import MealSettings, plan_meals

COLUMNS = (
    "instance", "kitchens x stops", "best known", "cost", "over best known %", "bound", "gap %", "status", "wall s",
    "CPU s", "load",
)  # fmt: skip
COUNTY_COLUMNS = ("case", "points x kitchens", "budget s", "yuan a service", "gap %", "status", "took s")


def known_values(folder: Path, table: Path | None) -> dict[str, float]:
    """Return instance name -> best known cost."""
    values = {}
    for path in folder.rglob("*.sol"):
        found = re.search(r"Cost\s+([\d.]+)", path.read_text())
        if found:
            values[path.stem] = float(found[1])
    if table is not None:
        with table.open(encoding="utf-8-sig") as rows:
            values |= {Path(row["instance"]).stem: float(row["best_known"]) for row in csv.DictReader(rows)}
    return values


def row(path: Path, best: float | None, settings: MealSettings) -> tuple[list[str], float | None]:
    """Return one row of the table and the distance to the best known value in per cent."""
    problem = read(path)
    busy = os.getloadavg()[0]
    wall, work = time.perf_counter(), time.process_time()
    plan = plan_meals(problem, settings)
    wall, work = time.perf_counter() - wall, time.process_time() - work
    over = None if best is None else 100 * (plan.cost_yuan / best - 1)
    cells = [
        path.stem,
        f"{len(problem.kitchens)} x {len(problem.stops)}",
        "-" if best is None else f"{best:g}",
        f"{plan.cost_yuan:.1f}",
        "-" if over is None else f"{over:.2f}",
        "-" if plan.bound_yuan is None else f"{plan.bound_yuan:.1f}",
        "-" if plan.gap is None else f"{100 * plan.gap:.2f}",
        plan.status if not plan.bound_source else f"{plan.status} ({plan.bound_source})",
        f"{wall:.1f}",
        f"{work:.1f}",
        f"{busy:.1f}",
    ]
    return cells, over


def instances(folder: Path, only: Iterable[str]) -> Iterator[Path]:
    """Yield the instances of a folder whose names hold one of the parts."""
    parts = list(only)
    for path in sorted(folder.rglob("*")):
        wanted = not parts or any(part in path.stem for part in parts)
        if path.suffix in {".dat", ".vrp", ".txt"} and not path.stem.startswith("README") and wanted:
            yield path


class Page:
    """A markdown page that is printed and, at the end, written."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def say(self, *lines: str) -> None:
        """Add lines."""
        self._lines += lines
        print("\n".join(lines), flush=True)

    def head(self, columns: Iterable[str]) -> None:
        """Begin a table."""
        names = list(columns)
        self.say(f"| {' | '.join(names)} |", "|" + "---|" * len(names))

    def row(self, cells: Iterable[str]) -> None:
        """Add a row."""
        self.say(f"| {' | '.join(cells)} |")

    def write(self, path: Path) -> None:
        """Write the page."""
        path.write_text("\n".join(self._lines) + "\n", encoding="utf-8")


def measure(page: Page, folder: Path, known: Path | None, only: Iterable[str], settings: MealSettings) -> None:
    """Add the table of a folder's instances with mean and worst distance to the best known values."""
    best, overs = known_values(folder, known), []
    page.head(COLUMNS)
    for path in instances(folder, only):
        cells, over = row(path, best.get(path.stem), settings)
        page.row(cells)
        overs += [] if over is None else [over]
    if overs:
        mean = sum(overs) / len(overs)
        page.say("", f"Mean over best known {mean:.2f} %, worst {max(overs):.2f} %, {len(overs)} instances.")


def main() -> None:
    """Read the arguments, measure part after part, print and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lrp", type=Path, help="folder of location-routing instances")
    parser.add_argument("--known", type=Path, help="csv of their best known values")
    parser.add_argument("--routing", type=Path, help="folder of routing instances")
    parser.add_argument("--routing-only", default="X-n101-k25,r101", help="names (or parts) of those that run")
    parser.add_argument("--only", default="", help="names (or parts) of the location-routing instances that run")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--long", type=float, default=600.0, help="seconds of the county's long run; 0: no county")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--prove", action="store_true")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    settings = MealSettings(seconds=chosen.seconds, seed=chosen.seed, prove=chosen.prove)
    page = Page()
    page.say("# Meals: measured", "", f"{_machine()}; seed {chosen.seed}; {chosen.seconds:g} s of wall clock each.")
    if chosen.lrp:
        page.say("", "## Location-routing: kitchens are depots", "")
        measure(page, chosen.lrp, chosen.known, _parts(chosen.only), settings)
    if chosen.routing:
        page.say("", "## Routing only", "")
        measure(page, chosen.routing, chosen.known, _parts(chosen.routing_only), settings)
    if chosen.long > 0:
        page.say("", "## The embedded county", "")
        page.head(COUNTY_COLUMNS)
        for cells in county_rows((5.0, 30.0, chosen.long)):
            page.row(cells)
    if chosen.out:
        page.write(chosen.out)


def _parts(names: str) -> list[str]:
    return [part for part in names.split(",") if part]


def _machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in _cpu_lines() if line.startswith("model name")), platform.processor()
    )
    return f"{model or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


if __name__ == "__main__":
    main()
