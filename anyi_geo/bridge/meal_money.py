"""What meals cost and who pays: the monthly accounts of every point, shares by age band, gaps and what closes them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from anyi_geo.bridge.meal_services import Service, cooked_services_per_month
from anyi_geo.county import County
from anyi_geo.parameters import Parameters
from anyi_geo.plan.meals import MealPlan, MealProblem
from anyi_geo.plan.meals.accounts import HEADS, UnitPrices, accounts
from anyi_geo.plan.meals.sharing import share_costs

MONTHS = 12
BANDS = {"60_79": "60–79 岁", "80_89": "80–89 岁", "90plus": "90 岁及以上"}
PAYERS = {"self": "个人", "county": "县财政", "township": "乡镇（处）", "village": "村集体", "donation": "社会捐赠"}
HEADS_ZH = {
    "food": "食材",
    "cooks": "厨师",
    "utilities": "水电气",
    "upkeep": "日常维护",
    "depreciation": "设备折旧",
    "packing": "包装",
    "courier": "送餐员",
    "fuel": "车辆用电用油",
    "vehicle": "车辆与保温箱",
}
#: Parameters without which no money is told; a county folder may lack them.
NEEDED = (
    "food_yuan_per_meal", "kitchen_upkeep_yuan_month", "kitchen_equipment_yuan", "kitchen_equipment_years",
    "volunteer_hours_per_kitchen_day", "volunteer_yuan_per_hour", "meal_price_yuan", "share_90plus_of_80plus",
    "village_meal_income_yuan_month", "village_reserve_yuan",
    *(f"meal_{payer}_yuan_{band}" for payer in PAYERS for band in BANDS),
)  # fmt: skip


def money_tables(
    county: County, spots: gpd.GeoDataFrame, plans: Sequence[tuple[Service, MealProblem, MealPlan]]
) -> dict[str, pd.DataFrame]:
    """Return accounts, heads, shares and payers of a day's plans; nothing where the county lacks the prices.

    Raises
    ------
    ProblemError
        Shares of an age band that do not sum to the price, with the band's name and both numbers.
    """
    parameters = county.parameters
    if any(key not in parameters.table.index for key in NEEDED):
        return {}
    parts = [
        accounts(problem, plan, _unit_prices(parameters, service)).rename_axis("site_id")
        for service, problem, plan in plans
    ]
    table = _added(parts)
    if table.empty:
        return {}
    eaters = [
        _diners(county, spots, problem).loc[part.index] for (_, problem, _), part in zip(plans, parts, strict=True)
    ]
    # Meals of one day by age band: everyone who eats at noon, and in the evening whoever comes again.
    a_day = pd.DataFrame(0, table.index, list(BANDS.values()))
    for (service, _, _), bands in zip(plans, eaters, strict=True):
        a_day = a_day.add(bands * service.a_day, fill_value=0).astype(int)
    a_day = a_day.loc[table.index]
    shares = _shares(parameters)
    price, days = parameters.value("meal_price_yuan"), parameters.value("meal_days_per_month")
    income = parameters.value("village_meal_income_yuan_month")
    village = [
        share_costs(a_day.loc[site], shares, price=price, meals_per_month=days, income=pd.Series({"village": income}))
        for site in table.index
    ]
    gap = np.array([float(one.gap_yuan["village"]) for one in village])
    reserve = parameters.value("village_reserve_yuan")
    told = table.assign(
        paid_by_shares=[one.total_yuan for one in village],
        village_yuan=[float(one.by_payer["village"]) for one in village],
        village_income_yuan=income,
        village_gap_yuan=gap,
        closing_price_yuan=[float(one.closing_price_yuan["village"]) for one in village],
        closing_uptake=[float(one.closing_uptake["village"]) for one in village],
        reserve_years=[None if short <= 0 else reserve / (short * MONTHS) for short in gap],
    )
    told.insert(0, "name", spots.loc[table.index, "name"].to_numpy())
    told.insert(1, "township", spots.loc[table.index, "township"].to_numpy())
    told["cooked_at"] = [spots["name"].get(place, place) for place in table["cooked_at"]]
    whole = share_costs(
        a_day.sum(), shares, price=price, meals_per_month=days, income=pd.Series({"village": income * len(table)})
    )
    return {
        "accounts": told.reset_index(),
        "heads": _heads(table),
        "shares": _by_band(whole.by_band, eaters[0].sum()),
        "payers": _payers(whole.by_payer, table, income, gap),
    }


def check_shares(parameters: Parameters) -> None:
    """Refuse shares that do not sum to the price before anything is planned.

    Raises
    ------
    ProblemError
        With the band's name and both numbers.
    """
    if all(key in parameters.table.index for key in NEEDED):
        nobody = pd.Series(0, index=list(BANDS.values()))
        share_costs(nobody, _shares(parameters), price=parameters.value("meal_price_yuan"), meals_per_month=0)


def _added(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the sum of the services' accounts; where it is cooked is told as at noon."""
    table = parts[0]
    for part in parts[1:]:
        both = table.index.union(part.index, sort=False)
        cooked_at = table["cooked_at"].reindex(both).fillna(part["cooked_at"].reindex(both))
        numbers = [one.drop(columns=["cooked_at", "per_meal"]).reindex(both).fillna(0.0) for one in (table, part)]
        table = numbers[0] + numbers[1]
        table.insert(0, "cooked_at", cooked_at)
        table.insert(list(table.columns).index("total") + 1, "per_meal", table["total"] / table["meals_per_month"])
    return table


