"""On what the figures rest: norms and prices with their sources, solves with their bounds."""

from __future__ import annotations

import math

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import text_of
from anyi_geo.show.report.model import Column, Table, table
from anyi_geo.show.report.names import BOUND_SOURCES, SOLVE_STATUSES, STATUSES, model_name, named, objective_unit
from anyi_geo.show.report.setting_names import parameter_name, unit_name


def parameters_table(result: RunResult) -> Table:
    """Return norms, prices and rates with status and source."""
    rows = pd.DataFrame(result.parameters, columns=["key", "value", "low", "high", "unit", "status", "source"]).assign(
        status_zh=lambda found: [named(STATUSES, status) for status in found["status"]],
        name_zh=lambda found: [parameter_name(key) for key in found["key"]],
        unit_zh=lambda found: [unit_name(unit) for unit in found["unit"]],
    )
    return table(
        "参数",
        rows,
        Column("name_zh", "参数", width=30),
        Column("value", "取值", "number"),
        Column("low", "下限", "number"),
        Column("high", "上限", "number"),
        Column("unit_zh", "单位"),
        Column("status_zh", "来源类别"),
        Column("source", "出处", width=60),
        Column("key", "参数表中的名称", width=30),
    )


def solves_table(result: RunResult) -> Table:
    """Return how each decision was solved: status, objective, bound, gap and where the bound comes from."""
    rows = result.solves
    for name in ("model", "status", "objective", "bound", "gap", "bound_source", "seconds"):
        if name not in rows:
            rows = rows.assign(**{name: None})
    rows = rows.assign(
        model_zh=[model_name(model) for model in rows["model"]],
        unit_zh=[objective_unit(model) for model in rows["model"]],
        status_zh=[named(SOLVE_STATUSES, status) for status in rows["status"]],
        bound_source=[
            _bound_source(source, bound) for source, bound in zip(rows["bound_source"], rows["bound"], strict=True)
        ],
    )
    return table(
        "求解",
        rows,
        Column("model_zh", "事项", width=14),
        Column("status_zh", "状态", width=22),
        Column("objective", "目标值", "number"),
        Column("bound", "界", "number"),
        Column("unit_zh", "单位", width=16),
        Column("gap", "相对差距", "share"),
        Column("bound_source", "界的来源", width=24),
        Column("seconds", "用时", "number", "秒"),
        note="没有界的方案不称为最优。",
    )


def _bound_source(source: object, bound: object) -> str:
    missing = bound is None or (isinstance(bound, float) and math.isnan(bound))
    return "没有证明" if missing or not text_of(source) else named(BOUND_SOURCES, source)
