"""What is known and carried over: census, names and codes, seats, the official table, and the rates of the model."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from anyi_geo.parameters import Parameters
from county_builder.sketch import RURAL_COMMUNITIES

FACTS = Path(__file__).parent / "facts"
SEXES = ("male", "female")
FIVE_YEAR_AGES = tuple(range(0, 90, 5))
CENSUS_YEAR = 2020
TOWN_FIELD, RURAL_FIELD = "城镇人口", "乡村人口"


def read_rates(path: Path) -> Parameters:
    """Read every modelling rate from ``parameters.csv``; a missing one raises when it is asked for."""
    return Parameters(pd.read_csv(path).set_index("key"))


def read_census() -> pd.DataFrame:
    """Return the age pyramids of 2010 and 2020: one row per year, sex and five-year group."""
    raw = pd.read_csv(FACTS / "census.csv")
    raw = raw[raw["field"].str.startswith("age_from_")]
    parts = raw["field"].str.extract(r"age_from_(\d+)_(male|female)$")
    tidy = raw.assign(age_from=parts[0].astype(int).replace(1, 0), sex=parts[1])
    tidy = tidy.groupby(["year", "sex", "age_from", "source"], as_index=False)["value"].sum()
    tidy["value"] = tidy["value"].astype(int)
    tidy["age_to"] = (tidy["age_from"] + 4).where(tidy["age_from"] < 85).astype("Int64")
    tidy = tidy.rename(columns={"value": "persons"}).sort_values(["year", "sex", "age_from"], ignore_index=True)
    return tidy[["year", "sex", "age_from", "age_to", "persons", "source"]]


def residence_totals() -> tuple[int, int]:
    """Return town and rural residents of the census year."""
    raw = pd.read_csv(FACTS / "census.csv")
    fields = raw[raw["year"] == CENSUS_YEAR].set_index("field")["value"]
    return int(fields[TOWN_FIELD]), int(fields[RURAL_FIELD])


def read_townships() -> pd.DataFrame:
    """Return the eleven townships with seat, target area and weight of a town community."""
    return pd.read_csv(FACTS / "townships.csv", dtype={"township_code": str}, keep_default_na=False)


def read_villages() -> pd.DataFrame:
    """Return the 133 villages and communities: village_id, name, short, township, rural."""
    raw = pd.read_csv(FACTS / "villages.csv", dtype=str)
    short = raw["name"].str.replace("村委会", "").str.replace("社区居委会", "").str.replace("居委会", "")
    committee = raw["name"].str.endswith("村委会")
    return pd.DataFrame(
        {
            "village_id": raw["village_id"],
            "name": short + committee.map({True: "村", False: "社区"}),
            "short": short,
            "township": raw["township"],
            "rural": committee | short.isin(RURAL_COMMUNITIES),
        }
    )


def read_official_sites() -> pd.DataFrame:
    """Return the 18 official sites with the short name of their village and of its township as the lists spell them."""
    sites = pd.read_csv(FACTS / "official_sites.csv")
    places = sites["place"].str.replace("雷家", "").str.removesuffix("村").str.removesuffix("社区")
    aliases = {
        alias: row["name"] for _, row in read_townships().iterrows() for alias in row["aliases"].split(";") if alias
    }
    return sites.assign(short=places, township_listed=sites["township"].replace(aliases))
