"""What a planner reads while meals are planned: the step, the best cost, the bound and the seconds."""

from __future__ import annotations

from collections.abc import Callable

from anyi_geo.errors import Message
from anyi_geo.plan.meals.settings import MealProgress, MealStep

#: Seconds between two lines.
EVERY = 1.0
_STEPS = {
    "all rounds": Message("列出全部可行趟次并求解", "all rounds"),
    "linear programme over all rounds": Message("列出全部可行趟次", "linear programme over all rounds"),
    "column generation": Message("证明下界", "column generation"),
    "apart": Message("各厨房分别排线", "every kitchen apart"),
    "race": Message("比较厨房组合", "race of kitchen sets"),
    "columns": Message("按价挑选趟次", "columns"),
    "set partitioning": Message("合并趟次", "set partitioning"),
    "parts": Message("分片改进", "parts"),
}


def told_to(say: Callable[[Message], None], service: Message) -> MealProgress:
    """Return a callback that says one line a second at most.

    Parameters
    ----------
    say : callable
        Receives the lines.
    service : Message
        The service that is planned: lunch, supper.
    """
    last = [0.0]

    def tell(step: MealStep) -> None:
        if step.seconds - last[0] < EVERY:
            return
        last[0] = step.seconds
        say(progress_line(step, service))

    return tell


def progress_line(step: MealStep, service: Message) -> Message:
    """Return one line: a bound that is not known is said to be unknown."""
    name = _STEPS.get(step.name, Message(step.name, step.name))
    zh, en = "下界未知", "no bound yet"
    if step.bound_yuan is not None:
        gap = (step.yuan - step.bound_yuan) / max(abs(step.yuan), 1e-9)
        zh = f"下界 {step.bound_yuan:.2f} 元（相差 {gap:.1%}）"
        en = f"bound {step.bound_yuan:.2f} (gap {gap:.1%})"
    return Message(
        f"    {service.zh}：{name.zh}，目前每餐 {step.yuan:.2f} 元，{zh}，{step.seconds:.1f} 秒",
        f"    {service.en}: {name.en}, {step.yuan:.2f} yuan a service so far, {en}, {step.seconds:.1f} s",
    )
