"""What changes between two plans, by the site that brings it about."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError
from anyi_geo.judge.coverage import TOLERANCE_MINUTES

COLUMNS = ["site_id", "group", "gained", "lost"]


def exchanged(
    before: pd.DataFrame, after: pd.DataFrame, persons: pd.DataFrame, limits: Mapping[str, float]
) -> pd.DataFrame:
    """Count who comes within the limit by the site that now reaches them, and who falls out by the site that did.

    Nobody is gained but by a site that was not open before: had it been, it would have reached them. So the sites that
    two plans share have no rows, and ``gained - lost`` over all sites is the change in covered persons, exactly.

    Parameters
    ----------
    before, after : DataFrame
        Index point; site_id and minutes of the nearest open site, both of one batch and one way of travel.
    persons : DataFrame
        Points x groups.
    limits : mapping of group to minutes

    Returns
    -------
    DataFrame
        site_id, group, gained, lost (persons); sorted by site_id, groups as in `limits`; rows of nobody are left out.

    Raises
    ------
    ProblemError
        Points that differ.
    """
    for table in (before, after):
        if not persons.index.sort_values().equals(table.index.sort_values()):
            raise ProblemError("两个方案的人口点不同，不能比较。", "The two plans have different demand points.")
    first, second = before.loc[persons.index], after.loc[persons.index]
    blocks = []
    for order, (group, limit) in enumerate(limits.items()):
        was, now = (_within(table, limit) for table in (first, second))
        gained = persons.loc[now & ~was, group].groupby(second.loc[now & ~was, "site_id"]).sum()
        lost = persons.loc[was & ~now, group].groupby(first.loc[was & ~now, "site_id"]).sum()
        block = pd.DataFrame({"gained": gained, "lost": lost}).fillna(0).rename_axis("site_id").reset_index()
        blocks.append(block.assign(group=group, order=order))
    table = pd.concat(blocks, ignore_index=True)
    table = table[(table["gained"] > 0) | (table["lost"] > 0)].sort_values(["site_id", "order"], ignore_index=True)
    return table[COLUMNS].astype({"gained": int, "lost": int})


def _within(table: pd.DataFrame, limit: float) -> np.ndarray:
    return table["minutes"].to_numpy(float) <= limit + TOLERANCE_MINUTES
