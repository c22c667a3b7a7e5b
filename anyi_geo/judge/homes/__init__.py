"""What a homes plan means: residents in and out, minutes to visit, beds, carers, cost, assets, and who does what."""

from anyi_geo.judge.homes.actions import action_sheet
from anyi_geo.judge.homes.activity import activity_seats, station_cover
from anyi_geo.judge.homes.check import check_plan
from anyi_geo.judge.homes.county import county_table
from anyi_geo.judge.homes.ledger import asset_ledger, transfer_log
from anyi_geo.judge.homes.money import cost_table, homes_costs, pay_back_years
from anyi_geo.judge.homes.rent import rent_figures
from anyi_geo.judge.homes.staff import staff_table
from anyi_geo.judge.homes.tables import carers, consent_table, homes_table, moved_counts
from anyi_geo.judge.homes.townships import township_table
from anyi_geo.judge.homes.visits import family_minutes, family_table, visiting, worst_changes
from anyi_geo.judge.homes.wishes import families_not_heard, staff_not_heard, wishes_table

__all__ = [
    "action_sheet",
    "activity_seats",
    "asset_ledger",
    "carers",
    "check_plan",
    "consent_table",
    "cost_table",
    "county_table",
    "families_not_heard",
    "family_minutes",
    "family_table",
    "homes_costs",
    "homes_table",
    "moved_counts",
    "pay_back_years",
    "rent_figures",
    "staff_not_heard",
    "staff_table",
    "station_cover",
    "township_table",
    "transfer_log",
    "visiting",
    "wishes_table",
    "worst_changes",
]
