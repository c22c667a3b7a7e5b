"""The county before and after the consolidation, one figure a row, and under the other rule of consent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from anyi_geo.errors import Message

NAN = math.nan


@dataclass(frozen=True)
class Figure:
    """One figure of the county: its key, name, unit."""

    key: str
    name: Message
    unit: str


FIGURES = (
    Figure("homes_open", Message("有老人居住的院", "homes with residents"), "个"),
    Figure("beds", Message("床位", "beds"), "张"),
    Figure("nursing_beds", Message("护理型床位", "nursing beds"), "张"),
    Figure("nursing_share", Message("护理型床位占比", "share of nursing beds"), "占比"),
    Figure("m2_per_bed", Message("每床面积", "area per bed"), "m²"),
    Figure("carers", Message("护理员（按比例测算）", "carers by ratio"), "人"),
    Figure("residents_per_carer", Message("每名护理员照料", "residents per carer"), "人"),
    Figure("visit_mean", Message("家属探视车程：平均", "minutes to visit: mean"), "分钟"),
    Figure("visit_p90", Message("家属探视车程：九成在此以内", "minutes to visit: nine in ten within"), "分钟"),
    Figure("visit_max", Message("家属探视车程：最长", "minutes to visit: longest"), "分钟"),
    Figure("visit_far", Message("探视车程超过提示线的老人", "residents whose families are far"), "占比"),
    Figure("yearly_yuan", Message("每年费用", "cost per year"), "元/年"),
    Figure("one_off_yuan", Message("一次性投入", "spent once"), "元"),
    Figure("pay_back_years", Message("一次性投入几年回本", "years to pay back"), "年"),
    Figure(
        "pay_back_years_rent_high", Message("几年回本：另计租金高值", "years to pay back with the highest rent"), "年"
    ),
    Figure(
        "pay_back_years_rent_low", Message("几年回本：另计租金低值", "years to pay back with the lowest rent"), "年"
    ),
    Figure("beds_for_paying", Message("公建民营向社会开放床位", "beds opened to paying elders"), "张"),
    Figure("stations", Message("民政综合服务站", "civil-affairs service stations"), "个"),
    Figure("station_elders", Message("民政综合服务站附近老人", "elders near a service station"), "人"),
    Figure("station_elders_share", Message("民政综合服务站附近老人占全县", "share of all elders"), "占比"),
    Figure("station_left_behind", Message("民政综合服务站附近留守儿童", "left-behind children near one"), "人"),
    Figure(
        "station_left_behind_share", Message("民政综合服务站附近留守儿童占全县", "share of all left-behind"), "占比"
    ),
    Figure("station_seats_elders", Message("民政综合服务站老人活动位", "places for elders at the stations"), "个"),
    Figure("station_seats_children", Message("民政综合服务站儿童活动位", "places for children there"), "个"),
    Figure("residents", Message("在院老人", "residents"), "人"),
    Figure("moved", Message("迁移", "moved"), "人"),
    Figure("staying", Message("留在原院", "staying"), "人"),
    Figure("home_support", Message("回家分散供养", "returning to support at home"), "人"),
    Figure("moved_without_consent", Message("不同意仍迁移", "said no and moved"), "人"),
    Figure("moved_not_asked", Message("未征询即迁移", "not asked and moved"), "人"),
)
#: Figures of what the emptied homes become, which are none of the time before and are not reckoned for the other rule.
REUSE = tuple(
    figure.key for figure in FIGURES if figure.key.startswith(("pay_back_years_rent", "station", "beds_for_paying"))
)
#: Figures that count residents: told only as far as the residents' other numbers are.
PERSONS = ("residents", "moved", "staying", "home_support", "moved_without_consent", "moved_not_asked")


def county_table(
    table: pd.DataFrame,
    figures: Mapping[str, Any],
    area_m2: pd.Series,
    other: tuple[pd.DataFrame, Mapping[str, Any]] | None,
    reuse: Mapping[str, float | None] | None = None,
) -> pd.DataFrame:
    """Return the county's figures before, after, and after under the other rule of consent.

    Parameters
    ----------
    table : DataFrame
        As `homes_table` returns it.
    figures : mapping
        The plan's summary: moved, yearly_yuan_after, visit_minutes_after_mean and so on.
    area_m2 : Series
        Home -> floor area of the building as it stands; NaN: not registered.
    other : (table, figures) or None
        The same of the plan under the other rule; None where it has none.
    reuse : mapping, optional
        Figures of the emptied homes' reuse, by the keys of :data:`REUSE`; None: not known, or nothing is saved.

    Returns
    -------
    DataFrame
        key, item_zh, item_en, unit, before, after, other; NaN where one home's register is blank, or the figure is
        none of that column.
    """
    before = _before(table, figures, area_m2)
    after = _after(table, figures, area_m2)
    after |= {key: NAN if value is None else value for key, value in (reuse or {}).items() if key in REUSE}
    last = {} if other is None else _after(*other, area_m2)
    rows = [
        (f.key, f.name.zh, f.name.en, f.unit, before.get(f.key, NAN), after.get(f.key, NAN), last.get(f.key, NAN))
        for f in FIGURES
    ]
    return pd.DataFrame(rows, columns=["key", "item_zh", "item_en", "unit", "before", "after", "other"])


def _before(table: pd.DataFrame, figures: Mapping[str, Any], area_m2: pd.Series) -> dict[str, float]:
    beds, residents, carers = (int(table[f"{name}_before"].sum()) for name in ("beds", "residents", "staff"))
    nursing = float(table["nursing_beds_before"].sum(skipna=False))
    return {
        "homes_open": int((table["residents_before"] > 0).sum()),
        "beds": beds,
        "nursing_beds": nursing,
        "nursing_share": _ratio(nursing, beds),
        "m2_per_bed": _ratio(float(area_m2.sum(skipna=False)), beds),
        "carers": carers,
        "residents_per_carer": _ratio(residents, carers),
        **_visits(figures, "before"),
        "yearly_yuan": figures["yearly_yuan_before"],
        "residents": residents,
    }


def _after(table: pd.DataFrame, figures: Mapping[str, Any], area_m2: pd.Series) -> dict[str, float]:
    open_ = table[table["state"].isin(["centre", "kept"])]
    beds, residents, carers = (int(open_[f"{name}_after"].sum()) for name in ("beds", "residents", "staff"))
    nursing = float(open_["nursing_beds_after"].sum(skipna=False))
    m2 = float((area_m2.reindex(open_.index) + open_["expansion_m2"]).sum(skipna=False))
    years = figures["pay_back_years"]
    return {
        "homes_open": int((table["residents_after"] > 0).sum()),
        "beds": beds,
        "nursing_beds": nursing,
        "nursing_share": _ratio(nursing, beds),
        "m2_per_bed": _ratio(m2, beds),
        "carers": carers,
        "residents_per_carer": _ratio(residents, carers),
        **_visits(figures, "after"),
        "yearly_yuan": figures["yearly_yuan_after"],
        "one_off_yuan": figures["one_off_yuan"],
        "pay_back_years": NAN if years is None else years,
        "residents": residents,
        **{name: figures[name] for name in PERSONS if name != "residents"},
    }


def _visits(figures: Mapping[str, Any], side: str) -> dict[str, float]:
    return {
        "visit_mean": figures[f"visit_minutes_{side}_mean"],
        "visit_p90": figures[f"visit_minutes_{side}_p90"],
        "visit_max": figures[f"visit_minutes_{side}_max"],
        "visit_far": figures[f"visit_share_over_limit_{side}"],
    }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else NAN
