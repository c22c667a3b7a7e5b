"""The homes problem and its answer: which home is the centre, who moves, what the emptied homes become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from anyi_geo.errors import InfeasibleError, Message, ProblemError
from anyi_geo.locate.settings import Status

CARE_LEVELS = ("self", "partial", "full")
CONSENTS = ("yes", "no", "not_asked")
KINDS = tuple((level, consent) for level in CARE_LEVELS for consent in CONSENTS)

State = Literal["centre", "kept", "civil_affairs_station", "public_built_private_run", "xingfuyuan", "reserve"]
#: What an emptied home may become; every use is care for the old (use lock of the county document).
REUSES: tuple[State, ...] = ("civil_affairs_station", "public_built_private_run", "xingfuyuan", "reserve")
STATES: tuple[State, ...] = ("centre", "kept", *REUSES)

_HOME_COLUMNS = ("name", "township", "candidate", "beds", "expansion_beds", "expansion_yuan_per_bed", "reuse")


@dataclass(frozen=True)
class HomesCosts:
    """Prices and ratios, all from the county's parameters; yuan, persons per carer.

    Attributes
    ----------
    fixed_yuan_year : float
        Running one home that keeps residents, care staff apart.
    resident_yuan_year : mapping of care level to float
        Support of one resident.
    residents_per_carer : mapping of care level to float
        Rounded up per home.
    carer_yuan_year : float
    reuse_yuan_year : float
        Upkeep of an emptied home in its new use.
    moving_yuan : float
        One-off, per resident moved.
    annuity_factor : float
        Yearly payment per yuan of expansion.
    visit_yuan_year : float
        One minute of added travel to a resident, over a year's visits.
    m2_per_bed : float
    """

    fixed_yuan_year: float
    resident_yuan_year: Mapping[str, float]
    residents_per_carer: Mapping[str, float]
    carer_yuan_year: float
    reuse_yuan_year: float
    moving_yuan: float
    annuity_factor: float
    visit_yuan_year: float
    m2_per_bed: float


@dataclass(frozen=True)
class HomesProblem:
    """Homes, residents and minutes; checked whole when made.

    Attributes
    ----------
    homes : DataFrame
        Index site_id; name, township, candidate (may be a centre), beds, expansion_beds (whole beds that can be added),
        expansion_yuan_per_bed, reuse (the state the home takes when it is emptied).
    residents : DataFrame
        Index as `homes`, columns (care level, consent); persons.
    minutes : DataFrame
        home x home, minutes by car; inf = no road.
    centres : int
        Exactly so many.
    consent : {"soft", "hard"}
        hard: everyone without a yes stays, said no and not asked alike. soft: all may be moved, those without a yes
        are counted.
    reserve_share : float
        Beds wished beyond the residents, as a share of them; what cannot be had is told, not refused.
    costs : HomesCosts

    Raises
    ------
    ProblemError
        Labels, signs or numbers that do not fit; every fault is named.
    """

    homes: pd.DataFrame
    residents: pd.DataFrame
    minutes: pd.DataFrame
    centres: int
    consent: Literal["soft", "hard"]
    reserve_share: float
    costs: HomesCosts

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise ProblemError("；".join(f.zh for f in faults) + "。", "; ".join(f.en for f in faults) + ".")

    @property
    def candidates(self) -> list[str]:
        """Homes that may be a centre, sorted."""
        return sorted(self.homes.index[self.homes["candidate"].astype(bool)])

    @property
    def stranded(self) -> list[str]:
        """Homes from which no road leads to any candidate, sorted; their residents stay and are told."""
        return sorted(
            home
            for home in self.homes.index
            if home not in self.candidates and not np.isfinite(self.minutes.loc[home, self.candidates]).any()
        )


@dataclass(frozen=True)
class HomesPlan:
    """An answer with what is known of it.

    Attributes
    ----------
    state : Series
        Home -> state after.
    flows : DataFrame
        from_site, to_site, care_level, consent, persons; to_site == from_site for those who stay.
    beds_added : Series
        Home -> whole beds added.
    reserve_short : int
        Beds of the wished reserve that cannot be had.
    objective : float
        Yuan per year: running, support, carers, reuse, annuity of the expansion, added visiting time.
    bound, gap, status, bound_source, seconds, model
        What is proven of the objective.
    reasons : dict of home to Message
        Why a home stays open.
    """

    state: pd.Series
    flows: pd.DataFrame
    beds_added: pd.Series
    reserve_short: int
    objective: float
    bound: float
    gap: float
    status: Status
    bound_source: str
    seconds: float
    model: str
    reasons: dict[str, Message]


@dataclass(frozen=True)
class WayOut:
    """One priced way out of a request that cannot be met.

    Attributes
    ----------
    kind : str
        more_beds, second_centre or keep_home.
    site_id : str
        The home it concerns.
    beds : int
        Beds it brings.
    one_off_yuan, yearly_yuan : float
        What it costs.
    message : Message
    """

    kind: str
    site_id: str
    beds: int
    one_off_yuan: float
    yearly_yuan: float
    message: Message


class TooFewBedsError(InfeasibleError):
    """The centres cannot hold everyone; `ways` are the ways out, priced."""

    def __init__(self, zh: str, en: str, ways: tuple[WayOut, ...]) -> None:
        super().__init__(zh, en)
        self.ways = ways


def _faults(problem: HomesProblem) -> Iterator[Message]:
    homes, residents = problem.homes, problem.residents
    missing = [name for name in _HOME_COLUMNS if name not in homes.columns]
    if missing:
        yield Message(f"敬老院表缺少列 {'、'.join(missing)}", f"homes lacks columns {', '.join(missing)}")
        return
    if not homes.index.is_unique:
        yield Message("敬老院编号重复", "labels of homes repeat")
    for name, table in (("入住老人", residents), ("分钟", problem.minutes)):
        if set(table.index) != set(homes.index):
            yield Message(f"{name}表与敬老院表的编号不一致", f"the labels of {name} differ from those of the homes")
            return
    unknown = [kind for kind in residents.columns if kind not in KINDS]
    if unknown or set(residents.columns) != set(KINDS):
        yield Message(
            f"护理等级或意愿不认识：{unknown or '缺列'}", f"unknown care level or consent: {unknown or 'missing'}"
        )
        return
    numbers = homes[["beds", "expansion_beds", "expansion_yuan_per_bed"]].astype(float)
    for column in numbers:
        for site in numbers.index[~(np.isfinite(numbers[column]) & (numbers[column] >= 0))]:
            yield Message(f"{homes.at[site, 'name']} 的 {column} 应为非负数", f"{column} of {site} must be >= 0")
    counts = residents.to_numpy(float)
    if not (np.isfinite(counts) & (counts >= 0) & (counts == np.floor(counts))).all():
        yield Message("入住老人数应为非负整数", "residents must be whole and >= 0")
        return
    yield from _bed_faults(problem)
    yield from _setting_faults(problem)


def _setting_faults(problem: HomesProblem) -> Iterator[Message]:
    if not set(problem.homes["reuse"]) <= set(REUSES):
        yield Message("腾出的敬老院只能继续用于养老服务", f"an emptied home may only become {', '.join(REUSES)}")
    if not 1 <= problem.centres <= len(problem.candidates):
        yield Message(
            f"要设 {problem.centres} 个中心，候选有 {len(problem.candidates)} 个",
            f"{problem.centres} centres asked for, {len(problem.candidates)} candidates",
        )
    if problem.reserve_share < 0:
        yield Message("备用床位比例不能为负", "reserve_share must be >= 0")
    if any(value < 0 for value in _prices(problem.costs)):
        yield Message("费用不能为负", "costs must be >= 0")


def _bed_faults(problem: HomesProblem) -> Iterator[Message]:
    housed = problem.residents.sum(axis=1)
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


def _prices(costs: HomesCosts) -> Iterator[float]:
    for value in vars(costs).values():
        yield from value.values() if isinstance(value, Mapping) else (value,)
