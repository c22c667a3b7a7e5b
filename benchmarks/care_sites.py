"""Measure the care-site decision on the embedded county and write a table.

Run with ``python benchmarks/care_sites.py [FILE.md]``; one process, one thread of HiGHS. Nothing here is asserted: the
figures say what this machine did on this day.
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anyi_geo.bridge.care_sites import care_site_problem, official_plan
from anyi_geo.bridge.demand import with_demand
from anyi_geo.bridge.travel import prepare_travel
from anyi_geo.county import load_county
from anyi_geo.locate import SolverSettings
from anyi_geo.plan.care_sites import (
    cost_front,
    group_front,
    plan_care_sites,
    swap_plans,
    worst_township_front,
)
from anyi_geo.scenario import load_scenario

#: Branchings that bring the expected cover to half a percent.
BRANCHINGS = 1000
HEAD = "| what | seconds | to reach | answer |\n|---|---|---|---|\n"


def timed(solve: Callable[[], Any]) -> tuple[Any, float]:
    """Return what `solve` answers and the seconds it took."""
    started = time.perf_counter()
    answer = solve()
    return answer, time.perf_counter() - started


def main(target: Path | None) -> None:
    """Measure, print, write."""
    county = load_county()
    folder = county.folder / "scenarios"
    county, settings = with_demand(county, load_scenario("optimum-2023", folder).settings)
    travel = prepare_travel(county, settings.displacement.draws, settings.solver.seed)
    problem = care_site_problem(county, settings, travel)
    given = official_plan(county, settings)
    rules = settings.care_sites.model_copy(update={"objective": "expected_cover"})
    expected = care_site_problem(county, settings.model_copy(update={"care_sites": rules}), travel)
    fine = SolverSettings(seconds=120, gap=0.001)
    rows = []

    plan, seconds = timed(lambda: plan_care_sites(problem, fine))
    rows.append(("two batches, two groups, to 0.1 %", seconds, "10", f"{plan.status}, gap {plan.gap:.3%}"))
    swaps, seconds = timed(lambda: list(swap_plans(problem, given, 5, fine)))
    rows.append(("best 1 to 5 swaps", seconds, "20", ", ".join(f"{plan.objective:,.0f}" for _, plan in swaps)))
    groups = tuple(problem.group_weights)
    fronts: dict[str, Callable[[], Any]] = {
        "elders and children": lambda: group_front(problem, groups[0], groups[1], fine, 12),
        "worst township": lambda: worst_township_front(problem, fine, 12),
        "cost": lambda: cost_front(problem, fine, 12),
    }
    for name, solve in fronts.items():
        front, seconds = timed(solve)
        widest = max(plan.gap for plan in front)
        rows.append((f"front: {name}", seconds, "60", f"{len(front)} plans, widest gap {widest:.3%}"))
    half = SolverSettings(seconds=300, gap=0.005)
    plan, seconds = timed(lambda: plan_care_sites(expected, half, branchings=BRANCHINGS))
    rows.append((f"expected cover, {len(expected.cover)} draws, to 0.5 %", seconds, "60", f"gap {plan.gap:.3%}"))

    size = f"{len(problem.persons):,} points, {len(problem.sites)} candidates"
    text = f"{platform.machine()}, Python {platform.python_version()}; {size}\n\n{HEAD}"
    text += "".join(f"| {name} | {seconds:.1f} | under {goal} | {answer} |\n" for name, seconds, goal, answer in rows)
    sys.stdout.write(text)
    if target is not None:
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
