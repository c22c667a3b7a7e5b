"""Services and child facilities by place, with what overlaps in a village."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from anyi_geo.county.registers import SERVICES
from anyi_geo.show.figures import text_of
from anyi_geo.show.privacy import small_hidden
from anyi_geo.show.report.model import UNKNOWN, Column, Table, table

if TYPE_CHECKING:
    from anyi_geo.county import County

#: Services for persons of a sensitive group, whose small numbers are hidden.
_FOR_CHILDREN = ("送学上门", "儿童之家", "童心港湾", "四点半课堂")
#: Overlaps told in a sentence.
_TOLD = 6


def services_table(county: County) -> Table:
    """Return the services and child facilities per place; several of one kind in a village are marked."""
    found = county.registers.get(SERVICES, pd.DataFrame())
    rows = [dict(row) for row in found.to_dict("records")]
    for row in rows:
        site = row["place_id"] in county.sites.index
        place = county.sites.loc[row["place_id"]] if site else county.villages.loc[row["place_id"]]
        row |= {"name": place["name"], "township": place["township"]}
        row["village_id"] = place["village_id"] if site else row["place_id"]
        for key in ("serves", "department"):
            row[key] = text_of(row[key]) or UNKNOWN
        child = row["serves"] != "老人" or row["service"] in _FOR_CHILDREN
        row["persons"] = (
            UNKNOWN if row["persons"] is None else small_hidden(row["persons"]) if child else row["persons"]
        )
    table_rows = pd.DataFrame(rows)
    if rows:
        same = table_rows.groupby(["village_id", "service"])["place_id"].transform("count")
        table_rows["overlap"] = [f"同村同类 {number} 处，可整合" if number > 1 else "" for number in same]
        table_rows = table_rows.sort_values(["township", "village_id", "service", "place_id"], ignore_index=True)
    return table(
        "服务与儿童设施",
        table_rows,
        Column("place_id", "编号"),
        Column("name", "点位或村", width=34),
        Column("township", "乡镇（处）"),
        Column("service", "服务或设施", width=20),
        Column("serves", "服务对象"),
        Column("persons", "服务人数", "count", "人"),
        Column("department", "牵头部门", width=16),
        Column("overlap", "重叠", width=24),
        note="填在 registers/services.csv：老年大学、老年体协、儿童之家、童心港湾、关工委、四点半课堂、送学上门等。",
    )


def overlaps_text(found: Table) -> str:
    """Return in a sentence how many services are on file, and which of one kind stand twice in a village."""
    if found.rows.empty:
        return (
            "服务与儿童设施（老年大学、儿童之家、童心港湾、四点半课堂、送学上门等）还没有登记，"
            "重叠无从判断，请各乡镇（处）填报。"
        )
    twice = found.rows[found.rows["overlap"] != ""]
    places = twice.drop_duplicates(["village_id", "service"])
    names = [f"{text_of(row['township'])}{text_of(row['name'])}的{row['service']}" for row in places.to_dict("records")]
    if not names:
        return f"登记的服务和设施 {len(found.rows)} 处，没有同村同类的重叠。"
    more = f"等 {len(names)} 组" if len(names) > _TOLD else ""
    return (
        f"登记的服务和设施 {len(found.rows)} 处，其中同村同类重叠 {len(names)} 组，可以整合："
        f"{'、'.join(names[:_TOLD])}{more}。逐处见 Excel“服务与儿童设施”。"
    )
