"""The services of a day: lunch, and supper with its own times and its own share of the diners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anyi_geo.errors import Message, ProblemError
from anyi_geo.parameters import Parameters

LUNCH, SUPPER = Message("午餐", "lunch"), Message("晚餐", "supper")
#: Without one of these a county's supper is lunch once more, which is said on every sheet.
SUPPER_KEYS = (
    "supper_share_of_lunch", "supper_ready_minute", "supper_window_start_minute", "supper_window_end_minute"
)  # fmt: skip


@dataclass(frozen=True)
class Service:
    """One service.

    Attributes
    ----------
    name : Message
    a_day : int
        How many times a day it is served.
    ready_minute, window_start, window_end : float
        Minutes after midnight: first dishes ready; earliest and latest handing over.
    share : float
        Part of lunch's meals, in [0, 1].
    """

    name: Message
    a_day: int
    ready_minute: float
    window_start: float
    window_end: float
    share: float

    def meals(self, lunch: pd.Series) -> pd.Series:
        """Return the whole meals of this service from lunch's, halves up."""
        return np.floor(lunch * self.share + 0.5 + 1e-9).astype(int)


def services(parameters: Parameters) -> tuple[Service, ...]:
    """Return lunch, and supper when more than one meal a day is served and its times are known.

    Of three meals a day and more, all but supper are like lunch.

    Raises
    ------
    ProblemError
        Meals a day that are no whole number >= 1, a share outside [0, 1].
    """
    a_day = parameters.value("meals_per_day")
    if not (a_day >= 1 and a_day == int(a_day)):
        raise ProblemError(
            f"每天供餐次数应为不小于 1 的整数，现为 {a_day:g}。",
            f"meals_per_day must be whole and >= 1, got {a_day:g}.",
        )
    known = a_day >= 2 and all(key in parameters.table.index for key in SUPPER_KEYS)
    lunch = Service(
        LUNCH,
        int(a_day) - known,
        parameters.value("kitchen_ready_minute"),
        parameters.value("lunch_window_start_minute"),
        parameters.value("lunch_window_end_minute"),
        1.0,
    )
    if not known:
        return (lunch,)
    share, ready, opens, closes = (parameters.value(key) for key in SUPPER_KEYS)
    if not 0 <= share <= 1:
        raise ProblemError(
            f"晚餐用餐人数占午餐的比例应在 0 与 1 之间，现为 {share:g}。",
            f"supper_share_of_lunch must lie in [0, 1], got {share:g}.",
        )
    return lunch, Service(SUPPER, 1, ready, opens, closes, share)


def cooked_services_per_month(parameters: Parameters) -> float:
    """Return how many times a month a kitchen cooks."""
    return parameters.value("meal_days_per_month") * sum(one.a_day for one in services(parameters))


def meals_per_diner_month(parameters: Parameters) -> float:
    """Return the meals that one of lunch's diners eats in a month, supper's share counted."""
    return parameters.value("meal_days_per_month") * sum(one.a_day * one.share for one in services(parameters))
