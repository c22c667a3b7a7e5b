"""Old and young at one site (以老带小): whom each open site serves as the nearest within the limit."""

from __future__ import annotations

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import batch_numbers
from anyi_geo.show.privacy import small_hidden
from anyi_geo.show.report.covered import group_is_sensitive
from anyi_geo.show.report.plan_tables import counted_groups


def served_persons(result: RunResult) -> pd.DataFrame:
    """Return the persons of each counted group whose nearest open site it is, within their limit, all batches built.

    Returns
    -------
    DataFrame
        Index site_id of every opened site, a column per counted group.
    """
    mode, groups = result.headline_mode, counted_groups(result)
    near = result.nearest
    last = near[(near["batch"] == batch_numbers(result)[-1]) & (near["mode"] == mode)]
    points = result.points.set_index("point_id")
    sites = result.sites["site_id"].tolist() if len(result.sites) else []
    out = pd.DataFrame(0, index=pd.Index(sites, name="site_id"), columns=groups)
    for group in groups:
        within = last[last["minutes"] <= float(result.groups[group]["limit_minutes"][mode])]
        persons = within["point_id"].map(points[f"persons.{group}"]).groupby(within["site_id"]).sum()
        out[group] = persons.reindex(out.index, fill_value=0).astype(int)
    return out


def served_shown(result: RunResult) -> pd.DataFrame:
    """Return the same as it may be printed."""
    served = served_persons(result).astype(object)
    for group in served:
        if group_is_sensitive(result, str(group)):
            served[group] = [small_hidden(count) for count in served[group]]
    return served


def both_served(result: RunResult) -> pd.Series:
    """Return for each opened site whether it serves somebody of every counted group; False without two groups."""
    served = served_persons(result)
    return (served > 0).all(axis=1) if served.shape[1] > 1 else pd.Series(False, index=served.index)
