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

__all__ = [
    "LocationProblem",
    "LocationSolution",
    "Progress",
    "SolverSettings",
    "Status",
    "facility_location",
    "faults",
    "max_cover",
    "p_center",
    "p_median",
    "set_cover",
]
