"""Plan the embedded county's meals in a few budgets, and prove small cuts of it; written as a markdown table.

    python benchmarks/meals/county.py --seconds 5 30 --long 600 --out table.md

The county has about 80 dining points and 20 kitchens. With the limit of 60 minutes its rounds can all be listed and the
optimum is proven at once; with 120 minutes they cannot, so that case shows how the search closes in on a long run.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from anyi_geo.bridge.care_sites import official_plan
from anyi_geo.bridge.homes import decide_homes
from anyi_geo.bridge.homes_reuse import with_homes_as_care_sites
from anyi_geo.bridge.meal_problem import meal_problem
from anyi_geo.bridge.meals import home_states
from anyi_geo.bridge.travel import prepare_travel
from anyi_geo.county import load_county, packaged_data
from anyi_geo.locate import SolverSettings
from anyi_geo.plan.meals import MealProblem, MealSettings, plan_meals
from anyi_geo.scenario import load_scenario


def county_problem(name: str) -> MealProblem:
    """Return the meals problem of a scenario."""
    scenario = load_scenario(name, packaged_data() / "scenarios")
    county, settings = with_homes_as_care_sites(load_county(packaged_data()), scenario.settings)
    travel, batch = prepare_travel(county, 1, 0), official_plan(county, settings)
    _, homes, _ = decide_homes(county, settings, travel, batch, SolverSettings(seconds=10.0))
    _, problem = meal_problem(county, settings, travel, batch, home_states(homes))
    return problem


def cut(problem: MealProblem, points: int, kitchens: int) -> MealProblem:
    """Return the first points that eat and the first kitchens, as many as asked."""
    stops = problem.stops[problem.stops["meals"] > 0].iloc[:points]
    cooks = problem.kitchens.iloc[:kitchens]
    places = cooks.index.append(stops.index.difference(cooks.index, sort=False))
    return replace(
        problem,
        stops=stops,
        kitchens=cooks,
        minutes=problem.minutes.loc[places, places],
        cost_yuan=problem.cost_yuan.loc[places, places],
    )


def main() -> None:
    """Run every case and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, nargs="+", default=[5.0, 30.0])
    parser.add_argument("--long", type=float, default=0.0, help="seconds of one long run to compare with")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    budgets = [*chosen.seconds, *([chosen.long] if chosen.long else [])]
    lines = ["| case | points x kitchens | budget s | yuan a service | gap % | status | took s |", "|---" * 7 + "|"]
    print("\n".join(lines), flush=True)
    cases = [(name, county_problem(name), MealSettings(seconds=s)) for name in ("hot-60", "hot-120") for s in budgets]
    wide = county_problem("hot-120")
    cases += [(f"{name} cut", cut(county_problem(name), 20, 8), MealSettings(seconds=60.0, prove=True))
              for name in ("hot-60", "hot-120")]  # fmt: skip
    cooking = wide.stops.assign(own_kitchen_yuan=float("nan"))
    cases.append(("hot-120 cut, no own kitchens", cut(replace(wide, stops=cooking), 20, 8), cases[-1][2]))
    for name, problem, settings in cases:
        plan = plan_meals(problem, settings)
        gap = "-" if plan.gap is None else f"{100 * plan.gap:.2f}"
        lines.append(
            f"| {name} | {len(problem.stops)} x {len(problem.kitchens)} | {settings.seconds:g} | {plan.cost_yuan:.2f} "
            f"| {gap} | {plan.status} ({plan.bound_source}) | {plan.seconds:.1f} |"
        )
        print(lines[-1], flush=True)
    if chosen.out:
        chosen.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
