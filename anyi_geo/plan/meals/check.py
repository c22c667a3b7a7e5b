"""The checker: everything a plan promises, computed again from the given tables; it knows no solver and no model."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Iterator

from anyi_geo.errors import AnyiError, Message
from anyi_geo.plan.meals.answer import OPTIMAL, MealPlan, Round
from anyi_geo.plan.meals.problem import MealProblem

MINUTE_SLACK = 1e-5
YUAN_SLACK = 0.005
#: Relative gap at which a bound is closed.
GAP_SLACK = 1e-6


class UncheckedPlanError(AnyiError, RuntimeError):
    """A plan failed its own check; it is not handed out."""


def check_plan(problem: MealProblem, plan: MealPlan, *, chain_rounds: bool = False) -> tuple[Message, ...]:
    """Return every promise the plan breaks; none for a plan that may be published.

    Checked: every stop has one mode and delivered stops stand in exactly one round; loads, vehicles' and kitchens'
    capacities, numbers of vehicles, kitchens_max; loading not before ready, arrivals, windows, minutes since cooking;
    cost of every round and of the whole to the fen; the bound below the cost, the gap between them, the status.

    Parameters
    ----------
    problem : MealProblem
    plan : MealPlan
    chain_rounds : bool
        Whether fixed costs and numbers count vehicles instead of rounds.
    """
    strangers = tuple(_strangers(problem, plan))
    if strangers:
        return strangers
    return (
        *_modes(problem, plan),
        *_loads(problem, plan),
        *(fault for one in plan.rounds for fault in _clock(problem, one)),
        *_vehicles(problem, plan, chain_rounds=chain_rounds),
        *_costs(problem, plan, chain_rounds=chain_rounds),
        *_promise(plan),
    )


def _strangers(problem: MealProblem, plan: MealPlan) -> Iterator[Message]:
    for one in plan.rounds:
        for label, table in ((one.kitchen, problem.kitchens), (one.vehicle, problem.vehicles)):
            if label not in table.index:
                yield Message(f"一趟写着不存在的 {label}", f"a round names {label}, which does not exist")
        for stop in one.stops:
            if stop not in problem.stops.index:
                yield Message(f"一趟写着不存在的 {stop}", f"a round names {stop}, which does not exist")
    for kitchen in plan.opened:
        if kitchen not in problem.kitchens.index:
            yield Message(f"开伙厨房 {kitchen} 不存在", f"opened kitchen {kitchen} does not exist")


def _promise(plan: MealPlan) -> Iterator[Message]:
    """Yield where bound, gap and status disagree: an optimum is claimed by a closed bound only."""
    if plan.bound_yuan is None:
        if plan.gap is not None or plan.status == OPTIMAL:
            yield Message("没有下界却写了间隙或最优", "a gap or an optimum without a bound")
        return
    gap = max(0.0, plan.cost_yuan - plan.bound_yuan) / max(abs(plan.cost_yuan), 1e-9)
    if plan.gap is None or not abs(gap - plan.gap) <= GAP_SLACK:
        yield Message(f"间隙应为 {gap:.6f}", f"the gap should be {gap:.6f}")
    if plan.status == OPTIMAL and not gap <= GAP_SLACK:
        yield Message(f"间隙 {gap:.6f} 却标为最优", f"called optimal at a gap of {gap:.6f}")


def _modes(problem: MealProblem, plan: MealPlan) -> Iterator[Message]:
    stops = problem.stops
    if list(plan.mode.index) != list(stops.index):
        yield Message("方式表与助餐点不一致", "modes and stops disagree")
        return
    visits = [stop for one in plan.rounds for stop in one.stops]
    for stop in stops.index:
        mode, meals, times = plan.mode[stop], stops["meals"][stop], visits.count(stop)
        if (mode == "none") != (meals == 0):
            yield Message(f"{stop}：{meals:g} 份却标为 {mode}", f"{stop}: {meals:g} meals but mode {mode}")
        if times != (mode == "delivered"):
            yield Message(f"{stop}：{mode} 却排进 {times} 趟", f"{stop}: mode {mode} but on {times} rounds")
        if mode == "own_kitchen" and math.isnan(stops["own_kitchen_yuan"][stop]):
            yield Message(f"{stop}：不得自办却标为自办", f"{stop}: may not cook but does")
        if mode not in {"own_kitchen", "delivered", "unserved", "none"}:
            yield Message(f"{stop}：没有这种方式 {mode}", f"{stop}: no such mode {mode}")
    listed = sorted(str(one.id) for one in plan.unserved)
    if listed != sorted(str(stop) for stop in stops.index[plan.mode == "unserved"]):
        yield Message("未供餐名单与方式表不一致", "the unserved list and the modes disagree")


def _loads(problem: MealProblem, plan: MealPlan) -> Iterator[Message]:
    load: dict[Hashable, float] = {}
    for one in plan.rounds:
        meals = sum(problem.stops["meals"][stop] for stop in one.stops)
        load[one.kitchen] = load.get(one.kitchen, 0.0) + meals
        if meals != one.meals:
            yield Message(f"一趟写 {one.meals} 份，实为 {meals:g} 份", f"a round says {one.meals} meals, has {meals:g}")
        most = problem.vehicles["capacity_meals"][one.vehicle]
        if meals > most:
            yield Message(
                f"{one.vehicle} 装 {meals:g} 份，只装得下 {most:g}", f"{one.vehicle} holds {most:g}, has {meals:g}"
            )
    for kitchen in load:
        if problem.dine_in and kitchen in plan.mode.index and plan.mode[kitchen] == "own_kitchen":
            load[kitchen] += problem.stops["meals"][kitchen]
    for kitchen, meals in load.items():
        most = problem.kitchens["capacity_meals"][kitchen]
        if meals > most:
            yield Message(
                f"厨房 {kitchen} 出餐 {meals:g} 份，能力 {most:g}", f"kitchen {kitchen} cooks {most:g}, has {meals:g}"
            )
    if list(plan.opened) != [kitchen for kitchen in problem.kitchens.index if kitchen in load]:
        yield Message("开伙厨房与出餐厨房不一致", "opened kitchens and kitchens with load disagree")
    places = set(load) | set(problem.stops.index[plan.mode == "own_kitchen"])
    if len(places) > problem.kitchens_max:
        yield Message(
            f"开伙 {len(places)} 处，上限 {problem.kitchens_max:g}",
            f"{len(places)} places cook, at most {problem.kitchens_max:g}",
        )


def _clock(problem: MealProblem, one: Round) -> Iterator[Message]:
    kitchen = problem.kitchens.loc[one.kitchen]
    cooked = one.departure_minute - kitchen["loading_minutes"]
    if cooked < kitchen["ready_minute"] - MINUTE_SLACK:
        yield Message(f"{one.kitchen}：出餐前就装车", f"{one.kitchen}: loads before it is ready")
    if not (len(one.stops) == len(one.arrival_minutes) == len(one.elapsed_minutes) > 0):
        yield Message(f"{one.kitchen}：一趟的时刻不全", f"{one.kitchen}: a round lacks times")
        return
    clock, place = one.departure_minute, one.kitchen
    for stop, arrival, elapsed in zip(one.stops, one.arrival_minutes, one.elapsed_minutes, strict=True):
        row = problem.stops.loc[stop]
        clock += problem.minutes_of(one.vehicle).at[place, stop]
        if not (math.isfinite(clock) and abs(clock - arrival) <= MINUTE_SLACK):
            yield Message(f"{stop}：到达时刻应为 {clock}", f"{stop}: arrival should be {clock}")
            return
        start = max(clock, row["window_start"])
        if start > row["window_end"] + MINUTE_SLACK:
            yield Message(f"{stop}：晚于时间窗", f"{stop}: later than its window")
        clock = start + row["service_minutes"]
        if not abs(clock - cooked - elapsed) <= MINUTE_SLACK:
            yield Message(f"{stop}：出锅后分钟应为 {clock - cooked}", f"{stop}: elapsed should be {clock - cooked}")
        if clock - cooked > problem.hot_limit + MINUTE_SLACK:
            yield Message(f"{stop}：超过配送时限", f"{stop}: beyond the hot limit")
        place = stop


def _vehicles(problem: MealProblem, plan: MealPlan, *, chain_rounds: bool) -> Iterator[Message]:
    driven: dict[tuple[Hashable, int], list[Round]] = {}
    for one in plan.rounds:
        driven.setdefault((one.vehicle, one.vehicle_number), []).append(one)
    for kind in problem.vehicles.index:
        number = problem.vehicles["number"][kind]
        used = sum(1 for vehicle, _ in driven if vehicle == kind)
        if used > number:
            yield Message(f"{kind} 用 {used} 辆，只有 {number:g} 辆", f"{used} of {kind}, there are {number:g}")
    for (kind, which), rounds in driven.items():
        if len(rounds) > 1 and not chain_rounds:
            yield Message(f"{kind} 第 {which} 辆排了多趟", f"{kind} {which} drives several rounds")
        ordered = sorted(rounds, key=lambda one: one.departure_minute)
        for before, after in itertools.pairwise(ordered):
            loading = problem.kitchens["loading_minutes"][after.kitchen]
            if (
                before.kitchen != after.kitchen
                or _back(problem, before) > after.departure_minute - loading + MINUTE_SLACK
            ):
                yield Message(f"{kind} 第 {which} 辆两趟重叠", f"{kind} {which}: rounds overlap")


def _back(problem: MealProblem, one: Round) -> float:
    cooked = one.departure_minute - problem.kitchens["loading_minutes"][one.kitchen]
    return float(cooked + one.elapsed_minutes[-1] + problem.minutes_of(one.vehicle).at[one.stops[-1], one.kitchen])


def _costs(problem: MealProblem, plan: MealPlan, *, chain_rounds: bool) -> Iterator[Message]:
    total = math.fsum(problem.kitchens["opening_yuan"][kitchen] for kitchen in plan.opened)
    own = plan.mode.index[plan.mode == "own_kitchen"]
    paying = [stop for stop in own if not (problem.dine_in and stop in plan.opened)]
    total += math.fsum(problem.stops["own_kitchen_yuan"][paying])
    paid: set[tuple[Hashable, int]] = set()
    for one in sorted(plan.rounds, key=lambda each: each.departure_minute):
        way = [one.kitchen, *one.stops, one.kitchen]
        yuan = math.fsum(problem.cost_of(one.vehicle).at[a, b] for a, b in itertools.pairwise(way))
        yuan += math.fsum(problem.stops["delivered_yuan"][list(one.stops)])
        vehicle = (one.vehicle, one.vehicle_number)
        if not chain_rounds or vehicle not in paid:
            yuan += problem.vehicles["fixed_yuan"][one.vehicle]
        paid.add(vehicle)
        if not abs(yuan - one.cost_yuan) <= YUAN_SLACK:
            yield Message(f"一趟费用应为 {yuan:.2f} 元", f"a round should cost {yuan:.2f} yuan")
        total += yuan
    if not abs(total - plan.cost_yuan) <= YUAN_SLACK:
        yield Message(f"总费用应为 {total:.2f} 元", f"the cost should be {total:.2f} yuan")
    if plan.bound_yuan is not None and not plan.bound_yuan <= plan.cost_yuan + YUAN_SLACK:
        yield Message("下界高于费用", "the bound exceeds the cost")
