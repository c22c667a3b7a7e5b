"""Proofs: every round worth driving where they are few, column generation with a valid bound where they are many."""

from anyi_geo.plan.meals.prove.branch import NG_ROUTES, Proof, prove
from anyi_geo.plan.meals.prove.exact import ALL_ROUNDS, Exact, solve_all
from anyi_geo.plan.meals.prove.listing import LISTED, Listing, relax
from anyi_geo.plan.meals.prove.rounds import every_round
from anyi_geo.plan.meals.prove.source import ListedRounds, NgRoutes, Source

__all__ = [
    "ALL_ROUNDS",
    "LISTED",
    "NG_ROUTES",
    "Exact",
    "ListedRounds",
    "Listing",
    "NgRoutes",
    "Proof",
    "Source",
    "every_round",
    "prove",
    "relax",
    "solve_all",
]
