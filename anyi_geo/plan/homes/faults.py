"""What is wrong with a homes problem, every fault of it, before anything is solved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from anyi_geo.errors import Message
from anyi_geo.plan.homes.kinds import CARE_LEVELS, CONSENTS, GROUP_COLUMNS, HOME_COLUMNS, REUSES

if TYPE_CHECKING:
    from anyi_geo.plan.homes.problem import HomesProblem

#: The clause of the county document that locks the use of emptied homes.
USE_LOCK = Message(
    "整合后暂未收住特困老人的乡镇敬老院原有设施不得改变养老服务用途",
    "homes without residents after the consolidation may not leave care for the old",
)
_NUMBERS = ("beds", "expansion_beds", "expansion_yuan_per_bed", "fixed_yuan_year", "resident_yuan_year", "m2_per_bed")


def problem_faults(problem: HomesProblem) -> Iterator[Message]:
    """Yield every fault; label faults end the search, for nothing else can be read then."""
    labels = list(_label_faults(problem))
    yield from labels
    if not labels:
        yield from _number_faults(problem)
        yield from _bed_faults(problem)
        yield from _rule_faults(problem)


def _label_faults(problem: HomesProblem) -> Iterator[Message]:
    homes, groups, minutes = problem.homes, problem.groups, problem.minutes
    for zh, en, table, columns in (
        ("敬老院", "homes", homes, HOME_COLUMNS),
        ("入住老人", "groups", groups, GROUP_COLUMNS),
    ):
        missing = [name for name in columns if name not in table.columns]
        if missing:
            yield Message(f"{zh}表缺少列 {'、'.join(missing)}", f"{en} lacks columns {', '.join(missing)}")
            return
    if not homes.index.is_unique:
        yield Message("敬老院编号重复", "labels of homes repeat")
    if set(minutes.columns) != set(homes.index) or not set(homes.index) <= set(minutes.index):
        yield Message("分钟表与敬老院表的编号不一致", "the labels of minutes differ from those of the homes")
        return
    for column, known, zh in (
        ("home", set(homes.index), "敬老院"),
        ("origin", set(minutes.index), "家属所在地"),
        ("care_level", set(CARE_LEVELS), "护理等级"),
        ("consent", set(CONSENTS), "意愿"),
    ):
        unknown = sorted({str(value) for value in groups[column]} - {str(value) for value in known})
        if unknown:
            yield Message(f"不认识的{zh}：{'、'.join(unknown)}", f"unknown {column}: {', '.join(unknown)}")


def _number_faults(problem: HomesProblem) -> Iterator[Message]:
    homes = problem.homes
    numbers = homes[list(_NUMBERS)].astype(float)
    for column in numbers:
        for site in numbers.index[~(np.isfinite(numbers[column]) & (numbers[column] >= 0))]:
            yield Message(f"{homes.at[site, 'name']} 的 {column} 应为非负数", f"{column} of {site} must be >= 0")
    nursing = homes["nursing_beds"].astype(float)
    for site in homes.index[(nursing < 0) | (nursing > homes["beds"])]:
        yield Message(
            f"{homes.at[site, 'name']} 的护理型床位 {nursing[site]:.0f} 张，应在 0 到 {homes.at[site, 'beds']} 张之间",
            f"nursing beds of {site} must lie between 0 and its beds",
        )
    refit = problem.refit_yuan
    for site in homes.index[~(np.isfinite(refit) & (refit >= 0))]:
        yield Message(f"{homes.at[site, 'name']} 的整修投入应为非负数", f"refit_yuan of {site} must be >= 0")
    counts = problem.groups["persons"].to_numpy(float)
    if not (np.isfinite(counts) & (counts >= 0) & (counts == np.floor(counts))).all():
        yield Message("入住老人数应为非负整数", "residents must be whole and >= 0")
    yield from _step_faults(problem)
    times = problem.minutes.to_numpy(float)
    if np.isnan(times).any() or (times < 0).any():
        yield Message("分钟应为非负数（到不了写 inf）", "minutes must be >= 0, inf where there is no road")


def _step_faults(problem: HomesProblem) -> Iterator[Message]:
    for site, steps in problem.steps.items():
        sound = all(s.beds >= 0 and s.yuan_per_bed >= 0 and s.m2_per_bed >= 0 for s in steps)
        if not sound or sum(s.beds for s in steps) != problem.homes.at[site, "expansion_beds"]:
            yield Message(
                f"{problem.homes.at[site, 'name']} 的扩建分步应为非负数，床位合计应等于可扩建床位",
                f"the expansion steps of {site} must be >= 0 and sum to its expansion beds",
            )


def _bed_faults(problem: HomesProblem) -> Iterator[Message]:
    housed = problem.groups.groupby("home")["persons"].sum().reindex(problem.homes.index).fillna(0)
    for site, row in problem.homes.iterrows():
        if housed[site] > row["beds"]:
            yield Message(
                f"{row['name']} 入住 {housed[site]:.0f} 人，床位只有 {row['beds']:.0f} 张",
                f"{site} houses {housed[site]:.0f} residents on {row['beds']:.0f} beds",
            )
        if row["candidate"] and row["beds"] + row["expansion_beds"] == 0:
            yield Message(
                f"中心候选 {row['name']} 没有床位也不能扩建", f"candidate {site} has no beds and no expansion"
            )


def _rule_faults(problem: HomesProblem) -> Iterator[Message]:
    rules, candidates = problem.rules, problem.candidates
    if not set(problem.homes["reuse"]) <= set(REUSES):
        yield Message(
            f"腾出的敬老院只能继续用于养老服务（{USE_LOCK.zh}）", f"an emptied home may only become {', '.join(REUSES)}"
        )
    strangers = sorted(set(rules.keep) - set(problem.homes.index))
    if strangers:
        yield Message(f"要保留的 {'、'.join(strangers)} 不是敬老院", f"{', '.join(strangers)} to be kept: no home")
    if not 1 <= rules.centres <= len(candidates):
        yield Message(
            f"要设 {rules.centres} 个中心，候选有 {len(candidates)} 个：请登记 county_centre_candidate，"
            "或用 regional_centres 把敬老院列为片区中心，或减少中心个数",
            f"{rules.centres} centres asked for, {len(candidates)} candidates: register a county_centre_candidate, "
            "name regional_centres, or ask for fewer",
        )
    elif not problem.homes.loc[candidates, "county_seat"].any():
        yield Message("没有县级中心的候选", "no candidate may be the county's centre")
    if rules.consent not in ("soft", "hard"):
        yield Message(f"意愿规则 {rules.consent} 应为 soft 或 hard", "consent must be soft or hard")
    if rules.reserve_share < 0:
        yield Message("备用床位比例不能为负", "reserve_share must be >= 0")
    if rules.together_share < 0:
        yield Message("同院老人同住可多花的比例不能为负", "together_share must be >= 0")
    if not 0 <= rules.nursing_share <= 1:
        yield Message("护理型床位比例应在 0 到 1 之间", "nursing_share must lie between 0 and 1")
    if rules.visit_weight < 0 or rules.visit_mean_max < 0 or rules.visit_p90_max < 0:
        yield Message("探视时间的权重和限值不能为负", "visit_weight and the visiting limits must be >= 0")
    if any(not value >= 0 for value in _prices(vars(problem.costs))):
        yield Message("费用不能为负", "costs must be >= 0")
    if any(not value > 0 for value in problem.costs.residents_per_carer.values()):
        yield Message("每名护理员照料人数应大于 0", "residents_per_carer must be > 0")


def _prices(costs: Mapping[str, object]) -> Iterator[float]:
    for value in costs.values():
        yield from map(float, value.values()) if isinstance(value, Mapping) else (float(value),)  # type: ignore[arg-type]
