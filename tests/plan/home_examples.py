"""Small homes problems that can be checked by hand, and their optimum by trying everything."""

import math
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pandas as pd

from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import NoIncumbentError
from anyi_geo.plan.homes import KINDS, HomesCosts, HomesProblem, HomesRules, groups_of

COSTS = HomesCosts(
    support_yuan_year={"self": 1000.0, "partial": 2000.0, "full": 3000.0},
    residents_per_carer={"self": 10.0, "partial": 6.0, "full": 3.0},
    carer_yuan_year=30000.0,
    reuse_yuan_year=20000.0,
    moving_yuan=1500.0,
    nursing_yuan_per_bed=10000.0,
    annuity_factor=0.07,
    visit_yuan_year=12.0,
)
QUICK = SolverSettings(seconds=20.0)
#: Three homes of 24, 18 and 30 residents, all of whom said yes.
STORY = {"A": {("self", "yes"): 24}, "B": {("self", "yes"): 18}, "C": {("self", "yes"): 30}}
#: The same 72 residents, 5 of whom said no and 10 of whom were not asked.
WISHES = {
    "A": {("self", "yes"): 20, ("self", "no"): 4},
    "B": {("partial", "yes"): 18},
    "C": {("self", "yes"): 19, ("full", "no"): 1, ("self", "not_asked"): 10},
}


def residents_of(rows):
    """Return the residents table from {home: {(level, consent): persons}}."""
    columns = pd.MultiIndex.from_tuples(KINDS, names=["care_level", "consent"])
    table = pd.DataFrame(0, index=list(rows), columns=columns)
    for home, kinds in rows.items():
        for kind, persons in kinds.items():
            table.at[home, kind] = persons
    return table


def problem_of(beds, rows, *, candidates=("Z",), expansion=0, minutes=None, seats=None, **rules):
    """Return a problem; 10 minutes between any two homes unless told otherwise."""
    names = list(beds)
    homes = pd.DataFrame(
        {
            "name": [f"{name}院" for name in names],
            "township": "乡",
            "candidate": [name in candidates for name in names],
            "county_seat": [name in (seats or candidates) for name in names],
            "beds": list(beds.values()),
            "nursing_beds": np.nan,
            "expansion_beds": [expansion if name in candidates else 0 for name in names],
            "expansion_yuan_per_bed": 80000.0,
            "fixed_yuan_year": 100000.0,
            "resident_yuan_year": 0.0,
            "m2_per_bed": 35.0,
            "reuse": "reserve",
        },
        index=names,
    )
    if minutes is None:
        minutes = pd.DataFrame(10.0 * (1 - np.eye(len(names))), index=names, columns=names)
    table = residents_of({name: rows.get(name, {}) for name in names})
    rules = HomesRules(**{"centres": 1, "consent": "soft", **rules})
    return HomesProblem(homes, groups_of(table), minutes, rules, COSTS)


def scattered(seed, homes=4, largest=5, consents=("yes",), **rules):
    """Return a random problem in which every home may be a centre, with more beds than residents."""
    rng = np.random.default_rng(seed)
    names = list("ABCDEFGH"[:homes])
    places = rng.uniform(0, 60, (homes, 2))
    minutes = pd.DataFrame(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)), index=names, columns=names)
    rows = {
        name: {(level, consent): int(rng.integers(0, largest)) for level in ("self", "full") for consent in consents}
        for name in names
    }
    beds = {name: sum(rows[name].values()) + int(rng.integers(0, 2 * largest)) for name in names}
    return problem_of(beds, rows, candidates=names, expansion=4 * largest, minutes=minutes, **rules)


def best_by_enumeration(problem):
    """Return (missing reserve, yearly cost) of the best plan: every set of centres and every way to fill them.

    Written from the county document, not from the model: residents move in whole numbers group by group.
    """
    rules = problem.rules
    best = (math.inf, math.inf)
    counts = range(1, rules.centres + 1) if rules.at_most else [rules.centres]
    for count in counts:
        for centres in combinations(problem.candidates, count):
            if problem.homes.loc[list(centres), "county_seat"].any():
                for fate in _fates(problem, centres):
                    price = _price(problem, centres, fate)
                    if price is not None and price < best:
                        best = price
    return best


