"""The written form of a run: ``result.json``, complete enough to judge, compare and draw the run again."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError
from anyi_geo.result import SCHEMA_VERSION, HomesResult, MealsResult, RunResult

#: What a plan without sites still has, so that it reads as one.
_SITE_COLUMNS = ("site_id", "name", "township", "village_id", "batch", "opening_yuan")
_PERSONS = "persons."


def result_object(result: RunResult) -> dict[str, Any]:
    """Return the run as JSON-serialisable objects; unreachable and unknown are null, tables are lists of objects."""
    homes, meals = result.homes, result.meals
    return {
        "schema_version": SCHEMA_VERSION,
        "run": _plain(result.run),
        "parameters": _plain(result.parameters),
        "groups": _plain(result.groups),
        "headline_mode": result.headline_mode,
        "sites": {
            "batches": _plain(result.batches),
            "plan": records(result.sites),
            "tables": {name: records(table) for name, table in result.care.items()},
        },
        "points": _points(result),
        "metrics": records(result.metrics),
        "minutes": records(result.minutes),
        "worst": records(result.worst),
        "equity": records(result.equity),
        "costs": records(result.costs),
        "homes": None
        if homes is None
        else {
            "states": records(homes.states),
            "flows": records(homes.flows),
            "summary": _plain(homes.summary),
            "tables": {name: records(table) for name, table in homes.tables.items()},
        },
        "meals": None if meals is None else _meals_object(meals),
        "solves": records(result.solves),
        "warnings": _plain(result.warnings),
    }


def result_text(result: RunResult) -> str:
    """Return ``result.json`` as UTF-8 text with one top-level key per line."""
    parts = [f'"{key}": {dump(value)}' for key, value in result_object(result).items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def read_result(folder: Path) -> RunResult:
    """Read the run that stands in `folder`.

    Raises
    ------
    ProblemError
        When the folder holds no ``result.json`` of this version.
    """
    path = folder / "result.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        version = found["schema_version"]
        if version != SCHEMA_VERSION:
            raise ProblemError(
                f"{path} 是第 {version} 版结果，本程序读第 {SCHEMA_VERSION} 版：请重新运行该情景。",
                f"{path} has schema version {version}, this program reads {SCHEMA_VERSION}: run the scenario again.",
            )
        return _from_object(found)
    except ProblemError:
        raise
    except FileNotFoundError:
        raise ProblemError(
            f"{folder} 里没有 result.json：请给出 anyi-geo run 写出的情景文件夹。",
            f"{folder} holds no result.json: name a folder written by `anyi-geo run`.",
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProblemError(
            f"{path} 读不懂（{type(error).__name__}）：文件可能不完整，请重新运行该情景。",
            f"{path} cannot be read ({type(error).__name__}): run the scenario again.",
        ) from None


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as objects with plain values."""
    columns = [str(name) for name in table.columns]
    rows = zip(*(table[name].tolist() for name in table.columns), strict=True)
    return [{name: _plain(value) for name, value in zip(columns, row, strict=True)} for row in rows]


def dump(value: Any) -> str:
    """Return compact JSON that refuses NaN and keeps Chinese readable."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _points(result: RunResult) -> list[dict[str, Any]]:
    own = [name for name in result.points.columns if not str(name).startswith(_PERSONS)]
    out = records(result.points[own])
    persons = records(result.points[[f"{_PERSONS}{group}" for group in result.groups]])
    nearest = result.nearest[["batch", "mode", "site_id", "minutes"]]
    by_point = {key: records(rows) for key, rows in nearest.groupby(result.nearest["point_id"], sort=False)}
    for point, row in zip(out, persons, strict=True):
        point["persons"] = {name.removeprefix(_PERSONS): value for name, value in row.items()}
        point["nearest"] = by_point.get(point["point_id"], [])
    return out


def _from_object(found: dict[str, Any]) -> RunResult:
    points = pd.DataFrame(
        [
            {key: value for key, value in point.items() if key not in ("persons", "nearest")}
            | {f"{_PERSONS}{group}": number for group, number in point["persons"].items()}
            for point in found["points"]
        ]
    )
    nearest = pd.DataFrame(
        [{"point_id": point["point_id"], **row} for point in found["points"] for row in point["nearest"]],
        columns=["point_id", "batch", "mode", "site_id", "minutes"],
    )
    nearest["minutes"] = nearest["minutes"].astype(float).fillna(np.inf)
    homes, meals = found["homes"], found["meals"]
    return RunResult(
        run=found["run"],
        parameters=found["parameters"],
        groups=found["groups"],
        headline_mode=found["headline_mode"],
        batches=found["sites"]["batches"],
        sites=_table(found["sites"]["plan"], _SITE_COLUMNS),
        points=points,
        nearest=nearest,
        metrics=_table(found["metrics"]),
        minutes=_table(found["minutes"]),
        worst=_table(found["worst"]),
        equity=_table(found["equity"]),
        costs=_table(found["costs"]),
        homes=None
        if homes is None
        else HomesResult(
            _table(homes["states"]),
            _table(homes["flows"]),
            homes["summary"],
            {name: _table(rows) for name, rows in homes["tables"].items()},
        ),
        meals=None if meals is None else _meals_result(meals),
        solves=_table(found["solves"]),
        warnings=found["warnings"],
        care={name: _table(rows) for name, rows in found["sites"].get("tables", {}).items()},
    )


def _meals_object(meals: MealsResult) -> dict[str, Any]:
    told = {
        "stops": records(meals.stops),
        "rounds": records(meals.rounds),
        "costs": records(meals.costs),
        "summary": _plain(meals.summary),
        "tables": {name: records(table) for name, table in meals.tables.items()},
    }
    return told if meals.supper is None else told | {"supper": _meals_object(meals.supper)}


def _meals_result(told: dict[str, Any]) -> MealsResult:
    supper = told.get("supper")
    return MealsResult(
        _table(told["stops"]),
        _table(told["rounds"]),
        _table(told["costs"]),
        told["summary"],
        {name: _table(rows) for name, rows in told.get("tables", {}).items()},
        None if supper is None else _meals_result(supper),
    )


def _table(rows: list[dict[str, Any]], columns: Sequence[str] = ()) -> pd.DataFrame:
    """Return rows as a table in which whole numbers stay whole beside a null; without rows it has `columns`."""
    table = pd.DataFrame(rows) if rows else pd.DataFrame(columns=list(columns))
    for name in table.columns:
        cells = [row.get(name) for row in rows]
        if None in cells and all(
            isinstance(cell, int) and not isinstance(cell, bool) for cell in cells if cell is not None
        ):
            table[name] = pd.array(cells, dtype="Int64")
    return table
