"""The homes problem: homes, residents in groups, minutes, and the rules under which people may be moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError
from anyi_geo.plan.homes.expansion import Step, steps_of
from anyi_geo.plan.homes.faults import problem_faults
from anyi_geo.plan.homes.kinds import GROUP_COLUMNS, KINDS


@dataclass(frozen=True)
class HomesCosts:
    """Prices and ratios that hold for every home, all from the county's parameters; yuan, persons per carer.

    Attributes
    ----------
    support_yuan_year : mapping of care level to float
        Support standard of one resident.
    residents_per_carer : mapping of care level to float
        Rounded up per home.
    carer_yuan_year : float
    reuse_yuan_year : float
        Upkeep of an emptied home in its new use.
    moving_yuan : float
        One-off, per resident moved.
    nursing_yuan_per_bed : float
        One-off, to fit an ordinary bed as a nursing bed.
    annuity_factor : float
        Yearly payment per yuan spent once.
    visit_yuan_year : float
        One minute of travel to a resident, over a year's visits.
    """

    support_yuan_year: Mapping[str, float]
    residents_per_carer: Mapping[str, float]
    carer_yuan_year: float
    reuse_yuan_year: float
    moving_yuan: float
    nursing_yuan_per_bed: float
    annuity_factor: float
    visit_yuan_year: float


@dataclass(frozen=True)
class HomesRules:
    """What a plan must keep to, from the scenario and the parameters.

    Attributes
    ----------
    centres : int
        So many centres.
    consent : {"soft", "hard"}
        hard: everyone without a yes stays, said no and not asked alike. soft: all may be moved, those without a yes are
        counted.
    at_most : bool
        `centres` is the largest number instead of the exact one.
    reserve_share : float
        Beds wished beyond the residents of the centres, as a share of them; what cannot be had is told, not refused.
    nursing_share : float
        Least share of nursing beds among the beds of every centre.
    visit_weight : float
        Multiplies the value of visiting time in the objective; 0 leaves it out.
    visit_mean_max, visit_p90_max : float
        Most minutes that families travel after, on average and for nine residents in ten; inf sets no limit.
    home_support : bool
        Whether those who ask for support at home leave for it.
    together_share : float
        Share of the yearly cost that may be spent so that the residents of a home move to one and the same centre.
    keep : tuple of site_id
        Homes that stay open, whatever it costs; who asked for support at home leaves for it all the same.
    """

    centres: int
    consent: Literal["soft", "hard"]
    at_most: bool = False
    reserve_share: float = 0.0
    nursing_share: float = 0.0
    visit_weight: float = 1.0
    visit_mean_max: float = float("inf")
    visit_p90_max: float = float("inf")
    home_support: bool = True
    together_share: float = 0.0
    keep: tuple[str, ...] = ()


@dataclass(frozen=True)
class HomesProblem:
    """Homes, residents and minutes; checked whole when made.

    Attributes
    ----------
    homes : DataFrame
        Index site_id; name, township, candidate (may be a centre), county_seat (may be the county's centre: at least
        one centre is one of these), beds, nursing_beds (NaN: not registered), expansion_beds (whole beds that can be
        added), expansion_yuan_per_bed, m2_per_bed (floor area of an added bed), fixed_yuan_year (running the home while
        somebody lives there, care staff apart), resident_yuan_year (running cost of one resident there beyond the
        support standard), reuse (the state the home takes when it is emptied). Optional: expansion_steps, a tuple of
        steps that take the place of the one price and area; their beds sum to expansion_beds; unregistered, whether
        nobody knows who lives there; refit_yuan, what it costs once to refit the home for its `reuse` (NaN: not known,
        reckoned as nothing and to be told).
    groups : DataFrame
        Residents who do not differ: home, care_level, consent, origin (label of `minutes`: where the family lives; the
        home itself when it is not known), home_support (asks to be supported at home), persons.
    minutes : DataFrame
        Origins and homes x homes, minutes by car; inf = no road.
    rules : HomesRules
    costs : HomesCosts

    Raises
    ------
    ProblemError
        Labels, signs or numbers that do not fit; every fault is named.
    """

    homes: pd.DataFrame
    groups: pd.DataFrame
    minutes: pd.DataFrame
    rules: HomesRules
    costs: HomesCosts

    def __post_init__(self) -> None:
        faults = list(problem_faults(self))
        if faults:
            raise ProblemError("；".join(f.zh for f in faults) + "。", "; ".join(f.en for f in faults) + ".")

    @property
    def steps(self) -> dict[str, tuple[Step, ...]]:
        """Steps in which every home can grow."""
        return steps_of(self.homes)

    @property
    def refit_yuan(self) -> pd.Series:
        """What is known of the cost of refitting every home, were it emptied; yuan, once."""
        homes = self.homes
        known = homes["refit_yuan"] if "refit_yuan" in homes else pd.Series(0.0, index=homes.index)
        return known.astype(float).fillna(0.0)

    @property
    def candidates(self) -> list[str]:
        """Homes that may be a centre, sorted."""
        return sorted(self.homes.index[self.homes["candidate"].astype(bool)])

    @property
    def stranded(self) -> set[str]:
        """Homes from which no road leads to any candidate; their residents stay and are told."""
        cut = ~np.isfinite(self.minutes.loc[self.homes.index, self.candidates]).any(axis=1)
        return set(self.homes.index[cut]) - set(self.candidates)

    @property
    def goes_home(self) -> pd.Series:
        """Whether each group leaves for support at home."""
        return self.groups["home_support"].astype(bool) & self.rules.home_support

    @property
    def bound(self) -> pd.Series:
        """Whether each group may not be moved: no yes under hard consent, no road, or a home that is to be kept."""
        unwilling = (self.groups["consent"] != "yes") & (self.rules.consent == "hard")
        held = self.groups["home"].isin(self.stranded | set(self.rules.keep))
        return (unwilling | held) & ~self.goes_home

    @property
    def unregistered(self) -> set[str]:
        """Homes of which nobody knows who lives there."""
        homes = self.homes
        return set(homes.index[homes["unregistered"].astype(bool)]) if "unregistered" in homes else set()

    @property
    def kept_open(self) -> set[str]:
        """Homes that no plan empties; one whose residents are unknown is not known to be empty, nor to agree."""
        unknown = self.unregistered if self.rules.consent == "hard" else set()
        return set(self.groups.loc[self.bound, "home"]) | set(self.rules.keep) | unknown

    @property
    def visit_minutes(self) -> pd.DataFrame:
        """Minutes of each group's family to each home; from the old home where no road leads to the family."""
        origins, homes = self.groups["origin"].to_numpy(), self.groups["home"].to_numpy()
        from_family = self.minutes.loc[origins, self.homes.index].to_numpy(float)
        from_home = self.minutes.loc[homes, self.homes.index].to_numpy(float)
        cut = ~np.isfinite(from_family[np.arange(len(homes)), self.homes.index.get_indexer(homes)])
        chosen = np.where(cut[:, None], from_home, from_family)
        return pd.DataFrame(chosen, index=self.groups.index, columns=self.homes.index)

    @property
    def residents(self) -> pd.DataFrame:
        """Persons, home x (care level, consent)."""
        table = self.groups.pivot_table(
            index="home", columns=["care_level", "consent"], values="persons", aggfunc="sum", fill_value=0
        )
        kinds = pd.MultiIndex.from_tuples(KINDS, names=["care_level", "consent"])
        return table.reindex(index=self.homes.index, columns=kinds, fill_value=0).astype(int)


def groups_of(residents: pd.DataFrame) -> pd.DataFrame:
    """Return residents by home and (care level, consent) as groups whose families live at the home.

    Parameters
    ----------
    residents : DataFrame
        Index site_id, columns (care level, consent), persons.
    """
    rows = [
        (home, level, consent, home, False, residents.at[home, (level, consent)])
        for home in residents.index
        for level, consent in residents.columns
    ]
    table = pd.DataFrame(rows, columns=list(GROUP_COLUMNS))
    return table[table["persons"] != 0].reset_index(drop=True)
