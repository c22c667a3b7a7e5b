"""The command line: what a planner types, what the exit code says, what lands in the output folder."""

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

from anyi_geo.cli_bring import add_commands
from anyi_geo.compare import compare_runs
from anyi_geo.county import check_county, load_county, packaged_data
from anyi_geo.errors import AnyiError, InputError, Language, Message, ProblemError, SettingError
from anyi_geo.result_json import dump, read_result
from anyi_geo.run import DEFAULT_SCENARIOS, run_scenarios
from anyi_geo.scenario import load_scenario, scenario_names
from anyi_geo.schema import COLUMNS
from anyi_geo.show.console import faults_table, schema_table, summary_table
from anyi_geo.show.folder import whole_folder
from anyi_geo.show.write import comparison_summary, run_summary, write_comparison, write_run


class Exit(IntEnum):
    """What the exit code tells a script."""

    DONE = 0
    UNEXPECTED = 1
    BAD_INPUT = 2
    UNMEETABLE = 3
    INTERRUPTED = 130


_TABLE_WIDTH = 118

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="“一老一小”关爱服务规划：敬老院整合、幸福院分批选点、助餐配送。先运行：anyi-geo run",
)

Data = Annotated[Path | None, typer.Option("--data", help="县数据文件夹；不写则用自带的安义县数据。")]
Out = Annotated[Path, typer.Option("--out", help="输出文件夹。")]
AsJson = Annotated[bool, typer.Option("--json", help="标准输出只写一个 JSON 对象。")]
Lang = Annotated[str, typer.Option("--lang", help="消息语言：zh 或 en。")]


@app.command("run", help="运行情景；不写情景名则运行县方案、同数量优化、计入位置误差的优化，并作比较。")
def run_command(
    scenarios: Annotated[list[str] | None, typer.Argument(help="情景名，或以 .toml 结尾的情景文件。")] = None,
    data: Data = None,
    out: Out = Path("anyi-out"),
    as_json: AsJson = False,
    seconds: Annotated[float | None, typer.Option("--seconds", help="每个情景的求解总时间上限，秒。")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="随机数种子。")] = None,
    lang: Lang = "zh",
) -> None:
    """Run scenarios, write their folders and the comparison, print the summary."""
    with _answering(lang, as_json) as door:
        folder = data or packaged_data()
        door.say(Message(f"读取并检查数据：{folder}", f"Reading and checking {folder}"))
        county = load_county(folder)
        names = scenarios or [name for name in DEFAULT_SCENARIOS if name in scenario_names(folder / "scenarios")]
        if not names:
            raise SettingError(
                f"{folder / 'scenarios'} 里没有默认情景：请写出要运行的情景名。",
                f"{folder / 'scenarios'} holds none of the default scenarios: name the ones to run.",
            )
        chosen = [load_scenario(name, folder / "scenarios", seconds=seconds, seed=seed) for name in names]
        _refuse_doubles([scenario.name for scenario in chosen])
        results = []
        for result in run_scenarios(county, chosen, say=door.say):
            write_run(out / result.run["scenario"], county, result)
            results.append(result)
        comparison = compare_runs(results) if len(results) > 1 else None
        if comparison is not None:
            write_comparison(out / "compare", comparison, results, county.outline)
        unmeetable = any(result.run["status"] != "done" for result in results)
        if as_json:
            door.put(
                {
                    "status": "unmeetable" if unmeetable else "done",
                    "out": str(out),
                    "runs": [run_summary(out, result) for result in results],
                    "compare": None if comparison is None else comparison_summary(out / "compare", comparison),
                }
            )
        else:
            door.show(summary_table(results, language=door.language))
            for result in results:
                for reason in result.run["reasons"]:
                    door.say(Message(f"{result.run['title']}：{reason['message']}", reason["message_en"]))
            door.say(_where(out, [result.run["scenario"] for result in results], comparison is not None))
        if unmeetable:
            raise typer.Exit(Exit.UNMEETABLE)


@app.command("compare", help="比较两个或多个已运行的情景文件夹。")
def compare_command(
    runs: Annotated[list[Path], typer.Argument(help="情景输出文件夹，例如 anyi-out/official-2023。")],
    out: Out = Path("anyi-out"),
    as_json: AsJson = False,
    lang: Lang = "zh",
) -> None:
    """Compare runs that were written before."""
    with _answering(lang, as_json) as door:
        if len(runs) < 2:
            raise SettingError("比较至少要两个情景文件夹。", "A comparison takes at least two run folders.")
        results = [read_result(folder) for folder in runs]
        _refuse_doubles([result.run["scenario"] for result in results])
        comparison = compare_runs(results)
        write_comparison(out / "compare", comparison, results, None)
        if as_json:
            door.put({"status": "done", **comparison_summary(out / "compare", comparison)})
        else:
            door.show(summary_table(results, language=door.language))
            page = out / "compare" / "compare.html"
            door.say(Message(f"比较页：{page}", f"Comparison page: {page}"))


