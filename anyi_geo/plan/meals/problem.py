"""The meal problem: dining points, kitchens, vehicles, minutes and yuan, checked whole when made."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError

STOP_COLUMNS = ("meals", "service_minutes", "window_start", "window_end", "own_kitchen_yuan")
KITCHEN_COLUMNS = ("capacity_meals", "opening_yuan", "loading_minutes", "ready_minute")
VEHICLE_COLUMNS = ("capacity_meals", "fixed_yuan", "number")

_Fault = tuple[str, str]


@dataclass(frozen=True, eq=False)
class MealProblem:
    """Who eats, who may cook, what drives, how far it is; times are minutes after midnight, money is per service day.

    Attributes
    ----------
    stops : DataFrame
        Index: dining points. meals (whole, >= 0), service_minutes (>= 0), window_start <= window_end (a service starts
        within them, ends included; -inf and inf = open), own_kitchen_yuan (>= 0, the extra cost of cooking there; NaN:
        may not cook). Optional: delivered_yuan (>= 0, default 0), paid once when the stop is served by a round: boxes,
        handing over.
    kitchens : DataFrame
        Index: kitchens. capacity_meals (>= 0 per service period, inf = no limit), opening_yuan (>= 0), loading_minutes
        (>= 0), ready_minute (no loading starts before). A label that is also a stop is one and the same place.
    vehicles : DataFrame
        Index: types of vehicle. capacity_meals (> 0), fixed_yuan (>= 0), number (whole, >= 0; NaN: any). A stop is
        never split over rounds: one whose meals no vehicle holds cannot be delivered and is told so by name.
    minutes, cost_yuan : DataFrame
        Square, over kitchens and stops, from row to column, >= 0; inf = no road. The diagonal counts only for a place
        that is both.
    hot_limit_minutes : float or None
        At most this long from cooked (start of loading) to the end of service at every stop; None = no limit.
    kitchens_max : float
        At most this many places cook: kitchens with load and own kitchens together, a place that is both counted once.
    minutes_by_vehicle, cost_by_vehicle : mapping of vehicle type to DataFrame
        Tables like `minutes` and `cost_yuan` for types that travel otherwise, a van beside e-tricycles, say; all other
        types travel by the common ones.
    dine_in : bool
        Whether a stop that cooks itself at the place of an opened kitchen is one kitchen with it: its own_kitchen_yuan
        is not paid and its meals count on that kitchen's capacity. Without, the two are paid apart.

    Raises
    ------
    ProblemError
        Missing columns or numbers, labels that disagree, negative numbers, broken meals, windows that close before they
        open; every fault is named in one sentence.
    """

    stops: pd.DataFrame
    kitchens: pd.DataFrame
    vehicles: pd.DataFrame
    minutes: pd.DataFrame
    cost_yuan: pd.DataFrame
    hot_limit_minutes: float | None = None
    kitchens_max: float = field(default=math.inf, kw_only=True)
    dine_in: bool = field(default=False, kw_only=True)
    minutes_by_vehicle: Mapping[Hashable, pd.DataFrame] = field(default_factory=dict, kw_only=True)
    cost_by_vehicle: Mapping[Hashable, pd.DataFrame] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        faults = [*_table_faults(self), *_limit_faults(self)]
        if not faults:
            faults = [*_stop_faults(self.stops), *_kitchen_faults(self.kitchens), *_vehicle_faults(self.vehicles)]
            faults += [fault for name, matrix in _matrices(self) for fault in _matrix_faults(self, name, matrix)]
            faults += _stranger_faults(self)
        if faults:
            raise ProblemError("；".join(zh for zh, _ in faults) + "。", "; ".join(en for _, en in faults) + ".")
        places = self.places
        object.__setattr__(self, "stops", self.stops.assign(delivered_yuan=_delivered(self.stops)))
        for name, columns in (("stops", STOP_COLUMNS), ("kitchens", KITCHEN_COLUMNS), ("vehicles", VEHICLE_COLUMNS)):
            object.__setattr__(self, name, _numbers(getattr(self, name), columns))
        for name in ("minutes", "cost_yuan"):
            object.__setattr__(self, name, getattr(self, name).loc[places, places].astype(float))
        for name in ("minutes_by_vehicle", "cost_by_vehicle"):
            own = {kind: table.loc[places, places].astype(float) for kind, table in getattr(self, name).items()}
            object.__setattr__(self, name, own)

    @property
    def places(self) -> pd.Index:
        """Kitchens, then the stops that are no kitchens: the labels of the two matrices."""
        return self.kitchens.index.append(self.stops.index.difference(self.kitchens.index, sort=False))

    def minutes_of(self, vehicle: Hashable) -> pd.DataFrame:
        """Return the minutes that a type of vehicle travels by."""
        return self.minutes_by_vehicle.get(vehicle, self.minutes)

    def cost_of(self, vehicle: Hashable) -> pd.DataFrame:
        """Return the yuan of a type's arcs."""
        return self.cost_by_vehicle.get(vehicle, self.cost_yuan)

    @property
    def hot_limit(self) -> float:
        """The hot limit in minutes, inf when there is none."""
        return math.inf if self.hot_limit_minutes is None else float(self.hot_limit_minutes)


