"""What families lose: minutes to visit before and after, and who loses most."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from anyi_geo.judge.homes.words import HOME_SUPPORT

#: Rows of the list of the worst changes.
WORST = 10


def family_minutes(flows: pd.DataFrame, minutes: pd.DataFrame) -> pd.DataFrame:
    """Return the flows of those who live in a home after, with their families' minutes before and after.

    Parameters
    ----------
    flows : DataFrame
        from_site, to_site, care_level, consent, origin, persons.
    minutes : DataFrame
        Origins and homes x homes, by car; inf = no road.

    Returns
    -------
    DataFrame
        The flows with origin_known (the family's village is known and a road joins it to the old home; else the family
        is taken to live at the old home), minutes_before, minutes_after, minutes_added.
    """
    housed = flows[flows["to_site"] != HOME_SUPPORT].reset_index(drop=True)
    rows = []
    for origin, old, new in zip(housed["origin"], housed["from_site"], housed["to_site"], strict=True):
        known = origin != old and math.isfinite(float(minutes.at[origin, old]))
        start = origin if known else old
        rows.append((known, float(minutes.at[start, old]), float(minutes.at[start, new])))
    table = pd.DataFrame(rows, columns=["origin_known", "minutes_before", "minutes_after"])
    table["minutes_added"] = table["minutes_after"] - table["minutes_before"]
    return pd.concat([housed, table], axis=1)


def visiting(visits: pd.DataFrame, limit_minutes: float) -> dict[str, float]:
    """Summarise minutes before, after and added over the residents: mean, 90th percentile, share over the limit.

    Parameters
    ----------
    visits : DataFrame
        As :func:`family_minutes` returns it.
    limit_minutes : float
        What counts as far.
    """
    persons = visits["persons"].to_numpy(int)
    out: dict[str, float] = {}
    for name, column in (("_before", "minutes_before"), ("_after", "minutes_after"), ("_added", "minutes_added")):
        everyone = np.sort(np.repeat(visits[column].to_numpy(float), persons))
        some = len(everyone) > 0
        out[f"visit_minutes{name}_mean"] = float(everyone.mean()) if some else 0.0
        out[f"visit_minutes{name}_p90"] = float(everyone[math.ceil(0.9 * len(everyone)) - 1]) if some else 0.0
        out[f"visit_minutes{name}_max"] = float(everyone[-1]) if some else 0.0
        if name != "_added":
            out[f"visit_share_over_limit{name}"] = float((everyone > limit_minutes).mean()) if some else 0.0
    out["visit_origin_known"] = int(visits.loc[visits["origin_known"].astype(bool), "persons"].sum())
    return out


def family_table(visits: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return one row for all residents of a home whose families come from one place: minutes before and after.

    Parameters
    ----------
    visits : DataFrame
        As :func:`family_minutes` returns it.
    names : Series
        Label of a home or village -> its name.

    Returns
    -------
    DataFrame
        from_site, to_site, origin, origin_known, minutes_before, minutes_after, minutes_added, persons, from_name,
        to_name, origin_name; the longest added way first.
    """
    keys = ["from_site", "to_site", "origin", "origin_known", "minutes_before", "minutes_after", "minutes_added"]
    table = visits.groupby(keys, as_index=False)["persons"].sum()
    table = table.sort_values(
        ["minutes_added", "from_site", "origin"], ascending=[False, True, True], ignore_index=True
    )
    for column in ("from", "to"):
        table[f"{column}_name"] = table[f"{column}_site"].map(names)
    table["origin_name"] = table["origin"].map(names)
    return table


def worst_changes(families: pd.DataFrame) -> pd.DataFrame:
    """Return the ten rows of :func:`family_table` whose way grows most, ranked."""
    worst = families[families["minutes_added"] > 0].drop(columns="origin_known").head(WORST).reset_index(drop=True)
    worst.insert(0, "rank", range(1, len(worst) + 1))
    return worst
