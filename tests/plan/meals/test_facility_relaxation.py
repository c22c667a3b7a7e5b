"""The facility relaxation: its mathematics as a stored text, its bound, its K best kitchen sets."""

from pathlib import Path

import pytest
from meal_enumeration import a_problem, optimum
from meal_road import road

from anyi_geo.locate.settings import SolverSettings
from anyi_geo.plan.meals.arrays import arrays_of
from anyi_geo.plan.meals.facility import FacilityModel, best_sets, shares
from anyi_geo.plan.meals.reach import reach

STORED = Path(__file__).parents[1] / "lp" / "meal_facility.lp"
EXACT = SolverSettings(seconds=30)


def model(problem, **options):
    arrays = arrays_of(problem)
    reached = reach(arrays)
    return FacilityModel(arrays, reached, shares(arrays, reached), **{"unserved_meals": 0} | options)


def test_the_model_is_the_stored_text(tmp_path):
    """A change of the mathematics is a readable difference of this file."""
    written = tmp_path / "facility.lp"
    model(road(kitchens_max=2.0), unserved_meals=6).problem.writeLP(written)
    assert written.read_text() == STORED.read_text()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("whole", [True, False])
def test_its_value_is_below_the_optimum(seed, whole):
    """Whole numbers of rounds give the better bound; both are bounds."""
    problem = a_problem(seed + 300, stops=4, hot=45.0)
    unserved, yuan = optimum(problem)
    _, bound = model(problem, unserved_meals=unserved, whole_rounds=whole).solve(EXACT)
    assert 0 < bound <= yuan + 1e-6


def test_kitchen_sets_come_best_first_and_never_twice():
    found = best_sets(model(a_problem(5, kitchens=4)), 5, EXACT, slack=10.0, time_left=lambda: True)
    assert len({one.kitchens for one in found}) == len(found) > 2
    assert [one.value for one in found] == sorted(one.value for one in found)
    near = best_sets(model(a_problem(5, kitchens=4)), 5, EXACT, slack=0.0, time_left=lambda: True)
    assert near[0].kitchens == found[0].kitchens
    assert len(near) <= len(found)


def test_surcharged_tours_are_no_bound_but_value_sets_higher():
    problem = a_problem(3, hot=60.0)
    _, plain = model(problem, unserved_meals=99).solve(EXACT)
    _, dear = model(problem, unserved_meals=99, tour_weight=1.0).solve(EXACT)
    assert dear >= plain
