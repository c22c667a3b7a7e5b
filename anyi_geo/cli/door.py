"""The door of every command: where words go, what the exit code says, how an error becomes a sentence."""

from __future__ import annotations

import contextlib
import shutil
import sys
import traceback
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from platformdirs import user_log_dir
from rich.console import Console

from anyi_geo.errors import AnyiError, InputError, Language, Message, ProblemError, SettingError
from anyi_geo.result_json import dump


class Exit(IntEnum):
    """What the exit code tells a script."""

    DONE = 0
    UNEXPECTED = 1
    BAD_INPUT = 2
    UNMEETABLE = 3
    INTERRUPTED = 130


_TABLE_WIDTH = 118

Data = Annotated[Path | None, typer.Option("--data", help="县数据文件夹；不写则用自带的安义县数据。")]
Out = Annotated[Path, typer.Option("--out", help="输出文件夹。")]
AsJson = Annotated[bool, typer.Option("--json", help="标准输出只写一个 JSON 对象。")]
Lang = Annotated[str, typer.Option("--lang", help="消息语言：zh 或 en。")]


class Door:
    """Where words go: people read standard error, programs read one object on standard output."""

    def __init__(self, language: Language, *, as_json: bool) -> None:
        self.language = language
        self._as_json = as_json
        self._words = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)
        # A figure cut off by a narrow window would be a wrong figure: tables keep the width they need.
        width = max(_TABLE_WIDTH, shutil.get_terminal_size((_TABLE_WIDTH, 40)).columns)
        self._tables = Console(stderr=as_json, highlight=False, markup=False, emoji=False, width=width)

    def say(self, message: Message) -> None:
        """Print a sentence for people."""
        self._words.print(message.text(self.language))

    def show(self, table: Any) -> None:
        """Print a table for people."""
        self._tables.print(table)

    def put(self, value: dict[str, Any]) -> None:
        """Write the one object for programs."""
        sys.stdout.write(dump(value) + "\n")
        sys.stdout.flush()

    def tell(self, value: dict[str, Any], message: Message) -> None:
        """Answer a program with `value`, people with `message`."""
        if self._as_json:
            self.put(value)
        else:
            self.say(message)

    def refuse(self, status: str, error: AnyiError) -> None:
        """Tell why nothing was done."""
        if self._as_json:
            faults = error.faults if isinstance(error, InputError) else ()
            self.put(
                {
                    "status": status,
                    "message": error.message.text(self.language),
                    "faults": [fault.record(self.language) for fault in faults],
                }
            )
        else:
            self.say(error.message)


@contextlib.contextmanager
def answering(lang: str, as_json: bool) -> Iterator[Door]:
    """Turn what happens inside into a sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    language: Language = "en" if lang == "en" else "zh"
    door = Door(language, as_json=as_json)
    try:
        if lang not in ("zh", "en"):
            raise SettingError(f"--lang 只能是 zh 或 en，现为 {lang}。", f"--lang is zh or en, got {lang}.")
        yield door
    except KeyboardInterrupt:
        door.refuse(
            "interrupted", AnyiError("已中断，没有留下写了一半的文件。", "Interrupted; nothing is half written.")
        )
        raise typer.Exit(Exit.INTERRUPTED) from None
    except (InputError, SettingError, ProblemError) as error:
        door.refuse("bad_input", error)
        raise typer.Exit(Exit.BAD_INPUT) from None
    except AnyiError as error:
        door.refuse("unmeetable", error)
        raise typer.Exit(Exit.UNMEETABLE) from None
    except typer.Exit:
        raise
    except Exception as error:  # noqa: BLE001  a planner needs a sentence; the trace goes to a file
        door.refuse("unexpected", _unexpected(error))
        raise typer.Exit(Exit.UNEXPECTED) from None


def _unexpected(error: Exception) -> AnyiError:
    log = Path(user_log_dir("anyi-geo")) / "error.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return AnyiError(f"程序出错：{error!r}。", f"Unexpected: {error!r}.")
    return AnyiError(
        f"程序出错（{type(error).__name__}）。详细记录在 {log}，请连同数据文件夹交给维护人员。",
        f"Unexpected {type(error).__name__}; the trace is in {log}: send it with your data folder to the maintainers.",
    )
