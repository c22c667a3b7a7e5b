"""What a plan means for each village: who lives there, who is within the limit, how long it takes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

KEYS = ["village_id", "batch", "mode", "group"]


def village_figures(
    nearest: pd.DataFrame, persons: pd.DataFrame, villages: pd.Series, limits: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    """Sum a plan's coverage and minutes over the demand points of each village.

    Parameters
    ----------
    nearest : DataFrame
        point_id, batch, mode, site_id, minutes (inf = out of reach), as a result holds it.
    persons : DataFrame
        Index point_id, one column per group.
    villages : Series
        Index point_id, value village_id.
    limits : mapping
        group -> mode -> minutes.

    Returns
    -------
    DataFrame
        village_id, batch, mode, group, persons, covered, unreachable, minutes, site_id. `minutes` is the mean over
        those who can arrive (inf when nobody can, NaN without persons); `site_id` is the site nearest to most of them,
        the first by id in a tie. Sorted by these keys.
    """
    rows = nearest.assign(village_id=nearest["point_id"].map(villages))
    found = [
        _group(rows, rows["point_id"].map(persons[group]).to_numpy(float), group, limits[group])
        for group in persons.columns
    ]
    return pd.concat(found).sort_values(KEYS, ignore_index=True)


def _group(rows: pd.DataFrame, people: np.ndarray, group: str, limits: Mapping[str, float]) -> pd.DataFrame:
    minutes = rows["minutes"].to_numpy(float)
    there = np.isfinite(minutes)
    within = minutes <= rows["mode"].map(limits).to_numpy(float)
    sums = rows[KEYS[:-1]].assign(
        persons=people,
        covered=people * within,
        unreachable=people * ~there,
        person_minutes=people * np.where(there, minutes, 0.0),
    )
    out = sums.groupby(KEYS[:-1], sort=True).sum()
    reached = out["persons"] - out["unreachable"]
    mean = (out.pop("person_minutes") / reached.where(reached > 0)).where(reached > 0, np.inf)
    out["minutes"] = mean.where(out["persons"] > 0)
    out["site_id"] = _main_site(rows, people)
    counts = ["persons", "covered", "unreachable"]
    return out.astype(dict.fromkeys(counts, int)).reset_index().assign(group=group)


def _main_site(rows: pd.DataFrame, people: np.ndarray) -> pd.Series:
    reached = rows.assign(persons=people)[rows["site_id"].notna() & (people > 0)]
    by_site = reached.groupby([*KEYS[:-1], "site_id"], as_index=False)["persons"].sum()
    ranked = by_site.sort_values([*KEYS[:-1], "persons", "site_id"], ascending=[True] * 3 + [False, True])
    return ranked.drop_duplicates(KEYS[:-1]).set_index(KEYS[:-1])["site_id"]
