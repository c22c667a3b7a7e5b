"""The care-site problem and its answer: which village sites open, in which batch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from scipy.sparse import csr_array

from anyi_geo.errors import ProblemError
from anyi_geo.locate.settings import Status
from anyi_geo.plan.care_sites.faults import problem_faults


@dataclass(frozen=True)
class BatchRule:
    """One batch: how many sites at most, what its cover weighs, what it may cost.

    Attributes
    ----------
    name : str
        Name for the planner.
    sites : int
        Sites opened in this batch at most, >= 0.
    weight : float
        Weight of the persons covered once this batch is open, >= 0.
    budget_yuan : float
        Opening costs of this batch at most; inf = no limit.
    """

    name: str
    sites: int
    weight: float = 1.0
    budget_yuan: float = math.inf


@dataclass(frozen=True)
class CareSiteProblem:
    """Who is to be covered, by which candidates, under which conditions; checked whole when made.

    Attributes
    ----------
    persons : DataFrame
        Demand points x groups, persons >= 0.
    group_weights : mapping of group to float
        Weight of one covered person, >= 0; every group is a column of `persons`.
    cover : tuple of (mapping of group to csr_array)
        One mapping per draw (the nominal model has one draw); points x sites in the order of ``persons.index`` and
        ``sites.index``; strength in [0, 1], 1 = within the limit. Groups of weight 0 may be missing.
    sites : DataFrame
        Index site_id; township, name, opening_yuan, ready_from (earliest batch, NaN = 1), tie_rank (>= 0, smaller is
        preferred among plans of equal cover). More columns are welcome.
    batches : tuple of BatchRule
        1 to 5; a site opened in a batch stays open in the later ones.
    budget_yuan : float
        Opening costs of all batches at most; inf = no limit.
    must_open : mapping of site_id to batch
        Opened exactly in that batch (1-based).
    must_not : frozenset of site_id
        Never opened.
    township_min, township_max : mapping of township to number
        Sites open after the last batch, at least and at most.
    minutes : DataFrame or None
        Points x sites, minutes of the headline way of travel, inf = no way; only breaks ties (person-minutes).
    no_consent : frozenset of site_id
        Never opened, because consent is a condition and the village has not given it.
    site_penalty : mapping of site_id to float
        Weighted persons that the plan must cover more for opening the site (per unit of batch weight): consent as a
        price instead of a condition.
    spacing : tuple of (site_id, site_id, metres)
        Pairs that stand too close to open both.
    differ_from, differ_most : mapping of site_id to batch, number
        At most so many sites of that plan may be given up or moved to another batch.
    first : tuple of str
        What is maximised before the whole cover, in order: groups, or "worst_township".
    floors : mapping of group or "worst_township" to number
        Weighted-batch persons of the group, or covered share of the worst township, that a plan must reach at least.
    stage_tolerance : float
        Share that every stage of the stated order may give up for the next, in [0, 1).
    point_townships : Series or None
        Township of each demand point; needed for "worst_township".
    seats : mapping of site_id to persons, or None
        Persons that a site can serve at once (inf = any); None = not asked.

    Raises
    ------
    ProblemError
        Labels, shapes, signs or numbers that do not fit; every fault is named.
    """

    persons: pd.DataFrame
    group_weights: Mapping[str, float]
    cover: tuple[Mapping[str, csr_array], ...]
    sites: pd.DataFrame
    batches: tuple[BatchRule, ...]
    budget_yuan: float = math.inf
    must_open: Mapping[str, int] = field(default_factory=dict)
    must_not: frozenset[str] = frozenset()
    township_min: Mapping[str, float] = field(default_factory=dict)
    township_max: Mapping[str, float] = field(default_factory=dict)
    minutes: pd.DataFrame | None = None
    no_consent: frozenset[str] = frozenset()
    site_penalty: Mapping[str, float] = field(default_factory=dict)
    spacing: tuple[tuple[str, str, float], ...] = ()
    differ_from: Mapping[str, int] = field(default_factory=dict)
    differ_most: float = math.inf
    first: tuple[str, ...] = ()
    floors: Mapping[str, float] = field(default_factory=dict)
    stage_tolerance: float = 0.0
    point_townships: pd.Series | None = None
    seats: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        faults = problem_faults(self)
        if faults:
            raise ProblemError("；".join(zh for zh, _ in faults) + "。", "; ".join(en for _, en in faults) + ".")


@dataclass(frozen=True)
class Stage:
    """One objective that came before the whole cover.

    Attributes
    ----------
    name : str
        The group, or "worst_township".
    value, bound : float
        Best value found and its bound: persons summed over weighted batches, or a share.
    floor : float
        What the later stages had to keep.
    """

    name: str
    value: float
    bound: float
    floor: float


@dataclass(frozen=True)
class CareSitePlan:
    """An answer with what is known of it.

    Attributes
    ----------
    batch : Series
        Index site_id (the opened sites, sorted), value batch (1-based).
    objective : float
        Weighted covered persons summed over batches, mean over draws; recomputed from the plan, not read off a solver.
    bound : float
        No plan under the same conditions covers more than this.
    gap : float
        ``|objective - bound| / max(|objective|, 1e-9)``.
    status : Status
        OPTIMAL only when the gap is closed within 1e-6.
    bound_source : str
        Where the bound comes from.
    seconds : float
        Wall-clock time.
    model : str
        care_sites_cover or care_sites_expected_cover.
    notes : tuple of str
        What else a reader should know, in English.
    stages : tuple of Stage
        What was maximised before the whole cover, in order.
    """

    batch: pd.Series
    objective: float
    bound: float
    gap: float
    status: Status
    bound_source: str
    seconds: float
    model: str
    notes: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
