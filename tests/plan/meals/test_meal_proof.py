"""Proofs: bounds stay below the optimum at any time, close on small problems, and say when they did not finish."""

import math
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from meal_enumeration import a_problem, optimum
from meal_road import road

from anyi_geo.plan.meals import MealSettings, plan_meals
from anyi_geo.plan.meals.arrays import arrays_of
from anyi_geo.plan.meals.choice import choose
from anyi_geo.plan.meals.clock import round_cost, timetable
from anyi_geo.plan.meals.prove import ListedRounds, NgRoutes, every_round, kernel, prove, relax
from anyi_geo.plan.meals.prove.master import Branch, Master, Priced
from anyi_geo.plan.meals.prove.ng import completion, grid_of
from anyi_geo.plan.meals.reach import reach


def proof(problem, source, *, left=lambda: math.inf):
    """Return the proof from an incumbent that drives to every stop by itself."""
    arrays = arrays_of(problem)
    possible = reach(arrays).possible
    trips = every_round(arrays, possible, limit=10**6)
    single = [next(trip for trip in trips if trip.stops == (stop,)) for stop in range(arrays.n)]
    start = choose(arrays, single, [], per_vehicle=False)
    if source == "listed":
        rounds = ListedRounds(arrays, trips, per_vehicle=False)
    else:
        rounds = NgRoutes(arrays, possible, left, per_vehicle=False)
    return prove(arrays, rounds, start, single, left=left, seed=0, per_vehicle=False)


def town(seed, count=9, kitchens=3, hot=None):
    """Return stops without own kitchens and kitchens with room for all, so that single rounds are a plan."""
    problem = a_problem(seed, stops=count, kitchens=kitchens, hot=hot)
    stops = problem.stops.assign(own_kitchen_yuan=np.nan, window_start=-np.inf, window_end=np.inf)
    drives = pd.DataFrame({"capacity_meals": [18], "fixed_yuan": [6.0], "number": [np.nan]}, ["van"])
    return replace(problem, stops=stops, kitchens=problem.kitchens.assign(capacity_meals=99.0), vehicles=drives)


@pytest.mark.parametrize("source", ["listed", "ng"])
@pytest.mark.parametrize(("seed", "hot"), [(1, None), (2, None), (3, 40.0), (4, 25.0)])
def test_both_ways_close_on_the_same_optimum(source, seed, hot):
    """The model over all rounds, solved to the end, is the reference."""
    problem = town(seed, hot=hot)
    best = plan_meals(problem, MealSettings(iterations=30))
    assert best.status == "optimal"
    found = proof(problem, source)
    assert found.source == "all rounds"
    assert found.bound == pytest.approx(best.cost_yuan, abs=1e-5)
    assert found.choice.yuan == pytest.approx(best.cost_yuan, abs=1e-5)


