"""Minutes from every demand point to every place a site may stand, once for all scenarios of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from anyi_geo.county import County, RoadNetwork, displacements, road_network, travel_minutes
from anyi_geo.scenario import MODES

CARE_SITE = "xingfuyuan_candidate"
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
    """Return every building that is or may become a care site, index site_id."""
    return county.sites[county.sites["kind"] == CARE_SITE].sort_index()


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
