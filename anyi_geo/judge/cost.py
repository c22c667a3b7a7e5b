"""What a plan costs: one-off and every year."""

from __future__ import annotations

import pandas as pd

from anyi_geo.errors import ProblemError

DECISION = "care_sites"


def care_site_costs(costs: pd.DataFrame, batch: pd.Series, batches: int) -> pd.DataFrame:
    """Return the costs of the opened sites by batch.

    Parameters
    ----------
    costs : DataFrame
        Index site_id; opening_yuan (once) and running_yuan_per_year.
    batch : Series
        Index site_id (the opened sites), value the batch in which it opens.
    batches : int
        Number of batches; a batch without sites has a row of zeros.

    Returns
    -------
    DataFrame
        decision, head (batch_1, batch_2, ...), one_off_yuan, yearly_yuan: what the sites opened in that batch add.

    Raises
    ------
    ProblemError
        An opened site without a cost.
    """
    missing = batch.index.difference(costs.dropna(subset=["opening_yuan", "running_yuan_per_year"]).index)
    if len(missing):
        raise ProblemError(f"点位 {missing[0]} 没有费用。", f"Site {missing[0]} has no cost.")
    opened = costs.loc[batch.index]
    rows = []
    for number in range(1, batches + 1):
        now = opened[(batch == number).to_numpy()]
        rows.append(
            {
                "decision": DECISION,
                "head": f"batch_{number}",
                "one_off_yuan": float(now["opening_yuan"].sum()),
                "yearly_yuan": float(now["running_yuan_per_year"].sum()),
            }
        )
    return pd.DataFrame(rows)


def annuity_yuan(amount_yuan: float, rate: float, years: float) -> float:
    """Spread a one-off amount over its life: the equal payment at the end of each year.

    Parameters
    ----------
    amount_yuan : float
    rate : float
        Discount rate per year, >= 0; 0 spreads evenly.
    years : float
        Life, > 0.

    Raises
    ------
    ProblemError
        A negative rate or a life that is not positive.
    """
    if rate < 0 or not years > 0:
        raise ProblemError(
            f"年金的利率应不小于 0、年限应大于 0，现为 {rate} 和 {years}。",
            f"An annuity needs rate >= 0 and years > 0, got {rate} and {years}.",
        )
    if rate == 0:
        return amount_yuan / years
    return amount_yuan * rate / (1 - float((1 + rate) ** -years))