@pytest.mark.parametrize("asked", [1, 3, 8, 30])
@pytest.mark.parametrize("hot", [None, 40.0])
def test_a_bound_cut_off_at_any_moment_is_a_bound(asked, hot):
    """The clock is asked so many times before it says that the time is over."""
    problem, count = town(5, hot=hot), [asked]

    def left():
        count[0] -= 1
        return 1.0 if count[0] > 0 else 0.0

    found = proof(problem, "ng", left=left)
    assert 0 <= found.bound <= plan_meals(problem, MealSettings(iterations=30)).cost_yuan + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_completions_are_below_every_completion(seed):
    """From every beginning of every listed round: the table never exceeds what the rest of the round really costs."""
    problem = a_problem(seed + 70, stops=6, kitchens=2, hot=[None, 45.0][seed % 2])
    arrays = arrays_of(problem)
    possible, grid = reach(arrays).possible, grid_of(arrays, 3)
    prices = np.random.default_rng(seed).uniform(0, 15, arrays.n)
    for kitchen in range(arrays.k):
        table = completion(arrays, grid, kitchen, prices, possible[kitchen])
        for trip in every_round(arrays, possible, limit=10**6):
            if trip.kitchen == kitchen:
                value = round_cost(arrays, kitchen, trip.stops) - prices[list(trip.stops)].sum()
                first = trip.stops[0]
                left = max(0, int(grid.steps[kitchen] - grid.out[kitchen, first]))
                spare = int(table.room // grid.meals_per_step) - int(grid.load[first])
                ahead = arrays.cost_out[kitchen, first] + arrays.handing[first] - prices[first]
                assert ahead + table.table[spare, first, 1, left] <= value + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_every_set_of_stops_that_can_be_driven_is_listed_at_its_cheapest(seed):
    """Against all orders of all sets."""
    arrays = arrays_of(a_problem(seed + 80, stops=5, kitchens=1, hot=[30.0, 50.0, None][seed % 3]))
    listed = {frozenset(t.stops): t for t in every_round(arrays, reach(arrays).possible, limit=10**6)}
    for size in range(1, 6):
        for group in combinations(range(arrays.n), size):
            fits = arrays.meals[list(group)].sum() <= min(arrays.largest_vehicle, arrays.capacity[0])
            ways = [way for way in permutations(group) if fits and timetable(arrays, 0, way)]
            assert (frozenset(group) in listed) == bool(ways)
            if ways:
                cheapest = min(round_cost(arrays, 0, way) for way in ways)
                assert listed[frozenset(group)].yuan == pytest.approx(cheapest)


def test_too_many_rounds_are_not_listed():
    arrays = arrays_of(town(1))
    possible = reach(arrays).possible
    assert every_round(arrays, possible, limit=50) is None
    assert every_round(arrays, possible, limit=10**6) is not None
    assert every_round(arrays, possible, limit=10**6, time_left=lambda: 0.0) is None


def test_the_linear_programme_over_all_rounds_is_a_bound_and_its_dive_a_plan():
    problem = town(6)
    arrays = arrays_of(problem)
    trips = every_round(arrays, reach(arrays).possible, limit=10**6)
    listing = relax(arrays, ListedRounds(arrays, trips, per_vehicle=False), unserved_meals=0, per_vehicle=False)
    best = plan_meals(problem, MealSettings(iterations=30)).cost_yuan
    assert 0.5 * best < listing.bound <= best + 1e-6
    assert {stop for trip in listing.dived for stop in trip.stops} == set(range(arrays.n))


def test_a_closed_kitchen_costs_more():
    arrays = arrays_of(town(6))
    trips = every_round(arrays, reach(arrays).possible, limit=10**6)
    rounds = [Priced(trip.kitchen, trip.stops, 0) for trip in trips]
    master = Master(arrays, unserved_meals=0, per_vehicle=False)
    master.stand_in(1e4)
    assert master.add(rounds) == len(rounds)
    assert master.add(rounds) == 0
    free = master.solve().value
    master.fix(Branch({0: 0}))
    closed = master.solve()
    assert closed.value >= free - 1e-9
    assert closed.opened[0] == 0


def test_asked_for_a_proof_the_status_says_whether_it_finished():
    assert plan_meals(road(), MealSettings(iterations=30, prove=True)).status == "optimal"
    hard = town(7, count=24, kitchens=5)
    hard = replace(hard, vehicles=hard.vehicles.assign(capacity_meals=60))
    plan = plan_meals(hard, MealSettings(seconds=1.0, prove=True))
    assert plan.status in {"no proof", "optimal"}
    assert (plan.status == "optimal") == (plan.gap <= 1e-6)
    assert plan.bound_yuan <= plan.cost_yuan
    assert plan.bound_source


@pytest.mark.parametrize("seed", range(3))
def test_the_proven_plan_is_the_enumerated_optimum(seed):
    problem = a_problem(seed + 500, stops=4, kitchens=2, hot=50.0)
    plan = plan_meals(problem, MealSettings(iterations=30, prove=True))
    unserved, yuan = optimum(problem)
    assert plan.status == "optimal"
    assert plan.cost_yuan == pytest.approx(yuan, abs=1e-6)
    assert sum(problem.stops["meals"][one.id] for one in plan.unserved) == unserved


@pytest.mark.parametrize("hot", [None, 40.0])
@pytest.mark.parametrize("seed", range(3))
def test_compiled_or_not_the_tables_are_the_same(monkeypatch, seed, hot):
    problem = a_problem(seed, stops=8, kitchens=2, hot=hot)
    arrays = arrays_of(problem)
    possible, grid = reach(arrays).possible, grid_of(arrays)
    prices = np.random.default_rng(seed).uniform(0, 40, arrays.n)
    for kitchen in range(arrays.k):
        tables = []
        for compiled in (True, False):
            monkeypatch.setattr(kernel, "COMPILED", compiled)
            tables.append(completion(arrays, grid, kitchen, prices, possible[kitchen]).table)
        assert np.array_equal(*tables)
        assert (tables[0] < arrays.cost_back[:, kitchen].min()).any()


def test_a_proof_without_numba(monkeypatch):
    monkeypatch.setattr(kernel, "COMPILED", False)
    problem = town(2)
    assert proof(problem, "ng").bound == pytest.approx(plan_meals(problem, MealSettings(iterations=30)).cost_yuan)
