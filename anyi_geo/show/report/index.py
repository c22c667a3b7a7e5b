"""The workbook's table of contents: which sheet answers what."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from anyi_geo.show.report.model import Column, Table, table

INDEX = "目录"
#: Theme -> sheet -> what stands in it.
_CONTENTS: dict[str, dict[str, str]] = {
    "总览": {
        "摘要": "开会先看：情景、覆盖、敬老院、助餐、经费的主要数字",
        "问题与提示": "做不到的要求、数据提示、待核问题、未填项，各请谁核实",
    },
    "幸福院": {
        "分批点位": "开放的点位：批次、面积、消防、费用、单独覆盖人数、餐厅座位、最近医疗机构",
        "覆盖": "全县和各乡镇（处）各批次、人群、出行方式的覆盖人数、本批新增、覆盖率和区间",
        "村庄": "每村一行：人数、最近点位、时间、时限内人数、供餐厨房、未覆盖的原因",
        "时间与公平": "到最近点位的平均、中位、九成时间，落后时间，渐变覆盖，基尼系数",
        "最远的村": "各批次、人群、出行方式下最远的十个村",
        "都够不着的村": "全部候选点位开放也够不着的村，放宽到多少分钟才可及",
        "未选点位": "再加一个点位最多多覆盖多少人",
        "每千名老人座位": "各乡镇（处）老人分到的餐厅座位",
        "各年份覆盖": "人口推算到以后年份，同一方案的覆盖",
        "各年份选点": "按各年份人口各求一个方案，哪些点位都入选",
        "入选频率": "数据在误差内变动时，各点位入选的比例",
        "与最优的差距": "本方案与同条件最好方案的差距，分批的代价",
        "从既定方案改动几处": "改动 1 至 5 处各能多覆盖多少",
        "覆盖与投入的权衡": "投入多少、覆盖多少，没有一个方案两项都更好",
        "老人与儿童的权衡": "老人覆盖与儿童覆盖的取舍",
        "总量与最低乡镇的权衡": "全县覆盖与最差乡镇覆盖的取舍",
        "九项功能": "每个点位放不放得下九项功能",
        "需部门答复": "由点位数据提出、须由部门答复的问题",
        "医疗服务协议": "各场所就近的医疗机构、时间、是否签协议",
    },
    "敬老院": {
        "敬老院": "各院整合前后的用途、床位、入住、护理型床位、人员",
        "搬迁": "从哪里到哪里多少人，按意愿和护理等级",
        "搬迁批次": "各批次的日期和人数",
        "乡镇行动": "各乡镇（处）：腾出设施作何用、迁移多少人、何时",
        "行动清单": "逐院的事项、对象、日期、责任单位",
        "中心数比较": "设 1、2、3 个中心各会怎样",
        "费用与探视权衡": "费用与家属探视时间的取舍",
        "探视变化最大": "家属路上时间增加最多的十处",
        "床位不足的出路": "床位不够时的几种办法和花费",
        "护理人员": "各院在岗、需要、缺口",
        "资产台账": "各处建筑整合前后的用途、产权、账面价值",
        "敬老院未填项": "各院还没有填的数据",
    },
    "助餐": {
        "厨房": "开伙的厨房：本点用餐、外送、许可",
        "助餐点": "每个点怎样供餐、由哪个厨房、几点送到、各参与率下的份数",
        "配送": "每趟的车辆、装车、出发、顺序、份数、费用",
        "送餐单": "每趟逐点的到达时间和份数",
        "各点助餐成本": "每个点每月的成本、分担、缺口",
    },
    "经费": {"费用与分担": "建设与运行各项费用、预算口径、各付费方分担、单价来源"},
    "安全与登记": {
        "安全矩阵": "各场所五项检查的结果、日期、部门",
        "安全检查": "逐项的检查记录，可筛选、补填",
        "食品安全管理员": "各厨房的管理员和考核日期",
        "服务层级": "四级服务各服务谁、多少人，谁不在其中",
        "服务与儿童设施": "各处的服务和设施、同村同类的重叠",
        "儿童需求": "各村儿童设施和送学上门的登记",
        "时间表": "各点位的阶段、起止日期、责任人",
        "质量指标": "逐级汇总的质量指标",
        "点位排序": "进度、效果、满意度分项排名",
        "特困与留守": "各村在家特困人员和留守儿童",
    },
    "依据": {"参数": "标准、价格、比率的取值、来源类别、出处", "求解": "各决定怎样求解、界和差距"},
}


def index_table(sheets: Sequence[Table]) -> Table:
    """Return the contents of a workbook by theme; what nobody described comes last under its own note."""
    themes = {title: (theme, told) for theme, titles in _CONTENTS.items() for title, told in titles.items()}
    order = list(themes)
    known = sorted((sheet for sheet in sheets if sheet.title in themes), key=lambda sheet: order.index(sheet.title))
    others = [sheet for sheet in sheets if sheet.title not in themes]
    rows = [
        {"theme": themes.get(sheet.title, ("其他", ""))[0], "sheet": sheet.title,
         "told": themes.get(sheet.title, ("", sheet.note))[1], "rows": len(sheet.rows)}
        for sheet in (*known, *others)
    ]  # fmt: skip
    return table(
        INDEX,
        pd.DataFrame(rows),
        Column("theme", "主题", width=14),
        Column("sheet", "工作表（点击打开）", "sheet", width=24),
        Column("told", "内容", width=80),
        Column("rows", "行数", "count"),
        note="点击工作表名打开；每张表左上角的“← 目录”返回这里。每张表的列名右侧可筛选。",
    )
