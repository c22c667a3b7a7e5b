"""Sentences of the report on emptied homes: whom they serve, what refitting costs, what rent may bring, whose posts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from anyi_geo.result import HomesResult
from anyi_geo.show.figures import wan_text
from anyi_geo.show.rough import rough_count

#: Rows of the county's figures that the sentences tell.
REUSE = (
    "pay_back_years_rent_high", "pay_back_years_rent_low", "beds_for_paying", "stations", "station_elders",
    "station_elders_share", "station_left_behind", "station_left_behind_share", "station_seats_elders",
    "station_seats_children",
)  # fmt: skip


def reuse_sentences(homes: HomesResult) -> list[str]:
    """Return what is to be said of the emptied homes and of the posts; results without these figures say nothing."""
    found = homes.summary
    if "stations" not in found:
        return []
    reuse = "".join([*_stations(found), *_refitting(homes), *_rent(found)])
    return [told for told in (reuse, *_posts(homes)) if told]


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
        f"不重复计；{room}。"
    )


def _refitting(homes: HomesResult) -> Iterator[str]:
    heads, unknown = homes.tables.get("cost_heads"), homes.summary["refit_unknown"]
    yuan = 0.0 if heads is None else float(heads.loc[heads["head"] == "refitting", "one_off_yuan"].sum())
    if not yuan and not unknown:
        return
    floor = f"{unknown} 处腾出院舍的整修费用不知道，没有计入" if unknown else ""
    told = f"腾出院舍整修一次性约 {wan_text(yuan)} 万元，已计入一次性投入" if yuan else ""
    yield "；".join(part for part in (told, floor) if part)
    yield f"；不计租金，{_years(homes.summary['pay_back_years'])}{'（下限）' if unknown else ''}。"


def _rent(found: Mapping[str, Any]) -> Iterator[str]:
    low, high, beds = found["rent_low_yuan"], found["rent_high_yuan"], found["beds_for_paying"]
    if low is None:
        yield "公建民营的院有床位未登记，租金收入不能测算，未计入费用。"
    elif high:
        years = [_years(found[f"pay_back_years_rent_{level}"]) for level in ("high", "low")]
        yield (
            f"公建民营 {beds:.0f} 张床位向社会老人开放，不计入特困床位；运营方待招标，"
            f"可能的租金收入（测算，未计入费用）每年 {wan_text(low)} 至 {wan_text(high)} 万元，"
            f"另计租金高值{years[0]}，低值{years[1]}。"
        )


def _years(years: float | None) -> str:
    return "不能回本" if years is None else f"约 {years:.1f} 年回本"


def _posts(homes: HomesResult) -> Iterator[str]:
    staff = homes.tables.get("staff")
    if staff is None or "posts_vacant" not in staff:
        return
    county = staff.set_index("site_id").loc["county"]
    rule = "人员和编制由县民政局统一管理使用，富余的转岗，空缺的公开招聘，不裁减"
    if pd.isna(county["posts_vacant"]):
        unknown = staff[
            (staff["site_id"] != "county") & (staff["staff_posts"].isna() | staff["staff_established"].isna())
        ]
        yield f"{rule}；{len(unknown)} 个院未登记编制或在编，空缺还不能算。"
        return
    told = f"全县编制 {county['staff_posts']:.0f} 个，在编 {county['staff_established']:.0f} 人"
    told += f"，空缺 {county['posts_vacant']:.0f} 个"
    if pd.notna(county["staff_off_establishment"]):
        told += f"，编外 {county['staff_off_establishment']:.0f} 人"
    if county["posts_freed"] > 0:
        told += f"；腾出院的 {county['posts_freed']:.0f} 个编制划入全县统筹"
    yield f"{told}。{rule}；逐院见 Excel“护理人员”。"
