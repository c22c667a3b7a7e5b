"""The homes MILP.

.. code-block:: text

    sets
        H homes, C in H candidates, S in C candidates for the county's centre, G groups of residents who do not differ
        (home, care level, consent, family). Three parts of G: who asked for support at home leaves for it; the bound
        stay where they are (no yes under hard consent, no road to a candidate, or a home that is to be kept); the
        free, F in G, live in a centre.
    parameters
        n[g] persons of g, h(g) its home; b[h] beds; e[c] beds that can be added; v[c] nursing beds at hand;
        t[g,c] minutes of the family; own[c] free and bnd[c] bound residents of c; p centres; s reserve; q share of
        nursing beds.
    variables
        centre[c] binary; move[g,c], unmet[g], added[c], fitted[c], carers[c] whole; short >= 0 missing reserve.
    minimise, one after the other
        (1) residents without a bed, sum_g unmet[g], then the missing reserve, short
        (2) the yearly cost: running, carers, reuse, annuity of added beds, fitted beds, refitting of emptied homes and
            moves, visiting minutes
        (3) with the centres of (2) and a stated share more of the cost: homes whose residents part; then (2) again
        (3a) where visiting minutes have no weight in (2): those minutes
    subject to
        (4) sum_c centre[c] = p (at most p, at least 1); sum_{c in S} centre[c] >= 1
        (5) sum_c move[g,c] + unmet[g] = n[g] (1 - centre[h(g)])       the free leave, unless theirs is a centre
        (6) move[g,c] <= n[g] centre[c]                                 people move to centres only
        (7) sum_g move[g,c] + own[c] centre[c] <= (b[c] - bnd[c]) centre[c] + added[c]     a bed for everyone
        (8) added[c] <= e[c] centre[c]                                  only centres grow, step after step
        (9) sum_c (b[c] centre[c] + added[c]) + short >= (1 + s) x residents of the centres
        (10) v[c] + fitted[c] >= q x beds of c; v[c] + fitted[c] >= partly and fully dependent residents of c
        (11) carers[c] >= sum_level residents of c after / ratio        whole carers per home
        (12) visiting minutes after, mean and 90th percentile, within their limits

A home is open while it is a centre, is to be kept, or somebody bound lives there; every other home is emptied. With
soft consent nobody is bound but for want of a road or a wish to keep the home: the document's rule that the centres
take everyone. Under hard consent a home whose residents nobody registered stays open too.

Reference: capacitated p-median with integer flows (Daskin, Network and Discrete Location, 2013, ch. 7); the use lock,
consent and reserve are the county document's.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pulp

from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import NoIncumbentError, Outcome, solve
from anyi_geo.plan.homes.kinds import NURSED
from anyi_geo.plan.homes.problem import HomesProblem

_ASCII = str.maketrans(dict.fromkeys(" -+[]->/", "_"))


class HomesModel:
    """The problem in PuLP; attributes are the docstring's variables."""

    def __init__(self, problem: HomesProblem) -> None:
        self.problem = problem
        self.lp = pulp.LpProblem("homes", pulp.LpMinimize)
        self._read()
        add = self.lp.add_variable
        names = {c: str(c).translate(_ASCII) for c in self.candidates}
        self.centre = {c: add(f"centre_{names[c]}", cat="Binary") for c in self.candidates}
        self.grown = {
            (c, k): add(f"added_{names[c]}_{k}", 0, step.beds, "Integer")
            for c in self.candidates
            for k, step in enumerate(self.steps[c])
        }
        self.added = {c: pulp.lpSum(self.grown[c, k] for k in range(len(self.steps[c]))) for c in self.candidates}
        self.fitted = {c: add(f"fitted_{names[c]}", 0, cat="Integer") for c in self.candidates}
        self.carers = {c: add(f"carers_{names[c]}", 0, cat="Integer") for c in self.candidates}
        self.unmet = {g: add(f"unmet_{self.label[g]}", 0, self.persons[g], "Integer") for g in self.free}
        self.move = {
            (g, c): add(f"move_{self.label[g]}_to_{names[c]}", 0, self.persons[g], "Integer")
            for g in self.free
            for c in self.candidates
            if c != self.home[g] and math.isfinite(self.road[self.home[g]][c]) and math.isfinite(self.visit[g][c])
        }
        self.short = add("short", 0)
        self.inflow: dict[str, list[tuple[int, pulp.LpVariable]]] = defaultdict(list)
        self.outflow: dict[int, list[pulp.LpVariable]] = defaultdict(list)
        for (g, c), move in self.move.items():
            self.inflow[c].append((g, move))
            self.outflow[g].append(move)
        self._conditions()
        self._visit_limits()

    def _read(self) -> None:
        """Copy the tables into plain dicts: thousands of lookups follow."""
        problem, groups = self.problem, self.problem.groups
        self.candidates = problem.candidates
        self.beds = problem.homes["beds"].astype(int).to_dict()
        self.steps = problem.steps
        self.nursing = problem.homes["nursing_beds"].astype(float).fillna(0.0).to_dict()
        self.home, self.level = groups["home"].to_dict(), groups["care_level"].to_dict()
        self.persons = groups["persons"].astype(int).to_dict()
        self.label = {
            g: f"{home}_{level}_{consent}_{g}".translate(_ASCII)
            for g, home, level, consent in zip(
                groups.index, groups["home"], groups["care_level"], groups["consent"], strict=True
            )
        }
        bound, goes = problem.bound, problem.goes_home
        self.free = list(groups.index[~bound & ~goes])
        self.bound = list(groups.index[bound])
        self.road = problem.minutes.loc[problem.homes.index, self.candidates].T.to_dict()
        self.visit = problem.visit_minutes.T.to_dict()

    def own(self, home: str, groups: list[int], levels: tuple[str, ...] | None = None) -> int:
        """Return the persons of some groups in a home, of some care levels or all."""
        return sum(
            self.persons[g] for g in groups if self.home[g] == home and (levels is None or self.level[g] in levels)
        )

    def after(self, home: str, levels: tuple[str, ...] | None = None) -> pulp.LpAffineExpression:
        """Return the residents of a candidate after, of some care levels or all."""
        come = [move for g, move in self.inflow[home] if levels is None or self.level[g] in levels]
        own = self.own(home, self.free, levels) * self.centre[home] + self.own(home, self.bound, levels)
        return pulp.lpSum(come) + own

    def _conditions(self) -> None:
        rules, lp = self.problem.rules, self.lp
        chosen = pulp.lpSum(self.centre.values())
        if rules.at_most:
            lp += chosen <= rules.centres, "r4_centres"
        else:
            lp += chosen == rules.centres, "r4_centres"
        seats = self.problem.homes["county_seat"].astype(bool)
        lp += pulp.lpSum(self.centre[c] for c in self.candidates if seats[c]) >= 1, "r4_county_seat"
        for g in self.free:
            leave = (
                self.persons[g] * (1 - self.centre[self.home[g]]) if self.home[g] in self.centre else self.persons[g]
            )
            lp += pulp.lpSum(self.outflow[g]) + self.unmet[g] == leave, f"r5_{self.label[g]}"
        for (g, c), move in self.move.items():
            lp += move <= self.persons[g] * self.centre[c], f"r6_{self.label[g]}_to_{c}".translate(_ASCII)
        each, work_of = _whole_work(self.problem.costs.residents_per_carer)
        for c in self.candidates:
            name = str(c).translate(_ASCII)
            bound = self.own(c, self.bound)
            room = self.beds[c] * self.centre[c] + self.added[c]
            lp += self.after(c) - bound <= room - bound * self.centre[c], f"r7_{name}"
            self._growth(c, name)
            at_hand = self.nursing[c] * self.centre[c] + self.fitted[c]
            lp += at_hand >= rules.nursing_share * room, f"r10_share_{name}"
            need = self.after(c, NURSED) - self.own(c, self.bound, NURSED) * (1 - self.centre[c])
            lp += at_hand >= need, f"r10_need_{name}"
            work = pulp.lpSum(self.after(c, (level,)) * amount for level, amount in work_of.items())
            lp += each * self.carers[c] >= work, f"r11_{name}"
        room = pulp.lpSum(self.beds[c] * self.centre[c] + self.added[c] for c in self.candidates)
        lp += room + self.short >= (1 + rules.reserve_share) * self.inside(), "r9_reserve"

    def _growth(self, c: str, name: str) -> None:
        """Add (8): only centres grow, and a step begins when the one before it is used up."""
        steps = self.steps[c]
        for k, step in enumerate(steps):
            self.lp += self.grown[c, k] <= step.beds * self.centre[c], f"r8_{name}_{k}"
            if k + 1 < len(steps):
                full = self.lp.add_variable(f"full_{name}_{k}", cat="Binary")
                self.lp += self.grown[c, k] >= step.beds * full, f"r8_full_{name}_{k}"
                self.lp += self.grown[c, k + 1] <= steps[k + 1].beds * full, f"r8_next_{name}_{k}"

    def inside(self) -> pulp.LpAffineExpression:
        """Return the residents of the centres after."""
        own = pulp.lpSum(self.own(c, self.free + self.bound) * self.centre[c] for c in self.candidates)
        return pulp.lpSum(self.move.values()) + own

    def staying_minutes(self, g: int) -> float:
        """Return the minutes of a family whose relative stays where he is."""
        return float(self.visit[g][self.home[g]])

    def visiting(self) -> pulp.LpAffineExpression:
        """Return the minutes of all families together, of one visit each, after."""
        stay = [self.persons[g] * self.staying_minutes(g) for g in self.bound]
        here = [g for g in self.free if self.home[g] in self.centre]
        stay += [self.persons[g] * self.staying_minutes(g) * self.centre[self.home[g]] for g in here]
        return pulp.lpSum(self.visit[g][c] * move for (g, c), move in self.move.items()) + pulp.lpSum(stay)

    def beyond(self, minutes: float) -> pulp.LpAffineExpression:
        """Return the residents whose families travel longer than `minutes`."""
        far = [move for (g, c), move in self.move.items() if self.visit[g][c] > minutes]
        here = [g for g in (*self.bound, *self.free) if self.staying_minutes(g) > minutes]
        stay = [self.persons[g] * (1 if g in set(self.bound) else self.centre.get(self.home[g], 0)) for g in here]
        return pulp.lpSum(far) + pulp.lpSum(stay)

    def _visit_limits(self) -> None:
        """Add (12); who returns home has no visit to wait for."""
        rules = self.problem.rules
        everyone = sum(self.persons[g] for g in (*self.bound, *self.free))
        if math.isfinite(rules.visit_mean_max):
            self.lp += self.visiting() <= rules.visit_mean_max * everyone, "r12_mean"
        if math.isfinite(rules.visit_p90_max):
            spare = everyone - math.ceil(0.9 * everyone)
            self.lp += self.beyond(rules.visit_p90_max) <= spare, "r12_p90"

    def parted(self, centres: list[str]) -> pulp.LpAffineExpression:
        """Return (3): pairs of a home and a centre to which its residents move; adds what marks a pair."""
        pairs: dict[tuple[str, str], list[pulp.LpVariable]] = defaultdict(list)
        for (g, c), move in self.move.items():
            if c in centres and self.home[g] not in centres:
                pairs[self.home[g], c].append(move)
        used = []
        for (h, c), moves in pairs.items():
            name = f"{h}_to_{c}".translate(_ASCII)
            mark = self.lp.add_variable(f"used_{name}", cat="Binary")
            self.lp += pulp.lpSum(moves) <= self.own(h, self.free) * mark, f"r3_{name}"
            used.append(mark)
        return pulp.lpSum(used)

    def yearly_yuan(self, *, visiting: bool = True) -> pulp.LpAffineExpression:
        """Return (2) without the visiting minutes that nobody can change and without the constant support."""
        problem, costs = self.problem, self.problem.costs
        homes = problem.homes
        refit = costs.annuity_factor * problem.refit_yuan
        saved = (homes["fixed_yuan_year"].astype(float) - costs.reuse_yuan_year - refit).to_dict()
        resident = homes["resident_yuan_year"].astype(float).to_dict()
        kept = problem.kept_open
        terms = [saved[c] * self.centre[c] for c in self.candidates if c not in kept]
        terms += [costs.carer_yuan_year * self.carers[c] for c in self.candidates]
        terms += [costs.annuity_factor * self.steps[c][k].yuan_per_bed * grown for (c, k), grown in self.grown.items()]
        terms += [costs.annuity_factor * costs.nursing_yuan_per_bed * self.fitted[c] for c in self.candidates]
        once = costs.annuity_factor * costs.moving_yuan
        terms += [(resident[c] + once) * move for (_, c), move in self.move.items()]
        terms += [resident[c] * self.own(c, self.free) * self.centre[c] for c in self.candidates]
        weight = problem.rules.visit_weight * costs.visit_yuan_year
        if visiting and weight:
            terms.append(weight * self.visiting())
        return pulp.lpSum(terms)

    def unhoused(self) -> pulp.LpAffineExpression:
        """Return (1): one resident without a bed weighs more than all the missing reserve."""
        most = (1 + self.problem.rules.reserve_share) * sum(self.persons.values()) + 1.0
        return pulp.lpSum(most * unmet for unmet in self.unmet.values()) + self.short


