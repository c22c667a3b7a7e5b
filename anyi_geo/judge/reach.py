"""What another batch, another site or another limit would add."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from anyi_geo.judge.coverage import TOLERANCE_MINUTES


def batch_gains(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return what each batch adds to the ones before it.

    Parameters
    ----------
    metrics : DataFrame
        As :func:`anyi_geo.judge.coverage.coverage` returns it, of one plan.

    Returns
    -------
    DataFrame
        batch, group, mode, scope, added (persons), share_added.
    """
    keys = ["group", "mode", "scope"]
    rows = metrics.sort_values("batch", kind="stable")
    before = rows.groupby(keys, sort=False)["covered"].shift(fill_value=0)
    out = rows[["batch", *keys]].assign(added=rows["covered"] - before)
    out["share_added"] = out["added"] / rows["total"].where(rows["total"] > 0)
    return out.sort_index().reset_index(drop=True)


def would_add(
    minutes: pd.DataFrame, batch: pd.Series, persons: pd.DataFrame, limits: Mapping[str, float]
) -> pd.DataFrame:
    """Count the persons that each candidate left out would cover besides all open sites.

    Parameters
    ----------
    minutes : DataFrame
        Points x candidates, open ones among them; minutes of one way of travel, inf = no way.
    batch : Series
        Index site_id of the open sites.
    persons : DataFrame
        Points x groups.
    limits : mapping of group to minutes

    Returns
    -------
    DataFrame
        Index site_id of the candidates left out, one column per group of `limits`.
    """
    table = minutes.loc[persons.index]
    others = table.columns.difference(batch.index)
    out = {}
    for group, limit in limits.items():
        within = table.to_numpy(float) <= limit + TOLERANCE_MINUTES
        opened = within[:, table.columns.get_indexer(batch.index)].any(axis=1)
        lacking = persons[group].to_numpy() * ~opened
        out[group] = lacking @ within[:, table.columns.get_indexer(others)]
    return pd.DataFrame(out, index=others.rename("site_id"))


def out_of_reach(
    minutes: pd.DataFrame, persons: pd.DataFrame, limits: Mapping[str, float], villages: pd.DataFrame
) -> pd.DataFrame:
    """List the villages with persons whom no candidate at all can reach within the limit.

    Parameters
    ----------
    minutes : DataFrame
        Points x all candidates, minutes of one way of travel; inf = no way.
    persons : DataFrame
        Points x groups.
    limits : mapping of group to minutes
    villages : DataFrame
        Index point; village_id, village, township.

    Returns
    -------
    DataFrame
        group, village_id, village, township, persons (out of reach), site_id (the candidate nearest to most of them,
        missing without any road), limit_minutes (the given one), first_minutes and all_minutes: the limits from which
        the first, and all, of them would be reached; inf = no road. Most persons first.
    """
    table = minutes.loc[persons.index]
    values = table.to_numpy(float)
    column = values.argmin(axis=1) if values.shape[1] else np.zeros(len(values), int)
    least = values[np.arange(len(values)), column] if values.shape[1] else np.full(len(values), np.inf)
    site = np.array([str(table.columns[k]) if np.isfinite(m) else "" for k, m in zip(column, least, strict=True)])
    rows = []
    for group, limit in limits.items():
        people = persons[group].to_numpy()
        far = (least > limit + TOLERANCE_MINUTES) & (people > 0)
        places = villages.loc[persons.index[far]].assign(persons=people[far], minutes=least[far], site_id=site[far])
        for (village_id, village, township), part in places.groupby(["village_id", "village", "township"], sort=True):
            by_site = part[part["site_id"] != ""].groupby("site_id")["persons"].sum()
            rows.append(
                {
                    "group": group,
                    "village_id": village_id,
                    "village": village,
                    "township": township,
                    "persons": part["persons"].sum(),
                    "site_id": None if by_site.empty else by_site.idxmax(),
                    "limit_minutes": limit,
                    "first_minutes": part["minutes"].min(),
                    "all_minutes": part["minutes"].max(),
                }
            )
    columns = ["group", "village_id", "village", "township", "persons", "site_id", "limit_minutes"]
    out = pd.DataFrame(rows, columns=[*columns, "first_minutes", "all_minutes"])
    order = {group: number for number, group in enumerate(limits)}
    out = out.assign(order=out["group"].map(order)).sort_values(
        ["order", "persons", "village_id"], ascending=[True, False, True], kind="stable", ignore_index=True
    )
    return out.drop(columns="order")
