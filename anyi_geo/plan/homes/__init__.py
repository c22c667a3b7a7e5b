"""Homes: which become the county centre, who moves, what the emptied ones become."""

from anyi_geo.plan.homes.model import plan_homes
from anyi_geo.plan.homes.problem import REUSES, STATES, HomesCosts, HomesPlan, HomesProblem, TooFewBedsError, WayOut

__all__ = [
    "REUSES",
    "STATES",
    "HomesCosts",
    "HomesPlan",
    "HomesProblem",
    "TooFewBedsError",
    "WayOut",
    "plan_homes",
]
