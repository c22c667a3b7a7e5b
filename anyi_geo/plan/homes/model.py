"""The homes MILP.

.. code-block:: text

    sets
        H homes, C in H candidates, K kinds of resident (care level x consent).
    parameters
        r[h,k] residents; b[h] beds; e[h] beds that can be added; t[h,c] minutes; p centres; s reserve share.
    variables
        centre[c], kept[h] binary; move[h,c,k], stay[h,k], added[h], carers[h] whole; short >= 0 missing reserve.
    minimise
        (0) first `short`, then the yearly cost: running, support, carers, reuse, annuity of beds, visiting time
    subject to
        (1) stay[h,k] + sum_c move[h,c,k] = r[h,k]            everybody lives somewhere
        (2) sum_c centre[c] = p                                exactly p centres
        (3) centre[h] + kept[h] <= 1                           one state per home
        (3a) stay[c,k] >= r[c,k] centre[c]                     nobody leaves a home that becomes a centre
        (4) move[h,c,k] <= r[h,k] centre[c]                    people move to centres only
        (5) stay[h,k] <= r[h,k] (centre[h] + kept[h])          who stays needs an open home; who said yes, a centre
        (6) residents after[h] <= b[h] + added[h]              a bed for everyone
        (7) added[h] <= e[h] (centre[h])                       only centres grow
        (8) soft: kept[h] = 0                                  the document's rule: the centres take everyone
                                                           (but where no road leads to a candidate: such a home stays)
        (9) hard: move[h,c,k] = 0 for k without a yes          nobody without a yes is moved
        (10) sum_c (b[c] centre[c] + added[c]) + short >= (1 + s) x residents of the centres after
        (11) carers[h] >= sum_level residents after / ratio    whole carers per home

Reference: capacitated p-median with integer flows; the use lock, consent and reserve are the county document's.
"""

from __future__ import annotations

import time
from dataclasses import replace

import pandas as pd
import pulp

from anyi_geo.errors import Message
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.locate.solver import Outcome, relative_gap, solve, status_of
from anyi_geo.plan.homes.feasibility import check_beds
from anyi_geo.plan.homes.problem import KINDS, HomesPlan, HomesProblem

_ASCII = str.maketrans(dict.fromkeys(" -+[]->/", "_"))


class _Model:
    """The problem in PuLP; attributes are the docstring's variables."""

    def __init__(self, problem: HomesProblem) -> None:
        self.problem = problem
        self.homes = sorted(problem.homes.index)
        self.lp = pulp.LpProblem("homes", pulp.LpMinimize)
        candidates = problem.candidates
        self.beds = problem.homes["beds"].astype(int).to_dict()
        self.expansion = problem.homes["expansion_beds"].astype(int).to_dict()
        name = {home: str(home).translate(_ASCII) for home in self.homes}
        self.centre = {c: self.lp.add_variable(f"centre_{name[c]}", cat="Binary") for c in candidates}
        self.kept = {h: self.lp.add_variable(f"kept_{name[h]}", cat="Binary") for h in self.homes}
        self.added = {c: self.lp.add_variable(f"added_{name[c]}", 0, self.expansion[c], "Integer") for c in candidates}
        self.stay, self.move = {}, {}
        for h in self.homes:
            for k in KINDS:
                count = int(problem.residents.at[h, k])
                if not count:
                    continue
                label = f"{name[h]}_{k[0]}_{k[1]}"
                self.stay[h, k] = self.lp.add_variable(f"stay_{label}", 0, count, "Integer")
                if problem.consent == "hard" and k[1] != "yes":  # (9)
                    continue
                for c in candidates:
                    if c != h and problem.minutes.at[h, c] < float("inf"):
                        self.move[h, c, k] = self.lp.add_variable(f"move_{label}_to_{name[c]}", 0, count, "Integer")
        self.carers = {h: self.lp.add_variable(f"carers_{name[h]}", 0, cat="Integer") for h in self.homes}
        self.short = self.lp.add_variable("short", 0)
        self._conditions()

    def after(self, home: str, level: str | None = None) -> pulp.LpAffineExpression:
        """Return the residents of a home after, of one care level or all."""
        own = [v for (h, k), v in self.stay.items() if h == home and level in (None, k[0])]
        come = [v for (_, c, k), v in self.move.items() if c == home and level in (None, k[0])]
        return pulp.lpSum(own) + pulp.lpSum(come)

    def _conditions(self) -> None:
        problem, lp = self.problem, self.lp
        lp += pulp.lpSum(self.centre.values()) == problem.centres, "r2_centres"
        for (h, k), stay in self.stay.items():
            goes = [v for (a, _, b), v in self.move.items() if (a, b) == (h, k)]
            count, label = int(problem.residents.at[h, k]), f"{h}_{k[0]}_{k[1]}".translate(_ASCII)
            lp += stay + pulp.lpSum(goes) == count, f"r1_{label}"
            may_stay = k[1] != "yes" or h in problem.stranded
            open_ = self.centre.get(h, 0) + (self.kept[h] if may_stay else 0)
            lp += stay <= count * open_, f"r5_{label}"
            if h in self.centre:
                lp += stay >= count * self.centre[h], f"r3a_{label}"
        for (h, c, k), move in self.move.items():
            label = f"{h}_{k[0]}_{k[1]}_to_{c}".translate(_ASCII)
            lp += move <= int(problem.residents.at[h, k]) * self.centre[c], f"r4_{label}"
        for h in self.homes:
            label = str(h).translate(_ASCII)
            if h in self.centre:
                lp += self.centre[h] + self.kept[h] <= 1, f"r3_{label}"
                lp += self.added[h] <= self.expansion[h] * self.centre[h], f"r7_{label}"
            lp += self.after(h) <= self.beds[h] + self.added.get(h, 0), f"r6_{label}"
            if problem.consent == "soft" and h not in problem.stranded:
                lp += self.kept[h] == 0, f"r8_{label}"
            ratio = problem.costs.residents_per_carer
            work = pulp.lpSum(self.after(h, level) * (1.0 / ratio[level]) for level in ratio)
            lp += self.carers[h] >= work, f"r11_{label}"
        room = pulp.lpSum(self.beds[c] * v + self.added[c] for c, v in self.centre.items())
        stays = [self._stays_in_centre(h, k) for (h, k) in self.stay if h in self.centre]
        inside = pulp.lpSum(self.move.values()) + pulp.lpSum(stays)
        lp += room + self.short >= (1 + problem.reserve_share) * inside, "r10_reserve"

    def _stays_in_centre(self, home: str, kind: tuple[str, str]) -> pulp.LpVariable | pulp.LpAffineExpression:
        """Return who stays there because it is a centre: all of them when it is one, for then nobody leaves it."""
        if kind[1] == "yes":
            return self.stay[home, kind]
        return int(self.problem.residents.at[home, kind]) * self.centre[home]

    def yearly_yuan(self) -> pulp.LpAffineExpression:
        """Return (0): the yearly cost."""
        problem, costs = self.problem, self.problem.costs
        open_ = {h: self.kept[h] + self.centre.get(h, 0) for h in self.homes}
        support = sum(
            float(costs.resident_yuan_year[k[0]]) * int(problem.residents.at[h, k]) for h in self.homes for k in KINDS
        )
        price = problem.homes["expansion_yuan_per_bed"].astype(float).to_dict()
        annuity = [costs.annuity_factor * price[c] * v for c, v in self.added.items()]
        minutes = problem.minutes.astype(float).T.to_dict()
        visiting = [costs.visit_yuan_year * minutes[h][c] * v for (h, c, _), v in self.move.items()]
        return (
            pulp.lpSum(costs.fixed_yuan_year * v + costs.reuse_yuan_year * (1 - v) for v in open_.values())
            + pulp.lpSum(costs.carer_yuan_year * v for v in self.carers.values())
            + pulp.lpSum(annuity)
            + pulp.lpSum(visiting)
            + support
        )


