"""A planner's own county: the workbook to fill in, and what comes back checked, converted and merged."""

from anyi_geo.bring.importing import finish, prepare
from anyi_geo.bring.outcome import Outcome, Request, modelled_shares
from anyi_geo.bring.template import write_template

__all__ = ["Outcome", "Request", "finish", "modelled_shares", "prepare", "write_template"]
