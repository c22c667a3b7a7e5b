"""Too few beds: how many are short, how much floor that is, and three ways out with their price.

A way is offered only with a plan that it allows: each is solved, and its whole yearly cost stands beside what it adds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations, islice
from typing import NamedTuple

import pandas as pd

from anyi_geo.errors import Message
from anyi_geo.plan.homes.expansion import expansion
from anyi_geo.plan.homes.plan import TooFewBedsError, WayOut
from anyi_geo.plan.homes.problem import HomesProblem

#: The choices of a kind that a sentence still lists, and how many are tried before the kind is given up.
_LISTED, _TRIED = 3, 5
#: Sets of homes that are all compared; beyond, only the one of the fullest homes.
_MOST_SETS = 10_000
_ORDINALS = {2: "二", 3: "三", 4: "四", 5: "五", 6: "六"}

#: Gives the whole yearly cost of a problem's best plan; None when it has none.
Annual = Callable[[HomesProblem], float | None]


class _Offer(NamedTuple):
    """A way out before it is tried, and the problem that it makes."""

    kind: str
    site_ids: tuple[str, ...]
    beds: int
    one_off_yuan: float
    yearly_yuan: float
    message: Message
    problem: HomesProblem
    options: tuple[tuple[tuple[str, ...], int, float], ...] = ()


def too_few_beds(problem: HomesProblem, centres: list[str], short: int, annual: Annual) -> TooFewBedsError:
    """Return the answer to a request whose best choice of centres leaves residents without a bed.

    Parameters
    ----------
    problem : HomesProblem
    centres : list of str
        The centres that house the most.
    short : int
        Residents left without a bed, the fewest that any plan leaves.
    annual : callable
        Solves a problem and returns its yearly cost.
    """
    homes = problem.homes
    beds = int(homes.loc[centres, "beds"].sum())
    extra = int(homes.loc[centres, "expansion_beds"].sum())
    needed = beds + extra + short
    per_bed = max(problem.steps[c][-1].m2_per_bed for c in centres)
    m2 = short * per_bed
    kinds = (
        iter([_more_beds(problem, centres, short)]),
        _further_centres(problem, centres, short),
        _kept_homes(problem, centres, short),
    )
    ways = tuple(way for kind in kinds if (way := _first_that_works(kind, annual)) is not None)
    told_zh = "；".join(f"（{number}）{way.message.zh}" for number, way in enumerate(ways, 1))
    told_en = "; ".join(f"({number}) {way.message.en}" for number, way in enumerate(ways, 1))
    grow_zh = f"，扩建最多再加 {extra} 床" if extra else ""
    grow_en = f", {extra} more with the whole expansion" if extra else ""
    message = Message(
        f"不可行：需要 {needed} 床，现有 {beds} 床{grow_zh}，缺 {short} 床"
        f"（按 {per_bed:g} m²/床约 {m2:g} m²）。可选办法：{told_zh}。全县每年合计均含一次性投入的分摊。",
        f"Not feasible: {needed} beds needed, {beds} at hand{grow_en}, {short} short "
        f"(about {m2:g} m2 at {per_bed:g} m2 a bed). Ways out: {told_en}. Whole costs include annuities.",
    )
    return TooFewBedsError(message, needed, beds + extra, m2, ways)


def _first_that_works(offers: Iterator[_Offer], annual: Annual) -> WayOut | None:
    for offer in islice(offers, _TRIED):
        yuan = annual(offer.problem)
        if yuan is not None:
            told = Message(
                f"{offer.message.zh}，照此全县每年合计 {yuan:,.0f} 元",
                f"{offer.message.en}, the whole plan then costs {yuan:,.0f} yuan a year",
            )
            return WayOut(
                offer.kind, offer.site_ids, offer.beds, offer.one_off_yuan, offer.yearly_yuan, yuan, told, offer.options
            )
    return None


def _grown(problem: HomesProblem, site: str, beds: int) -> HomesProblem:
    """Return the problem with so many more beds that can be added at one home, at its last step's price."""
    homes = problem.homes.copy()
    homes.loc[site, "expansion_beds"] += beds
    if "expansion_steps" in homes:
        steps = homes["expansion_steps"].to_dict()
        if steps[site]:
            *first, last = steps[site]
            steps[site] = (*first, last._replace(beds=last.beds + beds))
        homes["expansion_steps"] = pd.Series(steps, dtype=object)
    return replace(problem, homes=homes)


def _more_beds(problem: HomesProblem, centres: list[str], short: int) -> _Offer:
    """Price the beds at the cheapest centre, beyond what its expansion holds; of equals at the county's own."""
    homes, steps = problem.homes, problem.steps
    site = min(centres, key=lambda name: (steps[name][-1].yuan_per_bed, not homes.at[name, "county_seat"], name))
    room = int(homes.loc[centres, "expansion_beds"].sum())
    once = sum(expansion(steps[c], int(homes.at[c, "expansion_beds"]))[0] for c in centres)
    once += steps[site][-1].yuan_per_bed * short
    beds, yearly = room + short, once * problem.costs.annuity_factor
    name = homes.at[site, "name"]
    zh = f"{name}增加 {beds} 床" if not room else f"扩建 {room} 床用足后，{name}再增加 {short} 床"
    return _Offer(
        "more_beds", (site,), beds, once, yearly,
        Message(
            f"增加床位：{zh}，一次性约 {once:,.0f} 元（折合每年 {yearly:,.0f} 元）",
            f"more beds: {beds} at {site}, about {once:,.0f} yuan once",
        ),
        _grown(problem, site, short),
    )  # fmt: skip


