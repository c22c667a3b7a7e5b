"""Homes: which become the county centre, who moves and when, what the emptied ones become."""

from anyi_geo.plan.homes.expansion import Step, expansion
from anyi_geo.plan.homes.faults import USE_LOCK
from anyi_geo.plan.homes.front import MOST_PLANS, pareto_front
from anyi_geo.plan.homes.kinds import HOME_SUPPORT, KINDS, REUSES, STATES
from anyi_geo.plan.homes.plan import HomesPlan, NoRoadError, TooFewBedsError, VisitLimitError, WayOut
from anyi_geo.plan.homes.problem import HomesCosts, HomesProblem, HomesRules, groups_of
from anyi_geo.plan.homes.reuse import choose_reuse
from anyi_geo.plan.homes.solve import plan_homes
from anyi_geo.plan.homes.waves import WaveRules, fewest_waves, plan_waves

__all__ = [
    "HOME_SUPPORT",
    "KINDS",
    "MOST_PLANS",
    "REUSES",
    "STATES",
    "USE_LOCK",
    "HomesCosts",
    "HomesPlan",
    "HomesProblem",
    "HomesRules",
    "NoRoadError",
    "Step",
    "TooFewBedsError",
    "VisitLimitError",
    "WaveRules",
    "WayOut",
    "choose_reuse",
    "expansion",
    "fewest_waves",
    "groups_of",
    "pareto_front",
    "plan_homes",
    "plan_waves",
]
