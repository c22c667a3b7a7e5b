"""Build and solve one instance with one tool in this process; print one JSON line of what it took and what came."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.locate import instances
from benchmarks.locate.instances import Instance


def build_anyi(instance: Instance) -> Any:
    from anyi_geo.locate import LocationProblem  # noqa: PLC0415 - each process loads only the tool it measures

    persons = pd.Series(instance.persons, instances.labels(len(instance.persons)))
    if instance.minutes is None:
        sites = pd.DataFrame(index=persons.index)
        return LocationProblem.from_pairs(instance.pairs, persons, sites, beyond=instance.beyond)
    sites = pd.DataFrame(index=instances.labels(instance.minutes.shape[1]))
    if instance.capacity is not None:
        sites["capacity_persons"] = instance.capacity
    table = pd.DataFrame(instance.minutes, persons.index, sites.index)
    return LocationProblem.from_matrix(table, persons, sites)


def solve_anyi(problem: Any, instance: Instance, model: str, seconds: float) -> tuple[float, float, str]:
    from anyi_geo import locate  # noqa: PLC0415

    settings = locate.SolverSettings(seconds=seconds)
    if model == "p_median":
        capacitated = instance.capacity is not None
        answer = locate.p_median(problem, instance.count, capacitated=capacitated, settings=settings)
    elif model == "p_center":
        answer = locate.p_center(problem, instance.count, settings=settings)
    elif model == "set_cover":
        answer = locate.set_cover(problem, instance.limit, settings=settings)
    else:
        answer = locate.max_cover(problem, instance.count, instance.limit, settings=settings)
    return answer.objective, answer.gap, str(answer.status)


def build_spopt(instance: Instance, model: str) -> Any:
    from spopt.locate import LSCP, MCLP, PCenter, PMedian  # noqa: PLC0415

    if model == "p_median":
        return PMedian.from_cost_matrix(
            instance.minutes, instance.persons, instance.count, facility_capacities=instance.capacity
        )
    if model == "p_center":
        return PCenter.from_cost_matrix(instance.minutes, instance.count)
    if model == "set_cover":
        return LSCP.from_cost_matrix(instance.minutes, instance.limit)
    return MCLP.from_cost_matrix(instance.minutes, instance.persons, instance.limit, instance.count)


def solve_spopt(made: Any, model: str, seconds: float) -> tuple[float, float, str]:
    """Solve with the same HiGHS; the gap is read from the solver, for spopt itself reports none."""
    import pulp  # noqa: PLC0415

    made.solve(pulp.HiGHS(msg=False, timeLimit=seconds, gapRel=0.0, threads=1), results=False)
    info = made.problem.solverModel.getInfo()
    told = pulp.LpStatus[made.problem.status]
    sign = -1.0 if model == "max_cover" else 1.0
    objective = float(pulp.value(made.problem.objective))
    bound = sign * abs(info.mip_dual_bound) if sign < 0 else info.mip_dual_bound
    return objective, abs(objective - abs(bound)) / max(abs(objective), 1e-9), told


def main() -> None:
    """Measure one run; seconds of making the instance and of loading packages are not counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tool", choices=["anyi_geo", "spopt"])
    parser.add_argument("model", choices=["p_median", "p_center", "set_cover", "max_cover"])
    parser.add_argument("kind", choices=["planar", "planar_pairs", "weighted", "pmed", "pmedcap"])
    parser.add_argument("arguments", nargs="+")
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    given: list[Any] = [int(text) if text.isdigit() else text for text in chosen.arguments]
    if chosen.kind == "pmed":
        given.append(chosen.model)
    instance: Instance = getattr(instances, chosen.kind)(*given)
    if chosen.tool == "anyi_geo":
        import anyi_geo.locate  # noqa: F401, PLC0415
    else:
        import pulp  # noqa: F401, PLC0415
        import spopt.locate  # noqa: F401, PLC0415
    before = resource.getrusage(resource.RUSAGE_SELF)
    mark = time.perf_counter()
    made = build_anyi(instance) if chosen.tool == "anyi_geo" else build_spopt(instance, chosen.model)
    built = time.perf_counter()
    if chosen.tool == "anyi_geo":
        objective, gap, status = solve_anyi(made, instance, chosen.model, chosen.seconds)
    else:
        objective, gap, status = solve_spopt(made, chosen.model, chosen.seconds)
    done = time.perf_counter()
    after = resource.getrusage(resource.RUSAGE_SELF)
    row = {
        "build_seconds": built - mark,
        "solve_seconds": done - built,
        "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "start_mb": before.ru_maxrss / 1024,
        "peak_mb": after.ru_maxrss / 1024,
        "objective": objective,
        "gap": gap if np.isfinite(gap) else None,
        "status": status,
        "best": instance.best,
    }
    sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
