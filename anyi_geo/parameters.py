"""The table of norms, prices and rates: every number with its range, unit, status and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from anyi_geo.errors import SettingError

Level = Literal["low", "value", "high"]

COLUMNS = ("key", "value", "low", "high", "unit", "status", "source")

#: Keys that a run reads; `check` names the missing ones as E_MISSING_PARAMETER.
REQUIRED = (
    "walk_speed_mps",
    "etricycle_max_kmh",
    "speed_kmh_motorway",
    "speed_kmh_motorway_link",
    "speed_kmh_trunk",
    "speed_kmh_primary",
    "speed_kmh_secondary",
    "speed_kmh_tertiary",
    "speed_kmh_unclassified",
    "speed_kmh_residential",
    "speed_kmh_service",
    "speed_kmh_track",
    "far_from_road_m",
    "opening_yuan_school",
    "opening_yuan_yiyang_home",
    "opening_yuan_home_care_station",
    "opening_yuan_jinglaoyuan",
    "opening_yuan_village_office",
    "running_yuan_per_site_year",
    "m2_per_bed",
    "bed_reserve_share",
    "expansion_yuan_per_bed",
    "annuity_rate",
    "annuity_years",
    "home_running_fixed_yuan_year",
    "tekun_basic_yuan_month",
    "tekun_care_self_yuan_month",
    "tekun_care_partial_yuan_month",
    "tekun_care_full_yuan_month",
    "carer_ratio_self",
    "carer_ratio_partial",
    "carer_ratio_full",
    "carer_wage_yuan_month",
    "moving_yuan_per_resident",
    "reuse_running_yuan_year",
    "visit_minute_yuan",
    "visits_per_year",
    "meal_uptake",
    "kitchen_m2_per_meal",
    "kitchen_share_of_canteen",
    "cook_wage_yuan_month",
    "kitchen_utilities_yuan_month",
    "meal_days_per_month",
    "delivered_extra_yuan_per_meal",
    "delivered_gap_yuan_per_meal",
    "meals_per_day",
    "courier_yuan_per_hour",
    "etricycle_yuan_per_km",
    "etricycle_capacity_meals",
    "etricycle_fixed_yuan_round",
    "hot_limit_minutes",
    "eating_minutes",
    "loading_minutes",
    "unloading_minutes_per_stop",
    "kitchen_ready_minute",
    "lunch_window_start_minute",
    "lunch_window_end_minute",
    "nursing_bed_share_min",
    "nursing_fitting_yuan_per_bed",
    "home_running_resident_yuan_year",
    "private_run_rent_yuan_per_bed_year",
    "refit_yuan_per_m2_civil_affairs_station",
    "refit_yuan_per_m2_public_built_private_run",
    "usable_area_share",
    "activity_m2_per_elder",
    "activity_m2_per_child",
    "activity_child_share",
)


@dataclass(frozen=True)
class Parameters:
    """A read-only view of ``parameters.csv``.

    Parameters
    ----------
    table : DataFrame
        Index `key`; columns value, low, high, unit, status, source.
    """

    table: pd.DataFrame

    def value(self, key: str, level: Level = "value") -> float:
        """Return one number.

        Parameters
        ----------
        key : str
            Row of the table.
        level : {"value", "low", "high"}
            The planning value or an end of its range.

        Raises
        ------
        SettingError
            When the table has no such row; the sentence says which to add.
        """
        if key not in self.table.index:
            raise SettingError(
                f"参数表 parameters.csv 缺少 {key}：请补上这一行（数值、下限、上限、单位、来源）。",
                f"parameters.csv has no row {key}: add it with value, low, high, unit and source.",
            )
        return float(self.table[level].loc[key])

    def records(self) -> list[dict[str, object]]:
        """Return the rows as JSON objects, in file order."""
        return self.table.reset_index().to_dict("records")