def _further_centres(problem: HomesProblem, centres: list[str], short: int) -> Iterator[_Offer]:
    """Yield the homes that would do as a further centre, cheapest first, with the beds that they still lack."""
    homes, costs, groups = problem.homes, problem.costs, problem.groups
    bound = groups.loc[problem.bound, "persons"].groupby(groups["home"]).sum()
    number = len(centres) + 1
    options, refit = [], _refit_spared(problem)
    for site in sorted(set(homes.index) - set(centres)):
        grow = max(0, short - (int(homes.at[site, "beds"]) - int(bound.get(site, 0))))
        once = expansion(problem.steps[site], grow)[0] - refit[site]
        yearly = float(homes.at[site, "fixed_yuan_year"]) - costs.reuse_yuan_year
        options.append(
            (yearly + once * costs.annuity_factor, not homes.at[site, "candidate"], site, grow, once, yearly)
        )
    for _, _, site, grow, once, yearly in sorted(options):
        name, beds = homes.at[site, "name"], int(homes.at[site, "beds"])
        spared, built = _spared(refit[site]), expansion(problem.steps[site], grow)[0]
        built_zh = f"，并扩建 {grow} 床，一次性 {built:,.0f} 元{spared.zh}" if grow else spared.zh
        built_en = f", {grow} beds built for {built:,.0f} yuan once{spared.en}" if grow else spared.en
        wider = _grown(problem, site, max(0, grow - int(homes.at[site, "expansion_beds"])))
        candidates = wider.homes["candidate"] | (wider.homes.index == site)
        yield _Offer(
            "second_centre", (site,), beds, once, yearly,
            Message(
                f"设第{_ORDINALS.get(number, number)}个中心：{name}（{beds} 床）{built_zh}，"
                f"运行费每年多 {yearly:,.0f} 元",
                f"centre number {number}: {site} ({beds} beds){built_en}, running it {yearly:,.0f} yuan a year more",
            ),
            replace(
                wider,
                homes=wider.homes.assign(candidate=candidates),
                rules=replace(problem.rules, centres=number),
            ),
        )  # fmt: skip


def _kept_homes(problem: HomesProblem, centres: list[str], short: int) -> Iterator[_Offer]:
    """Yield the fewest homes, then the cheapest, whose residents stay so that the rest find a bed."""
    homes, groups = problem.homes, problem.groups
    moves = groups[~problem.bound & ~problem.goes_home & ~groups["home"].isin(centres)]
    leaving = moves.groupby("home")["persons"].sum().sort_values(ascending=False, kind="stable")
    if int(leaving.sum()) < short:
        return
    count = int((leaving.cumsum() < short).sum()) + 1
    pool = leaving.sort_index()
    few = math.comb(len(pool), count) <= _MOST_SETS
    sets = combinations(pool.index, count) if few else [tuple(leaving.index[:count])]
    annuity, refit = problem.costs.annuity_factor, _refit_spared(problem)
    priced = [(_keeping_yuan(problem, chosen), int(pool[list(chosen)].sum()), chosen) for chosen in sets]
    enough = sorted(
        (entry for entry in priced if entry[1] >= short),
        key=lambda entry: (round(entry[0] - annuity * sum(refit[site] for site in entry[2]), 2), *entry[1:]),
    )
    options = tuple((tuple(map(str, sites)), persons, yuan) for yuan, persons, sites in enough)
    for yearly, staying, chosen in enough:
        others = [entry for entry in enough if entry[2] != chosen][:_LISTED]
        less = sum(refit[site] for site in chosen)
        spared = _spared(less)
        told = [f"{_names(problem, sites)}每年多 {yuan:,.0f} 元" for yuan, _, sites in others]
        more_zh = f"（或保留{'、或'.join(told)}）" if told else ""
        keep = (*problem.rules.keep, *map(str, chosen))
        yield _Offer(
            "keep_home", tuple(map(str, chosen)), int(homes.loc[list(chosen), "beds"].sum()),
            0.0 - less, yearly,
            Message(
                f"保留{_names(problem, chosen)}（{staying} 人留在原院），每年多 {yearly:,.0f} 元{spared.zh}{more_zh}",
                f"keep {', '.join(map(str, chosen))} ({staying} residents stay), {yearly:,.0f} yuan a year more"
                f"{spared.en}",
            ),
            replace(problem, rules=replace(problem.rules, keep=keep)),
            options,
        )  # fmt: skip


def _refit_spared(problem: HomesProblem) -> dict[str, float]:
    """Return what need not be spent on refitting each home if it stays in use; nothing for one that is open anyway."""
    open_ = problem.kept_open
    return {str(home): 0.0 if home in open_ else float(yuan) for home, yuan in problem.refit_yuan.items()}


def _spared(yuan: float) -> Message:
    if not yuan:
        return Message("", "")
    return Message(f"（不再整修，一次性省 {yuan:,.0f} 元）", f" ({yuan:,.0f} yuan of refitting spared)")


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
    return float(round(running + rounding * costs.carer_yuan_year))
