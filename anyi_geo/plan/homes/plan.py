"""The answer to a homes problem, and the answer when there is none."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from anyi_geo.errors import InfeasibleError, Message
from anyi_geo.locate.settings import Status


@dataclass(frozen=True)
class HomesPlan:
    """A plan with what is known of it.

    Attributes
    ----------
    state : Series
        Home -> state after.
    flows : DataFrame
        from_site, to_site, care_level, consent, origin, persons; to_site == from_site for those who stay,
        "home_support" for those who return to support at home.
    beds_added : Series
        Home -> whole beds added.
    nursing_fitted : Series
        Home -> beds newly fitted as nursing beds.
    reserve_short : int
        Beds of the wished reserve that cannot be had.
    objective : float
        Yuan per year: running, support, carers, reuse, annuities of what is spent once (refitting of emptied homes
        among it), visiting time by its weight.
    bound, gap, status, bound_source, seconds, model
        What is proven of the objective.
    reasons : dict of home to Message
        Why a home stays open.
    """

    state: pd.Series
    flows: pd.DataFrame
    beds_added: pd.Series
    nursing_fitted: pd.Series
    reserve_short: int
    objective: float
    bound: float
    gap: float
    status: Status
    bound_source: str
    seconds: float
    model: str
    reasons: dict[str, Message]

    @property
    def centres(self) -> list[str]:
        """Homes that become a centre, sorted."""
        return sorted(self.state.index[self.state == "centre"])


@dataclass(frozen=True)
class WayOut:
    """One priced way out of a request that cannot be met.

    Attributes
    ----------
    kind : str
        more_beds, second_centre or keep_home.
    site_ids : tuple of str
        The homes it concerns.
    beds : int
        Beds it brings to bear.
    one_off_yuan, yearly_yuan : float
        What it adds: built once less the refitting that it spares, run every year.
    annual_yuan : float
        Yearly cost of the whole plan that this way allows, annuities included, families' time left out.
    message : Message
    options : tuple of (site_ids, persons, yearly yuan)
        Every choice of the kind that was priced, cheapest first with the refitting that it spares; keep_home only.
    """

    kind: str
    site_ids: tuple[str, ...]
    beds: int
    one_off_yuan: float
    yearly_yuan: float
    annual_yuan: float
    message: Message
    options: tuple[tuple[tuple[str, ...], int, float], ...] = ()


class TooFewBedsError(InfeasibleError):
    """The centres cannot hold everyone; `ways` are the ways out, priced."""

    def __init__(self, message: Message, needed: int, beds: int, m2: float, ways: tuple[WayOut, ...]) -> None:
        super().__init__(message.zh, message.en)
        self.needed, self.beds, self.m2, self.ways = needed, beds, m2, ways

    @property
    def short(self) -> int:
        """Beds missing: the residents whom no plan houses."""
        return self.needed - self.beds


class VisitLimitError(InfeasibleError):
    """No plan keeps families within the visiting limits."""


class NoRoadError(InfeasibleError):
    """Residents live where no road leads to any of the centres, though one leads to another candidate."""