@app.command("check", help="检查县数据文件夹，一次列出全部问题。")
def check_command(data: Data = None, as_json: AsJson = False, lang: Lang = "zh") -> None:
    """List every fault of a county folder at once."""
    with _answering(lang, as_json) as door:
        folder = data or packaged_data()
        faults = check_county(folder)
        errors = sum(fault.is_error for fault in faults)
        if as_json:
            door.put({"faults": [fault.record(door.language) for fault in faults]})
        else:
            if faults:
                door.show(faults_table(faults, language=door.language))
            door.say(
                Message(
                    f"{folder}：错误 {errors} 处，提示 {len(faults) - errors} 处。"
                    + ("请改正错误后再运行。" if errors else "可以运行。"),
                    f"{folder}: {errors} errors, {len(faults) - errors} warnings.",
                )
            )
        if errors:
            raise typer.Exit(Exit.BAD_INPUT)


@app.command("new", help="把自带的县数据复制到新文件夹，供填写自己的数据。")
def new_command(
    folder: Annotated[Path, typer.Argument(help="新文件夹；不能已有内容。")], as_json: AsJson = False, lang: Lang = "zh"
) -> None:
    """Copy the embedded county to a folder of the planner's own."""
    with _answering(lang, as_json) as door:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise SettingError(
                f"{folder} 已存在且不为空：请换一个新文件夹。", f"{folder} exists and is not empty: name a new folder."
            )
        with whole_folder(folder) as work:
            shutil.copytree(packaged_data(), work, dirs_exist_ok=True)
        if as_json:
            door.put({"status": "done", "folder": str(folder)})
        else:
            door.say(
                Message(
                    f"已复制到 {folder}。改好数据后先检查：anyi-geo check --data {folder}，"
                    f"再运行：anyi-geo run --data {folder}",
                    f"Copied to {folder}. Next: anyi-geo check --data {folder}, then anyi-geo run --data {folder}",
                )
            )


@app.command("schema", help="列出数据字典：每个文件的每一列。")
def schema_command(as_json: AsJson = False, lang: Lang = "zh") -> None:
    """Print the data dictionary."""
    with _answering(lang, as_json) as door:
        if as_json:
            door.put({"columns": [vars(column) for column in COLUMNS]})
        else:
            door.show(schema_table(COLUMNS, language=door.language))


class _Door:
    """Where words go: people read standard error, programs read one object on standard output."""

    def __init__(self, language: Language, *, as_json: bool) -> None:
        self.language = language
        self._as_json = as_json
        self._words = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)
        # A figure cut off by a narrow window would be a wrong figure: tables keep the width they need.
        width = max(_TABLE_WIDTH, shutil.get_terminal_size((_TABLE_WIDTH, 40)).columns)
        self._tables = Console(stderr=as_json, highlight=False, markup=False, emoji=False, width=width)

    def say(self, message: Message) -> None:
        self._words.print(message.text(self.language))

    def show(self, table: Any) -> None:
        self._tables.print(table)

    def put(self, value: dict[str, Any]) -> None:
        sys.stdout.write(dump(value) + "\n")
        sys.stdout.flush()

    def refuse(self, status: str, error: AnyiError) -> None:
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
def _answering(lang: str, as_json: bool) -> Iterator[_Door]:
    """Turn what happens inside into a sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    language: Language = "en" if lang == "en" else "zh"
    door = _Door(language, as_json=as_json)
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


def _refuse_doubles(names: list[str]) -> None:
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise SettingError(
            f"情景 {'、'.join(doubles)} 出现了不止一次：输出会互相覆盖。",
            f"Scenario {', '.join(doubles)} is named twice; the outputs would overwrite each other.",
        )


def _where(out: Path, names: list[str], compared: bool) -> Message:
    maps = [str(out / name / "map.html") for name in names]
    zh = "地图：\n  " + "\n  ".join(maps)
    en = "Maps:\n  " + "\n  ".join(maps)
    if compared:
        page = out / "compare" / "compare.html"
        zh, en = f"{zh}\n比较页：\n  {page}", f"{en}\nComparison:\n  {page}"
    return Message(zh, en)


add_commands(app, _answering)


def main() -> None:
    """Enter from the shell."""
    app()
