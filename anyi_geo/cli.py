"""The command line: what a planner types, what the exit code says, what lands in the output folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from anyi_geo import cli_quarter, cli_roads
from anyi_geo.cli_bring import add_commands
from anyi_geo.compare import compare_runs
from anyi_geo.county import County, check_county, load_county, packaged_data
from anyi_geo.county.progress import PROGRESS_COLUMNS
from anyi_geo.county.registers import REGISTER_COLUMNS
from anyi_geo.door import AsJson, Data, Exit, Lang, Out, answering
from anyi_geo.errors import InputError, Message, SettingError
from anyi_geo.result import RunResult
from anyi_geo.result_json import read_result
from anyi_geo.run import DEFAULT_SCENARIOS, run_scenarios
from anyi_geo.scenario import load_scenario, scenario_names
from anyi_geo.schema import COLUMNS
from anyi_geo.show.console import faults_table, schema_table, summary_table
from anyi_geo.show.console_homes import homes_summary_table
from anyi_geo.show.folder import whole_folder
from anyi_geo.show.write import comparison_summary, run_summary, write_comparison, write_run

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="“一老一小”关爱服务规划：敬老院整合、幸福院分批选点、助餐配送。先运行：anyi-geo run",
)


app.add_typer(cli_roads.app, name="roads")
app.command("quarter", help="每季度上报：由进展表生成 Excel 和 Word，并与上期比较。")(cli_quarter.quarter_command)


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
    with answering(lang, as_json) as door:
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
            homes = homes_summary_table(results, language=door.language)
            if homes is not None:
                door.show(homes)
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
    with answering(lang, as_json) as door:
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
    with answering(lang, as_json) as door:
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
    with answering(lang, as_json) as door:
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
    with answering(lang, as_json) as door:
        columns = (*COLUMNS, *REGISTER_COLUMNS, *PROGRESS_COLUMNS)
        if as_json:
            door.put({"columns": [vars(column) for column in columns]})
        else:
            door.show(schema_table(columns, language=door.language))


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


add_commands(app, answering)


def main() -> None:
    """Enter from the shell."""
    app()