def plan_homes(problem: HomesProblem, settings: SolverSettings) -> HomesPlan:
    """Choose centres, states, flows and added beds at least yearly cost.

    The missing reserve is minimised first; everybody lives somewhere or the request is refused in numbers.

    Raises
    ------
    TooFewBedsError
        The centres cannot hold everyone; with three priced ways out.
    """
    started = time.perf_counter()
    check_beds(problem)
    model = _Model(problem)
    model.lp.setObjective(1.0 * model.short)
    first = solve(model.lp, settings)
    model.lp += model.short <= first.objective + 1e-6, "r0_reserve_kept"
    model.lp.setObjective(model.yearly_yuan())
    left = max(settings.seconds - first.seconds, settings.seconds / 10)
    outcome = solve(model.lp, replace(settings, seconds=left))
    return _decode(model, outcome, time.perf_counter() - started)


def _decode(model: _Model, outcome: Outcome, seconds: float) -> HomesPlan:
    problem = model.problem
    rows = [(h, h, *k, round(v.value() or 0)) for (h, k), v in model.stay.items()]
    rows += [(h, c, *k, round(v.value() or 0)) for (h, c, k), v in model.move.items()]
    flows = pd.DataFrame(rows, columns=["from_site", "to_site", "care_level", "consent", "persons"])
    flows = flows[flows["persons"] > 0].sort_values(list(flows.columns[:4]), ignore_index=True)
    centres = [c for c, v in model.centre.items() if (v.value() or 0) > 0.5]
    living = set(flows["to_site"])
    state = pd.Series(
        {
            h: "centre" if h in centres else "kept" if h in living else str(problem.homes.at[h, "reuse"])
            for h in model.homes
        },
        name="state",
    )
    added = pd.Series({h: round(model.added[h].value() or 0) if h in centres else 0 for h in model.homes}, name="beds")
    inside = flows.loc[flows["to_site"].isin(centres), "persons"].sum()
    room = int(problem.homes.loc[centres, "beds"].sum() + added.sum())
    wished = -int(-(inside * (1 + problem.reserve_share)) // 1)
    return HomesPlan(
        state=state,
        flows=flows,
        beds_added=added,
        reserve_short=max(0, wished - room),
        objective=outcome.objective,
        bound=outcome.bound,
        gap=relative_gap(outcome.objective, outcome.bound),
        status=status_of(outcome.objective, outcome.bound),
        bound_source="HiGHS",
        seconds=seconds,
        model="homes",
        reasons=_reasons(problem, flows, state),
    )


def _reasons(problem: HomesProblem, flows: pd.DataFrame, state: pd.Series) -> dict[str, Message]:
    out = {}
    for home in state.index[state == "kept"]:
        here = flows[(flows["to_site"] == home) & (flows["consent"] != "yes")].groupby("consent")["persons"].sum()
        no, unasked = int(here.get("no", 0)), int(here.get("not_asked", 0))
        name = str(problem.homes["name"][home])
        if home in problem.stranded:
            out[home] = Message(f"{name}保留：没有道路通到中心。", f"{home} stays open: no road leads to a centre.")
            continue
        out[home] = Message(
            f"{name}保留：不同意 {no} 人、未征询 {unasked} 人，未同意者不迁。",
            f"{home} stays open: {no} said no, {unasked} were not asked; nobody is moved without a yes.",
        )
    return out
