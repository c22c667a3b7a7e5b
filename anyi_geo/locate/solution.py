"""What a location model hands back: the plan, what it is worth, what is proven of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from anyi_geo.locate.problem import Floats, LocationProblem, Longs, Mask
from anyi_geo.locate.settings import Status
from anyi_geo.locate.solver import relative_gap, status_of

Sense = Literal["min", "max"]


@dataclass(frozen=True, eq=False)
class LocationSolution:
    """A plan with its proof.

    Attributes
    ----------
    model : str
        p_median, p_center, set_cover or max_cover.
    status : Status
        OPTIMAL only when objective and bound agree within 1e-6 relative, whatever gap was asked for.
    objective : float
        Recomputed from the plan, never read from the solver.
    bound : float
        Finite; no plan can be better: a lower bound when `sense` is min, an upper one when max.
    gap : float
        ``|objective - bound| / max(|objective|, 1e-9)``.
    opened : tuple
        Labels of the opened sites, in the order of labels.
    served_by : Series
        Client -> site; NaN = by none.
    seconds : float
        Wall-clock time.
    sense : {"min", "max"}
    bound_source : str
        Where the bound comes from.
    interrupted : bool
        Whether Ctrl-C ended the search early; the plan is then the best so far.
    asked : mapping
        The demands that the model was called with, by the names of its parameters, settings left out.
    otherwise : Series or None
        Site -> bound, by the prices of the relaxation: no plan that shuts this open site, or opens this shut one, is
        better. None where the model has no such prices.
    """

    model: str
    status: Status
    objective: float
    bound: float
    gap: float
    opened: tuple[Hashable, ...]
    served_by: pd.Series
    seconds: float
    sense: Sense = "min"
    bound_source: str = ""
    interrupted: bool = False
    asked: Mapping[str, Any] = field(default_factory=dict)
    otherwise: pd.Series | None = None


def first_open(problem: LocationProblem, is_open: Mask) -> Longs:
    """Return for every client the place of its nearest open site among the listed pairs, or -1."""
    open_pairs = np.flatnonzero(is_open[problem.site])
    place = np.searchsorted(open_pairs, problem.start[:-1])
    padded = np.append(open_pairs, len(problem.site))
    found = padded[place]
    return np.where(found < problem.start[1:], found, -1)


def nearest_minutes(problem: LocationProblem, is_open: Mask) -> Floats:
    """Return every client's minutes to its nearest open listed site; inf = none."""
    if len(problem.site) == 0:
        return np.full(len(problem.clients), np.inf)
    pair = first_open(problem, is_open)
    return np.where(pair >= 0, problem.minutes[pair], np.inf)


def nearest_sites(problem: LocationProblem, is_open: Mask) -> Longs:
    """Return the position of every client's nearest open listed site (equal minutes: first label), or -1."""
    if len(problem.site) == 0:
        return np.full(len(problem.clients), -1)
    pair = first_open(problem, is_open)
    return np.where(pair >= 0, problem.site[pair].astype(np.int64), -1)


def opened_mask(problem: LocationProblem, places: Longs | list[int]) -> Mask:
    """Return a mask over the sites."""
    mask = np.zeros(len(problem.sites), dtype=np.bool_)
    mask[places] = True
    return mask


def make_solution(
    problem: LocationProblem,
    model: str,
    is_open: Mask,
    serving: Longs,
    objective: float,
    bound: float,
    seconds: float,
    *,
    sense: Sense = "min",
    trivial: float = 0.0,
    bound_source: str = "",
    interrupted: bool = False,
    asked: Mapping[str, Any],
    otherwise: Floats | None = None,
) -> LocationSolution:
    """Label a plan and state what is proven.

    Parameters
    ----------
    is_open : mask (m,)
    serving : int array (n,)
        Position of the serving site, -1 = none.
    objective : float
        Recomputed from the plan.
    bound : float
        Claimed by the search. A claim that contradicts the plan in hand is rounding when it is smaller than 1e-6, and
        is otherwise not believed: the trivial bound takes its place.
    trivial : float
        A bound that arithmetic alone gives.
    asked : mapping
        The demands, as `LocationSolution.asked`.
    """
    sign = 1.0 if sense == "min" else -1.0
    if not np.isfinite(bound) or sign * (bound - trivial) < 0:
        bound, bound_source = trivial, "arithmetic"
    if sign * (bound - objective) > 0:
        believed = relative_gap(objective, bound) <= 1e-6 or abs(objective - bound) <= 1e-9
        bound, bound_source = (objective, bound_source) if believed else (trivial, "arithmetic")
    labels = problem.sites.index
    served = pd.Series(
        [labels[place] if place >= 0 else np.nan for place in serving],
        index=problem.clients,
        name="site",
        dtype=object,
    )
    return LocationSolution(
        model=model,
        status=status_of(objective, bound),
        objective=float(objective),
        bound=float(bound),
        gap=relative_gap(objective, bound),
        opened=tuple(labels[is_open]),
        served_by=served.reindex(problem.order),
        seconds=seconds,
        sense=sense,
        bound_source=bound_source,
        interrupted=interrupted,
        asked=asked,
        otherwise=None if otherwise is None else pd.Series(otherwise, index=labels, name="bound"),
    )