def _fates(problem, centres):
    """Yield {(group, home after): persons} for every split of every group over the centres."""
    options = []
    for g, row in problem.groups.iterrows():
        stays = (row["consent"] != "yes" and problem.rules.consent == "hard") or row["home"] in problem.rules.keep
        if row["home_support"] and problem.rules.home_support:
            options.append([{(g, "home_support"): row["persons"]}])
        elif stays or row["home"] in centres:
            options.append([{(g, row["home"]): row["persons"]}])
        else:
            options.append(
                [
                    {(g, c): n for c, n in zip(centres, split, strict=True) if n}
                    for split in _splits(row["persons"], len(centres))
                ]
            )
    for choice in product(*options):
        yield {key: n for part in choice for key, n in part.items()}


def _splits(persons, parts):
    if parts == 1:
        yield (persons,)
        return
    for first in range(persons + 1):
        for rest in _splits(persons - first, parts - 1):
            yield (first, *rest)


def _price(problem, centres, fate):
    homes, groups, costs, rules = problem.homes, problem.groups, problem.costs, problem.rules
    living = dict.fromkeys(homes.index, 0)
    work = dict.fromkeys(homes.index, 0.0)
    nursed = dict.fromkeys(homes.index, 0)
    total = 0.0
    travelled = []
    for (g, home), persons in fate.items():
        level, old = groups.at[g, "care_level"], groups.at[g, "home"]
        total += persons * costs.support_yuan_year[level]
        if home == "home_support":
            continue
        living[home] += persons
        work[home] += persons / costs.residents_per_carer[level]
        nursed[home] += persons * (level != "self")
        total += persons * rules.visit_weight * costs.visit_yuan_year * problem.minutes.at[old, home]
        travelled += [problem.minutes.at[old, home]] * persons
        total += persons * costs.annuity_factor * costs.moving_yuan * (home != old)
    if not _near_enough(rules, travelled):
        return None
    inside = sum(living[c] for c in centres)
    wished = (1 + rules.reserve_share) * inside
    # Beds are added where somebody needs one first, then for the reserve wherever it is cheapest: all at one price.
    added = {c: max(0, living[c] - homes.at[c, "beds"]) for c in centres}
    if any(added[c] > homes.at[c, "expansion_beds"] for c in centres):
        return None
    room = sum(int(homes.at[c, "beds"]) + added[c] for c in centres)
    more = min(
        max(0, math.ceil(wished - room - 1e-9)), sum(int(homes.at[c, "expansion_beds"]) - added[c] for c in centres)
    )
    short = max(0.0, wished - room - more)
    beds_after = {c: int(homes.at[c, "beds"]) + added[c] for c in centres}
    fit = _fit_price(rules, beds_after, nursed, more, homes, centres)
    once = 80000.0 * (sum(added.values()) + more) + costs.nursing_yuan_per_bed * fit
    total += costs.annuity_factor * once
    total += costs.carer_yuan_year * sum(math.ceil(value - 1e-9) for value in work.values())
    open_ = [h for h in homes.index if h in centres or living[h] or h in rules.keep]
    total += 100000.0 * len(open_) + costs.reuse_yuan_year * (len(homes) - len(open_))
    if "refit_yuan" in homes:
        total += costs.annuity_factor * sum(homes.at[h, "refit_yuan"] for h in homes.index if h not in open_)
    return (round(short, 6), total)


def _near_enough(rules, travelled):
    """Return whether the families of some residents keep within the limits: the mean, and all but a tenth."""
    far = sum(minutes > rules.visit_p90_max for minutes in travelled)
    mean = sum(travelled) / max(len(travelled), 1)
    return mean <= rules.visit_mean_max + 1e-9 and far <= len(travelled) - math.ceil(0.9 * len(travelled))


def _fit_price(rules, beds, nursed, more, homes, centres):
    """Return the fewest nursing beds when `more` reserve beds may be added at any centre."""
    best = math.inf
    for split in _splits(more, len(centres)):
        placed = {c: beds[c] + n for c, n in zip(centres, split, strict=True)}
        if any(placed[c] - homes.at[c, "beds"] > homes.at[c, "expansion_beds"] for c in centres):
            continue
        best = min(best, sum(max(math.ceil(rules.nursing_share * placed[c] - 1e-9), nursed[c]) for c in centres))
    return best


def with_rules(problem, **changes):
    """Return the problem under other rules."""
    return replace(problem, rules=replace(problem.rules, **changes))


def for_so_many_calls(solve, calls):
    """Return the solver with a clock that ends after so many calls."""
    left = iter(range(calls))

    def solved(*args, **kwargs):
        if next(left, None) is None:
            raise NoIncumbentError("0 秒", "0 s")
        return solve(*args, **kwargs)

    return solved
