"""What a choice is called in a planner's spreadsheet, both ways."""

from __future__ import annotations

from anyi_geo.bring.numbers import half_width
from anyi_geo.schema import LABELS, Column

_CONSENT = {"yes": "同意", "no": "不同意", "not_asked": "未征询"}
_OWN_LABELS = {
    "village_consent": _CONSENT,
    "consent": _CONSENT,
    "consent_by": {"self": "本人", "guardian": "监护人"},
    "home_support": {"yes": "愿意", "no": "不愿意"},
    "family_consulted": {"yes": "已征询", "no": "未征询"},
    "safety_state": {"unknown": "未鉴定"},
    "food_licence": {"yes": "有", "no": "无", "unknown": "不清楚"},
    "highway": {
        "trunk": "国道",
        "primary": "国道（一般）",
        "secondary": "省道",
        "tertiary": "县道",
        "unclassified": "乡道",
        "residential": "村道",
        "service": "内部道路",
        "track": "机耕道",
    },
}
#: Other words for the same thing, as the county's papers write them.
_SYNONYMS = {
    "school": ("原校舍", "闲置校舍", "学校", "闲置学校", "小学"),
    "home_care_station": ("居家养老站", "居家养老服务中心"),
    "jinglaoyuan": ("乡镇敬老院", "原敬老院"),
    "village_office": ("村委会", "村部", "村级活动场所", "党群服务中心", "村委用房"),
    "welfare_institute": ("社会福利院", "县福利院"),
    "clinic": ("乡镇卫生院", "村卫生室", "卫生室"),
    "xingfuyuan_candidate": ("幸福院", "候选点", "幸福院候选", "一老一小幸福院", "候选点位"),
    "county_centre_candidate": ("县级中心养老院", "中心养老院", "县中心养老院候选", "中心养老院候选"),
    "yiyang_home": ("农村颐养之家",),
    "hydrant": ("消火栓", "室内消火栓"),
    "self": ("全自理", "完全自理", "能自理", "生活自理"),
    "partial": ("半自理", "部分失能", "半护理"),
    "full": ("全失能", "完全失能", "不能自理", "全护理"),
    "yes": ("是", "愿意", "y", "true"),
    "no": ("否", "不愿意", "n", "false"),
    "not_asked": ("未询问", "未征求", "没有征询", "未问"),
    "unknown": ("未知", "不详"),
}
FLAGS = {
    True: ("是", "1", "true", "yes", "y", "农村", "乡村", "√", "对"),
    False: ("否", "0", "false", "no", "n", "城镇", "社区", "×", "非农村"),
}


def label_of(column: Column, choice: str) -> str:
    """Return the Chinese word for one choice of a column."""
    return _OWN_LABELS.get(column.name, {}).get(choice) or LABELS.get(choice, choice)


def choice_of(column: Column, text: str) -> str | None:
    """Return the choice that a cell names, or None."""
    word = half_width(text).replace(" ", "").lower()
    for choice in column.choices:
        synonyms = () if column.name == "consent_by" else _SYNONYMS.get(choice, ())
        words = (choice, half_width(label_of(column, choice)).lower(), *synonyms)
        if word in words:
            return choice
    return None


def flag_of(text: str) -> bool | None:
    """Return what a yes-or-no cell says, or None."""
    word = half_width(text).replace(" ", "").lower()
    return next((flag for flag, words in FLAGS.items() if word in words), None)
