"""The county of five villages on one road, small random counties, and their answers by trying everything."""

import itertools
import math

import numpy as np
import pandas as pd

from anyi_geo.plan.care_sites import BatchRule, CareSiteProblem, displaced_cover, nominal_cover


def road_county(**changes):
    """Return villages at km 0, 1, 2, 6, 7 with 100, 50, 80, 40, 30 elders; candidates at km 0, 2, 6; radius 1 km."""
    km = pd.Series({"v0": 0.0, "v1": 1.0, "v2": 2.0, "v6": 6.0, "v7": 7.0})
    sites = pd.DataFrame(
        {
            "name": ["东头", "中间", "西头"],
            "township": ["甲乡", "甲乡", "乙乡"],
            "opening_yuan": [400_000.0, 350_000.0, 300_000.0],
            "ready_from": [1, 1, 1],
            "tie_rank": [0, 0, 0],
        },
        index=["s0", "s2", "s6"],
    )
    minutes = pd.DataFrame(
        {site: (km - at).abs() for site, at in zip(sites.index, (0.0, 2.0, 6.0), strict=True)}, index=km.index
    )
    values = {
        "persons": pd.DataFrame({"elders": [100, 50, 80, 40, 30]}, index=km.index),
        "group_weights": {"elders": 1.0},
        "cover": nominal_cover(minutes, {"elders": 1.0}, km.index, sites.index),
        "sites": sites,
        "batches": (BatchRule("第一批", 1), BatchRule("第二批", 1)),
        "minutes": minutes,
    }
    return CareSiteProblem(**(values | changes))


def random_county(seed, *, sites=6, batches=2, draws=0, **changes):
    """Return a seeded county of ten points, two groups and two townships with tight conditions."""
    rng = np.random.default_rng(seed)
    points = pd.Index([f"p{number:02d}" for number in range(10)])
    places = pd.Index([f"s{number}" for number in range(sites)])
    minutes = pd.DataFrame(rng.integers(1, 30, (10, sites)).astype(float), index=points, columns=places)
    minutes = minutes.mask(rng.random(minutes.shape) < 0.1, math.inf)
    table = pd.DataFrame(
        {
            "name": [f"点{number}" for number in range(sites)],
            "township": rng.choice(["甲乡", "乙乡"], sites),
            "opening_yuan": rng.choice([200_000.0, 300_000.0, 350_000.0], sites),
            "ready_from": rng.choice([1.0, 2.0, math.nan], sites, p=[0.6, 0.2, 0.2]),
            "tie_rank": rng.integers(0, 3, sites),
        },
        index=places,
    )
    limits = {"elders": 12.0, "children": 9.0}
    if draws:
        standing = pd.DataFrame(rng.choice(places, (sites, draws)), index=places)
        cover = displaced_cover(minutes, standing, limits, points, places)
    else:
        cover = nominal_cover(minutes, limits, points, places)
    values = {
        "persons": pd.DataFrame(rng.integers(0, 60, (10, 2)), index=points, columns=["elders", "children"]),
        "group_weights": {"elders": 1.0, "children": float(rng.choice([0.5, 1.0]))},
        "cover": cover,
        "sites": table,
        "batches": tuple(BatchRule(f"第{t}批", int(rng.integers(1, 3))) for t in range(1, batches + 1)),
        "budget_yuan": float(rng.choice([math.inf, 900_000.0])),
        "township_max": {"甲乡": 2},
        "minutes": minutes,
    }
    return CareSiteProblem(**(values | changes))


def cover_of(problem, plan):
    """Return the weighted covered persons of a plan, site -> batch, straight from the definition."""
    total = 0.0
    for draw in problem.cover:
        for number, rule in enumerate(problem.batches, start=1):
            opened = [k for k, site in enumerate(problem.sites.index) if plan.get(site, math.inf) <= number]
            for group, weight in problem.group_weights.items():
                strength = draw[group].toarray()[:, opened].max(axis=1, initial=0.0)
                total += rule.weight * weight * float(strength @ problem.persons[group])
    penalty = sum(
        rule.weight * sum(problem.site_penalty.get(site, 0.0) for site, batch in plan.items() if batch <= number)
        for number, rule in enumerate(problem.batches, start=1)
    )
    return total / len(problem.cover) - penalty


def allowed(problem, plan):
    """Say whether a plan keeps every condition, straight from the definition."""
    sites = problem.sites
    cost = sites["opening_yuan"]
    for number, rule in enumerate(problem.batches, start=1):
        now = [site for site, batch in plan.items() if batch == number]
        if len(now) > rule.sites or cost[now].sum() > rule.budget_yuan:
            return False
    counts = sites["township"].loc[list(plan)].value_counts()
    ready = sites["ready_from"].fillna(1)
    return (
        cost[list(plan)].sum() <= problem.budget_yuan
        and all(plan.get(site) == batch for site, batch in problem.must_open.items())
        and not (problem.must_not | problem.no_consent) & set(plan)
        and not any({one, two} <= set(plan) for one, two, _ in problem.spacing)
        and sum(plan.get(site) != batch for site, batch in problem.differ_from.items()) <= problem.differ_most
        and all(ready[site] <= batch for site, batch in plan.items())
        and all(counts.get(name, 0) >= number for name, number in problem.township_min.items())
        and all(counts.get(name, 0) <= number for name, number in problem.township_max.items())
    )


def every_plan(problem):
    """Yield every plan that keeps the conditions."""
    states = range(len(problem.batches) + 1)
    for combination in itertools.product(states, repeat=len(problem.sites)):
        plan = {site: batch for site, batch in zip(problem.sites.index, combination, strict=True) if batch}
        if allowed(problem, plan):
            yield plan
