"""The data dictionary: one row per column of the county folder drives loading, checking and the docs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "integer", "number", "flag", "choice", "date"]

VILLAGES = "villages.geojson"
HAMLETS = "hamlets.geojson"
SITES = "sites.geojson"
COUNTY = "boundaries/county.geojson"
TOWNSHIPS = "boundaries/townships.geojson"
ROADS = "roads.gpkg"
RESIDENTS = "residents.csv"
PARAMETERS = "parameters.csv"
BASE_SCENARIO = "scenarios/base.toml"

#: Files without which nothing can be planned. A county without hamlets uses its villages.
REQUIRED_FILES = (COUNTY, TOWNSHIPS, VILLAGES, SITES, ROADS, PARAMETERS, BASE_SCENARIO)

STATUSES = ("observed", "census", "official", "found", "assumed", "modelled", "county")
SITE_KINDS = (
    "xingfuyuan_candidate",
    "jinglaoyuan",
    "county_centre_candidate",
    "yiyang_home",
    "clinic",
)
RESOURCE_TYPES = (
    "school",
    "yiyang_home",
    "home_care_station",
    "jinglaoyuan",
    "village_office",
    "welfare_institute",
    "clinic",
)
FIRE_STATUSES = (
    "extinguisher",
    "hydrant",
    "micro_fire_station",
    "extinguisher_and_micro_fire_station",
    "not_installed_under_construction",
    "unknown",
)
PERSONS_BASES = ("resident", "hukou", "unknown")
CARE_LEVELS = ("self", "partial", "full")
CONSENTS = ("yes", "no", "not_asked")
CONSENT_BY = ("self", "guardian")
SAFETY_STATES = ("sound", "repair", "unsafe", "unknown")
AGES = (*(f"{low}_{low + 4}" for low in range(0, 85, 5)), "85plus")
AGE_SEX_COLUMNS = tuple(f"{sex}_{age}" for sex in ("male", "female") for age in AGES)
#: Who works in a home, by post.
STAFF_COLUMNS = ("staff_carers", "staff_cooks", "staff_managers", "staff_others")
RESIDENT_COLUMNS = tuple(f"residents_{level}_{consent}" for level in CARE_LEVELS for consent in CONSENTS)


#: What planners read and write for the choices.
LABELS = {
    "observed": "实测",
    "census": "普查",
    "official": "文件",
    "found": "公开资料",
    "assumed": "假设",
    "modelled": "模拟",
    "county": "县里填报",
    "xingfuyuan_candidate": "幸福院候选点",
    "county_centre_candidate": "县级中心养老院候选",
    "school": "校舍",
    "yiyang_home": "颐养之家",
    "home_care_station": "居家养老服务站",
    "jinglaoyuan": "敬老院",
    "village_office": "村委会用房",
    "welfare_institute": "福利院",
    "clinic": "卫生院",
    "extinguisher": "灭火器",
    "hydrant": "消防栓",
    "micro_fire_station": "微型消防站",
    "extinguisher_and_micro_fire_station": "灭火器和微型消防站",
    "not_installed_under_construction": "在建未配置",
    "unknown": "不清楚",
    "self": "自理",
    "partial": "半失能",
    "full": "失能",
    "yes": "是",
    "no": "否",
    "not_asked": "未征询",
    "resident": "常住",
    "hukou": "户籍",
    "sound": "安全",
    "repair": "需维修",
    "unsafe": "危房",
}


@dataclass(frozen=True)
class Column:
    """One column of one file.

    Attributes
    ----------
    file, name : str
        Where it stands.
    kind : str
        text, code (an identifier), integer, number, flag (true/false), choice or date.
    unit : str
        Unit, or "".
    required : bool
        Whether the column must exist and hold a value in every row.
    zh, en : str
        What it means.
    choices : tuple of str
        Allowed values of a choice.
    minimum : float or None
        Smallest value allowed.
    """

    file: str
    name: str
    kind: Kind
    unit: str
    required: bool
    zh: str
    en: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None


def _persons(file: str, name: str, zh: str, en: str, *, required: bool = True) -> Column:
    return Column(file, name, "integer", "persons", required, zh, en, minimum=0)


def _people(file: str) -> tuple[Column, ...]:
    return (
        _persons(file, "persons_total", "常住人口", "residents"),
        _persons(file, "persons_60plus", "60岁及以上人口", "residents aged 60 and over"),
        _persons(file, "persons_65plus", "65岁及以上人口", "residents aged 65 and over"),
        _persons(file, "persons_80plus", "80岁及以上人口", "residents aged 80 and over"),
        _persons(file, "persons_0_14", "0至14岁人口", "residents aged 0 to 14"),
        _persons(file, "persons_town", "其中城镇人口", "of these, town residents"),
        _persons(file, "persons_rural", "其中乡村人口", "of these, rural residents"),
        _persons(file, "children_school", "6至15岁学龄儿童", "school-age children (6 to 15)"),
        _persons(file, "left_behind", "留守儿童", "left-behind children"),
        _persons(file, "tekun_self", "在家特困人员：自理", "tekun persons at home, self-care"),
        _persons(file, "tekun_partial", "在家特困人员：半失能", "tekun persons at home, partly dependent"),
        _persons(file, "tekun_full", "在家特困人员：失能", "tekun persons at home, fully dependent"),
    )


def _position(file: str) -> tuple[Column, ...]:
    return (
        Column(file, "position_status", "choice", "", True, "位置来源", "where the position comes from", STATUSES),
        Column(file, "position_error_m", "number", "m", True, "位置误差", "error of the position", minimum=0),
    )


_AGE_SEX = tuple(
    _persons(
        VILLAGES,
        f"{sex}_{age}",
        f"{zh}{age.replace('_', '至')}岁".replace("plus岁", "岁及以上"),
        f"{sex} residents aged {age.replace('_', ' to ')}",
    )
    for sex, zh in (("male", "男"), ("female", "女"))
    for age in AGES
)

_RESIDENTS = tuple(
    _persons(
        SITES,
        f"residents_{level}_{consent}",
        f"在院特困人员：{LABELS[level]}、{consent_zh}搬迁",
        f"residents of the home: care level {level}, consent {consent}",
        required=False,
    )
    for level in CARE_LEVELS
    for consent, consent_zh in zip(CONSENTS, ("同意", "不同意", "未征询"), strict=True)
)

_HOME_SUPPORT = tuple(
    _persons(
        SITES,
        f"residents_{level}_home_support",
        f"{LABELS[level]}老人不同意者中愿意回家分散供养的人数",
        "of those who said no, who ask for support at home",
        required=False,
    )
    for level in CARE_LEVELS
)

COLUMNS: tuple[Column, ...] = (
    Column(COUNTY, "code", "code", "", True, "县代码", "county code"),
    Column(COUNTY, "name", "text", "", True, "县名", "county name"),
    Column(TOWNSHIPS, "code", "code", "", True, "乡镇（处）代码", "township code"),
    Column(TOWNSHIPS, "name", "text", "", True, "乡镇（处）名称", "township name"),
    Column(TOWNSHIPS, "aliases", "text", "", False, "别名，用分号隔开", "other names, separated by semicolons"),
    Column(TOWNSHIPS, "status", "choice", "", True, "范围来源", "where the area comes from", STATUSES),
    Column(VILLAGES, "village_id", "code", "", True, "12位统计代码", "12-digit statistical code"),
    Column(VILLAGES, "name", "text", "", True, "村（社区）名称", "name of the village or community"),
    Column(VILLAGES, "township", "text", "", True, "所属乡镇（处）", "township"),
    Column(VILLAGES, "rural", "flag", "", True, "是否农村单元", "whether it is a rural unit"),
    *_people(VILLAGES),
    *_AGE_SEX,
    *_position(VILLAGES),
    Column(VILLAGES, "persons_status", "choice", "", True, "人口来源", "where the persons come from", STATUSES),
    Column(
        VILLAGES,
        "persons_basis",
        "choice",
        "",
        False,
        "人口口径",
        "residents or registered persons",
        PERSONS_BASES,
    ),
    Column(
        VILLAGES,
        "persons_given",
        "text",
        "",
        False,
        "县里填报的人口列（其余为推算）",
        "person columns entered by the county; the others are derived",
    ),
    _persons(VILLAGES, "key_persons", "重点服务对象人数", "persons of the priority groups", required=False),
    Column(VILLAGES, "service_demand", "text", "", False, "老年人服务需求", "services that elders ask for"),
    Column(VILLAGES, "existing_space", "text", "", False, "现有场地设施", "premises at hand"),
    Column(VILLAGES, "road_access", "text", "", False, "交通条件", "access by road"),
    Column(
        VILLAGES,
        "willing_to_pay_yuan",
        "number",
        "yuan/meal",
        False,
        "消费意愿：每餐愿付",
        "what elders will pay for a meal",
        minimum=0,
    ),
    _persons(VILLAGES, "staff_available", "可调配服务人员", "staff that can be assigned", required=False),
    Column(
        VILLAGES,
        "collective_income_yuan",
        "number",
        "yuan/year",
        False,
        "村集体经济年收入",
        "income of the village collective",
        minimum=0,
    ),
    Column(HAMLETS, "hamlet_id", "code", "", True, "自然村编号", "identifier of the natural village"),
    Column(HAMLETS, "village_id", "code", "", True, "所属村代码", "village it belongs to"),
    Column(HAMLETS, "name", "text", "", True, "自然村名称", "name of the natural village"),
    *_people(HAMLETS),
    *_position(HAMLETS),
    Column(SITES, "site_id", "code", "", True, "点位编号", "identifier of the site"),
    Column(SITES, "building_id", "code", "", True, "建筑编号（同一建筑的多种用途共用）", "identifier of the building"),
    Column(SITES, "kind", "choice", "", True, "用途", "use", SITE_KINDS),
    Column(SITES, "name", "text", "", True, "点位名称", "name of the site"),
    Column(SITES, "village_id", "code", "", True, "所在村代码", "village in which it stands"),
    Column(SITES, "township", "text", "", True, "所属乡镇（处）", "township"),
    Column(SITES, "official_batch", "integer", "", False, "方案批次（1 或 2）", "official batch", minimum=1),
    Column(SITES, "resource_type", "choice", "", True, "资源类型", "what the building is today", RESOURCE_TYPES),
    Column(SITES, "resource_raw", "text", "", False, "资源类型（原文）", "resource type as printed"),
    Column(SITES, "floors", "integer", "floors", False, "层数", "floors", minimum=1),
    Column(SITES, "area_m2", "number", "m2", False, "总面积", "floor area", minimum=0),
    Column(SITES, "canteen_m2", "number", "m2", False, "食堂面积", "canteen area", minimum=0),
    Column(SITES, "outdoor_m2", "number", "m2", False, "室外面积", "outdoor area", minimum=0),
    Column(SITES, "fire_raw", "text", "", False, "消防设施（原文）", "fire equipment as printed"),
    Column(SITES, "fire_status", "choice", "", False, "消防设施", "fire equipment", FIRE_STATUSES),
    Column(SITES, "ready_from", "integer", "", False, "最早可开放批次", "earliest batch it can open in", minimum=1),
    Column(
        SITES,
        "opening_yuan",
        "number",
        "yuan",
        False,
        "改造投入（空则按资源类型取参数）",
        "cost to open; blank: by resource type",
        minimum=0,
    ),
    Column(
        SITES,
        "running_yuan_per_year",
        "number",
        "yuan/year",
        False,
        "年运行费（空则取参数）",
        "running cost; blank: the parameter",
        minimum=0,
    ),
    Column(
        SITES,
        "village_consent",
        "choice",
        "",
        False,
        "村级意愿（办幸福院）",
        "village's consent to a care site",
        CONSENTS,
    ),
    Column(SITES, "beds", "integer", "beds", False, "床位", "beds", minimum=0),
    Column(SITES, "expansion_beds", "integer", "beds", False, "可扩建床位上限", "beds that can be added", minimum=0),
    Column(
        SITES,
        "expansion_yuan_per_bed",
        "number",
        "yuan/bed",
        False,
        "每床扩建投入（空则取参数）",
        "cost of an added bed; blank: the parameter",
        minimum=0,
    ),
    *_RESIDENTS,
    _persons(SITES, "residents_total", "在院人数合计（用于核对）", "all residents, to check the sum", required=False),
    *_HOME_SUPPORT,
    _persons(
        SITES,
        "residents_yes_by_guardian",
        "同意者中由监护人代为同意的人数",
        "of those who said yes, given by a guardian",
        required=False,
    ),
    _persons(
        SITES,
        "families_consulted",
        "已征询家属意见的在院老人人数",
        "residents whose family was consulted about the move",
        required=False,
    ),
    _persons(
        SITES,
        "families_agree",
        "已征询者中家属同意的人数",
        "of those consulted, residents whose family agrees",
        required=False,
    ),
    _persons(
        SITES,
        "staff_asked",
        "已征询意见的工作人员人数（随迁或转岗）",
        "staff who were asked about moving with the residents or changing posts",
        required=False,
    ),
    _persons(SITES, "staff_agree", "已征询者中同意的工作人员人数", "of those asked, staff who agree", required=False),
    Column(SITES, "nursing_beds", "integer", "beds", False, "其中护理型床位", "of these, nursing beds", minimum=0),
    Column(
        SITES,
        "expansion_m2_per_bed",
        "number",
        "m2/bed",
        False,
        "扩建每床面积（空则取参数）",
        "floor area of an added bed; blank: the parameter",
        minimum=0,
    ),
    Column(
        SITES,
        "expansion_steps",
        "text",
        "",
        False,
        "分步扩建，按先后写 床数:每床元:每床平方米，分号隔开，如 60:80000:35;100:95000:40",
        "steps of the expansion, beds:yuan per bed:m2 per bed, separated by semicolons",
    ),
    Column(
        SITES,
        "running_yuan_per_resident_year",
        "number",
        "yuan/year",
        False,
        "供养标准以外每人每年运行费（空则取参数）",
        "running cost per resident beyond the support standard; blank: the parameter",
        minimum=0,
    ),
    _persons(SITES, "staff_carers", "在岗护理员", "carers in post", required=False),
    _persons(SITES, "staff_cooks", "在岗炊事员", "cooks in post", required=False),
    _persons(SITES, "staff_managers", "在岗管理人员", "managers in post", required=False),
    _persons(SITES, "staff_others", "其他在岗人员", "others in post", required=False),
    Column(SITES, "staff_posts", "integer", "posts", False, "编制（核定岗位数）", "approved posts", minimum=0),
    _persons(SITES, "staff_established", "在岗人员中在编的", "of those in post, on the establishment", required=False),
    Column(
        SITES,
        "safety_state",
        "choice",
        "",
        False,
        "房屋安全鉴定结论",
        "safety of the building",
        SAFETY_STATES,
    ),
    Column(SITES, "book_value_yuan", "number", "yuan", False, "账面价值", "book value", minimum=0),
    Column(SITES, "owner", "text", "", False, "产权单位", "owner"),
    Column(SITES, "operator", "text", "", False, "现运营方", "who runs it now"),
    Column(SITES, "contract", "text", "", False, "现有租赁或运营合同（编号、期限）", "contract now: number and term"),
    Column(SITES, "rent_yuan_per_year", "number", "yuan/year", False, "现年租金", "rent now", minimum=0),
    Column(
        SITES,
        "refit_yuan",
        "number",
        "yuan",
        False,
        "腾空后改作新用途的整修投入（空则按面积取参数）",
        "cost to refit the emptied home for its new use; blank: by area from the parameter",
        minimum=0,
    ),
    Column(SITES, "food_licence", "choice", "", False, "食品经营许可", "food licence", ("yes", "no", "unknown")),
    Column(SITES, "attributes_status", "choice", "", True, "属性来源", "where the attributes come from", STATUSES),
    *_position(SITES),
    Column(ROADS, "u", "code", "", True, "起点结点", "start node"),
    Column(ROADS, "v", "code", "", True, "终点结点", "end node"),
    Column(ROADS, "key", "integer", "", True, "平行边序号", "number among parallel edges", minimum=0),
    Column(ROADS, "length_m", "number", "m", True, "长度", "length", minimum=0),
    Column(ROADS, "highway", "text", "", True, "道路等级（OSM highway）", "road class, OSM highway"),
    Column(ROADS, "oneway", "flag", "", True, "是否单行", "one-way"),
    Column(ROADS, "maxspeed", "text", "km/h", False, "限速", "speed limit"),
    Column(ROADS, "source", "choice", "", True, "道路来源", "where the road comes from", (*STATUSES, "osm")),
    Column(ROADS, "name", "text", "", False, "路名", "name of the road"),
    Column(ROADS, "walk", "flag", "", False, "可步行（空则按道路等级）", "open to walkers; blank: by its class"),
    Column(
        ROADS, "ride", "flag", "", False, "可行电动三轮车（空则按道路等级）", "open to e-tricycles; blank: by class"
    ),
    Column(ROADS, "car", "flag", "", False, "可行汽车（空则按道路等级）", "open to cars; blank: by its class"),
    Column(PARAMETERS, "key", "code", "", True, "参数名", "parameter"),
    Column(PARAMETERS, "value", "number", "", True, "取值", "planning value"),
    Column(PARAMETERS, "low", "number", "", True, "下限", "low end"),
    Column(PARAMETERS, "high", "number", "", True, "上限", "high end"),
    Column(PARAMETERS, "unit", "text", "", False, "单位", "unit"),
    Column(PARAMETERS, "status", "choice", "", True, "来源类别", "status", STATUSES),
    Column(PARAMETERS, "source", "text", "", False, "出处", "source"),
    Column(RESIDENTS, "resident_id", "code", "", True, "老人编号（不写姓名）", "number of the resident, no name"),
    Column(RESIDENTS, "site_id", "code", "", True, "所在敬老院编号", "home"),
    Column(RESIDENTS, "care_level", "choice", "", True, "护理等级", "level of care", CARE_LEVELS),
    Column(
        RESIDENTS,
        "consent",
        "choice",
        "",
        False,
        "是否同意迁往中心（空白按未征询计，不算同意）",
        "consent to the move; blank: not asked, which is no yes",
        CONSENTS,
    ),
    Column(
        RESIDENTS, "consent_by", "choice", "", False, "由谁表示同意（本人或监护人）", "who gave the answer", CONSENT_BY
    ),
    Column(
        RESIDENTS,
        "home_support",
        "choice",
        "",
        False,
        "是否愿意回家分散供养",
        "asks to be supported at home",
        ("yes", "no"),
    ),
    Column(
        RESIDENTS,
        "family_consulted",
        "choice",
        "",
        False,
        "是否已征询家属意见（空白为不清楚）",
        "whether the family was consulted; blank: unknown",
        ("yes", "no"),
    ),
    Column(RESIDENTS, "origin_village_id", "code", "", False, "家属所在村代码", "village of the family"),
)


def columns_of(file: str) -> tuple[Column, ...]:
    """Return the dictionary rows of one file, in order."""
    return tuple(column for column in COLUMNS if column.file == file)
