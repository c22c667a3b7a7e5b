"""What the emptied homes hold for the old and for left-behind children, and whom a service station reaches."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError

#: Uses that open the building to the village; a let home houses paying elders, a reserve is locked up.
_OPEN_TO_ALL = ("civil_affairs_station", "xingfuyuan")
STATION = "civil_affairs_station"
#: Who is counted around the homes: column of the demand points -> name.
AROUND = {"persons_60plus": "elders", "left_behind": "left_behind"}


def activity_seats(area_m2: pd.Series, use: pd.Series, parameters: Mapping[str, float]) -> pd.DataFrame:
    """Return how many elders and children find room at a time in every emptied home.

    The usable part of the floor area is divided between both by a stated share.

    Parameters
    ----------
    area_m2 : Series
        Home -> floor area; NaN: not registered, so its seats are not known.
    use : Series
        Home -> state after; a let home and a reserve have no seats.
    parameters : mapping
        usable_area_share, activity_child_share, activity_m2_per_elder, activity_m2_per_child.

    Returns
    -------
    DataFrame
        Index as `area_m2`; seats_elders, seats_children.

    Raises
    ------
    ProblemError
        An area per person that is not positive, a share outside 0 to 1.
    """
    for name in ("activity_m2_per_elder", "activity_m2_per_child"):
        if not parameters[name] > 0:
            raise ProblemError(f"参数 {name} 应大于 0，现为 {parameters[name]:g}。", f"{name} must be > 0.")
    for name in ("usable_area_share", "activity_child_share"):
        if not 0 <= parameters[name] <= 1:
            raise ProblemError(
                f"参数 {name} 应在 0 到 1 之间，现为 {parameters[name]:g}。", f"{name} must lie in [0, 1]."
            )
    usable = area_m2.astype(float) * parameters["usable_area_share"]
    usable = usable.where(use.isin(_OPEN_TO_ALL), 0.0)
    children = parameters["activity_child_share"]
    return pd.DataFrame(
        {
            "seats_elders": np.floor(usable * (1 - children) / parameters["activity_m2_per_elder"] + 1e-9),
            "seats_children": np.floor(usable * children / parameters["activity_m2_per_child"] + 1e-9),
        }
    )


def station_cover(persons: pd.DataFrame, reach: pd.DataFrame, table: pd.DataFrame) -> dict[str, float]:
    """Count whom the civil-affairs stations reach, everybody once, and what they and the let homes hold.

    Parameters
    ----------
    persons : DataFrame
        Demand points; the columns of :data:`AROUND`.
    reach : DataFrame
        Demand points x homes, whether the home is near.
    table : DataFrame
        Index: emptied homes; use, seats_elders, seats_children, beds_for_paying.

    Returns
    -------
    dict
        stations, station_elders and station_left_behind (persons), both with `_share` (of the county; NaN where nobody
        lives), station_seats_elders and station_seats_children (NaN where one area is not registered),
        beds_for_paying (NaN where one home's beds are not registered).
    """
    stations = table[table["use"] == STATION]
    near = reach[stations.index].any(axis=1).to_numpy(bool)
    out: dict[str, float] = {"stations": len(stations)}
    for column, name in AROUND.items():
        counts = persons[column].to_numpy(int)
        reached, everyone = int(counts[near].sum()), int(counts.sum())
        out[f"station_{name}"] = reached
        out[f"station_{name}_share"] = reached / everyone if everyone else np.nan
    for name in ("seats_elders", "seats_children"):
        out[f"station_{name}"] = float(stations[name].sum(skipna=False))
    let = table[table["use"] == "public_built_private_run"]
    out["beds_for_paying"] = float(let["beds_for_paying"].sum(skipna=False))
    return out
