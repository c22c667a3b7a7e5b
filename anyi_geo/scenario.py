"""Scenarios: small named overrides of one base file, every setting checked, what differs recorded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from anyi_geo.errors import SettingError
from anyi_geo.settings import Settings

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Scenario(BaseModel):
    """A named scenario.

    Attributes
    ----------
    name : str
        File name without its ending.
    settings : Settings
        Complete, checked settings.
    overrides : dict
        Dotted key to value: what differs from the base file.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    settings: Settings
    overrides: dict[str, Any]


def scenario_names(folder: Path) -> tuple[str, ...]:
    """Return the scenarios of a folder that can be run, sorted; the base file is none."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if path.stem != "base"))


def load_scenario(
    name_or_path: str, folder: Path, *, seconds: float | None = None, seed: int | None = None
) -> Scenario:
    """Read one scenario over its base.

    Parameters
    ----------
    name_or_path : str
        Name of a file in `folder`, or a path that ends in ``.toml``.
    folder : Path
        The county's ``scenarios`` folder; it holds ``base.toml``.
    seconds, seed : optional
        Replace the solver's total budget (seconds) and seed.

    Raises
    ------
    SettingError
        Unknown scenario or key, a value of the wrong kind or out of range; every fault is named.
    """
    path = _path_of(name_or_path, folder)
    own = _read(path)
    base = own.pop("base", None)
    if path.stem == "base" or (base is not None and base != "base"):
        raise SettingError(
            f'情景 {path.stem}：base 只能写 "base"，且 base 本身不单独运行。',
            f'scenario {path.stem}: base may only be "base", and base itself is not run.',
        )
    solver = {key: value for key, value in (("seconds", seconds), ("seed", seed)) if value is not None}
    if solver:
        own = _merged(own, {"solver": solver})
    values = own if base is None else _merged(_read(folder / "base.toml"), own)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise _setting_error(path.stem, error) from None
    return Scenario(name=path.stem, settings=settings, overrides=dict(_flat(own)))


def _path_of(name_or_path: str, folder: Path) -> Path:
    own_file = name_or_path.endswith(".toml")
    path = Path(name_or_path) if own_file else folder / f"{name_or_path}.toml"
    known = scenario_names(folder)
    if not _NAME.fullmatch(path.stem) or (not own_file and name_or_path not in known):
        raise SettingError(
            f"没有情景“{name_or_path}”。可用的情景：{'、'.join(known) or '（无）'}。",
            f"There is no scenario {name_or_path!r}. Known: {', '.join(known) or '(none)'}.",
        )
    return path


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingError(f"找不到情景文件 {path.name}。", f"There is no scenario file {path.name}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingError(
            f"情景文件 {path.name} 读不懂：{error}。请用 UTF-8 保存并检查这一行。",
            f"Scenario file {path.name} cannot be read: {error}.",
        ) from None


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in own.items():
        both_tables = isinstance(value, Mapping) and isinstance(out.get(key), Mapping)
        out[key] = _merged(out[key], value) if both_tables else value
    return out


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value.isoformat() if isinstance(value, date) else value


def _allowed_at(location: tuple[int | str, ...]) -> list[str]:
    """Return the keys that may stand beside the unknown one."""
    model: Any = Settings
    for step in location[:-1]:
        if isinstance(model, type) and issubclass(model, BaseModel) and step in model.model_fields:
            model = model.model_fields[str(step)].annotation
        args = getattr(model, "__args__", ())
        nested = [arg for arg in args if isinstance(arg, type) and issubclass(arg, BaseModel)]
        if nested and not (isinstance(model, type) and issubclass(model, BaseModel)):
            model = nested[0]
        else:
            deeper = [arg for outer in args for arg in getattr(outer, "__args__", ())]
            found = [arg for arg in deeper if isinstance(arg, type) and issubclass(arg, BaseModel)]
            model = found[0] if found else model
    fields = getattr(model, "model_fields", {})
    return sorted(fields)


def _setting_error(name: str, error: ValidationError) -> SettingError:
    zh, en = [], []
    for fault in error.errors():
        key = ".".join(str(step) for step in fault["loc"])
        if fault["type"] == "extra_forbidden":
            allowed = "、".join(_allowed_at(fault["loc"]))
            zh.append(f"没有设置项 {key}；这里可写：{allowed}。")
            en.append(f"There is no setting {key}; allowed here: {allowed}.")
        elif fault["type"] == "missing":
            zh.append(f"缺少设置项 {key}。")
            en.append(f"Setting {key} is missing.")
        else:
            zh.append(f"设置项 {key} = {fault['input']!r} 不对：{_reason_zh(fault)}。")
            told = fault.get("ctx", {}).get("en", fault["msg"])
            en.append(f"Setting {key} = {fault['input']!r}: {told}.")
    return SettingError(
        f"情景 {name} 有 {len(zh)} 处设置不对：\n" + "\n".join(zh),
        f"Scenario {name} has {len(en)} wrong settings:\n" + "\n".join(en),
    )


def _reason_zh(fault: Any) -> str:
    context = fault.get("ctx", {})
    reasons = {
        "greater_than": f"应大于 {context.get('gt')}",
        "greater_than_equal": f"不能小于 {context.get('ge')}",
        "less_than_equal": f"不能大于 {context.get('le')}",
        "literal_error": f"只能是 {context.get('expected')}",
        "too_short": f"至少要有 {context.get('min_length')} 项",
        "too_long": f"至多 {context.get('max_length')} 项",
        "int_parsing": "应为整数",
        "int_type": "应为整数",
        "int_from_float": "应为整数",
        "float_parsing": "应为数字",
        "float_type": "应为数字",
        "bool_parsing": "应为 true 或 false",
        "string_type": "应为文字",
        "list_type": "应为列表",
        "dict_type": "应为表",
        "model_type": "应为表",
        "finite_number": "应为有限的数字",
        "date_type": "应为日期，写成 2023-10-09",
        "date_from_datetime_parsing": "应为日期，写成 2023-10-09",
        "date_parsing": "应为日期，写成 2023-10-09",
        "use_lock": context.get("zh", ""),
        "before_notice": context.get("zh", ""),
    }
    return str(reasons.get(fault["type"], fault["msg"]))
