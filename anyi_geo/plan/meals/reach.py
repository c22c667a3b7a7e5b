"""Which kitchen can reach which dining point hot and in time, and the reason by name where none can."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from anyi_geo.errors import Message
from anyi_geo.plan.meals.arrays import MINUTE_TOLERANCE, Arrays, Flags, Floats
from anyi_geo.plan.meals.ways import shortest_ways


@dataclass(frozen=True, eq=False)
class Reach:
    """What a round could do at best.

    Attributes
    ----------
    direct : k x n
        A round to this stop alone keeps every limit.
    possible : k x n
        Some round might: false only where even the quickest way over other stops breaks a limit.
    quickest : k x n
        Least minutes from leaving the kitchen to arriving, over other stops with their services if that is shorter.
    returns : k x n
        Some way leads from the stop back to the kitchen.
    """

    direct: Flags
    possible: Flags
    quickest: Floats
    returns: Flags


def reach(arrays: Arrays) -> Reach:
    """Check every kitchen against every stop: road, load, window, hot limit.

    Shortest ways over other stops are what makes `possible` a valid exclusion when the minutes break the triangle
    inequality.
    """
    n, k = arrays.n, arrays.k
    closed = shortest_ways(arrays.minutes + arrays.service[:, None])
    first = arrays.minutes_out
    quickest = np.full((k, n), math.inf)
    for kitchen in range(k):
        if n:
            quickest[kitchen] = np.min(first[kitchen][:, None] + closed, axis=0)
    returns = np.isfinite(_back(arrays, closed)).T
    loads = (arrays.meals[None] <= arrays.capacity[:, None]) & (arrays.meals <= arrays.largest_vehicle)[None]
    possible = _in_time(arrays, quickest) & loads & returns
    direct = _in_time(arrays, first) & loads & np.isfinite(arrays.minutes_back).T
    return Reach(direct & possible, possible, quickest, returns)


def _back(arrays: Arrays, closed: Floats) -> Floats:
    """Return the least minutes from every stop to every kitchen, over other stops if need be; n x k."""
    return np.min(closed[:, :, None] + arrays.minutes_back[None], axis=1, initial=math.inf)


def _in_time(arrays: Arrays, minutes: Floats) -> Flags:
    arrival = (arrays.ready + arrays.loading)[:, None] + minutes
    elapsed = arrays.loading[:, None] + minutes + arrays.service[None]
    in_window = arrival <= arrays.closes[None] + MINUTE_TOLERANCE
    return in_window & (elapsed <= arrays.hot + MINUTE_TOLERANCE) & np.isfinite(minutes)


def reach_any(arrays: Arrays) -> Reach:
    """Return what rounds could do at best by any way of travel."""
    every = [reach(one) for one in arrays.ways or (arrays,)]
    return Reach(
        np.logical_or.reduce([one.direct for one in every]),
        np.logical_or.reduce([one.possible for one in every]),
        np.minimum.reduce([one.quickest for one in every]),
        np.logical_or.reduce([one.returns for one in every]),
    )


def reasons(
    arrays: Arrays, reached: Reach, stops: pd.Index, kitchens: pd.Index, vehicles: pd.Index
) -> dict[int, Message]:
    """Return, for every stop that no kitchen can serve, the reason in numbers and what would do.

    Parameters
    ----------
    arrays : Arrays
    reached : Reach
    stops, kitchens, vehicles : Index
        Labels of the stops that eat, of all kitchens and of all types of vehicle.
    """
    out = np.flatnonzero(~reached.possible.any(axis=0)).tolist()
    if not arrays.ways:
        return {stop: _reason(arrays, reached, stop, stops, kitchens) for stop in out}
    told: dict[int, Message] = {}
    ways = [(one, reach(one)) for one in arrays.ways if (one.number >= 1).any()]
    for stop in out:
        each = [(one, _reason(one, found, stop, stops, kitchens)) for one, found in ways]
        names = [", ".join(map(str, vehicles[arrays.way_of == one.way])) for one, _ in each]
        told[stop] = Message(
            "；".join(f"{name}：{why.zh}" for name, (_, why) in zip(names, each, strict=True)),
            "; ".join(f"{name}: {why.en}" for name, (_, why) in zip(names, each, strict=True)),
        )
    return told


def _reason(arrays: Arrays, reached: Reach, stop: int, stops: pd.Index, kitchens: pd.Index) -> Message:
    name, minutes = stops[stop], reached.quickest[:, stop]
    able = np.isfinite(minutes) & (arrays.capacity >= arrays.meals[stop]) & reached.returns[:, stop]
    if not able.any() or arrays.meals[stop] > arrays.largest_vehicle:
        return _at_no_time(arrays, reached, stop, name)
    elapsed = np.where(able, arrays.loading + minutes + arrays.service[stop], math.inf)
    hot = elapsed <= arrays.hot + MINUTE_TOLERANCE
    if not hot.any():
        return _too_late_to_be_hot(arrays, stop, name, kitchens, elapsed, minutes)
    arrival = np.where(hot, arrays.ready + arrays.loading + minutes, math.inf)
    nearest = int(np.argmin(arrival))
    late = arrival[nearest] - arrays.closes[stop]
    return Message(
        f"{name}：最早 {clock_text(arrival[nearest])} 送到（厨房 {kitchens[nearest]}），时间窗 "
        f"{clock_text(arrays.closes[stop])} 已关；提前 {late:.1f} 分钟出餐或推迟时间窗即可",
        f"{name}: earliest arrival {clock_text(arrival[nearest])} (kitchen {kitchens[nearest]}), the window closes "
        f"at {clock_text(arrays.closes[stop])}; cooking {late:.1f} minutes earlier or a later window would do",
    )


def _at_no_time(arrays: Arrays, reached: Reach, stop: int, name: object) -> Message:
    """Return what forbids a stop whatever the time: roads, the vehicles' size, the kitchens' size."""
    meals, road = int(arrays.meals[stop]), np.isfinite(reached.quickest[:, stop])
    missing = {
        ("没有可以配送的厨房", "no kitchen sends meals out"): arrays.k == 0,
        ("没有送餐车辆", "there are no vehicles"): arrays.largest_vehicle == 0,
        ("没有道路通到任何厨房", "no road from any kitchen"): not road.any(),
    }
    for (zh, en), lacks in missing.items():
        if lacks:
            return Message(f"{name}：{zh}", f"{name}: {en}")
    if meals > arrays.largest_vehicle:
        most = arrays.largest_vehicle
        return Message(
            f"{name}：{meals} 份超过最大车辆的 {most:g} 份，一个点不拆成两趟；装得下 {meals} 份的车即可",
            f"{name}: {meals} meals, the largest vehicle holds {most:g}, and a stop is not split; "
            f"one for {meals} would do",
        )
    large = arrays.capacity >= meals
    if not large.any():
        most = float(arrays.capacity.max())
        return Message(
            f"{name}：{meals} 份超过最大厨房的能力 {most:g} 份；能做 {meals} 份的厨房即可",
            f"{name}: {meals} meals, the largest kitchen cooks {most:g}; one for {meals} would do",
        )
    if not (road & large).any():
        most = float(arrays.capacity[road].max())
        return Message(
            f"{name}：{meals} 份超过有路可通的厨房的最大能力 {most:g} 份，能力够的厨房没有道路通到",
            f"{name}: {meals} meals, the largest kitchen with a road cooks {most:g}, larger ones have no road",
        )
    return Message(f"{name}：没有回程道路", f"{name}: no road back to a kitchen that could serve it")


def _too_late_to_be_hot(
    arrays: Arrays, stop: int, name: object, kitchens: pd.Index, elapsed: Floats, minutes: Floats
) -> Message:
    best = int(np.argmin(elapsed))
    needed = math.ceil(elapsed[best] * 10 - 1e-6) / 10
    # A limit that is missed by a hair is not to read as if it were met.
    least = f"{elapsed[best]:.1f}" if elapsed[best] - arrays.hot >= 0.05 else f"{elapsed[best]:.4f}"
    ride = arrays.hot - float(arrays.loading[best]) - float(arrays.service[stop])
    within_zh = f"或在 {ride:.1f} 分钟车程内设厨房" if ride > 0 else "或缩短装车、交接时间"
    within_en = (
        f"or a kitchen within {ride:.1f} minutes of travel" if ride > 0 else "or shorter loading and handing over"
    )
    return Message(
        f"{name}：超过配送时限 {arrays.hot:g} 分钟：最近的厨房 {kitchens[best]} 也要 {least} 分钟"
        f"（装车 {arrays.loading[best]:g}、路上 {minutes[best]:.1f}、交接 {arrays.service[stop]:g}）；"
        f"时限放宽到 {needed:g} 分钟即可由 {kitchens[best]} 配送，{within_zh}",
        f"{name}: beyond the hot limit of {arrays.hot:g} minutes: the nearest kitchen {kitchens[best]} needs "
        f"{least} (loading {arrays.loading[best]:g}, travel {minutes[best]:.1f}, handing over "
        f"{arrays.service[stop]:g}); a limit of {needed:g} minutes would do for {kitchens[best]}, {within_en}",
    )


def clock_text(minute: float) -> str:
    """Return a minute of the day as HH:MM."""
    if not math.isfinite(minute):
        return "-"
    whole = math.floor(minute)
    return f"{whole // 60:02d}:{whole % 60:02d}"
