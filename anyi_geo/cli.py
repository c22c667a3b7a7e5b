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

from anyi_geo.compare import compare_runs
from anyi_geo.county import County, check_county, load_county, packaged_data
from anyi_geo.county.progress import PROGRESS_COLUMNS, read_progress
from anyi_geo.county.registers import REGISTER_COLUMNS
from anyi_geo.errors import AnyiError, InputError, Language, Message, ProblemError, SettingError
from anyi_geo.result import RunResult
from anyi_geo.result_json import dump, read_result
from anyi_geo.run import DEFAULT_SCENARIOS, run_scenarios
from anyi_geo.scenario import load_scenario, scenario_names
from anyi_geo.schema import COLUMNS
from anyi_geo.show.console import faults_table, schema_table, summary_table
from anyi_geo.show.folder import whole_folder
from anyi_geo.show.report.excel import write_workbook
from anyi_geo.show.report.quarter import last_report, progress_template, quarter_of, site_names, write_quarter
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
            write_comparison(out / "compare", comparison, results, county)
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
    data: Data = None,
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
        county = _same_county(data or packaged_data(), results)
        if county is None:
            door.say(
                Message(
                    "对比地图不画底图：县数据文件夹与运行时不同，请用 --data 指明运行时所用的文件夹。",
                    "The comparison's map has no ground: name the county folder of the runs with --data.",
                )
            )
        write_comparison(out / "compare", comparison, results, county)
        if as_json:
            door.put({"status": "done", **comparison_summary(out / "compare", comparison)})
        else:
            door.show(summary_table(results, language=door.language))
            page = out / "compare" / "compare.html"
            door.say(Message(f"比较页：{page}", f"Comparison page: {page}"))


def _same_county(folder: Path, results: list[RunResult]) -> County | None:
    """Return the county that the runs were made from, or None when the folder holds another one."""
    try:
        county = load_county(folder)
    except InputError:
        return None
    return county if all(result.run["inputs_sha256"] == county.inputs_sha256 for result in results) else None


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
        columns = (*COLUMNS, *REGISTER_COLUMNS, *PROGRESS_COLUMNS)
        if as_json:
            door.put({"columns": [vars(column) for column in columns]})
        else:
            door.show(schema_table(columns, language=door.language))


@app.command("quarter", help="每季度上报：由进展表生成 Excel 和 Word，并与上期比较。")
def quarter_command(
    quarter: Annotated[str, typer.Argument(help="季度，例如 2023Q4。")],
    progress: Annotated[Path | None, typer.Option("--progress", help="进展表，xlsx 或 csv。")] = None,
    template: Annotated[Path | None, typer.Option("--template", help="只写一份空白进展表（xlsx）。")] = None,
    data: Data = None,
    out: Out = Path("anyi-out"),
    as_json: AsJson = False,
    lang: Lang = "zh",
) -> None:
    """Write the report of a quarter, or the empty table to fill in for it."""
    with _answering(lang, as_json) as door:
        when = quarter_of(quarter)
        if (progress is None) == (template is None):
            raise SettingError(
                f"请给出进展表：anyi-geo quarter {when.name} --progress 文件；还没有表，先写一份空白的："
                f"anyi-geo quarter {when.name} --template 进展.xlsx",
                f"Name the progress table with --progress FILE, or write an empty one with --template FILE.xlsx: "
                f"anyi-geo quarter {when.name} --template progress.xlsx",
            )
        county = load_county(data or packaged_data())
        if progress is None:
            _write_template(template, county)
            door.tell(
                {"status": "done", "template": str(template)},
                Message(f"空白进展表：{template}", f"Empty progress table: {template}"),
            )
            return
        rows = read_progress(progress, county.sites.index)
        last = last_report(out, when)
        folder = write_quarter(out, county, when, rows)
        compared = Message("首次上报", "first report") if last is None else Message(*[f"{last[0].name}"] * 2)
        door.tell(
            {"status": "done", "quarter": when.name, "folder": str(folder), "sites": len(rows),
             "compared_with": None if last is None else last[0].name},
            Message(
                f"{when.zh}：{len(rows)} 个点位，比较：{compared.zh}。\n  {folder / 'quarter.xlsx'}\n"
                f"  {folder / 'quarter.docx'}",
                f"{when.name}: {len(rows)} sites, compared with: {compared.en}. {folder}",
            ),
        )  # fmt: skip


def _write_template(path: Path | None, county: County) -> None:
    if path is None:
        return
    if path.suffix.lower() != ".xlsx":
        raise SettingError(f"空白表的文件名要以 .xlsx 结尾，现为 {path.name}。", f"{path.name} does not end in .xlsx.")
    if path.exists():
        raise SettingError(
            f"{path} 已存在：请换一个文件名，以免盖掉填好的内容。", f"{path} exists: choose another name."
        )
    try:
        write_workbook(path, (progress_template(county), site_names(county)), title="季度进展")
    except OSError as error:
        raise SettingError(
            f"写不进 {path}（{error.strerror}）：请换一个位置。", f"Cannot write {path} ({error.strerror})."
        ) from None


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

    def tell(self, value: dict[str, Any], message: Message) -> None:
        """Answer a program with `value`, people with `message`."""
        if self._as_json:
            self.put(value)
        else:
            self.say(message)

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
    zh, en = (
        f"{zh}\n报告：各情景文件夹里的 report.xlsx、report.docx、report.html",
        f"{en}\nReports: report.xlsx, .docx, .html",
    )
    return Message(zh, en)


def main() -> None:
    """Enter from the shell."""
    app()
