"""Care sites: which village sites open, in which batch, so that the most persons are covered."""

from anyi_geo.plan.care_sites.cover import cover_within, displaced_cover, gradual_cover, nominal_cover
from anyi_geo.plan.care_sites.faults import WORST_TOWNSHIP
from anyi_geo.plan.care_sites.frequency import selection_frequency, shaken_persons
from anyi_geo.plan.care_sites.front import at_once, cost_front, group_front, swap_plans, worst_township_front
from anyi_geo.plan.care_sites.problem import BatchRule, CareSitePlan, CareSiteProblem, Stage
from anyi_geo.plan.care_sites.solve import best_plan, conditions_not_met, evaluate_given, plan_care_sites

__all__ = [
    "WORST_TOWNSHIP",
    "BatchRule",
    "CareSitePlan",
    "CareSiteProblem",
    "Stage",
    "at_once",
    "best_plan",
    "conditions_not_met",
    "cost_front",
    "cover_within",
    "displaced_cover",
    "evaluate_given",
    "gradual_cover",
    "group_front",
    "nominal_cover",
    "plan_care_sites",
    "selection_frequency",
    "shaken_persons",
    "swap_plans",
    "worst_township_front",
]
