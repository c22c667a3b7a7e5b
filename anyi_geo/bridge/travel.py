"""Minutes from every demand point to every place a site may stand, once for all scenarios of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from anyi_geo.county import County, RoadNetwork, displacements, road_network, travel_minutes
from anyi_geo.settings import MODES

CARE_SITE = "xingfuyuan_candidate"
#: Column of a county whose scenario offers emptied homes as care sites.
OFFERED = "offered_as_care_site"
#: Batch from which an emptied home can open.
AFTER_THE_MOVES = 2
#: Minutes carry six decimals everywhere, so that what is judged is what is written.
DECIMALS = 6


@dataclass(frozen=True)
class Travel:
    """Travel tables of a county.

    Attributes
    ----------
    networks : mapping of mode to RoadNetwork
    places : mapping of mode to DataFrame
        Minutes, demand points x places; the places are the care-site candidates where they stand and the demand
        points where they might stand instead.
    draws : DataFrame
        site_id x draw -> place: which village is which, seeded.
    """

    networks: Mapping[str, RoadNetwork]
    places: Mapping[str, pd.DataFrame]
    draws: pd.DataFrame

    def to_sites(self, site_ids: pd.Index) -> dict[str, pd.DataFrame]:
        """Return minutes, demand points x the named care sites, per way of travel."""
        return {mode: table[list(site_ids)] for mode, table in self.places.items()}


def care_site_rows(county: County) -> gpd.GeoDataFrame:
    """Return every building that is or may become a care site, index site_id.

    Homes that a scenario offers as care sites once they are emptied (see `with_homes_as_care_sites`) are among them:
    they open in the second batch at the earliest, and what the home cost to run says nothing of the care site.
    """
    sites = county.sites
    offered = sites[OFFERED].astype(bool) if OFFERED in sites else pd.Series(False, index=sites.index)
    rows = sites[(sites["kind"] == CARE_SITE) | offered].sort_index()
    own = rows["kind"] == CARE_SITE
    return rows.assign(
        running_yuan_per_year=rows["running_yuan_per_year"].where(own),
        ready_from=rows["ready_from"].where(own, AFTER_THE_MOVES),
    )


def prepare_travel(county: County, draws: int, seed: int) -> Travel:
    """Measure the county once.

    Parameters
    ----------
    county : County
    draws : int
        Number of seeded displacements.
    seed : int
        Their seed.
    """
    networks: dict[str, RoadNetwork] = {
        mode: road_network(county.nodes, county.edges, county.parameters, mode) for mode in MODES
    }
    sites = care_site_rows(county)
    spots = pd.concat([county.points.geometry, sites.geometry])
    places = {
        mode: travel_minutes(net, county.points.geometry, spots).round(DECIMALS) for mode, net in networks.items()
    }
    return Travel(networks, places, displacements(sites, county.points, county.villages, draws, seed))
