"""Meals: which dining points cook, which are served by rounds from which kitchens, which go without."""

from anyi_geo.plan.meals.answer import MealPlan, Round, Unserved
from anyi_geo.plan.meals.check import UncheckedPlanError, check_plan
from anyi_geo.plan.meals.keep import replan_meals
from anyi_geo.plan.meals.problem import MealProblem
from anyi_geo.plan.meals.settings import MealSettings, MealStep
from anyi_geo.plan.meals.solve import plan_meals

__all__ = [
    "MealPlan",
    "MealProblem",
    "MealSettings",
    "MealStep",
    "Round",
    "UncheckedPlanError",
    "Unserved",
    "check_plan",
    "plan_meals",
    "replan_meals",
]
