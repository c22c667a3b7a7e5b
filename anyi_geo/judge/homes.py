"""What a homes plan means: residents in and out, minutes to visit, beds, carers, yearly and one-off cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError

EMPTIED = ("civil_affairs_station", "public_built_private_run", "xingfuyuan", "reserve")


def check_flows(residents: pd.DataFrame, flows: pd.DataFrame, state: pd.Series) -> None:
    """Raise unless residents in equal residents out, to the person and kind, and nobody lives in an emptied home.

    Parameters
    ----------
    residents : DataFrame
        Home x (care level, consent), persons.
    flows : DataFrame
        from_site, to_site, care_level, consent, persons.
    state : Series
        Home -> state after.

    Raises
    ------
    ProblemError
        Naming the home.
    """
    out = flows.groupby(["from_site", "care_level", "consent"])["persons"].sum()
    for home in residents.index:
        for level, consent in residents.columns:
            if int(out.get((home, level, consent), 0)) != int(residents.at[home, (level, consent)]):
                raise ProblemError(f"{home} 的老人去向与人数不符。", f"Residents of {home} do not add up.")
    emptied = set(state.index[state.isin(EMPTIED)])
    lost = sorted(set(flows["to_site"]) & emptied)
    if lost:
        raise ProblemError(f"腾出的 {lost[0]} 里还住着老人。", f"Somebody lives in the emptied home {lost[0]}.")


def carers(flows: pd.DataFrame, site_column: str, ratio: Mapping[str, float]) -> pd.Series:
    """Return carers per home, rounded up per home; `site_column` is from_site (before) or to_site (after)."""
    work = flows["persons"] / flows["care_level"].map(ratio)
    return work.groupby(flows[site_column]).sum().map(lambda value: math.ceil(value - 1e-9))


def visiting(flows: pd.DataFrame, minutes: pd.DataFrame, limit_minutes: float) -> dict[str, float]:
    """Summarise the minutes that families of the old place travel further: mean, 90th percentile, share over the limit.

    A resident's family is taken to live where the old home is; staying adds nothing.
    """
    added = np.array([minutes.at[a, b] for a, b in zip(flows["from_site"], flows["to_site"], strict=True)])
    persons = flows["persons"].to_numpy()
    everyone = np.repeat(added, persons)
    if not len(everyone):
        return {"visit_minutes_added_mean": 0.0, "visit_minutes_added_p90": 0.0, "visit_share_over_limit": 0.0}
    return {
        "visit_minutes_added_mean": float(everyone.mean()),
        "visit_minutes_added_p90": float(np.sort(everyone)[math.ceil(0.9 * len(everyone)) - 1]),
        "visit_share_over_limit": float((everyone > limit_minutes).mean()),
    }


def homes_table(
    homes: pd.DataFrame, state: pd.Series, flows: pd.DataFrame, beds_added: pd.Series, ratio: Mapping[str, float]
) -> pd.DataFrame:
    """Return one row per home: state, beds, residents and carers before and after."""
    before = flows.groupby("from_site")["persons"].sum()
    after = flows.groupby("to_site")["persons"].sum()
    table = pd.DataFrame(homes[["name", "township"]])
    table["state"] = state
    table["beds_before"] = homes["beds"].astype(int)
    table["beds_added"] = beds_added.reindex(homes.index).astype(int)
    kept = state.reindex(homes.index).isin(["centre", "kept"])
    table["beds_after"] = (table["beds_before"] + table["beds_added"]).where(kept, 0)
    for name, counts in (("residents_before", before), ("residents_after", after)):
        table[name] = counts.reindex(homes.index).fillna(0).astype(int)
    for name, column in (("staff_before", "from_site"), ("staff_after", "to_site")):
        table[name] = carers(flows, column, ratio).reindex(homes.index).fillna(0).astype(int)
    return table


def moved_counts(flows: pd.DataFrame) -> dict[str, int]:
    """Count residents, who moves, who stays, and who is moved without a yes, said no and not asked apart."""
    moves = flows[flows["from_site"] != flows["to_site"]]
    by_consent = moves.groupby("consent")["persons"].sum()
    return {
        "residents": int(flows["persons"].sum()),
        "moved": int(moves["persons"].sum()),
        "staying": int(flows["persons"].sum() - moves["persons"].sum()),
        "moved_without_consent": int(by_consent.get("no", 0)),
        "moved_not_asked": int(by_consent.get("not_asked", 0)),
    }


def homes_costs(
    table: pd.DataFrame, flows: pd.DataFrame, expansion_yuan: float, prices: Mapping[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    """Return yearly and one-off costs by head, before and after.

    Parameters
    ----------
    table : DataFrame
        As :func:`homes_table` returns it.
    flows : DataFrame
    expansion_yuan : float
        One-off cost of the added beds.
    prices : mapping
        fixed_yuan_year, carer_yuan_year, reuse_yuan_year, moving_yuan and resident_yuan_year by care level.
    """
    support = float((flows["persons"] * flows["care_level"].map(prices["resident_yuan_year"])).sum())
    open_after = int(
        (table["residents_after"] > 0).sum() + ((table["residents_after"] == 0) & (table["state"] == "centre")).sum()
    )
    moved = moved_counts(flows)["moved"]
    before = [
        _head("running", prices["fixed_yuan_year"] * len(table)),
        _head("carers", prices["carer_yuan_year"] * int(table["staff_before"].sum())),
        _head("support", support),
    ]
    after = [
        _head("running", prices["fixed_yuan_year"] * open_after),
        _head("carers", prices["carer_yuan_year"] * int(table["staff_after"].sum())),
        _head("support", support),
        _head("reuse", prices["reuse_yuan_year"] * (len(table) - open_after)),
        _head("expansion", 0.0, expansion_yuan),
        _head("moving", 0.0, prices["moving_yuan"] * moved),
    ]
    return {"before": before, "after": after}


def _head(head: str, yearly: float, one_off: float = 0.0) -> dict[str, Any]:
    return {"head": head, "one_off_yuan": float(one_off), "yearly_yuan": float(yearly)}
