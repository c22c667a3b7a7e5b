"""Which of the planner's own conditions cannot be met together, when no arithmetic told it before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from anyi_geo.errors import InfeasibleError, Message
from anyi_geo.locate._conditions import Conditions
from anyi_geo.locate._cover import CLEARLY, Cover, solve_cover
from anyi_geo.locate._serving import Serving, solve_serving
from anyi_geo.locate._watch import Watch
from anyi_geo.locate.problem import Floats, LocationProblem, Mask
from anyi_geo.locate.solver import NoIncumbentError

#: More conditions than this are told in groups, not one by one.
SINGLY = 60


@dataclass(frozen=True, eq=False)
class Wish:
    """A condition in the planner's words, and the question without it."""

    words: Message
    dropped: Callable[[Question], Question]


@dataclass(frozen=True, eq=False)
class Question:
    """Whether a plan exists: who must be served, under which demands, with which capacities (None: none)."""

    problem: LocationProblem
    binding: Mask
    demands: Conditions
    exact: bool
    capacity: Floats | None = None


def conflict_error(question: Question, watch: Watch) -> InfeasibleError:
    """Return the refusal that names an irreducible set of conditions (deletion filter, Chinneck 2008).

    Without any one of them the rest can be met. Where the clock leaves that open, all conditions are named.
    """
    wishes, proven = _wishes(question), True
    try:
        kept = list(wishes)
        for wish in wishes:
            fewer = [other for other in kept if other is not wish]
            if not _possible(_under(question, wishes, fewer), watch):
                kept = fewer
    except NoIncumbentError:
        kept, proven = wishes, False
    if not kept:
        return InfeasibleError(
            "列出的点位不能服务每个需求点，与所提条件无关：请把更多可达的点位列入。",
            "The listed sites cannot serve every client under any conditions: list more of those within reach.",
        )
    zh, en = "、".join(wish.words.zh for wish in kept), ", ".join(wish.words.en for wish in kept)
    if len(kept) < 2 or not proven:
        return InfeasibleError(
            f"在这些条件下没有方案能让每个需求点都有点位可去：{zh}。",
            f"Under these conditions no plan serves everybody: {en}.",
        )
    return InfeasibleError(
        f"这些条件不能同时满足：{zh}；去掉其中任何一条，其余的就能满足。",
        f"These conditions cannot be met together: {en}; without any one of them the rest can be.",
    )


def _wishes(question: Question) -> list[Wish]:
    labels, demands, found = question.problem.sites.index, question.demands, []
    if demands.count is not None:
        zh, en = (
            (f"正好开 {demands.count} 个点位", f"exactly {demands.count} sites")
            if question.exact
            else (f"至多开 {demands.count} 个点位", f"at most {demands.count} sites")
        )
        found.append(Wish(Message(zh, en), _without_count))
    if question.capacity is not None:
        found.append(Wish(Message("各点位的容量", "the capacities"), lambda asked: replace(asked, capacity=None)))
    found += _sites(labels.to_list(), demands.required, Message("必选", "required"), _without_required)
    found += _sites(labels.to_list(), demands.forbidden, Message("禁选", "forbidden"), _without_forbidden)
    return found


def _sites(
    labels: Sequence[object], mask: Mask, verb: Message, dropped: Callable[[Question, Mask], Question]
) -> list[Wish]:
    places = np.flatnonzero(mask).tolist()
    groups = [[place] for place in places] if len(places) <= SINGLY else [places]
    found = []
    for group in groups:
        names = "、".join(str(labels[place]) for place in group[:3])
        more = f"等 {len(group)} 个点位" if len(group) > 1 else ""
        own = np.zeros(len(mask), dtype=np.bool_)
        own[group] = True
        words = Message(
            f"{verb.zh} {names}{more}", f"{verb.en} {names}" + (f" and others, {len(group)}" if more else "")
        )
        found.append(Wish(words, lambda asked, own=own: dropped(asked, own)))  # type: ignore[misc]
    return found


def _without_count(asked: Question) -> Question:
    return replace(asked, demands=replace(asked.demands, count=None), exact=False)


def _without_required(asked: Question, own: Mask) -> Question:
    return replace(asked, demands=replace(asked.demands, required=asked.demands.required & ~own))


def _without_forbidden(asked: Question, own: Mask) -> Question:
    return replace(asked, demands=replace(asked.demands, forbidden=asked.demands.forbidden & ~own))


def _under(question: Question, wishes: Sequence[Wish], kept: Sequence[Wish]) -> Question:
    for wish in wishes:
        if not any(wish is other for other in kept):
            question = wish.dropped(question)
    return question


def _possible(asked: Question, watch: Watch) -> bool:
    """Tell whether any plan meets the demands.

    Raises
    ------
    NoIncumbentError
        The clock left it open.
    """
    demands, problem = asked.demands, asked.problem
    usable, held = ~demands.forbidden, int(demands.required.sum())
    if demands.count is not None and (held > demands.count or (asked.exact and usable.sum() < demands.count)):
        return False
    return _assignable(asked, watch) if asked.capacity is not None else _coverable(asked, problem, usable, watch)


def _coverable(asked: Question, problem: LocationProblem, usable: Mask, watch: Watch) -> bool:
    own = problem.keeping(usable[problem.site])
    matrix = csr_matrix((np.ones(len(own.site)), own.site, own.start), shape=(len(own.clients), len(usable)))
    met = (matrix @ asked.demands.required.astype(np.float64)) > 0
    need = (asked.binding & ~met).astype(np.int64)
    if (own.listed[need > 0] == 0).any():
        return False
    spare = len(usable) if asked.demands.count is None else asked.demands.count - int(asked.demands.required.sum())
    answer = solve_cover(Cover(matrix, np.ones(len(usable)), need), watch, most=float(spare))
    if answer.values is not None and answer.objective <= spare + 1e-9:
        return True
    if answer.infeasible or answer.bound > spare + CLEARLY:
        return False
    raise NoIncumbentError("时限内没有查清。", "The clock left it open.")


def _assignable(asked: Question, watch: Watch) -> bool:
    problem, demands = asked.problem, asked.demands
    people = problem.keeping(asked.binding[problem.client])
    try:
        solve_serving(
            Serving(
                client=people.client.astype(np.int64),
                site=people.site.astype(np.int64),
                cost=np.zeros(len(people.site)),
                out=np.where(asked.binding, np.inf, 0.0),
                opening=np.zeros(len(demands.required)),
                required=demands.required,
                forbidden=demands.forbidden,
                load=problem.persons,
                capacity=asked.capacity,
                count=demands.count,
                exact=asked.exact,
            ),
            watch,
        )
    except NoIncumbentError:
        raise
    except InfeasibleError:
        return False
    return True