def _whole_work(residents_per_carer: Mapping[str, float]) -> tuple[int, dict[str, int]]:
    """Return (11) in whole numbers, so that no solver tolerance hides a carer: 30 carers >= 3 self + 5 partial + ..."""
    ratios = {level: Fraction(ratio).limit_denominator(1000) for level, ratio in residents_per_carer.items()}
    each = math.lcm(*(ratio.numerator for ratio in ratios.values()))
    return each, {level: each * ratio.denominator // ratio.numerator for level, ratio in ratios.items()}


def minimise(lp: pulp.LpProblem, settings: SolverSettings) -> Outcome:
    """Solve a homes model; its rows (5) are of the kind on which the solver's aggregator is wrong."""
    return solve(lp, settings, aggregate=False)


def refine(lp: pulp.LpProblem, settings: SolverSettings) -> bool:
    """Minimise where a solution is at hand; return whether another was found before the clock ended.

    Otherwise the variables hold the solution at hand again: a stage that only betters a plan never loses it.
    """
    at_hand = [(variable, variable.varValue) for variable in lp.variables()]
    try:
        minimise(lp, settings)
    except NoIncumbentError:
        for variable, value in at_hand:
            variable.varValue = value
        return False
    return True


def whole(value: float | None) -> int:
    """Read a whole variable; a solver's whole numbers are not exactly whole."""
    return int(np.rint(value or 0.0))
