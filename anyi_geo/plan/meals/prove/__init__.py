"""Proofs: every round worth driving where they are few, column generation with a valid bound where they are many."""

from anyi_geo.plan.meals.prove.exact import ALL_ROUNDS, Exact, solve_all
from anyi_geo.plan.meals.prove.rounds import every_round

__all__ = ["ALL_ROUNDS", "Exact", "every_round", "solve_all"]