def _unit_prices(parameters: Parameters, service: Service) -> UnitPrices:
    """Return the prices of one service: a kitchen's monthly bills are split evenly over all the services it cooks."""
    days = parameters.value("meal_days_per_month")
    part = days * service.a_day / cooked_services_per_month(parameters)
    return UnitPrices(
        food_per_meal=parameters.value("food_yuan_per_meal"),
        packing_per_meal=parameters.value("delivered_extra_yuan_per_meal"),
        cooks_per_month=part * parameters.value("cook_wage_yuan_month"),
        utilities_per_month=part * parameters.value("kitchen_utilities_yuan_month"),
        upkeep_per_month=part * parameters.value("kitchen_upkeep_yuan_month"),
        depreciation_per_month=part
        * parameters.value("kitchen_equipment_yuan")
        / (parameters.value("kitchen_equipment_years") * MONTHS),
        courier_per_minute=parameters.value("courier_yuan_per_hour") / 60.0,
        volunteers_per_month=part
        * parameters.value("volunteer_hours_per_kitchen_day")
        * parameters.value("volunteer_yuan_per_hour")
        * days,
        services_per_month=days * service.a_day,
    )


def _shares(parameters: Parameters) -> pd.DataFrame:
    rows = {name: [parameters.value(f"meal_{payer}_yuan_{band}") for payer in PAYERS] for band, name in BANDS.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(PAYERS))


def _diners(county: County, spots: gpd.GeoDataFrame, problem: MealProblem) -> pd.DataFrame:
    """Return the diners of every point by age band: its meals split like the elders of its village, whole persons."""
    elders = county.points.groupby("village_id")[["persons_60plus", "persons_80plus"]].sum()
    county_share = float(elders["persons_80plus"].sum() / max(elders["persons_60plus"].sum(), 1.0))
    old = elders["persons_80plus"] / elders["persons_60plus"].where(elders["persons_60plus"] > 0)
    old = old.fillna(county_share).clip(upper=1.0)
    oldest = county.parameters.value("share_90plus_of_80plus")
    rows = []
    for site, meals in problem.stops["meals"].items():
        share = float(old.get(spots.loc[site, "village_id"], county_share))
        rows.append(_whole([(1 - share) * meals, share * (1 - oldest) * meals, share * oldest * meals], int(meals)))
    return pd.DataFrame(rows, problem.stops.index, list(BANDS.values()))


def _whole(parts: list[float], total: int) -> list[int]:
    """Round parts to whole numbers of the same sum: largest remainders first, ties to the first."""
    down = [math.floor(part + 1e-9) for part in parts]
    order = sorted(range(len(parts)), key=lambda index: (down[index] - parts[index], index))
    for index in order[: total - sum(down)]:
        down[index] += 1
    return down


def _heads(table: pd.DataFrame) -> pd.DataFrame:
    meals = float(table["meals_per_month"].sum())
    rows = [
        {"head": head, "head_zh": HEADS_ZH[head], "yuan_per_month": float(table[head].sum()),
         "yuan_per_meal": float(table[head].sum()) / meals}
        for head in HEADS
    ]  # fmt: skip
    rows.append(
        {"head": "total", "head_zh": "合计", "yuan_per_month": float(table["total"].sum()),
         "yuan_per_meal": float(table["total"].sum()) / meals}
    )  # fmt: skip
    value = float(table["volunteers_value"].sum())
    rows.append(
        {"head": "volunteers_value", "head_zh": "志愿服务折价（不计入合计）", "yuan_per_month": value,
         "yuan_per_meal": value / meals}
    )  # fmt: skip
    return pd.DataFrame(rows)


def _by_band(by_band: pd.DataFrame, diners: pd.Series) -> pd.DataFrame:
    table = by_band.rename(columns={payer: f"{payer}_yuan" for payer in PAYERS})
    table.insert(0, "band_zh", table.index)
    table.insert(1, "diners", diners.loc[table.index].astype(int).to_numpy())
    table["total_yuan"] = by_band.sum(axis=1)
    return table.set_axis(pd.Index(list(BANDS), name="band")).reset_index()


def _payers(by_payer: pd.Series, table: pd.DataFrame, income: float, gap: np.ndarray) -> pd.DataFrame:
    """Return what each pays in a month, and what the shares leave uncovered of the real cost."""
    rows = [{"payer": payer, "payer_zh": zh, "yuan_per_month": float(by_payer[payer])} for payer, zh in PAYERS.items()]
    for row in rows:
        if row["payer"] == "village":
            row |= {"income_yuan_per_month": income * len(table), "gap_yuan_per_month": float(gap.sum())}
    missing = float(table["total"].sum()) - float(by_payer.sum())
    rows.append({"payer": "uncovered", "payer_zh": "分担额未覆盖的实际成本", "yuan_per_month": missing})
    return pd.DataFrame(
        rows, columns=["payer", "payer_zh", "yuan_per_month", "income_yuan_per_month", "gap_yuan_per_month"]
    )
