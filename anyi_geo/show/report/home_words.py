"""Sentences of the report on emptied homes: whom they serve, what refitting costs, what rent may bring, whose posts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from anyi_geo.result import HomesResult
from anyi_geo.show.figures import wan_text
from anyi_geo.show.rough import rough_count


def reuse_sentences(homes: HomesResult) -> list[str]:
    """Return what is to be said of the emptied homes and of the posts; results without these figures say nothing."""
    found = homes.summary
    if "stations" not in found:
        return []
    return [*_stations(found), *_refitting(homes), *_rent(found), *_posts(homes)]


def _stations(found: Mapping[str, Any]) -> Iterator[str]:
    if not found["stations"]:
        return
    seats = [found[f"station_seats_{who}"] for who in ("elders", "children")]
    room = "有院面积未登记，活动位不能全部测算"
    if None not in seats:
        room = f"同时可容纳老人 {seats[0]:,.0f} 名、儿童 {seats[1]:,.0f} 名"
    share = found["station_elders_share"]
    of = "" if share is None else f"（占全县 {share:.1%}）"
    yield (
        f"民政综合服务站 {found['stations']:.0f} 个，电动三轮 {found['near_minutes']:g} 分钟内有老人 "
        f"{found['station_elders']:,.0f} 人{of}、留守儿童{rough_count(found['station_left_behind'])} 人，"
        f"同一人只计一次；{room}。"
    )


def _refitting(homes: HomesResult) -> Iterator[str]:
    heads = homes.tables.get("cost_heads")
    yuan = 0.0 if heads is None else float(heads.loc[heads["head"] == "refitting", "one_off_yuan"].sum())
    if yuan:
        unknown = homes.summary["refit_unknown"]
        floor = f"，另有 {unknown} 处不知道，是下限" if unknown else ""
        told = f"腾出院舍整修一次性约 {wan_text(yuan)} 万元，已计入一次性投入和回本年数{floor}"
        yield f"{told}；逐处见 Excel“院舍再利用”。"


def _rent(found: Mapping[str, Any]) -> Iterator[str]:
    low, value, high = (found[f"rent_{level}_yuan"] for level in ("low", "value", "high"))
    if low is None:
        yield "公建民营的院有床位未登记，可能的租金收入不能测算，未计入费用。"
    elif high:
        yield (
            f"可能的租金收入（测算，未计入费用）每年 "
            f"{wan_text(low)} 至 {wan_text(high)} 万元，取值 {wan_text(value)} 万元，"
            f"运营方待招标，向社会老人开放 {found['beds_for_paying']:.0f} 张床位，不计入特困床位。"
            f"不计租金，{_years(found['pay_back_years'])}；另计租金高值，{_years(found['pay_back_years_rent_high'])}，"
            f"低值，{_years(found['pay_back_years_rent_low'])}。"
        )


def _years(years: float | None) -> str:
    return "不能回本" if years is None else f"约 {years:.1f} 年回本"


def _posts(homes: HomesResult) -> Iterator[str]:
    staff = homes.tables.get("staff")
    if staff is None or "posts_vacant" not in staff:
        return
    county = staff.set_index("site_id").loc["county"]
    rule = "人员和编制由县民政局统一管理使用，富余的转岗，空缺的公开招聘，不裁减人员"
    if pd.isna(county["posts_vacant"]):
        unknown = staff[
            (staff["site_id"] != "county") & (staff["staff_posts"].isna() | staff["staff_established"].isna())
        ]
        yield f"{rule}；{len(unknown)} 个院未登记编制或在编人数，空缺还不能算。"
        return
    told = f"全县编制 {county['staff_posts']:.0f} 个，在编 {county['staff_established']:.0f} 人"
    told += f"，空缺 {county['posts_vacant']:.0f} 个"
    if pd.notna(county["staff_off_establishment"]):
        told += f"，编外 {county['staff_off_establishment']:.0f} 人"
    if county["posts_freed"] > 0:
        told += f"；腾出院的 {county['posts_freed']:.0f} 个编制划入全县统筹"
    yield f"{told}。{rule}；逐院见 Excel“护理人员”。"
