"""Location mathematics on labelled tables: no geometry, no county."""

from anyi_geo.locate.centers import p_center
from anyi_geo.locate.covering import set_cover
from anyi_geo.locate.facility_location import facility_location
from anyi_geo.locate.faults import faults
from anyi_geo.locate.maximal_covering import max_cover
from anyi_geo.locate.medians import p_median
from anyi_geo.locate.problem import LocationProblem
from anyi_geo.locate.settings import Progress, SolverSettings, Status
from anyi_geo.locate.solution import LocationSolution
from anyi_geo.locate.why import Regret, best_excluded, conflict, opening_prices, regret, site_values
from anyi_geo.locate.worth import worth

__all__ = [
    "LocationProblem",
    "LocationSolution",
    "Progress",
    "Regret",
    "SolverSettings",
    "Status",
    "best_excluded",
    "conflict",
    "facility_location",
    "faults",
    "max_cover",
    "opening_prices",
    "p_center",
    "p_median",
    "regret",
    "set_cover",
    "site_values",
    "worth",
]
