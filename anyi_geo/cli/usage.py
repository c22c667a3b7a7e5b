"""A command written wrongly is told in a planner's language, with exit code 2, as every other mistake is."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from anyi_geo.cli.door import Exit, answering
from anyi_geo.errors import SettingError

#: The library's class of mistakes in writing a command; it hands out this subclass only.
_UsageError: Any = typer.BadParameter.__base__
_NO_COMMAND = re.compile(r"No such command '([^']*)'")
_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)")
_WANTED = re.compile(r"valid (float|number|integer)")
_NUMBERS = {"float": "数字", "number": "数字", "integer": "整数"}


class PlannersGroup(TyperGroup):
    """Commands whose mistakes in writing are sentences."""

    def main(self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **extra: Any) -> Any:  # type: ignore[override]
        """Run a command line; exit with its code, or return it where not `standalone_mode`."""
        words = list(sys.argv[1:] if args is None else args)
        try:
            done = super().main(words, standalone_mode=False, **extra)
        except _UsageError as error:
            done = _refuse(error, words)
        except typer.Abort:
            done = Exit.INTERRUPTED
        code = int(done) if isinstance(done, int) else Exit.DONE
        if standalone_mode:
            sys.exit(code)
        return code


def _refuse(error: Any, words: Sequence[str]) -> int:
    """Tell what is wrong with a command line."""
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(error.format_message() + "\n")
        return Exit.BAD_INPUT
    help_line = f"{getattr(error.ctx, 'command_path', 'anyi-geo')} --help"
    refusal = SettingError(f"{_sentence(error)}用法：{help_line}", f"{error.format_message()} Usage: {help_line}")
    try:
        with answering(_language(words), "--json" in words):
            raise refusal
    except typer.Exit as done:
        return int(done.exit_code)


def _language(words: Sequence[str]) -> str:
    """Return the language that a command line asks for; the planners' own where it does not say one."""
    asked = [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    asked += [after for word, after in itertools.pairwise(words) if word == "--lang"]
    return "en" if asked[-1:] == ["en"] else "zh"


def _sentence(error: Any) -> str:
    tell = _BY_KIND.get(type(error).__name__)
    return tell(error) if tell else _other(str(error.format_message()), error)


def _no_option(error: Any) -> str:
    near = "、".join(sorted(getattr(error, "possibilities", None) or ()))
    return f"没有选项 {error.option_name}。" + (f"是不是 {near}？" if near else "")


def _bad_value(error: Any) -> str:
    wanted = _WANTED.search(error.message)
    return f"{_parameter(error)}的值不对" + (f"，要填{_NUMBERS[wanted[1]]}。" if wanted else f"：{error.message}。")


def _other(message: str, error: Any) -> str:
    unknown, further = _NO_COMMAND.match(message), _EXTRA.match(message)
    if unknown:
        known = "、".join(sorted(getattr(getattr(error.ctx, "command", None), "commands", {})))
        return f"没有命令 {unknown[1]}。可用的命令：{known}。"
    return f"多写了 {further[1]}。" if further else f"命令写法不对：{message} "


def _parameter(error: Any) -> str:
    """Return an option or an argument by its name and what it is."""
    if error.param is None:
        return "参数"
    name = error.param.opts[0] if error.param.param_type_name == "option" else error.param.name
    told = str(getattr(error.param, "help", None) or "").rstrip("。")
    return f"{name}（{told}）" if told else str(name)


_BY_KIND: dict[str, Callable[[Any], str]] = {
    "NoSuchOption": _no_option,
    "MissingParameter": lambda error: f"缺少 {_parameter(error)}。",
    "BadParameter": _bad_value,
    "BadOptionUsage": lambda error: f"选项 {error.option_name} 后面要写它的值。",
}
