"""Carers needed and present, approved posts filled and vacant, per home and for the county: no redundancy."""

from __future__ import annotations

import math

import pandas as pd

from anyi_geo.errors import Message
from anyi_geo.judge.homes.words import EMPTIED
from anyi_geo.schema import STAFF_COLUMNS

COUNTY = "county"
_REGISTERED = (*STAFF_COLUMNS, "staff_posts", "staff_established")


def staff_table(homes: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return carers and posts per home and for the county, and what follows; nobody is made redundant here.

    The county's row is that of one pool: the document has the bureau of civil affairs manage people and posts of all
    homes, so a home over its posts uses up another's vacancy.

    Parameters
    ----------
    homes : DataFrame
        Index site_id; staff_carers, staff_cooks, staff_managers, staff_others (in post), staff_posts (approved),
        staff_established (of those in post, on the establishment). NaN: not registered; the last two may be missing.
    table : DataFrame
        As :func:`homes_table` returns it.

    Returns
    -------
    DataFrame
        site_id (the last row: county), name, state, the registered columns, carers_needed_before, carers_needed_after,
        staff_present (all posts), posts_vacant, staff_off_establishment, posts_freed (approved posts of an emptied
        home, to be assigned anew), carers_short, carers_spare, note_zh, note_en, posts_note_zh, posts_note_en. What
        follows from a cell that is not registered is NaN; one unknown home makes the county unknown.
    """
    out = pd.DataFrame({"name": table["name"], "state": table["state"]})
    for column in _REGISTERED:
        out[column] = homes[column].astype(float) if column in homes else math.nan
    out["carers_needed_before"] = table["staff_before"].astype(float)
    out["carers_needed_after"] = table["staff_after"].astype(float)
    out["posts_freed"] = out["staff_posts"].where(out["state"].isin(EMPTIED), 0.0)
    sums = [*_REGISTERED, "carers_needed_before", "carers_needed_after", "posts_freed"]
    out.loc[COUNTY] = pd.Series({"name": "全县", "state": ""} | out[sums].sum(skipna=False).to_dict())
    out[sums] = out[sums].astype(float)
    out["staff_present"] = out[list(STAFF_COLUMNS)].sum(axis=1, skipna=False)
    out["posts_vacant"] = (out["staff_posts"] - out["staff_established"]).clip(lower=0)
    out["staff_off_establishment"] = (out["staff_present"] - out["staff_established"]).clip(lower=0)
    gap = out["staff_carers"] - out["carers_needed_after"]
    out["carers_short"], out["carers_spare"] = (-gap).clip(lower=0), gap.clip(lower=0)
    notes = [_carers_note(short, spare) for short, spare in zip(out["carers_short"], out["carers_spare"], strict=True)]
    posts = [_posts_note(row) for _, row in out.iterrows()]
    out["note_zh"], out["note_en"] = [note.zh for note in notes], [note.en for note in notes]
    out["posts_note_zh"], out["posts_note_en"] = [note.zh for note in posts], [note.en for note in posts]
    for column in ("carers_needed_before", "carers_needed_after"):
        out[column] = out[column].astype(int)
    return out.rename_axis("site_id").reset_index()


def _carers_note(short: float, spare: float) -> Message:
    if math.isnan(short):
        return Message("在岗人数未登记，请补填后再比对", "present staff not registered: fill it in")
    if short > 0:
        return Message(
            f"缺 {short:.0f} 名：先由全县统筹调配，不足部分公开招聘", f"{short:.0f} short: move staff, then recruit"
        )
    if spare > 0:
        return Message(
            f"可统筹 {spare:.0f} 名：随老人到中心或转到服务站、幸福院岗位，由县民政局统一安排",
            f"{spare:.0f} can follow the residents or work in stations and care sites",
        )
    return Message("正好", "even")


def _posts_note(row: pd.Series) -> Message:
    """Say what becomes of a home's posts: filled, vacant, over, off the establishment, freed."""
    posts, established = row["staff_posts"], row["staff_established"]
    if math.isnan(posts) or math.isnan(established):
        return Message("编制或在编人数未登记，空缺不能算", "posts or establishment not registered: no vacancy is known")
    zh, en = [f"编制 {posts:.0f} 个、在编 {established:.0f} 名"], [f"{posts:.0f} posts, {established:.0f} filled"]
    if row["posts_vacant"] > 0:
        zh.append(f"空缺 {row['posts_vacant']:.0f} 个，由县民政局统筹，公开招聘")
        en.append(f"{row['posts_vacant']:.0f} vacant, to be filled by open recruitment")
    if established > posts:
        zh.append(f"超编 {established - posts:.0f} 名，请与县委编办核对")
        en.append(f"{established - posts:.0f} over, to be checked with the establishment office")
    if row["staff_off_establishment"] > 0:
        zh.append(f"编外 {row['staff_off_establishment']:.0f} 名")
        en.append(f"{row['staff_off_establishment']:.0f} off the establishment")
    if row["posts_freed"] > 0:
        zh.append(f"腾出院的编制 {row['posts_freed']:.0f} 个划入全县统筹，随人转岗")
        en.append(f"{row['posts_freed']:.0f} posts of emptied homes go to the county's pool with their holders")
    return Message("；".join(zh), "; ".join(en))
