"""What one care-site plan costs and gains against another, in words a planner can say aloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from anyi_geo.errors import Message

#: Shares closer than this print alike.
_NOTHING = 5e-5
_WAN = 10_000
#: So many sites are named, of more only the first ones.
_LISTED = 5


@dataclass(frozen=True)
class Names:
    """Names for the sentence.

    Attributes
    ----------
    sites : DataFrame
        Index site_id; name, township.
    groups : mapping of group to name
        The counted groups, in their order.
    """

    sites: pd.DataFrame
    groups: Mapping[str, str]


def price(
    before: Mapping[str, Any], after: Mapping[str, Any], change: Mapping[str, Any], names: Names
) -> dict[str, str]:
    """Return price_zh and price_en: what goes, what comes, who gains and loses, what it costs where.

    Parameters
    ----------
    before, after : mapping
        Figures of the two plans: ``covered.<group>``, ``share.<group>``, ``share_mean.<group>`` (over displacements),
        one_off_yuan, worst_township, worst_share.
    change : mapping
        out, in, moved: site ids.
    names : Names
    """
    parts = [
        *_sites(change, names),
        *(_group(before, after, group, name) for group, name in names.groups.items()),
        *_townships(change, names),
        *_money(before, after),
        *_worst(before, after),
    ]
    if not any(change[key] for key in ("out", "in", "moved")):
        parts = [Message("点位相同", "the same sites")]
    return {
        "price_zh": "；".join(part.zh for part in parts if part.zh),
        "price_en": "; ".join(part.en for part in parts if part.en),
    }


def _sites(change: Mapping[str, Any], names: Names) -> list[Message]:
    words = {
        "out": ("换出 {}", "{} out"),
        "in": ("换入 {}", "{} in"),
        "moved": ("{} 调整批次", "{} in another batch"),
    }
    out = []
    for key, (zh, en) in words.items():
        if change[key]:
            listed = [str(names.sites.at[site, "name"]).split("“", maxsplit=1)[0] for site in change[key]]
            more = len(listed) - _LISTED
            told = listed if more <= 0 else listed[:_LISTED]
            out.append(
                Message(
                    zh.format("、".join(told) + (f"等 {len(listed)} 处" if more > 0 else "")),
                    en.format(", ".join(told) + (f" and {more} more" if more > 0 else "")),
                )
            )
    return out


def _group(before: Mapping[str, Any], after: Mapping[str, Any], group: str, name: str) -> Message:
    persons = int(after[f"covered.{group}"] - before[f"covered.{group}"])
    points = 100 * (after[f"share.{group}"] - before[f"share.{group}"])
    if persons == 0:
        return Message(f"{name}不变", f"{name} unchanged")
    displaced = 100 * (after[f"share_mean.{group}"] - before[f"share_mean.{group}"])
    return Message(
        f"{name} {persons:+d} 人（{points:+.1f} 个百分点，计入位置误差 {displaced:+.1f}）",
        f"{name} {persons:+d} ({points:+.1f} points, {displaced:+.1f} over displaced positions)",
    )


def _townships(change: Mapping[str, Any], names: Names) -> list[Message]:
    """Return the townships with more or fewer sites than before."""
    counts: dict[str, int] = {}
    for key, step in (("in", 1), ("out", -1)):
        for site in change[key]:
            township = str(names.sites.at[site, "township"])
            counts[township] = counts.get(township, 0) + step
    out = []
    for township, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if number:
            word = "多" if number > 0 else "少"
            out.append(Message(f"{township}{word} {abs(number)} 个点", f"{township} {number:+d} sites"))
    return [Message("、".join(part.zh for part in out), ", ".join(part.en for part in out))] if out else []


def _money(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Message]:
    yuan = after["one_off_yuan"] - before["one_off_yuan"]
    if not yuan:
        return []
    return [Message(f"投入 {yuan / _WAN:+.1f} 万元", f"{yuan:+,.0f} yuan")]


def _worst(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Message]:
    if abs(after["worst_share"] - before["worst_share"]) < _NOTHING:
        return []
    one, two = f"{before['worst_share']:.1%}", f"{after['worst_share']:.1%}"
    return [
        Message(
            f"覆盖最低的乡镇由 {one}（{before['worst_township']}）到 {two}（{after['worst_township']}）",
            f"worst township {one} ({before['worst_township']}) to {two} ({after['worst_township']})",
        )
    ]
