"""Places, people and roads of a county: reading, checking, travel minutes."""

from anyi_geo.county.displace import displacements
from anyi_geo.county.load import County, Terrain, check_county, load_county, packaged_data
from anyi_geo.county.minutes import route_lines, travel_km, travel_minutes
from anyi_geo.county.projection import Censuses, growth, projected_ages, read_censuses
from anyi_geo.county.roads import RoadNetwork, road_network
from anyi_geo.county.years import county_in_year, ratio_caps, why_not_projected

__all__ = [
    "Censuses",
    "County",
    "RoadNetwork",
    "Terrain",
    "check_county",
    "county_in_year",
    "displacements",
    "growth",
    "load_county",
    "packaged_data",
    "projected_ages",
    "ratio_caps",
    "read_censuses",
    "road_network",
    "route_lines",
    "travel_km",
    "travel_minutes",
    "why_not_projected",
]
