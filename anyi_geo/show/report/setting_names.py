"""What the settings of a scenario and the keys of ``parameters.csv`` are called in a report."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from anyi_geo.parameter_names import PARAMETER_NAMES, UNITS

_SECTIONS = {
    "travel": "出行",
    "demand": "服务人群",
    "care_sites": "幸福院",
    "displacement": "位置误差",
    "homes": "敬老院",
    "meals": "助餐",
    "solver": "求解",
}
_SETTINGS = {
    "travel.headline_mode": "主要出行口径",
    "care_sites.plan": "点位来源",
    "care_sites.objective": "选点目标",
    "care_sites.resource_types": "可用资源类别",
    "care_sites.budget_yuan": "两批投入上限（元）",
    "care_sites.respect_ready_from": "未就绪点位不提前开放",
    "care_sites.township_min": "每个乡镇（处）至少点数",
    "care_sites.township_max": "每个乡镇（处）至多点数",
    "care_sites.must_open": "必须开放",
    "care_sites.must_not": "不得开放",
    "care_sites.townships": "一乡一策",
    "care_sites.consent": "村级意愿",
    "care_sites.consent_penalty_persons": "未同意点位须多覆盖（人）",
    "care_sites.spacing_m": "点位最小间距（米）",
    "care_sites.seats": "按食堂座位限定服务人数",
    "care_sites.first": "先求的目标",
    "care_sites.stage_tolerance": "先求目标可让出的比例",
    "care_sites.floors": "覆盖下限",
    "care_sites.differ_most": "相对既定方案至多改动（处）",
    "care_sites.fading_factor": "渐变覆盖外限（时限的倍数）",
    "care_sites.access_zones": "座位可达性分带",
    "care_sites.envy_minutes": "落后时间门槛（分钟）",
    "care_sites.reasons.regret": "与最优方案比较",
    "care_sites.reasons.swaps": "改动方案数",
    "care_sites.reasons.front": "权衡曲线",
    "care_sites.reasons.front_plans": "权衡方案数",
    "care_sites.reasons.frequency_draws": "入选频率抽样次数",
    "care_sites.reasons.years": "另求方案的年份",
    "demand.target_year": "目标年份",
    "demand.ratio_cap": "队列变化率上限",
    "demand.judged_years": "评价年份",
    "care_sites.batches": "批次",
    "displacement.draws": "评价抽样次数",
    "displacement.planning_draws": "选点抽样次数",
    "homes.centres": "县级中心个数",
    "homes.centres_at_most": "中心个数作为上限",
    "homes.regional_centres": "可作片区中心的敬老院",
    "homes.keep": "保留的敬老院",
    "homes.emptied_in_document": "县方案的腾出个数",
    "homes.consent": "意愿处理",
    "homes.home_support": "愿意者可分散供养",
    "homes.together_share": "同院同迁可多花的费用比例",
    "homes.visit_limit_minutes": "探视时间提示线（分钟）",
    "homes.visit_weight": "探视时间权重",
    "homes.visit_mean_max_minutes": "平均探视时间上限（分钟）",
    "homes.visit_p90_max_minutes": "九成老人探视时间上限（分钟）",
    "homes.wave_cap": "每批至多迁移（人）",
    "homes.wave_days": "两批间隔（天）",
    "homes.first_wave": "第一批日期",
    "homes.notice_days": "书面通知早于迁移（天）",
    "homes.assessment_days": "评估签约早于迁移（天）",
    "homes.expansion_ready": "扩建床位可用日期",
    "homes.alternatives": "并列测算 1、2、3 个中心",
    "homes.front_plans": "费用与探视权衡方案数",
    "homes.reuse.given": "已定的腾出用途",
    "homes.reuse.care_sites": "院舍改作幸福院",
    "homes.reuse.near_minutes": "“附近”的时限（分钟）",
    "homes.reuse.reserve_below": "备用的得分线",
    "homes.reuse.weights": "用途打分权重",
    "meals.uptake": "参与率档位",
    "meals.catchment_minutes": "步行到助餐点时限（分钟）",
    "meals.kitchens_max": "开伙点上限（个）",
    "meals.iterations": "排线迭代次数",
    "meals.delivery": "配送",
    "meals.hot_limit_minutes": "从出锅到送达的时限（分钟）",
    "solver.gap": "相对差距达到即止",
    "solver.seconds": "求解时间上限（秒）",
    "solver.seed": "随机种子",
}
_GROUP_FIELDS = {"weight": "权重", "limit_minutes": "时限（分钟）", "name": "名称", "short": "简称", "column": "数据列",
                 "population": "城乡"}  # fmt: skip
_VALUES = {
    "official": "县方案既定点位",
    "optimise": "由模型选点",
    "cover": "名义覆盖人数",
    "expected_cover": "位置误差下的期望覆盖人数",
    "soft": "计数并标红，不作限制",
    "hard": "没有同意的不迁",
    "listed": "只列出",
    "candidate": "进入候选",
    "fixed": "列入第二批必开",
    "low": "低",
    "value": "中",
    "high": "高",
    "none": "不算",
    "order": "覆盖相同时同意者优先",
    "condition": "未同意不得开放",
    "penalty": "未同意计罚",
    "elders_children": "老人与儿童",
    "worst_township": "覆盖率最低的乡镇",
    "cost": "覆盖与投入",
    "elders_rural": "农村老人",
    "children_rural": "农村儿童",
    "all": "全部",
    "walk": "步行",
    "ride": "骑行",
    "car": "汽车",
    "school": "校舍",
    "yiyang_home": "颐养之家",
    "home_care_station": "居家养老服务站",
    "jinglaoyuan": "敬老院",
    "village_office": "村部",
    "rural": "农村",
    "town": "城镇",
    "name": "名称",
    "sites": "点数（至多）",
    "weight": "权重",
    "budget_yuan": "投入上限（元）",
    "min": "至少",
    "max": "至多",
    "civil_affairs_station": "民政综合服务站",
    "public_built_private_run": "公建民营",
    "xingfuyuan": "幸福院",
    "reserve": "备用",
}


def setting_text(key: str, value: Any, groups: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """Return one setting that differs from the base as ``幸福院·点位来源：县方案既定点位``.

    Parameters
    ----------
    key : str
        Its path in the scenario, such as ``care_sites.plan``; one that has no name yet stays as it is.
    value : object
    groups : mapping, optional
        The run's groups with their ``short`` names.
    """
    section = _SECTIONS.get(key.split(".", maxsplit=1)[0], "")
    name = _known(key) or _group_setting(key, groups or {})
    return f"{section}·{name}：{value_text(value)}" if name else f"{key}：{value_text(value)}"


def value_text(value: Any) -> str:
    """Return a setting's value in a planner's words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "、".join(f"{_VALUES.get(str(key), key)} {value_text(own)}" for key, own in value.items()) or "无"
    if isinstance(value, list | tuple):
        return "、".join(value_text(own) for own in value) or "无"
    if value is None:
        return "不设"
    if isinstance(value, float):
        return "不设上限" if math.isinf(value) else f"{value:,g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return _VALUES.get(str(value), str(value))


def parameter_name(key: object) -> str:
    """Return what a parameter is called; a key without a name stays as it is."""
    return PARAMETER_NAMES.get(str(key), str(key))


def unit_name(unit: object) -> str:
    """Return a parameter's unit in Chinese where it has a Chinese form."""
    return UNITS.get(str(unit), str(unit))


def _group_setting(key: str, groups: Mapping[str, Mapping[str, Any]]) -> str:
    parts = key.split(".")
    if len(parts) < 4 or parts[:2] != ["demand", "groups"] or parts[2] not in groups:
        return ""
    who = str(groups[parts[2]]["short"])
    way = f" {_VALUES.get(parts[4], parts[4])}" if len(parts) > 4 else ""
    return f"{who}{way}{_GROUP_FIELDS.get(parts[3], parts[3])}"


def _known(key: str) -> str:
    """Return the name of a setting; what stands below a table of settings, a site or a township, follows its name."""
    if key in _SETTINGS:
        return _SETTINGS[key]
    above, _, own = key.rpartition(".")
    name = _known(above) if above else ""
    return f"{name} {_VALUES.get(own, own)}" if name else ""
