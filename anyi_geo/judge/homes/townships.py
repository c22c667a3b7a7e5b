"""What happens to the homes of every township, who was not heard there, and which offices work with it."""

from __future__ import annotations

import re

import pandas as pd

from anyi_geo.judge.homes.actions import TOWN
from anyi_geo.judge.homes.words import STATE_NAMES


def township_table(
    table: pd.DataFrame, consent: pd.DataFrame, wishes: pd.DataFrame, waves: pd.DataFrame, actions: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per township: homes, residents, who was not heard, uses after, first and last move, offices.

    Parameters
    ----------
    table, consent, wishes, waves
        As for `action_sheet`.
    actions : DataFrame
        As `action_sheet` returns it: its offices are those that a township works with.
    """
    town = table["township"]
    counts = consent.assign(
        township=consent["site_id"].map(town),
        not_asked=consent["persons"].where(consent["consent"] == "not_asked", 0),
        said_no=consent["persons"].where(consent["consent"] == "no", 0),
    )
    sums = counts.groupby("township")[["persons", "moved", "staying", "home_support", "said_no", "not_asked"]].sum()
    days = waves.assign(township=waves["from_site"].map(town)).groupby("township")["date"].agg(["min", "max"])
    out = table.groupby("township").agg(homes=("name", "size"))
    out["uses_zh"] = table.groupby("township")[["name", "state"]].apply(
        lambda rows: "；".join(f"{n}：{STATE_NAMES[s].zh}" for n, s in zip(rows["name"], rows["state"], strict=True))
    )
    out = out.join(sums.rename(columns={"persons": "residents"}))
    heard = wishes[wishes["site_id"].isin(table.index)].groupby("township")
    out["families_not_heard"] = heard["families_not_heard"].sum()
    out["staff_not_heard"] = heard["staff_not_heard"].agg(lambda counts: counts.sum(skipna=False))
    out["first_date"], out["last_date"] = days["min"].reindex(out.index), days["max"].reindex(out.index)
    whole = ["residents", "moved", "staying", "home_support", "said_no", "not_asked"]
    out[whole] = out[whole].fillna(0).astype(int)
    offices = {str(town): _offices(rows) for town, rows in actions.groupby("township")}
    out["responsible_zh"] = [f"{town}牵头，会同{offices[str(town)][0]}" for town in out.index]
    out["responsible_en"] = [f"the township, with {offices[str(town)][1]}" for town in out.index]
    for column in ("first_date", "last_date"):
        out[column] = out[column].astype(object).where(out[column].notna(), "")
    return out.reset_index()


def _offices(actions: pd.DataFrame) -> tuple[str, str]:
    """Return the offices other than the township that its actions need, once each, in the order of need."""
    # What an office inspects stands in brackets after it.
    parts = [re.sub("（[^）]*）$", "", part) for told in actions["responsible_zh"] for part in told.split("、")]
    named = [part for part in dict.fromkeys(parts) if part != TOWN.zh]
    told_en = [told for told in dict.fromkeys(actions["responsible_en"]) if told != TOWN.en]
    return "、".join(named), "; ".join(told_en)
