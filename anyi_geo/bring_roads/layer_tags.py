"""Columns of a road layer as OSM tags: whatever the class column is called and whichever words it uses."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from anyi_geo.bring_roads.classes import CLASSES
from anyi_geo.bring_roads.ways import TAGS
from anyi_geo.errors import Fault, InputError, Message, SettingError

#: Names under which layers hold the road class, the most telling first.
_CLASS_COLUMNS = ("highway", "fclass", "道路等级", "技术等级", "行政等级", "道路类型", "等级", "class", "type")
_ALIASES = {
    "name": ("name", "名称", "路名", "道路名称", "road_name"),
    "ref": ("ref", "编号", "路线编号"),
    "oneway": ("oneway", "单行", "是否单行"),
    "maxspeed": ("maxspeed", "限速"),
}
#: Chinese administrative and technical classes (JTG B01-2014) as OpenStreetMap tags them in China.
_CHINESE = {
    "高速": "motorway",
    "高速公路": "motorway",
    "快速路": "trunk",
    "国道": "primary",
    "一级公路": "primary",
    "主干路": "primary",
    "省道": "secondary",
    "二级公路": "secondary",
    "次干路": "secondary",
    "县道": "tertiary",
    "三级公路": "tertiary",
    "支路": "tertiary",
    "乡道": "unclassified",
    "四级公路": "unclassified",
    "村道": "residential",
    "通村公路": "residential",
    "街道": "residential",
    "等外公路": "track",
    "等外": "track",
    "机耕路": "track",
    "机耕道": "track",
    "田间道": "track",
    "人行道": "footway",
    "步道": "path",
    "小路": "path",
}
_IDENTIFIERS = ("osm_id", "osmid", "id", "fid")
_YES, _NO = {"是", "true", "t", "yes", "1", "y"}, {"否", "false", "f", "no", "0", "n"}
#: Directions as Geofabrik's Shapefiles write them: along, against, both.
_GEOFABRIK = {"F": "yes", "T": "-1", "B": "no"}
_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
#: Values told when they are unknown.
_TOLD = 12


def class_column_of(file: str, columns: list[str], wanted: str | None) -> str:
    """Return the column of the road class: the named one, or a name that layers usually give it.

    Raises
    ------
    InputError
        When there is none; the sentence lists the columns.
    """
    lower = {name.lower(): name for name in reversed(columns)}
    if wanted is None:
        found = next((lower[name] for name in _CLASS_COLUMNS if name in lower), None)
    else:
        found = wanted if wanted in columns else lower.get(wanted.lower())
    if found is not None:
        return found
    there = "、".join(columns) or "（没有任何列）"
    zh = f"没有列 {wanted}" if wanted else "看不出哪一列是道路等级"
    en = f"has no column {wanted}" if wanted else "has no column that is known to hold the road class"
    sentence = Message(
        f"{file} {zh}；它的列有：{there}。请用 --class-column 写出道路等级所在的列名。",
        f"{file} {en}; its columns are {', '.join(columns)}. Name the column of the road class with --class-column.",
    )
    raise InputError([Fault("E_MISSING_COLUMN", file, None, "", wanted or "highway", columns, sentence)])


def layer_tags(rows: pd.DataFrame, column: str, class_map: dict[str, str]) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """Return a layer's rows as OSM tags, and what to know about them.

    Parameters
    ----------
    rows : DataFrame
    column : str
        Of the road class.
    class_map : dict
        The layer's own classes to OSM highway classes; it comes before the classes known here.

    Raises
    ------
    SettingError
        When `class_map` names a class that is none.
    """
    strange = sorted(set(class_map.values()) - set(CLASSES))
    if strange:
        raise SettingError(
            f"--class-map 里的 {'、'.join(strange)} 不是道路等级；可用：{'、'.join(CLASSES)}。",
            f"--class-map: {', '.join(strange)} is no road class; use {', '.join(CLASSES)}.",
        )
    given = _text(rows[column])
    names = {value: _class_of(value, class_map) for value in pd.unique(given)}
    tags = pd.DataFrame("", index=rows.index, columns=list(TAGS), dtype="str")
    lower = {str(name).lower(): name for name in reversed(list(rows.columns))}
    if "other_tags" in lower:
        for key, cells in _other_tags(_text(rows[lower["other_tags"]])).items():
            tags[key] = cells
    for tag in TAGS:
        source = next((lower[name] for name in _ALIASES.get(tag, (tag,)) if name in lower), None)
        if source is not None:
            tags[tag] = _text(rows[source])
    tags["highway"] = given.map(names).astype("str")
    tags["oneway"] = _oneway(tags["oneway"])
    tags["maxspeed"] = tags["maxspeed"].str.replace(r"\.0+$", "", regex=True).replace("0", "")
    identifier = next((lower[name] for name in _IDENTIFIERS if name in lower), None)
    labels = _text(rows[identifier]) if identifier is not None else pd.Series(rows.index + 1).astype("str")
    tags.index = pd.Index(labels.to_list(), name="way", dtype="str")
    return tags, tuple(_unknown(column, given, names))


def _class_of(value: str, class_map: dict[str, str]) -> str:
    """Return the OSM class of one value, or the value itself when none is known."""
    if value in class_map:
        return class_map[value]
    plain = value.strip().lower()
    if plain.startswith("track_grade"):
        return "track"
    return _CHINESE.get(plain, plain)


def _unknown(column: str, given: pd.Series, names: dict[str, str]) -> Iterable[Message]:
    counts = given[~given.map(names).isin(CLASSES)].value_counts()
    if counts.empty:
        return
    told = [f"{value or '（空）'} {count}" for value, count in counts.head(_TOLD).items()]
    yield Message(
        f"列 {column} 有 {len(counts)} 种值不是已知的道路等级，共 {int(counts.sum())} 条线未采用："
        f"{'、'.join(told)}。若其中有道路，请用 --class-map 值=等级 说明，例如 --class-map 组道=residential。",
        f"Column {column}: {len(counts)} values are no known road class, {int(counts.sum())} lines were left out: "
        f"{', '.join(told)}. If some are roads, say so with --class-map VALUE=CLASS.",
    )


def _oneway(cells: pd.Series) -> pd.Series:
    if set(cells) - {""} <= set(_GEOFABRIK) and "B" in set(cells):
        return cells.map(lambda value: _GEOFABRIK.get(value, ""))
    plain = cells.str.lower()
    return cells.mask(plain.isin(_YES), "yes").mask(plain.isin(_NO), "no")


def _text(cells: pd.Series) -> pd.Series:
    """Return cells as trimmed text; a blank is "" and 30.0 is 30."""
    if pd.api.types.is_float_dtype(cells):
        cells = cells.map(lambda value: "" if pd.isna(value) else f"{value:.0f}" if value == int(value) else str(value))
    return cells.astype(object).where(cells.notna(), "").astype("str").str.strip()


def _other_tags(cells: pd.Series) -> dict[str, pd.Series]:
    """Return the tags that GDAL packs into one column ("key"=>"value",...)."""
    found = cells.map(lambda text: dict(_PAIR.findall(text)))
    return {key: found.map(lambda tags, key=key: tags.get(key, "")).astype("str") for key in TAGS}
