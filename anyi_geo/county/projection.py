"""How many people of each age live in each village in another year: cohort change ratios of two censuses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError, SettingError
from anyi_geo.schema import AGE_SEX_COLUMNS, AGES

CENSUS = "census.csv"
#: Years of one age group; the last group is open.
STEP = 5
#: Age groups of the women whom the child-woman ratio counts: 15 to 44.
_MOTHERS = slice(3, 9)
_SEXES = ("male", "female")


@dataclass(frozen=True)
class Censuses:
    """Two censuses of a county, one age pyramid each.

    Attributes
    ----------
    first_year, last_year : int
        A multiple of five years apart.
    first, last : ndarray
        Sexes (male, female) x age groups of ``schema.AGES``, persons.
    """

    first_year: int
    last_year: int
    first: np.ndarray
    last: np.ndarray

    @property
    def shift(self) -> int:
        """Age groups by which a cohort moves between the two censuses."""
        return (self.last_year - self.first_year) // STEP


def read_censuses(folder: Path) -> Censuses | None:
    """Read the two latest censuses of a county folder; None when it has no ``census.csv``.

    Raises
    ------
    ProblemError
        Missing columns, age groups or years, numbers that are none.
    """
    path = folder / CENSUS
    if not path.is_file():
        return None
    try:
        table = pd.read_csv(path)
        wide = table.pivot_table(index=["year", "sex"], columns="age_from", values="persons", aggfunc="sum")
        years = sorted(int(year) for year in table["year"].unique())[-2:]
        first, last = (np.array([wide.loc[(year, sex)].to_numpy(float) for sex in _SEXES]) for year in years)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise _unusable(f"{type(error).__name__}: {error}") from None
    whole = np.concatenate([first, last])
    if list(wide.columns) != list(range(0, STEP * len(AGES), STEP)) or not (np.isfinite(whole) & (whole >= 0)).all():
        raise _unusable("age groups 0, 5, ..., 85 of both sexes")
    if (years[1] - years[0]) % STEP:
        raise _unusable(f"{years[0]}, {years[1]}")
    return Censuses(years[0], years[1], first, last)


def _unusable(why: str) -> ProblemError:
    return ProblemError(
        f"{CENSUS} 用不了（{why}）：需要两次普查、分性别、每 5 岁一组（85 岁以上为一组）的人数。",
        f"{CENSUS} cannot be used ({why}): two censuses by sex and five-year age group are needed.",
    )


def projected_ages(ages: pd.DataFrame, censuses: Censuses, year: int, ratio_cap: float) -> pd.DataFrame:
    """Project every village by the county's cohort change ratios (Hamilton-Perry).

    ::

        ratio[s,a]  = min(cap, last[s,a] / first[s,a-shift])          a cohort, one census later            (1)
        ratio[s,85+] = min(cap, last[s,85+] / first[s, all that reach 85+])                               (2)
        next[s,a]   = now[s,a-shift] * ratio[s,a]                                                         (3)
        next[s,young] = last[s,young] / last women 15-44 * next women 15-44                               (4)

    Between two steps the county's persons of an age group follow a geometric path, and every village is as far on its
    own way from one step to the next as the county; villages therefore always sum to the county.

    Parameters
    ----------
    ages : DataFrame
        Villages x ``schema.AGE_SEX_COLUMNS``, persons at the last census.
    censuses : Censuses
    year : int
        The last census or later.
    ratio_cap : float
        Largest cohort change ratio; inf = none. A county that gained working migrants once need not gain them again.

    Returns
    -------
    DataFrame
        Shape and labels of `ages`, persons (not whole numbers).

    Raises
    ------
    SettingError
        A year before the last census, a cap that is not positive.

    References
    ----------
    Hamilton & Perry 1962, A short method for projecting population by age from one decennial census to another,
    Social Forces 41. Swanson, Schlottmann & Schmidt 2010, Forecasting the population of census tracts by age and sex.
    """
    if year < censuses.last_year:
        raise SettingError(
            f"目标年份 {year} 早于最近一次普查 {censuses.last_year} 年：请填 {censuses.last_year} 年或以后。",
            f"Target year {year} lies before the last census, {censuses.last_year}.",
        )
    if not ratio_cap > 0:
        raise SettingError(f"队列变化率上限应大于 0，现为 {ratio_cap}。", f"The ratio cap {ratio_cap} must be > 0.")
    now = ages[list(AGE_SEX_COLUMNS)].to_numpy(float).reshape(len(ages), len(_SEXES), len(AGES))
    ratios, births = _ratios(censuses, ratio_cap), _child_woman_ratios(censuses)
    span = censuses.shift * STEP
    steps, part = divmod(year - censuses.last_year, span)
    for _ in range(steps):
        now = _one_step(now, ratios, births, censuses.shift)
    if part:
        later = _one_step(now, ratios, births, censuses.shift)
        now = now + _way(now.sum(axis=0), later.sum(axis=0), part / span) * (later - now)
    flat = now.reshape(len(ages), -1)
    return pd.DataFrame(flat, index=ages.index, columns=list(AGE_SEX_COLUMNS))


def _ratios(censuses: Censuses, cap: float) -> np.ndarray:
    """Return the ratio by which each age group follows from the one that was `shift` groups younger; young ones 0."""
    shift = censuses.shift
    before = np.zeros_like(censuses.first)
    before[:, shift:-1] = censuses.first[:, : -1 - shift]
    before[:, -1] = censuses.first[:, -1 - shift :].sum(axis=1)
    ratios = np.divide(censuses.last, before, out=np.zeros_like(before), where=before > 0)
    return np.minimum(ratios, cap)  # (1) (2)


def _child_woman_ratios(censuses: Censuses) -> np.ndarray:
    young = censuses.last[:, : censuses.shift]
    return np.asarray(young / censuses.last[1, _MOTHERS].sum())


def _one_step(now: np.ndarray, ratios: np.ndarray, births: np.ndarray, shift: int) -> np.ndarray:
    later = np.zeros_like(now)
    later[..., shift:-1] = now[..., : -1 - shift]
    later[..., -1] = now[..., -1 - shift :].sum(axis=-1)
    later *= ratios  # (3)
    mothers = later[:, 1, _MOTHERS].sum(axis=-1)
    later[..., :shift] = births * mothers[:, None, None]  # (4)
    return later


def _way(now: np.ndarray, later: np.ndarray, share: float) -> np.ndarray:
    """Return how far the county is on its straight way to the next step after `share` of a geometric path."""
    positive = (now > 0) & (later > 0)
    path = np.where(positive, np.exp((1 - share) * _log(now) + share * _log(later)), now + share * (later - now))
    change = later - now
    return np.divide(path - now, change, out=np.full_like(now, share), where=np.abs(change) > 1e-9)


def _log(values: np.ndarray) -> np.ndarray:
    return np.log(values, out=np.zeros_like(values), where=values > 0)


def _group_shares() -> Mapping[str, np.ndarray]:
    """Return per column of persons the share of each age group that belongs to it."""
    low = np.arange(0, STEP * len(AGES), STEP)
    school = np.clip(np.minimum(low + STEP, 16) - np.maximum(low, 6), 0, STEP) / STEP
    school[-1] = 0.0
    shares = {
        "persons_total": low >= 0,
        "persons_town": low >= 0,
        "persons_rural": low >= 0,
        "persons_60plus": low >= 60,
        "persons_65plus": low >= 65,
        "persons_80plus": low >= 80,
        "persons_0_14": low < 15,
        "children_school": school,
        "left_behind": low < 15,
        "children_in_difficulty": low < 15,
        "living_alone": low >= 60,
        "tekun_self": low >= 60,
        "tekun_partial": low >= 60,
        "tekun_full": low >= 60,
    }
    return {name: np.asarray(share, dtype=float) for name, share in shares.items()}


GROUP_SHARES = _group_shares()


def growth(ages: pd.DataFrame, later: pd.DataFrame, column: str) -> pd.Series:
    """Return by what factor the persons of a column change in each village from `ages` to `later`.

    A group that is no age by itself (left-behind children, persons living alone) grows as the ages it is drawn from. A
    village without anybody of those ages grows as the county.

    Raises
    ------
    SettingError
        A column whose ages are not known.
    """
    if column not in GROUP_SHARES:
        known = "、".join(GROUP_SHARES)
        raise SettingError(
            f"人群列 {column} 没有对应的年龄段，不能推算到目标年份；可推算的列：{known}。",
            f"Column {column} has no ages, so it cannot be projected; known: {', '.join(GROUP_SHARES)}.",
        )
    weight = np.tile(GROUP_SHARES[column], len(_SEXES))
    before = ages[list(AGE_SEX_COLUMNS)].to_numpy(float) @ weight
    after = later[list(AGE_SEX_COLUMNS)].to_numpy(float) @ weight
    county = float(after.sum() / before.sum()) if before.sum() > 0 else math.nan
    factors = np.divide(after, before, out=np.full(len(ages), county), where=before > 0)
    return pd.Series(factors, index=ages.index, name=column)
