"""The asset ledger: every public building before is there after, in an allowed use, at the same book value."""

from __future__ import annotations

import pandas as pd

from anyi_geo.errors import ProblemError
from anyi_geo.judge.homes.words import STATE_NAMES

#: What a home was before.
_BEFORE = {"jinglaoyuan": "敬老院", "county_centre_candidate": "县级中心候选"}


def asset_ledger(assets: pd.DataFrame, state: pd.Series) -> pd.DataFrame:
    """Return one row per home: owner, area and book value before and after, use before and after.

    Parameters
    ----------
    assets : DataFrame
        Index site_id; building_id, name, township, kind, owner ("" = not registered), area_m2, book_value_yuan (NaN =
        not registered).
    state : Series
        Home -> state after.

    Returns
    -------
    DataFrame
        site_id, building_id, name, township, owner, area_m2, book_value_yuan_before, book_value_yuan_after, use_before,
        state_after, use_after, in_before, in_after.

    Raises
    ------
    ProblemError
        A building that is lost, appears from nowhere, or leaves care for the old.
    """
    lost, new = assets.index.difference(state.index), state.index.difference(assets.index)
    if len(lost) or len(new):
        raise ProblemError(
            f"资产台账前后不符：整合前 {len(assets)} 处，整合后 {len(state)} 处（{'、'.join([*lost, *new])}）。",
            f"The asset ledger does not close: {len(assets)} before, {len(state)} after ({', '.join([*lost, *new])}).",
        )
    after = state.reindex(assets.index)
    outside = after[~after.isin(list(STATE_NAMES))]
    if len(outside):
        raise ProblemError(
            f"{'、'.join(assets.loc[outside.index, 'name'])} 的用途“{'、'.join(map(str, outside))}”被拒绝："
            "原有设施不得改变养老服务用途。",
            f"{', '.join(map(str, outside.index))}: a use outside care for the old is refused.",
        )
    table = pd.DataFrame(assets[["building_id", "name", "township", "owner", "area_m2"]])
    table["book_value_yuan_before"] = assets["book_value_yuan"].astype(float)
    # A change of use moves no value: what stands in the books stays there until it is valued again.
    table["book_value_yuan_after"] = table["book_value_yuan_before"]
    table["use_before"] = assets["kind"].map(_BEFORE)
    table["state_after"] = after
    table["use_after"] = after.map({state: name.zh for state, name in STATE_NAMES.items()})
    table["in_before"] = table["in_after"] = 1
    return table.rename_axis("site_id").reset_index()
