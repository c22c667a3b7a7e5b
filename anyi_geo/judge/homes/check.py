"""Is a plan what it claims to be? Checked from its tables by code that knows no solver."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from anyi_geo.errors import Message, ProblemError
from anyi_geo.judge.homes.words import EMPTIED, HOME_SUPPORT

_KIND = ["care_level", "consent", "origin"]


def check_plan(
    homes: pd.DataFrame,
    groups: pd.DataFrame,
    flows: pd.DataFrame,
    state: pd.Series,
    beds_added: pd.Series,
    *,
    consent: str,
    centres: int,
) -> None:
    """Raise unless everybody is somewhere with a bed, to the person and kind, and no rule is broken.

    Parameters
    ----------
    homes : DataFrame
        Index site_id; candidate, beds, expansion_beds.
    groups : DataFrame
        home, care_level, consent, origin, home_support, persons: who lived where.
    flows : DataFrame
        from_site, to_site, care_level, consent, origin, persons: who lives where after.
    state : Series
        Home -> state after.
    beds_added : Series
        Home -> whole beds.
    consent : str
        hard: nobody without a yes may be moved.
    centres : int
        The largest number of centres.

    Raises
    ------
    ProblemError
        Naming every home at fault.
    """
    faults = [
        *_lost(groups, flows),
        *_homeless(homes, flows, state, beds_added),
        *_moved_against_the_rule(groups, flows, consent),
        *_centre_faults(homes, state, beds_added, centres),
    ]
    if faults:
        raise ProblemError("；".join(f.zh for f in faults) + "。", "; ".join(f.en for f in faults) + ".")


def _lost(groups: pd.DataFrame, flows: pd.DataFrame) -> Iterator[Message]:
    before = groups.groupby(["home", *_KIND])["persons"].sum()
    after = flows.groupby(["from_site", *_KIND])["persons"].sum()
    before.index.names = after.index.names
    difference = before.sub(after, fill_value=0)
    if (flows["persons"] < 0).any():
        yield Message("去向人数出现负数", "a flow is negative")
    for home in sorted({str(key[0]) for key in difference.index[difference != 0]}):
        yield Message(f"{home} 的老人去向与人数不符", f"residents of {home} do not add up")


def _homeless(homes: pd.DataFrame, flows: pd.DataFrame, state: pd.Series, beds_added: pd.Series) -> Iterator[Message]:
    after = flows[flows["to_site"] != HOME_SUPPORT].groupby("to_site")["persons"].sum()
    for home, persons in after.items():
        if state.get(home) in EMPTIED or home not in state.index:
            yield Message(f"腾出的 {home} 里还住着老人", f"somebody lives in the emptied home {home}")
        elif persons > homes.at[home, "beds"] + beds_added.get(home, 0):
            yield Message(f"{home} 住 {persons} 人，超过床位", f"{home} houses {persons} residents, more than its beds")


def _moved_against_the_rule(groups: pd.DataFrame, flows: pd.DataFrame, consent: str) -> Iterator[Message]:
    moved = flows[(flows["from_site"] != flows["to_site"]) & (flows["to_site"] != HOME_SUPPORT)]
    if consent == "hard" and (moved["consent"] != "yes").any():
        count = int(moved.loc[moved["consent"] != "yes", "persons"].sum())
        yield Message(f"未同意的 {count} 人被迁移", f"{count} residents without a yes are moved")
    asked = groups[groups["home_support"].astype(bool)].groupby("home")["persons"].sum()
    sent = flows[flows["to_site"] == HOME_SUPPORT].groupby("from_site")["persons"].sum()
    for home, persons in sent.items():
        if persons > asked.get(home, 0):
            yield Message(f"{home} 转为分散供养的人数超过提出的人数", f"{home} sends home more than asked for it")


def _centre_faults(homes: pd.DataFrame, state: pd.Series, beds_added: pd.Series, centres: int) -> Iterator[Message]:
    chosen = state.index[state == "centre"]
    if not 1 <= len(chosen) <= centres:
        yield Message(f"中心有 {len(chosen)} 个，应为 {centres} 个", f"{len(chosen)} centres, {centres} asked for")
    for home in chosen:
        if not bool(homes.at[home, "candidate"]):
            yield Message(f"{home} 不是中心候选", f"{home} is no candidate")
    for home in beds_added.index[beds_added > 0]:
        if home not in chosen or beds_added[home] > homes.at[home, "expansion_beds"]:
            yield Message(f"{home} 的扩建超出范围", f"the beds added at {home} are out of range")
