"""How long people are on their way: mean, median, 90th percentile, and the ten villages that are worst off."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anyi_geo.judge.coverage import minutes_by_point

WORST = 10


def minutes_summary(nearest: pd.DataFrame, persons: pd.DataFrame) -> pd.DataFrame:
    """Summarise the minutes to the nearest open site over persons.

    Parameters
    ----------
    nearest : DataFrame
        As :func:`anyi_geo.judge.coverage.nearest` returns it.
    persons : DataFrame
        Points x groups.

    Returns
    -------
    DataFrame
        batch, group, mode, mean, median, p90, unreachable_persons. Median and p90 are over all persons, those out of
        reach last (so they may be inf): the least minutes within which that share of persons arrives. The mean is over
        the persons who can arrive, the others are counted beside it. NaN where nobody is counted.
    """
    rows = []
    for (batch, mode), minutes in minutes_by_point(nearest, persons.index).items():
        values = minutes.to_numpy(float)
        reached = np.isfinite(values)
        for group in persons.columns:
            people = persons[group].to_numpy()
            rows.append(
                {
                    "batch": batch,
                    "group": group,
                    "mode": mode,
                    "mean": _mean(values[reached], people[reached]),
                    "median": weighted_quantile(values, people, 0.5),
                    "p90": weighted_quantile(values, people, 0.9),
                    "unreachable_persons": people[~reached].sum(),
                }
            )
    return pd.DataFrame(rows)


def worst_villages(
    nearest: pd.DataFrame, persons: pd.DataFrame, villages: pd.DataFrame, count: int = WORST
) -> pd.DataFrame:
    """List the villages whose people are longest on their way.

    Parameters
    ----------
    nearest : DataFrame
        As :func:`anyi_geo.judge.coverage.nearest` returns it.
    persons : DataFrame
        Points x groups.
    villages : DataFrame
        Index point; village_id, village (its name), township.
    count : int
        Villages per batch, group and mode.

    Returns
    -------
    DataFrame
        batch, group, mode, rank, village_id, village, township, persons, minutes. `minutes` is the mean over the
        village's persons, inf when anyone of them is out of reach; equal minutes are ranked by persons, then by
        village_id. Villages without a person of the group are left out.
    """
    places = villages.loc[persons.index]
    rows = []
    for (batch, mode), minutes in minutes_by_point(nearest, persons.index).items():
        for group in persons.columns:
            ranked = _ranked(minutes, persons[group], places).head(count)
            ranked.insert(0, "rank", np.arange(1, len(ranked) + 1))
            for name, value in (("mode", mode), ("group", group), ("batch", batch)):
                ranked.insert(0, name, value)
            rows.append(ranked)
    return pd.concat(rows, ignore_index=True)


def weighted_quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    """Return the least value at or below which `share` of the weight lies; NaN without weight."""
    total = weights.sum()
    if total <= 0:
        return float("nan")
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, share * total * (1 - 1e-12))])


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    total = weights.sum()
    return float(values @ weights / total) if total > 0 else float("nan")


def _ranked(minutes: pd.Series, people: pd.Series, places: pd.DataFrame) -> pd.DataFrame:
    counted = people > 0
    table = places[counted][["village_id", "village", "township"]].assign(
        persons=people[counted], person_minutes=minutes[counted] * people[counted]
    )
    table = table.groupby(["village_id", "village", "township"], as_index=False, sort=True).sum()
    table["minutes"] = table.pop("person_minutes") / table["persons"]
    return table.sort_values(
        ["minutes", "persons", "village_id"], ascending=[False, False, True], ignore_index=True, kind="stable"
    )
