"""Beds against residents before anything is solved: how many are short, and the ways out with their price."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from anyi_geo.errors import Message
from anyi_geo.plan.homes.problem import HomesProblem, TooFewBedsError, WayOut


def movable(problem: HomesProblem) -> pd.Series:
    """Return the residents of every home who may be moved: by the consent rule, and over a road."""
    residents = problem.residents
    asked = residents if problem.consent == "soft" else residents.xs("yes", axis=1, level="consent")
    return asked.sum(axis=1).where(~residents.index.isin(problem.stranded), 0)


def check_beds(problem: HomesProblem) -> None:
    """Raise when no choice of centres holds everyone who has to live in one.

    Raises
    ------
    TooFewBedsError
        With the beds needed and at hand, the shortage, its floor area and three priced ways out.
    """
    homes = problem.homes
    most = (homes["beds"] + homes["expansion_beds"]).astype(int)
    goes = movable(problem)
    stays = problem.residents.sum(axis=1) - goes
    best, beds, needed = None, 0, 0
    for centres in combinations(problem.candidates, problem.centres):
        chosen = list(centres)
        room, demand = int(most[chosen].sum()), int(goes.sum() + stays[chosen].sum())
        if best is None or room - demand > beds - needed:
            best, beds, needed = chosen, room, demand
    if best is None or beds >= needed:
        return
    short = needed - beds
    m2 = short * problem.costs.m2_per_bed
    ways = _ways_out(problem, best, short)
    told_zh = "；".join(f"（{number}）{way.message.zh}" for number, way in enumerate(ways, 1))
    told_en = "; ".join(f"({number}) {way.message.en}" for number, way in enumerate(ways, 1))
    per_bed = problem.costs.m2_per_bed
    raise TooFewBedsError(
        f"不可行：需要 {needed} 床，现有 {beds} 床，缺 {short} 床（按 {per_bed:g} m²/床约 {m2:g} m²）。"
        f"可选办法：{told_zh}。",
        f"Not feasible: {needed} beds needed, {beds} at hand, {short} short (about {m2:g} m2). Ways out: {told_en}.",
        ways,
    )


def _ways_out(problem: HomesProblem, centres: list[str], short: int) -> tuple[WayOut, ...]:
    costs, homes = problem.costs, problem.homes
    first = centres[0]
    price = float(homes.at[first, "expansion_yuan_per_bed"]) * short
    ways = [
        WayOut(
            "more_beds",
            first,
            short,
            price,
            price * costs.annuity_factor,
            Message(
                f"{homes.at[first, 'name']}再增加 {short} 床，投入约 {price:,.0f} 元",
                f"add {short} beds at {first}, about {price:,.0f} yuan",
            ),
        )
    ]
    others = [site for site in homes.index if site not in centres]
    room = (homes["beds"] + homes["expansion_beds"]).astype(int)
    enough = [site for site in others if room[site] >= short]
    yearly = costs.fixed_yuan_year - costs.reuse_yuan_year
    for kind, word_zh, word_en in (("second_centre", "设第二个中心", "a second centre"), ("keep_home", "保留", "keep")):
        pool = [site for site in enough if (site in problem.candidates or kind == "keep_home")]
        pool = pool or (enough if kind == "second_centre" else [])
        if pool:
            site = min(pool, key=lambda name: (room[name] - short, str(name)))
            ways.append(
                WayOut(
                    kind,
                    str(site),
                    int(room[site]),
                    0.0,
                    yearly,
                    Message(
                        f"{word_zh}：{homes.at[site, 'name']}（{room[site]} 床），每年多 {yearly:,.0f} 元",
                        f"{word_en}: {site} ({room[site]} beds), {yearly:,.0f} yuan a year more",
                    ),
                )
            )
    return tuple(ways)
