"""Rounds by labelling and plans improved part by part, against enumeration and against each other."""

from itertools import combinations, permutations

import numpy as np
import pytest
from meal_enumeration import a_problem, on_time, optimum, road

from anyi_geo.plan.meals.arrays import arrays_of
from anyi_geo.plan.meals.beam import beam_of, rounds_below
from anyi_geo.plan.meals.choice import choose
from anyi_geo.plan.meals.columns import columns_of, generate
from anyi_geo.plan.meals.part import near_stops, part_of, put_back
from anyi_geo.plan.meals.pool import Pool
from anyi_geo.plan.meals.popmusic import Progress, improve
from anyi_geo.plan.meals.reach import reach


def whole_day(seed, **change):
    """Return a problem whose windows never close, so that plans without a kitchen for all are rare."""
    problem = a_problem(seed, hot=70.0, **change)
    problem.stops["window_start"], problem.stops["window_end"] = -np.inf, np.inf
    return problem


def direct_plan(arrays, per_vehicle=False):
    """Return every stop's own round from the first kitchen that has room."""
    trips, room, pool = [], arrays.capacity.astype(float).copy(), Pool(arrays)
    reached = reach(arrays)
    for stop in range(arrays.n):
        for kitchen in np.flatnonzero(reached.direct[:, stop]).tolist():
            if room[kitchen] >= arrays.meals[stop]:
                room[kitchen] -= arrays.meals[stop]
                trips.append(pool.add(kitchen, [stop]))
                break
    return choose(arrays, trips, (), per_vehicle=per_vehicle)


def reduced(problem, arrays, kitchen, way, prices, of_type):
    """Return the reduced cost of a round from the problem's tables alone."""
    names = [problem.stops.index[arrays.stops[at]] for at in way]
    load = problem.stops["meals"][names].sum()
    fits = [cost for cost, holds in zip(of_type, problem.vehicles["capacity_meals"], strict=True) if holds >= load]
    return road(problem, problem.kitchens.index[kitchen], names) - sum(prices[list(way)]) + min(fits)


@pytest.mark.parametrize("seed", range(8))
def test_the_labelling_finds_the_least_round_and_none_that_cannot_be_driven(seed):
    problem = a_problem(seed, stops=5, hot=45.0)
    arrays = arrays_of(problem)
    reached = reach(arrays)
    prices = np.random.default_rng(seed).uniform(5, 40, arrays.n)
    of_type = np.array([4.0, 7.0])
    for kitchen, name in enumerate(problem.kitchens.index):
        found = rounds_below(beam_of(arrays, reached.possible), kitchen, prices, of_type, most=50)
        least = 0.0
        for size in range(1, arrays.n + 1):
            for group in combinations(range(arrays.n), size):
                if arrays.meals[list(group)].sum() > min(20, arrays.capacity[kitchen]):
                    continue
                for way in permutations(group):
                    if on_time(problem, name, [problem.stops.index[at] for at in way]):
                        least = min(least, reduced(problem, arrays, kitchen, way, prices, of_type))
        values = [reduced(problem, arrays, kitchen, way, prices, of_type) for way in found]
        in_time = [
            value
            for value, way in zip(values, found, strict=True)
            if on_time(problem, name, [problem.stops.index[at] for at in way])
        ]
        assert all(value < 0 for value in values)
        assert all(len(set(way)) == len(way) for way in found)
        assert min(in_time, default=0.0) == pytest.approx(least, abs=1e-9)


def test_a_round_never_carries_more_than_the_vehicle_where_loads_are_rounded():
    problem = a_problem(1, stops=6, hot=None)
    problem.stops["meals"] = [997, 1009, 1013, 1019, 1021, 1031]
    problem.vehicles["capacity_meals"] = [2030, 4060]
    problem.kitchens["capacity_meals"] = 1e4
    arrays = arrays_of(problem)
    beam = beam_of(arrays, reach(arrays).possible)
    assert beam.meals_per_step > 1
    found = rounds_below(beam, 0, np.full(arrays.n, 1000.0), np.array([4.0, 7.0]), most=100)
    loads = [arrays.meals[list(way)].sum() for way in found]
    assert max(loads) <= 4060
    assert max(len(way) for way in found) >= 3


def test_no_more_rounds_through_a_stop_than_asked():
    arrays = arrays_of(a_problem(2, stops=8, hot=None))
    beam = beam_of(arrays, reach(arrays).possible)
    prices = np.full(arrays.n, 60.0)
    few = rounds_below(beam, 0, prices, np.array([4.0, 7.0]), most=100, cover=1)
    many = rounds_below(beam, 0, prices, np.array([4.0, 7.0]), most=100)
    assert len(few) < len(many)
    assert {stop for way in few for stop in way} == {stop for way in many for stop in way}


