"""The demand points of a result: where they are and who lives there."""

from __future__ import annotations

import pandas as pd

from anyi_geo.county import County


def point_rows(county: County, persons: pd.DataFrame) -> pd.DataFrame:
    """Return one row per demand point with place, village and persons per group (columns ``persons.<group>``)."""
    points = county.points
    out = pd.DataFrame(points[["village_id", "village", "name", "township", "rural", "position_status"]])
    out["lon"], out["lat"] = points.geometry.x.round(6), points.geometry.y.round(6)
    return out.join(persons.add_prefix("persons.")).rename_axis("point_id").reset_index()
