"""Time the main job on the embedded county, stage by stage, as the command line runs it."""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from anyi_geo.compare import compare_runs
from anyi_geo.county import load_county
from anyi_geo.run import DEFAULT_SCENARIOS, run_scenarios
from anyi_geo.scenario import load_scenario
from anyi_geo.show.write import write_comparison, write_run


def main() -> None:
    """Print a table of seconds, peak memory and sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=None)
    chosen = parser.parse_args()
    started = time.perf_counter()
    county = load_county(chosen.data)
    rows = [("read and check", time.perf_counter() - started)]
    scenarios = [load_scenario(name, county.folder / "scenarios") for name in DEFAULT_SCENARIOS]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        results, mark = [], time.perf_counter()
        for result in run_scenarios(county, scenarios):
            rows.append((f"{result.run['scenario']}: decide and judge", time.perf_counter() - mark))
            solvers = float(result.solves["seconds"].sum())
            rows.append((f"{result.run['scenario']}: of which solvers", solvers))
            mark = time.perf_counter()
            write_run(out / result.run["scenario"], county, result)
            rows.append((f"{result.run['scenario']}: write", time.perf_counter() - mark))
            results.append(result)
            mark = time.perf_counter()
        write_comparison(out / "compare", compare_runs(results), results, county)
        rows.append(("compare", time.perf_counter() - mark))
        rows.append(("all", time.perf_counter() - started))
        for name, seconds in rows:
            print(f"{name:<48}{seconds:8.2f} s")
        print(f"{'peak memory':<48}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")
        for path in sorted(out.rglob("*.*")):
            if path.is_file():
                print(f"{path.relative_to(out).as_posix():<48}{path.stat().st_size / 1e6:8.2f} MB")


if __name__ == "__main__":
    main()
