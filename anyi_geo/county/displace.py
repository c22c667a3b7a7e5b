"""Seeded displacements: which village is which, when positions are modelled."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from anyi_geo.county.coordinates import METRES

#: Positions that somebody measured; they stay.
KNOWN = frozenset({"observed", "official", "county"})
#: A position better than this is known well enough to stay.
KNOWN_WITHIN_M = 100.0


def displacements(
    sites: gpd.GeoDataFrame, points: gpd.GeoDataFrame, villages: gpd.GeoDataFrame, draws: int, seed: int
) -> pd.DataFrame:
    """Draw where every site stands if its village is another natural village of the township.

    A village trades places with a natural village of its township, drawn with weight exp(-d^2 / 2 s^2), d from the
    village's position and s its position error; all sites of the village move with it. People stay where they are, so
    no draw puts anybody into a field. The places are drawn village by village in the order of their ids, one random
    stream each, so that neither row order nor another village changes a draw.

    Parameters
    ----------
    sites : GeoDataFrame
        Index site_id; village_id, township, position_status.
    points : GeoDataFrame
        Index point_id; township. The natural villages and town points.
    villages : GeoDataFrame
        Index village_id; township, position_status, position_error_m (metres).
    draws : int
    seed : int

    Returns
    -------
    DataFrame
        site_id x draw (0 ... draws - 1): the point_id where the site stands, or its own site_id where it stays.
    """
    spots = points.geometry.to_crs(METRES)
    centres = villages.geometry.to_crs(METRES)
    names = points.index.to_numpy(object)
    x, y = spots.x.to_numpy(), spots.y.to_numpy()
    by_township = {name: np.sort(rows) for name, rows in points.groupby("township").indices.items()}
    order = np.argsort(points.index.to_numpy(object), kind="stable")
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order))
    drawn: dict[str, np.ndarray] = {}
    for number, village in enumerate(sorted(set(sites["village_id"]))):
        row = villages.loc[village]
        error = float(row["position_error_m"])
        if row["position_status"] in KNOWN or error < KNOWN_WITHIN_M:
            continue
        here = by_township.get(row["township"], np.zeros(0, int))
        here = here[np.argsort(rank[here])]
        if not len(here):
            continue
        centre = centres.loc[village]
        squared = (x[here] - centre.x) ** 2 + (y[here] - centre.y) ** 2
        weight = np.exp(-(squared - squared.min()) / (2.0 * error**2))
        generator = np.random.default_rng([seed, number])
        drawn[village] = names[generator.choice(here, size=draws, p=weight / weight.sum())]
    table = [
        drawn[village] if village in drawn and status not in KNOWN else np.full(draws, site, object)
        for site, village, status in zip(sites.index, sites["village_id"], sites["position_status"], strict=True)
    ]
    return pd.DataFrame(np.array(table, object).reshape(len(sites), draws), index=sites.index, columns=range(draws))
