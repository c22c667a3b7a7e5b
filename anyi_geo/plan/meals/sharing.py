"""Who pays for a meal: shares per age band, summed exactly, with the gap and what closes it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from anyi_geo.errors import ProblemError


@dataclass(frozen=True, eq=False)
class CostShares:
    """What each payer pays in a month.

    Attributes
    ----------
    by_band : DataFrame
        Age bands x payers, yuan per month.
    by_payer : Series
        Yuan per month; sums to `total_yuan` to the fen.
    total_yuan : float
        Diners x meals x price.
    gap_yuan : Series
        Payers with a known income: what they pay beyond it, >= 0.
    closing_price_yuan : Series
        Price per meal at which the gap closes: the same meals, every yuan saved taken off this payer.
    closing_uptake : Series
        Factor on the number of diners at which the gap closes at today's shares; 1 = no gap.
    """

    by_band: pd.DataFrame
    by_payer: pd.Series
    total_yuan: float
    gap_yuan: pd.Series
    closing_price_yuan: pd.Series
    closing_uptake: pd.Series


def share_costs(
    diners: pd.Series,
    shares: pd.DataFrame,
    *,
    price: float,
    meals_per_month: float,
    income: pd.Series | None = None,
) -> CostShares:
    """Split the month's cost of meals among those who pay.

    Parameters
    ----------
    diners : Series
        Index: age bands; persons, >= 0.
    shares : DataFrame
        Age bands x payers (self, county, township, village, donation ...), yuan per meal, >= 0; each row sums to
        `price`.
    price : float
        Yuan per meal, >= 0.
    meals_per_month : float
        Meals per diner and month, >= 0.
    income : Series, optional
        Index: some of the payers; yuan per month they have for it.

    Raises
    ------
    ProblemError
        A band whose shares do not sum to the price (named, with both numbers), labels that disagree, negative numbers.
    """
    _check(diners, shares, price, meals_per_month)
    people = diners.loc[shares.index]
    # Money in decimal fractions: 0.1 yuan three times is 0.3, so rows and columns sum to the same fen.
    exact = {
        (band, payer): _exact(shares.loc[band, payer]) * _exact(people[band]) * _exact(meals_per_month)
        for band in shares.index
        for payer in shares.columns
    }
    by_band = pd.DataFrame(
        [[float(exact[band, payer]) for payer in shares.columns] for band in shares.index], shares.index, shares.columns
    )
    sums = {payer: sum((exact[band, payer] for band in shares.index), Decimal(0)) for payer in shares.columns}
    by_payer = pd.Series({payer: float(value) for payer, value in sums.items()}, name="yuan_per_month", dtype=float)
    total = float(_exact(price) * sum((_exact(value) for value in people), Decimal(0)) * _exact(meals_per_month))
    known = pd.Series(dtype=float) if income is None else income.astype(float)
    strange = known.index.difference(shares.columns)
    if len(strange) or not (known >= 0).all():
        odd = [*map(str, strange), *(f"{payer}（{known[payer]:g}）" for payer in known.index if not known[payer] >= 0)]
        raise ProblemError(
            f"可用收入的付费方不对或为负：{'、'.join(odd)}。",
            f"income names unknown payers or is negative: {', '.join(odd)}.",
        )
    paid = by_payer.loc[known.index]
    gap = (paid - known).clip(lower=0.0).rename("gap_yuan")
    served = float(people.sum()) * meals_per_month
    lower = gap / served if served > 0 else gap * 0.0
    uptake = pd.Series(
        [1.0 if gap[payer] <= 0 else float(known[payer] / paid[payer]) for payer in known.index],
        known.index,
        dtype=float,
    )
    return CostShares(by_band, by_payer, total, gap, price - lower, uptake)


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _check(diners: pd.Series, shares: pd.DataFrame, price: float, meals_per_month: float) -> None:
    if not (shares.index.is_unique and shares.columns.is_unique and diners.index.is_unique):
        raise ProblemError("年龄段或付费方重复。", "age bands or payers are repeated.")
    if set(diners.index) != set(shares.index):
        odd = [str(band) for band in (*diners.index, *shares.index) if (band in diners.index) != (band in shares.index)]
        raise ProblemError(
            f"用餐人数与分担表的年龄段不一致：{'、'.join(odd)}。",
            f"the age bands of diners and shares disagree: {', '.join(odd)}.",
        )
    if not (math.isfinite(price) and price >= 0 and math.isfinite(meals_per_month) and meals_per_month >= 0):
        raise ProblemError("单价和每月餐数应为非负数。", "price and meals_per_month must be >= 0.")
    wrong = [f"{band}（{diners[band]:g}）" for band in diners.index if not diners[band] >= 0]
    wrong += [
        f"{b} {p}（{shares.loc[b, p]:g}）" for b in shares.index for p in shares.columns if not shares.loc[b, p] >= 0
    ]
    if wrong:
        raise ProblemError(
            f"人数和分担额应为非负数：{'、'.join(wrong)}。", f"diners and shares must be >= 0: {', '.join(wrong)}."
        )
    zh, en = [], []
    for band in shares.index:
        total = sum((_exact(value) for value in shares.loc[band]), Decimal(0))
        if abs(total - _exact(price)) > Decimal("1e-9"):
            parts = " + ".join(f"{float(value):g}" for value in shares.loc[band])
            zh.append(f"{band} 的分担 {parts} = {float(total):g} 元，单价 {price:g} 元")
            en.append(f"{band}: shares {parts} = {float(total):g}, the price is {price:g}")
    if zh:
        raise ProblemError(
            "分担额之和不等于单价：" + "；".join(zh) + "。", "Shares do not sum to the price: " + "; ".join(en) + "."
        )
