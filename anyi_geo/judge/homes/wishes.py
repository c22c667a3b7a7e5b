"""Who was heard before a home is emptied: residents, families, staff and the village."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anyi_geo.judge.homes.words import HOME_SUPPORT
from anyi_geo.schema import STAFF_COLUMNS

COUNTY = "county"


def wishes_table(
    table: pd.DataFrame, consent: pd.DataFrame, homes: pd.DataFrame, consulted: pd.Series, flows: pd.DataFrame
) -> pd.DataFrame:
    """Return what residents, families, staff and villages were asked and said, per home and for the county.

    What nobody wrote down is unknown, counts as not heard and never as agreeing; so the heard and the not heard
    residents of a home always sum to all of them.

    Parameters
    ----------
    table : DataFrame
        As `homes_table` returns it: index site_id.
    consent : DataFrame
        As `consent_table` returns it.
    homes : DataFrame
        Index site_id; families_agree, staff_asked, staff_agree, the posts (NaN: not registered), village_consent.
    consulted : Series
        Home -> residents whose family was consulted; NaN where nobody wrote it down.
    flows : DataFrame
        from_site, to_site, persons: the carers follow the residents.

    Returns
    -------
    DataFrame
        site_id (the last row: county), name, township, residents, said_yes, by_guardian, said_no, not_asked,
        families_consulted, families_agree, families_not_heard, staff_present, staff_asked, staff_agree,
        staff_not_heard, staff_to (names of the centres that take the residents), village_consent; NaN is not
        registered. The county's consulted, asked and agreeing are those known of; its staff are NaN where one post of
        one home is not registered.
    """
    said = consent.pivot_table(index="site_id", columns="consent", values="persons", aggfunc="sum", fill_value=0)
    said = said.reindex(index=table.index, columns=["yes", "no", "not_asked"], fill_value=0).fillna(0).astype(int)
    out = table[["name", "township"]].copy()
    out["residents"] = table["residents_before"].astype(int)
    out["said_yes"] = said["yes"]
    yes = consent[consent["consent"] == "yes"].set_index("site_id")
    out["by_guardian"] = yes["by_guardian"].reindex(table.index).astype(float).where(said["yes"] > 0, 0.0)
    out["said_no"], out["not_asked"] = said["no"], said["not_asked"]
    own = homes.reindex(table.index)
    out["families_consulted"] = consulted.reindex(table.index).astype(float)
    out["families_agree"] = own["families_agree"].astype(float)
    out["families_not_heard"] = out["residents"] - out["families_consulted"].fillna(0).astype(int)
    posts = own[list(STAFF_COLUMNS)].astype(float)
    out["staff_present"] = posts.sum(axis=1, skipna=False)
    out["staff_asked"], out["staff_agree"] = own["staff_asked"].astype(float), own["staff_agree"].astype(float)
    out["staff_not_heard"] = out["staff_present"] - out["staff_asked"].fillna(0)
    out["staff_to"] = [_takers(flows, home, table["name"]) for home in table.index]
    out["village_consent"] = own["village_consent"]
    out.loc[COUNTY] = pd.Series(_county(out))
    whole = ["residents", "said_yes", "said_no", "not_asked", "families_not_heard"]
    return out.astype(dict.fromkeys(whole, int)).rename_axis("site_id").reset_index()


def _county(out: pd.DataFrame) -> dict[str, object]:
    known = ["families_consulted", "families_agree", "staff_asked", "staff_agree"]
    every = ["by_guardian", "staff_present", "staff_not_heard"]
    sums = ["residents", "said_yes", "said_no", "not_asked", "families_not_heard"]
    return {
        "name": "全县",
        "township": "",
        **{column: int(out[column].sum()) for column in sums},
        **{column: out[column].sum(min_count=1) for column in known},
        **{column: out[column].sum(skipna=False) for column in every},
        "staff_to": "",
        "village_consent": "",
    }


def _takers(flows: pd.DataFrame, home: object, names: pd.Series) -> str:
    """Return the centres that take a home's residents, the one that takes most first."""
    own = flows[(flows["from_site"] == home) & ~flows["to_site"].isin([home, HOME_SUPPORT])]
    persons = own.groupby("to_site")["persons"].sum()
    return "、".join(str(names[to]) for to in sorted(persons.index, key=lambda to: (-persons[to], str(to))))


def families_not_heard(wishes: pd.DataFrame, moving: pd.Index) -> int:
    """Count homes among `moving` with a family that was not consulted, or of which nobody knows."""
    own = wishes.set_index("site_id").reindex(moving)
    return int((own["families_not_heard"] > 0).sum())


def staff_not_heard(wishes: pd.DataFrame, emptied: pd.Index) -> int:
    """Count homes among `emptied` with staff who were not asked, or of which nobody knows who works there."""
    own = wishes.set_index("site_id").reindex(emptied)
    return int((own["staff_not_heard"].astype(float).map(lambda count: np.isnan(count) or count > 0)).sum())
