"""What it costs once to refit each home for its new use, and where that number comes from."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from anyi_geo.parameters import Parameters

_CARE_SITE, _RESERVE = "xingfuyuan", "reserve"


def refit_table(parameters: Parameters, rows: gpd.GeoDataFrame, use: pd.Series, why: pd.Series) -> pd.DataFrame:
    """Return the cost of refitting every home, were it emptied, and its basis.

    Parameters
    ----------
    parameters : Parameters
    rows : GeoDataFrame
        The homes, as `home_rows` returns them.
    use, why : Series
        As `choose_reuse` returns them.

    Returns
    -------
    DataFrame
        Index as `rows`; refit_yuan (NaN: neither the cost nor what it is reckoned by is registered), refit_basis:
        registered, parameter, unknown, none (a reserve is left as it is), care_sites (the plan of care sites opens the
        building and pays for it; counted there alone).
    """
    found = [
        _refit(parameters, row, str(used), str(reason))
        for (_, row), used, reason in zip(rows.iterrows(), use[rows.index], why[rows.index], strict=True)
    ]
    return pd.DataFrame(found, index=rows.index, columns=["refit_yuan", "refit_basis"])


def _refit(parameters: Parameters, row: pd.Series, use: str, why: str) -> tuple[float, str]:
    if use == _RESERVE:
        return 0.0, "none"
    if why == "opened":
        return 0.0, "care_sites"
    own = row["refit_yuan"] if pd.isna(row["opening_yuan"]) or use != _CARE_SITE else row["opening_yuan"]
    if pd.notna(own):
        return float(own), "registered"
    by_type = f"opening_yuan_{row['resource_type']}"
    if use == _CARE_SITE and by_type in parameters.table.index:
        return parameters.value(by_type), "parameter"
    if use == _CARE_SITE or pd.isna(row["area_m2"]):
        return np.nan, "unknown"
    return float(row["area_m2"]) * parameters.value(f"refit_yuan_per_m2_{use}"), "parameter"
