"""The care-site problem and its answer: which village sites open, in which batch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from anyi_geo.errors import ProblemError
from anyi_geo.locate.settings import Status

SITE_COLUMNS = ("township", "name", "opening_yuan", "ready_from", "tie_rank")
MAX_BATCHES = 5


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

    def __post_init__(self) -> None:
        faults = [*_label_faults(self), *_number_faults(self)]
        if not faults:
            faults = [*_cover_faults(self), *_condition_faults(self)]
        if faults:
            raise ProblemError("；".join(zh for zh, _ in faults) + "。", "; ".join(en for _, en in faults) + ".")


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


_Fault = tuple[str, str]


def _label_faults(problem: CareSiteProblem) -> Iterable[_Fault]:
    for name, index in (("persons", problem.persons.index), ("sites", problem.sites.index)):
        if len(index) == 0:
            yield f"表 {name} 没有行", f"table {name} has no rows"
        if not index.is_unique:
            twice = index[index.duplicated()][0]
            yield f"表 {name} 的编号 {twice} 重复", f"label {twice} occurs twice in {name}"
    for column in SITE_COLUMNS:
        if column not in problem.sites.columns:
            yield f"点位表缺少列 {column}", f"sites lacks the column {column}"
    if "township" in problem.sites.columns and problem.sites["township"].isna().any():
        unplaced = problem.sites.index[problem.sites["township"].isna()][0]
        yield f"点位 {unplaced} 没有乡镇（处）", f"{unplaced} has no township"
    for group in problem.group_weights:
        if group not in problem.persons.columns:
            yield f"人口表没有人群 {group}", f"persons has no column {group}"
    minutes = problem.minutes
    if minutes is not None and not (
        set(minutes.index) == set(problem.persons.index) and set(minutes.columns) == set(problem.sites.index)
    ):
        yield "minutes 的编号与需求点、点位不一致", "labels of minutes differ from persons and sites"


def _number_faults(problem: CareSiteProblem) -> Iterable[_Fault]:
    for group, weight in problem.group_weights.items():
        if not (math.isfinite(weight) and weight >= 0):
            yield f"人群 {group} 的权重 {weight} 应为非负数", f"weight {weight} of {group} must be finite and >= 0"
        if group in problem.persons.columns:
            persons = problem.persons[group].to_numpy(float)
            if not (np.isfinite(persons).all() and (persons >= 0).all()):
                yield f"人群 {group} 的人数应为非负数", f"persons of {group} must be finite and >= 0"
    if not 1 <= len(problem.batches) <= MAX_BATCHES:
        yield (
            f"批次数应为 1 至 {MAX_BATCHES}，现为 {len(problem.batches)}",
            f"1 to {MAX_BATCHES} batches, got {len(problem.batches)}",
        )
    for rule in problem.batches:
        if rule.sites < 0 or rule.sites != int(rule.sites):
            yield f"{rule.name} 的点位数 {rule.sites} 应为非负整数", f"sites of {rule.name} is {rule.sites}"
        if not (math.isfinite(rule.weight) and rule.weight >= 0):
            yield f"{rule.name} 的权重 {rule.weight} 应为非负数", f"weight of {rule.name} is {rule.weight}"
    budgets = [("总预算", "the budget", problem.budget_yuan)]
    budgets += [(f"{rule.name}预算", f"the budget of {rule.name}", rule.budget_yuan) for rule in problem.batches]
    for zh, en, yuan in budgets:
        if math.isnan(yuan) or yuan < 0:
            yield f"{zh}不能为负或空，现为 {yuan} 元", f"{en} must be >= 0, got {yuan} yuan"
    yield from _site_number_faults(problem)


def _site_number_faults(problem: CareSiteProblem) -> Iterable[_Fault]:
    for column in ("opening_yuan", "tie_rank"):
        if column in problem.sites.columns:
            values = pd.to_numeric(problem.sites[column]).to_numpy(float)
            wrong = problem.sites.index[~(np.isfinite(values) & (values >= 0))]
            if len(wrong):
                yield f"点位 {wrong[0]} 的 {column} 应为非负数", f"{column} of {wrong[0]} must be finite and >= 0"


def _cover_faults(problem: CareSiteProblem) -> Iterable[_Fault]:
    shape = (len(problem.persons), len(problem.sites))
    if not problem.cover:
        yield "没有覆盖表", "cover has no draw"
    needed = [group for group, weight in problem.group_weights.items() if weight > 0]
    checked: set[int] = set()
    for number, draw in enumerate(problem.cover, start=1):
        for group in needed:
            if group not in draw:
                yield f"第 {number} 次抽样缺少人群 {group}", f"draw {number} lacks the group {group}"
                continue
            table = draw[group]
            if id(table) in checked:  # groups of equal limits share one table
                continue
            checked.add(id(table))
            if table.shape != shape:
                yield f"覆盖表大小 {table.shape} 应为 {shape}", f"cover is {table.shape}, expected {shape}"
            elif table.nnz and not (table.data.min() >= 0 and table.data.max() <= 1):
                yield "覆盖强度应在 0 至 1 之间", "cover strengths must lie in [0, 1]"


def _condition_faults(problem: CareSiteProblem) -> Iterable[_Fault]:
    known = set(problem.sites.index)
    for name, ids in (("must_open", problem.must_open), ("must_not", problem.must_not)):
        unknown = sorted(set(ids) - known)
        if unknown:
            listed = "、".join(unknown)
            yield f"{name} 中没有这些点位：{listed}", f"{name} names unknown sites: {', '.join(unknown)}"
    for site, batch in sorted(problem.must_open.items()):
        if batch not in range(1, len(problem.batches) + 1):
            yield (
                f"点位 {site} 要求在第 {batch} 批开放，但只有 {len(problem.batches)} 批",
                f"{site} must open in batch {batch}, of {len(problem.batches)}",
            )
    for name, limits in (("township_min", problem.township_min), ("township_max", problem.township_max)):
        for township, number in sorted(limits.items()):
            if math.isnan(number) or number < 0:
                yield f"{name} 中 {township} 的 {number} 应为非负数", f"{name} of {township} is {number}"
