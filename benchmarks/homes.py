"""Time the homes decision: 200 homes with 6,000 residents and 5 candidate centres, and the embedded county's scenarios.

``python benchmarks/homes.py [SEED]`` prints seconds by the clock and of the processor (on a busy machine they differ),
status, gap and the largest memory.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pandas as pd

from anyi_geo.bridge.care_sites import official_plan
from anyi_geo.bridge.homes import decide_homes
from anyi_geo.bridge.travel import prepare_travel
from anyi_geo.county import load_county
from anyi_geo.locate import SolverSettings
from anyi_geo.plan.homes import KINDS, HomesCosts, HomesProblem, HomesRules, groups_of, plan_homes
from anyi_geo.scenario import load_scenario

SCENARIOS = ("one-centre", "two-centres", "consent-hard", "consent-soft", "family-first", "cost-first")
COSTS = HomesCosts(
    support_yuan_year={"self": 15480.0, "partial": 18720.0, "full": 32040.0},
    residents_per_carer={"self": 10.0, "partial": 6.0, "full": 3.0},
    carer_yuan_year=36000.0,
    reuse_yuan_year=30000.0,
    moving_yuan=1500.0,
    nursing_yuan_per_bed=10000.0,
    annuity_factor=0.07,
    visit_yuan_year=12.0,
)


def many_homes(seed: int, consent: str, centres: int, *, homes: int = 200, residents: int = 6000, candidates: int = 5):
    """Return a problem of a whole prefecture: homes strewn over 100 km, centres that must grow to hold everyone."""
    rng = np.random.default_rng(seed)
    names = [f"J{k:03d}" for k in range(homes)]
    seats = names[:candidates]
    places = rng.uniform(0, 100, (homes, 2))
    minutes = pd.DataFrame(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)), index=names, columns=names)
    where = rng.integers(0, homes, residents)
    kind = rng.choice(len(KINDS), residents, p=np.outer([0.7, 0.18, 0.12], [0.7, 0.1, 0.2]).ravel())
    counts = np.zeros((homes, len(KINDS)), dtype=int)
    np.add.at(counts, (where, kind), 1)
    columns = pd.MultiIndex.from_tuples(KINDS, names=["care_level", "consent"])
    table = pd.DataFrame(counts, index=names, columns=columns)
    beds = counts.sum(axis=1) + rng.integers(5, 30, homes)
    beds[:candidates] += 400
    frame = pd.DataFrame(
        {
            "name": names,
            "township": "乡",
            "candidate": [name in seats for name in names],
            "county_seat": [name in seats for name in names],
            "beds": beds,
            "nursing_beds": np.nan,
            "expansion_beds": [8000 if name in seats else 0 for name in names],
            "expansion_yuan_per_bed": rng.integers(60, 110, homes) * 1000.0,
            "fixed_yuan_year": rng.integers(120, 300, homes) * 1000.0,
            "resident_yuan_year": rng.integers(0, 3, homes) * 500.0,
            "m2_per_bed": 35.0,
            "reuse": "reserve",
        },
        index=names,
    )
    rules = HomesRules(centres=centres, consent=consent, reserve_share=0.1, nursing_share=0.55)
    return HomesProblem(frame, groups_of(table), minutes, rules, COSTS)


def main() -> None:
    """Print the table."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    for consent in ("soft", "hard"):
        for centres in (1, 2, 3):
            problem = many_homes(seed, consent, centres)
            mark, worked = time.perf_counter(), time.process_time()
            plan = plan_homes(problem, SolverSettings(seconds=60.0, gap=0.01))
            seconds, worked = time.perf_counter() - mark, time.process_time() - worked
            print(
                f"200 homes {consent} {centres} centres: {seconds:6.1f} s ({worked:.1f} s of processor) "
                f"{plan.status} gap {plan.gap:.5f}"
            )
    county = load_county()
    folder = county.folder / "scenarios"
    travel = prepare_travel(county, 1, 0)
    for name in SCENARIOS:
        settings = load_scenario(name, folder).settings
        mark, worked = time.perf_counter(), time.process_time()
        limits = SolverSettings(seconds=4.5, gap=settings.solver.gap)
        plan, result, _ = decide_homes(county, settings, travel, official_plan(county, settings), limits)
        front = 0 if "front" not in result.tables else len(result.tables["front"])
        seconds, worked = time.perf_counter() - mark, time.process_time() - worked
        print(
            f"{name}: {seconds:6.2f} s ({worked:.2f} s of processor) {plan.status} gap {plan.gap:.5f}, "
            f"front of {front} plans"
        )
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
