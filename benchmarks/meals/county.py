"""The embedded county's meals in several budgets, and proofs of small cuts of it: rows of the table of `run.py`.

The county has about 80 dining points and 20 kitchens. With the limit of 60 minutes its rounds can all be listed and the
optimum is proven at once; with 120 minutes they cannot, so that case shows how the search closes in on a long run.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

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


def county_rows(budgets: Iterable[float]) -> Iterator[list[str]]:
    """Yield a row per case: every budget with both limits, then proofs of cuts of 20 points and 8 kitchens."""
    wide = county_problem("hot-120")
    problems = {"hot-60": county_problem("hot-60"), "hot-120": wide}
    alone = replace(wide, stops=wide.stops.assign(own_kitchen_yuan=float("nan")))
    proof = MealSettings(seconds=60.0, prove=True)
    cases = [(name, problem, MealSettings(seconds=s)) for name, problem in problems.items() for s in budgets]
    cases += [(f"{name}, 20 points, proof", cut(problem, 20, 8), proof) for name, problem in problems.items()]
    cases.append(("hot-120, 20 points without own kitchens, proof", cut(alone, 20, 8), proof))
    for name, problem, settings in cases:
        plan = plan_meals(problem, settings)
        yield [
            name,
            f"{len(problem.stops)} x {len(problem.kitchens)}",
            f"{settings.seconds:g}",
            f"{plan.cost_yuan:.2f}",
            "-" if plan.gap is None else f"{100 * plan.gap:.2f}",
            f"{plan.status} ({plan.bound_source or 'no bound'})",
            f"{plan.seconds:.1f}",
        ]
