"""Which heading means which column: synonyms, units in brackets, residents or registered persons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from anyi_geo.bring.layout import AREAS, LAT, LON, PAIR, Sheet, sheet_of
from anyi_geo.bring.numbers import half_width
from anyi_geo.schema import AGE_SEX_COLUMNS, CARE_LEVELS, CONSENTS, LABELS

_VILLAGE_NAMES = (
    "行政村", "村名", "村", "村庄", "村名称", "行政村名称", "村社区", "村居", "村居名称", "行政村社区", "村庄名称",
    "村委会",
    "所在村", "所属村", "所属行政村", "所在行政村", "村社区名称", "village", "village_name",
)  # fmt: skip
_NAMES = ("名称", "name", "名字")
#: Other headings for a column; the schema's own name and Chinese meaning are always understood.
_ALIASES: dict[str, tuple[str, ...]] = {
    "village_id": ("村代码", "村编码", "代码", "编码", "code", "统计代码", "12位代码", "行政区划代码", "区划代码",
        "村码", "id",
                   "统计用区划代码", "所在村代码", "所属村代码", "村庄代码", "village_code", "villagecode",
                   "村庄编码", "村编号",
                   "行政村代码", "行政村编码", "村级代码"),
    "township": ("乡镇", "乡", "镇", "乡镇处", "乡镇街道", "所属乡镇", "所在乡镇", "乡镇名称", "街道", "town",
        "乡镇名", "镇街"),
    "rural": ("农村", "是否农村", "城乡"),
    "persons_total": ("总", "人口", "常住", "户籍", "总人口", "人口数", "全村", "村总", "全村总", "total",
        "population", "总人数",
                      "人数", "pop", "常住总", "户籍总", "人口总", "人口合计", "人口总数", "persons"),
    "persons_60plus": ("老年", "老人", "老年人", "60岁以上", "60岁以上老年", "60岁以上老人", "60岁以上老年人",
        "60以上", "elderly",
                       "elders", "elder", "60plus", "60岁以上的老人", "老龄", "persons_60", "pop60", "elderly_pop"),
    "persons_65plus": ("65岁以上", "65岁以上老年", "65岁以上老人", "65岁以上老年人", "65以上", "65plus"),
    "persons_80plus": ("80岁以上", "80岁以上老年", "80岁以上老人", "80岁以上老年人", "80以上", "高龄", "高龄老人",
        "80plus"),
    "persons_0_14": ("0-14岁", "14岁以下", "0-14岁儿童", "少儿", "0-14"),
    "children_school": ("6-15岁", "学龄儿童", "6-15岁学龄儿童", "学龄", "在校学生", "6-15岁儿童", "children"),
    "left_behind": ("留守儿童", "农村留守儿童"),
    "persons_town": ("城镇", "城镇常住"),
    "persons_rural": ("农村人口", "乡村", "农业"),
    "tekun_self": ("特困自理", "在家特困自理"),
    "tekun_partial": ("特困半失能", "在家特困半失能"),
    "tekun_full": ("特困失能", "在家特困失能"),
    "key_persons": ("重点服务对象",),
    "staff_available": ("可调配人员", "服务人员"),
    "collective_income_yuan": ("村集体经济", "村集体收入", "村集体经济收入", "集体经济收入"),
    "willing_to_pay_yuan": ("消费意愿", "每餐愿付"),
    LON: ("经度", "lng", "long", "longitude", "x", "东坐标", "横坐标", "x坐标", "东", "e", "easting", "point_x",
        "经度e",
          "经度坐标", "x东", "东经", "经度x", "y东", "lon"),
    LAT: ("纬度", "latitude", "y", "北坐标", "纵坐标", "y坐标", "北", "n", "northing", "point_y", "纬度n",
        "纬度坐标", "x北",
          "y北", "北纬", "纬度y", "lat"),
    PAIR: ("坐标", "经纬度", "经度纬度", "经度,纬度", "location", "位置坐标", "gps坐标",
        "lnglat", "lon,lat"),
    "hamlet_id": ("自然村编号", "自然村代码", "自然村编码"),
    "site_id": ("编号", "点位编码", "点位代码", "site", "敬老院编号", "id"),
    "building_id": ("建筑编号", "房屋编号"),
    "kind": ("类型", "用途类型", "点位类型", "设施类型"),
    "resource_type": ("资源", "现状", "资源类别", "依托资源", "现有资源", "资源性质"),
    "official_batch": ("批次", "方案批次", "建设批次"),
    "floors": ("楼层", "楼层数"),
    "area_m2": ("面积", "建筑面积"),
    "canteen_m2": ("食堂", "餐厅面积"),
    "outdoor_m2": ("院落面积", "活动场地面积", "室外活动面积"),
    "fire_raw": ("消防设施原文", "消防设施说明"),
    "fire_status": ("消防", "消防设备", "消防情况"),
    "ready_from": ("最早批次", "可开放批次"),
    "opening_yuan": ("改造投入", "改造费用", "投入", "建设投入", "改造资金"),
    "running_yuan_per_year": ("年运行费", "年运行费用", "运行费"),
    "village_consent": ("村级意愿", "村意愿", "村委会意愿"),
    "beds": ("床位数", "现有床位", "总床位"),
    "expansion_beds": ("可扩建床位", "扩建床位"),
    "expansion_yuan_per_bed": ("每床扩建投入", "扩建单价"),
    "families_consulted": ("已征询家属", "家属已征询", "征询家属"),
    "families_agree": ("家属同意", "同意的家属"),
    "staff_asked": ("已征询工作人员", "已征询职工", "工作人员已征询"),
    "staff_agree": ("工作人员同意", "职工同意", "同意的工作人员"),
    "food_licence": ("食品许可", "食品经营许可证"),
    "owner": ("产权", "产权人"),
    "operator": ("运营方", "运营单位", "承接运营方"),
    "contract": ("合同", "合同编号", "租赁合同", "运营合同"),
    "rent_yuan_per_year": ("租金", "年租金", "年租金收入"),
    "book_value_yuan": ("账面价值", "资产原值"),
    "staff_posts": ("编制", "编制数", "核定编制", "核定岗位", "核定岗位数"),
    "staff_established": ("在编", "在编人员", "在编人数", "实有在编"),
    "refit_yuan": ("整修投入", "整修费", "整修费用", "腾空后整修投入"),
    "resident_id": ("匿名编号", "老人匿名编号", "老人编号", "编号"),
    "home_support": ("分散供养", "是否分散供养", "愿意分散供养"),
    "consent_by": ("由谁表态", "表态人"),
    "family_consulted": ("家属是否征询", "是否征询家属", "家属已征询", "已征询家属", "是否征求家属意见"),
    "home": ("敬老院", "所在院", "敬老院名称", "现住敬老院", "机构"),
    "care_level": ("护理级别", "自理能力", "失能等级", "照护等级"),
    "consent": ("是否同意搬迁", "同意搬迁", "意愿", "搬迁意愿", "本人意愿", "是否同意"),
    "key": ("参数名", "参数名称", "参数"),
    "value": ("值", "数值", "取值"),
    "low": ("低", "最低", "最小"),
    "high": ("高", "最高", "最大"),
    "source": ("出处", "来源", "依据"),
    "code": ("代码", "编码", "区划代码", "adcode", "pac"),
    "length_m": ("长度", "里程"),
    "highway": ("道路等级", "等级", "路级"),
    "oneway": ("单行",),
    "road": ("道路", "路名", "道路名"),
}  # fmt: skip
_HAMLET_NAMES = ("自然村", "自然村名称", "自然村名", "村小组", "hamlet", "小组", "村民小组", *_NAMES)
_SITE_NAMES = ("点位", "点位名", "点位名称", "机构名称", "设施名称", "site_name", *_NAMES)
_HOME_NAMES = ("敬老院", "敬老院名称", "院名", "机构名称", "养老院名称", "养老机构", *_SITE_NAMES)
_OWN_NAMES = {
    "villages": (*_VILLAGE_NAMES, *_NAMES),
    "hamlets": _HAMLET_NAMES,
    "sites": _SITE_NAMES,
    "homes": _HOME_NAMES,
    "townships": ("乡镇", "乡镇名称", "乡镇街道", *_NAMES),
    "county": ("县", "县名", "县区", *_NAMES),
}
_RESIDENTS = {
    f"在院{LABELS[level]}{consent_zh}": f"residents_{level}_{consent}"
    for level in CARE_LEVELS
    for consent, consent_zh in zip(CONSENTS, ("同意", "不同意", "未征询"), strict=True)
}
_BRACKETS = re.compile(r"[(\[（【{](.*?)[)\]）】}]")
_DATUM_NAMES = {
    "gcj02": "gcj02", "高德": "gcj02", "腾讯": "gcj02", "火星": "gcj02", "bd09": "bd09", "百度": "bd09",
    "wgs84": "wgs84",
    "gps": "wgs84", "cgcs2000": "cgcs2000", "国家2000": "cgcs2000", "天地图": "cgcs2000",
}  # fmt: skip
_DATUM_WORDS = re.compile(
    r"[_\s(（]*(gcj-?02|bd-?09|wgs-?84|cgcs-?2000|国家2000|高德|腾讯|火星|百度|天地图|gps)[_\s)）]*", re.IGNORECASE
)
_BASES = {"常住": "resident", "户籍": "hukou"}
#: Factor of a unit against the schema's own.
_FACTORS = {
    "万元": 10_000.0,
    "万人": 10_000.0,
    "万": 10_000.0,
    "千元": 1_000.0,
    "公里": 1_000.0,
    "千米": 1_000.0,
    "km": 1_000.0,
}


@dataclass(frozen=True)
class Heading:
    """What one heading of a table means.

    Attributes
    ----------
    text : str
        As written.
    column : str
        Column of the sheet, or "" when it is not understood.
    factor : float
        What its numbers are multiplied by (``万元``: 10,000).
    basis : str
        ``resident`` or ``hukou`` when the heading says so.
    datum : str
        Datum of a coordinate when the heading says so, as ``--crs`` takes it.
    """

    text: str
    column: str
    factor: float = 1.0
    basis: str = ""
    datum: str = ""


def heading_of(sheet: Sheet, cell: Any) -> Heading:
    """Return what a heading means on a sheet."""
    text = half_width(str(cell)) if cell is not None else ""
    words = _lookup(sheet)
    column, datum = words.get(_exact(text)) or words.get(_canonical(text), ""), ""
    named = _DATUM_WORDS.search(text)
    if named is not None and column in {"", LON, LAT, PAIR}:
        column = words.get(_canonical(_DATUM_WORDS.sub("", text)), "")
        column = column if column in {LON, LAT, PAIR} else ""
        datum = _DATUM_NAMES[named[1].lower().replace("-", "")]
    brackets = "".join(_BRACKETS.findall(text)).replace(" ", "").lower()
    factor = 1.0
    if column not in {LON, LAT, PAIR}:
        tail = text.replace(" ", "").lower()
        factor = next((f for unit, f in _FACTORS.items() if brackets == unit or tail.endswith(f"/{unit}")), 1.0)
    basis = next((code for word, code in _BASES.items() if word in text), "")
    return Heading(text, column, factor, basis if column.startswith(("persons_", "children_")) else "", datum)


def guess_sheet(title: str, cells: list[Any], *, areas: bool) -> Sheet | None:
    """Return the sheet that a table is, by its name or else by its headings; None when it is none of them.

    Parameters
    ----------
    title : str
        Name of the worksheet, layer or file.
    cells : list
        The row of headings.
    areas : bool
        Whether its geometries are areas: only those are outlines.
    """
    key = titled(title, areas=areas)
    if key is not None:
        return sheet_of(key)
    return None if areas else _by_headings(cells)


def titled(title: str, *, areas: bool = False) -> str | None:
    """Return the key of the sheet that a title names, or None."""
    name = half_width(title).replace(" ", "").lower()
    return next((key for word, key in _TITLES if word in name and (key in AREAS) == areas), None)


def _by_headings(cells: list[Any]) -> Sheet | None:
    """Return the sheet whose headings a row holds; a table of villages has the fewest signs and comes last."""
    found = {key: {heading_of(sheet_of(key), cell).column for cell in cells} for key in (*_SIGNS, "sites", "villages")}
    words = {_canonical(half_width(str(cell))) for cell in cells if cell is not None}
    signs = [(key, _SIGNS[key] <= found[key]) for key in _SIGNS]
    signs += [
        ("hamlets", bool(words & set(_HAMLET_NAMES) - set(_NAMES))),
        ("homes", bool(words & {"敬老院", "敬老院名称", "床位", "床位数", "beds"})),
        (
            "sites",
            bool(found["sites"] & {"kind", "resource_type", "area_m2"} or words & set(_SITE_NAMES) - set(_NAMES)),
        ),
        ("villages", bool(found["villages"] & {"village_id", "name"})),
    ]
    return next((sheet_of(key) for key, seen in signs if seen), None)


#: A sheet is known by its title first; the longer words stand before those they contain.
_TITLES = (
    ("自然村", "hamlets"),
    ("hamlet", "hamlets"),
    ("入住老人", "residents"),
    ("resident", "residents"),
    ("敬老院", "homes"),
    ("homes", "homes"),
    ("点位", "sites"),
    ("sites", "sites"),
    ("道路", "roads"),
    ("参数", "parameters"),
    ("parameters", "parameters"),
    ("县界", "county"),
    ("county", "county"),
    ("乡镇界", "townships"),
    ("township", "townships"),
    ("村庄", "villages"),
    ("行政村", "villages"),
    ("village", "villages"),
)
_SIGNS = {
    "residents": {"care_level", "consent"},
    "parameters": {"key", "value"},
    "roads": {"from_lon", "to_lon"},
}


def _canonical(text: str) -> str:
    """Return a heading without brackets, marks, bases and the many words for "number of persons"."""
    word = _BRACKETS.sub("", half_width(text).lower())
    word = re.sub(r"[\s*:：、/_\-]+(?=$)|^[\s*]+|[\s*:：、]", "", word)
    word = re.sub(r"周岁", "岁", word)
    word = re.sub(r"(\d+)岁?(?:及以上|以上|\+|及其以上)", r"\1岁以上", word)
    word = re.sub(r"(?<=\d)(?:至|到|~|—|–)(?=\d)", "-", word)
    word = re.sub(r"^(?:其中|常住|户籍|村内)(?=.)", "", word)
    return re.sub(r"(?<=.)(?:人口数量|人口数|人口|人数|数量)$", "", word)


#: Brackets that tell two columns apart; others hold a unit or an explanation.
_EDITION = "（原文）"


def _exact(text: str) -> str:
    return re.sub(r"[\s*]", "", half_width(text).lower())


@cache
def _lookup(sheet: Sheet) -> dict[str, str]:
    words: dict[str, str] = {}
    for column in sheet.columns:
        own = _OWN_NAMES.get(sheet.key, ()) if column.name == "name" else ()
        aliases = _VILLAGE_NAMES if column.name == "village" else _ALIASES.get(column.name, ())
        if _exact(column.zh) != _canonical(column.zh):
            words[_exact(column.zh)] = column.name
        for word in (column.name, *own, *aliases, *(() if _EDITION in column.zh else (column.zh,))):
            words.setdefault(_canonical(word), column.name)
    if any(column.name == LON for column in sheet.columns):
        words.update({_canonical(word): PAIR for word in (PAIR, *_ALIASES[PAIR])})
    if sheet.key == "homes":
        words.update({_canonical(word): column for word, column in _RESIDENTS.items()})
    if sheet.key == "villages":
        words.update({_canonical(name): name for name in AGE_SEX_COLUMNS})
    words.pop("", None)
    return words
