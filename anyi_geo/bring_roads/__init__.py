"""A county's own roads: read, cut, connected and written; settlements of the same extract offered as positions."""

from anyi_geo.bring_roads.build import import_roads
from anyi_geo.bring_roads.fetch import fetch_roads
from anyi_geo.bring_roads.report import RoadReport

__all__ = ["RoadReport", "fetch_roads", "import_roads"]