@pytest.mark.parametrize("seed", range(4))
def test_the_programme_over_generated_rounds_is_below_the_optimum_of_its_kitchens(seed):
    problem = whole_day(seed, stops=4)
    problem.kitchens["opening_yuan"] = 0.0
    problem.kitchens["capacity_meals"] = 60.0
    problem.vehicles["number"] = np.nan
    arrays = arrays_of(problem)
    known = columns_of(arrays, reach(arrays).possible, Pool(arrays), unserved_meals=0, per_vehicle=False)
    prices = generate(known, dict.fromkeys(range(arrays.k), 1), lambda: 1e9)
    unserved, yuan = optimum(problem)
    assert unserved == 0
    assert prices.value <= yuan + 1e-6
    assert prices.value >= 0.5 * yuan
    assert generate(known, dict.fromkeys(range(arrays.k), 1), lambda: 0.0) is None


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("per_vehicle", [False, True])
def test_a_part_put_back_unchanged_is_the_plan(seed, per_vehicle):
    problem = whole_day(seed, stops=8, kitchens=3)
    problem.vehicles["number"] = np.nan
    problem.kitchens["capacity_meals"] = 25.0
    arrays = arrays_of(problem)
    plan = direct_plan(arrays, per_vehicle)
    part = part_of(arrays, plan, near_stops(arrays, plan, seed, 4), per_vehicle=per_vehicle)
    whole = put_back(arrays, plan, part, part.choice, per_vehicle=per_vehicle)
    assert 2 <= len(part.stops) <= 4
    assert whole.trips == plan.trips
    assert whole.yuan == pytest.approx(plan.yuan, abs=1e-9)
    outside = sum(trip.yuan for trip in plan.trips if not set(trip.stops) & set(part.stops))
    opening = arrays.opening[list(part.kitchens)].sum()
    fixed = (
        0.0 if per_vehicle else sum(arrays.fixed[list(plan.vehicles)]) - sum(arrays.fixed[list(part.choice.vehicles)])
    )
    assert part.choice.yuan + outside + opening + fixed == pytest.approx(plan.yuan, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_parts_never_make_a_plan_dearer_and_end_at_the_optimum_of_a_small_one(seed):
    problem = whole_day(seed, stops=4, kitchens=2)
    problem.vehicles["number"] = np.nan
    problem.kitchens["opening_yuan"] = 0.0
    arrays = arrays_of(problem)
    plan = direct_plan(arrays)
    rng = np.random.default_rng(0)
    best = improve(arrays, plan, Progress(), rng, left=lambda: 1e9, parts=12, per_vehicle=False)
    unserved, yuan = optimum(problem)
    assert best.rank <= plan.rank
    opened = {trip.kitchen for trip in plan.trips}
    if len(opened) == arrays.k and not plan.unserved_meals:
        assert (unserved, best.yuan) == (0, pytest.approx(yuan, abs=1e-6))


def test_parts_repeat_with_the_same_seed_and_stop_when_all_are_done():
    arrays = arrays_of(whole_day(3, stops=9, kitchens=3))
    plan = direct_plan(arrays)
    runs = []
    for _ in range(2):
        tried, rng = Progress(), np.random.default_rng(5)
        runs.append(improve(arrays, plan, tried, rng, left=lambda: 1e9, parts=500, per_vehicle=False))
        assert len(tried.done) < 500
    assert runs[0] == runs[1]


def test_parts_respect_a_ceiling_on_kitchens_and_the_number_of_vehicles():
    problem = whole_day(4, stops=6, kitchens=3, kitchens_max=2.0)
    problem.vehicles["number"] = [3.0, 1.0]
    problem.kitchens["capacity_meals"] = 40.0
    arrays = arrays_of(problem)
    pool = Pool(arrays)
    order = np.argsort(arrays.cost_out[0], kind="stable").tolist()
    trips = [pool.add(0, [stop]) for stop in order[:3]]
    plan = choose(arrays, trips, (), per_vehicle=False)
    assert plan.unserved_meals > 0
    best = improve(arrays, plan, Progress(), np.random.default_rng(0), left=lambda: 1e9, parts=10, per_vehicle=False)
    used = np.bincount(best.vehicles, minlength=2)
    places = {trip.kitchen for trip in best.trips} | {("own", stop) for stop in best.own}
    assert best.unserved_meals < plan.unserved_meals
    assert (used <= [3, 1]).all()
    assert len(places) <= 2