def _delivered(stops: pd.DataFrame) -> pd.Series:
    if "delivered_yuan" not in stops.columns:
        return pd.Series(0.0, index=stops.index)
    return pd.to_numeric(stops["delivered_yuan"], errors="coerce").astype(float)


def _numbers(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    copy = table.copy()
    for column in columns:
        copy[column] = pd.to_numeric(copy[column]).astype(float)
    return copy


def _table_faults(problem: MealProblem) -> Iterator[_Fault]:
    tables = (
        ("stops", problem.stops, STOP_COLUMNS),
        ("kitchens", problem.kitchens, KITCHEN_COLUMNS),
        ("vehicles", problem.vehicles, VEHICLE_COLUMNS),
    )
    for name, table, columns in tables:
        missing = [column for column in columns if column not in table.columns]
        if missing:
            yield f"表 {name} 缺少列：{'、'.join(missing)}", f"table {name} lacks columns: {', '.join(missing)}"
        if not table.index.is_unique:
            twice = _some(table.index[table.index.duplicated()])
            yield f"表 {name} 编号重复：{twice}", f"table {name} has repeated labels: {twice}"
        for column in set(columns) & set(table.columns):
            wrong = table.index[pd.to_numeric(table[column], errors="coerce").isna() & table[column].notna()]
            if len(wrong):
                yield (
                    f"表 {name} 的 {column} 不是数字：{_some(wrong)}",
                    f"{column} of {name} is no number at: {_some(wrong)}",
                )


def _limit_faults(problem: MealProblem) -> Iterator[_Fault]:
    limit = problem.hot_limit_minutes
    if limit is not None and not limit > 0:
        yield f"配送时限应大于 0 分钟，现为 {limit}", f"hot_limit_minutes must be > 0, got {limit}"
    most = problem.kitchens_max
    if not most >= 0 or (math.isfinite(most) and most != int(most)):
        yield f"开伙点上限应为非负整数，现为 {most}", f"kitchens_max must be whole and >= 0, got {most}"


def _stop_faults(stops: pd.DataFrame) -> Iterator[_Fault]:
    table = _numbers(stops, STOP_COLUMNS)
    meals = table["meals"]
    whole = np.isfinite(meals) & (meals >= 0) & (meals == np.floor(meals))
    yield from _where(table, ~whole, "meals", "份数应为非负整数", "meals must be whole and >= 0")
    service = table["service_minutes"]
    yield from _where(
        table,
        ~(np.isfinite(service) & (service >= 0)),
        "service_minutes",
        "交接分钟应为非负数",
        "service_minutes must be >= 0",
    )
    start, end = table["window_start"], table["window_end"]
    unknown = start.isna() | end.isna() | (start == math.inf) | (end == -math.inf)
    yield from _where(table, unknown, "window_start", "时间窗缺少数字", "the window lacks a number")
    for stop in table.index[~unknown & (start > end)]:
        yield (
            f"助餐点 {stop} 的时间窗 {end[stop]:g} 分结束，早于开始的 {start[stop]:g} 分",
            f"the window of stop {stop} closes at {end[stop]:g} before it opens at {start[stop]:g}",
        )
    yield from _where(
        table,
        table["own_kitchen_yuan"] < 0,
        "own_kitchen_yuan",
        "自办伙食费用不能为负",
        "own_kitchen_yuan must be >= 0",
    )

    delivered = _delivered(stops)
    yield from _where(
        table.assign(delivered_yuan=delivered),
        ~(np.isfinite(delivered) & (delivered >= 0)),
        "delivered_yuan",
        "送达费用应为非负数",
        "delivered_yuan must be >= 0",
    )


def _kitchen_faults(kitchens: pd.DataFrame) -> Iterator[_Fault]:
    table = _numbers(kitchens, KITCHEN_COLUMNS)
    capacity = table["capacity_meals"]
    yield from _where(
        table,
        ~(capacity >= 0),
        "capacity_meals",
        "厨房缺少能力（食堂面积）或为负",
        "a kitchen needs a capacity >= 0 (its canteen's area)",
    )
    for column, zh in (("opening_yuan", "开伙费用"), ("loading_minutes", "装车分钟")):
        wrong = ~(np.isfinite(table[column]) & (table[column] >= 0))
        yield from _where(table, wrong, column, f"{zh}应为非负数", f"{column} must be >= 0")
    yield from _where(
        table, ~np.isfinite(table["ready_minute"]), "ready_minute", "出餐时刻缺少数字", "ready_minute must be a number"
    )


def _vehicle_faults(vehicles: pd.DataFrame) -> Iterator[_Fault]:
    table = _numbers(vehicles, VEHICLE_COLUMNS)
    yield from _where(
        table,
        ~(table["capacity_meals"] > 0),
        "capacity_meals",
        "车辆装载份数应大于 0",
        "a vehicle's capacity_meals must be > 0",
    )
    fixed = table["fixed_yuan"]
    yield from _where(
        table, ~(np.isfinite(fixed) & (fixed >= 0)), "fixed_yuan", "出车费用应为非负数", "fixed_yuan must be >= 0"
    )
    number = table["number"]
    wrong = number.notna() & ~((number >= 0) & ((number == np.floor(number)) | (number == math.inf)))
    yield from _where(table, wrong, "number", "车辆数应为非负整数或留空", "number must be whole and >= 0, or NaN")


def _matrices(problem: MealProblem) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield all square tables with their names."""
    yield "minutes", problem.minutes
    yield "cost_yuan", problem.cost_yuan
    for name in ("minutes_by_vehicle", "cost_by_vehicle"):
        for kind, table in getattr(problem, name).items():
            yield f"{name}[{kind}]", table


def _stranger_faults(problem: MealProblem) -> Iterator[_Fault]:
    for name in ("minutes_by_vehicle", "cost_by_vehicle"):
        strange = pd.Index(list(getattr(problem, name))).difference(problem.vehicles.index, sort=False)
        if len(strange):
            yield f"{name} 写着没有的车型：{_some(strange)}", f"{name} names unknown vehicles: {_some(strange)}"


def _matrix_faults(problem: MealProblem, name: str, matrix: pd.DataFrame) -> Iterator[_Fault]:
    places = problem.places
    for axis, labels in (("行", matrix.index), ("列", matrix.columns)):
        if not labels.is_unique:
            yield f"矩阵 {name} 的{axis}编号重复", f"labels of {name} are repeated"
            return
        missing, extra = places.difference(labels, sort=False), labels.difference(places, sort=False)
        if len(missing) or len(extra):
            yield (
                f"矩阵 {name} 的{axis}与厨房、助餐点不一致：缺 {_some(missing)}，多 {_some(extra)}",
                f"{name} disagrees with kitchens and stops: missing {_some(missing)}, extra {_some(extra)}",
            )
            return
    try:
        values = matrix.loc[places, places].to_numpy(dtype=float)
    except (TypeError, ValueError):
        yield f"矩阵 {name} 含有不是数字的值", f"{name} holds values that are no numbers"
        return
    wrong = ~(values >= 0)
    both = places.isin(problem.kitchens.index) & places.isin(problem.stops.index)
    wrong[np.diag_indices_from(wrong)] &= both
    for row, column in np.argwhere(wrong)[:5]:
        yield (
            f"矩阵 {name} 从 {places[row]} 到 {places[column]} 为 {values[row, column]}（应为非负数，没有路写 inf）",
            f"{name} from {places[row]} to {places[column]} is {values[row, column]} (>= 0; inf = no road)",
        )


def _where(table: pd.DataFrame, wrong: pd.Series, column: str, zh: str, en: str) -> Iterator[_Fault]:
    labels = table.index[wrong]
    if len(labels):
        first = table[column][labels[0]]
        yield f"{zh}：{_some(labels)}（如 {first:g}）", f"{en}: {_some(labels)} (such as {first:g})"


def _some(labels: pd.Index | list[Hashable]) -> str:
    shown = "、".join(str(label) for label in labels[:5])
    return (shown or "-") + (f" 等 {len(labels)} 个" if len(labels) > 5 else "")
