"""Progress: what is told on the way is the best plan so far and a bound that no plan undercuts."""

import pytest
from meal_enumeration import a_problem, optimum

from anyi_geo.bridge.meal_progress import EVERY, progress_line, told_to
from anyi_geo.errors import Message
from anyi_geo.plan.meals import MealSettings, plan_meals, search
from anyi_geo.plan.meals.settings import MealStep

LUNCH = Message("午餐", "lunch")


@pytest.mark.parametrize("few", [10_000, 5])
@pytest.mark.parametrize("prove", [True, False])
def test_bounds_told_lie_below_the_optimum_and_costs_only_fall(few, prove, monkeypatch):
    monkeypatch.setattr(search, "FEW_ROUNDS", few)
    problem = a_problem(21, stops=5)
    steps = []
    plan = plan_meals(problem, MealSettings(iterations=10, prove=prove, progress=steps.append))
    _, yuan = optimum(problem)
    assert steps
    assert all(step.bound_yuan is None or step.bound_yuan <= yuan + 1e-6 for step in steps)
    assert steps[-1].yuan >= plan.cost_yuan - 1e-6
    assert [step.yuan for step in steps] == sorted((step.yuan for step in steps), reverse=True)


def test_a_line_says_step_cost_bound_and_seconds_and_that_nothing_is_known():
    line = progress_line(MealStep("parts", 200.0, 190.0, 12.34), LUNCH)
    assert line.zh == "    午餐：分片改进，目前每餐 200.00 元，下界 190.00 元（相差 5.0%），12.3 秒"
    assert line.en == "    lunch: parts, 200.00 yuan a service so far, bound 190.00 (gap 5.0%), 12.3 s"
    assert "下界未知" in progress_line(MealStep("race", 200.0, None, 1.0), LUNCH).zh


def test_what_takes_a_second_is_told_once_a_second():
    lines = []
    tell = told_to(lines.append, LUNCH)
    for seconds in (0.2, 0.9, EVERY, EVERY + 0.5, 2 * EVERY, 2.1 * EVERY):
        tell(MealStep("race", 1.0, None, seconds))
    assert [line.zh.split("，")[-1] for line in lines] == ["1.0 秒", "2.0 秒"]
