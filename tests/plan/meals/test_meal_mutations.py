"""Spoil a good plan in one place, any place: the checker says so. It imports nothing that plans."""

import ast
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from meal_road import QUICK, road

from anyi_geo.plan.meals import Unserved, check_plan, plan_meals
from anyi_geo.plan.meals import check as checker

PROBLEM = road()
PLAN = plan_meals(PROBLEM, QUICK)
FEW = settings(max_examples=60, deadline=None)

rounds = st.integers(0, len(PLAN.rounds) - 1)
#: Amounts above every tolerance, of either sign.
amounts = st.floats(0.01, 500.0).flatmap(lambda size: st.sampled_from([size, -size]))


def changed(number, **fields):
    return replace(
        PLAN, rounds=tuple(replace(one, **fields) if at == number else one for at, one in enumerate(PLAN.rounds))
    )


def moved(values, place, by):
    return tuple(value + by if at == place else value for at, value in enumerate(values))


def test_the_checker_imports_no_solver_and_no_search():
    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= {
        "__future__", "collections.abc", "anyi_geo.errors", "anyi_geo.plan.meals.answer", "anyi_geo.plan.meals.problem",
    }  # fmt: skip


@FEW
@given(number=rounds, by=amounts, data=st.data())
def test_no_number_of_a_round_can_be_moved(number, by, data):
    one = PLAN.rounds[number]
    place = data.draw(st.integers(0, len(one.stops) - 1))
    spoilt = [
        changed(number, cost_yuan=one.cost_yuan + by),
        changed(number, arrival_minutes=moved(one.arrival_minutes, place, by)),
        changed(number, elapsed_minutes=moved(one.elapsed_minutes, place, by)),
        changed(number, departure_minute=one.departure_minute + by),
        changed(number, arrival_minutes=moved(one.arrival_minutes, place, math.nan)),
        changed(number, elapsed_minutes=moved(one.elapsed_minutes, place, math.nan)),
        changed(number, departure_minute=math.nan),
        changed(number, cost_yuan=math.nan),
        replace(PLAN, bound_yuan=math.nan),
        changed(number, meals=one.meals + (1 if by > 0 else -1)),
        replace(PLAN, cost_yuan=PLAN.cost_yuan + by),
        replace(PLAN, bound_yuan=PLAN.cost_yuan + abs(by)),
    ]
    assert [bool(check_plan(PROBLEM, plan)) for plan in spoilt] == [True] * len(spoilt)


@FEW
@given(number=rounds, data=st.data())
def test_no_stop_can_be_left_out_added_doubled_or_swapped(number, data):
    one = PLAN.rounds[number]
    others = [stop for stop in PROBLEM.stops.index if stop not in one.stops]
    order = data.draw(st.permutations(one.stops))
    stop = data.draw(st.sampled_from(others))
    spoilt = [
        changed(number, stops=one.stops[1:]),
        changed(number, stops=(*one.stops, stop)),
        changed(number, stops=(stop, *one.stops[1:])),
        changed(number, stops=one.stops * 2),
        changed(number, kitchen=next(name for name in PROBLEM.kitchens.index if name != one.kitchen)),
        replace(PLAN, rounds=tuple(each for each in PLAN.rounds if each is not one)),
    ]
    if tuple(order) != one.stops:
        spoilt.append(changed(number, stops=tuple(order)))
    assert [bool(check_plan(PROBLEM, plan)) for plan in spoilt] == [True] * len(spoilt)


@FEW
@given(
    stop=st.sampled_from(list(PROBLEM.stops.index)),
    mode=st.sampled_from(["own_kitchen", "delivered", "unserved", "none", "flown"]),
)
def test_no_mode_can_be_changed(stop, mode):
    assume(PLAN.mode[stop] != mode)
    spoilt = PLAN.mode.copy()
    spoilt[stop] = mode
    unserved = tuple(Unserved(name, "") for name in spoilt.index[spoilt == "unserved"])
    assert check_plan(PROBLEM, replace(PLAN, mode=spoilt))
    assert check_plan(PROBLEM, replace(PLAN, mode=spoilt, unserved=unserved))


@FEW
@given(by=st.integers(1, 10), kind=st.sampled_from(["vehicle", "kitchen", "hot", "window", "ready", "number", "most"]))
def test_no_limit_can_be_drawn_tighter_than_the_plan(by, kind):
    """The fullest vehicle and kitchen hold 18, the oldest meal is 24 minutes old: every limit below it is broken."""
    load = max(one.meals for one in PLAN.rounds)
    oldest = max(max(one.elapsed_minutes) for one in PLAN.rounds)
    first = min(min(one.arrival_minutes) for one in PLAN.rounds)
    loading = min(one.departure_minute for one in PLAN.rounds)
    stops, kitchens, vehicles = PROBLEM.stops, PROBLEM.kitchens, PROBLEM.vehicles
    tighter = {
        "vehicle": {"vehicles": vehicles.assign(capacity_meals=load - by)},
        "kitchen": {"kitchens": kitchens.assign(capacity_meals=float(load - by))},
        "hot": {"hot_limit_minutes": oldest - by},
        "window": {"stops": stops.assign(window_start=-np.inf, window_end=first - by)},
        "ready": {"kitchens": kitchens.assign(ready_minute=loading + by)},
        "number": {"vehicles": vehicles.assign(number=len(PLAN.rounds) - 1)},
        "most": {"kitchens_max": float(len(PLAN.opened) - 1)},
    }[kind]
    assert not check_plan(PROBLEM, PLAN)
    assert check_plan(replace(PROBLEM, **tighter), PLAN)


def test_labels_that_do_not_exist_are_named():
    for field in ("kitchen", "vehicle"):
        assert any("nowhere" in fault.en for fault in check_plan(PROBLEM, changed(0, **{field: "nowhere"})))
    assert any("nowhere" in fault.en for fault in check_plan(PROBLEM, changed(0, stops=("nowhere",))))
    assert any("nowhere" in fault.en for fault in check_plan(PROBLEM, replace(PLAN, opened=("nowhere",))))


def test_no_optimum_without_a_closed_bound():
    low = PLAN.cost_yuan * (1 - 1e-5)
    assert PLAN.status == "optimal"
    assert check_plan(PROBLEM, replace(PLAN, bound_yuan=low, gap=1e-5))
    assert not check_plan(PROBLEM, replace(PLAN, bound_yuan=low, gap=1e-5, status="feasible"))
    assert check_plan(PROBLEM, replace(PLAN, bound_yuan=low, gap=0.0, status="feasible"))
    assert check_plan(PROBLEM, replace(PLAN, bound_yuan=None, gap=None))
    assert not check_plan(PROBLEM, replace(PLAN, bound_yuan=None, gap=None, status="no proof"))


def test_dearer_tables_make_the_cost_wrong():
    for name in ("cost_yuan", "minutes"):
        table = getattr(PROBLEM, name)
        assert check_plan(replace(PROBLEM, **{name: table + 0.01}), PLAN), name
    dearer = pd.DataFrame({"fixed_yuan": PROBLEM.vehicles["fixed_yuan"] + 0.01})
    assert check_plan(replace(PROBLEM, vehicles=PROBLEM.vehicles.assign(**dearer)), PLAN)
    assert check_plan(replace(PROBLEM, kitchens=PROBLEM.kitchens.assign(opening_yuan=20.01)), PLAN)
