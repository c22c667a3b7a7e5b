"""The answer: the mode of every dining point, the rounds, what they cost and what is known of the cost."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import pandas as pd

from anyi_geo.errors import Message

Mode = Literal["own_kitchen", "delivered", "unserved", "none"]

OPTIMAL = "optimal"
FEASIBLE = "feasible"
NO_PROOF = "no proof"


@dataclass(frozen=True)
class Round:
    """One round: cooked for itself, loaded, driven, handed over.

    Attributes
    ----------
    kitchen : label
        Where it is cooked and where the vehicle returns.
    stops : tuple of label
        In the order of visit, without the kitchen.
    vehicle : label
        Type of vehicle.
    departure_minute : float
        Leaving the kitchen after loading; the loading, and with it the food's clock, starts ``loading_minutes`` before.
    arrival_minutes : tuple of float
        Arrival at every stop, before any waiting for its window.
    meals : int
        Load.
    cost_yuan : float
        Arcs, return included, and the vehicle's ``fixed_yuan`` (with chained rounds only in the vehicle's first one).
    elapsed_minutes : tuple of float
        From cooked to the end of service at every stop.
    vehicle_number : int
        Which vehicle of its type drives it, from 1; without chained rounds every round has its own.
    """

    kitchen: Hashable
    stops: tuple[Hashable, ...]
    vehicle: Hashable
    departure_minute: float
    arrival_minutes: tuple[float, ...]
    meals: int
    cost_yuan: float
    elapsed_minutes: tuple[float, ...] = ()
    vehicle_number: int = 1


class Unserved(NamedTuple):
    """A dining point left without meals, and why (in Chinese; `MealPlan.reasons` has both languages)."""

    id: Hashable
    reason: str


@dataclass(frozen=True, eq=False)
class MealPlan:
    """A checked plan.

    Attributes
    ----------
    status : str
        "optimal": cost and bound meet within 1e-6 and no plan serves more meals; "feasible"; "no proof": a proof was
        asked for and did not finish.
    cost_yuan : float
        Opened kitchens, rounds and own kitchens, recomputed from the given tables.
    bound_yuan : float or None
        No plan that serves as many meals costs less.
    bound_source : str
        "facility relaxation", "linear programme over all rounds", "all rounds" (set partitioning over every undominated
        round), "column generation" or "".
    gap : float or None
        ``(cost - bound) / max(cost, 1e-9)``.
    opened : tuple of label
        Kitchens with load, in the order of the kitchens' table.
    mode : Series
        Index: every stop; own_kitchen, delivered, unserved or none.
    rounds : tuple of Round
    unserved : tuple of Unserved
        Pairs (id, reason).
    seconds : float
        Wall-clock time.
    reasons : mapping of stop to Message
        Why a stop is unserved, or cannot be delivered although it eats (its own kitchen is then the way out).
    """

    status: str
    cost_yuan: float
    bound_yuan: float | None
    bound_source: str
    gap: float | None
    opened: tuple[Hashable, ...]
    mode: pd.Series
    rounds: tuple[Round, ...]
    unserved: tuple[Unserved, ...]
    seconds: float
    reasons: Mapping[Hashable, Message] = field(default_factory=dict)
