"""What a planner may demand of any model: a count, required and forbidden sites; the impossible told in numbers."""

from __future__ import annotations

import numbers
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from anyi_geo.errors import InfeasibleError, ProblemError
from anyi_geo.locate.problem import Floats, LocationProblem, Mask, places_of


@dataclass(frozen=True, eq=False)
class Conditions:
    """Demands on the opened sites.

    Attributes
    ----------
    count : int or None
    required, forbidden : masks (m,)
    """

    count: int | None
    required: Mask
    forbidden: Mask


def conditions(
    problem: LocationProblem,
    count: int | None,
    required: Sequence[Hashable],
    forbidden: Sequence[Hashable],
    *,
    exact: bool,
) -> Conditions:
    """Check the demands and turn labels into masks.

    Raises
    ------
    ProblemError
        A count that is no whole number from 1 to the number of sites; unknown labels; required also forbidden.
    InfeasibleError
        More sites required than counted, or fewer left than counted.
    """
    m = len(problem.sites)
    must, never = np.zeros(m, dtype=np.bool_), np.zeros(m, dtype=np.bool_)
    must[places_of(required, problem.sites.index, "required")] = True
    never[places_of(forbidden, problem.sites.index, "forbidden")] = True
    if (must & never).any():
        both = list(problem.sites.index[must & never])
        raise ProblemError(f"点位 {both} 既必选又禁选。", f"Sites {both} are both required and forbidden.")
    if exact or count is not None:
        count = checked_count(count, m)
        if must.sum() > count:
            raise InfeasibleError(
                f"必选 {must.sum()} 个点位，但只能开 {count} 个：多出 {must.sum() - count} 个。",
                f"{must.sum()} sites are required, but only {count} may open: {must.sum() - count} too many.",
            )
        if exact and m - never.sum() < count:
            raise InfeasibleError(
                f"要开 {count} 个点位，禁选之后只剩 {m - never.sum()} 个：缺 {count - m + never.sum()} 个。",
                f"{count} sites must open, {m - never.sum()} are left after the forbidden ones: "
                f"{count - m + never.sum()} short.",
            )
    return Conditions(count, must, never)


def checked_count(count: Any, sites: int) -> int:
    """Return the count as an int from 1 to `sites`.

    Raises
    ------
    ProblemError
    """
    plain = isinstance(count, (int, float, np.integer, np.floating)) and not isinstance(count, bool)
    whole = plain and float(count).is_integer()
    if not whole or not 1 <= count <= sites:
        raise ProblemError(
            f"点位数应为 1 到 {sites} 的整数，现为 {count!r}。",
            f"count must be a whole number from 1 to {sites} (the number of sites), got {count!r}.",
        )
    return int(count)


def checked_minutes(max_minutes: Any) -> float:
    """Return a limit in minutes, finite and >= 0.

    Raises
    ------
    ProblemError
    """
    if not isinstance(max_minutes, numbers.Real) or not np.isfinite(float(max_minutes)) or float(max_minutes) < 0:
        raise ProblemError(
            f"时限应为不小于 0 的分钟数，现为 {max_minutes!r}。",
            f"max_minutes must be a finite number >= 0, got {max_minutes!r}.",
        )
    return float(max_minutes)


def fits(load: Floats | float, room: Floats | float) -> Any:
    """Tell whether a load (persons, yuan) fits into a room, sums of decimals being off by their last digit."""
    return load <= np.asarray(room) * (1 + 1e-12)


def site_numbers(problem: LocationProblem, column: str, why: str) -> Floats:
    """Return a column of the sites.

    Raises
    ------
    ProblemError
        The column is absent; `why` says what needs it.
    """
    if column not in problem.sites:
        raise ProblemError(f"点位表缺少 {column} 列（{why}）。", f"sites lacks the column {column} ({why}).")
    return np.asarray(problem.sites[column].to_numpy(dtype=np.float64))


def refuse_unreached(problem: LocationProblem, binding: Mask, usable: Mask) -> None:
    """Name the binding clients that no usable site can serve.

    Raises
    ------
    InfeasibleError
    """
    reached = np.bincount(problem.client[usable[problem.site]], minlength=len(problem.clients)) > 0
    lost = binding & ~reached & np.isinf(problem.beyond)
    if lost.any():
        total, more = int(lost.sum()), lost.sum() > 5
        names = [str(name) for name in problem.clients[lost][:5]]
        raise InfeasibleError(
            f"{total} 个需求点没有任何可用点位能到达：{'、'.join(names)}{'等' if more else ''}。",
            f"{total} clients reach no usable site: {', '.join(names)}{' ...' if more else ''}.",
        )


def refuse_beyond_limit(problem: LocationProblem, max_minutes: float, usable: Mask, times: int = 1) -> None:
    """Name the clients with fewer than `times` usable sites within the limit, with their nearest minutes.

    Raises
    ------
    InfeasibleError
    """
    ok = usable[problem.site]
    within = ok & (problem.minutes <= max_minutes)
    n = len(problem.clients)
    lost = (np.bincount(problem.client[within], minlength=n) < times) & (problem.beyond > max_minutes)
    if not lost.any():
        return
    nth = np.full(n, np.inf)
    pairs = np.flatnonzero(ok)
    rank = np.arange(len(pairs)) - np.searchsorted(pairs, problem.start[:-1])[problem.client[pairs]]
    chosen = pairs[rank == times - 1]
    nth[problem.client[chosen]] = problem.minutes[chosen]
    table = pd.DataFrame({"client": problem.clients, "minutes": nth})[lost].sort_values("minutes", ascending=False)
    worst = [
        f"{row.client} {row.minutes:.1f}" if np.isfinite(row.minutes) else f"{row.client} ∞"
        for row in table.head(5).itertuples()
    ]
    which_zh, which_en = (
        ("最近点位", "nearest site") if times == 1 else (f"第 {times} 近的点位", f"site number {times}")
    )
    raise InfeasibleError(
        f"{lost.sum()} 个需求点的{which_zh}超过 {max_minutes:g} 分钟：{'、'.join(worst)}。",
        f"{lost.sum()} clients have their {which_en} beyond {max_minutes:g} minutes: {', '.join(worst)}.",
    )
