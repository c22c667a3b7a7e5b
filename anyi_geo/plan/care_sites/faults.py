"""What is wrong with a care-site problem by itself: labels, shapes, signs and numbers that do not fit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from anyi_geo.plan.care_sites.problem import CareSiteProblem

SITE_COLUMNS = ("township", "name", "opening_yuan", "ready_from", "tie_rank")
MAX_BATCHES = 5
#: A stage before the whole cover is a group, or this: the least covered share among townships.
WORST_TOWNSHIP = "worst_township"

_Fault = tuple[str, str]


def problem_faults(problem: CareSiteProblem) -> list[_Fault]:
    """Return every fault, each as a Chinese and an English half-sentence."""
    faults = [*_label_faults(problem), *_number_faults(problem)]
    return faults or [
        *_cover_faults(problem),
        *_condition_faults(problem),
        *_option_faults(problem),
        *_stage_faults(problem),
    ]


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
    named = {
        "must_open": problem.must_open,
        "must_not": problem.must_not,
        "no_consent": problem.no_consent,
        "site_penalty": problem.site_penalty,
        "differ_from": problem.differ_from,
        "seats": problem.seats or {},
        "spacing": {site for one, two, _ in problem.spacing for site in (one, two)},
    }
    for name, ids in named.items():
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


def _option_faults(problem: CareSiteProblem) -> Iterator[_Fault]:
    for name, values in (("site_penalty", problem.site_penalty), ("seats", problem.seats or {})):
        for site, number in sorted(values.items()):
            if math.isnan(number) or number < 0 or (name == "site_penalty" and math.isinf(number)):
                yield f"{name} 中 {site} 的 {number} 应为非负数", f"{name} of {site} is {number}"
    if math.isnan(problem.differ_most) or problem.differ_most < 0:
        yield (
            f"允许与既定方案不同的点位数应不小于 0，现为 {problem.differ_most:g}",
            f"differ_most must be >= 0, got {problem.differ_most}",
        )
    if not 0 <= problem.stage_tolerance < 1:
        yield (
            f"阶段让步 stage_tolerance 应在 0 至 1 之间，现为 {problem.stage_tolerance:g}",
            f"stage_tolerance must lie in [0, 1), got {problem.stage_tolerance}",
        )


def _stage_faults(problem: CareSiteProblem) -> Iterator[_Fault]:
    known = {*problem.group_weights, WORST_TOWNSHIP}
    for stage in (*problem.first, *problem.floors):
        if stage not in known:
            yield (
                f"先求的目标“{stage}”不认识；可写：{'、'.join(sorted(known))}",
                f"stage {stage!r} is unknown; known: {', '.join(sorted(known))}",
            )
    places = problem.point_townships
    for name, least in problem.floors.items():
        if not (math.isfinite(least) and least >= 0):
            yield f"{name} 的下限 {least} 应为非负数", f"the floor of {name} is {least}"
    if WORST_TOWNSHIP in {*problem.first, *problem.floors} and (
        places is None or not problem.persons.index.isin(places.index).all()
    ):
        yield "先求最差乡镇时，每个需求点都要有乡镇（处）", "worst_township needs the township of every point"
    staged = bool(problem.first or problem.floors)
    if (staged or problem.seats is not None) and len(problem.cover) > 1:
        yield (
            "先求的目标、下限和座位数只能用于名义覆盖（cover），不能用于期望覆盖",
            "stages, floors and seats go with one draw only",
        )
    if problem.seats is not None:
        if staged:
            yield "座位数与先求的目标、下限不能同时使用", "seats do not go with stages or floors"
        for draw in problem.cover:
            for table in draw.values():
                if table.nnz and not np.isin(table.data, (0.0, 1.0)).all():
                    yield "座位数不能与渐变覆盖同时使用", "seats do not go with gradual cover"
                    return
