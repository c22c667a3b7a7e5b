"""The asset ledger: every public building before is there after, in an allowed use, at the same book value."""

from __future__ import annotations

import pandas as pd

from anyi_geo.errors import Message, ProblemError
from anyi_geo.judge.homes.words import EMPTIED, STATE_NAMES

#: What a home was before.
_BEFORE = {"jinglaoyuan": "敬老院", "county_centre_candidate": "县级中心候选"}
LET = "public_built_private_run"
#: Who will run a let home: not known before it is tendered.
OPERATOR_OPEN = "待招标"
#: Who takes over an emptied home, and what paper the new use needs; the county document leaves the parties open.
_TAKERS = {
    "civil_affairs_station": Message("乡镇（处）民政部门", "the township's civil-affairs office"),
    LET: Message("承接运营方（待公开遴选）", "an operator, to be chosen in public"),
    "xingfuyuan": Message("村（居）委会", "the village committee"),
    "reserve": Message("乡镇（处）", "the township"),
}
_PAPERS = {
    "civil_affairs_station": "移交清单、挂牌批复",
    LET: "移交清单、公建民营委托运营合同（写明租金、用途不变）",
    "xingfuyuan": "移交清单、管护协议",
    "reserve": "移交清单、看护责任书",
}


def asset_ledger(assets: pd.DataFrame, state: pd.Series, rent_after: pd.Series) -> pd.DataFrame:
    """Return one row per home: owner, area, book value, contract, rent and use before and after.

    Parameters
    ----------
    assets : DataFrame
        Index site_id; building_id, name, township, kind, owner, operator, contract ("" = not registered), area_m2,
        book_value_yuan, rent_yuan_per_year (NaN = not registered).
    state : Series
        Home -> state after.
    rent_after : Series
        Home -> yearly rent reckoned for its new use; homes that are not let are left out.

    Returns
    -------
    DataFrame
        site_id, building_id, name, township, owner, area_m2, book_value_yuan_before, book_value_yuan_after, use_before,
        state_after, use_after, operator, contract_before, rent_yuan_before, contract_after_zh, operator_after_zh,
        rent_yuan_after, in_before, in_after.

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
    table["operator"], table["contract_before"] = assets["operator"], assets["contract"]
    table["rent_yuan_before"] = assets["rent_yuan_per_year"].astype(float)
    table["contract_after_zh"] = [_contract_after(use, bound) for use, bound in zip(after, _bound(table), strict=True)]
    table["operator_after_zh"] = [OPERATOR_OPEN if use == LET else "" for use in after]
    table["rent_yuan_after"] = rent_after.astype(float).reindex(assets.index).where(after == LET)
    table["in_before"] = table["in_after"] = 1
    return table.rename_axis("site_id").reset_index()


def _bound(table: pd.DataFrame) -> pd.Series:
    """Return whether somebody runs or rents the home now: that has to end before it is handed over."""
    named = (table["operator"].fillna("") != "") | (table["contract_before"].fillna("") != "")
    return named | (table["rent_yuan_before"] > 0)


def _contract_after(use: str, bound: bool) -> str:
    ended = "现有运营或租赁合同先终止或变更" if bound and use in EMPTIED else ""
    return "；".join(part for part in (ended, "待签委托运营合同" if use == LET else "") if part)


def transfer_log(ledger: pd.DataFrame, waves: pd.DataFrame, first_day: str) -> pd.DataFrame:
    """Return the handing-over of every emptied building, to be filled in as it happens.

    Parameters
    ----------
    ledger : DataFrame
        As :func:`asset_ledger` returns it.
    waves : DataFrame
        date, from_site: the home is handed over once its last residents have left.
    first_day : str
        Day for homes that nobody has to leave, ISO.

    Returns
    -------
    DataFrame
        site_id, building_id, name, township, not_before (ISO), use_before, use_after, from_zh, to_zh, to_en, papers_zh,
        book_value_yuan, handed_over_on, signed_by; the last two are blank: the software records no signature.
    """
    emptied = ledger[ledger["state_after"].isin(EMPTIED)].reset_index(drop=True)
    last = waves.groupby("from_site")["date"].max()
    uses = emptied["state_after"]
    out = emptied[["site_id", "building_id", "name", "township"]].copy()
    out["not_before"] = [str(last.get(home, first_day)) for home in emptied["site_id"]]
    out["use_before"], out["use_after"] = emptied["use_before"], emptied["use_after"]
    out["from_zh"] = emptied["name"]
    out["to_zh"], out["to_en"] = [_TAKERS[use].zh for use in uses], [_TAKERS[use].en for use in uses]
    ended = ["现有合同的终止或变更协议、" if bound else "" for bound in _bound(emptied)]
    out["papers_zh"] = [end + _PAPERS[use] for end, use in zip(ended, uses, strict=True)]
    out["book_value_yuan"] = emptied["book_value_yuan_after"]
    out["handed_over_on"] = out["signed_by"] = ""
    return out.sort_values(["not_before", "site_id"], ignore_index=True)
