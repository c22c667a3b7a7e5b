"""Location mathematics on labelled tables: no geometry, no county."""

from anyi_geo.locate.settings import Progress, SolverSettings, Status

__all__ = ["Progress", "SolverSettings", "Status"]
