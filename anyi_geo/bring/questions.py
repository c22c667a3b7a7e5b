"""What a planner must be asked or told about a whole table: whose persons, which datum, nothing found."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from anyi_geo.bring.base import Base
from anyi_geo.bring.entries import Understood
from anyi_geo.bring.layout import PERSONS
from anyi_geo.bring.outcome import BASIS_NAMES
from anyi_geo.bring.resolve import Resolved
from anyi_geo.county.coordinates import DEGREES
from anyi_geo.county.reach import datum_faults
from anyi_geo.county.roads import RoadNetwork, road_network
from anyi_geo.errors import Fault, Message, SettingError
from anyi_geo.parameters import Parameters
from anyi_geo.schema import VILLAGES, columns_of

_BASES = {"常住": "resident", "resident": "resident", "户籍": "hukou", "hukou": "hukou"}


def asked_basis(text: str | None) -> str | None:
    """Return what ``--persons`` says: resident, hukou or nothing."""
    if text is None:
        return None
    if text.strip().lower() not in _BASES:
        raise SettingError(
            f"--persons 只能是 常住 或 户籍，现为 {text}。", f"--persons is resident or hukou, got {text}."
        )
    return _BASES[text.strip().lower()]


def basis_of(tables: list[Understood], asked: str | None) -> tuple[str, list[Fault]]:
    """Return whether the persons are residents or registered, and the question when nobody said."""
    counted = [t for t in tables if any(set(e.parsed) & set(PERSONS) for e in t.entries)]
    if not counted:
        return "", []
    said = frozenset().union(*(table.bases for table in counted))
    first = counted[0]
    if asked is not None:
        if said and said != {asked}:
            other = BASIS_NAMES[next(iter(said - {asked}))]
            return asked, [
                Fault(
                    "E_BAD_TYPE", first.file, None, "", "persons_total", other,
                    Message(f"列名写的是{other}人口，--persons 写的是{BASIS_NAMES[asked]}：请核对后改一处。",
                            f"the heading says {other}, --persons says {asked}."),
                    sheet=first.title,
                )
            ]  # fmt: skip
        return asked, []
    if len(said) == 1:
        return next(iter(said)), []
    return "unknown", [
        Fault(
            "W_PERSONS_BASIS", first.file, None, "", "persons_total", None,
            Message("表里没有说明人口是常住还是户籍，两者在外出多的村相差很大：请用 --persons 常住 或 --persons "
                    "户籍 写明；"
                    "现记为“未说明”。",
                    "The table does not say whether persons are residents or registered: name it with --persons; "
                    "recorded as unknown."),
            sheet=first.title,
        )
    ]  # fmt: skip


def nothing_found(tables: list[Understood], faults: list[Fault]) -> list[Fault]:
    """Return the fault of files in which no table is understood."""
    if faults or any(table.sheet is not None for table in tables):
        return [] if faults or any(t.entries for t in tables if t.sheet) else [_no_rows(tables)]
    words = "、".join(dict.fromkeys(word for table in tables for word in table.ignored)) or "（没有内容）"
    file = tables[0].file if tables else ""
    return [
        Fault(
            "E_MISSING_COLUMN", file, None, "", "name", None,
            Message(f"没有认出表头。表里有：{words[:200]}。请至少有“村名”或“村代码”一列，或用 --map "
                    "文件里的列名=模板列名 指明。",
                    f"no headings were understood; the table has {words[:200]}. Name a column with --map."),
        )
    ]  # fmt: skip


def _no_rows(tables: list[Understood]) -> Fault:
    file = tables[0].file if tables else ""
    return Fault(
        "E_UNREADABLE", file, None, "", "", None,
        Message(f"{file} 里没有填写任何一行（示例行不算）："
                "请填写后再导入。", f"{file} holds no rows (examples do not count)."),
    )  # fmt: skip


def no_outline(missing: bool) -> list[Message]:
    """Tell that the outline is drawn around the villages and is nobody's boundary."""
    return [
        Message(
            "没有县界图层：按村点外扩 2 公里画了一个示意范围，不是县界；有县界图层的，和村庄表一起导入。",
            "No outline was brought: one is drawn 2 km around the villages and is no boundary.",
        )
    ] * missing


def nothing_new(same: bool) -> list[Message]:
    """Tell that a form holds only the parameters as they were printed."""
    return [
        Message("填报表里除了原样的参数没有填任何内容，县数据没有变化。", "The form is blank: nothing changes.")
    ] * same


def unknown_persons(resolved: Resolved) -> list[Message]:
    """Tell which persons of new villages nobody entered: they count 0, and their ages are spread evenly."""
    new = [row for row in resolved.rows["villages"] if row.new and set(row.entry.parsed) & set(PERSONS)]
    blank = [name for name in PERSONS if any(name not in row.entry.parsed for row in new)]
    names = [c.zh for c in columns_of(VILLAGES) if c.name in blank and c.name not in {"persons_town", "persons_rural"}]
    if not names:
        return []
    return [
        Message(
            f"{len(new)} 个新村没有填：{'、'.join(names)}。这些人数暂按 0 计，分年龄人口在所填的两段里平均分摊，"
            "相应人群的结果不可用，请补填后再导入。",
            f"{len(new)} new villages lack {', '.join(blank)}: counted as 0, ages spread evenly; fill them in.",
        )
    ]


def suspicions(resolved: Resolved, base: Base) -> list[Fault]:
    """Return W_MAYBE_GCJ02 for tables whose points fit the roads much better once shifted from GCJ-02."""
    if base.nodes is None or base.edges is None or resolved.shifts_m:
        return []
    network: RoadNetwork | None = None
    faults = []
    for key in ("villages", "hamlets", "sites", "homes"):
        placed = [row for row in resolved.rows[key] if row.place is not None]
        if not placed:
            continue
        if network is None:
            parameters = Parameters(pd.DataFrame(base.parameters).set_index("key"))
            network = road_network(base.nodes, base.edges, parameters, "ride")
        entry = placed[0].entry
        points = gpd.GeoDataFrame(
            {"position_status": ["county"] * len(placed)},
            geometry=gpd.points_from_xy(*zip(*(row.place for row in placed if row.place), strict=True)),
            crs=DEGREES,
        )
        title = f"{entry.file} 工作表“{entry.title}”" if entry.title else entry.file
        faults += [replace(fault, file=entry.file, sheet=entry.title) for fault in datum_faults(title, points, network)]
    return faults
