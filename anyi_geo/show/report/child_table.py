"""Children and what there is for them, village by village: school age, left behind, in difficulty, taught at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from anyi_geo.county.registers import SERVICES
from anyi_geo.result import RunResult
from anyi_geo.show.figures import MODE_NAMES, batch_numbers, text_of
from anyi_geo.show.privacy import summed_hidden
from anyi_geo.show.report.covered import village_persons
from anyi_geo.show.report.model import UNKNOWN, Column, Table, table

if TYPE_CHECKING:
    from anyi_geo.county import County

TAUGHT_AT_HOME = "送学上门"
FACILITIES = ("儿童之家", "童心港湾", "四点半课堂")
#: Columns of the county's data that are about children, as they stand in the groups of a scenario.
_CHILDREN = ("children", "left_behind")


def children_table(county: County, result: RunResult) -> Table:
    """Return one row per village: children by group, facilities on file, minutes to the nearest open site."""
    rows = pd.DataFrame(county.villages[["name", "township"]]).copy()
    groups = [name for name in result.groups if name.startswith(_CHILDREN)]
    for group in groups:
        rows[group] = village_persons(result, group).reindex(rows.index)
    found = _services(county)
    for name in FACILITIES:
        counts = found.loc[found["service"] == name].groupby("village_id").size()
        rows[name] = counts.reindex(rows.index, fill_value=0) if len(found) else UNKNOWN
    taught = found.loc[(found["service"] == TAUGHT_AT_HOME) & found["persons"].notna()]
    persons = taught.groupby("village_id")["persons"].sum().astype(int)
    rows[TAUGHT_AT_HOME] = summed_hidden(persons).reindex(rows.index).fillna(UNKNOWN) if len(persons) else UNKNOWN
    rows["walk"] = _minutes(result, "walk").reindex(rows.index)
    return table(
        "儿童需求",
        rows.rename_axis("village_id").reset_index(),
        Column("village_id", "村代码", width=14),
        Column("name", "村（社区）", width=12),
        Column("township", "乡镇（处）"),
        *(Column(group, text_of(result.groups[group]["short"]), "count", "人") for group in groups),
        *(Column(name, name, "count", "处") for name in FACILITIES),
        Column(TAUGHT_AT_HOME, f"{TAUGHT_AT_HOME}登记", "count", "人"),
        Column("walk", f"到最近幸福院{MODE_NAMES['walk'].zh}", "minutes", "分钟"),
        note="困境儿童填在 villages.geojson 的 children_in_difficulty 列；设施和送学上门填在 registers/services.csv。"
        "没有登记的写“未填/待核”，不等于没有；不足 3 人写作“<3”。",
    )


def _services(county: County) -> pd.DataFrame:
    """Return the register of services with the village of each place."""
    found = county.registers.get(SERVICES, pd.DataFrame())
    rows = pd.DataFrame(found, columns=["place_id", "service", "persons"])
    sites = county.sites["village_id"]
    return rows.assign(village_id=[sites.get(place, place) for place in rows["place_id"]])


def _minutes(result: RunResult, mode: str) -> pd.Series:
    """Return each village's minutes on foot to the nearest site once all batches stand: of its nearest point."""
    near = result.nearest
    last = near[(near["batch"] == batch_numbers(result)[-1]) & (near["mode"] == mode)].set_index("point_id")["minutes"]
    villages = result.points.set_index("point_id")["village_id"].reindex(last.index)
    return last.groupby(villages).min()
