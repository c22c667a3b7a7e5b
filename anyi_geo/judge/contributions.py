"""What each site adds by itself: the persons that only it reaches."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from anyi_geo.errors import ProblemError
from anyi_geo.judge.coverage import TOLERANCE_MINUTES


def only_here(
    minutes: pd.DataFrame, batch: pd.Series, persons: pd.DataFrame, limits: Mapping[str, float]
) -> pd.DataFrame:
    """Count the persons who have exactly one open site within their limit, by that site.

    Parameters
    ----------
    minutes : DataFrame
        Points x sites, minutes of one way of travel; inf = no way.
    batch : Series
        Index site_id (the sites open after the last batch).
    persons : DataFrame
        Points x groups.
    limits : mapping of group to minutes

    Returns
    -------
    DataFrame
        Index site_id as in `batch`, one column per group of `limits`: what the county would lose without the site.

    Raises
    ------
    ProblemError
        A site or point without minutes.
    """
    for labels, have in ((batch.index, minutes.columns), (persons.index, minutes.index)):
        missing = labels.difference(have)
        if len(missing):
            raise ProblemError(f"{missing[0]} 没有分钟数。", f"{missing[0]} has no minutes.")
    table = minutes.loc[persons.index, batch.index]
    out = {}
    for group, limit in limits.items():
        within = table <= limit + TOLERANCE_MINUTES
        alone = within.sum(axis=1) == 1
        out[group] = within[alone].T.astype(int) @ persons.loc[alone, group]
    return pd.DataFrame(out, index=batch.index)
