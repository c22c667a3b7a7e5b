"""The price of short visits: a Pareto front of yearly cost against the minutes that families travel."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import NoIncumbentError
from anyi_geo.plan.homes.cost import visiting_minutes
from anyi_geo.plan.homes.decode import decode
from anyi_geo.plan.homes.kinds import HOME_SUPPORT
from anyi_geo.plan.homes.model import HomesModel, minimise, refine
from anyi_geo.plan.homes.plan import HomesPlan
from anyi_geo.plan.homes.problem import HomesProblem
from anyi_geo.plan.homes.solve import house_everyone

#: The largest front that is still read.
MOST_PLANS = 12


def pareto_front(problem: HomesProblem, settings: SolverSettings, plans: int = MOST_PLANS) -> list[HomesPlan]:
    """Return plans of which none is better in both yearly cost and visiting minutes, cheapest first.

    The epsilon-constraint method (Haimes, Lasdon and Wismer 1971): least cost under a falling limit on the minutes of
    all families together, from the minutes of the cheapest plan down to the fewest minutes that any plan reaches; each
    plan has the fewest minutes at its cost. Visiting time has no price here, and every plan houses everyone.

    Parameters
    ----------
    problem : HomesProblem
        With up to ``rules.centres`` centres.
    settings : SolverSettings
        Seconds for the whole front; when they end, the plans found so far are returned.
    plans : int
        At most so many, at least 2, at most 12.

    Raises
    ------
    TooFewBedsError, VisitLimitError
        As `plan_homes`.
    """
    count = min(max(plans, 2), MOST_PLANS)
    started = time.perf_counter()
    rules = replace(problem.rules, at_most=True, visit_weight=0.0)
    model = HomesModel(replace(problem, rules=rules))
    house_everyone(model, settings)
    total = model.lp.add_variable("minutes_of_all", 0)
    model.lp += total >= model.visiting(), "front_minutes"
    cost = model.lp.add_variable("yearly_cost")
    model.lp += cost >= model.yearly_yuan(), "front_cost"
    model.lp.setObjective(1.0 * total)
    fewest = minimise(model.lp, _rest(settings, started)).objective
    found = [_cheapest(model, settings, started)]
    most = _minutes(found[0])
    for limit in np.linspace(most, fewest, count)[1:]:
        total.upBound = float(limit) * (1 + 1e-9) + 1e-6
        try:
            found.append(_cheapest(model, settings, started))
        except NoIncumbentError:
            break
    return [plan for plan, _ in _undominated(found)]


def _rest(settings: SolverSettings, started: float) -> SolverSettings:
    """Return the settings with what is left of the seconds for the whole front."""
    return replace(settings, seconds=max(settings.seconds - (time.perf_counter() - started), 0.01))


def _minutes(entry: tuple[HomesPlan, float]) -> float:
    return entry[1]


def _cheapest(model: HomesModel, settings: SolverSettings, started: float) -> tuple[HomesPlan, float]:
    """Return the cheapest plan within the limit, with the fewest minutes at that cost."""
    cost, total = model.lp.variablesDict()["yearly_cost"], model.lp.variablesDict()["minutes_of_all"]
    cost.upBound = None
    model.lp.setObjective(model.yearly_yuan())
    outcome = minimise(model.lp, _rest(settings, started))
    cost.upBound = outcome.objective + max(1e-7 * abs(outcome.objective), 1e-3)
    model.lp.setObjective(1.0 * total)
    refine(model.lp, _rest(settings, started))
    plan = decode(model, outcome, time.perf_counter() - started)
    return plan, visiting_minutes(model.problem, plan.flows[plan.flows["to_site"] != HOME_SUPPORT])


def _undominated(found: list[tuple[HomesPlan, float]]) -> list[tuple[HomesPlan, float]]:
    """Return the plans that no other beats in both, cheapest first; of equal ones the first."""
    kept: list[tuple[HomesPlan, float]] = []
    for plan, minutes in sorted(found, key=lambda entry: (round(entry[0].objective, 2), entry[1])):
        if not kept or minutes < kept[-1][1] - 1e-6:
            kept.append((plan, minutes))
    return kept
