"""A county's own roads: read, cut, connected and written; settlements of the same extract offered as positions.

Downloading lives in :mod:`anyi_geo.bring_roads.fetch`, which loads OSMnx and is imported only when wanted.
"""

from anyi_geo.bring_roads.apply import apply_places
from anyi_geo.bring_roads.build import import_roads
from anyi_geo.bring_roads.matches import write_matches
from anyi_geo.bring_roads.places import offer_places
from anyi_geo.bring_roads.report import RoadReport

__all__ = ["RoadReport", "apply_places", "import_roads", "offer_places", "write_matches"]
