"""From the county and the scenario to the homes problem: what is not registered is told, never invented."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from anyi_geo.bridge.travel import CARE_SITE, DECIMALS, Travel
from anyi_geo.county import County, travel_minutes
from anyi_geo.errors import SettingError
from anyi_geo.judge.cost import annuity_yuan
from anyi_geo.parameters import Parameters
from anyi_geo.plan.homes import HomesCosts, HomesProblem, HomesRules, Step
from anyi_geo.plan.homes.kinds import GROUP_COLUMNS
from anyi_geo.schema import CARE_LEVELS, CONSENTS, RESIDENT_COLUMNS
from anyi_geo.settings import Settings

HOME, CENTRE = "jinglaoyuan", "county_centre_candidate"
MONTHS = 12
ALL = "all"
#: What a register of homes should hold; blank cells are listed, with the name the planner knows them by.
REGISTER = {
    "beds": "床位",
    "nursing_beds": "护理型床位",
    "area_m2": "总面积",
    "book_value_yuan": "账面价值",
    "owner": "产权单位",
    "safety_state": "房屋安全鉴定结论",
    "running_yuan_per_year": "年运行费",
    "staff_carers": "在岗护理员",
    "staff_cooks": "在岗炊事员",
    "staff_managers": "在岗管理人员",
    "staff_others": "其他在岗人员",
    "staff_posts": "编制（核定岗位数）",
    "staff_established": "在编人员",
}


def home_rows(county: County) -> gpd.GeoDataFrame:
    """Return every home and centre candidate, index site_id."""
    return county.sites[county.sites["kind"].isin([HOME, CENTRE])].sort_index()


def homes_problem(county: County, settings: Settings, travel: Travel, rows: gpd.GeoDataFrame) -> HomesProblem:
    """Return the problem of one scenario.

    Raises
    ------
    SettingError
        A regional centre, or a home to be kept, that is no home of the county.
    """
    refuse_strangers("keep", set(settings.homes.keep), rows)
    groups = _groups(county, rows)
    homes = _homes(county, settings, rows, groups)
    return HomesProblem(
        homes=homes,
        groups=groups,
        minutes=_minutes(county, travel, rows, groups),
        rules=_rules(settings, county.parameters),
        costs=_costs(county.parameters),
    )


def offered_homes(county: County, settings: Settings) -> list[str]:
    """Return the township homes that everybody may leave and whose building is no care site yet."""
    rows = home_rows(county)
    groups, rules = _groups(county, rows), settings.homes
    unwilling = (groups["consent"] != "yes") & ~(groups["home_support"].astype(bool) & rules.home_support)
    held = set(rules.keep)
    if rules.consent == "hard":
        held |= set(groups.loc[unwilling, "home"]) | set(rows.index[residents_unregistered(county, rows)])
    taken = set(county.sites.loc[county.sites["kind"] == CARE_SITE, "building_id"])
    free = rows[(rows["kind"] == HOME) & ~rows["building_id"].isin(taken)]
    return [str(home) for home in free.index if home not in held]


def residents_unregistered(county: County, rows: gpd.GeoDataFrame) -> pd.Series:
    """Return whether nobody noted who lives in a home: neither by care level and consent nor in the list."""
    listed = set() if county.residents is None else set(county.residents["site_id"])
    blank: pd.Series = rows[list(RESIDENT_COLUMNS)].isna().all(axis=1)
    return blank & ~rows.index.isin(list(listed))


def families_consulted(county: County, rows: gpd.GeoDataFrame) -> pd.Series:
    """Return the residents of each home whose family was consulted: its own count, else the list's; NaN: unknown."""
    stated = rows["families_consulted"].astype(float)
    if county.residents is None:
        return stated
    answered = county.residents[county.residents["family_consulted"] != ""]
    counted = (answered["family_consulted"] == "yes").groupby(answered["site_id"]).sum().astype(float)
    return stated.fillna(counted)


