"""Measure the location engine and, where installed, spopt, each in a process of its own; write RESULTS.md.

Every row is one instance, one tool, one thread, the same HiGHS. spopt runs only where its matrix and its model fit.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.locate.instances import public

RESULTS = Path(__file__).with_name("RESULTS.md")
#: A tool gets so many seconds beyond its own limit before its process is ended.
_GRACE = 60


@dataclass(frozen=True)
class Case:
    """One instance for one model; `rival` says whether spopt is asked too."""

    name: str
    model: str
    kind: str
    arguments: tuple[str, ...]
    rival: bool = False


def cases() -> list[Case]:
    """Return the made instances, then the public ones at hand."""
    made = [
        Case("planar, n = 300, p = 15", "p_median", "planar", ("300", "15"), rival=True),
        Case("planar, n = 600, p = 30", "p_median", "planar", ("600", "30"), rival=True),
        Case("planar, n = 600, p = 30", "p_center", "planar", ("600", "30"), rival=True),
        Case(
            "weighted, n = 1,000, p = 50, 89 % covered", "max_cover", "weighted", ("1000", "50", "1", "49"), rival=True
        ),
        Case(
            "weighted, n = 1,000, p = 50, 94 % covered", "max_cover", "weighted", ("1000", "50", "1", "53"), rival=True
        ),
        Case(
            "weighted, n = 1,000, p = 20, 91 % covered", "max_cover", "weighted", ("1000", "20", "1", "54"), rival=True
        ),
        Case("weighted, n = 1,000, p = 50, 99.7 % covered", "max_cover", "weighted", ("1000", "50"), rival=True),
        Case("planar, n = 1,000", "set_cover", "planar", ("1000", "50"), rival=True),
        Case("planar, n = 3,000, p = 150", "p_median", "planar_pairs", ("3000", "150", "120")),
        *(
            Case(f"planar, n = 3,000, p = 30, seed {seed}", "p_median", "planar_pairs", ("3000", "30", "500", seed))
            for seed in ("1", "2", "3")
        ),
        Case("planar, n = 10,000, p = 500", "p_median", "planar_pairs", ("10000", "500", "100")),
        Case("planar, n = 20,000, p = 1,000", "p_median", "planar_pairs", ("20000", "1000", "80")),
    ]
    pmed = [Case(name, model, "pmed", (name,)) for model in ("p_median", "p_center") for name in public("pmed")]
    return [*made, *pmed, *(Case(name, "p_median", "pmedcap", (name,)) for name in public("pmedcap"))]


def measure(case: Case, tool: str, seconds: float) -> dict[str, Any]:
    """Run one case in its own process and return what it said, or why it said nothing."""
    command = [sys.executable, "-m", "benchmarks.locate.one", tool, case.model, case.kind, *case.arguments]
    command += ["--seconds", str(seconds)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds + _GRACE, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return {"status": f"ended after {seconds + _GRACE:.0f} s"}
    if done.returncode:
        return {"status": done.stderr.strip().splitlines()[-1][:80] if done.stderr.strip() else "failed"}
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return row


def line(case: Case, tool: str, row: dict[str, Any]) -> str:
    """Return one row of the table."""
    if "objective" not in row:
        return f"| {case.name} | {case.model} | {tool} | | | | | | | | {row['status']} |"
    off = "" if row["best"] is None else f"{row['objective'] / row['best'] - 1:.4%}"
    gap = "none" if row["gap"] is None else f"{row['gap']:.4%}"
    return (
        f"| {case.name} | {case.model} | {tool} | {row['build_seconds']:.2f} | {row['solve_seconds']:.2f} "
        f"| {row['cpu_seconds']:.2f} | {row['peak_mb'] - row['start_mb']:.0f} | {row['peak_mb']:.0f} "
        f"| {row['objective']:.6g} | {gap} | {row['status']}{f', {off} off the optimum' if off else ''} |"
    )


def main() -> None:
    """Measure every case and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.locate", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="limit of each solve")
    parser.add_argument("--only", default="", help="cases whose name or model holds this text")
    parser.add_argument("--no-rival", action="store_true", help="leave spopt out")
    asked = parser.parse_args()
    rival = importlib.util.find_spec("spopt") is not None and not asked.no_rival
    rows = []
    for case in cases():
        if asked.only not in f"{case.name} {case.model}":
            continue
        for tool in ("anyi_geo", *(("spopt",) if rival and case.rival else ())):
            rows.append(line(case, tool, measure(case, tool, asked.seconds)))
            sys.stdout.write(rows[-1] + "\n")
            sys.stdout.flush()
    if not asked.only:
        RESULTS.write_text(_page(rows, asked.seconds, rival), encoding="utf-8")


def _page(rows: list[str], seconds: float, rival: bool) -> str:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    told = "" if rival else " spopt was not installed."
    head = "instance | model | tool | build s | solve s | CPU s | added MB | peak MB | objective | proven gap | status"
    return (
        "# Location engine: measured\n\n"
        f"Written by `python -m benchmarks.locate` on {machine}; one thread and {seconds:g} s a solve.{told}\n"
        "Every row is a process of its own. “added MB” is what the instance, the model and the solver took beyond the "
        "loaded packages.\nspopt reports no bound; its gap is read from the solver. Public instances (Beasley 1990; "
        "Osman and Christofides 1994) are read\nfrom the folder that ANYI_GEO_BENCH names and are not part of the "
        "project.\n\n"
        f"| {head} |\n|{' --- |' * 11}\n" + "\n".join(rows) + "\n"
    )


if __name__ == "__main__":
    main()
