"""Row by row and table by table: duplicates, parts above wholes, references that lead nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import geopandas as gpd

from anyi_geo.county.cells import IDENTIFIERS, is_blank, is_count, is_number, row_id
from anyi_geo.county.reading import RawFile
from anyi_geo.errors import Fault, Message
from anyi_geo.parameters import REQUIRED
from anyi_geo.schema import HAMLETS, PARAMETERS, ROADS, SITES, TOWNSHIPS, VILLAGES

#: Part and whole; of a row only the first that fails is told, the others follow from it.
PARTS = (
    ("persons_60plus", "persons_total", "60岁及以上人口", "总人口"),
    ("persons_65plus", "persons_60plus", "65岁及以上人口", "60岁及以上人口"),
    ("persons_80plus", "persons_65plus", "80岁及以上人口", "65岁及以上人口"),
    ("persons_0_14", "persons_total", "0至14岁人口", "总人口"),
)


def duplicate_faults(file: str, raw: RawFile) -> Iterator[Fault]:
    """Yield one fault per row whose identifier stands in another row too."""
    column = IDENTIFIERS[file]
    ids = [row_id(file, row) for row in raw.rows]
    seen = Counter(ids)
    for number, name in enumerate(ids, 1):
        if name and seen[name] > 1:
            rows = "、".join(str(k) for k, other in enumerate(ids, 1) if other == name)
            yield Fault(
                "E_DUP_CODE", file, number, name, column, name,
                Message(
                    f"{file} 第 {rows} 行的 {column} 都是 {name}：编号必须唯一，请核对哪一行是对的。",
                    f"{file} rows {rows.replace('、', ', ')} share {column} {name}: identifiers must be unique.",
                ),
            )  # fmt: skip


def part_faults(file: str, raw: RawFile) -> Iterator[Fault]:
    """Yield rows in which a part exceeds its whole."""
    for number, row in enumerate(raw.rows, 1):
        for part, whole, part_zh, whole_zh in PARTS:
            a: Any = row.get(part)
            b: Any = row.get(whole)
            if not (is_count(a) and is_count(b)):
                continue
            if a > b:
                yield Fault(
                    "E_ELDER_GT_TOTAL", file, number, row_id(file, row), part, a,
                    Message(
                        f"{file} 第 {number} 行 {part_zh} {a:g} 大于{whole_zh} {b:g}：请核对。",
                        f"{file} row {number}: {part} {a:g} exceeds {whole} {b:g}.",
                    ),
                )  # fmt: skip
                break


def township_names(raw: RawFile) -> dict[str, str]:
    """Return every name and alias of a township with the name it stands for."""
    names = {}
    for row in raw.rows:
        name = row.get("name")
        if isinstance(name, str):
            aliases = str(row.get("aliases") or "").split(";")
            names.update({alias.strip(): name for alias in aliases if alias.strip()})
    names.update({row["name"]: row["name"] for row in raw.rows if isinstance(row.get("name"), str)})
    return names


def reference_faults(files: dict[str, RawFile]) -> Iterator[Fault]:
    """Yield references to villages and townships that do not exist."""
    if TOWNSHIPS in files:
        names = township_names(files[TOWNSHIPS])
        for file in (VILLAGES, SITES):
            if file in files:
                yield from _unknown(file, files[file], "township", set(names), "乡镇（处）", "township")
    if VILLAGES in files:
        ids = [row_id(VILLAGES, row) for row in files[VILLAGES].rows]
        for file in (HAMLETS, SITES):
            if file in files:
                known = set(ids) | _lost_to_duplicates(ids, files[file])
                yield from _unknown(file, files[file], "village_id", known, "村", "village")


def _lost_to_duplicates(ids: list[str], raw: RawFile) -> set[str]:
    """Return missing villages that duplicated codes explain: one wrong code is one fault, not many."""
    spare = len(ids) - len(set(ids))
    missing = {str(row.get("village_id")) for row in raw.rows if not is_blank(row.get("village_id"))} - set(ids)
    return missing if len(missing) <= spare else set()


def _unknown(file: str, raw: RawFile, column: str, known: set[str], zh: str, en: str) -> Iterator[Fault]:
    for number, row in enumerate(raw.rows, 1):
        value = row.get(column)
        if not is_blank(value) and str(value) not in known:
            yield Fault(
                "E_UNKNOWN_REF", file, number, row_id(file, row), column, value,
                Message(
                    f"{file} 第 {number} 行的{zh}“{value}”不存在：请核对 {column}，或先补上这个{zh}。",
                    f"{file} row {number}: there is no {en} {value!r}; check {column}.",
                ),
            )  # fmt: skip


def road_reference_faults(nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame) -> Iterator[Fault]:
    """Yield road edges whose end is no node."""
    known = set(nodes["osmid"])
    for column in ("u", "v"):
        for position in [k for k, value in enumerate(edges[column]) if value not in known]:
            value: Any = edges[column].iloc[position]
            yield Fault(
                "E_UNKNOWN_REF", ROADS, position + 1, "", column, str(value),
                Message(
                    f"{ROADS} edges 第 {position + 1} 行的结点 {column}={value} 不在 nodes 图层中。",
                    f"{ROADS} edges row {position + 1}: node {column}={value} is not in layer nodes.",
                ),
            )  # fmt: skip


def parameter_faults(raw: RawFile) -> Iterator[Fault]:
    """Yield required parameters without a row and ranges that do not hold their value."""
    keys = {row_id(PARAMETERS, row) for row in raw.rows}
    for key in REQUIRED:
        if key not in keys:
            yield Fault(
                "E_MISSING_PARAMETER", PARAMETERS, None, key, "key", None,
                Message(
                    f"{PARAMETERS} 缺少参数 {key}：请补上这一行（数值、下限、上限、单位、来源）。",
                    f"{PARAMETERS} has no row {key}: add it with value, low, high, unit and source.",
                ),
            )  # fmt: skip
    for number, row in enumerate(raw.rows, 1):
        numbers: list[Any] = [row.get(name) for name in ("value", "low", "high")]
        value, low, high = numbers
        if all(is_number(cell) for cell in numbers) and not low <= value <= high:
            yield Fault(
                "E_BAD_TYPE", PARAMETERS, number, row_id(PARAMETERS, row), "value", value,
                Message(
                    f"{PARAMETERS} 第 {number} 行 {row_id(PARAMETERS, row)}：{value:g} 不在 {low:g} 到 {high:g} 之间。",
                    f"{PARAMETERS} row {number}: {value:g} is not between {low:g} and {high:g}.",
                ),
            )  # fmt: skip
