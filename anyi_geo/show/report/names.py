"""What the codes of a result are called in a report."""

from __future__ import annotations

from anyi_geo.show.maps import words

STATUSES, FILES = words.STATUSES, words.MODELLED_FILES
STATES = {
    "centre": "县级中心养老院",
    "kept": "保留敬老院",
    "civil_affairs_station": "民政综合服务站",
    "public_built_private_run": "公建民营",
    "xingfuyuan": "幸福院",
    "reserve": "备用",
}
MEAL_MODES = {"own_kitchen": "本点开伙", "delivered": "配送", "none": "不供餐", "unserved": "未能供餐"}
RESOURCES = {**words.RESOURCES, "welfare_institute": "福利院", "clinic": "卫生院"}
FIRE = {
    "extinguisher": "灭火器",
    "hydrant": "消防栓",
    "micro_fire_station": "微型消防站",
    "extinguisher_and_micro_fire_station": "灭火器、微型消防站",
    "not_installed_under_construction": "未配置（在建）",
    "unknown": "未填/待核",
}
DECISIONS = {"care_sites": "幸福院", "homes": "敬老院整合", "meals": "助餐"}
COST_HEADS = {
    "running": "机构运行",
    "carers": "护理人员",
    "support": "特困供养",
    "reuse": "腾出设施再利用",
    "refitting": "腾出院舍整修",
    "expansion": "床位扩建",
    "nursing_beds": "护理型床位改造",
    "moving": "搬迁",
    "central_kitchens": "中心厨房",
    "own_kitchens": "本点厨房",
    "delivery": "配送",
}
CARE_LEVELS = {"self": "自理", "partial": "半失能", "full": "失能"}
CONSENTS = {"yes": "同意", "no": "不同意", "not_asked": "未征询"}
MODELS = {"homes": "敬老院整合", "location-routing": "助餐与配送"}
#: The county document's head for sites and mutual-help points (五、职责分工，县财政局).
SUBSIDY_HEAD = "互助点、幸福院建设运营补助"
#: What the objective of a decision is counted in.
OBJECTIVES = {"homes": "元/年（含折算）", "location-routing": "元/餐次", "care_sites": "人次（按权重）"}
SOLVE_STATUSES = {
    "optimal": "已证明最优（在容差内）",
    "feasible": "可行，未证明最优",
    "unmeetable": "做不到",
    "no_time": "时限内没有求出",
}
#: Where a bound comes from; a source without a name stays as it is.
BOUND_SOURCES = {
    "HiGHS": "求解器 HiGHS 的分支定界",
    "HiGHS, under the floors of the stages before": "求解器 HiGHS，在前几级目标之下",
    "branch and bound": "分支定界",
    "Lagrangian relaxation": "拉格朗日松弛",
    "Lagrangian relaxation, then branch and bound on what it leaves": "拉格朗日松弛，其余分支定界",
    "Lagrangian relaxation by township, branched": "分乡镇拉格朗日松弛加分支",
    "arithmetic": "由数据直接推算",
    "bisection over set covers": "逐级集合覆盖",
    "all rounds": "枚举全部线路",
    "facility relaxation": "厨房选址松弛（较弱）",
}
VEHICLES = {"etricycle": "电动三轮", "van": "面包车"}


def named(names: dict[str, str], code: object) -> str:
    """Return the name of a code, the code itself when it has none."""
    return names.get(str(code), str(code))


def cost_head(head: object) -> str:
    """Return the name of a head of costs; ``batch_2`` is 第 2 批."""
    code = str(head)
    return f"第 {code.removeprefix('batch_')} 批点位" if code.startswith("batch_") else named(COST_HEADS, code)


def model_name(model: object) -> str:
    """Return the decision that a model takes."""
    code = str(model)
    return "幸福院选点" if code.startswith("care_sites") else named(MODELS, code)


def objective_unit(model: object) -> str:
    """Return what the objective of a model is counted in; "" when it has no name."""
    return next((unit for start, unit in OBJECTIVES.items() if str(model).startswith(start)), "")


def short_site(name: object) -> str:
    """Return a site's name without the words that all of them share."""
    return str(name).replace("“一老一小”幸福院", "")
