"""Too few beds: how many are short, how much floor that is, and three ways out with their price."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import pandas as pd

from anyi_geo.errors import Message
from anyi_geo.plan.homes.expansion import expansion
from anyi_geo.plan.homes.plan import TooFewBedsError, WayOut
from anyi_geo.plan.homes.problem import HomesProblem

#: The choices of a kind that a sentence still lists.
_LISTED = 3
_ORDINALS = {2: "二", 3: "三", 4: "四", 5: "五", 6: "六"}


def too_few_beds(problem: HomesProblem, centres: list[str], short: int) -> TooFewBedsError:
    """Return the answer to a request whose best choice of centres leaves residents without a bed.

    Parameters
    ----------
    problem : HomesProblem
    centres : list of str
        The centres that house the most.
    short : int
        Residents left without a bed, the fewest that any plan leaves.
    """
    homes = problem.homes
    beds = int(homes.loc[centres, "beds"].sum())
    extra = int(homes.loc[centres, "expansion_beds"].sum())
    needed = beds + extra + short
    per_bed = max(problem.steps[c][-1].m2_per_bed for c in centres)
    m2 = short * per_bed
    ways = tuple(_ways(problem, centres, short))
    told_zh = "；".join(f"（{number}）{way.message.zh}" for number, way in enumerate(ways, 1))
    told_en = "; ".join(f"({number}) {way.message.en}" for number, way in enumerate(ways, 1))
    grow_zh = f"，扩建最多再加 {extra} 床" if extra else ""
    grow_en = f", {extra} more with the whole expansion" if extra else ""
    message = Message(
        f"不可行：需要 {needed} 床，现有 {beds} 床{grow_zh}，缺 {short} 床"
        f"（按 {per_bed:g} m²/床约 {m2:g} m²）。可选办法：{told_zh}。",
        f"Not feasible: {needed} beds needed, {beds} at hand{grow_en}, {short} short "
        f"(about {m2:g} m2 at {per_bed:g} m2 a bed). Ways out: {told_en}.",
    )
    return TooFewBedsError(message, needed, beds + extra, m2, ways)


def _ways(problem: HomesProblem, centres: list[str], short: int) -> Iterator[WayOut]:
    yield _more_beds(problem, centres, short)
    second = _second_centre(problem, centres, short)
    if second is not None:
        yield second
    kept = _keep_homes(problem, centres, short)
    if kept is not None:
        yield kept


def _more_beds(problem: HomesProblem, centres: list[str], short: int) -> WayOut:
    """Price the beds at the cheapest centre, beyond what its expansion holds."""
    homes, costs = problem.homes, problem.costs
    steps = problem.steps
    site = min(centres, key=lambda name: (steps[name][-1].yuan_per_bed, str(name)))
    room = int(homes.loc[centres, "expansion_beds"].sum())
    once = sum(expansion(steps[c], int(homes.at[c, "expansion_beds"]))[0] for c in centres)
    once += steps[site][-1].yuan_per_bed * short
    beds = room + short
    zh = f"{homes.at[site, 'name']}增加 {beds} 床" if not room else f"扩建 {room} 床用足后，再增加 {short} 床"
    return WayOut(
        "more_beds", (site,), beds, once, once * costs.annuity_factor,
        Message(
            f"增加床位：{zh}，一次性约 {once:,.0f} 元（折合每年 {once * costs.annuity_factor:,.0f} 元）",
            f"more beds: {beds} at {site}, about {once:,.0f} yuan once",
        ),
    )  # fmt: skip


def _second_centre(problem: HomesProblem, centres: list[str], short: int) -> WayOut | None:
    """Choose the cheapest further home whose beds, with its own residents staying, close the shortage."""
    homes, costs, groups = problem.homes, problem.costs, problem.groups
    bound = groups.loc[problem.bound, "persons"].groupby(groups["home"]).sum()
    options = []
    for site in sorted(set(homes.index) - set(centres)):
        grow = max(0, short - (int(homes.at[site, "beds"]) - int(bound.get(site, 0))))
        if grow > int(homes.at[site, "expansion_beds"]):
            continue
        once = expansion(problem.steps[site], grow)[0]
        yearly = float(homes.at[site, "fixed_yuan_year"]) - costs.reuse_yuan_year
        options.append((yearly + once * costs.annuity_factor, not homes.at[site, "candidate"], site, once, yearly))
    if not options:
        return None
    _, _, site, once, yearly = min(options)
    beds = int(homes.at[site, "beds"])
    built_zh = f"，另扩建投入 {once:,.0f} 元" if once else ""
    number = len(centres) + 1
    return WayOut(
        "second_centre", (site,), beds, once, yearly,
        Message(
            f"设第{_ORDINALS.get(number, number)}个中心：{homes.at[site, 'name']}（{beds} 床），"
            f"每年多 {yearly:,.0f} 元{built_zh}",
            f"centre number {number}: {site} ({beds} beds), {yearly:,.0f} yuan a year more",
        ),
    )  # fmt: skip


def _keep_homes(problem: HomesProblem, centres: list[str], short: int) -> WayOut | None:
    """Choose the fewest homes, then the cheapest, whose residents stay so that the rest find a bed."""
    homes, groups = problem.homes, problem.groups
    moves = groups[~problem.bound & ~problem.goes_home & ~groups["home"].isin(centres)]
    leaving = moves.groupby("home")["persons"].sum().sort_values(ascending=False, kind="stable")
    if int(leaving.sum()) < short:
        return None
    count = int((leaving.cumsum() < short).sum()) + 1
    pool = leaving.sort_index()
    # Homes by the dozen: all sets of so many; more would only be listed, not read.
    sets = combinations(pool.index, count) if math.comb(len(pool), count) <= 10_000 else [tuple(leaving.index[:count])]
    priced = [(_keeping_yuan(problem, chosen), int(pool[list(chosen)].sum()), chosen) for chosen in sets]
    enough = sorted(entry for entry in priced if entry[1] >= short)
    yearly, staying, chosen = enough[0]
    others = [f"{_names(problem, sites)}每年多 {yuan:,.0f} 元" for yuan, _, sites in enough[1 : 1 + _LISTED]]
    more_zh = f"（或保留{'、或'.join(others)}）" if others else ""
    return WayOut(
        "keep_home", tuple(map(str, chosen)), int(homes.loc[list(chosen), "beds"].sum()), 0.0, yearly,
        Message(
            f"保留{_names(problem, chosen)}（{staying} 人留在原院），每年多 {yearly:,.0f} 元{more_zh}",
            f"keep {', '.join(map(str, chosen))} ({staying} residents stay), {yearly:,.0f} yuan a year more",
        ),
        tuple((tuple(map(str, sites)), persons, yuan) for yuan, persons, sites in enough),
    )  # fmt: skip


def _names(problem: HomesProblem, sites: tuple[str, ...]) -> str:
    return "、".join(str(problem.homes.at[site, "name"]) for site in sites)


def _keeping_yuan(problem: HomesProblem, chosen: tuple[str, ...]) -> float:
    """Return what it costs a year to keep homes open instead of reusing them, carers rounded per home."""
    homes, costs, groups = problem.homes, problem.costs, problem.groups
    here = groups[groups["home"].isin(chosen) & ~problem.goes_home]
    work: pd.Series = here["persons"] / here["care_level"].map(costs.residents_per_carer)
    own = work.groupby(here["home"]).sum()
    rounding = float(own.map(lambda value: math.ceil(value - 1e-9)).sum() - own.sum())
    running = float(homes.loc[list(chosen), "fixed_yuan_year"].sum()) - costs.reuse_yuan_year * len(chosen)
    return round(running + rounding * costs.carer_yuan_year)
