"""Plan public instances through `plan_meals` and write their distance to the best known values as a markdown table.

    python benchmarks/meals/run.py FOLDER --known FOLDER/best_known.csv --seconds 60 --out table.md

FOLDER is searched for .dat (location-routing), .vrp (VRPLIB) and .txt (Solomon). Best known values come from the csv
(columns instance, best_known) and from .sol files beside the instances ("Cost 27591").
"""

import argparse
import csv
import os
import platform
import re
import time
from pathlib import Path

from instances import read

from anyi_geo.plan.meals import MealSettings, plan_meals

COLUMNS = (
    "instance", "kitchens x stops", "best known", "cost", "over best known %", "bound", "gap %", "status", "wall s",
    "CPU s", "load",
)  # fmt: skip


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


def row(path: Path, best: float | None, settings: MealSettings) -> tuple[str, float | None]:
    """Return one line of the table and the distance to the best known value in per cent."""
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
    return "| " + " | ".join(cells) + " |", over


def main() -> None:
    """Read the arguments, plan instance after instance, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--known", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="part of the instance's name, several with commas")
    parser.add_argument("--prove", action="store_true")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    known = known_values(chosen.folder, chosen.known)
    parts = [part for part in chosen.only.split(",") if part]
    paths = [path for path in sorted(chosen.folder.rglob("*")) if path.suffix in {".dat", ".vrp", ".txt"}]
    lines, overs = ["| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|"], []
    print("\n".join(lines), flush=True)
    for path in paths:
        if path.stem.startswith("README") or (parts and not any(part in path.stem for part in parts)):
            continue
        settings = MealSettings(seconds=chosen.seconds, seed=chosen.seed, prove=chosen.prove)
        line, over = row(path, known.get(path.stem), settings)
        lines.append(line)
        overs += [] if over is None else [over]
        print(line, flush=True)
    if overs:
        lines += [
            "",
            f"Mean over best known {sum(overs) / len(overs):.2f} %, worst {max(overs):.2f} %, {len(overs)} instances.",
        ]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines.append(f"{chosen.seconds:g} s each, seed {chosen.seed}, {machine}.")
    print("\n".join(lines[-2:]), flush=True)
    if chosen.out:
        chosen.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