def register_gaps(county: County, rows: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what is not registered: site_id, name, column, meaning_zh; one row per blank cell of a home."""
    people, unregistered = county.residents, residents_unregistered(county, rows)
    consulted, housed = families_consulted(county, rows), set(_groups(county, rows)["home"])
    listed = set() if people is None else set(people["site_id"])
    unasked = set() if people is None else set(people.loc[people["consent"] == "", "site_id"])
    gaps = []
    for site_id, row in rows.iterrows():
        blank = [column for column in REGISTER if pd.isna(row[column]) or row[column] in ("", "unknown")]
        found = [(column, REGISTER[column]) for column in blank]
        if site_id not in listed:
            found.append(("origin_village_id", "入住老人家属所在村（residents.csv）"))
        if site_id in unasked:
            found.append(("consent", "入住老人意愿（residents.csv，空白按未征询计）"))
        # An empty home has neither families nor staff to ask.
        if pd.isna(consulted[site_id]) and (site_id in housed or unregistered[site_id]):
            found.append(("families_consulted", "家属意见（征询了几位）"))
        if pd.isna(row["staff_asked"]) and (site_id in housed or unregistered[site_id]):
            found.append(("staff_asked", "工作人员意见（征询了几位）"))
        if row["kind"] == HOME and row["village_consent"] == "":
            found.append(("village_consent", "村级意愿（改作幸福院）"))
        if unregistered[site_id]:
            found.append(("residents", "入住老人（护理等级、意愿）"))
        gaps += [(site_id, row["name"], column, zh) for column, zh in found]
    return pd.DataFrame(gaps, columns=["site_id", "name", "column", "meaning_zh"])


def _homes(county: County, settings: Settings, rows: gpd.GeoDataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    parameters = county.parameters
    housed = groups.groupby("home")["persons"].sum().reindex(rows.index).fillna(0)

    def filled(column: str, key: str) -> pd.Series:
        return rows[column].astype(float).fillna(parameters.value(key))

    steps = pd.Series([_steps(text) for text in rows["expansion_steps"]], index=rows.index, dtype=object)
    stepped = steps.map(lambda own: sum(step.beds for step in own) if own else np.nan).astype(float)
    return pd.DataFrame(
        {
            "name": rows["name"],
            "township": rows["township"],
            "candidate": (rows["kind"] == CENTRE) | _regional(settings, rows),
            "county_seat": rows["kind"] == CENTRE,
            # Beds that nobody registered hold at least those who live there.
            "beds": rows["beds"].astype(float).fillna(housed).astype(int),
            "nursing_beds": rows["nursing_beds"].astype(float),
            "expansion_beds": stepped.fillna(rows["expansion_beds"].astype(float)).fillna(0).astype(int),
            "expansion_steps": steps,
            "expansion_yuan_per_bed": filled("expansion_yuan_per_bed", "expansion_yuan_per_bed"),
            "fixed_yuan_year": filled("running_yuan_per_year", "home_running_fixed_yuan_year"),
            "resident_yuan_year": filled("running_yuan_per_resident_year", "home_running_resident_yuan_year"),
            "m2_per_bed": filled("expansion_m2_per_bed", "m2_per_bed"),
            "reuse": "reserve",
            "area_m2": rows["area_m2"].astype(float),
            # A candidate may still have to be built: only of a home is it asked who lives there.
            "unregistered": residents_unregistered(county, rows) & (rows["kind"] == HOME),
        }
    )


def _steps(text: str) -> tuple[Step, ...]:
    """Read 60:80000:35;100:95000:40; the form was checked when the county was loaded."""
    parts = [part.split(":") for part in text.split(";") if part.strip()]
    return tuple(Step(int(beds), float(yuan), float(m2)) for beds, yuan, m2 in parts)


def _regional(settings: Settings, rows: gpd.GeoDataFrame) -> pd.Series:
    named = settings.homes.regional_centres
    refuse_strangers("regional_centres", set(named) - {ALL}, rows)
    everyone = ALL in named
    beds = rows["beds"].fillna(0).astype(int) + rows["expansion_beds"].fillna(0).astype(int)
    return pd.Series([(everyone or name in named) and beds[name] > 0 for name in rows.index], index=rows.index)


def refuse_strangers(setting: str, named: set[str], rows: gpd.GeoDataFrame) -> None:
    """Raise SettingError when a setting names what is no home of the county."""
    unknown = sorted(named - set(rows.index))
    if unknown:
        raise SettingError(
            f"homes.{setting} 中的 {'、'.join(unknown)} 不是敬老院；可写 {'、'.join(rows.index)}。",
            f"homes.{setting} names {', '.join(unknown)}, no home; known: {', '.join(rows.index)}.",
        )


def _groups(county: County, rows: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the residents, from the list of residents where a home has one, else from the home's own figures."""
    listed = county.residents
    parts = []
    if listed is not None:
        own = listed[listed["site_id"].isin(rows.index)]
        origin = own["origin_village_id"].where(own["origin_village_id"] != "", own["site_id"])
        table = pd.DataFrame(
            {
                "home": own["site_id"],
                "care_level": own["care_level"],
                "consent": own["consent"].where(own["consent"] != "", "not_asked"),
                "origin": origin,
                "home_support": own["home_support"] == "yes",
                "persons": 1,
            }
        )
        parts.append(table.groupby(list(GROUP_COLUMNS[:-1]), as_index=False)["persons"].sum())
    counted = rows.index if listed is None else rows.index.difference(listed["site_id"])
    figures = []
    for home in counted:
        for level in CARE_LEVELS:
            wish = rows.at[home, f"residents_{level}_home_support"]
            asked = 0 if pd.isna(wish) else int(wish)
            for consent in CONSENTS:
                cell = rows.at[home, f"residents_{level}_{consent}"]
                count = 0 if pd.isna(cell) else int(cell)
                returns = asked if consent == "no" else 0
                figures.append((home, level, consent, home, False, count - returns))
                figures.append((home, level, consent, home, True, returns))
    parts.append(pd.DataFrame(figures, columns=list(GROUP_COLUMNS)))
    table = pd.concat(parts, ignore_index=True)
    return table[table["persons"] > 0].sort_values(list(GROUP_COLUMNS[:-1]), ignore_index=True)


def _minutes(county: County, travel: Travel, rows: gpd.GeoDataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    villages = sorted(set(groups["origin"]) - set(rows.index))
    starts = pd.concat([rows.geometry, county.villages.geometry.loc[villages]])
    return travel_minutes(travel.networks["car"], starts, rows.geometry).round(DECIMALS)


def _rules(settings: Settings, parameters: Parameters) -> HomesRules:
    homes = settings.homes
    return HomesRules(
        centres=homes.centres,
        consent=homes.consent,
        at_most=homes.centres_at_most,
        reserve_share=parameters.value("bed_reserve_share"),
        nursing_share=parameters.value("nursing_bed_share_min"),
        visit_weight=homes.visit_weight,
        visit_mean_max=homes.visit_mean_max_minutes,
        visit_p90_max=homes.visit_p90_max_minutes,
        home_support=homes.home_support,
        together_share=homes.together_share,
        keep=tuple(homes.keep),
    )


def _costs(parameters: Parameters) -> HomesCosts:
    basic = parameters.value("tekun_basic_yuan_month")
    return HomesCosts(
        support_yuan_year={
            level: MONTHS * (basic + parameters.value(f"tekun_care_{level}_yuan_month")) for level in CARE_LEVELS
        },
        residents_per_carer={level: parameters.value(f"carer_ratio_{level}") for level in CARE_LEVELS},
        carer_yuan_year=MONTHS * parameters.value("carer_wage_yuan_month"),
        reuse_yuan_year=parameters.value("reuse_running_yuan_year"),
        moving_yuan=parameters.value("moving_yuan_per_resident"),
        nursing_yuan_per_bed=parameters.value("nursing_fitting_yuan_per_bed"),
        annuity_factor=annuity_yuan(1.0, parameters.value("annuity_rate"), parameters.value("annuity_years")),
        visit_yuan_year=parameters.value("visit_minute_yuan") * parameters.value("visits_per_year"),
    )
